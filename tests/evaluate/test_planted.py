"""Moves, pauses and parties against what was planted."""

from __future__ import annotations

import pytest

from upriver.evaluate.planted import followed, moved

BRANCHES = [
    {"place": place, "site": f"{place} Court", "company": f"{place} Ltd", "fate": fate, "days": days}
    for place, fate, days in (
        ("Ash", "never", ""), ("Birch", "", ""), ("Cedar", "back", "10"), ("Dell", "went_on", ""),
        ("Elm", "unseen", ""),
    )
]  # fmt: skip
MOVES = [
    {"from_place": "Ash", "to_place": "Birch", "moved": "1"},
    {"from_place": "Ash", "to_place": "Cedar", "moved": "0"},
]


def label(to: str, of: str) -> str:
    return f"activity that rose at {to} after it fell at {of}, 2025-03-03"


@pytest.mark.parametrize(("labels", "figures"), [
    ([label("Birch", "Ash")], [1.0, 1.0]),
    ([label("Birch Court", "Ash Ltd"), label("Birch", "Ash")], [1.0, 1.0]),  # one move, told of two names
    ([label("Birch", "Ash"), label("Cedar", "Ash")], [0.5, 1.0]),  # a trap is told, too
    ([label("Ash", "Birch")], [0.0, 0.0]),  # the wrong way round
    ([], [0.0, 0.0]),
])  # fmt: skip
def test_moves_are_known_by_both_places_in_their_order(labels: list[str], figures: list[float]) -> None:
    assert [row[2] for row in moved(labels, BRANCHES, MOVES)] == figures


def test_a_stop_told_where_the_records_end_is_wrong_and_silence_about_it_is_right() -> None:
    right = {"Ash": [None], "Cedar": [12.0], "Dell": [0.0]}
    assert [row[2] for row in followed(right, BRANCHES)] == [1.0, 0.0, 2.0]
    assert [row[2] for row in followed({**right, "Elm": [None]}, BRANCHES)] == [0.75, 1.0, 2.0]


def test_an_action_of_which_nothing_is_told_is_not_right() -> None:
    assert [row[2] for row in followed({"Cedar": [10.0]}, BRANCHES)] == [0.5, 0.0, 0.0]
