"""The known network of a case: who and what the evidence ties to the operation, and the records that do.

Known are people (and identifiers nobody is known to own) with a mark of control, on lists of staff, keys or people
handed over, or who hold accounts of the traced money; the sites and companies of those lists; and these accounts.
Reported victims of the scam are no part of it. Presumed victims of trafficking are: they are in its hands.
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from importlib import resources
from math import fsum
from typing import TYPE_CHECKING, Any

from upriver.clean.accounts import KINDS
from upriver.clean.places import fold
from upriver.crackdown.sites import Site, Sites, sites

if TYPE_CHECKING:
    from upriver.case.stage import Desk
from upriver.crackdown.params import CrackdownParams

PROTECTED = frozenset({"reported_victim", "presumed_victim", "refer"})

# People on a list of people handed over: the list's event, its day and place.
# What tells of those who hold accounts of the traced money.
_HOLDERS = (
    "SELECT DISTINCT e.canonical_id AS node, s.record_id FROM traced_account t JOIN entity e ON e.canonical_id = "
    "t.holder_id JOIN statement s ON s.entity_id = e.entity_id ORDER BY node, record_id"
)
_LISTED = """
WITH event AS (SELECT DISTINCT entity_id, prop, value FROM statement WHERE prop IN ('name', 'date', 'location')),
line AS (
    SELECT DISTINCT e.canonical_id AS person_id, s.record_id AS record_id, i.entity_id AS event_id
    FROM statement s JOIN entity e ON s.entity_id = e.entity_id
    LEFT JOIN statement i ON i.prop = 'involved' AND i.value = s.entity_id
    WHERE s.prop = 'status' AND s.value = 'handed over'
)
SELECT DISTINCT t.person_id AS person_id, t.record_id AS record_id, coalesce(n.value, '') AS list_name,
    coalesce(d.value, '') AS on_day, coalesce(l.value, '') AS site
FROM line t
LEFT JOIN event n ON n.entity_id = t.event_id AND n.prop = 'name'
LEFT JOIN event d ON d.entity_id = t.event_id AND d.prop = 'date'
LEFT JOIN event l ON l.entity_id = t.event_id AND l.prop = 'location'
ORDER BY person_id, list_name, on_day, site, record_id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """rung: of the ladder; places: keys of the sites and companies; records: why the person is known."""

    node: str
    rung: str
    rank: int | None
    marks: Mapping[str, float]
    places: frozenset[str]
    records: tuple[str, ...]
    protected: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of people handed over: one name and day; lines: person and record of each."""

    name: str
    day: date | None
    sites: frozenset[str]
    people: frozenset[str]
    lines: tuple[tuple[str, str], ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Its records."""
        return tuple(sorted({record for _, record in self.lines}))

    @property
    def words(self) -> str:
        """The list for people: its name, its day."""
        return f"list {self.name or 'without a name'}, {self.day or 'no date'}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the traced money: node of the network, holder where known, USD that came and that stayed.

    spotted  the node that ties name it by, where they name the account itself
    """

    account: str
    node: str
    holder: str | None
    received: float
    kept: float
    spotted: str | None = None


@dataclass(frozen=True)  # without slots: what is asked of it again and again is kept
class Known:
    """The known network; by node, by folded name of the site, by account.

    key_of         each folded name of a site -> the key of the site
    traced         USD found among the transfers
    money_records  records of the losses
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    key_of: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[Listed, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    traced: float = 0.0
    money_records: tuple[str, ...] = ()

    @cached_property
    def handed(self) -> dict[str, tuple[str, ...]]:
        """Person -> their lines on lists."""
        found: dict[str, set[str]] = defaultdict(set)
        for one in self.lists:
            for person, record in one.lines:
                found[person].add(record)
        return {person: tuple(sorted(records)) for person, records in found.items()}

    @cached_property
    def papered(self) -> dict[str, Site]:
        """Sites that lists of staff or keys show: one that only a list of people handed over names was reached."""
        return {key: site for key, site in self.sites.items() if site.nodes}

    @cached_property
    def by_lists_alone(self) -> frozenset[str]:
        """People of whom nothing is known but that they were handed over."""
        handed = self.handed
        return frozenset(
            person
            for person, told in self.people.items()
            if person in handed and set(told.records) <= set(handed[person])
        )

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Every node of it."""
        places = {node for site in self.sites.values() for node in site.nodes}
        accounts = {node for one in self.accounts.values() for node in (one.node, one.spotted) if node}
        return frozenset({*self.people, *places, *accounts})

    def records(self, people: Iterable[str]) -> tuple[str, ...]:
        """Why these people are known."""
        return tuple(sorted({record for person in people for record in self.people[person].records}))


@lru_cache(maxsize=1)
def _ladder() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("upriver.crackdown").joinpath("ladder.toml").read_text(encoding="utf-8"))


def rungs() -> tuple[Mapping[str, Any], ...]:
    """The rungs of the ladder, the highest first."""
    return tuple(_ladder()["rung"])


def member_marks() -> tuple[str, ...]:
    """Marks by which somebody is of the known network."""
    return tuple(_ladder()["member"])


def known(case: Desk, params: CrackdownParams) -> Known:
    """The known network, of the tables role, edge, statement, traced_account and protected_person."""
    status = {
        row["person_id"]: (row["status"], row["child"])
        for row in case.read("protected_person", "person_id", "status", "child").to_pylist()
    }
    victims = {person for person, (told, _) in status.items() if told == "reported_victim"}
    roles = [(row, _marks(row)) for row in case.read("role").to_pylist() if row["score"] > 0]
    ranked = {row["person_id"]: row for row, marks in roles if any(marks.get(name, 0.0) > 0 for name in member_marks())}
    lines = case.sql(_LISTED).to_pylist()
    found_sites = sites(case, lines)
    places = found_sites.places
    lists = _lists(lines, found_sites)
    losses = case.read("loss", "found_usd", "record_ids").to_pylist()
    traced = fsum(row["found_usd"] for row in losses)
    accounts = _accounts(case, params, victims, traced)
    why: dict[str, set[str]] = defaultdict(set)
    for person, row in ranked.items():
        why[person].update(row["record_ids"])
    for person, found in places.items():
        for records in found.values():
            why[person].update(records)
    for one in lists:
        for person, record in one.lines:
            why[person].add(record)
    holders = {one.holder for one in accounts.values() if one.holder}
    firms = {node for site in found_sites.by_key.values() for node in site.nodes} | _firms(case)
    told_of: dict[str, set[str]] = defaultdict(set)
    for row in case.sql(_HOLDERS).to_pylist():
        told_of[row["node"]].add(row["record_id"])
    for person in sorted(holders - firms):
        why[person].update(told_of[person])
    people = {}
    for person in sorted(why):
        told, child = status.get(person, ("none", False))
        row = ranked.get(person)
        role_says = row["protection"] if row else "none"
        # Who reports a loss and shows a mark of control is in both tables; who only reports one is no part of it.
        if person in victims and row is None:
            continue
        marks = _marks(row)
        people[person] = Person(
            person, _rung(row, marks, person in holders, params), row["rank"] if row else None, marks,
            frozenset(places.get(person, {})), tuple(sorted(why[person])),
            child or told in PROTECTED or role_says in PROTECTED,
        )  # fmt: skip
    money = tuple(sorted({record for row in losses for record in row["record_ids"]}))
    return Known(people, found_sites.by_key, found_sites.key_of, lists, accounts, traced, money)


def _firms(case: Desk) -> set[str]:
    rows = case.sql("SELECT DISTINCT canonical_id FROM entity WHERE schema IN ('Company', 'Organization') ORDER BY 1")
    return {str(row["canonical_id"]) for row in rows.to_pylist()}


def _marks(row: Mapping[str, Any] | None) -> dict[str, float]:
    if row is None:
        return {}
    told = json.loads(row["features"])
    return {name: float(value) for name, value in told.items() if isinstance(value, int | float)}


def _rung(row: Mapping[str, Any] | None, marks: Mapping[str, float], holder: bool, params: CrackdownParams) -> str:
    for rung in rungs():
        early = (
            row is not None
            and row["rank"] <= params.early_rank
            and row["score"] >= params.early_score
            and row["protection"] != "presumed_victim"
        )
        if rung.get("early"):
            fits = early
        elif rung.get("ranked"):
            fits = row is not None
        elif rung.get("accounts"):
            fits = holder
        else:
            fits = not rung.get("marks") or any(marks.get(name, 0.0) > least for name, least in rung["marks"].items())
        if fits:
            return str(rung["name"])
    return str(rungs()[-1]["name"])


def _lists(lines: Iterable[Mapping[str, Any]], known_sites: Sites) -> tuple[Listed, ...]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in lines:
        found[row["list_name"], row["on_day"]].append(row)
    return tuple(
        Listed(
            name, _day(on_day), frozenset(known_sites.key_of[fold(row["site"])] for row in rows if row["site"]),
            frozenset(row["person_id"] for row in rows),
            tuple(sorted({(row["person_id"], row["record_id"]) for row in rows})),
        )
        for (name, on_day), rows in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]))
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _accounts(case: Desk, params: CrackdownParams, victims: set[str], traced: float) -> dict[str, Account]:
    """Accounts that took a part of the traced money that counts; services and victims' own are none of the network."""
    rows = case.read(
        "traced_account", "account", "holder_id", "received_usd", "kept_usd", "stop_reason", "cash_out"
    ).to_pylist()
    spotted = {
        str(row["node"])
        for row in case.sql(
            "SELECT source_id AS node FROM edge WHERE kind = 'pays' UNION SELECT target_id AS node FROM edge "
            "WHERE kind = 'pays' ORDER BY node"
        ).to_pylist()
    }
    found = {}
    for row in rows:
        if row["stop_reason"] in ("service", "mixer") or row["cash_out"] or row["holder_id"] in victims:
            continue
        if row["received_usd"] >= params.least_traced * traced and row["received_usd"] > 0:
            account, holder = row["account"], row["holder_id"]
            itself = next((f"{kind}:{account}" for kind in KINDS if f"{kind}:{account}" in spotted), None)
            found[account] = Account(
                account, holder or itself or account, holder, row["received_usd"], row["kept_usd"], itself
            )
    return found
