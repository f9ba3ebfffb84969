"""What every method of following money asks, of accounts that are rows of one line of memory.

A transfer asks three things: may its payer pass money on (stops, limits, gaps in the record); how much of what it pays
is traced (the method: pools.py, lots.py, auto.py); is that enough to be followed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upriver.graph.build import Flags, Floats, Ints, Longs

FAR = 2**30  # hops of an account that no traced money has reached
CRUMB = 1e-9  # USD: a remainder below this is the rounding of a sum, not money
HAIRCUT, TAINT_FIRST, POISON, FIFO, LIFO = range(5)
CLEAN, UNKNOWN, CARRY = range(3)
HOPS, SPAN, HELD, UNSEEN = 1, 2, 4, 8  # why traced money was not followed on from an account

Terms = tuple[float, float, int, int, int, int, float]  # usd, share, hops, held, span, unseen, carry of a Cut

# Two of them lie in one line of memory. near: fewest hops; passes: 1, 0 for a stop, -1 once nothing is followed on;
# reached: traced money can come to it; beyond: HOPS, SPAN, HELD, UNSEEN, where it paid and was not followed.
ACCOUNT = np.dtype(
    [
        ("balance", "f8"), ("held", "f8"), ("unseen", "f8"),
        ("near", "i4"), ("passes", "i1"), ("reached", "i1"), ("beyond", "i2"),
    ]
)  # fmt: skip
AHEAD = 32  # transfers: memory answers within about as many
_LINE = 64  # bytes


@njit(cache=True)
def reach(source: Ints, target: Ints, entry: Flags, back: Flags, stops: Flags) -> Flags:
    """Accounts that traced money can reach by any method, in the order of the transfers."""
    reached = np.zeros(len(stops), dtype=np.bool_)
    for i in range(len(source)):
        if (entry[i] or (reached[source[i]] and not stops[source[i]])) and not back[i]:
            reached[target[i]] = True
    return reached


def within_reach(source: Ints, target: Ints, entry: Flags, back: Flags, stops: Flags) -> Longs:
    """Transfers that can matter to a trace: to or from an account that traced money can reach, or an entry."""
    reached = reach(source, target, entry, back, stops)
    rows: Longs = np.flatnonzero(reached[source] | reached[target] | entry)
    return rows


def told(accounts: NDArray[np.void]) -> tuple[Floats, Floats, Ints]:
    """Held, unseen and beyond, per account."""
    return accounts["held"].copy(), accounts["unseen"].copy(), accounts["beyond"].astype(np.int32)


def rows(n: int, kind: np.dtype[np.void]) -> NDArray[np.void]:
    """Zeros that begin with a line of memory, so that none of them lies on more lines than it must.

    numpy asks for large pages where numba does not: a fifth of the time of a trace.
    """
    room = np.zeros(n * kind.itemsize + _LINE, dtype=np.uint8)
    begin = -room.ctypes.data % _LINE
    return room[begin : begin + n * kind.itemsize].view(kind)


# What every method asks. Rows go in, arrays do not: numba would count who holds them, at every transfer.


@njit(inline="always")
def may_pay(
    payer: Any, x: float, enters: bool, carries: bool, age: int, max_hops: int, span: int, policy: int
) -> tuple[bool, float]:
    """Whether a payer's money is followed; and what of the payment it was not seen to have, taken to be traced.

    carries  it holds almost only traced money, and policy is CARRY; age: of the newest entry whose money came to it
    """
    short, gap = x - payer.balance, 0.0
    # A sum of nothing is cheaper than a branch that nobody can foresee.
    payer.unseen += short if payer.passes > 0 and short > CRUMB else 0.0
    if policy != CLEAN and payer.passes > 0 and short > CRUMB:
        if policy == UNKNOWN and payer.near < FAR and not enters:
            payer.passes = -1
            payer.beyond |= UNSEEN
        elif carries:
            gap = short
    pays = payer.passes > 0
    if max_hops < FAR and pays and max_hops <= payer.near < FAR:
        pays = False
        payer.beyond |= HOPS
    if span > 0 and pays and payer.near < FAR and age > span:
        pays = False
        payer.beyond |= SPAN
    return pays, gap if pays else 0.0


@njit(inline="always")
def followed(x: float, carried: float, gap: float, enters: bool, least: float) -> tuple[float, float, float]:
    """Of a transfer: what is new, what is presumed, and all that is followed; nothing where it is too little."""
    if enters:
        new = max(x - carried, 0.0)
        return new, 0.0, carried + new
    gap = min(gap, max(x - carried, 0.0))
    return (0.0, gap, carried + gap) if carried + gap >= least else (0.0, 0.0, 0.0)


@njit(inline="always")
def arrive(payee: Any, x: float, onward: float, hop: int) -> None:
    """A payee has `x` more, `onward` of it traced and to be followed."""
    payee.balance += x
    payee.held += onward
    payee.near = min(payee.near, hop + 1 if onward > 0.0 else FAR)
