"""Pairs to clusters: the surest first, and what is joined is weighed anew as one, with all that its records tell.

Union-find over sure pairs would join two people through one poor record. Here two groups join when the mean of what
their records say of each other, feature by feature, still makes one bearer likely: a bridge of one strong pair between
two groups that otherwise disagree does not hold, and records that tell too little alone may be enough together.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upriver.plain.records.weights import Weighed

_NAMES = ("given", "family", "others")
_FAR = -20.0  # log2 odds below which a pair says no more than that two groups differ
_MET = 1 / 3  # share of the pairs between two groups that must have been worth comparing
_BLOCK = 1 << 18
_SECOND = 1.0  # bits that something beside the name must lend

Mark = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clusters:
    """of: first record of the cluster of each record; held: pairs that are sure alone and were not joined -> why."""

    of: npt.NDArray[np.int64]
    held: dict[int, str]


def contradicting(pairs: Weighed) -> Mark:
    """Pairs of which both the birth date and the given name contradict: two people, whatever else they share."""
    kinds = [feature.kind for feature in pairs.features]
    # A family name may change; a given name stays.
    names = [place for place, kind in enumerate(kinds) if kind == "given"]
    births = [place for place, kind in enumerate(kinds) if kind == "birth"]
    if not names or not births:
        return np.zeros(len(pairs.left), dtype=np.bool_)
    found: Mark = (pairs.gamma[:, births] == 0).any(axis=1) & (pairs.gamma[:, names] == 0).any(axis=1)
    return found


def siblings(pairs: Weighed) -> Mark:
    """Pairs of other given names that no document or address binds, where the file is too small to tell how often one
    bearer has two: twins share all the rest, and 1 January is the birthday of whoever has none."""
    kinds = [feature.kind for feature in pairs.features]
    names = [place for place, kind in enumerate(kinds) if kind == "given"]
    codes = [place for place, kind in enumerate(kinds) if kind == "code"]
    if pairs.learnt or not names:
        return np.zeros(len(pairs.left), dtype=np.bool_)
    found: Mark = (pairs.gamma[:, names] == 0).any(axis=1) & ~(pairs.gamma[:, codes] >= 1).any(axis=1)
    return found


def gather(n: int, pairs: Weighed, at: float) -> Clusters:
    """Clusters of `n` records.

    at  log2 odds from which two groups are joined
    """
    groups = _Groups(n, pairs, at)
    groups.join()
    return groups.clusters()


class _Groups:
    """Groups are named by one of their records; `links` leads from a group to its neighbours, and to the number of
    the pair under which what is known of the two is summed."""

    def __init__(self, n: int, pairs: Weighed, at: float) -> None:
        weight = pairs.weight
        self._pairs, self._weight, self._at = pairs, weight, at
        self._parent = list(range(n))
        self._size = [1] * n
        self._sum = pairs.bits.copy()
        self._told = (pairs.gamma >= 0).astype(np.float64)
        self._met = np.ones(len(weight))
        self._apart = contradicting(pairs) | siblings(pairs)
        names = [feature.kind in _NAMES for feature in pairs.features]
        self._beside = ~np.array(names) if any(names) else np.ones(len(names), dtype=np.bool_)
        self._version = np.zeros(len(weight), dtype=np.int64)
        self._links: dict[int, dict[int, int]] = {}
        self._heap: list[tuple[float, int, int, int, int]] = []
        second = _means(self._sum, self._told)[:, self._beside].max(axis=1, initial=0.0) >= _SECOND
        ready = (weight >= at) & second & ~self._apart
        for pair in np.flatnonzero(_together(n, pairs, weight) & (weight > _FAR)).tolist():
            a, b = int(pairs.left[pair]), int(pairs.right[pair])
            self._links.setdefault(a, {})[b] = pair
            self._links.setdefault(b, {})[a] = pair
        order = weight * _shared_friends(n, pairs, ready)
        for pair in np.flatnonzero(ready).tolist():
            self._heap.append((-float(order[pair]), int(pairs.left[pair]), int(pairs.right[pair]), pair, 0))
        heapq.heapify(self._heap)

    def join(self) -> None:
        """Join the surest two, weigh what is joined anew, until nothing is sure enough."""
        while self._heap:
            _, a, b, pair, version = heapq.heappop(self._heap)
            if self._version[pair] == version and self._links.get(a, {}).get(b) == pair:
                self._merge(a, b)

    def _merge(self, a: int, b: int) -> None:
        links = self._links
        if len(links[a]) < len(links[b]) or (len(links[a]) == len(links[b]) and a > b):
            a, b = b, a
        self._parent[b] = a
        self._size[a] += self._size[b]
        del links[a][b], links[b][a]
        for other, pair in links.pop(b).items():
            del links[other][b]
            kept = links[a].get(other)
            if kept is None:
                links[a][other] = links[other][a] = pair
            else:
                self._sum[kept] += self._sum[pair]
                self._told[kept] += self._told[pair]
                self._met[kept] += self._met[pair]
                self._apart[kept] |= self._apart[pair]
        self._offer(a)

    def _offer(self, a: int) -> None:
        """Weigh a group anew against each of its neighbours."""
        others = list(self._links[a])
        if not others:
            return
        pair = np.fromiter(self._links[a].values(), dtype=np.int64, count=len(others))
        self._version[pair] += 1
        means = _means(self._sum[pair], self._told[pair])
        weight = means.sum(axis=1) + self._pairs.prior
        sizes = np.array([self._size[other] for other in others], dtype=np.float64) * self._size[a]
        met = self._met[pair] / sizes
        ready = (weight >= self._at) & (met >= _MET) & ~self._apart[pair]
        ready &= means[:, self._beside].max(axis=1, initial=0.0) >= _SECOND
        order = weight * met
        for place in np.flatnonzero(ready).tolist():
            found = int(pair[place])
            heapq.heappush(self._heap, (-float(order[place]), a, others[place], found, int(self._version[found])))

    def clusters(self) -> Clusters:
        """Clusters, and why each pair that is sure alone lies in two."""
        root = np.array([self._root(member) for member in range(len(self._parent))], dtype=np.int64)
        first = np.full(len(root), len(root), dtype=np.int64)
        np.minimum.at(first, root, np.arange(len(root)))
        of = first[root]
        pairs = self._pairs
        for member, (one, other) in pairs.follows.items():
            of[member] = of[one] if of[one] == of[other] else member
        alone, of_two_names = contradicting(pairs), siblings(pairs)
        held = {}
        for pair in np.flatnonzero((self._weight >= self._at) & (of[pairs.left] != of[pairs.right])).tolist():
            a, b = int(root[pairs.left[pair]]), int(root[pairs.right[pair]])
            summed = self._links[a][b]
            if alone[pair]:
                why = "two birth dates and two given names contradict"
            elif of_two_names[pair]:
                why = "two given names, and no document: they may be brother and sister"
            elif self._apart[summed]:
                why = "their groups hold records that contradict each other"
            elif pairs.bits[pair, self._beside].max(initial=0.0) < _SECOND:
                why = "a name alone never merges"
            else:
                why = "the other records of their groups disagree"
            held[pair] = why
        return Clusters(of, held)

    def _root(self, member: int) -> int:
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member


def _means(sums: npt.NDArray[np.float64], told: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return sums / np.maximum(told, 1.0)


def _shared_friends(n: int, pairs: Weighed, ready: Mark) -> npt.NDArray[np.float64]:
    """Of the records with which one of the two would be joined, the share with which both would be.

    So that a dense group is whole before a bridge out of it is looked at, however strong that one pair is.
    """
    from scipy.sparse import csr_array, eye_array

    left, right = pairs.left[ready], pairs.right[ready]
    ends = (np.concatenate([left, right]), np.concatenate([right, left]))
    joined = csr_array((np.ones(len(ends[0])), ends), shape=(n, n)) + eye_array(n, format="csr")
    degree = np.asarray(joined.sum(axis=1)).ravel()
    both = np.zeros(len(ready))
    # Row by row of a block: all pairs at once would take memory by the square of the groups.
    places = np.flatnonzero(ready)
    for start in range(0, len(places), _BLOCK):
        some = places[start : start + _BLOCK]
        common = joined[pairs.left[some]].multiply(joined[pairs.right[some]]).sum(axis=1)
        both[some] = np.asarray(common).ravel()
    every = degree[pairs.left] + degree[pairs.right] - both
    found: npt.NDArray[np.float64] = np.divide(both, every, out=np.ones(len(ready)), where=every > 0)
    return found


def _together(n: int, pairs: Weighed, weight: npt.NDArray[np.float64]) -> Mark:
    """Pairs within one component of all that may be one at all: groups never reach beyond."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    maybe = weight >= 0.0
    ends = (pairs.left[maybe], pairs.right[maybe])
    _, label = connected_components(coo_array((np.ones(int(maybe.sum()), dtype=np.int8), ends), shape=(n, n)), False)
    found: Mark = label[pairs.left] == label[pairs.right]
    return found
