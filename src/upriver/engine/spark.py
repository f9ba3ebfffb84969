"""Spark over Parquet: the engine of agencies with billions of rows. Comes with `upriver[spark]` and Java 17.

Each table is a folder of Parquet files under `tables/NAME/`; a stage writes into new folders, and `tables/state.json`,
replaced in one step, says which folders are a table. A kill before that step leaves the old tables.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upriver.engine import packed
from upriver.engine.dialect import digest_sql, to_spark
from upriver.engine.rows import schema
from upriver.errors import CaseError, CaseLockedError, EngineError
from upriver.model.columns import Table
from upriver.model.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.engine.base import Work

FOLDER = "tables"
_STATE = "state.json"
_LOCK = "writer.lock"
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
    "spark.sql.ansi.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.sources.default": "parquet",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}


def session() -> Any:
    """The running Spark session, or a new one on this machine; a cluster's own settings are kept.

    raises  EngineError when pyspark or Java is missing
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError("the Spark engine needs pyspark: install `upriver[spark]`, and Java 17 or newer") from error
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("upriver")
    if "SPARK_HOME" not in os.environ and "MASTER" not in os.environ:
        builder = builder.master("local[*]")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:  # py4j raises bare exceptions of several kinds where Java is missing or too old
        raise EngineError(f"Spark does not start; it needs Java 17 or newer on the PATH: {error}") from error
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    spark.sparkContext.setLogLevel("OFF")  # its errors are raised, and said in our words
    return spark


class SparkEngine:
    """Tables as Parquet folders under `tables/` of the case folder."""

    name = "spark"

    def __init__(self, home: Path) -> None:
        self._home = home / FOLDER
        self._home.mkdir(parents=True, exist_ok=True)
        self._lock = self._home / _LOCK
        self._parts: dict[str, list[str]] = {}
        self._entries: dict[str, str] = {}
        self._take_lock()
        try:
            self._load()
            self._spark = session()
        except BaseException:
            self._lock.unlink(missing_ok=True)
            raise
        self._committed = {name: list(parts) for name, parts in self._parts.items()}
        for table in TABLES.values():
            self._show(table)
        self._sweep()

    def query(self, select: str) -> pa.Table:
        try:
            return _naive(self._frame(select).toArrow())
        except EngineError:
            raise
        except Exception as error:  # pyspark's errors have no common root across versions
            raise EngineError(f"Spark refused a query: {_first_line(error)}\n{select[:2000]}") from error

    def lend(self, name: str, rows: pa.Table) -> None:
        self._spark.createDataFrame(rows).createOrReplaceTempView(name)

    def take_back(self, name: str) -> None:
        self._spark.catalog.dropTempView(name)

    def each(self, rows: pa.Table, key: str, work: Work, result: pa.Schema) -> pa.Table:
        import pyarrow as pa
        from pyspark.sql.pandas.types import from_arrow_schema

        def over(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            here = list(batches)
            if here:
                yield from work(pa.Table.from_batches(here)).cast(result).to_batches()

        try:
            parted = self._spark.createDataFrame(rows).repartition(key)
            return _naive(parted.mapInArrow(over, from_arrow_schema(result)).toArrow()).cast(result)
        except Exception as error:  # pyspark's errors have no common root across versions
            raise EngineError(f"Spark could not run {work}: {_first_line(error)}") from error

    def begin(self) -> None:
        self._committed = {name: list(parts) for name, parts in self._parts.items()}

    def commit(self, stage: str, entry: str) -> None:
        self._entries[stage] = entry
        self._save()
        self._committed = {name: list(parts) for name, parts in self._parts.items()}
        self._sweep()

    def rollback(self) -> None:
        changed = [name for name, parts in self._parts.items() if parts != self._committed.get(name, [])]
        self._parts = {name: list(parts) for name, parts in self._committed.items()}
        for name in changed:
            self._show(TABLES[name])

    def clear(self, table: Table) -> None:
        self._parts[table.name] = []
        self._show(table)

    def append(self, table: Table, rows: pa.Table) -> None:
        if not rows.num_rows:
            return
        if table.name == packed.NAME and packed.is_packed(rows):
            rows = packed.unpacked(rows)
        import pyarrow.parquet as pq

        part = self._home / table.name / uuid.uuid4().hex
        part.mkdir(parents=True)
        pq.write_table(rows, part / "part-0.parquet", compression="zstd")
        self._add(table, part)

    def append_each(self, table: Table, parts: Iterable[pa.Table]) -> None:
        for part in parts:
            self.append(table, part)

    def append_select(self, table: Table, select: str) -> None:
        part = self._home / table.name / uuid.uuid4().hex
        try:
            frame = self._frame(select)
            fields = {field.name for field in frame.schema}
            if not fields <= set(table.names):
                raise EngineError(f"{table.name} has no column {sorted(fields - set(table.names))}")
            wanted = self._empty(table).schema
            chosen = [
                "CAST({} AS {}) AS `{}`".format(
                    f"`{field.name}`" if field.name in fields else "NULL", field.dataType.simpleString(), field.name
                )
                for field in wanted
            ]
            frame.selectExpr(*chosen).write.parquet(str(part))
        except EngineError:
            raise
        except Exception as error:  # as in query
            raise EngineError(f"{table.name}: Spark refused rows: {_first_line(error)}\n{select[:2000]}") from error
        self._add(table, part)

    def entries(self) -> dict[str, str]:
        return dict(sorted(self._entries.items()))

    def forget(self, stage: str) -> None:
        self._entries.pop(stage, None)
        self._save()

    def digest(self, table: Table) -> tuple[int, str]:
        row = self.query(digest_sql(table, "CAST(conv({}, 16, 10) AS BIGINT)")).to_pylist()[0]
        return int(row["n_rows"]), str(row["digest"])

    def close(self) -> None:
        for table in TABLES.values():
            self._spark.catalog.dropTempView(table.name)
        self._lock.unlink(missing_ok=True)

    # ---- inside -----------------------------------------------------------------------------------------------

    def _frame(self, select: str) -> Any:
        return self._spark.sql(to_spark(select))

    def _add(self, table: Table, part: Path) -> None:
        self._parts.setdefault(table.name, []).append(part.name)
        self._show(table)

    def _show(self, table: Table) -> None:
        """Make the table's present folders readable under its name."""
        parts = [str(self._home / table.name / part) for part in self._parts.get(table.name, [])]
        frame = self._spark.read.schema(self._empty(table).schema).parquet(*parts) if parts else self._empty(table)
        frame.createOrReplaceTempView(table.name)

    def _empty(self, table: Table) -> Any:
        return self._spark.createDataFrame(schema(table).empty_table())

    def _load(self) -> None:
        path = self._home / _STATE
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
            self._parts = {name: list(parts) for name, parts in state["parts"].items() if name in TABLES}
            self._entries = dict(state["entries"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise CaseError(
                f"{path}: cannot be read ({error}); restore it from a copy, or remove the folder {FOLDER} alone and "
                "investigate again: the journal keeps what was decided"
            ) from error
        for name, parts in self._parts.items():
            if not all((self._home / name / part).is_dir() for part in parts):
                # A table that is gone was not committed, whatever is noted: its stage runs again.
                self._parts[name] = []
                self._entries.pop(TABLES[name].writer, None)

    def _save(self) -> None:
        part = self._home / f".{_STATE}.part"
        with part.open("w", encoding="utf-8") as file:
            json.dump({"parts": self._parts, "entries": self._entries}, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._home / _STATE)

    def _sweep(self) -> None:
        """Remove folders that no committed table is made of: left by a kill or by a stage that ran again."""
        for name in TABLES:
            kept = set(self._parts.get(name, []))
            home = self._home / name
            for part in sorted(home.iterdir()) if home.is_dir() else ():
                if part.name not in kept:
                    shutil.rmtree(part, ignore_errors=True)

    def _take_lock(self) -> None:
        """One process writes; a lock whose process is gone was left by a kill and is taken over."""
        for _ in range(2):
            try:
                handle = os.open(self._lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
            except FileExistsError:
                text = self._lock.read_text(encoding="utf-8", errors="replace").strip()
                if text.isdigit() and int(text) != os.getpid() and _is_alive(int(text)):
                    raise CaseLockedError(
                        f"{self._home.parent}: another Upriver process ({text}) has this case open; "
                        "stop it, or wait until it is done"
                    ) from None
                self._lock.unlink(missing_ok=True)
                continue
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(str(os.getpid()))
            return
        raise CaseLockedError(f"{self._lock}: another Upriver process has just taken this case; try again")


def _naive(rows: pa.Table) -> pa.Table:
    """Times in UTC without a zone, as tables hold them; Spark hands them on with one."""
    import pyarrow as pa

    fields = [
        pa.field(field.name, pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
        for field in rows.schema
    ]
    return rows.cast(pa.schema(fields))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
