"""Quality on simulated cases: every figure of `upriver evaluate`, by seed, with the worst one.

python -m benchmarks.quality [PRESET] [SEED ...]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from upriver import pipeline
from upriver.case.store import Case
from upriver.evaluate.metrics import Scores, score
from upriver.simulate.folder import simulate


def scores_of(preset: str, seed: int) -> Scores:
    """Simulate, investigate and score one small case."""
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "made-up"
        simulate(target, preset, "small", seed)
        run = pipeline.investigate(target / "evidence")
        with Case.open(run.home) as case:
            return score(case, target / "truth")


def main(preset: str, seeds: list[int]) -> None:
    told = {seed: scores_of(preset, seed) for seed in seeds}
    print(f"{preset:46}" + "".join(f"{f'seed {seed}':>9}" for seed in seeds) + "    worst  aim")
    for row in told[seeds[0]].rows:
        values = [scores.find(row.section, row.name) for scores in told.values()]
        known = [value for value in values if value is not None]
        worst = max(known) if row.aim.startswith(("<=", "0")) else min(known)
        cells = "".join(f"{'-' if value is None else f'{value:.3f}':>9}" for value in values)
        print(f"{row.section:11}{row.name:35}{cells}{worst:9.3f}  {row.aim}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "border-town", [int(word) for word in sys.argv[2:]] or [1, 2, 3, 4, 5])
