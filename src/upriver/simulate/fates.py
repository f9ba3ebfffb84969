"""Whose money truly lies where: the reported money of each transfer, which is known, shared out among its victims.

An account of the story hands on what it holds in proportion, so its victims' money is one blend: the same rule by which
a case shares out what it has traced. What is told here differs from a case's answer by what the case did not see.
"""

from __future__ import annotations

import numpy as np

from upriver.graph.crossing import cross
from upriver.graph.order import time_order
from upriver.graph.shares import at_home, shares
from upriver.graph.taint import Carried, Moves
from upriver.simulate.laundering import Laundering

LEAST_USD = 1.0


def fates(laundering: Laundering) -> list[tuple[str, int, float]]:
    """Person, account and USD of the reported money that lies there at the end, where it is a dollar and more.

    Families that paid ransom are told like victims. What was given back to a victim lies nowhere.
    """
    moved = laundering.moved
    told = {deposit.row: deposit.person.code for deposit in laundering.deposits if deposit.reported}
    if not told:
        return []
    people = sorted(set(told.values()))
    place = {code: position for position, code in enumerate(people)}
    at, source, target = np.array(moved.at), np.array(moved.source, np.int32), np.array(moved.target, np.int32)
    order = time_order(at, source, target)
    row_at = np.argsort(order)
    # What a desk is paid comes out elsewhere: its own account would seem to keep it all.
    sides = np.array([(one, other) for one, other, crew in laundering.swaps.pairs if crew], dtype=np.int64)
    first, second = row_at[sides.reshape(-1, 2).T]
    n = int(max(source.max(), target.max())) + 1
    crossing = cross(at[order], source[order], target[order], n, first, second, np.ones(len(first)))
    order, source, target = order[crossing.order], crossing.source, crossing.target
    whose = np.full(len(order), -1, dtype=np.int32)
    whose[list(told)] = [place[code] for code in told.values()]
    whose, usd = whose[order], np.array(moved.reported)[order]
    back = np.isin(target, np.unique(source[whose >= 0]))
    places = n + len(first)
    new = np.where(whose >= 0, usd, 0.0)
    came = np.bincount(target[~back], weights=usd[~back], minlength=places)
    held = np.maximum(came - np.bincount(source, weights=usd - new, minlength=places), 0.0)
    nothing, no = np.zeros(places), np.zeros(places, dtype=np.bool_)
    moves = Moves(source, target, usd, whose >= 0, back, no, nothing)
    empty = np.zeros(0)
    carried = Carried(usd, new, np.zeros(0, dtype=np.int32), empty, held, nothing, nothing)
    found = at_home(shares(moves, carried, whose, len(people), least=0.0), crossing.home).stands
    return [
        (people[victim], int(account), float(much))
        for account, victim, much in zip(found.place, found.victim, found.usd, strict=True)
        if much >= LEAST_USD and victim < len(people)
    ]
