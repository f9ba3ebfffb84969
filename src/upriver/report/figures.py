"""Numbers, dates and evidence's own characters as people read them: no figure is "no figure", never zero."""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime

NO_FIGURE = "no figure"
# The end of a sentence: a full stop, and a capital letter, a figure or a Han letter behind it.
_SENTENCE = re.compile(r"[.!?](?= [A-Z0-9\u4e00-\u9fff]|$)")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners and the zero-width space are ordinary spelling in Burmese, Khmer and emoji, and reorder nothing.
_PLAIN = frozenset("\n\t \u200b\u200c\u200d")


def visible(text: str) -> str:
    r"""`text` with control, bidirectional and other invisible characters shown as ⟨U+202E⟩ instead of obeyed.

    >>> visible("a\u202eb\x00")
    'a⟨U+202E⟩b⟨U+0000⟩'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"⟨U+{ord(character):04X}⟩"
        if character in _BIDI or (unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in _PLAIN)
        else character
        for character in text
    )


def number(value: float | None) -> str:
    """A count or measure with thousands apart: whole where it is whole.

    >>> number(31000.0), number(0.5), number(None)
    ('31,000', '0.5', 'no figure')
    """
    if value is None:
        return NO_FIGURE
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.01 else f"{value:.2g}"


def usd(value: float | None) -> str:
    """Money in whole US dollars below ten million, then in millions or billions.

    >>> usd(1234.5), usd(59_123_456), usd(16.4e9)
    ('1,234 USD', '59.1 million USD', '16.4 billion USD')
    """
    if value is None:
        return NO_FIGURE
    if abs(value) >= 1e9:
        return f"{value / 1e9:,.1f} billion USD"
    if abs(value) >= 1e7:
        return f"{value / 1e6:,.1f} million USD"
    if 0 < abs(value) < 10:
        return f"{value:.2f} USD"
    return f"{value:,.0f} USD"


def measure(value: float | None, unit: str) -> str:
    """A figure with its unit; large sums of any currency in millions or billions, money a year in words.

    >>> measure(13_074_000_000, "THB"), measure(10e9, "USD/year"), measure(1, "people"), measure(2, "buildings")
    ('13.1 billion THB', '10.0 billion USD a year', '1 person', '2 buildings')
    """
    if value is None:
        return NO_FIGURE
    currency, slash, _ = unit.partition("/")
    if is_currency(unit):
        return usd(value).replace("USD", currency) + (" a year" if slash else "")
    one = "person" if unit == "people" else unit.removesuffix("s")
    return f"{number(value)} {one if value == 1 else unit}".strip()


def is_currency(unit: str) -> bool:
    """Whether a unit is money: USD, or USD/year."""
    currency = unit.partition("/")[0]
    return len(currency) == 3 and currency.isupper() and currency.isalpha()


def capital(text: str) -> str:
    """`text` with its first letter large.

    >>> capital("a rank is told")
    'A rank is told'
    """
    return text[:1].upper() + text[1:]


def share(value: float | None) -> str:
    """A ratio as a percentage with two figures that count; one where it is tiny.

    A part is never told as the whole.

    >>> share(0.0345), share(0.61), share(0.0039), share(0.00004), share(None)
    ('3.5 %', '61 %', '0.39 %', '0.004 %', 'no figure')
    >>> share(0.9959), share(0.99999), share(1.0)
    ('99.5 %', '99.9 %', '100 %')
    """
    if value is None:
        return NO_FIGURE
    percent = value * 100
    if percent == 0:
        return "0 %"
    if abs(percent) < 0.01:
        return f"{percent:.1g} %"
    if 99.5 <= percent < 100:
        return f"{math.floor(percent * 10) / 10:.1f} %"
    digits = 2 if abs(percent) < 1 else 1 if abs(percent) < 10 else 0
    return f"{percent:,.{digits}f} %"


def between(low: float | None, high: float | None, unit: str) -> str:
    """A range, or one figure where both ends agree; empty where there is none.

    >>> between(240, 270, "people"), between(18e9, 37e9, "USD/year"), between(5, 5, "compounds")
    ('240 to 270 people', '18.0 billion to 37.0 billion USD a year', '5 compounds')
    """
    if low is None or high is None:
        return ""
    if low == high:
        return measure(low, unit)
    words = f" {unit.replace('/', ' a ')}"
    least = measure(low, unit).removesuffix(words) if is_currency(unit) else number(low)
    return f"{least} to {measure(high, unit)}"


def day(value: date | datetime | None) -> str:
    """A day as 2023-11-21; "no date" where none is told."""
    if value is None:
        return "no date"
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def period(start: date | datetime | None, end: date | datetime | None) -> str:
    """One day, or first to last; whole months and years as such."""
    if start is None or end is None:
        return day(start or end)
    first = start.date() if isinstance(start, datetime) else start
    last = end.date() if isinstance(end, datetime) else end
    if first == last:
        return day(first)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    if whole and (first.year, first.month) == (last.year, last.month):
        return f"{last.year:04d}-{last.month:02d}"
    return f"{day(first)} to {day(last)}"


def counted(n: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> counted(1, "victim"), counted(2_000, "person", "people")
    ('1 victim', '2,000 people')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def sentence(parts: list[str]) -> str:
    """Parts joined as in speech.

    >>> sentence(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + (f" and {parts[-1]}" if parts else "")


def opening(text: str, length: int) -> str:
    """The first whole sentences of `text` that fit `length` characters; where not even one does, its beginning.

    >>> opening("One is left. Two are gone. What would close it: action.", 30)
    'One is left. Two are gone.'
    """
    if len(text) <= length:
        return text
    ends = [end.end() for end in _SENTENCE.finditer(text) if end.end() <= length]
    return text[: ends[-1]] if ends and ends[-1] > length * 0.3 else shortened(text, length)


def shortened(text: str, length: int) -> str:
    """`text` cut to `length` characters at a word where there is one."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > length * 0.6 else cut).rstrip(" ,;:") + "…"
