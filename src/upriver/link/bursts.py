"""Calls before and after an event: the same hours of earlier days beside the window, by an exact test."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from upriver.errors import SettingsError

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.link.calls import CallParams

ALL = "all"  # the row that counts every call
_SURE = 0.05

# Windows are told apart by number, 0 the one after the event.
_COUNTED = """
WITH inside AS (
    SELECT w.number AS number, c.caller AS caller, c.callee AS callee, c.call_id AS call_id
    FROM call c JOIN in_window w ON c.started_at >= w.from_at AND c.started_at < w.to_at
)
SELECT number, caller AS observable_id, count(*) AS n FROM inside GROUP BY number, caller
UNION ALL SELECT number, callee AS observable_id, count(*) AS n FROM inside GROUP BY number, callee
UNION ALL SELECT number, 'all' AS observable_id, count(*) AS n FROM inside GROUP BY number
ORDER BY observable_id, number
"""


@dataclass(frozen=True, slots=True)
class Windows:
    """The window after an event, and those like it before: the same hours of earlier days.

    ends  (from, to) in UTC; the first is the one after the event
    """

    ends: tuple[tuple[datetime, datetime], ...]

    @property
    def n_before(self) -> int:
        """Windows before the event."""
        return max(0, len(self.ends) - 1)


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls after against calls before, in windows of one length.

    ratio  of the rates (inf where there were none before); low, high: its 95 % interval; p: two-sided
    """

    ratio: float
    low: float
    high: float
    p: float


def moment(text: str, zone: str) -> datetime:
    """The time of an event in UTC, naive; without an offset it is in `zone`.

    raises  SettingsError when it is no time
    """
    try:
        told = datetime.fromisoformat(str(text).strip())  # TOML has times of its own
        there = told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))
        return there.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"event {text!r}: no time; write it as 2025-02-12T09:00+07:00") from error


def windows(event: datetime, first: datetime, last: datetime, hours: float, days: int) -> Windows:
    """Windows around `event` that calls from `first` to `last` can fill; one alone where nothing can be compared."""
    length = min(timedelta(hours=hours), last - event)
    if length <= timedelta(0):
        return Windows(())
    step = timedelta(days=math.ceil(length / timedelta(days=1)))
    most = max(1, timedelta(days=days) // step)
    n = max(0, min(most, (event - first) // step))
    return Windows(tuple((event - k * step, event - k * step + length) for k in range(n + 1)))


def rate(after: int, before: int, n_before: int) -> Rate:
    """Compare `after` calls in one window with `before` calls in `n_before` windows: of all calls, each falls into the
    one window with the chance 1 / (n_before + 1) where the rates are equal (Przyborowski & Wilenski 1940).
    """
    from scipy.stats import binomtest

    n = after + before
    if n == 0:
        return Rate(math.nan, 0.0, math.inf, 1.0)
    test = binomtest(after, n, 1 / (n_before + 1))
    bounds = test.proportion_ci(0.95, "exact")
    low, high = (share * n_before / (1 - share) if share < 1 else math.inf for share in (bounds.low, bounds.high))
    return Rate(after * n_before / before if before else math.inf, low, high, float(test.pvalue))


def write_bursts(case: Desk, zone: str, params: CallParams) -> None:
    """Write call_burst: for each event, all calls and each number that called or was called enough."""
    import pyarrow as pa

    (reach,) = case.sql("SELECT min(started_at) AS first, max(started_at) AS last FROM call").to_pylist()
    events = sorted({moment(text, zone) for text in params.call_events})
    if reach["first"] is None:
        return
    for event in events:
        around = windows(event, reach["first"], reach["last"], params.event_hours, params.event_days)
        if not around.n_before:
            why = "no call is told after it" if not around.ends else "no call is told before it in the same hours"
            start, end = around.ends[0] if around.ends else (event, event)
            case.write("call_burst", [
                {"event_at": event, "observable_id": ALL, "from_at": start, "to_at": end, "n_windows": 0,
                 "words": f"nothing can be compared: {why}; add records of that time"}
            ])  # fmt: skip
            continue
        none = [0] * len(around.ends)
        lent = pa.table(
            {
                "number": pa.array(range(len(around.ends)), pa.int64()),
                "from_at": pa.array([one for one, _ in around.ends], pa.timestamp("us")),
                "to_at": pa.array([to for _, to in around.ends], pa.timestamp("us")),
            }
        )
        seen: dict[str, list[int]] = {ALL: none[:]}
        for row in case.sql(_COUNTED, in_window=lent).to_pylist():
            # The calls that a number makes and those that it gets come as two rows.
            seen.setdefault(row["observable_id"], none[:])[row["number"]] += row["n"]
        told = {name: n for name, n in seen.items() if name == ALL or sum(n) >= params.event_calls}
        case.write("call_burst", _rows(event, around, told))


def _rows(event: datetime, around: Windows, told: dict[str, list[int]]) -> list[dict[str, object]]:
    rates = {name: rate(n[0], sum(n[1:]), around.n_before) for name, n in told.items()}
    adjusted = _holm({name: one.p for name, one in rates.items() if name != ALL})
    start, end = around.ends[0]
    return [
        {
            "event_at": event, "observable_id": name, "from_at": start, "to_at": end, "n_after": n[0],
            "n_before": sum(n[1:]), "n_windows": around.n_before, "most_before": max(n[1:]),
            "ratio": _finite(rates[name].ratio), "ratio_low": rates[name].low, "ratio_high": _finite(rates[name].high),
            "p": rates[name].p, "p_adjusted": adjusted.get(name, rates[name].p),
            "words": words(n, rates[name], adjusted.get(name, rates[name].p), end - start),
        }
        for name, n in sorted(told.items())
    ]  # fmt: skip


def words(n: list[int], found: Rate, p: float, length: timedelta) -> str:
    """One sentence for a person. `n`: calls in the window, then in each like it before."""
    before = n[1:]
    mean, hours = sum(before) / len(before), length / timedelta(hours=1)
    after = f"{n[0]:,} {'call' if n[0] == 1 else 'calls'} in the {hours:.3g} hours after; {mean:.3g} in"
    told = f"{after} each of the {len(before)} such times before"
    if hours <= 24:
        told = f"{after} the same hours of the {len(before)} days before"
    if not sum(n):
        return f"{told}: none at all"
    if p >= _SURE:
        return f"{told}: no change that chance would not bring (p {p:.2g})"
    if n[0] > mean:
        times = f"{found.ratio:.3g} times as many" if math.isfinite(found.ratio) else "none before"
        most = f"; more than in any of them ({max(before)})" if n[0] > max(before) else f"; but {max(before)} in one"
    else:
        times = f"{found.ratio:.2g} of the usual"
        most = f"; fewer than in any of them ({min(before)})" if n[0] < min(before) else f"; but {min(before)} in one"
    high = f"{found.high:.3g}" if math.isfinite(found.high) else "any"
    return f"{told}: {times} (95 %: {found.low:.3g} to {high}; p {p:.2g}){most}"


def _holm(p: dict[str, float]) -> dict[str, float]:
    """p values of many tests made together (Holm 1979): the chance that any of them is a false alarm is bounded."""
    found: dict[str, float] = {}
    worst, left = 0.0, len(p)
    for name in sorted(p, key=lambda name: (p[name], name)):
        worst = max(worst, min(1.0, p[name] * left))
        found[name], left = worst, left - 1
    return found


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
