"""How a file writes dates and times, over all its rows: the order of day and month, and whether with a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_Bytes = npt.NDArray[np.uint8]
_UTC_NAME = re.compile(r"(?i)[(_ ](?:UTC|GMT)\b[)]?\s*([+-]\s*\d{1,2})?|\b(?:utc|gmt)\Z")
_ZERO, _NINE = ord("0"), ord("9")


@dataclass(slots=True)
class Habits:
    """Counts over all values of time and date columns seen so far.

    n_year_first  2024-05-01, 2024年5月1日, 20240501, 113/05/01
    n_day_first   the first number is over 12: 31/05/2024
    n_month_first the second number is over 12: 05/31/2024
    n_either      both are 12 or less: 05/06/2024
    n_local       moments without a zone; n_zoned with one
    """

    n_year_first: int = 0
    n_day_first: int = 0
    n_month_first: int = 0
    n_either: int = 0
    n_local: int = 0
    n_zoned: int = 0

    def see(self, name: str, cells: pa.Array, index: npt.NDArray[np.int64]) -> None:
        """Count the values of one time (`..._at`) or date (`..._on`) column: texts of `cells` at `index`, not empty."""
        if not len(index):
            return
        values = cells.take(pa.array(index))
        ends = np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1].astype(np.int64)
        # Padding lets every value be looked at 8 bytes from its start and 6 before its end without a test of length.
        data = np.concatenate([np.zeros(8, np.uint8), _data(values), np.zeros(8, np.uint8)])
        start, end = ends[:-1] + 8, ends[1:] + 8
        self._see_order(data, start, end)
        if name.endswith("_at"):
            self._see_zone(data, start, end)

    @property
    def date_order(self) -> str | None:
        """ymd, dmy or mdy; None when no date has been seen. Day first where the values do not tell."""
        n_short = self.n_day_first + self.n_month_first + self.n_either
        if not n_short and not self.n_year_first:
            return None
        # A year in front is never in doubt, so the few other dates of such a file decide.
        if not n_short:
            return "ymd"
        return "mdy" if self.n_month_first > self.n_day_first else "dmy"

    @property
    def order_seen(self) -> str:
        """What speaks for an order of day and month, in words; empty where no date leaves it open.

        >>> Habits(n_day_first=2, n_either=5).order_seen
        'dates that can only be day first: 2, only month first: 0, either way: 5'
        """
        if not self.n_day_first + self.n_month_first + self.n_either:
            return ""
        return (
            f"dates that can only be day first: {self.n_day_first:,}, only month first: {self.n_month_first:,}, "
            f"either way: {self.n_either:,}"
        )

    def _see_order(self, data: _Bytes, start: Any, end: Any) -> None:
        long = end - start >= 6
        start = start[long]
        digits = [_digit(data[start + step]) for step in range(6)]
        four = digits[0] & digits[1] & digits[2] & digits[3]
        republic = ~four & digits[0] & digits[1] & digits[2] & np.isin(data[start + 3], _SIGNS[:3])
        self.n_year_first += int((four | republic).sum())
        # One or two digits, a sign, one or two digits: 5/6/2024.
        short = start[~four & digits[0] & ~(digits[1] & digits[2])]
        if not len(short):
            return
        first, after = _number(data, short)
        second, rest = _number(data, after + 1)
        dated = (rest > after + 1) & np.isin(data[after], _SIGNS) & np.isin(data[rest], _SIGNS)
        first, second = first[dated], second[dated]
        self.n_day_first += int(((first > 12) & (second <= 12)).sum())
        self.n_month_first += int(((second > 12) & (first <= 12)).sum())
        self.n_either += int(((first <= 12) & (second <= 12)).sum())

    def _see_zone(self, data: _Bytes, start: Any, end: Any) -> None:
        last = data[end - 1]
        mark = (last == ord("Z")) | (last == ord("z"))
        signs = np.isin(data[end - 6], _OFFSET) & (data[end - 3] == ord(":"))
        signs |= np.isin(data[end - 5], _OFFSET) & _digit(data[end - 4]) & (end - start > 12)
        words = (last == ord("C")) | (last == ord("T"))  # ... UTC, GMT
        zoned = (mark | signs | words) & (end - start > 10)
        # Seconds since 1970 carry their zone in themselves.
        n_digits = end - start
        epoch = ((n_digits == 10) | (n_digits == 13)) & _digit(data[start + 4]) & _digit(data[end - 3])
        self.n_zoned += int((zoned | epoch).sum())
        self.n_local += int((~(zoned | epoch)).sum())


_SIGNS = np.frombuffer(b"/.- ", np.uint8)
_OFFSET = np.frombuffer(b"+-", np.uint8)


def zone_in_name(name: str) -> str | None:
    """The time zone that the name of a column tells.

    >>> zone_in_name("DateTime (UTC)"), zone_in_name("time (GMT+7)"), zone_in_name("time")
    ('UTC', 'Etc/GMT-7', None)
    """
    found = _UTC_NAME.search(name)
    if found is None:
        return None
    hours = int((found[1] or "0").replace(" ", ""))
    # POSIX counts the other way round: seven hours east of Greenwich is GMT-7.
    return "UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"


def _data(values: pa.Array) -> _Bytes:
    buffer = values.buffers()[2]
    return np.frombuffer(buffer, np.uint8) if buffer is not None else np.zeros(0, np.uint8)


def _digit(values: Any) -> npt.NDArray[np.bool_]:
    return np.asarray((values >= _ZERO) & (values <= _NINE))


def _number(data: _Bytes, start: Any) -> tuple[Any, Any]:
    """The number of one or two digits at `start`, and where it ends; its end is its start where there is none."""
    start = np.minimum(start, len(data) - 3)
    one, two = _digit(data[start]), _digit(data[start]) & _digit(data[start + 1])
    first, second = data[start].astype(np.int64) - _ZERO, data[start + 1].astype(np.int64) - _ZERO
    return np.where(two, first * 10 + second, first), start + one + two
