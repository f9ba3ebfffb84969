from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.order import time_order

MOVES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 4)).filter(lambda m: m[1] != m[2]), max_size=14
)


def ordered(moves: list[tuple[int, int, int]]) -> list[int]:
    rows = np.array(moves, dtype=np.int64).reshape(-1, 3)
    return time_order(rows[:, 0].copy(), rows[:, 1].astype(np.int32), rows[:, 2].astype(np.int32)).tolist()


def test_within_an_instant_an_account_is_paid_before_it_pays() -> None:
    # C pays D, B pays C, A pays B: all at once, told backwards.
    assert ordered([(7, 2, 3), (7, 1, 2), (7, 0, 1)]) == [2, 1, 0]


def test_equal_transfers_keep_the_order_of_their_ids() -> None:
    assert ordered([(7, 0, 1), (7, 2, 3), (7, 0, 3)]) == [0, 1, 2]


def test_a_ring_within_an_instant_opens_at_its_smallest_account() -> None:
    assert ordered([(7, 2, 0), (7, 1, 2), (7, 0, 1)]) == [2, 1, 0]


def test_an_earlier_time_comes_first_whatever_the_chain() -> None:
    assert ordered([(8, 0, 1), (7, 1, 2)]) == [1, 0]


def acyclic(moves: list[tuple[int, int, int]]) -> bool:
    """Whether no instant holds a ring: leaves are taken off until nothing is left."""
    for instant in {at for at, _, _ in moves}:
        here = {(a, b) for at, a, b in moves if at == instant}
        while here:
            ends = {b for _, b in here} - {a for a, _ in here}
            if not ends:
                return False
            here = {(a, b) for a, b in here if b not in ends}
    return True


@given(MOVES)
def test_every_transfer_stands_once_in_time_order(moves: list[tuple[int, int, int]]) -> None:
    order = ordered(moves)
    assert sorted(order) == list(range(len(moves)))
    assert [moves[i][0] for i in order] == sorted(at for at, _, _ in moves)


@given(MOVES.filter(acyclic))
def test_without_rings_nobody_pays_before_being_paid_in_the_same_instant(moves: list[tuple[int, int, int]]) -> None:
    order = ordered(moves)
    for place, i in enumerate(order):
        later = [moves[j] for j in order[place:]]
        at, payer, _ = moves[i]
        assert all(not (other == at and target == payer) for other, _, target in later)
