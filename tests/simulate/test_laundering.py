"""Money by origin: nothing is made or lost, and nothing leaves before it came."""

from __future__ import annotations

from collections import defaultdict

import pytest
from tests.simulate.conftest import TINY

from upriver.simulate.laundering import Laundering
from upriver.simulate.presets import PRESETS
from upriver.simulate.rates import Rates
from upriver.simulate.syndicate import Cast
from upriver.simulate.town import Town


@pytest.fixture(params=["border-town", "city-towers"])
def laundering(request: pytest.FixtureRequest) -> Laundering:
    preset = PRESETS[request.param]
    cast = Cast(5, preset, TINY, Town(5, preset, TINY))
    return Laundering(5, cast, Rates(5, [market.currency for market in preset.markets], cast.start, cast.end))


def payers(laundering: Laundering) -> list[int]:
    """Who pays each transfer: the account beyond a bridge pays for the one that was paid."""
    desks = laundering.swaps.accounts()
    return [desks[account].paid if account in desks else account for account in laundering.moved.source]


def test_no_account_sends_more_of_the_victims_money_than_it_received(laundering: Laundering) -> None:
    moved, payer = laundering.moved, payers(laundering)
    deposits = {deposit.row for deposit in laundering.deposits}
    for kind in (moved.reported, moved.unreported):
        balance: defaultdict[int, float] = defaultdict(float)
        for row in range(len(moved.at)):
            balance[moved.target[row]] += kind[row]
            if row not in deposits:
                balance[payer[row]] -= kind[row]
        assert min(balance.values()) > -1e-6
        put_in = sum(kind[row] for row in deposits)
        assert sum(balance.values()) == pytest.approx(put_in, abs=1e-6)


def test_money_does_not_leave_before_it_came(laundering: Laundering) -> None:
    moved, payer = laundering.moved, payers(laundering)
    deposits = {deposit.row for deposit in laundering.deposits}
    balance: defaultdict[int, float] = defaultdict(float)
    order = sorted(range(len(moved.at)), key=lambda row: (moved.at[row], row))
    for row in order:
        if row not in deposits:
            balance[payer[row]] -= moved.reported[row]
        assert balance[payer[row]] > -1e-6 or row in deposits
        balance[moved.target[row]] += moved.reported[row]


def test_victims_money_is_never_more_than_the_transfer_that_carries_it(laundering: Laundering) -> None:
    moved = laundering.moved
    for usd, told, untold in zip(moved.usd, moved.reported, moved.unreported, strict=True):
        assert told + untold <= usd + 1e-9


def test_a_return_to_a_victim_is_smaller_than_what_they_paid(laundering: Laundering) -> None:
    moved, cast = laundering.moved, laundering.cast
    paid: defaultdict[int, float] = defaultdict(float)
    for deposit in laundering.deposits:
        paid[moved.source[deposit.row]] += moved.usd[deposit.row]
    back: defaultdict[int, float] = defaultdict(float)
    for row, target in enumerate(moved.target):
        if cast.layer.get(target) == "victim" and cast.layer.get(moved.source[row]) in ("mule", "collection"):
            back[target] += moved.usd[row]
    assert all(usd < paid[account] for account, usd in back.items())
