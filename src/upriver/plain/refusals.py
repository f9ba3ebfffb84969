"""What could not be used: kept beside the output with its reason, and told to the reader of the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from upriver.plain.outputs import refused_to
from upriver.plain.texts import Refused
from upriver.report.exports import csv_lines
from upriver.report.figures import counted

_SHOWN = 20  # refusals and doubts told one by one; the file holds all refusals


def rows_to(
    place: Path | None, refused: Sequence[tuple[int, str, str]], tell: Callable[[str], None], of: str = ""
) -> None:
    """Write rows of a table (line, reason, raw) to `place`, and tell how many they are and the first reason.

    of  the file that they stand in, where there are several
    """
    if place and refused_to(place, refused, csv_lines([("line", "reason", "raw"), *refused])):
        tell(
            f"{of + ': ' if of else ''}{counted(len(refused), 'row')} not used, the first for this: {refused[0][1]}; "
            f"{place}"
        )


class Refusals:
    """Lines of texts that one run refused, and its doubts about others, told as they come.

    file  where the lines go; without one each is told
    """

    def __init__(self, tell: Callable[[str], None], file: Path | None) -> None:
        self._tell = tell
        self._file = file
        self._lines: list[tuple[object, ...]] = []
        self._doubts = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, item: Refused) -> None:
        """Note a line that could not be read."""
        self._lines.append((item.line, item.reason, item.advice, item.raw))
        if self._file is None or len(self) <= _SHOWN:
            self._tell(f"line {item.line}: {item.reason}; {item.advice}")

    def doubt(self, line: int, doubts: Iterable[str]) -> None:
        """Tell what was read with a doubt."""
        for doubt in doubts:
            self._doubts += 1
            if self._doubts <= _SHOWN:
                self._tell(f"line {line}: {doubt}")

    def end(self) -> None:
        """Write what was refused."""
        if self._doubts > _SHOWN:
            self._tell(f"... and {self._doubts - _SHOWN} more doubts")
        header = ("line", "reason", "advice", "raw")
        if self._file is None or not refused_to(self._file, self._lines, csv_lines([header, *self._lines])):
            return
        if len(self) > _SHOWN:
            self._tell(f"... and {len(self) - _SHOWN} more lines rejected")
        self._tell(f"what was refused, with reasons: {self._file}")
