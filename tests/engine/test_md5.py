"""The md5 of many texts at once is the md5 that everybody else makes."""

from __future__ import annotations

import hashlib

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from upriver.engine.md5 import sum_of

# Lengths about the ends of blocks of 64, where the bit and the length behind a text go into a block of their own.
texts = st.binary(max_size=9) | st.integers(50, 200).flatmap(lambda n: st.binary(min_size=n, max_size=n))


def by_hashlib(rows: list[list[bytes]]) -> int:
    return sum(int(hashlib.md5(b"\x1d".join(row)).hexdigest()[:15], 16) for row in rows)


def by_lanes(rows: list[list[bytes]], begin: int = 0) -> int:
    columns = [pa.array(column, pa.binary()) for column in zip(*rows, strict=True)]
    return sum_of([column[begin:] for column in columns], 29)


@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(texts, min_size=n, max_size=n), min_size=1, max_size=30)))
def test_any_rows_sum_to_what_hashlib_makes_of_them(rows: list[list[bytes]]) -> None:
    assert by_lanes(rows) == by_hashlib(rows)


def test_more_rows_than_go_side_by_side_and_one_far_longer_than_the_rest() -> None:
    rows = [[str(number).encode(), b"x" * (number % 150)] for number in range(600)]
    rows[300][1] = b"y" * 100_000
    assert by_lanes(rows) == by_hashlib(rows)
    assert by_lanes(rows, 299) == by_hashlib(rows[299:])
