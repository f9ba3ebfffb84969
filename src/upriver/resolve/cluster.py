"""Pairs to clusters: union-find, but never through a contradiction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from upriver.resolve.facts import clash

Marks = Mapping[str, frozenset[str]]
Pair = tuple[int, int]


def clusters(
    n: int,
    same: Sequence[tuple[int, int, float]],
    marks: Mapping[int, Marks],
    forced: Sequence[Pair] = (),
    apart: Sequence[Pair] = (),
    listed: frozenset[int] = frozenset(),
) -> tuple[list[int], dict[Pair, str]]:
    """The smallest member of each member's cluster, and the pairs that were not joined, with the reason.

    same    pairs judged one, with their weight: the heavier are joined first
    marks   of a member: values of which a cluster holds only one (birth date, document)
    forced  pairs that an analyst joined: they overrule contradictions
    apart   pairs that an analyst parted: they never meet in one cluster, unless forced together
    listed  members of watchlists: only an analyst joins them to anything
    """
    from upriver.graph.components import components

    usable = [(a, b, weight) for a, b, weight in same if a not in listed and b not in listed]
    ends = np.array([(a, b) for a, b, _ in usable] + list(forced), dtype=np.int32).reshape(-1, 2)
    labels = components(n, np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])).tolist()
    doubtful = _doubtful(labels, marks, apart)
    parent = list(range(n))
    for a, b in forced:
        _join(parent, a, b)
    for a, b, _ in usable:
        if labels[a] not in doubtful:
            _join(parent, a, b)
    refused: dict[Pair, str] = {}
    held: dict[int, dict[str, frozenset[str]]] = {}
    parted: dict[int, set[int]] = defaultdict(set)
    for member in range(n):
        if labels[member] in doubtful:
            root = _root(parent, member)
            held[root] = _merged(held.get(root, {}), marks.get(member, {}))
    for a, b in apart:
        one, two = _root(parent, a), _root(parent, b)
        if one != two:
            parted[one].add(two)
            parted[two].add(one)
    for a, b, _ in sorted((p for p in usable if labels[p[0]] in doubtful), key=lambda p: (-p[2], p[0], p[1])):
        one, two = _root(parent, a), _root(parent, b)
        if one == two:
            continue
        mark = clash(held[one], held[two])
        if mark or two in parted[one]:
            refused[(a, b)] = f"the group would hold two values of {mark}" if mark else "an analyst parted their group"
            continue
        _join(parent, one, two)
        root, gone = min(one, two), max(one, two)
        held[root] = _merged(held[one], held[two])
        for other in parted.pop(gone, set()):
            parted[other].discard(gone)
            parted[other].add(root)
            parted[root].add(other)
    return [_root(parent, member) for member in range(n)], refused


def _doubtful(labels: Sequence[int], marks: Mapping[int, Marks], apart: Sequence[Pair]) -> set[int]:
    """Components in which something contradicts: only these are joined pair by pair."""
    doubtful = {labels[a] for a, b in apart if labels[a] == labels[b]}
    held: dict[int, dict[str, frozenset[str]]] = {}
    for member in sorted(marks):
        label = labels[member]
        if any(held.get(label, {}).get(mark, values) != values for mark, values in marks[member].items()):
            doubtful.add(label)
        held[label] = _merged(held.get(label, {}), marks[member])
    return doubtful


def _merged(one: Marks, two: Marks) -> dict[str, frozenset[str]]:
    return {mark: one.get(mark, frozenset()) | two.get(mark, frozenset()) for mark in sorted({*one, *two})}


def _root(parent: list[int], member: int) -> int:
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member


def _join(parent: list[int], a: int, b: int) -> None:
    one, two = _root(parent, a), _root(parent, b)
    if one != two:
        parent[max(one, two)] = min(one, two)
