"""Import speed: evidence and extract on a bank's CSV, as a share of DuckDB's own typed read_csv into a table.

    python -m benchmarks.imports [ROWS]

Both read the same file in the same run. DuckDB's side types the columns and keeps nothing else; Upriver's side keeps
every row as a record with its place, cleans accounts, times and amounts, refuses what is broken and gives ids.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

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


def main(n_rows: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "evidence"
        folder.mkdir()
        write_csv(folder / "ledger.csv", n_rows)
        connection = duckdb.connect(str(Path(place) / "peer.duckdb"))
        started = time.perf_counter()
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM read_csv(?, types={'source_account': 'VARCHAR', "
            "'target_account': 'VARCHAR', 'occurred_at': 'TIMESTAMP', 'amount': 'DOUBLE'})",
            [str(folder / "ledger.csv")],
        ).fetchall()
        connection.close()
        peer = time.perf_counter() - started
        mine: dict[str, float] = {}
        with Case.create(Path(place) / "evidence.upriver", folder) as case:
            for stage in stages()[:2]:
                started = time.perf_counter()
                case.run(stage)
                mine[stage.name] = time.perf_counter() - started
            n_transfers = case.sql("SELECT count(*) AS n FROM transfer")["n"][0].as_py()
        total = sum(mine.values())
        print(f"rows {n_rows:,}; transfers stored {n_transfers:,}")
        print(f"DuckDB typed read_csv into a table   {peer:8.2f} s   {n_rows / peer:12,.0f} rows/s")
        for name, seconds in mine.items():
            print(f"Upriver {name:<28} {seconds:8.2f} s   {n_rows / seconds:12,.0f} rows/s")
        print(f"Upriver both, as a share of DuckDB's speed: {peer / total:.0%}")
        print(f"Upriver evidence alone:                     {peer / mine['evidence']:.0%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
