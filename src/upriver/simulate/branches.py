"""Branch floors in other towns: stopped by a raid for a known time or for good, moved on, or quiet for other reasons.

Everything here is drawn from streams of its own and stands in files of its own, after all else is written: a case with
branches holds the same bytes in its other files as one without. Days count from the beginning of the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar, fill
from upriver.simulate.identifiers import dialled, tron
from upriver.simulate.people import Person
from upriver.simulate.presets import Zone
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.tables import moment, write_lines, write_table

# never: silent for good; back: silent for `Branch.days`; went_on: no pause; unseen: its records end; season: it had
# fallen before the raid; "": not raided.
Fate = Literal["never", "back", "went_on", "unseen", "season", ""]
# One branch of each, in the order of a preset's branch towns.
FATES: tuple[tuple[str, Fate], ...] = (
    ("moved_owner", "never"), ("into_owner", ""), ("moved_script", "never"), ("into_script", ""), ("season", "season"),
    ("harvest", ""), ("grower", ""), ("pause_short", "back"), ("pause_long", "back"), ("steady", "went_on"),
    ("records_end", "unseen"),
)  # fmt: skip
# Days before the end of the evidence on which each was raided, give or take three.
_RAIDS = {
    "moved_owner": 118, "moved_script": 96, "season": 106, "pause_short": 142, "pause_long": 130, "steady": 112,
    "records_end": 86,
}  # fmt: skip
_FLOOR = 6  # people of one floor
_BUSY, _IDLE = 2.2, 0.4  # acts a day
_STRAY = 0.08  # of a floor that stopped: somebody's telephone is still used
_SLOW = 5  # days over which a floor that comes back works at half its rate
_BEFORE, _AFTER = 46, 66  # days around a raid that the evidence holds of a branch
_TRIES = 5  # the acts of one day at most
# Lines that a floor's people write to a lead, one after the other.
_SCRIPT = ("open", "excuse", "gains", "pay", "squeeze")
_STREETS = ("Market Road", "Station Street", "Canal Lane", "Pagoda Road", "Old Bridge Street")
_UNITS = ("floor 1", "floor 2", "HR", "kitchen", "floor 1", "floor 2")
_CALLS_FILE, _SHORT_FILE = "cdr_highland.csv", "cdr_lakeside.csv"
_CALLS_HEADER = ("Calling Number", "Called Number", "Call Start", "Duration (s)", "IMEI", "Cell")
_PAPERS = ("Riverbank Daily", "Hill Post", "Monsoon Times")
# What the files of the branches do not tell of themselves: file -> lines of case.toml.
TOLD = {
    _CALLS_FILE: ('time_zone = "Asia/Bangkok"',),
    _SHORT_FILE: ('time_zone = "Asia/Bangkok"',),
    "branch_phones.csv": ('time_zone = "Asia/Bangkok"',),
    "usdt_dues.csv": ('time_zone = "UTC"',),
    "branch_wallets.csv": ('time_zone = "Asia/Bangkok"',),
}


@dataclass(slots=True)
class Branch:
    """A floor in one town.

    firm    its company in the register, English and Chinese; owner: the firm that holds it
    raided  day of the raid, None where there was none
    days    days of silence after it, None where it never spoke again or nobody can tell
    rates   (first day, day after the last, acts a day)
    """

    name: str
    zone: Zone
    firm: tuple[str, str]
    owner: str
    fate: Fate
    raided: int | None
    people: list[Person]
    joined: dict[str, int] = field(default_factory=dict)
    days: int | None = None
    rates: list[tuple[int, int, float]] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)

    def rate(self, day: int) -> float:
        """Acts on a day, about."""
        return next((rate for first, last, rate in self.rates if first <= day < last), 0.0)


@dataclass(frozen=True, slots=True)
class Move:
    """Two branches of which one rose about when the other fell; `moved`: it is one floor that went there."""

    source: Branch
    target: Branch
    moved: bool
    shared: str


class Branches:
    """Writes the files of the branches; then `branches`, `moves` and the news that tells of their raids are known."""

    def __init__(self, evidence: Path, seed: int, cast: Cast) -> None:
        self.cast, self.dice = cast, Dice(seed, "branches")
        self.branches: dict[str, Branch] = {}
        self.moves: list[Move] = []
        self.messages = self.calls = self.transfers = 0
        if len(cast.preset.branches) < len(FATES):
            return
        self._found()
        self._handsets = {
            person.code: cast.numbers.code("35777799999999") for one in self.branches.values() for person in one.people
        }
        self._write_rosters(evidence / "sites")
        self._write_register(evidence / "sites")
        acts = self._acts()
        self._write_calls(evidence / "calls", acts)
        self._write_phones(evidence / "chats", acts)
        self._write_dues(evidence)
        self._write_news(evidence)

    @property
    def n_passages(self) -> int:
        """Passages of news that tell of them."""
        return sum(len(one.passages) for one in self.branches.values())

    # ---- what happened ---------------------------------------------------------------------------------------
    def _found(self) -> None:
        cast, dice = self.cast, self.dice
        last = (cast.end - cast.start) // DAY
        raids = {name: last - before + dice.whole(-3, 3) for name, before in _RAIDS.items()}
        owners = {name: cast.names.firm()[0] for name, _ in FATES}
        owners["into_owner"], owners["grower"] = owners["moved_owner"], owners["moved_script"]
        for (name, fate), zone in zip(FATES, cast.preset.branches, strict=False):
            people = [cast.person("worker", dice.pick((zone.country, "CN", "VN"))) for _ in range(_FLOOR)]
            made = Branch(name, zone, cast.names.firm(), owners[name], fate, raids.get(name), people)
            made.joined = {person.code: dice.whole(-200, -5) for person in people}
            self.branches[name] = made
        at = self.branches
        fell, left = raids["moved_owner"], raids["moved_script"]
        reopened, arrived = fell + dice.whole(5, 9), left + dice.whole(6, 10)
        # Two of the second floor go along: on both rosters, with the days on which they came.
        for person in at["moved_script"].people[:2]:
            at["into_script"].people.append(person)
            at["into_script"].joined[person.code] = arrived
        at["into_script"].people[:2] = []
        at["pause_short"].days, at["pause_long"].days = dice.whole(9, 16), dice.whole(26, 40)
        for one in at.values():
            one.rates = self._rates(one)
        at["into_owner"].rates = self._rise(fell, reopened)
        at["into_script"].rates = self._rise(left, arrived)
        # Busy for a season, with owners of its own, just when the first floor falls silent.
        at["harvest"].rates = self._rise(fell, fell + dice.whole(2, 6))
        # Of the second floor's owner, and grown before anybody raided that.
        at["grower"].rates = self._rise(left, left - dice.whole(12, 15))
        self.moves = [
            Move(at["moved_owner"], at["into_owner"], True, "owner, wallet"),
            Move(at["moved_script"], at["into_script"], True, "script, people, handsets"),
            Move(at["moved_owner"], at["harvest"], False, "nothing: a season, other owners"),
            Move(at["season"], at["into_owner"], False, "a shop that many pay: it had fallen before its raid"),
            Move(at["moved_script"], at["grower"], False, "owner: it had risen before the raid"),
        ]

    def _rates(self, one: Branch) -> list[tuple[int, int, float]]:
        day = one.raided
        if day is None:
            return []
        first, last = day - _BEFORE, day + _AFTER
        before, gone = (first, day, _BUSY), (day + 1, last, _STRAY)
        if one.fate == "back" and one.days is not None:
            back = day + 1 + one.days
            return [before, (day + 1, back, _STRAY), (back, back + _SLOW, _BUSY / 2), (back + _SLOW, last, _BUSY)]
        if one.fate == "went_on":
            return [(first, last, _BUSY)]
        if one.fate == "season":
            return [(first, day - self.dice.whole(14, 18), _BUSY), (day - 14, last, _IDLE)]
        # Of the last kind the floor goes on, and nobody may see it: `_write_calls` cuts its records off.
        return [(first, last, _BUSY)] if one.fate == "unseen" else [before, gone]

    def _rise(self, day: int, at: int) -> list[tuple[int, int, float]]:
        return [(day - _BEFORE, at, _IDLE), (at, day + _AFTER, _BUSY)]

    def _acts(self) -> list[tuple[int, Branch, Person]]:
        """Seconds, branch and person of everything that a branch was seen to do, in time order."""
        cast, dice, acts = self.cast, self.dice, []
        for one in self.branches.values():
            first, last = one.rates[0][0], min(one.rates[-1][1], (cast.end - cast.start) // DAY)
            starts = {first for first, _, rate in one.rates[1:] if rate >= _BUSY / 2}
            for day in range(first, last):
                n = sum(dice.chance(one.rate(day) / _TRIES) for _ in range(_TRIES))
                for _ in range(max(n, int(day in starts))):
                    at = cast.start + day * DAY + int(dice.number(1, 14) * 3_600)  # the working day, UTC
                    acts.append((at, one, self._who(one, day)))
        return sorted(acts, key=lambda act: (act[0], act[1].name, act[2].code))

    def _who(self, one: Branch, day: int) -> Person:
        return self.dice.pick([person for person in one.people if one.joined[person.code] <= day])

    # ---- files -----------------------------------------------------------------------------------------------
    def _day(self, day: int) -> str:
        return moment(self.cast.start + day * DAY, 0, "%Y-%m-%d")

    def _write_rosters(self, folder: Path) -> None:
        """What a bookkeeper kept: who sits on which floor since when. Nobody's superior is named."""
        rows: list[list[object]] = []
        for one in self.branches.values():
            for seat, person in enumerate(one.people):
                person.show("telegram", "@" + person.handle)
                phone = dialled(person.show("phone", person.phones[0]), self.dice)
                name = person.write(person.name.latin)
                joined = self._day(one.joined[person.code])
                unit = _UNITS[seat % len(_UNITS)]
                rows.append([one.zone.compounds[0][0], one.firm[0], name, "@" + person.handle, phone, unit, joined])
        header = "Site|Company|Name|Handle|Phone|Unit|Joined"
        write_table(folder / "branch_rosters.csv", header.split("|"), self.dice.shuffled(rows))

    def _write_register(self, folder: Path) -> None:
        """Firms hold firms: who stands behind the holder, no register of these towns tells."""
        cast, dice, rows = self.cast, self.dice, []
        numbers = {one.owner: cast.numbers.code("99999999") for one in self.branches.values()}
        for one in self.branches.values():
            registered = (cast.last_day - timedelta(days=dice.whole(400, 1_500))).isoformat()
            address = f"{dice.whole(2, 180)} {dice.pick(_STREETS)}, {one.zone.place}"
            names = [cast.numbers.code("99999999"), *one.firm, registered, one.zone.country, address]
            rows.append([*names, one.owner, numbers[one.owner], "shareholder", 100])
        header = (
            "Company No|Company Name|Other Name|Registered On|Country|Address|Officer Name|Officer ID|Position|Share %"
        )
        write_table(folder / "branch_register.csv", header.split("|"), dice.shuffled(rows))

    def _write_calls(self, folder: Path, acts: list[tuple[int, Branch, Person]]) -> None:
        """Two operators: what one handed over runs to the end, what the other did stops some days after a raid."""
        cast, dice = self.cast, self.dice
        short = self.branches["records_end"]
        ends = cast.start + ((short.raided or 0) + dice.whole(3, 5)) * DAY
        into, source = self.branches["into_script"], self.branches["moved_script"]
        # A floor that moves takes its handsets along, with new cards in them.
        device = dict(self._handsets)
        for new, old in zip(into.people[:2], source.people[2:4], strict=True):
            device[new.code] = self._handsets[old.code]
        leads = {name: [cast.numbers.phone(one.zone.country) for _ in range(9)] for name, one in self.branches.items()}
        rows: dict[str, list[list[object]]] = {_CALLS_FILE: [], _SHORT_FILE: []}
        for at, one, person in acts:
            file = _SHORT_FILE if one is short else _CALLS_FILE
            if self._written(at, one) or (file == _SHORT_FILE and at >= ends):
                continue
            callee = dice.pick(leads[one.name])
            cell = f"520-07-{int(one.zone.compounds[0][0].encode().hex(), 16) % 4_000:04d}"
            seconds = 0 if dice.chance(0.2) else dice.whole(8, 400)
            rows[file].append([person.phones[0], callee, moment(at, 7), seconds, device[person.code], cell])
        first = cast.start + ((short.raided or 0) - _BEFORE) * DAY
        neighbours = [cast.numbers.phone(short.zone.country) for _ in range(12)]
        for _ in range(60):
            # Other customers, whom the same answer of the operator holds: it shows up to when it runs.
            one_end, other = dice.some(neighbours, 2)
            at = first + int(dice.number(0, 1) * (ends - first))
            rows[_SHORT_FILE].append([one_end, other, moment(at, 7), dice.whole(5, 300), "", "520-07-0001"])
        rows[_SHORT_FILE].append([neighbours[0], neighbours[1], moment(ends - 3_600, 7), 20, "", "520-07-0001"])
        for file, told in rows.items():
            write_table(folder / file, _CALLS_HEADER, sorted(told, key=lambda row: str(row[2])))
        self.calls = sum(len(told) for told in rows.values())

    def _written(self, at: int, one: Branch) -> bool:
        """Whether an act is a message of the script rather than a call: one in three, on the floors that share it."""
        return one.name in ("moved_script", "into_script") and at // 60 % 3 == 0

    def _write_phones(self, folder: Path, acts: list[tuple[int, Branch, Person]]) -> None:
        """A dump of telephones of two floors: the lines of one script, before the move and after it."""
        cast, dice, grammar = self.cast, self.dice, Grammar("chat_en")
        script = [grammar.draw(rule, dice) for rule in _SCRIPT]
        rows: list[list[object]] = []
        reached: dict[str, tuple[str, str, int]] = {}  # person -> the lead they write to, its name, lines said
        for at, one, person in acts:
            if not self._written(at, one):
                continue
            lead, called, said = reached.get(person.code, ("", "", len(script)))
            if said == len(script):
                lead, called, said = cast.numbers.phone("US"), dice.pick(cast.bystanders).name.latin.split(" ")[-1], 0
            reached[person.code] = lead, called, said + 1
            usd = f"{round(dice.around(1_500, 0.8), -1):,.0f}"
            blanks = {"other": called, "usd": usd, "name": "Vivian", "city": "Bangkok", "firm": "", "site": ""}
            blanks |= {"number": str(dice.whole(2, 9)), "day": "Friday", "code": dice.digits(6), "account": "-"}
            thread = f"B{lead[-6:]}"
            rows.append([thread, person.phones[0], lead, moment(at, 7), fill(script[said], **blanks), "sms"])
        write_table(folder / "branch_phones.csv", ["Thread", "Sender", "Recipient", "Sent at", "Body", "App"], rows)
        self.messages = len(rows)

    def _write_dues(self, evidence: Path) -> None:
        """One wallet that the two floors of one owner pay every week; a shop that two floors pay, and many others."""
        cast, dice = self.cast, self.dice
        salt = dice.digits(12)
        dues, shop = (tron(f"{salt}/{name}".encode()) for name in ("dues", "shop"))
        held: list[list[object]] = []
        paid: list[tuple[int, str, str, float]] = []
        for one in self.branches.values():
            person = one.people[-1]
            wallet = tron(f"{salt}/{one.name}".encode())
            person.show("tron", wallet)
            phone = person.show("phone", person.phones[0])
            held.append([wallet, "exchange KYC", person.write(person.name.latin), phone, person.document, "", ""])
            first, last = one.rates[0][0], one.rates[-1][1]
            for day in range(first + 2, last, 7):
                at = cast.start + day * DAY + dice.whole(3_600, 40_000)
                if one.name in ("moved_owner", "into_owner") and one.rate(day) == _BUSY:
                    paid.append((at, wallet, dues, round(dice.number(310, 620), 2)))
                if one.name in ("season", "into_owner") and dice.chance(0.4):
                    paid.append((at + 900, wallet, shop, round(dice.number(4, 25), 2)))
        guests = [tron(f"{salt}/guest {number}".encode()) for number in range(25)]
        paid += [
            (
                cast.start + int(dice.number(0.2, 0.95) * (cast.end - cast.start)),
                guest,
                shop,
                round(dice.number(4, 25), 2),
            )
            for guest in guests
            for _ in range(2)
        ]
        rows: list[list[object]] = [
            [dice.digits(16), moment(at), source, target, f"{amount:.2f}", "USDT", "TRON", "transfer"]
            for at, source, target, amount in sorted(paid)
            if at < cast.end
        ]
        header = "Txhash|DateTime (UTC)|From|To|Quantity|Token|Chain|Method"
        write_table(evidence / "money" / "usdt_dues.csv", header.split("|"), rows)
        header = "Account|Bank|Holder Name|Holder Phone|Holder ID No|Opened|Note"
        write_table(evidence / "sites" / "branch_wallets.csv", header.split("|"), dice.shuffled(held))
        self.transfers = len(rows)

    def _write_news(self, evidence: Path) -> None:
        """Each raid told by two papers."""
        cast, dice, grammar = self.cast, self.dice, Grammar("press_en")
        passages: list[dict[str, object]] = []
        for one in self.branches.values():
            day = self.raid_day(one)
            if day is None:
                continue
            count = dice.whole(2, 6)
            for paper in dice.some(_PAPERS, 2):
                code = cast.numbers.code("N-999999")
                text = grammar.say(
                    "raid", dice, count=count, place=one.zone.place, date=f"{day:%B} {day.day}",
                    actor="the provincial police",
                )  # fmt: skip
                published = (day + timedelta(days=dice.whole(0, 2))).isoformat()
                passages.append({
                    "passage_id": code, "url": f"https://news.example/{published[:7]}/{code.lower()}",
                    "published": published, "publisher": paper, "language": "en", "text": text[0].upper() + text[1:],
                })  # fmt: skip
                one.passages.append(code)
        write_lines(evidence / "news_provinces.jsonl", dice.shuffled(passages))

    def raid_day(self, one: Branch) -> date | None:
        """The day of its raid."""
        if one.raided is None:
            return None
        return datetime.fromisoformat(self._day(one.raided)).date()
