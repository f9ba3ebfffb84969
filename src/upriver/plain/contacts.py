"""`upriver contacts` and `upriver adverts`: texts in, for each of them one line of what it is read as, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from upriver.errors import EvidenceError
from upriver.extract.contact_model import ContactModel
from upriver.extract.contact_reader import Reading, readings
from upriver.extract.contacts import read_turns
from upriver.plain.outputs import file_of, lines_to, not_read
from upriver.plain.refusals import Refusals
from upriver.plain.texts import Refused
from upriver.plain.threads import Thread, threads
from upriver.report.figures import counted

NOT_TOLD = "not enough to say"
_CHUNK = 1_000
_WHY = 12  # signs told of one text
_MODEL = "words that weigh in the model"


@dataclass(slots=True)
class Count:
    """How many texts were read, by label; lines refused."""

    labels: Counter[str] = field(default_factory=Counter)
    rejected: int = 0

    @property
    def texts(self) -> int:
        return self.labels.total()

    def as_text(self) -> str:
        """One line for a person."""
        told = ", ".join(f"{n:,} {label}" for label, n in self.labels.most_common())
        return (
            f"{counted(self.texts, 'text')}: {told or 'none'}; {self.rejected:,} rejected. "
            "A flag is a reason to look, never proof"
        )


def label(
    source: Path, out: Path | None, tell: Callable[[str], None], model: ContactModel | None = None, *, adverts: bool
) -> Count:
    """Write one line for each row of `source` to `out`, None for standard output.

    tell     takes each line for the reader of the terminal
    model    one trained for the same task (`upriver train`), read beside the word lists
    raises   EvidenceError when `source` cannot be read at all, or the model is of the other task; ExportError when
             `out` cannot be written
    """
    task = "adverts" if adverts else "contacts"
    if model is not None and model.task != task:
        raise EvidenceError(f"the model is one for {model.task}; train one for {task}: upriver train {task}")
    not_read(out, source)
    file = file_of(out)  # where it is none, all that is rejected is told
    refusals = Refusals(tell, file.with_name(f"{file.name}.rejected.csv") if file else None)
    count = Count()
    lines_to(out, _lines(threads(source, adverts=adverts), model, count, refusals, adverts=adverts))
    refusals.end()
    count.rejected = len(refusals)
    return count


def _lines(
    items: Iterator[Thread | Refused], model: ContactModel | None, count: Count, refusals: Refusals, *, adverts: bool
) -> Iterator[str]:
    """A line for each thread, many read at once; `count` and `refusals` are filled."""
    told = _readable(items, refusals)
    while read := list(islice(told, _CHUNK)):
        for row in rows(read, model, adverts=adverts):
            count.labels[str(row["label"])] += 1
            yield json.dumps(row, ensure_ascii=False) + "\n"


def _readable(items: Iterator[Thread | Refused], refusals: Refusals) -> Iterator[Thread]:
    for item in items:
        if isinstance(item, Refused):
            refusals.add(item)
        else:
            refusals.doubt(item.line, item.doubts)
            yield item


def rows(read: Sequence[Thread], model: ContactModel | None, *, adverts: bool) -> list[dict[str, object]]:
    """What each thread is read as: id, score, label, kind, stage, stages, why."""
    contacts = [read_turns(thread.turns, advert=adverts) for thread in read]
    told = readings(contacts, [thread.text for thread in read], model, advert=adverts)
    return [_row(thread, reading, model) for thread, reading in zip(read, told, strict=True)]


def _row(thread: Thread, reading: Reading, model: ContactModel | None) -> dict[str, object]:
    contact, kind = reading.contact, reading.kind
    label = NOT_TOLD if reading.label == "unsure" else reading.label
    why = [
        {"sign": name, "words": " ".join(words.split())}
        for name, words in zip(contact.names[:_WHY], contact.cues, strict=False)
    ]
    if model is not None and reading.told is not None:
        label = reading.told
        if not model.positive[model.labels.index(label)]:
            kind = None  # the label of an ordinary text stands beside no kind of scam
        words = model.words(reading.text) if reading.value > 0 else ()
        why += [{"sign": _MODEL, "words": word} for word in words]
    if not contact.names and not any(char.isalnum() for char in thread.text):
        why = [{"sign": "no words to read", "words": ""}]
    return {
        "id": thread.id, "score": reading.score, "label": label, "kind": kind, "stage": contact.stage,
        "stages": list(contact.stages), "why": why,
    }  # fmt: skip
