"""Where the time of a whole investigation goes: a simulated case, stage by stage, with peak memory.

    python -m benchmarks.endtoend [--scale medium] [--preset border-town] [--seed 1] [--keep DIR]

Simulator and investigation are commands of their own, as a user runs them, so that memory is told of each alone. Beside
them, in the same run, DuckDB types as many transfers from one clean CSV into a table: the unit that each stage is told
in, which a busy or a faster machine changes as it changes the stages.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.imports import by_duckdb, write_csv
from benchmarks.timing import Took, command
from upriver import pipeline
from upriver.case.manifest import load

_UPRIVER = (sys.executable, "-m", "upriver")


def measure(place: Path, scale: str, preset: str, seed: int) -> None:
    """Simulate, investigate, export; print what each took."""
    # The first run on a machine compiles the kernels and keeps them: it is told apart, not mixed into a stage.
    command((*_UPRIVER, "simulate", str(place / "first")))
    first = command((*_UPRIVER, "investigate", str(place / "first" / "evidence")))
    made = place / "made-up"
    words = ("simulate", str(made), "--preset", preset, "--scale", scale, "--seed", str(seed))
    simulated = command((*_UPRIVER, *words))
    evidence, home = made / "evidence", made / f"evidence{pipeline.SUFFIX}"
    n_bytes = _bytes(evidence)
    spent = command((*_UPRIVER, "investigate", str(evidence)))
    again = command((*_UPRIVER, "investigate", str(evidence)))
    told = load(home).stages
    n_transfers = told["extract"]["tables"]["transfer"]["rows"]
    write_csv(place / "ledger.csv", n_transfers)
    unit = min(by_duckdb(place / "ledger.csv", place).wall for _ in range(3))
    print(f"end to end: {preset} {scale}, seed {seed}: {n_transfers:,} transfers, {n_bytes / 1e6:,.0f} MB of evidence")
    print(f"  the unit: DuckDB types as many transfers from a clean CSV into a table in {unit:.2f} s")
    for name in pipeline.ORDER:
        seconds = told[name]["seconds"]
        rows = ", ".join(f"{table} {one['rows']:,}" for table, one in told[name]["tables"].items() if one["rows"])
        print(f"  {name:<12} {seconds:8.1f} s {seconds / spent.wall:6.1%} {seconds / unit:8.1f} units  {rows}")
    rest = spent.wall - sum(told[name]["seconds"] for name in pipeline.ORDER)
    print(
        f"  {'dossier':<12} {rest:8.1f} s {rest / spent.wall:6.1%} {rest / unit:8.1f} units  start and digests included"
    )
    _line("investigate", spent, unit)
    _line("again", again, unit, "nothing changed: the dossier is written anew")
    _line("simulate", simulated, unit)
    _line("small first", first, unit, "a small case before all this: kernels compiled where they were not yet")
    for form, target in (("csv", "tables"), ("graphml", "ties.graphml"), ("ftm", "entities.ftm.json")):
        _line(
            f"export {form}",
            command((*_UPRIVER, "export", str(home), "--form", form, "--to", str(place / target))),
            unit,
        )
    _line("why F001", command((*_UPRIVER, "why", "F001", "--case", str(home))), unit)
    print(f"  the case takes {_bytes(home) / 1e6:,.0f} MB on disk")


def _line(what: str, spent: Took, unit: float, note: str = "") -> None:
    print(
        f"  {what:<12} {spent.wall:8.1f} s {'':6} {spent.wall / unit:8.1f} units  "
        f"{spent.cpu:.0f} processor seconds, {spent.peak:.2f} GiB at most{f'; {note}' if note else ''}"
    )


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=("small", "medium", "large"), default="medium")
    parser.add_argument("--preset", choices=("border-town", "city-towers"), default="border-town")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty folder for the case, which then stays")
    options = parser.parse_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
        measure(options.keep, options.scale, options.preset, options.seed)
        return
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place), options.scale, options.preset, options.seed)


if __name__ == "__main__":
    main()
