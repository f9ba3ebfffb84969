"""Text made comparable, with the way back: full width, case, marks, digits of any script, control characters.

A name is looked for in folded text and replaced in the text as written, so every folded character knows where it stood.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# From Thai onward most scripts write words without spaces; Vietnamese folds to ASCII before this is asked.
_FIRST_UNSPACED = "\u0e00"
_LATIN_END = 0x0590
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` folded; character i comes from `origin[i]` of the text as written; `origin` is None where both agree."""

    text: str
    origin: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded characters start..end stand in the text as written."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=65_536)
def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cf", "Cc"} and not character.isspace():
        return ""
    if character.isdecimal():
        return str(unicodedata.digit(character))
    plain = "".join(
        part
        for part in unicodedata.normalize("NFKD", character)
        # Marks of Latin, Greek and Cyrillic letters go; vowels of Thai, Burmese and Khmer are marks too, and stay.
        if not 0x0300 <= ord(part) <= 0x036F
    )
    return unicodedata.normalize("NFKC", plain).casefold()


def fold(text: str) -> Folded:
    """`text` in lower case, half width, ASCII digits, without accents and invisible characters.

    >>> fold("ＪＯＳÉ\u200b٣").text
    'jose3'
    """
    if text.isascii() and text.isprintable():
        return Folded(text.lower(), None)
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        folded = _fold_character(character)
        letters.append(folded)
        origin.extend([place] * len(folded))
    return Folded("".join(letters), tuple(origin))


def squeeze(folded: Folded) -> Folded:
    """Letters, marks and digits alone: spaces and points inside a Chinese or Burmese name go."""
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(folded.text):
        if character.isalnum() or (ord(character) > _LATIN_END and unicodedata.category(character)[0] == "M"):
            letters.append(character)
            origin.append(place if folded.origin is None else folded.origin[place])
    return Folded("".join(letters), tuple(origin))


def words(folded: str) -> list[re.Match[str]]:
    """Runs of letters and digits, with their places."""
    return list(_WORD.finditer(folded))


def is_unspaced(folded: str) -> bool:
    """Whether folded text holds a script that writes words without spaces between them."""
    return not folded.isascii() and any(character >= _FIRST_UNSPACED for character in folded)


def is_ideographic(folded: str) -> bool:
    """Whether every letter is one of Han or Hangul, where two letters make a name."""
    return all("\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" or c >= "\U00020000" for c in folded)
