"""Groups of records: drawn as pairs with bits for a name and for a birth date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upriver.plain.records.cleaned import Feature
from upriver.plain.records.clusters import contradicting, gather
from upriver.plain.records.weights import Weighed

FEATURES = (Feature("given", "given", "given name"), Feature("f1", "birth", "birth date"))
# What each of the two lends: agreement, nothing told, contradiction.
SAYS = {"+": (3, 8.0), " ": (-1, 0.0), "-": (0, -6.0)}
PRIOR = -4.0
Told = dict[tuple[int, int], str]


def weighed(told: Told) -> Weighed:
    """`told`: pair -> two signs, of the name and of the birth date."""
    pairs = sorted(told)
    gamma = np.array([[SAYS[sign][0] for sign in told[pair]] for pair in pairs], dtype=np.int8).reshape(-1, 2)
    bits = np.array([[SAYS[sign][1] for sign in told[pair]] for pair in pairs]).reshape(-1, 2)
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Weighed(FEATURES, ends[:, 0], ends[:, 1], gamma, bits, PRIOR)


def groups(n: int, told: Told, at: float = 4.0) -> set[frozenset[int]]:
    of = gather(n, weighed(told), at).of.tolist()
    return {frozenset(member for member in range(n) if of[member] == first) for first in of}


def sets(*members: tuple[int, ...]) -> set[frozenset[int]]:
    return {frozenset(one) for one in members}


def test_a_name_and_a_birth_date_join() -> None:
    assert groups(3, {(0, 1): "++", (1, 2): "+-"}) == sets((0, 1), (2,))


def test_a_name_alone_never_merges_however_rare() -> None:
    pairs = weighed({(0, 1): "+ "})
    assert pairs.weight[0] >= 4.0
    found = gather(2, pairs, 4.0)
    assert found.of.tolist() == [0, 1]
    assert found.held == {0: "a name alone never merges"}


def test_a_bridge_between_two_dense_groups_does_not_hold() -> None:
    dense = {(a, b): "++" for g in ((0, 1, 2), (3, 4, 5)) for a in g for b in g if a < b}
    across = {(a, b): "+-" for a in (0, 1, 2) for b in (3, 4, 5)}
    assert groups(6, dense | across | {(2, 3): "++"}) == sets((0, 1, 2), (3, 4, 5))
    found = gather(6, weighed(dense | across | {(2, 3): "++"}), 4.0)
    assert set(found.held.values()) == {"the other records of their groups disagree"}


def test_one_strong_pair_of_many_that_share_nothing_is_no_bridge() -> None:
    dense = {(a, b): "++" for g in ((0, 1, 2), (3, 4, 5)) for a in g for b in g if a < b}
    assert groups(6, dense | {(2, 3): "++"}) == sets((0, 1, 2), (3, 4, 5))


def test_records_that_tell_too_little_alone_are_enough_together() -> None:
    """0 and 1 are one by name and date; 2 has the date of the one and the name of the other."""
    apart = {(0, 1): "++", (0, 2): " +", (1, 2): "+ "}
    assert groups(3, {(0, 2): " +"}, 5.0) == sets((0,), (1,), (2,))
    assert groups(3, apart, 5.0) == sets((0, 1, 2))


def test_no_group_holds_two_birth_dates_with_two_given_names() -> None:
    found = groups(4, {(0, 1): "++", (2, 3): "++", (1, 2): "++", (0, 3): "--", (0, 2): "++", (1, 3): "++"})
    assert all(not {0, 3} <= group for group in found)


SIGNS = st.sampled_from(["++", "+ ", " +", "+-", "-+", "--", "  "])
PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]), SIGNS, max_size=21
)


@given(PAIRS)
def test_a_contradiction_is_in_no_group_whatever_else_is_told(told: Told) -> None:
    pairs = weighed(told)
    of = gather(7, pairs, 4.0).of
    apart = contradicting(pairs)
    assert (of[pairs.left[apart]] != of[pairs.right[apart]]).all()
    assert (of <= np.arange(7)).all()
    assert (of[of] == of).all(), "a cluster is named by its first record"


@given(PAIRS)
def test_every_sure_pair_is_joined_or_says_why_not(told: Told) -> None:
    pairs = weighed(told)
    found = gather(7, pairs, 4.0)
    sure = np.flatnonzero((pairs.weight >= 4.0) & (found.of[pairs.left] != found.of[pairs.right]))
    assert set(found.held) == set(sure.tolist())


def test_two_given_names_are_not_one_where_a_file_is_too_small_to_tell_that_they_may_be() -> None:
    told = {(0, 1): "-+", (2, 3): "++"}
    pairs = replace(weighed(told), bits=np.array([[-4.0, 20.0], [8.0, 8.0]]))
    assert gather(4, pairs, 4.0).of.tolist() == [0, 0, 2, 2]
    found = gather(4, replace(pairs, learnt=False), 4.0)
    assert found.of.tolist() == [0, 1, 2, 2]
    assert found.held == {0: "two given names, and no document: they may be brother and sister"}
