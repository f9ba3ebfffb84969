"""Ratios by area against estimates: what was reached, of the people, compounds or buildings said to be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from upriver.crackdown.actions import Action, Point
from upriver.crackdown.coverage import covered
from upriver.crackdown.measures import NEVER, VERBS, day_of, either, figure_of, inside, moments, verb, where
from upriver.crackdown.ratios import Figure, Row, dated, loophole, no_figure
from upriver.crackdown.telling import CUSTODY, Telling, known_place, shown

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_REACHES_PLACES = ("raid", "disruption")
_PEOPLE_COME_AND_GO = (
    "those reached over a time against an estimate of those there at one time: people come and go, some are taken "
    "twice, and the estimate is its speaker's"
)
_AT_ONE_TIME = "what was reached over a time against an estimate made at one time, which is its speaker's"


@dataclass(frozen=True, slots=True)
class _Reached:
    """A figure of what was reached, in words, and what must be said beside it."""

    what: str
    figure: Figure
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """What was reached at a place, and an estimate of what there was."""

    place: str
    reached: _Reached
    below: Figure
    estimate: Telling


def against_estimates(actions: Sequence[Action], params: CrackdownParams) -> Iterable[Row]:
    """People, compounds or buildings reached, against estimates of what there was in the same area."""
    for pair in _pairs(actions, params):
        head, reached, below = pair.estimate, pair.reached, pair.below
        year = (head.last or head.at or NEVER).year
        caution = _PEOPLE_COME_AND_GO if head.unit == "people" else _AT_ONE_TIME
        yield loophole(
            "against_estimates",
            "area",
            f"{reached.what}, of those estimated: {pair.place} ({head.speaker}, {year})",
            reached.figure,
            below,
            "; ".join([*reached.cautions, *_beyond(reached.figure, below), caution]),
            spot=f"{head.unit} in {pair.place}",
        )


def areas_covered(actions: Sequence[Action], params: CrackdownParams) -> Iterable[Row]:
    """The same as rows of `coverage`, by area."""
    for pair in _pairs(actions, params):
        yield covered(None, "area", pair.place, pair.reached.figure, pair.below)


def _pairs(actions: Sequence[Action], params: CrackdownParams) -> Iterable[_Pair]:
    reachable = {action.head.unit for action in actions if action.types[0] in _REACHES_PLACES} | {"compounds", "people"}
    for estimate in actions:
        head = estimate.head
        if estimate.kind != "estimate" or estimate.value is None or not head.places or head.role != "all":
            continue
        if head.unit not in reachable or not _of_all(head):
            continue
        verbs: tuple[tuple[str, tuple[str, ...]], ...] = (("people taken or released", CUSTODY),)
        if head.unit != "people":
            verbs = tuple((f"{head.unit} {VERBS[kind]}", (kind,)) for kind in _REACHES_PLACES)
        found = [(what, _reached_within(actions, types, estimate, params)) for what, types in verbs]
        told = [reached for _, reached in found if reached is not None]
        where = head.places[0]
        below = figure_of(estimate, f"estimate: {(head.subject or head.unit).replace('_', ' ')}, {where}", head.unit)
        for reached in told or [_Reached(found[-1][0], no_figure(f"{found[-1][0]}, {where}: no figure", head.unit))]:
            yield _Pair(where, reached, below, head)


def _beyond(above: Figure, below: Figure) -> tuple[str, ...]:
    """What to say where more were reached than were there."""
    if above.value is None or below.value is None or above.value <= (below.high or below.value):
        return ()
    return ("more are told as reached than as being there: one of the two figures counts otherwise, this is no share",)


def _of_all(head: Telling) -> bool:
    """An estimate of one nationality, or of what somebody visited, is no denominator for all."""
    if head.subject is None:
        return True
    subject = head.subject.replace("_", " ")
    return subject.startswith("people") if head.unit == "people" else subject in (head.unit, "compounds", "buildings")


def _reached_within(
    actions: Sequence[Action], types: Sequence[str], estimated: Action, params: CrackdownParams
) -> _Reached | None:
    """The best figure of what was reached where and when an estimate speaks of.

    A figure that fits into the estimate comes first, then a running total before a single happening, which is a part of
    what was done, then the nearest in time, then the largest; one happening in one town is no figure for a country.
    The upper end is the largest that is told for the area within the time allowed.
    """
    estimate, most = estimated.head, estimated.high or estimated.value or 0.0
    area = estimate.places[0]
    fitting: list[tuple[Action, Action | Point]] = []
    every: list[tuple[Action, Action | Point]] = []
    for action in actions:
        near = [found for found in moments(action) if found.value and _gap(day_of(found), estimate) <= params.pair_days]
        if near and _may_reach(action, types, estimate):
            every += [(action, found) for found in near]
            fitting.append((action, min(near, key=lambda one: (_gap(day_of(one), estimate), -(one.value or 0.0)))))
    apart = _added(actions, types, estimate, params)
    if not fitting:
        return apart

    def fitness(one: tuple[Action, Action | Point]) -> tuple[bool, bool, int, float, str]:
        value = one[1].value or 0.0
        return value <= most, one[0].kind == "series", -_gap(day_of(one[1]), estimate), value, one[0].head.report_id

    action, found = max(fitting, key=fitness)
    if apart is not None and ((found.value or 0.0) > most or (apart.figure.value or 0.0) > (found.value or 0.0)):
        return apart
    return _told(action, found, every, area, most)


def _may_reach(action: Action, types: Sequence[str], estimate: Telling) -> bool:
    """Whether an action may be set against an estimate: the same unit, all roles, done, in its area."""
    head, area = action.head, estimate.places[0]
    large = known_place(area)
    if (head.unit, head.role, head.modality) != (estimate.unit, "all", "actual") or action.types[0] not in types:
        return False
    if action.kind not in ("happening", "series"):
        return False
    if _exact(action, area):
        return True
    inside = any(telling.places and _all_inside(telling.places, area) for telling in action.tellings)
    return inside and (large is None or not large.wide or _broad(action))


def _exact(action: Action, area: str) -> bool:
    return any(telling.places == (area,) for telling in action.tellings)


def _told(
    action: Action, found: Action | Point, others: Sequence[tuple[Action, Action | Point]], area: str, most: float
) -> _Reached:
    """A figure as told, with the largest that others tell of the area as its upper end."""
    head = action.head
    narrower = bool(head.places) and area not in head.places and _all_inside(head.places, area)
    # A total told for the area by one source may be headed by a source that tells a wider place.
    spot = where(action) if narrower else area
    running = ", running total" if action.kind == "series" else ""
    figure = figure_of(found, f"{head.unit} {verb(head)}{running}, {spot}", head.unit)
    what = f"{head.unit} {verb(head)}{f' in {spot}' if narrower else ''}"
    cautions = [f"the figure reached is that of {spot} alone"] if narrower else []
    by, largest = max(
        ((other, at) for other, at in others if (at.value or 0.0) <= most),
        key=lambda one: (one[1].value or 0.0, one[0].head.report_id),
        default=(action, found),
    )
    if (largest.value or 0.0) > (figure.high or figure.value or 0.0):
        cautions.append(
            f"the upper end is {shown(largest.value)} {head.unit} {verb(by.head)}, {where(by)}, {day_of(largest)}"
        )
        figure = replace(figure, high=largest.value, tellings=(*figure.tellings, *largest.tellings))
    return _Reached(what, figure, tuple(cautions))


def _added(
    actions: Sequence[Action], types: Sequence[str], estimate: Telling, params: CrackdownParams
) -> _Reached | None:
    """Separate happenings in the area of an estimate, added: from the largest type to all types."""
    area = estimate.places[0]
    large = known_place(area)
    by_type: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        head = action.head
        fits = action.counts and (head.unit, head.role) == (estimate.unit, "all") and action.types[0] in types
        inside = head.places == (area,) or (
            bool(head.places) and not (large is not None and large.wide) and _all_inside(head.places, area)
        )
        if fits and inside and _gap(head.at, estimate) <= params.sum_days:
            by_type[action.types[0]].append(action)
    if not by_type:
        return None
    sums = {kind: sum(action.value or 0.0 for action in group) for kind, group in sorted(by_type.items())}
    every = [action for _, group in sorted(by_type.items()) for action in group]
    largest = max(sums.values())
    kinds = f"{estimate.unit} {either([VERBS.get(kind, kind) for kind in sorted(sums)])}"
    n = "1 happening" if len(every) == 1 else f"{len(every)} separate happenings added"
    cautions = ("the lower end is one kind of happening alone, the upper end all kinds added",) if len(sums) > 1 else ()
    last = max((action.head.at for action in every if action.head.at), default=None)
    figure = Figure(
        largest, largest, sum(action.high or 0.0 for action in every), dated(f"{kinds}, {area}, {n}", last),
        estimate.unit, None, tuple(telling for action in every for telling in action.tellings),
    )  # fmt: skip
    return _Reached(kinds, figure, cautions)


def _all_inside(names: Sequence[str], area: str) -> bool:
    return all(inside((name,), area) for name in names)


def _broad(action: Action) -> bool:
    """Whether it speaks of more than one spot: a running total of a wide area."""
    spots = [found for name in action.head.places if (found := known_place(name))]
    return action.kind == "series" and any(spot.wide for spot in spots)


def _gap(day: date | None, estimate: Telling) -> int:
    """Days between a day and the time an estimate speaks of; 0 inside it."""
    first, last = estimate.first or estimate.at, estimate.last or estimate.at
    if day is None or first is None or last is None:
        return 10**6
    return max(0, (first - day).days, (day - last).days)
