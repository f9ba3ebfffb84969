"""What analysts decided about the ledger: entries accepted, tellings merged or kept apart, sources that are copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rulings:
    """merged, split: pairs of report_ids; accepted: action_ids; copies: a source and the one whose words it repeats."""

    merged: frozenset[tuple[str, str]] = frozenset()
    split: frozenset[tuple[str, str]] = frozenset()
    accepted: frozenset[str] = frozenset()
    copies: Mapping[str, str] = field(default_factory=dict)


NO_RULINGS = Rulings()


def rulings(decisions: Iterable[Mapping[str, Any]]) -> Rulings:
    """Rulings out of rows of the table `decision`; of two decisions on the same pair or source the later one stands."""
    pairs: dict[tuple[str, str], str] = {}
    accepted: set[str] = set()
    copies: dict[str, str] = {}
    for row in sorted(decisions, key=lambda row: (str(row["decided_at"]), row["decision_id"])):
        kind, subject, other = row["kind"], row["subject_id"], row["object_id"]
        if kind in ("merge", "split") and other:
            pairs[min(subject, other), max(subject, other)] = kind
        elif kind == "accept":
            accepted.add(subject)
        elif kind == "copy" and other:
            copies[subject] = other
    return Rulings(
        frozenset(pair for pair, kind in pairs.items() if kind == "merge"),
        frozenset(pair for pair, kind in pairs.items() if kind == "split"),
        frozenset(accepted),
        copies,
    )
