"""Commands on a million rows, to their end: processor seconds and memory at most. Made-up input, heavy-tailed.

python -m benchmarks.scale [--rows 1000000] [--only calls recover ...]

calls     a log of a million calls of a twentieth as many numbers, some handsets, one event, one victim
rank, disrupt, recover  a million ties of 300,000 people
forecast  a million ties of 200,000 people over twenty years, and who was free, jailed or dead
ledger    tellings of one place and month, a three-hundredth as many; and of six places over four years
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.timing import command, took
from upriver.crackdown.entries import entries
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.telling import Telling

_DAYS = 120


def heavy(rng: np.random.Generator, people: int, n: int, power: float) -> np.ndarray:
    """`n` people drawn, few of them very often."""
    weight = np.arange(1, people + 1) ** -power
    return rng.choice(rng.permutation(people), n, p=weight / weight.sum())


def write_calls(path: Path, n: int) -> None:
    """Everybody calls twelve friends again and again, and strangers; two in five tell their handset."""
    rng = np.random.default_rng(1)
    people = n // 20
    caller = heavy(rng, people, n, 0.7)
    friends = heavy(rng, people, people * 12, 0.7).reshape(people, 12)
    callee = np.where(
        rng.random(n) < 0.7, friends[caller, (12 * rng.random(n) ** 2).astype(int)], heavy(rng, people, n, 0.7)
    )
    seconds = np.sort(rng.integers(0, _DAYS * 86_400, n))
    handset, told = rng.integers(0, people, people), rng.random(people) < 0.4
    begin = np.datetime64("2025-01-01T00:00:00")
    _write(path, ("Calling Number", "Called Number", "Start Time", "Duration (s)", "IMEI"), (
        (f"+6690{a:07}", f"+6690{b:07}", str(begin + at).replace("T", " "), at % 300,
         f"3520990{handset[a]:07}1" if told[a] else "")
        for a, b, at in zip(caller.tolist(), callee.tolist(), seconds.tolist(), strict=True) if a != b
    ))  # fmt: skip


def write_ties(path: Path, n: int) -> None:
    """Ties of three in ten as many people."""
    rng = np.random.default_rng(2)
    people = 3 * n // 10
    source = heavy(rng, people, n, 0.6)
    target = np.where(rng.random(n) < 0.5, heavy(rng, people, n, 0.6), rng.integers(0, people, n))
    _write(path, ("source", "target"), (
        (f"n{a}", f"n{b}") for a, b in zip(source.tolist(), target.tolist(), strict=True) if a != b
    ))  # fmt: skip


def write_panel(ties: Path, status: Path, n: int) -> None:
    """Ties over twenty years, mostly between neighbours of a ring; the status of every fourth person."""
    rng = np.random.default_rng(3)
    people = n // 5
    source = heavy(rng, people, n, 0.6)
    target = (source + rng.integers(1, 60, n) * np.where(rng.random(n) < 0.7, 1, 997)) % people
    years = rng.integers(2000, 2020, n)
    _write(ties, ("year", "source", "target"), (
        (year, f"n{a}", f"n{b}") for year, a, b in zip(years.tolist(), source.tolist(), target.tolist(), strict=True)
    ))  # fmt: skip
    words = ("free", "jailed", "dead")
    _write(status, ("year", "node", "status"), (
        (2000 + int(rng.integers(20)), f"n{a}", words[int(rng.integers(3))]) for a in range(0, people, 4)
    ))  # fmt: skip


def tellings(n: int, days: int, places: Sequence[str], types: Sequence[str]) -> list[Telling]:
    """Tellings with figures from 1 to 3,000, the small ones more often."""
    rng = np.random.default_rng(4)
    made = []
    for k in range(n):
        day = date(2025, 2, 1) + timedelta(days=int(rng.integers(days)))
        made.append(Telling(
            f"r{k:06}", types[k % len(types)], float(int(10 ** rng.uniform(0, 3.5))), None, None, "exact", "people",
            ("all", "worker", "leader")[int(rng.integers(3))], None, None, (places[int(rng.integers(len(places)))],),
            None, day, day, None, day + timedelta(days=1), False, None, "actual",
            ("police", "army", "ministry", "embassy")[int(rng.integers(4))], None, None, None, None, None, None,
            "paper", f"f#{k}", passage=f"p{k // 3}",
        ))  # fmt: skip
    return made


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def measure(place: Path, n: int, only: Sequence[str]) -> None:
    """Write what is asked for, run it, print what it took."""
    cdr, ties, panel, status, gone = (place / f"{name}.csv" for name in ("cdr", "ties", "panel", "status", "gone"))
    write_calls(cdr, n)
    write_ties(ties, n)
    write_panel(panel, status, n)
    with ties.open(encoding="utf-8") as file:
        first = sorted({row["source"] for row, _ in zip(csv.DictReader(file), range(40), strict=False)})[:10]
    _write(gone, ("node",), ((name,) for name in first))
    with cdr.open(encoding="utf-8") as file:
        number = next(csv.DictReader(file))["Calling Number"]
    runs: dict[str, tuple[str, ...]] = {
        "calls": ("calls", str(cdr), "--zone", "UTC", "--event", "2025-03-12T09:00+07:00", "--victim", number, "--out",
                  str(place / "calls")),
        "rank": ("rank", str(ties), "--out", str(place / "ranking.csv")),
        "disrupt": ("disrupt", str(ties), "--out", str(place / "order.csv")),
        "recover": ("recover", str(ties), "--gone", str(gone), "--out", str(place / "recovery.csv")),
        "forecast": ("forecast", str(panel), "--status", str(status), "--out", str(place / "forecast")),
    }  # fmt: skip
    for name, words in runs.items():
        if not only or name in only:
            spent = command((sys.executable, "-m", "upriver", *words))
            print(f"  {name:<10}{n:>11,} rows {spent.cpu:8.0f} processor seconds {spent.peak:6.2f} GiB", flush=True)
    if only and "ledger" not in only:
        return
    for name, told in (
        ("one month", tellings(n // 300, 28, ("Myawaddy",), ("arrest",))),
        ("four years", tellings(n // 100, 1500, ("Myawaddy", "Bavet", "Muse", "Poipet", "Laukkai", "Mae Sot"),
                                ("arrest", "raid", "handover", "repatriation", "rescue_release", "sentence"))),
    ):  # fmt: skip
        spent = took(partial(entries, told, CrackdownParams()))
        print(f"  ledger    {len(told):>11,} tellings of {name} {spent.cpu:8.1f} processor seconds", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", default=())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place), options.rows, options.only)


if __name__ == "__main__":
    main()
