"""From a finding to rows of the source files: path, place, fields, and the row itself read anew, masked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from upriver.errors import CaseError
from upriver.model.columns import MOST_RECORDS
from upriver.model.tables import TABLES
from upriver.report import redaction, source
from upriver.report.claims import DETAIL, Facts
from upriver.report.figures import counted, measure, share, visible
from upriver.report.findings import findings
from upriver.report.identity import Readable, masks
from upriver.report.masking import Masks
from upriver.report.sections.loophole import asked, claim, sides, told_by


class Housed(Readable, Protocol):
    """A case with its evidence folder."""

    @property
    def folder(self) -> Path:
        """The folder of evidence; it may no longer be there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One record that a finding rests on, as it may be shown.

    fields  field -> value
    state   whether the source file is still the one that was read
    raw     cells of the row, read anew; None where the format does not allow it or the row is no longer there
    """

    record_id: str
    path: str
    locator: str
    sha256: str
    form: str
    table: str
    row_id: str
    fields: dict[str, str]
    state: str
    raw: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Part:
    """A ratio that is told with a finding: its own number, its question, both its sides, who tells it."""

    name: str
    label: str
    figure: str
    told_by: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A finding with records behind it; `parts`: the ratios told with it, each of which opens by its own number.

    n_support  counts them all
    at_least   there may be more: a row behind the finding keeps no more than the first 50 of its records
    n_left_out how many the caller wanted not to be shown
    n_kept     how many of them the case keeps with the finding
    """

    finding_id: str
    section: str
    title: str
    text: str
    figure: float | None
    unit: str
    method: str
    confidence: str
    n_support: int
    at_least: bool
    n_kept: int
    records: tuple[Shown, ...]
    parts: tuple[Part, ...] = ()
    n_left_out: int = 0


def rows_of(case: Readable, hidden: Masks) -> list[dict[str, Any]]:
    """The table finding as it may be shown: as it stands when victims are masked, told anew when they are not."""
    more = _cut_short(case)
    stored = [{**row, "at_least": row["finding_id"] in more} for row in case.read("finding").to_pylist()]
    if hidden.hides or not stored:
        return stored
    told = {made.finding_id: made.claim for made in findings(case, hidden, max_support=1)}
    return [
        {**row, "title": told[row["finding_id"]].title, "text": told[row["finding_id"]].text}
        if row["finding_id"] in told
        else row
        for row in stored
    ]


def _cut_short(case: Readable) -> set[str]:
    """Findings that rest on a row whose list of records is full, and that has no count of them all beside it."""
    held = case.read("finding_support", "finding_id", "table_name", "row_id").to_pylist()
    full: set[tuple[str, str]] = set()
    for name in sorted({row["table_name"] for row in held}):
        columns = {column.name for column in TABLES[name].columns}
        if "record_ids" not in columns or "n_records" in columns:
            continue
        key = TABLES[name].key[0]
        full |= {
            (name, row[key])
            for row in case.read(name, key, "record_ids").to_pylist()
            if len(row["record_ids"]) >= MOST_RECORDS
        }
    return {row["finding_id"] for row in held if (row["table_name"], row["row_id"]) in full}


def trail(
    case: Housed,
    finding_id: str,
    records: int = 10,
    unmask: bool = False,
    hidden: Masks | None = None,
    known: list[dict[str, Any]] | None = None,
    left_out: frozenset[str] = frozenset(),
) -> Trail:
    """Walk from a finding (F003), or from a ratio told with it (F003.2), to at most `records` records.

    hidden  the case's masks, where the caller has them already
    known   the findings as they may be shown, where the caller has them already
    left_out  records that are not shown, only counted
    raises  CaseError when there is no such finding
    """
    hidden = masks(case, unmask) if hidden is None else hidden
    name, _, place = finding_id.upper().partition(".")
    found = [row for row in (rows_of(case, hidden) if known is None else known) if row["finding_id"] == name]
    if not found:
        raise CaseError(f"there is no finding {finding_id}: the dossier and `upriver show` list them, from F001 on")
    row = found[0]
    supports = _supports(case, name)
    parts = _parts(case, supports)
    if place:
        return _of_part(case, name, place, parts, records, hidden)
    n_left_out = 0
    if left_out:
        ids = supports["record_id"].to_pylist()
        n_left_out = len(left_out.intersection(ids))
        shown = [record not in left_out for record in ids]
    return Trail(
        **{name: row[name] for name in row if name != "rank"},
        n_kept=_kept(case, supports),
        records=tuple(_records(case, supports.filter(shown) if n_left_out else supports, records, hidden)),
        parts=_told_with(case, name, parts, hidden),
        n_left_out=n_left_out,
    )


def _supports(case: Housed, finding_id: str) -> pa.Table:
    return case.sql(
        "SELECT s.record_id, s.table_name, s.row_id FROM finding_support s "
        "JOIN wanted w ON w.finding_id = s.finding_id ORDER BY s.record_id, s.table_name, s.row_id",
        wanted=pa.table({"finding_id": [finding_id]}),
    )


def _parts(case: Housed, supports: pa.Table) -> list[dict[str, Any]]:
    """Rows of `loophole_part` that are told with the ratio a finding tells."""
    told = {row["row_id"] for row in supports.to_pylist() if row["table_name"] == "loophole"}
    if not told:
        return []
    rows = case.sql(
        "SELECT p.* FROM loophole_part p JOIN wanted w ON w.loophole_id = p.loophole_id "
        "ORDER BY p.loophole_id, p.place",
        wanted=pa.table({"loophole_id": sorted(told)}),
    )
    return list(rows.to_pylist())


def _told_with(case: Housed, finding_id: str, parts: list[dict[str, Any]], hidden: Masks) -> tuple[Part, ...]:
    if not parts:
        return ()
    files = set(case.read("source_file", "file_id").to_pydict()["file_id"])
    return tuple(
        Part(f"{finding_id}.{number}", hidden.text(row["label"]), sides(row), told_by(row, files))
        for number, row in enumerate(parts, 1)
    )


def _of_part(
    case: Housed, finding_id: str, place: str, parts: list[dict[str, Any]], records: int, hidden: Masks
) -> Trail:
    """The trail of one of the ratios told with a finding."""
    if not place.isdecimal() or not 1 <= int(place) <= len(parts):
        told = f"it has {finding_id}.1 to {finding_id}.{len(parts)}" if parts else "nothing is told with it"
        raise CaseError(f"there is no ratio {finding_id}.{place}: {told}")
    row = parts[int(place) - 1]
    facts = Facts(case, hidden, max_support=len(row["record_ids"]) + len(row["report_ids"]))
    made = claim(facts, row, {one["file_id"] for one in facts.rows("source_file")}, DETAIL, [])
    supports = pa.Table.from_pylist(
        [{"record_id": record, "table_name": table, "row_id": key} for record, table, key in made.supports],
        pa.schema([(name, pa.string()) for name in ("record_id", "table_name", "row_id")]),
    )
    return Trail(
        f"{finding_id}.{place}", made.section, made.title, made.text, made.figure, made.unit, made.method,
        made.confidence, made.n_support, len(row["record_ids"]) >= MOST_RECORDS, _kept(case, supports),
        tuple(_records(case, supports, records, hidden)),
    )  # fmt: skip


def _kept(case: Housed, supports: pa.Table) -> int:
    (row,) = case.sql(
        "SELECT count(DISTINCT s.record_id) AS n FROM told s JOIN record r ON r.record_id = s.record_id", told=supports
    ).to_pylist()
    return int(row["n"])


def _records(case: Housed, supports: pa.Table, most: int, hidden: Masks) -> list[Shown]:
    rows = case.sql(
        "SELECT s.record_id, s.table_name, s.row_id, r.locator, r.form, r.fields, r.extra, f.path, f.sha256, f.format, "
        "f.encoding, f.guessed FROM told s "
        "JOIN record r ON r.record_id = s.record_id JOIN source_file f ON f.file_id = r.file_id "
        f"ORDER BY s.record_id, s.table_name, s.row_id LIMIT {most * 4}",
        told=supports,
    ).to_pylist()
    shown: dict[str, Shown] = {}
    for row in rows:
        if row["record_id"] in shown or len(shown) == most:
            continue
        shown[row["record_id"]] = _shown(case, row, hidden)
    return list(shown.values())


def _shown(case: Housed, row: dict[str, Any], hidden: Masks) -> Shown:
    file = source.Source(row["path"], row["sha256"], row["format"], row["encoding"], row["guessed"])
    condition = source.state(case.folder, file)
    told = redaction.fields(row["record_id"], row["form"], row["fields"], row["extra"], hidden)
    raw = None
    if condition == source.UNCHANGED:
        cells = source.raw_row(case.folder, file, row["locator"], row["fields"])
        if cells is not None:
            raw = tuple(redaction.cells(row["record_id"], row["form"], row["fields"], cells, hidden))
    return Shown(
        row["record_id"], hidden.text(row["path"]), row["locator"], row["sha256"], row["form"], row["table_name"],
        hidden.node(row["row_id"]) or hidden.text(hidden.account(row["row_id"])), told, condition, raw,
    )  # fmt: skip


def why(case: Housed, finding_id: str, records: int = 10, unmask: bool = False) -> str:
    """The trail of a finding as plain text, for the command line."""
    found = trail(case, finding_id, records, unmask)
    told = share(found.figure) if found.unit == "share" else measure(found.figure, found.unit)
    figure = f"Figure: {told}. " if found.unit else ""
    lines = [
        f"{found.finding_id}  {found.title}",
        "",
        found.text,
        "",
        f"{figure}Method: {found.method}.",
        f"Confidence: {found.confidence}.",
        "",
    ]
    if found.parts:
        lines += ["Told with it, each opens by its own number:"]
        lines += [f"  {part.name}  {asked(part.label)} {_figure(part)}" for part in found.parts]
        lines.append("")
    lines.append(_rests(found))
    for number, record in enumerate(found.records, 1):
        lines += [
            "",
            f"[{number}] {record.path}, {record.locator}  ({record.form.replace('_', ' ')}; by {record.table} "
            f"{record.row_id})",
            f"    file {record.sha256[:16]}…, {record.state}",
            *(f"    {name}: {value}" for name, value in record.fields.items()),
        ]
        if record.raw is not None:
            lines.append(f"    as it stands in the file: {' | '.join(record.raw)}")
    return visible("\n".join(lines))


def _figure(part: Part) -> str:
    return f"{part.figure}, {part.told_by}" if part.told_by else part.figure


def _rests(found: Trail) -> str:
    """How many records there are, how many are shown, and why not all."""
    shown = len(found.records)
    if not shown:
        return "It rests on no single record: it is counted over tables, or says that there is nothing."
    text = f"It rests on {counted(found.n_support, 'record')}"
    if found.at_least:
        text += f" or more: a row of its tables keeps the first {MOST_RECORDS} of its records"
    if found.n_kept < found.n_support:
        text += f"; of those the case keeps {found.n_kept:,} to be shown"
    if shown < found.n_kept:
        return f"{text}; {shown:,} of them (--records {found.n_kept} shows all that are kept):"
    return f"{text}:" if shown == found.n_support and not found.at_least else f"{text}; {shown:,} of them:"
