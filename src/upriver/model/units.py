"""Money, assets and time: what the numbers of a table are in.

Amounts are 64-bit floats in the asset's own unit; `_usd` columns are US dollars. SQL sums money as DECIMAL(38, 6), so
that a sum does not depend on the order of rows or on the number of threads.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

# Fiat currencies by ISO 4217 code; stablecoins are held equal to the dollar unless the folder has a rate.
DOLLAR_TOKENS = frozenset({"USDT", "USDC", "DAI", "BUSD", "TUSD", "USDD", "FDUSD", "PYUSD"})

_CODE = re.compile(r"[A-Z0-9]{2,10}\Z")


@cache
def _signs() -> dict[str, str]:
    """Sign or word of a currency, in capitals -> its code."""
    listed = tomllib.loads(files("upriver.model").joinpath("currencies.toml").read_text("utf-8"))
    return {_folded(word): code for code, words in listed.items() for word in words}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).upper()


def asset(text: str | None) -> str | None:
    """The asset's code for a currency as written, or None where it names none.

    >>> asset("us$"), asset(" usdt (trc20)"), asset("บาท"), asset("baht?")
    ('USD', 'USDT', 'THB', None)
    """
    if text is None:
        return None
    word, signs = _folded(text), _signs()
    if word in signs:
        return signs[word]
    word = re.sub(r"\s*\(.*\)\Z", "", word)
    if word in signs:
        return signs[word]
    return word if _CODE.match(word) else None


def utc(moment: datetime) -> datetime:
    """`moment` in UTC without a zone, as tables hold it.

    raises  ValueError when it has no time zone: a zone is told in case.toml or guessed in sight, never assumed here
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None)
