"""Standing services: accounts that many pay, or that pay many, week after week. A crew's hub comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Flags, Floats, Ints, Longs

if TYPE_CHECKING:
    from upriver.money.params import MoneyParams
    from upriver.money.tracing import Network

_LEAST_WINDOWS = 4  # evidence of less cannot tell what stands from what comes and goes
_STANDS = 0.75


def standing(net: Network, params: MoneyParams) -> Floats:
    """Share of the windows of the whole evidence in which each account has many payers or many payees, 0 to 1.

    Zero for all where the evidence is shorter than four windows.
    """
    window = int(params.window_days * 86_400_000_000)
    share = np.zeros(net.n)
    if not len(net.time) or net.time[-1] - net.time[0] < _LEAST_WINDOWS * window:
        return share
    number = (net.time - net.time[0]) // window
    n_windows = int(number[-1]) + 1
    for own, other in ((net.target, net.source), (net.source, net.target)):
        share = np.maximum(share, _windows(number, own, other, net.n, params.fan) / n_windows)
    return share


def services(net: Network, told: Flags, params: MoneyParams) -> Flags:
    """Services told, and accounts that stand: many counterparts in three windows of four."""
    found: Flags = told | (standing(net, params) >= _STANDS)
    return found


def _windows(number: Longs, own: Ints, other: Ints, n: int, fan: int) -> Floats:
    """For each account in how many windows it has `fan` or more different counterparts."""
    order = np.lexsort((other, number, own))
    a, w, b = own[order], number[order], other[order]
    first = np.r_[True, (a[1:] != a[:-1]) | (w[1:] != w[:-1])]
    fresh = first | np.r_[True, b[1:] != b[:-1]]
    group = np.cumsum(first) - 1
    counted = np.bincount(group, weights=fresh)
    chosen = a[first][counted >= fan]
    return np.bincount(chosen, minlength=n).astype(np.float64)
