"""What stayed open: ratios by area, role and money, each with its denominator, or no figure."""

from __future__ import annotations

from typing import Any

from upriver.report.claims import DETAIL, HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import NO_FIGURE, counted, measure, share

_SECTION = "loophole"
DIMENSIONS = ("area", "role", "money")
_METHOD = "numerator over denominator as told, each with its date; the range is over all figures told for either"


def ratio_words(row: dict[str, Any]) -> str:
    """A ratio with its range, or why there is none.

    >>> ratio_words({"ratio": 0.002, "ratio_low": 0.001, "ratio_high": 0.003})
    '0.2 % (0.1 % to 0.3 %)'
    """
    if row["ratio"] is None:
        return NO_FIGURE
    if row["ratio_low"] is not None and row["ratio_high"] is not None and row["ratio_low"] != row["ratio_high"]:
        return f"{share(row['ratio'])} ({share(row['ratio_low'])} to {share(row['ratio_high'])})"
    return share(row["ratio"])


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Loopholes by dimension, those with a figure first, those with most first speakers before others."""
    return sorted(
        rows,
        key=lambda row: (
            DIMENSIONS.index(row["dimension"]) if row["dimension"] in DIMENSIONS else len(DIMENSIONS),
            row["ratio"] is None,
            -row["n_sources"],
            row["label"],
            row["loophole_id"],
        ),
    )


def claims(facts: Facts) -> list[Claim]:
    """One claim for each ratio."""
    rows = ordered(facts.rows("loophole"))
    if not rows:
        text = (
            "No figure of what was reached could be set against a figure of what there was to reach: no loophole can "
            "be stated."
        )
        return [nothing(_SECTION, "Loopholes: no evidence of this kind", text)]
    made, seen = [], set()
    for row in rows:
        from_reports, n_reports = facts.from_reports(row["report_ids"])
        from_records, n_records = facts.from_rows("loophole", "loophole_id", [row])
        supports, n = facts.supports([*from_reports, *from_records])
        n = max(n, n_reports, n_records)
        label = facts.text(row["label"])
        has_figure = row["ratio"] is not None
        tier = HEADLINE if has_figure and row["dimension"] not in seen else DETAIL
        if has_figure:
            seen.add(row["dimension"])
        text = (
            f"{_side(row['numerator'], row['unit'], facts.text(row['numerator_what']))}, against "
            f"{_side(row['denominator'], row['unit'], facts.text(row['denominator_what']))}: {ratio_words(row)}. "
            f"{facts.text(row['caution'])}"
        )
        level = "low" if row["n_sources"] < 2 or not has_figure else "medium"
        reason = (
            f"{counted(row['n_sources'], 'independent first speaker')}; the denominator is an estimate unless it is "
            "counted"
        )
        made.append(
            Claim(
                _SECTION,
                f"By {row['dimension']}: {label}{'' if label.endswith('?') else ':'} {ratio_words(row)}",
                text,
                row["ratio"],
                "share",
                _METHOD,
                confidence(level, reason),
                supports,
                n,
                tier,
            )
        )
    return made


def _side(value: float | None, unit: str, what: str) -> str:
    return f"{measure(value, unit)}: {what}" if value is not None else f"{NO_FIGURE} for {what}"
