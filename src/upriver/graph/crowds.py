"""Crowds: groups of accounts that all pay the same accounts of another group."""

from __future__ import annotations

import numpy as np
from numba import njit

from upriver.graph.build import Ints, Longs


@njit(cache=True)
def crowds(
    n: int, source: Ints, target: Ints, least: int, cap: int, closed: float
) -> tuple[Longs, Longs, Longs, Longs]:
    """Groups of `least` or more payers that each pay `least` or more of the same payees.

    source, target  distinct ties, sorted by source, then target; codes below n
    cap             accounts with more ties than this on the side looked at are passed by: everybody pays a shop
    closed          share of the group's ties that stay within it, as seen from the payers and from the payees, at least
    returns         payers of all groups, where each group's end; payees of all groups, where each group's end.
                    Groups are found from their payer with the smallest code; a payer stands in one group
    """
    m = len(source)
    out = np.zeros(n + 1, dtype=np.int64)
    into = np.zeros(n + 1, dtype=np.int64)
    for k in range(m):
        out[source[k] + 1] += 1
        into[target[k] + 1] += 1
    for a in range(n):
        out[a + 1] += out[a]
        into[a + 1] += into[a]
    payers_of = np.empty(m, dtype=np.int64)
    place = into[:-1].copy()
    for k in range(m):
        payers_of[place[target[k]]] = source[k]
        place[target[k]] += 1
    shared = np.zeros(n, dtype=np.int64)
    paid = np.zeros(n, dtype=np.int64)
    done = np.zeros(n, dtype=np.bool_)
    payers = np.empty(m + 1, dtype=np.int64)
    payees = np.empty(m + 1, dtype=np.int64)
    payer_ends = np.empty(n, dtype=np.int64)
    payee_ends = np.empty(n, dtype=np.int64)
    n_payers = n_payees = n_groups = 0
    for s in range(n):
        degree = out[s + 1] - out[s]
        if done[s] or degree < least or degree > cap:
            continue
        begin = n_payers
        for k in range(out[s], out[s + 1]):
            t = target[k]
            if into[t + 1] - into[t] > cap:
                continue
            for j in range(into[t], into[t + 1]):
                other = payers_of[j]
                shared[other] += 1
                if shared[other] == least and not done[other] and out[other + 1] - out[other] <= cap:
                    payers[n_payers] = other
                    n_payers += 1
        for k in range(out[s], out[s + 1]):
            t = target[k]
            if into[t + 1] - into[t] <= cap:
                for j in range(into[t], into[t + 1]):
                    shared[payers_of[j]] = 0
        group = np.sort(payers[begin:n_payers])
        first = n_payees
        n_out = 0
        for one in group:
            n_out += out[one + 1] - out[one]
            for k in range(out[one], out[one + 1]):
                t = target[k]
                paid[t] += 1
                if paid[t] == least:
                    payees[n_payees] = t
                    n_payees += 1
        inside = n_in = 0
        for t in payees[first:n_payees]:
            inside += paid[t]
            n_in += into[t + 1] - into[t]
        for one in group:
            for k in range(out[one], out[one + 1]):
                paid[target[k]] = 0
        good = len(group) >= least and n_payees - first >= least
        if not (good and inside >= closed * n_out and inside >= closed * n_in):
            n_payers, n_payees = begin, first
            continue
        payers[begin:n_payers] = group
        payees[first:n_payees] = np.sort(payees[first:n_payees])
        payer_ends[n_groups], payee_ends[n_groups] = n_payers, n_payees
        n_groups += 1
        for one in group:
            done[one] = True
    return payers[:n_payers], payer_ends[:n_groups], payees[:n_payees], payee_ends[:n_groups]
