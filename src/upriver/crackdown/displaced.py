"""Displacement: activity falls in one place, and rises in another soon after with the same owners, wallets or scripts.

A rise that shares nothing with the place that fell is a coincidence, and is not told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from upriver.crackdown.rates import Rate
from upriver.crackdown.ratios import Figure, Row, loophole, percent

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.activity import Activity, Series
    from upriver.crackdown.entries import Entries
    from upriver.crackdown.known import Known
    from upriver.crackdown.params import CrackdownParams
    from upriver.crackdown.reach import Reached
    from upriver.crackdown.telling import Telling

_FEWEST_ACTS = 10  # before and after: of fewer, chance alone makes a fall or a rise
_FALLEN, _RISEN = 0.5, 1.5  # of what was before
_RECORDS = 5
_KINDS = {
    "pays": "accounts both pay", "owns": "owners of both", "directs": "owners of both",
    "shares": "identifiers in common", "script": "scripts in common",
}  # fmt: skip
_THIRD = frozenset({"accounts both pay", "owners of both"})
_MOSTLY = 0.5  # of an account's payers: of an exchange, a shop, a desk of many the two places are a small part

# What ties people and firms of two places: ownership, a shared identifier, one script, payment to one account.
_TIES = """
SELECT edge_id, source_id, target_id, kind, record_ids FROM edge
WHERE kind IN ('owns', 'directs', 'shares', 'script')
UNION ALL
SELECT e.edge_id, e.source_id, e.target_id, e.kind, e.record_ids FROM edge e JOIN ours o ON o.node = e.source_id
WHERE e.kind = 'pays'
ORDER BY edge_id
"""
# Of an account that nobody is known to hold, ties name only the payers who are known: the transfers name all.
_PAYERS = """
SELECT node, max(n) AS n FROM (
    SELECT p.node AS node, count(DISTINCT f.source_account) AS n FROM flow f JOIN paid p ON f.target_account = p.account
    GROUP BY p.node
    UNION ALL
    SELECT p.node AS node, count(DISTINCT e.source_id) AS n FROM edge e JOIN paid p ON e.target_id = p.node
    WHERE e.kind = 'pays' GROUP BY p.node
) AS counted GROUP BY node ORDER BY node
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two places share: words for it, and the records that show it."""

    words: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strike:
    """An action that struck a place: its day as ordinal, its kind in words, its place among the entries, if any."""

    day: int
    place: str
    kind: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """Acts a day before and after; `since`: the first day of the week from which they are nearer to those after."""

    before: Rate
    after: Rate
    since: int

    @property
    def by(self) -> tuple[float, float, float]:
        """Acts a day more: the figure, and its ends by chance alone."""
        after, before = self.after, self.before
        return after.value - before.value, after.low - before.high, after.high - before.low


def displaced(
    case: Desk, made: Entries, found: Reached, known: Known, acts: Activity, params: CrackdownParams
) -> Iterable[Row]:
    """Rows of `loophole`: the rise in one place, of the fall in another after an action there."""
    if acts.last is None or len(known.sites) < 2:
        return
    places = _places(found, known)
    people = {
        name: frozenset(person for key in keys for person in known.sites[key].people if person in known.people)
        for name, keys in places.items()
    }
    series = {name: acts.of(people[name], keys) for name, keys in places.items()}
    ties = _Ties(case, known, places, people)
    told: set[tuple[str, str]] = set()
    for strike in _strikes(made, found, known, places):
        name, day = strike.place, strike.day
        fall = _change(series[name], day, acts.last, params, min)
        if fall is None or fall.after.value > _FALLEN * fall.before.value or fall.by[2] >= 0:
            continue
        for other in sorted(series):
            if other == name or (name, other) in told:
                continue
            rise = _change(series[other], day, acts.last, params, max)
            if rise is None or rise.after.value < _RISEN * rise.before.value or rise.by[1] <= 0:
                continue
            shared = ties.between(name, other)
            if shared is None:
                continue
            told.add((name, other))
            tellings = made.actions[strike.number].tellings if strike.number is not None else ()
            yield _row(strike, other, fall, rise, shared, series, tellings, params)


def _places(found: Reached, known: Known) -> dict[str, frozenset[str]]:
    """Areas where they are known, else sites by name -> keys of their sites.

    A site of which nobody tells where it is, but all of whose people are of one area's sites, is of that area.
    """
    by_area: dict[str, set[str]] = defaultdict(set)
    for key, names in found.areas.items():
        for name in names:
            by_area[name].add(key)
    areas = {name: {person for key in keys for person in known.sites[key].people} for name, keys in by_area.items()}
    for key, site in known.sites.items():
        if key not in found.areas and not any(site.people <= people for people in areas.values()):
            by_area[site.name].add(key)
    return {name: frozenset(keys) for name, keys in sorted(by_area.items())}


def _strikes(made: Entries, found: Reached, known: Known, places: dict[str, frozenset[str]]) -> Sequence[Strike]:
    """Each action that has a day, with the places it struck, by day."""
    strikes: list[Strike] = []
    for reach in found.each:
        action = made.actions[reach.number] if reach.number is not None else None
        day: date | None = reach.lists[0].day if reach.lists else action.at if action is not None else None
        if day is None or (action is not None and action.kind != "happening"):
            continue
        names = {name for key in reach.sites for name in found.areas.get(key, frozenset({known.sites[key].name}))}
        names |= set(action.head.places) if action is not None else set()
        kind = action.types[0].replace("_", " ") if action is not None else "handover"
        strikes += [Strike(day.toordinal(), name, kind, reach.number) for name in names if name in places]
    return sorted(strikes, key=lambda one: (one.day, one.place, one.kind, -1 if one.number is None else one.number))


def _change(
    series: Series, day: int, last: int, params: CrackdownParams, nearest: Callable[..., Rate]
) -> Change | None:
    """Acts a day before and after a day, in files whose records run over both; None where too few are seen.

    nearest  min of a fall, max of a rise: what had begun before the day is no change that follows it, so that of the
             whole time before and of its latter half the one nearer to what came after counts
    """
    after = min(params.follow_days, last - day)
    if after < params.window_days:
        return None
    seen = series.only(series.running(day - params.before_days, day + after))
    half = max(1, params.before_days // 2)
    spans = [Rate(seen.between(day - days, day), days) for days in (params.before_days, half)]
    later = Rate(seen.between(day + 1, day + 1 + after), after)
    if max(spans[0].n, later.n) < _FEWEST_ACTS:
        return None
    before = nearest(spans, key=lambda rate: rate.value)
    return Change(before, later, _since(seen, day, after, before, later, params.window_days))


def _since(seen: Series, day: int, after: int, before: Rate, later: Rate, window: int) -> int:
    """The first day after a day from which a window is nearer to what came after than to what was before."""
    middle = window * (before.value + later.value) / 2
    for first in range(day + 1, day + 2 + after - window):
        n = seen.between(first, first + window)
        if (n - middle) * (later.value - before.value) >= 0:
            return (seen.first_from(first) or first) if later.value > before.value else first
    return day + 1


def _row(
    strike: Strike, other: str, fall: Change, rise: Change, shared: Shared, series: dict[str, Series],
    tellings: tuple[Telling, ...], params: CrackdownParams,
) -> Row:  # fmt: skip
    name, day = strike.place, strike.day
    when, since = date.fromordinal(day), date.fromordinal(rise.since)
    records = (
        *shared.records,
        *series[name].records_from(day - params.before_days, _RECORDS),
        *series[other].records_from(rise.since, _RECORDS),
    )
    files = tuple(sorted({record.partition("#")[0] for record in records}))
    won, won_low, won_high = rise.by
    lost, lost_high, lost_low = (-value for value in fall.by)
    row = loophole(
        "displaced", "area", f"activity that rose at {other} after it fell at {name}, {when}",
        Figure(won, won_low, won_high, f"acts a day more at {other} than before {when}", "acts a day",
               None, (), (), records, files),
        Figure(lost, lost_low, lost_high, f"acts a day fewer at {name} than before {when}", "acts a day",
               None, tellings, (), records, files),
        f"the two places share {shared.words}; a rise after a fall need not come of it",
    )  # fmt: skip
    assert isinstance(row["ratio"], float), "a fall is never nothing"
    ends = [percent(end) for end in (row["ratio_low"], row["ratio_high"]) if isinstance(end, float)]
    sentence = (
        f"After the {strike.kind} of {when} the acts a day at {name} fell from {fall.before.words} to "
        f"{fall.after.words}, and at {other} they rose from {rise.before.words} to {rise.after.words}, most of it from "
        f"{since} on: {percent(row['ratio'])} of what was lost ({' to '.join(ends)}); both share {shared.words}."
    )
    return {**row, "sentence": sentence}


class _Ties:
    """What people and firms of two places share, looked up once.

    Who is known at both places is told as that: their own identifiers and payments are not a second tie.
    """

    def __init__(
        self, case: Desk, known: Known, places: dict[str, frozenset[str]], people: dict[str, frozenset[str]]
    ) -> None:
        import pyarrow as pa

        self._people = people
        members: dict[str, set[str]] = defaultdict(set)
        for name, keys in places.items():
            for node in people[name].union(*(known.sites[key].nodes for key in keys)):
                members[node].add(name)
        firms = {node for site in known.sites.values() for node in site.nodes}
        # What a third party ties: an owner of firms of both places, an account that both pay. By whom, of which place.
        self._third: dict[tuple[str, str], dict[str, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(dict))
        self._payers: dict[str, set[str]] = defaultdict(set)
        self._direct: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in case.sql(_TIES, ours=pa.table({"node": pa.array(sorted(members), pa.string())})).to_pylist():
            ends = (row["source_id"], row["target_id"])
            kind = _KINDS[row["kind"]]
            if kind in _THIRD:
                for one, third in (ends, ends[::-1]) if row["kind"] != "pays" else (ends,):
                    if third in firms:
                        continue
                    if row["kind"] == "pays":
                        self._payers[third].add(one)
                    for name in members.get(one, ()):
                        self._third[kind, third][name].setdefault(one, []).extend(row["record_ids"])
                continue
            for a in members.get(ends[0], set()) - members.get(ends[1], set()):
                for b in members.get(ends[1], set()) - members.get(ends[0], set()):
                    self._direct[min(a, b), max(a, b)][kind] += row["record_ids"]
        self._traced = {one.node for one in known.accounts.values()}
        self._n_payers = _payers(case, {third for (_, third) in self._third if third in self._payers})

    def _tells(self, kind: str, third: str) -> bool:
        """Whether a third party ties two places: not an account that very many others pay as well."""
        if third not in self._payers or kind != _KINDS["pays"] or third in self._traced:
            return True
        return len(self._payers[third]) >= _MOSTLY * self._n_payers.get(third, 0)

    def between(self, one: str, other: str) -> Shared | None:
        """What the two share; None where nothing is known."""
        counts: Counter[str] = Counter()
        records: set[str] = set()
        for (kind, third), by_place in sorted(self._third.items()):
            here, there = by_place.get(one, {}), by_place.get(other, {})
            if here and there and len(here.keys() | there.keys()) > 1 and self._tells(kind, third):
                counts[kind] += 1
                records |= {record for told in (*here.values(), *there.values()) for record in told}
        for kind, found in sorted(self._direct.get((min(one, other), max(one, other)), {}).items()):
            counts[kind] += len(set(found))
            records |= set(found)
        counts["people known at both"] = len(self._people[one] & self._people[other])
        words = ", ".join(f"{kind} ({n})" for kind, n in sorted(counts.items()) if n)
        return Shared(words, tuple(sorted(records))) if words else None


def _payers(case: Desk, nodes: Iterable[str]) -> dict[str, int]:
    """Node that is paid -> how many pay it."""
    import pyarrow as pa

    named = sorted(nodes)
    if not named:
        return {}
    paid = pa.table({
        "node": pa.array(named, pa.string()),
        "account": pa.array([node.partition(":")[2] for node in named], pa.string()),
    })  # fmt: skip
    return {row["node"]: row["n"] for row in case.sql(_PAYERS, paid=paid).to_pylist()}
