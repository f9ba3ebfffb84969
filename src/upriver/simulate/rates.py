"""What a currency is worth on a day: a small random walk, told to the investigators in rates.csv."""

from __future__ import annotations

from datetime import date, timedelta

from upriver.simulate.dice import Dice

_FIRST_USD = {"THB": 0.0295, "CNY": 0.1385}
_DAY = 86_400


class Rates:
    """USD of one unit by currency and day; tokens and dollars stand at 1."""

    def __init__(self, seed: int, currencies: list[str], start: int, end: int) -> None:
        dice = Dice(seed, "rates")
        self.first_day = start // _DAY - 40
        self.days = end // _DAY + 2 - self.first_day
        self._usd: dict[str, list[float]] = {}
        for currency in sorted(set(currencies) & set(_FIRST_USD)):
            usd, walk = _FIRST_USD[currency], []
            for _ in range(self.days):
                usd *= 1 + dice.number(-0.003, 0.003)
                walk.append(round(usd, 6))
            self._usd[currency] = walk

    def usd(self, currency: str, at: int) -> float:
        """Value of one unit at a moment (seconds since 1970, UTC)."""
        walk = self._usd.get(currency)
        return walk[min(max(at // _DAY - self.first_day, 0), self.days - 1)] if walk else 1.0

    def walk(self, currency: str) -> list[float]:
        """The value of each day from `first_day` on."""
        return self._usd.get(currency) or [1.0] * self.days

    def rows(self) -> list[tuple[str, str, float]]:
        """(asset, day, usd) as the rate table tells them."""
        days = [date(1970, 1, 1) + timedelta(days=self.first_day + number) for number in range(self.days)]
        rows = [
            (asset, day.isoformat(), usd)
            for asset, walk in self._usd.items()
            for day, usd in zip(days, walk, strict=True)
        ]
        return [*rows, ("USDT", days[0].isoformat(), 1.0), ("USD", days[0].isoformat(), 1.0)]
