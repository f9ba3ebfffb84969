"""Lists of names from plain files: the columns that are asked for, row by row, and what of them cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from upriver.errors import EvidenceError
from upriver.plain.columns import place_of
from upriver.plain.opened import Opened, opened
from upriver.plain.outputs import beside, file_of, refused_to
from upriver.plain.rows import RAW
from upriver.report.exports import csv_lines

LONGEST = 400  # characters of a name; what is longer is a text
_SHOWN = 5


@dataclass(slots=True)
class Refused:
    """Rows that cannot be used: file and line, reason, the row as it was."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, path: Path, line: int, reason: str, row: Sequence[str]) -> None:
        self.add_raw(path, line, reason, "|".join(row))

    def add_raw(self, path: Path, line: int, reason: str, raw: str) -> None:
        """The same of what is no row."""
        self.rows.append((f"{path.name}:{line}", reason, raw[:RAW]))

    def write(self, out: Path | None, tell: Callable[[str], None]) -> None:
        """To `OUT.rejected.csv`; a file of an earlier run that holds nothing any more goes."""
        for place, reason, _ in self.rows[:_SHOWN]:
            tell(f"{place}: {reason}")
        if len(self.rows) > _SHOWN:
            tell(f"... and {len(self.rows) - _SHOWN} more rows refused")
        file = file_of(out)
        target = beside(file, "rejected") if file else None
        if target and refused_to(target, self.rows, csv_lines([("place", "reason", "raw"), *self.rows])):
            tell(f"what was refused, with reasons: {target}")


@dataclass(frozen=True, slots=True)
class Table:
    """An open list: cells of the wanted columns, "" where the list has not that one."""

    path: Path
    file: Opened
    places: tuple[int | None, ...]
    needed: int

    def rows(self, refused: Refused) -> Iterator[tuple[str, ...]]:
        """Cells row by row; rows without an id or a name, with an id told before or a name too long are refused."""
        seen: dict[str, int] = {}

        def no_row(line: int, reason: str, raw: str) -> None:
            refused.add_raw(self.path, line, reason, raw)

        for line, row in self.file.rows(no_row):
            if not any(cell.strip() for cell in row):
                continue
            cells = tuple(row[place].strip() if place is not None and place < len(row) else "" for place in self.places)
            reason = self._wrong(cells, seen)
            if reason:
                refused.add(self.path, line, reason, row)
                continue
            seen[cells[0]] = line
            yield cells

    def _wrong(self, cells: tuple[str, ...], seen: dict[str, int]) -> str:
        names = [self.file.names[place] for place in self.places if place is not None]
        empty = [name for name, cell in zip(names[: self.needed], cells, strict=False) if not cell]
        if empty:
            return f"no {' and no '.join(empty)}; fill it in, or leave the row out"
        if cells[0] in seen:
            return f"{names[0]} {cells[0][:40]} stands in line {seen[cells[0]]} already; give each row its own"
        if any(len(cell) > LONGEST for cell in cells[1 : self.needed]):
            return f"a cell of more than {LONGEST} characters is no name; is it a column of text?"
        return ""


@contextmanager
def table(path: Path, what: str, needed: Sequence[str], others: Sequence[str] = ()) -> Iterator[Table]:
    """Open a list with the columns `needed`, the first of them its id, and `others` where it has them.

    what    what it should be, for the reader of an error
    raises  EvidenceError when there is no such file or column
    """
    with opened(path, f"{what} with {', '.join(needed)}") as file:
        places = tuple(place_of(file.names, (name,)) for name in (*needed, *others))
        missing = [name for name, place in zip(needed, places, strict=False) if place is None]
        if missing:
            raise EvidenceError(
                f"{path}: no column {', '.join(missing)}; {what} has {', '.join(needed)}, and this one has: "
                f"{', '.join(file.names)[:400]}"
            )
        yield Table(path, file, places, len(needed))
