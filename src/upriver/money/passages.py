"""Passages: accounts that hold money only for hours, and rows of amounts just below a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Floats, summed
from upriver.graph.windows import Sorted, best_rows, quick
from upriver.money.pattern import Pattern, grown, strongest, sums

if TYPE_CHECKING:
    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network

_HOUR = 3_600_000_000  # microseconds


def passed_on(net: Network, into: Sorted, out: Sorted, params: MoneyParams) -> Floats:
    """USD that each account sent on within hours of receiving it, first in, first out."""
    within = int(params.quick_hours * _HOUR)
    return quick(into.offsets, into.order, out.offsets, out.order, net.time, net.amount, within)


def pass_through(
    net: Network, into: Sorted, out: Sorted, left: Floats, stops: Flags, params: MoneyParams
) -> list[Pattern]:
    """Accounts that send nearly all of what comes in on within hours; strongest those in use briefly."""
    received: Floats = summed(net.target, net.amount, net.n)
    n_in = np.diff(into.offsets)
    share = left / np.maximum(received, 1e-9)
    enough = (share >= params.quick_share) & (n_in >= 3) & (received >= params.least_usd) & ~stops
    # Who does so month after month is an agent or a desk: a passage that lasts is the weaker for it.
    lasts = np.ones(net.n)
    busy = np.flatnonzero(enough)
    first = np.minimum(net.time[into.order[into.offsets[busy]]], net.time[out.order[out.offsets[busy]]])
    last = np.maximum(net.time[into.order[into.offsets[busy + 1] - 1]], net.time[out.order[out.offsets[busy + 1] - 1]])
    days = (last - first) / (24 * _HOUR)
    lasts[busy] = params.mule_days / np.maximum(days, params.mule_days)
    strength = share * (n_in / (n_in + 3)) * lasts
    patterns = []
    for account in strongest(busy, strength, received):
        places = np.sort(
            np.concatenate([one.order[one.offsets[account] : one.offsets[account + 1]] for one in (into, out)])
        )
        n, part = int(n_in[account]), float(share[account])
        marks = [f"{100 * part:.0f} % left within {params.quick_hours:g} hours", f"{n} payments in"]
        if lasts[account] < 1.0:
            marks.append(f"it lasted, which weakens it: times {lasts[account]:.2f}")
        patterns.append(
            Pattern("pass_through", int(account), float(strength[account]), tuple(places.tolist()),
                    float(received[account]), n, part, tuple(marks), (int(account),))
        )  # fmt: skip
    return patterns


def structuring(
    net: Network, into: Sorted, out: Sorted, stops: Flags, window: int, params: MoneyParams
) -> list[Pattern]:
    """Rows of amounts just below the threshold, paid in to one account or out of one."""
    least = params.threshold_usd * (1 - params.threshold_band)
    below = (net.amount >= least) & (net.amount < params.threshold_usd)
    patterns = []
    for own in (into, out):
        kept = below[own.order]
        narrowed = Sorted(np.concatenate([[0], np.cumsum(kept)])[own.offsets].astype(np.int64), own.order[kept])
        n, begin = best_rows(narrowed.offsets, narrowed.order, net.time, window)
        usd = sums(narrowed, net.amount, begin, begin + n)
        strength = n / (n + params.n_structured)
        enough = np.flatnonzero((n >= params.n_structured) & (usd >= params.least_usd) & ~stops)
        for account in strongest(enough, strength, usd):
            here = narrowed.order[begin[account] : begin[account] + n[account]]
            # Below the threshold by chance is common in a busy account: what share of its large transfers lies there?
            all_here = own.order[own.offsets[account] : own.offsets[account + 1]]
            in_band = float(below[all_here].sum()) / float((net.amount[all_here] >= least).sum())
            count = int(n[account])
            marks = (
                f"{count} transfers, where {params.n_structured} are enough",
                f"{100 * in_band:.0f} % of its large transfers lie just below {params.threshold_usd:,.0f} USD",
            )
            inner = (int(account),) if own is into else ()
            patterns.append(
                Pattern("structuring", int(account), in_band * grown(count, params.n_structured),
                        tuple(here.tolist()), float(usd[account]), count, in_band, marks, inner)
            )  # fmt: skip
    return patterns
