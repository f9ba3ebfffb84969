"""Contacts on a terminal, key by key; or through a pipe, line by line: the same words either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upriver.case.store import Case
from upriver.errors import JournalError
from upriver.report.figures import counted
from upriver.report.masking import Masks
from upriver.review.contact import Line, shown
from upriver.review.keys import keys, lines, say, sitting
from upriver.review.labelling import Labelling
from upriver.review.queue import Asked

if TYPE_CHECKING:
    from rich.console import Console

KEYS = "c scam contact  l lure  n neither  s skip  u undo  q quit  ? help"
_HELP = """\
c  a scam contact. The label goes into the journal at once and counts from the next `upriver investigate`.
l  a lure into scam work.
n  neither.
s  skip: nothing is written; the contact comes again another day.
u  undo: take back the last label or skip of this sitting.
q  quit. What is labelled stands.
C, L and N ask for a reason of your own, C also for the kind; through a pipe they stand after the letter:
`c:romance she never met him`."""
_ASKING = {"C": ("Kind (empty: as it was read)", "Why"), "L": ("Why",), "N": ("Why",)}
_LABELS = {"c": "scam", "l": "lure", "n": "neither"}
_WORDS = {"scam": "c", "contact": "c", "lure": "l", "neither": "n", "skip": "s", "undo": "u", "quit": "q", "help": "?"}


def sit(session: Labelling, case: Case, hidden: Masks, most: int | None = None) -> None:
    """Go through the contacts until none is left, `most` are done, or the analyst quits; end of input quits."""
    console, talks = sitting()
    answers = keys(console, KEYS, _ASKING) if talks else lines(_WORDS)
    seen = ""
    while most is None or len(session.made) < most:
        left = session.open()
        if not left:
            say(console, "no contact is left to look at")
            break
        asked = left[0]
        if seen != asked.record_id:
            _show(console, case, hidden, asked, len(session.made) + 1, len(left))
            seen = asked.record_id
        key, why = next(answers, ("q", ""))
        if key == "q":
            break
        said, moved = _answer(session, asked, key, why)
        seen = "" if moved else seen
        say(console, said)
    counts = session.counts()
    say(console, ", ".join(f"{n:,} {name}" for name, n in counts.items()))
    if sum(counts.values()) > counts["skipped"]:
        say(console, f"they count from the next run: upriver investigate {case.folder}")


def _answer(session: Labelling, asked: Asked, key: str, why: str) -> tuple[str, bool]:
    """What was done, and whether another contact comes."""
    name, _, kind = key.partition(":")
    name = _WORDS.get(name, name)
    if name in _LABELS:
        value = f"{_LABELS[name]}:{kind}" if kind else _LABELS[name]
        try:
            made = session.label(asked, value, why)
        except JournalError as error:
            return f"not written: {error}", False
        return f"{value}: written as {made.decision_id}", True
    return session.aside(name, asked.record_id, KEYS, _HELP)


def _show(console: Console, case: Case, hidden: Masks, asked: Asked, number: int, n_left: int) -> None:
    seen = shown(case, hidden, asked)
    console.print()
    say(console, f"Contact {number:,}, {counted(n_left, 'contact')} left: {in_words(asked)}")
    say(console, f"Why look: {'; '.join(seen.reasons)}")
    if seen.signs:
        say(console, f"Signs: {'; '.join(seen.signs)}")
    parts = [f"{seen.path}, {seen.locator} ({seen.form})", seen.at, f"from {seen.who}" if seen.who else ""]
    say(console, ", ".join(part for part in [*parts, f"to {seen.to}" if seen.to else ""] if part))
    for line in seen.before:
        say(console, f"    {_line(line)}")
    for line_of_text in seen.text.split("\n"):
        say(console, f"  > {line_of_text}")
    for line in seen.after:
        say(console, f"    {_line(line)}")


def _line(line: Line) -> str:
    return f"{line.at} {line.who}: {' '.join(line.text.split())}".strip()


def in_words(asked: Asked) -> str:
    """How the machine reads a contact."""
    together = " with the rest of its talk" if asked.medium == "thread" else ""
    told = [f"{asked.label}{together} by the {asked.label_by or 'word lists'}", f"{asked.score:.2f} likely"]
    told += [part.replace("_", " ") for part in (asked.kind, asked.stage) if part]
    return ", ".join([asked.medium, *told])
