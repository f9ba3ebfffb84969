from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.keys import among, distinct

KEYS = st.lists(st.integers(-5, 5) | st.integers(-(2**62), 2**62), max_size=30)


@given(KEYS)
def test_each_key_stands_once_in_ascending_order(keys: list[int]) -> None:
    assert distinct(np.array(keys, dtype=np.int64)).tolist() == sorted(set(keys))


@given(KEYS, KEYS)
def test_a_key_stands_among_others_where_it_is_one_of_them(keys: list[int], others: list[int]) -> None:
    those = distinct(np.array(others, dtype=np.int64))
    assert among(np.array(keys, dtype=np.int64), those).tolist() == [key in others for key in keys]
