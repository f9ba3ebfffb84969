"""Orders and sets of nodes whose removal breaks a network apart.

Hidden ties change the answer more than the choice of order: show every figure of a removal with that caution.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Graph, Ints, Longs
from upriver.graph.centrality import betweenness, degree
from upriver.graph.components import find


def largest_after(graph: Graph, order: Ints) -> Longs:
    """Nodes in the largest part before and after each removal of `order`: int64, len(order) + 1."""
    sizes: Longs = _largest_after(graph.offsets, graph.neighbours, order)
    return sizes


@njit(cache=True)
def _largest_after(offsets: Longs, neighbours: Ints, order: Ints) -> Longs:
    """Nodes come back in reverse, by union-find."""
    n = len(offsets) - 1
    parent = np.arange(n).astype(np.int32)
    size = np.ones(n, dtype=np.int64)
    there = np.ones(n, dtype=np.bool_)
    for v in order:
        there[v] = False
    best = 0
    for v in range(n):
        if there[v]:
            best = max(best, 1)
            for k in range(offsets[v], offsets[v + 1]):
                if there[neighbours[k]]:
                    best = max(best, _join(parent, size, v, neighbours[k]))
    curve = np.empty(len(order) + 1, dtype=np.int64)
    curve[len(order)] = best
    for j in range(len(order) - 1, -1, -1):
        v = order[j]
        there[v] = True
        best = max(best, 1)
        for k in range(offsets[v], offsets[v + 1]):
            if there[neighbours[k]]:
                best = max(best, _join(parent, size, v, neighbours[k]))
        curve[j] = best
    return curve


@njit(cache=True)
def _join(parent: Ints, size: Longs, a: int, b: int) -> int:
    """Size of the part that holds both."""
    a, b = find(parent, a), find(parent, b)
    if a != b:
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
    return int(size[a])


def by_betweenness(graph: Graph, limit: int, samples: int = 0, seed: int = 0, allowed: Flags | None = None) -> Ints:
    """Nodes in the order they go: each time the one on most shortest paths, scored anew after each removal.

    limit    nodes to remove at most
    samples  as `betweenness`: 0 is exact
    allowed  nodes that may be chosen; all where none is given
    returns  int32; among equals (also where no path is left between others) the node with more neighbours left, then
             the smaller code
    """
    alive = np.ones(graph.n, dtype=np.bool_)
    may = np.ones(graph.n, dtype=np.bool_) if allowed is None else allowed.copy()
    left = degree(graph)
    order: list[int] = []
    while len(order) < limit and may.any():
        score = betweenness(graph, samples, seed, alive)
        # Sums of fractions differ in the last digits between machines: equal to nine digits is equal.
        score = np.where(may, np.round(score, 9), -1.0)
        choice = np.flatnonzero(score == score.max())
        node = int(choice[np.argmax(left[choice])])
        order.append(node)
        alive[node] = may[node] = False
        left[graph.neighbours[graph.offsets[node] : graph.offsets[node + 1]]] -= 1
    return np.array(order, dtype=np.int32)


def dismantle(graph: Graph, share: float = 0.1, samples: int = 0, seed: int = 0) -> Ints:
    """An order of few nodes after which no part holds more than `share` of all nodes.

    Nodes are taken by adaptive betweenness; then every one that is not needed for the aim is put back.
    """
    aim = int(np.ceil(share * graph.n))
    order = by_betweenness_until(graph, aim, samples, seed)
    return reinsert(graph, order, aim)


def by_betweenness_until(graph: Graph, aim: int, samples: int = 0, seed: int = 0) -> Ints:
    """The shortest prefix of `by_betweenness` that leaves no part of more than `aim` nodes."""
    tried = 8
    while True:
        order = by_betweenness(graph, tried, samples, seed)
        sizes = largest_after(graph, order)
        enough = np.flatnonzero(sizes <= aim)
        if len(enough):
            return order[: enough[0]]
        if tried >= graph.n:
            return order
        tried = min(2 * tried, graph.n)


def reinsert(graph: Graph, order: Ints, aim: int) -> Ints:
    """`order` without the nodes that may come back while no part grows beyond `aim`: those that join least first."""
    gone = {int(v) for v in order}
    back: list[int] = []
    while True:
        part = _parts_without(graph, np.array(sorted(gone), dtype=np.int32))
        sizes = np.bincount(part[part >= 0], minlength=1)
        best: tuple[int, int] | None = None
        for v in sorted(gone):
            near = part[graph.neighbours[graph.offsets[v] : graph.offsets[v + 1]]]
            joined = 1 + int(sizes[np.unique(near[near >= 0])].sum())
            if joined <= aim and (best is None or (joined, v) < best):
                best = joined, v
        if best is None:
            break
        gone.discard(best[1])
        back.append(best[1])
    return np.array([v for v in order if int(v) in gone], dtype=np.int32)


def raid(graph: Graph, k: int, samples: int = 0, seed: int = 0, rounds: int = 20) -> Ints:
    """A set of `k` nodes whose removal at once leaves a small largest part: a prefix of the order, bettered by swaps.

    returns  int32, sorted; never worse than the prefix it starts from
    """
    chosen = [int(v) for v in by_betweenness(graph, k, samples, seed)]
    best = _spread(graph, chosen)
    candidates = [int(v) for v in np.argsort(-betweenness(graph, samples, seed), kind="stable")[: 4 * k]]
    for _ in range(rounds):
        better = False
        for place in range(len(chosen)):
            for node in candidates:
                if node in chosen:
                    continue
                trial = chosen.copy()
                trial[place] = node
                value = _spread(graph, trial)
                if value < best:
                    chosen, best, better = trial, value, True
        if not better:
            break
    return np.array(sorted(chosen), dtype=np.int32)


def _spread(graph: Graph, gone: list[int]) -> tuple[int, int]:
    """Size of the largest part, then the pairs still joined, which lead where the first is flat."""
    part = _parts_without(graph, np.array(gone, dtype=np.int32))
    sizes = np.bincount(part[part >= 0], minlength=1)
    return int(sizes.max()), int((sizes.astype(np.int64) ** 2).sum())


def _parts_without(graph: Graph, gone: Ints) -> Ints:
    part: Ints = _label(graph.offsets, graph.neighbours, gone)
    return part


@njit(cache=True)
def _label(offsets: Longs, neighbours: Ints, gone: Ints) -> Ints:
    """The part of each node that is left; -1 for the others."""
    n = len(offsets) - 1
    part = np.full(n, -1, dtype=np.int32)
    for v in gone:
        part[v] = -2
    stack = np.empty(n, dtype=np.int32)
    parts = 0
    for v in range(n):
        if part[v] != -1:
            continue
        part[v], stack[0], depth = parts, v, 1
        while depth > 0:
            depth -= 1
            u = stack[depth]
            for k in range(offsets[u], offsets[u + 1]):
                w = neighbours[k]
                if part[w] == -1:
                    part[w] = parts
                    stack[depth] = w
                    depth += 1
        parts += 1
    for v in gone:
        part[v] = -1
    return part
