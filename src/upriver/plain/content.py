"""The order of a file's transfers by what they say of themselves: time, then id, then content; never their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Floats, Ints, Longs
from upriver.graph.names import keys
from upriver.graph.order import sort_instants

if TYPE_CHECKING:
    import pyarrow as pa

_SCALES = (1_000_000, 1_000)  # microseconds: most files tell whole seconds


def content_order(
    ids: pa.ChunkedArray | None, at: Longs, source: Ints, target: Ints, usd: Floats
) -> tuple[Longs, Longs]:
    """Order by time, and within one instant by id and content, rows that say the same by their place; and times in it.

    ids  without nulls, or None where the file has none
    at   microseconds
    """
    import duckdb
    import pyarrow as pa

    order, sorted_ = by_time(at)
    same = sorted_[1:] == sorted_[:-1]
    if ids is not None and same.any():
        key = keys(ids)
        sort_instants(order, sorted_, key)
        key = key[order]
        same &= key[1:] == key[:-1]
    if not same.any():
        return order, sorted_
    # What the first letters of the ids do not tell apart, or has no ids, is compared in full.
    tied = np.r_[same, False] | np.r_[False, same]
    some = order[tied]
    columns = {"utc": at[some], "source": source[some], "target": target[some], "usd": usd[some]}
    told = pa.table({"n": some, **columns} if ids is None else {"n": some, **columns, "id": ids.take(pa.array(some))})
    by = "utc, source, target, usd, n" if ids is None else "utc, id, source, target, usd, n"
    with duckdb.connect() as engine:
        engine.register("told", told)
        order[tied] = engine.sql(f"SELECT n FROM told ORDER BY {by}").fetchnumpy()["n"]
    return order, sorted_


def by_time(at: Longs) -> tuple[Longs, Longs]:
    """Order of one or more times, equal ones by their place; and the times in it."""
    low, bits = int(at.min()), len(at).bit_length()
    since = at - low
    scale = next((scale for scale in _SCALES if not (since % scale).any()), 1)
    since //= scale
    if int(since.max()).bit_length() + bits > 64:
        order = np.argsort(at, kind="stable")
        return order, at[order]
    # Time and place in one number: sorting numbers costs much less than sorting places by numbers.
    packed = since.view(np.uint64)
    packed <<= np.uint64(bits)
    packed |= np.arange(len(at), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64((1 << bits) - 1)).view(np.int64)
    packed >>= np.uint64(bits)
    sorted_ = packed.view(np.int64)
    sorted_ *= scale
    sorted_ += low
    return order, sorted_
