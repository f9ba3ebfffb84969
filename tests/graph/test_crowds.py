from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.crowds import crowds

Groups = list[tuple[list[int], list[int]]]


def fast(ties: set[tuple[int, int]], least: int, cap: int = 200, closed: float = 0.5, n: int = 12) -> Groups:
    pairs = np.array(sorted(ties), dtype=np.int32).reshape(-1, 2)
    payers, payer_ends, payees, payee_ends = crowds(n, pairs[:, 0].copy(), pairs[:, 1].copy(), least, cap, closed)
    return [
        (ours.tolist(), theirs.tolist())
        for ours, theirs in zip(
            np.split(payers, payer_ends)[:-1], np.split(payees, payee_ends)[:-1], strict=True
        )
    ]  # fmt: skip


def slow(ties: set[tuple[int, int]], least: int, cap: int = 200, closed: float = 0.5, n: int = 12) -> Groups:
    """The same by sets."""
    pays = {a: {t for s, t in ties if s == a} for a in range(n)}
    paid_by = {a: {s for s, t in ties if t == a} for a in range(n)}
    done: set[int] = set()
    groups: Groups = []
    for a in range(n):
        if a in done or not least <= len(pays[a]) <= cap:
            continue
        seen = {t for t in pays[a] if len(paid_by[t]) <= cap}
        ours = {b for b in pays if b not in done and len(pays[b]) <= cap and len(pays[b] & seen) >= least}
        theirs = {t for t in paid_by if len(paid_by[t] & ours) >= least}
        inside = sum(len(pays[b] & theirs) for b in ours)
        enough = len(ours) >= least and len(theirs) >= least
        if enough and inside >= closed * sum(len(pays[b]) for b in ours) and inside >= closed * sum(
            len(paid_by[t]) for t in theirs
        ):  # fmt: skip
            groups.append((sorted(ours), sorted(theirs)))
            done |= ours
    return groups


def every(payers: range, payees: range) -> set[tuple[int, int]]:
    return {(a, b) for a in payers for b in payees}


def test_three_who_pay_the_same_three_are_a_crowd() -> None:
    assert fast(every(range(3), range(3, 6)), 3) == [([0, 1, 2], [3, 4, 5])]
    assert fast(every(range(2), range(3, 6)), 3) == []


def test_shops_that_others_pay_too_make_no_crowd() -> None:
    ties = every(range(3), range(9, 12))
    assert fast(ties | every(range(3, 9), range(9, 11)), 3, closed=0.8) == []
    assert fast(ties, 3, cap=2) == []


@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=60), st.integers(2, 3), st.integers(3, 12),
       st.sampled_from([0.0, 0.4, 0.8]))  # fmt: skip
@settings(deadline=None)
def test_the_kernel_finds_what_the_slow_search_finds(
    ties: set[tuple[int, int]], least: int, cap: int, closed: float
) -> None:
    assert fast(ties, least, cap, closed) == slow(ties, least, cap, closed)
