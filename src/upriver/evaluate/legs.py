"""Scores legs: of the true exchanges at swap desks and bridges, which are joined, and what is joined wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.evaluate.truth import Truth

if TYPE_CHECKING:
    from upriver.case.store import Case

_SECTION = "legs"


def leg_scores(case: Case, truth: Truth) -> list[tuple[str, str, float, str, str]]:
    """Rows of scores, as `metrics.Score` takes them; none where the truth has no exchanges."""
    reference = dict(zip(*case.read("transfer", "transfer_id", "reference").to_pydict().values(), strict=True))
    rows = case.read("leg", "in_transfer_id", "out_transfer_id", "joined").to_pylist()
    told = [(reference[row["in_transfer_id"]] or "", reference[row["out_transfer_id"]] or "") for row in rows]
    joined = {pair for pair, row in zip(told, rows, strict=True) if row["joined"]}
    return scored(truth.legs, joined, set(told), set(reference.values()))


def scored(
    true: list[dict[str, str]], joined: set[tuple[str, str]], told: set[tuple[str, str]], seen: set[str | None]
) -> list[tuple[str, str, float, str, str]]:
    """Rows of scores.

    true    rows of the truth; joined, told: pairs of references that are joined, or at least the best candidate
    seen    references of the case: of an exchange that lost a side nothing can be joined
    """
    if not true:
        return []
    exchanges = {(row["in_reference"], row["out_reference"]) for row in true}
    whole = {
        (row["in_reference"], row["out_reference"])
        for row in true
        if row["victims_money"] == "1" and {row["in_reference"], row["out_reference"]} <= seen
    }
    right = joined & exchanges
    note = f"{len(joined & whole)} of {len(whole)} with victims' money and both sides seen"
    return [
        (_SECTION, "legs found", len(joined & whole) / max(len(whole), 1), note, ""),
        (_SECTION, "found, or the best candidate", len(told & whole) / max(len(whole), 1), "share", ""),
        (_SECTION, "joined rightly", len(right) / max(len(joined), 1), f"{len(right)} of {len(joined)} joined", ""),
    ]
