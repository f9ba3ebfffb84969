"""Connected components: our union-find beside scipy and networkx, in one process on the same pairs.

    python -m benchmarks.components [--pairs 10000000] [--networkx-pairs 300000]

networkx is timed on fewer pairs, because it needs minutes and gigabytes for more; ratios compare pairs a second.
"""

from __future__ import annotations

import argparse

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.timing import REPEATS, best_of
from upriver.graph.components import components


def by_scipy(n: int, source: NDArray[np.int32], target: NDArray[np.int32]) -> NDArray[np.int32]:
    """Labels by scipy, the matrix included: ties come as pairs."""
    ones = np.ones(len(source), dtype=np.int8)
    return np.asarray(connected_components(coo_array((ones, (source, target)), shape=(n, n)), directed=False)[1])


def by_networkx(n: int, pairs: list[tuple[int, int]]) -> int:
    """Number of parts by networkx, the graph included."""
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(pairs)
    return int(nx.number_connected_components(graph))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=10_000_000)
    parser.add_argument("--networkx-pairs", type=int, default=300_000)
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    rates: dict[str, float] = {}
    m = options.pairs
    n = m // 2
    source, target = (rng.integers(0, n, m, dtype=np.int32) for _ in range(2))
    components(2, source[:1] % 2, target[:1] % 2)  # compiled before the clock starts
    rates["upriver"] = m / best_of(lambda: components(n, source, target))
    rates["scipy"] = m / best_of(lambda: by_scipy(n, source, target))
    few = options.networkx_pairs
    pairs = list(zip((source[:few] % (few // 2)).tolist(), (target[:few] % (few // 2)).tolist(), strict=True))
    rates["networkx"] = few / best_of(lambda: by_networkx(few // 2, pairs))
    ours = components(few // 2, source[:few] % (few // 2), target[:few] % (few // 2))
    assert int(ours.max()) + 1 == by_networkx(few // 2, pairs)
    print(f"components: {m:,} pairs, {n:,} nodes (networkx: {few:,} pairs); best of {REPEATS}")
    for name, rate in rates.items():
        print(f"  {name:9} {rate / 1e6:8.2f} M pairs/s   upriver is {rates['upriver'] / rate:6.1f} times as fast")


if __name__ == "__main__":
    main()
