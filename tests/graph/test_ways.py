from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.ways import Flow, Traces

# payer, payee, usd, and whether it begins: 2 whole, 1 half, 0 not at all
STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9), st.sampled_from([0, 0, 0, 1, 2])).filter(
        lambda step: step[0] != step[1]
    ),
    max_size=24,
)
Step = tuple[int, int, int, int]


def asked(steps: list[Step], end: int, most: int = 1000) -> Flow:
    rows = np.array(steps, dtype=np.int64).reshape(-1, 4)
    usd = rows[:, 2].astype(np.float64)
    traces = Traces(rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32), usd)
    return traces.flows(usd * rows[:, 3] / 2, [end], most)[end]


def slow_maximum(steps: list[Step], end: int) -> float:
    """The network written out: one node for every account at every event."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["in", "out"])
    for account in range(6):
        for event in range(len(steps)):
            graph.add_edge((account, event), (account, event + 1))  # waits, without limit
    for event, (payer, payee, usd, begins) in enumerate(steps):
        if payer == end:
            continue
        middle = ("transfer", event)
        graph.add_edge("in", middle, capacity=usd * begins / 2)
        graph.add_edge((payer, event), middle, capacity=usd - usd * begins / 2)
        graph.add_edge(middle, "out" if payee == end else (payee, event + 1), capacity=usd)
    return float(nx.maximum_flow_value(graph, "in", "out"))


def greedy(steps: list[Step], end: int, most: int) -> list[float]:
    """Back from the end, each time along the largest transfer, as the ways once were found."""
    rest = [float(step[2]) for step in steps]
    widths: list[float] = []
    while len(widths) < most:
        way: list[int] = []
        account, before = end, len(steps)
        while not way or steps[way[-1]][3] != 2:
            came = [i for i in range(before) if steps[i][1] == account and rest[i] > 0 and steps[i][0] != end]
            if not came:
                way = []
                break
            best = max(came, key=lambda i: (rest[i], -i))
            way.append(best)
            account, before = steps[best][0], best
        if not way:
            break
        widths.append(min(rest[i] for i in way))
        for i in way:
            rest[i] -= widths[-1]
    return widths


def test_money_waits_but_does_not_leave_before_it_came() -> None:
    # 1 pays 3 before it is paid by 0: nothing. Then 60 wait there until the last payment.
    found = asked([(1, 3, 60, 0), (0, 1, 60, 2), (0, 2, 40, 2), (2, 3, 30, 0), (1, 3, 60, 0)], 3)
    assert [(way.usd, list(way.transfers)) for way in found.ways] == [(60.0, [1, 4]), (30.0, [2, 3])]
    assert (found.usd, found.whole) == (90.0, True)


def test_a_first_choice_is_rerouted_where_more_can_come() -> None:
    # The widest way, 0 > 1 > 2 > 3, blocks both narrow ones; together these carry more.
    steps = [(0, 1, 5, 2), (4, 2, 4, 2), (1, 2, 5, 0), (1, 3, 4, 0), (2, 3, 5, 0)]
    found = asked(steps, 3)
    assert found.usd == 9.0
    assert sum(way.usd for way in found.ways) == 9.0
    assert [(way.usd, list(way.transfers)) for way in asked(steps, 3, most=1).ways] == [(5.0, [0, 2, 4])]


def test_one_victims_money_is_asked_for_alone() -> None:
    # 0 and 1 both pay 2, which pays 3 100 of the 130; of the 30 of victim 1 no more than 30 can stand there.
    both = [(0, 2, 100, 2), (1, 2, 30, 2), (2, 3, 100, 0)]
    assert asked(both, 3).usd == 100.0
    alone = [(0, 2, 100, 0), (1, 2, 30, 2), (2, 3, 100, 0)]
    assert [(way.usd, list(way.transfers)) for way in asked(alone, 3).ways] == [(30.0, [1, 2])]


def test_money_that_comes_back_is_no_longer_way() -> None:
    found = asked([(0, 1, 10, 2), (1, 2, 10, 0), (2, 1, 10, 0), (1, 3, 10, 0)], 3)
    assert [(way.usd, list(way.transfers)) for way in found.ways] == [(10.0, [0, 3])]
    # The first payment is where it entered: coming back to its payer is no loop.
    found = asked([(1, 0, 8, 1), (0, 1, 8, 0), (1, 3, 8, 0)], 3)
    assert [(way.usd, list(way.transfers)) for way in found.ways] == [(4.0, [0, 1, 2])]


def test_an_end_that_nothing_reaches_has_no_way() -> None:
    assert asked([(0, 1, 10, 2)], 5) == Flow(0.0, [], True)
    assert asked([(0, 1, 10, 0), (1, 3, 10, 0)], 3) == Flow(0.0, [], True)
    assert asked([], 3) == Flow(0.0, [], True)


def test_without_a_budget_the_flow_is_said_not_to_be_proved() -> None:
    traces = Traces(np.array([0, 1], dtype=np.int32), np.array([1, 2], dtype=np.int32), np.array([10.0, 10.0]))
    begin = np.array([10.0, 0.0])
    assert traces.flows(begin, [2], 1)[2].whole
    found = traces.flows(begin, [2], 1, budget=0)[2]
    assert not found.whole
    assert found.usd == 10.0
    assert [list(way.transfers) for way in found.ways] == [[0, 1]]


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e15])
def test_the_size_of_the_unit_changes_nothing(size: float) -> None:
    usd, begin = np.array([3.0, 2.0, 4.0]) * size, np.array([3.0, 2.0, 0.0]) * size
    traces = Traces(np.array([0, 1, 2], dtype=np.int32), np.array([2, 2, 3], dtype=np.int32), usd)
    found = traces.flows(begin, [3], 5)[3]
    assert found.usd == pytest.approx(4 * size)
    assert [way.usd for way in found.ways] == pytest.approx([3 * size, size])


@given(STEPS)
@settings(max_examples=300, deadline=None)
def test_the_maximum_is_that_of_the_network_written_out(steps: list[Step]) -> None:
    found = asked(steps, 5)
    assert found.whole
    assert found.usd == pytest.approx(slow_maximum(steps, 5), abs=1e-9)
    # Taken apart to the last way, it is all there.
    assert sum(way.usd for way in found.ways) == pytest.approx(found.usd, abs=1e-9)


@given(STEPS, st.integers(1, 4))
@settings(max_examples=300, deadline=None)
def test_ways_respect_time_and_share_no_money(steps: list[Step], most: int) -> None:
    found = asked(steps, 5, most)
    rest = [float(step[2]) for step in steps]
    assert len(found.ways) <= most
    for way in found.ways:
        path = [steps[i] for i in way.transfers]
        assert list(way.transfers) == sorted(set(way.transfers))
        assert path[0][3] > 0
        assert path[-1][1] == 5
        assert all(a[1] == b[0] for a, b in pairwise(path))
        assert len({step[0] for step in path[1:]}) == len(path) - 1
        for i in way.transfers:
            rest[i] -= way.usd
    assert min(rest, default=0.0) >= -1e-9
    widths = [way.usd for way in found.ways]
    assert widths == sorted(widths, reverse=True)


@given(STEPS)
@settings(max_examples=200, deadline=None)
def test_the_ways_carry_no_less_than_walking_back_along_the_largest(steps: list[Step]) -> None:
    steps = [(payer, payee, usd, 2 if begins else 0) for payer, payee, usd, begins in steps]
    walked = greedy(steps, 5, 1000)
    first = asked(steps, 5, 1)
    assert sum(way.usd for way in first.ways) >= sum(walked[:1]) - 1e-9
    assert asked(steps, 5).usd >= sum(walked) - 1e-9
