"""Whose loss a transfer carries."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph import taint
from upriver.requests.lots import NOT_TOLD, Traced, lots, within


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


def test_losses_that_left_as_dust_are_taken_in_proportion() -> None:
    assert within({"ada": 30.0, "bea": 10.0}, 20.0) == {"ada": 15.0, "bea": 5.0}
    assert within({"ada": 30.0}, 0.0) == {}
    assert within({"ada": 30.0}, 35.0) == {"ada": 30.0}


# Accounts 0 and 1 are victims', who only pay; 2 to 5 are a crew's, whose clean money is mixed with theirs.
STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(2, 5), st.integers(1, 40)).filter(lambda step: step[0] != step[1]),
    max_size=40,
)


@given(STEPS)
def test_beside_a_trace_by_fifo_each_account_holds_what_the_trace_says(steps: list[tuple[int, int, int]]) -> None:
    source, target, usd = (np.array([step[at] for step in steps]) for at in range(3))
    entry, flags = source < 2, np.zeros(6, dtype=np.bool_)
    carried = taint.fifo(
        taint.Moves(
            source.astype(np.int32), target.astype(np.int32), usd.astype(np.float64), entry,
            np.zeros(len(steps), dtype=np.bool_), flags, np.full(6, 10.0),
        )
    )  # fmt: skip
    moves = [
        Traced(str(n), str(payer), str(payee), float(carried.usd[n]), str(payer) if entry[n] else None)
        for n, (payer, payee, _) in enumerate(steps)
        if carried.usd[n] > 0
    ]
    found = lots(moves, {str(account) for account in range(6)})
    for account in range(6):
        assert math.isclose(sum(found.kept.get(str(account), {}).values()), carried.held[account], abs_tol=1e-6)
    assert not any(NOT_TOLD in parts for parts in found.carried.values())
