"""The interface that every engine keeps: tables in, SELECTs out, one transaction a stage.

SQL is written once, in the plain part of DuckDB's dialect; an engine that spells words differently translates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from upriver.errors import EngineError
from upriver.model.columns import Table

if TYPE_CHECKING:
    import pyarrow as pa

    Work = Callable[[pa.Table], pa.Table]


class Engine(Protocol):
    """Holds the tables of one case. Not safe for several threads."""

    name: str

    def query(self, select: str) -> pa.Table:
        """All rows of one SELECT, fully fetched."""

    def lend(self, name: str, rows: pa.Table) -> None:
        """Make `rows` readable in SQL under `name` until `take_back`."""

    def take_back(self, name: str) -> None:
        """End a `lend`."""

    def each(self, rows: pa.Table, key: str, work: Work, result: pa.Schema) -> pa.Table:
        """What `work` makes of the rows: those of one `key` together, in any order, maybe of several keys at once.

        work    a picklable function of a table with the columns of `rows` to one of the schema `result`
        """

    def begin(self) -> None:
        """Start the transaction of a stage."""

    def commit(self, stage: str, entry: str) -> None:
        """End it: all tables written since `begin` stand, together with the stage's `entry` (JSON)."""

    def rollback(self) -> None:
        """End it: nothing written since `begin` stands."""

    def clear(self, table: Table) -> None:
        """Make `table` exist and be empty."""

    def append(self, table: Table, rows: pa.Table) -> None:
        """Add rows whose columns and types are the table's, or packed rows of `record` (engine/packed.py)."""

    def append_each(self, table: Table, parts: Iterable[pa.Table]) -> None:
        """Add the rows of each part; a part may be made while another is written, so making it may use no table."""

    def append_select(self, table: Table, select: str) -> None:
        """Add the rows of a SELECT whose column names are the table's, in any order."""

    def entries(self) -> dict[str, str]:
        """Stage -> entry of every stage that was committed."""

    def forget(self, stage: str) -> None:
        """Drop a stage's entry, so that it counts as not run."""

    def digest(self, table: Table) -> tuple[int, str]:
        """Rows, and a digest of their content that does not depend on their order."""

    def close(self) -> None:
        """Let go of the files."""


def open_engine(name: str, home: Path, *, read_only: bool = False) -> Engine:
    """The engine `name` ("duckdb" or "spark") over the case folder `home`.

    raises  EngineError when it is unknown or not installed; CaseLockedError when another process holds the case
    """
    if name == "duckdb":
        from upriver.engine.local import LocalEngine

        return LocalEngine(home, read_only=read_only)
    if name == "spark":
        from upriver.engine.spark import SparkEngine

        return SparkEngine(home)
    raise EngineError(f"no engine is called {name!r}: use duckdb or spark")
