"""Figures with their qualifiers: what their words can mean, how two of them fit, and how much an equal one says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from upriver.crackdown.telling import Telling

Fit = Literal["equal", "rounded", "close", "zero", "apart", "open"]


def ends(telling: Telling) -> tuple[float, float] | None:
    """Least and most that a telling's words can mean; None where it gives no figure."""
    if telling.low is not None and telling.high is not None:
        return telling.low, telling.high
    value = telling.value
    if value is None:
        return None
    unit = _last_place(value)
    if telling.qualifier in ("more_than", "at_least"):
        return value, value + min(max(0.15 * value, unit), max(0.35 * value, 1.0))
    if telling.qualifier == "about":
        return value - 0.12 * value, value + 0.12 * value
    if telling.qualifier == "nearly":
        return value - min(max(0.1 * value, unit / 2), 0.2 * value), value
    if telling.qualifier == "up_to":
        return 0.6 * value, value
    # A figure that ends in zeros is mostly a rounded one, whatever its page says of it.
    slack = unit / 2 if value >= 100 and unit >= 10 else 0.0
    return value - slack, value + slack


def _last_place(value: float) -> float:
    """The place of the last figure that is not zero: 100 for 4,600; 1 where there is a fraction."""
    if value != int(value) or value <= 0:
        return 1.0
    whole, unit = int(value), 1
    while whole % 10 == 0:
        whole, unit = whole // 10, unit * 10
    return float(unit)


def fit(a: Telling, b: Telling, share: float) -> Fit:
    """How two figures stand to each other; `share` is the part by which two counts of one thing may differ."""
    left, right = ends(a), ends(b)
    if left is None or right is None or a.value is None or b.value is None:
        return "open"
    if a.value == b.value:
        return "equal"
    if left[0] <= right[1] and right[0] <= left[1]:
        return "rounded"
    low, high = sorted((a.value, b.value))
    if high - low <= max(2.0 if low > 9 else 1.0, share * high):
        return "close"
    return "zero" if low > 0 and high == 10 * low and high >= 1000 else "apart"


def weight(value: float) -> float:
    """How much an equal figure says: 3 says little, 571 much, 100 something between.

    >>> weight(3) < weight(100) < weight(571) < weight(55_711)
    True
    """
    digits = len(str(int(value)).rstrip("0")) if value >= 1 else 1
    if value < 10:
        return 0.4
    return min(3.0, 0.6 + 0.55 * digits + (0.3 if value >= 100 else 0.0))


def wholes(told: Sequence[Telling]) -> list[Telling]:
    """Tellings whose figure is no part that another of them names of its own: 11 put to death among 39 sentenced."""
    return [
        telling
        for telling in told
        if not any(
            other.unit == telling.unit
            and (other.value or 0.0) > (telling.value or 0.0)
            and telling.value in _named_parts(other.part_counts)
            for other in told
        )
    ]


def _named_parts(counts: frozenset[float]) -> set[float]:
    """The parts, and two of them together: put to death with and without reprieve."""
    return {*counts, *(a + b for a in counts for b in counts if a != b)}
