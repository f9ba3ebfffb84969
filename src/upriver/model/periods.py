"""Days as text: YYYY-MM-DD, a whole month YYYY-MM, a whole year YYYY, anything else first/last."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def written(first: date, last: date) -> str:
    """A span of days in the coarsest form that says exactly this.

    >>> from datetime import date as d
    >>> written(d(2025, 2, 1), d(2025, 2, 28)), written(d(2025, 1, 1), d(2025, 12, 31))
    ('2025-02', '2025')
    """
    if first == last:
        return first.isoformat()
    n_days = monthrange(last.year, last.month)[1]
    if first.day == 1 and last.day == n_days and first.year == last.year:
        if first.month == last.month:
            return f"{first:%Y-%m}"
        if (first.month, last.month) == (1, 12):
            return f"{first:%Y}"
    return f"{first.isoformat()}/{last.isoformat()}"
