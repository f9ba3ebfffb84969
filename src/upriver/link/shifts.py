"""Regular hours of a telephone: the part of the day in which it is used, and the weekdays on which it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from upriver.graph.build import Floats, Longs

_SHORTEST, _LONGEST = 4, 14  # hours
# Gain in log likelihood over a day without hours. 24 starts of 11 lengths are tried: by chance about one number in a
# hundred gains so much.
_GAIN = 10.0
_ODDS = 0.01


def shifts(days: Longs, calls: Longs) -> tuple[Longs, Longs, Floats]:
    """The run of hours that parts each number's day best into two rates of use.

    days     n x 24: days on which the number was used in that hour; one busy day makes no shift
    calls    n x 24: its calls
    returns  first hour, length (0: no regular hours), share of the calls that fall into it
    """
    n = len(days)
    total = days.sum(axis=1).astype(np.float64)
    start, length = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    best = np.full(n, _GAIN)
    round_ = np.concatenate([np.zeros((n, 1)), np.cumsum(np.concatenate([days, days], axis=1), axis=1)], axis=1)
    for width in range(_SHORTEST, _LONGEST + 1):
        inside = round_[:, width : width + 24] - round_[:, :24]
        outside = total[:, None] - inside
        gain = _part(inside, total[:, None] * (width / 24)) + _part(outside, total[:, None] * (1 - width / 24))
        gain[inside * (24 - width) <= outside * width] = 0.0  # quiet hours are no shift
        at = gain.argmax(axis=1)
        most = gain[np.arange(n), at]
        better = most > best + 1e-9
        start[better], length[better], best[better] = at[better], width, most[better]
    window = (np.arange(24)[None, :] - start[:, None]) % 24 < length[:, None]
    all_calls = calls.sum(axis=1)
    share: Floats = np.where(all_calls > 0, (calls * window).sum(axis=1) / np.maximum(1, all_calls), 0.0)
    return start, length, share


def days_off(days: Longs, first_on: Longs, last_on: Longs) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Weekdays (0 = Monday) on which a number is used far less than on the others.

    days               n x 7: days with a call
    first_on, last_on  first and last day with one, in days since 1970
    """
    from scipy.stats import binom

    span = np.maximum(0, last_on - first_on + 1)
    begin = (first_on + 3) % 7  # 1970-01-01 was a Thursday
    ahead = (np.arange(7)[None, :] - begin[:, None]) % 7
    there = span[:, None] // 7 + (ahead < (span % 7)[:, None])
    used = days.sum(axis=1, keepdims=True) - days
    could = np.maximum(1, there.sum(axis=1, keepdims=True) - there)
    found: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = (there > 0) & (
        binom.cdf(days, there, np.minimum(1.0, used / could)) < _ODDS
    )
    return found


def _part(seen: Floats, expected: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        part: Floats = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    return part
