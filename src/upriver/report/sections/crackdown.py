"""What was done about it: running totals at their latest, happenings with ranges, contradictions, alarms."""

from __future__ import annotations

from typing import Any

from upriver.report.claims import HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import between, counted, measure, sentence, shortened

_SECTION = "crackdown"
_SERIES_SHOWN = 6
_METHOD = (
    "tellings of one happening joined; of a running total the latest replaces the earlier; totals of different series, "
    "plans, stocks and parts are never added"
)


def contradicts(action: dict[str, Any]) -> bool:
    """Whether its tellings differ: in count, in type, or in a way that raised an alarm. A running total may run."""
    low, high = action["count_low"], action["count_high"]
    ranges = low is not None and high is not None and low != high and action["kind"] == "happening"
    return bool(action["alarms"]) or ranges or "|" in action["types"]


def claims(facts: Facts) -> list[Claim]:
    """Claims about the crackdown; without tellings they say so."""
    actions = facts.rows("action")
    if not actions:
        text = "No news or claims that tell of arrests, handovers, raids or seizures were found."
        return [nothing(_SECTION, "Crackdown: no evidence of this kind", text)]
    series = [row for row in actions if row["kind"] == "series" and row["count"] is not None]
    happenings = [row for row in actions if row["kind"] == "happening"]
    made = []
    if series:
        made.append(_totals(facts, series))
    made.append(_happenings(facts, happenings, len(series)))
    return [*made, *_contradictions(facts, actions), *_alarms(facts, actions)]


def _support(facts: Facts, actions: list[dict[str, Any]]) -> Any:
    return facts.from_reports(report for row in actions for report in row["report_ids"])


def _with_figure(facts: Facts, row: dict[str, Any]) -> str:
    """A title with its figure, unless the title tells it already."""
    name = shortened(_name(facts, row), 110)
    figure = measure(row["count"], row["unit"])
    return name if figure in name else f"{name}: {figure}"


def _name(facts: Facts, row: dict[str, Any]) -> str:
    return facts.text(row["title"])


def _totals(facts: Facts, series: list[dict[str, Any]]) -> Claim:
    ordered = sorted(series, key=lambda row: (row["unit"] != "people", -row["n_tellings"], row["action_id"]))
    lines = [_with_figure(facts, row).replace(", running total: ", ", ", 1) for row in ordered[:_SERIES_SHOWN]]
    first = ordered[0]
    supports, n = _support(facts, ordered)
    text = "; ".join(lines) + ". They overlap: each is its own series at its latest, and none is added to another."
    level = confidence(
        "medium", f"told by {counted(first['n_first_speakers'], 'first speaker')}; a total says nothing about roles"
    )
    title = f"The running total told most often, at its latest: {lines[0]}"
    return Claim(_SECTION, title, text, first["count"], first["unit"], _METHOD, level, supports, n, HEADLINE)


def _happenings(facts: Facts, happenings: list[dict[str, Any]], n_series: int) -> Claim:
    tellings = sum(row["n_tellings"] for row in happenings)
    ordered = sorted(
        (row for row in happenings if row["counts"] and row["unit"] == "people" and row["count"] is not None),
        key=lambda row: (-row["count"], row["action_id"]),
    )
    silent = sum(row["count"] is None for row in happenings)
    lines = [_with_figure(facts, row) for row in ordered[:5]]
    text = (
        f"{counted(tellings, 'telling')} told of {counted(len(happenings), 'separate happening')}; {silent:,} give "
        "no figure, which is not zero. "
    )
    if lines:
        text += f"Largest of those that are no part of another and no total: {'; '.join(lines)}. "
    text += f"Apart from them stand {counted(n_series, 'running total')}."
    supports, n = _support(facts, happenings)
    level = confidence(
        "medium", "joined by place, day, parties and figure; a paper that gives no day may be joined wrongly"
    )
    title = f"{counted(len(happenings), 'happening')} of the crackdown, told {counted(tellings, 'time')}"
    return Claim(_SECTION, title, text, float(len(happenings)), "happenings", _METHOD, level, supports, n)


def _contradictions(facts: Facts, actions: list[dict[str, Any]]) -> list[Claim]:
    differing = sorted(
        (row for row in actions if contradicts(row) and row["n_tellings"] > 1),
        key=lambda row: (-row["n_tellings"], row["action_id"]),
    )
    if not differing:
        return []
    lines = []
    for row in differing[:5]:
        ends = between(row["count_low"], row["count_high"], row["unit"])
        types = f"told as {row['types'].replace('|', ' and ').replace('_', ' ')}" if "|" in row["types"] else ""
        told = ", ".join(part for part in (ends, types) if part)
        lines.append(f"{shortened(_name(facts, row), 100)}" + (f" ({told})" if told else ""))
    supports, n = _support(facts, differing)
    text = f"{'; '.join(lines)}. Both tellings stand; nothing was corrected."
    level = confidence("high", "the differing figures and words are quoted from their sources")
    title = f"Sources contradict each other on {counted(len(differing), 'entry', 'entries')} of the ledger"
    return [Claim(_SECTION, title, text, float(len(differing)), "entries", _METHOD, level, supports, n)]


def _alarms(facts: Facts, actions: list[dict[str, Any]]) -> list[Claim]:
    alarmed = [row for row in actions if row["alarms"]]
    if not alarmed:
        return []
    lines = [facts.text(alarm) for row in alarmed for alarm in row["alarms"]]
    supports, n = _support(facts, alarmed)
    text = sentence(lines[:6]).rstrip(".") + (f"; and {len(lines) - 6:,} more." if len(lines) > 6 else ".")
    level = confidence("high", "arithmetic on the figures as told")
    title = f"{counted(len(lines), 'alarm')}: figures that cannot be true together"
    return [
        Claim(
            _SECTION,
            title,
            text,
            float(len(lines)),
            "alarms",
            "sums and order of the figures as told",
            level,
            supports,
            n,
        )
    ]
