from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.windows import best_fans, best_rows, chains, quick, sorted_by

STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3), st.integers(1, 9)).filter(
        lambda s: s[1] != s[2]
    ),
    max_size=14,
).map(sorted)


def arrays(steps: list[tuple[int, int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Time, source, target, amount of steps in time order."""
    rows = np.array(steps, dtype=np.int64).reshape(-1, 4)
    return rows[:, 0].copy(), rows[:, 1].astype(np.int32), rows[:, 2].astype(np.int32), rows[:, 3].astype(np.float64)


@given(STEPS, st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_best_windows_are_those_of_counting_every_window(steps: list[tuple[int, int, int, int]], window: int) -> None:
    time, source, target, _ = arrays(steps)
    into = sorted_by(target, 4)
    most, begin, end = best_fans(into.offsets, into.order, source, time, window, 4)
    many, _ = best_rows(into.offsets, into.order, time, window)
    for account in range(4):
        windows = [
            [s for s in steps if s[2] == account and first <= s[0] <= first + window] for first, *_ in steps
        ] or [[]]
        assert most[account] == max(len({payer for _, payer, _, _ in w}) for w in windows)
        assert many[account] == max(len(w) for w in windows)
        here = into.order[begin[account] : end[account]]
        assert len(set(source[here].tolist())) == most[account]
        assert len(here) == 0 or time[here[-1]] - time[here[0]] <= window


@given(STEPS, st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_quick_money_is_that_of_a_queue_of_single_dollars(steps: list[tuple[int, int, int, int]], within: int) -> None:
    time, source, target, amount = arrays(steps)
    into, out = sorted_by(target, 4), sorted_by(source, 4)
    queues: list[list[int]] = [[] for _ in range(4)]
    expected = [0.0] * 4
    for at, payer, payee, usd in steps:
        for _ in range(usd):
            queues[payer] = [came for came in queues[payer] if at - came <= within]
            if queues[payer]:
                queues[payer].pop(0)
                expected[payer] += 1
        queues[payee].extend([at] * usd)
    got = quick(into.offsets, into.order, out.offsets, out.order, time, amount, within)
    assert got.tolist() == pytest.approx(expected)


def test_a_peel_chain_runs_on_while_most_of_the_money_does() -> None:
    # 100 go A > B > C > D; B and C each pay a little aside.
    steps = [(0, 0, 1, 100), (1, 1, 5, 4), (2, 1, 2, 95), (3, 2, 3, 90), (4, 2, 4, 5)]
    time, source, target, amount = arrays(steps)
    out = sorted_by(source, 6)
    skip = np.zeros(6, dtype=np.bool_)
    after, length, followed = chains(source, target, time, amount, skip, out.offsets, out.order, 10, 1.0)
    assert after.tolist() == [2, -1, 3, -1, -1]
    assert length[0] == 3
    assert followed.tolist() == [False, False, True, True, False]


def test_without_a_peel_it_is_no_peel_chain() -> None:
    time, source, target, amount = arrays([(0, 0, 1, 100), (2, 1, 2, 95)])
    out = sorted_by(source, 6)
    after, _, _ = chains(source, target, time, amount, np.zeros(6, dtype=np.bool_), out.offsets, out.order, 10, 1.0)
    assert after.tolist() == [-1, -1]
