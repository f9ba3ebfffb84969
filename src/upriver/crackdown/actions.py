"""What tellings are reconciled into: happenings, running totals with their days, estimates and sites."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from upriver.crackdown.telling import Telling


@dataclass(frozen=True, slots=True)
class Point:
    """A running total at one day: every figure told for it."""

    at: date | None
    value: float | None
    low: float | None
    high: float | None
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A happening, series, estimate or site with its tellings in order, and the tellings of its parts."""

    kind: str
    tellings: tuple[Telling, ...]
    parts: tuple[Telling, ...]
    points: tuple[Point, ...]
    value: float | None
    low: float | None
    high: float | None
    series: str | None
    counts: bool
    alarms: tuple[str, ...]

    @property
    def head(self) -> Telling:
        """The telling that its figure is taken from: the first one that tells it."""
        told = self.points[-1].tellings if self.points else self.tellings
        return next((telling for telling in told if telling.value == self.value), told[0])

    @property
    def types(self) -> tuple[str, ...]:
        counted = Counter(telling.type for telling in self.tellings)
        return tuple(sorted(counted, key=lambda name: (-counted[name], name)))

    @property
    def speakers(self) -> tuple[str, ...]:
        """Distinct origins: ten copies of one page are one witness."""
        return tuple(sorted({telling.speaker for telling in self.tellings}))
