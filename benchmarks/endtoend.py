"""Where the time of a whole investigation goes: a simulated case, stage by stage, with peak memory.

python -m benchmarks.endtoend [small|medium|large] [PRESET]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from upriver import pipeline
from upriver.case.manifest import load
from upriver.simulate.folder import simulate


def main(scale: str, preset: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        started = time.perf_counter()
        simulate(Path(place) / "made-up", preset, scale, 1)
        print(f"simulate {preset} {scale}: {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        run = pipeline.investigate(Path(place) / "made-up" / "evidence")
        total = time.perf_counter() - started
        manifest = load(run.home)
        for name in pipeline.ORDER:
            entry = manifest.stages[name]
            rows = ", ".join(f"{table} {told['rows']:,}" for table, told in entry["tables"].items() if told["rows"])
            print(f"{name:<11} {entry['seconds']:8.1f} s  {entry['seconds'] / total:6.1%}  {rows}")
        size = sum(path.stat().st_size for path in run.home.rglob("*") if path.is_file())
        print(f"all         {total:8.1f} s, dossier included; the case takes {size / 2**20:,.0f} MiB on disk")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:8.2f} GiB, simulator included")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "medium", sys.argv[2] if len(sys.argv) > 2 else "border-town")
