"""Who stands where in a network: degree, betweenness, brokerage, pagerank."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Graph, Ints, Longs


def degree(graph: Graph) -> Floats:
    """Number of neighbours of each node."""
    return np.diff(graph.offsets).astype(np.float64)


def strength(graph: Graph) -> Floats:
    """Sum of the weights of each node's ties."""
    node = np.repeat(np.arange(graph.n), np.diff(graph.offsets))
    return np.bincount(node, weights=graph.weights, minlength=graph.n).astype(np.float64)


def betweenness(graph: Graph, samples: int = 0, seed: int = 0, alive: Flags | None = None) -> Floats:
    """Shortest paths through each node, over pairs of other nodes, ties unweighted (Brandes 2001).

    samples  number of nodes that paths start from, drawn without return; 0, or as many as there are nodes: all, exact
    alive    nodes that are left; paths run through these only
    returns  float64, n; of an undirected graph each pair counts once in either direction, sampled figures are scaled up
    """
    living = np.arange(graph.n) if alive is None else np.flatnonzero(alive)
    starts = living
    if 0 < samples < len(living):
        starts = np.sort(np.random.default_rng(seed).choice(living, samples, replace=False))
    flags = np.ones(graph.n, dtype=np.bool_) if alive is None else alive
    score: Floats = _betweenness(graph.offsets, graph.neighbours, flags, starts.astype(np.int64))
    return score * (len(living) / len(starts)) if len(starts) else score


@njit(cache=True)
def _betweenness(offsets: Longs, neighbours: Ints, alive: Flags, starts: Longs) -> Floats:
    n = len(offsets) - 1
    score, paths, share = np.zeros(n), np.zeros(n), np.zeros(n)
    far, queue = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.int32)
    add_paths(offsets, neighbours, alive, starts, score, far, paths, share, queue)
    return score


@njit(cache=True)
def add_paths(
    offsets: Longs,
    neighbours: Ints,
    alive: Flags,
    starts: Longs | Ints,
    score: Floats,
    far: Ints,
    paths: Floats,
    share: Floats,
    queue: Ints,
) -> None:
    """Add to `score` the shortest paths through each node from some starts.

    far, paths, share, queue  working space by node; far -1, paths and share 0, before and after
    """
    for start in starts:
        head, tail = 0, 1
        queue[0] = start
        far[start], paths[start] = 0, 1.0
        while head < tail:
            v = queue[head]
            head += 1
            for k in range(offsets[v], offsets[v + 1]):
                w = neighbours[k]
                if not alive[w]:
                    continue
                if far[w] < 0:
                    far[w] = far[v] + 1
                    queue[tail] = w
                    tail += 1
                if far[w] == far[v] + 1:
                    paths[w] += paths[v]
        for j in range(tail - 1, -1, -1):
            v = queue[j]
            for k in range(offsets[v], offsets[v + 1]):
                w = neighbours[k]
                if alive[w] and far[w] == far[v] + 1:
                    share[v] += paths[v] / paths[w] * (1.0 + share[w])
            if v != start:
                score[v] += share[v]
        for j in range(tail):
            v = queue[j]
            far[v], paths[v], share[v] = -1, 0.0, 0.0


def constraint(graph: Graph) -> Floats:
    """How far each node's ties lead to people who are tied to each other (Burt 1992), by weight; NaN without ties.

    graph  undirected
    """
    score: Floats = _constraint(graph.offsets, graph.neighbours, graph.weights)
    return score


def brokerage(graph: Graph) -> Floats:
    """1 - constraint: high where a node joins people who are not tied to each other; 0 for a node without ties."""
    return np.nan_to_num(1.0 - constraint(graph), nan=0.0)


@njit(cache=True)
def _constraint(offsets: Longs, neighbours: Ints, weights: Floats) -> Floats:
    n = len(offsets) - 1
    total, score = np.zeros(n), np.full(n, np.nan)
    for v in range(n):
        for k in range(offsets[v], offsets[v + 1]):
            total[v] += weights[k]
    share = np.zeros(n)  # of the node at hand: what part of its ties goes, directly or over one other, to each node
    for v in range(n):
        if offsets[v] == offsets[v + 1]:
            continue
        for k in range(offsets[v], offsets[v + 1]):
            share[neighbours[k]] = weights[k] / total[v]
        score[v] = 0.0
        for k in range(offsets[v], offsets[v + 1]):
            w = neighbours[k]
            indirect = 0.0
            for j in range(offsets[w], offsets[w + 1]):
                u = neighbours[j]
                if u != v and share[u] > 0.0:
                    indirect += share[u] * weights[j] / total[u]
            score[v] += (share[w] + indirect) ** 2
        for k in range(offsets[v], offsets[v + 1]):
            share[neighbours[k]] = 0.0
    return score


def pagerank(graph: Graph, damping: float = 0.85, tolerance: float = 1e-10, rounds: int = 200) -> Floats:
    """Where a walk along the ties ends up, by weight; sums to 1.

    graph  directed; hand in `directed(n, target, source, weight)` for the reversed rank, high where orders flow out
    """
    score: Floats = _pagerank(graph.offsets, graph.neighbours, graph.weights, damping, tolerance, rounds)
    return score


@njit(cache=True)
def _pagerank(
    offsets: Longs, neighbours: Ints, weights: Floats, damping: float, tolerance: float, rounds: int
) -> Floats:
    n = len(offsets) - 1
    rank = np.full(n, 1.0 / max(n, 1))
    total = np.zeros(n)
    for v in range(n):
        for k in range(offsets[v], offsets[v + 1]):
            total[v] += weights[k]
    for _ in range(rounds):
        fresh = np.zeros(n)
        idle = 0.0
        for v in range(n):
            if total[v] == 0.0:
                idle += rank[v]
            for k in range(offsets[v], offsets[v + 1]):
                fresh[neighbours[k]] += rank[v] * weights[k] / total[v]
        moved = 0.0
        for v in range(n):
            fresh[v] = damping * (fresh[v] + idle / n) + (1.0 - damping) / n
            moved += abs(fresh[v] - rank[v])
        rank = fresh
        if moved < tolerance:
            break
    return rank
