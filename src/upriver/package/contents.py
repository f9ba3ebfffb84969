"""What goes into a package: everything under its masks for an agency, for a keeper what stands on its sheets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from upriver.case.store import Case
from upriver.errors import PackageError
from upriver.model.ids import file_of
from upriver.plain import ledger
from upriver.report import ftm, redaction, stix
from upriver.report.exports import csv_lines
from upriver.report.figures import counted, visible
from upriver.report.identity import ACCOUNT_KINDS, NUMBER_PROPS, listed, masks
from upriver.report.masking import Masks
from upriver.report.origin import Origin, paths_of
from upriver.report.why import rows_of
from upriver.requests.book import book
from upriver.requests.folder import stem, write_requests
from upriver.requests.params import RequestParams
from upriver.requests.sheets import Sheet
from upriver.requests.victims import victims
from upriver.seal.manifest import hashed, path_fault

AGENCY = "agency"
FTM, STIX, FINDINGS, LEDGER, RECORDS, SOURCES = (
    "entities.ftm.json", "bundle.stix.json", "findings.jsonl", "ledger.jsonl", "records.jsonl", "sources.csv",
)  # fmt: skip
# Folders of a package, and what each file is, in the words of its README.
SHEETS, FILES = "requests", "files"
ABOUT = {
    FTM: "entities, FollowTheMoney JSON lines",
    STIX: "identities, accounts, contacts, ties and findings, a STIX 2.1 bundle",
    FINDINGS: "findings, each with the ids of its records",
    LEDGER: "the ledger of the crackdown: happenings with the range of what is told of each",
    RECORDS: "the records behind findings and ledger, field by field",
    SOURCES: "the source files: SHA-256 and size",
}


@dataclass(slots=True)
class Contents:
    """rows  table and key of each row that goes
    left  what was left out, by reason
    """

    rows: list[tuple[str, str]] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        told: dict[str, int] = {}
        for table, _ in self.rows:
            told[table] = told.get(table, 0) + 1
        return told


def sheets_for(case: Case, recipient: str) -> list[Sheet]:
    """The sheets of `upriver requests` that go to `recipient`, by its very name or reference; none for an agency."""
    guard = masks(case)
    wanted = recipient.strip().casefold()
    made = book(case, guard, guard, victims(case, guard), RequestParams()).sheets
    return [
        sheet
        for sheet in made
        if wanted == sheet.reference.casefold()
        or wanted in {name.casefold() for name in (sheet.recipient.name, *sheet.spellings)}
    ]


def origin_of(case: Case, hidden: Masks, sender: str, with_paths: bool) -> Origin:
    """Who hands it on: told with each entity."""
    last = case.manifest.stages.get("report", {}).get("finished_at") or "2000-01-01T00:00:00+00:00"
    title = hidden.text(case.manifest.title or case.home.stem)
    publisher = f"{sender}, case {title}" if sender else f"Upriver case {title}"
    return Origin(visible(publisher), last, paths_of(case, hidden) if with_paths else {})


def for_agency(case: Case, hidden: Masks, origin: Origin, tlp: str, folder: Path, with_files: bool) -> Contents:
    """Write all that an investigating agency may see.

    with_files  the source files themselves, which nobody can mask
    raises      PackageError when a source file is gone, or no longer what the case was made of
    """
    made = Contents()
    _entities(case, hidden, origin, folder, made, None)
    left = stix.Left()
    _write(folder / STIX, stix.lines(case, hidden, origin, tlp, left=left))
    made.left |= left.reasons
    wanted = _findings(case, hidden, folder, made) | _ledger(case, hidden, folder, made)
    _write(folder / RECORDS, _records(case, hidden, wanted, made))
    paths = origin.paths
    rows = case.read("source_file", "file_id", "path", "sha256", "n_bytes", "format", "n_records").to_pylist()
    head = ("file_id", "path", "sha256", "bytes", "format", "records")
    told = ((row["file_id"], paths.get(row["file_id"], ""), *list(row.values())[2:]) for row in rows)
    _write(folder / SOURCES, csv_lines([head, *told]))
    made.rows += [("source_file", row["file_id"]) for row in rows]
    if with_files:
        _copy_sources(case.folder, rows, folder / FILES)
    return made


def for_keeper(
    case: Case, hidden: Masks, origin: Origin, tlp: str, folder: Path, sheets: Iterable[Sheet], scratch: Path
) -> Contents:
    """Write what stands on a keeper's sheets, and no more: its accounts or numbers in clear, victims as references.

    scratch  an empty folder for the sheets while they are written: keys and index stay there, and go with it
    """
    made = Contents()
    (folder / SHEETS).mkdir()
    sheets = list(sheets)
    for sheet in sheets:
        write_requests(case, scratch, RequestParams(), scratch, sheet.reference)
        for file in sorted(scratch.glob(f"{stem(sheet)}.*")):
            shutil.copyfile(file, folder / SHEETS / file.name)
        made.rows.append(("request", sheet.reference))
    accounts = {row.account for sheet in sheets for row in sheet.accounts}
    numbers = {row.value for sheet in sheets for row in sheet.numbers}
    lent = pa.table({"value": pa.array(sorted(accounts | numbers), pa.string())})
    seen = case.sql(
        "SELECT DISTINCT o.observable_id, o.kind, o.value FROM observable o JOIN wanted w ON w.value = o.value "
        "ORDER BY 1",
        wanted=lent,
    ).to_pylist()
    # An account that may be a captive's stands on the sheet of its keeper with its mark, and nowhere else.
    free = {
        row["observable_id"]
        for row in seen
        if (row["value"] in accounts) == (row["kind"] in ACCOUNT_KINDS) and hidden.account(row["value"]) == row["value"]
    }
    entities = case.sql(
        "SELECT DISTINCT coalesce(e.canonical_id, s.entity_id) AS id, s.value FROM statement s "
        "JOIN wanted w ON w.value = s.value LEFT JOIN entity e ON e.entity_id = s.entity_id "
        f"WHERE s.prop IN {listed(NUMBER_PROPS)} AND s.schema IN ('BankAccount', 'CryptoWallet') ORDER BY 1",
        wanted=lent,
    ).to_pylist()
    only = {row["id"] for row in entities if row["value"] in accounts and hidden.account(row["value"]) == row["value"]}
    _entities(case, hidden, origin, folder, made, only)
    left = stix.Left()
    _write(folder / STIX, stix.lines(case, hidden, origin, tlp, free, left))
    made.left |= left.reasons
    made.rows += [("observable", node) for node in sorted(free)]
    records = {row.record_id for sheet in sheets for row in sheet.transfers}
    records |= {row.record_id for sheet in sheets for row in sheet.calls}
    records |= {record for sheet in sheets for row in sheet.numbers for record in row.record_ids}
    made.rows += [("record", record) for record in sorted(records)]
    used = {file_of(record) for record in records}
    rows = [row for row in case.read("source_file", "file_id", "sha256").to_pylist() if row["file_id"] in used]
    _write(folder / SOURCES, csv_lines([("file_id", "sha256"), *((row["file_id"], row["sha256"]) for row in rows)]))
    return made


def _entities(case: Case, hidden: Masks, origin: Origin, folder: Path, made: Contents, only: set[str] | None) -> None:
    def counted_lines() -> Iterator[str]:
        for line in ftm.lines(case, hidden, origin, only):
            made.rows.append(("entity", json.loads(line)["id"]))
            yield line

    _write(folder / FTM, counted_lines())


def _findings(case: Case, hidden: Masks, folder: Path, made: Contents) -> set[str]:
    """Write the findings; returns the records they rest on."""
    behind: dict[str, set[str]] = {}
    for row in case.read("finding_support", "finding_id", "record_id").to_pylist():
        behind.setdefault(row["finding_id"], set()).add(row["record_id"])
    told = [
        {**row, "record_ids": sorted(behind.get(row["finding_id"], ()))}
        for row in sorted(rows_of(case, hidden), key=lambda row: str(row["finding_id"]))
    ]
    _write(folder / FINDINGS, (_line(row) for row in told))
    made.rows += [("finding", row["finding_id"]) for row in told]
    return set().union(*behind.values())


def _ledger(case: Case, hidden: Masks, folder: Path, made: Contents) -> set[str]:
    """Write the ledger; returns the records of its tellings."""

    def show(text: str, record: str | None) -> str:
        return visible(hidden.text(text, sorted(hidden.about.get(record or "", ()))))

    def waits(line: str) -> None:
        made.left[line] = made.left.get(line, 0) + 1

    ledger.of_case(case, folder / LEDGER, None, show, waits, masked=hidden.hides)
    made.rows += [("action", row["action_id"]) for row in case.read("action", "action_id").to_pylist()]
    rows = case.sql(
        "SELECT DISTINCT r.record_id FROM telling t JOIN event_report r ON r.report_id = t.report_id ORDER BY 1"
    )
    return set(rows["record_id"].to_pylist())


def _records(case: Case, hidden: Masks, wanted: set[str], made: Contents) -> Iterator[str]:
    lent = pa.table({"record_id": pa.array(sorted(wanted), pa.string())})
    rows = case.sql(
        "SELECT r.record_id, r.locator, r.form, r.fields, r.extra, f.path, f.sha256 FROM record r "
        "JOIN wanted w ON w.record_id = r.record_id JOIN source_file f ON f.file_id = r.file_id ORDER BY r.record_id",
        wanted=lent,
    ).to_pylist()
    for row in rows:
        shown = redaction.fields(row["record_id"], row["form"], row["fields"], row["extra"], hidden)
        made.rows.append(("record", row["record_id"]))
        yield _line(
            {
                "record_id": row["record_id"], "path": hidden.text(row["path"]), "sha256": row["sha256"],
                "locator": row["locator"], "form": row["form"], "fields": shown,
            }
        )  # fmt: skip


def _copy_sources(evidence: Path, rows: list[dict[str, Any]], target: Path) -> None:
    """The source files, each as it was read; a file within an archive goes as its archive."""
    done: set[str] = set()
    for row in rows:
        inside = Path(row["path"])
        place = next((one for one in (inside, *inside.parents[:-1]) if (evidence / one).is_file()), None)
        if place is None:
            raise PackageError(f"{row['path']}: no longer in {evidence}; put it back, or leave out --with-files")
        if place.as_posix() in done:
            continue
        done.add(place.as_posix())
        fault = path_fault(place.as_posix())
        if fault:
            raise PackageError(f"{row['path']}: cannot go into a package: {fault}; rename it, and investigate again")
        if place == inside and hashed(evidence / place) != row["sha256"]:
            raise PackageError(
                f"{row['path']}: changed since the case was made; run `upriver investigate {evidence}` first"
            )
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(evidence / place, target / place)


def as_told(left: dict[str, int]) -> list[str]:
    """What was left out, a line each."""
    return [f"left out: {reason}: {counted(n, 'time')}" for reason, n in sorted(left.items())]


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) + "\n"


def _write(target: Path, lines: Iterable[str]) -> None:
    with target.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.writelines(lines)
