"""Numbers as people write them: 31,000; 5.5万; 四千六百; two thousand and three; 1.1 billion; tens of thousands.

Pure: text in, value or None out. A vague word (dozens, 数百) is found, and has no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from upriver.clean.decimals import plain, times, with_point

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 10**9, "trillion": 10**12,
    "lakh": 100_000, "lakhs": 100_000,
    "crore": 10**7, "crores": 10**7, "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 10**9, "tn": 10**12,
}  # fmt: skip
_HAN_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2, "兩": 2, "○": 0}
_HAN_TENS = {"十": 10, "百": 100, "千": 1_000}
_HAN_SCALES = {"万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}

# Digits that a receipt writes out in full, so that nobody can change them, as everyday ones.
_ON_RECEIPTS = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "一二二三三四五六六七八九十百千")
_MACHINE = re.compile(r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d{1,3}")
_BARE = re.compile(r"[-+]?\d[\d.,' ]*")

_WORD = "|".join(sorted(_ONES, key=len, reverse=True))
_LONG_SCALE = "hundred|thousand|million|billion|trillion|lakhs?|crores?"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = "〇○零一二三四五六七八九两兩十百千"
_FIGURE = re.compile(
    rf"""
    (?P<vague>\b(?:(?:tens|hundreds|dozens|scores)\s+of\s+)?(?:dozens|scores|hundreds|thousands|millions|billions)\b
      |(?:数|數|几|幾|上|成百上)(?:十|百|千)?(?:[万萬亿億]|(?<=[十百千])))
    |(?P<han_digits>\d[\d,]*(?:\.\d+)?)\s*(?P<inner>[余餘多]?)(?P<han_scale>[千百]?[万萬亿億]|千)(?:(?P<han_more>\d[\d,]*(?:\.\d+)?)(?P<han_small>[千百]?[万萬]))?(?P<han_rest>\d{{1,4}}(?!\d))?(?P<han_unit>(?<=\d)[千百](?![万萬亿億]))?
    |(?P<digits>(?<![\w.])(?:{_DIGITS})|(?<=[^\x00-\x7f])(?:{_DIGITS})|(?<=[$¥€£฿₹₱])(?:{_DIGITS})|(?<=\bRM)(?:{_DIGITS})|(?<=\bRp)(?:{_DIGITS})|(?<=\b[A-Z]{{3}})(?:{_DIGITS}))
      (?:[\s\u00a0-]?(?P<scale>{_LONG_SCALE}|dozen|bn|mn|tn)\b|(?P<letter>[km](?=[\s,.;)]|$)))?
    |(?P<words>\b(?:(?:half\s+)?an?\s+(?:{_LONG_SCALE}|dozen)|(?:{_WORD})(?:[\s-](?:{_WORD}|{_LONG_SCALE}|dozen))*)
      (?:(?:[\s-]|(?:(?<=hundred)|(?<=thousand)|(?<=million))\sand\s)(?:{_WORD}|{_LONG_SCALE}))*\b)
    |(?P<han>[{_HAN}]+(?:[万萬亿億][{_HAN}]*)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number found in a text: `value` is None for a vague word; `more` where 余 or 多 stands inside it."""

    start: int
    end: int
    value: float | None
    raw: str
    more: bool = False


def number(text: str) -> float | None:
    """The number that the whole of `text` writes, or None.

    >>> number("1.234,5"), number("1e-05"), number("壹万贰仟")
    (1234.5, 1e-05, 12000.0)
    >>> number("5.5万"), number("twenty-three"), number("1.1 billion"), number("四千六百六十六"), number("dozens")
    (55000.0, 23.0, 1100000000.0, 4666.0, None)
    """
    text = plain(text)
    if _MACHINE.fullmatch(text):
        return _finite(float(text))
    if _BARE.fullmatch(text):
        digits = with_point(text.lstrip("+-"))
        value = None if digits is None else _finite(float(digits))
        return -value if value is not None and text.startswith("-") else value
    return _whole(text.translate(_ON_RECEIPTS))


@dataclass(frozen=True, slots=True)
class NumberWords:
    """How a language other than English and Chinese writes numbers: its decimal sign and its words.

    ones    dua = 2; scales  puluh = 10, ribu = 1000; teens  words that add ten (dua belas = 12); vague  ratusan
    """

    decimal: str
    ones: tuple[tuple[str, int], ...] = ()
    scales: tuple[tuple[str, float], ...] = ()
    teens: tuple[str, ...] = ()
    vague: tuple[str, ...] = ()


def figures(text: str, words: NumberWords | None = None) -> list[Figure]:
    """Every number written in `text`, in order, those without a value included; `words` for another language."""
    if words is not None:
        return _foreign_figures(text, words)
    found = []
    for match in _FIGURE.finditer(text):
        value, more = _value(match)
        found.append(Figure(match.start(), match.end(), value, match.group(), more))
    return found


def _whole(text: str) -> float | None:
    match = _FIGURE.fullmatch(text)
    return _value(match)[0] if match else None


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def _value(match: re.Match[str]) -> tuple[float | None, bool]:
    if match["vague"]:
        return None, False
    if match["han_scale"]:
        value = times(match["han_digits"].replace(",", ""), _han_scale(match["han_scale"]))
        if match["han_more"]:
            value += times(match["han_more"].replace(",", ""), _han_scale(match["han_small"]))
        unit = _HAN_TENS[match["han_unit"]] if match["han_unit"] else 1
        return round(value, 4) + float(match["han_rest"] or 0) * unit, bool(match["inner"])
    if match["digits"]:
        scale = _SCALES.get((match["scale"] or match["letter"] or "").lower(), 1)
        return times(match["digits"].replace(",", ""), scale), False
    if match["words"]:
        return _english(match["words"].lower()), False
    return _chinese(match["han"]), False


def _han_scale(text: str) -> int:
    value = 1
    for letter in text:
        value *= _HAN_TENS.get(letter) or _HAN_SCALES[letter]
    return value


def _english(text: str) -> float:
    half = 0.5 if text.startswith("half") else 1.0
    total = current = 0.0
    for word in re.split(r"[\s-]+", text):
        if word in _ONES:
            current += _ONES[word]
        elif word in _SCALES:
            scale = _SCALES[word]
            if scale in (12, 100):
                current = (current or 1) * scale
            else:
                total, current = total + (current or 1) * scale, 0.0
    return (total + current) * half


def _chinese(text: str) -> float:
    """Both ways of writing: by places (四千六百) and by digits (二〇二五)."""
    if all(letter in _HAN_DIGITS for letter in text):
        return float("".join(str(_HAN_DIGITS[letter]) for letter in text))
    total = section = digit = 0
    for letter in text:
        if letter in _HAN_DIGITS:
            digit = _HAN_DIGITS[letter]
        elif letter in _HAN_TENS:
            section += (digit or 1) * _HAN_TENS[letter]
            digit = 0
        else:
            total = (
                (total + section + digit) * _HAN_SCALES[letter]
                if letter in "亿億"
                else total + (section + digit) * _HAN_SCALES[letter]
            )
            section = digit = 0
    return float(total + section + digit)


@cache
def _foreign_form(words: NumberWords) -> re.Pattern[str]:
    """Digits parted by the other sign, a scale behind them, and numbers in the language's own words."""
    group, point = (r"\.", ",") if words.decimal == "," else (",", r"\.")
    ones = "|".join(re.escape(word) for word, _ in words.ones) or r"(?!)"
    scales = "|".join(re.escape(word) for word, _ in words.scales) or r"(?!)"
    teens = "|".join(map(re.escape, words.teens)) or r"(?!)"
    vague = "|".join(map(re.escape, words.vague)) or r"(?!)"
    return re.compile(
        rf"(?P<digits>(?:(?<![\w.,])|(?<=\b[A-Z][A-Za-z]))(?:\d{{1,3}}(?:{group}\d{{3}})+(?:{point}\d+)?"
        rf"|\d+(?:{point}\d+)?))"
        rf"(?:\s+(?P<scale>{scales})\b)?|\b(?P<vague>{vague})\b"
        rf"|\b(?P<words>(?:{ones}|{scales})(?:\s+(?:{ones}|{scales}|{teens}))*)\b",
        re.IGNORECASE,
    )


def _foreign_figures(text: str, words: NumberWords) -> list[Figure]:
    scales, found = dict(words.scales), []
    for match in _foreign_form(words).finditer(text):
        value: float | None = None
        if match["digits"]:
            plain = match["digits"]
            plain = plain.replace(".", "").replace(",", ".") if words.decimal == "," else plain.replace(",", "")
            value = round(float(plain) * scales.get((match["scale"] or "").lower(), 1), 6)
        elif match["words"]:
            value = _foreign_words(match["words"].lower().split(), dict(words.ones), scales, words.teens)
        found.append(Figure(match.start(), match.end(), value, match.group()))
    return found


def _foreign_words(
    told: list[str], ones: Mapping[str, int], scales: Mapping[str, float], teens: tuple[str, ...]
) -> float:
    total = current = 0.0
    for word in told:
        if word in ones:
            current += ones[word]
        elif word in teens:
            current += 10
        elif scales[word] < 1000:
            tens = current % 10 or 1
            current = current - current % 10 + tens * scales[word]
        else:
            total, current = total + (current or 1) * scales[word], 0.0
    return total + current
