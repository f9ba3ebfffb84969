"""Amounts of money as people and banks write them: 1,234.50; 1.234,50; ฿ 5,000; 3.5万元; full-width digits."""

from __future__ import annotations

import re
import unicodedata

from upriver.model.units import asset

_NUMBER = re.compile(
    r"(?P<sign>[-−(]?)\s*(?P<digits>\d[\d.,' ]*)\s*(?P<scale>万|萬|亿|億|[kK](?![A-Za-z])|[mM]n?(?![A-Za-z])|)"
)
_SCALES = {"万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8, "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "": 1}
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[,.' ])\d{3})(?:(?P=mark)\d{3})*\Z")


def amount(text: str) -> tuple[float, str | None] | None:
    """The figure that `text` writes and the asset that it names beside it, or None where it writes no single figure.

    A single comma before three digits parts thousands, before other digits decimals; a single point is decimal.
    The figure may be negative; NaN and infinity are none.

    >>> amount("฿1,234.50"), amount("1.234,5 EUR"), amount("3.5万元"), amount("-7"), amount("nan")
    ((1234.5, 'THB'), (1234.5, 'EUR'), (35000.0, 'CNY'), (-7.0, None), None)
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    match = _NUMBER.search(plain)
    if match is None:
        return None
    digits = _plain_digits(match["digits"].strip(" '"))
    before, after = plain[: match.start()].strip(), plain[match.end() :].strip(" )")
    if digits is None or any(c.isdigit() for c in before + after) or (before and after):
        return None
    sign = match["sign"]
    if before.startswith(("-", "−")):
        before, sign = before[1:].strip(), "-"
    named = asset(before or after) if before or after else None
    if (before or after) and named is None:
        return None
    value = float(digits) * _SCALES[match["scale"].lower()]
    if value > 1e300:
        return None
    # Decimals times a scale are rounded: 1.1万 is 11,000 and no binary neighbour of it.
    value = value if not match["scale"] else round(value, 6)
    return (-value if sign else value), named


def _plain_digits(text: str) -> str | None:
    """`text` with a decimal point or none, and no other mark."""
    text = text.rstrip(".,")
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
