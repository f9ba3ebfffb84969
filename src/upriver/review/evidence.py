"""The two of a pair as the records tell them: field by field, what agrees, what differs, masked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from upriver.case.store import Case
from upriver.report import redaction
from upriver.report.exports import node as shown_node
from upriver.report.labels import Labels
from upriver.report.masking import Masks
from upriver.review.deck import Doubt

SAME, DIFFER, ONE_SIDE = "same", "differ", ""
# Never features of a person (docs/safeguard.md): not shown here, so that nobody decides by them.
_LEFT_OUT = frozenset({"nationality", "gender", "country", "ethnicity", "religion", "status", "topics"})
# In this order, then all others by name.
_FIRST = (
    "name", "alias", "weakAlias", "previousName", "birthDate", "idNumber", "passportNumber", "registrationNumber",
    "phone", "email", "address", "position", "notes",
)  # fmt: skip
_MOST_VALUES, _MOST_RECORDS, _MOST_OTHERS = 6, 3, 4


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both: values as they may be shown, and whether the two share one."""

    field: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that tells of one of the two: file, place, and its fields as they may be shown."""

    path: str
    locator: str
    form: str
    fields: str


@dataclass(frozen=True, slots=True)
class Sides:
    """A pair side by side.

    names    what to call the two
    others   names of those who are one with each already
    records  of each side, the first few; `n_records` counts them all
    """

    names: tuple[str, str]
    schemata: tuple[str, str]
    lines: tuple[Line, ...]
    others: tuple[tuple[str, ...], tuple[str, ...]]
    records: tuple[tuple[Seen, ...], tuple[Seen, ...]]
    n_records: tuple[int, int]
    reason: str


def side_by_side(case: Case, hidden: Masks, doubt: Doubt) -> Sides:
    """What the records say of both."""
    ids = (doubt.left_id, doubt.right_id)
    lent = pa.table({"entity_id": pa.array(sorted(ids), pa.string())})
    told = case.sql(
        "SELECT s.entity_id, s.schema, s.prop, s.value, s.record_id FROM statement s "
        "JOIN wanted w ON w.entity_id = s.entity_id ORDER BY s.statement_id",
        wanted=lent,
    ).to_pylist()
    used = case.sql(
        "SELECT DISTINCT o.entity_id, o.observable_id, o.kind, o.value, o.record_id FROM observable o "
        "JOIN wanted w ON w.entity_id = o.entity_id ORDER BY 1, 2, 5",
        wanted=lent,
    ).to_pylist()
    raw: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    records: dict[str, dict[str, None]] = defaultdict(dict)
    for row in told:
        records[row["entity_id"]].setdefault(row["record_id"])
        if row["prop"] in _LEFT_OUT:
            continue
        shown = redaction.statement_value(row["entity_id"], row["prop"], row["value"], row["record_id"], hidden)
        raw[row["prop"]][row["entity_id"]].setdefault(row["value"], shown if hidden.hides else row["value"])
    for row in used:
        records[row["entity_id"]].setdefault(row["record_id"])
        shown = shown_node(row["observable_id"], hidden)
        shown = row["value"] if shown == row["observable_id"] else shown
        # A telephone is told as a property and as an observable: once is enough.
        if row["value"] not in raw.get(row["kind"], {}).get(row["entity_id"], {}):
            raw[row["kind"]][row["entity_id"]].setdefault(row["value"], hidden.text(shown))
    order = sorted(raw, key=lambda prop: (_FIRST.index(prop) if prop in _FIRST else len(_FIRST), prop))
    labels = Labels(case, hidden, (doubt.left_cluster, doubt.right_cluster))
    schemata = {row["entity_id"]: row["schema"] for row in told}
    return Sides(
        names=_names(ids, doubt, raw, labels),
        schemata=(schemata.get(ids[0], ""), schemata.get(ids[1], "")),
        lines=tuple(_line(prop, raw[prop], ids) for prop in order),
        others=_others(case, hidden, ids),
        records=(_records(case, hidden, list(records[ids[0]])), _records(case, hidden, list(records[ids[1]]))),
        n_records=(len(records[ids[0]]), len(records[ids[1]])),
        reason=hidden.text(doubt.reason, _about(hidden, ids)),
    )


def _about(hidden: Masks, ids: tuple[str, str]) -> tuple[str, ...]:
    return tuple(sorted({hidden.people[one] for one in ids if one in hidden.people}))


def _names(
    ids: tuple[str, str], doubt: Doubt, raw: dict[str, dict[str, dict[str, str]]], labels: Labels
) -> tuple[str, str]:
    told = []
    for entity, cluster in zip(ids, (doubt.left_cluster, doubt.right_cluster), strict=True):
        own = sorted(raw["name"].get(entity, {}).values()) if "name" in raw else []
        told.append(own[0] if own else labels.label(cluster))
    return told[0], told[1]


def _line(prop: str, values: dict[str, dict[str, str]], ids: tuple[str, str]) -> Line:
    left, right = values.get(ids[0], {}), values.get(ids[1], {})
    keys = [{" ".join(value.casefold().split()) for value in side} for side in (left, right)]
    mark = ONE_SIDE if not left or not right else SAME if keys[0] & keys[1] else DIFFER
    return Line(prop, _cut(left), _cut(right), mark)


def _cut(values: dict[str, str]) -> tuple[str, ...]:
    shown = list(dict.fromkeys(values.values()))
    more = len(shown) - _MOST_VALUES
    return (*shown[:_MOST_VALUES], *((f"and {more:,} more",) if more > 0 else ()))


def _others(case: Case, hidden: Masks, ids: tuple[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the entities that are one with each of the two, but for these themselves."""
    told: list[tuple[str, ...]] = []
    for entity in ids:
        rows = case.sql(
            "SELECT DISTINCT s.entity_id, s.value, s.record_id FROM wanted w "
            "JOIN entity a ON a.entity_id = w.entity_id JOIN entity b ON b.canonical_id = a.canonical_id "
            "JOIN statement s ON s.entity_id = b.entity_id "
            "WHERE s.prop = 'name' ORDER BY 1, 2, 3",
            wanted=pa.table({"entity_id": [entity]}),
        ).to_pylist()
        names = dict.fromkeys(
            redaction.statement_value(row["entity_id"], "name", row["value"], row["record_id"], hidden)
            if hidden.hides
            else row["value"]
            for row in rows
            if row["entity_id"] not in ids
        )
        told.append(
            _cut(dict.fromkeys(names, "") | {name: name for name in list(names)[:_MOST_OTHERS]}) if names else ()
        )
    return told[0], told[1]


def _records(case: Case, hidden: Masks, wanted: list[str]) -> tuple[Seen, ...]:
    lent = pa.table({"record_id": pa.array(sorted(wanted)[:_MOST_RECORDS], pa.string())})
    rows: list[dict[str, Any]] = case.sql(
        "SELECT r.record_id, r.locator, r.form, r.fields, r.extra, f.path FROM record r "
        "JOIN wanted w ON w.record_id = r.record_id JOIN source_file f ON f.file_id = r.file_id ORDER BY r.record_id",
        wanted=lent,
    ).to_pylist()
    return tuple(
        Seen(
            hidden.text(row["path"]), row["locator"], row["form"].replace("_", " "),
            "; ".join(
                f"{name} {value}"
                for name, value in redaction.fields(
                    row["record_id"], row["form"], row["fields"], row["extra"], hidden
                ).items()
                if name not in _LEFT_OUT
            ),
        )
        for row in rows
    )  # fmt: skip
