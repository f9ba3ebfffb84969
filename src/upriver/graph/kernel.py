"""One engine for every method of following money: transfers in time order, accounts as rows of one line of memory.

A transfer asks three things: may its payer pass money on (stops, limits, gaps in the record); how much of what it pays
is traced (the method); is that enough to be followed. Only accounts that traced money can reach are looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.prefetch import prefetch

FAR = 2**30  # hops of an account that no traced money has reached
CRUMB = 1e-9  # USD: a remainder below this is the rounding of a sum, not money
HAIRCUT, TAINT_FIRST, POISON, FIFO, LIFO = range(5)
CLEAN, UNKNOWN, CARRY = range(3)
HOPS, SPAN, HELD, UNSEEN = 1, 2, 4, 8  # why traced money was not followed on from an account

Terms = tuple[float, float, int, int, int, int, float]  # usd, share, hops, held, span, unseen, carry of a Cut

# Two of them lie in one line of memory. near: fewest hops; passes: 0 for a stop, and once nothing is followed on;
# beyond: HOPS, SPAN, HELD, UNSEEN, where it paid and was not followed.
ACCOUNT = np.dtype(
    [("balance", "f8"), ("held", "f8"), ("unseen", "f8"), ("near", "i4"), ("passes", "i2"), ("beyond", "i2")]
)
_ENDS = np.dtype([("first", "i4"), ("last", "i4")])
_LOT = np.dtype([("size", "f8"), ("after", "i4"), ("traced", "i4")])
_LINE = 64  # bytes
_AHEAD = 32  # transfers: memory answers within about as many


@njit(cache=True)
def reach(source: Ints, target: Ints, entry: Flags, back: Flags, stops: Flags) -> Flags:
    """Accounts that traced money can reach by any method, in the order of the transfers."""
    reached = np.zeros(len(stops), dtype=np.bool_)
    for i in range(len(source)):
        if (entry[i] or (reached[source[i]] and not stops[source[i]])) and not back[i]:
            reached[target[i]] = True
    return reached


def within_reach(source: Ints, target: Ints, entry: Flags, back: Flags, stops: Flags) -> Longs:
    """Transfers that can matter to a trace: to or from an account that traced money can reach, or an entry."""
    reached = reach(source, target, entry, back, stops)
    rows: Longs = np.flatnonzero(reached[source] | reached[target] | entry)
    return rows


def run(
    method: int,
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    time: Longs,
    terms: Terms,
) -> tuple[Floats, Floats, Ints, Floats, Floats, Floats, Floats, Floats, Ints]:
    """Trace by one method.

    time     per transfer where a limit in time is set, else it may be empty
    returns  as Carried has them: usd, entered, hops, left, held, let_go, unseen, presumed, beyond
    """
    n, n_accounts = len(source), len(stops)
    # A transfer splits at most one lot and adds at most one of unseen money; emptied lots are used again.
    # What is not touched takes no memory.
    in_lots = method in (FIFO, LIFO)
    accounts = rows(n_accounts, ACCOUNT)
    ends, lots = rows(n_accounts * in_lots, _ENDS), rows((2 * n + n_accounts + 1) * in_lots, _LOT)
    given = (source, target, amount, entry, back, stops, opening, time)
    # numpy's zeros take memory where they are written, numba's at once.
    usd, entered, left = np.zeros(n), np.zeros(n), np.zeros(n * (method == HAIRCUT))
    hops, presumed, let_go = np.full(n, FAR, dtype=np.int32), np.zeros(n * (terms[5] == CARRY)), np.zeros(n_accounts)
    _run(method, *given, *terms, accounts, ends, lots, usd, entered, hops, left, presumed, let_go)
    held, unseen, beyond = told(accounts)
    held = np.zeros(n_accounts) if method == POISON else held
    return usd, entered, hops, left, held, let_go, unseen, presumed, beyond


def told(accounts: NDArray[np.void]) -> tuple[Floats, Floats, Ints]:
    """Held, unseen and beyond, per account."""
    return accounts["held"].copy(), accounts["unseen"].copy(), accounts["beyond"].astype(np.int32)


def rows(n: int, kind: np.dtype[np.void]) -> NDArray[np.void]:
    """Zeros that begin with a line of memory, so that none of them lies on more lines than it must.

    numpy asks for large pages where numba does not: a fifth of the time of a trace.
    """
    room = np.zeros(n * kind.itemsize + _LINE, dtype=np.uint8)
    begin = -room.ctypes.data % _LINE
    return room[begin : begin + n * kind.itemsize].view(kind)


# What every method asks. Rows go in, arrays do not: numba would count who holds them, at every transfer.


@njit(inline="always")
def may_pay(
    payer: Any, x: float, enters: bool, carries: bool, age: int, max_hops: int, span: int, policy: int
) -> tuple[bool, float]:
    """Whether a payer's money is followed; and what of the payment it was not seen to have, taken to be traced.

    carries  it holds almost only traced money, and policy is CARRY; age: of the newest entry whose money came to it
    """
    short, gap = x - payer.balance, 0.0
    # A sum of nothing is cheaper than a branch that nobody can foresee.
    payer.unseen += short if payer.passes != 0 and short > CRUMB else 0.0
    if policy != CLEAN and payer.passes != 0 and short > CRUMB:
        if policy == UNKNOWN and payer.near < FAR and not enters:
            payer.passes = 0
            payer.beyond |= UNSEEN
        elif carries:
            gap = short
    pays = payer.passes != 0
    if max_hops < FAR and pays and max_hops <= payer.near < FAR:
        pays = False
        payer.beyond |= HOPS
    if span > 0 and pays and payer.near < FAR and age > span:
        pays = False
        payer.beyond |= SPAN
    return pays, gap if pays else 0.0


@njit(inline="always")
def followed(x: float, carried: float, gap: float, enters: bool, least: float) -> tuple[float, float, float]:
    """Of a transfer: what is new, what is presumed, and all that is followed; nothing where it is too little."""
    if enters:
        new = max(x - carried, 0.0)
        return new, 0.0, carried + new
    gap = min(gap, max(x - carried, 0.0))
    return (0.0, gap, carried + gap) if carried + gap >= least else (0.0, 0.0, 0.0)


@njit(inline="always")
def arrive(payee: Any, x: float, onward: float, hop: int) -> None:
    """A payee has `x` more, `onward` of it traced and to be followed."""
    payee.balance += x
    payee.held += onward
    payee.near = min(payee.near, hop + 1 if onward > 0.0 else FAR)


@njit(cache=True)
def _run(
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
    left: Floats,
    presumed: Floats,
    let_go: Floats,
) -> None:
    """By FIFO and LIFO each account holds a queue or stack of lots, traced or clean; neighbours of one kind are one."""
    n, n_accounts = len(source), len(stops)
    in_lots, newest = method in (FIFO, LIFO), method == LIFO
    got = np.zeros((n_accounts if policy == CARRY else 0, 2))  # all, traced
    came = np.zeros(n_accounts if longest > 0 and not in_lots else 0, dtype=np.int64)  # traced money, last
    born = np.full(n_accounts if span > 0 else 0, np.iinfo(np.int64).min)  # the newest entry whose money came
    timed = longest > 0 or span > 0
    reached = reach(source, target, entry, back, stops)
    since = np.empty(len(lots) if longest > 0 else 0, dtype=np.int64)
    free, fresh = -1, 0
    for a in range(n_accounts):
        accounts[a].near = FAR
        accounts[a].passes = not stops[a]
        accounts[a].balance = opening[a]
        if in_lots:
            ends[a].first = ends[a].last = -1
            if reached[a] and opening[a] > 0.0:
                lots[fresh].size, lots[fresh].traced, lots[fresh].after = opening[a], 0, -1
                ends[a].first = ends[a].last = fresh
                fresh += 1
    for i in range(n):
        if i + _AHEAD < n:
            s, t = source[i + _AHEAD], target[i + _AHEAD]
            if reached[s]:
                prefetch(accounts, np.int64(s))
                if in_lots:
                    prefetch(ends, np.int64(s))
            if reached[t]:
                prefetch(accounts, np.int64(t))
                if in_lots:
                    prefetch(ends, np.int64(t))
        if in_lots and i + _AHEAD // 2 < n:
            s = source[i + _AHEAD // 2]
            if reached[s]:
                prefetch(lots, np.int64(ends[s].first))
        s, t, x = source[i], target[i], amount[i]
        if not (reached[s] or reached[t] or entry[i]):
            continue
        now = time[i] if timed else 0
        carried, gap, hop, pays = 0.0, 0.0, FAR, False
        if reached[s]:
            payer = accounts[s]
            short = x - payer.balance
            hop = payer.near
            carries = policy == CARRY and got[s, 1] > 0.0 and got[s, 1] >= carry * got[s, 0]
            age = now - born[s] if span > 0 else 0
            pays, gap = may_pay(payer, x, entry[i], carries, age, max_hops, span, policy)
            young = longest == 0 or in_lots or now - came[s] <= longest
            if not young and pays and hop < FAR:
                payer.beyond |= HELD
            # An account beyond a limit keeps its traced money while its balance runs down: never more than x.
            if method == POISON:
                carried = x if pays and young and hop < FAR else 0.0
            elif method == HAIRCUT:
                share = 1.0 if short > -CRUMB else x / payer.balance
                carried = min(payer.held * share, x) if pays and young else 0.0
                left[i] = carried / payer.held if carried > 0.0 else 0.0
                payer.held -= carried
            elif method == TAINT_FIRST:
                carried = min(payer.held, x) if pays and young else 0.0
                payer.held -= carried
            elif pays and payer.held > 0.0:
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
        if carried > total and method != POISON:
            let_go[s] += carried
        follow = carried <= total and not back[i]
        if in_lots:
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
            if longest > 0 and onward > 0.0 and not in_lots:
                came[t] = now
            if policy == CARRY:
                got[t, 0] += x
                got[t, 1] += onward
