"""Where the header of a table stands: the row that names columns, below whatever a bank prints above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from upriver.case.settings import FileSettings
from upriver.evidence.columns import Layout, is_known, recognise
from upriver.evidence.folder import UnreadableError

SEARCHED = 30
_FEW = 3  # known names of columns in one row that are no chance
_FIGURE = re.compile(r"\s*[-+]?[\d][\d\s.,:/+\-TZ]*\s*\Z")
_ADVICE = (
    'name its columns in case.toml: [files."..."] form = "...", header = false, columns = { amount = "3", ... } '
    "(field = number of the column)"
)


def width(rows: Sequence[Sequence[str]]) -> int:
    """The most common number of cells, the larger of two that are equally common."""
    counts = Counter(len(cells) for cells in rows)
    return max(counts, key=lambda n_cells: (counts[n_cells], n_cells)) if counts else 0


def promise(cells: Sequence[str], stem: str, told: FileSettings) -> int:
    """How many of these cells are names of columns, as far as anyone can tell."""
    named = sum(1 for column in told.columns.values() if column in cells and not column.isdigit())
    # Cells that no list knows are nothing to a form: without them, rows of data are nearly all the same question.
    known = tuple(cell if is_known(cell) else "" for cell in cells)
    return named + _n_matched(known, stem, told.form) if any(known) else named


@lru_cache(maxsize=1 << 10)
def _n_matched(cells: tuple[str, ...], stem: str, form: str | None) -> int:
    return recognise(cells, stem, FileSettings(form=form)).n_matched


def find(rows: Sequence[Sequence[str]], stem: str, told: FileSettings) -> tuple[int, Layout]:
    """Place of the header among the first rows of a table, and what its columns tell; -1 where it has none.

    raises  UnreadableError when there is no header and nobody told the columns
            SettingsError when case.toml names a column that the table does not have
    """
    if not any(cell.strip() for cells in rows for cell in cells):
        raise UnreadableError("it holds no filled cell", "ask for it again where it came from")
    n_cells = width(rows)
    if told.header is False:
        return -1, recognise([str(number) for number in range(1, n_cells + 1)], stem, told)
    candidates = range(1 if told.header else min(len(rows), SEARCHED))
    promises = {number: promise(rows[number], stem, told) for number in candidates}
    best = max(promises, key=lambda number: (promises[number], -number))
    if not promises[best] and not told.header:
        # No form fits. A row of known names is the header of a table that tells too little: rows are kept under them.
        best = max(candidates, key=lambda number: (_n_known(rows[number]), -number))
        if _n_known(rows[best]) >= _FEW:
            return best, recognise(rows[best], stem, told, rows[best + 1 : best + 20])
        # No word is known. A header still has no figures in it, and a name over every column.
        best = next((number for number in candidates if _names(rows[number], n_cells)), -1)
        if best < 0:
            raise UnreadableError("it has no header: its first rows hold figures, not names of columns", _ADVICE)
    return best, recognise(rows[best], stem, told, rows[best + 1 : best + 20])


def _n_known(cells: Sequence[str]) -> int:
    return sum(1 for cell in dict.fromkeys(cells) if cell.strip() and is_known(cell))


def _names(cells: Sequence[str], n_cells: int) -> bool:
    return len(cells) == n_cells and all(cell.strip() and not _FIGURE.match(cell) for cell in cells)
