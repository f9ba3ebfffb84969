"""A second kind of noise for tracing, harder than innocent money at random times; and records with transfers missing.

Each account of the laundering gets innocent money that passes through it: paid in about when the laundering paid it,
sent on about when the laundering sent on, in amounts copied from the laundering of that very account. Time and amount
then tell nothing. The innocent payers and payees are drawn from accounts that live in the record already.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from upriver.graph.build import Flags
from upriver.graph.order import time_order
from upriver.plain.transfers import Transfers

_NEAR = 900_000_000  # microseconds around a hop
_MOST = 6  # innocent passages per account and unit of rate, however many payments it makes


def bursts(net: Transfers, illicit: Flags, rate: float, seed: int) -> Transfers:
    """The record with innocent passages added, `rate` for each payment of laundered money, at most six an account.

    illicit  per transfer, the truth: only who makes noise may know it
    """
    draw = np.random.default_rng(seed)
    dirty = np.flatnonzero(illicit)
    touched = np.unique(np.concatenate([net.source[dirty], net.target[dirty]]))
    innocent = np.setdiff1d(np.arange(len(net.accounts)), touched)
    payers, payees, times, amounts = [], [], [], []
    for account in np.intersect1d(net.source[dirty], net.target[dirty]):
        ins, outs = dirty[net.target[dirty] == account], dirty[net.source[dirty] == account]
        for _ in range(draw.poisson(rate * min(len(outs), _MOST))):
            leaves = draw.choice(outs)
            earlier = ins[net.time[ins] <= net.time[leaves]]
            came = net.time[draw.choice(earlier)] if len(earlier) else net.time[leaves] - 4 * _NEAR
            usd = net.amount[draw.choice(np.concatenate([ins, outs]))]
            first = int(came + draw.integers(-_NEAR, _NEAR))
            then = max(int(net.time[leaves] + draw.integers(-_NEAR, _NEAR)), first + 1_000_000)
            payers += [draw.choice(innocent), account]
            payees += [account, draw.choice(innocent)]
            times += [first, then]
            amounts += [usd, usd * (1 - draw.choice([0, 0.001, 0.01]) * draw.random())]
    ids = pa.array([f"noise {i}" for i in range(len(times))], type=pa.string())
    return _ordered(
        Transfers(
            pa.concat_arrays([net.ids, ids]),
            net.accounts,
            np.concatenate([net.source, np.array(payers, dtype=np.int32)]),
            np.concatenate([net.target, np.array(payees, dtype=np.int32)]),
            np.concatenate([net.time, np.array(times, dtype=np.int64)]),
            np.concatenate([net.amount, np.array(amounts, dtype=np.float64)]),
            net.assets,
            np.concatenate([net.asset, np.full(len(times), -1, dtype=np.int32)]),
        )
    )


def missing(net: Transfers, kept: Flags, share: float, seed: int) -> Transfers:
    """The record without `share` of its transfers, drawn evenly; those of `kept` stay."""
    stays = kept | (np.random.default_rng(seed).random(len(net.time)) >= share)
    return net.taken(np.flatnonzero(stays))


def _ordered(net: Transfers) -> Transfers:
    return net.taken(time_order(net.time, net.source, net.target))
