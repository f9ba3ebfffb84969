"""How a name written in any script is spelt in Latin letters: several readings where a script has several."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from itertools import groupby, product
from pathlib import Path
from typing import Any

MOST = 8  # readings of one name: surnames differ by region, the rest seldom

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_THAI_FIRST_VOWEL = re.compile(r"([เแโใไ])([ก-ฮ])")
_ZAWGYI = re.compile(
    r"\u1039(?![\u1000-\u1021])|(?:^|\s)[\u1031\u103b]|[\u105a\u1060-\u1097]|\u1031\u103b[\u1000-\u1021]"
)
_SYLLABLE = re.compile(r"([က-အဣ-ဪဿ])([ျ-ှ]*)([ါ-ဲံ-့း]*်?)((?:[က-အ][့း]*်)?)")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    with Path(__file__).with_name("name_readings.toml").open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def han_surnames() -> dict[str, tuple[str, ...]]:
    listed: dict[str, list[str]] = _data()["han_surnames"]
    return {name: tuple(spelt) for names, spelt in listed.items() for name in names.split()}


@lru_cache(maxsize=1)
def surnames_in_text() -> frozenset[str]:
    """Surnames of one character that a Han name in running text may begin with."""
    return frozenset(_data()["han_surnames_in_text"]) | {name for name in han_surnames() if len(name) == 1}


def script(text: str) -> str:
    """Main script of `text`: han, burmese, thai, khmer, hangul, latin ... by Unicode's names; "" without letters."""
    counts: dict[str, int] = {}
    for char in text:
        if char.isalpha():
            word = unicodedata.name(char, "?").split()[0].lower()
            counts[word] = counts.get(word, 0) + 1
    main = max(sorted(counts), key=lambda word: counts[word], default="")
    return {"cjk": "han", "myanmar": "burmese"}.get(main, main)


@lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """Latin readings of one word without spaces, each as its syllables or words in order, the usual one first.

    >>> readings("陈伟")[:2]
    (('chen', 'wei'), ('chan', 'wei'))
    """
    if word.isascii():
        return ((word.lower(),),)
    parts: list[tuple[tuple[str, ...], ...]] = []
    for is_han, run in groupby(word, key=lambda char: bool(_HAN.match(char))):
        text = "".join(run)
        if is_han:
            parts.append(_han(text, first=not parts))
            continue
        name = script(text)
        if name == "burmese":
            parts.append((_burmese(text),))
        elif name == "hangul":
            parts.append(_hangul(text))
        else:
            if name == "thai":
                text = _THAI_FIRST_VOWEL.sub(r"\2\1", text)
            parts.append(((_ascii(text),),))
    found = [tuple(t for part in choice for t in part if t) for choice in product(*parts)]
    return tuple(dict.fromkeys(found))[:MOST]


def _ascii(text: str) -> str:
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]", "", anyascii(text).lower())


def _han(text: str, *, first: bool) -> tuple[tuple[str, ...], ...]:
    from pypinyin import Style, pinyin

    surnames = han_surnames()
    n_surname = next((n for n in (2, 1) if first and len(text) > n and text[:n] in surnames), 0)
    spelt = surnames[text[:n_surname]] if n_surname else ("",)
    plain = tuple(one[0] for one in pinyin(text[n_surname:], style=Style.NORMAL))
    if not n_surname and len(text) == 1 and text in surnames:
        return tuple((one,) for one in surnames[text])
    given = [plain]
    # A character with several readings: each of the others once, so that readings add up and do not multiply.
    for place, others in enumerate(pinyin(text[n_surname:], style=Style.NORMAL, heteronym=True)):
        given += [(*plain[:place], other, *plain[place + 1 :]) for other in others[:3] if other != plain[place]]
    usual = [(one, *plain) if one else plain for one in spelt]
    return tuple(dict.fromkeys(usual + [(spelt[0], *one) if spelt[0] else one for one in given]))[:MOST]


def _hangul(text: str) -> tuple[tuple[str, ...], ...]:
    syllables = tuple(_ascii(char) for char in text)
    surnames: dict[str, list[str]] = _data()["hangul_surnames"]
    if len(text) > 1 and text[0] in surnames:
        return tuple((one, *syllables[1:]) for one in surnames[text[0]])
    return (syllables,)


def unicode_burmese(text: str) -> str:
    """Burmese in Unicode order, turned from the Zawgyi font's code where the text bears its marks."""
    if not _ZAWGYI.search(text):
        return text
    for old, new in _data()["zawgyi"].items():
        text = text.replace(old, new)
    # Zawgyi writes ya-yit and the vowel e before the consonant, Unicode after it.
    text = re.sub("(\u1031?)\ue002([က-အ])", "\\2ြ\\1", text)
    text = re.sub("\u1031([က-အ])([ျြွှ]*)", "\\1\\2\u1031", text)
    return text.replace("\ue002", "ြ")


def _burmese(text: str) -> tuple[str, ...]:
    data = _data()
    rhymes: dict[str, str] = data["burmese_rhymes"]
    syllables: list[str] = []
    # A stacked consonant closes the syllable before it.
    text = unicode_burmese(text).replace("\u1039", "်").replace("့်", "့်").replace("္", "်")
    for onset, medials, vowel, final in _SYLLABLE.findall(text):
        sound = data["burmese_onsets"].get(onset, "")
        if vowel == "်":
            if syllables:
                syllables[-1] += sound
            continue
        marks = "".join(data["burmese_medials"].get(mark, "") for mark in medials)
        if "h" in marks:
            sound, marks = ("s" if sound == "y" else "") + "h" + ("" if sound == "y" else sound), marks.replace("h", "")
        if sound == "kh" and marks.startswith("y"):
            sound, marks = "ch", marks[1:]
        rhyme = re.sub("[့း]", "", vowel + final)
        if not rhyme and onset in "ဣဤဥဦဧဩဪ":
            spelt = ""
        else:
            closed = re.sub("[့း]", "", final)
            spelt = rhymes.get(rhyme) or rhymes.get(closed or vowel, "a")
        if marks.endswith("w") and final and spelt.startswith("a"):
            # The medial w rounds a closed vowel: it is spelt un or ut.
            marks, spelt = marks[:-1], "u" + spelt[1:]
        syllables.append(sound + marks + spelt)
    return tuple(syllables)


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """`word` (Latin, lower case) with spellings of one sound made one; for a second, looser comparison.

    >>> fold("hsieh") == fold("xie"), fold("tun") == fold("htun")
    (True, True)
    """
    for spelt, sound in _data()["fold"].items():
        word = word.replace(spelt, sound)
    word = re.sub(r"(.)\1+", r"\1", word)
    return re.sub(r"(?<=[aeiou])h\Z|(?<=n)k\Z", "", word)
