"""Each kernel beside a slow, obvious twin: accounts as lists of (USD, traced), money moved in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph import taint
from upriver.graph.taint import Cut, Moves

N = 5
STEPS = st.lists(
    st.tuples(
        st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 40), st.sampled_from("      es<")
    ).filter(lambda step: step[0] != step[1]),
    max_size=25,
)  # fmt: skip
POLICY = st.sampled_from(["", *taint.UNSEEN])
STOPS = st.sets(st.integers(0, N - 1), max_size=1)


def moves(steps: list[tuple[int, int, int, str]], stops: set[int] = frozenset()) -> Moves:  # type: ignore[assignment]
    """Steps: payer, payee, USD, and e for victims' money, < for a return to a victim."""
    source, target, usd, mark = zip(*steps, strict=True) if steps else ((), (), (), ())
    return Moves(
        np.array(source, dtype=np.int32),
        np.array(target, dtype=np.int32),
        np.array(usd, dtype=np.float64),
        np.array([m == "e" for m in mark], dtype=np.bool_),
        np.array([m == "<" for m in mark], dtype=np.bool_),
        np.array([a in stops for a in range(N)], dtype=np.bool_),
        np.zeros(N),
    )


def slow_lots(steps: list[tuple[int, int, int, str]], stops: set[int], newest: bool) -> list[Fraction]:
    queues: list[list[tuple[Fraction, bool]]] = [[] for _ in range(N)]
    carried = []
    for payer, payee, usd, mark in steps:
        need, moved = Fraction(usd), []
        while need and queues[payer] and payer not in stops:
            size, traced = queues[payer].pop(-1 if newest else 0)
            took = min(size, need)
            moved.append((took, traced))
            need -= took
            if size > took:
                queues[payer].insert(len(queues[payer]) if newest else 0, (size - took, traced))
        if need:
            moved.append((need, False))
        if mark == "e":
            moved = [(size, True) for size, _ in moved]
        carried.append(sum((size for size, traced in moved if traced), Fraction(0)))
        if payee not in stops:
            queues[payee].extend((size, traced and mark != "<") for size, traced in moved)
    return carried


def slow_haircut(steps: list[tuple[int, int, int, str]], stops: set[int]) -> list[Fraction]:
    balance, held = [Fraction(0)] * N, [Fraction(0)] * N
    carried = []
    for payer, payee, usd, mark in steps:
        have = max(balance[payer], Fraction(usd))
        part = held[payer] * usd / have if payer not in stops else Fraction(0)
        held[payer] -= part
        balance[payer] = have - usd
        balance[payee] += usd
        part = Fraction(usd) if mark == "e" else part
        carried.append(part)
        if mark != "<":
            held[payee] += part
    return carried


def test_fifo_pays_with_the_oldest_money_and_lifo_with_the_newest() -> None:
    # A victim pays B 100, then C (a shop) pays B 100; B pays D 100.
    steps = [(0, 1, 100, "e"), (2, 1, 100, " "), (1, 3, 100, " ")]
    assert taint.fifo(moves(steps)).usd.tolist() == [100, 0, 100]
    assert taint.lifo(moves(steps)).usd.tolist() == [100, 0, 0]
    assert taint.haircut(moves(steps)).usd.tolist() == [100, 0, 50]


def test_an_account_carries_only_what_had_arrived() -> None:
    steps = [(1, 2, 60, " "), (0, 1, 100, "e"), (1, 2, 60, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(moves(steps))
        assert carried.usd.tolist() == [0, 100, 60]
        assert carried.unseen[1] == 60


def test_a_stop_holds_what_it_receives_and_its_payments_carry_nothing() -> None:
    steps = [(0, 1, 100, "e"), (1, 2, 100, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(moves(steps, {1}))
        assert carried.usd.tolist() == [100, 0]
        assert carried.held.tolist() == [0, 100, 0, 0, 0]


def test_money_given_back_to_a_victim_is_not_followed() -> None:
    steps = [(0, 1, 100, "e"), (1, 0, 30, "<"), (0, 2, 30, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(moves(steps))
        assert carried.usd.tolist() == [100, 30, 0]
        assert carried.held.tolist() == [0, 70, 0, 0, 0]


def test_stolen_money_that_moves_between_sources_is_counted_once() -> None:
    steps = [(0, 1, 100, "e"), (1, 2, 130, "e")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(moves(steps))
        assert carried.usd.tolist() == [100, 130]
        assert carried.entered.tolist() == [100, 30]


def test_dust_is_let_go_and_said_to_be() -> None:
    steps = [(0, 1, 5, "e"), (2, 1, 95, " "), (1, 3, 100, " "), (3, 4, 100, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(moves(steps), Cut(share=0.1))
        assert carried.usd.tolist() == [5, 0, 0, 0]
        assert carried.let_go.tolist() == [0, 5, 0, 0, 0]


def test_hops_are_the_fewest_since_an_entry_and_the_limit_holds_money_back() -> None:
    steps = [(0, 1, 9, "e"), (1, 2, 9, " "), (2, 3, 9, " "), (3, 4, 9, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        assert method(moves(steps)).hops.tolist() == [0, 1, 2, 3]
        limited = method(moves(steps), Cut(hops=2))
        assert limited.usd.tolist() == [9, 9, 0, 0]
        assert limited.held.tolist() == [0, 0, 9, 0, 0]


def test_an_account_that_sends_more_than_it_had_can_be_made_an_end() -> None:
    steps = [(0, 1, 50, "e"), (1, 2, 80, " "), (1, 3, 10, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(moves(steps), Cut(unseen="unknown"))
        assert carried.usd.tolist() == [50, 0, 0]
        assert carried.held[1] == 50
        assert carried.unseen[1] == 30


def test_an_opening_balance_lies_before_what_came() -> None:
    steps = [(0, 1, 50, "e"), (1, 2, 80, " ")]
    short = taint.shortage(moves(steps).source, moves(steps).target, moves(steps).amount, N)
    assert short[1] == 30
    before = moves(steps)
    opened = Moves(before.source, before.target, before.amount, before.entry, before.back, before.stops, short)
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(opened)
        assert carried.usd.tolist() == [50, 50]
        assert carried.unseen.tolist() == [0] * N


@given(STEPS, STOPS)
@settings(max_examples=150, deadline=None)
def test_the_kernels_agree_with_their_slow_twins(steps: list[tuple[int, int, int, str]], stops: set[int]) -> None:
    told = moves(steps, stops)
    assert taint.fifo(told).usd == pytest.approx([float(x) for x in slow_lots(steps, stops, False)], abs=1e-9)
    assert taint.lifo(told).usd == pytest.approx([float(x) for x in slow_lots(steps, stops, True)], abs=1e-9)
    assert taint.haircut(told).usd == pytest.approx([float(x) for x in slow_haircut(steps, stops)], abs=1e-9)


@given(
    STEPS,
    STOPS,
    st.sampled_from([0.0, 3.0]),
    st.sampled_from([0.0, 0.2]),
    st.sampled_from([2, taint.FAR]),
    POLICY,
)
@settings(max_examples=150, deadline=None)
def test_what_enters_is_held_returned_or_let_go(
    steps: list[tuple[int, int, int, str]], stops: set[int], usd: float, share: float, hops: int, unseen: str
) -> None:
    told = moves(steps, stops)
    # A third makes sums that do not come out even.
    told = Moves(told.source, told.target, told.amount / 3, told.entry, told.back, told.stops, told.opening)
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(told, Cut(usd, share, hops, unseen))
        returned = carried.usd[told.back].sum()
        out = carried.held.sum() + carried.let_go.sum() + returned
        assert carried.entered.sum() + carried.presumed.sum() == pytest.approx(out, rel=1e-9, abs=1e-9)
        assert (carried.usd <= told.amount + 1e-8).all()


@given(STEPS, st.sets(st.integers(0, N - 1), max_size=2))
@settings(max_examples=100, deadline=None)
def test_fate_read_backwards_finds_what_is_held_at_the_end(
    steps: list[tuple[int, int, int, str]], points: set[int]
) -> None:
    told = moves(steps)
    carried = taint.haircut(told)
    value = np.array([float(a in points) for a in range(N)])
    share = taint.fate(told.source, told.target, carried.usd, carried.left, told.back, value)
    expected = sum(carried.held[a] for a in points)
    assert (carried.entered * share).sum() == pytest.approx(expected, abs=1e-8)
