"""How happenings and totals stand to each other: parts and sums, stages of the same people, contradictions.

A relation never changes a figure. It says which figures must not be added, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from upriver.crackdown.contradictions import contradictions
from upriver.crackdown.parts import parts, sums
from upriver.crackdown.stages import stages
from upriver.crackdown.ties import Relation
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams


def relations(actions: Sequence[Action], params: CrackdownParams) -> list[Relation]:
    """Relations among `actions`, in a fixed order."""
    told = [n for n, action in enumerate(actions) if action.kind in ("happening", "series") and not action.is_part]
    added = list(sums(actions, told, params))
    summed = {pair for one in added for pair in combinations(sorted(one.actions), 2)}
    held = list(parts(actions, told, summed, params))
    tied = summed | {(min(one.actions), max(one.actions)) for one in held}
    guessed = [n for n, action in enumerate(actions) if action.kind == "estimate" and not action.is_part]
    at_odds = contradictions(actions, [*told, *guessed], tied, params)
    found = [*added, *held, *stages(actions, told, tied, params), *at_odds]
    # A list told in people and in targets is two actions, and one thing to say.
    once = {(one.kind, one.members, one.words): one for one in reversed(found)}
    return [once[key] for key in sorted(once)]


def settled(actions: Sequence[Action], found: Iterable[Relation]) -> list[Action]:
    """`actions`, where what lies within another happening, or is told again in another unit, counts no more.

    Of two happenings of one type that contradict each other, only the one with more first speakers counts.
    A deed within a running total still counts: totals are added to nothing.
    """
    tied = list(found)
    held = {
        number
        for one in tied
        if one.kind in ("part_of", "sum", "same") and actions[one.actions[0]].kind == "happening"
        for number in one.actions[1:]
    }
    for one in tied:
        if one.kind == "contradict":
            weak = sorted(one.actions, key=lambda n: (-len(actions[n].speakers), -(actions[n].value or 0), n))[1:]
            held.update(n for n in weak if any(_same_deed(actions[n], actions[other]) for other in one.actions))
    return [replace(action, counts=False) if n in held else action for n, action in enumerate(actions)]


def not_together(found: Iterable[Relation]) -> dict[int, list[int]]:
    """By place in the list of actions, the places of those whose figures must not be added to it."""
    beside: dict[int, set[int]] = {}
    for one in found:
        for a, b in combinations(one.actions, 2):
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    return {number: sorted(others) for number, others in beside.items()}


def _same_deed(a: Action, b: Action) -> bool:
    return a is not b and a.head.unit == b.head.unit and bool(set(a.types) & set(b.types))


def rows(found: Iterable[Relation], action_ids: Sequence[str]) -> list[dict[str, object]]:
    """Rows of the table `relation`; `action_ids` by place in the list of actions."""
    told: dict[str, dict[str, object]] = {}
    for one in found:
        relation_id = content_id("relation", one.kind, one.words, *one.members)
        told[relation_id] = {
            "relation_id": relation_id,
            "kind": one.kind,
            "action_ids": [action_ids[number] for number in one.actions],
            "report_ids": list(one.members),
            "words": one.words,
        }
    return [row for _, row in sorted(told.items())]
