"""Import speed: a bank's CSV into `record` and `transfer`, as a share of DuckDB's own typed read_csv into a table.

    python -m benchmarks.imports [--rows 1000000] [--repeats 3]

All read the same file, turn by turn in one process; the best turn of each counts. DuckDB's side types the columns and
keeps nothing else. Upriver's evidence stage keeps every row as a record with its place, and its digest; extract then
cleans accounts, times and amounts, refuses what is broken, looks for rows told twice and gives ids of content. The
share is told by the clock and by processor seconds: the clock is what a user sees, the other what a busy machine
changes less.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.timing import Took, took
from upriver.case.store import Case
from upriver.pipeline import stages


def write_csv(path: Path, n_rows: int) -> None:
    """A ledger of `n_rows` transfers between 50,000 accounts, by a fixed seed."""
    dice = np.random.default_rng(7)
    source, target = dice.integers(0, 50_000, (2, n_rows))
    cents = np.maximum(1, (np.exp(dice.normal(4.5, 1.4, n_rows)) * 100).astype(np.int64))
    seconds = np.sort(dice.integers(0, 300 * 86_400, n_rows))
    times = (np.datetime64("2025-01-01T00:00:00") + seconds.astype("timedelta64[s]")).astype(str)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("reference,source_account,target_account,occurred_at,amount,currency\n")
        for start in range(0, n_rows, 100_000):
            end = start + 100_000
            rows = zip(
                range(start, n_rows),
                source[start:end],
                target[start:end],
                times[start:end],
                cents[start:end],
                strict=False,
            )
            file.writelines(
                f"R{n:010d},10{s:08d},20{t:08d},{at}Z,{c // 100}.{c % 100:02d},USD\n" for n, s, t, at, c in rows
            )


def by_duckdb(ledger: Path, place: Path) -> Took:
    """DuckDB's typed read_csv into a table of a new file."""
    path = place / "peer.duckdb"
    path.unlink(missing_ok=True)

    def work() -> None:
        connection = duckdb.connect(str(path))
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM read_csv(?, types={'source_account': 'VARCHAR', "
            "'target_account': 'VARCHAR', 'occurred_at': 'TIMESTAMP', 'amount': 'DOUBLE'})",
            [str(ledger)],
        ).fetchall()
        connection.close()

    return took(work)


def by_upriver(folder: Path, place: Path) -> tuple[dict[str, Took], int]:
    """Evidence and extract into a new case, and how many transfers they found."""
    home = place / "evidence.upriver"
    shutil.rmtree(home, ignore_errors=True)
    mine: dict[str, Took] = {}
    with Case.create(home, folder) as case:
        for stage in stages()[:2]:
            mine[stage.name] = took(partial(case.run, stage))
        n_transfers: int = case.sql("SELECT count(*) AS n FROM transfer")["n"][0].as_py()
    return mine, n_transfers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    n_rows = options.rows
    best: dict[str, Took] = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "evidence"
        folder.mkdir()
        write_csv(folder / "ledger.csv", n_rows)
        for _ in range(options.repeats):
            told = {"DuckDB read_csv, typed, into a table": by_duckdb(folder / "ledger.csv", place)}
            mine, n_transfers = by_upriver(folder, place)
            told["Upriver evidence: into record"] = mine["evidence"]
            told["Upriver extract: into transfer"] = mine["extract"]
            told["Upriver evidence and extract"] = mine["evidence"] + mine["extract"]
            for what, spent in told.items():
                known = best.get(what, spent)
                best[what] = Took(min(known.wall, spent.wall), min(known.cpu, spent.cpu))
    print(f"import: {n_rows:,} rows, {n_transfers:,} transfers found; best of {options.repeats}")
    peer = next(iter(best.values()))
    for what, spent in best.items():
        print(
            f"  {what:37} {n_rows / spent.wall:10,.0f} rows/s {peer.wall / spent.wall:6.0%} of DuckDB by the clock, "
            f"{peer.cpu / spent.cpu:4.0%} by processor seconds"
        )


if __name__ == "__main__":
    main()
