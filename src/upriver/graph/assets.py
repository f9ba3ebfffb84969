"""Accounts that change the asset of their money without a payment that is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.taint import CRUMB, shortage


@dataclass(frozen=True, slots=True)
class Changes:
    """Per account that may have changed assets, in the order of their codes.

    account    code; usd: sent in some assets beyond what came in them, and left in others, whichever is less
    sold       the asset of which most was left; bought: the asset of which most was sent beyond what came
    """

    account: Longs
    usd: Floats
    sold: Longs
    bought: Longs


def changes(source: Ints, target: Ints, amount: Floats, asset: Ints, chosen: Flags) -> Changes:
    """Which of the `chosen` accounts sent one asset that they were not seen to have, while another stayed with them.

    source, target, amount, asset  per transfer in time order; asset: code, -1 where it is not known
    chosen                         per account

    An account with a transfer in an unknown asset is left out: that may be the asset it lacks.
    """
    n, wanted = len(chosen), chosen.copy()
    dark = asset < 0
    wanted[source[dark]] = wanted[target[dark]] = False
    here = np.flatnonzero((wanted[source] | wanted[target]) & ~dark)
    kinds = int(asset.max(initial=0)) + 1
    both = np.concatenate([source[here].astype(np.int64) * kinds + asset[here],
                           target[here].astype(np.int64) * kinds + asset[here]])  # fmt: skip
    purses, codes = np.unique(both, return_inverse=True)
    pays, paid = codes[: len(here)].astype(np.int32), codes[len(here) :].astype(np.int32)
    usd = amount[here]
    short = shortage(pays, paid, usd, len(purses))
    left = np.bincount(paid, usd, len(purses)) - np.bincount(pays, usd, len(purses)) + short
    account, kind = purses // kinds, purses % kinds
    left = np.maximum(left, 0.0)
    lacked, stayed = np.bincount(account, short, n), np.bincount(account, left, n)
    # What stayed of an asset cannot make up for what lacked of the same.
    other = np.full(n, np.inf)
    np.minimum.at(other, account, (lacked[account] - short) + (stayed[account] - left))
    changed = np.where(wanted, np.minimum(np.minimum(lacked, stayed), other), 0.0)
    found = np.flatnonzero(changed > CRUMB)
    bought, sold = _largest(account, short, kind, n), _largest(account, left, kind, n)
    # Where one asset is both the most lacked and the most left, the next is told on the side where it is larger.
    next_sold = np.where(kind == bought[account], -1.0, left)
    next_bought = np.where(kind == sold[account], -1.0, short)
    same = bought == sold
    by_sold = _most(account, next_sold, n) >= _most(account, next_bought, n)
    return Changes(
        found,
        changed[found],
        np.where(same & by_sold, _largest(account, next_sold, kind, n), sold)[found],
        np.where(same & ~by_sold, _largest(account, next_bought, kind, n), bought)[found],
    )


def _most(account: Longs, usd: Floats, n: int) -> Floats:
    most = np.full(n, -np.inf)
    np.maximum.at(most, account, usd)
    return most


def _largest(account: Longs, usd: Floats, kind: Longs, n: int) -> Longs:
    """Per account the kind of which it has most, the smaller code of equals."""
    order = np.lexsort((-kind, usd, account))
    most = np.zeros(n, dtype=np.int64)
    most[account[order]] = kind[order]  # the last of an account stays
    return most
