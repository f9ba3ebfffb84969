from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from upriver.graph import panel as module
from upriver.graph.nearby import bridges, shared, two_apart
from upriver.graph.panel import PAIRS, PEOPLE, Panel, common, pairs, panel, people, untied

N = 6
TIE = st.tuples(st.sampled_from([2000, 2001, 2004]), st.integers(0, N - 1), st.integers(0, N - 1))
TIES = st.lists(TIE, max_size=20)
GONE = st.dictionaries(st.sampled_from([2000, 2001, 2004]), st.lists(st.booleans(), min_size=N, max_size=N))


def built(ties: list[tuple[int, int, int]], gone: dict[int, list[bool]] | None = None, n: int = N) -> Panel:
    rows = np.array(ties, dtype=np.int64).reshape(-1, 3)
    told = {when: np.array(flags) for when, flags in (gone or {}).items()}
    return panel(n, rows[:, 0], rows[:, 1].astype(np.int32), rows[:, 2].astype(np.int32), told)


def of(facts: np.ndarray, names: tuple[str, ...], row: int) -> dict[str, float]:
    return dict(zip(names, facts[row].tolist(), strict=True))


def test_who_lost_his_contacts_and_who_went_away_is_told_from_what_was_known_then() -> None:
    # 0 is tied to 1 and 2; 1 is jailed in 2001; 3 was there in 2000 alone.
    known = built([(2000, 3, 2), (2001, 0, 1), (2001, 0, 2)], {2001: [False, True, False, False, False, False]})
    facts = people(known, 1)
    assert of(facts, PEOPLE, 0) == {
        "gone": 0.0,
        "tied": 1.0,
        "held": 0.0,
        "lost": 0.5,
        "thin": 0.5,
        "away": 0.0,
        "missed": 0.0,
    }
    assert of(facts, PEOPLE, 1) == {
        "gone": 1.0,
        "tied": 0.0,
        "held": 1.0,
        "lost": 0.0,
        "thin": 0.5,
        "away": 0.0,
        "missed": 0.0,
    }
    assert of(facts, PEOPLE, 3)["away"] == pytest.approx(np.log(2))
    assert of(facts, PEOPLE, 3)["missed"] == 0.5
    assert of(facts, PEOPLE, 5) == dict.fromkeys(PEOPLE, 0.0)


def test_how_near_a_pair_is_and_what_it_shares() -> None:
    # A path 0 1 2 3 4; 1 is gone; 5 alone; 0 and 3 were tied before.
    known = built(
        [(2000, 0, 3), (2001, 0, 1), (2001, 1, 2), (2001, 2, 3), (2001, 3, 4)],
        {2001: [False, True, False, False, False, False]},
    )
    low, high = untied(known, 1)
    told = {(a, b): of(pairs(known, 1, low, high), PAIRS, at) for at, (a, b) in enumerate(zip(low, high, strict=True))}
    assert len(told) == 10 - 4  # nobody has heard of 5, and four pairs are tied
    assert told[0, 2] == {
        "gone": 0.0, "close": 0.5, "shared": 0.5, "both": 1.0, "neither": 0.0, "before": 0.0, "orphaned": np.log(2)
    }  # fmt: skip
    assert told[0, 3]["close"] == pytest.approx(1 / 3)
    assert told[0, 3]["before"] == 1.0
    assert told[0, 4]["close"] == 0.25
    assert told[1, 3]["gone"] == 1.0


@given(TIES, GONE, st.randoms())
@settings(max_examples=60, deadline=None)
def test_neither_the_order_of_rows_nor_doubled_ones_matter(ties: list[tuple[int, int, int]], gone: dict, rng) -> None:
    turned = [(when, b, a) for when, a, b in ties] + ties[:3]
    rng.shuffle(turned)
    one, other = built(ties, gone), built(turned, gone)
    for k in range(len(one.periods)):
        assert one.keys(k).tolist() == other.keys(k).tolist()
        assert people(one, k).tolist() == people(other, k).tolist()


@given(TIES.filter(bool), GONE, TIES)
@settings(max_examples=60, deadline=None)
def test_nothing_of_a_later_period_changes_what_is_told_at_the_end_of_one(
    ties: list[tuple[int, int, int]], gone: dict, later: list[tuple[int, int, int]]
) -> None:
    more = [(2010, a, b) for _, a, b in later] + [(2010, 0, 1)]
    one, other = built(ties, gone), built(ties + more, {**gone, 2010: [True] * N})
    k = len(one.periods) - 1
    assert people(one, k).tolist() == people(other, k).tolist()
    low, high = untied(one, k)
    assert [low.tolist(), high.tolist()] == [side.tolist() for side in untied(other, k)]
    assert pairs(one, k, low, high).tolist() == pairs(other, k, low, high).tolist()


@given(TIES.filter(bool), GONE)
@settings(max_examples=60, deadline=None)
def test_distances_and_shared_contacts_are_those_of_a_search_by_hand(
    ties: list[tuple[int, int, int]], gone: dict
) -> None:
    known = built(ties, gone)
    k = len(known.periods) - 1
    net = nx.from_scipy_sparse_array(known.ties(k))
    low, high = untied(known, k)
    facts = pairs(known, k, low, high)
    shares = common(known, k, low, high)
    for at, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        both = set(net[a]) & set(net[b])
        far = nx.shortest_path_length(net, a, b) if nx.has_path(net, a, b) else 0
        fact = of(facts, PAIRS, at)
        assert fact["close"] == pytest.approx(1 / min(far, 4) if far else 0.0)
        assert fact["shared"] == pytest.approx(sum(1 / net.degree[v] for v in both))
        assert fact["orphaned"] == pytest.approx(np.log1p(sum(known.gone[k, v] for v in both)))
        assert shares[at] == len(both)


def test_of_a_large_network_the_pairs_near_each_other_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL_PAIRS", 3)
    known = built([(2000, 4, 5), (2001, 0, 1), (2001, 1, 2), (2001, 2, 3)])
    low, high = untied(known, 1)
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(0, 2), (1, 3), (4, 5)]


def test_whom_everybody_knows_is_nobodys_shared_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HUB", 2)
    known = built([(2001, 0, v) for v in range(1, 5)] + [(2001, 1, 5), (2001, 2, 5)])
    facts = pairs(known, 0, np.array([1, 3], dtype=np.int32), np.array([2, 4], dtype=np.int32))
    assert facts[:, PAIRS.index("close")].tolist() == [0.5, 0.25]
    assert facts[:, PAIRS.index("shared")].tolist() == [0.5, 0.0]


def test_where_contacts_would_bring_too_many_together_those_with_most_ties_bring_nobody() -> None:
    # One node of four ties (six pairs), two of two (a pair each).
    degree = np.array([4, 2, 2, 1, 0])
    assert bridges(degree, 1_000, 8).tolist() == [True] * 5
    assert bridges(degree, 1_000, 7).tolist() == [False, True, True, True, True]
    assert bridges(degree, 1_000, 1).tolist() == [False, False, False, True, True]
    assert bridges(degree, 3, 8).tolist() == [False, True, True, True, True]


WIDE = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40)


@given(WIDE, st.lists(st.booleans(), min_size=12, max_size=12), st.lists(st.booleans(), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_pairs_with_a_contact_in_common_and_what_they_share_are_those_of_the_squares_of_the_matrix(
    ties: list[tuple[int, int]], bridge: list[bool], gone: list[bool]
) -> None:
    whole = np.zeros((12, 12))
    for a, b in ties:
        if a != b:
            whole[a, b] = whole[b, a] = 1.0
    through = whole * np.array(bridge)
    rows = sparse.csr_matrix(whole)
    offsets = rows.indptr.astype(np.int64)
    met = np.triu((through @ whole > 0) & (whole == 0), 1)
    keys = two_apart(offsets, rows.indices, np.array(bridge))
    assert keys.tolist() == np.flatnonzero(met.ravel()).tolist()

    low, high = (side.astype(np.int32) for side in np.nonzero(np.triu(whole == 0, 1)))
    two, fewer, lost, three = shared(offsets, rows.indices, np.array(bridge), np.array(gone), low, high)
    degree = np.maximum(whole.sum(axis=1), 1.0)
    assert two.tolist() == (through @ whole)[low, high].tolist()
    assert fewer == pytest.approx((through @ np.diag(1.0 / degree) @ whole)[low, high])
    assert lost.tolist() == (through @ np.diag(np.array(gone, dtype=float)) @ whole)[low, high].tolist()
    assert three.tolist() == ((through @ whole @ whole)[low, high] > 0).tolist()
