from __future__ import annotations

from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.annealing import ORDER, RAID, UNTIL, annealed, cost
from upriver.graph.build import Graph, undirected
from upriver.graph.dismantle import by_betweenness, dismantle, largest_after, raid, reinsert
from upriver.plain.ties import read_ties

N = 8
TIES = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda t: t[0] < t[1]), max_size=14, unique=True
)


def built(ties: list[tuple[int, int]], n: int = N) -> Graph:
    rows = np.array(ties, dtype=np.int32).reshape(-1, 2)
    return undirected(n, rows[:, 0], rows[:, 1])


def slow(ties: list[tuple[int, int]], order: list[int]) -> list[int]:
    graph = nx.Graph()
    graph.add_nodes_from(range(N))
    graph.add_edges_from(ties)
    curve = []
    for node in [None, *order]:
        graph.remove_nodes_from([] if node is None else [node])
        curve.append(max((len(part) for part in nx.connected_components(graph)), default=0))
    return curve


@given(TIES, st.permutations(range(N)))
@settings(max_examples=80, deadline=None)
def test_largest_parts_are_those_of_taking_nodes_out_one_by_one(ties: list[tuple[int, int]], order: list[int]) -> None:
    assert largest_after(built(ties), np.array(order, dtype=np.int32)).tolist() == slow(ties, order)


def test_the_bridge_goes_first() -> None:
    # Two triangles joined by node 6.
    ties = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 6), (3, 6)]
    assert by_betweenness(built(ties), 1).tolist() == [6]


def test_a_clique_has_no_path_to_break_and_still_gives_every_node_once() -> None:
    clique = list(combinations(range(4), 2))
    assert sorted(by_betweenness(built(clique, 4), 10).tolist()) == [0, 1, 2, 3]


def test_nodes_that_may_not_be_chosen_are_never_removed() -> None:
    star = [(0, v) for v in range(1, N)]
    allowed = np.arange(N) != 0
    assert 0 not in by_betweenness(built(star), N, allowed=allowed).tolist()


@given(TIES, st.sampled_from([0.15, 0.3, 0.5]))
@settings(max_examples=60, deadline=None)
def test_after_dismantling_no_part_is_larger_than_the_aim(ties: list[tuple[int, int]], share: float) -> None:
    graph = built(ties)
    order = dismantle(graph, share)
    aim = int(np.ceil(share * N))
    assert largest_after(graph, order)[-1] <= aim
    # Nothing in it is superfluous: any single node put back would join too much.
    assert reinsert(graph, order, aim).tolist() == order.tolist()


@given(TIES, st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_a_raid_on_a_small_network_is_the_best_that_can_be(ties: list[tuple[int, int]], k: int) -> None:
    graph = built(ties)
    chosen = raid(graph, k)
    best = min(largest_after(graph, np.array(one, dtype=np.int32))[-1] for one in combinations(range(N), k))
    assert largest_after(graph, chosen.nodes)[-1] == chosen.after == chosen.least == best
    assert chosen.proved
    assert len(set(chosen.nodes.tolist())) == k


@given(TIES, st.permutations(range(N)), st.sampled_from([UNTIL, ORDER]), st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_the_cost_of_an_order_is_what_stands_on_the_way(
    ties: list[tuple[int, int]], order: list[int], goal: int, aim: int
) -> None:
    curve = slow(ties, order)[1:]
    if goal == UNTIL:
        curve = curve[: next(j for j, size in enumerate(curve) if size <= aim) + 1]
    graph = built(ties)
    assert cost(graph.offsets, graph.neighbours, np.array(order, dtype=np.int32), goal, aim) == sum(curve)


@given(TIES, st.sampled_from([UNTIL, ORDER, RAID]), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_annealing_never_ends_worse_than_it_began_and_keeps_to_what_is_allowed(
    ties: list[tuple[int, int]], goal: int, seed: int
) -> None:
    graph, may = built(ties), np.arange(N) != 7
    order = np.array([0, 3, 5], dtype=np.int32)
    found = annealed(graph, order, goal, 2, may, np.arange(N - 1, dtype=np.int32), 300, seed)
    costs = [cost(graph.offsets, graph.neighbours, one, goal, 2) for one in (order, found)]
    assert costs[1] <= costs[0]
    assert len(set(found.tolist())) == 3
    assert 7 not in found.tolist()


def test_a_budget_is_used_up_and_no_more() -> None:
    ties = [(0, v) for v in range(1, 5)] + [(5, 6), (6, 7)]
    order = dismantle(built(ties), budget=3)
    assert len(order) == 3
    assert largest_after(built(ties), order)[-1] == 1
    assert order[0] == 0


def test_who_may_not_be_chosen_stays_in_every_answer() -> None:
    star = [(0, v) for v in range(1, N)]
    allowed = np.arange(N) != 0
    assert 0 not in dismantle(built(star), 0.3, allowed=allowed).tolist()
    assert 0 not in raid(built(star), 2, allowed).nodes.tolist()


def test_a_raid_too_large_to_try_all_sets_says_what_it_has_not_proved() -> None:
    rng = np.random.default_rng(3)
    ends = rng.integers(0, 60, (120, 2)).astype(np.int32)
    graph = undirected(60, ends[:, 0], ends[:, 1])
    found = raid(graph, 12)
    assert found.least <= found.after == largest_after(graph, found.nodes)[-1]
    assert found.after <= largest_after(graph, by_betweenness(graph, 12))[-1]


def test_sampled_paths_and_batches_still_break_a_network_apart() -> None:
    rng = np.random.default_rng(5)
    ends = rng.integers(0, 400, (700, 2)).astype(np.int32)
    graph = undirected(400, ends[:, 0], ends[:, 1])
    order = by_betweenness(graph, graph.n, aim=40, effort=2_000_000)
    assert largest_after(graph, order)[-1] <= 40
    assert len(order) < 1.5 * len(by_betweenness(graph, graph.n, aim=40))


@pytest.mark.shared
def test_orders_reach_the_measured_figures_on_the_meetings_of_a_real_network() -> None:
    ties = read_ties(Path(__file__).parents[2].parent / "shared" / "data" / "network" / "montagna_meetings.csv")
    graph = undirected(len(ties.names), ties.source, ties.target)
    sizes = largest_after(graph, dismantle(graph, budget=20))
    assert (sizes[1:] / sizes[0]).mean() < 0.2827
