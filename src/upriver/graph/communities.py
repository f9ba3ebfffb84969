"""Groups that hold together, found by raising modularity (Louvain), each group in one piece."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Floats, Graph, Ints, Longs

_GAIN = 1e-12  # a smaller gain is rounding: moving on it would make the answer depend on the machine


def communities(graph: Graph, resolution: float = 1.0, rounds: int = 50) -> Ints:
    """The group of each node, numbered from 0 in the order of their smallest node.

    Nodes are visited in the order of their codes and ties in gain go to the lowest group: nothing is random. A group
    that falls into pieces is split into them (Traag, Waltman & van Eck 2019: Louvain alone leaves such groups).

    graph       undirected, weights > 0
    resolution  above 1: smaller groups; below: larger
    """
    member = np.arange(graph.n, dtype=np.int32)
    offsets, neighbours, weights = graph.offsets, graph.neighbours, graph.weights
    loops = np.zeros(graph.n)
    for _ in range(rounds):
        moved = _move(offsets, neighbours, weights, loops, resolution, rounds)
        whole = _pieces(offsets, neighbours, moved)
        if int(whole.max(initial=-1)) + 1 == len(whole):
            break
        member = whole[member]
        offsets, neighbours, weights, loops = _merge(offsets, neighbours, weights, loops, whole)
    return member


def modularity(graph: Graph, member: Ints, resolution: float = 1.0) -> float:
    """Weight of ties inside groups beyond what the groups' sizes would bring, as a share of all (Newman 2004)."""
    total = float(graph.weights.sum())
    if total == 0.0:
        return 0.0
    node = np.repeat(np.arange(graph.n), np.diff(graph.offsets))
    inside = float(graph.weights[member[node] == member[graph.neighbours]].sum())
    strength = np.bincount(member[node], weights=graph.weights)
    return inside / total - resolution * float(((strength / total) ** 2).sum())


@njit(cache=True)
def _move(offsets: Longs, neighbours: Ints, weights: Floats, loops: Floats, resolution: float, rounds: int) -> Ints:
    """Move each node to the neighbouring group of most gain, until none moves."""
    n = len(offsets) - 1
    group = np.arange(n).astype(np.int32)
    strength = loops.copy()
    for v in range(n):
        for k in range(offsets[v], offsets[v + 1]):
            strength[v] += weights[k]
    inside = strength.copy()
    total = max(strength.sum(), 1e-300)
    tie = np.zeros(n)
    near = np.empty(n, dtype=np.int32)
    for _ in range(rounds):
        moved = False
        for v in range(n):
            n_near = 0
            for k in range(offsets[v], offsets[v + 1]):
                g = group[neighbours[k]]
                if tie[g] == 0.0:
                    near[n_near] = g
                    n_near += 1
                tie[g] += weights[k]
            old = group[v]
            inside[old] -= strength[v]
            best, most = old, tie[old] - resolution * strength[v] * inside[old] / total
            for j in range(n_near):
                g = near[j]
                gain = tie[g] - resolution * strength[v] * inside[g] / total
                if gain > most + _GAIN * total or (g < best and best != old and gain > most - _GAIN * total):
                    best, most = g, gain
            inside[best] += strength[v]
            if best != old:
                group[v] = best
                moved = True
            for j in range(n_near):
                tie[near[j]] = 0.0
        if not moved:
            break
    return group


@njit(cache=True)
def _pieces(offsets: Longs, neighbours: Ints, group: Ints) -> Ints:
    """The connected pieces of the groups, numbered in the order of their smallest node."""
    n = len(group)
    piece = np.full(n, -1, dtype=np.int32)
    stack = np.empty(n, dtype=np.int32)
    pieces = 0
    for v in range(n):
        if piece[v] >= 0:
            continue
        piece[v], stack[0], depth = pieces, v, 1
        while depth > 0:
            depth -= 1
            u = stack[depth]
            for k in range(offsets[u], offsets[u + 1]):
                w = neighbours[k]
                if piece[w] < 0 and group[w] == group[v]:
                    piece[w] = pieces
                    stack[depth] = w
                    depth += 1
        pieces += 1
    return piece


def _merge(
    offsets: Longs, neighbours: Ints, weights: Floats, loops: Floats, group: Ints
) -> tuple[Longs, Ints, Floats, Floats]:
    """The graph whose nodes are the groups; ties inside a group become its loop."""
    n = int(group.max()) + 1
    a = group[np.repeat(np.arange(len(group)), np.diff(offsets))].astype(np.int64)
    b = group[neighbours].astype(np.int64)
    inner = np.bincount(group, weights=loops, minlength=n).astype(np.float64)
    inner += np.bincount(a[a == b], weights=weights[a == b], minlength=n)
    key = (a * n + b)[a != b]
    distinct, place = np.unique(key, return_inverse=True)
    merged = np.bincount(place, weights=weights[a != b], minlength=len(distinct)).astype(np.float64)
    rows = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(distinct // n, minlength=n), out=rows[1:])
    return rows, (distinct % n).astype(np.int32), merged, inner
