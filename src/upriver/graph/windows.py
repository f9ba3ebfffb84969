"""Patterns in time around one account: fans, rows, quick passages, chains. Places are in time order throughout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs


@dataclass(frozen=True, slots=True)
class Sorted:
    """Transfers by account: those of account `a` are `order[offsets[a]:offsets[a + 1]]`, in time order."""

    offsets: Longs
    order: Longs


def sorted_by(account: Ints, n: int) -> Sorted:
    """Transfers, given in time order, by one of their accounts."""
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(account, minlength=n), out=offsets[1:])
    return Sorted(offsets, np.argsort(account, kind="stable").astype(np.int64))


@njit(cache=True)
def best_fans(
    offsets: Longs, order: Longs, other: Ints, time: Longs, window: int, n: int
) -> tuple[Longs, Longs, Longs]:
    """For each account the window with most different counterparts, the first of equals.

    returns  how many; where the window begins and ends in `order`
    """
    best, begin, end = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    times = np.zeros(n, dtype=np.int64)
    for account in range(n):
        low, distinct = offsets[account], 0
        for high in range(offsets[account], offsets[account + 1]):
            while time[order[low]] < time[order[high]] - window:
                gone = other[order[low]]
                times[gone] -= 1
                distinct -= times[gone] == 0
                low += 1
            here = other[order[high]]
            distinct += times[here] == 0
            times[here] += 1
            if distinct > best[account]:
                best[account], begin[account], end[account] = distinct, low, high + 1
        for k in range(low, offsets[account + 1]):
            times[other[order[k]]] = 0
    return best, begin, end


@njit(cache=True)
def best_rows(offsets: Longs, order: Longs, time: Longs, window: int) -> tuple[Longs, Longs]:
    """For each account the window with most transfers: how many, and where it begins in `order`."""
    n = len(offsets) - 1
    best, begin = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for account in range(n):
        low = offsets[account]
        for high in range(offsets[account], offsets[account + 1]):
            while time[order[low]] < time[order[high]] - window:
                low += 1
            if high + 1 - low > best[account]:
                best[account], begin[account] = high + 1 - low, low
    return best, begin


@njit(cache=True)
def quick(
    in_offsets: Longs, in_order: Longs, out_offsets: Longs, out_order: Longs, time: Longs, amount: Floats, within: int
) -> Floats:
    """USD that each account sent on within `within` of receiving it, first in, first out.

    What lies longer is set aside, so that a fee kept at each passage does not make the next one look slow.
    """
    n = len(in_offsets) - 1
    left = np.zeros(n)
    for account in range(n):
        k, stop = in_offsets[account], in_offsets[account + 1]
        rest = amount[in_order[k]] if k < stop else 0.0
        for j in range(out_offsets[account], out_offsets[account + 1]):
            sent = out_order[j]
            need = amount[sent]
            while need > 0.0 and k < stop and in_order[k] < sent:
                if time[sent] - time[in_order[k]] <= within:
                    took = min(need, rest)
                    left[account] += took
                    need -= took
                    rest -= took
                else:
                    rest = 0.0
                if rest <= 0.0:
                    k += 1
                    rest = amount[in_order[k]] if k < stop else 0.0
    return left


@njit(cache=True)
def chains(
    source: Ints,
    target: Ints,
    time: Longs,
    amount: Floats,
    skip: Flags,
    out_offsets: Longs,
    out_order: Longs,
    window: int,
    least: float,
) -> tuple[Longs, Longs, Flags]:
    """Peel chains: a transfer is followed by its receiver's next large one, which is most of it but not all.

    The receiver's next transfers within `window` are looked at until one carries 60 to 99.5 % of what came, and the
    account must pay somebody else a little in that time: without a peel it is a mere pass-through.

    returns  per transfer: the one that follows, -1 at an end; transfers in the chain from it on; whether it follows one
    """
    n = len(source)
    after = np.full(n, -1, dtype=np.int64)
    length = np.ones(n, dtype=np.int64)
    followed = np.zeros(n, dtype=np.bool_)
    for i in range(n - 1, -1, -1):
        account = target[i]
        if amount[i] < least or skip[account] or skip[source[i]]:
            continue
        low, high = out_offsets[account], out_offsets[account + 1]
        j = low + np.searchsorted(out_order[low:high], i)
        big, peeled = -1, False
        tries = 0
        while j < high and tries < 8 and time[out_order[j]] <= time[i] + window:
            sent = out_order[j]
            if big < 0 and 0.6 * amount[i] <= amount[sent] <= 0.995 * amount[i] and target[sent] != source[i]:
                big = sent
            elif amount[sent] < 0.4 * amount[i] and amount[sent] > 0.0:
                peeled = True
            j += 1
            tries += 1
        if big >= 0 and peeled and not followed[big]:
            after[i] = big
            followed[big] = True
            length[i] = length[big] + 1
    return after, length, followed


@njit(cache=True)
def relays(
    source: Ints,
    target: Ints,
    time: Longs,
    amount: Floats,
    skip: Flags,
    out_offsets: Longs,
    out_order: Longs,
    within: int,
    fee: float,
    least: float,
) -> tuple[Longs, Longs, Flags]:
    """Relays: a transfer is followed by its receiver's next one of nearly the same amount, `fee` less at most.

    Looked for within `within`, among the receiver's next 32 transfers; each transfer follows one. Money that goes
    straight back follows none.

    returns  as `chains`
    """
    n = len(source)
    after = np.full(n, -1, dtype=np.int64)
    length = np.ones(n, dtype=np.int64)
    followed = np.zeros(n, dtype=np.bool_)
    for i in range(n - 1, -1, -1):
        account = target[i]
        if amount[i] < least or skip[account] or skip[source[i]] or account == source[i]:
            continue
        low, high = out_offsets[account], out_offsets[account + 1]
        first = low + np.searchsorted(out_order[low:high], i)
        for j in range(first, min(high, first + 32)):
            sent = out_order[j]
            if time[sent] > time[i] + within:
                break
            near = (1.0 - fee) * amount[i] <= amount[sent] <= amount[i]
            if near and not followed[sent] and target[sent] != source[i] and target[sent] != account:
                after[i] = sent
                followed[sent] = True
                length[i] = length[sent] + 1
                break
    return after, length, followed
