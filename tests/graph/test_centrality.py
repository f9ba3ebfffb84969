from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import Graph, directed, undirected
from upriver.graph.centrality import betweenness, brokerage, constraint, degree, pagerank, strength

N = 7
TIES = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 4)).filter(lambda t: t[0] < t[1]),
    max_size=14,
    unique_by=lambda t: t[:2],
)


def built(ties: list[tuple[int, int, int]]) -> tuple[Graph, nx.Graph]:
    rows = np.array(ties, dtype=np.int32).reshape(-1, 3)
    theirs = nx.Graph()
    theirs.add_nodes_from(range(N))
    theirs.add_weighted_edges_from(ties)
    return undirected(N, rows[:, 0], rows[:, 1], rows[:, 2].astype(np.float64)), theirs


def test_the_middle_of_a_star_lies_on_every_path() -> None:
    graph, _ = built([(0, 1, 1), (0, 2, 1), (0, 3, 1)])
    assert betweenness(graph).tolist() == [6, 0, 0, 0, 0, 0, 0]
    assert degree(graph)[0] == 3


def test_a_broker_between_strangers_stands_above_a_member_of_a_clique() -> None:
    # 0, 1, 2 know each other; 3 joins 4 and 5, who do not.
    graph, _ = built([(0, 1, 1), (0, 2, 1), (1, 2, 1), (3, 4, 1), (3, 5, 1)])
    score = brokerage(graph)
    assert score[3] > score[0]
    assert score[6] == 0
    assert np.isnan(constraint(graph)[6])


def test_a_node_taken_out_lies_on_no_path() -> None:
    graph, _ = built([(0, 1, 1), (1, 2, 1), (0, 3, 1), (3, 2, 1)])
    alive = np.ones(N, dtype=np.bool_)
    alive[1] = False
    score = betweenness(graph, alive=alive)
    assert score[1] == 0
    assert score[3] == 2


@given(TIES)
@settings(max_examples=40, deadline=None)
def test_scores_are_those_of_networkx(ties: list[tuple[int, int, int]]) -> None:
    graph, theirs = built(ties)
    between = nx.betweenness_centrality(theirs, normalized=False)
    assert betweenness(graph) == pytest.approx([2 * between[v] for v in range(N)])
    tied = nx.constraint(theirs, weight="weight")
    assert constraint(graph) == pytest.approx([tied[v] for v in range(N)], nan_ok=True)
    assert strength(graph) == pytest.approx([d for _, d in theirs.degree(weight="weight")])
    rank = nx.pagerank(theirs, weight="weight", tol=1e-12, max_iter=1000)
    assert pagerank(graph) == pytest.approx([rank[v] for v in range(N)], abs=1e-7)


def test_reversed_pagerank_is_high_where_orders_flow_out() -> None:
    giver, taker = np.array([0, 0, 1], dtype=np.int32), np.array([1, 2, 3], dtype=np.int32)
    score = pagerank(directed(4, taker, giver))
    assert np.argmax(score) == 0
    assert score.sum() == pytest.approx(1)


def test_samples_are_the_same_for_the_same_seed_and_all_nodes_are_exact() -> None:
    graph, _ = built([(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 4, 1)])
    assert betweenness(graph, samples=3, seed=5).tolist() == betweenness(graph, samples=3, seed=5).tolist()
    assert betweenness(graph, samples=N).tolist() == betweenness(graph).tolist()


def test_a_graph_without_nodes_has_no_scores() -> None:
    none = np.zeros(0, dtype=np.int32)
    empty = undirected(0, none, none)
    assert len(betweenness(empty)) == len(pagerank(empty)) == len(constraint(empty)) == 0
