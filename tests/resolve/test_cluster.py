from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.resolve.cluster import clusters

N = 8
PAIRS = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.floats(1, 30)), max_size=14)
DATES = st.dictionaries(st.integers(0, N - 1), st.sampled_from(["1990", "1991"]), max_size=N)


@settings(max_examples=80, deadline=None)
@given(PAIRS, DATES, st.randoms())
def test_no_cluster_holds_a_contradiction_and_order_never_matters(
    pairs: list[tuple[int, int, float]], dates: dict[int, str], dice: object
) -> None:
    marks = {member: {"birth date": frozenset({date})} for member, date in dates.items()}
    label, refused = clusters(N, pairs, marks)
    for member, date in dates.items():
        assert all(dates.get(other, date) == date for other in range(N) if label[other] == label[member])
    shuffled = list(pairs)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clusters(N, shuffled, marks) == (label, refused)


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_without_contradictions_clusters_are_the_connected_parts(pairs: list[tuple[int, int, float]]) -> None:
    slow = list(range(N))
    for _ in range(N):
        for a, b, _weight in pairs:
            slow[a] = slow[b] = min(slow[a], slow[b])
    assert clusters(N, pairs, {})[0] == slow


def test_an_analyst_may_force_what_contradicts() -> None:
    marks = {0: {"birth date": frozenset({"1990"})}, 1: {"birth date": frozenset({"1991"})}}
    assert clusters(2, [(0, 1, 9.0)], marks)[0] == [0, 1]
    assert clusters(2, [], marks, forced=[(0, 1)])[0] == [0, 0]


def test_parted_members_do_not_meet_through_a_third() -> None:
    label, refused = clusters(3, [(0, 1, 9.0), (1, 2, 8.0)], {}, apart=[(0, 2)])
    assert label == [0, 0, 2]
    assert refused == {(1, 2): "an analyst parted their group"}
