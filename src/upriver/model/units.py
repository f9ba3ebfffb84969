"""Money, assets and time: what the numbers of a table are in.

Amounts are 64-bit floats in the asset's own unit; `_usd` columns are US dollars. SQL sums money as DECIMAL(38, 6), so
that a sum does not depend on the order of rows or on the number of threads.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Fiat currencies by ISO 4217 code; stablecoins are held equal to the dollar unless the folder has a rate.
DOLLAR_TOKENS = frozenset({"USDT", "USDC", "DAI", "BUSD", "TUSD", "USDD", "FDUSD", "PYUSD"})

_SIGNS = {
    "$": "USD",
    "US$": "USD",
    "฿": "THB",
    "¥": "CNY",
    "RMB": "CNY",
    "人民币": "CNY",
    "元": "CNY",
    "泰铢": "THB",
    "美元": "USD",
    "€": "EUR",
    "£": "GBP",
    "₫": "VND",
    "₩": "KRW",
    "₹": "INR",
    "K": "MMK",
    "₱": "PHP",
    "RM": "MYR",
    "HK$": "HKD",
    "NT$": "TWD",
    "S$": "SGD",
    "TETHER": "USDT",
    "TETHER USD": "USDT",
    "USDT-TRC20": "USDT",
    "USDT-ERC20": "USDT",
    "TRC20-USDT": "USDT",
    "ERC20-USDT": "USDT",
    "BITCOIN": "BTC",
    "ETHER": "ETH",
    "TRON": "TRX",
}
_CODE = re.compile(r"[A-Z0-9]{2,10}\Z")


def asset(text: str | None) -> str | None:
    """The asset's code for a currency as written, or None where it names none.

    >>> asset("us$"), asset(" usdt (trc20)"), asset("baht?")
    ('USD', 'USDT', None)
    """
    if text is None:
        return None
    word = text.strip().upper()
    if word in _SIGNS:
        return _SIGNS[word]
    word = re.sub(r"\s*\(.*\)\Z", "", word)
    if word in _SIGNS:
        return _SIGNS[word]
    return word if _CODE.match(word) else None


def utc(moment: datetime) -> datetime:
    """`moment` in UTC without a zone, as tables hold it.

    raises  ValueError when it has no time zone: a zone is told in case.toml or guessed in sight, never assumed here
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None)
