"""A name made ready for comparison: read in Latin letters, and as units that can be laid beside another's."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from upriver.clean.names.units import Unit, units_of
from upriver.clean.names.words import (
    BETWEEN,
    Kind,
    is_placeholder,
    opposed_words,
    plain_text,
    weights,
    without_degrees,
    without_form,
    without_titles,
)
from upriver.clean.readings import fold, readings, script
from upriver.clean.zawgyi import to_unicode


@dataclass(frozen=True, slots=True)
class Name:
    """A name made ready for comparison.

    text      its words, without titles
    script    the main one
    readings  its words in Latin letters, once for each reading of its script
    units     what is laid side by side: words, Han characters, syllables; weights: what each counts for
    marked    the words as written in Latin letters with marks (decomposed), where there are marks
    opposed   see `words.opposed_words`
    """

    text: str
    script: str
    readings: tuple[tuple[str, ...], ...]
    form: str = ""
    units: tuple[Unit, ...] = ()
    weights: tuple[float, ...] = ()
    marked: str = ""
    opposed: frozenset[tuple[int, bool]] = frozenset()

    @property
    def joined(self) -> str:
        """The words of the usual reading in alphabetical order: equal for two orders of one spelling."""
        return " ".join(sorted(self.readings[0])) if self.readings else ""


def latin_spellings(name: str) -> set[str]:
    """How a name of another script is written in Latin letters: each reading in words, and its given name in one.

    >>> sorted(latin_spellings("顾国珍"))
    ['gu guo zhen', 'gu guozhen']
    """
    if script(name) in ("latin", ""):
        return set()
    spelt = set()
    for words in read_name(name, "person").readings:
        spelt |= {" ".join(words), " ".join((words[0], "".join(words[1:]))).strip()} if words else set()
    return spelt


_HYPHENS = re.compile(r"[-'’‘`]+")


@lru_cache(maxsize=1 << 18)
def read_name(text: str, kind: Kind = "person") -> Name:
    """`text` without titles (a person) or legal forms (a company), in its Latin readings.

    The result has no readings when nothing that names anyone is left.
    """
    clean = plain_text(text)
    form = ""
    if not any(char.isalpha() or (kind == "company" and char.isdigit()) for char in clean) or is_placeholder(clean):
        return Name("", "", ())
    if kind == "company":
        clean, form = without_form(clean)
    elif "\u1000" <= max(clean, default="") <= "\u109f":
        clean = to_unicode(clean)
    words = BETWEEN.sub(" ", clean if kind == "company" else without_degrees(clean)).split()
    opposed: frozenset[tuple[int, bool]] = frozenset()
    if kind == "person":
        opposed = opposed_words(words)
        words = without_titles(words)
    pieces = [piece for word in words for piece in _HYPHENS.split(word) if piece]
    # Each piece may have several readings; vary one piece at a time beside the usual readings of the others.
    read = [readings(piece) for piece in pieces[:12]]
    found = [tuple(w for piece in read for w in piece[0])] if all(read) else []
    for place, piece in enumerate(read):
        for other in piece[1:]:
            chosen = [other if i == place else usual[0] for i, usual in enumerate(read)]
            found.append(tuple(w for one in chosen for w in one))
    kept = tuple(dict.fromkeys(one for one in found if any(one)))[:8]
    laid = (
        [
            (unit, weight)
            for piece, weight in zip(pieces, weights(tuple(pieces)), strict=True)
            for unit in units_of((piece,))
        ]
        if not _one_run(pieces)
        else [(unit, 1.0) for unit in units_of(tuple(pieces))]
    )
    units, counted = tuple(unit for unit, _ in laid), tuple(weight for _, weight in laid)
    return Name(" ".join(words), script(clean), kept, form, units, counted, _marked(text), opposed)


def _marked(text: str) -> str:
    """The words of `text` with their marks as signs of their own; of a name without accents nothing."""
    if not any(
        "\u00c0" <= char <= "\u024f" or "\u0300" <= char <= "\u036f" or "\u1e00" <= char <= "\u1eff" for char in text
    ):
        return ""
    return " ".join(BETWEEN.sub(" ", unicodedata.normalize("NFD", text).lower()).split())


def _one_run(pieces: list[str]) -> bool:
    """Whether the place of a syllable in the whole name matters: of Han and Hangul, whose first is the surname."""
    return not any(piece.isascii() for piece in pieces)


def name_keys(name: Name) -> tuple[str, ...]:
    """Keys under which names that sound alike meet, in any order and with or without spaces between syllables.

    The key is the sorted consonants of the folded words, once for each reading; of a name with fewer than three, all
    its letters.
    """
    folded = {"".join(sorted("".join(fold(word) for word in reading))) for reading in name.readings}
    keys = {bones if len(bones := bones_of(letters)) >= 3 else letters for letters in folded}
    return tuple(sorted(key for key in keys if len(key) >= 2))


def word_keys(name: Name) -> tuple[str, ...]:
    """The folded words of a name, for lists in which a part of it is left out or misspelt."""
    return tuple(sorted({fold(word) for reading in name.readings for word in reading if len(word) >= 3}))


@lru_cache(maxsize=1 << 16)
def bones_of(folded: str) -> str:
    """The consonants of a folded word."""
    return re.sub("[aeiouw]", "", folded)
