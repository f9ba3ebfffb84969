"""Where victims' money goes: an event at a time, with each dollar's origin kept apart, so that truth is known exactly.

An account holds three kinds of money: victims' that is reported, victims' that nobody reports, and other. A hand-over
carries the three in the proportion in which they are held; fees stay behind. Nothing is made or lost:
`received - sent = kept` holds for each account and kind (tests/simulate/test_laundering.py).
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field

from upriver.simulate.dice import Dice
from upriver.simulate.people import Person, Pooled, Victim
from upriver.simulate.presets import Step
from upriver.simulate.rates import Rates
from upriver.simulate.swaps import Swaps
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.town import CHAIN

_HOUR = 3_600
_SMALLEST_USD = 15.0
_LANES = 2
# Deposits above these are asked about; money that is carried to cash comes in parts below them.
_ASKED = {"THB": 50_000.0, "CNY": 50_000.0, "USD": 10_000.0}
_INVOICE, _RENT, _INVESTMENT, _LOAN, _FAMILY = 4, 9, 11, 12, 13


@dataclass(slots=True)
class Deposit:
    """One payment of a victim or family: the row it became, and what its report will tell of it."""

    person: Person
    row: int
    kind: str
    reported: bool
    worker: Person


@dataclass(slots=True)
class Moved:
    """Transfers of the story as columns, in the order in which they were made; `local` is in the source's currency."""

    at: list[int] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    target: list[int] = field(default_factory=list)
    local: list[float] = field(default_factory=list)
    usd: list[float] = field(default_factory=list)
    reported: list[float] = field(default_factory=list)
    unreported: list[float] = field(default_factory=list)
    purpose: list[int] = field(default_factory=list)


def typed(local: float, draw: float) -> float:
    """An amount as a person would type it, never above `local`; draw: 0 to 1, how round."""
    unit = (
        100.0
        if draw < 0.3 and local > 2_500
        else 1_000.0
        if draw < 0.42 and local > 25_000
        else 1.0
        if draw < 0.6 and local > 50
        else 0.01
    )
    return round(math.floor(local / unit + 1e-9) * unit, 2)


class Laundering:
    """Runs the whole time of the case; afterwards `moved`, `deposits`, `patterns` and `end_accounts` are filled."""

    def __init__(self, seed: int, cast: Cast, rates: Rates) -> None:
        self.cast, self.rates = cast, rates
        self.dice = Dice(seed, "laundering")
        self.moved = Moved()
        self.deposits: list[Deposit] = []
        self.patterns: list[tuple[str, int, list[int]]] = []
        self.schemes: list[tuple[str, int, list[int]]] = []
        self.held: dict[int, list[float]] = {}
        self.swaps = Swaps(seed, cast)
        self._due: set[int] = set()
        self._queue: list[tuple[int, int, str, tuple[object, ...]]] = []
        self._ticket = itertools.count()
        self._steps = {step.name: step for step in cast.preset.steps}
        self._step_of: dict[int, Step] = {}
        self._companies: dict[int, set[int]] = {}
        for name, pool in cast.pools.items():
            for pooled in pool:
                if name in self._steps:
                    self._step_of[pooled.account] = self._steps[name]
                if pooled.company >= 0:
                    self._companies.setdefault(pooled.account, set()).add(pooled.company)
        self._open: dict[tuple[str, str, int, int], list[Pooled]] = {}
        self._currency = {market.name: market.currency for market in cast.preset.markets}
        for victim in cast.victims:
            self._plan(victim)
        for relative, worker in cast.families:
            self._plan_ransom(relative, worker)
        self._plan_liquidity()
        while self._queue:
            at, _, what, told = heapq.heappop(self._queue)
            if at < cast.end:
                getattr(self, f"_{what}")(at, *told)
        self.swaps.finish(self)

    def _later(self, at: int, what: str, *told: object) -> None:
        heapq.heappush(self._queue, (at, next(self._ticket), what, told))

    # ---- what victims and others put in ----------------------------------------------------------------------
    def _plan(self, victim: Victim) -> None:
        dice, preset = self.dice, self.cast.preset
        count = dice.whole(*preset.payments)
        at = victim.first_contact + int(dice.number(4, 30) * DAY)
        usd = dice.around(preset.payment_usd, 0.7) * 0.6
        worth_in_bank = victim.wallet is None or dice.chance(0.25)
        for number in range(count):
            rail = "collection" if not worth_in_bank or (victim.wallet is not None and dice.chance(0.2)) else "mule"
            told = victim.reports and dice.chance(preset.told)
            self._later(at, "pay", victim, usd, rail, told, number)
            usd *= dice.around(1.12, 0.35)
            at += int(dice.number(1, 12) * DAY) + int(dice.number(0, 9) * _HOUR)

    def _plan_ransom(self, relative: Person, worker: Person) -> None:
        at = self.cast.start + int(self.dice.number(0.2, 0.85) * (self.cast.end - self.cast.start))
        told = self.dice.chance(self.cast.preset.reported)
        for _ in range(self.dice.whole(1, 3)):
            self._later(at, "ransom", relative, worker, self.dice.around(2_600, 0.6), told)
            at += int(self.dice.number(1, 9) * DAY)

    def _plan_liquidity(self) -> None:
        """Own money of the crew: it dilutes what flows through, as it does in life."""
        names = [name for name in ("vendor", "agent", "gather", "trader") if name in self.cast.pools]
        for name in names:
            for pooled in self.cast.pools[name]:
                at = self.cast.start + int(self.dice.number(2, 25) * DAY)
                while at < self.cast.end:
                    self._later(at, "fund", pooled, self.dice.around(900, 0.8))
                    at += int(self.dice.number(15, 45) * DAY)

    def _fund(self, at: int, pooled: Pooled, usd: float) -> None:
        desks = self.cast.town.quarters[pooled.market].exchanges
        self._move(at, int(desks[self.dice.whole(0, len(desks) - 1)]), pooled.account, usd, (0.0, 0.0, 1.0), 0)

    def _pay(self, at: int, victim: Victim, usd: float, rail: str, told: bool, number: int) -> None:
        dice, town = self.dice, self.cast.town
        source, market = victim.account, victim.market
        if rail == "collection" and victim.wallet is not None:
            # The victim buys tokens first: an ordinary top-up and an ordinary withdrawal.
            place = dice.whole(0, 2)
            usd = max(usd, 60.0)
            self._move(
                at - 5 * _HOUR,
                victim.account,
                int(town.quarters[victim.market].exchanges[place]),
                usd * 1.01,
                (0, 0, 1),
                5,
            )
            self._move(
                at - 2 * _HOUR, int(town.quarters[CHAIN].exchanges[place]), victim.wallet, usd * 1.003, (0, 0, 1), 0
            )
            source, market = victim.wallet, CHAIN
        else:
            rail = "mule"
        receiver = self._choose(rail, source, market, at)
        kinds = (1.0, 0.0, 0.0) if told else (0.0, 1.0, 0.0)
        purpose = dice.weighted(((0, 5), (_INVESTMENT, 1), (_LOAN, 1), (_INVOICE, 1)))
        row = self._move(at, source, receiver.account, usd, kinds, purpose)
        self.deposits.append(Deposit(victim.person, row, "investment", told, victim.worker))
        if number < 2 and dice.chance(self.cast.preset.return_share):
            self._later(
                at + int(dice.number(20, 110) * _HOUR),
                "give_back",
                receiver.account,
                source,
                usd * dice.number(0.03, 0.09),
            )

    def _ransom(self, at: int, relative: Person, worker: Person, usd: float, told: bool) -> None:
        account = relative.accounts[0]
        receiver = self._choose("mule", account, self.cast.town.market[account], at)
        kinds = (1.0, 0.0, 0.0) if told else (0.0, 1.0, 0.0)
        row = self._move(at, account, receiver.account, usd, kinds, self.dice.pick((0, _FAMILY)))
        self.deposits.append(Deposit(relative, row, "ransom", told, worker))

    def _give_back(self, at: int, account: int, victim: int, usd: float) -> None:
        """A small return that makes the victim trust: out of what lies there, or out of the crew's own pocket."""
        held = self.held.get(account, [0.0, 0.0, 0.0])
        kinds = (held[0] / sum(held), held[1] / sum(held), held[2] / sum(held)) if sum(held) > usd else (0.0, 0.0, 1.0)
        if sum(held) > usd:
            self._take(account, usd / sum(held))
        self._move(at, account, victim, usd, kinds, 6, arrive=False)

    # ---- hand-overs ------------------------------------------------------------------------------------------
    def _choose(self, step: str, source: int, market: str, at: int, companies: frozenset[int] = frozenset()) -> Pooled:
        """An account of `step` that is in use at `at`, of the same market and company where there is one.

        Each source knows two at a time: crews work in lanes, only services meet everybody.
        """
        place = next(iter(companies)) if len(companies) == 1 else -1
        key = (step, market, at // (5 * DAY), place)
        if key not in self._open:
            pool = self.cast.pools[step]
            for keep in (
                lambda pooled: pooled.market == market,
                lambda pooled: place < 0 or pooled.company in (-1, place),
                lambda pooled: pooled.start <= at <= pooled.end,
            ):
                pool = [pooled for pooled in pool if keep(pooled)] or pool
            self._open[key] = pool
        known = self._open[key]
        place = source * 7_919 + self.dice.whole(0, _LANES - 1) * 104_729
        chosen = known[place % len(known)]
        if chosen.account == source:
            # Nobody pays themselves; a pool has two accounts or more, though not all may be in use.
            others = [pooled for pooled in self.cast.pools[step] if pooled.account != source]
            chosen = others[place % len(others)]
        return chosen

    def _take(self, account: int, share: float) -> None:
        self.held[account] = [kind * (1 - share) for kind in self.held[account]]

    def _arrive(self, at: int, account: int) -> None:
        step = self._step_of.get(account)
        if step is None or not step.to or account in self._due:
            return
        if step.mode == "share":
            # Shares are paid on a fixed day of the month: rent and dividends are regular.
            day = at // DAY + 1
            while (day + account) % 28:
                day += 1
            due = day * DAY + self.dice.whole(2, 12) * _HOUR
        else:
            due = at + max(300, int(self.dice.around(step.hours, 0.7) * _HOUR))
        self._due.add(account)
        self._later(due, "flush", account, step)

    def _flush(self, at: int, account: int, step: Step) -> None:
        self._due.discard(account)
        held = self.held[account]
        total = sum(held)
        if total < _SMALLEST_USD or (step.mode == "keep" and self.dice.chance(0.75)):
            return
        market = self.cast.town.market[account]
        usd = total * (1 - self.dice.number(*step.fee))
        kinds = (held[0] / total, held[1] / total, held[2] / total)
        companies = frozenset(self._companies.get(account, ()))
        if companies and len(companies) > 1:
            companies = frozenset({self.dice.pick(sorted(companies))})
        first = len(self.moved.at)
        if step.mode == "share":
            for name, share in step.to:
                for pooled, part in self._parted(account, name, market, at, companies, usd * share, (1, 2)):
                    self._move(
                        at + self.dice.whole(60, 7_000),
                        account,
                        pooled.account,
                        part,
                        kinds,
                        _RENT if "landlord" in name else 0,
                    )
        elif step.mode == "peel":
            slice_usd = usd * self.dice.number(0.08, 0.25)
            (onward, stay), *exits = step.to
            name = onward if self.dice.chance(stay) else self.dice.weighted(exits)
            self._hand(at, account, name, market, companies, usd - slice_usd, kinds, (1, 1))
            self._hand(
                at + self.dice.whole(60, 900),
                account,
                self.dice.weighted(exits),
                market,
                companies,
                slice_usd,
                kinds,
                (1, 1),
            )
        else:
            if step.layer == "consolidation" and self.dice.chance(0.03) and usd > 400:
                usd = self._round_trip(at, account, step, market, usd, kinds)
                at += 4 * _HOUR
            self._hand(at, account, self.dice.weighted(step.to), market, companies, usd, kinds, step.split)
        made = range(first, len(self.moved.at))
        rows = [row for row in made if self.moved.source[row] == account]
        back = [row for row in made if self.moved.target[row] == account]
        sent = sum(self.moved.usd[row] for row in rows) - sum(self.moved.usd[row] for row in back)
        self.held[account] = [max(0.0, kind * (total - sent) / total) for kind in held]
        if step.mode == "peel":
            self.patterns.append(("peel_chain", account, rows))
        elif len(rows) >= 3 and step.mode == "pass":
            self.patterns.append(("fan_out", account, rows))

    def _parted(
        self,
        account: int,
        name: str,
        market: str,
        at: int,
        companies: frozenset[int],
        usd: float,
        split: tuple[int, int],
    ) -> list[tuple[Pooled, float]]:
        """`usd` cut into a few unequal parts, each with the account of step `name` that takes it."""
        weights = [self.dice.number(0.5, 1.5) for _ in range(self.dice.whole(*split))]
        return [(self._choose(name, account, market, at, companies), usd * weight / sum(weights)) for weight in weights]

    def _hand(
        self,
        at: int,
        account: int,
        name: str,
        market: str,
        companies: frozenset[int],
        usd: float,
        kinds: tuple[float, float, float],
        split: tuple[int, int],
    ) -> None:
        asked = _ASKED.get(self._currency.get(market, ""), 0.0) * self.rates.usd(self._currency.get(market, ""), at)
        if name == "cash" and asked and usd > asked:
            parts = min(9, math.ceil(usd / (asked * 0.93)))
            pooled = self._choose(name, account, market, at, companies)
            rows = [
                self._move(
                    at + part * self.dice.whole(1_200, 9_000),
                    account,
                    pooled.account,
                    usd / parts * self.dice.number(0.96, 1.0),
                    kinds,
                    0,
                )
                for part in range(parts)
            ]
            self.patterns.append(("structuring", account, rows))
            return
        for pooled, part in self._parted(account, name, market, at, companies, usd, split):
            if part >= _SMALLEST_USD:
                later, purpose = at + self.dice.whole(30, 3_600), self.dice.pick((0, 0, 0, _INVOICE))
                desk = self.swaps.choose(name, market, part)
                if desk is None:
                    self._move(later, account, pooled.account, part, kinds, purpose)
                    continue
                row = self._move(later, account, desk.paid, part, kinds, purpose, arrive=False)
                payee, usd_out = self.swaps.cross(desk, self, row, pooled.account)
                self._later(later, "receive", payee, (usd_out * kinds[0], usd_out * kinds[1], usd_out * kinds[2]))

    def _round_trip(
        self, at: int, account: int, step: Step, market: str, usd: float, kinds: tuple[float, float, float]
    ) -> float:
        """Money goes round two peers and comes back, to look like trade; the peers keep nothing."""
        peers = [self._choose(step.name, account, market, at).account for _ in range(2)]
        ring = [account, *peers, account]
        if len(set(ring)) < 3:
            return usd
        rows = []
        for place in range(3):
            row = self._move(
                at + place * self.dice.whole(1_800, 4_000),
                ring[place],
                ring[place + 1],
                usd,
                kinds,
                _INVOICE,
                arrive=False,
            )
            usd = self.moved.usd[row]
            rows.append(row)
        self.patterns.append(("cycle", account, rows))
        return usd

    def _move(
        self,
        at: int,
        source: int,
        target: int,
        usd: float,
        kinds: tuple[float, float, float],
        purpose: int,
        arrive: bool = True,
    ) -> int:
        """Write one transfer down in an amount a person would type, never above `usd`."""
        market = self.cast.town.market[source]
        currency = self._currency.get(market, "USDT")
        rate = self.rates.usd(currency, at)
        local = usd / rate
        local = typed(local, self.dice.number(0, 1))
        usd = local * rate
        moved = self.moved
        for column, value in (
            (moved.at, at),
            (moved.source, source),
            (moved.target, target),
            (moved.purpose, purpose),
        ):
            column.append(value)
        moved.local.append(local)
        moved.usd.append(usd)
        moved.reported.append(usd * kinds[0])
        moved.unreported.append(usd * kinds[1])
        if arrive and (target in self._step_of or kinds[2] < 1):
            self._later(at, "receive", target, (usd * kinds[0], usd * kinds[1], usd * kinds[2]))
        return len(moved.at) - 1

    def plant(self, at: int, source: int, target: int, usd: float, draw: float) -> int:
        """Write down a transfer that carries no victims' money and that nobody in this story hands on."""
        currency = self._currency.get(self.cast.town.market[source], "USDT")
        rate = self.rates.usd(currency, at)
        local = max(typed(usd / rate, draw), 0.01)
        moved = self.moved
        for column, value in ((moved.at, at), (moved.source, source), (moved.target, target), (moved.purpose, 0)):
            column.append(value)
        for amounts, amount in (
            (moved.local, local), (moved.usd, local * rate), (moved.reported, 0.0), (moved.unreported, 0.0),
        ):  # fmt: skip
            amounts.append(amount)
        return len(moved.at) - 1

    def _receive(self, at: int, account: int, kinds: tuple[float, float, float]) -> None:
        """Money is there only when its transfer's time has come: nothing is handed on before."""
        held = self.held.setdefault(account, [0.0, 0.0, 0.0])
        self.held[account] = [old + new for old, new in zip(held, kinds, strict=True)]
        self._arrive(at, account)
