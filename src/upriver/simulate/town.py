"""The town around the syndicate: everyone who has an account, and what they do with it on ordinary days.

The syndicate and its victims take their accounts from the same town: most of them shop, draw wages and trade tokens
like their neighbours, so that an account's kind does not show in its number, age or small change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.simulate.dice import Dice, stream
from upriver.simulate.identifiers import luhn, tron
from upriver.simulate.names import Names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from upriver.simulate.presets import Scale, Syndicate

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

CHAIN = "chain"
_POOL = 900


@dataclass(slots=True)
class Rows:
    """Transfers as columns: seconds since 1970 UTC, account indices, USD, purpose code."""

    at: Ints
    source: Ints
    target: Ints
    usd: Floats
    purpose: Ints


@dataclass(slots=True)
class Quarter:
    """The accounts of one market (or of the chain), as indices."""

    people: Ints
    reserve: list[int]
    firms: Ints
    shops: Ints
    exchanges: Ints
    agents: Ints
    decoys: Ints
    claimable: list[int]


# What a purpose code reads as; payers leave most of them empty.
PURPOSES = (
    "",
    "salary",
    "groceries",
    "gift",
    "invoice",
    "top up",
    "withdrawal",
    "remittance",
    "savings club",
    "rent",
    "school fees",
    "investment",
    "loan",
    "for family",
)
_SALARY, _GROCERIES, _GIFT, _INVOICE, _TOP_UP, _WITHDRAWAL, _REMITTANCE, _CLUB = range(1, 9)


class Town:
    """All accounts of a case, by index: `values` (the number), `names` (the holder as the bank writes it)."""

    def __init__(self, seed: int, preset: Syndicate, scale: Scale) -> None:
        self.preset = preset
        self.values: list[str] = []
        self.names: list[str] = []
        self.market: list[str] = []
        self.quarters: dict[str, Quarter] = {}
        self._rng = stream(seed, "town")
        self._dice = Dice(seed, "town")
        self._names = Names(Dice(seed, "town", "names"))
        people = max(1_500, int(scale.transfers * 0.06))
        for market in preset.markets:
            countries = (market.country,) * 3 + market.others
            pool = [self._names.anyone(self._dice.pick(countries)) for _ in range(min(_POOL, people))]
            spelled = [name.native if market.country == "CN" else name.latin for name in pool]
            self._settle(market.name, market.currency, max(260, int(people * market.share)), spelled)
        self._settle(CHAIN, "", max(520, people // 4), [""])
        self.settled = len(self.values)  # accounts that are opened later stand behind these

    def _settle(self, market: str, currency: str, people: int, spelled: list[str]) -> None:
        # Background and reserve accounts are opened together, so that numbers do not tell them apart.
        services = max(1, people // 1_500)
        reserve = people // 4 + 100
        counts = {
            "people": people,
            "reserve": reserve,
            "firms": max(16, people // 6),
            "shops": 12 + 6 * services,
            "exchanges": 3,
            "agents": 3 + services,
            "decoys": 3,
        }
        total = sum(counts.values())
        first = len(self.values)
        self.values += self._numbers(market, currency, total)
        self.market += [market] * total
        names = [spelled[int(draw * len(spelled))] for draw in self._rng.random(total)]
        order = self._rng.permutation(total) + first
        parts: dict[str, Ints] = {}
        for kind, count in counts.items():
            parts[kind], order = order[:count], order[count:]
        self.names += names
        if market != CHAIN:
            for account in parts["firms"]:
                english, chinese = self._names.firm()
                self.names[account] = chinese if currency == "CNY" else english
            self._call(parts["shops"], self._names.listed("shop"))
            self._call(parts["exchanges"], self._names.listed("exchange"))
            self._call(parts["decoys"], self._names.listed("decoy"))
        claimable = [int(account) for account in self._rng.permutation(parts["people"])]
        self.quarters[market] = Quarter(
            people=parts["people"], firms=parts["firms"], shops=parts["shops"], exchanges=parts["exchanges"],
            agents=parts["agents"], decoys=parts["decoys"],
            reserve=[int(account) for account in parts["reserve"]], claimable=claimable,
        )  # fmt: skip

    def _call(self, accounts: Ints, words: list[str]) -> None:
        for place, account in enumerate(accounts):
            number = place // len(words)
            self.names[account] = words[place % len(words)] + (f" {number + 1}" if number else "")

    def _numbers(self, market: str, currency: str, count: int) -> list[str]:
        import numpy as np

        if market == CHAIN:
            salt = self._dice.digits(12)
            return [tron(f"{salt}/{place}".encode()) for place in range(count)]
        low, high = {"THB": (10**9, 10**10), "CNY": (10**15, 10**16)}.get(currency, (10**11, 10**12))
        drawn = np.unique(self._rng.integers(low, high, size=count + count // 50 + 20))
        chosen = self._rng.permutation(drawn)[:count].tolist()
        if currency == "CNY":
            return [luhn(f"62{number}") for number in chosen]
        return [str(number) for number in chosen]

    def claim(self, market: str, holder: str | None = None, fresh: bool = False) -> int:
        """An account for somebody of the story: a neighbour's with ordinary traffic, or a `fresh` one without."""
        quarter = self.quarters[market]
        pool = quarter.reserve if fresh and quarter.reserve else quarter.claimable or quarter.reserve
        account = pool.pop()
        if holder is not None and market != CHAIN:
            self.names[account] = holder
        return account

    def ordinary(self, rng: np.random.Generator, start: int, end: int, count: int) -> Rows:
        """About `count` ordinary transfers in [start, end), unsorted."""
        import numpy as np

        parts: list[Rows] = []
        for name, quarter in self.quarters.items():
            if name == CHAIN:
                parts += self._chain_days(rng, quarter, start, end, int(count * 0.22))
            else:
                share = next(market.share for market in self.preset.markets if market.name == name)
                parts += self._bank_days(rng, quarter, start, end, int(count * 0.78 * share))
        return Rows(*(np.concatenate([getattr(part, column) for part in parts]) for column in Rows.__slots__))

    def _bank_days(self, rng: np.random.Generator, town: Quarter, start: int, end: int, count: int) -> list[Rows]:
        import numpy as np

        def some(share: float) -> int:
            return int(rng.poisson(count * share))

        def of(accounts: Ints, size: int) -> Ints:
            # Square of a uniform draw: some shops and firms are much busier than others.
            return accounts[(rng.random(size) ** 2 * len(accounts)).astype(np.int64)]

        parts: list[Rows] = []

        def add(source: Ints, target: Ints, median: float, spread: float, purpose: int) -> None:
            usd = np.exp(rng.normal(np.log(median), spread, len(source)))
            parts.append(_rows(_moments(rng, start, end, len(source)), source, target, usd, purpose))

        people = town.people
        size = some(0.2)
        add(rng.choice(people, size), of(town.shops, size), 16, 0.9, _GROCERIES)
        size = some(0.15)
        worker = rng.integers(0, len(people), size)
        add(town.firms[(worker * 7) % len(town.firms)], people[worker], 520, 0.5, _SALARY)
        size = some(0.1)
        friend = rng.integers(0, len(people), size)
        add(people[friend], people[(friend * 13 + rng.integers(1, 5, size)) % len(people)], 60, 1.2, _GIFT)
        size = some(0.17)
        # Those who sell from home: paid by many, and no shop by name.
        add(rng.choice(people, size), of(people[: len(people) // 9], size), 45, 1.0, 0)
        size = some(0.26)
        add(of(town.firms, size), of(town.firms, size), 4_400, 1.25, _INVOICE)
        size = some(0.03)
        add(of(town.shops, size), rng.choice(town.firms, size), 900, 1.0, _INVOICE)
        size = some(0.06)
        add(rng.choice(people, size), of(town.exchanges, size), 420, 1.2, _TOP_UP)
        size = some(0.05)
        add(of(town.exchanges, size), rng.choice(people, size), 450, 1.2, _WITHDRAWAL)
        size = some(0.01)
        add(rng.choice(people, size), of(town.decoys, size), 90, 1.2, 0)
        parts += _through(rng, start, end, rng.choice(people, some(0.02)), town.agents, people, 700, 1.1)
        parts += _clubs(rng, start, end, people, some(0.004))
        return parts

    def _chain_days(self, rng: np.random.Generator, chain: Quarter, start: int, end: int, count: int) -> list[Rows]:
        import numpy as np

        people = chain.people
        parts: list[Rows] = []

        def add(source: Ints, target: Ints, median: float, spread: float) -> None:
            usd = np.exp(rng.normal(np.log(median), spread, len(source)))
            parts.append(_rows(_moments(rng, start, end, len(source)), source, target, usd, 0))

        def size(share: float) -> int:
            return int(rng.poisson(count * share))

        def busy(accounts: Ints, many: int) -> Ints:
            return accounts[(rng.random(many) ** 2 * len(accounts)).astype(np.int64)]

        many = size(0.2)
        add(rng.choice(people, many), busy(chain.exchanges, many), 600, 1.3)
        many = size(0.2)
        add(busy(chain.exchanges, many), rng.choice(people, many), 620, 1.3)
        many = size(0.18)
        add(rng.choice(people, many), busy(people[: len(people) // 8], many), 150, 1.4)
        many = size(0.1)
        add(rng.choice(people, many), busy(chain.shops, many), 60, 1.2)
        many = size(0.08)
        add(rng.choice(people, many), busy(chain.decoys, many), 180, 1.3)
        many = size(0.18)
        add(busy(chain.firms, many), busy(chain.firms, many), 4_400, 1.25)
        parts += _through(rng, start, end, rng.choice(people, size(0.04)), chain.agents, people, 900, 1.1)
        parts += _clubs(rng, start, end, people, size(0.005))
        return parts


def _rows(at: Ints, source: Ints, target: Ints, usd: Floats, purpose: int) -> Rows:
    import numpy as np

    kept = (source != target) & (usd >= 0.5)
    return Rows(at[kept], source[kept], target[kept], usd[kept], np.full(int(kept.sum()), purpose))


def _moments(rng: np.random.Generator, start: int, end: int, count: int) -> Ints:
    """Seconds in [start, end): any day, mostly at waking hours of the region (UTC+7)."""
    import numpy as np

    day = 86_400
    days = rng.integers(0, max(1, (end - start) // day), count)
    hours = np.clip(rng.normal(7.0, 4.2, count), -6.9, 16.9)
    moments = start + days * day + (hours * 3600).astype(np.int64) + rng.integers(0, 60, count)
    clipped: Ints = np.clip(moments, start, end - 1)
    return clipped


def _through(
    rng: np.random.Generator,
    start: int,
    end: int,
    payer: Ints,
    agents: Ints,
    people: Ints,
    median: float,
    spread: float,
) -> list[Rows]:
    """Remittance agents: money in, and nearly as much out within hours. Innocent, and looks like a mule."""
    import numpy as np

    count = len(payer)
    usd = np.exp(rng.normal(np.log(median), spread, count))
    agent = rng.choice(agents, count)
    at = _moments(rng, start, end, count)
    later = np.minimum(at + rng.integers(900, 30_000, count), end - 1)
    return [
        _rows(at, payer, agent, usd, _REMITTANCE),
        _rows(later, agent, rng.choice(people, count), usd * rng.uniform(0.965, 0.99, count), _REMITTANCE),
    ]


def _clubs(rng: np.random.Generator, start: int, end: int, people: Ints, count: int) -> list[Rows]:
    """Savings clubs of four: about the same sum goes round in a day or two. Innocent cycles."""
    import numpy as np

    members = rng.integers(0, len(people) - 4, count)
    usd = np.exp(rng.normal(np.log(300), 0.8, count))
    at = _moments(rng, start, end, count)
    parts = []
    for turn in range(4):
        when = np.minimum(at + turn * rng.integers(3_600, 40_000, count), end - 1)
        given = usd * rng.uniform(0.97, 1.0, count)
        parts.append(_rows(when, people[members + turn], people[members + (turn + 1) % 4], given, _CLUB))
    return parts
