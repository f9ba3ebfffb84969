"""Tickets: who travelled as a party, on one booking or again and again, and two coaches full of strangers."""

from __future__ import annotations

from pathlib import Path

from upriver.simulate.branches import Branches
from upriver.simulate.dice import Dice
from upriver.simulate.people import Person
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.tables import moment, write_table

TOLD = {"van_bookings.csv": ('time_zone = "Asia/Bangkok"',), "coach_passengers.csv": ('time_zone = "Asia/Bangkok"',)}
_FAMILIES = (2, 3, 4, 2)
_COACHES = (32, 24)  # strangers on each


class Journeys:
    """Writes van bookings and passenger lists of coaches; then `taken` is known: (journey, person, party or "")."""

    def __init__(self, folder: Path, seed: int, cast: Cast, branches: Branches) -> None:
        self.cast, self.dice = cast, Dice(seed, "journeys")
        self.taken: list[tuple[str, Person, str]] = []
        if not branches.branches:
            return
        at = {name: one.people for name, one in branches.branches.items()}
        self._write_vans(folder, at)
        self._write_coaches(folder, at["steady"][0], at["pause_short"][1], at["harvest"][2], at["season"][3])

    def _day(self, share: float) -> int:
        return int(share * (self.cast.end - self.cast.start) / DAY)

    def _strangers(self, count: int) -> list[Person]:
        country = self.cast.preset.zones[0].country
        return [self.cast.person("innocent", country) for _ in range(count)]

    def _write_vans(self, folder: Path, at: dict[str, list[Person]]) -> None:
        """A van that runs to the border and back in a day for a stamp: the floors' people, and families."""
        dice = self.dice
        parties = [at["moved_owner"][:5], at["moved_owner"][:3], at["pause_long"][1:5], at["into_script"][:3]]
        parties += [self._strangers(size) for size in _FAMILIES]
        rows: list[list[object]] = []
        for party in parties:
            code = self.cast.numbers.code("AAA999")
            day = self._day(dice.number(0.35, 0.9))
            leaves = moment(self.cast.start + day * DAY + dice.whole(0, 4) * 3_600, 7, "%Y-%m-%d %H:%M")
            for person in party:
                phone = person.show("phone", person.phones[0]) if dice.chance(0.4) else ""
                name = person.write(person.name.latin)
                rows.append([code, name, person.document, phone, self.cast.preset.zones[0].place, "border", leaves])
                self.taken.append((f"booking {code}", person, code))
        header = ("Booking Ref", "Passenger", "Passport No", "Phone", "From", "To", "Departure")
        write_table(folder / "van_bookings.csv", header, dice.shuffled(rows))

    def _write_coaches(self, folder: Path, one: Person, other: Person, alone: Person, apart: Person) -> None:
        """Two days of a coach line: one pair sits on it both times, two who know nobody sit among the strangers."""
        dice, rows = self.dice, []
        for number, size in enumerate(_COACHES):
            day = self._day(0.45 + 0.2 * number)
            pair = [(one, "coach pair"), (other, "coach pair")]
            aboard = pair + [(person, "") for person in [(alone, apart)[number], *self._strangers(size)]]
            for person, party in dice.shuffled(aboard):
                leaves = moment(self.cast.start + day * DAY, 7, "%Y-%m-%d %H:%M")
                seat, place = dice.whole(1, 44), self.cast.preset.zones[0].place
                rows.append(["CX 118", seat, person.write(person.name.latin), person.document, place, leaves])
                self.taken.append((f"coach {number + 1}", person, party))
        header = ("Bus No", "Seat", "Passenger", "Passport No", "From", "Departure")
        write_table(folder / "coach_passengers.csv", header, rows)
