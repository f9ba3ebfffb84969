"""Workbooks (.xlsx, .xls, .xlsb, .ods): every sheet is a table. Locator: `Sheet!row N`, N as a spreadsheet shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.clean.decimals import settled
from upriver.evidence import guesses, headers, templates
from upriver.evidence.columns import unknown
from upriver.evidence.folder import UnreadableError
from upriver.evidence.looks import SAMPLE
from upriver.evidence.readers import extent
from upriver.evidence.records import Source, compose, from_rows

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_BATCH_ROWS = 50_000


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of all sheets.

    raises  UnreadableError when the workbook is damaged, protected, or holds nothing
            SettingsError when case.toml names a column that a sheet does not have
    """
    extent.check(source.path, params.max_text_bytes)
    filled = sheets(source)
    if not any(filled.values()):
        raise UnreadableError("the workbook holds no filled cell", "ask for it again where it came from")
    shown: dict[str, Any] = {}
    for name, rows in filled.items():
        if rows:
            yield from _sheet(source, name, rows, shown)
    if shown:
        source.guessed["sheets"] = shown


def sheets(source: Source) -> dict[str, list[tuple[int, list[str]]]]:
    """Name -> filled rows of each sheet with their numbers.

    raises  UnreadableError when the workbook is damaged or protected
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    found: dict[str, list[tuple[int, list[str]]]] = {}
    try:
        book = CalamineWorkbook.from_path(str(source.path))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            # Where the first filled cell stands is told apart: the empty rows above a far one are not made.
            above, left = sheet.start or (0, 0)
            rows = enumerate(sheet.to_python(skip_empty_area=True) if sheet.start else [], start=above + 1)
            texts = ((number, [""] * left + [_text(value) for value in row]) for number, row in rows)
            found[name] = [(number, cells) for number, cells in texts if any(cells)]
    except PasswordError as error:
        raise UnreadableError(
            "it is protected by a password", "open it with its password and save it without one"
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError(
            f"it is a damaged workbook: {error}", "open it in its own program and save it again as .xlsx or .csv"
        ) from error
    except BaseException as error:
        # What the reader did not foresee in a damaged workbook comes as a panic of its own language, which is no
        # Exception and has no name to import; all else, as a Ctrl-C, goes on its way.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError(
            "it is a damaged workbook", "open it in its own program and save it again as .xlsx or .csv"
        ) from error
    return found


def _sheet(source: Source, name: str, rows: list[tuple[int, list[str]]], shown: dict[str, Any]) -> Iterator[pa.Table]:
    source.sheet = name
    cells = [row for _, row in rows]
    known = templates.match(source.templates, cells[: templates.SEARCHED + SAMPLE], source.told.of_sheet(name))
    told = known.told
    stem = f"{source.stem} {name}"
    try:
        place, layout = headers.find([_trimmed(row) for row in cells[: headers.SEARCHED * 2]], stem, told)
    except UnreadableError:
        # One sheet without a header does not cost the others: its rows are kept under the numbers of their columns.
        place, layout = -1, unknown([str(number) for number in range(1, len(cells[0]) + 1)])
    if known.used:
        source.template.setdefault("sheets", {})[name] = known.used
    guessed = {**known.doubts, **guesses.of_table(layout, told)}
    if place > 0:
        guessed["header"] = f"row {rows[place][0]}"
        yield source.unknown([(f"{name}!row {number}", row) for number, row in rows[:place]])
    if guessed:
        shown[name] = guessed
        # What holds for times and money of the file is looked for at the file; sheets of one book seldom differ.
        for part in ("time_zone", "currency", "country"):
            if part in guessed:
                source.guessed.setdefault(part, guessed[part])
    below = rows[place + 1 :]
    for begin in range(0, len(below), _BATCH_ROWS):
        batch = below[begin : begin + _BATCH_ROWS]
        block = from_rows([row for _, row in batch], len(layout.names))
        yield compose(source, layout, block, pa.array([f"{name}!row {number}" for number, _ in batch]))


def _trimmed(cells: list[str]) -> list[str]:
    """A row without the empty cells behind its last filled one."""
    n_cells = len(cells)
    while n_cells and not cells[n_cells - 1]:
        n_cells -= 1
    return cells[:n_cells]


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a point, moments in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else settled(repr(value))
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)
