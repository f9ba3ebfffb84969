"""Names to codes, many million at a time: a table of the distinct ones, which are asked for before they are needed.

Most of such work is waiting for memory. So a block of names is hashed first, then what the table holds for each of
them is asked for, and only then they are compared: byte by byte, so that no two names are ever taken for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph.prefetch import prefetch, word

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.graph.build import Flags, Ints, Longs

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Whole = int | np.int64

_BLOCK = 64  # names that are on their way from memory at once
_PLACE = np.uint64((1 << 40) - 1)  # of a slot: where a name stands in the pool, 0 for none; above it bits of its hash
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_NO_FLAGS = np.zeros(0, dtype=np.bool_)


class Names:
    """The distinct names that were seen, in the order of first sight."""

    def __init__(self) -> None:
        self._slots = np.zeros(1 << 10, dtype=np.uint64)
        # Each name: its length and its code in one word, then its bytes, filled up with zeros.
        self._pool = np.zeros(1 << 12, dtype=np.uint64)
        self._count = np.array([1, 0])  # words of the pool in use, names

    def codes(self, names: pa.Array, out: Ints) -> None:
        """Write the code of each name to `out`, -1 for null. `names`: texts, sliced or not."""
        import pyarrow as pa

        if not (pa.types.is_string(names.type) or pa.types.is_large_string(names.type)):
            names = names.cast(pa.string())
        offsets, data = _parts(names)
        valid = np.asarray(names.is_valid()) if names.null_count else _NO_FLAGS
        done = 0
        while done < len(out):
            done, needed = _coded(offsets, data, valid, self._slots, self._pool, self._count, done, out)
            # Room is made out here: what numpy asks for lies in large pages, which are found sooner.
            if needed > len(self._pool):
                larger = np.empty(max(2 * len(self._pool), needed), dtype=np.uint64)
                larger[: self._count[0]] = self._pool[: self._count[0]]
                self._pool = larger
            if _full(self._slots, self._count):
                self._slots = np.zeros(4 * len(self._slots), dtype=np.uint64)
                _filled(self._slots, self._pool, self._count[1])

    def seen(self) -> pa.Array:
        """The names, in the order of their codes."""
        import pyarrow as pa

        offsets, data = _told(self._pool, *self._count)
        whole = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
        return whole.cast(pa.string())


def keys(names: pa.ChunkedArray | pa.Array) -> Words:
    """A number for each name that grows with its bytes: the eight after what all have in common, zeros behind the end.

    names  string or large_string, without nulls
    """
    import pyarrow as pa

    parts = [_parts(chunk) for chunk in (names.chunks if isinstance(names, pa.ChunkedArray) else [names]) if len(chunk)]
    found, at = np.empty(len(names), dtype=np.uint64), 0
    if parts:
        first = parts[0][1][parts[0][0][0] : parts[0][0][1]].copy()
        common = len(first)
        for offsets, data in parts:
            common = _common(offsets, data, first, common)
        for offsets, data in parts:
            at += _keys(offsets, data, common, found[at:])
    return found


def sorted_order(names: pa.Array) -> Longs:
    """Order of distinct names by their bytes; string or large_string, without nulls."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = keys(names)
    order: Longs = np.argsort(key)
    key = key[order]
    same = key[1:] == key[:-1]
    if same.any():
        # Sorted among themselves they stand in the places that they have together: a key never decides otherwise.
        tied = np.r_[same, False] | np.r_[False, same]
        some = order[tied]
        order[tied] = some[pc.sort_indices(names.take(pa.array(some))).to_numpy()]
    return order


def _parts(names: pa.Array) -> tuple[NDArray[np.signedinteger], Bytes]:
    """Offsets, one more than names, and bytes."""
    import pyarrow as pa

    kind: type[np.signedinteger] = np.int64 if pa.types.is_large_string(names.type) else np.int32
    if not len(names):
        return np.zeros(1, dtype=kind), np.zeros(0, dtype=np.uint8)
    _, offsets, data = names.buffers()
    begins = np.frombuffer(offsets, dtype=kind)[names.offset : names.offset + len(names) + 1]
    return begins, np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)


@njit(cache=True, inline="always")
def _word(data: Bytes, begin: Whole, end: Whole) -> np.uint64:
    """Up to eight bytes from `begin` on, those from `end` on as zeros."""
    if begin + 8 <= len(data):
        left = end - begin
        found = word(data, begin)
        return found if left >= 8 else found & ((np.uint64(1) << np.uint64(8 * left)) - np.uint64(1))
    found = np.uint64(0)
    for k in range(begin, min(end, begin + 8)):
        found |= np.uint64(data[k]) << np.uint64(8 * (k - begin))
    return found


@njit(cache=True, inline="always")
def _mixed(found: np.uint64, more: np.uint64) -> np.uint64:
    found = (found ^ more) * _SPREAD
    return found ^ (found >> np.uint64(29))


@njit(cache=True)
def _full(slots: Words, count: Longs) -> bool:
    return bool(2 * (count[1] + _BLOCK) > len(slots))


@njit(cache=True)
def _coded(
    offsets: Longs, data: Bytes, valid: Flags, slots: Words, pool: Words, count: Longs, done: int, out: Ints
) -> tuple[int, int]:
    """Write the codes of names from `done` on while there is room; how far it came, and the words that a pool needs."""
    hashes = np.empty(_BLOCK, dtype=np.uint64)
    mask = np.uint64(len(slots) - 1)
    used, n = count[0], count[1]
    for first in range(done, len(out), _BLOCK):
        if _full(slots, count):
            return first, 0
        last = min(first + _BLOCK, len(out))
        for i in range(first, last):
            begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
            found = np.uint64(end - begin)
            for k in range(begin, end, 8):
                found = _mixed(found, _word(data, k, end))
            hashes[i - first] = found
            prefetch(slots, np.int64(found & mask))
        for i in range(first, last):
            prefetch(pool, np.int64(slots[hashes[i - first] & mask] & _PLACE))
        for i in range(first, last):
            if len(valid) and not valid[i]:
                out[i] = -1
                continue
            begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
            found = hashes[i - first]
            at = found & mask
            while True:
                slot = slots[at]
                if slot == 0:
                    needed = used + 1 + (end - begin + 7) // 8
                    if needed > len(pool):
                        return i, needed
                    pool[used] = np.uint64(end - begin) | np.uint64(n) << np.uint64(32)
                    for k in range(begin, end, 8):
                        pool[used + 1 + (k - begin) // 8] = _word(data, k, end)
                    slots[at] = (found & ~_PLACE) | np.uint64(used)
                    out[i] = n
                    used, n = needed, n + 1
                    count[0], count[1] = used, n
                    break
                place = np.int64(slot & _PLACE)
                if (slot ^ found) & ~_PLACE == 0 and _equal(pool, place, data, begin, end):
                    out[i] = np.int32(pool[place] >> np.uint64(32))
                    break
                at = (at + np.uint64(1)) & mask
    return len(out), 0


@njit(cache=True, inline="always")
def _length(head: np.uint64) -> np.int64:
    return np.int64(head & np.uint64(0xFFFFFFFF))


@njit(cache=True, inline="always")
def _equal(pool: Words, place: Whole, data: Bytes, begin: Whole, end: Whole) -> bool:
    """Whether the name at this place of the pool is data[begin:end]."""
    same, k = _length(pool[place]) == end - begin, begin
    while same and k < end:
        place += 1
        same = pool[place] == _word(data, k, end)
        k += 8
    return bool(same)


@njit(cache=True)
def _filled(slots: Words, pool: Words, n: int) -> None:
    """Put the names of a pool into empty slots."""
    mask = np.uint64(len(slots) - 1)
    place = np.int64(1)
    for _ in range(n):
        length = _length(pool[place])
        end = place + 1 + (length + 7) // 8
        found = np.uint64(length)
        for k in range(place + 1, end):
            found = _mixed(found, pool[k])
        at = found & mask
        while slots[at] != 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = (found & ~_PLACE) | np.uint64(place)
        place = end


@njit(cache=True)
def _told(pool: Words, used: int, n: int) -> tuple[Longs, Bytes]:
    """Offsets and bytes of the names of a pool."""
    offsets = np.zeros(n + 1, dtype=np.int64)
    data = np.empty(8 * used, dtype=np.uint8)
    place, at = np.int64(1), np.int64(0)
    for i in range(n):
        length = _length(pool[place])
        for k in range(length):
            data[at + k] = (pool[place + 1 + k // 8] >> np.uint64(8 * (k % 8))) & np.uint64(0xFF)
        at += length
        offsets[i + 1] = at
        place += 1 + (length + 7) // 8
    return offsets, data[:at].copy()


@njit(cache=True)
def _common(offsets: Longs, data: Bytes, first: Bytes, most: int) -> int:
    """How many bytes all these names begin with that `first` begins with too, `most` at most."""
    for i in range(len(offsets) - 1):
        begin = np.int64(offsets[i])
        most = min(most, int(np.int64(offsets[i + 1]) - begin))
        alike = 0
        while alike < most and data[begin + alike] == first[alike]:
            alike += 1
        most = alike
    return most


@njit(cache=True)
def _keys(offsets: Longs, data: Bytes, common: int, out: Words) -> int:
    """Write the keys of these names; their number."""
    for i in range(len(offsets) - 1):
        begin = np.int64(offsets[i]) + common
        key = np.uint64(0)
        for k in range(begin, min(begin + 8, np.int64(offsets[i + 1]))):
            key |= np.uint64(data[k]) << np.uint64(8 * (7 - (k - begin)))
        out[i] = key
    return len(offsets) - 1
