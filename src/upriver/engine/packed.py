"""Rows of `record` with their fields in one text: what a large import writes, and how the local engine keeps them.

A list of a dozen texts costs DuckDB more to store than all else of an import. A packed row has its fields in one text,
`cells`, with a mark between them and nothing for null, and leaves its locator to its id. The local engine keeps rows in
the table `_record`, packed or not, and `record` is a view of it; Spark keeps every row unpacked.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_TEXTS = pa.list_(pa.string())
NAME = "record"
KEPT = "_record"
# Between the fields of a row; a row that holds it in a field is not packed. _PART: between the parts of a digested row.
MARK, _PART = 31, 29

SCHEMA = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("file_id", pa.string(), nullable=False),
        pa.field("form", pa.string(), nullable=False),
        pa.field("cells", pa.string(), nullable=False),
        pa.field("extra", pa.string()),
    ]
)
# A kept row has `cells` or `fields`, and no locator where its id tells it.
KEPT_SCHEMA = pa.schema(
    [
        *(SCHEMA.field(name) for name in ("record_id", "file_id", "form")),
        pa.field("locator", pa.string()),
        pa.field("cells", pa.string()),
        pa.field("fields", pa.list_(pa.string())),
        SCHEMA.field("extra"),
    ]
)

# Ids and cells are mostly distinct: to squeeze them would take more time than to read them, and save little.
KEPT_SQL = f"""CREATE OR REPLACE TABLE "{KEPT}" (
    record_id VARCHAR NOT NULL USING COMPRESSION uncompressed, file_id VARCHAR NOT NULL, form VARCHAR NOT NULL,
    locator VARCHAR, cells VARCHAR USING COMPRESSION uncompressed, fields VARCHAR[] USING COMPRESSION uncompressed,
    extra VARCHAR)"""
# DuckDB copies what a view computes into each condition on it, and would cut every row again for each of them; it does
# not copy what may differ from call to call, and random() is never below 0.
VIEW_SQL = f"""CREATE OR REPLACE VIEW "{NAME}" AS
SELECT record_id, file_id, coalesce(locator, substr(record_id, length(file_id) + 2)) AS locator, form,
    CASE WHEN cells IS NULL AND random() >= 0 THEN fields
        ELSE list_transform(string_split(cells, chr({MARK})), lambda cell: nullif(cell, '')) END AS fields, extra
FROM "{KEPT}\""""

_JOINED = (
    "array_to_string(list_transform(fields, lambda cell: "
    f"CASE WHEN cell = '' THEN chr(30) ELSE coalesce(cell, '') END), chr({MARK}))"
)
_TOLD_BY_ID = "record_id = concat(file_id, '#', locator)"


def digest_text(kept: bool) -> str:
    """SQL for a row as one text, the same from a row of `record` and from a `kept` one.

    Nulls are left out: `extra` is an object, and a place that the id does not tell holds a mark of its own.
    """
    bare, cells = ("locator IS NULL", f"coalesce(cells, {_JOINED})") if kept else (_TOLD_BY_ID, _JOINED)
    place = f"CASE WHEN {bare} THEN NULL ELSE concat(file_id, chr(28), locator) END"
    return f"concat_ws(chr({_PART}), record_id, form, {cells}, extra, {place})"


def digest(rows: pa.Table) -> int:
    """The sum that the digest's SQL makes over packed rows, far quicker."""
    from upriver.engine.md5 import sum_of

    extra = rows["extra"]
    told = extra.null_count < len(extra)
    total = 0
    for batch in rows.to_batches():
        columns = [batch["record_id"], batch["form"], batch["cells"]]
        if told:
            parts = pc.binary_join_element_wise(batch["cells"], batch["extra"], chr(_PART), null_handling="skip")
            columns[2] = parts
        total += sum_of(columns, _PART)
    return total


def is_packed(rows: pa.Table) -> bool:
    """Whether rows for `record` are packed."""
    return "cells" in rows.column_names


def kept(rows: pa.Table) -> pa.Table:
    """Rows of `record`, packed or not, as the local engine keeps them."""
    if is_packed(rows):
        nothing = {"locator": pa.nulls(rows.num_rows, pa.string()), "fields": pa.nulls(rows.num_rows, _TEXTS)}
    else:
        told = pc.equal(rows["record_id"], pc.binary_join_element_wise(rows["file_id"], rows["locator"], "#"))
        locators = pc.if_else(told, pa.scalar(None, pa.string()), rows["locator"])
        nothing = {"locator": locators, "cells": pa.nulls(rows.num_rows, pa.string())}
    columns = [nothing[name] if name in nothing else rows[name] for name in KEPT_SCHEMA.names]
    return pa.table(columns, schema=KEPT_SCHEMA)


def unpacked(rows: pa.Table) -> pa.Table:
    """Packed rows with all columns of `record`."""
    cells = pc.split_pattern(rows["cells"].combine_chunks(), chr(MARK))
    texts = pc.if_else(pc.equal(cells.values, ""), pa.scalar(None, pa.string()), cells.values)
    return pa.table(
        {
            "record_id": rows["record_id"],
            "file_id": rows["file_id"],
            "locator": pc.replace_substring_regex(rows["record_id"], "^[^#]*#", ""),
            "form": rows["form"],
            "fields": pa.ListArray.from_arrays(cells.offsets, texts),
            "extra": rows["extra"],
        }
    )
