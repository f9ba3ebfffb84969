from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import Floats, directed
from upriver.graph.exchange import answered_share, answered_standing, authority
from upriver.graph.standing import Standing, exponential, standing
from upriver.graph.watching import seen

N = 8
TIES = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 9)).filter(lambda t: t[0] != t[1]),
    max_size=30,
)


def stand(ties: list[tuple[int, int, int]], arcs: bool = False, n: int = N, unit: float = 1.0) -> Standing:
    rows = np.array(ties, dtype=np.int32).reshape(-1, 3)
    return standing(n, rows[:, 0], rows[:, 1], rows[:, 2] * unit, arcs)


def test_who_joins_two_cells_stands_above_who_knows_more_people_in_one() -> None:
    # 0 to 3 all know each other, 5 to 7 too; 4 knows one of each.
    cell = [(a, b, 1) for a in range(4) for b in range(a)] + [(6, 5, 1), (7, 5, 1), (7, 6, 1)]
    score = stand([*cell, (4, 0, 1), (4, 5, 1)]).score
    assert score[4] > score[1]
    assert score[1] == score[2] == score[3]


def test_a_node_of_one_tie_stands_by_whom_it_leads_to() -> None:
    # A star around 0 and a chain 5-6-7: 1 hangs on the centre, 7 on the middle of the chain.
    score = stand([(0, v, 1) for v in (1, 2, 3, 4)] + [(5, 6, 1), (6, 7, 1)]).score
    assert score[0] > score[1] > score[7]
    assert score[6] > score[7] == score[5]


def test_a_list_that_writes_to_all_and_is_never_answered_stands_below_who_is_answered() -> None:
    talks = [(a, b, 3) for a in range(1, 5) for b in range(1, 5) if a != b] + [(v, 5, 1) for v in (1, 2)]
    mail = [*talks, *((0, v, 50) for v in range(1, 8))]
    told = stand(mail, arcs=True)
    assert told.parts["answered"][1] > told.parts["answered"][0]
    assert told.score[1] > told.score[0]


def test_where_nobody_answers_who_sends_orders_stands_first() -> None:
    orders = [(0, 1, 1), (0, 2, 1), (1, 3, 1), (1, 4, 1), (2, 5, 1), (2, 6, 1)]
    told = stand(orders, arcs=True, n=7)
    assert "answered" not in told.parts
    assert told.parts["sending"].argmax() == 0
    assert told.score[1] > told.score[3]


@given(TIES, st.booleans(), st.permutations(range(N)), st.sampled_from([0.01, 1.0, 1e6]))
@settings(max_examples=60, deadline=None)
def test_neither_the_names_nor_the_unit_nor_the_order_of_rows_matters(
    ties: list[tuple[int, int, int]], arcs: bool, names: list[int], unit: float
) -> None:
    score = stand(ties, arcs).score
    renamed = stand([(names[a], names[b], w) for a, b, w in reversed(ties)], arcs, unit=unit).score
    assert renamed[names] == pytest.approx(score, abs=1e-6)
    tied = {v for a, b, _ in ties for v in (a, b)}
    assert all((score[v] > 0) == (v in tied) for v in range(N))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
@settings(max_examples=60)
def test_scores_of_ranks_have_mean_one_and_equals_share(measure: list[int]) -> None:
    values: Floats = np.array(measure, dtype=np.float64)
    scores = exponential(values)
    assert scores.mean() == pytest.approx(1.0)
    for a in range(len(values)):
        for b in range(len(values)):
            assert (scores[a] > scores[b]) == (values[a] > values[b])


def test_ties_that_run_both_ways_are_answered() -> None:
    arcs = directed(3, np.array([0, 1, 1], np.int32), np.array([1, 0, 2], np.int32))
    assert answered_share(arcs) == pytest.approx(2 / 3)
    standing_ = answered_standing(arcs)
    assert standing_[2] < 1e-6 < standing_[0]
    assert authority(arcs)[0] == pytest.approx(authority(arcs)[2])
    nothing = directed(2, np.array([], np.int32), np.array([], np.int32))
    assert answered_share(nothing) == 0.0
    assert answered_standing(nothing).tolist() == authority(nothing).tolist() == [0.0, 0.0]


def test_of_the_ties_about_the_asked_share_is_hidden_and_unevenly() -> None:
    source, target = np.triu_indices(100, 1)
    left, right = source.astype(np.int32), target.astype(np.int32)
    shares, spread = [], []
    for draw in range(20):
        kept = seen(100, left, right, 0.2, np.random.default_rng(draw))
        shares.append(1 - kept.mean())
        of_node = np.bincount(np.r_[left[kept], right[kept]], minlength=100) / 99
        spread.append(of_node.std())
    assert np.mean(shares) == pytest.approx(0.2, abs=0.01)
    assert np.mean(spread) > 1.5 * np.sqrt(0.2 * 0.8 / 99)
    assert seen(100, left, right, 0.0, np.random.default_rng(0)).all()
