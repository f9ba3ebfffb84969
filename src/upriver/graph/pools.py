"""Methods that see an account as one pool: poison, which marks all that leaves it, and taint-first-out.

Both read the same arrays in the same order as the methods of taint.py, and share its stops and cuts.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints
from upriver.graph.taint import CRUMB, FAR, NO_CUT, Carried, Cut, Moves


def poison(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Whatever leaves an account after traced money came is traced in full: a reach, not an amount.

    It counts money many times over, so nothing is conserved: `held` and `let_go` are 0. No other method reaches
    further than it does without a cut.
    """
    return Carried(*_pool(*moves.arrays, cut.usd, cut.share, cut.hops, cut.halt, True))


def taint_first(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Taint first out: an account pays with traced money as long as it holds any."""
    return Carried(*_pool(*moves.arrays, cut.usd, cut.share, cut.hops, cut.halt, False))


@njit(cache=True)
def _pool(
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    cut_usd: float,
    cut_share: float,
    max_hops: int,
    halt: bool,
    poisons: bool,
) -> tuple[Floats, Floats, Ints, Floats, Floats, Floats, Floats]:
    n, n_accounts = len(source), len(stops)
    usd, entered = np.zeros(n), np.zeros(n)
    hops = np.full(n, FAR, dtype=np.int32)
    near = np.full(n_accounts, FAR, dtype=np.int32)
    held, let_go, unseen = np.zeros(n_accounts), np.zeros(n_accounts), np.zeros(n_accounts)
    balance = opening.copy()
    halted = stops.copy()
    for i in range(n):
        s, t, x = source[i], target[i], amount[i]
        short = x - balance[s]
        if not halted[s] and short > CRUMB:
            unseen[s] += short
            if halt and near[s] < FAR and not entry[i]:
                halted[s] = True
        carried = 0.0
        if not halted[s] and near[s] < max_hops:
            if poisons:
                carried = x
            else:
                carried = min(held[s], x)
                held[s] -= carried
        balance[s] = max(balance[s] - x, 0.0)
        balance[t] += x
        hop = near[s]
        if entry[i]:
            entered[i] = x - carried
            carried = x
            hop = 0
        elif carried < cut_usd or carried < cut_share * x:
            if not poisons:
                let_go[s] += carried
            carried = 0.0
        if carried > 0.0:
            usd[i] = carried
            hops[i] = hop
            if not back[i]:
                near[t] = min(near[t], hop + 1)
                if not poisons:
                    held[t] += carried
    return usd, entered, hops, np.empty(0), held, let_go, unseen
