"""From a CSV of transfers with text ids to traced files on disk, beside reading and sorting the file alone.

    python -m benchmarks.money_file [--transfers 10000000] [--method auto] [--runs 3] [--folder FOLDER]

The CSV is drawn as the sparse record of money_speed. Alone: DuckDB reads the same columns, typed, and sorts them by
time into a table in memory. Each runs in a process of its own, after a first run on a small file, so that modules are
not compiled anew (Python keeps them, also where the environment tells it not to); then the parts of the trace are timed
in one; the rest is starting, writing and what is worked out for it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.money_speed import drawn
from benchmarks.timing import Took, command
from upriver.graph import taint
from upriver.graph.order import time_order
from upriver.plain.lists import ACCOUNT, ID, listed
from upriver.plain.trace import follow, reachable
from upriver.plain.transferfile import read

Found = TypeVar("Found")
ALONE = """
import duckdb, sys
with duckdb.connect() as connection:
    connection.execute('''CREATE TABLE sorted AS SELECT * FROM read_csv(?, header = true, columns = {
        'transfer_id': 'VARCHAR', 'source_account': 'VARCHAR', 'target_account': 'VARCHAR',
        'occurred_at': 'TIMESTAMP', 'amount_usd': 'DOUBLE'}) ORDER BY occurred_at''', [sys.argv[1]])
"""


def write(n: int, folder: Path) -> None:
    """transfers.csv, sources.csv (transfer ids) and services.csv."""
    moves = drawn(n, "sparse")
    seconds = np.sort(np.random.default_rng(8).integers(1_700_000_000, 1_731_536_000, n))
    table = pa.table(
        {
            "k": np.arange(n),
            "s": moves.source,
            "t": moves.target,
            "x": moves.amount,
            "second": seconds,
            "e": moves.entry,
        }
    )
    stops = pa.table({"a": np.flatnonzero(moves.stops)})
    named = "'acct-' || lpad(({0} * 7919 % 100000007)::VARCHAR, 9, '0')"
    with duckdb.connect() as connection:
        connection.register("moves", table)
        connection.register("stops", stops)
        told = f"""SELECT 'tx' || lpad(k::VARCHAR, 10, '0') AS transfer_id, {named.format("s::BIGINT")}
            AS source_account, {named.format("t::BIGINT")} AS target_account,
            make_timestamp(second * 1000000) AS occurred_at, round(x, 2) AS amount_usd FROM moves"""
        for name, query in (
            ("transfers", f"SELECT * FROM ({told}) ORDER BY md5(transfer_id)"),
            ("sources", f"{told} WHERE e"),
            ("services", f"SELECT {named.format('a::BIGINT')} AS account FROM stops"),
        ):
            connection.execute(f"COPY ({query}) TO '{folder / name}.csv' (HEADER)")


def parts(folder: Path, method: str) -> None:
    """Print where the time of a trace goes, in this process."""
    file, services = folder / "transfers.csv", listed(folder / "services.csv", ACCOUNT, "account")
    net = _timed("read, check, encode ids, order", lambda: read(file, None)).transfers
    _timed("  of it: order", lambda: time_order(net.time, net.source, net.target))
    sources = pa.array(listed(folder / "sources.csv", ID, "transfer_id").values, type=pa.string())
    known = _timed("find the sources", lambda: pc.is_in(net.told, sources)).to_numpy(zero_copy_only=False).copy()
    entry = known if net.place is None else known[net.place]
    stops = dict.fromkeys(services.values, "")
    near = _timed("leave behind what cannot be reached", lambda: reachable(net, entry, None, stops, False))
    net, entry = net.alone(near), entry[near]
    made = _timed(f"{method}, and the four methods of the spread", lambda: follow(net, entry, stops, method))
    each = {"haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo, "taint-first": taint.taint_first}
    for name, run in each.items():
        _timed(f"  of it: {name}", partial(run, made.moves))


def _timed(name: str, work: Callable[[], Found]) -> Found:
    started = time.perf_counter()
    found = work()
    print(f"  {name:46} {time.perf_counter() - started:7.2f} s", flush=True)
    return found


def alone(folder: Path, environment: Mapping[str, str]) -> Took:
    return command([sys.executable, "-c", ALONE, str(folder / "transfers.csv")], environment)


def whole(folder: Path, method: str, environment: Mapping[str, str]) -> Took:
    words = [sys.executable, "-m", "upriver", "trace", str(folder / "transfers.csv")]
    words += ["--from", str(folder / "sources.csv"), "--stop-at", str(folder / "services.csv")]
    return command([*words, "--method", method, "--out", str(folder / "out")], environment)


def measure(n: int, folder: Path, method: str, runs: int, home: Path) -> None:
    """Print both, beside each other in each run; files of a folder that has them are used again."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(home / "modules")
    small = home / "small"
    small.mkdir()
    write(10_000, small)
    alone(small, environment)
    whole(small, method, environment)
    if not (folder / "transfers.csv").exists():
        write(n, folder)
    print(f"{n:,} transfers, {(folder / 'transfers.csv').stat().st_size / 1e6:,.0f} MB", flush=True)
    for _ in range(runs):
        peer, ours = alone(folder, environment), whole(folder, method, environment)
        for name, took_ in (("read and sort alone", peer), (f"upriver trace, {method}", ours)):
            print(f"  {name:24} {took_.wall:7.1f} s, {took_.cpu:7.1f} processor seconds, {took_.peak:5.1f} GiB")
        print(f"  ratio {ours.wall / peer.wall:.2f} by the clock, {ours.cpu / peer.cpu:.2f} by processor seconds")
    lines = {name: sum(1 for _ in (folder / "out" / name).open()) - 1 for name in ("accounts.csv", "transfers.csv")}
    print(f"  written: {lines['accounts.csv']:,} accounts, {lines['transfers.csv']:,} transfers", flush=True)
    words = [sys.executable, "-m", "benchmarks.money_file", "--parts", str(folder), "--method", method]
    subprocess.run(words, check=True, env=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=10_000_000)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, help="where the files are drawn, or stand already; else they are deleted"
    )
    parser.add_argument("--parts", type=Path, metavar="FOLDER", help="print the parts of one trace")
    options = parser.parse_args()
    if options.parts:
        parts(options.parts, options.method)
        return
    with tempfile.TemporaryDirectory() as home:
        measure(options.transfers, options.folder or Path(home), options.method, options.runs, Path(home))


if __name__ == "__main__":
    main()
