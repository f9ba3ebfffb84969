"""The order in which transfers happen, also within one instant."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph.build import Flags, Ints, Longs

_FEW = 16  # transfers that are sorted sooner one by one


@njit(cache=True)
def time_order(time: Longs, source: Ints, target: Ints) -> Longs:
    """Order of the transfers: by time; within one instant an account is paid before it pays.

    Transfers of one instant are sorted by the longest chain of the instant's transfers that leads to their sender, then
    by their place in the input (callers hand them in by transfer_id). Where a chain closes to a ring, it is opened at
    its smallest account. Dates without a time of day make long instants: money then passes through within the day.

    time  any integer that grows with time
    """
    order = np.argsort(time, kind="mergesort")
    settle(order, time, source, target)
    return order


@njit(cache=True)
def settle(order: Longs, time: Longs, source: Ints, target: Ints) -> None:
    """Put the transfers of each instant in order in place, as `time_order` has it; `order` is by time."""
    n_accounts = 0
    for i in range(len(source)):
        n_accounts = max(n_accounts, source[i] + 1, target[i] + 1)
    waits = np.zeros(n_accounts, dtype=np.int32)
    level = np.zeros(n_accounts, dtype=np.int32)
    done = np.zeros(n_accounts, dtype=np.bool_)
    begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and time[order[end]] == time[order[begin]]:
            end += 1
        if end - begin > 1 and _chained(order, begin, end, source, target, done):
            _instant(order, begin, end, source, target, waits, level, done)
        begin = end


@njit(cache=True)
def sort_instants(order: Longs, time: Longs, key: NDArray[np.uint64]) -> None:
    """Sort the transfers of each instant by their key, in place; equal keys keep their order.

    order, time  transfers and their times, sorted by time
    key          by transfer
    """
    begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and time[end] == time[begin]:
            end += 1
        if end - begin > _FEW:
            here = order[begin:end].copy()
            order[begin:end] = here[np.argsort(key[here], kind="mergesort")]
        else:
            for k in range(begin + 1, end):
                one, at = order[k], k
                while at > begin and key[order[at - 1]] > key[one]:
                    order[at] = order[at - 1]
                    at -= 1
                order[at] = one
        begin = end


@njit(cache=True)
def _chained(order: Longs, begin: int, end: int, source: Ints, target: Ints, done: Flags) -> bool:
    """Whether some account both pays and is paid within the instant; `done` as for `_instant`."""
    for k in range(begin, end):
        done[target[order[k]]] = True
    chained = False
    for k in range(begin, end):
        chained = chained or done[source[order[k]]]
    for k in range(begin, end):
        done[target[order[k]]] = False
    return chained


@njit(cache=True)
def _instant(
    order: Longs, begin: int, end: int, source: Ints, target: Ints, waits: Ints, level: Ints, done: Flags
) -> None:
    """Sort the transfers of one instant in place; `waits`, `level`, `done`: working space, clean before and after."""
    here = order[begin:end].copy()
    payers = np.unique(source[here])
    by_payer = here[np.argsort(source[here], kind="mergesort")]
    starts = np.searchsorted(source[by_payer], payers)
    for i in here:
        waits[target[i]] += 1
    ready = np.empty(len(payers), dtype=np.int64)  # positions in payers
    n_ready = 0
    for k in range(len(payers)):
        if waits[payers[k]] == 0:
            ready[n_ready] = k
            done[payers[k]] = True
            n_ready += 1
    taken, smallest = 0, 0
    while taken < len(payers):
        if taken == n_ready:  # a ring: open it at its smallest account
            while done[payers[smallest]]:
                smallest += 1
            ready[n_ready] = smallest
            done[payers[smallest]] = True
            n_ready += 1
        k = ready[taken]
        taken += 1
        stop = starts[k + 1] if k + 1 < len(payers) else len(by_payer)
        for j in range(starts[k], stop):
            account = target[by_payer[j]]
            waits[account] -= 1
            if not done[account]:
                level[account] = max(level[account], level[payers[k]] + 1)
            if waits[account] == 0 and not done[account]:
                place = np.searchsorted(payers, account)
                if place < len(payers) and payers[place] == account:
                    ready[n_ready] = place
                    done[account] = True
                    n_ready += 1
    order[begin:end] = here[np.argsort(level[source[here]], kind="mergesort")]
    for i in here:
        for account in (source[i], target[i]):
            waits[account] = 0
            level[account] = 0
            done[account] = False


@njit(cache=True)
def by_account(account: Ints, n_accounts: int) -> tuple[Longs, Ints]:
    """Transfers by account, in their order: those of `a` are `rows[offsets[a]:offsets[a + 1]]`.

    account  per transfer: its source, or its target
    """
    offsets = np.zeros(n_accounts + 1, dtype=np.int64)
    for a in account:
        offsets[a + 1] += 1
    for a in range(n_accounts):
        offsets[a + 1] += offsets[a]
    place = offsets[:-1].copy()
    rows = np.empty(len(account), dtype=np.int32)
    for i in range(len(account)):
        rows[place[account[i]]] = i
        place[account[i]] += 1
    return offsets, rows
