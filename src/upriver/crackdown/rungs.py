"""Ratios of the known network: by rung of the ladder, by account, and who was reached by nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

from upriver.crackdown.coverage import covered
from upriver.crackdown.known import Known, rungs
from upriver.crackdown.presence import LISTS, by_area, crowd, handed, maybe_words
from upriver.crackdown.ratios import Figure, Row, counted, loophole, no_figure

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams
    from upriver.crackdown.reach import Reached

_MARKS = "a rung is by marks in this evidence: it is no guilt, and who has no record is on no rung"
_FOLD = "control"
_WHO = "one person known by two names may stand here twice"


def rung_ratios(
    known: Known, found: Reached, listed: frozenset[str], maybe: frozenset[str], params: CrackdownParams
) -> Iterable[Row]:
    """Rows of `loophole`; none where nothing of a network is known.

    listed  people who match an entry of a watchlist closely
    maybe   people who may be one with somebody on a list of people handed over
    """
    if not known.people:
        return
    taken = set(known.handed) & known.people.keys()
    named = {person for reach in found.each for person in reach.named} | (listed & known.people.keys())
    yield from _controllers(known, taken, named, params)
    yield from _ladder(known, taken, maybe, params)
    yield from _network(known, taken)
    yield from _money(known, found, taken)


def _on(known: Known, names: Iterable[str]) -> list[str]:
    wanted = set(names)
    return sorted(person for person, told in known.people.items() if told.rung in wanted)


def rung_rows(known: Known, found: Reached) -> Iterable[Row]:
    """Rows of `coverage` of the case's own lists: by rung of the ladder, and by area."""
    taken = set(known.handed) & known.people.keys()
    for number, name, above, below in _steps(known, taken):
        yield covered(None, "role", f"rung {number}: {name}", above, below, taken.intersection(_on(known, [name])))
    for area, above, below, people in by_area(known, found, taken):
        yield covered(None, "area", area, above, below, taken & people)


def _steps(known: Known, taken: set[str]) -> Iterable[tuple[int, str, Figure, Figure]]:
    for number, rung in enumerate(rungs(), 1):
        people = _on(known, [rung["name"]])
        if people:
            yield (
                number,
                rung["name"],
                handed(known, taken.intersection(people), f"handed over, on the rung: {rung['name']}"),
                crowd(known, people, f"known, on the rung: {rung['name']}"),
            )


def _ladder(known: Known, taken: set[str], maybe: frozenset[str], params: CrackdownParams) -> Iterable[Row]:
    for number, name, above, below in _steps(known, taken):
        more = maybe.intersection(_on(known, [name])) - taken
        if more and above.value is not None:
            above = replace(above, high=above.value + len(more))
        yield loophole(
            "ladder", "role", _question(number, name), above, below,
            f"{_MARKS}; {LISTS}{_alone(known, _on(known, [name]))}{maybe_words(len(more))}", _FOLD,
        )  # fmt: skip
    upper, lowest = [rung["name"] for rung in rungs()[1:3]], rungs()[-1]["name"]
    floor = taken.intersection(_on(known, [lowest]))
    if len(floor) >= params.fewest_people:
        yield loophole(
            "ladder_heads", "role",
            f"people who {upper[0]}, or {upper[1]}, handed over, beside people {lowest}",
            handed(known, taken.intersection(_on(known, upper)), "handed over, of those who are paid, own or keep"),
            handed(known, floor, f"handed over, {lowest}"),
            f"{_MARKS}; the people below may be presumed victims", _FOLD,
        )  # fmt: skip


def _question(number: int, name: str) -> str:
    if number == 1:
        return f"leaders handed over, of those {name}: role ladder, rung 1"
    return f"role ladder, rung {number}, {name}: handed over, of those known"


def _controllers(known: Known, taken: set[str], named: set[str], params: CrackdownParams) -> Iterable[Row]:
    people = _on(known, [rung["name"] for rung in rungs()[:5]])
    if len(people) < params.fewest_people:
        return
    left = [person for person in people if person not in taken]
    maybe = [person for person in left if person in named]
    above = crowd(known, left, "on the ladder's first five rungs, and on no list of people handed over")
    above = replace(above, low=float(len(left) - len(maybe)))
    more = f"; the lower end leaves out {len(maybe)} who may be named by a telling or a watchlist" if maybe else ""
    yield loophole(
        "controllers", "role", "people on the ladder's first five rungs whom no list of people handed over names",
        above if known.lists else no_figure("on those rungs, and on no list: no figure", "people"),
        crowd(known, people, "people on the ladder's first five rungs, by the evidence"),
        f"{_MARKS}; {_WHO}{more}", _FOLD, whole=True,
    )  # fmt: skip


def _network(known: Known, taken: set[str]) -> Iterable[Row]:
    yield loophole(
        "known_people", "role", "people of the known network handed over",
        handed(known, taken, "people of the known network on lists of people handed over"),
        crowd(known, known.people, "people of the known network, by lists, marks of control and accounts"),
        f"{LISTS}; the known network is what this evidence shows, the real one is larger{_alone(known)}",
    )  # fmt: skip


def _alone(known: Known, people: Iterable[str] | None = None) -> str:
    """How many of those below are there only because they were handed over."""
    alone = known.by_lists_alone
    n = len(alone if people is None else alone.intersection(people))
    return f"; {n} below are known by those lists alone, which makes the share too high" if n else ""


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
