"""Swap desks and a bridge: part of what crosses the chain comes out in another token, or on another chain.

Everybody uses them: beside the crew's exchanges stand strangers' at nearly the same time with nearly the same sums, so
that time and value alone do not always tell whose is whose.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from upriver.simulate.dice import Dice
from upriver.simulate.identifiers import ether, tron
from upriver.simulate.town import CHAIN

if TYPE_CHECKING:
    from upriver.simulate.laundering import Laundering
    from upriver.simulate.syndicate import Cast

_HOUR = 3_600
_DAY = 86_400
_NAMES = ("Kestrel Swap", "Blue Lantern Swap", "Longspan Bridge")
_SHARE, _BRIDGED = 0.05, 0.15  # of the crew's larger hand-overs on the chain; of those to desks where the money ends
_LEAST_USD = 250.0
_FIRST_TRX = 0.24


@dataclass(frozen=True, slots=True)
class Desk:
    """A service: the account that is paid, the one that pays out, what it pays in, least and most seconds and fee."""

    name: str
    kind: str
    paid: int
    pays: int
    token: str
    seconds: tuple[int, int]
    fee: tuple[float, float]


@dataclass(slots=True)
class Crossing:
    """A payment in (row of `moved`) and what will be paid out: when, to whom, in the token and in USD."""

    desk: Desk
    row: int
    at: int
    target: int
    local: float
    usd: float
    kinds: tuple[float, float, float]


class Swaps:
    """The desks of a case; afterwards `pairs` has (row in, row out, whether victims' money may be in it)."""

    def __init__(self, seed: int, cast: Cast) -> None:
        self.cast, self.dice = cast, Dice(seed, "swaps")
        self.pairs: list[tuple[int, int, bool]] = []
        self.n_rows = 0
        self._label = f"{seed}/{self.dice.digits(12)}"
        self._crossings: list[Crossing] = []
        self._beyond: dict[int, int] = {}
        quick, slow = (60, 280), (300, 1_500)
        self.desks = [
            Desk(name, "swap", account, account, "TRX", quick, (0.003, 0.009))
            for name in _NAMES[:2]
            for account in [self._open(tron, name)]
        ]
        here, there = self._open(tron, _NAMES[2]), self._open(ether, _NAMES[2])
        self.bridge = Desk(_NAMES[2], "bridge", here, there, "USDT", slow, (0.001, 0.004))
        trx, rate = [], _FIRST_TRX
        walk = Dice(seed, "swaps", "rate")
        self.first_day = cast.start // _DAY - 40
        for _ in range(cast.end // _DAY + 2 - self.first_day):
            rate *= 1 + walk.number(-0.02, 0.02)
            trx.append(round(rate, 6))
        self._trx = trx

    def accounts(self) -> dict[int, Desk]:
        """Account -> the desk that it belongs to."""
        return {account: desk for desk in (*self.desks, self.bridge) for account in (desk.paid, desk.pays)}

    def paid_in(self) -> dict[int, tuple[str, str]]:
        """Account that pays in something else than USDT on Tron -> token and chain."""
        told = {desk.pays: (desk.token, "TRON") for desk in self.desks}
        return told | {self.bridge.pays: (self.bridge.token, "ETHEREUM")}

    def rate_rows(self) -> list[tuple[str, str, float]]:
        """(token, day, USD) as the rate table tells them."""
        days = (date(1970, 1, 1) + timedelta(days=self.first_day + number) for number in range(len(self._trx)))
        return [("TRX", day.isoformat(), usd) for day, usd in zip(days, self._trx, strict=True)]

    def _open(self, form: object, name: str) -> int:
        town = self.cast.town
        label = f"{self._label}/{name}/{len(town.values)}".encode()
        town.values.append(ether(label) if form is ether else tron(label))
        town.names.append("")
        town.market.append(CHAIN)
        return len(town.values) - 1

    def choose(self, step: str, market: str, usd: float) -> Desk | None:
        """The desk that a hand-over to an account of `step` goes through, None for most."""
        if market != CHAIN or usd < _LEAST_USD:
            return None
        if step == "otc_wallet":
            return self.bridge if self.dice.chance(_BRIDGED) else None
        usual = step in ("hop", "second_hop", "gather_wallet", "peel", "swap", "vendor")
        return self.dice.pick(self.desks) if usual and self.dice.chance(_SHARE) else None

    def cross(self, desk: Desk, laundering: Laundering, row: int, target: int) -> tuple[int, float]:
        """Note that what went in by `row` comes out for `target`; who is paid at last, and how much in USD."""
        moved = laundering.moved
        if desk is self.bridge:
            # The same people have a wallet on the other chain.
            if target not in self._beyond:
                self._beyond[target] = self._open(ether, "beyond")
                self.cast.layer[self._beyond[target]] = self.cast.layer.get(target, "otc")
            target = self._beyond[target]
        usd = moved.usd[row]
        kinds = (moved.reported[row] / usd, moved.unreported[row] / usd, 0.0)
        at, local, out = self._paid_out(desk, moved.at[row], usd)
        self._crossings.append(Crossing(desk, row, at, target, local, out, kinds))
        return target, out

    def _paid_out(self, desk: Desk, at: int, usd: float) -> tuple[int, float, float]:
        """When, how many tokens, and what they are worth at the rate of the day: its price of the minute is another."""
        dice = self.dice
        later = at + dice.whole(*desk.seconds)
        out = usd * (1 - dice.number(*desk.fee))
        if desk.token != "TRX":
            return later, round(out, 6), round(out, 6)
        rate = self._trx[later // _DAY - self.first_day]
        local = round(out / rate * (1 + dice.number(-0.002, 0.002)), 6)
        return later, local, local * rate

    def finish(self, laundering: Laundering) -> None:
        """Write down what was paid out, then the strangers' exchanges."""
        moved, before = laundering.moved, len(laundering.moved.at)
        sends: defaultdict[int, list[int]] = defaultdict(list)
        for row, source in enumerate(moved.source):
            sends[source].append(moved.at[row])
        for one in self._crossings:
            # Nobody hands on what has not come: a desk whose customer is in a hurry is quicker.
            soon = min((at for at in sends[one.target] if at > moved.at[one.row]), default=one.at + 1)
            at = max(min(one.at, soon - 1), moved.at[one.row])
            row = _write(laundering, at, one.desk.pays, one.target, one.local, one.usd, one.kinds)
            self.pairs.append((one.row, row, True))
        crew = list(self._crossings)
        for one in crew:
            for _ in range(self.dice.pick((0, 1, 1, 2))):
                usd = moved.usd[one.row] * self.dice.number(0.9, 1.1)
                self._stranger(laundering, one.desk, moved.at[one.row] + self.dice.whole(-_HOUR, _HOUR), usd)
        for desk in (*self.desks, self.bridge):
            for _ in range(int(60 * (self.cast.scale.transfers / 10_000) ** 0.65)):
                at = int(self.dice.number(self.cast.start, self.cast.end - _DAY))
                self._stranger(laundering, desk, at, max(30.0, self.dice.around(600, 1.3)))
        self.n_rows = len(moved.at) - before

    def _neighbour(self) -> int:
        people = self.cast.town.quarters[CHAIN].people
        while (account := int(people[self.dice.whole(0, len(people) - 1)])) in self.cast.layer:
            pass
        return account

    def _stranger(self, laundering: Laundering, desk: Desk, at: int, usd: float) -> None:
        payer = self._neighbour()
        payee = payer if self.dice.chance(0.35) else self._neighbour()
        if desk is self.bridge:
            if payee not in self._beyond:
                self._beyond[payee] = self._open(ether, "beyond")
            payee = self._beyond[payee]
        usd = round(usd, 2)
        at = min(max(at, self.cast.start), self.cast.end - _DAY)
        row = _write(laundering, at, payer, desk.paid, usd, usd, (0.0, 0.0, 1.0))
        later, local, out = self._paid_out(desk, at, usd)
        self.pairs.append((row, _write(laundering, later, desk.pays, payee, local, out, (0.0, 0.0, 1.0)), False))


def _write(
    laundering: Laundering, at: int, source: int, target: int, local: float, usd: float,
    kinds: tuple[float, float, float],
) -> int:  # fmt: skip
    moved = laundering.moved
    for column, value in ((moved.at, at), (moved.source, source), (moved.target, target), (moved.purpose, 0)):
        column.append(value)
    for amounts, amount in (
        (moved.local, local), (moved.usd, usd), (moved.reported, usd * kinds[0]), (moved.unreported, usd * kinds[1]),
    ):  # fmt: skip
        amounts.append(amount)
    return len(moved.at) - 1
