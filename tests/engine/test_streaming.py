"""Rows written while the next ones are made: all of them arrive, and a failure on either side is told."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from upriver.engine.streaming import stream

SCHEMA = pa.schema([("n", pa.int64())])


def parts(n_parts: int, made: list[int] | None = None) -> Iterator[pa.Table]:
    for number in range(n_parts):
        if made is not None:
            made.append(number)
        yield pa.table({"n": [number]}, SCHEMA)


def test_every_part_is_read_in_order() -> None:
    found: list[int] = []
    stream(parts(50), SCHEMA, lambda rows: found.extend(rows.read_all()["n"].to_pylist()))
    assert found == list(range(50))


def test_no_part_at_all_is_an_empty_read() -> None:
    found: list[int] = []
    stream(iter(()), SCHEMA, lambda rows: found.append(rows.read_all().num_rows))
    assert found == [0]


def test_what_fails_while_a_part_is_made_is_raised_and_the_writer_hears_of_it() -> None:
    heard: list[str] = []

    def write(rows: pa.RecordBatchReader) -> None:
        try:
            rows.read_all()
        except BaseException as error:
            heard.append(type(error).__name__)
            raise

    def torn() -> Iterator[pa.Table]:
        yield from parts(3)
        raise KeyError("the file is torn")

    with pytest.raises(KeyError, match="the file is torn"):
        stream(torn(), SCHEMA, write)
    assert len(heard) == 1


def test_a_writer_that_fails_stops_the_making_and_its_error_is_raised() -> None:
    made: list[int] = []

    def write(rows: pa.RecordBatchReader) -> None:
        rows.read_next_batch()
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        stream(parts(10_000, made), SCHEMA, write)
    assert len(made) < 100


def test_few_parts_wait_so_that_memory_stays_bounded() -> None:
    made: list[int] = []
    ahead: list[int] = []

    def write(rows: pa.RecordBatchReader) -> None:
        for number, _ in enumerate(rows):
            ahead.append(len(made) - number)

    stream(parts(200, made), SCHEMA, write)
    assert max(ahead) <= 7
