"""A stage and what it is handed: only the tables that it declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upriver.engine.dialect import tables_in
from upriver.engine.rows import conform
from upriver.errors import SchemaError
from upriver.model.columns import Table
from upriver.model.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.settings import Settings
    from upriver.engine.base import Engine

Rows = Any  # pa.Table | Iterable[pa.Table] | list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One room of the house: it reads tables, writes tables, and imports no other stage.

    `params` is a frozen dataclass whose defaults are the stage's; `run` fills the tables in `writes`.
    `remembers`: those of them that it may also see as they stood after the run before.
    `heeds`: the kinds of decisions that it acts on, where it reads `decision` and others change nothing for it.
    """

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[Desk, Any], None]
    params: type[Any]
    remembers: tuple[str, ...] = ()
    heeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """Tables of a stage's run before this one, by name; `rules_stand`: it ran with the parameters of this run."""

    tables: Mapping[str, pa.Table]
    rules_stand: bool


class Desk:
    """What a running stage sees of the case."""

    def __init__(
        self,
        stage: Stage,
        engine: Engine,
        folder: Path,
        settings: Settings,
        journal: list[dict[str, str | None]],
        progress: Callable[[float, str], None],
        earlier: Earlier | None = None,
        home: Path | None = None,
    ) -> None:
        self.folder = folder
        self.home = home or folder
        self.settings = settings
        self.progress = progress
        self._stage = stage
        self._engine = engine
        self._journal = journal
        self.vouched: dict[str, str] = {}
        self._earlier = earlier or Earlier({}, False)

    @property
    def rules_stand(self) -> bool:
        """Whether this stage ran before with the parameters that it has now."""
        return self._earlier.rules_stand

    def before(self, table: str) -> pa.Table | None:
        """Rows of a table that this stage remembers, as its last run left them; None where there was none."""
        if table not in self._stage.remembers:
            raise SchemaError(f"stage {self._stage.name} remembers {table!r} without declaring it")
        return self._earlier.tables.get(table)

    def journal(self) -> list[dict[str, str | None]]:
        """The analyst's decisions, in the order in which they were made."""
        return list(self._journal)

    def read(self, table: str, *columns: str, where: str = "") -> pa.Table:
        """Rows of `table` in the order of its key; `columns` in the order asked for, all if none is named."""
        self._may_read({table})
        return self._engine.query(read_sql(TABLES[table], columns, where))

    def sql(self, select: str, **lent: pa.Table) -> pa.Table:
        """One SELECT over declared tables and over the tables lent by name; fully fetched."""
        self._may_read(tables_in(select) - lent.keys())
        return self._with(lent, lambda: self._engine.query(select))

    def write(self, table: str, rows: Rows) -> None:
        """Add rows: a pa.Table, an iterable of them, or a list of dicts.

        raises  SchemaError when a column is unknown, a needed one is missing or null, or a type does not fit
        """
        declared = self._may_write(table)
        for part in conform(declared, rows):
            self._engine.append(declared, part)

    def write_each(self, table: str, parts: Iterable[pa.Table]) -> None:
        """Add tables as they are made. They are written at the same time: what makes them may not read the case.

        raises  SchemaError as `write`
        """
        declared = self._may_write(table)
        self._engine.append_each(declared, conform(declared, parts))

    def vouch(self, table: str, column: str, values: Iterable[str]) -> None:
        """Say that rows with these values in `column`, a part of the key, have keys of their own: the stage has looked.

        The other rows are still looked through when the stage ends.
        """
        self._may_write(table)
        listed = ", ".join(f"'{value}'" for value in sorted(values))
        if listed:
            self.vouched[table] = f'"{column}" NOT IN ({listed})'

    def write_sql(self, table: str, select: str, **lent: pa.Table) -> None:
        """Add the rows of a SELECT, inside the engine; its column names are the table's."""
        declared = self._may_write(table)
        self._may_read(tables_in(select) - lent.keys())
        self._with(lent, lambda: self._engine.append_select(declared, select))

    def each(self, rows: pa.Table, key: str, work: Callable[[pa.Table], pa.Table], result: pa.Schema) -> pa.Table:
        """What `work` makes of the rows, those of one `key` together; see Engine.each. No table of the case is read."""
        return self._engine.each(rows, key, work, result)

    def _with(self, lent: Mapping[str, pa.Table], work: Callable[[], Any]) -> Any:
        names: list[str] = []
        try:
            for name, rows in lent.items():
                if name in TABLES:
                    raise SchemaError(f"stage {self._stage.name}: {name!r} is a table of the case and cannot be lent")
                self._engine.lend(name, rows)
                names.append(name)
            return work()
        finally:
            for name in names:
                self._engine.take_back(name)

    def _may_read(self, names: Iterable[str]) -> None:
        undeclared = set(names) - set(self._stage.reads) - set(self._stage.writes)
        if undeclared:
            raise SchemaError(f"stage {self._stage.name} reads {sorted(undeclared)} without declaring it")

    def _may_write(self, name: str) -> Table:
        if name not in self._stage.writes:
            raise SchemaError(f"stage {self._stage.name} writes {name!r} without declaring it")
        return TABLES[name]


def read_sql(table: Table, columns: Iterable[str] = (), where: str = "") -> str:
    """SELECT of `columns` (all if none) of `table`, ordered by its key."""
    chosen = tuple(columns) or table.names
    unknown = set(chosen) - set(table.names)
    if unknown:
        raise SchemaError(f"{table.name} has no column {sorted(unknown)}")
    listed = ", ".join(f'"{name}"' for name in chosen)
    order = ", ".join(f'"{name}"' for name in table.key)
    return f'SELECT {listed} FROM "{table.name}"{f" WHERE {where}" if where else ""} ORDER BY {order}'
