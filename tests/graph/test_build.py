from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.build import directed, encode, undirected

TIES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([0.1, 0.2, 0.7, 3.0])), max_size=30)


def columns(ties: list[tuple[int, int, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b, w = zip(*ties, strict=True) if ties else ((), (), ())
    return np.array(a, dtype=np.int32), np.array(b, dtype=np.int32), np.array(w, dtype=np.float64)


def test_codes_follow_the_sorted_ids_and_nulls_have_none() -> None:
    ids, (left, right) = encode(pa.array(["b", None, "c"]), pa.chunked_array([["c"], ["a", "b"]]))
    assert ids.to_pylist() == ["a", "b", "c"]
    assert left.tolist() == [1, -1, 2]
    assert right.tolist() == [2, 0, 1]
    assert left.dtype == np.int32


def test_columns_without_rows_give_no_codes() -> None:
    ids, (codes,) = encode(pa.array([], type=pa.string()))
    assert len(ids) == 0
    assert len(codes) == 0
    assert undirected(0, codes, codes).n == 0


def test_parallel_ties_add_up_and_a_tie_to_itself_is_left_out() -> None:
    graph = undirected(3, *columns([(0, 1, 1.0), (1, 0, 2.0), (2, 2, 5.0)]))
    assert graph.offsets.tolist() == [0, 1, 2, 2]
    assert graph.neighbours.tolist() == [1, 0]
    assert graph.weights.tolist() == [3.0, 3.0]


def test_direction_is_kept_where_it_is_asked_for() -> None:
    graph = directed(2, *columns([(0, 1, 1.0), (1, 0, 2.0)]))
    assert graph.weights.tolist() == [1.0, 2.0]


@given(TIES, st.randoms())
def test_the_order_of_rows_changes_no_bit_of_a_graph(ties: list[tuple[int, int, float]], random: object) -> None:
    shuffled = ties.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = undirected(6, *columns(ties)), undirected(6, *columns(shuffled))
    assert one.neighbours.tolist() == other.neighbours.tolist()
    assert one.weights.tobytes() == other.weights.tobytes()
