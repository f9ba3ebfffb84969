from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import Graph, undirected
from upriver.graph.communities import communities, modularity

N = 9
TIES = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 4)).filter(lambda t: t[0] < t[1]),
    min_size=1,
    max_size=16,
    unique_by=lambda t: t[:2],
)


def built(n: int, ties: list[tuple[int, int, int]]) -> tuple[Graph, nx.Graph]:
    rows = np.array(ties, dtype=np.int32).reshape(-1, 3)
    theirs = nx.Graph()
    theirs.add_nodes_from(range(n))
    theirs.add_weighted_edges_from(ties)
    return undirected(n, rows[:, 0], rows[:, 1], rows[:, 2].astype(np.float64)), theirs


def test_two_cliques_with_one_tie_between_them_are_two_groups() -> None:
    graph, _ = built(6, [(0, 1, 1), (0, 2, 1), (1, 2, 1), (3, 4, 1), (3, 5, 1), (4, 5, 1), (2, 3, 1)])
    assert communities(graph).tolist() == [0, 0, 0, 1, 1, 1]


def test_weights_decide_which_side_a_node_is_on() -> None:
    ties = [(0, 1, 5), (1, 2, 1), (2, 3, 5)]
    assert communities(built(4, ties)[0]).tolist() == [0, 0, 1, 1]
    ties = [(0, 1, 1), (1, 2, 9), (2, 3, 1)]
    member = communities(built(4, ties)[0]).tolist()
    assert member[1] == member[2]


def test_people_without_ties_are_groups_of_their_own() -> None:
    none = np.zeros(0, dtype=np.int32)
    assert communities(undirected(3, none, none)).tolist() == [0, 1, 2]


def test_the_club_splits_as_well_as_networkx_splits_it() -> None:
    theirs = nx.karate_club_graph()
    ties = [(a, b, 1) for a, b in theirs.edges]
    graph, unweighted = built(theirs.number_of_nodes(), ties)
    best = max(
        nx.community.modularity(unweighted, nx.community.louvain_communities(unweighted, seed=s)) for s in range(5)
    )
    assert modularity(graph, communities(graph)) > best - 0.02


@given(TIES)
@settings(max_examples=60, deadline=None)
def test_groups_hang_together_and_are_no_worse_than_everyone_alone(ties: list[tuple[int, int, int]]) -> None:
    graph, theirs = built(N, ties)
    member = communities(graph)
    groups = [{v for v in range(N) if member[v] == k} for k in range(max(member) + 1)]
    assert all(nx.is_connected(theirs.subgraph(group)) for group in groups)
    assert modularity(graph, member) == pytest.approx(nx.community.modularity(theirs, groups), abs=1e-12)
    assert modularity(graph, member) >= modularity(graph, np.arange(N, dtype=np.int32)) - 1e-12
    assert member.tolist() == communities(graph).tolist()
