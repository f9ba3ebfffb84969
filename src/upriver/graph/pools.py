"""Methods that see an account as one pool: haircut, which mixes, poison, and taint-first-out.

Every account is looked at, also those that traced money cannot reach: whether it can is known at each transfer, and a
branch that the processor cannot foresee costs more than the work that it saves.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.kernel import AHEAD, CARRY, CLEAN, CRUMB, FAR, HAIRCUT, HELD, POISON, arrive, followed, may_pay
from upriver.graph.prefetch import prefetch


@njit(cache=True, error_model="numpy")
def pour(
    method: int,
    source: Ints,
    target: Ints,
    amount: Floats,
    entry: Flags,
    back: Flags,
    stops: Flags,
    opening: Floats,
    time: Longs,
    least_usd: float,
    least_share: float,
    max_hops: int,
    longest: int,
    span: int,
    policy: int,
    carry: float,
    accounts: NDArray[np.void],
    usd: Floats,
    entered: Floats,
    hops: Ints,
    left: Floats,
    presumed: Floats,
    let_go: Floats,
) -> None:
    """Trace by one method; what it finds is written into the arrays from `accounts` on (taint.Carried)."""
    n, n_accounts = len(source), len(stops)
    got = np.zeros((n_accounts if policy == CARRY else 0, 2))  # all, traced
    came = np.zeros(n_accounts if longest > 0 else 0, dtype=np.int64)  # traced money, last
    born = np.full(n_accounts if span > 0 else 0, np.iinfo(np.int64).min)  # the newest entry whose money came
    timed = longest > 0 or span > 0
    limited = timed or policy != CLEAN or max_hops < FAR
    for a in range(n_accounts):
        accounts[a].near, accounts[a].passes, accounts[a].balance = FAR, not stops[a], opening[a]
    for i in range(n):
        if i + AHEAD < n:
            prefetch(accounts, np.int64(source[i + AHEAD]))
            prefetch(accounts, np.int64(target[i + AHEAD]))
        s, t, x, enters = source[i], target[i], amount[i], entry[i]
        payer, payee = accounts[s], accounts[t]
        hop, short, gap, now = payer.near, x - payer.balance, 0.0, 0
        # A choice between two values is cheaper than a branch that nobody can foresee, here and below.
        payee.reached |= (enters | ((payer.reached != 0) & (payer.passes != 0))) & (not back[i])
        if limited:
            now = time[i] if timed else 0
            carries = policy == CARRY and got[s, 1] > 0.0 and got[s, 1] >= carry * got[s, 0]
            age = now - born[s] if span > 0 else 0
            pays, gap = may_pay(payer, x, enters, carries, age, max_hops, span, policy)
            if longest > 0 and now - came[s] > longest:
                payer.beyond |= HELD if pays and hop < FAR else 0
                pays = False
        else:
            payer.unseen += short if (payer.passes > 0) & (short > CRUMB) else 0.0
            pays = payer.passes > 0
        # An account beyond a limit keeps its traced money while its balance runs down: never more than x.
        if method == POISON:
            carried = x if pays and hop < FAR else 0.0
        else:
            share = 1.0 if short > -CRUMB or method != HAIRCUT else x / payer.balance
            carried = min(payer.held * share, x) if pays else 0.0
            if method == HAIRCUT:
                left[i] = carried / payer.held if carried > 0.0 else 0.0
            payer.held -= carried
        payer.balance = max(payer.balance - x, 0.0)
        new, gap, total = followed(x, carried, gap, enters, max(least_usd, least_share * x))
        if enters:
            entered[i] = new
            hop = 0
        if gap > 0.0:
            presumed[i] = gap
        if carried > total and method != POISON:
            let_go[s] += carried
        usd[i], hops[i] = total, hop if total > 0.0 else FAR
        onward = total if (carried <= total) & (not back[i]) else 0.0
        arrive(payee, x, onward, hop)
        if limited and span > 0 and onward > 0.0:
            born[t] = max(born[t], now if enters else born[s])
        if limited and longest > 0 and onward > 0.0:
            came[t] = now
        if policy == CARRY:
            got[t, 0] += x
            got[t, 1] += onward
    for a in range(n_accounts):
        if not accounts[a].reached:
            accounts[a].unseen = 0.0
