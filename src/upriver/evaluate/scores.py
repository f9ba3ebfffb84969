"""Figures of merit over plain lists and dicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence


def precision_recall_f1(found: Collection[object], true: Collection[object]) -> tuple[float, float, float]:
    """Of two sets; 0 where a share has nothing below it."""
    hits = len(set(found) & set(true))
    precision = hits / len(set(found)) if found else 0.0
    recall = hits / len(set(true)) if true else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def average_precision(ranked: Iterable[str], true: Collection[str]) -> float:
    """Mean over all of `true` of the precision at its place in `ranked`; one that is not ranked counts 0.

    A name that comes again is passed over. `ranked` holds no ties: break them before, by a rule that knows no truth.
    """
    wanted, seen, hits, total = set(true), set[str](), 0, 0.0
    for name in ranked:
        if name in seen:
            continue
        seen.add(name)
        if name in wanted:
            hits += 1
            total += hits / len(seen)
    return total / len(wanted) if wanted else 0.0


def overlap(found: Mapping[str, float], true: Mapping[str, float]) -> float:
    """2 * sum of the smaller of both / sum of both: 1 where the amounts agree everywhere."""
    both = sum(found.values()) + sum(true.values())
    shared = sum(min(amount, true.get(name, 0.0)) for name, amount in sorted(found.items()))
    return 2 * shared / both if both else 0.0


def best_ranked_recall(ranked: Sequence[str], true: Collection[str], passed_over: Collection[str]) -> float:
    """Share of `true` among the len(true) best ranked, once those to be passed over are dropped."""
    skipped, wanted = set(passed_over), set(true)
    best = [name for name in ranked if name not in skipped][: len(wanted)]
    return len(set(best) & wanted) / len(wanted) if wanted else 0.0


def b_cubed(found: Mapping[str, str], true: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping, meaned over members that both know (Bagga & Baldwin 1998)."""
    members = sorted(found.keys() & true.keys())
    if not members:
        return 0.0, 0.0, 0.0
    of_found: dict[str, set[str]] = {}
    of_true: dict[str, set[str]] = {}
    for member in members:
        of_found.setdefault(found[member], set()).add(member)
        of_true.setdefault(true[member], set()).add(member)
    precision = recall = 0.0
    for member in members:
        both = len(of_found[found[member]] & of_true[true[member]])
        precision += both / len(of_found[found[member]])
        recall += both / len(of_true[true[member]])
    precision, recall = precision / len(members), recall / len(members)
    return precision, recall, 2 * precision * recall / (precision + recall)
