"""Seconds of a piece of work: by the clock, and of the processors, which neighbours on the machine change less."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

REPEATS = 3


@dataclass(frozen=True, slots=True)
class Took:
    """`wall` and `cpu` in seconds; `cpu` is summed over threads. `peak` is GiB in memory at most, 0 where not asked."""

    wall: float
    cpu: float
    peak: float = 0.0

    def __add__(self, other: Took) -> Took:
        return Took(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


def took(work: Callable[[], object]) -> Took:
    """Seconds that `work` takes in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def best_of(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Least seconds of some runs: the others measure the neighbours on the machine."""
    return min(took(work).wall for _ in range(repeats))


def command(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Took:
    """Seconds and memory of a command of its own, as a user would see them.

    environment  its variables, ours where none are told
    raises  CalledProcessError when it fails; what it printed is shown
    """
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(words), stderr=said)
    # Linux counts in KiB.
    return Took(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20)
