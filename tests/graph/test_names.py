from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.build import encode

# What is easily taken for one another: shared beginnings, zeros, words of eight bytes, letters of two bytes.
NAMES = st.one_of(
    st.none(),
    st.builds(
        str.__add__, st.sampled_from(["", "acct-", "acct-0000", "0x" + "0" * 16, "é" * 4]), st.text("01\0é", max_size=9)
    ),
)
CHUNKS = st.lists(st.lists(NAMES, max_size=12), max_size=4)


def plainly(*columns: list[str | None]) -> tuple[list[str], list[list[int]]]:
    """The same, the obvious way."""
    names = sorted({name for column in columns for name in column if name is not None}, key=str.encode)
    return names, [[-1 if name is None else names.index(name) for name in column] for column in columns]


def of(kind: pa.DataType, chunks: list[list[str | None]], cut: int) -> pa.ChunkedArray:
    """Chunks, each a part of a longer array."""
    longer = [pa.array(["front"] * cut + chunk + ["behind", None], type=kind) for chunk in chunks]
    return pa.chunked_array([one.slice(cut, len(chunk)) for one, chunk in zip(longer, chunks, strict=True)], type=kind)


@given(CHUNKS, CHUNKS, st.integers(0, 9), st.sampled_from([pa.string(), pa.large_string()]))
def test_names_get_the_codes_that_sorting_their_bytes_gives_whatever_the_chunks(
    left: list[list[str | None]], right: list[list[str | None]], cut: int, kind: pa.DataType
) -> None:
    names, codes = encode(of(kind, left, cut), of(pa.string(), right, 0))
    told, plain = plainly([name for chunk in left for name in chunk], [name for chunk in right for name in chunk])
    assert names.type == pa.string()
    assert names.to_pylist() == told
    assert [part.tolist() for part in codes] == plain


@pytest.mark.parametrize("form", ["{}", "0x{:040x}", "a name that is long, number {}, and goes on behind it"])
def test_a_table_of_names_grows_with_them(form: str) -> None:
    numbers = np.random.default_rng(3).integers(0, 9_000, 30_000)
    column = [form.format(number) for number in numbers.tolist()]
    names, (codes,) = encode(pa.array(column))
    assert names.to_pylist() == sorted(set(column))
    assert names.take(pa.array(codes)).to_pylist() == column


def test_a_column_of_another_kind_is_read_as_text() -> None:
    names, (none, some) = encode(pa.nulls(2), pa.array(["b", "a", "b"]).dictionary_encode())
    assert (names.to_pylist(), none.tolist(), some.tolist()) == (["a", "b"], [-1, -1], [1, 0, 1])
