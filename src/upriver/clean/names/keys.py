"""Coarse keys under which names that may sound alike meet: syllables by the classes of their sounds."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from upriver.clean.names.han import simple
from upriver.clean.names.sounds import N_VOWELS, UNWRITTEN, encode_sounds, skeleton_classes
from upriver.clean.names.units import ALL, Unit

_VOWELS = "?aiiuu"  # of the codes 1 to 5: a, e and i, o and u
_OPEN_VOWELS = "aeiou"


@lru_cache(maxsize=1)
def _signs() -> tuple[str, ...]:
    """One sign for each code: a capital for a class of consonants, a small letter for one of vowels."""
    classes = skeleton_classes()
    signs = [chr(ord("A") + int(number)) if number else "a" for number in classes]
    for code in range(1, N_VOWELS + 1):
        signs[code] = _VOWELS[code]
    signs[encode_sounds(UNWRITTEN)[0]] = "a"
    return tuple(signs)


@lru_cache(maxsize=1 << 17)
def syllables(codes: bytes) -> tuple[str, ...]:
    """The signs of a spelling, cut into syllables: consonants before a vowel belong to it, one after it too.

    >>> from upriver.clean.names.sounds import encode
    >>> len(syllables(encode("xiaohong"))), syllables(encode("chan")) == syllables(encode("zhang"))
    (2, True)
    """
    signs = _signs()
    text = "".join(signs[code] for code in codes)
    found: list[str] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and text[end].isupper():
            end += 1
        while end < len(text) and text[end].islower():
            end += 1
        # One consonant closes the syllable unless a vowel comes next.
        if end < len(text) and not (end + 1 < len(text) and text[end + 1].islower()):
            end += 1
        piece = text[at:end]
        onset = "".join(sign for sign in piece if sign.isupper())[:1] if piece[0].isupper() else "_"
        vowel = next((sign for sign in piece if sign.islower()), "")
        coda = piece[-1] if len(piece) > 1 and piece[-1].isupper() and vowel else ""
        found.append(onset + vowel + coda)
        at = end
    return tuple(found)


@lru_cache(maxsize=1 << 17)
def keys_of(units: tuple[Unit, ...], tradition: int = ALL) -> tuple[frozenset[str], float]:
    """All keys of a name as it is spelt in `tradition`, and how many of them one way to spell it has."""
    found: set[str] = set()
    usual = 0
    before: set[str] = set()
    for unit in units:
        ways = tuple(dict.fromkeys(syllables(codes) for codes, mask in unit.spellings if mask & tradition))
        firsts, lasts = set(), set()
        for way in ways:
            for place, syllable in enumerate(way):
                found.add(syllable)
                bare = "".join(sign for sign in syllable if not sign.islower())
                found.add(f"-{bare}")
                if place:
                    found.add(f"{way[place - 1][:1]}>{syllable[:1]}")
            if way:
                firsts.add(way[0][:1])
                lasts.add(way[-1][:1])
        found |= {f"{one}>{other}" for one in before for other in firsts}
        usual += 3 * max((len(way) for way in ways[:1]), default=0)
        before = lasts
    return frozenset(found), float(usual)


def characters(units: tuple[Unit, ...]) -> tuple[frozenset[str], float]:
    """The characters of a Han name, simplified, singly and by twos."""
    text = [simple(unit.written) for unit in units]
    found = frozenset(text) | {one + other for one, other in pairwise(text)}
    return found, float(len(found))
