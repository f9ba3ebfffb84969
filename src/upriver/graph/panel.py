"""A network told period by period, and what of it is known at the end of a period about each person and each pair.

Nothing here looks beyond the period it is asked for: what comes later is what a forecast is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from upriver.graph.build import Flags, Floats, Ints, Longs
from upriver.graph.components import components
from upriver.graph.keys import among, distinct
from upriver.graph.nearby import bridges, shared, two_apart

PEOPLE = ("gone", "tied", "held", "lost", "thin", "away", "missed")
PAIRS = ("gone", "close", "shared", "both", "neither", "before", "orphaned")
ALL_PAIRS = 2_000_000  # pairs: of more, only those near each other are looked at
_PAIRS_MOST = 5_000_000  # pairs that contacts bring together: of more, those of the contacts with fewest ties
_HUB = 1_000  # ties: whom so many know brings nobody together


@dataclass(frozen=True, slots=True)
class Panel:
    """Ties by period; people are 0 .. n - 1.

    periods  int64, ascending, no two equal; their distances are time
    step     int32, one per tie: the place of its period in `periods`
    low, high  int32, low < high; no tie stands twice in one period
    gone     bool, periods by people: known to be jailed or dead by the end of the period
    named    int32, n: the place of the period in which somebody is first told of; of whom nobody had heard, nothing
             could be told
    """

    n: int
    periods: Longs
    step: Ints
    low: Ints
    high: Ints
    gone: Flags
    named: Ints

    def ties(self, k: int) -> Any:
        """The ties of period `k` as a symmetric sparse matrix of ones."""
        at = self.step == k
        a, b = np.concatenate([self.low[at], self.high[at]]), np.concatenate([self.high[at], self.low[at]])
        found = sparse.csr_matrix((np.ones(len(a)), (a, b)), shape=(self.n, self.n))
        found.sort_indices()
        return found

    def tied(self, k: int) -> Flags:
        """Who has a tie in period `k`."""
        at = self.step == k
        there = np.zeros(self.n, dtype=np.bool_)
        there[self.low[at]] = there[self.high[at]] = True
        return there

    def seen(self, k: int) -> Flags:
        """Who has had a tie in a period up to `k`."""
        at = self.step <= k
        there = np.zeros(self.n, dtype=np.bool_)
        there[self.low[at]] = there[self.high[at]] = True
        return there

    def heard_of(self, k: int) -> Flags:
        """Who has been told of by the end of period `k`."""
        return self.named <= k

    def keys(self, k: int, before: bool = False) -> Longs:
        """The pairs tied in period `k`, or in any before it, as low * n + high; ascending."""
        at = self.step < k if before else self.step == k
        return distinct(self.low[at].astype(np.int64) * self.n + self.high[at])

    def until(self, k: int) -> Panel:
        """What was known at the end of period `k`."""
        at = self.step <= k
        return Panel(
            self.n, self.periods[: k + 1], self.step[at], self.low[at], self.high[at], self.gone[: k + 1], self.named
        )


def panel(
    n: int, period: Longs, source: Ints, target: Ints, gone: dict[int, Flags] | None = None, named: Longs | None = None
) -> Panel:
    """A panel of ties in any order, doubled or not; a tie of somebody with himself is left out.

    period   of each tie
    gone     by period, who is known to be gone; a period without an entry goes on as the one before it. Periods of
             which no tie is told count as periods without ties
    named    by person, the period in which a list first names him, where that is before his first tie
    """
    told = gone or {}
    periods = np.unique(np.concatenate([period, np.array(sorted(told), dtype=np.int64)])).astype(np.int64)
    kept = source != target
    step = np.searchsorted(periods, period[kept]).astype(np.int64)
    low, high = np.minimum(source, target)[kept], np.maximum(source, target)[kept]
    rows = np.unique(np.column_stack([step, low, high]), axis=0).astype(np.int32).reshape(-1, 3)
    state = np.zeros((len(periods), n), dtype=np.bool_)
    for k, when in enumerate(periods.tolist()):
        state[k] = told[when] if when in told else state[k - 1] if k else False
    first = np.full(n, len(periods), dtype=np.int64)
    for column in (1, 2):
        np.minimum.at(first, rows[:, column], rows[:, 0])
    if named is not None:
        first = np.minimum(first, np.searchsorted(periods, named))
    told_of = first.astype(np.int32)
    return Panel(n, periods, rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy(), state, told_of)


def people(known: Panel, k: int) -> Floats:
    """What is known of each person at the end of period `k`: n by PEOPLE.

    gone   1 where jailed or dead
    tied   1 where he has a tie in this period and is not gone
    held   1 where he has a tie in this period and is gone: a tie outlives an arrest for a while
    lost   share of those he is tied to who are gone
    thin   1 / (1 + contacts that are not gone); 0 without ties
    away   log of 1 + time since his last tie; 0 where he is tied, or never was
    missed share of the periods since his first tie in which he had none
    """
    ties = known.ties(k)
    gone = known.gone[k].astype(np.float64)
    degree = np.asarray(ties.sum(axis=1)).ravel()
    live = degree - ties @ gone
    tied = degree > 0
    last = np.full(known.n, -1, dtype=np.int64)
    first, times = np.full(known.n, k, dtype=np.int64), np.zeros(known.n)
    for j in range(k + 1):
        there = known.tied(j)
        last[there] = j
        first[there] = np.minimum(first[there], j)
        times += there
    since = (known.periods[k] - known.periods[np.maximum(last, 0)]).astype(np.float64)
    away = np.where(tied | (last < 0), 0.0, np.log1p(since))
    missed = np.where(last < 0, 0.0, 1.0 - times / (k - first + 1.0))
    lost = np.where(tied, 1.0 - live / np.maximum(degree, 1.0), 0.0)
    return np.column_stack(
        [gone, tied * (1.0 - gone), tied * gone, lost, np.where(tied, 1.0 / (1.0 + live), 0.0), away, missed]
    )


def untied(known: Panel, k: int) -> tuple[Ints, Ints]:
    """Pairs without a tie in period `k`, as (low, high), ascending: those who may form one.

    All of those who have been told of by then; where they would be too many, those who share a contact and those who
    were tied before.
    """
    n = known.n
    if n * (n - 1) // 2 <= ALL_PAIRS:
        who = np.flatnonzero(known.heard_of(k))
        low, high = np.triu_indices(len(who), 1)
        keys = who[low].astype(np.int64) * n + who[high]
    else:
        ties = known.ties(k)
        near = two_apart(ties.indptr.astype(np.int64), ties.indices, _bridges(ties))
        keys = distinct(np.concatenate([near, known.keys(k, before=True)]))
    keys = keys[~among(keys, known.keys(k))]
    return (keys // n).astype(np.int32), (keys % n).astype(np.int32)


def pairs(known: Panel, k: int, low: Ints, high: Ints) -> Floats:
    """What is known of each pair at the end of period `k`: pairs by PAIRS.

    gone      1 where one of them is
    close     1/2 with a shared contact, 1/3 over two contacts who are tied, 1/4 farther in one part, else 0
    shared    over shared contacts, the sum of 1 / contacts of each: few know those whom both know. Whom more than a
              thousand know (a hotline, an exchange) is nobody's shared contact here, nor, where contacts would
              bring together more than five million pairs, who has most ties
    both, neither  1 where both, where neither has a tie in this period
    before    1 where they were tied in an earlier period
    orphaned  log of 1 + shared contacts who are gone
    """
    ties = known.ties(k)
    gone = known.gone[k]
    tied = np.diff(ties.indptr) > 0
    source, target = ties.nonzero()
    part = components(known.n, source.astype(np.int32), target.astype(np.int32))
    two, fewer, lost, three = shared(ties.indptr.astype(np.int64), ties.indices, _bridges(ties), gone, low, high)
    close = np.where(two > 0, 1 / 2, np.where(three, 1 / 3, np.where(part[low] == part[high], 1 / 4, 0.0)))
    return np.column_stack(
        [
            gone[low] | gone[high],
            close,
            fewer,
            tied[low] & tied[high],
            ~tied[low] & ~tied[high],
            among(low.astype(np.int64) * known.n + high, known.keys(k, before=True)),
            np.log1p(lost),
        ]
    )


def common(known: Panel, k: int, low: Ints, high: Ints) -> Longs:
    """How many contacts each pair shares in period `k`."""
    ties = known.ties(k)
    return np.asarray(ties[low].multiply(ties[high]).sum(axis=1)).ravel().astype(np.int64)


def _bridges(ties: Any) -> Flags:
    """Contacts whom not everybody knows."""
    n = ties.shape[0]
    return bridges(np.diff(ties.indptr), _HUB, _PAIRS_MOST if n * (n - 1) // 2 > ALL_PAIRS else n**3)
