"""A list against a list: which entities of the evidence may be listed ones, and which of its accounts are listed.

Hits are shown, never merged silently. People and companies are met by name and by what they share with an entry; an
account is its number, so that one a list names is that very account, whoever holds it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from upriver.clean.accounts import KINDS as ACCOUNT_KINDS
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


# Payments through a listed account, and what other records tell of it; the records of the entry itself are no meeting.
_ACCOUNTS = f"""
WITH entry AS (
    SELECT DISTINCT o.observable_id AS observable_id, o.value AS value, o.entity_id AS listed_id,
           o.record_id AS record_id
    FROM observable o JOIN listed_entity l ON o.entity_id = l.entity_id
    WHERE o.kind IN ({", ".join(f"'{kind}'" for kind in sorted(ACCOUNT_KINDS))})
), met AS (
    SELECT e.observable_id, e.listed_id, t.record_id AS record_id, 'received' AS met_as, t.amount_usd AS usd
    FROM transfer t JOIN entry e ON t.target_account = e.value
    UNION ALL
    SELECT e.observable_id, e.listed_id, t.record_id AS record_id, 'sent' AS met_as, t.amount_usd AS usd
    FROM transfer t JOIN entry e ON t.source_account = e.value
    UNION ALL
    SELECT e.observable_id, e.listed_id, o.record_id AS record_id, 'named' AS met_as, cast(NULL AS double) AS usd
    FROM observable o JOIN entry e ON o.observable_id = e.observable_id
    LEFT JOIN entry own ON o.record_id = own.record_id WHERE own.record_id IS NULL
), told AS (
    SELECT observable_id, listed_id, met_as, record_id, sum(cast(usd AS decimal(38, 6))) AS usd
    FROM met GROUP BY observable_id, listed_id, met_as, record_id
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY observable_id, listed_id, met_as ORDER BY record_id) AS place,
           count(*) OVER (PARTITION BY observable_id, listed_id, met_as) AS n,
           cast(sum(usd) OVER (PARTITION BY observable_id, listed_id, met_as) AS double) AS sum_usd
    FROM told
)
SELECT observable_id, listed_id, met_as, n, sum_usd, record_id FROM placed WHERE place <= {{most}}
ORDER BY observable_id, listed_id, met_as, record_id
"""
_RECORDS_MOST = 50


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
        probability, reason = _weighed(one, other, comparer, screening)
        if probability >= screening.hit_at:
            yield {
                "entity_id": entity,
                "listed_id": listed,
                "match_probability": round(probability, 4),
                "reason": reason,
                **known.get(listed, _UNTOLD),
                "record_ids": sorted({*one.records, *other.records})[:_RECORDS_MOST],
            }
    for row in _listed_accounts(case, facts):
        yield row | known.get(str(row["listed_id"]), _UNTOLD)


def _weighed(one: Facts, other: Facts, comparer: Comparer, screening: Screening) -> tuple[float, str]:
    """How likely the two are one, and why: by name and what agrees beside it; without a name by what they share."""
    name = comparer.names(one, other)
    shared = [agreement.reason for agreement in comparer.shared(one, other)]
    if name is None or (shared and name.match_probability < screening.hit_at):
        found = comparer.compare(one, other)
        return found.match_probability, found.reason
    probability, reason = name.match_probability, [name.reason]
    mark = clash(one.marks, other.marks)
    if mark:
        probability *= 0.1
        reason.append(f"contradiction: different {mark}")
    elif shared:
        # A second, independent agreement halves what doubt is left ten times over.
        probability = 1 - (1 - probability) / 1000 if probability >= 0.5 else probability
        reason += shared
    else:
        # How rare the name is decides how much a name alone says: 6 bits little, 20 bits much.
        rare = min(1.0, max(0.0, (name.match_weight - 2.0) / 14.0))
        probability = min(screening.name_alone_most, probability * (0.55 + 0.45 * rare))
        reason.append("name alone: confirm by birth date or document")
    return probability, "; ".join(reason)


def _listed_accounts(case: Desk, facts: Mapping[str, Facts]) -> Iterator[dict[str, object]]:
    """One row for each account of an entry that the evidence meets outside the list: told or paid through."""
    import pyarrow as pa

    listed = sorted(one.entity_id for one in facts.values() if one.listed)
    if not listed:
        return
    rows = case.sql(
        _ACCOUNTS.format(most=_RECORDS_MOST), listed_entity=pa.table({"entity_id": pa.array(listed, pa.string())})
    ).to_pylist()
    by_pair: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_pair[row["observable_id"], row["listed_id"]].append(row)
    for (account, entry), met in sorted(by_pair.items()):
        sides = {row["met_as"]: _met(row) for row in met}
        yield {
            "entity_id": account,
            "listed_id": entry,
            "match_probability": 1.0,
            "reason": f"the list names this very account; it {' and '.join(sides[side] for side in sorted(sides))}; "
            "who holds it, and who paid, is not told by that",
            "record_ids": sorted({*(row["record_id"] for row in met), *facts[entry].records})[:_RECORDS_MOST],
        }


def _met(row: Mapping[str, Any]) -> str:
    n, usd = row["n"], row["sum_usd"]
    if row["met_as"] == "named":
        return f"is named in {n:,} record{'s' if n > 1 else ''}"
    return f"{row['met_as']} {n:,} transfer{'s' if n > 1 else ''}" + (f" (USD {usd:,.0f})" if usd else "")


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
            for key in (
                *(key for name in one.read_names() for key in (*name_keys(name), *word_keys(name))),
                *one.documents,
                *one.identifiers,
            )
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
