"""Ratios of the known network: by rung of the ladder, by site and area, by account, and who was reached by nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

from upriver.crackdown.coverage import covered
from upriver.crackdown.known import Known, rungs
from upriver.crackdown.ratios import Figure, Row, counted, loophole, no_figure

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams
    from upriver.crackdown.reach import Reached

_MARKS = "a rung is by marks in this evidence: it is no guilt, and who has no record is on no rung"
_LISTS = "a list proves presence, not role, guilt or freedom"
_WHO = "one person known by two names may stand here twice"


def rung_ratios(known: Known, found: Reached, listed: frozenset[str], params: CrackdownParams) -> Iterable[Row]:
    """Rows of `loophole`; none where nothing of a network is known.

    listed  people who match an entry of a watchlist closely
    """
    if not known.people:
        return
    taken = set(known.handed) & known.people.keys()
    named = {person for reach in found.each for person in reach.named} | (listed & known.people.keys())
    yield from _ladder(known, taken, params)
    yield from _controllers(known, taken, named, params)
    yield from _network(known, found, taken)
    yield from _areas(known, found, taken)
    yield from _money(known, found, taken)


def _on(known: Known, names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return sorted(person for person, told in known.people.items() if told.rung in wanted)


def _handed(known: Known, people: Iterable[str], what: str) -> Figure:
    """People on lists; no figure where the case holds no list."""
    found = sorted(people)
    if not known.lists:
        return no_figure(f"{what}: no figure", "people")
    records = tuple(sorted({record for person in found for record in known.handed[person]}))
    return counted(float(len(found)), what, "people", found, records)


def _crowd(known: Known, people: Iterable[str], what: str) -> Figure:
    found = sorted(people)
    return counted(float(len(found)), what, "people", found, known.records(found))


def rung_rows(known: Known, found: Reached) -> Iterable[Row]:
    """Rows of `coverage` of the case's own lists: by rung of the ladder, and by area."""
    taken = set(known.handed) & known.people.keys()
    for number, name, above, below in _steps(known, taken):
        yield covered(None, "role", f"rung {number}: {name}", above, below, taken.intersection(_on(known, [name])))
    for area, above, below, crowd in _by_area(known, found, taken):
        yield covered(None, "area", area, above, below, taken & crowd)


def _steps(known: Known, taken: set[str]) -> Iterable[tuple[int, str, Figure, Figure]]:
    for number, rung in enumerate(rungs(), 1):
        crowd = _on(known, [rung["name"]])
        if crowd:
            yield (
                number,
                rung["name"],
                _handed(known, taken.intersection(crowd), f"handed over, on the rung: {rung['name']}"),
                _crowd(known, crowd, f"known, on the rung: {rung['name']}"),
            )


def _ladder(known: Known, taken: set[str], params: CrackdownParams) -> Iterable[Row]:
    for number, name, above, below in _steps(known, taken):
        yield loophole(
            "ladder", "role", f"role ladder, rung {number}, {name}: handed over, of those known", above, below,
            f"{_MARKS}; {_LISTS}{_alone(known, _on(known, [name]))}",
        )  # fmt: skip
    upper, lowest = [rung["name"] for rung in rungs()[1:3]], rungs()[-1]["name"]
    floor = taken.intersection(_on(known, [lowest]))
    if len(floor) >= params.fewest_people:
        yield loophole(
            "ladder_heads", "role",
            f"people who {upper[0]}, or {upper[1]}, handed over, beside people {lowest}",
            _handed(known, taken.intersection(_on(known, upper)), "handed over, of those who are paid, own or keep"),
            _handed(known, floor, f"handed over, {lowest}"),
            f"{_MARKS}; the people below may be presumed victims",
        )  # fmt: skip


def _controllers(known: Known, taken: set[str], named: set[str], params: CrackdownParams) -> Iterable[Row]:
    crowd = _on(known, [rung["name"] for rung in rungs()[:5]])
    if len(crowd) < params.fewest_people:
        return
    left = [person for person in crowd if person not in taken]
    maybe = [person for person in left if person in named]
    above = _crowd(known, left, "with a mark of control, and on no list of people handed over")
    above = replace(above, low=float(len(left) - len(maybe)))
    more = f"; the lower end leaves out {len(maybe)} who may be named by a telling or a watchlist" if maybe else ""
    yield loophole(
        "controllers", "role", "people with a mark of control whom nothing has reached",
        above if known.lists else no_figure("with a mark of control and reached by nothing: no figure", "people"),
        _crowd(known, crowd, "people with a mark of control, by the evidence"), f"{_MARKS}; {_WHO}{more}",
    )  # fmt: skip


def _network(known: Known, found: Reached, taken: set[str]) -> Iterable[Row]:
    yield loophole(
        "known_people", "role", "people of the known network handed over",
        _handed(known, taken, "people of the known network on lists of people handed over"),
        _crowd(known, known.people, "people of the known network, by lists, marks of control and accounts"),
        f"{_LISTS}; the known network is what this evidence shows, the real one is larger{_alone(known)}",
    )  # fmt: skip
    papered = known.papered
    if not papered:
        return
    hit = sorted(papered.keys() & ({key for reach in found.each for key in reach.sites} | _sites_of(known, taken)))
    grounds = tuple(sorted({record for key in hit for record in papered[key].records}))
    above = counted(float(len(hit)), "named by an action, or of people handed over", "sites", (), grounds)
    every = tuple(sorted({record for site in papered.values() for record in site.records}))
    below = counted(float(len(papered)), "sites and companies on lists of staff or keys", "sites", (), every)
    yield loophole(
        "known_sites", "area", "sites and companies of the known network that were reached",
        above if found.each else no_figure("sites and companies reached: no figure", "sites"), below,
        "one person taken counts for the whole site; one site known by two names stands here twice",
    )  # fmt: skip


def _alone(known: Known, people: Iterable[str] | None = None) -> str:
    """How many of those below are there only because they were handed over."""
    alone = known.by_lists_alone
    n = len(alone if people is None else alone.intersection(people))
    return f"; {n} below are known by those lists alone, which makes the share too high" if n else ""


def _sites_of(known: Known, people: Iterable[str]) -> set[str]:
    return {key for person in people for key in known.people[person].places}


def _areas(known: Known, found: Reached, taken: set[str]) -> Iterable[Row]:
    for area, above, below, _ in _by_area(known, found, taken):
        yield loophole(
            "area_people", "area", f"people handed over, of the known network at sites of: {area}", above, below,
            f"{_LISTS}; only sites that an address, a telling or a list puts in the area",
        )  # fmt: skip


def _by_area(known: Known, found: Reached, taken: set[str]) -> Iterable[tuple[str, Figure, Figure, frozenset[str]]]:
    for area in sorted({name for names in found.areas.values() for name in names}):
        crowd = found.people_of(known, area)
        shown = any(area in found.areas.get(key, ()) for key in known.papered)
        if crowd:
            yield (
                area,
                _handed(known, taken & crowd, f"on lists of people handed over, known at sites of {area}"),
                _crowd(known, crowd, f"known at sites of {area}, by lists of staff, keys or handover")
                if shown
                else no_figure(f"people known at sites of {area} by papers of the sites: no figure", "people"),
                crowd,
            )


def _money(known: Known, found: Reached, taken: set[str]) -> Iterable[Row]:
    if not known.accounts:
        return
    kept = fsum(one.kept for one in known.accounts.values())
    lying = counted(kept, "USD of traced money that stayed at accounts of the known network", "USD",
                    sorted(known.accounts), known.money_records)  # fmt: skip
    frozen = sorted({account for reach in found.each for account in reach.accounts})
    what = "USD at accounts that a telling of money seized or frozen names"
    above = no_figure(f"{what}: no figure", "USD")
    if frozen:
        tied = fsum(known.accounts[name].kept for name in frozen)
        above = counted(tied, what, "USD", frozen)
    yield loophole(
        "accounts", "money", "traced money at accounts told as seized or frozen", above, lying,
        "an account that no telling names may be frozen all the same: agencies seldom print numbers",
    )  # fmt: skip
    held = sorted(name for name, one in known.accounts.items() if one.holder in taken)
    records = {record for name in held for record in known.handed[str(known.accounts[name].holder)]}
    usd = fsum(known.accounts[name].kept for name in held)
    above = counted(usd, "USD at accounts of people handed over", "USD", held, tuple(sorted(records)))
    if not known.lists:
        above = no_figure("USD at accounts of people handed over: no figure", "USD")
    yield loophole(
        "money_of_taken", "money", "traced money at accounts of people handed over", above, lying,
        "whoever holds an account on paper may not control it, and may not know of it",
    )  # fmt: skip
