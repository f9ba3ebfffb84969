"""Identifiers as extract sees them and link tells whose they are, for stages that stand behind both."""

from __future__ import annotations

from upriver.case.store import Case


def fill(case: Case, seen: list[dict[str, object]]) -> None:
    """Fill `observable`, and `identifier` with each that has an owner."""
    case.fill("observable", seen)
    owned = {str(row["observable_id"]): row["entity_id"] for row in seen if row["entity_id"] is not None}
    case.fill("identifier", [{"observable_id": i, "node_id": owner} for i, owner in sorted(owned.items())])
