"""Ratios by area: people, compounds and buildings reached, of those that were there; and areas nobody tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from upriver.clean.places import place
from upriver.crackdown.ledger import Action, Point
from upriver.crackdown.measures import NEVER, VERBS, day_of, days_apart, figure_of, inside, moments, verb, where
from upriver.crackdown.ratios import Figure, Row, dated, loophole, no_figure
from upriver.crackdown.telling import CUSTODY, Telling, known_place

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_REACHES_PLACES = ("raid", "disruption")
_HELD = ("arrest", "handover", "raid")
_STRUCK = frozenset({"raided", "demolished", "partly_demolished", "sealed", "cleared", "emptied"})
_OPEN = frozenset({"operating", "rebuilt", "new"})


def against_estimates(actions: Sequence[Action], params: CrackdownParams) -> Iterable[Row]:
    """People, compounds or buildings reached, against estimates of what there was in the same area."""
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
        found = [(what, _reached_within(actions, types, head, params)) for what, types in verbs]
        told = [(what, figure) for what, figure in found if figure is not None and figure.value is not None]
        where, year = head.places[0], (head.last or head.at or NEVER).year
        for what, figure in told or found[-1:]:
            yield loophole(
                "area",
                f"{what}, of those estimated: {where} ({year}, {head.speaker})",
                figure or no_figure(f"{what}, {where}: no figure", head.unit),
                figure_of(estimate, f"estimate: {(head.subject or 'number').replace('_', ' ')}, {where}", head.unit),
                "those reached over a time against an estimate of those there at one time: people come and go, "
                "some are taken twice, and the estimate is its speaker's",
            )


def _of_all(head: Telling) -> bool:
    """An estimate of one nationality, or of what somebody visited, is no denominator for all."""
    if head.subject is None:
        return True
    subject = head.subject.replace("_", " ")
    return subject.startswith("people") if head.unit == "people" else subject in (head.unit, "compounds", "buildings")


def _reached_within(
    actions: Sequence[Action], types: Sequence[str], estimate: Telling, params: CrackdownParams
) -> Figure | None:
    """The best figure of what was reached where and when an estimate speaks of.

    A figure told for the area itself comes before one told for a part of it, the nearest in time before the largest; a
    single happening in one town is no figure for a country.
    """
    area = estimate.places[0]
    large = known_place(area)
    best: tuple[tuple[bool, int, float, str], Figure] | None = None
    for action in actions:
        head = action.head
        if (
            head.unit != estimate.unit
            or head.role != "all"
            or action.types[0] not in types
            or head.modality != "actual"
        ):
            continue
        exact = any(telling.places == (area,) for telling in action.tellings)
        inside = any(telling.places and _all_inside(telling.places, area) for telling in action.tellings)
        if action.kind not in ("happening", "series") or not (exact or inside):
            continue
        if large is not None and large.wide and not exact and not _broad(action):
            continue
        near = [found for found in moments(action) if found.value and _gap(day_of(found), estimate) <= params.pair_days]
        if not near:
            continue
        found = min(near, key=lambda one: (_gap(day_of(one), estimate), -(one.value or 0.0)))
        running = ", running total" if action.kind == "series" else ""
        what = f"{head.unit} {verb(head)}{running}, {where(action)}"
        key = (exact or inside, -_gap(day_of(found), estimate), found.value or 0.0, head.report_id)
        if best is None or key > best[0]:
            best = (key, figure_of(found, what, head.unit))
    apart = _added(actions, types, estimate, params)
    if apart is not None and (best is None or (apart.value or 0.0) > (best[1].value or 0.0)):
        return apart
    return best[1] if best else None


def _added(
    actions: Sequence[Action], types: Sequence[str], estimate: Telling, params: CrackdownParams
) -> Figure | None:
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
    kinds = ", ".join(VERBS.get(kind, kind) for kind in sorted(sums))
    return Figure(
        largest, largest, sum(action.high or 0.0 for action in every),
        dated(f"{estimate.unit} {kinds}, {area}: {len(every)} separate happenings, from the largest type to all",
              max((action.head.at for action in every if action.head.at), default=None)),
        estimate.unit, None, tuple(telling for action in every for telling in action.tellings),
    )  # fmt: skip


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


def unreached(actions: Sequence[Action]) -> Iterable[Row]:
    """Areas told as places where compounds run, or people go, for which nobody tells anybody taken or released."""
    told: dict[str, list[Telling]] = defaultdict(list)
    reached: set[str] = set()
    for action in actions:
        head = action.head
        if (
            head.unit == "people"
            and action.value is not None
            and head.modality == "actual"
            and action.types[0] in CUSTODY
        ):
            reached.update(name for telling in action.tellings for name in telling.places)
        if (action.kind == "site" and head.unit != "organisations") or "flight" in action.types:
            for telling in action.tellings:
                for name in telling.places:
                    told[name].append(telling)
    for name in sorted(told):
        known = place(name)
        if name in reached or known is None or known.kind in ("country", "region") or inside(reached, name):
            continue
        what = f"people taken or released, {name}"
        below = Figure(None, None, None, f"people there, {name}: no figure", "people", None, tuple(told[name]))
        yield loophole(
            "area", f"people taken or released: {name}", no_figure(f"{what}: no figure", "people"), below,
            "the area is told as a place of compounds, and no source tells anybody taken there: no figure, not zero",
        )  # fmt: skip


def claimed_and_seen(actions: Sequence[Action]) -> Iterable[Row]:
    """What another observer counted, against a running total claimed for the same place and time."""
    for seen in actions:
        head = seen.head
        if not seen.counts or "disruption" not in seen.types or not head.places:
            continue
        for claimed in actions:
            same = claimed.head.unit == head.unit and set(claimed.head.places) & set(head.places)
            if claimed.kind != "series" or "disruption" not in claimed.types or not same:
                continue
            points = [point for point in claimed.points if point.value and days_apart(point.at, head.at) <= 45]
            if not points or set(seen.speakers) & {t.speaker for point in points for t in point.tellings}:
                continue
            point = min(
                points, key=lambda one: (not _same_page(one, head), days_apart(one.at, head.at), -(one.value or 0.0))
            )
            if (seen.value or 0.0) < (point.value or 0.0):
                yield loophole(
                    "area", f"{head.unit} counted by another observer, of those claimed: {head.places[0]}, {point.at}",
                    figure_of(seen, f"{head.unit} {verb(head)}, counted by {head.speaker}", head.unit),
                    figure_of(point, f"{head.unit} {verb(head)}, claimed by {point.tellings[0].speaker}", head.unit),
                    "two observers, two definitions, and days between them",
                )  # fmt: skip


def _same_page(point: Point, seen: Telling) -> bool:
    return any(telling.source == seen.source for telling in point.tellings)


def seized_and_cut(actions: Sequence[Action]) -> Iterable[Row]:
    """Things seized on the spot, of those that were switched off or shut in the same country at the same time."""
    for seized in actions:
        head = seized.head
        if "seizure" not in seized.types or head.unit == "people" or seized.value is None or head.modality != "actual":
            continue
        for cut in actions:
            same = (cut.head.unit, cut.head.country, cut.types[0]) == (head.unit, head.country, "disruption")
            if (
                same
                and cut.counts
                and cut.value
                and seized.value < cut.value
                and days_apart(cut.head.at, head.at) <= 90
            ):
                yield loophole(
                    "area", f"{head.unit} seized, of those cut off: {where(seized)} in {where(cut)}",
                    figure_of(seized, f"{head.unit} seized, {where(seized)}", head.unit),
                    figure_of(cut, f"{head.unit} cut off, {where(cut)}", head.unit),
                    "one place against a country: the others may have been seized unreported, or be in other hands",
                )  # fmt: skip


def fled(actions: Sequence[Action]) -> Iterable[Row]:
    """People told as fleeing or leaving, beside those told as taken at the same place in the same weeks."""
    for fled in actions:
        head = fled.head
        spots = {name for name in head.places if (known := known_place(name)) is None or known.kind != "country"}
        if fled.types[0] != "flight" or head.unit != "people" or fled.value is None or not spots:
            continue
        taken = [
            action
            for action in actions
            if action.counts
            and (action.head.unit, action.head.role) == ("people", "all")
            and action.types[0] in _HELD
            and spots & set(action.head.places)
            and days_apart(action.head.at, head.at) <= 45
        ]
        if taken:
            most = max(taken, key=lambda action: (action.value or 0.0, action.head.report_id))
            yield loophole(
                "area", f"people who fled or left, beside people taken: {head.places[0]}, {head.at or 'no date'}",
                figure_of(fled, f"people fled or left, {where(fled)}", "people"),
                figure_of(most, f"people {verb(most.head)}, {where(most)}", "people"),
                "those who fled are no part of those taken; some of both may be victims",
            )  # fmt: skip


def sites(actions: Sequence[Action]) -> Iterable[Row]:
    """Sites told as running, rebuilt or new after they were told as raided, shut or emptied."""
    struck: dict[str, list[Telling]] = defaultdict(list)
    again: dict[str, list[Telling]] = defaultdict(list)
    n_struck: dict[str, int] = defaultdict(int)
    n_again: dict[str, int] = defaultdict(int)
    for action in actions:
        if action.kind != "site" or action.head.unit == "organisations":
            continue
        country = action.head.country or "country not told"
        hit = [telling for telling in action.tellings if telling.status in _STRUCK]
        first = min((telling.at or NEVER for telling in hit), default=None)
        if first is None:
            continue
        later = [t for t in action.tellings if t.status in _OPEN and (t.at or NEVER) >= first]
        n_struck[country] += 1
        n_again[country] += bool(later)
        struck[country] += hit
        again[country] += later
    for country in sorted(struck):
        n, m = float(n_struck[country]), float(n_again[country])
        yield loophole(
            "area", f"sites told as running again after they were struck: {country}",
            Figure(m, m, m, "sites told as operating, rebuilt or new afterwards", "sites", None, tuple(again[country])),
            Figure(n, n, n, "sites told as raided, shut, emptied or demolished", "sites", None, tuple(struck[country])),
            "only sites that a source follows: the others are not known to have closed",
        )  # fmt: skip
