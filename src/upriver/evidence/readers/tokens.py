"""Delimited text cut into rows and cells: whole blocks at once where the quoting is clean, row by row where it is not.

`row` is the rule, in plain Python; `Blocks` gives the same cells by array arithmetic. A row is taken only when every
quotation mark in it stands where RFC 4180 lets it, or inside a bare cell; whatever else happens, one physical line is
broken and reading goes on at the next, so that a torn quotation mark costs its own line and not the rest of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from upriver.evidence.encodings import BAD_BYTES, escaped
from upriver.evidence.records import RAW_CHARACTERS, Block

if TYPE_CHECKING:
    from upriver.evidence.readers.plain import Stretch

UNCLOSED = "a quotation mark is opened and never closed"
_QUOTE, _FEED, _RETURN = b'"', ord("\n"), ord("\r")
# How far to look again behind a row that stopped a block, and how many rows to cut one by one before that.
_LEAST_WINDOW = 1 << 15
_MOST_SLOW = 16
# Cells of a stretch are found by 32 bits.
_ADDRESSED = 1 << 29


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, or the reason why it has none; `end` is where the next one begins."""

    cells: tuple[bytes, ...]
    end: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Good:
    """Rows with as many cells as the header; `lines` is the physical line, from 1, on which each begins."""

    block: Block
    lines: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be cut."""

    line: int
    reason: str
    raw: str


def row(data: bytes, start: int, delimiter: bytes, width: int | None, limit: int) -> Row:
    """The row that begins at `start`; `width` cells are wanted, any number if None; `limit` is bytes in a cell.

    Blank lines give no cells and no reason.
    """
    line_end = data.find(b"\n", start)
    line_end = len(data) if line_end < 0 else line_end
    after_line = min(line_end + 1, len(data))
    if not data[start:line_end].removesuffix(b"\r"):
        return Row((), after_line)
    cells: list[bytes] = []
    position = start
    while True:
        if data[position : position + 1] == _QUOTE:
            close = _closing(data, position + 1, limit)
            if close < 0:
                return Row((), after_line, UNCLOSED)
            cells.append(data[position + 1 : close].replace(b'""', _QUOTE))
            position = close + 1
            if data[position : position + 2] in (b"\r\n", b"\r"):
                position += 1
            if position < len(data) and data[position : position + 1] not in (delimiter, b"\n"):
                return Row((), after_line, "text stands behind a closing quotation mark")
        else:
            feed = data.find(b"\n", position)
            feed = len(data) if feed < 0 else feed
            found = data.find(delimiter, position, feed)
            stop = feed if found < 0 else found
            cell = data[position:stop]
            if found < 0:
                cell = cell.removesuffix(b"\r")
            if len(cell) > limit:
                return Row((), after_line, f"a cell is longer than {limit} bytes")
            cells.append(cell)
            position = stop
        if position >= len(data) or data[position] == _FEED:
            break
        position += 1
    end = min(position + 1, len(data))
    while width is not None and len(cells) > width and not cells[-1]:
        cells.pop()
    if width is not None and len(cells) != width:
        torn = ", and the file ends in it" if position >= len(data) else ""
        return Row((), after_line, f"it has {len(cells)} cells where the header has {width}{torn}")
    return Row(tuple(cells), end)


def _closing(data: bytes, start: int, limit: int) -> int:
    """Place of the quotation mark that closes a cell, or -1."""
    position = start
    while True:
        position = data.find(_QUOTE, position, start + limit + 1)
        if position < 0 or data[position + 1 : position + 2] != _QUOTE:
            return position
        position += 2


class Blocks:
    """Rows of a UTF-8 stream in order, as `Good` and `Broken`, and where asked long plain stretches as `Stretch`.

    width    cells of a row; line: physical line at which the stream stands; limit: bytes in a cell
    plain    True: stretches without a quotation mark are cut by a compiled kernel
    """

    def __init__(
        self,
        stream: IO[bytes],
        delimiter: bytes,
        width: int,
        line: int,
        limit: int,
        block: int,
        plain: bool = False,
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._width = width
        self._line = line
        self._limit = limit
        self._block = block
        self._plain = plain and block < _ADDRESSED
        self._data = b""
        self._position = 0
        self._ended = False
        self.n_read = 0

    def __iter__(self) -> Iterator[Good | Broken | Stretch]:
        window, n_slow = self._block, 1
        while self._fill():
            stop = min(self._position + window, len(self._data))
            if self._plain and window >= self._block:
                stretch = self._stretch(stop)
                if stretch is not None:
                    begin = self._position
                    self._position += stretch.end
                    self._line += stretch.n_lines
                    yield stretch
                    yield from self._odd([(begin + place, line) for place, line in stretch.odd])
                    continue
            end, parts, clean = self._fast(self._position, stop)
            moved = end > self._position
            self._pass(end)
            yield from parts
            if clean and moved:
                window, n_slow = min(max(window, self._block // 8) * 2, self._block), max(1, n_slow // 2)
            elif clean and stop < len(self._data):
                window *= 2
            elif clean and not self._ended and stop - self._position <= 2 * self._limit:
                # Not one whole row: read on before a quotation mark is given up.
                self._more()
                window = len(self._data)
            else:
                window, n_slow = max(window // 8, _LEAST_WINDOW), min(n_slow * 2, _MOST_SLOW)
                yield from self._slow(n_slow)

    # ---- the stream -------------------------------------------------------------------------------------------

    def _fill(self) -> bool:
        """Whether bytes are left; reads on when less than half a block is at hand."""
        if not self._ended and len(self._data) - self._position < self._block // 2:
            self._more()
        return self._position < len(self._data) or (not self._ended and self._more())

    def _more(self) -> bool:
        fresh = self._stream.read(self._block)
        self._ended = not fresh
        self._data = self._data[self._position :] + fresh
        self._position = 0
        self.n_read += len(fresh)
        return bool(self._data)

    # ---- plain stretches --------------------------------------------------------------------------------------

    def _stretch(self, stop: int) -> Stretch | None:
        from upriver.evidence.readers.plain import cut

        window = np.frombuffer(self._data, np.uint8, stop - self._position, self._position)
        return cut(window, self._delimiter[0], self._width, self._limit, self._line)

    def _odd(self, rows: list[tuple[int, int]]) -> Iterator[Good | Broken]:
        """Rows at these places and lines, cut by the plain rule."""
        good: list[tuple[bytes, ...]] = []
        lines: list[int] = []
        for place, line in rows:
            found = row(self._data, place, self._delimiter, self._width, self._limit)
            if found.cells:
                good.append(found.cells)
                lines.append(line)
            else:
                refused = self._refused(place, found)
                yield Broken(line, refused.reason, refused.raw)
        if good:
            yield self._gathered(good, lines)

    # ---- row by row -------------------------------------------------------------------------------------------

    def _slow(self, n_rows: int) -> Iterator[Good | Broken]:
        good: list[tuple[bytes, ...]] = []
        lines: list[int] = []
        for _ in range(n_rows):
            # A row near the end of what was read may go on behind it.
            while not self._ended and len(self._data) - self._position <= 2 * self._limit:
                self._more()
            if self._position >= len(self._data):
                break
            found = row(self._data, self._position, self._delimiter, self._width, self._limit)
            if found.end >= len(self._data) and not self._ended:
                found = Row(
                    (), self._data.find(b"\n", self._position) + 1, f"it is longer than {2 * self._limit} bytes"
                )
            if found.cells and all(_decodes(cell) for cell in found.cells):
                good.append(found.cells)
                lines.append(self._line)
            elif found.cells or found.reason:
                yield self._refused(self._position, found)
            if found.end:
                self._pass(found.end)
            else:
                self._pass_line()
        if good:
            yield self._gathered(good, lines)

    def _pass(self, end: int) -> None:
        self._line += self._data.count(b"\n", self._position, end)
        self._position = end

    def _pass_line(self) -> None:
        """Go behind the end of the line, however far it is."""
        while (feed := self._data.find(b"\n", self._position)) < 0 and not self._ended:
            self._position = len(self._data)
            self._more()
        self._pass(feed + 1 if feed >= 0 else len(self._data))

    def _gathered(self, rows: list[tuple[bytes, ...]], lines: list[int]) -> Good:
        cells = pa.array([cell for cells in rows for cell in cells], pa.binary()).cast(pa.string())
        first = np.arange(0, len(rows) * self._width, self._width, dtype=np.int64)
        return Good(Block(cells, first, 1), np.array(lines, np.int64))

    def _refused(self, start: int, found: Row) -> Broken:
        stop = min(found.end or len(self._data), start + 4 * RAW_CHARACTERS)
        raw = escaped(self._data[start:stop]).rstrip("\r\n")
        reason = found.reason or BAD_BYTES
        return Broken(self._line, reason, raw[:RAW_CHARACTERS])

    # ---- whole blocks -----------------------------------------------------------------------------------------

    def _fast(self, start: int, stop: int) -> tuple[int, list[Good | Broken], bool]:
        """Rows from `start` on that end before `stop`: where they end, the rows, whether nothing stopped it short."""
        data = self._data[start:stop]
        final = self._ended and stop == len(self._data)
        if final and not data.endswith(b"\n"):
            data += b"\n"
        buffer = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero((buffer == self._delimiter[0]) | (buffer == _FEED))
        quotes = np.flatnonzero(buffer == _QUOTE[0])
        if len(quotes):
            ends = ends[(np.searchsorted(quotes, ends) & 1) == 0]
        row_ends = np.flatnonzero(buffer[ends] == _FEED)  # places in `ends`
        if not len(row_ends):
            return start, [], True
        ends = ends[: row_ends[-1] + 1]
        starts = np.concatenate([np.zeros(1, ends.dtype), ends[:-1] + 1])
        first = np.concatenate([np.zeros(1, row_ends.dtype), row_ends[:-1] + 1])
        counts = row_ends - first + 1
        cell_ends = ends.copy()
        last = row_ends[starts[row_ends] < ends[row_ends]]
        cell_ends[last] -= buffer[ends[last] - 1] == _RETURN
        quotes = quotes[quotes < ends[-1]]
        n_rows = self._sound_rows(buffer, quotes, ends, starts, cell_ends, row_ends, first, counts)
        clean = n_rows == len(row_ends)
        if not n_rows:
            return start, [], False
        n_cells = int(row_ends[n_rows - 1]) + 1
        used = int(ends[n_cells - 1]) + 1
        starts, cell_ends, quotes = starts[:n_cells], cell_ends[:n_cells], quotes[quotes < used]
        first, counts = first[:n_rows], counts[:n_rows]
        row_starts = starts[first]
        lines = self._lines_of(buffer, row_starts, used)
        blank = (counts == 1) & (cell_ends[first] == row_starts)
        right = (counts == self._width) & ~blank
        right &= self._decoding(data, row_starts, ends[row_ends[:n_rows]])
        wrong = np.flatnonzero(~right & ~blank)
        extra_cells: list[Good | Broken] = []
        for number in wrong:
            found = row(self._data, start + int(row_starts[number]), self._delimiter, self._width, self._limit)
            if found.cells and all(_decodes(cell) for cell in found.cells):
                extra_cells.append(self._gathered([found.cells], [int(lines[number])]))
            else:
                refused = self._refused(start + int(row_starts[number]), found)
                extra_cells.append(Broken(int(lines[number]), refused.reason, refused.raw))
        parts: list[Good | Broken] = []
        if right.any():
            parts.append(Good(_block(data, buffer, starts, cell_ends, quotes, first[right]), lines[right]))
        return min(start + used, len(self._data)), [*parts, *extra_cells], clean

    def _sound_rows(
        self, buffer: Any, quotes: Any, ends: Any, starts: Any, cell_ends: Any, row_ends: Any, first: Any, counts: Any
    ) -> int:
        """How many rows from the first on are cut as `row` would cut them."""
        unsound = [len(row_ends)]
        long = np.flatnonzero(cell_ends - starts > self._limit)
        if len(long):
            unsound.append(int(np.searchsorted(row_ends, long[0])))
        if len(quotes):
            of_cell = np.searchsorted(ends, quotes)
            cells, at = np.unique(of_cell, return_index=True)
            n_quotes = np.diff(np.append(at, len(quotes)))
            opened = quotes[at] == starts[cells]
            closed = quotes[at + n_quotes - 1] == cell_ends[cells] - 1
            sound = opened & closed & (n_quotes % 2 == 0)
            # Between the first and the last, marks must stand in pairs.
            rank = np.arange(len(quotes)) - np.repeat(at, n_quotes)
            inner_first = (rank % 2 == 1) & (rank < np.repeat(n_quotes, n_quotes) - 1)
            follows = np.append(quotes[1:] == quotes[:-1] + 1, False)
            torn = np.unique(of_cell[inner_first & ~follows])
            sound &= ~np.isin(cells, torn)
            if not sound.all():
                unsound.append(int(np.searchsorted(row_ends, cells[np.flatnonzero(~sound)[0]])))
            # A row of the wrong width over several lines is a torn quotation mark that met another.
            feeds = np.flatnonzero(buffer[: ends[-1] + 1] == _FEED)
            if len(feeds) != len(row_ends):
                n_feeds = np.diff(np.searchsorted(feeds, ends[row_ends]), prepend=-1)
                folded = np.flatnonzero((n_feeds > 1) & (counts != self._width))
                if len(folded):
                    unsound.append(int(folded[0]))
        return min(unsound)

    def _lines_of(self, buffer: Any, row_starts: Any, used: int) -> npt.NDArray[np.int64]:
        feeds = np.flatnonzero(buffer[:used] == _FEED)
        if len(feeds) == len(row_starts):
            return np.arange(self._line, self._line + len(row_starts), dtype=np.int64)
        return np.asarray(self._line + np.searchsorted(feeds, row_starts), dtype=np.int64)

    def _decoding(self, data: bytes, row_starts: Any, row_stops: Any) -> npt.NDArray[np.bool_]:
        """Which rows are UTF-8."""
        if data.isascii() or _decodes(data[: int(row_stops[-1])]):
            return np.ones(len(row_starts), bool)
        spans = zip(row_starts.tolist(), row_stops.tolist(), strict=True)
        return np.array([_decodes(data[begin:stop]) for begin, stop in spans], bool)


def _block(data: bytes, buffer: Any, starts: Any, cell_ends: Any, quotes: Any, first: Any) -> Block:
    """Cells without copying them: texts and the signs between them take turns in one array over the bytes."""
    begins, stops = starts, cell_ends
    doubled = np.zeros(0, np.int64)
    if len(quotes):
        quoted = (buffer[begins] == _QUOTE[0]) & (stops - begins >= 2)
        begins, stops = begins + quoted, stops - quoted
        pairs = quotes[:-1][(quotes[1:] == quotes[:-1] + 1)]
        cell = np.unique(np.searchsorted(starts, pairs, side="right") - 1)
        doubled = cell[(stops[cell] > begins[cell])]
    offsets = np.empty(2 * len(begins) + 1, np.int32)
    offsets[0:-1:2], offsets[1::2] = begins, stops
    offsets[-1] = stops[-1]
    if not len(doubled):
        cells = pa.StringArray.from_buffers(2 * len(begins), pa.py_buffer(offsets), pa.py_buffer(data))
        return Block(cells, 2 * first, 2)
    # Few cells hold doubled marks: those are written anew behind the others, and the rows that hold them with them.
    return _unfolded(data, begins, stops, set(doubled.tolist()), first)


def _unfolded(data: bytes, begins: Any, stops: Any, doubled: set[int], first: Any) -> Block:
    texts = bytearray()
    offsets = np.empty(2 * len(begins) + 1, np.int32)
    position = 0
    for number in sorted(doubled):
        begin, stop = int(begins[number]), int(stops[number])
        texts += data[position:begin]
        texts += data[begin:stop].replace(b'""', b'"')
        position = stop
    texts += data[position : int(stops[-1])]
    # Every doubled mark that is gone moves all that stands behind it.
    shift = np.zeros(len(begins) + 1, np.int64)
    for number in doubled:
        shift[number + 1] = data.count(b'""', int(begins[number]), int(stops[number]))
    before = np.cumsum(shift)
    offsets[0:-1:2] = begins - before[:-1]
    offsets[1::2] = stops - before[1:]
    offsets[-1] = offsets[-2]
    cells = pa.StringArray.from_buffers(2 * len(begins), pa.py_buffer(offsets), pa.py_buffer(bytes(texts)))
    return Block(cells, 2 * first, 2)


def _decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
