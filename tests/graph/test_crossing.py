"""Money across legs: every method carries it, nothing is lost, and a leg is nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph import taint
from upriver.graph.auto import auto
from upriver.graph.build import Longs
from upriver.graph.crossing import Crossing, cross
from upriver.graph.order import time_order
from upriver.graph.taint import NO_CUT, Carried, Moves

METHODS = {"haircut": taint.haircut, "fifo": taint.fifo, "lifo": taint.lifo, "taint first": taint.taint_first}
N = 6
SERVICE = 0


def crossed(steps: list[tuple[int, int, float, int]], legs: list[tuple[int, int]]) -> tuple[Crossing, Moves, Longs]:
    """Steps: payer, payee, USD, minute; the first is stolen, account 0 is a service."""
    source, target, usd, minute = (np.array(column) for column in zip(*steps, strict=True))
    first, second = (np.array(side, dtype=np.int64) for side in (zip(*legs, strict=True) if legs else ((), ())))
    made = cross(minute, source.astype(np.int32), target.astype(np.int32), N, first, second, np.full(len(legs), 0.8))
    entry, stops = np.zeros(len(steps), dtype=np.bool_), np.zeros(N, dtype=np.bool_)
    entry[0], stops[SERVICE] = True, True
    moves = Moves(
        made.source, made.target, usd[made.order].astype(np.float64), entry[made.order],
        np.zeros(len(steps), dtype=np.bool_), made.widened(stops), np.zeros(N + len(legs)),
    )  # fmt: skip
    return made, moves, minute[made.order]


@pytest.mark.parametrize("method", METHODS)
def test_money_goes_on_across_a_leg_and_the_service_keeps_the_fee(method: str) -> None:
    # Stolen 100 to account 1, that swaps it at the service; a stranger's 500 goes in and out there too.
    made, moves, _ = crossed([(5, 1, 100, 0), (1, 0, 100, 1), (2, 0, 500, 2), (0, 3, 98, 3), (0, 4, 490, 4)], [(1, 3)])
    carried = made.folded(METHODS[method](moves, NO_CUT))
    assert carried.usd.tolist() == [100, 100, 0, 98, 0]
    assert carried.held.tolist() == [2, 0, 0, 98, 0, 0]
    assert made.across(carried.usd).tolist() == [98, 0, 0, 0, 0, 0]
    assert made.surety(carried.usd, carried.entered).tolist() == [1, 1, 1, pytest.approx(0.8), 1]


def test_without_the_leg_it_ends_at_the_service() -> None:
    made, moves, _ = crossed([(5, 1, 100, 0), (1, 0, 100, 1), (0, 3, 98, 3)], [])
    assert made.folded(taint.haircut(moves, NO_CUT)).held.tolist() == [100, 0, 0, 0, 0, 0]


def test_money_that_meets_is_as_sure_as_its_mean() -> None:
    made, moves, _ = crossed(
        [(5, 1, 100, 0), (1, 0, 50, 1), (0, 3, 50, 2), (1, 3, 50, 3), (3, 4, 100, 4)], [(1, 2)]
    )  # fmt: skip
    carried = taint.haircut(moves, NO_CUT)
    assert made.surety(carried.usd, carried.entered)[-1] == pytest.approx(0.9)


def test_a_swap_within_one_instant_comes_out_after_it_went_in() -> None:
    # 1 pays the service and is paid back at once: as recorded, the ring would be opened at the service.
    steps = [(5, 1, 100.0, 0), (1, 0, 100.0, 1), (0, 1, 99.0, 1), (1, 4, 99.0, 2)]
    source, target = (np.array([step[k] for step in steps], dtype=np.int32) for k in (0, 1))
    assert time_order(np.array([0, 1, 1, 2]), source, target).tolist() == [0, 2, 1, 3]
    made, moves, _ = crossed(steps, [(1, 2)])
    assert made.order.tolist() == [0, 1, 2, 3]
    assert taint.haircut(moves, NO_CUT).usd.tolist() == [100, 100, 99, 99]


STEPS = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 40), st.integers(0, 6)).filter(
        lambda step: step[0] != step[1]
    ),
    min_size=1,
    max_size=20,
)


def ordered(steps: list[tuple[int, int, int, int]]) -> list[tuple[int, int, float, int]]:
    columns = [np.array(column, dtype=np.int32) for column in zip(*steps, strict=True)]
    return [
        (int(s), int(t), float(u), int(m))
        for s, t, u, m in (steps[k] for k in time_order(columns[3].astype(np.int64), columns[0], columns[1]))
    ]


def possible(steps: list[tuple[int, int, float, int]]) -> list[tuple[int, int]]:
    """Each payment to the service with the next that leaves it, wherever it goes."""
    legs: list[tuple[int, int]] = []
    for a, step in enumerate(steps):
        out = [b for b, other in enumerate(steps) if other[0] == SERVICE and other[3] >= step[3]]
        free = [b for b in out if b not in {second for _, second in legs}]
        if step[1] == SERVICE and free:
            legs.append((a, free[0]))
    return legs


@given(STEPS, st.sampled_from(sorted(METHODS)))
def test_nothing_is_lost_across_legs_and_no_time_runs_back(steps: list[tuple[int, int, int, int]], method: str) -> None:
    rows = ordered(steps)
    made, moves, minute = crossed(rows, possible(rows))
    assert (np.diff(minute) >= 0).all()
    assert (made.first < made.second).all()
    carried = made.folded(METHODS[method](moves, NO_CUT))
    assert carried.held.sum() + carried.let_go.sum() == pytest.approx(carried.entered.sum(), rel=1e-9)
    sure = made.surety(carried.usd, carried.entered)
    assert ((sure >= 0.0) & (sure <= 1.0)).all()


@given(STEPS)
def test_what_is_presumed_is_conserved_across_legs_too(steps: list[tuple[int, int, int, int]]) -> None:
    rows = ordered(steps)
    made, moves, minute = crossed(rows, possible(rows))
    found = auto(moves, minute.astype(np.int64) * 60, find_services=False)
    carried = made.folded(found.carried)
    kept = carried.held.sum() + carried.let_go.sum()
    assert kept == pytest.approx(carried.entered.sum() + found.presumed.sum(), rel=1e-9)


def slow_haircut(moves: Moves, made: Crossing) -> list[float]:
    """Haircut that hands each leg's money over by a note of its own, with no account for it."""
    balance, held = [0.0] * N, [0.0] * N
    notes: dict[int, tuple[float, float]] = {}
    carried = []
    leg_in, leg_out = ({int(place): k for k, place in enumerate(side)} for side in (made.first, made.second))
    for i, (source, target, usd) in enumerate(zip(moves.source, moves.target, moves.amount, strict=True)):
        if i in leg_out:
            came, traced = notes[leg_out[i]]
            moved = min(traced * min(usd / came, 1.0), usd)
        elif moves.stops[source]:
            moved = 0.0
        else:
            share = min(usd / balance[source], 1.0) if balance[source] > 0 else 1.0
            moved = min(held[source] * share, usd)
            held[source] -= moved
            balance[source] = max(balance[source] - usd, 0.0)
        moved = float(usd) if moves.entry[i] else moved
        carried.append(moved)
        if i in leg_in:
            notes[leg_in[i]] = (usd, moved)
        elif target < N:
            balance[target] += usd
            held[target] += moved
    return carried


@given(STEPS)
def test_haircut_carries_what_a_note_for_each_leg_carries(steps: list[tuple[int, int, int, int]]) -> None:
    rows = ordered(steps)
    made, moves, _ = crossed(rows, possible(rows))
    entry = np.zeros(len(rows), dtype=np.bool_)
    entry[0] = True
    moves = replace(moves, entry=entry)
    assert taint.haircut(moves, NO_CUT).usd.tolist() == pytest.approx(slow_haircut(moves, made), abs=1e-6)


def test_a_service_holds_again_what_its_legs_held() -> None:
    made, moves, _ = crossed([(5, 1, 100, 0), (1, 0, 100, 1), (0, 3, 98, 3)], [(1, 2)])
    raw: Carried = taint.fifo(moves, NO_CUT)
    folded = made.folded(raw)
    assert (len(raw.held), len(folded.held), len(folded.unseen), len(folded.let_go)) == (N + 1, N, N, N)
    assert raw.held[N] == folded.held[SERVICE] == 2
