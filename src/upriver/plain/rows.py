"""Rows of a delimited text, one by one, by the rule of the evidence stage: what is wrong with one costs it alone."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from upriver.evidence.encodings import BAD_BYTES, escaped
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers.tokens import UNCLOSED, row

RAW = 2_000  # characters of a refused row that are kept
LIMIT = EvidenceParams().max_cell_bytes


class Stream(Protocol):
    """What gives lines as bytes."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or as much of it."""


Refuse = Callable[[int, str, str], None]  # line, reason, raw


def rows(stream: Stream, delimiter: str, refuse: Refuse, line: int = 1) -> Iterator[tuple[int, list[str]]]:
    """The line on which each row begins, and its cells; blank lines are passed over.

    stream  UTF-8; line: that at which it stands
    A mark of byte order at the beginning of a row is dropped: files were put together.
    refuse  is told of each row that cannot be cut, is no text, or has a cell of more than `LIMIT` bytes
    """
    sign = delimiter.encode()
    lines = _Lines(stream)
    while raw := lines.next():
        raw = raw.removeprefix(BOM_UTF8)
        own = line
        line += 1
        if len(raw) > LIMIT:
            lines.end(raw)
            refuse(own, f"the line is longer than {LIMIT} bytes", shown(raw))
            continue
        cells: tuple[bytes, ...] = ()
        reason = ""
        if b'"' in raw:
            found = row(raw, 0, sign, None, LIMIT)
            taken = [raw]
            n_bytes = len(raw)
            # A cell may go over several lines; its mark closes in one that has an odd number of them.
            while found.reason == UNCLOSED and n_bytes <= LIMIT and (more := lines.next()):
                taken.append(more)
                n_bytes += len(more)
                if more.count(b'"') % 2:
                    found = row(b"".join(taken), 0, sign, None, LIMIT)
            cells, reason = found.cells, found.reason
            n_lines, end = 1, len(raw)
            while cells and end < found.end:
                end += len(taken[n_lines])
                n_lines += 1
            lines.back(taken[n_lines:])
            line += n_lines - 1
            raw = b"".join(taken[:n_lines])
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            refuse(own, BAD_BYTES, shown(raw))
            continue
        if reason:
            refuse(own, reason, shown(raw))
        elif cells:
            yield own, [cell.decode() for cell in cells]
        elif text := text.rstrip("\r\n"):
            yield own, text.split(delimiter)


def shown(raw: bytes) -> str:
    """The beginning of a row, for a person."""
    return escaped(raw[: 4 * RAW]).rstrip("\r\n")[:RAW]


class _Lines:
    """Physical lines of a stream, or the beginning of one that is too long; some may be given back."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ahead: deque[bytes] = deque()

    def next(self) -> bytes:
        return self._ahead.popleft() if self._ahead else self._stream.readline(LIMIT + 1)

    def back(self, lines: list[bytes]) -> None:
        self._ahead.extendleft(reversed(lines))

    def end(self, begun: bytes) -> None:
        """Read on to the end of the line of which `begun` is the beginning."""
        while begun and not begun.endswith(b"\n"):
            begun = self.next()
