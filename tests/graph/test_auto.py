"""Upriver's own method and the habits that steer it, on cases small enough to draw, and beside a slow twin."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graph.test_taint import CUTS, STEPS, STOPS, N, moves

from upriver.graph import kernel, taint
from upriver.graph.auto import _LOT, AutoParams, _steered, auto
from upriver.graph.build import Floats, Longs
from upriver.graph.habits import Groups, established, habits, likely
from upriver.graph.taint import Cut, Moves, terms

HOUR = 3_600
Steps = list[tuple[int, int, int, str]]


def hours(steps: Steps) -> Longs:
    """One transfer every ten hours."""
    return np.arange(len(steps), dtype=np.int64) * 10 * HOUR


def slow_steered(steps: Steps, stops: set[int], wanted: set[int], held: int = 0) -> list[Fraction]:
    """Stacks of (USD, traced, since), the newest last; nobody carries on with unseen money."""
    stacks: list[list[tuple[list[Fraction], bool, int]]] = [[] for _ in range(N)]
    carried = []
    for now, (payer, payee, usd, mark) in enumerate(steps):
        need, traced = Fraction(usd), Fraction(0)
        stack = stacks[payer] if payer not in stops else []
        for wants in (payee in wanted, payee not in wanted):
            for size, of_the_traced, since in reversed(stack):
                follows = of_the_traced and (held == 0 or now - since <= held)
                if follows is wants:
                    took = min(size[0], need)
                    size[0] -= took
                    need -= took
                    traced += took if follows else 0
        traced = Fraction(usd) if mark == "e" else traced
        carried.append(traced)
        followed = Fraction(0) if mark == "<" else traced
        stacks[payee] += [([Fraction(usd) - followed], False, now), ([followed], True, now)]
    return carried


def steered(told: Moves, wanted: set[int], held: int = 0) -> Floats:
    """What each transfer carries with these accounts wanted; nobody carries on with unseen money."""
    flags = np.array([a in wanted for a in range(N)], dtype=np.bool_)
    n = len(told.source)
    accounts, lots = kernel.rows(N, kernel.ACCOUNT), kernel.rows(n + N, _LOT)
    limits = terms(told, Cut(held=held), "clean")[2:]
    usd: Floats = _steered(*told.arrays, flags[told.target], np.zeros(n), *limits, accounts, lots)[0]
    return usd


def test_traced_money_goes_to_the_new_account_though_innocent_money_came_last() -> None:
    # 4 (a shop) was paid and has paid before. A victim pays 1 100, then 3 pays 1 100; 1 pays the new 2, then the shop.
    steps = [(3, 4, 50, " "), (4, 3, 50, " "), (0, 1, 100, "e"), (3, 1, 100, " "), (1, 2, 100, " "), (1, 4, 100, " ")]
    assert taint.lifo(moves(steps)).usd.tolist() == [0, 0, 100, 0, 0, 100]
    assert auto(moves(steps), hours(steps)).carried.usd.tolist() == [0, 0, 100, 0, 100, 0]


def test_an_account_that_lived_on_other_money_is_an_end_unless_it_hands_on_at_once() -> None:
    # 2 sent 70 that nobody saw it receive, and 3 and 4 pay it; then 1 pays it victims' money: it sends 40 much later.
    life = [(2, 4, 70, " "), (3, 2, 1, " "), (4, 2, 1, " ")]
    steps = [*life, (0, 1, 100, "e"), (1, 2, 100, " "), (2, 3, 40, " ")]
    late = np.array([0, 1, 2, 100, 101, 500], dtype=np.int64) * HOUR
    found = auto(moves(steps), late)
    assert found.stops.tolist() == [False, False, True, False, False]
    assert found.carried.usd.tolist() == [0, 0, 0, 100, 100, 0]
    assert not auto(moves(steps), late, find_services=False).stops.any()
    lent = [*steps[:5], (2, 3, 95, " ")]
    assert not auto(moves(lent), np.array([0, 1, 2, 100, 101, 102], dtype=np.int64) * HOUR).stops.any()
    # Nobody else pays it: the laundering may have fed it unseen.
    assert not auto(moves([life[0], *steps[3:]]), late[[0, 3, 4, 5]]).stops.any()


def test_the_payer_of_stolen_money_is_never_taken_for_a_service() -> None:
    steps = [(1, 4, 70, " "), (0, 1, 100, "e"), (1, 2, 100, "e")]
    assert not auto(moves(steps), hours(steps)).stops.any()


def test_who_holds_only_traced_money_carries_on_and_the_gap_stands_apart() -> None:
    steps = [(0, 1, 100, "e"), (1, 2, 130, " "), (2, 3, 130, " ")]
    found = auto(moves(steps), hours(steps), find_services=False)
    assert found.carried.usd.tolist() == [100, 130, 130]
    assert found.carried.entered.sum() == 100
    assert found.presumed.tolist() == [0, 30, 0]
    assert found.carried.unseen[1] == 30
    # An account that is mostly paid by others does not.
    mixed = [(4, 1, 900, " "), (0, 1, 100, "e"), (1, 2, 1100, " ")]
    assert auto(moves(mixed), hours(mixed), find_services=False).presumed.sum() == 0


def test_dust_is_cut_at_a_share_of_all_that_entered() -> None:
    steps = [(0, 1, 1000, "e"), (1, 2, 40, " "), (1, 3, 60, " ")]
    found = auto(moves(steps), hours(steps), params=AutoParams(dust=0.05), find_services=False)
    assert found.carried.usd.tolist() == [1000, 0, 60]
    assert found.carried.let_go[1] == 40


def test_habits_tell_who_was_there_before_and_where_the_money_meets() -> None:
    steps = [(3, 4, 5, " "), (0, 1, 100, "e"), (1, 2, 50, " "), (1, 3, 50, " "), (2, 4, 50, " "), (3, 4, 50, " ")]
    told = replace(moves(steps), time=hours(steps))
    usd = np.array([0, 100, 50, 50, 50, 50.0])
    found = habits(told, Groups.of(told), usd, 0.1, HOUR, 24 * HOUR, 0.1)
    assert found.first.tolist()[1:] == [10 * HOUR, 20 * HOUR, 30 * HOUR, 40 * HOUR]
    assert found.before.tolist()[1:] == [0, 0, 1, 1]
    assert found.own_usd.tolist() == [100, 0, 0, 5, 0]
    assert found.traced.tolist() == [0, 1, 1, 1, 2]
    assert found.passed.tolist() == [0, 0, 1, 1, 0]
    assert likely(found, 2).tolist() == [False, True, True, False, True]
    assert established(found, 12, 0, 0.5).tolist() == [False] * 5
    assert established(found, 12, 0, 1.5).tolist() == [False, False, False, True, False]
    assert established(found, 12, 1, 1.5).tolist() == [False] * 5


def test_taint_first_pays_with_traced_money_and_poison_marks_all() -> None:
    steps = [(4, 1, 100, " "), (0, 1, 100, "e"), (1, 2, 60, " "), (1, 3, 60, " "), (1, 3, 80, " ")]
    assert taint.taint_first(moves(steps)).usd.tolist() == [0, 100, 60, 40, 0]
    assert taint.poison(moves(steps)).usd.tolist() == [0, 100, 60, 60, 80]


@given(STEPS, STOPS, st.sets(st.integers(0, N - 1)), st.sampled_from([0, 2, 4]))
@settings(max_examples=200, deadline=None)
def test_the_kernel_agrees_with_its_slow_twin_on_whole_lots(
    steps: Steps, stops: set[int], wanted: set[int], held: int
) -> None:
    # A mixed payment makes one mixed lot in the kernel and two pure ones in the twin: compare up to the first of them.
    slow = slow_steered(steps, stops, wanted, held)
    mixed = [i for i, usd in enumerate(slow) if 0 < usd < steps[i][2]]
    end = mixed[0] + 1 if mixed else len(steps)
    quick = steered(moves(steps, stops), wanted, held)
    assert quick[:end] == pytest.approx([float(x) for x in slow[:end]], abs=1e-9)


@given(STEPS, STOPS)
@settings(max_examples=100, deadline=None)
def test_no_method_reaches_further_than_poison(steps: Steps, stops: set[int]) -> None:
    told = moves(steps, stops)
    reach = taint.poison(told).usd
    for method in (taint.haircut, taint.fifo, taint.lifo, taint.taint_first):
        assert (method(told).usd <= reach + 1e-9).all()
    assert (auto(told, hours(steps), find_services=False).carried.usd <= reach + 1e-9).all()
    assert (auto(told, hours(steps)).carried.usd <= reach + 1e-9).all()


@given(STEPS, STOPS, CUTS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_enters_or_is_presumed_is_held_returned_or_let_go(
    steps: Steps, stops: set[int], cut: Cut, find: bool
) -> None:
    told = moves(steps, stops)
    told = replace(told, amount=told.amount / 3)
    found = auto(told, told.time, cut, find_services=find)
    carried = found.carried
    out = carried.held.sum() + carried.let_go.sum() + carried.usd[told.back].sum()
    assert carried.entered.sum() + found.presumed.sum() == pytest.approx(out, rel=1e-9, abs=1e-9)
    assert (carried.usd <= told.amount + 1e-8).all()


def test_a_limit_in_time_holds_for_auto_too() -> None:
    steps = [(0, 1, 60, "e"), *[(3, 4, 1, " ")] * 3, (0, 1, 40, "e"), (1, 2, 100, " ")]
    told = moves(steps)
    assert auto(told, told.time, Cut(held=2), find_services=False).carried.held[:3].tolist() == [0, 60, 40]
    assert auto(told, told.time, Cut(span=2), find_services=False).carried.usd[-1] == 100
    late = moves([*steps[:-1], *[(3, 4, 1, " ")] * 3, steps[-1]])
    assert auto(late, late.time, Cut(span=2), find_services=False).carried.usd[-1] == 0


def test_what_is_made_of_unseen_money_may_be_chosen() -> None:
    steps = [(0, 1, 100, "e"), (1, 2, 130, " "), (2, 3, 130, " ")]
    told = moves(steps)
    for unseen, usd in (("carry", [100, 130, 130]), ("clean", [100, 100, 100]), ("unknown", [100, 0, 0])):
        assert auto(told, hours(steps), Cut(unseen=unseen), find_services=False).carried.usd.tolist() == usd


@given(STEPS, STOPS)
@settings(max_examples=100, deadline=None)
def test_in_another_currency_the_same_money_is_traced(steps: Steps, stops: set[int]) -> None:
    told = moves(steps, stops)
    scaled = Moves(told.source, told.target, told.amount * 1024, told.entry, told.back, told.stops, told.opening)
    for method in (taint.haircut, taint.fifo, taint.lifo, taint.taint_first, taint.poison):
        assert method(scaled).usd == pytest.approx(method(told).usd * 1024, rel=1e-9, abs=1e-6)
    one, other = auto(told, hours(steps)), auto(scaled, hours(steps))
    assert other.carried.usd == pytest.approx(one.carried.usd * 1024, rel=1e-9, abs=1e-6)


@given(STEPS.filter(bool), STOPS, st.data())
@settings(max_examples=100, deadline=None)
def test_a_transfer_split_in_two_carries_the_same_by_haircut(
    steps: Steps, stops: set[int], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(steps) - 1))
    payer, payee, usd, mark = steps[at]
    doubled = [(a, b, 2 * x, m) for a, b, x, m in steps]
    split = [*doubled[:at], (payer, payee, usd, mark), (payer, payee, usd, mark), *doubled[at + 1 :]]
    whole, parts = taint.haircut(moves(doubled, stops)).usd, taint.haircut(moves(split, stops)).usd
    joined = np.concatenate([parts[:at], [parts[at] + parts[at + 1]], parts[at + 2 :]])
    assert joined == pytest.approx(whole, abs=1e-9)


@given(STEPS, STOPS)
@settings(max_examples=60, deadline=None)
def test_nothing_that_comes_later_changes_what_left_before_by_a_method_of_lots(steps: Steps, stops: set[int]) -> None:
    half = len(steps) // 2
    for method in (taint.haircut, taint.fifo, taint.lifo, taint.taint_first, taint.poison):
        whole, begun = method(moves(steps, stops)).usd, method(moves(steps[:half], stops)).usd
        assert whole[:half] == pytest.approx(begun)
