"""A trace as boxes and bands that fit on one picture: the largest accounts by name, the rest folded, no money lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Floats, Ints, Longs, summed
from upriver.graph.depth import depths
from upriver.plain.traced import stayed

if TYPE_CHECKING:
    from upriver.plain.traced import Traced

# Columns between the sources and the ends, and accounts named in one of them, in the first and in the last.
LAYERS, _NAMED, _NAMED_SOURCES, _NAMED_ENDS = 7, 9, 12, 20
_MOST_BANDS, _TOLD, _TOLD_BAND = 700, 8, 5
# An account where the trace stops stands among the ends, unless it passed this share of it on.
_PASSED = 0.1
SOURCE, LAYER = "source", "layer"


@dataclass(slots=True)
class Box:
    """An account, or many folded into one. came + entered + presumed = went + kept, but for poison.

    column     0: sources, last: ends; between them by the transfers that its money took on the mean
    kind       SOURCE, LAYER, or the stop reason
    came       from other boxes; went: to other boxes; inside: from one of its accounts to another, in no other sum
    first, last  of all its transfers, microseconds UTC
    brought, sent_on  rows of the trace, the largest: what came to a named account, what it passed on
    """

    column: int
    kind: str
    accounts: Sequence[int]
    named: bool
    hops: int
    entered: float = 0.0
    presumed: float = 0.0
    came: float = 0.0
    went: float = 0.0
    kept: float = 0.0
    inside: float = 0.0
    first: int = 0
    last: int = 0
    n_brought: int = 0
    n_sent_on: int = 0
    brought: Sequence[int] = field(default_factory=list)
    sent_on: Sequence[int] = field(default_factory=list)

    @property
    def value(self) -> float:
        """How high it is drawn, in USD."""
        return max(self.came, self.went + self.kept)


@dataclass(frozen=True, slots=True)
class Band:
    """All traced transfers from one box to another; `largest`: rows of the trace, the largest."""

    near: int
    far: int
    usd: float
    n: int
    first: int
    last: int
    largest: Sequence[int]


@dataclass(frozen=True, slots=True)
class Boxes:
    """What is drawn.

    of_account  box of each account; -1: not reached
    steps       of each column, the transfers that its money took on the mean; -1 for the column of the ends
    thin        bands too many and too small to draw, and their sum
    """

    boxes: Sequence[Box]
    bands: Sequence[Band]
    of_account: Ints
    steps: Sequence[int]
    thin: tuple[int, float]


def boxes(made: Traced, told: Sequence[Mapping[str, object]]) -> Boxes:
    """Fold a trace.

    told  rows of accounts.csv, the account's code under `code`
    """
    moves, carried = made.moves, made.carried
    n = len(made.net.accounts)
    some = np.flatnonzero(carried.usd > 0.0)
    time = (-made.net.time[::-1] if made.backward else made.net.time)[some]
    usd, payer, payee = carried.usd[some], moves.source[some], moves.target[some]
    began: Floats = summed(moves.source, carried.entered, n)
    stops = {int(str(row["code"])): row for row in told}
    drawn, of_account, deepest = _chosen(made, stops, began)
    box_of_payer, box_of_payee = of_account[payer].astype(np.int64), of_account[payee].astype(np.int64)
    _fill(drawn, of_account, made, stops, began)
    pair = box_of_payer * len(drawn) + box_of_payee
    order = np.lexsort((some, -usd, pair))
    firsts = np.flatnonzero(np.r_[True, np.diff(pair[order]) != 0]) if len(order) else np.zeros(0, dtype=np.int64)
    bands = []
    for begin, stop in zip(firsts, [*firsts[1:].tolist(), len(order)], strict=True):
        part = order[begin:stop]
        near, far = divmod(int(pair[part[0]]), len(drawn))
        total = float(usd[part].sum())
        early, late = int(time[part].min()), int(time[part].max())
        if made.backward:
            early, late = -late, -early
        for end in {near, far}:
            drawn[end].first = min(drawn[end].first or early, early)
            drawn[end].last = max(drawn[end].last, late)
        if near == far:
            drawn[near].inside = total
            continue
        drawn[near].went += total
        drawn[far].came += total
        bands.append(Band(near, far, total, len(part), early, late, some[part[:_TOLD_BAND]].tolist()))
    bands.sort(key=lambda band: (-band.usd, band.near, band.far))
    thin = bands[_MOST_BANDS:]
    _largest(drawn, some, usd, payer, payee)
    columns = sorted({box.column for box in drawn})
    for box in drawn:
        box.column = columns.index(box.column)
    return Boxes(
        drawn,
        bands[:_MOST_BANDS],
        of_account,
        [-1 if column > deepest else column for column in columns],
        (len(thin), float(sum(band.usd for band in thin))),
    )


def _chosen(made: Traced, stops: Mapping[int, Mapping[str, object]], began: Floats) -> tuple[list[Box], Ints, int]:
    """Boxes without sums, the largest accounts of each column by name; each account's box; the last column but one."""
    names = made.net.accounts.to_pylist()
    received = {code: float(str(row["received_usd"])) for code, row in stops.items()}
    hops = {code: int(str(row["hops"])) for code, row in stops.items()}
    moves, carried = made.moves, made.carried
    depth = depths(moves.source, moves.target, carried.usd, carried.entered, len(names))
    sent = np.bincount(moves.source, weights=carried.usd, minlength=len(names))
    kinds = {code: str(row["stop_reason"]) or LAYER for code, row in stops.items()}
    kinds |= dict.fromkeys(np.flatnonzero(began > 0.0).tolist(), SOURCE)
    between = {
        code for code, kind in kinds.items()
        if kind == LAYER or (kind != SOURCE and sent[code] > _PASSED * received[code])
    }  # fmt: skip
    steps = {code: max(1, round(float(depth[code]))) for code in between}
    deepest = min(LAYERS, max(steps.values(), default=0))
    groups: dict[tuple[int, str], list[int]] = {}
    for code, kind in kinds.items():
        column = min(steps[code], deepest) if code in between else 0 if kind == SOURCE else deepest + 1
        groups.setdefault((column, kind if column > deepest else ""), []).append(code)
    size = {code: float(max(began[code], received.get(code, 0.0))) for codes in groups.values() for code in codes}
    ends = [code for (column, _), codes in groups.items() if column > deepest for code in codes]
    largest = set(sorted(ends, key=lambda code: (-size[code], names[code]))[:_NAMED_ENDS])
    drawn: list[Box] = []
    of_account = np.full(len(names), -1, dtype=np.int32)
    for (column, end), codes in sorted(groups.items()):
        codes.sort(key=lambda code: (-size[code], names[code]))
        if column > deepest:
            named = [code for code in codes if code in largest]
        else:
            named = codes[: _NAMED_SOURCES if column == 0 else _NAMED]
        rest = codes[len(named) :]
        if len(rest) == 1:  # a box of its own takes no more room than a box of one other
            named, rest = codes, []
        for code in named:
            of_account[code] = len(drawn)
            drawn.append(Box(column, kinds[code], [code], True, hops.get(code, 0)))
        if rest:
            of_account[rest] = len(drawn)
            kind = end or (LAYER if column else SOURCE)
            drawn.append(Box(column, kind, rest, False, min(hops.get(code, 0) for code in rest)))
    return drawn, of_account, deepest


def _fill(
    drawn: Sequence[Box], of_account: Ints, made: Traced, stops: Mapping[int, Mapping[str, object]], began: Floats
) -> None:
    """What began, was presumed and stayed in each box."""
    kept, given = stayed(made)  # the rows of accounts tell them to the cent
    presumed = np.bincount(made.moves.source, weights=made.presumed, minlength=len(of_account))
    for code in np.flatnonzero(of_account >= 0).tolist():
        box = drawn[of_account[code]]
        box.entered += float(began[code])
        box.presumed += float(presumed[code])
        if code in stops:
            box.kept += float(kept[code] + given[code])


def _largest(drawn: Sequence[Box], some: Longs, usd: Floats, payer: Ints, payee: Ints) -> None:
    """The largest transfers to and from each named account."""
    for ends, coming in ((payee, True), (payer, False)):
        order = np.lexsort((some, -usd, ends))
        sorted_ends = ends[order]
        for box in drawn:
            if not box.named:
                continue
            begin, stop = np.searchsorted(sorted_ends, [box.accounts[0], box.accounts[0] + 1])
            rows = some[order[begin : min(stop, begin + _TOLD)]].tolist()
            if coming:
                box.n_brought, box.brought = int(stop - begin), rows
            else:
                box.n_sent_on, box.sent_on = int(stop - begin), rows
