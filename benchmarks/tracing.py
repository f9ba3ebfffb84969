"""Tracing victims' money: our kernels beside the same haircut over a networkx graph and over plain lists.

    python -m benchmarks.tracing [--transfers 10000000] [--networkx-transfers 200000]

One process, the same transfers: accounts are drawn unevenly, one transfer in a thousand is a victim's payment.
"""

from __future__ import annotations

import argparse
from functools import partial

import networkx as nx
import numpy as np

from benchmarks.timing import REPEATS, best_of
from upriver.graph import taint
from upriver.graph.order import time_order


def drawn(m: int, seed: int = 7) -> taint.Moves:
    """Transfers between m / 5 accounts, some far busier than others."""
    rng = np.random.default_rng(seed)
    n = max(m // 5, 10)
    source = (n * rng.random(m) ** 2).astype(np.int32)
    target = (n * rng.random(m) ** 2).astype(np.int32)
    target = np.where(source == target, (target + 1) % n, target).astype(np.int32)
    return taint.Moves(
        source, target, (np.round(np.exp(rng.normal(5, 1.5, m)), 2) + 0.01).astype(np.float64), rng.random(m) < 0.001,
        np.zeros(m, dtype=np.bool_), rng.random(n) < 0.001, np.zeros(n),
    )  # fmt: skip


def graph_of(moves: taint.Moves) -> nx.MultiDiGraph:
    """The transfers as a networkx graph, as scripts of the field keep them."""
    graph = nx.MultiDiGraph()
    columns = (moves.source.tolist(), moves.target.tolist(), moves.amount.tolist(), moves.entry.tolist())
    for k, (s, t, x, e) in enumerate(zip(*columns, strict=True)):
        graph.add_edge(s, t, at=k, usd=x, entry=e)
    nx.set_node_attributes(graph, 0.0, "balance")
    nx.set_node_attributes(graph, 0.0, "held")
    return graph


def by_networkx(graph: nx.MultiDiGraph, stops: set[int]) -> float:
    """Haircut over the edges in time order; returns the traced money held at the end."""
    nodes = graph.nodes
    for node in nodes:
        nodes[node]["balance"] = nodes[node]["held"] = 0.0
    for s, t, told in sorted(graph.edges(data=True), key=lambda edge: edge[2]["at"]):
        payer, payee, x = nodes[s], nodes[t], told["usd"]
        have = max(payer["balance"], x)
        part = 0.0 if s in stops else payer["held"] * x / have
        payer["held"] -= part
        payer["balance"] = have - x
        payee["balance"] += x
        payee["held"] += x if told["entry"] else part
    return float(sum(nodes[node]["held"] for node in nodes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=10_000_000)
    parser.add_argument("--networkx-transfers", type=int, default=200_000)
    options = parser.parse_args()
    few = drawn(options.networkx_transfers)
    methods = {"haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo}
    for method in methods.values():
        method(drawn(100))  # compiled before the clock starts
    graph, stops = graph_of(few), set(np.flatnonzero(few.stops).tolist())
    slow = options.networkx_transfers / best_of(lambda: by_networkx(graph, stops))
    np.testing.assert_allclose(taint.haircut(few).held.sum(), by_networkx(graph, stops), rtol=1e-9)
    moves = drawn(options.transfers)
    print(f"tracing: {options.transfers:,} transfers, {len(moves.stops):,} accounts; best of {REPEATS}")
    print(f"  {'networkx haircut':18} {slow / 1e6:8.3f} M transfers/s ({options.networkx_transfers:,} transfers)")
    for name, method in methods.items():
        carried = method(moves)
        gap = abs(carried.entered.sum() - carried.held.sum() - carried.let_go.sum()) / carried.entered.sum()
        rate = options.transfers / best_of(partial(method, moves))
        print(f"  {name:18} {rate / 1e6:8.3f} M transfers/s   {rate / slow:6.1f} times networkx; lost {gap:.1e} of it")
    time_ = np.arange(options.transfers) // 3
    rate = options.transfers / best_of(lambda: time_order(time_, moves.source, moves.target))
    print(f"  {'order, 3 at a time':18} {rate / 1e6:8.3f} M transfers/s")


if __name__ == "__main__":
    main()
