"""Connected parts of a graph, by union-find."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Ints


@njit(cache=True)
def find(parent: Ints, node: int) -> int:
    """The root of `node`; halves the path on its way."""
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True)
def join(parent: Ints, size: Ints, a: int, b: int) -> int:
    """Bring two parts together; nodes of the part that then holds both. size: nodes of the part, at its root."""
    a, b = find(parent, a), find(parent, b)
    if a != b:
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
    return int(size[a])


@njit(cache=True)
def components(n: int, source: Ints, target: Ints) -> Ints:
    """The part that each node belongs to, whatever the direction of the ties.

    n        number of nodes; codes are 0 .. n - 1
    returns  int32, n: parts are numbered from 0 in the order of their smallest node
    """
    parent = np.arange(n).astype(np.int32)
    for i in range(len(source)):
        a, b = find(parent, source[i]), find(parent, target[i])
        # The smaller code becomes the root: parts come out numbered the same for every order of ties.
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    label = np.empty(n, dtype=np.int32)
    parts = 0
    for node in range(n):
        root = find(parent, node)
        if root == node:
            label[node] = parts
            parts += 1
        else:
            label[node] = label[root]
    return label
