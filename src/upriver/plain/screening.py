"""`upriver screen`: names looked up in a list of names, hits with a score and why out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from upriver.clean.names import Kind
from upriver.clean.names.watch import Watch
from upriver.errors import EvidenceError
from upriver.plain.namelists import LONGEST, Refused, table
from upriver.plain.outputs import lines_to, not_read
from upriver.report.exports import csv_lines

LEAST = 0.05  # hits less likely than this are noise
MOST = 5  # hits of one name
_CHUNK = 2_000


@dataclass(slots=True)
class Count:
    """How many names were looked up, of them with a hit; names of the list, hits, rows refused."""

    queries: int = 0
    with_hits: int = 0
    listed: int = 0
    hits: int = 0
    refused: int = 0

    def as_text(self) -> str:
        """One line for a person."""
        return (
            f"{self.queries:,} names looked up among {self.listed:,}: {self.with_hits:,} with a hit, "
            f"{self.hits:,} hits; {self.refused:,} rows refused. A hit is a lead, no statement about a person"
        )


@dataclass(frozen=True, slots=True)
class Told:
    """How hits are told: `least` score, and how `most` of one name."""

    least: float = LEAST
    most: int = MOST


def screen(
    queries: Path, against: Path, out: Path | None, kind: Kind, told: Told, tell: Callable[[str], None]
) -> Count:  # fmt: skip
    """Write query_id, match_id, score and why of each hit to `out`, the best of a name first; None: standard output.

    queries  a CSV with id and query; against: one with id, name and, split on `|`, aliases
    tell     takes each line for the reader of the terminal
    raises   EvidenceError when one is no such table or the list holds no name; ExportError when `out` cannot be written
    """
    not_read(out, queries, against)
    refused, count = Refused(), Count()
    ids, names = _listed(against, refused)
    if not ids:
        raise EvidenceError(f"{against}: no row with an id and a name; nothing to look names up in")
    count.listed = len(ids)
    watch = Watch(names, kind)

    def rows() -> Iterator[tuple[str, str, str, str]]:
        yield "query_id", "match_id", "score", "why"
        for chunk in _chunks(asked.rows(refused)):
            hits = watch.hits([text for _, text in chunk], told.least, told.most)
            for (query, _), found in zip(chunk, hits, strict=True):
                count.queries += 1
                count.with_hits += bool(found)
                count.hits += len(found)
                for hit in found:
                    yield query, ids[hit.entry], f"{hit.score:.4f}", hit.why

    with table(queries, "a CSV of names to look up", ("id", "query")) as asked:
        lines_to(out, csv_lines(rows()))
    refused.write(out, tell)
    count.refused = len(refused.rows)
    return count


def _listed(against: Path, refused: Refused) -> tuple[list[str], list[list[str]]]:
    ids, names = [], []
    with table(against, "a CSV of names to look up in", ("id", "name"), ("aliases",)) as listed:
        for told, name, aliases in listed.rows(refused):
            others = [alias.strip() for alias in aliases.split("|")]
            long = [alias for alias in others if len(alias) > LONGEST]
            if long:
                refused.rows.append(
                    (against.name, f"an alias of {told[:40]} has more than {LONGEST} characters", long[0][:400])
                )
            ids.append(told)
            names.append(list(dict.fromkeys([name, *(one for one in others if one and len(one) <= LONGEST)])))
    return ids, names


def _chunks(rows: Iterator[tuple[str, ...]]) -> Iterator[Sequence[tuple[str, str]]]:
    chunk: list[tuple[str, str]] = []
    for told, text in rows:
        chunk.append((told, text))
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
