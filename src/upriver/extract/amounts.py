"""Amounts of money as people and banks write them: 1,234.50; 1.234,50; ฿ 5,000; 3.5万元; 1.5 lakh; ๕,๐๐๐ บาท."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from upriver.clean import numbers
from upriver.clean.decimals import plain, times, with_point
from upriver.model.units import asset

_HAN = re.compile("[千仟百佰十拾一壹二贰貳两三叁參四肆五伍六陆陸七柒八捌九玖万萬亿億]")
# As a machine writes what is very large or small.
_MACHINE = re.compile(r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d{1,3}")
_WITHOUT_CENTS = frozenset({"VND", "IDR"})


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("upriver.extract").joinpath("amount_words.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _number() -> re.Pattern[str]:
    words = sorted(_words()["scales"], key=len, reverse=True)
    scales = "|".join(re.escape(word) + ("(?![a-z])" if word[-1].isascii() else "") for word in words)
    behind = rf"(?P<scale>(?:{scales})(?:\.(?=\s|\Z))?|)(?P<minus>-?)"
    return re.compile(
        rf"(?P<sign>[-(]?)\s*(?P<digits>\d[\d.,' ]*)(?:\.-|,-)?\s*{behind}",
        re.IGNORECASE,
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
    told = plain(text)
    if _MACHINE.fullmatch(told):
        value = float(told)
        return (value, None) if abs(value) < 1e300 else None
    match = _number().search(told)
    if match is None or _HAN.search(told[match.end() :]):
        return _spelt(told)
    written = match["digits"].strip(" '")
    digits = with_point(written, decimal)
    before, after = told[: match.start()].strip(), told[match.end() :].strip(" )")
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
    value = times(digits, _words()["scales"].get(match["scale"].lower().rstrip("."), 1))
    if value > 1e300:
        return None
    return (-value if sign else value), named


def _spelt(told: str) -> tuple[float, str | None] | None:
    """A sum in Chinese digits, or in digits and scales by turns: 三万五千元, 3万5千."""
    if not _HAN.search(told):
        return None
    told = re.sub("[整正]$", "", told)
    for end in range(len(told), max(0, len(told) - 4), -1):
        value = numbers.number(told[:end].strip())
        if value is not None:
            word = told[end:].strip()
            named = _asset(word) if word else None
            return (value, named) if named or not word else None
    return None


def _asset(word: str) -> str | None:
    """The asset of a word beside a figure, or None."""
    known = _words()["assets"].get(word.lower())
    return str(known) if known else asset(word)
