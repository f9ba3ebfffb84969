"""The case for other tools: every table as CSV, the ties as GraphML, the entities as FollowTheMoney JSON lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from upriver.errors import ExportError
from upriver.model.columns import Table
from upriver.model.tables import TABLES
from upriver.report import ftm, graphml, redaction
from upriver.report.identity import ACCOUNT_KINDS, Readable, masks
from upriver.report.masking import Masks

# Lists that hold hashes, and numbers or accounts that nobody is known to own.
_MIXED = frozenset({"node_ids", "report_ids"})
_HASH = re.compile(r"[0-9a-f]{20}")

FORMS = ("csv", "graphml", "ftm")
# Rows brought into memory at once when a table is written.
_STEP = 200_000
_ACCOUNTS = frozenset({"source_account", "target_account", "account", "value", "raw"})
_NODES = frozenset(
    {
        "source_id", "target_id", "node_id", "person_id", "entity_id", "canonical_id", "victim_id", "holder_id",
        "caller", "callee", "sender", "recipient", "observable_id", "left_id", "right_id", "listed_id",
        "removed_id", "subject_id", "object_id", "row_id",
    }
)  # fmt: skip
# Ids made of hashes and places of files: they hold no words of the evidence.
_IDS = frozenset(
    {
        "text_id",
        "file_id", "record_id", "statement_id", "transfer_id", "call_id", "message_id", "report_id", "rejected_id",
        "decision_id", "edge_id", "community_id", "alert_id", "action_id", "coverage_id", "loophole_id", "part_id",
        "finding_id", "approach_id", "sha256", "locator", "form", "schema", "prop", "part_of", "happening",
    }
)  # fmt: skip


def export(case: Readable, form: str, target: Path, unmask: bool = False) -> list[Path]:
    """Write the case in `form` (csv, graphml, ftm) to `target`, a folder for csv; return the files written.

    unmask  write victims and presumed victims by name; the caller notes that in the manifest
    raises  ExportError when the form is unknown or the target cannot be written
    """
    if form not in FORMS:
        raise ExportError(f"there is no export called {form!r}: use one of {', '.join(FORMS)}")
    hidden = masks(case, unmask)
    try:
        if form == "csv":
            target.mkdir(parents=True, exist_ok=True)
            return [_table(case, table, target / f"{table.name}.csv", hidden) for table in TABLES.values()]
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = graphml.lines(case, hidden) if form == "graphml" else ftm.lines(case, hidden)
        with target.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(lines)
    except OSError as error:
        raise ExportError(f"{target}: cannot be written ({error.strerror}); name another place") from error
    return [target]


def _table(case: Readable, table: Table, target: Path, hidden: Masks) -> Path:
    with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.names)
        for rows in _steps(case, table):
            written = columns(table, rows, hidden)
            writer.writerows(zip(*written, strict=True))
    return target


def _steps(case: Readable, table: Table) -> Iterator[pa.Table]:
    """The table in pieces, in the order of its key."""
    rows = case.read(table.name)
    for start in range(0, max(rows.num_rows, 1), _STEP):
        yield rows.slice(start, _STEP)


def columns(table: Table, rows: pa.Table, hidden: Masks) -> list[list[Any]]:
    """The columns of a table's rows as they may be written: masked, times as text, lists joined by |."""
    about = _about(table, rows, hidden)
    told: list[list[Any]] = []
    redacted = table.name == "record" and hidden.hides
    for column in table.columns:
        values = rows[column.name]
        if redacted and column.name in {"fields", "extra"}:
            told.append([None] * rows.num_rows)
        elif column.type == "text":
            told.append(_texts(values, _shown(table.name, column.name, hidden), about, hidden))
        elif column.type == "text[]":
            told.append(_lists(column.name, values, about, hidden))
        elif column.type == "time":
            told.append(_times(values))
        else:
            told.append(values.to_pylist())
    if redacted:
        _hide_records(table, rows, told, hidden)
    if table.name == "statement" and hidden.hides:
        cells = (rows[name].to_pylist() for name in ("entity_id", "prop", "value", "record_id"))
        told[table.names.index("value")] = [
            cell(redaction.statement_value(entity, prop, value, record, hidden))
            for entity, prop, value, record in zip(*cells, strict=True)
        ]
    return told


def _about(table: Table, rows: pa.Table, hidden: Masks) -> list[tuple[str, ...]]:
    """Whom each row is about: by the record it rests on, or the person it names."""
    told: list[tuple[str, ...]] = [()] * rows.num_rows
    if not hidden.hides:
        return told
    for name in ("record_id", "person_id"):
        if name in table.names:
            for at, value in enumerate(rows[name].to_pylist()):
                who = hidden.about.get(value, ())
                if value in hidden.people:
                    who = (*who, hidden.people[value])
                if who:
                    told[at] = tuple(sorted({*told[at], *who}))
    return told


def _shown(table: str, column: str, hidden: Masks) -> Callable[[str], str]:
    """How a value of a column is shown when the row is about nobody in particular."""
    if column in _IDS:
        return str
    if table == "rejected_record" and column == "raw" and hidden.hides:
        return lambda _value: redaction.HIDDEN
    if column in _NODES:
        return lambda value: node(value, hidden)
    if column in _ACCOUNTS:
        return lambda value: account(value, hidden)
    return hidden.text


def account(value: str, hidden: Masks) -> str:
    """An account, or any other value that may be one."""
    shown = hidden.account(value)
    return shown if shown != value else hidden.text(value)


def node(value: str, hidden: Masks) -> str:
    """A node id as it may be written: hashes stay, so that tables join; identifiers of masked people go."""
    shown = hidden.nodes.get(value)
    if shown is not None:
        return shown
    kind, colon, plain = value.partition(":")
    if colon and kind in ACCOUNT_KINDS:
        return f"{kind}:{hidden.account(plain)}"
    return hidden.text(hidden.account(value)) if value not in hidden.people or colon else value


def _texts(values: Any, shown: Callable[[str], str], about: list[tuple[str, ...]], hidden: Masks) -> list[str | None]:
    """A column of text: each distinct value is masked once, but by itself where its row is about somebody."""
    if shown is str and not pc.any(pc.match_substring_regex(values, r"\A[=@\t\r]")).as_py():
        told: list[str | None] = values.to_pylist()
        return told
    encoded = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    plain = encoded.dictionary.to_pylist()
    masked = [cell(shown(value)) for value in plain]
    codes = encoded.indices.to_pylist()
    free = shown == hidden.text
    if not free or not any(about):
        return [None if code is None else masked[code] for code in codes]
    return [
        None if code is None else cell(hidden.text(plain[code], about[at])) if about[at] else masked[code]
        for at, code in enumerate(codes)
    ]


def _times(values: Any) -> list[str | None]:
    """Times as Python writes them: parts of a second only where there are any."""
    told: list[str | None] = pc.replace_substring_regex(values.cast(pa.string()), r"\.000000\z", "").to_pylist()
    return told


def _lists(name: str, values: Any, about: list[tuple[str, ...]], hidden: Masks) -> list[str | None]:
    ids = name.endswith("_ids")
    if name in _MIXED and hidden.hides:
        return [
            None
            if items is None
            else cell("|".join(item if _HASH.fullmatch(item) else node(item, hidden) for item in items if item))
            for items in values.to_pylist()
        ]
    if ids and not pc.list_flatten(values).null_count:
        return _texts(pc.binary_join(values, "|"), str, about, hidden)
    return [
        None
        if items is None
        else cell("|".join("" if item is None else item if ids else hidden.text(item, about[at]) for item in items))
        for at, items in enumerate(values.to_pylist())
    ]


def _hide_records(table: Table, rows: pa.Table, columns: list[list[Any]], hidden: Masks) -> None:
    fields, others = (columns[table.names.index(name)] for name in ("fields", "extra"))
    names = ("record_id", "form", "fields", "extra")
    for at, (record, form, values, extra) in enumerate(zip(*(rows[n].to_pylist() for n in names), strict=True)):
        fields[at] = cell("|".join(redaction.told_fields(record, form, values, hidden)))
        if extra is not None:
            shown = redaction.told_columns(record, form, extra, hidden)
            others[at] = redaction.as_json(shown) if shown else None


def cell(value: str) -> str:
    """A value that a spreadsheet will not take for a formula: evidence may begin with one."""
    return "'" + value if value[:1] in {"=", "@", "\t", "\r"} else value


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Rows as lines of a CSV, their texts as `cell`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow([cell(one) if isinstance(one, str) else one for one in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
