"""DuckDB in one file: the default engine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from upriver.engine import packed
from upriver.engine.dialect import create_sql, digest_sql
from upriver.engine.rows import schema
from upriver.engine.streaming import stream
from upriver.errors import CaseError, CaseLockedError, EngineError
from upriver.model.columns import Table
from upriver.model.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.engine.base import Work

FILE = "case.duckdb"
_STAGES = '"_stage"'
# DuckDB would take four fifths of the machine; an analyst's laptop has other work, and a sort can spill to disk.
_MEMORY = "3GB"

# DuckDB's three headers: a shorter file was left by a kill before its first table, and holds nothing.
_HEADERS = 3 * 4096
_AGAIN = f"investigate its folder again; if that does not help, remove {FILE} alone first: the journal keeps decisions"


class LocalEngine:
    """Tables in `case.duckdb`. One process writes; while it does, no other can open the file."""

    name = "duckdb"

    def __init__(self, home: Path, *, read_only: bool = False) -> None:
        path = self._path = home / FILE
        if read_only and not path.exists():
            raise CaseError(f"{home}: there is no {FILE}; run `upriver investigate` on its folder of evidence first")
        self._connection = _connect(home, path, read_only)
        for setting in (
            "SET python_enable_replacements = false",
            "SET preserve_insertion_order = false",
            f"SET memory_limit = '{_MEMORY}'",
            f"SET temp_directory = '{str(home / '.spill').replace(chr(39), chr(39) * 2)}'",
            "SET TimeZone = 'UTC'",
            "SET enable_progress_bar = false",
        ):
            try:
                self._connection.execute(setting).fetchall()
            except duckdb.CatalogException:
                # TimeZone belongs to the icu extension, which a build may lack; no SQL of ours depends on it.
                if "TimeZone" not in setting:
                    raise
        # Rows, and sum of digests, of the packed records of a transaction that has made their table anew.
        self._packed: tuple[int, int] | None = None
        if not read_only:
            self._do(f"CREATE TABLE IF NOT EXISTS {_STAGES} (stage VARCHAR PRIMARY KEY, entry VARCHAR)")
        held = set(self._do("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"))
        for table in TABLES.values():
            kept = packed.KEPT_SCHEMA.names if table.name == packed.NAME else ()
            lacking = [name for name in table.names if (table.name, name) not in held]
            lacking += [name for name in kept if (packed.KEPT, name) not in held]
            if not lacking:
                continue
            what = table.name if len(lacking) >= len(table.names) else f"{table.name} with {lacking[0]}"
            if read_only:
                self.close()
                raise CaseError(
                    f"{home}: has no table {what}: made by an older Upriver, or stopped before its first stage; "
                    "run `upriver investigate` on its folder of evidence again"
                )
            self.clear(table)
            # A table that is gone was not committed, whatever is noted: its stage runs again.
            self.forget(table.writer)
        self._packed = None

    def _do(self, statement: str, values: list[str] | None = None) -> list[tuple[Any, ...]]:
        # DuckDB 2 refuses the next statement while a result is open: fetch it whole.
        with _in_words(statement):
            return self._connection.execute(statement, values).fetchall()

    def query(self, select: str) -> pa.Table:
        with _in_words(select):
            return self._connection.sql(select).to_arrow_table()

    def lend(self, name: str, rows: pa.Table) -> None:
        self._connection.register(name, rows)

    def take_back(self, name: str) -> None:
        # In a transaction that a refused statement has aborted DuckDB refuses this too; its error would hide the first.
        with contextlib.suppress(duckdb.TransactionException):
            self._connection.unregister(name)

    def each(self, rows: pa.Table, key: str, work: Work, result: pa.Schema) -> pa.Table:
        return work(rows).cast(result)  # one process: all keys at once

    def begin(self) -> None:
        self._packed = None
        self._do("BEGIN TRANSACTION")

    def commit(self, stage: str, entry: str) -> None:
        self._do(f"INSERT OR REPLACE INTO {_STAGES} VALUES (?, ?)", [stage, entry])
        self._do("COMMIT")
        self._packed = None

    def rollback(self) -> None:
        self._packed = None
        # Where DuckDB has given up the whole file (a full disk), this is refused too; its error would hide the first.
        with contextlib.suppress(EngineError):
            self._do("ROLLBACK")

    def clear(self, table: Table) -> None:
        if table.name != packed.NAME:
            self._do(create_sql(table))
            return
        # Older cases keep it as a table, which no view may replace.
        if self._do("SELECT 1 FROM duckdb_tables() WHERE NOT internal AND table_name = ?", [packed.NAME]):
            self._do(f'DROP TABLE "{packed.NAME}"')
        self._do(packed.KEPT_SQL)
        self._do(packed.VIEW_SQL)
        self._packed = (0, 0)

    def append(self, table: Table, rows: pa.Table) -> None:
        self.lend("_rows", self._kept(rows) if table.name == packed.NAME else rows)
        try:
            self._insert(table)
        finally:
            self.take_back("_rows")

    def append_each(self, table: Table, parts: Iterable[pa.Table]) -> None:
        def write(rows: pa.RecordBatchReader) -> None:
            self._connection.register("_rows", rows)
            try:
                self._insert(table)
            finally:
                self.take_back("_rows")

        if table.name == packed.NAME:
            stream(map(self._kept, parts), packed.KEPT_SCHEMA, write)
        else:
            stream(parts, schema(table), write)

    def _kept(self, rows: pa.Table) -> pa.Table:
        if self._packed is not None and packed.is_packed(rows):
            n_rows, total = self._packed
            self._packed = n_rows + rows.num_rows, total + packed.digest(rows)
        return packed.kept(rows)

    def _insert(self, table: Table) -> None:
        """Add the lent rows, which are as the table is kept."""
        name = packed.KEPT if table.name == packed.NAME else table.name
        self._do(f'INSERT INTO "{name}" BY NAME SELECT * FROM "_rows"')

    def append_select(self, table: Table, select: str) -> None:
        if table.name == packed.NAME:
            raise EngineError(f"{table.name} is written as rows, not by SQL")
        self._do(f'INSERT INTO "{table.name}" BY NAME {select}')

    def entries(self) -> dict[str, str]:
        try:
            return dict(self._do(f"SELECT stage, entry FROM {_STAGES} ORDER BY stage"))
        except EngineError as error:
            raise CaseError(f"{self._path}: holds no case; {_AGAIN}") from error

    def forget(self, stage: str) -> None:
        self._do(f"DELETE FROM {_STAGES} WHERE stage = ?", [stage])

    def digest(self, table: Table) -> tuple[int, str]:
        if table.name != packed.NAME or self._packed is None:
            ((n_rows, digest),) = self._do(digest_sql(table, kept=True))
            return int(n_rows), str(digest)
        # Packed rows were looked at as they came.
        ((n_rows, digest),) = self._do(digest_sql(table, kept=True, where="cells IS NULL"))
        return int(n_rows) + self._packed[0], str(int(digest) + self._packed[1])

    def close(self) -> None:
        self._connection.close()


@contextlib.contextmanager
def _in_words(statement: str) -> Iterator[None]:
    """DuckDB's errors as ours. It tells a Ctrl-C as an error of its own, now of this kind and now of that."""
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        if isinstance(error, duckdb.InterruptException) or "Query interrupted" in str(error):
            raise KeyboardInterrupt from error
        if not isinstance(error, duckdb.Error):
            raise
        raise EngineError(f"DuckDB refused a statement: {error}\n{statement[:2000]}") from error


def _connect(home: Path, path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the file of tables; raises CaseLockedError when another process has it, CaseError when it is damaged."""
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        if "set lock" in str(error) or "used by another process" in str(error):
            raise CaseLockedError(
                f"{home}: another Upriver process has this case open (`upriver serve` or `upriver investigate`); "
                "stop it, or wait until it is done"
            ) from error
        if not read_only and path.is_file() and path.stat().st_size < _HEADERS:
            path.unlink()
            return _connect(home, path, read_only)
        raise CaseError(f"{path}: DuckDB cannot open it: {error}; {_AGAIN}") from error
