"""What we plant is not what we look for: no cue of a detector stands in the simulator's phrases word by word."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "upriver"
PLANTED = sorted((SOURCE / "simulate" / "phrases").glob("*.toml"))
SOUGHT = sorted(path for path in SOURCE.rglob("*.toml") if path not in PLANTED and path.parent.name != "clean")
RUN = 5  # words, or Han characters, in a row


def _texts(told: object) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, list):
        for one in told:
            yield from _texts(one)
    elif isinstance(told, dict):
        for name, one in told.items():
            # A cue's source line tells where its words come from; it is never looked for.
            yield from () if name == "source" else _texts(one)


def _runs(path: Path) -> set[tuple[str, ...]]:
    runs = set()
    for text in _texts(tomllib.loads(path.read_text(encoding="utf-8"))):
        words = re.findall(r"[a-z']+|[\u3400-\u9fff]", text.lower())
        runs |= {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return runs


def test_no_five_words_in_a_row_are_planted_and_sought() -> None:
    planted = {run: path.name for path in PLANTED for run in _runs(path)}
    sought = {run: path.name for path in SOUGHT for run in _runs(path)}
    assert len(planted) > 1000
    assert len(sought) > 500
    shared = planted.keys() & sought.keys()
    assert [(" ".join(run), planted[run], sought[run]) for run in sorted(shared)] == []
