"""How accounts live beside the traced money: what they did before it came, who else pays them, how fast it went on.

Nothing here looks at names, lists of services, equal amounts or the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.taint import CRUMB, Moves

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Habits:
    """Per account.

    first     when traced money first came; the largest integer where it never did
    before    transfers to and from it, up to `grace` before that
    own_usd   before that, the most it sent beyond what it was seen to have: it lived on other money
    payers    different accounts that paid it none of the traced money; payees: different accounts that it paid
    traced    different accounts that paid it traced money
    passed    share of the traced money that went on at once, as one payment of nearly the same amount
    """

    first: Longs
    before: Longs
    own_usd: Floats
    payers: Longs
    payees: Longs
    traced: Longs
    passed: Floats

    def in_words(self, account: int) -> str:
        """Why an account looks as if it had a life of its own."""
        own = self.own_usd[account]
        before = f"had sent {own:,.0f} of other money before" if own > 0.0 else "is open to many"
        return (
            f"lives like a service or a stranger: {before}, {self.payers[account]} other payers, "
            f"{self.payees[account]} payees; passed {self.passed[account]:.0%} on at once"
        )


def habits(moves: Moves, time: Longs, usd: Floats, least: float, grace: int, quick: int, fee: float) -> Habits:
    """Read the habits of each account beside a first trace.

    time   per transfer, in the order of the moves; any integer that grows with time
    usd    traced per transfer
    least  share of a transfer that must be traced for it to count as traced
    grace  units of time: what comes so shortly before the traced money is no history
    quick  units of time within which money that is passed on leaves; fee: the share kept at most
    """
    n = len(moves.stops)
    some = (usd > 0.0) & (usd >= least * moves.amount)
    first = np.full(n, _NEVER, dtype=np.int64)
    np.minimum.at(first, moves.target[some], time[some])
    before = np.bincount(moves.target[time + grace < first[moves.target]], minlength=n)
    before += np.bincount(moves.source[time + grace < first[moves.source]], minlength=n)
    own = _own(moves.source, moves.target, moves.amount, time, first)
    clean = usd < 0.01 * moves.amount
    return Habits(
        first,
        before,
        own,
        _different(moves.target[clean], moves.source[clean], n),
        _different(moves.source, moves.target, n),
        _different(moves.target[some], moves.source[some], n),
        _passed(moves.source, moves.target, moves.amount, time, np.where(some, usd, 0.0), n, quick, fee),
    )


def _different(account: Ints, other: Ints, n: int) -> Longs:
    pairs = np.unique(account.astype(np.int64) * n + other)
    return np.bincount(pairs // max(n, 1), minlength=n)


@njit(cache=True)
def _own(source: Ints, target: Ints, amount: Floats, time: Longs, first: Longs) -> Floats:
    balance, most = np.zeros(len(first)), np.zeros(len(first))
    for i in range(len(source)):
        s, t = source[i], target[i]
        if time[i] < first[s]:
            balance[s] -= amount[i]
            most[s] = max(most[s], -balance[s])
        if time[i] < first[t]:
            balance[t] += amount[i]
    return most


@njit(cache=True)
def _passed(
    source: Ints, target: Ints, amount: Floats, time: Longs, usd: Floats, n_accounts: int, quick: int, fee: float
) -> Floats:
    n = len(source)
    order = np.argsort(source, kind="mergesort")
    offsets = np.zeros(n_accounts + 1, dtype=np.int64)
    for i in range(n):
        offsets[source[i] + 1] += 1
    for a in range(n_accounts):
        offsets[a + 1] += offsets[a]
    got, on = np.zeros(n_accounts), np.zeros(n_accounts)
    used = np.zeros(n, dtype=np.bool_)
    for i in range(n):
        if usd[i] <= 0.0:
            continue
        a = target[i]
        got[a] += usd[i]
        at = offsets[a] + np.searchsorted(order[offsets[a] : offsets[a + 1]], i)
        while at < offsets[a + 1] and time[order[at]] <= time[i] + quick:
            j = order[at]
            if not used[j] and (1.0 - fee) * amount[i] <= amount[j] <= amount[i] * (1.0 + 1e-9):
                used[j] = True
                on[a] += usd[i]
                break
            at += 1
    for a in range(n_accounts):
        if got[a] > 0.0:
            on[a] /= got[a]
    return on


def established(found: Habits, fan: int, others: int, passed: float) -> Flags:
    """Accounts with a life of their own, where a trace ends: a service, or a person that nobody can tell from one.

    It lived on other money before the traced money came and has `others` payers who paid it none of that; or it pays
    and is paid by `fan` and more; and it did not hand `passed` or more of the traced money on at once, as a lent
    account does. An account of the laundering that is fed unseen (a swap) has no payers of its own.
    """
    reached = found.first < _NEVER
    own = (found.own_usd > CRUMB) & (found.payers >= others)
    wide = np.minimum(found.payers, found.payees) >= fan
    flags: Flags = reached & (own | wide) & (found.passed < passed)
    return flags


def likely(found: Habits, meeting: int) -> Flags:
    """Accounts that traced money is likely to have been sent to: new when it came, or where it meets again.

    meeting  different payers of traced money that make a meeting place
    """
    flags: Flags = (found.first < _NEVER) & ((found.before == 0) | (found.traced >= meeting))
    return flags
