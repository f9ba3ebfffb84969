"""A small table, read by the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from upriver.errors import EvidenceError
from upriver.plain.columns import place_of
from upriver.plain.opened import opened
from upriver.plain.rows import RAW

Refused = list[tuple[int, str, str]]  # line, reason, raw
Row = tuple[int, tuple[str, ...], str]  # line, the cells of the wanted columns ('' where a row is short), raw


def cells(path: Path, what: str, wanted: Sequence[Sequence[str]]) -> tuple[list[Row], Refused]:
    """The rows of a table, empty ones left out, and those that are no rows.

    what    what the file should be, for the reader of an error: `a CSV of ties`
    wanted  for each column, the names by which it is known, its own first
    raises  EvidenceError when there is no such file or column, or one column would tell two things
    """
    found: list[Row] = []
    refused: Refused = []
    with opened(path, what) as file:
        places = [place_of(file.names, names) for names in wanted]
        for place, names in zip(places, wanted, strict=True):
            if place is None:
                raise EvidenceError(f"{path}: no column {names[0]}; it has: {', '.join(file.names)}")
        told = [place for place in places if place is not None]
        if len(set(told)) < len(told):
            raise EvidenceError(f"{path}: {what} has {len(wanted)} columns; it has: {', '.join(file.names)}")
        for line, row in file.rows(lambda *told: refused.append(told)):
            if any(cell.strip() for cell in row):
                cells = tuple(row[place].strip() if place < len(row) else "" for place in told)
                found.append((line, cells, file.delimiter.join(row)[:RAW]))
    return found, refused
