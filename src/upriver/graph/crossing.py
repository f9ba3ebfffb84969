"""Money carried across joined legs: each leg is an account of its own, that nobody else pays and that pays nobody else.

So every method carries money across as it does through any account, in time order and with nothing lost, and the
service keeps the rest. Afterwards what a leg held is put back to the service: a leg is never an account of a result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs, summed
from upriver.graph.order import time_order
from upriver.graph.taint import Carried, Moves


@dataclass(frozen=True, slots=True)
class Crossing:
    """Transfers in their new order, with leg `k` as account `n + k`.

    order           place of each transfer before
    source, target  codes per transfer, with legs
    n               accounts as recorded
    first, second   per leg: places of the payment in and of the payment out, in the new order
    service, payer  per leg: the account that was paid, and the one that paid out
    confidence      per leg
    """

    order: Longs
    source: Ints
    target: Ints
    n: int
    first: Longs
    second: Longs
    service: Ints
    payer: Ints
    confidence: Floats

    @property
    def home(self) -> Ints:
        """Per account, with legs: the account of the record at which its money lies."""
        return np.concatenate([np.arange(self.n, dtype=np.int32), self.service])

    def backward(self) -> Crossing:
        """The same read from the end of the record: payees pay payers, and what was paid last is first."""
        last = len(self.order) - 1
        return Crossing(
            self.order[::-1].copy(), self.target[::-1].copy(), self.source[::-1].copy(), self.n, last - self.second,
            last - self.first, self.payer, self.service, self.confidence,
        )  # fmt: skip

    def widened(self, flags: Flags) -> Flags:
        """Flags of accounts, with no leg among them."""
        return np.concatenate([flags, np.zeros(len(self.service), dtype=np.bool_)])

    def through(self, moves: Moves) -> Moves:
        """Moves of the record, in the new order, with legs."""
        room = np.zeros(len(self.service))
        return replace(
            moves, source=self.source, target=self.target, stops=self.widened(moves.stops),
            opening=np.concatenate([moves.opening, room]),
        )  # fmt: skip

    def folded(self, carried: Carried) -> Carried:
        """What was carried, with what legs hold put back to their services; per transfer nothing changes."""
        held, let_go = carried.held[: self.n].copy(), carried.let_go[: self.n].copy()
        np.add.at(held, self.service, carried.held[self.n :])
        np.add.at(let_go, self.service, carried.let_go[self.n :])
        return replace(carried, held=held, let_go=let_go, unseen=carried.unseen[: self.n])

    def surety(self, usd: Floats, entered: Floats) -> Floats:
        """Per transfer: its traced money weighed by the confidence of the legs that it crossed, as a share, 0 to 1.

        usd, entered  as a method gives them. Money that meets in an account is weighed as its mean.
        """
        factor = np.concatenate([np.ones(self.n), self.confidence])
        return _surety(self.source, self.target, usd, entered, factor)

    def across(self, usd: Floats) -> Floats:
        """Per account as recorded: traced money that went on by legs."""
        return summed(self.service, usd[self.second], self.n)


def cross(time: Longs, source: Ints, target: Ints, n: int, first: Longs, second: Longs, confidence: Floats) -> Crossing:
    """Put joined legs between their payments.

    time, source, target   transfers in the order in which they happen, `n` accounts
    first, second          places of the two sides: no transfer twice on one side, time[first] <= time[second]

    The order within an instant is made anew. A leg's account is larger than all others, so that a ring is not opened at
    it, but where legs alone make the ring: its payment in stands before its payment out.
    """
    codes = np.arange(n, n + len(first), dtype=np.int32)
    service, payer = target[first].astype(np.int32), source[second].astype(np.int32)
    source, target = source.copy(), target.copy()
    target[first], source[second] = codes, codes
    order = time_order(time, source, target) if len(first) else np.arange(len(time), dtype=np.int64)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return Crossing(order, source[order], target[order], n, place[first], place[second], service, payer, confidence)


@njit(cache=True)
def _surety(source: Ints, target: Ints, usd: Floats, entered: Floats, factor: Floats) -> Floats:
    sure = np.ones(len(usd))
    got, got_sure = np.zeros(len(factor)), np.zeros(len(factor))
    for i in range(len(usd)):
        if usd[i] <= 0.0:
            continue
        s, t = source[i], target[i]
        carried = usd[i] - entered[i]
        share = got_sure[s] / got[s] if got[s] > 0.0 else 1.0
        sure[i] = min((entered[i] + carried * share) / usd[i], 1.0)
        got[t] += usd[i]
        got_sure[t] += usd[i] * sure[i] * factor[t]
    return sure
