"""Whose money truly lies where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.simulate.transfers_seen import rows_of

from upriver.simulate.fates import fates


@dataclass
class Story:
    """Moves: at, source, target, USD of reported money; deposits: row, person."""

    moves: list[tuple[int, int, int, float]]
    paid: dict[int, str]
    pairs: list[tuple[int, int, bool]] = field(default_factory=list)
    moved: Any = field(init=False)
    swaps: Any = field(init=False)
    deposits: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        at, source, target, usd = (list(column) for column in zip(*self.moves, strict=True))
        self.moved = SimpleNamespace(at=at, source=source, target=target, reported=usd)
        self.swaps = SimpleNamespace(pairs=self.pairs)
        self.deposits = [
            SimpleNamespace(row=row, person=SimpleNamespace(code=code), reported=True)
            for row, code in self.paid.items()
        ]


def test_the_money_of_two_victims_lies_at_the_end_in_proportion() -> None:
    # Ada (0) and Bo (1) pay the mule 2: 30 and 90; it pays 60 on to 3, and gives Ada 8 back.
    story = Story([(1, 0, 2, 30.0), (2, 1, 2, 90.0), (3, 2, 3, 60.0), (4, 2, 0, 8.0)], {0: "ada", 1: "bo"})
    told = {(person, account): usd for person, account, usd in fates(story)}
    assert told == pytest.approx({("ada", 3): 15, ("bo", 3): 45, ("ada", 2): 13, ("bo", 2): 39})


def test_what_goes_into_a_bridge_comes_out_for_the_same_people() -> None:
    # Ada's 50 and Bo's 20 go to the bridge 2, which pays 48 to Ada's crew (4) and 19 to Bo's (5) out of its account 3.
    moves = [(1, 0, 2, 50.0), (2, 1, 2, 20.0), (3, 3, 4, 48.0), (4, 3, 5, 19.0)]
    story = Story(moves, {0: "ada", 1: "bo"}, [(0, 2, True), (1, 3, True)])
    told = {(person, account): usd for person, account, usd in fates(story)}
    assert told == pytest.approx({("ada", 4): 48, ("bo", 5): 19, ("ada", 2): 2, ("bo", 2): 1})


def test_at_no_account_lies_more_than_it_received(tiny: Path) -> None:
    received = {row["account"]: float(row["received_usd"]) for row in rows_of(tiny / "truth" / "accounts.csv")}
    people = {row["person_id"] for row in rows_of(tiny / "truth" / "people.csv")}
    lies: dict[str, float] = defaultdict(float)
    for row in rows_of(tiny / "truth" / "shares.csv"):
        assert row["person_id"] in people
        lies[row["account"]] += float(row["usd"])
    assert lies
    assert all(usd <= received[account] + 0.01 for account, usd in lies.items())
