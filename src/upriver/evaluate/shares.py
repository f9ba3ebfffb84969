"""Is each victim's money told at the right end: the table `attribution` against the planted truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from math import fsum
from typing import TYPE_CHECKING

from upriver.evaluate.scores import overlap
from upriver.evaluate.truth import Truth

if TYPE_CHECKING:
    from upriver.case.store import Case


def share_scores(case: Case, truth: Truth, persons: Mapping[str, str]) -> list[tuple[str, str, float, str]]:
    """Section, name, value and note of each figure; none where the truth is of before there was this question.

    persons  node of the case -> person_id of the truth
    """
    ends = {row["account"] for row in truth.accounts if row["terminal"] == "1"}
    true: dict[str, float] = defaultdict(float)
    for row in truth.shares:
        if row["account"] in ends:
            true[_key(row["person_id"], row["account"])] += float(row["usd"])
    if not true:
        return []
    rows = case.sql(
        "SELECT coalesce(e.canonical_id, a.victim_id) AS node, a.account, a.usd FROM attribution a "
        "LEFT JOIN entity e ON e.entity_id = a.victim_id "
        "WHERE a.fate = 'stands' AND a.victim_id IS NOT NULL AND a.stop_reason IS NOT NULL ORDER BY a.attribution_id"
    ).to_pylist()
    found: dict[str, float] = defaultdict(float)
    here: dict[str, list[float]] = defaultdict(list)
    theirs: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        person = persons.get(row["node"], row["node"])
        found[_key(person, row["account"])] += row["usd"]
        here[row["account"]].append(row["usd"])
        theirs[person].append(row["usd"])
    whole = fsum(row["usd"] for row in rows)
    # The same ends and the same losses, but everybody's money lies everywhere alike.
    alike = {
        _key(person, account): fsum(there) * fsum(all_of) / whole
        for account, there in here.items()
        for person, all_of in theirs.items()
    }
    note = f"by victim and account, over {len(ends)} true ends and all that are told"
    return [
        ("money", "each victim's USD at its end", overlap(found, true), note),
        ("money", "trivial: all victims alike", overlap(alike, true), "same ends and losses, shared out alike"),
    ]


def _key(person: str, account: str) -> str:
    return f"{person}|{account}"
