"""Who organises, by marks of control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.roles.features import marks
from upriver.roles.graph import operation, rows
from upriver.roles.ranking import rank

if TYPE_CHECKING:
    from upriver.case.stage import Desk


@dataclass(frozen=True, slots=True)
class RolesParams:
    """How ranks are drawn anew and brokerage is sampled.

    draws    resampled sets of records for the rank interval
    samples  nodes that paths start from, for brokerage
    seed     of both
    """

    draws: int = 200
    samples: int = 500
    seed: int = 0


def run(case: Desk, params: RolesParams) -> None:
    """Who organises: marks of control with reasons and rank intervals, need for protection beside them."""
    whole = operation(case)
    case.progress(0.3, "ties read")
    items, shown = marks(case, whole, params.samples, params.seed)
    case.progress(0.7, "marks of control found")
    # Who shows no mark is not ranked: the last of a ranking is still called one of it.
    nodes = sorted({item.node for item in items})
    protection = dict(rows(case.read("protected_person", "person_id", "status")))
    table = rank(nodes, items, protection, shown, params.draws, params.seed)
    if table:
        case.write("role", table)


STAGE = Stage(
    "roles",
    reads=(
        "statement", "entity", "observable", "identifier", "transfer", "message", "contact_class", "edge", "community",
        "flow", "trace", "traced_account", "protected_person",
    ),
    writes=("role",),
    run=run,
    params=RolesParams,
)  # fmt: skip
