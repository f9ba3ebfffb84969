"""`upriver scripts`: texts in, one line for each script that several of them are variants of, and what they fill in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upriver.clean.wording import aligned, masked, n_letters, shared_words
from upriver.link.scripts import ScriptParams, alike
from upriver.model.ids import content_id
from upriver.plain.outputs import file_of, lines_to, not_read
from upriver.plain.refusals import Refusals
from upriver.plain.texts import Refused
from upriver.plain.threads import Thread, threads
from upriver.report.figures import counted

_ALIGNED = 20  # variants laid side by side
_LONGEST = 4_000  # characters of a text that are compared: longer ones are no script that somebody fills in


@dataclass(slots=True)
class Count:
    """How many texts were read, how many were too short to compare, scripts found, texts of these, lines refused."""

    texts: int = 0
    short: int = 0
    scripts: int = 0
    of_scripts: int = 0
    rejected: int = 0

    def as_text(self) -> str:
        """One line for a person."""
        return (
            f"{counted(self.texts, 'text')}, {self.short:,} of them too short to compare; "
            f"{counted(self.scripts, 'script')} of {counted(self.of_scripts, 'text')}; {self.rejected:,} rejected. "
            "Whoever sends a script was given it"
        )


def scripts(source: Path, out: Path | None, tell: Callable[[str], None], params: ScriptParams | None = None) -> Count:
    """Write one line for each script of two texts or more in `source` to `out`, None for standard output.

    tell     takes each line for the reader of the terminal
    raises   EvidenceError when `source` cannot be read at all; ExportError when `out` cannot be written
    """
    not_read(out, source)
    file = file_of(out)
    refusals = Refusals(tell, file.with_name(f"{file.name}.rejected.csv") if file else None)
    count = Count()
    held: dict[str, list[tuple[Any, str]]] = defaultdict(list)
    params = params or ScriptParams()
    for item in threads(source, adverts=False):
        if isinstance(item, Refused):
            refusals.add(item)
            continue
        refusals.doubt(item.line, item.doubts)
        count.texts += 1
        _take(item, held, count, params)
    lines_to(out, _lines(held, count, params))
    refusals.end()
    count.rejected = len(refusals)
    return count


def _take(thread: Thread, held: dict[str, list[tuple[Any, str]]], count: Count, params: ScriptParams) -> None:
    """Each turn of a thread is a text of its own: whole talks are no scripts."""
    long = False
    for turn in thread.turns:
        text = turn.text[:_LONGEST]
        plain = masked(text)
        if n_letters(plain) >= params.script_letters:
            held[plain].append((thread.id, text))
            long = True
    count.short += not long


def _lines(held: dict[str, list[tuple[Any, str]]], count: Count, params: ScriptParams) -> Iterator[str]:
    texts = sorted(held)
    groups: dict[int, list[str]] = defaultdict(list)
    for text, label in zip(texts, alike(texts, params).tolist(), strict=True):
        groups[label].append(text)
    found = [_script(members, held) for members in groups.values() if sum(len(held[one]) for one in members) > 1]
    found.sort(key=lambda row: (-row["n_texts"], row["script_id"]))
    for row in found:
        count.scripts += 1
        count.of_scripts += row["n_texts"]
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _script(members: list[str], held: dict[str, list[tuple[Any, str]]]) -> dict[str, Any]:
    members = sorted(members, key=lambda text: (-len(held[text]), text))
    rows = [row for text in members for row in held[text]]
    shown = rows[:_ALIGNED]
    columns = aligned([text for _, text in shown])
    return {
        "script_id": content_id("script", min(members)),
        "n_texts": len(rows),
        "words": shared_words(members),
        "ids": [name for name, _ in rows],
        "filled": [
            {"id": name, "blanks": [column.cells[place] for column in columns if column.kind == "filled"]}
            for place, (name, _) in enumerate(shown)
        ],
    }
