"""What analysts decided about the ledger: entries accepted, tellings merged or kept apart, sources that are copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from upriver.crackdown.telling import Telling


@dataclass(frozen=True, slots=True)
class Rulings:
    """merged, split: pairs of report_ids; accepted: action_ids; copies: a source and the one whose words it repeats."""

    merged: frozenset[tuple[str, str]] = frozenset()
    split: frozenset[tuple[str, str]] = frozenset()
    accepted: frozenset[str] = frozenset()
    copies: Mapping[str, str] = field(default_factory=dict)


NO_RULINGS = Rulings()


def idle(decided: Rulings, told: Iterable[Telling], action_ids: Iterable[str]) -> list[str]:
    """Decisions that touch nothing, in words: a telling that is not there, an entry that changed, an unknown source."""
    tellings = list(told)
    members = {telling.report_id for telling in tellings}
    sources = {telling.source for telling in tellings}
    unknown = [
        f"{kind} {first} {second}: no telling is called {first if first not in members else second}"
        for kind, pairs in (("merge", decided.merged), ("split", decided.split))
        for first, second in sorted(pairs)
        if first not in members or second not in members
    ]
    lapsed = [
        f"accept {name}: no entry has this action_id now; it changed, or the id is wrong"
        for name in sorted(decided.accepted - set(action_ids))
    ]
    strange = [
        f"copy {copy} {origin}: no source is called {copy}"
        for copy, origin in sorted(decided.copies.items())
        if copy not in sources
    ]
    return [*unknown, *lapsed, *strange]


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
