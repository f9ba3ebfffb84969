"""Parts of a case, and that tracing them apart changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graph.test_taint import POLICY, STEPS, N, moves

from upriver.graph import taint
from upriver.graph.auto import AutoParams, auto
from upriver.graph.build import Floats
from upriver.graph.parts import parts
from upriver.graph.taint import Carried, Cut, Moves

Steps = list[tuple[int, int, int, str]]
DUSTY = AutoParams(dust=0.2)


def test_a_service_joins_nobody() -> None:
    # 0 and 1 pay the service 4, which pays 2; 2 pays 3; the service 4 pays itself through the service 5.
    source, target = np.array([0, 1, 4, 2, 4], dtype=np.int32), np.array([4, 4, 2, 3, 5], dtype=np.int32)
    stops = np.array([False, False, False, False, True, True])
    assert parts(source, target, stops).tolist() == [0, 1, 2, 2, 3]
    assert parts(source, target, np.zeros(6, dtype=np.bool_)).tolist() == [0] * 5


def _auto(find: bool) -> Callable[[Moves, Cut, Floats], Carried]:
    return lambda told, cut, so_far: auto(told, told.time, cut, DUSTY, find, so_far).carried


METHODS: dict[str, Callable[[Moves, Cut, Floats], Carried]] = {
    "haircut": lambda told, cut, _: taint.haircut(told, cut),
    "fifo": lambda told, cut, _: taint.fifo(told, cut),
    "lifo": lambda told, cut, _: taint.lifo(told, cut),
    "taint-first": lambda told, cut, _: taint.taint_first(told, cut),
    "poison": lambda told, cut, _: taint.poison(told, cut),
    "auto": _auto(False),
    "auto, finding services": _auto(True),
}


@pytest.mark.parametrize("method", METHODS)
@given(steps=STEPS, stops=st.sets(st.integers(0, N - 1), max_size=3), unseen=POLICY, held=st.sampled_from([0, 3]))
@settings(max_examples=100, deadline=None)
def test_parts_traced_apart_carry_what_they_carry_together(
    method: str, steps: Steps, stops: set[int], unseen: str, held: int
) -> None:
    told = replace(moves(steps, stops), time=np.arange(len(steps)))
    told = replace(told, amount=told.amount / 3)
    so_far, cut = np.cumsum(np.where(told.entry, told.amount, 0.0)), Cut(unseen=unseen, held=held)
    whole = METHODS[method](told, cut, so_far)
    part = parts(told.source, told.target, told.stops)
    kept, sent = np.zeros(N), np.zeros(N)
    for one in range(part.max(initial=-1) + 1):
        rows = np.flatnonzero(part == one)
        apart = METHODS[method](told.only(rows), cut, so_far[rows])
        assert apart.usd.tolist() == whole.usd[rows].tolist()
        assert apart.hops.tolist() == whole.hops[rows].tolist()
        assert apart.entered.tolist() == whole.entered[rows].tolist()
        kept += apart.held
        sent += apart.let_go
    passing = ~told.stops
    assert kept[passing].tolist() == whole.held[passing].tolist()
    assert kept == pytest.approx(whole.held, rel=1e-12)  # a stop sums over parts, in another order
    assert sent == pytest.approx(whole.let_go, rel=1e-12)
