from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from benchmarks import run

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", run.NAMES)
def test_every_measurement_of_the_entry_can_be_run(name: str) -> None:
    assert callable(import_module(f"benchmarks.{name}").main)


def test_the_entry_runs_the_one_that_is_named_and_prints_a_ratio() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", "masking", "--quick"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "== masking" in done.stdout
    assert "times as fast" in done.stdout
    assert "== imports" not in done.stdout


def test_a_measurement_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", "speed"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 2
    assert "no measurement called speed: use imports, endtoend" in done.stderr
