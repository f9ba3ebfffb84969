"""Simulated cases, each written once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from upriver.simulate.folder import simulate, write_case
from upriver.simulate.presets import PRESETS, Scale

TINY = Scale(transfers=1_200, victims=12, companies=2, workers=8, messages=250, calls=200, happenings=8)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of two small companies."""
    target = tmp_path_factory.mktemp("tiny") / "case"
    write_case(target, PRESETS["border-town"], TINY, 7)
    return target


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """The small case of a preset and seed."""
    written: dict[tuple[str, int], Path] = {}

    def get(preset: str, seed: int) -> Path:
        if (preset, seed) not in written:
            written[preset, seed] = tmp_path_factory.mktemp("small") / f"{preset}-{seed}"
            simulate(written[preset, seed], preset, "small", seed)
        return written[preset, seed]

    return get
