"""Work that leaves SQL: on one machine in one go, on Spark by key, with one answer."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from upriver.engine.base import open_engine
from upriver.errors import EngineError

ROWS = pa.table({"part": pa.array([1, 0, 1, 2], pa.int64()), "usd": [2.0, 3.0, 5.0, 7.0]})
RESULT = pa.schema([("part", pa.int64()), ("usd", pa.float64())])


def sums(rows: pa.Table) -> pa.Table:
    """USD of each part."""
    found = rows.group_by("part").aggregate([("usd", "sum")])
    return pa.table({"part": found["part"], "usd": found["usd_sum"]})


def refuses(rows: pa.Table) -> pa.Table:
    """Work that fails."""
    raise ValueError("no such thing")


@pytest.mark.parametrize("name", ["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def test_rows_of_one_key_are_worked_on_together(tmp_path: Path, name: str) -> None:
    engine = open_engine(name, tmp_path)
    try:
        found = engine.each(ROWS, "part", sums, RESULT)
        assert sorted(zip(*found.to_pydict().values(), strict=True)) == [(0, 3.0), (1, 7.0), (2, 7.0)]
        assert found.schema == RESULT
        assert pc.sum(engine.each(ROWS.slice(0, 0), "part", sums, RESULT)["usd"]).as_py() is None
    finally:
        engine.close()


@pytest.mark.spark
def test_work_that_fails_on_spark_is_told_in_words(tmp_path: Path) -> None:
    engine = open_engine("spark", tmp_path)
    try:
        with pytest.raises(EngineError, match="Spark could not run"):
            engine.each(ROWS, "part", refuses, RESULT)
    finally:
        engine.close()
