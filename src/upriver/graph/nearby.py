"""Pairs near each other: who shares a contact, and what a pair shares. No square of a matrix of ties is ever held."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs


def bridges(degree: Longs, hub: int, most: int) -> Flags:
    """Who may bring two others together: neither who has more than `hub` ties, nor so many that pairs pass `most`.

    degree  ties of each node; a node of d ties brings d (d - 1) / 2 pairs together
    """
    size = np.bincount(np.minimum(degree, hub + 1), minlength=hub + 2)[: hub + 1].astype(np.float64)
    d = np.arange(hub + 1)
    within = np.cumsum(size * d * (d - 1) / 2) <= most
    found: Flags = degree <= (int(np.flatnonzero(within)[-1]) if within.any() else 0)
    return found


def two_apart(offsets: Longs, neighbours: Ints, bridge: Flags) -> Longs:
    """Pairs a < b without a tie, with a common contact of `bridge`, as a * n + b, ascending."""
    found: Longs = _two_apart(offsets, neighbours, bridge)
    return found


def shared(
    offsets: Longs, neighbours: Ints, bridge: Flags, gone: Flags, low: Ints, high: Ints
) -> tuple[Longs, Floats, Longs, Flags]:
    """What each pair (low, high) without a tie shares; quick where pairs of one `low` stand together.

    neighbours  in ascending order
    gone        by node
    returns     common contacts of `bridge`; over them the sum of 1 / ties; how many of them are gone; whether a way
                of three ties leads from low to high, the first contact one of `bridge`
    """
    found: tuple[Longs, Floats, Longs, Flags] = _shared(offsets, neighbours, bridge, gone, low, high)
    return found


@njit(cache=True)
def _two_apart(offsets: Longs, neighbours: Ints, bridge: Flags) -> Longs:
    n = len(offsets) - 1
    # met[b] is a + 1 where b was met from a already, or is tied to it.
    met = np.zeros(n, dtype=np.int32)
    starts = np.zeros(n + 1, dtype=np.int64)
    found = np.empty(0, dtype=np.int64)
    for turn in range(2):  # counted, then written
        for a in range(n):
            for k in range(offsets[a], offsets[a + 1]):
                met[neighbours[k]] = a + 1
            at = starts[a]
            for k in range(offsets[a], offsets[a + 1]):
                between = neighbours[k]
                if not bridge[between]:
                    continue
                for j in range(offsets[between + 1] - 1, offsets[between] - 1, -1):
                    b = neighbours[j]
                    if b <= a:
                        break
                    if met[b] != a + 1:
                        met[b] = a + 1
                        if turn == 1:
                            found[at] = np.int64(a) * n + b
                        at += 1
            if turn == 0:
                starts[a + 1] = at
            else:
                found[starts[a] : at].sort()
        if turn == 0:
            found = np.empty(starts[n], dtype=np.int64)
            met[:] = 0
    return found


@njit(cache=True)
def _shared(
    offsets: Longs, neighbours: Ints, bridge: Flags, gone: Flags, low: Ints, high: Ints
) -> tuple[Longs, Floats, Longs, Flags]:
    n, rows = len(offsets) - 1, len(low)
    two, fewer = np.zeros(rows, dtype=np.int64), np.zeros(rows)
    lost, three = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.bool_)
    one_step, two_steps = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    near, far = -1, -1
    for row in range(rows):
        a, b = low[row], high[row]
        if near != a:
            near = a
            for k in range(offsets[a], offsets[a + 1]):
                one_step[neighbours[k]] = a
        for k in range(offsets[b], offsets[b + 1]):
            c = neighbours[k]
            if one_step[c] == a and bridge[c]:
                two[row] += 1
                fewer[row] += 1.0 / (offsets[c + 1] - offsets[c])
                lost[row] += gone[c]
        if far != a:
            far = a
            for k in range(offsets[a], offsets[a + 1]):
                between = neighbours[k]
                if bridge[between]:
                    for j in range(offsets[between], offsets[between + 1]):
                        two_steps[neighbours[j]] = a
        for k in range(offsets[b], offsets[b + 1]):
            if two_steps[neighbours[k]] == a:
                three[row] = True
                break
    return two, fewer, lost, three
