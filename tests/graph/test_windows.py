from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import Floats, Ints, Longs
from upriver.graph.windows import best_fans, best_rows, chains, quick, relays, sorted_by

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


def slow_relays(source: Ints, target: Ints, time: Longs, amount: Floats, within: int, fee: float) -> list[int]:
    """The same by looking at every pair, last transfers first."""
    after = [-1] * len(source)
    for i in reversed(range(len(source))):
        if source[i] == target[i]:
            continue
        onward = [j for j in range(i + 1, len(source)) if source[j] == target[i]][:32]
        for j in onward:
            near = (1.0 - fee) * amount[i] <= amount[j] <= amount[i] and time[j] <= time[i] + within
            if near and j not in after and target[j] not in (source[i], target[i]):
                after[i] = j
                break
    return after


MOVES = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3), st.sampled_from([80.0, 95.0, 100.0]))


@given(st.lists(MOVES, max_size=30))
@settings(deadline=None)
def test_relays_are_those_that_looking_at_every_pair_finds(moves: list[tuple[int, int, int, float]]) -> None:
    source = np.array([m[0] for m in moves], dtype=np.int32)
    target = np.array([m[1] for m in moves], dtype=np.int32)
    time = np.cumsum([m[2] for m in moves]).astype(np.int64)
    amount = np.array([m[3] for m in moves])
    out = sorted_by(source, 5)
    after, length, followed = relays(
        source, target, time, amount, np.zeros(5, dtype=bool), out.offsets, out.order, 4, 0.1, 1.0
    )
    assert after.tolist() == slow_relays(source, target, time, amount, 4, 0.1)
    assert followed.tolist() == [i in after for i in range(len(moves))]
    assert length.tolist() == [1 + (length[j] if j >= 0 else 0) for j in after]
