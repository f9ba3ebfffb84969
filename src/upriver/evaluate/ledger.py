"""Scores the ledger: counts of separate happenings, and loophole ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from upriver.evaluate.truth import Truth, split
from upriver.model.forms import FORMS

if TYPE_CHECKING:
    from upriver.case.store import Case

# Words by which papers tell one act: the same people are arrested in one and released in another.
_FAMILIES = (
    {"handover", "repatriation", "rescue_release", "arrest", "raid", "prosecution"},
    {"seizure", "disruption"},
    {"sentence", "execution"},
)


def ledger_scores(case: Case, truth: Truth) -> list[tuple[str, str, float, str, str]]:
    """Rows of (section, name, value, note, aim)."""
    passage = FORMS["news"].position("passage_id")
    rows = case.sql(
        f"""SELECT e.report_id, e.type, e.unit, r.fields[{passage}] AS passage_id
            FROM event_report e JOIN record r ON r.record_id = e.record_id WHERE r.form = 'news' ORDER BY e.report_id"""
    ).to_pylist()
    reports = {row["report_id"]: row for row in rows}
    actions = [
        (action, [reports[name] for name in action["report_ids"] if name in reports])
        for action in case.read("action", "action_id", "kind", "count", "counts", "unit", "report_ids").to_pylist()
    ]
    separate = [row for row in truth.happenings if row["kind"] == "separate"]
    exact = sum(any(_tells(row, action, told) for action, told in actions) for row in separate)
    traps = {name for row in truth.happenings if row["kind"] in {"stock", "trap"} for name in split(row["passages"])}
    events = {
        name for row in truth.happenings if row["kind"] not in {"stock", "trap"} for name in split(row["passages"])
    }
    alone = traps - events
    false = sum(
        bool(action["counts"]) and any(report["passage_id"] in alone for report in told) for action, told in actions
    )
    told = [
        (
            "ledger",
            "separate happenings exact",
            exact / max(len(separate), 1),
            f"{exact} of {len(separate)}: type, unit and count",
            ">= 0.80",
        ),
        (
            "ledger",
            "happenings out of traps",
            float(false),
            f"counted though their {len(alone)} passages tell none",
            "",
        ),
    ]
    return told + _loopholes(case, truth)


def _tells(happening: dict[str, str], action: dict[str, object], reports: list[dict[str, str]]) -> bool:
    """Whether the action is this happening with this count: told by its passages, of its family and unit."""
    if action["kind"] != "happening" or action["unit"] != happening["unit"]:
        return False
    passages = set(split(happening["passages"]))
    family = next((words for words in _FAMILIES if happening["type"] in words), {happening["type"]})
    if not any(report["passage_id"] in passages and report["type"] in family for report in reports):
        return False
    count = action["count"]
    return isinstance(count, float) and happening["count"] != "" and math.isclose(count, float(happening["count"]))


def _loopholes(case: Case, truth: Truth) -> list[tuple[str, str, float, str, str]]:
    """How far the case's ratios are from the true ones, where it gives one for the same area, role or money."""
    columns = ("dimension", "label", "ratio", "ratio_low", "ratio_high")
    # A ratio that is told with another has its figure there.
    rows = [row for table in ("loophole", "loophole_part") for row in case.read(table, *columns).to_pylist()]
    near = given = 0
    for true in truth.loopholes:
        if not true["ratio"]:
            continue
        key = true["label"].casefold()
        found = [
            row for row in rows
            if row["dimension"] == true["dimension"] and row["ratio"] is not None and key in row["label"].casefold()
        ]  # fmt: skip
        given += bool(found)
        ratio = float(true["ratio"])
        near += any(
            abs(row["ratio"] - ratio) <= 0.05 or row["ratio_low"] <= ratio <= row["ratio_high"] for row in found
        )
    n_true = sum(bool(row["ratio"]) for row in truth.loopholes)
    return [
        ("loopholes", "true ratios given", given / max(n_true, 1), f"{given} of {n_true}, by dimension and label", ""),
        ("loopholes", "of those, near", near / max(given, 1), "within 0.05, or inside the range told", ""),
    ]
