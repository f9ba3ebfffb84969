"""XML held in memory, piece by piece, behind the guard.

A mark torn out of the middle costs the piece in which it stands: reading goes on at the beginning of the next.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.xml_guard import DEEPEST, guarded, local
from upriver.evidence.records import RAW_CHARACTERS

_BLOCK = 1 << 20
_CLOSING = re.compile(rb"(?:\s*</[^<>]*>)*\s*\Z")
# Where a second document stands behind the first, its beginning is no error.
_AGAIN = (
    expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT],
    expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI],
)


@dataclass(slots=True)
class Element:
    """An element: its name without prefix, attributes, its own text, and what lies in it."""

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text without blanks at its ends."""
        return "".join(self.texts).strip()

    def all(self, path: str) -> list[Element]:
        """Elements at a path such as `Acct/Id/IBAN`, in the order of the document."""
        found = [self]
        for name in path.split("/"):
            found = [child for element in found for child in element.children if child.name == name]
        return found

    def first(self, *paths: str) -> Element | None:
        """The first element at the first of the paths that leads to one."""
        return next((element for path in paths for element in self.all(path)), None)

    def told(self, *paths: str) -> str:
        """The first text that is not empty at one of the paths, or nothing."""
        return next((element.text for path in paths for element in self.all(path) if element.text), "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole child of a parent; `parent` counts the parents of the file from 1, `line` is that of its beginning.

    parent 0: it stands below none, since the beginning of its own is lost
    """

    element: Element
    parent: int
    line: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Torn:
    """A part of the file that is no XML."""

    line: int
    reason: str
    raw: bytes

    @property
    def text(self) -> str:
        """Its beginning, for a person."""
        return shown(self.raw)


def shown(raw: bytes) -> str:
    """The beginning of a part of a file as text."""
    return raw[: 4 * RAW_CHARACTERS].decode("utf-8", "replace").replace("\0", "")


def pieces(data: bytes, parents: tuple[str, ...], child: str, limit: int) -> Iterator[Piece | Torn]:
    """Every child of every element with one of the names `parents`, as it closes.

    data    UTF-8, whatever the document declares
    child   name of the children at which reading goes on after an error; so it does at the next parent. One that
            stands elsewhere is given too
    limit   bytes of the text of one element
    raises  UnreadableError where there is a document type, or elements lie too deeply in each other, before any
            child of the name; later the rest of the file is torn
    """
    n_given = 0
    try:
        for found in _pieces(data, parents, child, limit):
            n_given += isinstance(found, Torn) or found.element.name == child
            yield found
    except _RefusedError as error:
        if not n_given:
            raise UnreadableError(error.reason, error.advice) from error
        yield Torn(data.count(b"\n", 0, error.at) + 1, error.reason, data[error.at :])


def _pieces(data: bytes, parents: tuple[str, ...], child: str, limit: int) -> Iterator[Piece | Torn]:
    data = data.removeprefix(codecs.BOM_UTF8)
    mark = re.compile(rb"<(?:[\w.-]+:)?(" + "|".join((child, *parents)).encode() + rb")(?=[\s/>])")
    begin, opened = 0, 0
    above: list[str] = []
    while begin < len(data):
        parser = _Parser(data, begin, above, parents, child, opened, limit)
        try:
            yield from parser.parsed()
            return
        except _RefusedError:
            yield from parser.take()
            raise
        except expat.ExpatError as error:
            yield from parser.take()
            at = parser.at
            opened = parser.n_parents
            if error.code in _AGAIN and at > begin and not above:
                begin, above = at, []
                continue
            start = parser.piece_begin if parser.piece_begin is not None else max(at, parser.last_end)
            if parser.piece_begin is None and _CLOSING.match(data, parser.last_end) and begin:
                return  # only ends of what was opened before the error
            following = mark.search(data, max(start + 1, begin + 1))
            until = following.start() if following else len(data)
            raw = data[start if start < until else parser.last_end : until]
            yield Torn(data.count(b"\n", 0, start) + 1, f"it is no XML: {expat.ErrorString(error.code)}", raw)
            if following is None:
                return
            above = parser.above(following[1].decode(), parents)
            begin = following.start()


class _RefusedError(Exception):
    """What is not to be read on, and where it stands."""

    def __init__(self, reason: str, advice: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.advice, self.at = reason, advice, at


class _Parser:
    """One run of the parser over the data from `begin`, below the elements `above` that were open there."""

    def __init__(
        self,
        data: bytes,
        begin: int,
        above: list[str],
        parents: tuple[str, ...],
        child: str,
        n_parents: int,
        limit: int,
    ) -> None:
        self.n_parents = n_parents
        self._child = child
        self._parent = 0
        self.piece_begin: int | None = None
        self.last_end = begin
        self._data, self._begin, self._parents, self._limit = data, begin, parents, limit
        self._prefix = "".join(f"<{name}>" for name in above).encode()
        self._given = len(above)
        self._open: list[str] = []
        self._stack: list[Element] = []
        self._whole: list[Piece | Torn] = []
        self._line = 0
        self._n_bytes = 0
        self._huge = False
        self._expat = guarded()
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._above_line = data.count(b"\n", 0, begin)

    @property
    def at(self) -> int:
        """Place in the data at which the parser stands."""
        return max(self._begin, self._begin + int(self._expat.CurrentByteIndex) - len(self._prefix))

    def parsed(self) -> Iterator[Piece | Torn]:
        """Pieces as they close.

        raises  ExpatError where the data is no XML or ends too early
        """
        if self._prefix:
            self._expat.Parse(self._prefix, False)
        for place in range(self._begin, len(self._data), _BLOCK):
            try:
                self._expat.Parse(self._data[place : place + _BLOCK], False)
            except UnreadableError as error:
                raise _RefusedError(error.reason, error.advice, self.at) from error
            yield from self.take()
        self._expat.Parse(b"", True)
        yield from self.take()

    def take(self) -> Iterator[Piece | Torn]:
        """Pieces that closed since the last call."""
        whole, self._whole = self._whole, []
        yield from whole

    def above(self, name: str, parents: tuple[str, ...]) -> list[str]:
        """Elements that are open above the next piece, which has this name."""
        names = [local(one) for one in self._open]
        at = next((place for place, one in enumerate(names) if one in parents), None)
        if name in parents:
            return self._open[:at]
        if at is not None:
            return self._open[: at + 1]
        self.n_parents += 1  # the beginning of its parent is lost
        return [*self._open, parents[0]]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) + len(self._stack) >= DEEPEST:
            raise _RefusedError(
                f"more than {DEEPEST} elements lie in each other: no bank writes so, and readers are attacked so",
                "ask for it again where it came from",
                self.at,
            )
        bare = local(name)
        below = bool(self._open) and local(self._open[-1]) in self._parents
        if self._stack or below or bare == self._child:
            element = Element(bare, {local(key): value for key, value in attributes.items()} if attributes else {})
            if self._stack:
                self._stack[-1].children.append(element)
            else:
                self.piece_begin = self.at
                self._parent = self.n_parents if below else 0
                self._line = self._above_line + int(self._expat.CurrentLineNumber)
                self._huge = False
            self._stack.append(element)
            self._n_bytes = 0
            return
        self._open.append(name)
        if bare in self._parents and len(self._open) > self._given:
            self.n_parents += 1

    def _characters(self, text: str) -> None:
        if self._stack:
            self._n_bytes += len(text)
            if self._n_bytes > self._limit:
                self._huge = True
            else:
                self._stack[-1].texts.append(text)

    def _end(self, name: str) -> None:
        if not self._stack:
            self._open.pop()
            self.last_end = self.at
            return
        element = self._stack.pop()
        self._n_bytes = 0
        if not self._stack:
            assert self.piece_begin is not None
            raw = self._data[self.piece_begin : self.at]
            if self._huge:
                self._whole.append(Torn(self._line, f"a text in it is longer than {self._limit} bytes", raw))
            else:
                self._whole.append(Piece(element, self._parent, self._line, raw))
            self.piece_begin, self.last_end = None, self.at
