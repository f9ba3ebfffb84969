"""Laundering patterns of others, planted among the town's accounts: none of their money is a victim's of this case.

Amounts are drawn from what firms and people of the town pay each other. For camouflage most accounts are neighbours
with their own ordinary traffic, some money goes aside for shopping, and the parts of a pattern lie at waking hours.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from upriver.simulate.dice import Dice
from upriver.simulate.syndicate import DAY

if TYPE_CHECKING:
    from upriver.simulate.laundering import Laundering

_HOUR = 3_600
# Median and spread of what firms invoice and of what people are paid (town.py): schemes hide among these.
_INVOICES, _WAGES = (4_400.0, 1.25), (520.0, 0.5)
_THRESHOLD_USD = 10_000.0
_EACH = 2  # schemes of each kind in ten thousand transfers; more, though not as many more, in a larger case


class Schemes:
    """Adds its transfers to `laundering.moved` and its patterns to `laundering.schemes`."""

    def __init__(self, seed: int, laundering: Laundering) -> None:
        self.laundering, self.cast = laundering, laundering.cast
        self.dice = Dice(seed, "schemes")
        self._market = ""
        self._used: set[int] = set()
        kinds: dict[str, Callable[[int], tuple[int, list[int]]]] = {
            "fan_in": self._fan_in, "fan_out": self._fan_out, "gather_scatter": self._gather_scatter,
            "cycle": self._cycle, "pass_through": self._pass_through, "layering": self._layering,
            "structuring": self._structuring, "peel_chain": self._peel_chain, "mule_burst": self._mule_burst,
            "bipartite": self._bipartite, "stack": self._stack,
        }  # fmt: skip
        each = max(_EACH, int(_EACH * (self.cast.scale.transfers / 10_000) ** 0.65))
        markets = [market.name for market in self.cast.preset.markets]
        for kind, plant in kinds.items():
            for _ in range(each):
                self._market = self.dice.pick(markets)
                self._used.clear()
                # Late enough for an account to be new, early enough for the last part to be seen.
                start = self.cast.start + int(self.dice.number(0.2, 0.75) * (self.cast.end - self.cast.start))
                account, rows = plant(start)
                laundering.schemes.append((kind, account, rows))

    # ---- what schemes are made of ----------------------------------------------------------------------------
    def _someone(self, fresh: float = 0.15) -> int:
        """Of this market, and not yet in this scheme: a neighbour with ordinary traffic, or an account without."""
        quarter = self.cast.town.quarters[self._market]
        if quarter.reserve and self.dice.chance(fresh):
            return quarter.reserve.pop(0)
        # Neighbours are only borrowed: who is short of them (a small town) meets one in two schemes.
        near = quarter.claimable or [int(account) for account in quarter.people]
        while (account := self.dice.pick(near)) in self._used:
            pass
        self._used.add(account)
        return account

    def _crowd(self, low: int, high: int, fresh: float = 0.15) -> list[int]:
        return [self._someone(fresh) for _ in range(self.dice.whole(low, high))]

    def _usd(self, like: tuple[float, float], least: float = 40.0) -> float:
        while (usd := self.dice.around(*like)) < least:
            pass
        return usd

    def _within(self, start: int, days: float) -> int:
        """A moment at waking hours (UTC+7) of one of the days from `start` on."""
        day = start // DAY + int(self.dice.number(0, days))
        return day * DAY + int(self.dice.number(0, 14) * _HOUR)

    def _move(self, at: int, source: int, target: int, usd: float) -> int:
        return self.laundering.plant(at, source, target, usd, self.dice.number(0, 1))

    def _shop(self, at: int, account: int) -> None:
        """Small change for a shop: no part of the pattern."""
        shops = self.cast.town.quarters[self._market].shops
        self._move(at, account, int(shops[self.dice.whole(0, len(shops) - 1)]), self._usd((16.0, 0.9), 3.0))

    # ---- kinds -----------------------------------------------------------------------------------------------
    def _fan_in(self, start: int) -> tuple[int, list[int]]:
        hub = self._someone()
        rows = [self._move(self._within(start, 6), one, hub, self._usd(_WAGES)) for one in self._crowd(9, 30)]
        self._shop(self._within(start, 6), hub)
        return hub, rows

    def _fan_out(self, start: int) -> tuple[int, list[int]]:
        hub = self._someone()
        rows = [self._move(self._within(start, 6), hub, one, self._usd(_WAGES)) for one in self._crowd(9, 30)]
        self._shop(self._within(start, 6), hub)
        return hub, rows

    def _gather_scatter(self, start: int) -> tuple[int, list[int]]:
        hub, payees = self._someone(), self._crowd(9, 20)
        rows = [self._move(self._within(start, 5), one, hub, self._usd(_WAGES)) for one in self._crowd(9, 20)]
        usd = sum(self.laundering.moved.usd[row] for row in rows) * self.dice.number(0.85, 0.97)
        weights = [self.dice.number(0.5, 1.5) for _ in payees]
        rows += [
            self._move(self._within(start + 5 * DAY, 5), hub, one, usd * weight / sum(weights))
            for one, weight in zip(payees, weights, strict=True)
        ]
        return hub, rows

    def _cycle(self, start: int) -> tuple[int, list[int]]:
        ring, usd, rows, at = self._crowd(3, 6), self._usd(_INVOICES, 1_200), [], self._within(start, 1)
        for place, one in enumerate(ring):
            rows.append(self._move(at, one, ring[(place + 1) % len(ring)], usd))
            usd = self.laundering.moved.usd[rows[-1]] * self.dice.number(0.97, 1.0)
            at += self.dice.whole(2, 20) * _HOUR
            self._shop(at - _HOUR, one)
        return ring[0], rows

    def _pass_through(self, start: int) -> tuple[int, list[int]]:
        account, rows = self._someone(fresh=1.0), []
        for _ in range(self.dice.whole(3, 10)):
            at = self._within(start, 20)
            rows.append(self._move(at, self._someone(), account, self._usd(_WAGES, 350)))
            usd = self.laundering.moved.usd[rows[-1]] * self.dice.number(0.95, 0.99)
            rows.append(self._move(at + int(self.dice.number(0.3, 12) * _HOUR), account, self._someone(), usd))
        return account, rows

    def _layering(self, start: int) -> tuple[int, list[int]]:
        chain, usd, rows, at = self._crowd(5, 9, fresh=0.4), self._usd(_INVOICES, 1_500), [], self._within(start, 1)
        for payer, payee in itertools.pairwise(chain):
            rows.append(self._move(at, payer, payee, usd))
            usd = self.laundering.moved.usd[rows[-1]] * self.dice.number(0.96, 0.995)
            at += int(self.dice.number(0.5, 16) * _HOUR)
            self._shop(at + 2 * _HOUR, payee)
        return chain[0], rows

    def _structuring(self, start: int) -> tuple[int, list[int]]:
        hub, rows = self._someone(), []
        for _ in range(self.dice.whole(4, 12)):
            usd = 0.0
            while not 0.87 * _THRESHOLD_USD < usd < 0.995 * _THRESHOLD_USD:
                usd = self.dice.around(*_INVOICES)
            rows.append(self._move(self._within(start, 6), self._someone(), hub, usd))
        return hub, rows

    def _peel_chain(self, start: int) -> tuple[int, list[int]]:
        chain, usd, rows, at = self._crowd(5, 9, fresh=0.4), self._usd(_INVOICES, 3_000), [], self._within(start, 1)
        for place, (payer, payee) in enumerate(itertools.pairwise(chain)):
            if place:
                rows.append(self._move(at - _HOUR, payer, self._someone(), usd * 0.12 * self.dice.number(0.5, 1.5)))
                usd *= self.dice.number(0.75, 0.9)
            rows.append(self._move(at, payer, payee, usd))
            usd = self.laundering.moved.usd[rows[-1]]
            at += int(self.dice.number(2, 30) * _HOUR)
        return chain[0], rows

    def _mule_burst(self, start: int) -> tuple[int, list[int]]:
        hub, rows = self._someone(), []
        for _ in range(self.dice.whole(6, 15)):
            mule, at = self._someone(fresh=1.0), self._within(start, 5)
            rows.append(self._move(at, self._someone(), mule, self._usd(_WAGES, 200)))
            usd = self.laundering.moved.usd[rows[-1]] * self.dice.number(0.9, 0.97)
            rows.append(self._move(at + int(self.dice.number(0.3, 14) * _HOUR), mule, hub, usd))
        return hub, rows

    def _layer(self, start: int, payers: list[int], payees: list[int], usd: float) -> list[int]:
        """Every payer pays most of the payees, `usd` in all."""
        pairs = [(a, b) for a in payers for b in payees if self.dice.chance(0.9)]
        weights = [self.dice.number(0.5, 1.5) for _ in pairs]
        return [
            self._move(self._within(start, 3), a, b, usd * weight / sum(weights))
            for (a, b), weight in zip(pairs, weights, strict=True)
        ]

    def _bipartite(self, start: int) -> tuple[int, list[int]]:
        payers, payees = self._crowd(4, 7, fresh=0.6), self._crowd(4, 7, fresh=0.6)
        usd = sum(self._usd(_WAGES) for _ in range(len(payers) * len(payees)))
        return payees[0], self._layer(start, payers, payees, usd)

    def _stack(self, start: int) -> tuple[int, list[int]]:
        first, second, third = (self._crowd(4, 6, fresh=0.6) for _ in range(3))
        usd = sum(self._usd(_WAGES) for _ in range(len(first) * len(second)))
        rows = self._layer(start, first, second, usd)
        return second[0], rows + self._layer(start + 3 * DAY, second, third, usd * self.dice.number(0.85, 0.96))
