"""Other scripts as they are spelt in Latin letters: Burmese and Korean syllables, Thai, Lao and Khmer words."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

_KINZI = "\u1004\u103a\u1039"
_BURMESE = re.compile(
    r"([ဣဤဥဦဧဩဪ]|[က-အဿ])(\u103b?\u103c?\u103d?\u103e?)([\u102b-\u1032\u1036]*)(\u103a?)([\u1037\u1038]*)"
)
_MEDIAL_W = "\u103d"
_ASAT = "\u103a"
_CREAKY = "\u1037"
_FIRST_HANGUL = 0xAC00


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The letters of each script and their spellings, from scripts.toml."""
    return tomllib.loads(files("upriver.clean.names").joinpath("scripts.toml").read_text("utf-8"))


# ---- Korean ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 13)
def hangul_spellings(syllable: str, *, is_surname: bool = False, is_han: bool = False) -> tuple[str, ...]:
    """Spellings of one syllable of Hangul: the official ones, and those that people use.

    is_han   the reading of a Han character, whose first l or n may be silent
    """
    data = table()["hangul"]
    code = ord(syllable) - _FIRST_HANGUL
    if not 0 <= code < 11172:
        return ()
    firsts = data["first"][code // 588].split()
    vowels = data["vowels"][code % 588 // 28].split()
    lasts = data["last"][code % 28].split()
    if is_han and firsts[0] in ("r", "n") and vowels[0][0] in "iy":
        firsts = [*firsts, "-"]
    made = [firsts[0] + v + lasts[0] for v in vowels]
    made += [f + v + lasts[0] for f in firsts[1:] for v in vowels]
    made += [firsts[0] + vowels[0] + last for last in lasts[1:]]
    listed = data["surnames"].get(syllable, []) if is_surname else []
    return tuple(dict.fromkeys([*listed, *(one.replace("-", "") for one in made)]))


# ---- Burmese --------------------------------------------------------------------------------------------------


def burmese_units(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Syllables of Burmese in Unicode, each with its spellings.

    >>> [spellings[0] for _, spellings in burmese_units("ကျော်ဇင်ထွန်း")]
    ['kyaw', 'zin', 'htun']
    """
    text = text.replace(_KINZI, "\u1004\u103a").replace("\u1039", _ASAT).replace("\u1037\u103a", "\u103a\u1037")
    text = text.replace("ဥာ", "ညာ").replace("ဥ်", "ဉ်").replace("စျ", "ဈ")
    parts = _BURMESE.findall(text)
    units: list[tuple[str, tuple[str, ...]]] = []
    place = 0
    while place < len(parts):
        base, medials, vowel, asat, tone = parts[place]
        place += 1
        closing = ""
        if asat and vowel:
            vowel += _ASAT  # the tone of ော်
        elif asat:
            continue  # a closing letter without a syllable before it
        if place < len(parts) and parts[place][3] and not parts[place][2] and not parts[place][1]:
            closing, tone = parts[place][0] + _ASAT, tone + parts[place][4]
            place += 1
        written = base + medials + vowel + closing
        units.append((written, _burmese_spellings(base, medials, vowel, closing, _CREAKY in tone)))
    return units


@lru_cache(maxsize=1 << 14)
def _burmese_spellings(base: str, medials: str, vowel: str, closing: str, creaky: bool) -> tuple[str, ...]:
    data = table()["burmese"]
    if base in data["alone"] and not vowel and not closing:
        return tuple(data["alone"][base])
    is_round = _MEDIAL_W in medials
    plain = medials.replace(_MEDIAL_W, "")
    onsets = data["joined"].get(base + plain)
    if onsets is None:
        signs = {"\u103b": "y", "\u103c": "y", "\u103e": "h"}
        marks = "".join(signs[mark] for mark in plain)
        starts = data["first"].get(base) or list(data["alone"].get(base, [""]))
        starts = [""] if base in "ဥဦအ" else starts
        onsets = [("h" if "h" in marks else "") + start + marks.replace("h", "") for start in starts]
    rhyme = vowel + closing
    rhymes = (data["round"].get(rhyme) if is_round else None) or data["rhymes"].get(rhyme)
    if rhymes is None:
        rhymes = data["rhymes"].get(vowel, ["a"])
        last = data["first"].get(closing[:1], [""])[0] if closing else ""
        rhymes = [one + last for one in rhymes]
    if is_round and rhyme not in data["round"]:
        rhymes = ["w" + one for one in rhymes]
    if creaky and rhymes[0][-1:] in "nm":
        rhymes = [one + "t" if one[-1] in "nm" else one for one in rhymes] + list(rhymes[:1])
    made = [onsets[0] + one for one in rhymes] + [onset + rhymes[0] for onset in onsets[1:]]
    made += [onset + one for onset in onsets[1:] for one in rhymes[1:]]
    return tuple(dict.fromkeys(made))[:8]


# ---- Thai and Lao ---------------------------------------------------------------------------------------------

_THAI_MARKS = re.compile("[\u0e48-\u0e4b\u0e4d\u0e4e\u0e46]")
_SILENT = re.compile("[ก-ฮ][ิุ]?\u0e4c")
_LEADING = "เแโใไ"
_VOWEL_SIGNS = "ะัาำิีึืุู"


def as_thai(text: str) -> str:
    """Lao in the letters of Thai: the two blocks of Unicode run side by side."""
    text = text.replace("ຽ", "ຍ").replace("ໜ", "ຫນ").replace("ໝ", "ຫມ").replace("ຼ", "ລ").replace("ົ", "")
    return "".join(chr(ord(char) - 0x80) if "\u0e80" <= char <= "\u0eff" else char for char in text)


def thai_sounds(text: str) -> tuple[str, ...]:
    """A word of Thai as named sounds (`sounds.encode_sounds`); vowels that are not written are open."""
    data = table()["thai"]
    text = _SILENT.sub("", text)
    text = _THAI_MARKS.sub("", text)
    text = re.sub("ห(?=[งญนมยรลว][^\u0e4c])", "", text) if len(text) > 2 else text
    text = text.replace("ํา", "ำ")
    out: list[str] = []
    at, open_vowel = 0, False
    while at < len(text):
        char = text[at]
        front = ""
        if char in _LEADING and at + 1 < len(text):
            front, at, char = char, at + 1, text[at + 1]
        if char not in data["first"]:
            if char in data["vowels"]:
                out.append(data["vowels"][char])
                open_vowel = True
            at += 1
            continue
        # A cluster (กร, พล ...) before its vowel.
        end = at + 1
        cluster = data["first"][char]
        if (
            end < len(text)
            and text[end] in "รลว"
            and char in "กขคตปผพสทซ"
            and (front or (end + 1 < len(text) and text[end + 1] in _VOWEL_SIGNS))
        ):
            cluster += " " + data["first"][text[end]]
            end += 1
        rest = text[end:]
        spelt = ""
        for before, after, sounds in data["around"]:
            if before == front and rest.startswith(after):
                spelt, end = sounds, end + len(after)
                break
        else:
            if front:
                spelt = data["vowels"][front]
            elif rest[:1] and rest[0] in _VOWEL_SIGNS:
                spelt, end = data["vowels"][rest[0]], end + 1
            elif rest[:1] == "อ" and rest[1:2] not in (*_VOWEL_SIGNS, "อ"):
                spelt, end = "o", end + 1
        if not spelt and char == "อ" and out and not open_vowel:
            spelt, cluster = "o", ""
        if spelt:
            if not open_vowel and out and out[-1] != "*" and not _ends_closed(out):
                out.append("*")
            out += [cluster, spelt]
            open_vowel = True
        else:
            # No vowel of its own: the end of a syllable, or one with an unwritten vowel.
            follows = text[end : end + 1]
            if open_vowel and char in data["last"]:
                out.append(data["last"][char])
                open_vowel = False
                out.append("")
            elif out and not open_vowel and not follows and char in data["last"]:
                out += ["*", data["last"][char]]
            else:
                out += ["*"] if out and out[-1] not in ("*", "") else []
                out.append(cluster)
                out.append("*")
                open_vowel = True
        at = end
    return (" ".join(" ".join(out).split()),)


def _ends_closed(out: list[str]) -> bool:
    return out[-1] == ""


# ---- Khmer ----------------------------------------------------------------------------------------------------


def khmer_sounds(text: str) -> tuple[str, ...]:
    """A word of Khmer as named sounds (`sounds.encode_sounds`)."""
    data = table()["khmer"]
    text = re.sub(f".{data['killer']}", "", text).replace("ប៉", "\ue000")
    out: list[str] = []
    at, bare = 0, False
    n = len(text)
    while at < n:
        char = text[at]
        at += 1
        if char == "\ue000":
            sound: str | None = "p"
        elif char in data["silent"]:
            continue
        elif char == data["stack"]:
            bare = False  # no vowel between the two
            continue
        else:
            sound = data["first"].get(char)
        if sound is None:
            spelt = data["vowels"].get(char)
            if spelt is not None:
                # The sign for m stands for a vowel too where there is none.
                open_m = char == "ំ" and not (out and _is_vowel(out[-1]))
                out.append(("o|u " if open_m else "") + spelt.replace("*m", "m"))
                bare = False
            continue
        if bare:
            out.append("*")
        has_vowel = at < n and text[at] in data["vowels"] and text[at] not in "់"
        stacked = at < n and text[at] == data["stack"]
        is_last = bool(out) and not has_vowel and not stacked and (not bare or out[-1] == "*")
        out.append(data["last"].get(char, sound) if is_last and out[-1] != "" else sound)
        bare = not (has_vowel or is_last)
    return (" ".join(" ".join(out).split()),)


def _is_vowel(sounds: str) -> bool:
    return bool(sounds) and sounds.split()[-1][0] in "aeiou" and "h" not in sounds
