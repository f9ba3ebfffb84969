"""Swap desks and a bridge: what goes in comes out, less and later, in another asset or on another chain."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from tests.simulate.conftest import TINY
from tests.simulate.transfers_seen import rows_of

from upriver.clean.accounts import account
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


def test_what_comes_out_is_a_little_less_and_a_little_later(laundering: Laundering) -> None:
    moved, desks = laundering.moved, laundering.swaps.accounts()
    assert any(crew for _, _, crew in laundering.swaps.pairs)
    for first, second, _ in laundering.swaps.pairs:
        desk = desks[moved.target[first]]
        assert desk is desks[moved.source[second]]
        assert 0 <= moved.at[second] - moved.at[first] <= desk.seconds[1]
        assert 0.98 < moved.usd[second] / moved.usd[first] < 1.0


def test_a_desk_keeps_its_fee_of_the_victims_money_and_no_more(laundering: Laundering) -> None:
    moved = laundering.moved
    kept: defaultdict[str, float] = defaultdict(float)
    put_in: defaultdict[str, float] = defaultdict(float)
    for first, second, _ in laundering.swaps.pairs:
        name = laundering.swaps.accounts()[moved.target[first]].name
        kept[name] += moved.reported[first] - moved.reported[second]
        put_in[name] += moved.reported[first]
    assert all(-1e-9 <= kept[name] <= 0.02 * put_in[name] + 1e-9 for name in put_in)


def test_strangers_exchange_beside_the_crew_and_carry_nothing(laundering: Laundering) -> None:
    moved, cast = laundering.moved, laundering.cast
    strangers = [(first, second) for first, second, crew in laundering.swaps.pairs if not crew]
    assert len(strangers) >= len(laundering.swaps.pairs) / 2
    for first, second in strangers:
        assert moved.reported[first] == moved.unreported[first] == moved.reported[second] == 0
        assert moved.source[first] not in cast.layer


def test_the_desks_are_on_the_list_and_their_rows_tell_token_and_chain(tiny: Path) -> None:
    services = {row["Account"]: row["Kind"] for row in rows_of(tiny / "evidence" / "sites" / "service_list.csv")}
    kinds = Counter(kind for kind in services.values() if kind in ("swap", "bridge"))
    assert kinds == {"swap": 2, "bridge": 2}
    with (tiny / "evidence" / "money" / "swap_desks_export.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Method"] == "transfer"]
    told = {(row["Token"], row["Chain"]) for row in rows if row["From"] in services}
    assert told == {("TRX", "TRON"), ("USDT", "ETHEREUM")}
    beyond = {row["To"] for row in rows if row["Chain"] == "ETHEREUM"}
    assert {read[0] for read in map(account, beyond) if read} == {"eth"}


def test_the_truth_of_legs_names_rows_of_the_evidence(tiny: Path) -> None:
    with (tiny / "evidence" / "money" / "swap_desks_export.csv").open(encoding="utf-8", newline="") as stream:
        seen = {row["Txhash"] for row in csv.DictReader(stream)}
    told = {row[side] for row in rows_of(tiny / "truth" / "legs.csv") for side in ("in_reference", "out_reference")}
    assert told - {""} <= seen
    assert len(told) > 20
