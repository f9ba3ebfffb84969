"""The Persian solar calendar, by the cycle of 33 years that holds from 1178 to 1633.

>>> common(1404, 1, 1), common(1403, 12, 30), common(1404, 12, 30)
(datetime.date(2025, 3, 21), datetime.date(2025, 3, 20), None)
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1279, 1478  # 1900 to 2099
_CYCLE = 33
_LEAPS = (1, 5, 9, 13, 17, 22, 26, 30)  # years of a cycle that have 366 days
_NEW_YEAR = (1403, date(2024, 3, 20))


def common(year: int, month: int, day: int) -> date | None:
    """The day of the common calendar, or None where there is no such day."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= _days(year, month)):
        return None
    known, first = _NEW_YEAR
    years = range(known, year) if year >= known else range(year, known)
    days = sum(365 + is_leap(passed) for passed in years)
    before = (month - 1) * 31 - max(0, month - 7)
    return first + timedelta(days=(days if year >= known else -days) + before + day - 1)


def is_leap(year: int) -> bool:
    """Whether the year has 366 days."""
    return year % _CYCLE in _LEAPS


def _days(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or is_leap(year) else 29
