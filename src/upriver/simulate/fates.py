"""Whose money truly lies where: the reported money of each transfer, which is known, shared out among its victims.

An account of the story hands on what it holds in proportion, so its victims' money is one blend: the same rule by which
a case shares out what it has traced. What is told here differs from a case's answer by what the case did not see.
"""

from __future__ import annotations

import numpy as np

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
    # What goes into a desk comes out for the same people: each exchange is an account of its own, its fee the desk's.
    n, pairs = int(max(source.max(), target.max())) + 1, laundering.swaps.pairs
    desks = [target[into] for into, _, _ in pairs]
    for leg, (into, out, _) in enumerate(pairs, n):
        target[into] = source[out] = leg
    home = np.concatenate([np.arange(n), desks]).astype(np.int32)
    n = len(home)
    order = time_order(at, source, target)
    usd = np.array(moved.reported)
    whose = np.full(len(usd), -1, dtype=np.int32)
    whose[list(told)] = [place[code] for code in told.values()]
    payers = np.unique(source[whose >= 0])
    back = np.isin(target, payers)
    new = np.where(whose >= 0, usd, 0.0)
    came = np.bincount(target[~back], weights=usd[~back], minlength=n)
    held = np.maximum(came - np.bincount(source, weights=usd - new, minlength=n), 0.0)
    nothing, no = np.zeros(n), np.zeros(n, dtype=np.bool_)
    moves = Moves(source[order], target[order], usd[order], (whose >= 0)[order], back[order], no, nothing)
    empty = np.zeros(0)
    carried = Carried(usd[order], new[order], np.zeros(0, dtype=np.int32), empty, held, nothing, nothing)
    found = at_home(shares(moves, carried, whose[order], len(people), least=0.0), home).stands
    return [
        (people[victim], int(account), float(much))
        for account, victim, much in zip(found.place, found.victim, found.usd, strict=True)
        if much >= LEAST_USD and victim < len(people)
    ]
