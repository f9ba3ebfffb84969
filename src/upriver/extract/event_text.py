"""A passage cut into sentences, with a greatest length so that a text without stops stays quick to read."""

from __future__ import annotations

import re
from itertools import pairwise

WINDOW = 240  # letters of a window in a text without stops: every figure is held against every verb in it
LONGEST = 900  # letters of one sentence; agency sentences end long before
_END = re.compile(
    r"(?:(?<=[a-z0-9)\"”’'%])|(?<=[A-Z][A-Z])|(?<= on X))[.!?][\"”’)]*\s+(?=[A-Z0-9$\"“‘'\[(\u3400-\u9fff])"
    r"|[。!?！？；;\n]+|\[\.{3}\]|…+\s"
)
_LAST_WORD = re.compile(r"([A-Za-z.]+)\Z")
_ABBREVIATIONS = frozenset(
    {"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "Mr", "Mrs", "Ms", "Dr",
     "Gen", "Lt", "Col", "Maj", "Capt", "Sgt", "Pol", "No", "St", "Co", "Inc", "Ltd", "U.S", "U.K", "vs", "Brig",
     "Sen", "Rep", "Gov", "approx", "p.m", "a.m", "Prof", "Insp", "Supt", "Cmdr", "Rev", "Hon", "Tel"}
)  # fmt: skip


# Wide signs and digits to plain ones, letter for letter, so that every offset stays.
_PLAIN = str.maketrans("，；：（）！？０１２３４５６７８９％＄", ",;:()!?0123456789%$")


def plain(text: str) -> str:
    """`text` with wide punctuation and digits made plain; every letter keeps its place."""
    return text.translate(_PLAIN)


def sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of every sentence, in order."""
    cuts = [0]
    for match in _END.finditer(text):
        word = _LAST_WORD.search(text[max(0, match.start() - 12) : match.start()])
        if match.group().startswith(".") and word and word.group(1).strip(".") in _ABBREVIATIONS:
            continue
        cuts.append(match.end())
    cuts.append(len(text))
    return [piece for a, b in pairwise(cuts) for piece in _pieces(text, a, b) if text[piece[0] : piece[1]].strip()]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence, or windows of it cut at commas or blanks where it is too long to be one."""
    pieces: list[tuple[int, int]] = []
    while end - start > LONGEST or (pieces and end - start > WINDOW):
        found = [text.rfind(sign, start + WINDOW // 2, start + WINDOW) for sign in (", ", ",", "、", " ")]
        cut = next((at + 1 for at in found if at > 0), start + WINDOW)
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]
