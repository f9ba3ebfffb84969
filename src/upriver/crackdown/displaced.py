"""Displacement: activity falls in one place, and rises in another soon after with the same owners, wallets or scripts.

A rise that shares nothing with the place that fell is a coincidence, and is not told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from upriver.crackdown.ratios import Figure, Row, loophole

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.activity import Activity, Series
    from upriver.crackdown.entries import Entries
    from upriver.crackdown.known import Known
    from upriver.crackdown.params import CrackdownParams
    from upriver.crackdown.reach import Reached

_FEWEST_ACTS = 10  # before and after: of fewer, chance alone makes a fall or a rise
_FALLEN, _RISEN = 0.5, 1.5  # of what was before
_RECORDS = 5
_KINDS = {
    "pays": "accounts both pay", "owns": "owners of both", "directs": "owners of both",
    "shares": "identifiers in common", "script": "scripts in common",
}  # fmt: skip
_THIRD = frozenset({"accounts both pay", "owners of both"})

# What ties people and firms of two places: ownership, a shared identifier, one script, payment to one account.
_TIES = """
SELECT edge_id, source_id, target_id, kind, record_ids FROM edge
WHERE kind IN ('owns', 'directs', 'shares', 'script')
UNION ALL
SELECT e.edge_id, e.source_id, e.target_id, e.kind, e.record_ids FROM edge e JOIN ours o ON o.node = e.target_id
WHERE e.kind = 'pays'
ORDER BY edge_id
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two places share: words for it, and the records that show it."""

    words: str
    records: tuple[str, ...]


def displaced(
    case: Desk, made: Entries, found: Reached, known: Known, acts: Activity, params: CrackdownParams
) -> Iterable[Row]:
    """Rows of `loophole`: the rise in one place, of the fall in another after an action there."""
    if acts.last is None or len(known.sites) < 2:
        return
    places = _places(found, known)
    series = {name: acts.of(people) for name, people in sorted(places.items())}
    ties = _Ties(case, known, places)
    told: set[tuple[str, str]] = set()
    for day, name in _strikes(made, found, known, places):
        fall = _change(series[name], day, acts.last, params)
        if fall is None or fall[1] > _FALLEN * fall[0]:
            continue
        for other in sorted(series):
            rise = _change(series[other], day, acts.last, params)
            if other == name or (name, other) in told or rise is None or rise[1] < _RISEN * rise[0]:
                continue
            shared = ties.between(name, other)
            if shared is None:
                continue
            told.add((name, other))
            yield _row(name, other, day, fall, rise, shared, series, params)


def _places(found: Reached, known: Known) -> dict[str, frozenset[str]]:
    """Areas where they are known, else sites by name -> their people."""
    by_area: dict[str, set[str]] = defaultdict(set)
    for key, site in known.sites.items():
        for name in found.areas.get(key, frozenset({site.name})):
            by_area[name].update(person for person in site.people if person in known.people)
    return {name: frozenset(people) for name, people in sorted(by_area.items())}


def _strikes(
    made: Entries, found: Reached, known: Known, places: dict[str, frozenset[str]]
) -> Sequence[tuple[int, str]]:
    """The day of each action that has one, and the places it struck."""
    strikes: set[tuple[int, str]] = set()
    for reach in found.each:
        action = made.actions[reach.number] if reach.number is not None else None
        day: date | None = reach.lists[0].day if reach.lists else action.at if action is not None else None
        if day is None or (action is not None and action.kind != "happening"):
            continue
        names = {name for key in reach.sites for name in found.areas.get(key, frozenset({known.sites[key].name}))}
        names |= set(action.head.places) if action is not None else set()
        strikes |= {(day.toordinal(), name) for name in names if name in places}
    return sorted(strikes)


def _change(series: Series, day: int, last: int, params: CrackdownParams) -> tuple[float, float] | None:
    """Acts a day before and after a day; None where too few are seen on both sides together."""
    after = min(params.follow_days, last - day)
    if after < params.window_days:
        return None
    n_before = series.between(day - params.before_days, day)
    n_after = series.between(day + 1, day + 1 + after)
    if max(n_before, n_after) < _FEWEST_ACTS:
        return None
    return n_before / params.before_days, n_after / after


def _row(
    name: str, other: str, day: int, fall: tuple[float, float], rise: tuple[float, float], shared: Shared,
    series: dict[str, Series], params: CrackdownParams,
) -> Row:  # fmt: skip
    when = date.fromordinal(day)
    records = (
        *shared.records,
        *series[name].records_from(day - params.before_days, _RECORDS),
        *series[other].records_from(day + 1, _RECORDS),
    )
    lost, won = fall[0] - fall[1], rise[1] - rise[0]
    return loophole(
        "displaced", "area", f"activity that rose at {other} after it fell at {name}, {when}",
        Figure(won, won, won, f"acts a day more at {other} than before {when}", "acts a day", None, (), (), records),
        Figure(lost, lost, lost, f"acts a day fewer at {name} than before {when}", "acts a day", None, (), (), records),
        f"the two places share {shared.words}; a rise after a fall need not come of it",
    )  # fmt: skip


class _Ties:
    """What people and firms of two places share, looked up once."""

    def __init__(self, case: Desk, known: Known, places: dict[str, frozenset[str]]) -> None:
        import pyarrow as pa

        self._places = places
        members: dict[str, set[str]] = defaultdict(set)
        for name, people in places.items():
            for node in people:
                members[node].add(name)
        firms = {node: site for site in known.sites.values() for node in site.nodes}
        for node, site in firms.items():
            members[node] |= {name for name, people in places.items() if site.people & people}
        # What a third party ties: an owner of firms of both places, an account that both pay.
        self._third: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._direct: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        accounts = sorted({one.node for one in known.accounts.values()})
        for row in case.sql(_TIES, ours=pa.table({"node": pa.array(accounts, pa.string())})).to_pylist():
            ends = (row["source_id"], row["target_id"])
            kind = _KINDS[row["kind"]]
            if kind in _THIRD:
                for one, third in (ends, ends[::-1]) if row["kind"] != "pays" else (ends,):
                    if third not in firms:
                        for name in members.get(one, ()):
                            self._third[kind, third][name].update(row["record_ids"])
                continue
            for a in members.get(ends[0], ()):
                for b in members.get(ends[1], ()):
                    if a != b:
                        self._direct[min(a, b), max(a, b)][kind] += row["record_ids"]

    def between(self, one: str, other: str) -> Shared | None:
        """What the two share; None where nothing is known."""
        counts: Counter[str] = Counter()
        records: set[str] = set()
        for (kind, _), by_place in sorted(self._third.items()):
            if one in by_place and other in by_place:
                counts[kind] += 1
                records |= by_place[one] | by_place[other]
        for kind, found in sorted(self._direct.get((min(one, other), max(one, other)), {}).items()):
            counts[kind] += len(set(found))
            records |= set(found)
        counts["people known at both"] = len(self._places[one] & self._places[other])
        words = ", ".join(f"{kind} ({n})" for kind, n in sorted(counts.items()) if n)
        return Shared(words, tuple(sorted(records))) if words else None
