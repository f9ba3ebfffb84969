"""Marks of control per person: command, keys, ownership, shares, reach across companies, brokerage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from upriver.clean.lexicon import Text
from upriver.roles.command import Command, command
from upriver.roles.evidence import STEP, Item, mark_words, scores, sums_of, values
from upriver.roles.graph import Operation, rows
from upriver.roles.orders import levels, reach
from upriver.roles.shares import share_items
from upriver.roles.witness import off_floor

if TYPE_CHECKING:
    from upriver.case.stage import Desk

# A key of control; one that opens, lights or watches the site, as caretakers hold it for others; any other key.
_KEY, _DOORS, _PLAIN_KEY = 0.9, 0.4, 0.05
# In one's own name, and through a person who answers to one; the same as a director, whose name is often lent.
_OWNS, _THROUGH = 0.9, 0.5
_DIRECTS, _DIRECTS_THROUGH = 0.3, 0.15
_FLOOR_CHAT = 0.1  # of a group, where nobody in it commands: the foreman of a floor is made its admin
# Levels that words alone reach: who tells tenants when rent is due does not command the floors of each of them.
_HEARD = 2
_COMMANDER = 3  # people below, from which somebody counts as one who commands
_CONTROL = 0.2  # score by other marks from which somebody holds control
_AGAIN = 2  # records from which two are in touch: one call may be a relative's question, or a wrong number
_ALONE = 0.25  # of contacts with controllers, where nothing but contacts speaks; standing between says nothing alone
_ACROSS, _FEW = 0.6, 4.0  # a quarter of all contacts holding control counts in full


def key_weight(thing: str | None) -> float:
    """What a thing held says of control: least a room key, a badge or a duty, most what disposes of money or machines.

    >>> key_weight("safe, office") > key_weight("master key") > key_weight("dormitory 12") == key_weight(None)
    True
    """
    if not thing:
        return _PLAIN_KEY
    text = Text(thing)
    if mark_words("own").find(text):
        return _KEY
    if mark_words("task").find(text):
        return _PLAIN_KEY
    if mark_words("held").find(text):
        return _KEY
    return _DOORS if mark_words("doors").find(text) else _PLAIN_KEY


def controls(thing: str | None) -> bool:
    """Whether a thing held is control of a site, its money or its machines, and not a room key, a badge or a duty."""
    return key_weight(thing) > _PLAIN_KEY


def marks(desk: Desk, whole: Operation, samples: int, seed: int) -> tuple[list[Item], dict[str, dict[str, int]]]:
    """Every item of evidence, and the figures that are shown and never scored."""
    told = command(desk, whole)
    below: dict[str, set[str]] = defaultdict(set)
    for above, under in told:
        below[above].add(under)
    n_below = reach(below)
    group = dict(rows(desk.read("community", "node_id", "community_id")))
    company = _companies(whole, below, group)
    items = [*_commands(told, levels(below), n_below), *_keys(desk, whole), *_administers(whole, n_below)]
    accounts = {account: owner for account, owner in whole.account_of.items() if owner in whole.persons}
    firms = {account for account, owner in whole.account_of.items() if owner in whole.companies}
    persons = {account: owner for account, owner in accounts.items() if owner not in whole.victims}
    shares = share_items(desk, persons, {**group, **company}, firms)
    items += [*shares, *_owns(whole, below, {item.node for item in shares})]
    contacts = _contacts(desk, whole)
    alone = _scored(items)
    controllers = {node for node, score in alone.items() if score >= _CONTROL}
    touch = [*_across(contacts, whole, below, controllers, company), *_brokerage(contacts, whole, samples, seed)]
    items += _beside(touch, alone)
    items += off_floor(desk, {item.node for item in items if item.amount > 0 and whole.is_ranked(item.node)})
    kin = Counter(node for tie in whole.ties.get("kin", ()) for node in (tie.source, tie.target))
    shown = {node: {"kin": n} for node, n in kin.items()}
    return [item for item in items if item.amount > 0 and whole.is_ranked(item.node)], shown


# ---- command -------------------------------------------------------------------------------------------------
def _commands(
    told: Mapping[tuple[str, str], Command], level: Mapping[str, int], n_below: Mapping[str, int]
) -> Iterator[Item]:
    for (above, under), shown in sorted(told.items()):
        below = level.get(under, 0)
        amount = STEP ** (below if shown.stated else min(below, _HEARD))
        yield Item(above, "commands", amount, shown.n_records, shown.record_ids, f"{n_below[above]} in all")


def _administers(whole: Operation, n_below: Mapping[str, int]) -> Iterator[Item]:
    """Groups administered count by the command of those who are in them: a floor's chat says less than the bosses'."""
    members: dict[str, set[str]] = defaultdict(set)
    for kind in ("member_of", "administers"):
        for tie in whole.ties.get(kind, ()):
            members[tie.target].add(tie.source)
    for tie in whole.ties.get("administers", ()):
        others = members[tie.target] - {tie.source}
        if others & whole.inside:
            command = sum(n_below.get(node, 0) >= _COMMANDER for node in others) / len(others)
            weight = _FLOOR_CHAT + (1.0 - _FLOOR_CHAT) * command
            yield Item(tie.source, "administers", weight, tie.n_records, tie.record_ids[:3])


# ---- keys and companies --------------------------------------------------------------------------------------
def _keys(desk: Desk, whole: Operation) -> Iterator[Item]:
    canonical = dict(rows(desk.sql("SELECT entity_id, canonical_id FROM entity")))
    found = desk.sql(
        "SELECT DISTINCT s.value, r.value, r.record_id FROM statement r JOIN statement s ON s.entity_id = r.entity_id"
        " WHERE r.schema = 'UnknownLink' AND r.prop = 'role' AND r.value LIKE 'holds:%' AND s.prop = 'subject'"
        " ORDER BY 1, 2, 3"
    )
    things: dict[tuple[str, str], list[str]] = defaultdict(list)
    for holder, role, record in rows(found):
        things[canonical.get(holder, holder), role.partition(":")[2].strip()].append(record)
    for (person, thing), records in sorted(things.items()):
        told = thing if controls(thing) else ""
        yield Item(person, "holds_key", key_weight(thing), len(records), tuple(records[:3]), told)


def _owns(whole: Operation, below: Mapping[str, set[str]], paid: set[str]) -> Iterator[Item]:
    """Companies of the operation only: others are no mark. A nominee answers to the owner behind."""
    above: dict[str, set[str]] = defaultdict(set)
    for top, under in below.items():
        for node in under:
            above[node].add(top)
    held: dict[tuple[str, str], Item] = {}
    for kind, own, through, said in (
        ("owns", _OWNS, _THROUGH, ""), ("directs", _DIRECTS, _DIRECTS_THROUGH, "as a director, whose name may be lent")
    ):  # fmt: skip
        for tie in whole.ties.get(kind, ()):
            if tie.target not in whole.companies:
                continue
            item = Item(tie.source, "owns", own, tie.n_records, tie.record_ids[:3], said)
            if (known := held.get((tie.source, tie.target))) is None or known.amount < own:
                held[tie.source, tie.target] = item
            for top in sorted(above.get(tie.source, ())):
                if top in paid or top in whole.inside:
                    behind = replace(item, node=top, amount=through, detail="through one who answers to them")
                    held.setdefault((top, tie.target), behind)
    yield from (item for _, item in sorted(held.items()))


# ---- standing between ----------------------------------------------------------------------------------------
def _companies(whole: Operation, below: Mapping[str, set[str]], group: Mapping[str, str]) -> dict[str, str]:
    """The company of each person: where they work, else where those under them work, else their community."""
    works: dict[str, str] = {}
    for tie in sorted(whole.ties.get("works_at", ()), key=lambda tie: (tie.source, tie.target)):
        works.setdefault(tie.source, tie.target)
    of = dict(group)
    for top in sorted(below):
        votes = Counter(works[node] for node in below[top] if node in works)
        if votes:
            of[top] = min(votes, key=lambda company: (-votes[company], company))
    return {**of, **works}


def _contacts(desk: Desk, whole: Operation) -> dict[str, dict[str, tuple[int, tuple[str, ...]]]]:
    """Whom each node called or wrote to, either way."""
    found = desk.sql(
        "SELECT source_id, target_id, n_records, record_ids FROM edge WHERE kind IN ('calls', 'writes_to')"
        " ORDER BY edge_id"
    )
    contacts: dict[str, dict[str, tuple[int, tuple[str, ...]]]] = defaultdict(dict)
    for source, target, n, records in rows(found):
        for one, other in ((source, target), (target, source)):
            known = contacts[one].get(other, (0, ()))
            contacts[one][other] = known[0] + n, known[1] or tuple(records[:3])
    return dict(contacts)


def _scored(items: Sequence[Item]) -> dict[str, float]:
    """Evidence of organising by these marks alone."""
    nodes = sorted({item.node for item in items})
    place = {node: number for number, node in enumerate(nodes)}
    score = scores(values(sums_of(items, place))) if nodes else np.zeros(0)
    return dict(zip(nodes, score.tolist(), strict=True))


def _beside(touch: Iterable[Item], alone: Mapping[str, float]) -> Iterator[Item]:
    """Whom one is in touch with counts beside a mark of another kind, in full from what makes a controller.

    A number that nobody is known to own may be a captive's, a victim's or a driver's: it stands between parts, too.
    """
    for item in touch:
        least = _ALONE if item.mark == "across" else 0.0
        yield replace(item, amount=item.amount * max(least, min(1.0, alone.get(item.node, 0.0) / _CONTROL)))


def _across(
    contacts: Mapping[str, Mapping[str, tuple[int, tuple[str, ...]]]], whole: Operation,
    below: Mapping[str, set[str]], controllers: set[str], company: Mapping[str, str],
) -> Iterator[Item]:  # fmt: skip
    """In touch with those who hold control in different hands, and with few others.

    Kin and one's own superiors do not count. A hotline or a canteen is called by all companies too: the share of
    controllers among all contacts tells them apart.
    """
    kin = {pair for tie in whole.ties.get("kin", ()) for pair in ((tie.source, tie.target), (tie.target, tie.source))}
    for node, partners in sorted(contacts.items()):
        if not whole.is_ranked(node) or node in whole.victims:
            continue
        met: dict[str, tuple[int, tuple[str, ...]]] = {}
        for other, (n, records) in sorted(partners.items()):
            if n >= _AGAIN and other in controllers and (node, other) not in kin and node not in below.get(other, ()):
                place = company.get(other, other)
                met[place] = met.get(place, (0, ()))[0] + n, met.get(place, (0, records))[1]
        if len(met) < 2:
            continue
        share = min(1.0, _FEW * len(met) / len(partners))
        for _, (n, records) in sorted(met.items()):
            yield Item(node, "across", _ACROSS * share * (len(met) - 1) / len(met), n, records)


def _brokerage(
    contacts: Mapping[str, Mapping[str, tuple[int, tuple[str, ...]]]], whole: Operation, samples: int, seed: int
) -> Iterator[Item]:
    """Betweenness among people of the operation; ties to targets and the public are left out, so reach is no mark."""
    from upriver.graph.build import undirected
    from upriver.graph.centrality import betweenness

    chosen = {node for node in contacts if node in whole.inside and node not in whole.victims}
    relations = [tie for kind in ("manages", "owns", "directs", "holds_key") for tie in whole.ties.get(kind, ())]
    of_relation: dict[str, set[str]] = defaultdict(set)
    for tie in relations:
        for node in (tie.source, tie.target):
            of_relation[node].update(tie.record_ids[:1])
    nodes = sorted(chosen | {node for tie in relations for node in (tie.source, tie.target)})
    place = {node: number for number, node in enumerate(nodes)}
    pairs_of = {
        (place[one], place[other])
        for one in sorted(chosen)
        for other in contacts[one]
        if one < other and other in chosen
    }
    pairs_of |= {(place[tie.source], place[tie.target]) for tie in relations if tie.source != tie.target}
    if not pairs_of:
        return
    ends = np.array(sorted(pairs_of), dtype=np.int32)
    between = betweenness(undirected(len(nodes), ends[:, 0].copy(), ends[:, 1].copy()), samples, seed)
    most = float(between.max())
    for node, score in zip(nodes, between.tolist(), strict=True):
        if score > 0 and most > 0:
            met = contacts.get(node, {})
            n = max(1, len(met))
            shown = sorted({record for _, records in met.values() for record in records[:1]} | of_relation[node])[:3]
            yield Item(node, "brokerage", float(np.log1p(score) / np.log1p(most)) ** 2, n, tuple(shown))
