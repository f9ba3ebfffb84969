"""What tellings are reconciled into: happenings, running totals with their days, estimates and sites."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.telling import Telling


@dataclass(frozen=True, slots=True)
class Point:
    """A running total at one day: every figure told for it."""

    at: date | None
    value: float | None
    low: float | None
    high: float | None
    tellings: tuple[Telling, ...]


@dataclass(frozen=True)  # without slots: what is asked of it again and again is kept
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
    conflicts: tuple[Conflict, ...]
    accepted: bool = False

    @cached_property
    def head(self) -> Telling:
        """The telling that its figure is taken from: the first one that tells it."""
        told = self.points[-1].tellings if self.points else self.tellings
        return next((telling for telling in told if telling.value == self.value), told[0])

    @property
    def at(self) -> date | None:
        """The day of its figure: of a running total, that of its latest point."""
        return self.points[-1].at if self.points else self.head.at

    @cached_property
    def pages(self) -> frozenset[str]:
        """Pages that tell of it."""
        return frozenset(telling.passage for telling in self.tellings if telling.passage)

    @property
    def types(self) -> tuple[str, ...]:
        counted = Counter(telling.type for telling in self.tellings)
        return tuple(sorted(counted, key=lambda name: (-counted[name], name)))

    @property
    def speakers(self) -> tuple[str, ...]:
        """Distinct origins, as first spelt: ten copies of one page are one witness."""
        named: dict[str, str] = {}
        for telling in self.tellings:
            if telling.copy_of is None:
                named.setdefault(telling.origin, telling.speaker)
        return tuple(sorted(named.values()))

    @property
    def alarms(self) -> tuple[str, ...]:
        """What an analyst should look at, in words."""
        return tuple(conflict.words for conflict in self.conflicts if conflict.alarm)

    @property
    def is_part(self) -> bool:
        """Whether it is told only as a part of another figure."""
        return self.tellings[0].part_of is not None
