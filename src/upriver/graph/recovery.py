"""What still works after removals, and what works again when posts are filled: a simulation with replacement.

Each person stands at a post, the ties of the post are his. A removed person leaves it vacant; whoever replaces him
keeps his own post and takes the vacant one with its ties and roles. Steps are replacements, not time: nobody knows how
long one takes. Nobody who was removed comes back, and nobody takes more than one post besides his own.

source  Duijn, Kashirin & Sloot 2014: contacts left behind look for a replacement by distance, by ties or at random
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numba import njit

from upriver.graph.build import Flags, Floats, Graph, Ints, Longs, undirected

DISTANCE, TIES, RANDOM = "distance", "ties", "random"
RULES = (DISTANCE, TIES, RANDOM)
MEASURES = ("largest", "efficiency", "posts", "roles", "money")
_REACH = 3  # steps: farther off nobody is found
_ORPHANS = 64  # of a vacant post, that are asked; the first by code
_EFFORT = 20_000_000  # looks at a tie for the efficiencies of one simulation
_LEAST_STARTS = 4
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Network:
    """People, their ties, and what is known of them.

    held     bool, n by roles: the roles that a post has; no columns where none are known
    can      bool, n by roles: the roles that a person could fill; what he holds he can
    allowed  who may be named as a replacement: never a presumed victim
    source, target, usd  money between people, > 0; empty where none is known
    """

    graph: Graph
    held: Flags
    can: Flags
    allowed: Flags
    source: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    target: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    usd: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float64))

    @property
    def n(self) -> int:
        return self.graph.n


@dataclass(frozen=True, slots=True)
class Recovery:
    """A simulation.

    post, by   int32, one per step: the vacant post, and who took it
    capacity   steps + 1 by MEASURES, each as a share of what was before the removals: persons of the largest part;
               efficiency (mean over pairs of 1 / steps between them); posts with somebody on them (those with a role,
               where roles are known); roles with somebody on a post of theirs; money between posts with somebody on
               them. NaN where there was nothing before
    """

    post: Ints
    by: Ints
    capacity: Floats

    @property
    def steps(self) -> int:
        return len(self.post)


@dataclass(frozen=True, slots=True)
class Substitutes:
    """Who could take whose post, the likeliest first: arrays of one length.

    near    over the contacts left behind, the mean of 1 / (1 + steps to them) past those removed
    shared  of the contacts of either, the share that both have (structural equivalence)
    like    how alike the roles of their contacts are, or, where none are known, how many they have (regular
            equivalence, one step)
    score   the mean of the three
    """

    node: Ints
    substitute: Ints
    score: Floats
    near: Floats
    shared: Floats
    like: Floats


def network(
    graph: Graph, held: Flags | None = None, can: Flags | None = None, allowed: Flags | None = None,
    flows: tuple[Ints, Ints, Floats] | None = None,
) -> Network:  # fmt: skip
    """A network of which little may be known: what is not told is none, and everybody may be named."""
    roles = np.zeros((graph.n, 0), dtype=np.bool_) if held is None else held
    able = roles if can is None else roles | can
    may = np.ones(graph.n, dtype=np.bool_) if allowed is None else allowed
    known = Network(graph, roles, able, may)
    return known if flows is None else Network(graph, roles, able, may, *flows)


def recover(known: Network, removed: Ints, steps: int, rule: str = DISTANCE, seed: int = 0) -> Recovery:
    """Take `removed` out, then fill vacant posts, one a step: the one that most contacts miss first.

    steps  at most so many; fewer where no post is left that somebody is left behind at and somebody could take
    rule   distance: whoever is nearest to those left behind, within three steps; of equals who has more ties, then the
           smaller code. ties: drawn by the number of ties. random: drawn
    """
    out = np.unique(removed).astype(np.int32)
    post, by = _filled(
        known.graph.offsets, known.graph.neighbours, out, known.held, known.can, known.allowed, steps,
        RULES.index(rule), _REACH, seed,
    )  # fmt: skip
    return Recovery(post, by, _capacities(known, out, post, by))


def capacity(known: Network, removed: Ints) -> Floats:
    """What is left right after the removals, as one row of `Recovery.capacity`."""
    found: Floats = recover(known, removed, 0).capacity[0]
    return found


def staffed(known: Network, removed: Ints, recovery: Recovery, step: int) -> Flags:
    """Which posts have somebody on them after so many steps: for a measure of one's own."""
    there = np.ones(known.n, dtype=np.bool_)
    there[removed] = False
    there[recovery.post[:step]] = True
    return there


def substitutes(known: Network, nodes: Ints, removed: Ints, most: int = 5) -> Substitutes:
    """Who could take the post of each of `nodes` (removed or not), `most` for each.

    Only who can fill all its roles, is not removed himself, may be named, and is within three steps of somebody left
    behind.
    """
    graph = known.graph
    rows: list[tuple[int, int, float, float, float, float]] = []
    for v in nodes.tolist():
        gone = np.zeros(graph.n, dtype=np.bool_)
        gone[removed] = True
        gone[v] = True
        holder = np.where(gone, _NOBODY, np.arange(graph.n)).astype(np.int32)
        second = np.full(graph.n, _NOBODY, dtype=np.int32)
        near = _near(graph.offsets, graph.neighbours, holder, second, v, _REACH)
        fits = near > 0
        fits &= known.allowed & ~(known.held[v] & ~known.can).any(axis=1)
        found = []
        for c in np.flatnonzero(fits).tolist():
            shared, like = _shared(graph, v, c), _like(known, v, c)
            found.append((v, c, (float(near[c]) + shared + like) / 3, float(near[c]), shared, like))
        rows += sorted(found, key=lambda row: (-row[2], row[1]))[:most]
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    pair = table[:, :2].astype(np.int32)
    return Substitutes(pair[:, 0], pair[:, 1], *(table[:, k].copy() for k in range(2, 6)))


def with_hidden(known: Network, share: float, rng: np.random.Generator) -> Network:
    """A network of which `known` may be what was seen: `share` of its people and of the ties of the seen are hidden.

    Hidden ties close triangles, or run between people drawn by their ties, half and half. A hidden person has as many
    ties as one drawn from the seen, to people drawn by their ties, and another's roles. Money is as seen.
    """
    graph, n = known.graph, known.n
    source = np.repeat(np.arange(n, dtype=np.int32), np.diff(graph.offsets))
    once = source < graph.neighbours
    ends = graph.neighbours  # each person as often as he has ties
    degrees = np.diff(graph.offsets)
    more = share / (1.0 - share)
    ties = round(more * int(once.sum()))
    near = ends[rng.integers(0, max(len(ends), 1), ties)]
    far = ends[rng.integers(0, max(len(ends), 1), ties)]
    far[::2] = _walk(graph, _walk(graph, near[::2], rng), rng)
    like = rng.integers(0, max(n, 1), round(more * n))
    person = np.repeat(np.arange(n, n + len(like), dtype=np.int32), degrees[like])
    contact = ends[rng.integers(0, max(len(ends), 1), len(person))]
    whole = undirected(
        n + len(like),
        np.concatenate([source[once], near, person]),
        np.concatenate([ends[once], far, contact]),
    )
    return Network(
        whole, np.concatenate([known.held, known.held[like]]), np.concatenate([known.can, known.can[like]]),
        np.concatenate([known.allowed, np.ones(len(like), dtype=np.bool_)]), known.source, known.target, known.usd,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """A simulation on what is known, and between what its figures lie were 10, 20 or 30 % hidden.

    known      its capacities; of a rule that draws, their median over the draws
    low, high  steps + 1 by MEASURES: nine in ten of the draws lie between, and so does what is known
    """

    known: Recovery
    low: Floats
    high: Floats


def band(
    known: Network,
    removed: Ints,
    steps: int,
    rule: str = DISTANCE,
    shares: tuple[float, ...] = (0.1, 0.2, 0.3),
    draws: int = 7,
    seed: int = 0,
) -> Band:
    """Simulate on what is known, and `draws` times for each share of people and ties that may be hidden."""
    return bands(known, [(removed, rule)], steps, shares, draws, seed)[0]


def bands(
    known: Network,
    wanted: Sequence[tuple[Ints, str]],
    steps: int,
    shares: tuple[float, ...] = (0.1, 0.2, 0.3),
    draws: int = 7,
    seed: int = 0,
) -> list[Band]:
    """`band` of several removals and rules, in their order: what is hidden is drawn once for all of them."""
    rng = np.random.default_rng(seed)
    runs = [
        [recover(known, removed, steps, rule, seed + k) for k in range(1 if rule == DISTANCE else draws)]
        for removed, rule in wanted
    ]
    lengths = [max(run.steps for run in of) + 1 for of in runs]
    hidden: list[list[Floats]] = [[] for _ in wanted]
    for share in shares:
        for k in range(draws):
            drawn = with_hidden(known, share, rng)
            for found, length, (removed, rule) in zip(hidden, lengths, wanted, strict=True):
                found.append(recover(drawn, removed, length - 1, rule, seed + k).capacity)
    return [_band(*one) for one in zip(runs, hidden, lengths, strict=True)]


def _band(runs: Sequence[Recovery], hidden: Sequence[Floats], length: int) -> Band:
    middle = np.median([_padded(run.capacity, length) for run in runs], axis=0)
    drawn = np.array([_padded(one, length) for one in hidden] + [middle])
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    told = Recovery(runs[0].post, runs[0].by, middle)
    return Band(told, np.minimum(low, middle), np.maximum(high, middle))


def _padded(rows: Floats, length: int) -> Floats:
    """What ended early stays as it ended."""
    return np.concatenate([rows[:length], np.repeat(rows[-1:], max(0, length - len(rows)), axis=0)])


def _capacities(known: Network, out: Ints, post: Ints, by: Ints) -> Floats:
    graph, n = known.graph, known.n
    starts = _starts(graph, len(post) + 2)
    nobody = np.zeros(0, dtype=np.int32)
    whole = _parts(graph.offsets, graph.neighbours, nobody, nobody, nobody, starts)[0]
    now = _parts(graph.offsets, graph.neighbours, out, post, by, starts)
    counted = known.held.any(axis=1) if known.held.any() else np.ones(n, dtype=np.bool_)
    had = known.held.any(axis=0)
    total = math.fsum(known.usd.tolist())
    found = np.full((len(post) + 1, len(MEASURES)), np.nan)
    there = np.ones(n, dtype=np.bool_)
    there[out] = False
    for step in range(len(post) + 1):
        if step:
            there[post[step - 1]] = True
        found[step, 0] = now[step, 0] / whole[0] if whole[0] else np.nan
        found[step, 1] = now[step, 1] / whole[1] if whole[1] else np.nan
        found[step, 2] = there[counted].sum() / counted.sum() if counted.any() else np.nan
        found[step, 3] = known.held[there].any(axis=0).sum() / had.sum() if had.any() else np.nan
        if total:
            passed = there[known.source] & there[known.target]
            found[step, 4] = min(1.0, math.fsum(known.usd[passed].tolist()) / total)
    return found


def _starts(graph: Graph, times: int) -> Ints:
    """Where paths start from for the efficiency: everybody, or as many as the effort allows, evenly spread."""
    n = graph.n
    one = len(graph.neighbours) + n + 1
    samples = max(_LEAST_STARTS, _EFFORT // (one * times))
    if samples >= n:
        return np.arange(n, dtype=np.int32)
    return np.unique(np.linspace(0, n - 1, samples).astype(np.int32))


def _shared(graph: Graph, v: int, c: int) -> float:
    own = set(graph.neighbours[graph.offsets[v] : graph.offsets[v + 1]].tolist()) - {c}
    other = set(graph.neighbours[graph.offsets[c] : graph.offsets[c + 1]].tolist()) - {v}
    return len(own & other) / len(own | other) if own | other else 0.0


def _like(known: Network, v: int, c: int) -> float:
    graph = known.graph
    own = graph.neighbours[graph.offsets[v] : graph.offsets[v + 1]]
    other = graph.neighbours[graph.offsets[c] : graph.offsets[c + 1]]
    if not known.held.any():
        return min(len(own), len(other)) / max(len(own), len(other), 1)
    shares = []
    for contacts in (own, other):
        roles = np.append(known.held[contacts].sum(axis=0), (~known.held[contacts].any(axis=1)).sum())
        shares.append(roles / max(roles.sum(), 1))
    return 1.0 - float(np.abs(shares[0] - shares[1]).sum()) / 2


def _walk(graph: Graph, people: Ints, rng: np.random.Generator) -> Ints:
    """A contact of each, drawn; each has one."""
    degrees = np.diff(graph.offsets)[people]
    contacts: Ints = graph.neighbours[graph.offsets[people] + rng.integers(0, degrees)]
    return contacts


# ---- kernels ------------------------------------------------------------------------------------------------------
# holder: who stands at each post, -1 where it is vacant; second: the post that a person took besides his own, or -1.


@njit(cache=True)
def _spread(
    offsets: Longs, neighbours: Ints, holder: Ints, second: Ints, start: int, limit: int, far: Ints, queue: Ints
) -> int:
    """People that one reaches, in `queue` in the order of their steps, which go to `far` (-1 before); their number."""
    head, tail = 0, 1
    queue[0], far[start] = start, 0
    while head < tail:
        u = queue[head]
        head += 1
        if far[u] == limit:
            break
        for at in range(2):
            post = u if at == 0 else second[u]
            if post < 0:
                continue
            for k in range(offsets[post], offsets[post + 1]):
                w = holder[neighbours[k]]
                if w >= 0 and far[w] < 0:
                    far[w] = far[u] + 1
                    queue[tail] = w
                    tail += 1
    return tail


@njit(cache=True)
def _near(offsets: Longs, neighbours: Ints, holder: Ints, second: Ints, post: int, reach: int) -> Floats:
    """For each person the mean of 1 / (1 + steps) to those left behind at a vacant post; 0 beyond `reach`."""
    n = len(holder)
    near, left = np.zeros(n), 0
    far, queue = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.int32)
    asked = np.zeros(n, dtype=np.bool_)
    for k in range(offsets[post], offsets[post + 1]):
        orphan = holder[neighbours[k]]
        if orphan < 0 or asked[orphan]:
            continue
        if left == _ORPHANS:
            break
        asked[orphan] = True
        left += 1
        tail = _spread(offsets, neighbours, holder, second, orphan, reach, far, queue)
        for j in range(tail):
            near[queue[j]] += 1.0 / (1.0 + far[queue[j]])
            far[queue[j]] = -1
    if left > 0:
        near /= left
    return near


@njit(cache=True)
def _missed(offsets: Longs, neighbours: Ints, holder: Ints, post: int) -> int:
    """People left behind at a vacant post; one who stands at two of its neighbours counts twice."""
    left = 0
    for k in range(offsets[post], offsets[post + 1]):
        if holder[neighbours[k]] >= 0:
            left += 1
    return left


@njit(cache=True)
def _filled(
    offsets: Longs,
    neighbours: Ints,
    out: Ints,
    held: Flags,
    can: Flags,
    allowed: Flags,
    steps: int,
    rule: int,
    reach: int,
    seed: int,
) -> tuple[Ints, Ints]:
    np.random.seed(seed)
    n = len(offsets) - 1
    holder, second = np.arange(n).astype(np.int32), np.full(n, -1, dtype=np.int32)
    holder[out] = -1
    gone = np.zeros(n, dtype=np.bool_)
    gone[out] = True
    posts, takers = np.empty(len(out), dtype=np.int32), np.empty(len(out), dtype=np.int32)
    placed = 0
    while placed < min(steps, len(out)):
        vacant = out[holder[out] < 0]
        missed = np.array([_missed(offsets, neighbours, holder, v) for v in vacant])
        taken = False
        for at in np.argsort(-missed, kind="mergesort"):
            v = vacant[at]
            if missed[at] == 0:
                break
            c = _taker(offsets, neighbours, holder, second, gone, held, can, allowed, v, rule, reach)
            if c >= 0:
                holder[v], second[c] = c, v
                posts[placed], takers[placed] = v, c
                placed += 1
                taken = True
                break
        if not taken:
            break
    return posts[:placed].copy(), takers[:placed].copy()


@njit(cache=True)
def _taker(
    offsets: Longs,
    neighbours: Ints,
    holder: Ints,
    second: Ints,
    gone: Flags,
    held: Flags,
    can: Flags,
    allowed: Flags,
    post: int,
    rule: int,
    reach: int,
) -> int:
    """Who takes a vacant post; -1 for nobody."""
    n = len(holder)
    worth = np.zeros(n)
    near = _near(offsets, neighbours, holder, second, post, reach) if rule == 0 else np.zeros(0)
    for c in range(n):
        if gone[c] or second[c] >= 0 or not allowed[c]:
            continue
        fits = True
        for r in range(held.shape[1]):
            if held[post, r] and not can[c, r]:
                fits = False
        if fits:
            ties = offsets[c + 1] - offsets[c]
            worth[c] = near[c] if rule == 0 else float(ties) if rule == 1 else 1.0
    if rule > 0:
        total = worth.sum()
        if total <= 0.0:
            return -1
        drawn = np.random.random() * total
        last = -1
        for c in range(n):
            if worth[c] > 0.0:
                last = c
                drawn -= worth[c]
                if drawn < 0.0:
                    return c
        return last
    best = -1
    for c in range(n):
        if worth[c] <= 0.0:
            continue
        close = best >= 0 and abs(worth[c] - worth[best]) <= 1e-12
        if best < 0 or (
            offsets[c + 1] - offsets[c] > offsets[best + 1] - offsets[best] if close else worth[c] > worth[best]
        ):
            best = c
    return best


@njit(cache=True)
def _parts(offsets: Longs, neighbours: Ints, out: Ints, post: Ints, by: Ints, starts: Ints) -> Floats:
    """People of the largest part, and sum of 1 / steps from the starts, after each step: steps + 1 by 2."""
    n = len(offsets) - 1
    holder, second = np.arange(n).astype(np.int32), np.full(n, -1, dtype=np.int32)
    holder[out] = -1
    far, queue = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.int32)
    found = np.zeros((len(post) + 1, 2))
    for step in range(len(post) + 1):
        if step > 0:
            holder[post[step - 1]], second[by[step - 1]] = by[step - 1], post[step - 1]
        seen = np.zeros(n, dtype=np.bool_)
        for v in range(n):
            if holder[v] == v and not seen[v]:
                tail = _spread(offsets, neighbours, holder, second, v, n, far, queue)
                found[step, 0] = max(found[step, 0], float(tail))
                for j in range(tail):
                    seen[queue[j]], far[queue[j]] = True, -1
        for v in starts:
            if holder[v] == v:
                tail = _spread(offsets, neighbours, holder, second, v, n, far, queue)
                for j in range(tail):
                    if far[queue[j]] > 0:
                        found[step, 1] += 1.0 / far[queue[j]]
                    far[queue[j]] = -1
    return found
