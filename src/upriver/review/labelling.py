"""One sitting of an analyst over contacts: labelled, skipped, taken back; each label is in the journal at once."""

from __future__ import annotations

from pathlib import Path

from upriver.case import journal
from upriver.case.journal import Decision
from upriver.model.contacts import LABELS
from upriver.review.queue import Asked, Queue
from upriver.review.session import withdraw


class Labelling:
    """`who` labels. Nothing is kept here that the journal does not hold, but for what was skipped."""

    def __init__(self, home: Path, queue: Queue, who: str) -> None:
        self.home, self.queue, self.who = home, queue, who
        self.made: list[tuple[Decision | None, str]] = []
        self._skipped: set[str] = set()

    def open(self) -> list[Asked]:
        """Contacts that are still to be looked at, the next one first."""
        return self.queue.open(journal.read(self.home)[0], self._skipped)

    def label(self, asked: Asked, value: str, why: str = "") -> Decision:
        """Write a label (scam, lure, neither; scam:KIND) on a contact and on all records of its words.

        raises  JournalError when the value is none, or the journal cannot be written
        """
        made = label(self.home, asked, value, self.who, why)
        self.made.append((made, asked.record_id))
        return made

    def skip(self, asked: Asked) -> None:
        """Leave a contact for another day: nothing is written."""
        self._skipped.add(asked.record_id)
        self.made.append((None, asked.record_id))

    def undo(self) -> str:
        """Take back the last label or skip of this sitting; returns what it was, or "" where there is none."""
        if not self.made:
            return ""
        decision, record = self.made.pop()
        if decision is None:
            self._skipped.discard(record)
            return "the skip"
        withdraw(self.home, decision.decision_id, self.who)
        return f"the label {decision.value}"

    def counts(self) -> dict[str, int]:
        """How many were labelled scam, lure, neither; how many skipped."""
        said = [(decision.value or "").partition(":")[0] if decision else "skipped" for decision, _ in self.made]
        return {name: said.count(name) for name in (*LABELS, "skipped")}


def label(home: Path, asked: Asked, value: str, who: str, why: str = "") -> Decision:
    """Write a label on a contact; without a reason of the analyst's own, why it was asked stands for it.

    raises  JournalError when the value is none, or the journal cannot be written
    """
    reason = why.strip() or f"read in the queue: {'; '.join(asked.reasons)}"
    return journal.append(home, "label", asked.record_id, asked.other, value, who=who, why=reason)
