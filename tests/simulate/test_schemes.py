from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from upriver.simulate.laundering import Laundering
from upriver.simulate.presets import PRESETS, SCALES
from upriver.simulate.rates import Rates
from upriver.simulate.schemes import Schemes
from upriver.simulate.syndicate import Cast
from upriver.simulate.town import Town

SMALL = SCALES["small"]


def story(name: str, seed: int = 5) -> Laundering:
    town = Town(seed, PRESETS[name], SMALL)
    cast = Cast(seed, PRESETS[name], SMALL, town)
    return Laundering(
        seed, cast, Rates(seed, [market.currency for market in PRESETS[name].markets], cast.start, cast.end)
    )


@pytest.fixture(scope="module", params=sorted(PRESETS))
def planted(request: pytest.FixtureRequest) -> tuple[Laundering, int]:
    """A story with its schemes, and how many transfers it had before."""
    told = story(request.param)
    before = len(told.moved.at)
    Schemes(5, told)
    return told, before


def test_every_kind_is_planted_and_none_of_its_money_is_a_victims(planted: tuple[Laundering, int]) -> None:
    told, before = planted
    assert set(Counter(kind for kind, _, _ in told.schemes).values()) == {2}
    assert len({kind for kind, _, _ in told.schemes}) == 11
    assert sum(told.moved.reported[before:]) + sum(told.moved.unreported[before:]) == 0
    assert all(row >= before for _, _, rows in told.schemes for row in rows)


def test_nobody_pays_themselves_and_all_lies_within_the_case(planted: tuple[Laundering, int]) -> None:
    told, before = planted
    moved = told.moved
    assert all(a != b for a, b in zip(moved.source[before:], moved.target[before:], strict=True))
    assert all(told.cast.start <= at <= told.cast.end for at in moved.at[before:])
    assert min(moved.usd[before:]) > 0


def test_a_chain_keeps_its_order_and_hands_on_what_it_got(planted: tuple[Laundering, int]) -> None:
    told, _ = planted
    moved = told.moved
    for kind, account, rows in told.schemes:
        if kind in ("layering", "cycle"):
            assert moved.source[rows[0]] == account
            for row, after in itertools.pairwise(rows):
                assert moved.target[row] == moved.source[after]
                assert moved.at[row] < moved.at[after]
                assert 0.8 * moved.usd[row] < moved.usd[after] <= moved.usd[row] * 1.01
        if kind == "cycle":
            assert moved.target[rows[-1]] == account


def test_amounts_hide_among_those_of_the_town(planted: tuple[Laundering, int]) -> None:
    told, before = planted
    cast = told.cast
    town = cast.town.ordinary(np.random.default_rng(1), cast.start, cast.end, 10_000).usd
    low, high = np.quantile(town, [0.02, 0.999])
    schemes = np.array(told.moved.usd[before:])
    assert np.mean((schemes >= low) & (schemes <= high)) > 0.97


def test_the_same_seed_plants_the_same(planted: tuple[Laundering, int]) -> None:
    told, before = planted
    again = story(next(name for name in PRESETS if PRESETS[name] is told.cast.preset))
    assert len(again.moved.at) == before
    Schemes(5, again)
    assert again.moved == told.moved
    assert again.schemes == told.schemes
