"""The report stage: findings and the records they rest on, victims and presumed victims masked."""

from __future__ import annotations

from dataclasses import dataclass

from upriver.case.stage import Desk, Stage
from upriver.report.findings import READS, findings
from upriver.report.identity import masks


@dataclass(frozen=True, slots=True)
class ReportParams:
    """`max_support`: most rows of finding_support for one finding; `n_support` always says how many there are."""

    max_support: int = 200


def run(case: Desk, params: ReportParams) -> None:
    """Claims in plain words, each with its figure, method, confidence and records."""
    made = findings(case, masks(case), params.max_support)
    case.write(
        "finding",
        [
            {
                "finding_id": finding.finding_id,
                "section": finding.claim.section,
                "rank": finding.rank,
                "title": finding.claim.title,
                "text": finding.claim.text,
                "figure": finding.claim.figure,
                "unit": finding.claim.unit,
                "method": finding.claim.method,
                "confidence": finding.claim.confidence,
                "n_support": finding.claim.n_support,
            }
            for finding in made
        ],
    )
    case.write(
        "finding_support",
        [
            {"finding_id": finding.finding_id, "record_id": record, "table_name": table, "row_id": row}
            for finding in made
            for record, table, row in finding.claim.supports
        ],
    )


STAGE = Stage("report", reads=READS, writes=("finding", "finding_support"), run=run, params=ReportParams)
