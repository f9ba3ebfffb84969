"""A list against a list: which entities of the evidence may be listed ones. Hits are shown, never merged silently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.clean.names import name_keys, word_keys
from upriver.resolve.compare import Comparer
from upriver.resolve.facts import Facts, clash

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_UNTOLD: dict[str, str | None] = dict.fromkeys(("list_name", "entry", "listed_on", "list_date"))
_PAIRS = """
WITH sized AS (
    SELECT key, entity_id, listed, count(*) OVER (PARTITION BY key) AS n FROM list_key
), paired AS (
    SELECT DISTINCT a.entity_id AS entity_id, b.entity_id AS listed_id
    FROM sized a JOIN sized b ON a.key = b.key AND a.listed = 0 AND b.listed = 1
    WHERE a.n <= {most}
)
SELECT entity_id, listed_id FROM paired ORDER BY entity_id, listed_id
"""


@dataclass(frozen=True)
class Screening:
    """`hit_at`: hits below are not shown; `name_alone_most`: what a name without anything else may reach."""

    hit_at: float = 0.5
    name_alone_most: float = 0.8
    list_key_most: int = 200


def hits(
    case: Desk, facts: Mapping[str, Facts], comparer: Comparer, screening: Screening
) -> Iterator[dict[str, object]]:
    """Rows of watchlist_hit: each with probability, reason, list, entry, dates and the records of both sides."""
    known = listings(case)
    for entity, listed in _pairs(case, facts, screening):
        one, other = facts[entity], facts[listed]
        name = comparer.names(one, other)
        if name is None:
            continue
        probability, reason = name.match_probability, [name.reason]
        agreed = sorted(
            {"same birth date" for birth in set(one.births) & set(other.births) if len(birth) == 10}
            | {"same document number" for _ in set(one.documents) & set(other.documents)}
        )
        mark = clash(one.marks, other.marks)
        if mark:
            probability *= 0.1
            reason.append(f"contradiction: different {mark}")
        elif agreed:
            # A second, independent agreement halves what doubt is left ten times over.
            probability = 1 - (1 - probability) / 1000 if probability >= 0.5 else probability
            reason += agreed
        else:
            # How rare the name is decides how much a name alone says: 6 bits little, 20 bits much.
            rare = min(1.0, max(0.0, (name.match_weight - 2.0) / 14.0))
            probability = min(screening.name_alone_most, probability * (0.55 + 0.45 * rare))
            reason.append("name alone: confirm by birth date or document")
        if probability >= screening.hit_at:
            yield {
                "entity_id": entity,
                "listed_id": listed,
                "match_probability": round(probability, 4),
                "reason": "; ".join(reason),
                **known.get(listed, _UNTOLD),
                "record_ids": sorted({*one.records, *other.records})[:50],
            }


def listings(case: Desk) -> dict[str, dict[str, str | None]]:
    """By listed entity: list_name, entry, listed_on, list_date, None where the list does not tell.

    A listing stands in statements of its own, which name the entity; a list that has none is known by its programme.
    """
    rows = case.sql(
        "SELECT s.entity_id AS listing, e.value AS listed, s.prop, s.value FROM statement s "
        "JOIN statement e ON e.entity_id = s.entity_id AND e.prop = 'entity' AND e.schema = 'Sanction' "
        "WHERE s.prop IN ('authority', 'recordId', 'listingDate', 'date', 'program') "
        "UNION ALL "
        "SELECT t.entity_id AS listing, t.entity_id AS listed, p.prop, p.value FROM statement t "
        "JOIN statement p ON p.entity_id = t.entity_id AND p.prop = 'program' WHERE t.prop = 'topics' "
        "ORDER BY listed, listing, prop, value"
    )
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for listed, prop, value in zip(*(rows[name].to_pylist() for name in ("listed", "prop", "value")), strict=True):
        kept = told[listed].get(prop)
        # Of several days the latest: a newer list stands for the older one.
        if kept is None or (prop in ("date", "listingDate") and value > kept):
            told[listed][prop] = value
    return {
        listed: {
            "list_name": known.get("authority") or known.get("program"), "entry": known.get("recordId"),
            "listed_on": known.get("listingDate"), "list_date": known.get("date"),
        }
        for listed, known in told.items()
    }  # fmt: skip


def _pairs(case: Desk, facts: Mapping[str, Facts], screening: Screening) -> list[tuple[str, str]]:
    import pyarrow as pa

    rows = sorted(
        {
            (f"{one.family}|{key}", one.entity_id, int(one.listed))
            for one in facts.values()
            if one.family != "account"
            for name in one.read_names()
            for key in (*name_keys(name), *word_keys(name))
        }
    )
    if not any(row[2] for row in rows):
        return []
    keys: pa.Table = pa.table(
        {
            "key": pa.array([row[0] for row in rows], pa.string()),
            "entity_id": pa.array([row[1] for row in rows], pa.string()),
            "listed": pa.array([row[2] for row in rows], pa.int64()),
        }
    )
    found = case.sql(_PAIRS.format(most=screening.list_key_most), list_key=keys)
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))
