"""Leaders by bare ties: our ranking beside every single centrality of networkx, one set of parameters over all sets.

    python -m benchmarks.ranking [ROLES]

ROLES has NAME_ties.csv and NAME_truth.csv (node, is_leader), by default ../shared/data/roles. Each set is read as the
command reads it (direction by the ties themselves). AUC and average precision with ties averaged over; people of the
truth without a tie stand last. Below the table: the mean where 15 % of the ties are hidden; what a choice of measures
on all sets but one gives on that one; and how often the rank by all ties lies within the interval drawn from fewer.
"""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import networkx as nx
import numpy as np

from upriver.graph.build import Flags, Floats, Graph, Ints, directed
from upriver.graph.centrality import degree
from upriver.graph.exchange import answered_share
from upriver.graph.standing import exponential, standing
from upriver.graph.watching import seen
from upriver.plain.rank import interval
from upriver.plain.ties import read_ties

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "roles"
DRAWS = 6


@dataclass(frozen=True)
class Network:
    """One network with its leaders: codes of the graded people (-1 without a tie), and who of them leads."""

    name: str
    arcs: Graph
    one_way: bool
    graded: Ints
    leads: Flags

    def source(self) -> Ints:
        return np.repeat(np.arange(self.arcs.n, dtype=np.int32), np.diff(self.arcs.offsets))

    def figures(self, score: Floats) -> tuple[float, float]:
        """AUC and average precision of a score by node."""
        told = np.where(self.graded >= 0, score[self.graded], score.min() - 1.0)
        return auc_and_ap(told, self.leads)


def auc_and_ap(score: Floats, leads: Flags) -> tuple[float, float]:
    """Both over every order of those with equal scores: the expected precision at each place of a tie."""
    levels, level = np.unique(-score, return_inverse=True)
    size = np.bincount(level, minlength=len(levels))
    right = np.bincount(level, weights=leads, minlength=len(levels))
    wrong = size - right
    below = wrong.sum() - np.cumsum(wrong)
    auc = float((right * (below + wrong / 2.0)).sum() / (right.sum() * wrong.sum()))
    total = seen_before = right_before = 0.0
    for n, p in zip(size.tolist(), right.tolist(), strict=True):
        for i in range(n):
            total += p / n * (right_before + (p - 1.0) * i / max(n - 1, 1) + 1.0) / (seen_before + i + 1.0)
        seen_before, right_before = seen_before + n, right_before + p
    return auc, total / float(leads.sum())


def read(folder: Path, name: str) -> Network:
    ties = read_ties(folder / f"{name}_ties.csv")
    code = {node: k for k, node in enumerate(ties.names.to_pylist())}
    with (folder / f"{name}_truth.csv").open(encoding="utf-8", newline="") as file:
        truth = [(row["node"], row["is_leader"] == "1") for row in csv.DictReader(file)]
    arcs = directed(len(code), ties.source, ties.target, ties.weight)
    graded = np.array([code.get(node, -1) for node, _ in truth], dtype=np.int32)
    return Network(name, arcs, 0.05 <= answered_share(arcs) <= 0.95, graded, np.array([leads for _, leads in truth]))


def ours(one: Network, kept: Flags | None = None) -> Floats:
    source, target, weight = one.source(), one.arcs.neighbours, one.arcs.weights
    if kept is not None:
        source, target, weight = source[kept], target[kept], weight[kept]
    return standing(one.arcs.n, source, target, weight, one.one_way).score


# ---- single centralities -------------------------------------------------------------------------------------
def nets(one: Network, kept: Flags | None = None) -> tuple[nx.Graph, nx.DiGraph]:
    told = nx.DiGraph()
    told.add_nodes_from(range(one.arcs.n))
    chosen = np.ones(len(one.arcs.neighbours), dtype=np.bool_) if kept is None else kept
    rows = zip(one.source()[chosen].tolist(), one.arcs.neighbours[chosen].tolist(), one.arcs.weights[chosen].tolist(),
               strict=True)  # fmt: skip
    told.add_weighted_edges_from(rows)
    plain = nx.Graph()
    plain.add_nodes_from(told)
    for a, b, weight in told.edges(data="weight"):
        plain.add_edge(a, b, weight=weight + (plain[a][b]["weight"] if plain.has_edge(a, b) else 0.0))
    for net in (told, plain):
        for _, _, about in net.edges(data=True):
            about["distance"] = 1.0 / about["weight"]
    return plain, told


Single = Callable[[nx.Graph, nx.DiGraph], dict[int, float]]


def largest(net: nx.Graph) -> nx.Graph:
    return net.subgraph(max(nx.connected_components(net), key=len))


def lowered(found: dict[int, float]) -> dict[int, float]:
    return {node: -value if value == value else -9.0 for node, value in found.items()}


SINGLE: dict[str, Single] = {
    "degree": lambda g, _: dict(g.degree()),
    "strength": lambda g, _: dict(g.degree(weight="weight")),
    "in-degree": lambda _, d: dict(d.in_degree()),
    "out-degree": lambda _, d: dict(d.out_degree()),
    "average neighbour degree": lambda g, _: nx.average_neighbor_degree(g),
    "betweenness": lambda g, _: nx.betweenness_centrality(g),
    "betweenness, weighted": lambda g, _: nx.betweenness_centrality(g, weight="distance"),
    "betweenness, directed": lambda _, d: nx.betweenness_centrality(d),
    "load": lambda g, _: nx.load_centrality(g),
    "current-flow betweenness": lambda g, _: nx.current_flow_betweenness_centrality(largest(g)),
    "current-flow closeness": lambda g, _: nx.current_flow_closeness_centrality(largest(g)),
    "subgraph": lambda g, _: nx.subgraph_centrality(g),
    "closeness": lambda g, _: nx.closeness_centrality(g),
    "closeness, weighted": lambda g, _: nx.closeness_centrality(g, distance="distance"),
    "harmonic": lambda g, _: nx.harmonic_centrality(g),
    "harmonic, weighted": lambda g, _: nx.harmonic_centrality(g, distance="distance"),
    "eigenvector": lambda g, _: nx.eigenvector_centrality(g, max_iter=10_000, tol=1e-5),
    "eigenvector, weighted": lambda g, _: nx.eigenvector_centrality(g, max_iter=10_000, tol=1e-5, weight="weight"),
    "Katz": lambda g, _: nx.katz_centrality_numpy(g, alpha=0.01),
    "Laplacian": lambda g, _: nx.laplacian_centrality(g),
    "PageRank": lambda g, _: nx.pagerank(g, weight=None),
    "PageRank, weighted": lambda g, _: nx.pagerank(g),
    "PageRank, directed, weighted": lambda _, d: nx.pagerank(d),
    "PageRank, reversed, weighted": lambda _, d: nx.pagerank(d.reverse()),
    "hubs": lambda _, d: nx.hits(d)[0],
    "authorities": lambda _, d: nx.hits(d)[1],
    "constraint, negative": lambda g, _: lowered(nx.constraint(g)),
    "constraint, weighted, negative": lambda g, _: lowered(nx.constraint(g, weight="weight")),
    "effective size": lambda g, _: {k: v if v == v else 0.0 for k, v in nx.effective_size(g).items()},
    "clustering, negative": lambda g, _: lowered(nx.clustering(g)),
    "core": lambda g, _: nx.core_number(g),
}


def single(one: Network, name: str, kept: Flags | None = None) -> Floats:
    found = SINGLE[name](*nets(one, kept))
    return np.array([found.get(v, 0.0) for v in range(one.arcs.n)]).round(12)


# ---- how far it holds ----------------------------------------------------------------------------------------
class Score(Protocol):
    """A score by node from the ties that are kept."""

    def __call__(self, one: Network, *, kept: Flags) -> Floats: ...


def hidden(sets: list[Network], score: Score) -> tuple[float, float]:
    """Mean AUC and AP where 15 % of the ties are hidden, evenly by chance."""
    told = []
    for one in sets:
        for draw in range(DRAWS):
            kept = np.random.default_rng(draw).random(len(one.arcs.neighbours)) >= 0.15
            told.append(one.figures(score(one, kept=kept)))
    auc, ap = np.mean(told, axis=0).tolist()
    return auc, ap


def left_out(sets: list[Network]) -> list[tuple[str, tuple[float, float], tuple[str, ...]]]:
    """For each set: figures of the mean of one to three measures, ours and single ones, chosen on the others."""
    names = ("degree", "betweenness", "harmonic", "PageRank", "constraint, negative", "effective size", "core")
    measures: list[dict[str, Floats]] = []
    for one in sets:
        found = standing(one.arcs.n, one.source(), one.arcs.neighbours, one.arcs.weights, one.one_way)
        smoothed = {f"ours: {part}": score for part, score in found.parts.items()}
        n_ties = degree(found.ties)
        node = np.repeat(np.arange(one.arcs.n), np.diff(found.ties.offsets))
        total = np.bincount(node, weights=found.ties.weights, minlength=one.arcs.n)
        smoothed |= {name: exponential(single(one, name)) for name in names}
        for name, score in list(smoothed.items()):
            near = np.bincount(node, weights=found.ties.weights * score[found.ties.neighbours], minlength=one.arcs.n)
            smoothed[f"{name}, contacts"] = (n_ties * score + near / np.maximum(total, 1e-12)) / (n_ties + 1.0)
        measures.append(smoothed)
    common = sorted(set.intersection(*(set(found) for found in measures)))
    choices = [some for k in (1, 2, 3) for some in itertools.combinations(common, k)]
    figures = np.array([
        [one.figures(np.sum([found[name] for name in some], axis=0)) for one, found in zip(sets, measures, strict=True)]
        for some in choices
    ])  # fmt: skip
    told = []
    for place, one in enumerate(sets):
        others = [k for k in range(len(sets)) if k != place]
        best = int(figures[:, others].sum(axis=(1, 2)).argmax())
        told.append((one.name, (float(figures[best, place, 0]), float(figures[best, place, 1])), choices[best]))
    return told


def held(sets: list[Network], share: float) -> float:
    """How many people's rank by all ties lies within the interval drawn where `share` of the ties is hidden."""
    told = []
    for one in sets:
        source, target = one.source(), one.arcs.neighbours
        first, last = ranks(ours(one))
        for draw in range(3):
            kept = seen(one.arcs.n, source, target, share, np.random.default_rng(100 + draw))
            thin = directed(one.arcs.n, source[kept], target[kept], one.arcs.weights[kept])
            left = np.repeat(np.arange(thin.n, dtype=np.int32), np.diff(thin.offsets))
            shown = np.bincount(np.r_[left, thin.neighbours], minlength=thin.n) > 0
            everybody = np.ones(thin.n, dtype=np.bool_)
            found = standing(thin.n, left, thin.neighbours, thin.weights, one.one_way)
            low, high = interval(left, thin, everybody, found, one.one_way, 60, draw)
            told.append(((last >= low) & (first <= high))[shown].mean())
    return float(np.mean(told))


def ranks(score: Floats) -> tuple[Ints, Ints]:
    ascending = np.sort(score)
    first = len(score) - np.searchsorted(ascending, score, side="right") + 1
    return first.astype(np.int32), (len(score) - np.searchsorted(ascending, score, side="left")).astype(np.int32)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    names = sorted(path.name.removesuffix("_ties.csv") for path in folder.glob("*_ties.csv"))
    if not names:
        print(f"no networks with leaders at {folder}: nothing measured")
        return
    sets = [read(folder, name) for name in names]
    print("mean AUC, mean AP: " + ", ".join(names))
    rows = [("upriver rank", [one.figures(ours(one)) for one in sets])]
    rows += [(name, [one.figures(single(one, name)) for one in sets]) for name in SINGLE]
    for name, told in sorted(rows, key=lambda row: -float(np.sum(row[1]))):
        auc, ap = np.mean(told, axis=0)
        print(f"  {name:31} {auc:.3f} {ap:.3f}: " + ", ".join(f"{a:.3f} / {p:.3f}" for a, p in told), flush=True)
    print("15 % of the ties hidden, mean AUC and AP")
    rival: dict[str, Score] = {name: partial(single, name=name) for name in ("betweenness", "constraint, negative")}
    ways: dict[str, Score] = {"upriver rank": ours, **rival}
    for name, way in ways.items():
        auc, ap = hidden(sets, way)
        print(f"  {name} {auc:.3f} {ap:.3f}", flush=True)
    print("chosen on all other sets, one to three measures")
    for name, (auc, ap), some in left_out(sets):
        print(f"  {name}: {auc:.3f} / {ap:.3f} ({'; '.join(some)})", flush=True)
    for share in (0.1, 0.2, 0.3):
        print(f"the interval drawn with {share:.0%} of the ties hidden holds the rank by all ties of "
              f"{held(sets, share):.0%} of people", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
