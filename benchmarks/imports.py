"""Import speed: a bank's CSV into `record` and `transfer`, as a share of DuckDB's own typed read_csv into a table.

    python -m benchmarks.imports [--rows 1000000] [--repeats 3] [--evidence-only] [--torn]

"Import" is what the evidence stage does: every row becomes a record in the case, its fields as written, with its place
(`FILE_ID#row N`); rows that cannot be read become records too, with their raw text and the reason; the file is hashed,
the table digested, the keys checked, the case file closed. `--evidence-only` leaves extract out. The peak of memory is
that of one more import in a process of its own. `--torn` quotes a column and breaks one row in a thousand.

All read the same file, turn by turn in one process; the best turn of each counts. DuckDB's side types the columns and
keeps nothing else. Upriver's evidence stage keeps every row as a record with its place, and its digest; extract then
cleans accounts, times and amounts, refuses what is broken, looks for rows told twice and gives ids of content. The
share is told by the clock and by processor seconds: the clock is what a user sees, the other what a busy machine
changes less.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.timing import Took, command, took
from upriver.case.store import Case
from upriver.evidence.folder import forget
from upriver.pipeline import stages


def write_csv(path: Path, n_rows: int, torn: bool = False) -> None:
    """A ledger of `n_rows` transfers between 50,000 accounts, by a fixed seed.

    torn  a column is quoted, one cell in 250 has a mark inside it, one row in 1,000 lacks cells
    """
    dice = np.random.default_rng(7)
    source, target = dice.integers(0, 50_000, (2, n_rows))
    cents = np.maximum(1, (np.exp(dice.normal(4.5, 1.4, n_rows)) * 100).astype(np.int64))
    seconds = np.sort(dice.integers(0, 300 * 86_400, n_rows))
    times = (np.datetime64("2025-01-01T00:00:00") + seconds.astype("timedelta64[s]")).astype(str)
    reference = '"R{:010d}"' if torn else "R{:010d}"
    row = reference + ",10{:08d},20{:08d},{}Z,{}.{:02d},USD\n"
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
            lines = [row.format(n, s, t, at, c // 100, c % 100) for n, s, t, at, c in rows]
            if torn:
                lines[::250] = [line.replace('"R', '"R""') for line in lines[::250]]
                lines[::1000] = [line.rpartition(",")[0] + "\n" for line in lines[::1000]]
            file.writelines(lines)


def by_duckdb(ledger: Path, place: Path) -> Took:
    """DuckDB's typed read_csv into a table of a new file; rows that it cannot read are left out in silence."""
    path = place / "peer.duckdb"
    path.unlink(missing_ok=True)

    def work() -> None:
        connection = duckdb.connect(str(path))
        connection.execute(
            "CREATE TABLE t AS SELECT * FROM read_csv(?, ignore_errors=true, types={'source_account': 'VARCHAR', "
            "'target_account': 'VARCHAR', 'occurred_at': 'TIMESTAMP', 'amount': 'DOUBLE'})",
            [str(ledger)],
        ).fetchall()
        connection.close()

    return took(work)


def by_upriver(folder: Path, place: Path, evidence_only: bool) -> tuple[dict[str, Took], int]:
    """Evidence, and extract unless left out, into a new case; and how many records or transfers they found."""
    home = place / "evidence.upriver"
    shutil.rmtree(home, ignore_errors=True)
    Case.create(home, folder).close()
    # The fingerprint of an earlier turn has hashed the file: hashing is a part of each import.
    forget()
    mine: dict[str, Took] = {}
    for stage in stages()[: 1 if evidence_only else 2]:
        case = Case.open(home)
        mine[stage.name] = took(partial(case.run, stage)) + took(case.close)
    with Case.open(home, read_only=True) as case:
        table = "record" if evidence_only else "transfer"
        n_found: int = case.sql(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()
    return mine, n_found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--evidence-only", action="store_true")
    parser.add_argument("--torn", action="store_true")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone is not None:
        by_upriver(options.alone / "evidence", options.alone, evidence_only=True)
        return
    n_rows = options.rows
    best: dict[str, Took] = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "evidence"
        folder.mkdir()
        write_csv(folder / "ledger.csv", n_rows, options.torn)
        for _ in range(options.repeats):
            told = {"DuckDB read_csv, typed, into a table": by_duckdb(folder / "ledger.csv", place)}
            mine, n_found = by_upriver(folder, place, options.evidence_only)
            told["Upriver evidence: into record"] = mine["evidence"]
            if "extract" in mine:
                told["Upriver extract: into transfer"] = mine["extract"]
                told["Upriver evidence and extract"] = mine["evidence"] + mine["extract"]
            for what, spent in told.items():
                known = best.get(what, spent)
                best[what] = Took(min(known.wall, spent.wall), min(known.cpu, spent.cpu))
        n_bytes = (folder / "ledger.csv").stat().st_size
        peak = command([sys.executable, "-m", "benchmarks.imports", "--alone", str(place)]).peak
    found = "records" if options.evidence_only else "transfers"
    print(f"import: {n_rows:,} rows, {n_bytes / 1e6:,.0f} MB, {n_found:,} {found} found; best of {options.repeats}")
    peer = next(iter(best.values()))
    for what, spent in best.items():
        print(
            f"  {what:37} {n_rows / spent.wall:10,.0f} rows/s {peer.wall / spent.wall:6.0%} of DuckDB by the clock, "
            f"{peer.cpu / spent.cpu:4.0%} by processor seconds ({spent.cpu:.2f})"
        )
    print(f"  evidence stage alone in a process: {peak:.2f} GiB at most")


if __name__ == "__main__":
    main()
