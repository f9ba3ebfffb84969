"""All measurements, one after another, each in a process of its own beside its peer.

    python -m benchmarks.run [NAME ...] [--quick]

    imports     the reader beside DuckDB's typed read_csv
    endtoend    where the time and memory of a whole investigation go, in units of DuckDB's read_csv
    money_speed our tracing beside networkx, plain Python and the memory
    money_shares  whose money stands where: all victims in one pass beside a pass for each
    money_patterns  planted schemes found and alerts beside them, next to simple rules; speed by kind, memory
    components  our union-find beside scipy and networkx
    observables identifiers in texts, found and how fast, beside open extractors
    contacts    scam contacts and lures: word lists and trained models on every set and between sources
    masking     our masking beside one regular expression
    engines     DuckDB beside Spark
    news        the reader of news on annotated passages, by event and field
    resolve     records of one person brought together, beside stock Splink
    case_weights  should a case learn its weights: the stated ones beside expectation-maximisation
    names       names across scripts, beside anyascii with rapidfuzz: pairs, look-ups, speed
    ledger      happenings, series, relations and conflicts on clusters whose truth is known
    money_legs  the two sides of swaps under rising rivals, beside two rules that look at one sign alone
    backtest    who stays active and which ties form in a real crackdown, year by year, beside simple rules
    testimony   signs of forced labour in single sentences, English and Chinese: recall and precision
    scale       commands on a million rows, to their end
    quality     every figure of `upriver evaluate` over five seeds, beside rules that know nothing

--quick measures smaller things, in a few minutes: to see that they run, not to be quoted.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from importlib import metadata

# name -> what is added with --quick
NAMES: dict[str, tuple[str, ...]] = {
    "imports": ("--rows", "100000", "--repeats", "1"),
    "endtoend": ("--scale", "small"),
    "money_speed": ("--millions", "0.5", "--peers", "50000"),
    "money_shares": (
        "--transfers",
        "100000",
        "--victims",
        "100",
        "--large",
        "500000",
        "--large-victims",
        "500",
    ),
    "money_patterns": ("--quick",),
    "components": ("--pairs", "1000000", "--networkx-pairs", "100000"),
    "observables": (),
    "contacts": ("--quick",),
    "masking": ("--people", "1000", "--texts", "5000", "--peer-texts", "100"),
    "engines": (),
    "news": (),
    "names": (),
    "ledger": (),
    "testimony": (),
    "money_legs": ("--quick",),
    "resolve": ("--quick",),
    "case_weights": ("--seeds", "1"),
    "backtest": ("--draws", "20"),
    "scale": ("--rows", "5000"),
    "quality": ("border-town", "1"),
}
_LIBRARIES = ("duckdb", "pyarrow", "numpy", "numba", "scipy", "networkx", "splink", "pyspark")


def machine() -> str:
    """Processors, memory, system and versions, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = []
    for name in _LIBRARIES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"no {name}")
    return (
        f"{os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}, load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="smaller things, in a few minutes")
    options = parser.parse_args()
    unknown = set(options.names) - NAMES.keys()
    if unknown:
        parser.error(f"there is no measurement called {', '.join(sorted(unknown))}: use {', '.join(NAMES)}")
    print(machine(), flush=True)
    failed = []
    for name in options.names or NAMES:
        started = time.perf_counter()
        print(f"\n== {name}", flush=True)
        words = [sys.executable, "-m", f"benchmarks.{name}", *(NAMES[name] if options.quick else ())]
        if subprocess.run(words, check=False).returncode:
            failed.append(name)
        print(f"   ({time.perf_counter() - started:.0f} s)", flush=True)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
