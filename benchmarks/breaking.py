"""Breaking a network apart: our orders and raids beside usual ones, by one evaluator.

    python -m benchmarks.breaking [NETWORKS]

NETWORKS has CSV files of ties, by default ../shared/data/network. r10 is the sum of the largest parts until none holds
more than a tenth of all nodes, as a share of nodes squared; r_20 the mean largest part after 1 to 20 removals; a raid
takes all at once. Beside: the node with most ties left (degree), the node on most shortest paths by networkx, scored
anew after each removal (small networks only), and collective influence of radius 2 (Morone & Makse 2015).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np

from benchmarks.timing import took
from upriver.graph.build import Graph, Ints, undirected
from upriver.graph.dismantle import dismantle, largest_after, raid
from upriver.plain.ties import read_ties

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "network"
WHOLE = ("corruption", "moreno_crime", "usair97", "arenas_meta", "openflights")
RAIDED = ("montagna_meetings", "montagna_phonecalls")
SMALL = 500


Best = Callable[[nx.Graph], int]


def one_by_one(best: Best, graph: Graph, aim: int) -> Ints:
    """The node that `best` names goes, until no part has more than `aim` nodes."""
    net = nx.Graph()
    net.add_nodes_from(range(graph.n))
    net.add_edges_from(
        (v, int(w)) for v in range(graph.n) for w in graph.neighbours[graph.offsets[v] : graph.offsets[v + 1]] if v < w
    )
    order = []
    while max(map(len, nx.connected_components(net)), default=0) > aim:
        order.append(best(net))
        net.remove_node(order[-1])
    return np.array(order, dtype=np.int32)


def by_ties(net: nx.Graph) -> int:
    return max(net.nodes, key=lambda v: (net.degree[v], -v), default=0)


def by_paths(net: nx.Graph) -> int:
    found = nx.betweenness_centrality(net)
    return max(net.nodes, key=lambda v: (round(found[v], 12), net.degree[v], -v), default=0)


def by_influence(net: nx.Graph) -> int:
    def influence(v: int) -> int:
        far = nx.single_source_shortest_path_length(net, v, 2)
        return int((net.degree[v] - 1) * sum(net.degree[w] - 1 for w, steps in far.items() if steps == 2))

    return max(net.nodes, key=lambda v: (influence(v), net.degree[v], -v), default=0)


def timed(way: Callable[[Graph, int], Ints], graph: Graph, aim: int) -> tuple[Ints, float]:
    found: list[Ints] = []
    seconds = took(lambda: found.append(way(graph, aim))).cpu
    return found[0], seconds


def ours(graph: Graph, _aim: int) -> Ints:
    return dismantle(graph)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    ours(undirected(3, np.array([0, 1], dtype=np.int32), np.array([1, 2], dtype=np.int32)), 1)  # compiled before
    print("r10 / removals / processor seconds")
    for name in WHOLE:
        graph = _graph(folder / f"{name}.csv")
        aim = int(np.ceil(0.1 * graph.n))
        ways: dict[str, Callable[[Graph, int], Ints]] = {"upriver": ours, "degree": partial(one_by_one, by_ties)}
        if graph.n < SMALL:
            ways |= {"networkx betweenness": partial(one_by_one, by_paths), "CI 2": partial(one_by_one, by_influence)}
        cells = []
        for way, work in ways.items():
            order, seconds = timed(work, graph, aim)
            curve = largest_after(graph, order)
            cells.append(f"{way} {curve[1:].sum() / graph.n**2:.4f} / {len(order)} / {seconds:.1f}")
        print(f"  {name} ({graph.n:,} nodes): " + "; ".join(cells), flush=True)
    print("r_20; raids of 5, 10, 15, 20 and their mean")
    for name in RAIDED:
        graph = _graph(folder / f"{name}.csv")
        curve = largest_after(graph, dismantle(graph, budget=20))
        paths = largest_after(graph, one_by_one(by_paths, graph, 1)[:20])
        raids = [raid(graph, k).after / curve[0] for k in (5, 10, 15, 20)]
        told = ", ".join(f"{share:.3f}" for share in raids)
        print(f"  {name}: {curve[1:].mean() / curve[0]:.4f}, networkx betweenness {paths[1:].mean() / curve[0]:.4f}; "
              f"raids {told}, mean {np.mean(raids):.4f}", flush=True)  # fmt: skip


def _graph(path: Path) -> Graph:
    ties = read_ties(path)
    return undirected(len(ties.names), ties.source, ties.target)


if __name__ == "__main__":
    main()
