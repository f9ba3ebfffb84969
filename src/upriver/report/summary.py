"""The one-screen summary: what was read, what was refused, and the first findings."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from upriver.report.identity import Readable

_SHOWN = 14
_HEADINGS = {
    "loophole": "What the crackdown missed",
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
    lines = [title, "=" * min(len(title), width), _read(case), ""]
    rows = case.read("finding", "finding_id", "section", "rank", "title").to_pylist()
    first = sorted(rows, key=lambda row: row["rank"])[:_SHOWN]
    section = ""
    for row in first:
        if row["section"] != section:
            section = row["section"]
            lines.append(_HEADINGS.get(section, section))
        lines += textwrap.wrap(
            row["title"], width, initial_indent=f"  {row['finding_id']}  ", subsequent_indent="        "
        )
    if len(rows) > len(first):
        more = f"{len(rows) - len(first)} more findings in the dossier."
        lines += ["", f"{more} `upriver why F001` walks from one to its records."]
    return "\n".join(lines)


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
    return f"{text}; refused with a reason: {' and '.join(refused) or 'none'}."


def _count(number: Any, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
