"""What the run before left: pairs that it joined, and the ids by which its clusters are known.

New files link into what is there. A case that grows keeps the ids that analysts, exports and packages already name;
`investigate --fresh` forgets, and then the answer depends on evidence, journal and parameters alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from upriver.resolve.facts import Facts

if TYPE_CHECKING:
    from upriver.case.stage import Desk

Pair = tuple[str, str]


def joined_before(case: Desk, facts: Mapping[str, Facts]) -> set[Pair]:
    """Pairs that the model joined in the run before, of entities that are still there.

    A changed parameter is a new question: then nothing stands. What an analyst decided stands in the journal.
    """
    rows = case.before("judgement") if case.rules_stand else None
    if rows is None:
        return set()
    told = zip(*(rows[name].to_pylist() for name in ("left_id", "right_id", "judgement", "decided_by")), strict=True)
    return {
        (left, right)
        for left, right, judgement, by in told
        if judgement == "same" and by == "model" and left in facts and right in facts
        and not (facts[left].listed or facts[right].listed)
    }  # fmt: skip


def kept_ids(case: Desk, canonical: Mapping[str, str]) -> dict[str, str]:
    """entity_id -> canonical_id: where a member gave the cluster its id before, it still does.

    Where clusters meet, the one of more members keeps its id; where one is split, the id goes with the entity it names.
    """
    rows = case.before("entity")
    if rows is None:
        return dict(canonical)
    n_before = Counter(rows["canonical_id"].to_pylist())
    members: dict[str, list[str]] = defaultdict(list)
    for entity, first in canonical.items():
        members[first].append(entity)
    kept = {}
    for first, entities in members.items():
        named = [entity for entity in entities if n_before[entity]]
        chosen = min(named, key=lambda entity: (-n_before[entity], entity)) if named else first
        kept.update(dict.fromkeys(entities, chosen))
    return kept
