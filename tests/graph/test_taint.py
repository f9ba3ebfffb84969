"""Each kernel beside a slow, obvious twin: accounts as lists of (USD, traced), money moved in exact fractions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph import taint
from upriver.graph.taint import NO_CUT, Cut, Moves

N = 5
Steps = list[tuple[int, int, int, str]]
STEPS = st.lists(
    st.tuples(
        st.integers(0, N - 1), st.integers(0, N - 1), st.integers(1, 40), st.sampled_from("      es<")
    ).filter(lambda step: step[0] != step[1]),
    max_size=25,
)  # fmt: skip
POLICY = st.sampled_from(["", *taint.UNSEEN])
STOPS = st.sets(st.integers(0, N - 1), max_size=1)


def moves(steps: Steps, stops: set[int] = frozenset()) -> Moves:  # type: ignore[assignment]
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
        np.arange(len(source)),
    )


def slow(steps: Steps, stops: set[int], how: str, cut: Cut = NO_CUT) -> list[Fraction]:
    """What each transfer carries, one transfer at each moment; lots are (USD, traced, since), the newest last."""
    balance, held, got, dirty = ([Fraction(0)] * N for _ in range(4))
    lots: list[list[tuple[Fraction, bool, int]]] = [[] for _ in range(N)]
    near, came, born = [taint.FAR] * N, [0] * N, [-1000] * N
    halted = set(stops)
    usd = []
    for now, (a, b, paid, mark) in enumerate(steps):
        x, gap, moved = Fraction(paid), Fraction(0), Fraction(0)
        if a not in halted and x > balance[a]:
            if cut.unseen == "unknown" and near[a] < taint.FAR and mark != "e":
                halted.add(a)
            elif cut.unseen == "carry" and dirty[a] and dirty[a] >= Fraction(cut.carry) * got[a]:
                gap = x - balance[a]
        old = cut.span > 0 and now - born[a] > cut.span
        pays = a not in halted and (near[a] == taint.FAR or (near[a] < cut.hops and not old))
        young = cut.held == 0 or now - came[a] <= cut.held
        pieces, need = [], x
        while how in ("fifo", "lifo") and pays and need and lots[a]:
            size, traced, since = lots[a].pop(-1 if how == "lifo" else 0)
            took = min(size, need)
            pieces.append((took, traced and (cut.held == 0 or now - since <= cut.held)))
            need -= took
            if size > took:
                lots[a].insert(len(lots[a]) if how == "lifo" else 0, (size - took, traced, since))
        if how in ("fifo", "lifo"):
            moved = sum((size for size, traced in pieces if traced), Fraction(0))
        elif pays and young and how == "haircut":
            moved = min(held[a] * min(x / max(balance[a], x), 1), x)
        elif pays and young and how == "taint-first":
            moved = min(held[a], x)
        elif pays and young and near[a] < taint.FAR:
            moved = x
        gap = min(gap, x - moved) if pays else Fraction(0)
        pieces.append((need, gap > 0))
        held[a] -= 0 if how == "poison" else moved
        balance[a] = max(balance[a] - x, Fraction(0))
        least = max(Fraction(cut.usd), Fraction(cut.share) * x)
        usd.append(x if mark == "e" else moved + gap if moved + gap >= least else Fraction(0))
        onward = Fraction(0) if mark == "<" else usd[-1]
        lots[b] += [] if b in stops else [(size, onward > 0 and (kind or mark == "e"), now) for size, kind in pieces]
        balance[b] += x
        held[b] += 0 if how == "poison" else onward
        got[b] += x
        dirty[b] += onward
        if onward:
            near[b] = min(near[b], 1 if mark == "e" else near[a] + 1)
            came[b] = now
            born[b] = max(born[b], now if mark == "e" else born[a])
    return usd


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
    opened = replace(before, opening=short)
    for method in (taint.fifo, taint.lifo, taint.haircut):
        carried = method(opened)
        assert carried.usd.tolist() == [50, 50]
        assert carried.unseen.tolist() == [0] * N


METHODS = {
    "haircut": taint.haircut,
    "fifo": taint.fifo,
    "lifo": taint.lifo,
    "taint-first": taint.taint_first,
    "poison": taint.poison,
}
CUTS = st.builds(
    Cut,
    usd=st.sampled_from([0.0, 3.0]),
    share=st.sampled_from([0.0, 0.25]),
    hops=st.sampled_from([2, taint.FAR]),
    unseen=POLICY,
    held=st.sampled_from([0, 0, 2, 4]),
    span=st.sampled_from([0, 0, 3]),
    carry=st.just(0.5),
)


@pytest.mark.parametrize("how", METHODS)
@given(steps=STEPS, stops=STOPS)
@settings(max_examples=100, deadline=None)
def test_the_kernels_agree_with_their_slow_twin(how: str, steps: Steps, stops: set[int]) -> None:
    assert METHODS[how](moves(steps, stops)).usd == pytest.approx([float(x) for x in slow(steps, stops, how)], abs=1e-9)


@pytest.mark.parametrize("how", METHODS)
@given(steps=STEPS, stops=STOPS, cut=CUTS)
@settings(max_examples=200, deadline=None)
def test_so_they_do_under_every_limit_and_policy(how: str, steps: Steps, stops: set[int], cut: Cut) -> None:
    carried = METHODS[how](moves(steps, stops), cut)
    assert carried.usd == pytest.approx([float(x) for x in slow(steps, stops, how, cut)], abs=1e-9)


@pytest.mark.parametrize("how", ["haircut", "fifo", "lifo", "taint-first"])
@given(steps=STEPS, stops=STOPS, cut=CUTS)
@settings(max_examples=150, deadline=None)
def test_what_enters_is_held_returned_or_let_go(how: str, steps: Steps, stops: set[int], cut: Cut) -> None:
    told = moves(steps, stops)
    # A third makes sums that do not come out even.
    told = replace(told, amount=told.amount / 3)
    carried = METHODS[how](told, cut)
    out = carried.held.sum() + carried.let_go.sum() + carried.usd[told.back].sum()
    assert carried.entered.sum() + carried.presumed.sum() == pytest.approx(out, rel=1e-9, abs=1e-9)
    assert (carried.usd <= told.amount + 1e-8).all()


def test_money_that_lay_too_long_stays_with_its_account() -> None:
    # 1 gets stolen money at 0 and at 4 and pays at 5: with a limit of 2 the old lot is not followed.
    steps = [(0, 1, 60, "e"), *[(3, 4, 1, " ")] * 3, (0, 1, 40, "e"), (1, 2, 100, " ")]
    for method in (taint.fifo, taint.lifo):
        carried = method(moves(steps), Cut(held=2))
        assert carried.usd[-1] == 40
        assert carried.held[:3].tolist() == [0, 60, 40]
    # As one pool its age is the time since traced money last came.
    for pool in (taint.haircut, taint.taint_first, taint.poison):
        assert pool(moves(steps), Cut(held=2)).usd[-1] == 100
        late = [*steps[:-1], *[(3, 4, 1, " ")] * 3, steps[-1]]
        assert pool(moves(late), Cut(held=2)).usd[-1] == 0


def test_nothing_is_followed_longer_than_the_span_after_it_entered() -> None:
    steps = [(0, 1, 50, "e"), (1, 2, 50, " "), (2, 3, 50, " "), (3, 4, 50, " ")]
    for method in METHODS.values():
        assert method(moves(steps), Cut(span=2)).usd.tolist() == [50, 50, 50, 0]
        # Newer money of another entry gives its account as long again.
        again = [*steps[:3], (0, 3, 50, "e"), steps[3]]
        assert method(moves(again), Cut(span=2)).usd[-1] > 0


def test_what_was_not_seen_to_come_may_be_taken_to_carry_on() -> None:
    steps = [(0, 1, 50, "e"), (1, 2, 80, " ")]
    for method in (taint.fifo, taint.lifo, taint.haircut, taint.taint_first):
        carried = method(moves(steps), Cut(unseen="carry"))
        assert carried.usd.tolist() == [50, 80]
        assert carried.presumed.tolist() == [0, 30]
        mixed = [(4, 1, 50, " "), *steps[:1], (1, 2, 130, " ")]
        assert method(moves(mixed), Cut(unseen="carry")).presumed.sum() == 0


def test_a_limit_in_time_needs_times() -> None:
    told = replace(moves([(0, 1, 50, "e")]), time=np.zeros(0, dtype=np.int64))
    with pytest.raises(ValueError, match="time"):
        taint.fifo(told, Cut(held=1))


@given(STEPS, st.sets(st.integers(0, N - 1), max_size=2))
@settings(max_examples=100, deadline=None)
def test_fate_read_backwards_finds_what_is_held_at_the_end(steps: Steps, points: set[int]) -> None:
    told = moves(steps)
    carried = taint.haircut(told)
    value = np.array([float(a in points) for a in range(N)])
    share = taint.fate(told.source, told.target, carried.usd, carried.left, told.back, value)
    expected = sum(carried.held[a] for a in points)
    assert (carried.entered * share).sum() == pytest.approx(expected, abs=1e-8)
