"""One sum told in two units: two currencies, coins and money, or one figure with two words behind it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.counts import weight
from upriver.crackdown.nearness import days_apart, exact_day, same_area
from upriver.crackdown.telling import shown

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams

_COINS = frozenset({"BTC", "USDT", "ETH"})
_RATE_SLACK = 0.2  # the table of rates is good to a fifth


def two_units(a: Action, b: Action, params: CrackdownParams) -> Conflict | None:
    """One sum told in two currencies, or in coins and in money; or one figure told in two currencies."""
    one, other = a.head, b.head
    if same_area(one, other) not in ("spot", "area") or a.value is None or b.value is None:
        return None
    gap = days_apart(one, other, params)
    things = {t.report_id: t.unit for t in (*a.tellings, *b.tellings)}
    says = weight(a.value) >= (1.5 if (exact_day(one) and one.first == other.first) else 1.9)
    if a.value == b.value and says and gap is not None and gap <= params.date_slack_days:
        words = f"{shown(a.value)} {one.unit} and {shown(b.value)} {other.unit}: one figure, two units"
        return Conflict("unit", "one figure in two units", dict(things), words)
    rates = (_exchange().get(one.unit), _exchange().get(other.unit))
    coins = (one.unit in _COINS) != (other.unit in _COINS)
    if gap is None or not (all(rates) or coins):
        return None
    values: dict[str, str | float] = dict(things)
    sums = f"{shown(a.value)} {one.unit} and {shown(b.value)} {other.unit}"
    if rates[0] and rates[1] and not coins:
        ratio = (a.value / rates[0]) / (b.value / rates[1])
        if gap <= params.date_slack_days and 1 - _RATE_SLACK <= ratio <= 1 + _RATE_SLACK:
            return Conflict("unit", "one sum in two units", values, f"{sums} are about one sum: not to be added", False)
        if a.value == b.value and weight(a.value) >= 1.2 and gap <= params.undated_days:
            return Conflict("unit", "one figure in two currencies", values, f"{sums}: one figure, two currencies")
        return None
    if coins and gap <= params.date_slack_days:
        return Conflict("unit", "one sum in two units", values, f"{sums} may be one sum: not to be added", alarm=False)
    return None


def is_coin(unit: str) -> bool:
    """Whether a unit is a coin, whose sum may be told in any money."""
    return unit in _COINS


def is_rated(unit: str) -> bool:
    """Whether a rate of a unit is known."""
    return bool(_exchange().get(unit))


@cache
def _exchange() -> dict[str, float]:
    told = tomllib.loads(Path(__file__).with_name("exchange.toml").read_text(encoding="utf-8"))
    return {currency: float(rate) for currency, rate in told.items()}
