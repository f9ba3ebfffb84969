"""Tellings reconciled into happenings, running totals, estimates and sites; contradictions are kept, never corrected.

A happening's id given by the evidence wins. Otherwise two tellings are one happening when type, place, time, parties
and figure can be of one. A running total is a series: the later figure replaces the earlier, and is added to nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from upriver.crackdown.actions import Action, Point
from upriver.crackdown.conflicts import conflicts, unit_conflicts
from upriver.crackdown.counts import fit, wholes
from upriver.crackdown.happenings import together
from upriver.crackdown.origins import traced
from upriver.crackdown.rulings import NO_RULINGS, Rulings
from upriver.crackdown.series import in_order, series
from upriver.crackdown.telling import Telling, amount, counted, known_place, plural
from upriver.model.ids import content_id
from upriver.model.periods import written

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_NO_DAY = date(1, 1, 1)
_WORDS = {
    "arrest": "Arrested", "handover": "Handed over", "rescue_release": "Released", "repatriation": "Repatriated",
    "raid": "Raided", "sanction": "Sanctioned", "sentence": "Sentenced", "wanted_notice": "Wanted", "seizure": "Seized",
    "estimate": "Estimated", "death": "Died", "prosecution": "Prosecuted", "execution": "Executed",
    "disruption": "Shut or demolished", "flight": "Fled or left", "site_status": "Status",
}  # fmt: skip


def reconcile(tellings: Iterable[Telling], params: CrackdownParams, rulings: Rulings = NO_RULINGS) -> list[Action]:
    """Every action that `tellings` tell of, in the order of their days, whatever the order of the tellings."""
    ordered = sorted(traced(list(tellings), rulings.copies), key=_order)
    parts: dict[str, list[Telling]] = defaultdict(list)
    for telling in ordered:
        if telling.part_of is not None:
            parts[telling.part_of].append(telling)
    wholes = [_with_people(t, parts[t.report_id]) for t in ordered if t.part_of is None]
    running: dict[tuple[str | None, str, str], str | None] = {
        _key(t): t.series for t in wholes if t.series and t.happening
    }
    # A telling of a total's happening belongs to its series even where its page drew another figure from it.
    wholes = [replace(t, series=t.series or running.get(_key(t))) for t in wholes]
    totals = [telling for telling in wholes if _runs(telling) or _key(telling) in running]
    single = [telling for telling in wholes if not (_runs(telling) or _key(telling) in running)]
    whole_of: set[tuple[str | None, str]] = {(t.happening, t.unit) for t in wholes if t.role == "all" and t.happening}
    actions: list[Action] = []
    for points in series(totals, params, rulings):
        actions += _actions([t for point in points for t in point], points, parts, whole_of, params)
    for group in together(single, _given, params, rulings):
        actions += _actions(group, [], parts, whole_of, params)
    units = unit_conflicts(ordered)
    actions = [
        replace(action, conflicts=(*action.conflicts, found))
        if (found := units.get(action.tellings[0].happening or "")) and action.head.unit in found.values.values()
        else action
        for action in actions
    ]
    actions = [
        replace(action, accepted=True) if action_id(action) in rulings.accepted else action for action in actions
    ]
    return sorted(actions, key=lambda action: (action.head.at or _NO_DAY, action.kind, action_id(action)))


def _key(telling: Telling) -> tuple[str | None, str, str]:
    """What the tellings share that the evidence gives one name."""
    return telling.happening, telling.role, telling.unit


def _with_people(telling: Telling, parts: Sequence[Telling]) -> Telling:
    """A telling with its parts' figures, the nationalities of its whole, and whether it is of one kind of people."""
    if not parts or telling.count is None:
        return telling
    nations = [part for part in parts if part.part_kind == "nationality" and part.count is not None]
    whole = sum(part.count or 0.0 for part in nations) >= 0.95 * telling.count
    return replace(
        telling,
        part_counts=frozenset(p.count for p in parts if p.count is not None and p.part_kind in ("penalty", "role")),
        alone=any(part.count == telling.count and part.part_kind != "role" for part in parts),
        nationalities=frozenset(part.part_label or "" for part in nations) if whole else frozenset(),
    )


def _runs(telling: Telling) -> bool:
    """Whether a telling gives a total that goes on: a later one replaces it."""
    if telling.type in ("site_status", "estimate") or telling.modality != "actual":
        return False
    return telling.series is not None or telling.cumulative is True


def _given(telling: Telling) -> tuple[object, ...] | None:
    """The name that the evidence gives to what a telling tells; None where it gives none."""
    if telling.type == "site_status":
        return ("site", telling.happening or telling.subject)
    if telling.type == "estimate" and telling.series:
        return ("series", telling.series, telling.role, telling.unit)
    if telling.type == "estimate" and telling.subject:
        return ("estimate", telling.subject, telling.places, telling.unit, telling.first, telling.last)
    if telling.happening:
        # Two countries' estimates in one announcement are two estimates.
        estimate = telling.type == "estimate"
        spot = telling.places if estimate else ()
        return ("happening", telling.happening, telling.role, telling.unit, telling.modality, estimate, spot)
    return None


def _actions(
    group: Sequence[Telling],
    points: Sequence[Sequence[Telling]],
    parts: dict[str, list[Telling]],
    whole_of: set[tuple[str | None, str]],
    params: CrackdownParams,
) -> list[Action]:
    """The action of a group, and one for each role told as a part of it."""
    of_group = [part for telling in group for part in parts[telling.report_id]]
    whole = _action(group, points, tuple(of_group), whole_of, params)
    return [whole, *_role_parts(whole, of_group, params)]


def action_id(action: Action) -> str:
    """Id of an action: the hash of its tellings, its role and its unit."""
    head = action.tellings[0]
    return content_id(action.kind, head.role, head.unit, *sorted(telling.report_id for telling in action.tellings))


def rows(actions: Iterable[Action]) -> list[dict[str, object]]:
    """Rows of the table `action`."""
    told: list[dict[str, object]] = []
    for action in actions:
        head = action.head
        spot = next(
            (found for telling in action.tellings for name in telling.places if (found := known_place(name))), None
        )
        told.append({
            "action_id": action_id(action), "kind": action.kind, "types": "|".join(action.types), "count": action.value,
            "count_low": action.low, "count_high": action.high, "unit": head.unit, "role": head.role,
            "place": "|".join(head.places) or None, "country": head.country,
            "lat": spot.lat if spot else None, "lon": spot.lon if spot else None,
            "radius_km": spot.reach_km if spot and spot.kind != "country" else None,
            "from_on": min((t.first for t in action.tellings if t.first), default=None),
            "to_on": _ends(action),
            "series": action.series, "subject": head.subject or _measured(action), "counts": action.counts,
            "n_tellings": len(action.tellings), "n_first_speakers": len(action.speakers), "basis": basis(action),
            "alarms": list(action.alarms),
            "accepted": action.accepted,
            "title": title(action), "report_ids": sorted(telling.report_id for telling in action.tellings),
        })  # fmt: skip
    return told


def _ends(action: Action) -> date | None:
    """Its last day; of a running total the day of the figure that stands, as its title tells it."""
    return action.at if action.points else max((t.last for t in action.tellings if t.last), default=None)


def title(action: Action) -> str:
    """One line for people."""
    head = action.head
    what = _WORDS.get(action.types[0], action.types[0])
    if action.kind == "site":
        told = sorted(action.tellings, key=lambda telling: (telling.at or _NO_DAY, telling.report_id))
        return f"{head.subject or 'a site'}: " + ", then ".join(
            f"{telling.status} ({telling.at or 'no date'})" for telling in told
        )
    who = "" if head.role == "all" else f" ({head.role if action.value == 1 else plural(head.role)})"
    figure = amount(action.value, head.unit) if action.value is not None else f"{head.unit}, no figure"
    where = f", {' and '.join(head.places)}" if head.places else ""
    running = action.kind == "series"
    planned = "" if head.modality == "actual" else f" [{head.modality}]"
    return f"{what}{', running total' if running else ''}: {figure}{who}{where}{_when(action)}{planned}"


def _when(action: Action) -> str:
    """The day of a title: as told, "by" of a total, and "told" where only the day of the telling is known."""
    head = action.head
    if action.at is None:
        return ""
    if head.first is None and head.last is None:
        return f", told {action.at}"
    if action.kind == "series":
        return f", by {action.at}"
    if head.first and head.last == action.at:
        return f", {written(head.first, head.last).replace('/', ' to ')}"
    return f", {action.at}"


def basis(action: Action) -> str:
    """What a figure rests on, in words: never an addition of tellings or of points of a total."""
    if action.value is None:
        return "no source gives a figure: no figure, not zero"
    pages, witnesses = len(action.tellings), len(action.speakers)
    copies = sum(telling.copy_of is not None for telling in action.tellings)
    behind = [t.origin for t in action.tellings if t.value == action.value and t.copy_of is None]
    what = {
        "series": "the latest figure of a running total",
        "estimate": "the latest estimate",
    }.get(action.kind, f"the figure of {counted(len(set(behind)), 'first speaker')}")
    parts = [what, f"of {counted(pages, 'telling')} by {counted(witnesses, 'first speaker')}"]
    if copies:
        parts.append(f"{counted(copies, 'of these a copy', 'of these copies')}")
    if action.low is not None and action.high is not None and action.low != action.high:
        parts.append(f"told from {amount(action.low, action.head.unit)} to {amount(action.high, action.head.unit)}")
    return ", ".join(parts)


def _measured(action: Action) -> str | None:
    if action.kind != "series":
        return None
    head = action.head
    return f"{'|'.join(action.types)} {head.unit} {head.role}"


def _order(telling: Telling) -> tuple[date, date, str]:
    return telling.published or telling.announced or telling.at or _NO_DAY, telling.at or _NO_DAY, telling.report_id


# ---- one group made one action ----------------------------------------------------------------------------------


def _action(
    group: Sequence[Telling],
    points: Sequence[Sequence[Telling]],
    parts: tuple[Telling, ...],
    whole_of: set[tuple[str | None, str]],
    params: CrackdownParams,
) -> Action:
    told = tuple(sorted(group, key=_order))
    kind = _kind(told)
    latest = _points(points or ([told] if kind == "estimate" else []))
    if kind == "estimate":
        latest = _points(in_order([[telling] for telling in told])) if any(t.series for t in told) else ()
    value, low, high = _figure(latest[-1].tellings if latest else told)
    part_of_whole = told[0].role != "all" and (told[0].happening, told[0].unit) in whole_of
    counts = (
        kind == "happening"
        and told[0].modality == "actual"
        and all(telling.cumulative is False for telling in told)
        and not part_of_whole
        and value is not None
    )
    name = next((telling.series for telling in told if telling.series), None)
    against = conflicts(told, parts, [point.tellings for point in latest], params)
    # An estimate told again replaces the one before it, but it is no total that runs.
    return Action(kind, told, parts, latest if kind == "series" else (), value, low, high, name, counts, against)


def _kind(told: Sequence[Telling]) -> str:
    if told[0].type == "site_status":
        return "site"
    if told[0].modality != "actual":
        return "happening"
    if all(telling.type == "estimate" for telling in told):
        return "estimate"
    return "series" if any(_runs(telling) for telling in told) else "happening"


def _figure(told: Sequence[Telling]) -> tuple[float | None, float | None, float | None]:
    """The figure with most distinct first speakers (then exact, then told first), and the least and most told.

    Who says "about 260" speaks for an exact 256 beside it; who tells a named part speaks for no whole.
    """
    counted = wholes([telling for telling in told if telling.value is not None])
    if not counted:
        return None, None, None
    exact = [telling for telling in counted if telling.qualifier == "exact"]
    speakers: dict[float, set[str]] = defaultdict(set)
    firm: Counter[float] = Counter()
    first: dict[float, int] = {}
    for place, telling in enumerate(counted):
        value = telling.value or 0.0
        speakers[value].add(telling.origin)
        firm[value] += telling.qualifier == "exact"
        first.setdefault(value, place)
        for other in exact:
            if fit(telling, other, 0.0) == "rounded" and telling.qualifier != "exact":
                speakers[other.value or 0.0].add(telling.origin)
    best = min(speakers, key=lambda value: (-len(speakers[value]), -firm[value], first[value]))
    lows = [telling.ends[0] for telling in counted if telling.ends[0] is not None]
    highs = [telling.ends[1] for telling in counted if telling.ends[1] is not None]
    return best, min(lows), max(highs)


def _points(groups: Iterable[Sequence[Telling]]) -> tuple[Point, ...]:
    """A running total day by day, every figure told for a day together."""
    points = []
    for group in groups:
        told = sorted(group, key=_order)
        value, low, high = _figure(told)
        points.append(Point(max((day for t in told if (day := t.at)), default=None), value, low, high, tuple(told)))
    return tuple(points)


def _role_parts(whole: Action, parts: Sequence[Telling], params: CrackdownParams) -> list[Action]:
    """Actions for the roles told as parts of a figure: leaders among those handed over. They are added to nothing."""
    by_role: dict[str, list[Telling]] = defaultdict(list)
    for part in parts:
        if part.part_kind == "role":
            by_role[part.role].append(part)
    made = []
    for role in sorted(by_role):
        points = in_order([[part] for part in by_role[role]]) if whole.kind == "series" else []
        action = _action(by_role[role], points, (), set(), params)
        made.append(replace(action, kind="series" if whole.kind == "series" else "happening", counts=False))
    return made
