from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import Graph, undirected
from upriver.graph.dismantle import by_betweenness, dismantle, largest_after, raid, reinsert

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


@given(TIES)
@settings(max_examples=30, deadline=None)
def test_a_raid_is_no_worse_than_the_order_and_seldom_worse_than_the_best(ties: list[tuple[int, int]]) -> None:
    graph = built(ties)
    chosen = raid(graph, 2)
    got = largest_after(graph, chosen)[-1]
    assert got <= largest_after(graph, by_betweenness(graph, 2))[-1]
    best = min(largest_after(graph, np.array(pair, dtype=np.int32))[-1] for pair in combinations(range(N), 2))
    assert got <= best + 1
    assert len(set(chosen.tolist())) == 2


@pytest.mark.shared
def test_orders_reach_the_measured_figures_on_the_meetings_of_a_real_network() -> None:
    import csv
    from pathlib import Path

    path = Path(__file__).parents[2].parent / "shared" / "data" / "network" / "montagna_meetings.csv"
    with path.open(encoding="utf-8") as file:
        ties = [(row["source"], row["target"]) for row in csv.DictReader(file)]
    code = {name: k for k, name in enumerate(sorted({name for tie in ties for name in tie}))}
    graph = built([(code[a], code[b]) for a, b in ties], len(code))
    sizes = largest_after(graph, by_betweenness(graph, 20))
    assert (sizes[1:] / sizes[0]).mean() < 0.31
