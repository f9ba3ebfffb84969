"""Rows of evidence about people, short enough to draw."""

from __future__ import annotations

Rows = list[dict[str, object]]


def people(*told: str, schema: str = "Person") -> tuple[Rows, Rows]:
    """`entity: name=..; birthDate=..; phone:+66..`: statements, and observables for what has a kind.

    Each entity stands on its own record.
    """
    statements: Rows = []
    observables: Rows = []
    for text in told:
        entity, _, facts = text.partition(": ")
        record = f"f#{entity}"
        for fact in facts.split("; "):
            if "=" in fact:
                prop, _, value = fact.partition("=")
                statements.append({"statement_id": f"s{len(statements)}{entity}", "entity_id": entity, "schema": schema,
                                   "prop": prop, "value": value, "record_id": record})  # fmt: skip
            else:
                kind, _, value = fact.partition(":")
                observables.append({"observable_id": fact, "kind": kind, "value": value, "raw": value,
                                    "entity_id": entity, "start": -1, "record_id": record})  # fmt: skip
    return statements, observables
