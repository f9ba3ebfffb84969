"""Many phrases sought in a text at once: by their first word in alphabets, all together in scripts without blanks.

A phrase is written as in the word lists of the news reader: * is any ending, ... up to six words between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")
_GAP = r"(?:\s+[^\s.;。]+){1,6}?\s+"


def is_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return _HAN.search(text) is not None


_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text, with its offsets and the label it was listed under."""

    start: int
    end: int
    label: str
    weight: int = 0  # letters that were listed, gaps left out


def form(phrase: str) -> str:
    """The regular expression of one phrase."""
    if _HAN.search(phrase):
        return re.escape(phrase)
    parts = [re.escape(part.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for part in phrase.split("...")]
    left = r"(?<![^\W\d_])" if phrase[0].isalpha() else ""
    right = r"(?![^\W\d_])" if phrase[-1].isalpha() else ""
    return left + _GAP.join(parts) + right


def pattern(words: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str]:
    """One pattern for all `words`, the longest first; one that is never found where there are none."""
    listed = sorted(set(words), key=lambda word: (-len(word), word))
    body = "|".join(form(word) for word in listed) or r"(?!)"
    return re.compile(f"{before}(?:{body}){after}", re.IGNORECASE)


class Phrases:
    """Phrases with labels, compiled once; `find` is linear in the text."""

    def __init__(self, listed: Iterable[tuple[str, str]]) -> None:
        self._whole: dict[str, list[tuple[re.Pattern[str] | None, str, int]]] = {}
        self._stems: dict[str, list[tuple[re.Pattern[str] | None, str, int]]] = {}
        other: dict[str, list[str]] = {}
        for phrase, label in sorted(set(listed)):
            first = _WORD.match(phrase)
            if _HAN.search(phrase) or first is None:
                other.setdefault(phrase.casefold(), []).append(label)
                continue
            stem = phrase[first.end() : first.end() + 1] == "*"
            rest = phrase[first.end() + stem :]
            entry = (
                re.compile(form(phrase), re.IGNORECASE) if rest else None,
                label,
                len(phrase) - 5 * phrase.count("..."),
            )
            (self._stems if stem else self._whole).setdefault(first.group().casefold(), []).append(entry)
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._other = other
        self._pattern = pattern(other) if other else None

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[Hit]:
        """Every phrase of `text` between two offsets, in order; overlapping ones all of them."""
        end = len(text) if end is None else end
        found: list[Hit] = []
        for match in _WORD.finditer(text, start, end):
            word = match.group().casefold()
            entries = self._whole.get(word, [])
            for length in self._lengths:
                if length > len(word):
                    break
                if word[:length] in self._stems:
                    entries = entries + self._stems[word[:length]]
            for compiled, label, weight in entries:
                if compiled is None:
                    found.append(Hit(match.start(), match.end(), label, weight))
                elif more := compiled.match(text, match.start(), end):
                    found.append(Hit(match.start(), more.end(), label, weight))
        if self._pattern is not None:
            for match in self._pattern.finditer(text, start, end):
                labels = self._other.get(match.group().casefold(), ())
                found += [Hit(match.start(), match.end(), label) for label in labels]
        return sorted(found, key=lambda hit: (hit.start, -hit.end, hit.label))
