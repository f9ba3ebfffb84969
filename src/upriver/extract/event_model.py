"""What the news reader hands on: an event as one passage tells it, and the parts of its figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an event's count: kind role, penalty, sex, nationality or group."""

    kind: str
    label: str
    count: float
    role: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event as one passage tells it; `count` None is no figure, which is not zero. Offsets are of the passage.

    attributed_to  who says so, the nearest speaker first; ("unattributed",) where the passage names nobody
    names          persons and groups named with it, as spelled
    announced      the day on which it was said, where that is told apart, or where no other day is known
    doubts         in plain words, what could not be read surely
    """

    type: str
    count: float | None
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    role: str
    actor: str | None
    from_party: str | None
    to_party: str | None
    places: tuple[str, ...]
    country: str | None
    first: date | None
    last: date | None
    announced: date | None
    cumulative: bool
    modality: str
    attributed_to: tuple[str, ...]
    parts: tuple[Part, ...]
    start: int
    end: int
    span: str
    doubts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
