"""Parts traced apart, as workers of a cluster do, carry what they carry together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.graph.taint import Moves
from upriver.money.params import MoneyParams
from upriver.money.spread import MAIN, UNSEEN, Traces, spread

Work = Callable[[pa.Table], pa.Table]


def at_once(rows: pa.Table, key: str, work: Work, result: pa.Schema) -> pa.Table:
    """One process."""
    return work(rows).cast(result)


def apart(rows: pa.Table, key: str, work: Work, result: pa.Schema) -> pa.Table:
    """One worker for each key; rows reach it in any order, and so do the answers."""
    bundles = sorted(set(rows[key].to_pylist()), reverse=True)
    turned = rows.take(np.arange(rows.num_rows)[::-1])
    answers = [work(turned.filter(pc.equal(turned[key], bundle))).cast(result) for bundle in bundles]
    return pa.concat_tables(answers) if answers else result.empty_table()


TRANSFERS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 90), st.integers(0, 2), st.booleans())
    .filter(lambda one: one[0] != one[1]),
    min_size=1, max_size=40,
)  # fmt: skip


def moves(told: list[tuple[int, int, int, int, bool]]) -> Moves:
    source, target, usd, wait, entry = (np.array(column) for column in zip(*told, strict=True))
    stops = np.zeros(12, dtype=np.bool_)
    stops[[3, 7]] = True
    return Moves(
        source.astype(np.int32), target.astype(np.int32), usd / 3.0, entry & ~stops[source],
        np.zeros(len(told), dtype=np.bool_), stops, np.zeros(12), np.cumsum(wait) * 40_000,
    )  # fmt: skip


def same(one: Traces, other: Traces) -> None:
    assert one.lives == other.lives
    for name in one.by:
        for part in ("usd", "entered", "hops", "left", "held", "let_go", "unseen", "presumed", "beyond"):
            np.testing.assert_array_equal(getattr(one.by[name], part), getattr(other.by[name], part), f"{name} {part}")
    for part in ("low", "high", "stops"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


@given(TRANSFERS, st.sampled_from(MAIN), st.sampled_from(UNSEEN), st.booleans())
def test_workers_tell_what_one_process_tells(
    told: list[tuple[int, int, int, int, bool]], method: str, unseen: str, finds: bool
) -> None:
    case = moves(told)
    params = MoneyParams(method=method, unseen=unseen, max_hold_days=2.0)
    may = np.full(12, finds)
    same(spread(case, params, may, at_once), spread(case, params, may, apart))


@given(TRANSFERS)
def test_what_enters_is_held_or_let_go_and_the_spread_contains_each_method(
    told: list[tuple[int, int, int, int, bool]],
) -> None:
    found = spread(moves(told), MoneyParams(dust_usd=0.5), np.zeros(12, dtype=np.bool_), apart)
    for carried in found.by.values():
        entered = carried.entered.sum() + carried.presumed.sum()
        assert carried.held.sum() + carried.let_go.sum() == pytest.approx(entered, abs=1e-9 * max(entered, 1.0))
        assert (found.low <= carried.usd).all()
        assert (carried.usd <= found.high).all()


def test_parts_without_victims_money_are_not_handed_out() -> None:
    case = moves([(0, 1, 9, 1, True), (1, 2, 9, 1, False), (5, 6, 9, 1, False)])
    seen = []

    def watched(rows: pa.Table, key: str, work: Work, result: pa.Schema) -> pa.Table:
        seen.extend(rows["place"].to_pylist())
        return at_once(rows, key, work, result)

    spread(case, MoneyParams(), np.zeros(12, dtype=np.bool_), watched)
    assert seen == [0, 1]
    nothing = replace(case, entry=np.zeros(3, dtype=np.bool_))
    assert not spread(nothing, MoneyParams(), np.zeros(12, dtype=np.bool_), apart).main.usd.any()
