"""Who knows whom among one's contacts: neighbours that two tied nodes share, and groups of contacts that are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Floats, Graph, Ints, Longs
from upriver.graph.components import find


@dataclass(frozen=True, slots=True)
class Triangles:
    """common    int32, one per neighbour of the graph: nodes tied to both ends of the tie
    indirect  float64, one per neighbour: part of the node's ties that leads on to this neighbour over a third
    groups    int32, n: pieces that a node's contacts fall into when the node itself is left out
    """

    common: Ints
    indirect: Floats
    groups: Ints


def triangles(graph: Graph) -> Triangles:
    """Count the triangles on each tie, and the groups around each node.

    graph  undirected; each triangle is met once, from its node of fewest ties, so that a hub costs little
    """
    return Triangles(*_triangles(graph.offsets, graph.neighbours, shares(graph)))


def shares(graph: Graph) -> Floats:
    """What part of a node's ties, by weight, each neighbour has: float64, one per neighbour."""
    node = np.repeat(np.arange(graph.n), np.diff(graph.offsets))
    total = np.bincount(node, weights=graph.weights, minlength=graph.n)
    share: Floats = graph.weights / total[node]
    return share


def constraint_of(graph: Graph, around: Triangles) -> Floats:
    """`centrality.constraint` at the cost of the triangles, so that a hub of a million ties does not stop it.

    returns  float64, n; 0 without ties
    """
    node = np.repeat(np.arange(graph.n), np.diff(graph.offsets))
    bound = (shares(graph) + around.indirect) ** 2
    return np.bincount(node, weights=bound, minlength=graph.n).astype(np.float64)


@njit(cache=True)
def _triangles(offsets: Longs, neighbours: Ints, share: Floats) -> tuple[Ints, Floats, Ints]:
    n, slots = len(offsets) - 1, len(neighbours)
    back = np.empty(slots, dtype=np.int32)  # where the same tie stands in the list of its other end
    at = offsets[:-1].copy()
    for v in range(n):
        for k in range(offsets[v], offsets[v + 1]):
            w = neighbours[k]
            back[k] = at[w]
            at[w] += 1
    common = np.zeros(slots, dtype=np.int32)
    indirect = np.zeros(slots)
    parent = np.arange(slots).astype(np.int32)  # contacts of one node that hang together, by their slots
    first, up = _upward(offsets, neighbours)
    mark = np.full(n, -1, dtype=np.int64)
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            mark[neighbours[up[a]]] = up[a]
        for a in range(first[v], first[v + 1]):
            k = up[a]
            w = neighbours[k]
            for b in range(first[w], first[w + 1]):
                j = up[b]
                i = mark[neighbours[j]]
                if i < 0:
                    continue
                # k: v to w, i: v to x, j: w to x; each of the six ways along the triangle has its third.
                _count(common, indirect, share, back, k, i, back[j])
                _count(common, indirect, share, back, i, k, j)
                _count(common, indirect, share, back, j, back[k], i)
                _join(parent, k, i)
                _join(parent, back[k], j)
                _join(parent, back[i], back[j])
        for a in range(first[v], first[v + 1]):
            mark[neighbours[up[a]]] = -1
    groups = np.zeros(n, dtype=np.int32)
    for v in range(n):
        for k in range(offsets[v], offsets[v + 1]):
            groups[v] += parent[k] == k
    return common, indirect, groups


@njit(cache=True)
def _count(common: Ints, indirect: Floats, share: Floats, back: Ints, slot: int, first: int, second: int) -> None:
    """One more way beside the tie `slot`: the tie `first`, and then `second`; and back."""
    common[slot] += 1
    common[back[slot]] += 1
    indirect[slot] += share[first] * share[second]
    indirect[back[slot]] += share[back[second]] * share[back[first]]


@njit(cache=True)
def _upward(offsets: Longs, neighbours: Ints) -> tuple[Longs, Longs]:
    """The ties of each node that lead to one of more ties: their slots, and where those of each node begin."""
    n = len(offsets) - 1
    first = np.zeros(n + 1, dtype=np.int64)
    up = np.empty(len(neighbours) // 2, dtype=np.int64)
    n_up = 0
    for v in range(n):
        for k in range(offsets[v], offsets[v + 1]):
            if _above(offsets, neighbours[k], v):
                up[n_up] = k
                n_up += 1
        first[v + 1] = n_up
    return first, up


@njit(cache=True)
def _above(offsets: Longs, w: int, v: int) -> bool:
    """Whether w has more ties than v, or as many and the higher code."""
    one, other = offsets[w + 1] - offsets[w], offsets[v + 1] - offsets[v]
    return bool(one > other or (one == other and w > v))


@njit(cache=True)
def _join(parent: Ints, a: int, b: int) -> None:
    a, b = find(parent, a), find(parent, b)
    if a != b:
        parent[max(a, b)] = min(a, b)
