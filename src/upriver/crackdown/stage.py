"""The crackdown stage: what is said to have been done, and what stayed open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.crackdown.coverage import coverage
from upriver.crackdown.custody import custody
from upriver.crackdown.disruption import scenarios
from upriver.crackdown.entries import entries
from upriver.crackdown.loopholes import loopholes
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.proceeds import proceeds
from upriver.crackdown.ratios import once
from upriver.crackdown.rulings import rulings
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.case.stage import Desk


def run(case: Desk, params: CrackdownParams) -> None:
    """What was done and what was missed: tellings into happenings, coverage, loopholes, and what if these go."""
    decided = rulings(case.read("decision").to_pylist())
    made = entries([Telling.of(row) for row in case.read("event_report").to_pylist()], params, decided)
    for table, rows in made.tables().items():
        case.write(table, rows)
    actions = made.actions
    case.progress(0.3, "happenings")
    if actions:
        case.write("coverage", coverage(actions))
    told = loopholes(actions, params)
    case.write("loophole", once([*told, *custody(case, params), *proceeds(case, actions, params)]))
    case.progress(0.6, "loopholes")
    scenarios(case, params)


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
