"""Pairs worth comparing: those that share an identifier, a document, a birth date with a like name, or a rare name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.clean.names import name_keys
from upriver.resolve.facts import Facts

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

# Strongest first: a pair that several rules bring together is told by the first of them.
RULES = (
    "same document number",
    "same account number",
    "share an identifier",
    "same birth date, names alike",
    "same address, names alike",
    "names alike",
)


@dataclass(frozen=True)
class Bounds:
    """How many entities may have a key in common before only neighbours, or none, are compared.

    shared_most       users of an identifier, all pairs of whom are compared; beyond, only those of like names
    name_most         people who have nothing but a name key in common; beyond, the name is too usual to be worth a look
    pairs_per_entity  pairs in all, for each entity on average
    """

    shared_most: int = 12
    name_most: int = 6
    pairs_per_entity: int = 6


def block_keys(facts: Iterable[Facts], bounds: Bounds) -> Iterator[tuple[str, str, int, int, int]]:
    """key, entity_id, number of the rule, how many may have the key, 1 where a fuller key becomes a chain."""
    most = bounds.shared_most
    for one in facts:
        sounds = sorted({key for name in one.read_names() for key in name_keys(name)})[:12]
        for document in one.documents:
            yield f"{one.family}|{document}", one.entity_id, 0, most, 1
        for identifier in one.identifiers:
            if one.family == "account":
                if identifier.startswith("account:"):
                    yield f"account|{identifier}", one.entity_id, 1, most, 1
                continue
            yield f"{one.family}|{identifier}", one.entity_id, 2, most, 0
            for sound in sounds:
                yield f"{one.family}|{identifier}|{sound}", one.entity_id, 2, most, 1
        for sound in sounds:
            for birth in one.births:
                if len(birth) == 10:
                    yield f"{one.family}|{birth}|{sound}", one.entity_id, 3, most, 1
            if one.address:
                yield f"{one.family}|{one.address}|{sound}", one.entity_id, 4, most, 1
            if one.family == "person":
                yield f"person|{sound}", one.entity_id, 5, bounds.name_most, 0
            elif one.family == "company":
                yield f"company|{sound}", one.entity_id, 5, most, 0
        if one.family == "company":
            for name in sorted({name.joined for name in one.read_names() if name.joined}):
                yield f"company|={name}", one.entity_id, 5, most, 1


# A key of more than `most` is compared along a chain of neighbours, or not at all: pairs grow with the number of
# entities and not with its square.
_PAIRS = """
WITH sized AS (
    SELECT key, entity_id, rule, most, chained, count(*) OVER (PARTITION BY key) AS n,
           lead(entity_id) OVER (PARTITION BY key ORDER BY entity_id) AS next_id
    FROM block_key
), paired AS (
    SELECT a.entity_id AS left_id, b.entity_id AS right_id, a.rule AS rule, a.n AS n
    FROM sized a JOIN sized b ON a.key = b.key AND a.entity_id < b.entity_id
    WHERE a.n <= a.most AND b.n <= b.most
    UNION ALL
    SELECT entity_id AS left_id, next_id AS right_id, rule, n FROM sized
    WHERE n > most AND chained = 1 AND next_id IS NOT NULL
), best AS (
    SELECT left_id, right_id, min(rule) AS rule, min(n) AS n FROM paired GROUP BY left_id, right_id
), ranked AS (
    SELECT left_id, right_id, rule, row_number() OVER (ORDER BY rule, n, left_id, right_id) AS place FROM best
)
SELECT left_id, right_id, rule FROM ranked WHERE place <= {most} ORDER BY left_id, right_id
"""


def candidate_pairs(case: Desk, facts: dict[str, Facts], bounds: Bounds) -> pa.Table:
    """left_id < right_id and the number of the rule; never more than `pairs_per_entity` for each entity on average.

    Where the bound bites, pairs of the stronger rules and the rarer keys stay.
    """
    import pyarrow as pa

    rows = sorted(set(block_keys(facts.values(), bounds)))
    keys = pa.table(
        {
            "key": pa.array([row[0] for row in rows], pa.string()),
            "entity_id": pa.array([row[1] for row in rows], pa.string()),
            "rule": pa.array([row[2] for row in rows], pa.int64()),
            "most": pa.array([row[3] for row in rows], pa.int64()),
            "chained": pa.array([row[4] for row in rows], pa.int64()),
        }
    )
    most = max(10_000, bounds.pairs_per_entity * len(facts))
    return case.sql(_PAIRS.format(most=most), block_key=keys)
