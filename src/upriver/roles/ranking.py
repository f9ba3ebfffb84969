"""Key people in order of evidence of control, each with reasons and an interval of rank.

One fixed method: nothing is fitted to a case. The interval comes from drawing the records anew: whoever stands high by
a single record may stand anywhere.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

import numpy as np

from upriver.graph.watching import UNEVEN
from upriver.roles.evidence import MARKS, Item, scores, sums_of, values

_MAX_RECORDS = 50


def rank(
    nodes: Sequence[str],
    items: Sequence[Item],
    protection: Mapping[str, str],
    shown: Mapping[str, Mapping[str, int]],
    draws: int,
    seed: int,
) -> list[dict[str, object]]:
    """Rows of `role`, by rank.

    nodes       who is ranked: every item's node
    protection  status of protected_person; stands beside the rank and never changes it
    shown       figures told beside the marks that are never scored, as kin
    draws       resampled sets of records for the interval
    """
    ordered = sorted(nodes)
    if not ordered:
        return []
    place = {node: number for number, node in enumerate(ordered)}
    evidence = sorted(items, key=astuple)
    value = values(sums_of(evidence, place))
    score = scores(value)
    order = np.lexsort((np.arange(len(ordered)), -score.round(9)))
    low, high = _interval(evidence, place, draws, seed)
    by_node: dict[str, list[Item]] = defaultdict(list)
    for item in evidence:
        by_node[item.node].append(item)
    rows: list[dict[str, object]] = []
    for standing, number in enumerate(order.tolist(), 1):
        node = ordered[number]
        mine = by_node.get(node, [])
        records = sorted({record for item in mine for record in item.record_ids})
        rows.append({
            "person_id": node,
            "rank": standing,
            "rank_low": min(standing, int(low[number])),
            "rank_high": max(standing, int(high[number])),
            "score": round(float(score[number]), 6),
            "features": _features(value[number], mine, shown.get(node, {})),
            "reason": _reason(value[number], mine),
            "protection": protection.get(node, "none"),
            "record_ids": records[:_MAX_RECORDS],
        })  # fmt: skip
    return rows


def _interval(items: Sequence[Item], place: dict[str, int], draws: int, seed: int) -> tuple[Any, Any]:
    """5th and 95th percentile of each node's rank when every record is drawn anew, more of those who are watched more.

    An item is lost when none of its records is drawn, which Poisson sampling makes happen with probability exp(-n) for
    whoever is watched as most are; in each draw chance says who is watched more or less. Of equals each has the better
    rank in the low end and the worse in the high one.
    """
    chance = np.random.default_rng(seed)
    records = np.array([item.n_records for item in items], dtype=np.float64)
    whose = np.array([place[item.node] for item in items], dtype=np.int64)
    best = np.empty((draws, len(place)))
    worst = np.empty((draws, len(place)))
    for draw in range(draws):
        watched = chance.lognormal(0.0, UNEVEN, len(place))
        kept = (chance.poisson(records * watched[whose]) > 0).astype(np.float64)
        score = scores(values(sums_of(items, place, kept))).round(9)
        ascending = np.sort(score)
        best[draw] = len(score) - np.searchsorted(ascending, score, side="right") + 1
        worst[draw] = len(score) - np.searchsorted(ascending, score, side="left")
    return np.percentile(best, 5, axis=0, method="lower"), np.percentile(worst, 95, axis=0, method="higher")


def _features(value: Any, items: Sequence[Item], shown: Mapping[str, int]) -> str:
    features: dict[str, object] = {mark.name: round(float(value[place]), 4) for place, mark in enumerate(MARKS)}
    features["items"] = {mark.name: n for mark in MARKS if (n := sum(item.mark == mark.name for item in items))}
    features["shown_not_scored"] = dict(sorted(shown.items()))
    return json.dumps(features, sort_keys=True)


def _reason(value: Any, items: Sequence[Item]) -> str:
    """The marks in words, strongest first."""
    told = []
    strength = {mark: mark.weight * float(part) for mark, part in zip(MARKS, value, strict=True)}
    for mark in sorted(MARKS, key=lambda mark: -strength[mark]):
        mine = [item for item in items if item.mark == mark.name]
        if not mine:
            continue
        full = [item for item in mine if item.detail or not mark.plain]
        words = mark.words(len(full)) if full else mark.plain
        details = list(dict.fromkeys(item.detail for item in mine if item.detail))[:3]
        told.append(f"{words} ({', '.join(details)})" if details else words)
    return "; ".join(told) if told else "no mark of control in the records; that clears nobody"
