"""Orders and sets of removals bettered by small changes, some for the worse at first (Kirkpatrick and others 1983)."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Graph, Ints, Longs
from upriver.graph.components import join

# What an order is to make small: the largest parts, summed until none is beyond the aim; the same over all of it; what
# is left at its end, and of equals the one with fewer pairs that are still joined.
UNTIL, ORDER, RAID = range(3)
_SWAP, _SHIFT, _CHANGE = range(3)
_COOLING = 150.0  # the first temperature in terms of the last


def annealed(
    graph: Graph, order: Ints, goal: int, aim: int, may: Flags, candidates: Ints, moves: int, seed: int
) -> Ints:
    """The best order met on the way, `order` itself included.

    may         nodes that may stand in it
    candidates  nodes that are tried; neighbours of those in the order are tried too
    """
    begun = float(cost(graph.offsets, graph.neighbours, order, goal, aim))
    # Of little time little may be wasted. A set has few costs, an order many.
    warm = begun * (0.1 if goal == RAID else min(3e-3, 3e-8 * moves))
    found: Ints = _annealed(
        graph.offsets,
        graph.neighbours,
        order.astype(np.int32),
        goal,
        aim,
        may,
        candidates,
        moves,
        max(warm, 1e-9),
        seed,
    )
    return found


@njit(cache=True)
def cost(offsets: Longs, neighbours: Ints, order: Ints, goal: int, aim: int) -> float:
    """What an order costs by its goal; less is better."""
    n = len(offsets) - 1
    parent, size, there = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32), np.empty(n, dtype=np.bool_)
    left = without(offsets, neighbours, order, parent, size, there)
    return _walked(offsets, neighbours, order, goal, aim, left, parent, size, there)


@njit(cache=True)
def without(offsets: Longs, neighbours: Ints, order: Ints, parent: Ints, size: Ints, there: Flags) -> int:
    """The parts without all of the order, into the last three (by node); the nodes of the largest."""
    n = len(offsets) - 1
    for v in range(n):
        parent[v], size[v], there[v] = v, 1, True
    for v in order:
        there[v] = False
    best = 0
    for v in range(n):
        if there[v]:
            best = max(best, 1)
            for e in range(offsets[v], offsets[v + 1]):
                w = neighbours[e]
                if w < v and there[w]:
                    best = max(best, join(parent, size, v, w))
    return best


@njit(cache=True)
def put_back(offsets: Longs, neighbours: Ints, v: int, parent: Ints, size: Ints, there: Flags) -> int:
    """A node comes back to parts as `without` made them; the nodes of the part that it is then in."""
    there[v] = True
    joined = 1
    for e in range(offsets[v], offsets[v + 1]):
        if there[neighbours[e]]:
            joined = max(joined, join(parent, size, v, neighbours[e]))
    return joined


@njit(cache=True)
def _walked(
    offsets: Longs,
    neighbours: Ints,
    order: Ints,
    goal: int,
    aim: int,
    left: int,
    parent: Ints,
    size: Ints,
    there: Flags,
) -> float:
    """The cost of an order from the parts without all of it: its nodes come back, the last first."""
    n, k = len(offsets) - 1, len(order)
    best = left
    if goal == RAID:
        pairs = 0.0
        for v in range(n):
            if there[v] and parent[v] == v:
                pairs += float(size[v]) * size[v]
        return best + pairs / (float(n) * n + 1.0)
    # An order that does not reach the aim is worse than each that does.
    total = float(best)
    short = goal == UNTIL and best > aim
    for j in range(k - 1, 0, -1):
        best = max(best, put_back(offsets, neighbours, order[j], parent, size, there))
        # What comes after the aim is reached does not count.
        total = float(best) if goal == UNTIL and best <= aim else total + best
    return total + (n + 5.0 * (left - aim) if short else 0.0)


@njit(cache=True)
def _annealed(
    offsets: Longs,
    neighbours: Ints,
    order: Ints,
    goal: int,
    aim: int,
    may: Flags,
    candidates: Ints,
    moves: int,
    warm: float,
    seed: int,
) -> Ints:
    np.random.seed(seed)
    n, k = len(offsets) - 1, len(order)
    parent, size = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    there, inside = np.empty(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    for v in order:
        inside[v] = True
    left = without(offsets, neighbours, order, parent, size, there)
    # The parts without the order do not change with the order of its nodes.
    parts, sizes = parent.copy(), size.copy()
    now = _walked(offsets, neighbours, order, goal, aim, left, parent, size, there)
    least, best = now, order.copy()
    for step in range(moves):
        temperature = warm * _COOLING ** (-step / moves)
        chance = np.random.random()
        move = _CHANGE if goal == RAID or chance >= 0.65 else _SWAP if chance < 0.3 else _SHIFT
        i, j = np.random.randint(k), np.random.randint(k)
        old, new = order[i], order[j]
        if move == _CHANGE:
            ties = offsets[old + 1] - offsets[old]
            if ties > 0 and np.random.random() < 0.5:
                new = neighbours[offsets[old] + np.random.randint(ties)]
            else:
                new = candidates[np.random.randint(len(candidates))]
            if inside[new] or not may[new]:
                continue
            order[i] = new
        elif i == j:
            continue
        elif move == _SWAP:
            order[i], order[j] = new, old
        else:
            _shift(order, i, j)
        kept = left
        if move == _CHANGE:
            left = without(offsets, neighbours, order, parent, size, there)
            other_parts, other_sizes = parent.copy(), size.copy()
        else:
            parent[:], size[:] = parts, sizes
            for v in order:
                there[v] = False
        found = _walked(offsets, neighbours, order, goal, aim, left, parent, size, there)
        if found <= now or np.random.random() < np.exp((now - found) / temperature):
            now = found
            if move == _CHANGE:
                inside[old], inside[new] = False, True
                parts, sizes = other_parts, other_sizes
            if now < least:
                least = now
                best[:] = order
        elif move == _CHANGE:
            order[i], left = old, kept
            there[old], there[new] = False, True
        elif move == _SWAP:
            order[i], order[j] = old, new
        else:
            _shift(order, j, i)
    return best


@njit(cache=True)
def _shift(order: Ints, i: int, j: int) -> None:
    """Take the node at `i` out and put it in at `j`."""
    moved = order[i]
    step = 1 if i < j else -1
    for q in range(i, j, step):
        order[q] = order[q + step]
    order[j] = moved
