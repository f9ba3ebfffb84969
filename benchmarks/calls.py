"""Call-log work on made-up records whose answer is known: telephones changed, shifts, a burst, amid noise.

python -m benchmarks.calls [CALLS]     by default 200,000 calls; the answer is planted, everything else is chance
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from upriver.plain.calls import Told, calls

_START = datetime(2025, 1, 1)
_DAYS = 120
_EVENT = _START + timedelta(days=80, hours=9)
_CHANGED, _WORKERS, _NEW = 20, 60, 40  # telephones changed, telephones with a shift, numbers that appear by themselves

Row = tuple[str, str, datetime, int, str]


@dataclass
class Truth:
    """What was planted.

    successors  number -> the one that follows it; half of them in the same handset
    shifts      number -> its first hour
    burst       numbers that call five times as much in the day after the event
    """

    successors: dict[str, str] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)
    burst: set[str] = field(default_factory=set)


def made_up(n_calls: int, seed: int) -> tuple[list[Row], Truth]:
    """Records and their truth: every number has friends whom it calls again and again, and calls strangers as well."""
    dice = np.random.default_rng(seed)
    truth, rows = Truth(), []
    population = [f"+6690{n:07}" for n in range(max(2_000, n_calls // 100))]
    hotlines = [f"+66200000{n}" for n in range(5)]

    def friends(n: int) -> list[str]:
        return [population[k] for k in dice.integers(0, len(population), n)]

    def log(
        number: str, near: list[str], begin: float, end: float, a_day: float, hours: tuple[int, int], imei: str
    ) -> None:
        for day in range(int(begin), int(end)):
            for _ in range(dice.poisson(a_day)):
                other = near[int(len(near) * dice.random() ** 2)] if dice.random() < 0.6 else friends(1)[0]
                if dice.random() < 0.05:
                    other = hotlines[int(dice.integers(5))]
                hour = hours[0] + dice.random() * hours[1] if dice.random() < 0.9 else 24 * dice.random()
                at = _START + timedelta(days=day, hours=hour)
                rows.append((number, other, at, int(dice.exponential(60)), imei))

    for n in range(_CHANGED):
        old, new, near = f"+66810{n:06}", f"+66811{n:06}", friends(12)
        gone, imei = 30 + 2 * n, f"3520990{n:07}1"
        log(old, near, 0, gone, 4, (0, 24), imei)
        # A new telephone keeps two in three of the old contacts.
        log(new, near[:8] + friends(4), gone + 2, _DAYS, 4, (0, 24), imei if n % 2 else f"3620990{n:07}1")
        truth.successors[old] = new
    for n in range(_NEW):
        log(f"+66813{n:06}", friends(12), 20 + 2 * n, _DAYS, 4, (0, 24), f"3720990{n:07}1")
    for n in range(_WORKERS):
        number, start = f"+66812{n:06}", (8, 13, 20)[n % 3]
        log(number, friends(12), 0, _DAYS, 3, (start, 8), f"3820990{n:07}1")
        truth.shifts[number] = start
        if n < 10:
            truth.burst.add(number)
            rows += [
                (number, friends(1)[0], _EVENT + timedelta(hours=24 * dice.random()), 30, f"3820990{n:07}1")
                for _ in range(15)
            ]
    near_of = [friends(8) for _ in range(len(population))]
    for caller in dice.integers(0, len(population), max(0, n_calls - len(rows))).tolist():
        other = near_of[caller][int(dice.integers(8))] if dice.random() < 0.7 else friends(1)[0]
        at = _START + timedelta(days=_DAYS * dice.random())
        rows.append((population[caller], other, at, int(dice.exponential(60)), f"3920990{caller:07}1"))
    rows = [row for row in rows if row[0] != row[1]]
    rows.sort(key=lambda row: row[2])
    return rows, truth


def measured(n_calls: int, seed: int, tell: Callable[[str], None] = print) -> dict[str, float]:
    """Make, read and score one set of records."""
    rows, truth = made_up(n_calls, seed)
    with tempfile.TemporaryDirectory() as place:
        source, out = Path(place) / "cdr.csv", Path(place) / "out"
        with source.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["Calling Number", "Called Number", "Start Time", "Duration (s)", "IMEI"])
            writer.writerows((a, b, f"{at:%Y-%m-%d %H:%M:%S}", seconds, imei) for a, b, at, seconds, imei in rows)
        begun = time.process_time()
        told = Told(zone="UTC", events=(_EVENT.isoformat(),))
        calls([source], out, told, tell)
        seconds = time.process_time() - begun
        leads = [(row["silent"], row["successor"], row["handset"]) for row in _rows(out / "successors.csv")]
        right = {old for old, new, _ in leads if truth.successors.get(old) == new}
        by_contacts = {old for n, old in enumerate(sorted(truth.successors)) if not n % 2}
        shifts = {row["number"]: row["shift_from"] for row in _rows(out / "numbers.csv") if row["shift_from"]}
        near = [
            number for number, start in truth.shifts.items()
            if number in shifts and (int(shifts[number][:2]) - start + 1) % 24 <= 2
        ]  # fmt: skip
        burst = {
            row["number"] for row in _rows(out / "bursts.csv")
            if row["number"] != "all" and float(row["p_adjusted"]) < 0.05 and float(row["ratio"] or "inf") > 1
        }  # fmt: skip
    return {
        "calls": len(rows), "processor seconds": round(seconds, 1),
        "successors found": len(right) / len(truth.successors),
        "of those without a common handset": len(right & by_contacts) / len(by_contacts),
        "leads that are right": len(right) / max(1, len(leads)),
        "shifts found within an hour": len(near) / len(truth.shifts),
        "numbers with a shift that have none": len(shifts.keys() - truth.shifts.keys()),
        "bursts found": len(burst & truth.burst) / len(truth.burst), "bursts that are none": len(burst - truth.burst),
    }  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(n_calls: int) -> None:
    found = [measured(n_calls, seed) for seed in (1, 2, 3)]
    for name in found[0]:
        print(f"{name:40}" + "".join(f"{one[name]:>12,.3g}" for one in found))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
