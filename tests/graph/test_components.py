from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.components import components

TIES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14)


def parts(n: int, ties: list[tuple[int, int]]) -> list[int]:
    pairs = np.array(ties, dtype=np.int32).reshape(-1, 2)
    return components(n, pairs[:, 0].copy(), pairs[:, 1].copy()).tolist()


def test_two_ties_that_share_a_node_are_one_part() -> None:
    assert parts(5, [(3, 1), (1, 4)]) == [0, 1, 2, 1, 1]


@given(TIES)
def test_parts_are_those_of_networkx(ties: list[tuple[int, int]]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(12))
    graph.add_edges_from(ties)
    expected = sorted(sorted(part) for part in nx.connected_components(graph))
    label = parts(12, ties)
    assert [[v for v in range(12) if label[v] == k] for k in range(max(label) + 1)] == expected


@given(TIES, st.randoms())
def test_the_order_of_ties_does_not_change_the_numbers(ties: list[tuple[int, int]], random: object) -> None:
    shuffled = [(b, a) for a, b in ties]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert parts(12, ties) == parts(12, shuffled)
