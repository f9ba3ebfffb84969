"""Tellings that cannot all be right: inside one happening, or so alike that two happenings are hard to believe."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from upriver.crackdown import sieve
from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.counts import weight
from upriver.crackdown.currencies import two_units
from upriver.crackdown.nearness import days_apart, exact_day, same_area
from upriver.crackdown.sieve import FEW_DAYS, HASTE
from upriver.crackdown.telling import Telling, shown
from upriver.crackdown.ties import Kind, Relation, alike, differences, figures, members, pages, swapped

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams

# Kinds of conflict that no rounding and no other wording explains.
_HARD = frozenset({
    "zero lost or gained", "far apart", "figures differ", "wrong year", "a sentence told as an execution", "two places",
    "two parties", "two dates", "two units", "two nationalities",
})  # fmt: skip
_AS_TOLD: dict[str, Kind] = {"one sum in two units": "same", "planned, then done: once": "related"}
_ESTIMATES = 1.3  # times by which two estimates must differ to be told as two


def contradictions(
    actions: Sequence[Action], told: Sequence[int], tied: set[tuple[int, int]], params: CrackdownParams
) -> Iterator[Relation]:
    """Relations for hard conflicts inside an action, and for pairs that read like one happening told in two ways."""
    for number in told:
        for conflict in actions[number].conflicts:
            if conflict.kind in _HARD and len(conflict.values) > 1:
                yield Relation("contradict", (number,), tuple(sorted(conflict.values)), conflict.words, (conflict,))
    seen: set[tuple[int, int]] = set()
    for group in _groups(actions, told):
        beside = _Beside(actions, group)
        for a, b in sieve.at_odds(actions, group, params):
            if (a, b) in tied or (a, b) in seen or pages(actions[a]) & pages(actions[b]):
                continue
            seen.add((a, b))
            odd = at_odds(actions[a], actions[b], params)
            if odd is not None and not beside.parts_on_a_page(a, b):
                all_told = [t for t in (*actions[a].tellings, *actions[b].tellings) if t.report_id in odd.values]
                found = (odd, *differences(all_told, (odd,), odd.words))
                yield Relation(_AS_TOLD.get(odd.kind, "contradict"), (a, b), members(all_told), odd.words, found)


def _groups(actions: Sequence[Action], told: Sequence[int]) -> Iterable[Sequence[int]]:
    """Actions worth comparing: of one kind and figure, one kind and day, or one place."""
    by_key: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number in told:
        action = actions[number]
        head = action.head
        if head.modality == "actual":
            for value in sorted({telling.value for telling in action.tellings if telling.value is not None}):
                by_key["figure", head.type, value].append(number)
        for day in sorted({telling.at for telling in action.tellings if telling.at}):
            by_key["day", head.family, day].append(number)
        by_key["place", head.family, head.places].append(number)
    return by_key.values()


def at_odds(a: Action, b: Action, params: CrackdownParams) -> Conflict | None:
    """Why two actions may be one that is told in two ways; None where they may well be two."""
    one, other = a.head, b.head
    if {one.modality, other.modality} == {"planned", "actual"}:
        return _planned(a, b)
    if "planned" in (one.modality, other.modality) or one.role != other.role:
        return None
    if {one.type, other.type} == {"sentence", "execution"}:
        return _put_to_death(a, b)
    if one.type != other.type:
        return _taken_or_gone(a, b)
    if one.type == "estimate":
        return _two_estimates(a, b)
    if a.kind == "series" or b.kind == "series":
        return _observers(a, b) if a.kind == b.kind else _run_or_deed(a, b, params)
    if one.unit != other.unit:
        return two_units(a, b, params)
    if a.value is None or b.value is None:
        return None
    if a.value == b.value:
        return _moved(a, b)
    low, high = sorted((a.value, b.value))
    slipped = swapped(low, high) or (high == 10 * low and high >= 1000)
    # Far apart they are mostly two things of one day; of the dead there is one number.
    near = high <= 2 * low or one.type == "death" or slipped
    spot = _nearest(a, b)
    placed = spot == "spot" or (slipped and spot != "apart")
    day = any(_one_day(x, y) for x in a.tellings for y in b.tellings)
    fits = any(alike(x, y) for x in a.tellings for y in b.tellings)
    if fits and spot == "spot" and one.origin != other.origin and _no_more(a, b, params):
        words = f"{shown(high)} told by one, no more than {shown(low)} by another"
        return Conflict("count", "figure disputed", figures((*a.tellings, *b.tellings)), words)
    if near and placed and day and fits and one.origin != other.origin:
        values = figures((*a.tellings, *b.tellings))
        words = f"{shown(a.value)} and {shown(b.value)} told of one day and place"
        return Conflict("count", "figures differ", values, words)
    return None


def _two_estimates(a: Action, b: Action) -> Conflict | None:
    """Two speakers' estimates of one place and year that no rounding brings together."""
    one, other = a.head, b.head
    years = [telling.at.year for telling in (one, other) if telling.at]
    if a.value is None or b.value is None or one.unit != other.unit or one.origin == other.origin:
        return None
    if (
        one.places != other.places
        or not one.places
        or len(set(years)) > 1
        or (one.subject or "") != (other.subject or "")
    ):
        return None
    low, high = sorted((a.value, b.value))
    if high <= _ESTIMATES * low:
        return None
    words = f"estimated at {shown(low)} by one, at {shown(high)} by another"
    return Conflict("count", "two estimates", figures((*a.tellings, *b.tellings)), words, alarm=False)


def _taken_or_gone(a: Action, b: Action) -> Conflict | None:
    """Taken, by one telling; fled on their own, by another: about as many, on one day at one place."""
    one, other = a.head, b.head
    pair = {"arrest", "raid", "rescue_release"} & {one.type, other.type}
    if "flight" not in (one.type, other.type) or not pair or one.unit != other.unit or one.origin == other.origin:
        return None
    if not (_one_day(one, other) and same_area(one, other) == "spot") or a.value is None or b.value is None:
        return None
    low, high = sorted((a.value, b.value))
    if high > 1.3 * low:
        return None
    values: dict[str, str | float] = {t.report_id: t.type for t in (*a.tellings, *b.tellings)}
    words = f"about {shown(low)} on one day at one place: told as {one.type} and as {other.type}".replace("_", " ")
    return Conflict("type", "taken or gone", values, words)


def _nearest(a: Action, b: Action) -> str:
    """How near the places of two actions are told at best."""
    order = ("spot", "area", "open", "apart")
    return min((same_area(x, y) for x in a.tellings for y in b.tellings), key=order.index)


def _no_more(a: Action, b: Action, params: CrackdownParams) -> bool:
    """Whether one says "up to" less than half of what the other says, of the same days."""
    small, large = sorted((a, b), key=lambda action: action.value or 0.0)
    gap = days_apart(small.head, large.head, params)
    return small.head.qualifier == "up_to" and 2 * (small.value or 0.0) < (large.value or 0.0) and gap == 0


def _put_to_death(a: Action, b: Action) -> Conflict | None:
    """Sentenced in one paper and executed in another, within days: nobody is put to death so soon."""
    sentence, execution = (a, b) if a.head.type == "sentence" else (b, a)
    one, other = sentence.head, execution.head
    if not (one.first and other.first) or abs((other.first - one.first).days) > HASTE:
        return None
    if same_area(one, other) not in ("spot", "area") or (execution.value or 0.0) > (sentence.value or 1e9):
        return None
    values: dict[str, str | float] = {t.report_id: t.type for t in (*a.tellings, *b.tellings)}
    words = f"sentenced ({one.first}) in one telling, put to death ({other.first}) in another"
    return Conflict("type", "a sentence told as an execution", values, words)


def _observers(a: Action, b: Action) -> Conflict | None:
    """Two bodies that count the same for the same days, and differ."""
    for left in a.points:
        for right in b.points:
            one, other = left.tellings[0], right.tellings[0]
            if left.at is None or right.at is None or left.value is None or right.value is None:
                continue
            same = same_area(one, other) == "spot" and alike(one, other) and one.origin != other.origin
            if same and abs((left.at - right.at).days) <= 2 and abs(left.value - right.value) > 0.02 * right.value:
                values = figures((*left.tellings, *right.tellings))
                words = f"{shown(left.value)} and {shown(right.value)} are counted for {right.at} by two observers"
                return Conflict("count", "two observers", values, words)
    return None


def _run_or_deed(a: Action, b: Action, params: CrackdownParams) -> Conflict | None:
    """A figure told as a running total in one paper and as one deed in another."""
    total, deed = (a, b) if a.kind == "series" else (b, a)
    other = deed.head
    for point in total.points:
        one = point.tellings[0]
        gap = days_apart(one, other, params)
        alike_all = alike(one, other) and same_area(one, other) != "apart"
        if point.value == deed.value and weight(deed.value or 0.0) >= 1.9 and alike_all and gap == 0:
            values: dict[str, str | float] = {t.report_id: "running total" for t in point.tellings}
            values |= {t.report_id: "one deed" for t in deed.tellings}
            words = f"{shown(deed.value)} told as a running total and as one deed"
            return Conflict("cumulative", "running total or one deed", values, words)
    return None


def _one_day(one: Telling, other: Telling) -> bool:
    """Whether both are told of the same day, or of the same few days."""
    few = one.first is not None and one.last is not None and (one.last - one.first).days <= FEW_DAYS
    return few and (one.first, one.last) == (other.first, other.last)


def _moved(a: Action, b: Action) -> Conflict | None:
    """One figure told of two years, or of two places on one day."""
    one, other = a.head, b.head
    value = a.value or 0.0
    told = (*a.tellings, *b.tellings)
    spot = same_area(one, other)
    values: dict[str, str | float]
    if weight(value) < 1.5 or not (exact_day(one) and exact_day(other) and one.first and other.first):
        return None
    if spot == "spot" and one.first != other.first and _day_of_year(one.first) == _day_of_year(other.first):
        values = {t.report_id: str(t.first) for t in told if t.first}
        return Conflict("date", "wrong year", values, f"{shown(value)} told of {one.first} and of {other.first}")
    if spot == "apart" and one.first == other.first:
        values = {t.report_id: " and ".join(t.places) for t in told if t.places}
        places = f"{' and '.join(one.places)} and of {' and '.join(other.places)}"
        return Conflict("place", "two places", values, f"{shown(value)} told of {places}, {one.first}")
    return None


def _day_of_year(day: date) -> tuple[int, int]:
    return day.month, day.day


def _planned(a: Action, b: Action) -> Conflict | None:
    """A plan and the deed that follows it at the same place: told twice, done once."""
    plan, deed = (a, b) if a.head.modality == "planned" else (b, a)
    one, other = plan.head, deed.head
    told = one.announced or one.published
    if (
        one.type != other.type
        or one.unit != other.unit
        or same_area(one, other) != "spot"
        or not (told and other.first)
    ):
        return None
    if not told <= other.first <= told + timedelta(days=60) or (plan.value is not None and plan.value != deed.value):
        return None
    values: dict[str, str | float] = {t.report_id: shown(t.value) for t in (*a.tellings, *b.tellings)}
    return Conflict(
        "count", "planned, then done: once", values, f"planned ({told}), then done ({other.first}): once", alarm=False
    )


class _Beside:
    """A group's actions by the pages that tell of them, each page by its figures."""

    def __init__(self, actions: Sequence[Action], group: Sequence[int]) -> None:
        self._actions = actions
        self._group = group
        self._by_page: dict[str, list[tuple[float, int]]] = {}

    def parts_on_a_page(self, a: int, b: int) -> bool:
        """Whether one of the two, with others of its page, makes about the figure of the other: 53 and 208 of 260."""
        for part, whole in ((a, b), (b, a)):
            value, own = self._actions[whole].value or 0.0, self._actions[part].value or 0.0
            slack = max(2.0, 0.03 * value)
            for page in pages(self._actions[part]):
                told = self._figures(page)
                # One wider on both ends: a sum of floats may miss its end by a hair.
                for at in range(bisect_left(told, (value - own - slack - 1.0, -1)), len(told)):
                    other, number = told[at]
                    if other > value - own + slack + 1.0:
                        break
                    if number not in (a, b) and abs(own + other - value) <= slack:
                        return True
        return False

    def _figures(self, page: str) -> list[tuple[float, int]]:
        if not self._by_page:
            found: dict[str, list[tuple[float, int]]] = defaultdict(list)
            for number in self._group:
                for name in pages(self._actions[number]):
                    found[name].append((self._actions[number].value or 0.0, number))
            self._by_page = {name: sorted(figures) for name, figures in found.items()}
        return self._by_page[page]
