"""Tellings reconciled into happenings, running totals, estimates and sites; contradictions are kept, never corrected.

A happening's id given by the evidence wins. Otherwise two tellings are one happening when type, place, time, parties
and figure can be of one. A running total is a series: the later figure replaces the earlier, and is added to nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from upriver.clean.places import nations_in, near
from upriver.crackdown.actions import Action, Point
from upriver.crackdown.alarms import alarms, unit_alarms
from upriver.crackdown.telling import Telling, amount, known_place, plural
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_NO_DAY = date(1, 1, 1)
_WORDS = {
    "arrest": "Arrested", "handover": "Handed over", "rescue_release": "Released", "repatriation": "Repatriated",
    "raid": "Raided", "sanction": "Sanctioned", "sentence": "Sentenced", "wanted_notice": "Wanted", "seizure": "Seized",
    "estimate": "Estimated", "death": "Died", "prosecution": "Prosecuted", "execution": "Executed",
    "disruption": "Shut or demolished", "flight": "Fled or left", "site_status": "Status",
}  # fmt: skip


def reconcile(tellings: Iterable[Telling], params: CrackdownParams) -> list[Action]:
    """Every action that `tellings` tell of, in the order of their days, whatever the order of the tellings."""
    ordered = sorted(tellings, key=_order)
    wholes = [telling for telling in ordered if telling.part_of is None]
    parts: dict[str, list[Telling]] = defaultdict(list)
    for telling in ordered:
        if telling.part_of is not None:
            parts[telling.part_of].append(telling)
    groups = _groups(wholes, params)
    totals: set[tuple[str | None, str]] = {
        (t.happening, t.unit) for group in groups for t in group if t.role == "all" and t.happening
    }
    actions: list[Action] = []
    for group in groups:
        asides = tuple(part for telling in group for part in parts[telling.report_id] if part.asides)
        whole = _action(group, asides, totals, params)
        actions.append(whole)
        actions.extend(_role_parts(whole, [part for telling in group for part in parts[telling.report_id]], params))
    units = unit_alarms(ordered)
    actions = [
        replace(action, alarms=(*action.alarms, units[happening]))
        if f" {action.head.unit}" in units.get(happening := action.tellings[0].happening or "", "")
        else action
        for action in actions
    ]
    return sorted(actions, key=lambda action: (action.head.at or _NO_DAY, action.kind, action_id(action)))


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
            "from_on": min((t.first for t in action.tellings if t.first), default=None),
            "to_on": max((t.last for t in action.tellings if t.last), default=None),
            "series": action.series, "subject": head.subject or _measured(action), "counts": action.counts,
            "n_tellings": len(action.tellings), "n_first_speakers": len(action.speakers), "alarms": list(action.alarms),
            "title": title(action), "report_ids": sorted(telling.report_id for telling in action.tellings),
        })  # fmt: skip
    return told


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
    when = f", {'by ' if running else ''}{head.at}" if head.at else ""
    planned = "" if head.modality == "actual" else f" [{head.modality}]"
    return f"{what}{', running total' if running else ''}: {figure}{who}{where}{when}{planned}"


def _measured(action: Action) -> str | None:
    if action.kind != "series":
        return None
    head = action.head
    return f"{'|'.join(action.types)} {head.unit} {head.role}"


def _order(telling: Telling) -> tuple[date, date, str]:
    return telling.published or telling.announced or telling.at or _NO_DAY, telling.at or _NO_DAY, telling.report_id


# ---- which tellings belong together -----------------------------------------------------------------------------


def _groups(wholes: Sequence[Telling], params: CrackdownParams) -> list[list[Telling]]:
    """Tellings of one thing together: by series, by the happening given, else by what can be one."""
    series_of: dict[tuple[str | None, str, str], str | None] = {
        (t.happening, t.role, t.unit): t.series for t in wholes if t.series and t.happening
    }
    named: dict[tuple[object, ...], list[Telling]] = {}
    free: list[Telling] = []
    for telling in wholes:
        key = _given_key(telling, series_of)
        if key is None:
            free.append(telling)
        else:
            named.setdefault(key, []).append(telling)
    groups = [named[key] for key in sorted(named, key=repr)]
    alike: dict[tuple[str, str, str, str], list[list[Telling]]] = defaultdict(list)
    for group in groups:
        for key in sorted({_kin(telling) for telling in group}):
            alike[key].append(group)
    for telling in free:
        rivals = alike[_kin(telling)]
        home = next((group for group in rivals if _one(telling, group, params)), None)
        if home is None:
            home = []
            groups.append(home)
            rivals.append(home)
        home.append(telling)
    return groups


def _kin(telling: Telling) -> tuple[str, str, str, str]:
    """What two tellings of one happening share in any case."""
    return telling.unit, telling.role, telling.modality, telling.family


def _given_key(telling: Telling, series_of: dict[tuple[str | None, str, str], str | None]) -> tuple[object, ...] | None:
    if telling.type == "site_status":
        return ("site", telling.happening or telling.subject)
    if telling.type == "estimate" and telling.subject:
        return ("estimate", telling.subject, telling.places, telling.unit, telling.first, telling.last)
    # A telling of a total's happening belongs to its series even where its page drew another figure from it.
    series = telling.series or series_of.get((telling.happening, telling.role, telling.unit))
    if series and telling.modality == "actual":
        return ("series", series, telling.role, telling.unit)
    if telling.happening:
        # Two countries' estimates in one announcement are two estimates.
        spot = telling.places if telling.type == "estimate" else ()
        return (
            "happening",
            telling.happening,
            telling.role,
            telling.unit,
            telling.modality,
            telling.type == "estimate",
            spot,
        )
    return None


def _one(telling: Telling, group: Sequence[Telling], params: CrackdownParams) -> bool:
    """Whether a telling without an id can be of the thing that one of a group tells."""
    if group[0].type == "site_status" or group[0].series is not None:
        return False
    if telling.cumulative or group[0].cumulative:
        return bool(telling.cumulative and group[0].cumulative) and _one_series(telling, group)
    return any(_one_happening(telling, other, params) for other in group)


def _alike(a: Telling, b: Telling) -> bool:
    """What must agree in any case: unit, role, modality, family, and no party or country that speaks against it."""
    return _kin(a) == _kin(b) and _agree(a.from_party, b.from_party) and _agree(a.to_party, b.to_party)


def _agree(a: str | None, b: str | None) -> bool:
    """Two parties may be one unless both name countries and none is shared."""
    left = {nation.country for nation in nations_in(a or "")}
    right = {nation.country for nation in nations_in(b or "")}
    return not left or not right or bool(left & right)


def _same_area(a: Telling, b: Telling) -> bool | None:
    """True: the places fit; False: they do not; None: at least one tells no place that is known."""
    left = [found for name in a.places if (found := known_place(name))]
    right = [found for name in b.places if (found := known_place(name))]
    if left and right:
        return any(near(one, other) for one in left for other in right)
    if a.places and b.places and {name.casefold() for name in a.places} & {name.casefold() for name in b.places}:
        return True
    if a.country and b.country and a.country != b.country:
        return False
    return None if not (a.places and b.places) else False


def _one_happening(a: Telling, b: Telling, params: CrackdownParams) -> bool:
    if not _alike(a, b):
        return False
    fits = _same_area(a, b)
    apart = _days_apart(a, b, params)
    if fits is False or apart > params.date_slack_days:
        return False
    equal = a.value is not None and a.value == b.value
    if a.type != b.type:
        # The same people seen from two sides keep their number; a similar number of others does not.
        return equal and (fits is True or a.record_id == b.record_id)
    if a.value is None or b.value is None:
        return fits is True and _exact_day(a) and _exact_day(b)
    if equal:
        return fits is True or a.value >= 20
    if fits is not True:
        return False
    return _near_figures(a, b, params)


def _near_figures(a: Telling, b: Telling, params: CrackdownParams) -> bool:
    """Figures that one happening may be told with: rounded, miscounted by a few, or with a zero lost."""
    low, high = sorted((a.value or 0.0, b.value or 0.0))
    if low <= 0:
        return False
    if a.high is not None and b.value is not None and (a.low or 0) <= b.value <= a.high:
        return True
    if b.high is not None and a.value is not None and (b.low or 0) <= a.value <= b.high:
        return True
    if high == 10 * low and high >= 1000:
        return True
    return high - low <= max(2.0, params.count_share * high)


def _exact_day(telling: Telling) -> bool:
    return telling.first is not None and telling.first == telling.last


def _window(telling: Telling, params: CrackdownParams) -> tuple[date, date] | None:
    if telling.first or telling.last:
        last = telling.last or telling.first
        return telling.first or telling.last or _NO_DAY, last or _NO_DAY
    told = telling.announced or telling.published
    return (told - timedelta(days=params.undated_days), told) if told else None


def _days_apart(a: Telling, b: Telling, params: CrackdownParams) -> int:
    """Days between the two windows; 0 where they overlap. An undated telling is near an equal, large figure only."""
    left, right = _window(a, params), _window(b, params)
    if left is None or right is None:
        return 0 if a.value == b.value and (a.value or 0) >= 100 else 10**6
    return max(0, (max(left[0], right[0]) - min(left[1], right[1])).days)


def _one_series(telling: Telling, group: Sequence[Telling]) -> bool:
    """Whether a running total without a name continues one: same kind, same parties, same area, same beginning."""
    first = group[0]
    if not _alike(telling, first) or telling.type != first.type or _same_area(telling, first) is False:
        return False
    begins = [other.first for other in group if other.first]
    if telling.first and begins and min(abs((telling.first - day).days) for day in begins) > 45:
        return False
    # A later total that is far smaller counts something else.
    earlier = [other.value for other in group if other.value and (other.at or _NO_DAY) <= (telling.at or _NO_DAY)]
    return not (earlier and telling.value and telling.value < 0.7 * max(earlier))


# ---- one group made one action ----------------------------------------------------------------------------------


def _action(
    group: Sequence[Telling], asides: tuple[Telling, ...], totals: set[tuple[str | None, str]], params: CrackdownParams
) -> Action:
    told = tuple(sorted(group, key=_order))
    kind = _kind(told)
    latest = _points(told) if _is_running(told) else ()
    chosen = latest[-1].tellings if latest else told
    # An estimate told again replaces the one before it, but it is no total that runs.
    points = latest if kind == "series" else ()
    value, low, high = _figure(chosen)
    part_of_whole = told[0].role != "all" and (told[0].happening, told[0].unit) in totals
    counts = (
        kind == "happening"
        and told[0].modality == "actual"
        and all(telling.cumulative is False for telling in told)
        and not part_of_whole
        and value is not None
    )
    series = next((telling.series for telling in told if telling.series), None)
    action = Action(kind, told, asides, points, value, low, high, series, counts, ())
    return replace(action, alarms=alarms(told, asides, latest, params))


def _kind(told: Sequence[Telling]) -> str:
    if told[0].type == "site_status":
        return "site"
    if told[0].modality != "actual":
        return "happening"
    if all(telling.type == "estimate" for telling in told):
        return "estimate"
    return "series" if _is_running(told) else "happening"


def _is_running(told: Sequence[Telling]) -> bool:
    """Whether the later figure replaces the earlier."""
    if told[0].type == "site_status" or told[0].modality != "actual":
        return False
    return any(telling.series for telling in told) or all(telling.cumulative for telling in told)


def _figure(told: Sequence[Telling]) -> tuple[float | None, float | None, float | None]:
    """The figure with most distinct first speakers (then exact, then told first), and the least and most told."""
    speakers: dict[float, set[str]] = defaultdict(set)
    firm: Counter[float] = Counter()
    first: dict[float, int] = {}
    for place, telling in enumerate(told):
        if telling.value is not None:
            speakers[telling.value].add(telling.speaker)
            firm[telling.value] += telling.qualifier == "exact"
            first.setdefault(telling.value, place)
    if not speakers:
        return None, None, None
    best = min(speakers, key=lambda value: (-len(speakers[value]), -firm[value], first[value]))
    lows = [telling.ends[0] for telling in told if telling.ends[0] is not None]
    highs = [telling.ends[1] for telling in told if telling.ends[1] is not None]
    return best, min(lows), max(highs)


def _points(told: Sequence[Telling]) -> tuple[Point, ...]:
    """A running total day by day: tellings of one happening, or of one figure, are one point."""
    groups: dict[object, list[Telling]] = {}
    for telling in told:
        groups.setdefault(telling.happening or telling.value, []).append(telling)
    points = []
    for group in groups.values():
        value, low, high = _figure(group)
        days = [day for telling in group if (day := telling.at)]
        points.append(Point(max(days, default=None), value, low, high, tuple(group)))
    return tuple(sorted(points, key=lambda point: (point.at or _NO_DAY, point.value or 0.0)))


def _role_parts(whole: Action, parts: Sequence[Telling], params: CrackdownParams) -> list[Action]:
    """Actions for the roles told as parts of a figure: leaders among those handed over. They are added to nothing."""
    by_role: dict[str, list[Telling]] = defaultdict(list)
    for part in parts:
        if part.part_kind == "role":
            by_role[part.role].append(part)
    made = []
    for role in sorted(by_role):
        action = _action(by_role[role], (), set(), params)
        made.append(replace(action, kind="series" if whole.kind == "series" else "happening", counts=False))
    return made
