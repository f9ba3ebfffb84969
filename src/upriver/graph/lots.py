"""Methods that keep an account's money in lots, traced or clean: first in first out, and last in first out."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.kernel import AHEAD, CARRY, CRUMB, FAR, HELD, LIFO, arrive, followed, may_pay, reach
from upriver.graph.prefetch import prefetch

ENDS = np.dtype([("first", "i4"), ("last", "i4")])
LOT = np.dtype([("size", "f8"), ("after", "i4"), ("traced", "i4")])


@njit(cache=True)
def queue(
    method: int,
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    time: Longs,
    least_usd: float,
    least_share: float,
    max_hops: int,
    longest: int,
    span: int,
    policy: int,
    carry: float,
    accounts: NDArray[np.void],
    ends: NDArray[np.void],
    lots: NDArray[np.void],
    usd: Floats,
    entered: Floats,
    hops: Ints,
    presumed: Floats,
    let_go: Floats,
) -> None:
    """Trace by one method; what it finds is written into the arrays from `accounts` on (taint.Carried).

    Each account holds a queue or stack of lots; neighbours of one kind are one. Only accounts that traced money can
    reach are looked at: a lot costs more than a look at whether it is needed.
    """
    n, n_accounts = len(source), len(stops)
    newest = method == LIFO
    got = np.zeros((n_accounts if policy == CARRY else 0, 2))  # all, traced
    born = np.full(n_accounts if span > 0 else 0, np.iinfo(np.int64).min)  # the newest entry whose money came
    timed = longest > 0 or span > 0
    reached = reach(source, target, entry, back, stops)
    since = np.empty(len(lots) if longest > 0 else 0, dtype=np.int64)
    free, fresh = -1, 0
    for a in range(n_accounts):
        accounts[a].near, accounts[a].passes, accounts[a].balance = FAR, not stops[a], opening[a]
        ends[a].first = ends[a].last = -1
        if reached[a] and opening[a] > 0.0:
            lots[fresh].size, lots[fresh].traced, lots[fresh].after = opening[a], 0, -1
            ends[a].first = ends[a].last = fresh
            fresh += 1
    for i in range(n):
        if i + AHEAD < n:
            s, t = source[i + AHEAD], target[i + AHEAD]
            if reached[s]:
                prefetch(accounts, np.int64(s))
                prefetch(ends, np.int64(s))
            if reached[t]:
                prefetch(accounts, np.int64(t))
                prefetch(ends, np.int64(t))
        if i + AHEAD // 2 < n:
            s = source[i + AHEAD // 2]
            if reached[s]:
                prefetch(lots, np.int64(ends[s].first))
        s, t, x = source[i], target[i], amount[i]
        if not (reached[s] or reached[t] or entry[i]):
            continue
        now = time[i] if timed else 0
        carried, gap, hop, pays = 0.0, 0.0, FAR, False
        if reached[s]:
            payer = accounts[s]
            hop = payer.near
            carries = policy == CARRY and got[s, 1] > 0.0 and got[s, 1] >= carry * got[s, 0]
            age = now - born[s] if span > 0 else 0
            pays, gap = may_pay(payer, x, entry[i], carries, age, max_hops, span, policy)
            # An account beyond a limit keeps its traced money while its balance runs down: never more than x.
            if pays and payer.held > 0.0:
                need, lot = x, ends[s].first
                while lot >= 0 and need > 0.0:
                    took = lots[lot].size if lots[lot].size - need < CRUMB else need
                    if lots[lot].traced != 0:
                        if longest == 0 or now - since[lot] <= longest:
                            carried += took
                        else:
                            payer.beyond |= HELD
                    need -= took
                    lot = lots[lot].after
                payer.held = max(payer.held - carried, 0.0)
            payer.balance = max(payer.balance - x, 0.0)
        new, gap, total = followed(x, carried, gap, entry[i], max(least_usd, least_share * x))
        if entry[i]:
            entered[i] = new
            hop = 0
        if gap > 0.0:
            presumed[i] = gap
        if carried > total:
            let_go[s] += carried
        follow = carried <= total and not back[i]
        need = x
        while need > 0.0:
            lot = ends[s].first if pays else -1
            kind = entry[i]
            if lot >= 0:
                took = need
                kind = kind or (lots[lot].traced != 0 and (longest == 0 or now - since[lot] <= longest))
                if lots[lot].size - need < CRUMB:
                    took = lots[lot].size
                    ends[s].first = lots[lot].after
                    if ends[s].first < 0:
                        ends[s].last = -1
                    lots[lot].after = free
                    free = lot
                else:
                    lots[lot].size -= took
                need -= took
            else:  # sent beyond what it was seen to have, or by an account that is not followed
                if need <= CRUMB:
                    break
                kind = kind or gap > 0.0
                took, need = need, 0.0
            if stops[t] or not reached[t]:  # only counts what it receives, or is of no concern
                continue
            payee = ends[t]
            kind = kind and follow
            end = payee.first if newest else payee.last
            if end >= 0 and (lots[end].traced != 0) == kind and (longest == 0 or not kind or since[end] == now):
                lots[end].size += took
                continue
            if free >= 0:
                lot = free
                free = lots[lot].after
            else:
                lot = fresh
                fresh += 1
            lots[lot].size, lots[lot].traced, lots[lot].after = took, kind, -1
            if longest > 0:
                since[lot] = now
            if end < 0:
                payee.first = payee.last = lot
            elif newest:
                lots[lot].after = payee.first
                payee.first = lot
            else:
                lots[payee.last].after = lot
                payee.last = lot
        usd[i], hops[i] = total, hop if total > 0.0 else FAR
        if reached[t]:
            onward = total if follow else 0.0
            arrive(accounts[t], x, onward, hop)
            if span > 0 and onward > 0.0:
                born[t] = max(born[t], now if entry[i] else born[s])
            if policy == CARRY:
                got[t, 0] += x
                got[t, 1] += onward
