"""One sitting of an analyst: what was decided, skipped, taken back; each decision is in the journal at once."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Generic, TypeVar

from upriver.case import journal
from upriver.case.journal import Decision

Asked = TypeVar("Asked", bound=Hashable)


class Sitting(Generic[Asked]):
    """`who` decides. Nothing is kept here that the journal does not hold, but for what was skipped.

    made  what was decided, None for a skip, and of what, in order
    """

    def __init__(self, home: Path, who: str) -> None:
        self.home, self.who = home, who
        self.made: list[tuple[Decision | None, Asked]] = []
        self.skipped: set[Asked] = set()

    def pass_over(self, asked: Asked) -> None:
        """Leave it for another day: nothing is written."""
        self.skipped.add(asked)
        self.made.append((None, asked))

    def undo(self) -> str:
        """Take back the last decision or skip of this sitting; returns what it was, or "" where there is none."""
        if not self.made:
            return ""
        decision, asked = self.made.pop()
        if decision is None:
            self.skipped.discard(asked)
            return "the skip"
        withdraw(self.home, decision.decision_id, self.who)
        return f"the {decision.kind} {decision.value}" if decision.value else f"the decision {decision.kind}"

    def aside(self, key: str, asked: Asked, told: str, more: str) -> tuple[str, bool]:
        """What a key that decides nothing does, in words, and whether another comes: skip, undo, help, a slip.

        told  what the keys are; more: the same at length
        """
        if key == "s":
            self.pass_over(asked)
            return "skipped", True
        if key == "u":
            gone = self.undo()
            return (f"taken back: {gone}", True) if gone else ("nothing of this sitting to take back", False)
        return (more, False) if key == "?" else (f"{key!r} is none of: {told}", False)


def withdraw(home: Path, decision_id: str, who: str) -> Decision:
    """Take a decision back by a line more: the journal is only ever added to."""
    return journal.append(home, "withdraw", decision_id, who=who, why="taken back in the same sitting")
