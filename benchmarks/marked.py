"""Texts in which identifiers are marked: `call ⟦phone|081-234-5678|+66812345678⟧`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MENTIONS = Path(__file__).with_name("mentions")
_MARK = re.compile(r"⟦(?P<kind>[a-z_]+)\|(?P<raw>[^|⟧]+)(?:\|(?P<value>[^⟧]+))?⟧")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text, its country or None, and kind, value, start, end of each identifier in it."""

    note: str
    country: str | None
    text: str
    told: tuple[tuple[str, str, int, int], ...]


def marked(path: Path) -> list[Marked]:
    """The texts of a file with tabs: note, country, text."""
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("#"):
            continue
        note, country, words = line.split("\t")
        text, told, at = "", [], 0
        for match in _MARK.finditer(words):
            text += words[at : match.start()]
            start = len(text)
            text += match["raw"]
            told.append((match["kind"], match["value"] or match["raw"], start, len(text)))
            at = match.end()
        found.append(Marked(note, country or None, text + words[at:], tuple(told)))
    return found
