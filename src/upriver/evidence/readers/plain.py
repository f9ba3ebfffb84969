"""Plain stretches of delimited text cut by one pass over the bytes: no quotation mark, every row as wide as the header.

What the pass meets that is not plain ends the stretch; `tokens.py`, whose rule these rows follow too, takes it from
there. Only large files are worth it: the kernels are compiled when first used on a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

_Bytes = NDArray[np.uint8]
_Places = NDArray[np.int32]

# Fewer rows than these are left to the other way of cutting: a table of its own would cost more than it saves.
LEAST_ROWS = 512
_QUOTE, _FEED, _RETURN, _ASCII = 34, 10, 13, 127


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of as many cells as the header, in a window of bytes.

    buffer        the bytes; starts, ends: where each cell lies in them, rows by columns
    lines         physical line of each row; end: where the stretch ends in the window; n_lines: lines in it
    """

    buffer: _Bytes
    starts: _Places
    ends: _Places
    lines: NDArray[np.int64]
    end: int
    n_lines: int

    def texts(self, places: Sequence[int | None]) -> pa.Array:
        """Cells of the columns at `places`, row by row; null where empty, or where a place is None."""
        wanted = np.array([-1 if place is None else place for place in places], np.int64)
        n_cells = len(self.lines) * len(wanted)
        lengths = self.ends - self.starts
        n_bytes = sum(int(lengths[:, place].sum()) for place in wanted.tolist() if place >= 0)
        offsets = np.empty(n_cells + 1, np.int32)
        data = np.empty(n_bytes, np.uint8)
        valid = np.zeros((n_cells + 7) // 8, np.uint8)
        n_null = int(_gather(self.buffer, self.starts, self.ends, wanted, offsets, data, valid))
        buffers = [pa.py_buffer(valid), pa.py_buffer(offsets), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.string(), n_cells, buffers, n_null)


def texts_of(lines: NDArray[np.int64], prefix: str) -> pa.Array:
    """`prefix` and the number of each line, as texts: places and ids of millions of rows."""
    head = np.frombuffer(prefix.encode(), np.uint8)
    offsets = np.empty(len(lines) + 1, np.int32)
    data = np.empty(len(lines) * (len(head) + len(str(int(lines.max(initial=0))))), np.uint8)
    n_bytes = int(_numbered(lines, head, offsets, data))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data[:n_bytes])]
    return pa.Array.from_buffers(pa.string(), len(lines), buffers, 0)


def cut(window: _Bytes, delimiter: int, width: int, limit: int, line: int) -> Stretch | None:
    """The plain rows with which `window` begins; None where they are few, or not UTF-8.

    width  cells of a row; limit: bytes in a cell; line: physical line on which the window begins
    """
    # No row is shorter than its delimiters and its end.
    most = len(window) // max(width, 2) + 1
    starts, ends = np.empty((most, width), np.int32), np.empty((most, width), np.int32)
    lines = np.empty(most, np.int64)
    n_rows, end, n_lines, beyond = _cut(window, delimiter, limit, line, starts, ends, lines)
    if n_rows < LEAST_ROWS or (beyond and not _decodes(window[:end])):
        return None
    return Stretch(window, starts[:n_rows], ends[:n_rows], lines[:n_rows], int(end), int(n_lines))


def _decodes(data: _Bytes) -> bool:
    try:
        str(data.data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


@njit(cache=True, nogil=True)
def _cut(
    window: _Bytes, delimiter: int, limit: int, line: int, starts: _Places, ends: _Places, lines: NDArray[np.int64]
) -> tuple[int, int, int, bool]:
    """Rows, where they end, physical lines, and whether a byte beyond ASCII is among them."""
    width = starts.shape[1]
    n_rows = n_lines = end = 0
    cell = begin = 0
    beyond = False
    for position in range(len(window)):
        byte = window[position]
        if byte > _ASCII:
            beyond = True
        elif byte in (delimiter, _FEED):
            stop = position
            if byte == _FEED and stop > begin and window[stop - 1] == _RETURN:
                stop -= 1
            if stop - begin > limit or (cell >= width and stop > begin):
                break
            if cell < width:
                starts[n_rows, cell] = begin
                ends[n_rows, cell] = stop
            cell += 1
            begin = position + 1
            if byte == _FEED:
                if cell >= width and not (cell == 1 and starts[n_rows, 0] == stop):
                    lines[n_rows] = line + n_lines
                    n_rows += 1
                elif cell != 1 or starts[n_rows, 0] != stop:
                    break
                n_lines += 1
                end = position + 1
                cell = 0
        elif byte == _QUOTE:
            break
    return n_rows, end, n_lines, beyond


@njit(cache=True, nogil=True)
def _gather(
    buffer: _Bytes,
    starts: _Places,
    ends: _Places,
    wanted: NDArray[np.int64],
    offsets: NDArray[np.int32],
    data: _Bytes,
    valid: _Bytes,
) -> int:
    """Copy cells behind each other; how many are null."""
    number = at = n_null = 0
    offsets[0] = 0
    for row in range(len(starts)):
        for place in wanted:
            begin = stop = 0
            if place >= 0:
                begin, stop = starts[row, place], ends[row, place]
            if stop > begin:
                for position in range(begin, stop):
                    data[at] = buffer[position]
                    at += 1
                valid[number >> 3] |= 1 << (number & 7)
            else:
                n_null += 1
            number += 1
            offsets[number] = at
    return n_null


@njit(cache=True, nogil=True)
def _numbered(lines: NDArray[np.int64], head: _Bytes, offsets: NDArray[np.int32], data: _Bytes) -> int:
    """Write `head` and each number behind each other; how many bytes that are."""
    at = 0
    offsets[0] = 0
    for row in range(len(lines)):
        for byte in head:
            data[at] = byte
            at += 1
        number, n_digits = lines[row], 1
        rest = number // 10
        while rest:
            rest //= 10
            n_digits += 1
        for place in range(n_digits - 1, -1, -1):
            data[at + place] = 48 + number % 10
            number //= 10
        at += n_digits
        offsets[row + 1] = at
    return at
