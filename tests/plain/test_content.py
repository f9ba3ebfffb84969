from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.plain.content import by_time, content_order

SECOND = 1_000_000
# Few instants and ids that begin alike, so that much is tied, by time or by the first eight bytes too.
IDS = st.builds(str.__add__, st.sampled_from(["tx", "tx00000000", "tx00000000é"]), st.text("01\0", max_size=3))
ROWS = st.lists(
    st.tuples(IDS, st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.sampled_from([1.0, 2.5])),
    min_size=1,
    max_size=40,
)


def plainly(rows: list[tuple[str, int, int, int, float]], told: bool) -> list[int]:
    """The same, the obvious way."""
    return sorted(range(len(rows)), key=lambda i: (rows[i][1], rows[i][0].encode() if told else b"", *rows[i][2:], i))


@given(ROWS, st.booleans(), st.integers(0, 40))
def test_transfers_are_ordered_by_time_then_id_then_content(
    rows: list[tuple[str, int, int, int, float]], told: bool, cut: int
) -> None:
    ids, at, source, target, usd = zip(*rows, strict=True)
    column = pa.chunked_array([list(ids[:cut]), list(ids[cut:])], type=pa.string()) if told else None
    time = np.array(at, dtype=np.int64) * SECOND
    ends = np.array(source, dtype=np.int32), np.array(target, dtype=np.int32)
    order, sorted_ = content_order(column, time, *ends, np.array(usd))
    assert order.tolist() == plainly(rows, told)
    assert sorted_.tolist() == sorted(time.tolist())


def test_many_transfers_of_one_instant_are_ordered_by_id() -> None:
    numbers = np.random.default_rng(2).permutation(500)
    ids = pa.chunked_array([[f"tx{number:012}" for number in numbers.tolist()]])
    none = np.zeros(500, dtype=np.int32)
    order, _ = content_order(ids, np.zeros(500, dtype=np.int64), none, none, np.ones(500))
    assert numbers[order].tolist() == list(range(500))


@pytest.mark.parametrize("unit", [1, 1_000, SECOND, 2**57])
@pytest.mark.parametrize("low", [0, -7, 1_700_000_000 * SECOND + 1])
def test_times_of_any_unit_and_beginning_are_ordered_equal_ones_by_their_place(unit: int, low: int) -> None:
    at = np.random.default_rng(4).integers(0, 30, 100) * unit + low
    kept = at.copy()
    order, sorted_ = by_time(at)
    assert order.tolist() == sorted(range(100), key=lambda i: (kept[i], i))
    assert sorted_.tolist() == sorted(kept.tolist())
    assert at.tolist() == kept.tolist()
