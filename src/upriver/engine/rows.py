"""Rows brought into the columns and types that a table declares, or refused with the column's name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from upriver.engine import packed
from upriver.errors import SchemaError
from upriver.model.columns import Table

ARROW_TYPES = {
    "text": pa.string(), "text[]": pa.list_(pa.string()), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_(),
    "time": pa.timestamp("us"), "date": pa.date32(),
}  # fmt: skip
_BATCH = 100_000


def schema(table: Table) -> pa.Schema:
    """Arrow schema of `table`."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type], nullable=c.optional) for c in table.columns])


def conform(table: Table, rows: Any) -> Iterator[pa.Table]:
    """`rows` (pa.Table, iterable of pa.Table, or of dicts) as tables in the declared columns and types.

    Packed rows of `record` stay packed.

    raises  SchemaError when a column is unknown, a needed one missing or null, or a value does not fit its type
    """
    if isinstance(rows, pa.Table):
        yield _fit(table, rows)
        return
    batch: list[dict[str, object]] = []
    for part in rows:
        if isinstance(part, pa.Table):
            yield _fit(table, part)
            continue
        batch.append(part)
        if len(batch) >= _BATCH:
            yield _from_dicts(table, batch)
            batch = []
    if batch:
        yield _from_dicts(table, batch)


def _from_dicts(table: Table, rows: Iterable[dict[str, object]]) -> pa.Table:
    rows = list(rows)
    known = set(table.names)
    for row in rows:
        if not row.keys() <= known:
            raise SchemaError(f"{table.name} has no column {sorted(row.keys() - known)}")
    columns = {}
    for column in table.columns:
        try:
            columns[column.name] = pa.array([row.get(column.name) for row in rows], type=ARROW_TYPES[column.type])
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, OverflowError) as error:
            raise SchemaError(f"{table.name}.{column.name} is {column.type}: {error}") from error
    return _fit(table, pa.table(columns))


def _fit(table: Table, rows: pa.Table) -> pa.Table:
    if table.name == packed.NAME and packed.is_packed(rows):
        return rows.select(packed.SCHEMA.names).cast(packed.SCHEMA)
    unknown = set(rows.column_names) - set(table.names)
    if unknown:
        raise SchemaError(f"{table.name} has no column {sorted(unknown)}")
    columns = []
    for column in table.columns:
        kind = ARROW_TYPES[column.type]
        if column.name in rows.column_names:
            values = rows[column.name]
            try:
                values = values if values.type == kind else values.cast(kind)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                raise SchemaError(f"{table.name}.{column.name} is {column.type}: {error}") from error
        else:
            values = pa.nulls(rows.num_rows, kind)
        if not column.optional and values.null_count:
            raise SchemaError(f"{table.name}.{column.name} may not be null ({values.null_count} rows)")
        columns.append(values)
    return pa.table(columns, names=list(table.names))
