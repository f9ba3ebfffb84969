"""A JSON document read part by part: what stands above the place where a file is torn is not lost with the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from upriver.evidence.records import RAW_CHARACTERS

Path = tuple[str | int, ...]
_BLANK = re.compile(r"[ \t\r\n]*")
# Numbers stay as they are written: an account of twenty digits is no number.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


@dataclass(frozen=True, slots=True)
class Item:
    """A value and the keys and places (from 1) that lead to it."""

    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Torn:
    """Where the document cannot be read on, or a value that is too large; `line` counts from 1."""

    line: int
    reason: str
    raw: str


def text_of(stream: IO[bytes]) -> tuple[str, bool]:
    """The text of a stream of UTF-8, and whether bytes in it were no characters."""
    data = stream.read()
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("utf-8-sig", "replace"), True


def items(text: str, deep: Callable[[Path], bool], most: int) -> Iterator[Item | Torn]:
    """The values of a document in its order; a list or object for whose path `deep` is true comes part by part.

    most  characters of one value; a larger one is told as Torn, and reading goes on behind it
    """
    reader = _Reader(text, deep, most)
    try:
        yield from reader.value(())
        reader.end()
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else getattr(error, "msg", str(error))
        line = text.count("\n", 0, reader.at) + 1
        reason = f"from line {line} on the file cannot be read: {why}; what stands above was read; ask for it again"
        yield Torn(line, reason, text[reader.at : reader.at + RAW_CHARACTERS])


class _Reader:
    def __init__(self, text: str, deep: Callable[[Path], bool], most: int) -> None:
        self.at = 0
        self._text = text
        self._deep = deep
        self._most = most

    def value(self, path: Path) -> Iterator[Item | Torn]:
        sign = self._next()
        if sign in "{[" and sign and self._deep(path):
            self.at += 1
            yield from self._members(path, "}" if sign == "{" else "]")
            return
        start = self.at
        found, self.at = _DECODER.raw_decode(self._text, start)
        if self.at - start > self._most:
            line = self._text.count("\n", 0, start) + 1
            reason = f"a value is longer than {self._most} characters; raise max_cell_bytes in case.toml"
            yield Torn(line, reason, self._text[start : start + RAW_CHARACTERS])
        else:
            yield Item(path, found)

    def _members(self, path: Path, close: str) -> Iterator[Item | Torn]:
        number = 0
        if self._next() == close:
            self.at += 1
            return
        while True:
            number += 1
            step: str | int = number
            if close == "}":
                if self._next() != '"':
                    raise ValueError("a name in quotation marks is missing")
                step, self.at = _DECODER.raw_decode(self._text, self.at)
                self._pass(":")
            yield from self.value((*path, step))
            if self._next() == close:
                self.at += 1
                return
            self._pass(",")

    def end(self) -> None:
        if self._next():
            raise ValueError("text stands behind the end of the document")

    def _next(self) -> str:
        match = _BLANK.match(self._text, self.at)
        assert match is not None  # it matches nothing, too
        self.at = match.end()
        return self._text[self.at : self.at + 1]

    def _pass(self, sign: str) -> None:
        if self._next() != sign:
            raise ValueError(f"{sign!r} is missing" if self.at < len(self._text) else "the file ends in the middle")
        self.at += 1


def plain(value: Any) -> str:
    """A value as text: what is nested stays JSON; half of a pair of surrogates, which no table can hold, becomes ?."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


def flat(value: Any) -> dict[str, str]:
    """An object as names and texts, without what is empty."""
    if not isinstance(value, dict):
        return {"value": plain(value)} if plain(value) else {}
    return {plain(key): text for key, part in value.items() if (text := plain(part)) and part not in ([], {})}
