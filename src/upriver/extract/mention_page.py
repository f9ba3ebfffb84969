"""A text being searched for identifiers: narrowed, so that one pattern fits all ways of writing, its places kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """An identifier in a text: `start` and `end` are character offsets of `raw`, the value without its cue word."""

    kind: str
    value: str
    raw: str
    start: int
    end: int


_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
# Full-width and other marks that also stand inside identifiers; commas, brackets and question marks end them and stay.
_SIGNS = {
    "＠": "@",
    "．": ".",
    "＿": "_",
    "＋": "+",
    "：": ":",
    "／": "/",
    "＃": "#",
    "｡": "。",
    "﹒": ".",
    "＝": "=",
    "İ": "I",
}
_SUPERSCRIPT = frozenset("²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉")
# Signs that nobody sees, put into numbers and names to hide them: joiners, marks of direction, keycaps.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff\u20e3]")

_KEYCAP = "\ufe0f\u20e3"


class _Narrow(dict[int, str]):
    """Digits of every script and letters of every width as those of ASCII: one sign for one, so that places stay."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = found = _narrow(sign)
        return found


def _narrow(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign in _DASHES:
        return "-"
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return sign if sign in _SUPERSCRIPT else str(digit)
    if sign.isspace():
        return "\n" if sign in "\u2028\u2029\x85" else " "
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 and plain.isascii() and plain.isalpha() and sign not in "ªº" else sign


_NARROW = _Narrow({code: chr(code) for code in range(128)})


class Page:
    """A text in which what was found is struck out.

    text     as written
    left     narrowed, without signs that nobody sees; struck-out places are zero characters
    small    the same in small letters, with nothing struck out
    kinds    those that are asked for; None: all
    """

    def __init__(self, text: str, kinds: frozenset[str] | None) -> None:
        self.text = text
        self.kinds = kinds
        self.found: list[Mention] = []
        self._places: list[int] | None = None
        left = text
        if not text.isascii():
            if _UNSEEN.search(left):
                self._places = [place for place, sign in enumerate(left) if not _UNSEEN.match(sign)]
                left = _UNSEEN.sub("", left)
            left = left.translate(_NARROW)
        self.left = left.replace("\0", " ")
        # Small letters keep their places: the one letter that would become two is narrowed above.
        self.small = self.left.lower()

    def wants(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds

    def take(self, kind: str, value: str | None, start: int, end: int) -> None:
        """Note an identifier, and strike its place out; what failed its check is struck out too."""
        if value is not None and self.wants(kind):
            first, last = start, end
            if self._places is not None:
                first, last = self._places[start], self._places[end - 1] + 1
                while last < len(self.text) and self.text[last] in _KEYCAP:
                    last += 1
            self.found.append(Mention(kind, value, self.text[first:last], first, last))
        self.left = f"{self.left[:start]}{chr(0) * (end - start)}{self.left[end:]}"

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches in what is left; one that was struck out since the search is passed over."""
        for match in list(pattern.finditer(self.left)):
            if self.left.startswith(match.group(), match.start()):
                yield match
