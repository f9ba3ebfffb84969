"""`upriver news`: passages in, one line of events for each of them out, in the form of the news sets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upriver.extract.event_bodies import acting
from upriver.extract.events import Event, read_events
from upriver.model.events import UNATTRIBUTED
from upriver.model.periods import written
from upriver.plain.outputs import file_of, lines_to, not_read, part_of, refused_to
from upriver.plain.passages import Passage, Refused, read
from upriver.plain.proposals import Proposals

Row = dict[str, Any]
_EXACT = 2**53
_SHOWN = 20  # refusals told one by one; the file holds all of them


@dataclass(slots=True)
class Count:
    """How many passages were read, of them with events; events, of them proposed; what was refused of each."""

    passages: int = 0
    with_events: int = 0
    events: int = 0
    proposed: int = 0
    refused_proposals: int = 0
    rejected: int = 0

    def as_text(self) -> str:
        """One line for a person."""
        words = (
            f"{self.passages} passages: {self.with_events} with events, {self.passages - self.with_events} without; "
            f"{self.events} events"
        )
        if self.proposed or self.refused_proposals:
            words += f", of them {self.proposed} proposed; {self.refused_proposals} proposals refused"
        return f"{words}; {self.rejected} rejected"


def news(source: Path, out: Path | None, tell: Callable[[str], None], proposals: Proposals | None = None) -> Count:
    """Read every passage of `source` and write its events to `out`, None for standard output.

    tell       takes each line for the reader of the terminal: what was rejected, and notices
    proposals  a model that is asked for events too; the reader's own are written whatever it does
    raises     EvidenceError when `source` cannot be read at all; ExportError when `out` cannot be written
    """
    file = file_of(out)  # where it is none, all that is rejected is told
    rejected = file.with_name(f"{file.name}.rejected.jsonl") if file else None
    not_read(out, source)
    run = _Run(tell, proposals, rejected)
    leave_out = [out, part_of(out), rejected] if out and rejected else []
    lines_to(out, run.rows(read(source, leave_out)))
    run.end()
    return run.count


class _Run:
    """One run: counts, and gathers what was refused."""

    def __init__(self, tell: Callable[[str], None], proposals: Proposals | None, rejected: Path | None) -> None:
        self.count = Count()
        self._tell = tell
        self._proposals = proposals
        self._file = rejected
        self._lines: list[Row] = []

    def rows(self, items: Iterator[Passage | Refused]) -> Iterator[str]:
        for item in items:
            if isinstance(item, Refused):
                self.count.rejected += 1
                if self._file is None or self.count.rejected <= _SHOWN:
                    self._tell(f"{item.place}: {item.reason}; {item.advice}")
                self._lines.append(
                    {"id": item.id, "place": item.place, "reason": item.reason, "advice": item.advice, "raw": item.raw}
                )
                continue
            yield _line(self._row(item))

    def _row(self, passage: Passage) -> Row:
        row = passage_row(passage)
        if self._proposals is not None:
            answer = self._proposals.to(passage, row["events"])
            row["events"] += answer.events
            row["doubts"] += answer.doubts
            self.count.proposed += len(answer.events)
            self.count.refused_proposals += len(answer.refused)
            for reason, raw in answer.refused:
                self._lines.append(
                    {"id": passage.id, "place": passage.place, "reason": f"proposal: {reason}", "raw": raw}
                )
            for notice in answer.notices:
                self._tell(notice)
        self.count.passages += 1
        self.count.with_events += bool(row["events"])
        self.count.events += len(row["events"])
        return row

    def end(self) -> None:
        """Write what was refused."""
        if self._file is None:
            return
        if not refused_to(self._file, self._lines, map(_line, self._lines)):
            return
        if self.count.rejected > _SHOWN:
            self._tell(f"... and {self.count.rejected - _SHOWN} more")
        self._tell(f"what was refused, with reasons: {self._file}")


def passage_row(passage: Passage) -> Row:
    """A passage with the reader's own events: id, url, published, language, events, doubts."""
    events = [event_row(event) for event in read_events(passage.text, passage.published_on, passage.language)]
    return {
        "id": passage.id,
        "url": passage.url,
        "published": passage.published,
        "language": passage.language,
        "events": events,
        "doubts": list(passage.doubts),
    }


def event_row(event: Event) -> Row:
    """An event of the reader in the form of the news sets, with `start` and `end` of its span and its `doubts`."""
    ranged = event.low is not None and event.high is not None
    roles: dict[str, int | float] = {}
    breakdown: dict[str, dict[str, int | float]] = {}
    for part in event.parts:
        kept = roles if part.kind in ("role", "penalty") else breakdown.setdefault(part.kind, {})
        kept[_new_label(part.label, kept)] = figure(part.count)
    return {
        "type": event.type,
        "actor": acting(event.actor),
        "from_party": event.from_party,
        "to_party": event.to_party,
        "count": None if event.count is None else figure(event.count),
        "count_qualifier": event.qualifier,
        "count_range": [figure(event.low or 0), figure(event.high or 0)] if ranged else None,
        "role_counts": roles,
        "breakdown": breakdown,
        "unit": event.unit,
        "role": event.role,
        "place": list(event.places),
        "country": event.country,
        "date": _days(event),
        "announced": event.announced.isoformat() if event.announced else None,
        "cumulative": event.cumulative,
        "attributed_to": listed(event.attributed_to) or [UNATTRIBUTED],
        "modality": event.modality,
        "names": listed(event.names),
        "span": event.span,
        "start": event.start,
        "end": event.end,
        "doubts": listed(event.doubts),
    }


def figure(value: float) -> int | float:
    """Whole numbers as such: 370 and not 370.0; beyond 2**53 a float holds no digits of its own to write out."""
    return int(value) if float(value).is_integer() and abs(value) < _EXACT else value


def listed(value: str | tuple[str, ...] | None) -> list[str]:
    """One, several or none as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _days(event: Event) -> str | None:
    first, last = event.first or event.last, event.last or event.first
    return written(first, last) if first and last else None


def _new_label(label: str, kept: dict[str, int | float]) -> str:
    """The label, numbered where a part of that name stands there already."""
    number, name = 1, label
    while name in kept:
        number += 1
        name = f"{label} ({number})"
    return name


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
