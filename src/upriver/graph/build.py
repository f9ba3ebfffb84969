"""Tables to graphs: ids become codes in sorted order, so that a code never depends on the order of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from upriver.graph.names import Names, sorted_order

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Graph:
    """Ties by node: those of node `v` are `neighbours[offsets[v]:offsets[v + 1]]`, in ascending order.

    offsets     int64, n + 1
    neighbours  int32; of an undirected graph each tie stands twice
    weights     float64, one per neighbour
    """

    offsets: Longs
    neighbours: Ints
    weights: Floats

    @property
    def n(self) -> int:
        return len(self.offsets) - 1


def encode(*columns: pa.ChunkedArray | pa.Array) -> tuple[pa.Array, tuple[Ints, ...]]:
    """One code for each id of the columns, in the sorted order of the ids.

    returns  the distinct ids, sorted; for each column its codes as int32, -1 where it is null
    """
    import pyarrow as pa

    names = Names()
    found = []
    for column in columns:
        codes = np.empty(len(column), dtype=np.int32)
        at = 0
        for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            names.codes(chunk, codes[at : at + len(chunk)])
            at += len(chunk)
        found.append(codes)
    seen = names.seen()
    order = sorted_order(seen)
    code = np.empty(len(seen) + 1, dtype=np.int32)
    code[order] = np.arange(len(seen), dtype=np.int32)
    code[-1] = -1  # null
    return seen.take(pa.array(order)), tuple(code[codes] for codes in found)


def summed(code: Ints | Longs, usd: Floats, n: int) -> Floats:
    """USD by code, 0 .. n - 1; added in the order given, which is the same in every run."""
    return np.bincount(code, weights=usd, minlength=n).astype(np.float64)


def undirected(n: int, source: Ints, target: Ints, weight: Floats | None = None) -> Graph:
    """The graph of ties without direction: parallel ties add up, ties of a node with itself are left out.

    n       number of nodes; codes are 0 .. n - 1, a tie with a negative code is left out
    weight  > 0, one per tie; 1 where none is given
    """
    low, high = np.minimum(source, target), np.maximum(source, target)
    a, b, w = _merged(n, low, high, weight)
    return _rows(n, np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([w, w]))


def directed(n: int, source: Ints, target: Ints, weight: Floats | None = None) -> Graph:
    """The graph of ties from source to target, as `undirected`."""
    return _rows(n, *_merged(n, source, target, weight))


def _merged(n: int, source: Ints, target: Ints, weight: Floats | None) -> tuple[Longs, Longs, Floats]:
    """Distinct ties, with summed weights."""
    values = np.ones(len(source)) if weight is None else np.asarray(weight, dtype=np.float64)
    kept = (source != target) & (source >= 0) & (target >= 0)
    key = source[kept].astype(np.int64) * n + target[kept]
    values = values[kept]
    # Equal ties are added in the order of their weights: the sum must not depend on the order of rows.
    order = np.lexsort((values, key))
    key, values = key[order], values[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, dtype=np.int64)
    total = np.add.reduceat(values, first) if len(key) else values
    return key[first] // n if n else key, key[first] % n if n else key, total


def _rows(n: int, source: Longs, target: Longs, weight: Floats) -> Graph:
    order = np.lexsort((target, source))
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=offsets[1:])
    return Graph(offsets, target[order].astype(np.int32), np.ascontiguousarray(weight[order]))
