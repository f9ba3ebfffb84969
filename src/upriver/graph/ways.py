"""The few ways that carry most of the money to an account: a maximum flow that respects time, taken apart.

Transfers are handed in in the order in which they happen (`order.time_order`). An account that waits is a place where
money lies: the network has one node for each arrival, an arc without limit to the next arrival at the same account, and
for each transfer an arc from the last arrival before it. All arcs go forward in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Ints, Longs

# Looks at arcs for all ends together. Sweeps find nearly all; only what must be rerouted is searched for.
BUDGET = 200_000_000
_ENDLESS = np.int64(1) << 60
_BITS = 52  # sums of capacities stay exact as int64, and as float64 again


@dataclass(frozen=True, slots=True)
class Way:
    """A way: what it carries, and its transfers in time order; no account pays twice after the first transfer."""

    usd: float
    transfers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Flow:
    """What can have come to one end.

    usd    the maximum flow, or less where `whole` is False: then the budget ended before it was proved
    ways   the largest first; together they carry no more over a transfer than was traced on it
    """

    usd: float
    ways: Sequence[Way]
    whole: bool


class Traces:
    """Traced transfers, sorted out once for all that is asked about them.

    usd  >= 0: traced per transfer, its capacity; sums below 2^-52 of all are cut off
    """

    def __init__(self, source: Ints, target: Ints, usd: Floats) -> None:
        self._some = np.flatnonzero(usd > 0.0)
        self._usd = usd[self._some]
        self._accounts, codes = np.unique(
            np.concatenate([source[self._some], target[self._some]]), return_inverse=True
        )  # fmt: skip
        self._payer = codes[: len(self._some)].astype(np.int64)
        self._payee = codes[len(self._some) :].astype(np.int64)
        total = float(self._usd.sum())
        self._scale = 2.0 ** (_BITS - np.ceil(np.log2(total))) if total > 0.0 else 1.0

    def flows(self, begin: Floats, ends: Sequence[int], most: int, budget: int = BUDGET) -> dict[int, Flow]:
        """The maximum flow to each account of `ends`, and the few ways that carry most of it.

        begin    per transfer, the part of its USD that enters with itself: a victim's payment, or a presumed gap; the
                 rest needs money that had arrived at the payer
        most     ways at most to one end
        budget   looks at arcs for all ends together, the first ends first
        returns  by end; each end is asked alone, so ways to two ends may share a transfer's money

        The ways are either those into which the maximum flow falls, widest first, or, where these carry more, those
        that are found by taking the widest way again and again from what the others left.
        """
        some, payer, payee, n = self._some, self._payer, self._payee, len(self._accounts)
        began = np.minimum(begin[some], self._usd)
        start = np.floor(began * self._scale).astype(np.int64)
        carry = np.floor((self._usd - began) * self._scale).astype(np.int64)
        found: dict[int, Flow] = {}
        for end in ends:
            at = int(np.searchsorted(self._accounts, end))
            if at == n or self._accounts[at] != end:
                found[end] = Flow(0.0, [], True)
                continue
            kept = np.flatnonzero(_between(payer, payee, carry, start, at, n))
            part = (payer[kept], payee[kept], carry[kept], start[kept], at, n)
            widest = _taken(*part, most, False)
            value, through, opened, looks, whole = _maximum(*part, *_sum(len(kept), widest), budget)
            budget = max(0, budget - int(looks))
            fallen = _taken(part[0], part[1], through, opened, at, n, most, True)
            chosen = fallen if sum(one[0] for one in fallen) >= sum(one[0] for one in widest) else widest
            ways = [
                Way(width / self._scale, some[kept[_straight(part[0], way)]].tolist()) for width, way in chosen
            ]  # fmt: skip
            found[end] = Flow(value / self._scale, ways, bool(whole))
        return found


def _taken(
    payer: Longs, payee: Longs, carry: Longs, start: Longs, end: int, n: int, most: int, lying: bool
) -> list[tuple[int, Longs]]:
    """The widest way, then the widest of what is left, and so on."""
    carry, start = carry.copy(), start.copy()
    ways: list[tuple[int, Longs]] = []
    while len(ways) < most:
        width, way = _widest(payer, payee, carry, start, end, n, lying)
        if not len(way):
            break
        start[way[0]] -= width
        carry[way[1:]] -= width
        ways.append((int(width), way))
    return ways


def _sum(n: int, ways: Sequence[tuple[int, Longs]]) -> tuple[Longs, Longs]:
    """The flow that ways are together: carried, and begun."""
    through, opened = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for width, way in ways:
        opened[way[0]] += width
        through[way[1:]] += width
    return through, opened


def _straight(payer: Longs, way: Longs) -> Longs:
    """A way without its loops: money that comes back to an account could as well have waited there.

    Not so at the beginning: the money enters with its first transfer and did not lie at the payer before.
    """
    straight: list[int] = []
    for i in way.tolist():
        for place in range(1, len(straight)):
            if payer[straight[place]] == payer[i]:
                del straight[place:]
                break
        straight.append(i)
    return np.array(straight, dtype=np.int64)


@njit(cache=True)
def _between(payer: Longs, payee: Longs, carry: Longs, start: Longs, end: int, n: int) -> Flags:
    """Transfers on some way from a beginning to the end."""
    kept = np.zeros(len(payer), dtype=np.bool_)
    leads = np.zeros(n, dtype=np.bool_)
    for i in range(len(payer) - 1, -1, -1):
        if payer[i] != end and carry[i] + start[i] > 0 and (payee[i] == end or leads[payee[i]]):
            kept[i] = True
            leads[payer[i]] = True
    has = np.zeros(n, dtype=np.bool_)
    for i in range(len(payer)):
        if kept[i]:
            kept[i] = start[i] > 0 or has[payer[i]]
            has[payee[i]] = has[payee[i]] or kept[i]
    return kept


@njit(cache=True)
def _widest(payer: Longs, payee: Longs, carry: Longs, start: Longs, end: int, n: int, lying: bool) -> tuple[int, Longs]:
    """The widest way to the end, one sweep forward in time; an empty one where there is none.

    lying  carry and start are a flow, and a way may wait only where its money lies, so that the rest is a flow too
    """
    width = np.zeros(n, dtype=np.int64)  # of the best way that lies at each account now
    last = np.full(n, -1, dtype=np.int64)  # its last transfer
    lies = np.zeros(n, dtype=np.int64)
    before = np.full(len(payer), -1, dtype=np.int64)
    best, found = 0, -1
    for i in range(len(payer)):
        a, b = payer[i], payee[i]
        wide, came = start[i], -1
        onward = min(width[a], carry[i])
        if onward > wide:
            wide, came = onward, last[a]
        before[i] = came
        if lying:
            lies[a] -= carry[i]
            width[a] = min(width[a], lies[a])
        if b == end:
            if wide > best:
                best, found = wide, i
            continue
        if wide > width[b]:
            width[b] = wide
            last[b] = i
        lies[b] += carry[i] + start[i]
    way = np.empty(len(payer), dtype=np.int64)
    at = len(payer)
    while found >= 0:
        at -= 1
        way[at] = found
        found = before[found]
    return best, way[at:].copy()


@njit(cache=True)
def _maximum(
    payer: Longs, payee: Longs, carry: Longs, start: Longs, end: int, n: int, through: Longs, opened: Longs, budget: int
) -> tuple[int, Longs, Longs, int, bool]:
    """Make the flow (through, opened) a maximum one: sweeps first, then Dinic's search for what must be rerouted.

    returns  its value, the flow, the looks at arcs that it took, and whether it is proved to be the maximum
    """
    m = len(payer)
    looks = 0
    for _ in range(16):
        looks += 3 * m
        if _sweep(payer, payee, carry, start, end, n, through, opened) == 0:
            break
    first, after, head, room = _arcs(payer, payee, carry, start, end, n, through, opened)
    begins, finish = m, m + 1
    level = np.empty(m + 2, dtype=np.int64)
    turn = np.empty(m + 2, dtype=np.int64)
    queue = np.empty(m + 2, dtype=np.int64)
    trail = np.empty(m + 2, dtype=np.int64)
    whole = False
    while looks < budget:
        level[:] = -1
        level[begins] = 0
        queue[0] = begins
        at, end_of = 0, 1
        while at < end_of and level[finish] < 0:
            node = queue[at]
            at += 1
            arc = first[node]
            while arc >= 0:
                looks += 1
                if room[arc] > 0 and level[head[arc]] < 0:
                    level[head[arc]] = level[node] + 1
                    queue[end_of] = head[arc]
                    end_of += 1
                arc = after[arc]
        if level[finish] < 0:
            whole = True
            break
        turn[:] = first
        depth = 0
        node = begins
        while looks < budget:
            looks += 1
            if node == finish:
                wide = _ENDLESS
                for d in range(depth):
                    wide = min(wide, room[trail[d]])
                back = depth
                for d in range(depth - 1, -1, -1):
                    room[trail[d]] -= wide
                    room[trail[d] ^ 1] += wide
                    if room[trail[d]] == 0:
                        back = d
                looks += 2 * depth
                depth = back
                node = head[trail[depth] ^ 1]
                continue
            arc = turn[node]
            while arc >= 0 and not (room[arc] > 0 and level[head[arc]] == level[node] + 1):
                looks += 1
                arc = after[arc]
            turn[node] = arc
            if arc >= 0:
                trail[depth] = arc
                depth += 1
                node = head[arc]
            elif depth == 0:
                break
            else:
                level[node] = -1
                depth -= 1
                node = head[trail[depth] ^ 1]
    value = 0
    for i in range(m):
        opened[i] = room[6 * i + 1]
        through[i] = room[6 * i + 3]
        if payee[i] == end:
            value += opened[i] + through[i]
    return value, through, opened, looks, whole


@njit(cache=True)
def _sweep(
    payer: Longs, payee: Longs, carry: Longs, start: Longs, end: int, n: int, through: Longs, opened: Longs
) -> int:
    """Send on what still has room, without rerouting; adds to the flow in place and returns how much.

    Back in time: what each transfer could bring to the end. Forward: what it gets. Back again: what it is asked for,
    of the latest arrivals first, which leaves the early ones to those who can wait for no other.
    """
    m = len(payer)
    most = np.empty(m, dtype=np.int64)
    leads = np.zeros(n, dtype=np.int64)
    for i in range(m - 1, -1, -1):
        most[i] = carry[i] - through[i] + start[i] - opened[i]
        if payee[i] != end:
            most[i] = min(most[i], leads[payee[i]])
        leads[payer[i]] += most[i]
    has = np.zeros(n, dtype=np.int64)
    own = np.empty(m, dtype=np.int64)
    sent = np.empty(m, dtype=np.int64)
    for i in range(m):
        own[i] = min(start[i] - opened[i], most[i])
        sent[i] = min(min(carry[i] - through[i], most[i] - own[i]), has[payer[i]])
        has[payer[i]] -= sent[i]
        has[payee[i]] += own[i] + sent[i]
    need = np.zeros(n, dtype=np.int64)
    gained = 0
    for i in range(m - 1, -1, -1):
        asked = own[i] + sent[i]
        if payee[i] == end:
            gained += asked
        else:
            asked = min(asked, need[payee[i]])
            need[payee[i]] -= asked
        first = min(own[i], asked)
        opened[i] += first
        through[i] += asked - first
        need[payer[i]] += asked - first
    return gained


@njit(cache=True)
def _arcs(
    payer: Longs, payee: Longs, carry: Longs, start: Longs, end: int, n: int, through: Longs, opened: Longs
) -> tuple[Longs, Longs, Longs, Longs]:
    """The residual network: arcs 6i, 6i + 2, 6i + 4 (begun, carried, waited) and behind each its reverse.

    returns  first arc of each node, next arc of the same node, node an arc leads to, room on it
    """
    m = len(payer)
    begins, finish = m, m + 1
    first = np.full(m + 2, -1, dtype=np.int64)
    after = np.full(6 * m, -1, dtype=np.int64)
    head = np.full(6 * m, -1, dtype=np.int64)
    room = np.zeros(6 * m, dtype=np.int64)
    last = np.full(n, -1, dtype=np.int64)
    lies = np.zeros(n, dtype=np.int64)
    for i in range(m):
        a, b = payer[i], payee[i]
        node = finish if b == end else i
        lies[a] -= through[i]
        for kind in range(3):
            if kind == 0:
                origin, free, taken = begins, start[i] - opened[i], opened[i]
            elif kind == 1:
                origin, free, taken = last[a], carry[i] - through[i], through[i]
            else:
                origin, free, taken = last[b], _ENDLESS, lies[b]
            arc = 6 * i + 2 * kind
            if origin < 0 or free + taken == 0 or (kind == 2 and b == end):
                continue
            head[arc], room[arc], after[arc] = node, free, first[origin]
            first[origin] = arc
            head[arc + 1], room[arc + 1], after[arc + 1] = origin, taken, first[node]
            first[node] = arc + 1
        if b != end:
            lies[b] += through[i] + opened[i]
            last[b] = i
    return first, after, head, room
