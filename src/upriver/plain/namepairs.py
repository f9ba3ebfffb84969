"""`upriver match-names`: pairs of names in, how likely each is one name and why out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from upriver.clean.names import Kind, compare_names
from upriver.plain.namelists import Refused, table
from upriver.plain.outputs import lines_to, not_read
from upriver.report.exports import csv_lines


@dataclass(slots=True)
class Count:
    """How many pairs were compared, of them likely one name (half sure or more); rows refused."""

    pairs: int = 0
    alike: int = 0
    refused: int = 0

    def as_text(self) -> str:
        """One line for a person."""
        return f"{self.pairs:,} pairs: {self.alike:,} likely one name; {self.refused:,} rows refused"


def match_names(source: Path, out: Path | None, kind: Kind, tell: Callable[[str], None]) -> Count:
    """Write id, score and why of each pair of `source` (id, left, right) to `out`, None for standard output.

    tell    takes each line for the reader of the terminal
    raises  EvidenceError when `source` is no such table; ExportError when `out` cannot be written
    """
    not_read(out, source)
    refused, count = Refused(), Count()

    def rows() -> Iterator[tuple[str, str, str]]:
        yield "id", "score", "why"
        for told, left, right in pairs.rows(refused):
            found = compare_names(left, right, kind)
            count.pairs += 1
            count.alike += found.match_probability >= 0.5
            yield told, f"{found.match_probability:.4f}", found.reason

    with table(source, "a CSV of pairs", ("id", "left", "right")) as pairs:
        lines_to(out, csv_lines(rows()))
    refused.write(out, tell)
    count.refused = len(refused.rows)
    return count
