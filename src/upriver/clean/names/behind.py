"""Two spellings in Latin letters of one Chinese name: Zou Defu and Chow Tak-fuk are both 邹德福.

Neither names the characters. Two spellings of different traditions agree where characters are read both ways, syllable
by syllable, and each syllable says how much likelier that is of one character than of two.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import permutations

from upriver.clean.names import han
from upriver.clean.names.words import plain_text

# Families abroad keep an old spelling of the surname beside a given name of their own tradition: these are mixed.
_ABROAD = han.CANTONESE | han.SOUTHERN
_TRADITIONS = (han.MANDARIN, han.CANTONESE, han.SOUTHERN, _ABROAD)
_SYLLABLES = range(2, 5)
_SYLLABLE_BITS = 1.0  # a syllable that says less is as likely of two names of one family
_TRIED_BITS = 3.0  # pairs of traditions and orders of words are tried, and the best is taken
_LONGEST = 32
Chars = frozenset[str]


@lru_cache(maxsize=1)
def _spelt() -> Mapping[int, Mapping[str, Chars]]:
    """Tradition -> spelling -> the characters so spelt, of those of GB 2312, in which names are usually written."""
    found: dict[int, dict[str, set[str]]] = {one: defaultdict(set) for one in _TRADITIONS}
    for code in range(0xB0A1, 0xF7FF):
        char = code.to_bytes(2, "big").decode("gb2312", "ignore")
        if len(char) != 1:
            continue
        for place in (0, 1):
            pinyin = han.mandarin(char, place)
            for spelling, tradition in han.spelt(char, place):
                if tradition in found:
                    found[tradition][spelling].add(char)
                if tradition & _ABROAD or (tradition == han.MANDARIN and spelling not in pinyin):
                    found[_ABROAD][spelling].add(char)
    return {one: {spelling: frozenset(chars) for spelling, chars in told.items()} for one, told in found.items()}


@lru_cache(maxsize=1)
def _n_chars() -> int:
    return len(frozenset().union(*_spelt()[han.MANDARIN].values()))


def bits_behind(left: str, right: str) -> float:
    """log2 of how much likelier one Chinese name is spelt `left` and `right`, by two traditions, than two names are.

    0.0 where some syllable has no character in common, or either is not spelt in Chinese syllables throughout.

    >>> bits_behind("Zou Defu", "Chow Tak-fuk") > 10.0, bits_behind("Zou Defu", "Chow Wai-man")
    (True, 0.0)
    """
    best = 0.0
    one_way = {tradition: list(_syllables(left, tradition)) for tradition in _TRADITIONS}
    other_way = {tradition: list(_syllables(right, tradition)) for tradition in _TRADITIONS}
    for one, other in permutations(_TRADITIONS, 2):
        for ours in one_way[one]:
            for theirs in other_way[other]:
                if len(ours) == len(theirs):
                    best = max(best, _agreeing(ours, theirs) - _TRIED_BITS)
    return best


def _agreeing(ours: tuple[Chars, ...], theirs: tuple[Chars, ...]) -> float:
    bits = 0.0
    for one, other in zip(ours, theirs, strict=True):
        both = len(one & other)
        says = math.log2(both * _n_chars() / (len(one) * len(other))) if both else 0.0
        if says < _SYLLABLE_BITS:
            return 0.0
        bits += says
    return bits


def _syllables(name: str, tradition: int) -> Iterator[tuple[Chars, ...]]:
    """Ways to read a name as syllables of one tradition, as written and with the given name first."""
    words = re.findall(r"[a-z]+", plain_text(name)) if name.isascii() and len(name) <= _LONGEST else []
    for order in {tuple(words), tuple(words[-1:] + words[:-1]), tuple(words[1:] + words[:1])}:
        for parts in _parted(order, tradition):
            if len(parts) in _SYLLABLES:
                yield parts


def _parted(words: tuple[str, ...], tradition: int) -> Iterator[tuple[Chars, ...]]:
    """Words cut into syllables."""
    if not words:
        yield ()
        return
    known = _spelt()[tradition]
    first, rest = words[0], words[1:]
    for cut in range(1, len(first) + 1):
        chars = known.get(first[:cut])
        if chars is None:
            continue
        left_over = (first[cut:], *rest) if cut < len(first) else rest
        for parts in _parted(left_over, tradition):
            if len(parts) < max(_SYLLABLES):
                yield (chars, *parts)
