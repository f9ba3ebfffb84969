"""Who stands where others must pass: one fixed order of people by bare ties.

Busy people are not those who lead (Morselli 2009), so nothing here counts volume. Five measures of brokerage, each told
by its ranks alone: shortest paths (Freeman 1977), the same for each tie, ties that few others share (Granovetter 1973),
the same by strength, and freedom from constraint (Burt 1992). Where ties are messages, direction says more: who
receives from people of standing and is answered, or, where few are answered, who sends. Then the mean of one's contacts
counts as one tie more: who shows few ties is judged by whom these lead to, who shows many by their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upriver.graph.build import Floats, Graph, Ints, Longs, directed, undirected
from upriver.graph.centrality import betweenness, degree, pagerank
from upriver.graph.exchange import answered_share, answered_standing, authority
from upriver.graph.triangles import Triangles, constraint_of, triangles

_DIGITS = 9  # of a measure, of its highest value: a smaller difference is rounding
_ORDERS, _EXCHANGE = 0.25, 0.5  # share of ties answered: orders up to the one, an exchange from the other
_FEWEST = 16  # starts of shortest paths
_BOUND = 2.0  # above any constraint
_BROKERED = 0.2  # weight of brokerage in an exchange; where orders go out it counts as much as sending


@dataclass(frozen=True, slots=True)
class Standing:
    """score   float64, n: higher stands higher; equal for those whom the ties do not tell apart; 0 without ties
    parts   name -> float64, n: each measure as a score of ranks, mean 1
    paths   float64, n: shortest paths through each node, each pair in both directions
    near    float64, n: mean score of a node's contacts before they counted for it
    ties    undirected, weights as strength; around: its triangles
    """

    score: Floats
    parts: dict[str, Floats]
    paths: Floats
    near: Floats
    ties: Graph
    around: Triangles


def standing(
    n: int, source: Ints, target: Ints, weight: Floats, arcs: bool, effort: int = 400_000_000, seed: int = 0
) -> Standing:
    """Score each node by its ties.

    weight  > 0; its unit does not matter
    arcs    whether ties run from source to target; else both ends are alike
    effort  looks at a tie for shortest paths, from which the number of starts follows
    """
    ties = undirected(n, source, target, weight)
    ties = Graph(ties.offsets, ties.neighbours, _strength(ties.weights))
    node = np.repeat(np.arange(n), np.diff(ties.offsets))
    n_ties = degree(ties)
    around = triangles(ties)
    unshared = (1.0 / (1.0 + around.common)).astype(np.float64)
    samples = max(_FEWEST, effort // max(1, len(node)))
    paths = betweenness(ties, samples if samples < n else 0, seed)
    parts = {
        "paths": exponential(paths),
        "paths_per_tie": exponential(paths / np.maximum(n_ties, 1.0)),
        "alone": exponential(_sums(node, unshared, n)),
        "alone_by_strength": exponential(_sums(node, unshared * ties.weights, n)),
        "free": exponential(np.where(n_ties > 0, -constraint_of(ties, around), -_BOUND)),
    }
    score = np.mean(list(parts.values()), axis=0)
    if arcs:
        score = _with_direction(score, parts, directed(n, source, target, weight))
    # Whom one is tied to counts as one tie more.
    total = _sums(node, ties.weights, n)
    contacts = _sums(node, ties.weights * score[ties.neighbours], n)
    near = np.divide(contacts, total, out=np.zeros(n), where=total > 0)
    score = np.where(n_ties > 0, (n_ties * score + near) / (n_ties + 1.0), 0.0)
    return Standing(score.round(_DIGITS), parts, paths, near, ties, around)


def _with_direction(between: Floats, parts: dict[str, Floats], arcs: Graph) -> Floats:
    share = answered_share(arcs)
    exchange = min(1.0, max(0.0, (share - _ORDERS) / (_EXCHANGE - _ORDERS)))
    score = np.zeros(arcs.n)
    if exchange > 0.0:
        told = Graph(arcs.offsets, arcs.neighbours, _strength(arcs.weights))
        parts["answered"] = exponential(answered_standing(told))
        parts["authority"] = exponential(authority(arcs))
        mean = (parts["answered"] + parts["authority"]) / 2.0
        score += exchange * ((1.0 - _BROKERED) * mean + _BROKERED * between)
    if exchange < 1.0:
        node = np.repeat(np.arange(arcs.n, dtype=np.int32), np.diff(arcs.offsets))
        parts["sending"] = exponential(pagerank(directed(arcs.n, arcs.neighbours, node, arcs.weights)))
        score += (1.0 - exchange) * (parts["sending"] + between) / 2.0
    return score


def exponential(measure: Floats) -> Floats:
    """Scores of ranks (Savage 1956): to be first among many counts more than to be above the middle; ties share.

    returns  float64, n: mean 1, the highest about ln n
    """
    n = len(measure)
    most = float(np.abs(measure).max(initial=0.0))
    level = np.unique((measure / most).round(_DIGITS) if most > 0.0 else measure, return_inverse=True)[1]
    scores = np.cumsum(1.0 / np.arange(n, 0, -1.0))
    sums = np.bincount(level, weights=scores[np.argsort(np.argsort(level, kind="stable"), kind="stable")])
    shared: Floats = (sums / np.bincount(level))[level] if n else scores
    return shared


def _sums(node: Longs, values: Floats, n: int) -> Floats:
    return np.bincount(node, weights=values, minlength=n).astype(np.float64)


def _strength(weights: Floats) -> Floats:
    """How much a tie says: a hundred messages are not fifty times two. Weights of one usual tie count ln 2."""
    told: Floats = np.log1p(weights / np.median(weights)) if len(weights) else weights
    return told
