"""How accounts live beside the traced money: what they did before it came, who else pays them, how fast it went on.

Nothing here looks at names, lists of services, equal amounts or the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.order import by_account
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


@dataclass(frozen=True, slots=True)
class Groups:
    """Transfers by their payer and by their payee (order.by_account), and how many different accounts each one pays."""

    paid_by: tuple[Longs, Ints]
    paid_to: tuple[Longs, Ints]
    payees: Longs

    @classmethod
    def of(cls, moves: Moves) -> Groups:
        """They are the same however much of the transfers is traced."""
        n = len(moves.stops)
        paid_by, paid_to = by_account(moves.source, n), by_account(moves.target, n)
        all_of_them = np.ones(len(moves.source), dtype=np.bool_)
        return cls(paid_by, paid_to, _different(*paid_by, moves.target, all_of_them))


def habits(moves: Moves, groups: Groups, usd: Floats, least: float, grace: int, quick: int, fee: float) -> Habits:
    """Read the habits of each account beside a first trace.

    moves  with the time of each transfer
    usd    traced per transfer
    least  share of a transfer that must be traced for it to count as traced
    grace  units of time: what comes so shortly before the traced money is no history
    quick  units of time within which money that is passed on leaves; fee: the share kept at most
    """
    some = (usd > 0.0) & (usd >= least * moves.amount)
    first, before, own = _history(moves.source, moves.target, moves.amount, moves.time, some, len(moves.stops), grace)
    return Habits(
        first,
        before,
        own,
        _different(*groups.paid_to, moves.source, usd < 0.01 * moves.amount),
        groups.payees,
        _different(*groups.paid_to, moves.source, some),
        _passed(moves.target, moves.amount, moves.time, np.where(some, usd, 0.0), *groups.paid_by, quick, fee),
    )


@njit(cache=True)
def _different(offsets: Longs, rows: Ints, other: Ints, counts: Flags) -> Longs:
    """Per account: different others of its transfers that count."""
    found = np.zeros(len(offsets) - 1, dtype=np.int64)
    seen_by = np.full(len(found), -1, dtype=np.int32)
    for a in range(len(found)):
        for i in rows[offsets[a] : offsets[a + 1]]:
            if counts[i] and seen_by[other[i]] != a:
                seen_by[other[i]] = a
                found[a] += 1
    return found


@njit(cache=True)
def _history(
    source: Ints, target: Ints, amount: Floats, time: Longs, some: Flags, n_accounts: int, grace: int
) -> tuple[Longs, Longs, Floats]:
    """Per account: when traced money first came, and before that its transfers and the most it sent unseen."""
    first = np.full(n_accounts, _NEVER)
    for i in range(len(source)):
        if some[i]:
            first[target[i]] = min(first[target[i]], time[i])
    before = np.zeros(n_accounts, dtype=np.int64)
    balance, most = np.zeros(n_accounts), np.zeros(n_accounts)
    for i in range(len(source)):
        s, t = source[i], target[i]
        if time[i] < first[s]:
            balance[s] -= amount[i]
            most[s] = max(most[s], -balance[s])
            before[s] += time[i] + grace < first[s]
        if time[i] < first[t]:
            balance[t] += amount[i]
            before[t] += time[i] + grace < first[t]
    return first, before, most


@njit(cache=True)
def _passed(
    target: Ints, amount: Floats, time: Longs, usd: Floats, offsets: Longs, rows: Ints, quick: int, fee: float
) -> Floats:
    """Per account: share of its traced money that went on at once as one payment.

    offsets, rows  transfers by payer
    """
    n_accounts = len(offsets) - 1
    got, on = np.zeros(n_accounts), np.zeros(n_accounts)
    used = np.zeros(len(target), dtype=np.bool_)
    for i in range(len(target)):
        if usd[i] <= 0.0:
            continue
        a = target[i]
        got[a] += usd[i]
        at = offsets[a] + np.searchsorted(rows[offsets[a] : offsets[a + 1]], i)
        while at < offsets[a + 1] and time[rows[at]] <= time[i] + quick:
            j = rows[at]
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
