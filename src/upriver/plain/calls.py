"""Call records alone: plain files of a telephone company in, tables of contacts, hours, handsets and leads out."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from upriver.case.settings import FILE_NAME
from upriver.case.stage import Desk, Stage
from upriver.case.store import Case
from upriver.clean.contacts import contact, is_country
from upriver.errors import EvidenceError, ExportError, SettingsError
from upriver.evidence.stage import STAGE as EVIDENCE
from upriver.extract.hints import Hints
from upriver.extract.params import ExtractParams
from upriver.extract.rejects import broken
from upriver.extract.talk import calls as extract_calls
from upriver.link.calls import CallParams
from upriver.link.common import write_handsets, write_numbers
from upriver.link.stage import call_records
from upriver.model.forms import FORMS
from upriver.model.ids import observable_id
from upriver.plain.callreport import local, plain_number, report
from upriver.plain.outputs import lines_to, not_read, refused_to
from upriver.report.exports import csv_lines
from upriver.report.figures import counted

_NEEDED = ("caller", "callee", "started_at")

# File, table, its columns: (ours, the table's, how it is told).
_TABLES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("pairs.csv", "call_pair", (
        ("caller", "caller"), ("callee", "callee"), ("n_calls", "n_calls"), ("n_answered", "n_answered"),
        ("minutes", "seconds"), ("first_at", "first_at"), ("last_at", "last_at"), ("records", "record_ids"),
    )),
    ("numbers.csv", "call_number", (
        ("number", "observable_id"), ("n_out", "n_out"), ("n_in", "n_in"), ("n_answered", "n_answered"),
        ("minutes", "seconds"), ("n_contacts", "n_contacts"), ("n_called", "n_called"), ("first_at", "first_at"),
        ("last_at", "last_at"), ("n_days", "n_days"), ("shift_from", "shift_from"), ("shift_to", "shift_to"),
        ("shift_share", "shift_share"), ("days_off", "days_off"), ("hours_00_to_23", "hours"),
        ("monday_to_sunday", "weekdays"), ("zone", "zone"),
    )),
    ("first_contacts.csv", "first_contact", (
        ("victim", "observable_id"), ("place", "place"), ("contact", "object_id"), ("by_victim", "by_victim"),
        ("first_at", "first_at"), ("n_contacts", "n_contacts"), ("over_common", "common"), ("record", "record_id"),
    )),
    ("handsets.csv", "handset", (
        ("handset", "device"), ("number", "observable_id"), ("n_calls", "n_calls"), ("n_sims", "n_sims"),
        ("n_numbers", "n_numbers"), ("n_handsets", "n_devices"), ("first_at", "first_at"), ("last_at", "last_at"),
        ("records", "record_ids"),
    )),
    ("swaps.csv", "handset_swap", (
        ("what_changes", "kind"), ("of", "subject_id"), ("before", "source_id"), ("after", "target_id"),
        ("last_at", "last_at"), ("first_at", "first_at"), ("in_turns", "in_turns"), ("records", "record_ids"),
    )),
    ("common_contacts.csv", "common_contact", (
        ("number", "left_id"), ("other", "right_id"), ("n_common", "n_common"), ("weight", "weight"),
        ("expected", "expected"), ("by_chance", "by_chance"), ("contacts", "contacts"), ("records", "record_ids"),
    )),
    ("bursts.csv", "call_burst", (
        ("event_at", "event_at"), ("number", "observable_id"), ("from_at", "from_at"), ("to_at", "to_at"),
        ("n_after", "n_after"), ("n_before", "n_before"), ("n_windows", "n_windows"), ("most_before", "most_before"),
        ("ratio", "ratio"), ("ratio_low", "ratio_low"), ("ratio_high", "ratio_high"), ("p", "p"),
        ("p_adjusted", "p_adjusted"), ("words", "words"),
    )),
    ("successors.csv", "successor_lead", (
        ("silent", "source_id"), ("successor", "target_id"), ("silent_at", "silent_at"), ("appears_at", "appears_at"),
        ("n_common", "n_common"), ("overlap", "overlap"), ("by_chance", "by_chance"), ("handset", "device"),
        ("contacts", "contacts"), ("reason", "reason"), ("records", "record_ids"),
    )),
    ("over_common.csv", "common_value", (
        ("what", "kind"), ("value", "node_id"), ("n", "n"), ("bound", "bound"), ("reason", "reason"),
    )),
)  # fmt: skip
_REPORT, _REJECTED = "report.txt", "rejected.csv"


@dataclass(frozen=True, slots=True)
class Told:
    """What the files cannot tell.

    zone             IANA name: of times without one, and of the hours that are told
    country          ISO 3166-1, of numbers without one
    own_account      the number of whose calls a file is that does not name it
    columns          field -> column, where a layout is not known
    events, victims, numbers  as CallParams, the numbers as people write them
    hours, days      window after an event, and days before it
    """

    zone: str | None = None
    country: str | None = None
    own_account: str | None = None
    columns: Mapping[str, str] | None = None
    events: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    hours: float = 24.0
    days: int = 14


def calls(sources: Sequence[Path], out: Path, told: Told, tell: Callable[[str], None]) -> str:
    """Read files of call records and write a table of each kind, and report.txt, to the folder `out`.

    tell     is given one sentence about each thing that the user should know
    returns  the report
    raises   EvidenceError when a file is not there or no call can be read; SettingsError, ExportError
    """
    for source in sources:
        if not source.is_file():
            raise EvidenceError(f"{source}: no such file; name files of call records")
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file; name a folder")
    _check(told)
    for name in (*(name for name, _, _ in _TABLES), _REPORT, _REJECTED):
        not_read(out / name, *sources)
    params = CallParams(
        call_zone=told.zone or "", call_events=told.events, event_hours=told.hours, event_days=told.days,
        call_victims=_ids(told.victims, told.country), call_numbers=_ids(told.numbers, told.country),
    )  # fmt: skip
    with _opened(sources, told) as case:
        _refuse_nothing(case, sources)
        case.run(Stage("extract", ("source_file", "record"), ("call", "rejected_record"), _extract, ExtractParams))
        n = case.sql("SELECT count(*) AS n FROM call").to_pylist()[0]["n"]
        refused = _refused(case)
        if not n:
            why = f", the first for this: {refused[0][2]}" if refused else ""
            raise EvidenceError(f"{sources[0]}: no call could be read; {counted(len(refused), 'row')} not used{why}")
        case.run(_LINK, params)
        zone = _zone(case)
        out.mkdir(parents=True, exist_ok=True)
        files = dict(zip(*case.read("source_file", "file_id", "path").to_pydict().values(), strict=True))
        for name, table, columns in _TABLES:
            lines_to(out / name, csv_lines(_rows(case, table, columns, zone, files)))
        for number in (*params.call_victims, *params.call_numbers):
            if not case.read("call_number", "observable_id", where=f"observable_id = {_quoted(number)}").num_rows:
                tell(f"{number.partition(':')[2]}: no call of it is in these files")
        words = report(case, zone, n, len(refused))
        lines_to(out / _REPORT, [words])
        header = ("file", "place", "reason", "raw")
        if refused_to(out / _REJECTED, refused, csv_lines([header, *refused])):
            tell(f"{counted(len(refused), 'row')} not used, the first for this: {refused[0][2]}; {out / _REJECTED}")
    return words


def _check(told: Told) -> None:
    """raises  SettingsError when a zone, a country or a field is none"""
    if told.zone is not None:
        try:
            ZoneInfo(told.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(f"--zone {told.zone}: no such time zone; write it as Asia/Bangkok") from error
    if told.country is not None and not is_country(told.country.upper()):
        raise SettingsError(f"--country {told.country}: no country of two letters, as TH")
    for name in told.columns or {}:
        if name not in FORMS["call"].fields:
            raise SettingsError(f"--column {name}=...: FIELD is one of {', '.join(FORMS['call'].fields)}")


@contextmanager
def _opened(sources: Sequence[Path], told: Told) -> Iterator[Case]:
    """A case of these files alone, in a folder that goes when it is closed."""
    with tempfile.TemporaryDirectory(prefix="upriver-") as place:
        folder = Path(place) / "evidence"
        folder.mkdir()
        names: set[str] = set()
        for number, source in enumerate(sources, 1):
            name = source.name if source.name not in names | {FILE_NAME} else f"{number}-{source.name}"
            names.add(name)
            try:
                os.link(source.resolve(), folder / name)
            except OSError:  # another disk, or one that knows no links
                shutil.copyfile(source, folder / name)
        (folder / FILE_NAME).write_text(_settings(told), encoding="utf-8")
        with Case.create(Path(place) / "case", folder) as case:
            case.run(EVIDENCE)
            yield case


def _settings(told: Told) -> str:
    lines = ['[files."*"]']
    for key, value in (("time_zone", told.zone), ("country", told.country), ("own_account", told.own_account)):
        if value:
            lines.append(f"{key} = {_toml(value)}")
    if told.columns:
        named = ", ".join(f"{field} = {_toml(name)}" for field, name in told.columns.items())
        lines += ['form = "call"', f"columns = {{ {named} }}"]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    escaped = "".join(f"\\U{ord(c):08X}" if c in '"\\' or not c.isprintable() else c for c in text)
    return f'"{escaped}"'


def _refuse_nothing(case: Case, sources: Sequence[Path]) -> None:
    """raises  EvidenceError when a file could not be read, or none holds a table of calls"""
    for row in case.read("rejected_file").to_pylist():
        raise EvidenceError(f"{row['path']}: {row['reason']}; {row['advice']}")
    forms = {row["form"] for row in case.sql("SELECT DISTINCT form FROM record").to_pylist()}
    if not forms:
        raise EvidenceError(f"{sources[0]}: no row below its header; name files of call records")
    if "call" not in forms:
        known = f"; it looks like a table of {', '.join(sorted(forms - {'unknown', 'broken'}))}" if (
            forms - {"unknown", "broken"}) else ""  # fmt: skip
        raise EvidenceError(
            f"{sources[0]}: no column is known to tell {', '.join(_NEEDED)}{known}; name them, as in --column "
            f"caller=NAME (fields: {', '.join(FORMS['call'].fields)})"
        )


def _extract(case: Desk, params: ExtractParams) -> None:
    broken(case)
    extract_calls(case, Hints.of(case), params)


def _link(case: Desk, params: CallParams) -> None:
    hub = call_records(case, params)
    write_numbers(case, hub)
    write_handsets(case, params.handset_most)


_LINK = Stage(
    "link",
    ("source_file", "statement", "observable", "entity", "identifier", "call", "message"),
    (
        "call_pair", "call_number", "first_contact", "handset", "handset_swap", "common_contact", "call_burst",
        "successor_lead", "common_value",
    ),
    _link,
    CallParams,
)  # fmt: skip


def _zone(case: Case) -> ZoneInfo:
    rows = case.sql("SELECT min(zone) AS zone FROM call_number").to_pylist()
    return ZoneInfo(rows[0]["zone"] or "UTC")


def _ids(numbers: Sequence[str], country: str | None) -> tuple[str, ...]:
    found = []
    for number in numbers:
        read = contact(number, country=country.upper() if country else None)
        if read is None:
            raise EvidenceError(f"{number!r} is no number or name of a telephone")
        found.append(observable_id(*read))
    return tuple(found)


def _refused(case: Case) -> list[tuple[str, str, str, str]]:
    files = dict(zip(*case.read("source_file", "file_id", "path").to_pydict().values(), strict=True))
    return [
        (files.get(row["file_id"], ""), row["locator"], _named(row["reason"], files), row["raw"])
        for row in case.sql("SELECT * FROM rejected_record ORDER BY file_id, record_id, reason").to_pylist()
    ]


def _named(reason: str, files: Mapping[str, str]) -> str:
    """A reason that names a record, with the file's name in place of its id."""
    for file_id, path in files.items():
        reason = reason.replace(f"{file_id}#", f"{path}: ")
    return reason


def _rows(
    case: Case, table: str, columns: tuple[tuple[str, str], ...], zone: ZoneInfo, files: Mapping[str, str]
) -> Iterator[list[object]]:
    yield [name for name, _ in columns]
    for batch in case.read(table, *(column for _, column in columns)).to_batches():
        for row in batch.to_pylist():
            yield [_cell(name, row[column], zone, files) for name, column in columns]


def _cell(name: str, value: Any, zone: ZoneInfo, files: Mapping[str, str]) -> object:
    """A value as people read it: local times, minutes, places in files, numbers without their kind."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local(value, zone)
    if name == "minutes":
        return f"{value / 60:.1f}"
    if name == "record":
        return place(value, files)
    if name == "records":
        return "|".join(place(one, files) for one in value)
    if isinstance(value, list):
        return " ".join(plain_number(one) for one in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return plain_number(value) if isinstance(value, str) and name != "words" and name != "reason" else value


def place(record: str, files: Mapping[str, str]) -> str:
    """A record as its file and place."""
    file, _, locator = record.partition("#")
    return f"{files.get(file, file)}: {locator}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
