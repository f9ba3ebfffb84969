"""A pattern: transfers that look like laundering around one account, and how much they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upriver.graph.build import Floats, Longs
from upriver.graph.windows import Sorted

# Patterns of one kind that are made ready to be ranked: a bound on memory, far beyond what anybody reads.
MOST_CANDIDATES = 20_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """Transfers (places in time order) that look like `kind` around `account`.

    strength  0 to 1; marks: what it rests on, in words, for the reader
    usd       money in it; n: what the reason counts; share: 0 to 1, where the reason tells one
    inner     accounts through which its money passes, the centre among them where it does
    """

    kind: str
    account: int
    strength: float
    transfers: tuple[int, ...]
    usd: float
    n: int
    share: float = 0.0
    marks: tuple[str, ...] = ()
    inner: tuple[int, ...] = ()


def grown(n: float, least: float) -> float:
    """Strength of a count: 0.5 at the least that counts, towards 1 with more.

    >>> grown(8, 8), grown(24, 8)
    (0.5, 0.75)
    """
    return float(n / (n + least))


def strongest(accounts: Longs, strength: Floats, usd: Floats) -> Longs:
    """Of `accounts` those worth making ready: all, or the strongest by strength, then money, then code."""
    order = np.lexsort((accounts, -usd[accounts], -strength[accounts]))[:MOST_CANDIDATES]
    chosen: Longs = np.sort(accounts[order])
    return chosen


def sums(own: Sorted, amount: Floats, begin: Longs, end: Longs) -> Floats:
    """USD of `own.order[begin:end]` for each account."""
    running = np.concatenate([[0.0], np.cumsum(amount[own.order])])
    total: Floats = running[end] - running[begin]
    return total
