"""A delimited text of any encoding, packed by gzip or not, as its header and as UTF-8 that an engine can read."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from upriver.errors import EvidenceError
from upriver.evidence.encodings import guess, marked, unmarked_utf16, utf8

_PEEK = 1 << 18
_SAMPLE_ROWS = 50
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file while it is open.

    told   the path as the user named it; place: where its bytes stand as UTF-8, packed as they were
    packed by gzip
    names  of the columns, below: some rows under them; skip: lines that come before the first row
    """

    told: Path
    place: Path
    packed: bool
    delimiter: str
    names: list[str]
    below: list[list[str]]
    skip: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number of the line on which each row ends, and its cells; slow, for lists and for what an engine refuses.

        raises  EvidenceError where a row is longer than any row of a table
        """
        with self._text() as stream:
            lines = csv.reader((line.replace("\0", "") for line in stream), delimiter=self.delimiter)
            try:
                for row in lines:
                    if lines.line_num > self.skip:
                        yield lines.line_num, row
            except csv.Error as error:
                raise EvidenceError(f"{self.told}: line {lines.line_num} cannot be read ({error})") from error

    @contextmanager
    def _text(self) -> Iterator[io.TextIOBase]:
        if self.packed:
            with gzip.open(self.place, "rt", encoding="utf-8-sig", errors="replace", newline="") as packed:
                yield packed
        else:
            with self.place.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
                yield stream


@contextmanager
def opened(path: Path, what: str) -> Iterator[Opened]:
    """Open a table.

    what    what it should be, for the reader of an error: `a CSV of transfers`
    raises  EvidenceError when there is no such file, or it is no text with a header
    """
    if not path.is_file():
        raise EvidenceError(f"{path}: no such file; name {what}")
    with path.open("rb") as stream:
        head = stream.read(_PEEK)
    if head.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as packed:
                head = packed.read(_PEEK)
        except (OSError, EOFError) as error:
            raise EvidenceError(f"{path}: a damaged gzip file ({error}); pack it again") from error
        yield _opened(path, path, True, head, "utf-8", what)
        return
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"PAR1")):
        raise EvidenceError(f"{path}: a workbook, archive or Parquet file; save its table as CSV")
    encoding = marked(head) or unmarked_utf16(head[:4096]) or guess(head)
    if encoding is None:
        raise EvidenceError(f"{path}: no known encoding fits; save it as UTF-8")
    with utf8(path, encoding) as text:
        yield _opened(path, Path(text.name), False, text.read(_PEEK), "utf-8-sig", what)


def _opened(told: Path, place: Path, packed: bool, raw: bytes, encoding: str, what: str) -> Opened:
    head = raw.decode(encoding, "replace").lstrip("\ufeff")
    if not head.strip():
        raise EvidenceError(f"{told}: an empty file; name {what}")
    if head.count("\0") > len(head) // 1000:
        raise EvidenceError(f"{told}: not a text; name {what}")
    begin = len(head) - len(head.lstrip("\r\n"))
    begin_line = head[:begin].count("\n")
    first = head[begin:].split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines = csv.reader(io.StringIO(head[begin:], newline=""), delimiter=delimiter)
    try:
        rows = [row for row, _ in zip(lines, range(_SAMPLE_ROWS), strict=False)]
    except csv.Error as error:
        where = "its header" if lines.line_num <= 1 else f"line {begin_line + lines.line_num}"
        raise EvidenceError(
            f"{told}: {where} cannot be read ({error}); a cell of that length is no cell of a table, or a quotation "
            "mark was never closed: mend it, and save it as CSV again"
        ) from error
    names = [name.strip() for name in rows[0]]
    return Opened(told, place, packed, delimiter, names, rows[1:], begin_line + 1)
