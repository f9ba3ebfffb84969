"""A file mapped: what `upriver map` proposes for each table, its first rows as they would be read, what is missing.

The rows shown are read by the reader of the evidence stage itself, with the proposed mapping told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from upriver.case import settings as case_settings
from upriver.case.settings import FileSettings
from upriver.case.templates import FOLDER, Template, of_case, of_folder, users_folder
from upriver.clean.dates import moment
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence import folder as folders
from upriver.evidence import guesses, templates
from upriver.evidence.folder import UnreadableError
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import delimited, excel
from upriver.evidence.records import Source
from upriver.extract.amounts import amount
from upriver.model.forms import FORMS
from upriver.model.ids import DIGITS
from upriver.plain.mapping import Proposal, propose

SHOWN = 5
# Rows read for the order of days and months and for what is broken; a longer file is said to be read so far.
_READ = 200_000
_MONEY = ("amount", "debit", "credit")
_NUMBERS = ("phone", "holder_phone", "caller", "callee")


@dataclass(frozen=True, slots=True)
class Told:
    """What the user tells on the command line; `sheet` names the sheet of a workbook that `columns` and `form` are for.

    columns  field -> column
    folder   templates in place of the user's own
    """

    columns: Mapping[str, str]
    form: str | None = None
    time_zone: str | None = None
    currency: str | None = None
    date_order: str | None = None
    country: str | None = None
    own_account: str | None = None
    sheet: str | None = None
    folder: Path | None = None
    decimal: str | None = None

    def settings(self) -> FileSettings:
        """The same as settings of a file.

        raises  SettingsError naming what is not allowed
        """
        names = ("form", "time_zone", "currency", "date_order", "decimal", "country", "own_account")
        values = {name: value for name in names if (value := getattr(self, name)) is not None}
        return case_settings.of_table({**values, "columns": dict(self.columns)}, "told", sheet=True)


@dataclass(frozen=True, slots=True)
class Need:
    """Something that nobody told: what it is, what was taken in its place, and how to tell it.

    options  columns that may tell it; empty for what is no column
    """

    name: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableMap:
    """One table of the file.

    sheet    name of the sheet; empty for a delimited file
    header   header cells; place: its row as a person counts it, empty where there is none
    proposal what is proposed; used: name of the template that was used
    rows     locator and field -> (as written, as read)
    needs    what is missing; guessed: name -> what was taken; told: name -> what was told
    broken   rows refused, and why
    """

    sheet: str
    header: tuple[str, ...]
    place: str
    proposal: Proposal
    used: str
    rows: tuple[tuple[str, dict[str, tuple[str, str]]], ...]
    needs: tuple[Need, ...]
    guessed: Mapping[str, str]
    told: Mapping[str, str]
    broken: tuple[str, ...]
    n_rows: int


@dataclass(frozen=True, slots=True)
class FileMap:
    """A file and its tables; `whole`: all rows were looked at, not the first alone."""

    path: Path
    format: str
    encoding: str
    delimiter: str
    tables: tuple[TableMap, ...]
    notes: tuple[str, ...]
    whole: bool


def mapped(path: Path, told: Told) -> FileMap:
    """What is proposed for the tables of a CSV or workbook.

    raises  EvidenceError when it cannot be read or is no table
            SettingsError when case.toml, a template or an option tells what the file does not have
    """
    params = EvidenceParams()
    settings, name, known = _known(path, told)
    try:
        seen = folders.content(path)
        format_, encoding = sniff(path, name, seen, settings.encoding)
        if format_ not in ("csv", "xlsx"):
            raise EvidenceError(
                f"{path}: it is read as {format_}, which has no columns to map; `upriver investigate` takes it as it is"
            )
        source = Source(path, name, seen.sha256[:DIGITS], seen.n_bytes, encoding, settings)
        source.templates = known
        raw, delimiter = _raw(source, params, told)
        settled: dict[str, tuple[int, Proposal, templates.Match]] = {}
        for sheet, rows in raw.items():
            cells = [row for _, row in rows]
            asked = told.settings().over(settings.of_sheet(sheet) if sheet else settings)
            if told.sheet is not None and sheet != told.sheet:
                asked = settings.of_sheet(sheet)
            match = templates.match(known, cells, asked)
            settled[sheet] = (*propose(cells, f"{source.stem} {sheet}".strip(), asked, match), match)
        return _told(source, format_, delimiter, raw, settled, params, told)
    except UnreadableError as error:
        raise EvidenceError(f"{path}: {error.reason}; {error.advice}") from error


def _known(path: Path, told: Told) -> tuple[FileSettings, str, tuple[Template, ...]]:
    """What the case.toml above the file tells of it, its name there, and the templates that may know it."""
    if path.is_dir():
        raise EvidenceError(f"{path} is a folder; name one file of it")
    if not path.is_file():
        raise EvidenceError(f"{path}: there is no such file")
    if told.folder is not None and not told.folder.is_dir():
        raise SettingsError(f"--templates {told.folder}: there is no such folder")
    home = next((folder for folder in path.absolute().parents if (folder / case_settings.FILE_NAME).is_file()), None)
    if home is None:
        beside = of_folder(path.absolute().parent / FOLDER)
        users = of_folder(told.folder or users_folder(), own=False)
        return FileSettings(), path.name, (*beside, *users)
    whole = case_settings.read(home)
    name = path.absolute().relative_to(home).as_posix()
    if told.folder is None:
        return whole.of_file(name), name, of_case(home, whole)
    return whole.of_file(name), name, (*of_folder(home / FOLDER), *of_folder(told.folder, own=False))


def _raw(source: Source, params: EvidenceParams, told: Told) -> tuple[dict[str, list[tuple[int, list[str]]]], str]:
    """Sheet -> its first rows with their numbers, and the delimiter."""
    if source.encoding is not None:
        if told.sheet is not None:
            raise SettingsError(f"--sheet {told.sheet}: {source.path} is no workbook")
        peek = delimited.look(source, params)
        return {"": list(zip(peek.lines, peek.rows, strict=True))}, peek.delimiter.decode()
    filled = {sheet: rows for sheet, rows in excel.sheets(source).items() if rows}
    if not filled:
        raise UnreadableError("the workbook holds no filled cell", "ask for it again where it came from")
    if told.sheet is not None and told.sheet not in filled:
        raise SettingsError(f"--sheet {told.sheet}: the workbook has no such filled sheet, but: {', '.join(filled)}")
    if told.sheet is None and len(filled) > 1 and (told.columns or told.form):
        raise SettingsError(f"the workbook has {len(filled)} sheets: name one with --sheet: {', '.join(filled)}")
    most = templates.SEARCHED + 200
    return {sheet: rows[:most] for sheet, rows in filled.items() if told.sheet in (None, sheet)}, ""


def _told(
    source: Source,
    format_: str,
    delimiter: str,
    raw: Mapping[str, list[tuple[int, list[str]]]],
    settled: Mapping[str, tuple[int, Proposal, templates.Match]],
    params: EvidenceParams,
    told: Told,
) -> FileMap:
    own = {sheet: proposal.settings for sheet, (_, proposal, _) in settled.items()}
    whole = dataclasses.replace(source.told, sheets=MappingProxyType(own))
    tables = []
    complete = True
    for sheet, (number, proposal, match) in settled.items():
        settings = dataclasses.replace(own[""], encoding=source.told.encoding) if not sheet else whole
        reading = Source(source.path, source.name, source.file_id, source.n_bytes, source.encoding, settings)
        records, all_read = _records(reading, params, sheet)
        complete = complete and all_read
        rows = raw[sheet]
        place = f"row {rows[number][0]}" if number >= 0 else ""
        header = tuple(rows[number][1]) if number >= 0 else ()
        guessed = _guessed(reading, sheet, proposal, match, records)
        signs = {name: marks.decided for (place, name), marks in reading.marks.items() if place == sheet}
        tables.append(
            TableMap(
                sheet, header, place, proposal, str(match.used.get("name", "")),
                tuple(_preview(records, proposal, guessed, signs)), tuple(_needs(reading, proposal, guessed)), guessed,
                _said(match.told), tuple(_broken(records)),
                sum(1 for record in records if record["form"] not in ("broken", "unknown")),
            )
        )  # fmt: skip
    notes = [doubt for _, _, match in settled.values() for doubt in match.doubts.values()]
    return FileMap(source.path, format_, source.encoding or "", delimiter, tuple(tables), tuple(notes), complete)


def _records(source: Source, params: EvidenceParams, sheet: str) -> tuple[list[dict[str, Any]], bool]:
    """Records of one table as the evidence stage reads them, and whether that is all of the file."""
    name = "excel" if sheet else "delimited"
    found: list[dict[str, Any]] = []
    n_rows = 0
    for table in import_module(f"upriver.evidence.readers.{name}").read(source, params):
        kept = table.select(["locator", "form", "fields", "extra"])
        n_rows += table.num_rows
        # Rows of one table are alike: a preview and what is broken are shown from some of them.
        found += kept.slice(0, 1_000).to_pylist()
        if n_rows >= _READ:
            return found, False
    if sheet:
        found = [record for record in found if record["locator"].startswith(f"{sheet}!")]
    return found, True


def _preview(
    records: Sequence[Mapping[str, Any]],
    proposal: Proposal,
    guessed: Mapping[str, str],
    signs: Mapping[str, str | None],
) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """Locator of the first rows, and field -> (as written, as it would be read)."""
    names = FORMS[proposal.layout.form.name].fields
    settings = proposal.settings
    zone = settings.time_zone or guessed.get("time_zone", "UTC").split(" ")[0]
    order = settings.date_order or guessed.get("date_order", "")[:3] or None
    good = [record for record in records if record["form"] == proposal.layout.form.name]
    for record in good[:SHOWN]:
        fields = {name: value for name, value in zip(names, record["fields"], strict=True) if value is not None}
        shown = {
            name: (value, _as_read(name, value, order, zone, settings.decimal or signs.get(name)))
            for name, value in fields.items()
        }
        if record["extra"]:
            shown["(kept beside)"] = (str(record["extra"]), "")
        yield str(record["locator"]), shown


def _as_read(field: str, value: str, order: str | None, zone: str, decimal: str | None) -> str:
    """What extraction makes of a value; empty where it is taken as written."""
    if field.endswith("_at"):
        found = moment(value, order, zone)
        return f"{found.isoformat(sep=' ')} UTC" if found else "cannot be read as a time"
    if field.startswith("amount"):
        figure = amount(value, decimal)
        if figure is None:
            return "cannot be read as an amount"
        return f"{figure[0]:,.10g}{f' {figure[1]}' if figure[1] else ''}" if str(figure[0]) != value else ""
    return ""


def _said(settings: FileSettings) -> dict[str, str]:
    named = ("form", "time_zone", "currency", "date_order", "decimal", "country", "own_account")
    return {name: str(value) for name in named if (value := getattr(settings, name)) is not None}


def _guessed(
    source: Source, sheet: str, proposal: Proposal, match: templates.Match, records: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Name -> what was taken without being told, and what speaks for it."""
    found = {**guesses.of_times(source.habits, proposal.settings), **guesses.of_table(proposal.layout, match.told)}
    shown = {}
    if match.told.form is None and proposal.layout.form.name != "unknown":
        shown["form"] = f"{proposal.layout.form.name} ({proposal.layout.form.meaning})"
    habits = source.habits
    if "date_order" in found:
        seen = f"; {habits.order_seen}" if habits.order_seen else "; every date begins with its year"
        shown["date_order"] = f"{found['date_order']}{seen}{_sure(records)}"
    if "date_order_doubt" in found:
        shown["date_order_doubt"] = str(found["date_order_doubt"])
    for part, values in guesses.of_amounts(source, sheet, proposal.settings).items():
        shown[part] = "; ".join(f"{name}: {value}" for name, value in values.items())
    for name in ("time_zone", "currency", "country"):
        if name in found and not (name == "time_zone" and habits.n_local and found[name] == "UTC"):
            shown[name] = f"{found[name]} (from the name of a column)" if name != "country" else str(found[name])
    return shown


def _sure(records: Sequence[Mapping[str, Any]]) -> str:
    """The first date that can be read one way only, with its place."""
    for record in records:
        names = FORMS[record["form"]].fields
        for name, value in zip(names, record["fields"], strict=True):
            if value and name.endswith(("_at", "_on")) and not value[:4].isdigit():
                ways = [order for order in ("dmy", "mdy") if moment(value, order)]
                if len(ways) == 1:
                    return f" ({record['locator']}: {value[:40]})"
    return ""


def _needs(source: Source, proposal: Proposal, guessed: Mapping[str, str]) -> Iterator[Need]:
    form, settings, habits = proposal.layout.form, proposal.settings, source.habits
    if form.name == "unknown":
        yield Need("form", "its columns fit no form: rows are kept as unknown, and nothing comes of them; --form NAME")
        return
    for field, options in proposal.missing.items():
        may = f"; it may be {' or '.join(map(repr, options[:4]))}" if options else ""
        own = ", or --own-account NUMBER for a statement of one account" if field.endswith("_account") else ""
        yield Need(field, f"no column tells it{may}; --set {field}=COLUMN{own}", options)
    if habits.n_local and not settings.time_zone and "time_zone" not in guessed:
        yield Need(
            "time_zone",
            f"{habits.n_local:,} times carry no zone and are taken as UTC until it is told; --zone Asia/Bangkok",
        )
    columns = proposal.layout.columns()
    money = {"currency", "token"} & set(form.fields)
    paid = "amount" in columns or proposal.layout.statement is not None
    if money and paid and not money & set(columns) and not settings.currency and "currency" not in guessed:
        yield Need(
            "currency",
            "no column tells it: amounts that name none are refused until it is told; --currency THB",
        )
    if habits.n_either and not habits.n_day_first + habits.n_month_first and not settings.date_order:
        yield Need(
            "date_order",
            f"{habits.n_either:,} dates can be read either way round and none settles it: taken day first until it is "
            "told; --date-order dmy or mdy",
        )
    elif habits.n_day_first and habits.n_month_first and not settings.date_order:
        yield Need(
            "date_order",
            f"dates contradict each other ({habits.order_seen}): those that do not fit are refused; ask how the file "
            "was made, and tell it; --date-order dmy or mdy",
        )
    if "decimal_doubt" in guessed:
        doubt = guessed["decimal_doubt"].removesuffix("; tell decimal")
        yield Need("decimal", f"{doubt}; ask how the file was made, and tell it; --decimal . or ,")
    phones = [column for column in proposal.columns if set(column.fields) & set(_NUMBERS)]
    bare = any(column.look and "country code" not in column.look for column in phones)
    if bare and not settings.country and "country" not in guessed:
        yield Need(
            "country",
            "numbers stand without a country code, and stay as dialled until it is told; --country TH",
        )


def _broken(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for record in records:
        if record["form"] == "broken":
            yield f"{record['locator']}: {record['fields'][0]}"
