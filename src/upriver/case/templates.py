"""Templates: how a bank's export is read, told once and known again by its header in every later case.

A template is a TOML file with one [[table]] for each table it knows. It holds names of columns and nothing of the
evidence: no path, no account, no row. docs/evidence.md shows one.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from upriver.case.settings import FILE_NAME, FileSettings, Settings, of_table
from upriver.errors import SettingsError

FOLDER = "templates"
ENDING = ".toml"
# Names a folder in place of the user's own: for machines that many share.
VARIABLE = "UPRIVER_TEMPLATES"


@dataclass(frozen=True, slots=True)
class Template:
    """What is told of every table with this header.

    name    file name of the template, and its number in it from 2 on
    header  names of the columns, as written
    told    form, columns, time zone, currency, date order, country
    own     True: lies beside case.toml, and goes before one of the user's
    """

    name: str
    header: tuple[str, ...]
    told: FileSettings
    own: bool = True


def is_template(name: str) -> bool:
    """Whether the file `name` of a folder of evidence is a template: it lies in `templates/` beside case.toml."""
    inside, slash, last = name.partition("/")
    return inside == FOLDER and bool(slash) and "/" not in last and last.endswith(ENDING)


def users_folder() -> Path:
    """Where the templates of the user lie, whether or not there are any."""
    told = os.environ.get(VARIABLE)
    return Path(told) if told else Path(click.get_app_dir("upriver")) / FOLDER


def of_case(folder: Path, settings: Settings) -> tuple[Template, ...]:
    """Templates of a folder of evidence: those beside case.toml, then those of the told folder or of the user.

    raises  SettingsError naming file and key, or when case.toml names a folder that is not there
    """
    if settings.templates is not None:
        other = folder / Path(settings.templates).expanduser()
        if not other.is_dir():
            raise SettingsError(f"{folder / FILE_NAME} [templates] folder: there is no folder {settings.templates!r}")
    else:
        other = users_folder()
    return (*of_folder(folder / FOLDER), *of_folder(other, own=False))


def of_folder(folder: Path, own: bool = True) -> tuple[Template, ...]:
    """Templates of one folder in the order of their names; none where it is absent.

    raises  SettingsError naming file and key
    """
    if not folder.is_dir():
        return ()
    paths = sorted(path for path in folder.glob(f"*{ENDING}") if path.is_file())
    return tuple(template for path in paths for template in read(path, own))


def read(path: Path, own: bool = True) -> list[Template]:
    """The tables of one template file.

    raises  SettingsError when it cannot be read, or tells what a template may not
    """
    try:
        whole = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    tables = whole.get("table")
    if set(whole) != {"table"} or not isinstance(tables, list) or not tables:
        raise SettingsError(f"{path}: a template holds [[table]] parts and nothing else; make one with `upriver map`")
    return [
        _table(f"{path.name}{f' table {number}' if number > 1 else ''}", table, f"{path} [[table]] {number}", own)
        for number, table in enumerate(tables, start=1)
    ]


def _table(name: str, table: Any, where: str, own: bool) -> Template:
    if not isinstance(table, dict):
        raise SettingsError(f"{where}: a table is expected, not {table!r}")
    header = table.get("header")
    if not isinstance(header, list) or not header or not all(isinstance(cell, str) for cell in header):
        raise SettingsError(f'{where} header: {header!r}; allowed: the names of all columns, as ["Date", "Amount"]')
    if "own_account" in table:
        raise SettingsError(f"{where} own_account: a template holds no account; tell it in {FILE_NAME}")
    told = of_table({key: value for key, value in table.items() if key != "header"}, where, sheet=True)
    if told.form is None:
        raise SettingsError(f"{where}: form is missing; name the form of the table, as bank_transfer")
    lacking = [column for column in told.columns.values() if column not in header and " + " not in column]
    if lacking:
        raise SettingsError(f"{where} columns: {lacking[0]!r} is no column of its header")
    return Template(name, tuple(header), told, own)
