"""Figures that lie within another or add up to it: a day's batch in a running total, provinces in a country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from upriver.clean.places import within
from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.counts import weight
from upriver.crackdown.likeness import MOVES, SOFT_ROLES
from upriver.crackdown.naming import share
from upriver.crackdown.nearness import exact_day, linked, nations, same_area, window
from upriver.crackdown.telling import Telling, known_place, shown
from upriver.crackdown.ties import Relation, alike, differences, figures, group, members, pages, swapped
from upriver.graph.build import Flags, Floats

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams

_Whole = tuple[int, tuple[Telling, ...], Telling]

_LARGEST_SUM = 5  # summands looked for at most
_MOST_PARTS = 14  # parts tried for one total: more of them make sums by chance
_LEAST_TOTAL = 20
_LISTED = frozenset({"people", "companies", "targets"})
_RUN_DAYS = 14  # days that an operation may last, so that a day's figure lies within it
_MISCOUNT = 0.005  # share by which parts that one page lists may miss a total that another page gives
_SPEAKS = 1.5  # points of a figure that speaks for a sum on its own, where few figures were there to add
_FEW = 0.25  # and below this share where nothing marks who they are, of those moved or sentenced together
_SOME_PART = 0.5  # a figure below this share of another of the same day and place is told as a part of it


def _wholes(actions: Sequence[Action], told: Sequence[int]) -> Iterator[_Whole]:
    """Happenings, and every point of every running total: place, tellings, and the one that gives the figure."""
    for number in told:
        action = actions[number]
        for tellings in [point.tellings for point in action.points] or [action.tellings]:
            first = next((telling for telling in tellings if telling.value is not None), None)
            if first is not None:
                yield number, tellings, first


def sums(actions: Sequence[Action], told: Sequence[int], params: CrackdownParams) -> Iterator[Relation]:
    """Happenings whose figures add up to another figure told."""
    by_kind: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    columns: dict[tuple[str, str, str], _Columns] = {}
    for number in told:
        head = actions[number].head
        if actions[number].kind == "happening" and head.value is not None and head.modality == "actual":
            by_kind[group(head.type), _unit(head), _role(head)].append(number)
    for kind, numbers in by_kind.items():
        columns[kind] = _Columns.of([actions[number] for number in numbers], params)
    for number, tellings, whole in _wholes(actions, told):
        total = whole.value or 0.0
        if total < _LEAST_TOTAL or whole.modality != "actual":
            continue
        told_with = {telling.passage for telling in tellings if telling.passage}
        kind = group(whole.type), _unit(whole), _role(whole)
        near = columns[kind].below(total, _reach(tellings, params)) if kind in columns else ()
        fitting = [
            other
            for other in (by_kind[kind][place] for place in near)
            if other != number and _may_be_part(actions[other], tellings, params)
        ]
        fitting.sort(key=lambda n: (not pages(actions[n]) & told_with, _gap(actions[n], whole), n))
        chosen = _adding(fitting[:_MOST_PARTS], actions, whole, told_with)
        if chosen:
            all_told = [*(t for other in chosen for t in actions[other].tellings), *tellings]
            yield Relation("sum", (number, *chosen), members(all_told), *_sum_told(actions, chosen, total, all_told))


def _sum_told(
    actions: Sequence[Action], chosen: Sequence[int], total: float, all_told: Sequence[Telling]
) -> tuple[str, tuple[Conflict, ...]]:
    terms = " + ".join(shown(actions[other].value) for other in chosen)
    added = sum(actions[other].value or 0.0 for other in chosen)
    off = added != total
    told = f"{terms} = {shown(added)}" + (f", told {shown(total)}" if off else "")
    words = f"{told}: the parts and their sum are the same, not to be added"
    kind = "arithmetic" if off else "parts and their sum: do not add"
    found = (Conflict("count", kind, figures(all_told), words, alarm=off),)
    return words, (*found, *differences(all_told, found, words))


def _unit(telling: Telling) -> str:
    """Persons, companies and targets of sanctions are counted together by some and apart by others."""
    return "targets" if telling.type == "sanction" and telling.unit in _LISTED else telling.unit


def _role(telling: Telling) -> str:
    return "all" if telling.type == "sanction" else telling.role


def _gap(part: Action, whole: Telling) -> int:
    return abs(((part.head.at or date.min) - (whole.at or date.min)).days)


def _adding(fitting: Sequence[int], actions: Sequence[Action], whole: Telling, told_with: set[str]) -> tuple[int, ...]:
    """The fewest of the fitting happenings that add up to the total; () where none do, or where it may be chance."""
    total = whole.value or 0.0
    slack = max(1.0, 2 * _MISCOUNT * total)
    ordered = sorted(((actions[other].value or 0.0, place) for place, other in enumerate(fitting)), reverse=True)
    for size in range(2, _LARGEST_SUM + 1):
        best: tuple[int, tuple[int, ...]] | None = None
        for places in _adding_near(ordered, size, total - slack, total + slack):
            chosen = tuple(fitting[place] for place in sorted(places))
            added = sum(actions[other].value or 0.0 for other in chosen)
            listed = bool(frozenset.intersection(*(pages(actions[other]) for other in chosen)))
            miscount = abs(added - total) <= max(1.0, (_MISCOUNT if listed else 2 * _MISCOUNT) * total)
            one_day = all(_one_day(actions[other].head, whole) for other in chosen)
            if added != total and not (miscount and (one_day or (listed and size > 2))):
                continue
            shared = sum(bool(pages(actions[other]) & told_with) for other in chosen)
            undated = any(actions[other].head.at is None for other in chosen)
            # Without a page that tells parts and total together, only a figure that says much is believed.
            if shared or (weight(total) >= _SPEAKS and len(fitting) <= size + 3 and (listed or not undated)):
                best = max(best, (shared, chosen)) if best else (shared, chosen)
        if best:
            return best[1]
    return ()


def _adding_near(
    ordered: Sequence[tuple[float, int]], size: int, low: float, high: float, begin: int = 0
) -> Iterator[tuple[int, ...]]:
    """Places of `size` figures, from `begin` on and largest first, that add up to `low` at least and `high` at most."""
    if size == 0:
        if low <= 0 <= high:
            yield ()
        return
    if len(ordered) - begin < size or sum(value for value, _ in ordered[-size:]) > high:
        return
    for at in range(begin, len(ordered) - size + 1):
        if sum(value for value, _ in ordered[at : at + size]) < low:
            return  # and all that follow are smaller
        value, place = ordered[at]
        for rest in _adding_near(ordered, size - 1, low - value, high - value, at + 1):
            yield (place, *rest)


def _may_be_part(part: Action, tellings: Sequence[Telling], params: CrackdownParams) -> bool:
    """Whether a happening can lie within the happening, or the point of a total, that `tellings` tell."""
    return _in_time(part, tellings, params) and _of_kind(part.head, tellings, _spots(part, tellings))


def _in_time(part: Action, tellings: Sequence[Telling], params: CrackdownParams) -> bool:
    reach = _reach(tellings, params)
    inside = window(part.head, params)
    if inside is None or reach is None:
        head = part.head
        named = head.type == "sentence" or any(share(head.names, whole.names) for whole in tellings)
        return (inside is None and named) or bool(pages(part) & {telling.passage for telling in tellings})
    return reach[0] <= inside[0] <= reach[1]


def _reach(tellings: Sequence[Telling], params: CrackdownParams) -> tuple[date, date] | None:
    """First and last day on which a part of what `tellings` tell may begin; None where they tell no day."""
    end = max((telling.at for telling in tellings if telling.at), default=None)
    if end is None:
        return None
    slack = timedelta(days=params.date_slack_days)
    begin = min((telling.first for telling in tellings if telling.first), default=end - timedelta(days=params.sum_days))
    return begin - slack, end + slack


@dataclass(frozen=True, slots=True)
class _Columns:
    """Figures with their days: which of them time and size leave to be looked at, in their order.

    begin, end  ordinals between which another's day must lie, or on which a part begins; NaN where no day is told,
                and then nothing is ruled out by it
    """

    value: Floats
    begin: Floats
    end: Floats

    @classmethod
    def of(cls, told: Sequence[Action], params: CrackdownParams) -> _Columns:
        """Parts, by the day on which each begins."""
        spans = [window(one.head, params) for one in told]
        begin = np.array([span[0].toordinal() if span else np.nan for span in spans], dtype=np.float64)
        return cls(np.array([one.value or 0.0 for one in told], dtype=np.float64), begin, begin)

    @classmethod
    def of_wholes(cls, told: Sequence[_Whole], params: CrackdownParams) -> _Columns:
        """Wholes, by the days on which their parts may begin."""
        reaches = [_reach(tellings, params) for _, tellings, _ in told]
        begin, end = (
            np.array([reach[at].toordinal() if reach else np.nan for reach in reaches], dtype=np.float64)
            for at in (0, 1)
        )
        return cls(np.array([whole.value or 0.0 for _, _, whole in told], dtype=np.float64), begin, end)

    def below(self, total: float, reach: tuple[date, date] | None) -> list[int]:
        """Places of parts of less than `total`, which may begin on days of `reach`."""
        found = (self.value > 0.0) & (self.value < total)
        if reach is not None:
            # Written so that a day that is not told passes.
            found &= ~((self.begin < reach[0].toordinal()) | (self.begin > reach[1].toordinal()))
        return np.flatnonzero(found).tolist()

    def above(self, part: float, day: date | None, also: Flags) -> list[int]:
        """Places of wholes of more than `part`, whose parts may begin on `day`; and of those of `also`."""
        found = self.value > part
        if day is not None:
            found &= also | ~((self.begin > day.toordinal()) | (self.end < day.toordinal()))
        return np.flatnonzero(found).tolist()


def _spots(part: Action, tellings: Sequence[Telling]) -> set[str]:
    return {same_area(one, whole) for one in part.tellings for whole in tellings}


def _of_kind(head: Telling, tellings: Sequence[Telling], spots: set[str]) -> bool:
    """Whether deed, unit, parties and place let a figure lie in another."""
    if spots == {"apart"}:
        crossing = head.type in MOVES and any(
            (_one_day(head, whole) and linked(head, whole)) or nations(head.to_party) & nations(whole.to_party)
            for whole in tellings
        )
        if not crossing:
            return False
    # Of those brought to a place on one day, some go to their embassy: the receiver may be another.
    moved = replace(head, to_party=None) if "spot" in spots and _one_day(head, tellings[0]) else head
    if head.type == "sanction":
        return all(alike(replace(moved, unit=_unit(head)), replace(one, unit=_unit(one))) for one in tellings)
    return all(alike(moved, one) for one in tellings)


def _one_day(one: Telling, other: Telling) -> bool:
    return exact_day(one) and exact_day(other) and one.first == other.first


def parts(
    actions: Sequence[Action], told: Sequence[int], summed: set[tuple[int, int]], params: CrackdownParams
) -> Iterator[Relation]:
    """A day's batch within a running total, a site's figure within a country's, leaders within all."""
    totals: dict[tuple[str, str], list[_Whole]] = defaultdict(list)
    beside: dict[int, set[int]] = defaultdict(set)
    for a, b in summed:
        beside[a].add(b)
        beside[b].add(a)
    for one in sorted(_wholes(actions, told), key=lambda one: (max(t.at or date.min for t in one[1]), one[0])):
        totals[group(one[2].type), one[2].unit].append(one)
    columns = {kind: _Columns.of_wholes(wholes, params) for kind, wholes in totals.items()}
    numbers = {kind: np.array([one[0] for one in wholes], dtype=np.int64) for kind, wholes in totals.items()}
    for number in told:
        part = actions[number]
        if not part.value:
            continue  # no figure, or nobody: nothing lies within another
        own = pages(part)
        kind = group(part.head.type), part.head.unit
        if kind not in totals:
            continue
        inside = window(part.head, params)
        also = np.isin(numbers[kind], list(beside.get(number, ())))
        near = [totals[kind][place] for place in columns[kind].above(part.value, inside and inside[0], also)]
        for other, tellings, whole in sorted(near, key=lambda one: not own & {t.passage for t in one[1]}):
            if other == number:
                continue
            if any(point.value == part.value for point in actions[other].points):
                continue  # the same figure, told there as a total: a contradiction and no part
            if (min(number, other), max(number, other)) in summed:
                break
            if _may_be_part(part, tellings, params) and _within(part, tellings, whole):
                all_told = (*part.tellings, *tellings)
                words = f"{_told(part.value, part.head)} are among the {_told(whole.value, whole)}: not to be added"
                yield Relation("part_of", (other, number), members(all_told), words, _within_told(all_told, words))
                break


def _within_told(all_told: Sequence[Telling], words: str) -> tuple[Conflict, ...]:
    found = [Conflict("count", "a part within its whole: do not add", figures(all_told), words, alarm=False)]
    running: dict[str, str | float] = {t.report_id: _running(t) for t in all_told}
    if len(set(running.values())) > 1:
        found.append(Conflict("cumulative", "one deed within a running total: do not add", running, words, alarm=False))
    return (*found, *differences(all_told, found, words))


def _told(value: float | None, telling: Telling) -> str:
    """A figure with its place and its day: 920 (Myawaddy, 2025-04-30)."""
    known = [*([" and ".join(telling.places)] if telling.places else []), *([str(telling.at)] if telling.at else [])]
    return f"{shown(value)} ({', '.join(known)})" if known else shown(value)


def _running(telling: Telling) -> str:
    return "running total" if telling.cumulative else "one deed"


def _within(part: Action, tellings: Sequence[Telling], whole: Telling) -> bool:
    """What speaks for a part beside time and kind: a running total, one page, a narrower place, role or people."""
    head = part.head
    page = bool(pages(part) & {telling.passage for telling in tellings})
    same_type = head.type == whole.type
    spot = min((same_area(one, whole) for one in part.tellings), key=("spot", "area", "open", "apart").index)
    if head.role != whole.role and whole.role not in SOFT_ROLES and head.type != "sanction":
        return False  # members are not among the leaders
    if head.role != whole.role and whole.role == "all" and head.role not in ("worker", "victim"):
        return (page or spot == "spot") and part.kind == "happening"
    if part.kind == "series":
        return page and _narrower(head, whole) and same_type
    if whole.cumulative:
        kin = head.origin == whole.origin and same_type
        return (
            page
            or (kin and spot == "open")
            or (spot in ("spot", "area") and (same_type or bool(nations(head.to_party) & nations(whole.to_party))))
        )
    if part.value in whole.part_counts and spot != "apart":
        return True  # one paper tells all, another those put to death or the companies alone
    if not same_type:
        return head.alone and _one_day(head, whole) and spot == "spot"
    if exact_day(head) and spot == "spot" and _lasts(whole) and _in_days(head, whole):
        return True
    listed = head.type == "sanction" and spot != "apart"
    if _one_day(head, whole) and (spot in ("spot", "area") or listed):
        # Two figures of one day and place: some named, or of one nationality, among all.
        marked = bool(head.names) or head.alone or head.role != "all" or _narrower(head, whole)
        share = _SOME_PART if marked else _FEW if head.type in (*MOVES, "sentence") and spot == "spot" else 0.0
        return (part.value or 0.0) <= share * (whole.value or 0.0) and not swapped(
            part.value or 0.0, whole.value or 0.0
        )
    return _narrower(head, whole) and (page or not exact_day(whole))


def _lasts(whole: Telling) -> bool:
    """Whether a telling is of several days of one operation."""
    return whole.first is not None and whole.last is not None and 0 < (whole.last - whole.first).days <= _RUN_DAYS


def _in_days(head: Telling, whole: Telling) -> bool:
    return whole.first is not None and whole.last is not None and whole.first <= (head.first or date.min) <= whole.last


def _narrower(head: Telling, whole: Telling) -> bool:
    """Whether the one is told of a spot inside the area that the other is told of."""
    return any(
        small.name != large.name and within(small, large)
        for a in head.places for b in whole.places
        if (small := known_place(a)) is not None and (large := known_place(b)) is not None
    )  # fmt: skip
