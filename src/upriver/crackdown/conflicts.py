"""What tellings say against each other, and what cannot be: each with its field, its values and words for people.

Nothing is corrected. `alarm` marks what an analyst should look at; the rest (a rounded figure, another spelling of a
place) is kept so that every difference can be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from upriver.crackdown.counts import fit, wholes
from upriver.crackdown.nearness import exact_day, nations, same_area
from upriver.crackdown.telling import CUSTODY, Telling, shown
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams

_NOUNS = {"rescue_release": "release"}
_PARTIAL = 0.9  # parts that reach less of their total than this are told as a selection, not as a sum


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field on which tellings differ: `values` by report_id; `kind` in few words; `words` a whole sentence."""

    field: str
    kind: str
    values: Mapping[str, str | float]
    words: str
    alarm: bool = True


def conflicts(
    told: Sequence[Telling], parts: Sequence[Telling], points: Sequence[Sequence[Telling]], params: CrackdownParams
) -> tuple[Conflict, ...]:
    """Conflicts of one happening or running total, in a fixed order.

    told    its tellings; parts: tellings of their parts, by part_of; points: of a running total, by day
    """
    found = [*_sums(told, parts), *_falls(points), *_runs(points), *_impossible(told)]
    if not points:
        found += _days(told)
    found += _types(told)
    found += _one_day(points)
    for group in points or [told]:
        found += _figures(group, params)
        if group and group[0].type not in ("site_status", "estimate"):
            found += [*_places(group), *_countries(group), *_parties(group), *_people(group)]
    return _once(found)


def rows(action_id: str, found: Iterable[Conflict]) -> Iterator[dict[str, object]]:
    """Rows of the table `conflict` for one action."""
    for one in found:
        told = sorted(one.values.items())
        yield {
            "conflict_id": content_id("conflict", action_id, one.field, one.words),
            "action_id": action_id,
            "field": one.field,
            "kind": one.kind,
            "alarm": one.alarm,
            "words": one.words,
            "report_ids": [report_id for report_id, _ in told],
            "values": [value if isinstance(value, str) else shown(value) for _, value in told],
        }


def _once(found: Iterable[Conflict]) -> tuple[Conflict, ...]:
    return tuple({(one.field, one.words): one for one in found}.values())


def _sums(told: Sequence[Telling], parts: Sequence[Telling]) -> Iterator[Conflict]:
    """Parts that do not sum to their total; and parts of one kind that differ between tellings."""
    wholes = {telling.report_id: telling for telling in told}
    groups: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for part in parts:
        groups[part.part_of or "", part.part_kind or ""].append(part)
    for (whole_id, kind), group in sorted(groups.items()):
        whole = wholes.get(whole_id)
        total = sum(part.count or 0.0 for part in sorted(group, key=lambda part: part.report_id))
        if whole is None or whole.count is None or len(group) < 2:
            continue
        if total == whole.count:
            continue
        if total > whole.count or (whole.qualifier == "exact" and total >= _PARTIAL * whole.count):
            others = {telling.report_id: shown(telling.count) for telling in told if telling.report_id != whole_id}
            words = f"parts by {kind} sum to {shown(total)}, told {shown(whole.count)} ({whole.source})"
            parts_told = {whole_id: _added(group, total, whole.count), **others}
            yield Conflict("breakdown", "arithmetic", parts_told, words)
    yield from _two_ways(groups, wholes)


def _two_ways(groups: Mapping[tuple[str, str], Sequence[Telling]], wholes: Mapping[str, Telling]) -> Iterator[Conflict]:
    """Parts of one kind that tellings give with other figures."""
    by_kind: dict[str, dict[str, Sequence[Telling]]] = defaultdict(dict)
    for (whole_id, kind), group in groups.items():
        if whole_id in wholes:
            by_kind[kind][whole_id] = group
    for kind, told in sorted(by_kind.items()):
        listed = {
            name: tuple(sorted((part.count or 0.0 for part in group), reverse=True)) for name, group in told.items()
        }
        several = [figures for figures in listed.values() if len(figures) > 1 or len(told) == len(wholes)]
        if len(set(several)) > 1:
            values: dict[str, str | float] = {name: _terms(group) for name, group in sorted(told.items())}
            words = (
                f"parts by {kind} are told in two ways: {' / '.join(sorted({str(value) for value in values.values()}))}"
            )
            yield Conflict("breakdown", "told in two ways", values, words)


def _terms(group: Sequence[Telling]) -> str:
    ordered = sorted(group, key=lambda part: (-(part.count or 0.0), part.report_id))
    return " + ".join(f"{shown(part.count)} {part.part_label or ''}".strip() for part in ordered)


def _added(group: Sequence[Telling], total: float, whole: float | None) -> str:
    terms = " + ".join(
        shown(part.count) for part in sorted(group, key=lambda part: (-(part.count or 0.0), part.report_id))
    )
    told = "" if whole == total else f", told {shown(whole)}"
    return f"{terms} = {shown(total)}{told}"


def _falls(points: Sequence[Sequence[Telling]]) -> Iterator[Conflict]:
    """A running total that goes down."""
    highest: tuple[date, float, Telling] | None = None
    for point in points:
        best = _headline(point)
        if best is None or best.value is None or (at := _at(point)) is None:
            continue
        if highest is not None and best.value < highest[1] and _later(at, highest[0]):
            words = f"the total falls from {shown(highest[1])} ({highest[0]}) to {shown(best.value)} ({at})"
            values = {highest[2].report_id: highest[1], best.report_id: best.value}
            yield Conflict("count", "total falls", values, words)
        if highest is None or best.value > highest[1]:
            highest = (at, best.value, best)


def _runs(points: Sequence[Sequence[Telling]]) -> Iterator[Conflict]:
    """No contradiction, but what must not be done: points of one running total are never added."""
    told = [(telling, value) for point in points for telling in point if (value := telling.value) is not None]
    if len({value for _, value in told}) > 1:
        values: dict[str, str | float] = {telling.report_id: value for telling, value in told}
        words = "points of one running total: the later replaces the earlier, and none is added"
        for field in ("cumulative", "count"):
            yield Conflict(field, "running total: the later replaces the earlier", values, words, alarm=False)


def _one_day(points: Sequence[Sequence[Telling]]) -> Iterator[Conflict]:
    """Two sources that give one running total two figures for the same day."""
    for left, right in pairwise(points):
        a, b = _headline(left), _headline(right)
        days = (_at(left), _at(right))
        if a is None or b is None or days[0] is None or days[1] is None or a.origin == b.origin:
            continue
        if abs((days[1] - days[0]).days) <= 1 and a.value is not None and b.value is not None and a.value != b.value:
            words = f"{shown(a.value)} and {shown(b.value)} are told for {days[1]}"
            yield Conflict("count", "two figures for one day", {a.report_id: a.value, b.report_id: b.value}, words)


def _headline(point: Sequence[Telling]) -> Telling | None:
    return next((telling for telling in point if telling.value is not None), None)


def _at(point: Sequence[Telling]) -> date | None:
    return max((day for telling in point if (day := telling.at)), default=None)


def _later(day: date, other: date) -> bool:
    """Whether `day` is surely later: the last day of a month mostly stands for a month told without its day."""
    earliest = day.replace(day=1) if (day + timedelta(days=1)).day == 1 else day
    return earliest > other


def _impossible(told: Sequence[Telling]) -> Iterator[Conflict]:
    """Days that cannot be: an end before its beginning, a deed told before it was done."""
    for telling in told:
        if telling.first and telling.last and telling.first > telling.last:
            words = f"ends ({telling.last}) before it begins ({telling.first}): {telling.source}"
            yield Conflict("date", "impossible", {telling.report_id: f"{telling.first}/{telling.last}"}, words)
        spoken = telling.announced or telling.published
        if telling.modality == "actual" and telling.first and spoken and telling.first > spoken:
            words = f"happened ({telling.first}) after it was told ({spoken}): {telling.source}"
            yield Conflict("date", "told before it happened", {telling.report_id: str(telling.first)}, words)


def _days(told: Sequence[Telling]) -> Iterator[Conflict]:
    """Days of one happening that cannot all be right."""
    if any(telling.type in ("site_status", "estimate") for telling in told):
        return
    dated = [telling for telling in told if telling.first and not telling.cumulative]
    days = sorted({telling.first for telling in dated if telling.first})
    if len(days) > 1 and (days[-1] - days[0]).days > 300:
        values: dict[str, str | float] = {t.report_id: str(t.first) for t in dated}
        kind = "wrong year" if (days[0].month, days[0].day) == (days[-1].month, days[-1].day) else "dates far apart"
        yield Conflict("date", kind, values, f"dates far apart: {days[0]} and {days[-1]}")
        return
    exact = [telling for telling in told if exact_day(telling)]
    days = sorted({telling.first for telling in exact if telling.first})
    values = {t.report_id: str(t.first) if exact_day(t) else f"{t.first}/{t.last}" for t in dated}
    if len(days) > 1:
        listed = {t.report_id: str(t.first) for t in exact}
        # A day apart may be the day of the deed and the day of the page, or two time zones.
        kind = "two dates" if (days[-1] - days[0]).days > 1 else "a day apart"
        yield Conflict("date", kind, dict(listed), "days differ: " + ", ".join(day.isoformat() for day in days))
    elif len(set(values.values())) > 1:
        words = f"one day, told more and less closely: {', '.join(sorted({str(value) for value in values.values()}))}"
        yield Conflict("date", "told more and less closely", values, words, alarm=False)


def _types(told: Sequence[Telling]) -> Iterator[Conflict]:
    """The same people told as arrested here and as released there; a death sentence told as an execution."""
    types = sorted(
        {
            telling.type
            for telling in told
            if telling.type in (*CUSTODY, "flight", "sentence", "execution", "seizure", "disruption")
        }
    )
    if len(types) < 2:
        return
    kind = "a sentence told as an execution" if set(types) == {"execution", "sentence"} else "two framings"
    values: dict[str, str | float] = {telling.report_id: telling.type for telling in told}
    words = f"told as {' and as '.join(_NOUNS.get(type_, type_) for type_ in types)}"
    yield Conflict("type", kind, values, words)


def _figures(told: Sequence[Telling], params: CrackdownParams) -> Iterator[Conflict]:
    """Figures of one happening that differ; far apart where one may have lost or gained a zero."""
    all_counted = [telling for telling in told if telling.value is not None and telling.modality == "actual"]
    counted = wholes(all_counted)
    if len(counted) < len(all_counted):
        among = sorted({t.value or 0.0 for t in all_counted if t not in counted})
        listed = " and ".join(shown(value) for value in among)
        words = f"{listed} are among the {shown(max(t.value or 0.0 for t in counted))}: not to be added"
        values: dict[str, str | float] = {t.report_id: t.value or 0.0 for t in all_counted}
        yield Conflict("count", "a part within its whole: do not add", values, words, alarm=False)
    by_value = sorted({telling.value for telling in counted if telling.value is not None})
    if len(by_value) < 2 or told[0].type == "site_status":
        return
    values = {telling.report_id: telling.value or 0.0 for telling in counted}
    low, high = by_value[0], by_value[-1]
    listed = ", ".join(shown(value) for value in by_value)
    if low > 0 and high / low >= params.far_apart:
        ten = high == 10 * low
        tail = " (ten times: a zero lost or gained)" if ten else ""
        yield Conflict(
            "count", "zero lost or gained" if ten else "far apart", values, f"figures far apart: {listed}{tail}"
        )
        return
    rounded = all(fit(a, b, 0.0) in ("equal", "rounded") for a in counted for b in counted)
    yield Conflict(
        "count", "rounded" if rounded else "figures differ", values, f"figures differ: {listed}", not rounded
    )


def _places(told: Sequence[Telling]) -> Iterator[Conflict]:
    """Places that are not one spot: apart, or one wider than the other."""
    placed = [telling for telling in told if telling.places]
    names = sorted({" and ".join(telling.places) for telling in placed})
    if len(names) < 2:
        return
    values: dict[str, str | float] = {telling.report_id: " and ".join(telling.places) for telling in placed}
    far = any(same_area(a, b) == "apart" for a in placed for b in placed)
    kind = "two places" if far else "one place, told more and less closely"
    yield Conflict("place", kind, values, f"places differ: {', '.join(names)}", far)


def _countries(told: Sequence[Telling]) -> Iterator[Conflict]:
    """Countries of the place of action: two sides of a border tell two."""
    named: dict[str, str | float] = {t.report_id: t.country for t in told if t.country}
    if len(set(named.values())) > 1:
        words = f"countries differ: {', '.join(sorted({str(value) for value in named.values()}))}"
        yield Conflict("country", "two sides, two countries", named, words, alarm=False)


def _parties(told: Sequence[Telling]) -> Iterator[Conflict]:
    """Who gives and who receives, where tellings name others."""
    read: tuple[tuple[str, Callable[[Telling], str | None]], ...] = (
        ("from_party", lambda telling: telling.from_party), ("to_party", lambda telling: telling.to_party)
    )  # fmt: skip
    for name, get in read:
        named = {telling.report_id: party for telling in told if (party := get(telling))}
        if len({party.casefold() for party in named.values()}) < 2:
            continue
        countries = [nations(party) for party in named.values() if nations(party)]
        far = any(not a & b for a in countries for b in countries)
        values: dict[str, str | float] = dict(named)
        side = "given" if name == "from_party" else "received"
        kind = "two parties" if far else "named differently"
        yield Conflict(name, kind, values, f"{side} by {', '.join(sorted(set(named.values())))}", far)


def _people(told: Sequence[Telling]) -> Iterator[Conflict]:
    """Whose people they are, where tellings say it of all of them and differ."""
    named = {t.report_id: " and ".join(sorted(t.nationalities)) for t in told if t.nationalities}
    if len(set(named.values())) > 1:
        far = any(
            not a.nationalities & b.nationalities for a in told for b in told if a.nationalities and b.nationalities
        )
        kind = "two nationalities" if far else "nationalities told more and less closely"
        yield Conflict(
            "breakdown", kind, dict(named), f"nationalities differ: {', '.join(sorted(set(named.values())))}", far
        )


def unit_conflicts(tellings: Sequence[Telling]) -> dict[str, Conflict]:
    """For each happening told in units that cannot be compared, which: 127,271 BTC and 15,000,000,000 USD.

    returns  happening id: conflict
    """
    units: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    counts: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for telling in tellings:
        if telling.happening and telling.count is not None and _measures(telling.unit) and telling.part_of is None:
            key = (telling.happening, telling.type, telling.role)
            units[key][telling.report_id] = telling.unit
            counts[key][telling.unit].append(telling.count)
    return {
        key[0]: Conflict("unit", "two units", dict(found), f"told in {' and in '.join(sorted(set(found.values())))}")
        for key, found in sorted(units.items())
        if len(set(found.values())) > 1 and not _people_listed(counts[key])
    }


def _people_listed(counts: Mapping[str, Sequence[float]]) -> bool:
    """Whether persons are fewer than the targets of one list: the rest are companies, and nothing is contradicted."""
    return set(counts) == {"people", "targets"} and max(counts["people"]) < min(counts["targets"])


def _measures(unit: str) -> bool:
    """Units that measure one thing in several ways: money of all kinds, and persons against targets."""
    return (len(unit) == 3 and unit.isupper()) or unit in ("people", "targets")
