"""What each action of the ledger reached of the known network: its people, sites, roles and money.

An action is tied to the case by lists of people handed over (the same days, and as many people as are told), by sites
that its tellings name, and by accounts and wallets that stand in their records. A person named in a telling may be the
one of the case: a name alone proves nobody, so such people stand in the upper end only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from upriver.clean.places import Place, fold, place, places_in
from upriver.crackdown.actions import Action
from upriver.crackdown.coverage import REACHING, covered
from upriver.crackdown.known import Known, Listed, rungs
from upriver.crackdown.measures import days_apart, where
from upriver.crackdown.ratios import Figure, Row, counted, no_figure
from upriver.crackdown.telling import CUSTODY, shown

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.crackdown.entries import Entries
    from upriver.crackdown.params import CrackdownParams

_NO_TIE = "no list, site or account of the case is tied to it"
_WIDE = ("country", "region")
_FEW = 2.0  # people by which a short list and its figure may differ


@dataclass(frozen=True, slots=True)
class Reach:
    """What one action, or one list that no action tells of, reached.

    number    place of the action among the entries; None for a list alone
    lists     lists of people that are of it
    sites     keys of sites that it names, or that its lists do
    named     people of the known network whose name is told
    accounts  accounts of the traced money that stand in its records
    """

    number: int | None
    lists: tuple[Listed, ...]
    sites: frozenset[str]
    named: frozenset[str]
    accounts: frozenset[str]

    @property
    def people(self) -> frozenset[str]:
        """Those on its lists."""
        return frozenset(person for one in self.lists for person in one.people)

    @property
    def records(self) -> tuple[str, ...]:
        """Records of its lists."""
        return tuple(sorted({record for one in self.lists for record in one.records}))

    @property
    def any(self) -> bool:
        """Whether anything of the known network is tied to it."""
        return bool(self.lists or self.sites or self.named or self.accounts)


@dataclass(frozen=True, slots=True)
class Reached:
    """All that was reached, and in which areas the sites of the case stand."""

    each: tuple[Reach, ...] = ()
    areas: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def people_of(self, known: Known, area: str) -> frozenset[str]:
        """People of the known network at sites of an area."""
        return frozenset(
            person
            for key, names in self.areas.items()
            if area in names
            for person in known.sites[key].people
            if person in known.people
        )


def reached(case: Desk, made: Entries, known: Known, params: CrackdownParams) -> Reached:
    """Each action that reaches anything, with what the case ties to it; then the lists that no action tells of."""
    captions = _captions(case, known)
    seen = _accounts(case, made.actions, known)
    each: list[Reach] = []
    for number, action in enumerate(made.actions):
        if action.is_part or action.types[0] not in REACHING or action.head.modality != "actual":
            continue
        if action.kind not in ("happening", "series"):
            continue
        lists = tuple(one for one in known.lists if action.kind == "happening" and _is_of(one, action, params))
        words = {fold(text) for telling in action.tellings for text in (telling.subject, *telling.names) if text}
        sites = {known.key_of[word] for word in words & known.key_of.keys()} | {
            key for one in lists for key in one.sites
        }
        named = {person for person, names in captions.items() if names & words}
        accounts = {account for t in action.tellings for account in seen.get(t.record_id, ())}
        each.append(Reach(number, lists, frozenset(sites), frozenset(named), frozenset(accounts)))
    matched = {one for reach in each for one in reach.lists}
    each += [Reach(None, (one,), one.sites, frozenset(), frozenset()) for one in known.lists if one not in matched]
    return Reached(tuple(each), _areas(made.actions, each, known))


def _is_of(listed: Listed, action: Action, params: CrackdownParams) -> bool:
    """Whether a list is of an action: people taken, the same days, as many as are told, no other place told."""
    head = action.head
    if head.unit != "people" or head.role != "all" or not set(action.types) & set(CUSTODY) or listed.day is None:
        return False
    days = [day for telling in action.tellings for day in (telling.first, telling.last) if day]
    if not days or not any(days_apart(day, listed.day) <= params.list_days for day in days):
        return False
    low, high = action.low or action.value, action.high or action.value
    if low is None or high is None:
        return False
    slack = max(_FEW, params.count_share * len(listed.people))
    if not low - slack <= len(listed.people) <= high + slack:
        return False
    told = {found for name in listed.sites if (found := place(name)) is not None}
    return not told or not head.places or any(found.name in head.places for found in told)


def _captions(case: Desk, known: Known) -> dict[str, set[str]]:
    """Person of the known network -> folded names."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = case.sql("SELECT DISTINCT canonical_id, caption FROM entity WHERE schema = 'Person' ORDER BY 1, 2")
    for row in rows.to_pylist():
        if row["canonical_id"] in known.people and row["caption"]:
            found[row["canonical_id"]].add(fold(row["caption"]))
    return found


def _accounts(case: Desk, actions: Sequence[Action], known: Known) -> dict[str, set[str]]:
    """Record of a telling of money seized or frozen -> accounts of the traced money that it names."""
    records = {telling.record_id for action in actions if "seizure" in action.types for telling in action.tellings}
    if not records or not known.accounts:
        return {}
    import pyarrow as pa

    rows = case.sql(
        "SELECT DISTINCT o.record_id AS record_id, o.value AS account FROM observable o "
        "JOIN seized s ON s.record_id = o.record_id JOIN ours a ON a.account = o.value ORDER BY 1, 2",
        seized=pa.table({"record_id": sorted(records)}),
        ours=pa.table({"account": sorted(known.accounts)}),
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows.to_pylist():
        found[row["record_id"]].add(row["account"])
    return found


def _areas(actions: Sequence[Action], each: Iterable[Reach], known: Known) -> dict[str, frozenset[str]]:
    """Site -> areas: by its own address or name, by what the ledger tells of the site, by the lists that name it."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, site in known.sites.items():
        # A name is a place as a whole or not at all: who calls his firm after a town need not sit there.
        spots = [*map(place, (site.name, *site.others)), *(spot for text in site.stands for spot in _spots(text))]
        found[key].update(spot.name for spot in spots if spot is not None and spot.kind not in _WIDE)
    for action in actions:
        for telling in action.tellings:
            told = known.key_of.get(fold(telling.subject or ""))
            if action.kind == "site" and told is not None:
                found[told].update(telling.places)
    for reach in each:
        if reach.number is not None:
            for key in reach.sites:
                found[key].update(actions[reach.number].head.places)
    return {key: frozenset(names) for key, names in sorted(found.items()) if names}


def _spots(address: str) -> list[Place | None]:
    """The place that an address names as a whole, else the narrowest of those that stand in it."""
    whole = place(address)
    if whole is not None:
        return [whole]
    named = [mention.place for mention in places_in(address)]
    narrow = [spot for spot in named if not spot.wide]
    return [*(narrow or named)]


def coverage_rows(made: Entries, all_reached: Reached, known: Known) -> list[Row]:
    """Rows of `coverage`: for each action or list its part of the people, sites, roles and money that are known."""
    rows: list[Row] = []
    for reach in all_reached.each:
        action = made.actions[reach.number] if reach.number is not None else None
        action_id = made.ids[reach.number] if reach.number is not None else None
        label = _label(action) if action is not None else reach.lists[0].words
        tellings = action.tellings if action is not None else ()

        if not reach.any:
            above = no_figure(f"people of the known network: no figure, {_NO_TIE}", "people")
            rows.append(covered(action_id, "network", label, replace(above, tellings=tellings), _people(known)))
            continue
        rows += [
            covered(action_id, dimension, label, replace(above, tellings=tellings), below, nodes)
            for dimension, above, below, nodes in _parts(reach, known)
        ]
    return rows


def _label(action: Action) -> str:
    kind = action.types[0].replace("_", " ")
    return f"{kind}, {shown(action.value)} {action.head.unit}, {where(action)}, {action.at or 'no date'}"


def _people(known: Known) -> Figure:
    if not known.people:
        return no_figure("people of the known network: no figure, the case holds no lists, roles or accounts", "people")
    return counted(
        float(len(known.people)), "people of the known network, by lists, marks of control and accounts", "people"
    )


def _parts(reach: Reach, known: Known) -> Iterable[tuple[str, Figure, Figure, Iterable[str]]]:
    """What one action reached: dimension, above, below, nodes."""
    people = reach.people & known.people.keys()
    more = reach.named - people
    above = counted(float(len(people)), "people of the known network on its lists", "people", (), reach.records)
    if not reach.lists:
        above = Figure(None, None, None, "people of the known network: no figure, no list is tied to it", "people")
    elif more:
        above = Figure(above.value, above.low, float(len(people) + len(more)), above.what, "people", None, (), (),
                       above.records)  # fmt: skip
    yield "network", above, _people(known), people
    if reach.sites:
        grounds = tuple(record for key in sorted(reach.sites) for record in known.sites[key].records)
        named = counted(float(len(reach.sites)), "sites and companies named by it or its lists", "sites", (), grounds)
        below = counted(float(len(known.sites)), "sites and companies of the known network", "sites")
        nodes = [node for key in reach.sites for node in known.sites[key].nodes]
        yield "site", named, below, nodes
    if reach.lists:
        for rung in rungs():
            on_rung = [person for person, told in known.people.items() if told.rung == rung["name"]]
            taken = sorted(people.intersection(on_rung))
            if taken:
                yield (
                    "role",
                    counted(float(len(taken)), f"on its lists: {rung['name']}", "people", (), reach.records),
                    counted(float(len(on_rung)), f"people of the known network: {rung['name']}", "people"),
                    taken,
                )
    held = {name: one for name, one in known.accounts.items() if one.holder in people or name in reach.accounts}
    if known.accounts and (reach.lists or reach.accounts):
        kept = sum(one.kept for one in held.values())
        yield (
            "money",
            counted(kept, "traced USD that stayed at accounts of people on its lists, or named as seized", "USD"),
            counted(known.traced, "USD found among the transfers", "USD"),
            [one.node for one in held.values()],
        )
