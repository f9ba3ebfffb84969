"""A sitting over doubtful pairs."""

from __future__ import annotations

from pathlib import Path

from upriver.case import journal
from upriver.case.journal import Decision
from upriver.review.deck import Deck, Doubt
from upriver.review.sitting import Sitting

ACCEPT, REJECT = "same", "different"


class Session(Sitting[tuple[str, str]]):
    """Pairs of entity_ids: one or two."""

    def __init__(self, home: Path, deck: Deck, who: str) -> None:
        super().__init__(home, who)
        self.deck = deck

    def open(self) -> list[Doubt]:
        """Pairs that are still to be looked at, the next one first."""
        return self.deck.open(journal.read(self.home)[0], self.skipped)

    def decide(self, doubt: Doubt, kind: str, why: str = "") -> Decision:
        """Write `same` or `different` on a pair; without a reason of the analyst's own, the machine's stands for it."""
        reason = why.strip() or f"seen side by side: {doubt.reason}"
        made = journal.append(self.home, kind, doubt.left_id, doubt.right_id, who=self.who, why=reason)
        self.made.append((made, (doubt.left_id, doubt.right_id)))
        return made

    def counts(self) -> tuple[int, int, int]:
        """Accepted, rejected, skipped."""
        kinds = [decision.kind if decision else "" for decision, _ in self.made]
        return kinds.count(ACCEPT), kinds.count(REJECT), kinds.count("")
