"""What stayed open: ratios by area, role and money, each with its denominator, or no figure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from upriver.report.claims import DETAIL, HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import NO_FIGURE, capital, counted, measure, sentence, share

_SECTION = "loophole"
# Ratios of each dimension that stand in the summary.
_HEADLINES = 2
# Ratios of each dimension that are a finding of their own.
_CLAIMED = 25
DIMENSIONS = ("area", "role", "money")
_METHOD = "numerator over denominator as told, each with its date; the range is over all figures told for either"


def ratio_words(row: dict[str, Any]) -> str:
    """A ratio with its range, or why there is none.

    >>> ratio_words({"ratio": 0.002, "ratio_low": 0.001, "ratio_high": 0.003})
    '0.2 % (0.1 % to 0.3 %)'
    """
    if row["ratio"] is None:
        return NO_FIGURE
    spread = range_words(row)
    return f"{share(row['ratio'])} ({spread})" if spread else share(row["ratio"])


def range_words(row: dict[str, Any]) -> str:
    """The range of a ratio, or nothing where its ends read alike."""
    if row["ratio_low"] is None or row["ratio_high"] is None or share(row["ratio_low"]) == share(row["ratio_high"]):
        return ""
    return f"{share(row['ratio_low'])} to {share(row['ratio_high'])}"


def units(unit: str) -> tuple[str, str]:
    """Units of numerator and denominator.

    >>> units("people"), units("USD of USD/year")
    (('people', 'people'), ('USD', 'USD/year'))
    """
    above, of, below = unit.partition(" of ")
    return (above, below) if of else (unit, unit)


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Loopholes by dimension: those with a figure first, of these people first, then the largest denominators."""
    return sorted(
        rows,
        key=lambda row: (
            DIMENSIONS.index(row["dimension"]) if row["dimension"] in DIMENSIONS else len(DIMENSIONS),
            row["ratio"] is None,
            row["unit"] != "people",
            -(row["denominator"] or 0),
            -(row["numerator"] or 0),
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
    made: list[Claim] = []
    seen: Counter[str] = Counter()
    told: Counter[str] = Counter()
    rest: list[dict[str, Any]] = []
    for row in rows:
        told[row["dimension"]] += 1
        if told[row["dimension"]] > _CLAIMED:
            rest.append(row)
            continue
        from_reports, n_reports = facts.from_reports(row["report_ids"])
        from_records, n_records = facts.from_rows("loophole", "loophole_id", [row])
        supports, n = facts.supports([*from_reports, *from_records])
        n = max(n, n_reports, n_records)
        label = facts.text(row["label"])
        has_figure = row["ratio"] is not None
        seen[row["dimension"]] += has_figure
        tier = HEADLINE if has_figure and seen[row["dimension"]] <= _HEADLINES else DETAIL
        above, below = units(row["unit"])
        text = (
            f"{capital(_side(row['numerator'], above, facts.text(row['numerator_what'])))}, against "
            f"{_side(row['denominator'], below, facts.text(row['denominator_what']))}: {ratio_words(row)}. "
            f"{capital(facts.text(row['caution']))}."
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
    return [*made, *_rest(facts, rest)]


def _rest(facts: Facts, rows: list[dict[str, Any]]) -> list[Claim]:
    """The ratios of the smallest denominators together: each stands in the table loophole."""
    if not rows:
        return []
    counts = sorted(Counter(row["dimension"] for row in rows).items())
    listed = sentence([f"{n:,} by {dimension}" for dimension, n in counts])
    supports, n = facts.from_rows("loophole", "loophole_id", rows)
    text = (
        f"{capital(listed)}: those without a figure or with the smallest denominators. The table loophole holds them "
        "all."
    )
    level = confidence("low", "small denominators make ratios that a single person moves")
    title = f"{counted(len(rows), 'more ratio')} of smaller denominators"
    return [Claim(_SECTION, title, text, float(len(rows)), "ratios", _METHOD, level, supports, n)]


def _side(value: float | None, unit: str, what: str) -> str:
    return f"{measure(value, unit)} ({what})" if value is not None else f"{NO_FIGURE} ({what})"
