"""What cannot be true together in the tellings of one happening or total: said in words, never corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from upriver.crackdown.telling import CUSTODY, Telling, shown

if TYPE_CHECKING:
    from upriver.crackdown.actions import Point
    from upriver.crackdown.params import CrackdownParams

_NOUNS = {"rescue_release": "release"}
_PARTIAL = 0.9  # parts that reach less of their total than this are told as a selection, not as a sum


def alarms(
    told: Sequence[Telling], parts: Sequence[Telling], points: Sequence[Point], params: CrackdownParams
) -> tuple[str, ...]:
    """Alarms of one action, in a fixed order.

    told    tellings of the action; parts: tellings of their parts, by part_of; points: of a running total, by day
    """
    found = [*_sums(told, parts), *_falls(points), *_dates(told, points), *_types(told)]
    for group in [point.tellings for point in points] or [tuple(told)]:
        found += _figures(group, params)
    return tuple(dict.fromkeys(found))


def _sums(told: Sequence[Telling], parts: Sequence[Telling]) -> list[str]:
    """Parts that do not sum to their total."""
    found = []
    wholes = {telling.report_id: telling for telling in told}
    groups: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for part in parts:
        groups[part.part_of or "", part.part_kind or ""].append(part)
    for (whole_id, kind), group in sorted(groups.items()):
        whole = wholes.get(whole_id)
        total = sum(part.count or 0.0 for part in sorted(group, key=lambda part: part.report_id))
        if whole is None or whole.count is None or len(group) < 2 or total == whole.count:
            continue
        if total > whole.count or (whole.qualifier == "exact" and total >= _PARTIAL * whole.count):
            found.append(f"parts by {kind} sum to {shown(total)}, told {shown(whole.count)} ({whole.source})")
    return found


def _falls(points: Sequence[Point]) -> list[str]:
    """A running total that goes down."""
    found = []
    highest: Point | None = None
    for point in points:
        if point.value is None or point.at is None:
            continue
        if (
            highest is not None
            and highest.value is not None
            and _later(point.at, highest.at)
            and point.value < highest.value
        ):
            found.append(
                f"the total falls from {shown(highest.value)} ({highest.at}) to {shown(point.value)} ({point.at})"
            )
        if highest is None or point.value > (highest.value or 0.0):
            highest = point
    return found


def _later(day: date, other: date | None) -> bool:
    """Whether `day` is surely later: the last day of a month mostly stands for a month told without its day."""
    earliest = day.replace(day=1) if (day + timedelta(days=1)).day == 1 else day
    return other is not None and earliest > other


def _dates(told: Sequence[Telling], points: Sequence[Point]) -> list[str]:
    """Dates that cannot be, or that cannot all be right."""
    found = []
    for telling in told:
        if telling.first and telling.last and telling.first > telling.last:
            found.append(f"ends ({telling.last}) before it begins ({telling.first}): {telling.source}")
        spoken = telling.announced or telling.published
        if telling.modality == "actual" and telling.first and spoken and telling.first > spoken:
            found.append(f"happened ({telling.first}) after it was told ({spoken}): {telling.source}")
    days = sorted({telling.first for telling in told if telling.first and not telling.cumulative})
    if not points and len(days) > 1 and _alone(told) and (days[-1] - days[0]).days > 300:
        found.append(f"dates far apart: {days[0]} and {days[-1]}")
    exact = sorted({telling.first for telling in told if telling.first and telling.first == telling.last})
    if not points and _alone(told) and len(exact) > 1 and (exact[-1] - exact[0]).days <= 300:
        found.append("days differ: " + ", ".join(_iso(day) for day in exact))
    return found


def _alone(told: Sequence[Telling]) -> bool:
    return all(telling.type not in ("site_status", "estimate") for telling in told)


def _iso(day: date) -> str:
    return day.isoformat()


def _types(told: Sequence[Telling]) -> list[str]:
    """The same people told as arrested here and as released there."""
    types = sorted({telling.type for telling in told if telling.type in (*CUSTODY, "flight")})
    return [f"told as {' and as '.join(_NOUNS.get(type_, type_) for type_ in types)}"] if len(types) > 1 else []


def _figures(told: Sequence[Telling], params: CrackdownParams) -> list[str]:
    """Figures of one happening that differ; far apart where one may have lost or gained a zero."""
    values = sorted({telling.value for telling in told if telling.value is not None and telling.modality == "actual"})
    if len(values) < 2 or told[0].type == "site_status":
        return []
    low, high = values[0], values[-1]
    listed = ", ".join(shown(value) for value in values)
    if low > 0 and high / low >= params.far_apart:
        ten = " (ten times: a zero lost or gained)" if high == 10 * low else ""
        return [f"figures far apart: {listed}{ten}"]
    return [f"figures differ: {listed}"]


def unit_alarms(tellings: Sequence[Telling]) -> dict[str, str]:
    """For each happening told in units that cannot be compared, which: 127,271 BTC and 15,000,000,000 USD.

    returns  happening id: alarm
    """
    units: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for telling in tellings:
        if telling.happening and telling.count is not None and _measures(telling.unit) and telling.part_of is None:
            units[telling.happening, telling.type, telling.role].add(telling.unit)
    return {
        key[0]: f"told in {' and in '.join(sorted(found))}" for key, found in sorted(units.items()) if len(found) > 1
    }


def _measures(unit: str) -> bool:
    """Units that measure one thing in several ways: money of all kinds, and persons against targets."""
    return (len(unit) == 3 and unit.isupper()) or unit in ("people", "targets")
