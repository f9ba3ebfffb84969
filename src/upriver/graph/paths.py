"""Rings that respect time: money cannot leave before it came.

Transfers are handed in in the order in which they happen (`order.time_order`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs


def rings(
    time: Longs,
    source: Ints,
    target: Ints,
    amount: Floats,
    skip: Flags,
    window: int,
    length: int = 4,
    least: float = 0.8,
    most: float = 1.02,
    budget: int = 200,
    limit: int = 100_000,
) -> list[list[int]]:
    """Short rings: money that returns to the account it left, over 2 to `length` transfers, each account passed once.

    time    in the order of the transfers, in the unit of `window`
    skip    per account: services, which everything passes
    window  longest time between first and last transfer
    least   an onward transfer is at least this share of the one before it, and at most `most`
    budget  transfers looked at for one first transfer; limit: rings returned
    returns each ring's transfers in time order, rings by first transfer
    """
    order = np.argsort(source, kind="stable").astype(np.int64)
    offsets = np.zeros(len(skip) + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=len(skip)), out=offsets[1:])
    flat, sizes = _rings(time, source, target, amount, skip, order, offsets, window, length, least, most, budget, limit)
    ends = np.cumsum(sizes)
    return [flat[end - size : end].tolist() for end, size in zip(ends, sizes, strict=True)]


@njit(cache=True)
def _rings(
    time: Longs,
    source: Ints,
    target: Ints,
    amount: Floats,
    skip: Flags,
    order: Longs,
    offsets: Longs,
    window: int,
    length: int,
    least: float,
    most: float,
    budget: int,
    limit: int,
) -> tuple[Longs, Longs]:
    flat = np.empty(limit * length, dtype=np.int64)
    sizes = np.empty(limit, dtype=np.int64)
    n_flat = n_rings = 0
    path = np.empty(length, dtype=np.int64)
    place = np.empty(length, dtype=np.int64)  # next onward transfer to try at each depth
    for i in range(len(source)):
        if skip[source[i]] or skip[target[i]]:
            continue
        home, seen, depth = source[i], 0, 1
        path[0] = i
        b = target[i]
        place[0] = offsets[b] + np.searchsorted(order[offsets[b] : offsets[b + 1]], i)
        while depth > 0 and seen < budget and n_rings < limit:
            here = path[depth - 1]
            at = place[depth - 1]
            if at >= offsets[target[here] + 1] or time[order[at]] > time[i] + window:
                depth -= 1
                continue
            place[depth - 1] += 1
            seen += 1
            j = order[at]
            if amount[j] < least * amount[here] or amount[j] > most * amount[here]:
                continue
            c = target[j]
            if c == home:
                for d in range(depth):
                    flat[n_flat + d] = path[d]
                flat[n_flat + depth] = j
                n_flat += depth + 1
                sizes[n_rings] = depth + 1
                n_rings += 1
                continue
            if depth + 1 >= length or skip[c]:
                continue
            again = False
            for d in range(depth):
                again = again or source[path[d]] == c or target[path[d]] == c
            if again:
                continue
            path[depth] = j
            place[depth] = offsets[c] + np.searchsorted(order[offsets[c] : offsets[c + 1]], j)
            depth += 1
    return flat[:n_flat].copy(), sizes[:n_rings].copy()
