"""Following money: our kernels beside networkx, plain Python and the least that memory allows, on the same transfers.

    python -m benchmarks.money_speed [--millions 1 10] [--peers 1000000]

Two drawn records. `dense`: one transfer in a thousand is stolen, and before long nearly every account is reached.
`sparse`: one in forty thousand is, the busiest accounts are services, most accounts are never reached. Graphs, lists
and arrays stand before the clock starts. `gather` moves each amount from one account's row of 32 bytes to another's
and no more: what memory allows a method that looks at every transfer. The peak is the resident memory of a process of
its own that holds the transfers (18 bytes each: payer, payee, amount, two flags), all working space and all results,
less what it had before the first array was made.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.timing import REPEATS, took
from upriver.graph import kernel, taint
from upriver.graph.auto import auto
from upriver.graph.build import Floats, Ints
from upriver.graph.order import time_order

METHODS: dict[str, Callable[[taint.Moves], taint.Carried]] = {
    "haircut": taint.haircut,
    "fifo": taint.fifo,
    "lifo": taint.lifo,
    "taint-first": taint.taint_first,
    "poison": taint.poison,
    "auto": lambda moves: auto(moves, np.arange(len(moves.source)) * 60, find_services=False).carried,
}
PEAKS = ("haircut", "fifo", "lifo")


def drawn(n: int, kind: str = "dense", seed: int = 7) -> taint.Moves:
    """`n` transfers between n / 5 accounts, some far busier than others; a service in a thousand stops the trace.

    kind  dense: one transfer in a thousand is stolen; sparse: one in 40,000, late; the busiest accounts stop it
    """
    rng = np.random.default_rng(seed)
    n_accounts = max(n // 5, 10)
    source, target = ((n_accounts * rng.random(n) ** 2).astype(np.int32) for _ in range(2))
    target = np.where(source == target, (target + 1) % n_accounts, target).astype(np.int32)
    amount = (np.round(np.exp(rng.normal(5, 1.5, n)), 2) + 0.01).astype(np.float64)
    stops = rng.random(n_accounts) < 0.001
    entry = rng.random(n) < 0.001
    if kind == "sparse":
        stops[: n_accounts // 500] = True
        quiet = np.flatnonzero(~(stops[source] | stops[target]))
        entry = np.zeros(n, dtype=np.bool_)
        # Stolen in the second half of the record.
        entry[quiet[len(quiet) // 2 :: 20_000]] = True
    return taint.Moves(source, target, amount, entry, np.zeros(n, dtype=np.bool_), stops, np.zeros(n_accounts))


@njit(cache=True)
def gather(accounts: NDArray[np.void], source: Ints, target: Ints, amount: Floats) -> None:
    """Move every amount from one account's row to another's."""
    for i in range(len(amount)):
        accounts[source[i]].balance -= amount[i]
        accounts[target[i]].balance += amount[i]


def graph_of(moves: taint.Moves) -> nx.MultiDiGraph:
    """The transfers as a networkx graph, as scripts of the field keep them."""
    graph = nx.MultiDiGraph()
    columns = (moves.source.tolist(), moves.target.tolist(), moves.amount.tolist(), moves.entry.tolist())
    for k, (s, t, x, e) in enumerate(zip(*columns, strict=True)):
        graph.add_edge(s, t, at=k, usd=x, entry=e)
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


def by_lists(rows: list[tuple[int, int, float, bool]], n_accounts: int, stops: set[int]) -> float:
    """The same over plain lists in time order."""
    balance, held = [0.0] * n_accounts, [0.0] * n_accounts
    for s, t, x, e in rows:
        have = max(balance[s], x)
        part = 0.0 if s in stops else held[s] * x / have
        held[s] -= part
        balance[s] = have - x
        balance[t] += x
        held[t] += x if e else part
    return sum(held)


def peers(n: int) -> tuple[float, float]:
    """Transfers a second of networkx and of plain Python; their haircut is held against ours."""
    moves = drawn(n)
    stops = set(np.flatnonzero(moves.stops).tolist())
    ours = taint.haircut(moves).held.sum()
    columns = (moves.source.tolist(), moves.target.tolist(), moves.amount.tolist(), moves.entry.tolist())
    rows = list(zip(*columns, strict=True))
    np.testing.assert_allclose(ours, by_lists(rows, len(moves.stops), stops), rtol=1e-9)
    lists = n / _seconds(lambda: by_lists(rows, len(moves.stops), stops))
    graph = graph_of(moves)
    np.testing.assert_allclose(ours, by_networkx(graph, stops), rtol=1e-9)
    return n / _seconds(lambda: by_networkx(graph, stops)), lists


def peak(moves: taint.Moves, method: str) -> float:
    """Bytes a transfer at most of a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for place, values in enumerate(moves.arrays):
            np.save(f"{folder}/{place}.npy", np.asarray(values))
        words = [sys.executable, "-m", "benchmarks.money_speed", "--peak", folder, method]
        return float(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _peak(folder: str, method: str) -> float:
    METHODS[method](drawn(1_000))  # compiled, and counted before
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak of compiling (Linux)
    before = _memory("VmRSS")
    moves = taint.Moves(*(np.load(f"{folder}/{place}.npy") for place in range(8)))
    found = METHODS[method](moves)
    return (_memory("VmHWM") - before) / len(found.usd)


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))


def _rate(moves: taint.Moves, method: Callable[[taint.Moves], object]) -> float:
    return len(moves.source) / _seconds(partial(method, moves))


def _seconds(work: Callable[[], object]) -> float:
    """Least processor seconds of some runs: all work on one processor, and the clock counts the neighbours too."""
    return min(took(work).cpu for _ in range(REPEATS))


def _gathered(moves: taint.Moves) -> None:
    gather(kernel.rows(len(moves.stops), kernel.ACCOUNT), moves.source, moves.target, moves.amount)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10], help="transfers of each record")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--peers", type=int, default=1_000_000, help="transfers for networkx and plain Python")
    parser.add_argument("--peak", nargs=2, metavar=("FOLDER", "METHOD"), help="print the bytes of one trace")
    options = parser.parse_args()
    if options.peak:
        print(_peak(*options.peak))
        return
    for method in METHODS.values():
        method(drawn(1_000))  # compiled before the clock starts
    _gathered(drawn(1_000))
    slow, lists = peers(options.peers)
    print(f"haircut over {options.peers:,} transfers; best of {REPEATS}, by processor seconds")
    print(f"  networkx {slow / 1e6:.3f}, plain Python {lists / 1e6:.3f} M transfers/s")
    for millions in options.millions:
        n = int(millions * 1e6)
        for kind in ("dense", "sparse"):
            _table(n, kind, options.methods, slow, lists)
    time = np.arange(1_000_000) // 3
    few = drawn(1_000_000)
    rate = len(time) / _seconds(lambda: time_order(time, few.source, few.target))
    print(f"\nputting 1,000,000 transfers in order, three at an instant: {rate / 1e6:.1f} M transfers/s")


def _table(n: int, kind: str, methods: Sequence[str], slow: float, lists: float) -> None:
    moves = drawn(n, kind)
    most = _rate(moves, _gathered)
    share = (taint.haircut(moves).usd > 0.0).mean()
    reached = len(kernel.within_reach(moves.source, moves.target, moves.entry, moves.back, moves.stops)) / n
    print(
        f"\n{kind}: {n:,} transfers, {len(moves.stops):,} accounts; "
        f"{share:.2%} traced by haircut, {reached:.0%} can matter to a trace"
    )
    print(f"  {'gather':12} {most / 1e6:8.1f} M transfers/s")
    for name in methods:
        method = METHODS[name]
        carried = method(moves)
        lost = 0.0
        if name != "poison":
            came = carried.entered.sum() + carried.presumed.sum()
            lost = abs(came - carried.held.sum() - carried.let_go.sum()) / came
        rate = _rate(moves, method)
        words = f"{rate / slow:7.0f} times networkx, {rate / lists:6.0f} plain Python, {rate / most:5.0%} of gather"
        bytes_each = f", {peak(moves, name):3.0f} bytes a transfer" if name in PEAKS else ""
        print(f"  {name:12} {rate / 1e6:8.1f} M transfers/s {words}{bytes_each}; lost {lost:.0e}", flush=True)


if __name__ == "__main__":
    main()
