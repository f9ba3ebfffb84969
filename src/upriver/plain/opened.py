"""A delimited text of any encoding, packed by gzip or not, as its header and as UTF-8 that an engine can read."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from upriver.errors import EvidenceError
from upriver.evidence.encodings import guess, marked, unmarked_utf16, utf8
from upriver.evidence.folder import UnreadableError, beyond_ascii
from upriver.evidence.readers.tokens import row
from upriver.plain.rows import LIMIT, Refuse, rows

_PEEK = 1 << 18
_SAMPLE_ROWS = 50
_DELIMITERS = (",", "\t", ";", "|")
# How a spreadsheet tells another what parts its cells.
_TOLD = re.compile(r"\Asep=(.)\r?\n")


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

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
        """Number of the line on which each row begins, and its cells; slow, for lists and for what an engine refuses.

        refuse  is told line, reason and raw text of what is no row
        """
        with self.bytes() as stream:
            for _ in range(self.skip):
                stream.readline()
            yield from rows(stream, self.delimiter, refuse, self.skip + 1)

    def bytes(self) -> gzip.GzipFile | BufferedReader:
        """Its bytes, unpacked."""
        return gzip.open(self.place) if self.packed else self.place.open("rb")


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
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"PAR1")):
        raise EvidenceError(f"{path}: a workbook, archive or Parquet file; save its table as CSV")
    if not head.startswith(b"\x1f\x8b"):
        with _text(path, path, what) as file:
            yield file
        return
    try:
        with gzip.open(path) as packed:
            head = packed.read(_PEEK)
        if _is_plain(head):
            yield _opened(path, path, True, head, what)
            return
        with TemporaryDirectory(prefix="upriver-") as folder:
            place = Path(folder) / "text"
            with gzip.open(path) as packed, place.open("wb") as out:
                copyfileobj(packed, out)
            with _text(path, place, what) as file:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise EvidenceError(f"{path}: a damaged gzip file ({error}); pack it again") from error


def _is_plain(head: bytes) -> bool:
    """Whether an engine takes it as it is: UTF-8 with line feeds."""
    try:
        text = head[: head.rfind(b"\n") + 1].decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and "\0" not in text


@contextmanager
def _text(told: Path, place: Path, what: str) -> Iterator[Opened]:
    with place.open("rb") as stream:
        head = stream.read(_PEEK)
    encoding = marked(head) or unmarked_utf16(head[:4096]) or guess(beyond_ascii(place).replace(b"\0", b""))
    if encoding is None:
        raise EvidenceError(f"{told}: no known encoding fits; save it as UTF-8")
    try:
        with utf8(place, encoding) as text:
            yield _opened(told, Path(text.name), False, text.read(_PEEK), what)
    except UnreadableError as error:
        raise EvidenceError(f"{told}: {error.reason}; save it as UTF-8") from error


def _opened(told: Path, place: Path, packed: bool, head: bytes, what: str) -> Opened:
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not head.strip():
        raise EvidenceError(f"{told}: an empty file; name {what}")
    # A zero byte or two are dirt in a row; many mean that this is no text.
    if head.count(0) > 8 + len(head) // 1000:
        raise EvidenceError(f"{told}: not a text; name {what}")
    begin = len(head) - len(head.lstrip(b"\r\n"))
    first = head[begin:].split(b"\n", 1)[0].decode("utf-8", "replace")
    delimiter = max(_DELIMITERS, key=first.count)
    sign = _TOLD.match(first + "\n")
    if sign:
        delimiter, begin = sign[1], head.find(b"\n", begin) + 1
    header = row(head, begin, delimiter.encode(), None, LIMIT)
    if not header.cells:
        raise EvidenceError(
            f"{told}: its header cannot be read ({header.reason or 'it is empty'}): mend it, and save it as CSV again"
        )
    names = [" ".join(cell.decode("utf-8", "replace").replace("\0", "").split()) for cell in header.cells]
    below = rows(BytesIO(head[header.end :]), delimiter, lambda *_: None)
    skip = head.count(b"\n", 0, header.end) or 1
    return Opened(told, place, packed, delimiter, names, [cells for _, cells in islice(below, _SAMPLE_ROWS)], skip)
