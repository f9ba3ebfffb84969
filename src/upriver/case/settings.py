"""What the analyst tells of a folder in its `case.toml`: how files are to be read, known accounts, parameters.

Everything here is told, never guessed. A key that is not known stops the run: a misspelt `time_zone` would else move
every payment of a bank by hours in silence. docs/evidence.md shows a whole file.
"""

from __future__ import annotations

import dataclasses
import tomllib
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from upriver.errors import SettingsError
from upriver.model.forms import FORMS
from upriver.model.units import asset

FILE_NAME = "case.toml"
DATE_ORDERS = ("ymd", "dmy", "mdy")
DECIMALS = (".", ",")
# Columns of a statement of one account that are no field of their own: they say which way a line goes.
STATEMENT_PARTS = ("debit", "credit", "direction")
# What models of the user's own read beside the word lists.
_MODELS = ("contacts", "adverts")
# Forms that readers give of themselves and nobody tells.
_MADE_BY_READERS = ("broken", "unknown")
_LARGEST = 2**63
_NOTHING: Mapping[str, Any] = MappingProxyType({})

_P = TypeVar("_P")


def _nothing() -> Mapping[str, Any]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What is told of one file, or of one sheet of it; None or empty where nothing is told.

    columns      field of the form -> name of the column, or its number from 1 as text; "Date + Time" for a
                 moment in two columns; debit, credit and direction for a statement of one account
    header       False: the first row is data, and columns go by number
    decimal      the sign before decimals, `.` or `,`
    own_account  the account whose statement this is, where rows name only the other side
    sheets       name of the sheet -> what is told of it
    """

    form: str | None = None
    columns: Mapping[str, str] = field(default_factory=_nothing)
    time_zone: str | None = None
    currency: str | None = None
    date_order: str | None = None
    decimal: str | None = None
    country: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    own_account: str | None = None
    sheets: Mapping[str, FileSettings] = field(default_factory=_nothing)

    def over(self, other: FileSettings) -> FileSettings:
        """These settings, and those of `other` where these tell nothing; sheets are merged by name."""
        told: dict[str, Any] = {}
        for name in (column.name for column in dataclasses.fields(self)):
            mine, theirs = getattr(self, name), getattr(other, name)
            told[name] = theirs if mine is None or mine == {} else mine
        sheets = {
            name: self.sheets.get(name, FileSettings()).over(other.sheets.get(name, FileSettings()))
            for name in sorted({*self.sheets, *other.sheets})
        }
        return FileSettings(**{**told, "sheets": MappingProxyType(sheets)})

    def of_sheet(self, sheet: str) -> FileSettings:
        """What is told of `sheet`: its own table over that of the file."""
        whole = dataclasses.replace(self, sheets=_NOTHING)
        return self.sheets[sheet].over(whole) if sheet in self.sheets else whole

    def told(self) -> dict[str, Any]:
        """What is told, as plain values for `source_file.guessed`."""
        values: dict[str, Any] = {}
        for name in (column.name for column in dataclasses.fields(self)):
            value = getattr(self, name)
            if name == "sheets":
                value = {sheet: told for sheet, settings in value.items() if (told := settings.told())}
            elif isinstance(value, Mapping):
                value = dict(value)
            if value is not None and value != {}:
                values[name] = value
        return values


@dataclass(frozen=True, slots=True)
class Settings:
    """A parsed `case.toml`; all empty where the folder has none.

    files       glob and what is told of the files it matches, in the order of case.toml: later wins
    victims     accounts known to be victims'
    services    accounts known to be services': exchanges, shops, desks
    sources     accounts from which stolen money starts
    parameters  stage -> parameter -> value
    templates   folder of templates in place of the user's own, as written; None where not told
    models      contacts, adverts -> file of the model that reads them beside the word lists, as written
    """

    title: str | None = None
    files: tuple[tuple[str, FileSettings], ...] = ()
    victims: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=_nothing)
    templates: str | None = None
    models: Mapping[str, str] = field(default_factory=_nothing)

    def of_file(self, path: str) -> FileSettings:
        """What is told of the file at `path` (inside the folder, with / between parts).

        `*` matches any characters; a glob without / is held against the file's name in every folder.
        """
        told = FileSettings()
        for glob, settings in self.files:
            if fnmatchcase(path if "/" in glob else path.rpartition("/")[2], glob):
                told = settings.over(told)
        return told

    def parameters_of(self, stage: str, defaults: _P) -> _P:
        """`defaults` (a frozen dataclass) with what [parameters.<stage>] says in its place.

        raises  SettingsError when a parameter is not one of the stage's, or is of another type
        """
        told = self.parameters.get(stage, _NOTHING)
        known = {column.name: getattr(defaults, column.name) for column in dataclasses.fields(defaults)}  # type: ignore[arg-type]
        where = f"{FILE_NAME} [parameters.{stage}]"
        changed: dict[str, Any] = {}
        for name, value in told.items():
            if name not in known:
                raise SettingsError(f"{where}: no parameter {name!r}; allowed: {', '.join(sorted(known)) or 'none'}")
            changed[name] = _like(value, known[name], f"{where} {name}")
        return dataclasses.replace(defaults, **changed)  # type: ignore[type-var]


def read(folder: Path) -> Settings:
    """The settings of the evidence folder; empty ones where it has no case.toml.

    raises  SettingsError naming file, key and what is allowed
    """
    path = folder / FILE_NAME
    if not path.exists():
        return Settings()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    return parse(text, str(path))


def parse(text: str, where: str = FILE_NAME) -> Settings:
    """The settings that `text` (TOML) holds; `where` names it in errors.

    raises  SettingsError naming file, key and what is allowed
    """
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{where}: not valid TOML: {error}") from error
    _only(whole, ("case", "files", "accounts", "parameters", "templates", *_MODELS), where)
    case = _table(whole.get("case", {}), f"{where} [case]")
    _only(case, ("title",), f"{where} [case]")
    accounts = _table(whole.get("accounts", {}), f"{where} [accounts]")
    _only(accounts, ("victims", "services", "sources"), f"{where} [accounts]")
    files = _table(whole.get("files", {}), f"{where} [files]")
    templates = _table(whole.get("templates", {}), f"{where} [templates]")
    _only(templates, ("folder",), f"{where} [templates]")
    parameters = _table(whole.get("parameters", {}), f"{where} [parameters]")
    return Settings(
        title=_text(case.get("title"), f"{where} [case] title"),
        files=tuple((glob, of_table(table, f'{where} [files."{glob}"]')) for glob, table in files.items()),
        victims=_texts(accounts.get("victims", []), f"{where} [accounts] victims"),
        services=_texts(accounts.get("services", []), f"{where} [accounts] services"),
        sources=_texts(accounts.get("sources", []), f"{where} [accounts] sources"),
        parameters=MappingProxyType(
            {
                stage: MappingProxyType(_table(table, f"{where} [parameters.{stage}]"))
                for stage, table in parameters.items()
            }
        ),
        templates=_text(templates.get("folder"), f"{where} [templates] folder"),
        models=MappingProxyType({task: told for task in _MODELS if (told := _model(whole.get(task, {}), task, where))}),
    )


def of_table(value: object, where: str, sheet: bool = False) -> FileSettings:
    """What a table of TOML tells of a file, or of a `sheet`; `where` names it in errors.

    raises  SettingsError naming the key and what is allowed
    """
    table = _table(value, where)
    allowed = ["form", "columns", "time_zone", "currency", "date_order", "decimal", "country", "header", "own_account"]
    _only(table, allowed if sheet else [*allowed, "delimiter", "encoding", "sheets"], where)
    header = table.get("header")
    if header is not None and not isinstance(header, bool):
        raise SettingsError(f"{where} header: {header!r}; allowed: true or false")
    form = _text(table.get("form"), f"{where} form")
    told = sorted(set(FORMS) - set(_MADE_BY_READERS))
    if form is not None and form not in told:
        raise SettingsError(f"{where} form: {form!r} is no form; allowed: {', '.join(told)}")
    sheets = _table(table.get("sheets", {}), f"{where} sheets")
    return FileSettings(
        form=form,
        columns=_columns(table.get("columns", {}), form, f"{where} columns"),
        time_zone=_time_zone(table.get("time_zone"), f"{where} time_zone"),
        currency=_currency(table.get("currency"), f"{where} currency"),
        date_order=_choice(table.get("date_order"), DATE_ORDERS, f"{where} date_order"),
        decimal=_choice(table.get("decimal"), DECIMALS, f"{where} decimal"),
        country=_country(table.get("country"), f"{where} country"),
        delimiter=_delimiter(table.get("delimiter"), f"{where} delimiter"),
        encoding=_encoding(table.get("encoding"), f"{where} encoding"),
        header=header,
        own_account=_text(table.get("own_account"), f"{where} own_account"),
        sheets=MappingProxyType(
            {name: of_table(inner, f'{where} sheets."{name}"', sheet=True) for name, inner in sheets.items()}
        ),
    )


def _columns(value: object, form: str | None, where: str) -> Mapping[str, str]:
    # A list names the fields column by column, "" for a column of no field: the way for files without a header.
    if isinstance(value, list):
        named = _texts(value, where)
        value = {name: number for number, name in enumerate(named, start=1) if name}
    columns: dict[str, str] = {}
    for name, column in _table(value, where).items():
        if isinstance(column, bool) or not isinstance(column, str | int) or column == "" or column == 0:
            raise SettingsError(f"{where}.{name}: {column!r}; allowed: the name of a column, or its number from 1")
        columns[name] = str(column)
    fields = FORMS[form].fields if form else tuple(sorted({name for known in FORMS.values() for name in known.fields}))
    fields += STATEMENT_PARTS if form in (None, "bank_transfer") else ()
    for name in columns:
        if name not in fields:
            raise SettingsError(f"{where}: {name!r} is no field of {form or 'any form'}; allowed: {', '.join(fields)}")
    return MappingProxyType(columns)


def _model(value: object, task: str, where: str) -> str | None:
    told = _table(value, f"{where} [{task}]")
    _only(told, ("model",), f"{where} [{task}]")
    return _text(told.get("model"), f"{where} [{task}] model")


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{where}: a table is expected, not {value!r}")
    return value


def _only(table: Mapping[str, object], allowed: Sequence[str], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise SettingsError(f"{where}: unknown key {key!r}; allowed: {', '.join(allowed)}")


def _text(value: object, where: str) -> str | None:
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise SettingsError(f"{where}: {value!r}; allowed: a text that is not empty, in quotation marks")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f'{where}: {value!r}; allowed: a list of texts, as ["..."]')
    return tuple(value)


def _choice(value: object, allowed: Sequence[str], where: str) -> str | None:
    if value is not None and value not in allowed:
        raise SettingsError(f"{where}: {value!r}; allowed: {', '.join(allowed)}")
    return None if value is None else str(value)


def _time_zone(value: object, where: str) -> str | None:
    name = _text(value, where)
    if name is not None and name != "UTC":
        try:
            zoneinfo.ZoneInfo(name)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
            raise SettingsError(f"{where}: {name!r} is no time zone; allowed: UTC or a name as Asia/Bangkok") from error
    return name


def _currency(value: object, where: str) -> str | None:
    name = _text(value, where)
    code = asset(name)
    if name is not None and code is None:
        raise SettingsError(f"{where}: {name!r} is no currency; allowed: a code as THB, CNY, USDT")
    return code


def _country(value: object, where: str) -> str | None:
    name = _text(value, where)
    if name is not None and not (len(name) == 2 and name.isascii() and name.isalpha()):
        raise SettingsError(f"{where}: {name!r}; allowed: two letters of ISO 3166-1, as TH")
    return None if name is None else name.upper()


def _delimiter(value: object, where: str) -> str | None:
    if value is not None and (not isinstance(value, str) or len(value) != 1 or not value.isascii() or value in '"\r\n'):
        raise SettingsError(f"{where}: {value!r}; allowed: one ASCII character that is no quotation mark or line end")
    return value


def _encoding(value: object, where: str) -> str | None:
    name = _text(value, where)
    if name is None:
        return None
    try:
        # Some of Python's codecs are no encodings of texts (idna, base64): they give up where a file is only read.
        b"\xff\xfe\0\0a.\0\0".decode(name, "replace")
    except (LookupError, UnicodeError) as error:
        raise SettingsError(f"{where}: {name!r} is no encoding; allowed: utf-8, utf-16, gb18030, big5 ...") from error
    return name


def _like(value: object, default: object, where: str) -> object:
    """`value` in the type of a parameter's default; a default of None takes any plain value."""
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(_like(item, default[0], where) if default else item for item in value)
    if isinstance(value, int | float) and not -_LARGEST < value < _LARGEST:
        raise SettingsError(f"{where}: {value!r}; allowed: a number within 64 bits, as {default!r}")
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if default is not None and type(value) is not type(default):
        raise SettingsError(f"{where}: {value!r}; allowed: a value of type {type(default).__name__}, as {default!r}")
    # No count, share, amount or span that begins at 0 or above makes sense below it.
    if isinstance(value, int | float) and isinstance(default, int | float) and value < 0 <= default:
        raise SettingsError(f"{where}: {value!r}; allowed: 0 or more, as {default!r}")
    return value
