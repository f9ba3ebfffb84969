"""Plain stretches of delimited text cut by one pass over the bytes: every row as wide as the header and on one line.

Rows of another width, with text behind a closing mark, doubled marks or a cell too long are odd: each is cut by the
rule of `tokens.py` and costs the stretch nothing. A cell that goes over its line ends the stretch. Only large files are
worth it: the kernels are compiled when first used on a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from upriver.engine.packed import MARK

_Bytes = NDArray[np.uint8]
_Places = NDArray[np.int32]

# Fewer rows than these are left to the other way of cutting: a table of its own would cost more than it saves.
LEAST_ROWS = 512
# Odd rows of a stretch at most: they are cut one by one.
_MOST_ODD = 1 << 14
_QUOTE, _FEED, _RETURN, _ASCII = 34, 10, 13, 127


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of as many cells as the header, in a window of bytes.

    buffer        the bytes; starts, ends: where each cell lies in them, rows by columns
    lines         physical line of each row; end: where the stretch ends in the window; n_lines: lines in it
    odd           (place in the window, physical line) of each row that another must cut; it ends on its line
    """

    buffer: _Bytes
    starts: _Places
    ends: _Places
    lines: NDArray[np.int64]
    end: int
    n_lines: int
    odd: list[tuple[int, int]]

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

    def joined(self, places: Sequence[int | None]) -> pa.Array | None:
        """Cells of the columns at `places`, one text a row, packed; None where a cell holds the mark between them."""
        wanted = np.array([-1 if place is None else place for place in places], np.int64)
        lengths = self.ends - self.starts
        n_rows = len(self.lines)
        n_bytes = sum(int(lengths[:, place].sum()) for place in wanted.tolist() if place >= 0)
        offsets = np.empty(n_rows + 1, np.int32)
        data = np.empty(n_bytes + n_rows * (len(wanted) - 1), np.uint8)
        if _join(self.buffer, self.starts, self.ends, wanted, MARK, offsets, data):
            return None
        return pa.Array.from_buffers(pa.string(), n_rows, [None, pa.py_buffer(offsets), pa.py_buffer(data)], 0)


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
    odd_at, odd_lines = np.empty(_MOST_ODD, np.int64), np.empty(_MOST_ODD, np.int64)
    n_rows, n_odd, end, n_lines, beyond = _cut(window, delimiter, limit, line, starts, ends, lines, odd_at, odd_lines)
    if n_rows < LEAST_ROWS or (beyond and not _decodes(window[:end])):
        return None
    odd = list(zip(odd_at[:n_odd].tolist(), odd_lines[:n_odd].tolist(), strict=True))
    return Stretch(window, starts[:n_rows], ends[:n_rows], lines[:n_rows], int(end), int(n_lines), odd)


def _decodes(data: _Bytes) -> bool:
    try:
        str(data.data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


@njit(cache=True, nogil=True)
def _cut(
    window: _Bytes,
    delimiter: int,
    limit: int,
    line: int,
    starts: _Places,
    ends: _Places,
    lines: NDArray[np.int64],
    odd_at: NDArray[np.int64],
    odd_lines: NDArray[np.int64],
) -> tuple[int, int, int, int, bool]:
    """Plain rows, odd rows, where they end, physical lines, and whether a byte beyond ASCII is among them."""
    width = starts.shape[1]
    n_rows = n_odd = n_lines = end = 0
    cell = begin = position = 0
    closed = -1  # place of the mark that closes the cell at hand
    odd = beyond = False
    while position < len(window):
        byte = window[position]
        if byte > _ASCII:
            beyond = True
        elif byte in (delimiter, _FEED):
            stop = position
            if byte == _FEED and stop > begin and window[stop - 1] == _RETURN:
                stop -= 1
            quoted = closed >= 0
            blank = cell == 0 and stop == begin and byte == _FEED
            if quoted and closed != stop - 1:
                # Text behind a closing mark: the rest of the line is not looked at.
                odd = True
                while position < len(window) and window[position] != _FEED:
                    beyond |= window[position] > _ASCII
                    position += 1
                if position == len(window):
                    break
                byte = _FEED
            odd |= stop - begin > limit
            if cell < width:
                starts[n_rows, cell] = begin + quoted
                ends[n_rows, cell] = stop - quoted
            else:
                odd |= stop - begin > 2 * quoted
            cell += 1
            begin = position + 1
            closed = -1
            if byte == _FEED:
                if blank:
                    pass
                elif odd or cell < width:
                    if n_odd == len(odd_at):
                        break
                    odd_at[n_odd] = end
                    odd_lines[n_odd] = line + n_lines
                    n_odd += 1
                else:
                    lines[n_rows] = line + n_lines
                    n_rows += 1
                n_lines += 1
                end = position + 1
                cell = 0
                odd = False
        elif byte == _QUOTE and position == begin:
            # A cell in marks is plain where it ends on its line; with a doubled mark in it, its row is odd.
            position += 1
            while position < len(window) and window[position] != _FEED:
                if window[position] == _QUOTE:
                    if position + 1 == len(window) or window[position + 1] != _QUOTE:
                        break
                    odd = True
                    position += 1
                beyond |= window[position] > _ASCII
                position += 1
            if position == len(window) or window[position] == _FEED:
                break
            closed = position
        position += 1
    return n_rows, n_odd, end, n_lines, beyond


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
def _join(
    buffer: _Bytes,
    starts: _Places,
    ends: _Places,
    wanted: NDArray[np.int64],
    mark: int,
    offsets: NDArray[np.int32],
    data: _Bytes,
) -> bool:
    """Copy the cells of each row behind each other with `mark` between them; whether one holds the mark."""
    at = 0
    marked = False
    offsets[0] = 0
    for row in range(len(starts)):
        for number, place in enumerate(wanted):
            if number:
                data[at] = mark
                at += 1
            if place >= 0:
                for position in range(starts[row, place], ends[row, place]):
                    byte = buffer[position]
                    marked |= byte == mark
                    data[at] = byte
                    at += 1
        offsets[row + 1] = at
    return marked


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
