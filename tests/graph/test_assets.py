from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.assets import changes

STEP = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 9), st.integers(0, 2))
STEPS = st.lists(STEP.filter(lambda step: step[0] != step[1]), max_size=15)


def changed(*steps: tuple[int, int, float, int]) -> dict[int, tuple[float, int, int]]:
    """Steps: payer, payee, USD, asset (-1: not known)."""
    source, target, usd, asset = (
        (np.array(column) for column in zip(*steps, strict=True)) if steps else (np.zeros(0),) * 4
    )
    found = changes(
        source.astype(np.int32),
        target.astype(np.int32),
        usd.astype(np.float64),
        asset.astype(np.int32),
        np.ones(4, dtype=np.bool_),
    )
    return {
        int(a): (float(u), int(s), int(b))
        for a, u, s, b in zip(found.account, found.usd, found.sold, found.bought, strict=True)
    }


def test_who_receives_one_asset_and_sends_another_has_changed_it_unseen() -> None:
    assert changed((0, 1, 100, 0), (1, 2, 90, 1))[1] == (90, 0, 1)


def test_who_was_seen_to_receive_both_has_not() -> None:
    assert 1 not in changed((0, 1, 100, 0), (3, 1, 90, 1), (1, 2, 90, 1))


def test_what_came_later_does_not_explain_what_was_sent_before() -> None:
    assert changed((0, 1, 100, 0), (1, 2, 90, 1), (3, 1, 90, 1))[1] == (90, 0, 1)


def test_an_asset_that_is_not_known_may_be_the_one_that_lacks() -> None:
    assert 1 not in changed((0, 1, 100, 0), (3, 1, 90, -1), (1, 2, 90, 1))


def test_who_only_sends_has_changed_nothing() -> None:
    assert 0 not in changed((0, 1, 100, 0))


def test_what_stayed_of_an_asset_is_no_change_of_that_asset() -> None:
    assert 1 not in changed((1, 2, 90, 0), (0, 1, 100, 0))


def test_of_the_asset_most_lacked_and_most_left_the_other_side_is_told() -> None:
    # 0 is lacked by 90 and left by 100; 20 of 1 stayed: 20 may have been changed from 1 to 0.
    assert changed((1, 2, 90, 0), (0, 1, 100, 0), (0, 1, 20, 1))[1] == (20, 1, 0)


@given(STEPS)
def test_each_account_beside_the_most_that_can_flow_between_its_purses(steps: list[tuple[int, int, int, int]]) -> None:
    found = changed(*steps)
    for account in range(4):
        purses: dict[int, int] = {}
        lacked = {0: 0, 1: 0, 2: 0}
        for payer, payee, usd, asset in steps:
            if account == payee:
                purses[asset] = purses.get(asset, 0) + usd
            if account == payer:
                short = max(usd - purses.get(asset, 0), 0)
                lacked[asset] += short
                purses[asset] = purses.get(asset, 0) + short - usd
        ways = nx.DiGraph()
        ways.add_nodes_from(("left", "lacked"))
        for sold, left in purses.items():
            ways.add_edge("left", ("sold", sold), capacity=left)
            for bought in lacked.keys() - {sold}:
                ways.add_edge(("sold", sold), ("bought", bought))
        for bought, short in lacked.items():
            ways.add_edge(("bought", bought), "lacked", capacity=short)
        usd = nx.maximum_flow_value(ways, "left", "lacked")
        assert found.get(account, (0.0,))[0] == usd
        if usd:
            _, sold, bought = found[account]
            assert sold != bought
            assert min(purses[sold], lacked[bought]) > 0
