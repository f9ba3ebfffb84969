"""`make demo`: what the public record of the crackdown shows, then a whole made-up case held against its truth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "demo"


def upriver(*words: str | Path) -> None:
    """Run the command as a user would; its failure is the demo's."""
    print(f"\n$ upriver {' '.join(str(word) for word in words)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "upriver", *map(str, words)], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    PLACE.mkdir(exist_ok=True)
    record = Path("demo/public-record.upriver")
    made_up = Path("demo/border-town")
    print("1. The real record: what was publicly claimed of the crackdown, 2023-2026, by whom.", flush=True)
    upriver("investigate", "examples/public-record", "--case", record)
    print("\n2. A made-up case: a folder of evidence as an agency gets it, with its truth apart.", flush=True)
    if not (ROOT / made_up / "truth" / "typologies.csv").is_file():
        upriver("simulate", made_up, "--preset", "border-town", "--scale", "small", "--seed", "1")
    upriver("investigate", made_up / "evidence")
    upriver("evaluate", made_up / "evidence.upriver", made_up / "truth")
    print("\nOpen in a browser:")
    for case in (record, made_up / "evidence.upriver"):
        print(f"  {(ROOT / case / 'dossier' / 'index.html').as_uri()}")


if __name__ == "__main__":
    main()
