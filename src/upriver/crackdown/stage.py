"""The crackdown stage: what is said to have been done, and what stayed open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.crackdown import conflicts, origins, relations
from upriver.crackdown.coverage import coverage
from upriver.crackdown.custody import custody
from upriver.crackdown.disruption import scenarios
from upriver.crackdown.ledger import action_id, reconcile, rows
from upriver.crackdown.loopholes import loopholes
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.proceeds import proceeds
from upriver.crackdown.ratios import once
from upriver.crackdown.rulings import rulings
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from upriver.case.stage import Desk
    from upriver.crackdown.actions import Action
    from upriver.crackdown.ties import Relation


def run(case: Desk, params: CrackdownParams) -> None:
    """What was done and what was missed: tellings into happenings, coverage, loopholes, and what if these go."""
    decided = rulings(case.read("decision").to_pylist())
    actions = reconcile([Telling.of(row) for row in case.read("event_report").to_pylist()], params, decided)
    tied = relations.relations(actions, params)
    actions = relations.settled(actions, tied)
    _write_ledger(case, actions, tied)
    case.progress(0.3, "happenings")
    if actions:
        case.write("coverage", coverage(actions))
    told = loopholes(actions, params)
    case.write("loophole", once([*told, *custody(case, params), *proceeds(case, actions, params)]))
    case.progress(0.6, "loopholes")
    scenarios(case, params)


def _write_ledger(case: Desk, actions: Sequence[Action], tied: Sequence[Relation]) -> None:
    ids = [action_id(action) for action in actions]
    case.write("action", rows(actions))
    # A part (leaders among those handed over) stands on the tellings of its whole: its tellings are told there.
    whole = [(telling, ids[n]) for n, action in enumerate(actions) if not action.is_part for telling in action.tellings]
    case.write("telling", origins.rows(whole))
    against = {
        str(row["conflict_id"]): row
        for n, action in enumerate(actions)
        for row in conflicts.rows(ids[n], action.conflicts)
    }
    case.write("conflict", [row for _, row in sorted(against.items())])
    case.write("relation", relations.rows(tied, ids))


STAGE = Stage(
    "crackdown",
    reads=(
        "decision",
        "event_report",
        "statement",
        "entity",
        "judgement",
        "edge",
        "flow",
        "trace",
        "traced_account",
        "loss",
        "protected_person",
        "role",
    ),
    writes=("action", "telling", "conflict", "relation", "coverage", "loophole", "scenario"),
    run=run,
    params=CrackdownParams,
)
