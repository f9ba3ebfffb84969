"""What analysts labelled in cases, as texts to train on: each with the case as its source."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from upriver.case import journal
from upriver.case.store import Case
from upriver.extract.contact_labels import Label
from upriver.extract.contact_texts import ADVERT, text_id, texts_of, turns
from upriver.plain.threads import Thread
from upriver.report.figures import counted


@dataclass(slots=True)
class Corrections:
    """Labelled texts of cases for one task.

    threads  one for each text, by its last label
    words    text_id -> label of it
    card     case -> its texts, their labels, a hash of both
    """

    threads: list[Thread] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)


def corrections(task: str, cases: Sequence[Path], tell: Callable[[str], None]) -> Corrections:
    """The labels that stand in the journals of cases, with their texts.

    raises  CaseError when there is no such case; JournalError when its journal cannot be read
    """
    found: dict[str, tuple[str, Thread]] = {}  # text_id -> when it was labelled, and the text
    read = Corrections()
    names: Counter[str] = Counter()
    for home in cases:
        name = home.resolve().name.removesuffix(".upriver")
        names[name] += 1
        name = name if names[name] == 1 else f"{name} ({names[name]})"
        mine = _of_case(task, home, name, tell)
        told = [[thread.id, thread.label] for _, thread in mine.values()]
        read.card[name] = {
            "texts": len(told),
            "labels": dict(sorted(Counter(str(label) for _, label in told).items())),
            "sha256": hashlib.sha256(json.dumps(told).encode()).hexdigest(),
        }
        for words, (at, thread) in mine.items():
            known = found.get(words)
            if known is not None and known[1].label != thread.label:
                tell(f"{name}: a text is labelled otherwise in {known[1].source}; the later label counts")
            if known is None or known[0] <= at:
                found[words] = at, thread
    read.threads = [thread for _, thread in found.values()]
    read.words = {words: str(thread.label) for words, (_, thread) in found.items()}
    return read


def _of_case(task: str, home: Path, name: str, tell: Callable[[str], None]) -> dict[str, tuple[str, Thread]]:
    """text_id -> when and as what a text of a case was labelled last."""
    with Case.open(home, read_only=True) as case:
        decisions, notices = journal.read(home)
        for notice in notices:
            tell(f"{name}: {notice}")
        last = {one.subject_id: one for one in decisions if one.kind == "label"}
        texts = texts_of(case, last)
    found: dict[str, tuple[str, Thread]] = {}
    for line, (record, one) in enumerate(sorted(last.items(), key=lambda pair: (pair[1].decided_at, pair[0])), 1):
        medium, text = texts.get(record, ("", ""))
        if text and (medium == ADVERT) == (task == "adverts"):
            label = Label.of(one.value or "").label
            thread = Thread(record, tuple(turns(medium, text)), line, label=label, source=f"case {name}")
            words = text_id(thread.text)
            found.pop(words, None)
            found[words] = one.decided_at, thread
    unknown = len(last.keys() - texts.keys())
    if unknown:
        tell(f"{name}: {counted(unknown, 'label')} of records that the case does not know: left out")
    if not found:
        tell(f"{name}: no label of its journal is about {task}: decide some with upriver review --contacts")
    return found
