"""Which names of a list are near a name: an inverted index over coarse keys, rare keys weighing more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Bag = tuple[frozenset[str], float]  # keys of a name (`keys`), and how many of them one way to spell it has

_Ints = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float32]
_ANY = npt.NDArray[Any]
_SAYS_NOTHING = 0.05  # weight of a key that nearly all names have
_COMMON_SHARE = 0.25  # a key of more names than this says nothing


class Near:
    """An index of names; positions in the list are the answers."""

    def __init__(self, bags: Sequence[Bag]) -> None:
        self._ids: dict[str, int] = {}
        for keys, _ in bags:
            for key in keys:
                self._ids.setdefault(key, len(self._ids))
        sizes = np.zeros(len(self._ids) + 1, np.int64)
        owners = np.fromiter((self._ids[key] for keys, _ in bags for key in sorted(keys)), np.int32)
        holders = np.repeat(np.arange(len(bags), dtype=np.int32), [len(keys) for keys, _ in bags])
        order = np.argsort(owners, kind="stable")
        np.add.at(sizes, owners + 1, 1)
        self._starts = np.cumsum(sizes).astype(np.int64)
        self._holders = holders[order]
        counts = np.diff(self._starts)
        self._n = max(1, len(bags))
        weights = np.log2((self._n + 1) / (counts + 1)).astype(np.float32)
        weights[counts > max(50, _COMMON_SHARE * self._n)] = _SAYS_NOTHING
        # Above zero: the kernel knows by its score whether it met a name before.
        weights = np.maximum(weights, np.float32(_SAYS_NOTHING))
        self._weights = weights
        self._rare = float(np.log2(self._n + 1))
        # What one way to spell each name weighs: its share of all the ways that are indexed.
        whole = np.zeros(len(bags), np.float32)
        np.add.at(whole, holders, weights[owners])
        usual = np.array([usual for _, usual in bags], np.float32)
        n_keys = np.array([max(1, len(keys)) for keys, _ in bags], np.float32)
        self._whole = whole * np.minimum(1.0, usual / n_keys)

    def telling(self, keys: frozenset[str]) -> bool:
        """Whether one of `keys` is rare enough in the list to tell names apart."""
        return any(self._weights[self._ids[key]] > _SAYS_NOTHING for key in keys if key in self._ids)

    def nearest(self, queries: Sequence[Bag], most: int) -> tuple[npt.NDArray[np.int64], _Ints]:
        """For each query, offsets (n+1) into the positions of its `most` nearest names, the nearest first."""
        offsets, ids, wholes = [0], [], []
        for keys, usual in queries:
            known = [self._ids[key] for key in sorted(keys) if key in self._ids]
            lost = (len(keys) - len(known)) * self._rare
            weight = float(self._weights[known].sum()) + lost if known else lost
            wholes.append(weight * min(1.0, usual / max(1, len(keys))))
            ids += known
            offsets.append(len(ids))
        found: tuple[npt.NDArray[np.int64], _Ints] = _nearest(
            np.array(offsets, np.int64), np.array(ids, np.int64), np.array(wholes, np.float32), self._starts,
            self._holders, self._weights, self._whole, most,
        )  # fmt: skip
        return found


@njit(cache=True, nogil=True)
def _nearest(  # type: ignore[no-untyped-def]  # numba infers its arrays
    offsets, ids, wholes, starts, holders, weights, whole, most
):
    n_queries, n_names = len(offsets) - 1, len(whole)
    found = np.empty(n_queries * most, np.int32)
    ends = np.zeros(n_queries + 1, np.int64)
    score = np.zeros(n_names, np.float32)
    touched = np.empty(n_names, np.int32)
    n_found = 0
    for query in range(n_queries):
        n_touched = 0
        for place in range(offsets[query], offsets[query + 1]):
            key = ids[place]
            weight = weights[key]
            for at in range(starts[key], starts[key + 1]):
                name = holders[at]
                if score[name] == 0.0:
                    touched[n_touched] = name
                    n_touched += 1
                score[name] += weight
        # A heap of the best, the least of them on top.
        heap_score = np.full(most, -1.0, np.float32)
        heap_name = np.full(most, -1, np.int32)
        for at in range(n_touched):
            name = touched[at]
            likeness = score[name] / (whole[name] + wholes[query] + 1.0)
            score[name] = 0.0
            if likeness <= heap_score[0]:
                continue
            i = 0
            while True:
                child = 2 * i + 1
                if child >= most:
                    break
                if child + 1 < most and heap_score[child + 1] < heap_score[child]:
                    child += 1
                if heap_score[child] >= likeness:
                    break
                heap_score[i], heap_name[i] = heap_score[child], heap_name[child]
                i = child
            heap_score[i], heap_name[i] = likeness, name
        order = np.argsort(-heap_score)
        for at in order:
            if heap_name[at] >= 0:
                found[n_found] = heap_name[at]
                n_found += 1
        ends[query + 1] = n_found
    return ends, found[:n_found].copy()
