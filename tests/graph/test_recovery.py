from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph.build import Flags, undirected
from upriver.graph.recovery import (
    DISTANCE,
    MEASURES,
    RULES,
    Network,
    Recovery,
    band,
    bands,
    capacity,
    network,
    recover,
    staffed,
    substitutes,
    with_hidden,
)

N = 7
TIES = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)).filter(lambda t: t[0] < t[1]), max_size=14, unique=True
)
FLOWS = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.floats(0.1, 1e9)), max_size=5)
REMOVED = st.lists(st.integers(0, N - 1), max_size=4)
ROLES = st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=N, max_size=N)


def built(
    ties: list[tuple[int, int]],
    roles: list[list[bool]] | None = None,
    never: tuple[int, ...] = (),
    flows: list[tuple[int, int, float]] | None = None,
    n: int = N,
) -> Network:
    rows = np.array(ties, dtype=np.int32).reshape(-1, 2)
    held = None if roles is None else np.array(roles, dtype=np.bool_)
    moved = np.array(flows or [], dtype=np.float64).reshape(-1, 3)
    allowed = ~np.isin(np.arange(n), never)
    money = (moved[:, 0].astype(np.int32), moved[:, 1].astype(np.int32), moved[:, 2])
    return network(undirected(n, rows[:, 0], rows[:, 1]), held, None, allowed, money)


def codes(*nodes: int) -> np.ndarray:
    return np.array(nodes, dtype=np.int32)


def of(found: Recovery, name: str) -> list[float]:
    return [round(float(one), 6) for one in found.capacity[:, MEASURES.index(name)]]


# A star whose arms are pairs: 0 in the middle, 1, 2, 3 around, 4, 5, 6 behind them.
ARMS = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6)]


def test_the_middle_falls_and_one_left_behind_takes_its_post() -> None:
    found = recover(built(ARMS), codes(0), 5)
    assert (found.post.tolist(), found.by.tolist()) == ([0], [1])
    assert of(found, "largest") == [round(2 / 7, 6), round(6 / 7, 6)]
    assert of(found, "posts") == [round(6 / 7, 6), 1.0]


def test_a_post_is_filled_only_by_who_can_fill_its_roles() -> None:
    keys = [[True], [False], [False], [True], [False], [False], [False]]
    found = recover(built(ARMS, keys), codes(0), 5)
    assert found.by.tolist() == [3]
    assert of(found, "roles") == [1.0, 1.0]
    alone = [[node == 0] for node in range(N)]
    nobody = recover(built(ARMS, alone), codes(0), 5)
    assert nobody.steps == 0
    assert of(nobody, "roles") == [0.0]
    able = np.array([[node == 5] for node in range(N)])
    trained = network(built(ARMS).graph, np.array(alone), able)
    assert recover(trained, codes(0), 5).by.tolist() == [5]


def test_who_may_be_a_victim_is_never_named_as_a_replacement() -> None:
    assert recover(built(ARMS, never=(1, 2)), codes(0), 5).by.tolist() == [3]
    found = substitutes(built(ARMS, never=(1, 2)), codes(0), codes(0))
    assert not {1, 2} & set(found.substitute.tolist())


def test_the_post_that_most_contacts_miss_is_filled_first_and_nobody_takes_two() -> None:
    found = recover(built([*ARMS, (1, 2)]), codes(0, 4), 5)
    assert found.post.tolist() == [0, 4]
    assert len(set(found.by.tolist())) == 2


def test_a_post_that_nobody_is_left_behind_at_stays_vacant() -> None:
    assert recover(built([(0, 1), (2, 3)]), codes(0, 1), 5).steps == 0


def test_money_passes_again_when_the_post_is_filled() -> None:
    found = recover(built(ARMS, flows=[(4, 1, 30.0), (1, 0, 70.0)]), codes(0), 1)
    assert of(found, "money") == [0.3, 1.0]
    assert np.isnan(recover(built(ARMS), codes(0), 1).capacity[:, MEASURES.index("money")]).all()


def test_substitutes_stand_near_share_contacts_and_are_placed_alike() -> None:
    # 0 and 1 have the same contacts; 5 hangs on one of them.
    found = substitutes(built([(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4), (4, 5)]), codes(0), codes(0))
    assert found.node.tolist()[0] == 0
    assert found.substitute.tolist()[0] == 1
    assert (found.shared[0], found.like[0], found.near[0]) == (1.0, 1.0, 0.5)
    assert (found.score[:-1] >= found.score[1:]).all()


def slow(known: Network, removed: list[int], found: Recovery, step: int) -> tuple[float, float, Flags]:
    """People of the largest part, the efficiency, and the posts with somebody, from a graph of people made anew."""
    holder = {post: post for post in range(known.n) if post not in removed}
    holder.update(zip(found.post[:step].tolist(), found.by[:step].tolist(), strict=True))
    net = nx.Graph()
    net.add_nodes_from(set(holder.values()))
    graph = known.graph
    for post, person in holder.items():
        for other in graph.neighbours[graph.offsets[post] : graph.offsets[post + 1]].tolist():
            if other in holder and holder[other] != person:
                net.add_edge(person, holder[other])
    far = dict(nx.all_pairs_shortest_path_length(net))
    total = sum(1 / d for v in far for w, d in far[v].items() if v != w)
    return max(map(len, nx.connected_components(net)), default=0), total, np.isin(np.arange(known.n), list(holder))


@given(TIES, ROLES, REMOVED, st.sampled_from(RULES), st.integers(0, 3))
@settings(max_examples=80, deadline=None)
def test_capacities_are_those_of_a_graph_of_people_made_anew(
    ties: list[tuple[int, int]], roles: list[list[bool]], removed: list[int], rule: str, seed: int
) -> None:
    known = built(ties, roles)
    found = recover(known, codes(*removed), 9, rule, seed)
    whole = slow(known, [], recover(known, codes(), 0), 0)
    for step in range(found.steps + 1):
        largest, paths, there = slow(known, removed, found, step)
        assert found.capacity[step, 0] == pytest.approx(largest / whole[0])
        if whole[1]:
            assert found.capacity[step, 1] == pytest.approx(paths / whole[1])
        assert staffed(known, codes(*removed), found, step).tolist() == there.tolist()


@given(TIES, ROLES, FLOWS, REMOVED, st.sampled_from(RULES), st.integers(0, 3), st.integers(0, 5))
@settings(max_examples=80, deadline=None)
def test_what_holds_of_every_recovery(
    ties: list[tuple[int, int]],
    roles: list[list[bool]],
    flows: list[tuple[int, int, float]],
    removed: list[int],
    rule: str,
    seed: int,
    steps: int,
) -> None:
    known = built(ties, roles, (2,), flows)
    found = recover(known, codes(*removed), steps, rule, seed)
    # A removed person never returns, nobody takes two posts, a presumed victim none; posts filled were vacant.
    assert not set(found.by.tolist()) & set(removed)
    assert 2 not in found.by.tolist()
    assert len(set(found.by.tolist())) == found.steps == len(set(found.post.tolist())) <= steps
    assert set(found.post.tolist()) <= set(removed)
    # Staffed and vacant posts are all posts.
    assert staffed(known, codes(*removed), found, found.steps).sum() == N - len(set(removed)) + found.steps
    for post, by in zip(found.post, found.by, strict=True):
        assert not (known.held[post] & ~known.can[by]).any()
    # Replacement lowers nothing. Parts may join that were apart before; there are never more posts, roles and money.
    shares = found.capacity[:, ~np.isnan(found.capacity[0])]
    assert (np.diff(shares, axis=0) >= -1e-12).all()
    capped = np.nan_to_num(found.capacity[:, MEASURES.index("posts") :])
    assert ((capped >= 0) & (capped <= 1)).all()
    # The same draw again.
    assert recover(known, codes(*removed), steps, rule, seed).by.tolist() == found.by.tolist()


@given(TIES, ROLES, FLOWS)
@settings(max_examples=40, deadline=None)
def test_without_removals_everything_works(
    ties: list[tuple[int, int]], roles: list[list[bool]], flows: list[tuple[int, int, float]]
) -> None:
    left = capacity(built(ties, roles, (), flows), codes())
    assert left[~np.isnan(left)].tolist() == [1.0] * int((~np.isnan(left)).sum())


@given(TIES, ROLES, REMOVED, st.sampled_from([0.1, 0.3, 0.5]))
@settings(max_examples=60, deadline=None)
def test_what_may_be_hidden_is_added_and_nothing_seen_is_lost(
    ties: list[tuple[int, int]], roles: list[list[bool]], removed: list[int], share: float
) -> None:
    known = built(ties, roles)
    whole = with_hidden(known, share, np.random.default_rng(1))
    assert whole.n == N + round(share / (1 - share) * N)
    graph = whole.graph
    now = {(v, int(w)) for v in range(N) for w in graph.neighbours[graph.offsets[v] : graph.offsets[v + 1]]}
    assert {(a, b) for a, b in ties} <= now
    assert whole.held[:N].tolist() == known.held.tolist()


@given(TIES, REMOVED, st.sampled_from(RULES))
@settings(max_examples=15, deadline=None)
def test_the_band_holds_what_is_known_and_is_the_same_again(
    ties: list[tuple[int, int]], removed: list[int], rule: str
) -> None:
    found = band(built(ties), codes(*removed), 3, rule, draws=2)
    again = band(built(ties), codes(*removed), 3, rule, draws=2)
    at = ~np.isnan(found.known.capacity)
    assert (found.low[at] <= found.known.capacity[at]).all()
    assert (found.known.capacity[at] <= found.high[at]).all()
    np.testing.assert_array_equal(found.low, again.low)
    np.testing.assert_array_equal(found.high, again.high)


@given(TIES, REMOVED)
@settings(max_examples=10, deadline=None)
def test_several_simulations_share_what_is_hidden_and_are_each_as_when_alone(
    ties: list[tuple[int, int]], removed: list[int]
) -> None:
    known = built(ties)
    wanted = [(codes(*removed), rule) for rule in RULES] + [(codes(0), DISTANCE)]
    for one, (gone, rule) in zip(bands(known, wanted, 3, draws=2), wanted, strict=True):
        alone = band(known, gone, 3, rule, draws=2)
        np.testing.assert_array_equal(one.low, alone.low)
        np.testing.assert_array_equal(one.high, alone.high)
        np.testing.assert_array_equal(one.known.capacity, alone.known.capacity)


def test_by_distance_a_cut_network_joins_again_sooner_than_at_random() -> None:
    # Ten rings of six, each tied to one middle; the middle goes.
    ties = [(1 + 6 * ring + k, 1 + 6 * ring + (k + 1) % 6) for ring in range(10) for k in range(6)]
    ties += [(0, 1 + 6 * ring) for ring in range(10)]
    known = built(ties, n=61)
    near = recover(known, codes(0), 1, DISTANCE)
    assert near.by.tolist()[0] % 6 == 1
    assert of(near, "largest")[0] < 0.2
    assert of(near, "largest")[1] == round(60 / 61, 6)
