"""Entries of an XML list, one at a time, in bounded memory, behind the guard.

Size of an entry, and of a single tag, have limits. A byte that is no character becomes U+FFFD, and the entry that holds
it is named; where the file is torn, the entries above stay, and one row says from which line on it cannot be read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import Element
from xml.parsers import expat

from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.xml_guard import DEEPEST, encoding, guarded, local
from upriver.evidence.records import RAW_CHARACTERS

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams
    from upriver.evidence.records import Source

_BLOCK = 1 << 16
# Characters that XML 1.0 does not allow, though files hold them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LOST = "\ufffd"
_ADVICE = "the entries above were read; ask for the file again where it came from"


@dataclass(frozen=True, slots=True)
class Entry:
    """One element that was asked for, whole: names without their namespaces; `lost`: bytes in it were no characters."""

    line: int
    element: Element
    lost: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read: a whole entry, or all from this line on."""

    line: int
    reason: str
    raw: str


class Entries:
    """The elements of `wanted` names, in the order of the file; `root` holds the attributes of the document itself."""

    def __init__(self, stream: IO[bytes], wanted: frozenset[str], most_bytes: int) -> None:
        self.root: dict[str, str] = {}
        self._stream = stream
        self._wanted = wanted
        self._most = most_bytes
        self._ready: list[Entry | Broken] = []
        self._open: list[Element] = []
        self._depth = 0
        self._base = 0  # depth of the entry that is open, 0 = none
        self._line = 0
        self._size = 0
        self._lost = False
        self._event_at = 0
        self._fed = 0
        self._parser = guarded()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.DefaultHandler = self._other

    def __iter__(self) -> Iterator[Entry | Broken]:
        """raises  UnreadableError when the document declares its own type, or is torn before it has a first element"""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        tail = ""
        while True:
            block = self._stream.read(_BLOCK)
            text = _FORBIDDEN.sub(_LOST, decoder.decode(block, final=not block))
            tail = (tail + text)[-RAW_CHARACTERS:]
            data = text.encode()
            self._fed += len(data)
            try:
                self._parser.Parse(data, not block)
                if self._fed - self._event_at > self._most:
                    raise _TooMuchError(f"a tag or comment is longer than {self._most} bytes")
            except (expat.ExpatError, _TooMuchError) as error:
                yield from self._ready
                if self._depth == 0 and not self.root and not self._event_at:
                    reason = f"it is not XML: {_told(error)}"
                    raise UnreadableError(reason, "ask for it again where it came from") from error
                yield self._rest(error, tail)
                return
            yield from self._ready
            self._ready.clear()
            if not block:
                return

    def _rest(self, error: Exception, tail: str) -> Broken:
        line = self._parser.ErrorLineNumber if isinstance(error, expat.ExpatError) else self._parser.CurrentLineNumber
        inside = f" in the entry that begins at line {self._line}" if self._base else ""
        return Broken(line, f"from line {line} on the file cannot be read{inside}: {_told(error)}; {_ADVICE}", tail)

    def _seen(self) -> None:
        self._event_at = self._parser.CurrentByteIndex

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._seen()
        self._depth += 1
        if self._depth > DEEPEST:
            raise _TooMuchError(f"its elements are nested more than {DEEPEST} deep")
        tag = local(name)
        given = {local(key): value for key, value in attributes.items()}
        if self._depth == 1:
            self.root = given
        if not self._base:
            if tag not in self._wanted:
                return
            self._base, self._line, self._size, self._lost = self._depth, self._parser.CurrentLineNumber, 0, False
            self._open = [Element(tag, given)]
        elif self._open:
            element = Element(tag, given)
            self._open[-1].append(element)
            self._open.append(element)
        self._grow(sum(map(len, given.values())) + len(tag), _LOST in "".join(given.values()))

    def _text(self, data: str) -> None:
        self._seen()
        if not self._open:
            return
        last = self._open[-1]
        last.text = (last.text or "") + data
        self._grow(len(data), _LOST in data)

    def _other(self, _data: str) -> None:
        self._seen()

    def _grow(self, n_characters: int, lost: bool) -> None:
        # 64 bytes of an element itself: a million empty ones are a large entry, too.
        self._size += n_characters + 64
        self._lost = self._lost or lost
        if self._open and self._size > self._most:
            raw = "".join(self._open[0].itertext())[:RAW_CHARACTERS]
            reason = f"the entry is larger than {self._most} bytes; split it, or raise max_cell_bytes in case.toml"
            self._ready.append(Broken(self._line, reason, raw))
            self._open = []

    def _end(self, _name: str) -> None:
        self._seen()
        if self._base and self._depth == self._base:
            if self._open:
                self._ready.append(Entry(self._line, self._open[0], self._lost))
            self._base, self._open = 0, []
        elif len(self._open) > 1:
            self._open.pop()
        self._depth -= 1


class _TooMuchError(Exception):
    """A limit was met inside the parser."""


@contextmanager
def opened(source: Source, params: EvidenceParams, *wanted: str) -> Iterator[Entries]:
    """The entries of a file, whatever its encoding."""
    with utf8(source.path, encoding(source)) as stream:
        yield Entries(stream, frozenset(wanted), params.max_cell_bytes)


def _told(error: Exception) -> str:
    return expat.ErrorString(error.code) if isinstance(error, expat.ExpatError) else str(error)


# ---- reading an element ---------------------------------------------------------------------------------------


def text(element: Element | None, path: str = "") -> str:
    """The text at `path` below, blanks single; empty where there is none."""
    found = element if element is None or not path else element.find(path)
    return " ".join(("" if found is None else found.text or "").split())


def texts(element: Element, path: str) -> list[str]:
    """The texts of all elements at `path`, without the empty ones."""
    return [found for child in element.iterfind(path) if (found := text(child))]


def leaves(element: Element, used: frozenset[str] = frozenset()) -> dict[str, str]:
    """What stands in the children that are not `used`, path by path, several values parted by |."""
    found: dict[str, list[str]] = {}
    for child in element:
        if child.tag not in used:
            _gather(child, str(child.tag), found)
    return {path: " | ".join(dict.fromkeys(values)) for path, values in found.items()}


def _gather(element: Element, path: str, found: dict[str, list[str]]) -> None:
    for name, value in element.attrib.items():
        if value.strip():
            found.setdefault(f"{path}@{name}", []).append(value.strip())
    if text(element):
        found.setdefault(path, []).append(text(element))
    for child in element:
        _gather(child, f"{path}/{child.tag}", found)
