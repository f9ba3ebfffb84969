"""Which sign parts the decimals of a figure: told by the figure itself, or left open by it, as 1.234 leaves it.

Pure: a column's other figures settle what one leaves open.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

SIGNS = (".", ",")
_FIGURE = re.compile(r"\d[\d.,' ]*")
_THREES = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+\Z")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}\Z")
# A zero in front parts no thousands: 0,125 is an eighth.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:(?P<mark>[,.' ])\d{3})(?:(?P=mark)\d{3})*\Z|[1-9]\d?(?:,\d{2})+,\d{3}\Z")
# Marks of one meaning: apostrophes that part thousands, dashes that take away, the signs of Arabic and Persian.
_MARKS = str.maketrans({"’": "'", "‘": "'", "−": "-", "–": "-", "٫": ".", "٬": "'"})
_OPEN = re.compile(r"[1-9]\d{0,2}[.,]\d{3}\Z")


def decimal_sign(text: str) -> str | None:
    """The decimal sign of the one figure that `text` holds, as far as the figure itself tells; None where it does not.

    >>> decimal_sign("1,234.50"), decimal_sign("1.234.567"), decimal_sign("12,5"), decimal_sign("1.234")
    ('.', ',', ',', None)
    """
    digits = _digits(text)
    signs = [sign for sign in digits if sign in ".,"]
    if not signs or is_open(text):
        return None
    last = signs[-1]
    other = "," if last == "." else "."
    if len(signs) == 1:
        return last
    if len(set(signs)) == 1:
        # Thousands alone: the other sign is left for decimals.
        return other if _THREES.match(digits) or _LAKHS.match(digits) else None
    return last if signs.count(last) == 1 else None


def is_open(text: str) -> bool:
    """Whether `text` can be read with decimals and with thousands: 1.234 and 1,234.

    >>> is_open("1.234 EUR"), is_open("0.234"), is_open("1 234.567"), is_open("12.34")
    (True, False, False, False)
    """
    return _OPEN.match(_digits(text)) is not None


def settled(text: str) -> str:
    """A number as a machine writes it, in a form that nobody can take for thousands.

    >>> settled("1.234"), settled("1.5")
    ('1.2340', '1.5')
    """
    return f"{text}0" if _OPEN.match(text) else text


def plain(text: str) -> str:
    """Narrow forms, digits of ASCII for those of every script, marks of one meaning the same, blanks single.

    >>> plain("１２，３４５．５"), plain("๑๒,๓๔๕ บาท"), plain("١٢٬٣٤٥٫٥")
    ('12,345.5', '12,345 บาท', "12'345.5")
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_MARKS)
        # NFKC parts the vowel of Thai and Lao that their words are written with.
        text = text.replace("\u0e4d\u0e32", "\u0e33")
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return " ".join(text.split())


def with_point(digits: str, decimal: str | None = None) -> str | None:
    """A bare figure with a decimal point or none, and no other mark; None where its marks make no figure.

    decimal  the sign before decimals, for a figure that can be read both ways; else a single comma before three digits
             parts thousands, and a single point is decimal

    >>> with_point("1.234,5"), with_point("1.234"), with_point("1.234", ","), with_point("1,2,3")
    ('1234.5', '1.234', '1234', None)
    """
    digits = digits.rstrip(".,")
    if decimal and is_open(digits):
        return digits.replace(decimal, ".") if decimal in digits else re.sub("[.,]", "", digits)
    grouped = _GROUPED.match(digits)
    if grouped and not (grouped["mark"] == "." and digits.count(".") == 1):
        return re.sub(r"[,.' ]", "", digits)
    marks = [mark for mark in digits if not mark.isdigit()]
    if not marks:
        return digits
    last = marks[-1]
    if last in "' ":
        return None
    whole, _, rest = digits.rpartition(last)
    inner = re.sub(r"\d", "", whole)
    # Of two kinds of mark the last is the decimal one, and stands once.
    if last in inner or len(set(inner)) > 1 or (inner and not _GROUPED.match(whole)):
        return None
    return f"{re.sub(r'[^0-9]', '', whole)}.{rest}"


def times(digits: str, scale: float) -> float:
    """A figure with a point, times a whole number, without the error of a binary product.

    >>> times("521.406", 10_000_000)
    5214060000.0
    """
    return float(Decimal(digits) * int(scale))


def _digits(text: str) -> str:
    """The figure alone, blanks and apostrophes between thousands kept as one blank."""
    found = _FIGURE.search(plain(text))
    return "" if found is None else found[0].rstrip(".,' ").replace("'", " ")
