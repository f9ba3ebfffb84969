"""Han characters as they are spelt in Latin letters: Mandarin, Cantonese, southern Chinese, Korean and Vietnamese."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from upriver.clean.names.scripts import hangul_spellings

MANDARIN, CANTONESE, SOUTHERN, KOREAN, VIETNAMESE, FOREIGN = (1 << bit for bit in range(6))
TRADITIONS = {
    MANDARIN: "Mandarin", CANTONESE: "Cantonese", SOUTHERN: "Hokkien or Hakka", KOREAN: "Korean",
    VIETNAMESE: "Vietnamese", FOREIGN: "by sound",
}  # fmt: skip
_MOST = 6  # spellings of one character in one tradition
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?")


@lru_cache(maxsize=1)
def _sounds() -> Mapping[str, Any]:
    return MappingProxyType(_load("han_sounds.toml"))


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, Any]:
    return MappingProxyType(_load("han_spellings.toml"))


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("upriver.clean.names").joinpath(name).read_text("utf-8"))


@lru_cache(maxsize=1)
def simplified() -> Mapping[str, str]:
    """The simplified form of each traditional character that has one."""
    return MappingProxyType({pair[0]: pair[1:] for pair in _sounds()["simplified"]["pairs"].split()})


def simple(text: str) -> str:
    """`text` in simplified characters.

    >>> simple("蔣麗芸")
    '蒋丽芸'
    """
    return "".join(simplified().get(char, char) for char in text)


@lru_cache(maxsize=3)
def _readings(tradition: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for reading, chars in sorted(_sounds()[tradition].items(), key=lambda pair: pair[0].endswith("2")):
        for char in chars:
            found[char] = (*found.get(char, ()), reading.removesuffix("2"))
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def _southern() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for syllable, chars in _spellings()["southern"].items():
        for char in chars:
            found[char] = (*found.get(char, ()), syllable)
    return MappingProxyType(found)


@lru_cache(maxsize=1 << 14)
def spelt(char: str, place: int = 1) -> tuple[tuple[str, int], ...]:
    """How one character is spelt, each spelling with its tradition; place 0: as a surname.

    >>> [spelling for spelling, tradition in spelt("德") if tradition == CANTONESE]
    ['tak', 'tack', 'dak']
    """
    found: dict[tuple[str, int], None] = {}
    for one in mandarin(char, place):
        for spelling in wade_giles(one):
            found[spelling, MANDARIN] = None
        found[one, FOREIGN] = None
    told = _readings("cantonese").get(char) or _readings("cantonese").get(simple(char), ())
    for one in told:
        for spelling in _cantonese(one):
            found[spelling, CANTONESE] = None
    southern = _southern().get(simple(char))
    for spelling in southern or tuple(x for one in told[:1] for x in _hokkien(one)):
        found[spelling, SOUTHERN] = None
    for one in _readings("korean").get(char) or _readings("korean").get(simple(char), ()):
        for spelling in hangul_spellings(one, is_surname=place == 0, is_han=True):
            found[spelling, KOREAN] = None
    for one in _readings("vietnamese").get(char) or _readings("vietnamese").get(simple(char), ()):
        found[one, VIETNAMESE] = None
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def mandarin(char: str, place: int = 1) -> tuple[str, ...]:
    """Pinyin without tones, the usual reading first; of a surname, as surnames are read."""
    from pypinyin import Style, pinyin, pinyin_dict

    if ord(char) not in pinyin_dict.pinyin_dict:
        return ()
    read = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
    if place == 0 and char in _spellings()["surnames_read"]:
        read = [_spellings()["surnames_read"][char], *read]
    return tuple(dict.fromkeys(one.replace("ü", "v") for one in read[:3] if one.isascii() or "ü" in one))


@lru_cache(maxsize=1024)
def wade_giles(syllable: str) -> tuple[str, ...]:
    """Pinyin as it stands, and as older books, Taiwan and families abroad spell it.

    >>> wade_giles("xiao")
    ('xiao', 'hsiao')
    """
    rules = _spellings()["wade_giles"]
    initial = _INITIAL.match(syllable)
    first = initial.group() if initial else ""
    final = syllable[len(first) :]
    plain = syllable.replace("v", "u")
    if syllable in rules["whole"]:
        return (plain, *rules["whole"][syllable])
    if first in ("zh", "ch", "sh", "r") and final == "i":
        final = "ih"
    else:
        if (final == "e" and first in ("g", "k", "h")) or (final == "uo" and first not in ("g", "k", "h", "sh")):
            final = "o"
        final = rules["finals"].get(final, final)
    return tuple(dict.fromkeys([plain, rules["initials"].get(first, first) + final]))


@lru_cache(maxsize=2048)
def _cantonese(jyutping: str) -> tuple[str, ...]:
    return _spell(jyutping, "cantonese")


@lru_cache(maxsize=2048)
def _hokkien(jyutping: str) -> tuple[str, ...]:
    return _spell(jyutping, "hokkien")


def _spell(jyutping: str, manner: str) -> tuple[str, ...]:
    data = _spellings()
    whole = data.get(f"{manner}_whole", {}).get(jyutping, [])
    initials, finals = data[f"{manner}_initials"], data[f"{manner}_finals"]
    first = next((x for x in ("gw", "kw", "ng", jyutping[:1]) if jyutping.startswith(x) and x in initials), "")
    final = jyutping[len(first) :]
    if final not in finals:
        first, final = "", jyutping
    made = [a + b for a in initials[first] for b in finals.get(final, [])]
    # The first initial with every final, then every initial with the first final.
    usual = [initials[first][0] + b for b in finals.get(final, [])] + [
        a + finals.get(final, [""])[0] for a in initials[first]
    ]
    return tuple(dict.fromkeys([*whole, *usual, *made]))[: _MOST + len(whole)]


@lru_cache(maxsize=1)
def syllables() -> dict[int, frozenset[str]]:
    """Every spelling of a syllable that the tables know, by tradition."""
    from pypinyin.contrib.tone_convert import to_normal
    from pypinyin.pinyin_dict import pinyin_dict

    pinyin = {to_normal(one).replace("ü", "v") for read in pinyin_dict.values() for one in read.split(",")[:1]}
    sounds = _sounds()
    hangul = {reading.removesuffix("2") for reading in sounds["korean"]}
    return {
        MANDARIN: frozenset(spelling for one in pinyin if one.isascii() for spelling in wade_giles(one)),
        CANTONESE: frozenset(x for reading in sounds["cantonese"] for x in _cantonese(reading.removesuffix("2"))),
        SOUTHERN: frozenset(_spellings()["southern"]),
        # As a surname: its spellings are all of them.
        KOREAN: frozenset(x for one in hangul for x in hangul_spellings(one, is_surname=True, is_han=True)),
        VIETNAMESE: frozenset(reading.removesuffix("2") for reading in sounds["vietnamese"]),
        # A foreign name is written by its sound whatever its spelling.
        FOREIGN: frozenset(),
    }  # fmt: skip
