"""One text in several wordings: what is filled in taken out, and what stays laid side by side.

Pure: texts in, likeness and alignments out. Sentences may stand in another order, letters be disguised, traditional
characters stand for simplified ones; short gaps between long common runs are blanks that somebody filled in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from upriver.clean.folding import fold

LINK = r"(?:https?://|www\.)\S+|\b\S+@\S+|\b[\w-]+\.(?:com|net|org|io|top|xyz|vip|cc|app|site|online)\b\S*"
_LINK = re.compile(LINK)
_SUM = r"[$€£¥฿]?\d[\d.,:/-]*%?"
_NUMBER = re.compile(_SUM)
# A capitalised word that does not open a sentence is most often a name that the sender filled in.
_FILLED = re.compile(
    r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*|(?<=^Hi )\w+|(?<=^Hey )\w+|(?<=^Hello )\w+|(?<=^Dear )\w+"
)
_HAN = re.compile(r"[㐀-鿿]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？；])\s*")
_WORD = re.compile(rf"{LINK}|{_SUM}|[㐀-鿿]|[^\s㐀-鿿\d!-/:-@\[-`{{-~，。！？；：、“”（）《》…]+|\S")
_ALIGNED = 20  # texts of a script whose common words are told
_KIN = 60.0  # likeness of two sentences that may be one
_BLANKS = ("#", "@", "_")


def masked(text: str) -> str:
    """`text` with what is filled in taken out: names, sums, times, links; plain letters, single spaces.

    >>> masked("Hi Anna, send $500 to www.x.top by 9:30"), masked("Ｈｉ 賺\u200b錢")
    ('hi _, send # to @ by #', 'hi 赚钱')
    """
    text = _LINK.sub("@", _UNSEEN.sub("", text))
    text = _FILLED.sub("_", text)
    text = fold(_NUMBER.sub("#", text))
    return re.sub(r"\s+", " ", text).strip()


def is_han(text: str) -> bool:
    """Whether Han characters stand in `text`: its words are then its characters."""
    return _HAN.search(text) is not None


def n_letters(text: str) -> int:
    """How much a text says, in letters: of Han a character says as much as a word of three letters does.

    >>> n_letters("ab 1"), n_letters("转账")
    (2, 6)
    """
    return sum(3 if is_han(char) else 1 for char in text if char.isalpha())


def tokens(text: str) -> list[str]:
    """Words of a masked text; of Han its characters."""
    return list(text.replace(" ", "")) if is_han(text) else text.split()


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its full stop.

    >>> sentences("send it. now! 快点。")
    ['send it.', 'now!', '快点。']
    """
    return [part for part in _SENTENCE.split(text) if part]


def in_order(text: str, like: str) -> str:
    """`text` with its sentences in the order of those of `like` that they resemble; others follow as they stood."""
    from rapidfuzz import fuzz

    own, others = sentences(text), sentences(like)
    if len(own) < 2 or len(others) < 2:
        return text
    plain = [masked(one) for one in own]
    left, order = list(range(len(own))), []
    for other in map(masked, others):
        if not left:
            break
        best = max(left, key=lambda at: (fuzz.ratio(plain[at], other), -at))
        if fuzz.ratio(plain[best], other) >= _KIN:
            order.append(best)
            left.remove(best)
    order += left
    if order == sorted(order):
        return text
    # Behind a full stop of Han no blank stands.
    return "".join(own[at] + ("" if own[at][-1] in "。！？；" else " ") for at in order).rstrip()


def likeness(one: str, other: str, least: float, blank: int, between: int) -> float:
    """How alike two masked texts are, 0 to 100: letter by letter, or but for what is filled into blanks.

    A stretch of at most `blank` words on either side between common words is a blank and costs nothing, as long as
    there are `between` common words for each; longer stretches count in full. Sentences may stand in another order.
    A likeness below `least` may be told as less than it is.
    """
    one, other = sorted((one, other))
    told = _likeness(one, other, least, blank, between)
    if told >= least:
        return told
    turned = in_order(other, one)
    return told if turned == other else max(told, _likeness(one, turned, least, blank, between))


def _likeness(one: str, other: str, least: float, blank: int, between: int) -> float:
    from rapidfuzz import fuzz

    letters = fuzz.ratio(one, other, score_cutoff=least)
    if letters:
        return float(letters)
    common, blanks, cost = 0, 0, 0
    for same, n_left, n_right in stretches(tokens(one), tokens(other)):
        if same:
            common += n_left
        elif max(n_left, n_right) <= blank * (2 if is_han(one) else 1):
            blanks += 1
        else:
            cost += n_left + n_right
    if not common or blanks * between > common:
        return 0.0
    return 100.0 * 2 * common / (2 * common + cost)


def shared_words(texts: Sequence[str]) -> str:
    """The words of the first text that all of the others have too, in their order; … for what differs.

    >>> shared_words(["hi anna , send # today my dear", "hi bo , send # today my dear"])
    'hi … , send # today my dear'
    """
    first = tokens(texts[0])
    kept = [True] * len(first)
    for text in texts[1:_ALIGNED]:
        at = 0
        for same, n_left, _ in stretches(first, tokens(in_order(text, texts[0]))):
            if not same:
                kept[at : at + n_left] = [False] * n_left
            at += n_left
    shown = [word if keep else "…" for word, keep in zip(first, kept, strict=True)]
    once = [word for place, word in enumerate(shown) if word != "…" or place == 0 or shown[place - 1] != "…"]
    return ("" if is_han(texts[0]) else " ").join(once)


def stretches(left: Sequence[str], right: Sequence[str]) -> list[tuple[bool, int, int]]:
    """An alignment of two texts: (the same on both sides, words on the left, words on the right), in order.

    A single common word between two stretches that differ is chance, and belongs to them.
    """
    from rapidfuzz.distance import Indel

    found: list[tuple[bool, int, int]] = []
    codes = list(Indel.opcodes(left, right))
    for place, code in enumerate(codes):
        n_left, n_right = code.src_end - code.src_start, code.dest_end - code.dest_start
        same = code.tag == "equal" and (n_left > 1 or place in (0, len(codes) - 1))
        if found and found[-1][0] == same:
            found[-1] = (same, found[-1][1] + n_left, found[-1][2] + n_right)
        else:
            found.append((same, n_left, n_right))
    return found


@dataclass(frozen=True, slots=True)
class Column:
    """A stretch of an alignment: words that all texts have, or what each has in their place; one cell for each text.

    cells  as written, "" where a text has nothing there
    """

    kind: Literal["shared", "filled"]
    cells: tuple[str, ...]


def aligned(texts: Sequence[str]) -> list[Column]:
    """Texts, as written, laid side by side: what all share in columns of its own, what differs between them.

    Each is aligned with the first, exactly (least insertions and deletions of words); sums and links count as filled
    in even where they agree. A text whose sentences stand in another order is read in that of the first.
    """
    written = [_UNSEEN.sub("", texts[0]), *(in_order(_UNSEEN.sub("", text), texts[0]) for text in texts[1:])]
    words = [list(_WORD.finditer(text)) for text in written]
    keys = [[_key(match.group()) for match in found] for found in words]
    places = [_places(keys[0], other) for other in keys[1:]]
    kept = [
        at for at, key in enumerate(keys[0]) if key not in _BLANKS and all(place[at] is not None for place in places)
    ]
    columns: list[Column] = []
    ends = [0] * len(texts)  # the word of each text that is next
    run: list[list[int]] = []
    for at in kept:
        here = [at, *(int(place[at] or 0) for place in places)]
        if run and [last + 1 for last in run[-1]] != here:
            columns.append(_column("shared", written, words, run[0], [last + 1 for last in run[-1]]))
            run = []
        if not run and here != ends:
            columns.append(_column("filled", written, words, ends, here))
        run.append(here)
        ends = [place + 1 for place in here]
    if run:
        columns.append(_column("shared", written, words, run[0], ends))
    if ends != (whole := [len(found) for found in words]):
        columns.append(_column("filled", written, words, ends, whole))
    return columns


def _key(word: str) -> str:
    return "@" if _LINK.fullmatch(word) else "#" if _NUMBER.fullmatch(word) else fold(word)


def _places(first: Sequence[str], other: Sequence[str]) -> list[int | None]:
    """For each word of the first text the place in the other of the word that it is aligned with."""
    found: list[int | None] = []
    at = 0
    for same, n_left, n_right in stretches(first, other):
        found += range(at, at + n_left) if same else [None] * n_left
        at += n_right
    return found


def _column(
    kind: Literal["shared", "filled"], written: Sequence[str], words: Sequence[Sequence[re.Match[str]]],
    begin: Sequence[int], end: Sequence[int],
) -> Column:  # fmt: skip
    return Column(
        kind,
        tuple(
            text[found[low].start() : found[high - 1].end()] if high > low else ""
            for text, found, low, high in zip(written, words, begin, end, strict=True)
        ),
    )
