"""Orders and sets of nodes whose removal breaks a network apart.

An order is found in three steps: the node on most shortest paths of the largest part goes, again and again; what is not
needed comes back; and the order is annealed (annealing.py). How much work each may cost is stated, never a time, so
that the same network gives the same answer anywhere. Hidden ties change the answer more than the choice of order: show
every figure of a removal with that caution.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from upriver.graph.annealing import ORDER, RAID, UNTIL, annealed, cost, put_back, without
from upriver.graph.build import Flags, Floats, Graph, Ints, Longs
from upriver.graph.centrality import add_paths
from upriver.graph.components import find

# Looks at a tie: a few seconds each.
_PATHS = 1_500_000_000
_MOVES = 1_500_000_000
_MOST_MOVES = 400_000
_RUNS = 3
_LEAST_MOVES = 5_000  # fewer better nothing
_LEAST_SAMPLES = 16
_MOST_TURNED = 5_000  # nodes: to turn an order round takes the square of them
_MOST_SETS = 2_000_000  # sets that are all tried


@dataclass(frozen=True, slots=True)
class Raid:
    """Nodes to take at once.

    nodes   int32, sorted
    after   nodes in the largest part that is left
    least   no set of as many nodes leaves less: `after` where all were tried, else what the number of ties allows
    """

    nodes: Ints
    after: int
    least: int

    @property
    def proved(self) -> bool:
        return self.after == self.least


def largest_after(graph: Graph, order: Ints) -> Longs:
    """Nodes in the largest part before and after each removal of `order`: int64, len(order) + 1."""
    sizes: Longs = _largest_after(graph.offsets, graph.neighbours, order)
    return sizes


def dismantle(
    graph: Graph,
    share: float = 0.1,
    budget: int | None = None,
    allowed: Flags | None = None,
    seed: int = 0,
    effort: int = _MOVES,
) -> Ints:
    """An order of nodes to take one after another.

    share    without a budget: until no part holds more than this share of all nodes, with little standing on the way
             (the sum of the largest parts) and no node that is not needed
    budget   so many nodes, with little standing on the way
    allowed  nodes that may be chosen; all where none is given
    effort   looks at a tie while the order is annealed
    returns  int32; shorter where what may be chosen does not suffice
    """
    may = _may(graph, allowed)
    if budget is not None:
        order = by_betweenness(graph, budget, aim=1, allowed=may, seed=seed)
        order = _filled(graph, order, budget, may)
        return _bettered(graph, order, ORDER, 0, may, seed, effort)
    aim = _aim(graph, share)
    order = by_betweenness(graph, graph.n, aim, may, seed)
    if largest_after(graph, order)[-1] > aim:
        return order
    # Of a very large network few paths are looked at: then the ties of each node may tell more. The other way round, as
    # they would come back, the one that joins least last, an order is at times better too.
    quick: Ints = _by_degree(graph.offsets, graph.neighbours, may)
    tried = []
    for one in (order, quick[: int(np.flatnonzero(largest_after(graph, quick) <= aim)[0])]):
        kept, back = _needed(graph, one, aim)
        tried.append((kept, back))
        if len(kept) <= _MOST_TURNED:
            tried.append((_back(graph.offsets, graph.neighbours, kept, graph.n)[::-1].copy(), back))
    best, back = min(tried, key=lambda one: _cost(graph, one[0], UNTIL, aim))
    # Two to spare: an order may lead through a node that it could do without.
    spare = _filled(graph, np.concatenate([best, back]), len(best) + len(back) + 2, may)[len(best) :]
    order = _bettered(graph, np.concatenate([best, spare[:2]]), UNTIL, aim, may, seed, effort)
    return order[: int(np.flatnonzero(largest_after(graph, order) <= aim)[0])]


def raid(graph: Graph, k: int, allowed: Flags | None = None, seed: int = 0) -> Raid:
    """The `k` nodes whose removal at once leaves the smallest largest part, as far as can be found.

    All sets are tried where there are few enough; else the first of an order is annealed.
    """
    may = _may(graph, allowed)
    choice = np.flatnonzero(may).astype(np.int32)
    k = min(k, len(choice))
    if not k:
        whole = int(largest_after(graph, np.zeros(0, dtype=np.int32))[0])
        return Raid(np.zeros(0, dtype=np.int32), whole, whole)
    if math.comb(len(choice), k) <= _MOST_SETS and math.comb(len(choice), k) * len(graph.neighbours) <= _MOVES:
        nodes = _best_set(graph.offsets, graph.neighbours, choice, k)
        after = int(largest_after(graph, nodes)[-1])
        return Raid(nodes, after, after)
    order = _filled(graph, by_betweenness(graph, k, 1, may, seed), k, may)
    nodes = np.sort(_bettered(graph, order, RAID, 0, may, seed))
    after = int(largest_after(graph, nodes)[-1])
    return Raid(nodes, after, min(after, _least(graph, k, may)))


def _least(graph: Graph, k: int, may: Flags) -> int:
    """What no `k` removals can go below: they take at most the k largest degrees of ties; parts hold the rest."""
    degree = np.diff(graph.offsets)
    ties = len(graph.neighbours) // 2 - int(np.sort(degree[may])[::-1][:k].sum())
    # n nodes in parts of s or fewer hold at most n (s - 1) / 2 ties.
    return max(1, 1 + math.ceil(2 * ties / max(1, graph.n - k))) if graph.n > k else 0


def by_betweenness(
    graph: Graph, limit: int, aim: int = 0, allowed: Flags | None = None, seed: int = 0, effort: int = _PATHS
) -> Ints:
    """Nodes in the order they go: each time one on most shortest paths of the largest part, scored anew.

    limit    nodes to remove at most
    aim      it ends when no part has more nodes
    allowed  nodes that may be chosen; it ends where the largest part has none
    effort   looks at a tie: where all paths would cost more, paths start from some nodes alone, drawn anew each time;
             where even a few starts would, several nodes go at once
    returns  int32; among equals (also where no path is left between others) the node with more ties left, then the
             smaller code
    """
    may = _may(graph, allowed)
    quick = _by_degree(graph.offsets, graph.neighbours, may)
    enough = np.flatnonzero(largest_after(graph, quick) <= aim)
    rounds = max(1, min(limit, int(enough[0]) if len(enough) else len(quick)))
    one = 2 * len(graph.neighbours) + graph.n
    samples = effort // (rounds * one)
    batch = 1
    if samples < _LEAST_SAMPLES:
        samples, batch = _LEAST_SAMPLES, math.ceil(_LEAST_SAMPLES * rounds * one / effort)
    order: Ints = _by_betweenness(graph.offsets, graph.neighbours, may, limit, aim, samples, batch, seed)
    return order


def reinsert(graph: Graph, order: Ints, aim: int) -> Ints:
    """`order` without the nodes that may come back while no part grows beyond `aim`: those that join least first."""
    return _needed(graph, order, aim)[0]


def _needed(graph: Graph, order: Ints, aim: int) -> tuple[Ints, Ints]:
    """The nodes of `order` that are needed, in their order, and those that came back."""
    back: Ints = _back(graph.offsets, graph.neighbours, order.astype(np.int32), aim)
    return order[~np.isin(order, back)].astype(np.int32), back


def _bettered(graph: Graph, order: Ints, goal: int, aim: int, may: Flags, seed: int, effort: int = _MOVES) -> Ints:
    """The best of some annealings: several short ones miss less than a long one."""
    moves = min(_MOST_MOVES, effort // (graph.n + len(graph.neighbours) + 1))
    if not len(order) or moves < _LEAST_MOVES:
        return order
    likely = np.argsort(-np.diff(graph.offsets), kind="stable")[: max(50, 4 * len(order))]
    candidates = likely[may[likely]].astype(np.int32)
    if not len(candidates):
        return order
    runs = max(1, min(_RUNS, moves // (_MOST_MOVES // (2 * _RUNS))))
    found = [annealed(graph, order, goal, aim, may, candidates, moves // runs, seed + run) for run in range(runs)]
    return min(found, key=lambda one: _cost(graph, one, goal, aim))


def _cost(graph: Graph, order: Ints, goal: int, aim: int) -> float:
    return float(cost(graph.offsets, graph.neighbours, order, goal, aim))


def _filled(graph: Graph, order: Ints, n: int, may: Flags) -> Ints:
    """`order` up to `n` nodes: what it lacks by degree."""
    if len(order) >= n:
        return order[:n]
    rest = may.copy()
    rest[order] = False
    others = np.argsort(-np.diff(graph.offsets), kind="stable")
    others = others[rest[others]]
    return np.concatenate([order, others[: n - len(order)]]).astype(np.int32)


def _may(graph: Graph, allowed: Flags | None) -> Flags:
    return np.ones(graph.n, dtype=np.bool_) if allowed is None else allowed


def _aim(graph: Graph, share: float) -> int:
    return max(1, math.ceil(share * graph.n - 1e-9))


# ---- kernels ------------------------------------------------------------------------------------------------------


@njit(cache=True)
def _largest_after(offsets: Longs, neighbours: Ints, order: Ints) -> Longs:
    """Nodes come back in reverse."""
    n = len(offsets) - 1
    parent, size, there = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32), np.empty(n, dtype=np.bool_)
    curve = np.empty(len(order) + 1, dtype=np.int64)
    curve[len(order)] = without(offsets, neighbours, order, parent, size, there)
    for j in range(len(order) - 1, -1, -1):
        curve[j] = max(curve[j + 1], put_back(offsets, neighbours, order[j], parent, size, there))
    return curve


@njit(cache=True)
def _by_degree(offsets: Longs, neighbours: Ints, may: Flags) -> Ints:
    """All that may be chosen, each time one with most ties left."""
    n = len(offsets) - 1
    left = np.diff(offsets)
    heap = [(-left[v], v) for v in range(n) if may[v]]
    heapq.heapify(heap)
    order = np.empty(len(heap), dtype=np.int32)
    gone = np.zeros(n, dtype=np.bool_)
    placed = 0
    while len(heap) > 0:
        ties, v = heapq.heappop(heap)
        if gone[v]:
            continue
        if -ties != left[v]:
            heapq.heappush(heap, (-left[v], v))
            continue
        gone[v] = True
        order[placed] = v
        placed += 1
        for k in range(offsets[v], offsets[v + 1]):
            left[neighbours[k]] -= 1
    return order[:placed]


@njit(cache=True)
def _by_betweenness(
    offsets: Longs, neighbours: Ints, may: Flags, limit: int, aim: int, samples: int, batch: int, seed: int
) -> Ints:
    np.random.seed(seed)
    n = len(offsets) - 1
    alive = np.ones(n, dtype=np.bool_)
    left = np.diff(offsets)
    score, paths, share = np.zeros(n), np.zeros(n), np.zeros(n)
    far, seen = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.bool_)
    queue, members = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    order = np.empty(min(limit, n), dtype=np.int32)
    placed = 0
    while placed < len(order):
        largest = _largest_part(offsets, neighbours, alive, seen, queue, members)
        if largest <= aim or largest == 0:
            break
        n_starts = min(samples, largest)
        starts = members[:largest].copy()
        for j in range(n_starts if n_starts < largest else 0):  # those that paths start from, drawn to the front
            other = j + np.random.randint(largest - j)
            starts[j], starts[other] = starts[other], starts[j]
        score[:] = 0.0
        add_paths(offsets, neighbours, alive, starts[:n_starts], score, far, paths, share, queue)
        chosen = _first(members[:largest], may, score, left, min(batch, len(order) - placed))
        if len(chosen) == 0:
            break
        for v in chosen:
            order[placed] = v
            alive[v] = False
            placed += 1
            for k in range(offsets[v], offsets[v + 1]):
                left[neighbours[k]] -= 1
    return order[:placed]


@njit(cache=True)
def _first(members: Ints, may: Flags, score: Floats, left: Longs, n: int) -> Ints:
    """The `n` of the members that may be chosen and have the highest scores, the highest first."""
    choice = members[may[members]]
    if n > 1:
        return choice[np.argsort(-score[choice], kind="mergesort")[:n]]
    top = -1
    for v in choice:
        # Sums of fractions differ in their last digits between machines: almost equal is equal.
        close = top >= 0 and abs(score[v] - score[top]) <= 1e-9 * max(score[v], score[top], 1.0)
        if top < 0 or (left[v] > left[top] if close else score[v] > score[top]):
            top = v
    return np.full(1 if top >= 0 else 0, top, dtype=np.int32)


@njit(cache=True)
def _largest_part(offsets: Longs, neighbours: Ints, alive: Flags, seen: Flags, queue: Ints, members: Ints) -> int:
    """Nodes of the largest part, put into `members` in ascending order."""
    n = len(alive)
    seen[:] = False
    best = 0
    for v in range(n):
        if not alive[v] or seen[v]:
            continue
        head, tail = 0, 1
        queue[0], seen[v] = v, True
        while head < tail:
            u = queue[head]
            head += 1
            for k in range(offsets[u], offsets[u + 1]):
                w = neighbours[k]
                if alive[w] and not seen[w]:
                    seen[w] = True
                    queue[tail] = w
                    tail += 1
        if tail > best:
            best = tail
            members[:tail] = queue[:tail]
    members[:best].sort()
    return best


@njit(cache=True)
def _back(offsets: Longs, neighbours: Ints, gone: Ints, aim: int) -> Ints:
    """Of the `gone`, those that come back while no part grows beyond `aim`, in that order: who joins least first."""
    n = len(offsets) - 1
    parent, size, there = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32), np.empty(n, dtype=np.bool_)
    without(offsets, neighbours, gone, parent, size, there)
    mark = np.full(n, -1, dtype=np.int64)
    heap = [(np.int64(0), np.int64(v)) for v in gone]
    heapq.heapify(heap)
    order = np.empty(len(gone), dtype=np.int32)
    placed, turn = 0, 0
    while len(heap) > 0:
        told, node = heapq.heappop(heap)
        v = int(node)
        joined, turn = np.int64(1), turn + 1
        for k in range(offsets[v], offsets[v + 1]):
            w = neighbours[k]
            if there[w]:
                root = find(parent, w)
                if mark[root] != turn:
                    mark[root] = turn
                    joined += size[root]
        # What a node would join only grows: one that is told too small waits its turn again.
        if joined > told:
            heapq.heappush(heap, (joined, node))
            continue
        if joined > aim:
            break
        put_back(offsets, neighbours, v, parent, size, there)
        order[placed] = v
        placed += 1
    return order[:placed]


@njit(cache=True)
def _best_set(offsets: Longs, neighbours: Ints, choice: Ints, k: int) -> Ints:
    """The first of the sets of `k` that leave the least, all tried in the order of their codes."""
    n = len(choice)
    place = np.arange(k)
    best = choice[place].copy()
    least = cost(offsets, neighbours, best, RAID, 0)
    while True:
        j = k - 1
        while j >= 0 and place[j] == n - k + j:
            j -= 1
        if j < 0:
            return best
        place[j] += 1
        for i in range(j + 1, k):
            place[i] = place[i - 1] + 1
        trial = choice[place]
        found = cost(offsets, neighbours, trial, RAID, 0)
        if found < least:
            least = found
            best = trial
