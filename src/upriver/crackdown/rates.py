"""Acts a day, and how far chance alone may have moved them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_Z = 1.645  # the middle nine tenths, as every range of the scenarios


@dataclass(frozen=True, slots=True)
class Rate:
    """Acts a day with its range.

    n     acts counted, over `days` days
    """

    n: int
    days: int

    @property
    def value(self) -> float:
        """Acts a day."""
        return self.n / self.days

    @property
    def low(self) -> float:
        """The lower end."""
        return limits(self.n)[0] / self.days

    @property
    def high(self) -> float:
        """The upper end."""
        return limits(self.n)[1] / self.days

    @property
    def words(self) -> str:
        """The rate with its range, for people.

        >>> Rate(20, 10).words, Rate(0, 10).words
        ('2 (1.3 to 2.9)', '0 (0 to 0.3)')
        """
        low, high = _short(self.low), _short(self.high)
        return f"{_short(self.value)} ({low} to {high})"


def limits(n: int) -> tuple[float, float]:
    """Least and most that so many acts may stand for, if each came by itself (Byar's approximation to Poisson's law).

    >>> [round(end, 1) for end in limits(20)], limits(0)[0]
    ([13.3, 29.1], 0.0)
    """
    low = n * (1 - 1 / (9 * n) - _Z / (3 * sqrt(n))) ** 3 if n else 0.0
    more = n + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + _Z / (3 * sqrt(more))) ** 3


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
