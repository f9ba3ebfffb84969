"""DuckDB and Spark on one simulated case: seconds of each stage side by side, and whether the tables are the same.

    python -m benchmarks.engines [--scale small] [--preset border-town] [--seed 1]

Spark pays for starting and for each small query; it is there for folders that one machine cannot hold. On a case of
this size it can only lose, and the figure says by how much.
"""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.timing import took
from upriver import pipeline
from upriver.case.manifest import load
from upriver.case.store import Case
from upriver.model.tables import TABLES
from upriver.simulate.folder import simulate

ENGINES = ("duckdb", "spark")


def missing() -> str:
    """What this machine lacks for Spark, or nothing."""
    if find_spec("pyspark") is None:
        return "pyspark is not installed (the extra `spark`)"
    return "" if shutil.which("java") else "there is no Java 17"


def same(one: pa.Table, two: pa.Table) -> bool:
    """Whether two tables in the order of their key hold the same rows; the last digits of a sum may differ."""
    if one.num_rows != two.num_rows:
        return False
    pairs = ((one[name].to_pylist(), two[name].to_pylist()) for name in one.column_names)
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-9))
        for left, right in pairs
        for a, b in zip(left, right, strict=True)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=("small", "medium"), default="small")
    parser.add_argument("--preset", choices=("border-town", "city-towers"), default="border-town")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lacking = missing()
    if lacking:
        print(f"engines: not measured, {lacking}")
        return
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "made-up"
        simulate(made, options.preset, options.scale, options.seed)
        seconds: dict[str, dict[str, float]] = {}
        tables: dict[str, dict[str, Any]] = {}
        for engine in ENGINES:
            home = Path(place) / f"{engine}.upriver"
            whole = took(partial(pipeline.investigate, made / "evidence", home, engine=engine))
            stages = load(home).stages
            seconds[engine] = {name: stages[name]["seconds"] for name in pipeline.ORDER} | {"all": whole.wall}
            with Case.open(home) as case:
                tables[engine] = {name: case.read(name) for name in TABLES}
    differing = [name for name in TABLES if not same(tables["duckdb"][name], tables["spark"][name])]
    print(
        f"engines: {options.preset} {options.scale}, seed {options.seed}; `all` includes the dossier and Spark's start"
    )
    for name, ours in seconds["duckdb"].items():
        other = seconds["spark"][name]
        print(f"  {name:<10} DuckDB {ours:7.2f} s   Spark {other:7.2f} s   {other / max(ours, 0.01):6.1f} times DuckDB")
    print(f"  tables whose rows differ, floats by more than 1e-9 of their size: {', '.join(differing) or 'none'}")


if __name__ == "__main__":
    main()
