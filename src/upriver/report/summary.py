"""The one-screen summary: what was read, what was refused, and the first findings."""

from __future__ import annotations

import textwrap
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from upriver.report.claims import NO_EVIDENCE
from upriver.report.figures import visible
from upriver.report.sections.evidence import unrecognised
from upriver.report.sections.loophole import DIMENSIONS, label_of, sides, told_by

if TYPE_CHECKING:
    from upriver.report.identity import Readable

# Lines for each section, and for each dimension of the loophole table: one screen in all.
_LINES = {"crackdown": 3, "money": 4, "people": 3, "protection": 3, "network": 2, "open": 3, "evidence": 1}
_RATIOS = 4
_MISSED = {"time": "How soon it started again", "network": "What still works"}
_HEADINGS = {
    "crackdown": "What was claimed",
    "money": "Where the money went",
    "people": "Who runs it",
    "protection": "Who may be its captive",
    "network": "Who is connected",
    "open": "Open questions",
    "evidence": "What it rests on",
}


def summary(case: Readable, title: str, width: int = 100) -> str:
    """Plain text for a terminal of `width` characters; masked as the findings are."""
    title = visible(" ".join(title.split()))[:width]
    lines = [title, "=" * len(title), _read(case)]
    findings = case.read("finding", "finding_id", "section", "rank", "title").to_pylist()
    findings.sort(key=lambda row: row["rank"])
    lines += _loopholes(case, findings, width)
    for section, most in _LINES.items():
        told = [row for row in findings if row["section"] == section]
        rows = [row for row in told if not row["title"].endswith(NO_EVIDENCE)][:most]
        if rows:
            lines += ["", _HEADINGS[section]]
        for row in rows:
            lines += textwrap.wrap(
                row["title"], width, initial_indent=f"  {row['finding_id']}  ", subsequent_indent="        "
            )
    lines += ["", f"{len(findings):,} findings in all. `upriver why F001` walks from one to the records it rests on."]
    return "\n".join(lines)


def _loopholes(case: Readable, findings: list[dict[str, Any]], width: int) -> list[str]:
    """The first ratios of each dimension in the order of their findings, and how many have no figure."""
    ratios = {row["loophole_id"]: row for row in case.read("loophole").to_pylist()}
    told = case.read("finding_support", "finding_id", "row_id", where="table_name = 'loophole'").to_pylist()
    titles = {row["finding_id"]: row["title"] for row in findings}
    ids = {row["finding_id"]: row["row_id"] for row in told if row["row_id"] in ratios}
    files = set(case.read("source_file", "file_id").to_pydict()["file_id"])
    lines: list[str] = []
    for dimension in DIMENSIONS:
        rows = [row for row in ratios.values() if row["dimension"] == dimension]
        if not rows:
            continue
        known = [
            (finding["finding_id"], ratios[ids[finding["finding_id"]]])
            for finding in findings
            if finding["finding_id"] in ids and ratios[ids[finding["finding_id"]]]["dimension"] == dimension
        ]
        given = [(name, row) for name, row in known if row["ratio"] is not None]
        n_blank = sum(row["ratio"] is None for row in rows)
        lines += ["", _MISSED.get(dimension, f"What the crackdown missed, by {dimension}")]
        for name, row in given[:_RATIOS]:
            lines += _ratio(name, label_of(titles[name], row), row, files, width)
        lines += _others(len(rows) - n_blank - len(given[:_RATIOS]), n_blank, bool(given))
    return lines


def _others(n_more: int, n_blank: int, any_given: bool) -> list[str]:
    """How many ratios the screen leaves out, and how many questions have no answer."""
    more = [_count(n_more, "more ratio")] if n_more > 0 else []
    more += [f"{_count(n_blank, 'question')} with no figure, which is not zero"] if n_blank else []
    return [f"        {'and ' if any_given else ''}{', '.join(more)}"] if more else []


def _ratio(name: str, label: str, row: dict[str, Any], files: Collection[str], width: int) -> list[str]:
    told = told_by(row, files)
    parts = f", {_count(row['n_parts'], 'ratio')} told with it" if row["n_parts"] else ""
    figure = f"{sides(row)}{f', {told}' if told else ''}{parts}"
    first, *others = textwrap.wrap(visible(label), width - 8)
    lines = [f"  {name}  {first}", *(f"        {part}" for part in others)]
    if len(lines[-1]) + len(figure) + 2 <= width:
        lines[-1] += f"  {figure}"
    else:
        lines += textwrap.wrap(figure, width, initial_indent="        ", subsequent_indent="        ")
    return lines


def _read(case: Readable) -> str:
    files = case.read("source_file", "n_records").to_pydict()["n_records"]
    refused_files = case.read("rejected_file", "path").num_rows
    refused_rows = case.read("rejected_record", "rejected_id").num_rows
    text = f"{_count(len(files), 'file')} read, {_count(sum(files), 'record')}"
    refused: list[str] = []
    if refused_files:
        refused.append(_count(refused_files, "file"))
    if refused_rows:
        refused.append(_count(refused_rows, "row"))
    strange = len(unrecognised(case))
    unknown = f"; not recognised: {_count(strange, 'file')}" if strange else ""
    return f"{text}; refused with a reason: {' and '.join(refused) or 'none'}{unknown}."


def _count(number: Any, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
