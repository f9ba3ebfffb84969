"""How an automaton walks over a text: each word led from node to node by one look-up in a table of numbers.

Moves stand in one open hash table, node and word together as key: there are thousands of nodes and of words, and few
moves. What is not in the table yet was never met; the walk stops there and goes on once the move is entered.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

NOWHERE = -1
DONE, MET, FULL = 0, 1, 2
_WORD_BITS = 20  # of a key: wordings have some thousand words

Longs = npt.NDArray[np.int64]


class Moves:
    """Where each word leads from each node, and which wordings end at a node; both grow as texts are met."""

    def __init__(self) -> None:
        self._keys = np.zeros(1 << 12, np.int64)
        self._targets = np.zeros(1 << 12, np.int32)
        self._n_moves = 0
        self._ends = np.zeros(1 << 10, np.int32)
        self._bounds = np.zeros(1 << 10, np.int32)
        self._n_nodes = 0

    def add_node(self, ends: tuple[int, ...]) -> int:
        """The number of a new node at which the wordings `ends` end."""
        number = self._n_nodes
        begin = int(self._bounds[number])
        self._ends = _grown(self._ends, begin + len(ends))
        self._bounds = _grown(self._bounds, number + 2)
        self._ends[begin : begin + len(ends)] = ends
        self._bounds[number + 1] = begin + len(ends)
        self._n_nodes += 1
        return number

    def add(self, node: int, word: int, target: int) -> None:
        """Let `word` lead from `node` to `target`, or `NOWHERE`."""
        self._n_moves += 1
        if 2 * self._n_moves > len(self._keys):
            keys, targets = np.zeros(2 * len(self._keys), np.int64), np.zeros(2 * len(self._keys), np.int32)
            _moved(self._keys, self._targets, keys, targets)
            self._keys, self._targets = keys, targets
        _enter(self._keys, self._targets, (node << _WORD_BITS) + word + 1, target)

    def walk(self, words: Longs, stop: int, begin: int, found: Longs, n_found: int) -> tuple[int, int, int, int, int]:
        """Walk from each place of `words` from `begin` on, and write what ends there to `found`.

        found    rows of first place, wording, last place: of each wording the longest at a place; `n_found` are filled
        returns  DONE, or MET a move that is not known, or FULL; the place to go on from; rows filled; node and word
                 of the unknown move
        """
        told: tuple[int, int, int, int, int] = _walk(
            words, stop, begin, self._keys, self._targets, self._bounds, self._ends, found, n_found
        )
        return told


def _grown(some: npt.NDArray[np.int32], needed: int) -> npt.NDArray[np.int32]:
    if needed < len(some):
        return some
    return np.concatenate([some, np.zeros(max(len(some), needed), np.int32)])


@njit(cache=True)
def _place_of(keys, key):  # type: ignore[no-untyped-def]  # numba infers its arrays
    """Where `key` stands, or may be entered."""
    last = len(keys) - 1
    at = ((key * 0x9E3779B97F4A7C1) >> 24) & last
    while keys[at] != 0 and keys[at] != key:
        at = (at + 1) & last
    return at


@njit(cache=True)
def _enter(keys, targets, key, target):  # type: ignore[no-untyped-def]  # numba infers its arrays
    at = _place_of(keys, key)
    keys[at] = key
    targets[at] = target


@njit(cache=True)
def _moved(keys, targets, new_keys, new_targets):  # type: ignore[no-untyped-def]  # numba infers its arrays
    for at in range(len(keys)):
        if keys[at] != 0:
            _enter(new_keys, new_targets, keys[at], targets[at])


@njit(cache=True)
def _walk(words, stop, begin, keys, targets, bounds, ends, found, n_found):  # type: ignore[no-untyped-def]  # numba infers its arrays
    n_words = len(words)
    for first in range(begin, n_words):
        if words[first] == stop:
            continue
        node = 0
        filled = n_found
        place = first
        while place < n_words and words[place] != stop:
            key = (node << _WORD_BITS) + words[place] + 1
            at = _place_of(keys, key)
            if keys[at] == 0:
                return MET, first, n_found, node, words[place]
            node = targets[at]
            if node == NOWHERE:
                break
            for end in range(bounds[node], bounds[node + 1]):
                # Rows of one place stand by the number of their wording.
                row = filled
                while row > n_found and found[row - 1, 1] >= ends[end]:
                    row -= 1
                if row < filled and found[row, 1] == ends[end]:
                    found[row, 2] = place
                    continue
                if filled == len(found):
                    return FULL, first, n_found, 0, 0
                for later in range(filled, row, -1):
                    found[later, 1] = found[later - 1, 1]
                    found[later, 2] = found[later - 1, 2]
                found[filled, 0] = first
                found[row, 1] = ends[end]
                found[row, 2] = place
                filled += 1
            place += 1
        n_found = filled
    return DONE, n_words, n_found, 0, 0
