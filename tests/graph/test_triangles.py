from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import undirected
from upriver.graph.centrality import constraint
from upriver.graph.triangles import constraint_of, triangles

N = 8
TIES = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 5)), max_size=24)


def test_a_node_between_two_pairs_stands_between_two_groups() -> None:
    # 0 is tied to 1, 2 (who know each other) and to 3, 4 (who do too).
    pairs = np.array([(0, 1), (0, 2), (1, 2), (0, 3), (0, 4), (3, 4)], dtype=np.int32)
    found = triangles(undirected(5, pairs[:, 0], pairs[:, 1]))
    assert found.groups.tolist() == [2, 1, 1, 1, 1]
    assert found.common.tolist() == [1] * 12


@given(TIES)
@settings(max_examples=60, deadline=None)
def test_groups_shared_contacts_and_constraint_are_those_of_networkx(ties: list[tuple[int, int, int]]) -> None:
    rows = np.array(ties, dtype=np.int32).reshape(-1, 3)
    graph = undirected(N, rows[:, 0], rows[:, 1], rows[:, 2].astype(np.float64))
    theirs = nx.Graph()
    theirs.add_nodes_from(range(N))
    theirs.add_edges_from((a, b) for a, b, _ in ties if a != b)
    found = triangles(graph)
    for v in range(N):
        assert found.groups[v] == nx.number_connected_components(theirs.subgraph(theirs[v]))
        for k in range(graph.offsets[v], graph.offsets[v + 1]):
            assert found.common[k] == len(set(theirs[v]) & set(theirs[int(graph.neighbours[k])]))
    assert constraint_of(graph, found) == pytest.approx(np.nan_to_num(constraint(graph)))


def test_a_hub_of_many_ties_costs_no_more_than_its_ties() -> None:
    # By the square of its ties it would take an hour.
    n = 300_000
    found = triangles(undirected(n, np.zeros(n - 1, dtype=np.int32), np.arange(1, n, dtype=np.int32)))
    assert found.groups[0] == n - 1
