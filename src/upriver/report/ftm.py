"""Entities as FollowTheMoney JSON lines: stock schemata and properties, one entity for each canonical_id."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator

from upriver.model.forms import CHILD, NEEDS
from upriver.model.ontology import SCHEMATA, fault, is_a, props, stock_name
from upriver.report.figures import visible
from upriver.report.identity import Readable
from upriver.report.masking import Masks
from upriver.report.origin import Origin
from upriver.report.redaction import HIDDEN, statement_value

_LONGEST_IDENTIFIER = 64


def lines(
    case: Readable, hidden: Masks, origin: Origin | None = None, only: Collection[str] | None = None
) -> Iterator[str]:
    """One entity a line, in the order of canonical ids; what is masked is left out, but for the pseudonym as name.

    origin  who hands it on: told with each entity, as are the records that it rests on
    only    canonical ids that are written, and named by others; all where none are given
    """
    merged = case.read("entity", "entity_id", "canonical_id", "schema").to_pylist()
    canonical = {row["entity_id"]: row["canonical_id"] for row in merged}
    schema = {row["canonical_id"]: row["schema"] for row in merged}
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    records: dict[str, set[str]] = defaultdict(set)
    told = case.read("statement", "entity_id", "schema", "prop", "value", "record_id").to_pylist()
    for row in told:
        entity = canonical.get(row["entity_id"], row["entity_id"])
        if only is not None and entity not in only:
            continue
        kind = schema.setdefault(entity, row["schema"])
        if kind not in SCHEMATA or row["prop"] not in props(kind):
            continue
        if origin is not None:
            records[entity].add(row["record_id"])
        prop, value = row["prop"], row["value"]
        if props(kind)[prop].is_entity:
            value = canonical.get(value, value)
            if only is not None and value not in only:
                continue
        elif hidden.hides:
            value = statement_value(row["entity_id"], prop, value, row["record_id"], hidden)
            # The tail of an IBAN is no IBAN.
            prop = "accountNumber" if prop == "iban" and value != row["value"] else prop
        if props(kind)[prop].type == "identifier" and len(value) > _LONGEST_IDENTIFIER:
            # As an address of Monero: the tools take no identifier so long, and it is not lost as words.
            values[entity]["description"].add(visible(f"{prop}: {value}"))
            continue
        # A masked phone or date would not be valid for the tools: it is left out, not filled with words.
        if value != HIDDEN and fault(kind, prop, value) is None:
            values[entity][stock_name(kind, prop)].add(visible(value))
    needing = needs(case)
    for entity in sorted(values):
        found = values[entity]
        if entity in needing and is_a(schema[entity], "Person"):
            found["status"] |= needing[entity]
        if "name" in found and is_a(schema[entity], "Person") and hidden.node(entity) is not None:
            found["name"] = {str(hidden.node(entity))}
            found.pop("alias", None)
            found.pop("weakAlias", None)
        for prop in [prop for prop in found if props(schema[entity])[prop].is_entity]:
            _keep_in_range(found, prop, props(schema[entity])[prop].range, schema, values)
        if origin is not None:
            # Both are stock properties of every Thing and Interval; an Interval has a place for ids of records too.
            found["publisher"].add(visible(origin.publisher))
            thing = is_a(schema[entity], "Thing")
            found["notes" if thing else "description"].update(origin.told(records[entity]))
        entry = {
            "id": entity,
            "schema": schema[entity],
            "properties": {name: sorted(found[name]) for name in sorted(found)},
        }
        yield json.dumps(entry, ensure_ascii=False) + "\n"


def needs(case: Readable) -> dict[str, set[str]]:
    """canonical_id -> what is told of the need for protection: whoever reads a suspicion elsewhere has it beside."""
    rows = case.read("protected_person", "person_id", "status", "child").to_pylist()
    told = {row["person_id"]: {NEEDS[row["status"]]} for row in rows if row["status"] in NEEDS}
    for row in rows:
        if row["child"]:
            told.setdefault(row["person_id"], set()).add(CHILD)
    return told


def _keep_in_range(
    found: dict[str, set[str]], prop: str, kind: str, schema: dict[str, str], values: dict[str, dict[str, set[str]]]
) -> None:
    """Tell in words what the stock schemata have no place for: they know no payment from or to a wallet."""
    outside = {value for value in found[prop] if value in schema and not is_a(schema[value], kind)}
    if not outside:
        return
    for value in outside:
        captions = (values[value][name] for name in SCHEMATA[schema[value]].caption if values[value].get(name))
        found.setdefault("description", set()).update(f"{prop}: {caption}" for caption in next(captions, ()))
    found[prop] -= outside
    if not found[prop]:
        del found[prop]
