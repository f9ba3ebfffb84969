"""Money carried along in time order: how much of each transfer is the money that entered at stated transfers.

The methods see accounts and transfers as codes, in the order in which they happen (order.py). An account passes on
only what had arrived. Nothing is lost: what enters is held, returned or let go, to 1e-9 of it. An account's money is
one pool (pools.py) or a line of lots (lots.py); what both ask of it is in kernel.py.

sources  haircut: Möser, Böhme & Breuker 2014; first in, first out: Anderson, Shumailov & Ahmed 2018 (Clayton's case)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numba import njit

from upriver.graph import kernel, lots, pools
from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.kernel import CRUMB as CRUMB
from upriver.graph.kernel import FAR as FAR

UNSEEN = ("clean", "unknown", "carry")  # what may be made of money that an account was not seen to receive


@dataclass(frozen=True, slots=True)
class Moves:
    """Transfers in the order they happen, and what is known of them and of the accounts.

    source, target  int32 per transfer, never equal
    amount          USD > 0 per transfer
    entry           per transfer: all of it is stolen by evidence; what it carries already is not counted twice
    back            per transfer: it returns money to a victim and is not followed
    stops           per account: what it receives is held, what it sends carries nothing
    opening         USD per account that it held, clean, before the first transfer
    time            per transfer, any integer that grows with time; needed only for the limits of `Cut` in time
    """

    source: Ints
    target: Ints
    amount: Floats
    entry: Flags
    back: Flags
    stops: Flags
    opening: Floats
    time: Longs = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def arrays(self) -> tuple[Ints, Ints, Floats, Flags, Flags, Flags, Floats, Longs]:
        """All of them, in the order in which the kernels take them."""
        return self.source, self.target, self.amount, self.entry, self.back, self.stops, self.opening, self.time

    def only(self, rows: Longs) -> Moves:
        """These transfers alone, between the same accounts."""
        return Moves(
            self.source[rows], self.target[rows], self.amount[rows], self.entry[rows], self.back[rows], self.stops,
            self.opening, self.time[rows] if len(self.time) else self.time,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cut:
    """Where following ends. What is not followed on stays with its account, held, or is let go where it is too small.

    usd     a transfer that carries less is let go
    share   so is one of which less than this share is traced
    hops    transfers from an entry, the fewest by which money came to the account
    unseen  what an account sends beyond what it was seen to have is `clean`; or `unknown`: nothing is followed on
            from it from then; or `carry`: it is traced too, where at least `carry` of all that the account had received
            is traced, and told apart as presumed. Empty: as the method has it, carry for auto and clean for the others
    held    money that lay in an account for longer is not followed on, in the unit of `Moves.time`; 0: no limit.
            By FIFO, LIFO and auto each lot has its age: money that lay too long is paid as if it were clean. Where an
            account is one pool (haircut, taint-first, poison), its age is the time since traced money last came
    span    nothing is followed on longer than this after it entered; 0: no limit. As with hops the account is asked,
            for the newest entry whose money came to it: victims pay at different times, and one date for all would
            follow the first for years and the last not at all
    carry   share, see `unseen`
    """

    usd: float = 0.0
    share: float = 0.0
    hops: int = FAR
    unseen: str = ""
    held: int = 0
    span: int = 0
    carry: float = 0.9


NO_CUT = Cut()


@dataclass(frozen=True, slots=True)
class Carried:
    """The traced money of a method.

    usd       per transfer, entered or carried, without what was let go
    entered   per transfer: new money of it
    hops      per transfer: fewest transfers from an entry to it, 0 for an entry; FAR where it carries nothing
    left      per transfer: share of the sender's traced money that left with it, followed or not (haircut; else empty)
    held      per account at the end
    let_go    per account: left it below the cut
    unseen    per account that traced money can reach: USD sent beyond what it was seen to have
    presumed  per transfer: of `usd`, what its sender was not seen to have (`Cut.unseen` carry; else empty)
    beyond    per account: kernel.HOPS, SPAN, HELD, UNSEEN where it paid and was not followed for that reason, summed
    """

    usd: Floats
    entered: Floats
    hops: Ints
    left: Floats
    held: Floats
    let_go: Floats
    unseen: Floats
    presumed: Floats = field(default_factory=lambda: np.zeros(0))
    beyond: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


def haircut(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Mixed in proportion: a transfer carries the share of its sender's balance that is traced."""
    return run(kernel.HAIRCUT, moves, cut)


def fifo(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """First in, first out: an account pays with the money that has lain longest."""
    return run(kernel.FIFO, moves, cut)


def lifo(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Last in, first out: an account pays with the money that came last."""
    return run(kernel.LIFO, moves, cut)


def poison(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Whatever leaves an account after traced money came is traced in full: a reach, not an amount.

    It counts money many times over, so nothing is conserved: `held` and `let_go` are 0. No other method reaches
    further than it does without a cut.
    """
    found = run(kernel.POISON, moves, cut)
    return replace(found, held=np.zeros(len(found.held)))


def taint_first(moves: Moves, cut: Cut = NO_CUT) -> Carried:
    """Taint first out: an account pays with traced money as long as it holds any."""
    return run(kernel.TAINT_FIRST, moves, cut)


def run(method: int, moves: Moves, cut: Cut) -> Carried:
    """Trace by a method of kernel.py.

    raises  ValueError where a limit in time has no times, or `cut.unseen` names no policy
    """
    n, n_accounts = len(moves.source), len(moves.stops)
    limits = terms(moves, cut, "clean")
    carries = UNSEEN[limits[5]] == "carry"
    # numpy's zeros take memory where they are written, numba's at once.
    accounts, let_go = kernel.rows(n_accounts, kernel.ACCOUNT), np.zeros(n_accounts)
    usd, entered, hops = np.zeros(n), np.zeros(n), np.full(n, FAR, dtype=np.int32)
    left, presumed = np.zeros(n * (method == kernel.HAIRCUT)), np.zeros(n * carries)
    if method in (kernel.FIFO, kernel.LIFO):
        # A transfer splits at most one lot and adds at most one of unseen money; emptied lots are used again.
        ends, held_in = kernel.rows(n_accounts, lots.ENDS), kernel.rows(2 * n + n_accounts + 1, lots.LOT)
        lots.queue(method, *moves.arrays, *limits, accounts, ends, held_in, usd, entered, hops, presumed, let_go)
    else:
        pools.pour(method, *moves.arrays, *limits, accounts, usd, entered, hops, left, presumed, let_go)
    held, unseen, beyond = kernel.told(accounts)
    return Carried(usd, entered, hops, left, held, let_go, unseen, presumed, beyond)


def terms(moves: Moves, cut: Cut, unseen: str) -> kernel.Terms:
    """A cut as the kernels take it; `unseen`: the method's own policy.

    raises  ValueError as `run`
    """
    if (cut.held > 0 or cut.span > 0) and len(moves.time) != len(moves.source):
        raise ValueError("a limit in time needs the time of each transfer (Moves.time)")
    policy = UNSEEN.index(cut.unseen or unseen)
    return cut.usd, cut.share, cut.hops, cut.held, cut.span, policy, cut.carry


@njit(cache=True)
def shortage(source: Ints, target: Ints, amount: Floats, n_accounts: int) -> Floats:
    """USD that each account must have held before the first transfer never to fall below zero."""
    balance, short = np.zeros(n_accounts), np.zeros(n_accounts)
    for i in range(len(source)):
        balance[source[i]] -= amount[i]
        if -balance[source[i]] > short[source[i]] + CRUMB:
            short[source[i]] = -balance[source[i]]
        balance[target[i]] += amount[i]
    return short


@njit(cache=True)
def fate(source: Ints, target: Ints, usd: Floats, left: Floats, back: Flags, value: Floats) -> Floats:
    """Of the money of each transfer, the share that is held at the end where `value` is 1: haircut read backwards.

    usd, left  as `haircut` gives them for the same transfers in the same order
    value      per account, 0 to 1
    returns    per transfer, 0 to 1; money let go or given back counts 0
    """
    worth = value.copy()
    share = np.zeros(len(source))
    for i in range(len(source) - 1, -1, -1):
        if usd[i] > 0.0 and not back[i]:
            share[i] = worth[target[i]]
        s = source[i]
        worth[s] = left[i] * share[i] + (1.0 - left[i]) * worth[s]
    return share


@njit(cache=True)
def still_arrives(source: Ints, target: Ints, usd: Floats, entry: Flags, value: Floats, gone: Flags) -> float:
    """USD of the entries' money that would still end where `value` is 1, were the `gone` accounts to pass nothing on.

    usd  per traced transfer, in time order, as a method carried it; a sender's later transfers share what it then held

    What a gone account was sent stays with it: nobody is thought to find another way, so this is the least left.
    """
    n = len(source)
    held = np.zeros(len(value))
    left, new = np.zeros(n), np.zeros(n)
    for i in range(n):
        s = source[i]
        moved = 0.0
        if held[s] > 0.0:
            left[i] = min(usd[i] / held[s], 1.0)
            moved = left[i] * held[s]
            held[s] -= moved
        if entry[i]:
            new[i] = usd[i] - moved
        held[target[i]] += usd[i]
    worth = value.copy()
    for account in range(len(value)):
        if gone[account]:
            worth[account] = 0.0
    arrives = 0.0
    for i in range(n - 1, -1, -1):
        s = source[i]
        share = worth[target[i]]
        arrives += new[i] * share
        if not gone[s]:
            worth[s] = left[i] * share + (1.0 - left[i]) * worth[s]
    return arrives
