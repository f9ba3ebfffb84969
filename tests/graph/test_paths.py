from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.paths import rings

STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(5, 12)).filter(lambda s: s[0] != s[1]), max_size=10
)


def arrays(steps: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = np.array(steps, dtype=np.int64).reshape(-1, 3)
    time = np.arange(len(rows), dtype=np.int64) * 10
    return time, rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32), rows[:, 2].astype(np.float64)


def found(steps: list[tuple[int, int, int]], window: int = 1000, skip: set[int] = frozenset(), length: int = 4):  # type: ignore[no-untyped-def,assignment]
    skipped = np.array([a in skip for a in range(5)], dtype=np.bool_)
    return rings(*arrays(steps), skipped, window, length)


def test_a_round_trip_returns_to_its_first_account() -> None:
    assert found([(0, 1, 10), (1, 2, 10), (2, 0, 9)]) == [[0, 1, 2]]


def test_money_cannot_leave_before_it_came() -> None:
    assert found([(2, 0, 9), (1, 2, 10), (0, 1, 10)]) == []


def test_a_ring_outside_the_window_or_through_a_service_is_none() -> None:
    steps = [(0, 1, 10), (1, 2, 10), (2, 0, 9)]
    assert found(steps, window=15) == []
    assert found(steps, skip={1}) == []


def test_a_much_smaller_payment_back_closes_no_ring() -> None:
    assert found([(0, 1, 10), (1, 0, 5)]) == []


@given(STEPS)
@settings(max_examples=80, deadline=None)
def test_rings_are_those_that_trying_all_orders_finds(steps: list[tuple[int, int, int]]) -> None:
    expected = set()
    for length in (2, 3, 4):
        for places in permutations(range(len(steps)), length) if len(steps) >= length else ():
            path = [steps[i] for i in places]
            joined = all(a[1] == b[0] for a, b in pairwise(path)) and path[-1][1] == path[0][0]
            kept = all(0.8 * a[2] <= b[2] <= 1.02 * a[2] for a, b in pairwise(path))
            if joined and kept and list(places) == sorted(places) and len({step[0] for step in path}) == length:
                expected.add(places)
    assert {tuple(ring) for ring in found(steps)} == expected
