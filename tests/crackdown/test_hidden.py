"""Networks with hidden ties and nodes: as many as supposed, the same in every run; the interval holds what is seen."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.crackdown.hidden import draws, interval, with_hidden
from upriver.crackdown.params import CrackdownParams
from upriver.graph.build import Graph, undirected

TIES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20)


def graph(ties: list[tuple[int, int]]) -> Graph:
    source, target = (np.array(ends, dtype=np.int32) for ends in (zip(*ties, strict=True) if ties else ((), ())))
    return undirected(8, source, target)


@given(TIES, st.floats(0.0, 0.6), st.integers(0, 9))
@settings(max_examples=60)
def test_seen_ties_stay_and_no_more_come_than_are_supposed(
    ties: list[tuple[int, int]], share: float, seed: int
) -> None:
    seen = graph(ties)
    more = with_hidden(seen, share, np.random.default_rng(seed))
    assert more.n == 8 + round(share / (1 - share) * 8)
    for node in range(8):
        before = set(seen.neighbours[seen.offsets[node] : seen.offsets[node + 1]].tolist())
        after = set(more.neighbours[more.offsets[node] : more.offsets[node + 1]].tolist())
        assert before <= after
    n_seen, n_more = len(seen.neighbours) // 2, len(more.neighbours) // 2
    most = max(round(share / (1 - share) * n_seen), more.n - 8)
    assert n_more - n_seen <= most


@given(TIES, st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4))
@settings(max_examples=40)
def test_the_interval_holds_the_figure_as_it_is_seen(ties: list[tuple[int, int]], curve: list[float]) -> None:
    drawn = draws(graph(ties), 3, 2, CrackdownParams(draws=5))
    seen = np.array(curve)
    low, high = interval(seen, lambda draw: seen * (0.5 + draw.share), drawn)
    assert (low <= seen + 1e-9).all()
    assert (high >= seen - 1e-9).all()
    assert (low <= high).all()


def test_the_same_seed_draws_the_same_networks_and_shares_stay_within_the_bounds() -> None:
    params = CrackdownParams(draws=6)
    ties = [(0, 1), (1, 2), (2, 3), (3, 4)]
    one, other = draws(graph(ties), 4, 4, params), draws(graph(ties), 4, 4, params)
    assert all((a.graph.neighbours == b.graph.neighbours).all() for a, b in zip(one, other, strict=True))
    assert all(params.hidden_low <= draw.share <= params.hidden_high for draw in one)
    assert len({draw.share for draw in one}) == 6
