"""Whose loss a transfer carries."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from upriver.requests.lots import NOT_TOLD, Traced, lots


def pays(text: str, loss: str | None = None, back: bool = False) -> Traced:
    """`A>B 100` as a transfer named by its ends."""
    way, usd = text.split()
    source, target = way.split(">")
    return Traced(way, source, target, float(usd), loss, back)


def test_what_came_first_leaves_first_and_the_rest_stays() -> None:
    found = lots([pays("A>M 100", "ada"), pays("B>M 50", "bea"), pays("M>X 120")], {"M", "X"})
    assert found.carried["M>X"] == {"ada": 100.0, "bea": 20.0}
    assert found.kept == {"M": {"bea": 30.0}, "X": {"ada": 100.0, "bea": 20.0}}


def test_money_that_was_not_seen_to_come_is_nobodys() -> None:
    found = lots([pays("A>M 100", "ada"), pays("M>X 130")], {"X"})
    assert found.kept["X"] == {"ada": 100.0, NOT_TOLD: 30.0}


def test_what_goes_back_to_a_victim_is_held_by_nobody() -> None:
    found = lots([pays("A>M 100", "ada"), pays("M>A 30", back=True)], {"M", "A"})
    assert found.kept == {"M": {"ada": 70.0}}


@given(st.lists(st.tuples(st.sampled_from("MNX"), st.sampled_from("MNX"), st.floats(1, 100)), max_size=25))
def test_every_dollar_that_enters_is_held_somewhere(moves: list[tuple[str, str, float]]) -> None:
    entered = [Traced("in", "A", "M", 500.0, "ada"), Traced("in2", "B", "N", 300.0, "bea")]
    passed = [Traced(f"t{n}", source, target, usd) for n, (source, target, usd) in enumerate(moves)]
    found = lots([*entered, *passed], {"M", "N", "X"})
    kept = [held.get(loss, 0.0) for held in found.kept.values() for loss in ("ada", "bea")]
    assert math.isclose(sum(kept), 800.0, abs_tol=1e-3)
