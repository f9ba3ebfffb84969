"""Money carried along in time order: how much of each transfer is the money that entered at stated transfers.

The kernels see accounts and transfers as codes, in the order in which they happen (order.py). An account passes on
only what had arrived. Nothing is lost: what enters is held, returned or let go, to 1e-9 of it.

sources  haircut: Möser, Böhme & Breuker 2014; first in, first out: Anderson, Shumailov & Ahmed 2018 (Clayton's case)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints

FAR = 2**30  # hops of an account that no traced money has reached
CRUMB = 1e-9  # USD: a remainder below this is the rounding of a sum, not money


@dataclass(frozen=True, slots=True)
class Moves:
    """Transfers in the order they happen, and what is known of them and of the accounts.

    source, target  int32 per transfer, never equal
    amount          USD > 0 per transfer
    entry           per transfer: all of it is stolen by evidence; what it carries already is not counted twice
    back            per transfer: it returns money to a victim and is not followed
    stops           per account: what it receives is held, what it sends carries nothing
    opening         USD per account that it held, clean, before the first transfer
    """

    source: Ints
    target: Ints
    amount: Floats
    entry: Flags
    back: Flags
    stops: Flags
    opening: Floats

    @property
    def arrays(self) -> tuple[Ints, Ints, Floats, Flags, Flags, Flags, Floats]:
        """All of them, in the order in which the kernels take them."""
        return self.source, self.target, self.amount, self.entry, self.back, self.stops, self.opening


@dataclass(frozen=True, slots=True)
class Cut:
    """Where following ends: below `usd`, below `share` of a transfer's amount, at `hops` transfers from the entry.

    halt  an account that sends beyond what it was seen to have passes nothing on from then
    """

    usd: float = 0.0
    share: float = 0.0
    hops: int = FAR
    halt: bool = False


NO_CUT = Cut()


@dataclass(frozen=True, slots=True)
class Carried:
    """The traced money of a method.

    usd      per transfer, entered or carried, without what was let go
    entered  per transfer: new money of it
    hops     per transfer: fewest transfers from an entry to it, 0 for an entry; FAR where it carries nothing
    left     per transfer: share of the sender's traced money that left with it, followed or not (haircut; else empty)
    held     per account at the end
    let_go   per account: left it below the cut
    unseen   per account: USD sent beyond what it was seen to have
    """

    usd: Floats
    entered: Floats
    hops: Ints
    left: Floats
    held: Floats
    let_go: Floats
    unseen: Floats


def haircut(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Mixed in proportion: a transfer carries the share of its sender's balance that is traced."""
    return Carried(*_haircut(*moves.arrays, cut.usd, cut.share, cut.hops, cut.halt))


def fifo(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """First in, first out: an account pays with the money that has lain longest."""
    return Carried(*_lots(*moves.arrays, cut.usd, cut.share, cut.hops, cut.halt, False))


def lifo(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Last in, first out: an account pays with the money that came last."""
    return Carried(*_lots(*moves.arrays, cut.usd, cut.share, cut.hops, cut.halt, True))


@njit(cache=True)
def shortage(source: Ints, target: Ints, amount: Floats, n_accounts: int) -> Floats:
    """USD that each account must have held before the first transfer never to fall below zero."""
    balance, short = np.zeros(n_accounts), np.zeros(n_accounts)
    for i in range(len(source)):
        balance[source[i]] -= amount[i]
        if -balance[source[i]] > short[source[i]] + CRUMB:
            short[source[i]] = -balance[source[i]]
        balance[target[i]] += amount[i]
    return short


@njit(cache=True)
def _haircut(
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    cut_usd: float,
    cut_share: float,
    max_hops: int,
    halt: bool,
) -> tuple[Floats, Floats, Ints, Floats, Floats, Floats, Floats]:
    n, n_accounts = len(source), len(stops)
    usd, entered, left = np.zeros(n), np.zeros(n), np.zeros(n)
    hops = np.full(n, FAR, dtype=np.int32)
    near = np.full(n_accounts, FAR, dtype=np.int32)
    balance, held = opening.copy(), np.zeros(n_accounts)
    let_go, unseen = np.zeros(n_accounts), np.zeros(n_accounts)
    halted = stops.copy()
    for i in range(n):
        s, t, x = source[i], target[i], amount[i]
        carried = 0.0
        short = x - balance[s]
        if not halted[s] and short > CRUMB:
            unseen[s] += short
            if halt and held[s] > 0.0 and not entry[i]:
                halted[s] = True
        if not halted[s] and held[s] > 0.0 and near[s] < max_hops:
            # An account at the limit of hops keeps its traced money while its balance runs down: never more than x.
            share = 1.0 if short > -CRUMB else x / balance[s]
            carried = min(held[s] * share, x)
            left[i] = carried / held[s]
            held[s] -= carried
        balance[s] = max(balance[s] - x, 0.0)
        balance[t] += x
        hop = near[s]
        if entry[i]:
            entered[i] = max(x - carried, 0.0)
            carried += entered[i]
            hop = 0
        elif carried < cut_usd or carried < cut_share * x:
            let_go[s] += carried
            carried = 0.0
        if carried > 0.0:
            usd[i] = carried
            hops[i] = hop
            if not back[i]:
                held[t] += carried
                near[t] = min(near[t], hop + 1)
    return usd, entered, hops, left, held, let_go, unseen


@njit(cache=True)
def _lots(
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    cut_usd: float,
    cut_share: float,
    max_hops: int,
    halt: bool,
    newest: bool,
) -> tuple[Floats, Floats, Ints, Floats, Floats, Floats, Floats]:
    """Each account holds a queue (or stack) of lots, traced or clean; neighbours of one kind are one lot."""
    n, n_accounts = len(source), len(stops)
    usd, entered = np.zeros(n), np.zeros(n)
    hops = np.full(n, FAR, dtype=np.int32)
    near = np.full(n_accounts, FAR, dtype=np.int32)
    held, let_go, unseen = np.zeros(n_accounts), np.zeros(n_accounts), np.zeros(n_accounts)
    balance = opening.copy()
    halted = stops.copy()
    # A transfer splits at most one lot and adds at most one of unseen money; emptied lots are used again.
    room = 2 * n + n_accounts + 1
    size, traced, after = np.empty(room), np.empty(room, dtype=np.bool_), np.empty(room, dtype=np.int64)
    first, last = np.full(n_accounts, -1, dtype=np.int64), np.full(n_accounts, -1, dtype=np.int64)
    free, fresh = -1, 0
    for account in range(n_accounts):
        if opening[account] > 0.0:
            size[fresh], traced[fresh], after[fresh] = opening[account], False, -1
            first[account] = last[account] = fresh
            fresh += 1
    for i in range(n):
        s, t, x = source[i], target[i], amount[i]
        short = x - balance[s]
        if not halted[s] and short > CRUMB:
            unseen[s] += short
            if halt and held[s] > 0.0 and not entry[i]:
                halted[s] = True
        # How much traced money would leave, before deciding whether it is followed.
        carried = 0.0
        pays = not halted[s] and (near[s] == FAR or near[s] < max_hops)
        if pays and held[s] > 0.0:
            need, lot = x, first[s]
            while lot >= 0 and need > 0.0:
                took = size[lot] if size[lot] - need < CRUMB else need
                if traced[lot]:
                    carried += took
                need -= took
                lot = after[lot]
            held[s] = max(held[s] - carried, 0.0)
        hop = near[s]
        follow = True
        if entry[i]:
            entered[i] = max(x - carried, 0.0)
            hop = 0
        elif carried < cut_usd or carried < cut_share * x:
            let_go[s] += carried
            follow = False
        need = x
        while need > 0.0:
            lot = first[s]
            if pays and lot >= 0:
                kind, took = traced[lot], need
                if size[lot] - need < CRUMB:
                    took = size[lot]
                    first[s] = after[lot]
                    if first[s] < 0:
                        last[s] = -1
                    after[lot] = free
                    free = lot
                else:
                    size[lot] -= took
                need -= took
            else:  # sent beyond what it was seen to have, or by an account that is not followed
                if need <= CRUMB:
                    break
                kind, took = False, need
                need = 0.0
            if stops[t]:  # only counts what it receives
                continue
            kind = (kind or entry[i]) and follow and not back[i]
            end = first[t] if newest else last[t]
            if end >= 0 and traced[end] == kind:
                size[end] += took
                continue
            if free >= 0:
                lot = free
                free = after[lot]
            else:
                lot = fresh
                fresh += 1
            size[lot], traced[lot], after[lot] = took, kind, -1
            if end < 0:
                first[t] = last[t] = lot
            elif newest:
                after[lot] = first[t]
                first[t] = lot
            else:
                after[last[t]] = lot
                last[t] = lot
        balance[s] = max(balance[s] - x, 0.0)
        balance[t] += x
        total = carried + entered[i] if follow else 0.0
        if total > 0.0:
            usd[i] = total
            hops[i] = hop
            if not back[i]:
                held[t] += total
                near[t] = min(near[t], hop + 1)
    return usd, entered, hops, np.empty(0), held, let_go, unseen


@njit(cache=True)
def fate(source: Ints, target: Ints, usd: Floats, left: Floats, back: Flags, value: Floats) -> Floats:
    """Of the money of each transfer, the share that is held at the end where `value` is 1: haircut read backwards.

    usd, left  as `haircut` gives them for the same transfers in the same order
    value      per account, 0 to 1
    returns    per transfer, 0 to 1; money let go or given back counts 0
    """
    worth = value.copy()
    share = np.zeros(len(source))
    for i in range(len(source) - 1, -1, -1):
        if usd[i] > 0.0 and not back[i]:
            share[i] = worth[target[i]]
        s = source[i]
        worth[s] = left[i] * share[i] + (1.0 - left[i]) * worth[s]
    return share


@njit(cache=True)
def still_arrives(source: Ints, target: Ints, usd: Floats, entry: Flags, value: Floats, gone: Flags) -> float:
    """USD of the entries' money that would still end where `value` is 1, were the `gone` accounts to pass nothing on.

    usd  per traced transfer, in time order, as a method carried it; a sender's later transfers share what it then held

    What a gone account was sent stays with it: nobody is thought to find another way, so this is the least left.
    """
    n = len(source)
    held = np.zeros(len(value))
    left, new = np.zeros(n), np.zeros(n)
    for i in range(n):
        s = source[i]
        moved = 0.0
        if held[s] > 0.0:
            left[i] = min(usd[i] / held[s], 1.0)
            moved = left[i] * held[s]
            held[s] -= moved
        if entry[i]:
            new[i] = usd[i] - moved
        held[target[i]] += usd[i]
    worth = value.copy()
    for account in range(len(value)):
        if gone[account]:
            worth[account] = 0.0
    arrives = 0.0
    for i in range(n - 1, -1, -1):
        s = source[i]
        share = worth[target[i]]
        arrives += new[i] * share
        if not gone[s]:
            worth[s] = left[i] * share + (1.0 - left[i]) * worth[s]
    return arrives
