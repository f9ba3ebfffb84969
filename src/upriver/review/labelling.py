"""A sitting over contacts: scam, lure or neither."""

from __future__ import annotations

from pathlib import Path

from upriver.case import journal
from upriver.case.journal import Decision
from upriver.model.contacts import LABELS
from upriver.review.queue import Asked, Queue
from upriver.review.sitting import Sitting


class Labelling(Sitting[str]):
    """Records of contacts, each asked for all of its words."""

    def __init__(self, home: Path, queue: Queue, who: str) -> None:
        super().__init__(home, who)
        self.queue = queue

    def open(self) -> list[Asked]:
        """Contacts that are still to be looked at, the next one first."""
        return self.queue.open(journal.read(self.home)[0], self.skipped)

    def label(self, asked: Asked, value: str, why: str = "") -> Decision:
        """Write a label (scam, lure, neither; scam:KIND) on a contact and on all records of its words.

        raises  JournalError when the value is none, or the journal cannot be written
        """
        made = label(self.home, asked, value, self.who, why)
        self.made.append((made, asked.record_id))
        return made

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
