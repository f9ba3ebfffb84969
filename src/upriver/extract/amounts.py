"""Amounts of money as people and banks write them: 1,234.50; 1.234,50; ฿ 5,000; 3.5万元; 1.5 lakh; ๕,๐๐๐ บาท."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any

from upriver.clean import numbers
from upriver.clean.decimals import is_open
from upriver.model.units import asset

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<mark>[,.' ])\d{3})(?:(?P=mark)\d{3})*\Z|\d{1,2}(?:,\d{2})+,\d{3}\Z")
_HAN = re.compile("[千百十一二两三四五六七八九万萬亿億]")
_WITHOUT_CENTS = frozenset({"VND", "IDR"})
# Marks of one meaning: apostrophes that part thousands, dashes that take away, the dash that stands for no cents.
_MARKS = str.maketrans({"’": "'", "‘": "'", "−": "-", "–": "-"})


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("upriver.extract").joinpath("amount_words.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _number() -> re.Pattern[str]:
    words = sorted(_words()["scales"], key=len, reverse=True)
    scales = "|".join(re.escape(word) + ("(?![a-z])" if word[-1].isascii() else "") for word in words)
    return re.compile(
        rf"(?P<sign>[-(]?)\s*(?P<digits>\d[\d.,' ]*)(?:\.-|,-)?\s*(?P<scale>{scales}|)(?P<minus>-?)", re.IGNORECASE
    )


def amount(text: str, decimal: str | None = None) -> tuple[float, str | None] | None:
    """The figure that `text` writes and the asset that it names beside it, or None where it writes no single figure.

    A single comma before three digits parts thousands, before other digits decimals; a single point is decimal, except
    before three digits of an asset without cents (dong, rupiah).
    decimal  the sign before decimals, `.` or `,`, for a figure that can be read both ways: 1.234
    The figure may be negative, also by a dash behind it or the word DR; NaN and infinity are none.

    >>> amount("฿1,234.50"), amount("1.234,5 EUR"), amount("3.5万元"), amount("-7"), amount("nan")
    ((1234.5, 'THB'), (1234.5, 'EUR'), (35000.0, 'CNY'), (-7.0, None), None)
    >>> amount("1.234"), amount("1.234", ","), amount("1,234", ","), amount("1,234.5", ",")
    ((1.234, None), (1234.0, None), (1.234, None), (1234.5, None))
    >>> amount("1.5 lakh"), amount("₹1,25,000"), amount("三万五千元"), amount("500 DR")
    ((150000.0, None), (125000.0, 'INR'), (35000.0, 'CNY'), (-500.0, None))
    """
    plain = _plain(text)
    match = _number().search(plain)
    if match is None or _HAN.search(plain[match.end() :]):
        return _spelt(plain)
    written = match["digits"].strip(" '")
    digits = _plain_digits(written, decimal)
    before, after = plain[: match.start()].strip(), plain[match.end() :].strip(" )")
    if digits is None or any(c.isdigit() for c in before + after):
        return None
    # `5,000.-` has no cents; `5,000-` is taken away.
    sign = match["sign"] or ("" if written.endswith((".", ",")) else match["minus"])
    if before.startswith("-"):
        before, sign = before[1:].strip(), "-"
    side = _words()["sides"].get(after.lower())
    if side is not None:
        after, sign = "", "-" if side < 0 else sign
    if before and after:
        return None
    # Behind the figure a word for a scale names no asset.
    named = None if after.lower() in _words()["scales"] else _asset(before or after) if before or after else None
    if (before or after) and named is None:
        return None
    if named in _WITHOUT_CENTS and re.fullmatch(r"\d{1,3}\.\d{3}", written):
        digits = written.replace(".", "")
    value = float(digits) * _words()["scales"].get(match["scale"].lower(), 1)
    if value > 1e300:
        return None
    # Decimals times a scale are rounded: 1.1万 is 11,000 and no binary neighbour of it.
    value = value if not match["scale"] else round(value, 6)
    return (-value if sign else value), named


def _plain(text: str) -> str:
    """Narrow forms, digits of ASCII for those of every script, blanks single."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_MARKS)
        # NFKC parts the vowel of Thai and Lao that their words are written with.
        text = text.replace("\u0e4d\u0e32", "\u0e33")
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return " ".join(text.split())


def _spelt(plain: str) -> tuple[float, str | None] | None:
    """A sum in Chinese digits, or in digits and scales by turns: 三万五千元, 3万5千."""
    if not _HAN.search(plain):
        return None
    for end in range(len(plain), max(0, len(plain) - 4), -1):
        value = numbers.number(plain[:end].strip())
        if value is not None:
            word = plain[end:].strip()
            named = _asset(word) if word else None
            return (value, named) if named or not word else None
    return None


def _asset(word: str) -> str | None:
    """The asset of a word beside a figure, or None."""
    known = _words()["assets"].get(word.lower())
    return str(known) if known else asset(word)


def _plain_digits(text: str, decimal: str | None) -> str | None:
    """`text` with a decimal point or none, and no other mark."""
    text = text.rstrip(".,")
    if decimal and is_open(text):
        return text.replace(decimal, ".") if decimal in text else re.sub("[.,]", "", text)
    grouped = _GROUPED.match(text)
    if grouped and not (grouped["mark"] == "." and text.count(".") == 1):
        return re.sub(r"[,.' ]", "", text)
    marks = [mark for mark in text if not mark.isdigit()]
    if not marks:
        return text
    last = marks[-1]
    if last in "' ":
        return None
    whole, _, rest = text.rpartition(last)
    inner = re.sub(r"\d", "", whole)
    # Of two kinds of mark the last is the decimal one, and stands once.
    if last in inner or len(set(inner)) > 1 or (inner and not _GROUPED.match(whole)):
        return None
    return f"{re.sub(r'[^0-9]', '', whole)}.{rest}"
