"""Ratios by area: who was counted twice, seized, fled or running again; and areas nobody tells anybody taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from upriver.clean.places import place
from upriver.crackdown.actions import Action, Point
from upriver.crackdown.measures import NEVER, days_apart, figure_of, inside, land, verb, where
from upriver.crackdown.ratios import Figure, Row, loophole, no_figure
from upriver.crackdown.telling import CUSTODY, Telling, known_place

_HELD = ("arrest", "handover", "raid")
_STRUCK = frozenset({"raided", "demolished", "partly_demolished", "sealed", "cleared", "emptied"})
_OPEN = frozenset({"operating", "rebuilt", "new"})


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
        yield loophole("unreached",
            "area", f"people taken or released: {name}", no_figure(f"{what}: no figure", "people"), below,
            "the area is told as a place of compounds, and no source tells anybody taken there: no figure, not zero",
            spot=name,
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
                yield loophole("claimed_and_seen",
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
                yield loophole("seized_and_cut",
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
            yield loophole("fled",
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
        country = land(action.head.country) if action.head.country else "country not told"
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
        yield loophole("sites",
            "area", f"sites told as running again after they were struck: {country}",
            Figure(m, m, m, "sites told as operating, rebuilt or new afterwards", "sites", None, tuple(again[country])),
            Figure(n, n, n, "sites told as raided, shut, emptied or demolished", "sites", None, tuple(struck[country])),
            "only sites that a source follows: the others are not known to have closed",
        )  # fmt: skip
