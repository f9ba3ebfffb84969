"""The entries of a ledger: tellings reconciled, how the entries stand to each other, and the rows of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from upriver.crackdown import conflicts, origins, relations
from upriver.crackdown.ledger import action_id, reconcile, rows
from upriver.crackdown.rulings import NO_RULINGS, Rulings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from upriver.crackdown.actions import Action
    from upriver.crackdown.params import CrackdownParams
    from upriver.crackdown.telling import Telling
    from upriver.crackdown.ties import Relation


@dataclass(frozen=True, slots=True)
class Entries:
    """ids: action_id of each of `actions`; tied: relations, which name actions by their place among them."""

    actions: Sequence[Action]
    ids: Sequence[str]
    tied: Sequence[Relation]

    @property
    def told(self) -> list[tuple[Telling, str]]:
        """Each telling of a whole with the id of its entry.

        A part (leaders among those handed over) stands on the tellings of its whole: its tellings are told there.
        """
        return [
            (telling, name)
            for action, name in zip(self.actions, self.ids, strict=True)
            if not action.is_part
            for telling in action.tellings
        ]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of the tables `action`, `telling`, `conflict` and `relation`."""
        against = {
            str(row["conflict_id"]): row
            for action, name in zip(self.actions, self.ids, strict=True)
            for row in conflicts.rows(name, action.conflicts)
        }
        return {
            "action": rows(self.actions),
            "telling": origins.rows(self.told),
            "conflict": list(against.values()),
            "relation": relations.rows(self.tied, self.ids),
        }


def entries(tellings: Iterable[Telling], params: CrackdownParams, decided: Rulings = NO_RULINGS) -> Entries:
    """Tellings reconciled, with their relations, and what these leave to be counted."""
    actions = reconcile(tellings, params, decided)
    tied = relations.relations(actions, params)
    settled = relations.settled(actions, tied)
    return Entries(settled, [action_id(action) for action in settled], tied)
