"""The hand that writes lists: where, with which chance, and how it spells a person's name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from upriver.simulate.dice import Dice
from upriver.simulate.people import Person
from upriver.simulate.syndicate import Cast


@dataclass(frozen=True, slots=True)
class Clerk:
    """Writes into `folder` about `cast`."""

    folder: Path
    cast: Cast
    dice: Dice

    def spell(self, person: Person, how: str = "any") -> str:
        """The person's name as this list writes it (`how` as in Names.spelled); noted as a name that is seen."""
        return person.write(self.cast.names.spelled(person.name, how))
