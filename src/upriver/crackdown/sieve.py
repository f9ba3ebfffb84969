"""Pairs worth a closer look, found over arrays: what days and figures alone rule out is never looked at in full.

Each mask lets through every pair of which the full rule can say anything, and a few more; the full rule decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from upriver.crackdown.counts import ends, weight
from upriver.crackdown.currencies import is_coin, is_rated
from upriver.crackdown.nearness import window
from upriver.crackdown.telling import Telling
from upriver.graph.build import Flags, Floats, Longs

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams

FEW = 24  # members of a group up to which every pair is looked at: arrays cost more
FEW_DAYS = 10  # days that may be told as one: the raids of a week
HASTE = 7  # days from a sentence within which nobody is put to death
_PLANS = 60  # days after its announcement in which a plan is carried out
_NAMED = 10.0  # people up to whom one who is named says more than the figure


def reach(telling: Telling, share: float) -> tuple[float, float]:
    """Between which figures another must reach for counts.fit to call the two anything but apart, or ten times.

    share  the part by which two counts of one thing may differ
    """
    said, value = ends(telling), telling.value
    if said is None or value is None or any(x != x for x in (*said, value)):
        return -np.inf, np.inf
    low, high = min(said[0], value), max(said[1], value + 2.0, value / (1.0 - share) if share < 1.0 else np.inf)
    return (low, max(high, _NAMED)) if telling.names and value <= _NAMED else (low, high)


def meeting(
    tellings: Sequence[Telling], spans: Sequence[tuple[int, int]], slack: int, share: float
) -> Iterator[tuple[int, int]]:
    """Pairs of tellings, as places in `tellings`, whose days are near and whose figures are not apart.

    spans  first and last day of each, as ordinals, in the order of first days
    slack  days between the last day of the one and the first of the other, at most
    share  as `reach`
    """
    first, last = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    low, high = np.array([reach(one, share) for one in tellings], dtype=np.float64).reshape(-1, 2).T
    value = _values([one.value for one in tellings])
    latest = np.maximum.accumulate(last) if len(last) else last
    for k in range(len(tellings)):
        begin = int(np.searchsorted(latest[:k], first[k] - slack))
        near = last[begin:k] >= first[k] - slack
        figures = (low[begin:k] <= high[k]) & (low[k] <= high[begin:k])
        tenfold = (value[begin:k] == 10.0 * value[k]) | (10.0 * value[begin:k] == value[k])
        for other in np.flatnonzero(near & (figures | tenfold)).tolist():
            yield begin + other, k


def at_odds(actions: Sequence[Action], group: Sequence[int], params: CrackdownParams) -> Iterator[tuple[int, int]]:
    """Pairs of `group`, in the order of combinations, of which contradictions.at_odds can say anything."""
    if len(group) <= FEW:
        yield from combinations(group, 2)
        return
    held = _Group([actions[n] for n in group], params)
    for k in range(len(group)):
        for other in np.flatnonzero(held.may_be_odd(k)).tolist():
            yield group[k], group[k + 1 + other]


class _Group:
    """Actions of one group in columns."""

    def __init__(self, members: Sequence[Action], params: CrackdownParams) -> None:
        heads = [one.head for one in members]
        self._few_apart = max(params.date_slack_days, params.undated_days)
        self._value = _values([one.value for one in members])
        self._kind, self._role, self._unit = (
            _codes([getattr(head, name) for head in heads]) for name in ("type", "role", "unit")
        )
        self._planned = np.array([head.modality == "planned" for head in heads])
        self._actual = np.array([head.modality == "actual" for head in heads])
        self._flight, self._sentence, self._execution, self._estimate, self._death = (
            np.array([head.type == name for head in heads])
            for name in ("flight", "sentence", "execution", "estimate", "death")
        )
        self._series = np.array([one.kind == "series" for one in members])
        self._points = [frozenset(point.value for point in one.points) for one in members]
        self._first = _days([head.first.toordinal() if head.first else None for head in heads])
        self._told = _days([day.toordinal() if (day := head.announced or head.published) else None for head in heads])
        spans = [window(head, params) for head in heads]
        self._from = _days([span[0].toordinal() if span else None for span in spans])
        self._to = _days([span[1].toordinal() if span else None for span in spans])
        one_day = [
            [(t.first.toordinal(), t.last.toordinal()) for t in one.tellings if t.first and t.last and _few(t)]
            for one in members
        ]
        self._day_from = _days([min((first for first, _ in days), default=None) for days in one_day])
        self._day_to = _days([max((last for _, last in days), default=None) for days in one_day])
        self._up_to = np.array([head.qualifier == "up_to" for head in heads])
        self._says = np.array([weight(one.value or 0.0) >= 1.5 for one in members])
        self._digits = _codes([_digits(one.value) for one in members])
        self._coin = np.array([is_coin(head.unit) for head in heads])
        self._rated = np.array([is_rated(head.unit) for head in heads])

    def may_be_odd(self, k: int) -> Flags:
        """For each member after `k`."""
        rest = slice(k + 1, None)
        kind, unit = self._kind[rest] == self._kind[k], self._unit[rest] == self._unit[k]
        value, own = self._value[rest], self._value[k]
        equal = value == own
        gap = np.maximum(self._from[rest], self._from[k]) - np.minimum(self._to[rest], self._to[k])
        plain = ~(self._planned[rest] | self._planned[k]) & (self._role[rest] == self._role[k])
        estimates = self._estimate[rest] & kind
        total = (self._series[rest] | self._series[k]) & kind & ~estimates
        counted = plain & kind & ~estimates & ~total & ~np.isnan(value) & ~np.isnan(own)
        money = (self._rated[rest] & self._rated[k]) | self._coin[rest] | self._coin[k]
        low, high = np.minimum(value, own), np.maximum(value, own)
        near = (
            (high <= 2.0 * low) | self._death[rest] | (self._digits[rest] == self._digits[k])
            | ((high == 10.0 * low) & (high >= 1000.0))
        )  # fmt: skip
        one_day = (self._day_from[rest] <= self._day_to[k]) & (self._day_from[k] <= self._day_to[rest])
        figures: Flags = counted & np.where(
            unit,
            np.where(equal, self._says[k], (near & one_day) | ((self._up_to[rest] | self._up_to[k]) & (gap <= 0))),
            (equal | money) & (gap <= self._few_apart),
        )
        found: Flags = (
            self._plan(k, rest, kind & unit, equal)
            | (plain & self._sooner(k, rest))
            | (plain & ~kind & (self._flight[rest] | self._flight[k]) & (self._first[rest] == self._first[k]))
            | (plain & estimates & unit)
            | (plain & total & self._totals(k, rest))
            | figures
        )
        return found

    def _plan(self, k: int, rest: slice, alike: Flags, equal: Flags) -> Flags:
        """A plan and a deed that follows it."""
        if self._planned[k]:
            after, figure, two = self._first[rest] - self._told[k], np.isnan(self._value[k]), self._actual[rest]
        else:
            after, figure = self._first[k] - self._told[rest], np.isnan(self._value[rest])
            two = self._planned[rest] & self._actual[k]
        found: Flags = alike & two & (equal | figure) & (after >= 0) & (after <= _PLANS)
        return found

    def _sooner(self, k: int, rest: slice) -> Flags:
        """A sentence and an execution of one week."""
        two = (self._sentence[rest] & self._execution[k]) | (self._execution[rest] & self._sentence[k])
        found: Flags = two & (np.abs(self._first[rest] - self._first[k]) <= HASTE)
        return found

    def _totals(self, k: int, rest: slice) -> Flags:
        """Two running totals; or one and a deed with the figure of one of its points."""
        if self._series[k]:
            told = [value for value in self._points[k] if value is not None]
            found: Flags = self._series[rest] | np.isin(self._value[rest], told)
            return found
        own = float(self._value[k])
        there = np.zeros(len(self._value) - k - 1, dtype=np.bool_)
        for other in np.flatnonzero(self._series[rest]).tolist():
            there[other] = own in self._points[k + 1 + other]
        return there


def _few(telling: Telling) -> bool:
    return telling.first is not None and telling.last is not None and (telling.last - telling.first).days <= FEW_DAYS


def _values(told: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in told], dtype=np.float64)


def _days(told: Sequence[int | None]) -> Floats:
    """Days as ordinals; NaN where none is told, which is near nothing."""
    return _values(told)


def _codes(told: Sequence[object]) -> Longs:
    known: dict[object, int] = {}
    return np.array([known.setdefault(one, len(known)) for one in told], dtype=np.int64)


def _digits(value: float | None) -> object:
    """The digits of a figure in order: 17 and 71 have the same."""
    return None if value is None or not np.isfinite(value) else "".join(sorted(str(int(value))))
