"""The sites and companies of a case, each once: names in two scripts are one site where the evidence ties them.

A translation is a guess and joins nothing. What joins two names: the gazetteer, one entity that bears both, one
address, papers that put the same people at both, or people of the one whose records name the other and no third. What
nothing joins stays two, and is told as a question.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any

from upriver.clean.places import fold, place
from upriver.clean.readings import script

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_FEWEST_WITNESSES, _CLEAR = 2, 3  # people whose records name the other; times as many as name any third
_FEWEST_BOTH, _MOST_OF = 3, 0.5  # people whom papers put at both; share of the smaller of the two
_SHORT = {"latin": 5}  # letters of a name that is looked for in running text, at least
_SHORT_ELSE = 3

# People whom lists of staff or keys tie to a site or company: owners and directors need not be there.
_TIED = """
SELECT t.source_id AS person_id, t.target_id AS place_id, n.caption AS place, n.schema AS schema,
    t.record_ids AS record_ids
FROM edge t JOIN (
    SELECT canonical_id, min(caption) AS caption, min(schema) AS schema FROM entity GROUP BY canonical_id
) n ON n.canonical_id = t.target_id
WHERE t.kind IN ('works_at', 'holds_key') AND n.schema IN ('Organization', 'Company')
ORDER BY person_id, place_id, t.kind
"""

# Where the evidence says that a site or company stands.
_STANDS = """
SELECT DISTINCT e.canonical_id AS place_id, s.value AS value FROM statement s
JOIN entity e ON e.entity_id = s.entity_id
WHERE s.prop IN ('address', 'location', 'city', 'region') AND s.schema IN ('Organization', 'Company', 'Address')
ORDER BY place_id, value
"""

# Every name of what may be a site.
_CALLED = """
SELECT DISTINCT e.canonical_id AS place_id, s.value AS value, s.record_id AS record_id FROM statement s
JOIN entity e ON e.entity_id = s.entity_id
WHERE s.prop IN ('name', 'alias', 'weakAlias', 'previousName') AND s.schema IN ('Organization', 'Company', 'Address')
ORDER BY place_id, value, record_id
"""

# What the records of some people tell.
_TOLD = """
SELECT DISTINCT e.canonical_id AS person_id, s.value AS value, s.record_id AS record_id FROM statement s
JOIN entity e ON e.entity_id = s.entity_id JOIN ours o ON o.person_id = e.canonical_id
WHERE s.prop = 'notes' AND s.schema = 'Person'
ORDER BY person_id, record_id, value
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A site or company: nodes that bear its names, people whom papers show there, and where it stands.

    key     its name, folded
    others  its other names
    why     what ties these to it, in words; empty where it has one name
    maybe   names in another script that may be its own: nothing in the evidence says so, or says that they are not
    """

    key: str
    name: str
    nodes: frozenset[str]
    people: frozenset[str]
    stands: frozenset[str]
    records: tuple[str, ...]
    others: tuple[str, ...] = ()
    why: str = ""
    maybe: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """All its names: "Gate Park, also 大门园区"."""
        return ", also ".join([self.name, *self.others])


@dataclass(frozen=True, slots=True)
class Sites:
    """by_key: folded name -> site; key_of: each folded name -> key of its site; places: person -> key -> records."""

    by_key: Mapping[str, Site]
    key_of: Mapping[str, str]
    places: Mapping[str, Mapping[str, set[str]]]


@dataclass
class Name:
    """One folded name before names are joined."""

    name: str
    company: bool = False
    nodes: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    stands: set[str] = field(default_factory=set)
    records: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Tie:
    """Two folded names that are one site: why, and the records that say so."""

    one: str
    other: str
    why: str
    records: tuple[str, ...] = ()


def sites(case: Desk, lines: Iterable[Mapping[str, Any]]) -> Sites:
    """The sites of lists of staff, keys and people handed over.

    lines  person_id, record_id, site (its name, or nothing) of each line of a list of people handed over
    """
    names: dict[str, Name] = {}
    places: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def seen(name: str, person: str, records: Iterable[str]) -> Name:
        key = fold(name)
        found = names.setdefault(key, Name(name))
        found.people.add(person)
        found.records.update(records)
        places[person][key].update(records)
        return found

    for row in case.sql(_TIED).to_pylist():
        found = seen(row["place"], row["person_id"], row["record_ids"])
        found.nodes.add(row["place_id"])
        found.company = found.company or row["schema"] == "Company"
    for row in lines:
        if row["site"]:
            seen(row["site"], row["person_id"], [row["record_id"]])
    stands: dict[str, set[str]] = defaultdict(set)
    for row in case.sql(_STANDS).to_pylist():
        stands[row["place_id"]].add(row["value"])
    for one in names.values():
        one.stands = {value for node in one.nodes for value in stands[node]}
    ties = [*_known_as(case, names), *by_evidence(names, _witnesses(case, names))]
    return joined(names, ties, places)


def by_evidence(names: Mapping[str, Name], told: Mapping[str, Mapping[str, Mapping[str, str]]]) -> list[Tie]:
    """Ties of names in two scripts by the gazetteer, by one address, by their people and by what is told of these.

    told  folded name -> folded name in another script -> person of the first whose record names it -> that record
    """
    ties = []
    for one, other in _pairs(names):
        a, b = names[one], names[other]
        spot = place(a.name)
        if spot is not None and not spot.wide and spot == place(b.name):
            ties.append(Tie(one, other, f"the gazetteer has both as names of {spot.name}"))
        # A town is where many sites stand; an address that no gazetteer knows is a house.
        streets = {fold(text): text for text in a.stands if place(text) is None}
        for street in sorted(streets.keys() & {fold(text) for text in b.stands}):
            ties.append(Tie(one, other, f"both stand at {streets[street]}"))
    return [*ties, *_same_people(names), *_named_by_their_people(names, told)]


def _same_people(names: Mapping[str, Name]) -> Iterable[Tie]:
    """Papers put most people of one at the other too, and at no third in that script as many."""
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    for one, other in _pairs(names):
        n = len(names[one].people & names[other].people)
        shared[one][other] = shared[other][one] = n
    for one in sorted(shared):
        (other, n), *rest = [*sorted(shared[one].items(), key=lambda item: (-item[1], item[0])), ("", 0)]
        fewer = min(len(names[one].people), len(names[other].people)) if other else 0
        if n >= _FEWEST_BOTH and n > _MOST_OF * fewer and n >= _CLEAR * rest[0][1]:
            records = sorted({*names[one].records, *names[other].records})
            yield Tie(one, other, f"papers put {n} of {fewer} people of one at both", tuple(records))


def _named_by_their_people(
    names: Mapping[str, Name], told: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> Iterable[Tie]:
    for one in sorted(told):
        ranked = sorted(told[one].items(), key=lambda item: (-len(item[1]), item[0]))
        other, people = ranked[0]
        rest = len(ranked[1][1]) if len(ranked) > 1 else 0
        if len(people) >= _FEWEST_WITNESSES and len(people) >= _CLEAR * rest:
            why = f"records of {len(people)} people whom papers put at {names[one].name} name {names[other].name}"
            yield Tie(one, other, why, tuple(sorted(people.values())))


def joined(names: Mapping[str, Name], ties: Iterable[Tie], places: Mapping[str, Mapping[str, set[str]]]) -> Sites:
    """Sites of names, those that ties join as one."""
    # The name of most people on papers of the site itself stands first; a list of people handed over only names it.
    first = sorted(names, key=lambda key: (not names[key].nodes, -len(names[key].people), key))
    head = {key: key for key in names}
    why: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        a, b = sorted((head[tie.one], head[tie.other]), key=first.index)
        if a != b:
            head = {key: a if to == b else to for key, to in head.items()}
        why[tie.one].append(tie)
    members: dict[str, list[str]] = defaultdict(list)
    for key in first:
        members[head[key]].append(key)
    found = {}
    for key in sorted(members):
        group = [names[name] for name in members[key]]
        said = [tie for name in members[key] for tie in why[name]]
        records = {record for one in group for record in one.records} | {r for tie in said for r in tie.records}
        found[key] = Site(
            key, group[0].name, frozenset(node for one in group for node in one.nodes),
            frozenset(person for one in group for person in one.people),
            frozenset(text for one in group for text in one.stands), tuple(sorted(records)),
            tuple(one.name for one in group[1:]), "; ".join(dict.fromkeys(tie.why for tie in said)),
            _maybe(members[key], members, names),
        )  # fmt: skip
    merged: dict[str, dict[str, set[str]]] = {}
    for person, keys in places.items():
        merged[person] = defaultdict(set)
        for key, records in keys.items():
            merged[person][head[key]].update(records)
    return Sites(found, head, merged)


def _maybe(mine: list[str], members: Mapping[str, list[str]], names: Mapping[str, Name]) -> tuple[str, ...]:
    """Of a name that lists of people handed over alone give: sites in another script that have no name in its own."""
    if len(mine) > 1 or names[mine[0]].nodes:
        return ()
    own = script(names[mine[0]].name)
    return tuple(
        names[head].name
        for head, group in sorted(members.items())
        if names[head].nodes and not names[head].company and own not in {script(names[key].name) for key in group}
    )


def _pairs(names: Mapping[str, Name]) -> Iterable[tuple[str, str]]:
    """Pairs of names of sites in two scripts; companies are one or two by their registers."""
    open_ = sorted(key for key, one in names.items() if not one.company)
    return ((a, b) for a, b in combinations(open_, 2) if script(names[a].name) != script(names[b].name))


def _known_as(case: Desk, names: Mapping[str, Name]) -> Iterable[Tie]:
    """Names that one entity of the case bears."""
    called: dict[str, dict[str, str]] = defaultdict(dict)
    for row in case.sql(_CALLED).to_pylist():
        key = fold(row["value"])
        if key in names:
            called[row["place_id"]].setdefault(key, row["record_id"])
    for keys in called.values():
        first, *others = sorted(keys)
        for other in others:
            records = tuple(sorted({keys[first], keys[other]}))
            yield Tie(first, other, "the case has both as names of one organisation", records)


def _witnesses(case: Desk, names: Mapping[str, Name]) -> dict[str, dict[str, dict[str, str]]]:
    """Name -> name in another script -> people of the first whose records name the second -> the record."""
    import pyarrow as pa

    across: dict[str, set[str]] = defaultdict(set)
    for one, other in _pairs(names):
        across[one].add(other)
        across[other].add(one)
    at: dict[str, set[str]] = defaultdict(set)
    for key in across:
        for person in names[key].people:
            at[person].add(key)
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    if not at:
        return found
    ours = pa.table({"person_id": pa.array(sorted(at), pa.string())})
    for row in case.sql(_TOLD, ours=ours).to_pylist():
        for one in at[row["person_id"]]:
            for other in across[one]:
                if one != other and _names(row["value"], names[other].name):
                    found[one][other].setdefault(row["person_id"], row["record_id"])
    return found


def _names(text: str, name: str) -> bool:
    """Whether a running text names a site: as whole words, or anywhere in a script without blanks."""
    if len(fold(name)) < _SHORT.get(script(name), _SHORT_ELSE):
        return False
    if script(name) == "latin":
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
    return fold(name) in fold(text)
