"""The crackdown stage: what is said to have been done, and what stayed open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.crackdown.activity import activity
from upriver.crackdown.coverage import coverage
from upriver.crackdown.custody import custody, handed_over, may_be_handed
from upriver.crackdown.displaced import displaced
from upriver.crackdown.disruption import scenarios
from upriver.crackdown.entries import entries
from upriver.crackdown.estimates import areas_covered
from upriver.crackdown.folding import folded
from upriver.crackdown.known import known
from upriver.crackdown.loopholes import loopholes
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.presence import presence_ratios
from upriver.crackdown.proceeds import proceeds
from upriver.crackdown.reach import coverage_rows, reached
from upriver.crackdown.residual import residual
from upriver.crackdown.resumed import pauses, time_ratios, time_rows
from upriver.crackdown.rulings import rulings
from upriver.crackdown.rungs import rung_ratios, rung_rows
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
    case.progress(0.2, "happenings")
    network = known(case, params)
    found = reached(case, made, network, params)
    acts = activity(case, network)
    stops = pauses(made, found, network, acts, params)
    told = [
        *coverage_rows(made, found, network),
        *rung_rows(network, found),
        *areas_covered(actions, params),
        *time_rows(made, stops),
    ]
    if actions:
        told += coverage(actions)
    case.write("coverage", [row for _, row in sorted({str(row["coverage_id"]): row for row in told}.items())])
    case.progress(0.4, "coverage")
    what_if = scenarios(case, network, params)
    case.progress(0.8, "what if")
    handed = handed_over(case)
    maybe = may_be_handed(case, handed, params)
    missed = [
        *loopholes(actions, params),
        *presence_ratios(network, found, params),
        *rung_ratios(network, found, _listed(case, params), maybe, params),
        *custody(case, handed, maybe, params),
        *proceeds(case, actions, params),
        *time_ratios(made, stops),
        *displaced(case, made, found, network, acts, params),
        *residual(network, what_if, (params.hidden_low, params.hidden_high)),
    ]
    wholes, parts = folded(missed)
    case.write("loophole", wholes)
    case.write("loophole_part", parts)


def _listed(case: Desk, params: CrackdownParams) -> frozenset[str]:
    """People who match an entry of a watchlist closely."""
    rows = case.sql(
        "SELECT DISTINCT e.canonical_id AS person_id FROM watchlist_hit w JOIN entity e ON e.entity_id = w.entity_id "
        f"WHERE w.match_probability >= {params.listed_from} ORDER BY person_id"
    )
    return frozenset(str(row["person_id"]) for row in rows.to_pylist())


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
        "watchlist_hit",
        "observable",
        "identifier",
        "call",
        "message",
    ),
    writes=("action", "telling", "conflict", "relation", "coverage", "loophole", "loophole_part", "scenario"),
    run=run,
    heeds=("accept", "merge", "split", "copy"),
    params=CrackdownParams,
)
