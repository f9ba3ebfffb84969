"""Which sign parts the decimals of a figure: told by the figure itself, or left open by it, as 1.234 leaves it.

Pure: a column's other figures settle what one leaves open.
"""

from __future__ import annotations

import re
import unicodedata

SIGNS = (".", ",")
_FIGURE = re.compile(r"\d[\d.,'’ \u00a0\u202f]*")
_THREES = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+\Z")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}\Z")
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


def _digits(text: str) -> str:
    """The figure alone, blanks and apostrophes between thousands kept as one blank."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    found = _FIGURE.search(text)
    if found is None:
        return ""
    return re.sub(r"['’ \u00a0\u202f]", " ", found[0].rstrip(".,'’ \u00a0\u202f"))
