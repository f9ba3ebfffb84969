"""One sitting of an analyst: pairs decided, skipped, taken back; each decision is in the journal at once."""

from __future__ import annotations

from pathlib import Path

from upriver.case import journal
from upriver.case.journal import Decision
from upriver.review.deck import Deck, Doubt

ACCEPT, REJECT = "same", "different"


class Session:
    """`who` decides. Nothing is kept here that the journal does not hold, but for what was skipped."""

    def __init__(self, home: Path, deck: Deck, who: str) -> None:
        self.home, self.deck, self.who = home, deck, who
        self.made: list[tuple[Decision | None, tuple[str, str]]] = []
        self._skipped: set[tuple[str, str]] = set()

    def open(self) -> list[Doubt]:
        """Pairs that are still to be looked at, the next one first."""
        return self.deck.open(journal.read(self.home)[0], self._skipped)

    def decide(self, doubt: Doubt, kind: str, why: str = "") -> Decision:
        """Write `same` or `different` on a pair; without a reason of the analyst's own, the machine's stands for it."""
        reason = why.strip() or f"seen side by side: {doubt.reason}"
        made = journal.append(self.home, kind, doubt.left_id, doubt.right_id, who=self.who, why=reason)
        self.made.append((made, (doubt.left_id, doubt.right_id)))
        return made

    def skip(self, doubt: Doubt) -> None:
        """Leave a pair for another day: nothing is written."""
        pair = (doubt.left_id, doubt.right_id)
        self._skipped.add(pair)
        self.made.append((None, pair))

    def undo(self) -> str:
        """Take back the last decision or skip of this sitting; returns what it was, or "" where there is none."""
        if not self.made:
            return ""
        decision, pair = self.made.pop()
        if decision is None:
            self._skipped.discard(pair)
            return "the skip"
        withdraw(self.home, decision.decision_id, self.who)
        return f"the decision {decision.kind}"

    def counts(self) -> tuple[int, int, int]:
        """Accepted, rejected, skipped."""
        kinds = [decision.kind if decision else "" for decision, _ in self.made]
        return kinds.count(ACCEPT), kinds.count(REJECT), kinds.count("")


def withdraw(home: Path, decision_id: str, who: str) -> Decision:
    """Take a decision back by a line more: the journal is only ever added to."""
    return journal.append(home, "withdraw", decision_id, who=who, why="taken back in the same sitting")
