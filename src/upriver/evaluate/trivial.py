"""Rules that know nothing of the matter. Where they score well, the simulated case gives its answers away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from upriver.evaluate.scores import average_precision, precision_recall_f1

if TYPE_CHECKING:
    from upriver.case.store import Case


def trivial_leaders(case: Case, persons: Mapping[str, str], leaders: Collection[str]) -> list[tuple[str, float]]:
    """(rule, average precision) over the people of the network."""
    edges = case.read("edge", "source_id", "target_id", "n_records", "amount_usd").to_pylist()
    degree: Counter[str] = Counter()
    records: Counter[str] = Counter()
    volume: defaultdict[str, float] = defaultdict(float)
    for edge in edges:
        for end in (edge["source_id"], edge["target_id"]):
            person = persons.get(end)
            if person is not None:
                degree[person] += 1
                records[person] += edge["n_records"]
                volume[person] += edge["amount_usd"] or 0.0
    everyone = sorted(set(persons.values()))
    first = _first_seen(case, persons)
    # A tie is broken by the node's own id, never by the truth's, which the case cannot know.
    node = {person: name for name, person in sorted(persons.items(), reverse=True)}
    rules: dict[str, dict[str, float]] = {
        "most ties": {p: -degree[p] for p in everyone},
        "most records": {p: -records[p] for p in everyone},
        "most money moved": {p: -volume[p] for p in everyone},
        "first in the files": {p: first.get(p, float("inf")) for p in everyone},
        "order of ids": dict.fromkeys(everyone, 0.0),
    }
    return [
        (name, average_precision(sorted(everyone, key=lambda p, rule=rule: (rule[p], node[p])), leaders))  # type: ignore[misc]
        for name, rule in rules.items()
    ]


def _first_seen(case: Case, persons: Mapping[str, str]) -> dict[str, float]:
    rows = case.sql(
        """SELECT o.observable_id, e.canonical_id, f.path, min(o.record_id) AS record_id
           FROM observable o JOIN source_file f ON o.record_id LIKE f.file_id || '#%'
           LEFT JOIN entity e ON e.entity_id = o.entity_id
           GROUP BY o.observable_id, e.canonical_id, f.path ORDER BY f.path, record_id, o.observable_id"""
    ).to_pylist()
    first: dict[str, float] = {}
    for place, row in enumerate(rows):
        person = persons.get(row["observable_id"]) or persons.get(row["canonical_id"] or "")
        if person is not None:
            first.setdefault(person, float(place))
    return first


def trivial_money(case: Case, true: Collection[str]) -> list[tuple[str, float]]:
    """(rule, F1) of as many accounts as there are true ones, ranked by a rule that follows no money."""
    rows = case.sql(
        """SELECT target_account AS account, count(*) AS n, sum(cast(amount_usd AS decimal(38, 6))) AS usd,
                  count(*) - count(DISTINCT amount_usd) AS n_repeated, min(occurred_at) AS first_at
           FROM transfer WHERE amount_usd IS NOT NULL GROUP BY target_account ORDER BY target_account"""
    ).to_pylist()
    services = set(
        case.sql(
            """SELECT DISTINCT o.value FROM statement s JOIN observable o ON o.entity_id = s.entity_id
               WHERE s.prop = 'status' AND s.value = 'service'"""
        )["value"].to_pylist()
    )
    rules = {
        "most received": lambda row: (-row["usd"], row["account"]),
        "most transfers": lambda row: (-row["n"], row["account"]),
        "repeated amounts": lambda row: (-row["n_repeated"], row["account"]),
        "services first": lambda row: (row["account"] not in services, -row["usd"], row["account"]),
        "earliest": lambda row: (row["first_at"], row["account"]),
        "order of ids": lambda row: row["account"],
    }
    told = []
    for name, rule in rules.items():
        chosen = [row["account"] for row in sorted(rows, key=rule)[: len(true)]]
        told.append((name, precision_recall_f1(chosen, true)[2]))
    return told
