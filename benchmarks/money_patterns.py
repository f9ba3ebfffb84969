"""Laundering patterns: planted schemes found and alerts beside them, next to simple rules; speed by kind, and memory.

    python -m benchmarks.money_patterns [--quick] [--millions 1 5]

The simulator plants schemes of eleven kinds in a town's ordinary traffic beside a story of its own; no victims' money
is told, so that strength alone ranks the alerts. A scheme is found where alerts of its kind that lie mostly within it
cover half of its transfers together; an alert is of laundering where half of its transfers or more are a scheme's, or
carry money of the story's victims. The rules beside are those of a first evening with the data: SQL over calendar
weeks for fans and structuring, in-and-out for passing through, networkx's simple cycles for rings.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import networkx as nx
import numpy as np
import pyarrow as pa

from benchmarks.timing import took
from upriver.evaluate.patterns import Planted, Told, found
from upriver.money import typologies
from upriver.money.params import MoneyParams
from upriver.money.pattern import Pattern
from upriver.money.standing import services
from upriver.money.tracing import Network
from upriver.simulate.laundering import Laundering
from upriver.simulate.presets import PRESETS, SCALES
from upriver.simulate.rates import Rates
from upriver.simulate.schemes import Schemes
from upriver.simulate.syndicate import Cast
from upriver.simulate.town import Town

_ARRAYS = ("source", "target", "time", "amount")
# What `typologies.found` calls, under the kind that is told.
_STEPS = {
    "fans": "fan_in, fan_out", "fan_patterns": "fan_in, fan_out", "gather_scatter": "gather_scatter",
    "cycles": "cycle", "passed_on": "pass_through", "pass_through": "pass_through", "structuring": "structuring",
    "peel_chains": "peel_chain", "layers": "layering", "lives": "mule_burst", "bursts": "mule_burst",
    "found_crowds": "bipartite, stack", "bipartite": "bipartite, stack", "stacks": "bipartite, stack",
    "scores": "mule score", "sorted_by": "sorting",
}  # fmt: skip
_MOST_CYCLES, _MOST_SECONDS = 200_000, 60


@dataclass(frozen=True)
class Record:
    """Transfers in time order, the schemes planted in them, and the transfers that carry the story's victims' money."""

    net: Network
    planted: list[Planted]
    story: frozenset[str]


def drawn(preset: str, seed: int, transfers: int) -> Record:
    """A story, its town's ordinary traffic and planted schemes, about `transfers` in all."""
    scale = max((one for one in SCALES.values() if one.transfers <= transfers), key=lambda one: one.transfers)
    scale = replace(scale, transfers=transfers)
    town = Town(seed, PRESETS[preset], scale)
    cast = Cast(seed, PRESETS[preset], scale, town)
    rates = Rates(seed, [market.currency for market in PRESETS[preset].markets], cast.start, cast.end)
    told = Laundering(seed, cast, rates)
    Schemes(seed, told)
    rows = town.ordinary(np.random.default_rng(seed), cast.start, cast.end, transfers)
    at = np.concatenate([np.array(told.moved.at, dtype=np.int64), rows.at])
    source = np.concatenate([np.array(told.moved.source, dtype=np.int32), rows.source.astype(np.int32)])
    target = np.concatenate([np.array(told.moved.target, dtype=np.int32), rows.target.astype(np.int32)])
    amount = np.concatenate([np.array(told.moved.usd), rows.usd])
    order = np.argsort(at, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    planted = [
        Planted(kind, str(account), frozenset(str(place[row]) for row in made)) for kind, account, made in told.schemes
    ]
    carried = np.flatnonzero(np.array(told.moved.reported) + np.array(told.moved.unreported) > 0)
    net = network(source[order], target[order], at[order] * 1_000_000, amount[order])
    return Record(net, planted, frozenset(map(str, place[carried].tolist())))


def network(source: np.ndarray, target: np.ndarray, time: np.ndarray, amount: np.ndarray) -> Network:
    """A network of which nothing is told but the transfers."""
    n = int(max(source.max(), target.max())) + 1
    nothing = np.zeros(len(time), dtype=np.bool_)
    return Network(pa.array(np.arange(n)).cast(pa.string()), np.arange(len(time)), source, target, time, amount,
                   nothing, nothing)  # fmt: skip


def ours(net: Network, params: MoneyParams) -> list[Pattern]:
    """All patterns of the network; services by their looks, none told."""
    return typologies.found(net, services(net, np.zeros(net.n, dtype=np.bool_), params), params)[0]


def alerts(net: Network, patterns: list[Pattern], params: MoneyParams) -> list[Told]:
    """What a user of `upriver patterns` sees: of each kind the strongest."""
    flow = pa.table({"transfer_id": pa.array(np.arange(len(net.time))).cast(pa.string())})
    rows = typologies.alerts(flow, net, patterns, None, params, most_transfers=None)
    return [Told(str(row["kind"]), frozenset(map(str, row["transfer_ids"]))) for row in rows]  # type: ignore[call-overload] # a list of texts


# ---- rules of a first evening --------------------------------------------------------------------------------------
_WEEKLY = """SELECT '{kind}' AS kind, list(id::VARCHAR) AS ids FROM moves {where}
             GROUP BY {own}, time // 604800000000 HAVING {having}"""


def rules(net: Network, params: MoneyParams) -> list[Told]:
    """SQL over calendar weeks, and over the whole record for passing through."""
    moves = pa.table({"id": np.arange(len(net.time)), **{name: getattr(net, name) for name in _ARRAYS}})
    told = []
    with duckdb.connect() as base:
        base.execute("SET enable_progress_bar = false")
        base.register("moves", moves)
        fan = f"count(DISTINCT {{}}) >= {params.fan} AND sum(amount) >= {params.least_usd}"
        low = params.threshold_usd * (1 - params.threshold_band)
        queries = [
            _WEEKLY.format(kind="fan_in", where="", own="target", having=fan.format("source")),
            _WEEKLY.format(kind="fan_out", where="", own="source", having=fan.format("target")),
            _WEEKLY.format(
                kind="structuring", where=f"WHERE amount >= {low} AND amount < {params.threshold_usd}", own="target",
                having=f"count(*) >= {params.n_structured}",
            ),
            f"""WITH sums AS (SELECT account, sum(came) AS came, sum(went) AS went FROM (
                    SELECT target AS account, amount AS came, 0 AS went FROM moves UNION ALL
                    SELECT source, 0, amount FROM moves) GROUP BY account)
                SELECT 'pass_through' AS kind, list(m.id::VARCHAR) AS ids FROM sums s
                JOIN moves m ON s.account IN (m.source, m.target)
                WHERE came >= {params.least_usd} AND went BETWEEN {params.quick_share} * came AND came
                GROUP BY s.account""" if len(net.time) < 100_000 else "",
        ]  # fmt: skip
        for query in filter(None, queries):
            told += [Told(kind, frozenset(ids)) for kind, ids in base.sql(query).fetchall()]
    return told


def rings_of_networkx(net: Network, params: MoneyParams) -> tuple[list[Told], bool]:
    """Simple cycles over the larger transfers, whatever their order in time; whether all could be listed."""
    import time

    graph = nx.DiGraph()
    rows: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for place in np.flatnonzero(net.amount >= params.least_usd).tolist():
        pair = int(net.source[place]), int(net.target[place])
        graph.add_edge(*pair)
        rows[pair].append(str(place))
    told, stop = [], time.perf_counter() + _MOST_SECONDS
    for ring in nx.simple_cycles(graph, length_bound=params.ring):
        pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
        told.append(Told("cycle", frozenset(itertools.chain.from_iterable(rows[pair] for pair in pairs))))
        if len(told) >= _MOST_CYCLES or time.perf_counter() > stop:
            return told, False
    return told, True


# ---- scores --------------------------------------------------------------------------------------------------------
def count(record: Record, told: list[Told]) -> dict[str, tuple[int, int, int, int]]:
    """kind -> schemes planted, found, alerts, alerts of which half or more is laundering, planted or the story's."""
    planted = record.planted
    everything = record.story.union(*(one.transfers for one in planted))
    counted = {}
    for kind in sorted({one.kind for one in planted}):
        here = [alert for alert in told if alert.kind == kind]
        mine = [one for one in planted if one.kind == kind]
        within = sum(2 * len(alert.transfers & everything) >= len(alert.transfers) for alert in here)
        counted[kind] = (len(mine), sum(found(one, here, {kind}) for one in mine), len(here), within)
    return counted


def quality(transfers: int, seeds: list[int]) -> None:
    """Print schemes found, alerts and the share of these that is laundering, of ours and of the rules."""
    params = MoneyParams()
    sums: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    sizes: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    whole = True
    for preset, seed in itertools.product(sorted(PRESETS), seeds):
        record = drawn(preset, seed, transfers)
        patterns = ours(record.net, params)
        shown = alerts(record.net, patterns, params)
        every = [Told(one.kind, frozenset(map(str, one.transfers))) for one in patterns]
        beside = rules(record.net, params)
        if transfers < 100_000:
            cycles, all_of = rings_of_networkx(record.net, params)
            beside, whole = beside + cycles, whole and all_of
        for who, told in (("shown", shown), ("all", every), ("rule", beside)):
            for kind, numbers in count(record, told).items():
                sums[who, kind].update(dict(enumerate(numbers)))
        for one in record.planted:
            sizes[one.size][found(one, shown, {one.kind})] += 1
    print(f"\n{transfers:,} transfers, {len(PRESETS)} presets, seeds {seeds}: found of planted; alerts, of laundering")
    print(f"  {'kind':15} {'strongest ' + str(params.most_alerts):>24} {'all':>24} {'simple rule':>28}")
    for kind in sorted({kind for _, kind in sums}):
        cells = []
        for who in ("shown", "all", "rule"):
            n, hit, made, within = (sums[who, kind][k] for k in range(4))
            cells.append(f"{hit} of {n}; {made:,}, {within / made:.0%}" if made else "none told")
        print(f"  {kind:15} {cells[0]:>24} {cells[1]:>24} {cells[2]:>28}")
    made, within = (sum(sums["shown", kind][k] for who, kind in sums if who == "shown") for k in (2, 3))
    print(f"  shown in all: {made:,} alerts, {within / made:.0%} of laundering")
    words = (f"{name} {sizes[name][True]} of {sizes[name].total()}" for name in ("small", "medium", "large"))
    print(f"  by size, strongest: {', '.join(words)}")
    if not whole:
        print(f"  networkx was stopped after {_MOST_CYCLES:,} cycles or {_MOST_SECONDS} s of a record", flush=True)


@contextmanager
def timed(spent: Counter[str]) -> Iterator[None]:
    """Count the processor seconds of each step of `typologies.found`."""
    real = {name: getattr(typologies, name) for name in _STEPS}

    def watched(name: str) -> Callable[..., object]:
        def call(*args: object) -> object:
            kept: list[object] = []
            spent[_STEPS[name]] += took(lambda: kept.append(real[name](*args))).cpu  # type: ignore[assignment] # seconds
            return kept[0]

        return call

    try:
        for name in real:
            setattr(typologies, name, watched(name))
        yield
    finally:
        for name, call in real.items():
            setattr(typologies, name, call)


def speed(millions: float) -> None:
    """Print transfers a second, by kind, beside the SQL rules; and the memory of a process of its own."""
    params = MoneyParams()
    record = drawn("border-town", 7, int(millions * 1e6))
    net = record.net
    ours(network(*(getattr(net, name)[:5_000] for name in _ARRAYS)), params)  # compiled before the clock starts
    spent: Counter[str] = Counter()
    standing = took(lambda: services(net, np.zeros(net.n, dtype=np.bool_), params)).cpu
    with timed(spent):
        all_of = took(lambda: ours(net, params)).cpu
    sql = took(lambda: rules(net, params))
    print(f"\n{len(net.time):,} transfers, {net.n:,} accounts, processor seconds")
    print(f"  all kinds and scores {all_of:.1f} s, {len(net.time) / all_of / 1e6:.2f} M transfers a second")
    print(f"  three SQL rules (fans, structuring) {sql.cpu:.1f} s: all of ours take {all_of / sql.cpu:.1f} times that")
    spent["standing services"] = standing  # type: ignore[assignment] # seconds
    for name, seconds in spent.most_common():
        print(f"  {name:20} {seconds:7.2f} s {seconds / all_of:5.0%}")
    with tempfile.TemporaryDirectory() as folder:
        for name in _ARRAYS:
            np.save(f"{folder}/{name}.npy", getattr(net, name))
        words = [sys.executable, "-m", "benchmarks.money_patterns", "--peak", folder]
        print(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout, end="", flush=True)


def _peak(folder: str) -> None:
    rng = np.random.default_rng(1)
    few = (rng.integers(0, 90, 999, np.int32), rng.integers(100, 190, 999, np.int32), np.arange(999) * 10**9)
    ours(network(*few, rng.random(999) * 1e4), MoneyParams())
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak of compiling (Linux)
    before = _memory("VmRSS")
    net = network(*(np.load(f"{folder}/{name}.npy") for name in _ARRAYS))
    patterns = ours(net, MoneyParams())
    most = _memory("VmHWM") - before
    print(f"  peak {most / len(net.time):.0f} bytes a transfer, the transfers included; {len(patterns):,} patterns")


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two small records, and 0.1 million transfers")
    parser.add_argument("--millions", type=float, nargs="+", default=[1], help="transfers for the speed")
    parser.add_argument("--peak", metavar="FOLDER", help="print the bytes of one run")
    options = parser.parse_args()
    if options.peak:
        _peak(options.peak)
        return
    quality(10_000, [21] if options.quick else [21, 22, 23, 24, 25])
    if not options.quick:
        quality(1_000_000, [21])
    for millions in [0.1] if options.quick else options.millions:
        speed(millions)


if __name__ == "__main__":
    main()
