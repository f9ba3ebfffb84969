"""CSV, TSV and their kin, with any delimiter: streamed in blocks, in bounded memory.

A row's locator is `row N`, where N is the physical line of the file on which it begins, counted from 1 with the header
and blank lines: what an editor shows, and a spreadsheet too where no cell goes over several lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from upriver.evidence import guesses, headers, templates
from upriver.evidence.columns import Layout
from upriver.evidence.encodings import utf8
from upriver.evidence.readers.tokens import Blocks, Broken, Good, row
from upriver.evidence.records import Source, compose, extra_of, joined
from upriver.model.forms import AMOUNTS

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams
    from upriver.evidence.readers.plain import Stretch

_PEEK = 1 << 18
_PEEK_ROWS = 200
_DELIMITERS = (b",", b"\t", b";", b"|", b"^", b"~", b"\x01", b"\x1f", b"\x1e", b"#", b":")
_BATCH_ROWS = 100_000
_BATCH_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Peek:
    """First rows under one delimiter: the line and the byte at which each begins, and its cells."""

    delimiter: bytes
    lines: list[int]
    begins: list[int]
    rows: list[list[str]]


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a delimited file.

    raises  UnreadableError when it has no header and case.toml names no columns
            SettingsError when case.toml names a column that it does not have
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        head = stream.read(_PEEK)
        mark = 3 if head.startswith(b"\xef\xbb\xbf") else 0
        head = head[mark:]
        peek = _best(source, head, mark + len(head) < _PEEK, params.max_cell_bytes)
        known = templates.match(source.templates, peek.rows, source.told)
        number, layout = headers.find(peek.rows, source.stem, known.told)
        source.template.update(known.used)
        source.guessed.update({**known.doubts, **guesses.of_table(layout, known.told)})
        if source.told.delimiter is None:
            source.guessed["delimiter"] = peek.delimiter.decode()
        begin, line = 0, 1
        if number >= 0:
            begin = row(head, peek.begins[number], peek.delimiter, None, params.max_cell_bytes).end
            line += head.count(b"\n", 0, begin)
        if number > 0:
            source.guessed["header"] = f"row {peek.lines[number]}"
            above = zip(peek.lines[:number], peek.rows[:number], strict=True)
            yield source.unknown([(f"row {place}", cells) for place, cells in above])
        stream.seek(mark + begin)
        # A moment in two columns and a statement of one account are put together cell by cell.
        plain = source.n_bytes >= params.plain_bytes and not layout.clocks and not layout.statement
        limits = params.max_cell_bytes, params.block_bytes
        blocks = Blocks(stream, peek.delimiter, len(layout.names), line, *limits, plain)
        yield from _batches(source, layout, blocks)


def look(source: Source, params: EvidenceParams) -> Peek:
    """The first rows of a delimited file, as `read` cuts them."""
    with utf8(source.path, source.encoding or "utf-8") as stream:
        head = stream.read(_PEEK)
        mark = 3 if head.startswith(b"\xef\xbb\xbf") else 0
        return _best(source, head[mark:], len(head) < _PEEK, params.max_cell_bytes)


def _best(source: Source, head: bytes, whole: bool, limit: int) -> Peek:
    """The first rows under the delimiter that makes most of them."""
    if source.told.delimiter is not None:
        return _peek(head, source.told.delimiter.encode(), whole, limit)
    peeks = [_peek(head, delimiter, whole, limit) for delimiter in _DELIMITERS if delimiter in head]
    peeks = [peek for peek in peeks if headers.width(peek.rows) > 1] or [_peek(head, b",", whole, limit)]

    def worth(peek: Peek) -> tuple[bool, int, bool, int, float]:
        searched = peek.rows[: headers.SEARCHED]
        known = max((headers.promise(cells, source.stem, source.told) for cells in searched), default=0)
        width = headers.width(peek.rows)
        share = sum(len(cells) == width for cells in peek.rows) / max(len(peek.rows), 1)
        return templates.fits(source.templates, searched), known, share >= 0.8, width, share

    # The first of equals: the order of _DELIMITERS.
    return max(peeks, key=worth)


def _peek(head: bytes, delimiter: bytes, whole: bool, limit: int) -> Peek:
    peek = Peek(delimiter, [], [], [])
    position, line = 0, 1
    while position < len(head) and len(peek.rows) < _PEEK_ROWS:
        found = row(head, position, delimiter, None, limit)
        if not whole and found.end >= len(head) and peek.rows:
            break  # cut by the end of the peek
        if found.cells:
            peek.lines.append(line)
            peek.begins.append(position)
            peek.rows.append([cell.decode("utf-8", "replace") for cell in found.cells])
        line += head.count(b"\n", position, found.end)
        position = found.end
    return peek


def _batches(source: Source, layout: Layout, blocks: Blocks) -> Iterator[pa.Table]:
    """Records in tables of some size: torn quoting cuts a file into thousands of small blocks.

    Lines only ever go on: that is looked at here, where it costs nothing, and not again over all rows of the case.
    """
    good: list[Good] = []
    broken: list[Broken] = []
    seen: list[Any] = []  # lines that are not yet looked at
    n_waiting, n_read, last, among = 0, 0, 0, False
    source.placed = True
    for part in blocks:
        if isinstance(part, Good):
            good.append(part)
            n_waiting += len(part.lines)
            seen.append(part.lines)
        elif isinstance(part, Broken):
            broken.append(part)
            n_waiting += 1
            seen.append(np.array([part.line]))
        stretch = None if isinstance(part, Good | Broken) else part
        full = n_waiting >= _BATCH_ROWS or blocks.n_read - n_read >= _BATCH_BYTES
        if seen and (stretch is not None or (full and not among)):
            last = _gone_on(source, seen, last)
            seen = []
        if n_waiting and full:
            yield _table(source, layout, good, broken)
            good, broken, n_waiting, n_read = [], [], 0, blocks.n_read
        if stretch is not None:
            # Its odd rows come behind it, and their lines lie among its own.
            among = True
            seen.append(stretch.lines)
            yield _stretch(source, layout, stretch)
    if seen:
        _gone_on(source, seen, last)
    if n_waiting:
        yield _table(source, layout, good, broken)


def _gone_on(source: Source, parts: list[Any], last: int) -> int:
    """The last of these lines; where two are one, or one lies before `last`, the places are looked through later."""
    lines = parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))
    if lines[0] <= last or (np.diff(lines) <= 0).any():
        source.placed = False
    return max(last, int(lines[-1]))


def _stretch(source: Source, layout: Layout, stretch: Stretch) -> pa.Table:
    """Records of a plain stretch."""
    from upriver.evidence.readers.plain import texts_of

    names = layout.form.fields
    for name, place in zip(names, layout.places, strict=True):
        if place is not None and name.endswith(("_at", "_on")):
            filled = np.flatnonzero(stretch.ends[:, place] > stretch.starts[:, place])
            source.habits.see(name, stretch.texts([place]), filled)
        elif place is not None and name in AMOUNTS:
            source.marks_of(name).see(stretch.texts([place]))
    extra = extra_of(layout, lambda place: stretch.texts([place]))
    cells = stretch.joined(layout.places) if names else None
    if cells is not None:
        return source.packed(layout.form.name, texts_of(stretch.lines, f"{source.file_id}#row "), cells, extra)
    ends = np.arange(len(stretch.lines) + 1, dtype=np.int32) * np.int32(len(names))
    fields = pa.ListArray.from_arrays(pa.array(ends), stretch.texts(layout.places))
    return source.table(layout.form.name, texts_of(stretch.lines, "row "), fields, extra)


def _table(source: Source, layout: Layout, good: list[Good], broken: list[Broken]) -> pa.Table:
    told = [(f"row {part.line}", part.reason, part.raw) for part in broken]
    tables = [source.broken(told)] if told else []
    for step in sorted({part.block.step for part in good}):
        parts = [part for part in good if part.block.step == step]
        lines = np.concatenate([part.lines for part in parts])
        places = pc.binary_join_element_wise("row ", pa.array(lines).cast(pa.string()), "")
        tables.append(compose(source, layout, joined([part.block for part in parts]), places))
    return pa.concat_tables(tables)
