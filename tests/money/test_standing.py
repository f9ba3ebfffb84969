from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.money.params import MoneyParams
from upriver.money.standing import services, standing
from upriver.money.tracing import Network

DAY = 86_400_000_000
Moves = list[tuple[int, int, int]]


def network(moves: Moves, n: int) -> Network:
    """Moves: day, payer, payee."""
    rows = np.array(sorted(moves), dtype=np.int64).reshape(-1, 3)
    none = np.zeros(len(rows), dtype=bool)
    return Network(
        pa.array([str(k) for k in range(n)]), np.arange(len(rows)), rows[:, 1].astype(np.int32),
        rows[:, 2].astype(np.int32), rows[:, 0] * DAY, np.ones(len(rows)), none, none,
    )  # fmt: skip


def test_who_is_paid_by_many_every_week_is_a_service_and_a_hub_of_one_week_is_not() -> None:
    shop = [(week * 7 + k % 3, 10 + k, 0) for week in range(8) for k in range(8)]
    hub = [(20, 10 + k, 1) for k in range(8)]
    found = services(network(shop + hub, 20), np.zeros(20, dtype=bool), MoneyParams())
    assert np.flatnonzero(found).tolist() == [0]


def test_short_evidence_tells_nothing_of_what_stands() -> None:
    assert not standing(network([(k % 9, 10 + k, 0) for k in range(9)], 20), MoneyParams()).any()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
@settings(deadline=None)
def test_the_share_is_that_of_counting_each_window(moves: Moves) -> None:
    params = MoneyParams(fan=2)
    got = standing(network(moves, 5), params)
    first, last = min(m[0] for m in moves), max(m[0] for m in moves)
    n_windows = (last - first) // 7 + 1
    for account in range(5):
        best = 0
        for own, other in ((2, 1), (1, 2)):
            sides = [
                {m[other] for m in moves if m[own] == account and (m[0] - first) // 7 == week}
                for week in range(n_windows)
            ]
            best = max(best, sum(len(side) >= 2 for side in sides))
        assert got[account] == (best / n_windows if last - first >= 28 else 0)
