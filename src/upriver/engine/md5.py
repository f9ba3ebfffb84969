"""The md5 of many texts at once: the digest of rows, made while they are written.

DuckDB and Spark have md5 and take one text after another. Here hundreds of texts go through its steps side by side, and
the compiler makes each step a loop of wide instructions: a text costs a third of what it costs there. See RFC 1321.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

_Words = NDArray[np.uint32]
_Bytes = NDArray[np.uint8]
_Ints = NDArray[np.int64]
_Offsets = NDArray[np.int32]

# Texts side by side: their blocks and states stay in the processor's first cache.
_LANES = 256
_BLOCK = 64
_START = np.array([0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476], np.uint32)
_ADDED = np.array([int(abs(math.sin(step + 1)) * 2**32) for step in range(64)], np.uint32)
_TURNED = np.array([*[7, 12, 17, 22] * 4, *[5, 9, 14, 20] * 4, *[4, 11, 16, 23] * 4, *[6, 10, 15, 21] * 4], np.uint32)
_TAKEN = np.array(
    [(step, 5 * step + 1, 3 * step + 5, 7 * step)[step // 16] % 16 for step in range(64)], np.int64
)  # fmt: skip
_PADDING, _LENGTH = 0x80, 8


def sum_of(columns: Sequence[pa.Array], separator: int) -> int:
    """Sum over rows of the first 60 bits of the md5 of its texts, one of each column, with `separator` between them.

    columns  texts without null, all of one length
    """
    texts = [_bytes_of(column) for column in columns]
    low, high = _sum(tuple(offsets for offsets, _ in texts), tuple(data for _, data in texts), separator)
    return (high << 32) + low


def _bytes_of(column: pa.Array) -> tuple[_Offsets, _Bytes]:
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    found = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    # One kind of array, or the kernel would be compiled for each mix of kinds.
    for array in (ends, found):
        array.setflags(write=False)
    return ends, found


@njit(cache=True, nogil=True)
def _sum(offsets: tuple[_Offsets, ...], texts: tuple[_Bytes, ...], separator: int) -> tuple[int, int]:
    """The sum of 60 bits of each row: its low 32 bits and the rest are summed apart."""
    n_rows = len(offsets[0]) - 1
    low = high = np.uint64(0)
    padded = np.empty(4 * _LANES * _BLOCK, np.uint8)
    block, state = np.empty((16, _LANES), np.uint32), np.empty((4, _LANES), np.uint32)
    firsts, ends, n_blocks = np.empty(_LANES, np.int64), np.empty(_LANES, np.int64), np.empty(_LANES, np.int64)
    for start in range(0, n_rows, _LANES):
        n_lanes = min(_LANES, n_rows - start)
        ends[:] = len(offsets) - 1
        for column in range(len(offsets)):
            _measure(offsets[column], start, n_lanes, ends)
        n_bytes = 0
        for lane in range(n_lanes):
            firsts[lane], n_blocks[lane] = n_bytes, (ends[lane] + _LENGTH) // _BLOCK + 1
            ends[lane] = n_bytes
            n_bytes += n_blocks[lane] * _BLOCK
        if n_bytes > len(padded):
            padded = np.empty(2 * n_bytes, np.uint8)
        for column in range(len(offsets)):
            _copy(offsets[column], texts[column], start, n_lanes, separator if column else -1, ends, padded)
        _pad(padded, firsts, ends, n_blocks, n_lanes)
        _digest(padded.view(np.uint32), firsts, n_blocks, n_lanes, block, state)
        for lane in range(n_lanes):
            first, second = np.uint64(_turned(state[0, lane])), np.uint64(_turned(state[1, lane]))
            low += (first << np.uint64(28) | second >> np.uint64(4)) & np.uint64(0xFFFFFFFF)
            high += first >> np.uint64(4)
    return int(low), int(high)


@njit(cache=True, nogil=True)
def _measure(offsets: _Offsets, start: int, n_lanes: int, lengths: _Ints) -> None:
    """Add the length of one column's text to each lane's."""
    for lane in range(n_lanes):
        lengths[lane] += offsets[start + lane + 1] - offsets[start + lane]


@njit(cache=True, nogil=True)
def _copy(
    offsets: _Offsets, texts: _Bytes, start: int, n_lanes: int, separator: int, ends: _Ints, padded: _Bytes
) -> None:
    """Add the separator, unless it is below 0, and one column's text at the end of each lane's."""
    for lane in range(n_lanes):
        at = ends[lane]
        if separator >= 0:
            padded[at] = separator
            at += 1
        begin, n_bytes = offsets[start + lane], offsets[start + lane + 1] - offsets[start + lane]
        for place in range(n_bytes):
            padded[at + place] = texts[begin + place]
        ends[lane] = at + n_bytes


@njit(cache=True, nogil=True)
def _pad(padded: _Bytes, firsts: _Ints, ends: _Ints, n_blocks: _Ints, n_lanes: int) -> None:
    """What RFC 1321 sets behind each text: a bit, zeros to the end of a block, the length in bits."""
    for lane in range(n_lanes):
        whole = firsts[lane] + _BLOCK * n_blocks[lane]
        padded[ends[lane]] = _PADDING
        for place in range(ends[lane] + 1, whole - _LENGTH):
            padded[place] = 0
        n_bits = 8 * (ends[lane] - firsts[lane])
        for place in range(whole - _LENGTH, whole):
            padded[place] = n_bits & 0xFF
            n_bits >>= 8


@njit(cache=True, nogil=True)
def _turned(word: int) -> int:
    """Its four bytes the other way round."""
    return (word & 0xFF) << 24 | (word & 0xFF00) << 8 | (word >> 8) & 0xFF00 | (word >> 24) & 0xFF


@njit(cache=True, nogil=True)
def _digest(words: _Words, firsts: _Ints, n_blocks: _Ints, n_lanes: int, block: _Words, state: _Words) -> None:
    """`state` of each lane after all blocks of its padded text, which begins at the byte `firsts`."""
    going, turn = np.arange(n_lanes), np.empty_like(state)
    for part in range(4):
        for lane in range(n_lanes):
            state[part, lane] = _START[part]
    number = 0
    while len(going):
        for place in range(len(going)):
            at = firsts[going[place]] // 4 + 16 * number
            for word in range(16):
                block[word, place] = words[at + word]
        for part in range(4):
            for place in range(len(going)):
                turn[part, place] = state[part, going[place]]
        _steps(block, turn[0], turn[1], turn[2], turn[3], len(going))
        number += 1
        left = 0
        for place in range(len(going)):
            lane = going[place]
            for part in range(4):
                state[part, lane] += turn[part, place]
            if n_blocks[lane] > number:
                going[left] = lane
                left += 1
        going = going[:left]


@njit(cache=True, nogil=True)
def _steps(block: _Words, a: _Words, b: _Words, c: _Words, d: _Words, n_lanes: int) -> None:
    """The 64 steps for one block of each lane."""
    for step in range(64):
        added, left, right = _ADDED[step], _TURNED[step], np.uint32(32 - _TURNED[step])
        word = block[_TAKEN[step]]
        # The same sum with one of four mixtures, each a loop of its own that can be made wide.
        if step < 16:
            for n in range(n_lanes):
                mixed = np.uint32(a[n] + ((b[n] & c[n]) | (~b[n] & d[n])) + added + word[n])
                a[n] = np.uint32(b[n] + np.uint32(np.uint32(mixed << left) | np.uint32(mixed >> right)))
        elif step < 32:
            for n in range(n_lanes):
                mixed = np.uint32(a[n] + ((d[n] & b[n]) | (~d[n] & c[n])) + added + word[n])
                a[n] = np.uint32(b[n] + np.uint32(np.uint32(mixed << left) | np.uint32(mixed >> right)))
        elif step < 48:
            for n in range(n_lanes):
                mixed = np.uint32(a[n] + (b[n] ^ c[n] ^ d[n]) + added + word[n])
                a[n] = np.uint32(b[n] + np.uint32(np.uint32(mixed << left) | np.uint32(mixed >> right)))
        else:
            for n in range(n_lanes):
                mixed = np.uint32(a[n] + (c[n] ^ (b[n] | ~d[n])) + added + word[n])
                a[n] = np.uint32(b[n] + np.uint32(np.uint32(mixed << left) | np.uint32(mixed >> right)))
        a, b, c, d = d, a, b, c
