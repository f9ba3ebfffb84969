"""The crackdown stage: what is said to have been done, and what stayed open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.crackdown.coverage import coverage
from upriver.crackdown.custody import custody
from upriver.crackdown.disruption import scenarios
from upriver.crackdown.ledger import reconcile, rows
from upriver.crackdown.loopholes import loopholes
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.proceeds import proceeds
from upriver.crackdown.ratios import once
from upriver.crackdown.telling import Telling

if TYPE_CHECKING:
    from upriver.case.stage import Desk


def run(case: Desk, params: CrackdownParams) -> None:
    """What was done and what was missed: tellings into happenings, coverage, loopholes, and what if these go."""
    actions = reconcile([Telling.of(row) for row in case.read("event_report").to_pylist()], params)
    case.write("action", rows(actions))
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
    writes=("action", "coverage", "loophole", "scenario"),
    run=run,
    params=CrackdownParams,
)
