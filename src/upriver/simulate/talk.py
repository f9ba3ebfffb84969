"""Who writes what to whom: scripts for victims, orders and reports, pleas to families, lures, ordinary chatter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar, fill
from upriver.simulate.laundering import Laundering
from upriver.simulate.people import Company, Person, Victim
from upriver.simulate.syndicate import DAY, Cast

_HOUR = 3_600
# Lines of one kind in a script: the floor turns over few of them, on very many victims.
_VERSIONS = 5
_TRAVEL = ("Bangkok", "Singapore", "Hong Kong", "Kunming", "Vientiane")
_DAYS = {
    "en": ("Monday", "Thursday", "Friday", "Sunday", "the 5th", "the 10th"),
    "zh": ("周一", "周四", "周五", "周日", "5号", "10号"),
}


@dataclass(slots=True)
class Note:
    """One message."""

    at: int
    sender: Person
    text: str


@dataclass(slots=True)
class Thread:
    """A conversation; `admins` have rights in a group; a person's own chat has two members and no admins."""

    name: str
    kind: Literal["victim", "work", "family", "lure", "private", "public"]
    members: list[Person]
    admins: list[Person] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Talk:
    """All conversations of the case."""

    def __init__(self, seed: int, cast: Cast, laundering: Laundering) -> None:
        self.cast = cast
        self.dice = Dice(seed, "talk")
        self._grammars = {language: Grammar(f"chat_{language}") for language in ("en", "zh")}
        self._deposits: dict[str, list[int]] = {}
        self._laundering = laundering
        for deposit in laundering.deposits:
            self._deposits.setdefault(deposit.person.code, []).append(deposit.row)
        self._scripts: dict[tuple[str, str, str], list[str]] = {}
        budget = cast.scale.messages
        self.threads = [*self._spend(self._victims(), budget * 0.45), *self._spend(self._work(), budget * 0.27)]
        self.threads += self._spend(self._families(), budget * 0.06)
        self.threads += self._spend(self._lures(), budget * 0.04)
        self.threads += self._spend(self._private(), budget * 0.18)

    def _spend(self, threads: Iterator[Thread], messages: float) -> list[Thread]:
        """Conversations until their messages reach the budget."""
        spent, kept = 0, []
        for thread in threads:
            if spent >= messages:
                break
            thread.notes.sort(key=lambda note: note.at)
            spent += len(thread.notes)
            kept.append(thread)
        return kept

    def _slots(self, language: str, company: Company | None = None) -> dict[str, object]:
        dice, cast = self.dice, self.cast
        zone = cast.preset.zones[company.zone] if company else cast.preset.zones[0]
        firm = dice.pick(cast.companies)
        rough = dice.around(1_800, 0.9)
        other = dice.pick(cast.bystanders).name
        return {
            "name": dice.pick(("Anna", "Vivian", "Kevin", "Eric", "Mia", "Leon"))
            if language == "en"
            else dice.pick(("安娜", "薇薇安", "凯文", "小雅", "子轩")),
            "other": other.latin.split(" ")[-1]
            if language == "en"
            else (other.native if not other.native.isascii() else "王姐"),
            "city": dice.pick(_TRAVEL) if language == "en" else dice.pick(("曼谷", "新加坡", "香港", "昆明", "万象")),
            "usd": f"{round(rough, -2):,.0f}" if dice.chance(0.6) else f"{rough:.0f}",
            "site": (company.compound if company else zone.compounds[0])[0 if language == "en" else 1],
            "account": "-",
            "code": dice.digits(6),
            "number": dice.whole(2, 9),
            "day": dice.pick(_DAYS[language]),
            "firm": firm.name if language == "en" else firm.name_zh,
        }

    def _say(self, rule: str, language: str, company: Company | None = None, **slots: object) -> str:
        return self._grammars[language].say(rule, self.dice, **{**self._slots(language, company), **slots})

    def _scripted(self, rule: str, language: str, team: str, place: int, **slots: object) -> str:
        """A line of the team's script: drawn once, then used on every victim with only its slots changed."""
        lines = self._scripts.setdefault((team, language, rule), [])
        while len(lines) <= place % _VERSIONS:
            lines.append(self._grammars[language].draw(rule, self.dice))
        return fill(lines[place % _VERSIONS], **{**self._slots(language), **slots})

    # ---- with victims ----------------------------------------------------------------------------------------
    def _victims(self) -> Iterator[Thread]:
        for number, victim in enumerate(self.dice.shuffled(self.cast.victims)):
            # What lies in seized telephones is a part of all talk; each victim's account is told by the receivers.
            yield self._romance(number, victim)

    def _romance(self, number: int, victim: Victim) -> Thread:
        dice = self.dice
        language = "zh" if victim.market == "CN" else "en"
        team = victim.worker.chief.code if victim.worker.chief else victim.worker.code
        worker, prey = victim.worker, victim.person
        thread = Thread(f"{worker.code}/{prey.code}", "victim", [worker, prey])
        at = victim.first_contact

        def step(hours: float) -> int:
            nonlocal at
            at += int(dice.number(0.02, hours) * _HOUR)
            return at

        def put(sender: Person, text: str, hours: float) -> None:
            thread.notes.append(Note(step(hours), sender, text))

        put(worker, self._scripted("open", language, team, number), 1)
        put(prey, self._say("who", language), 5)
        if dice.chance(0.9):
            put(worker, self._scripted("excuse", language, team, number), 1)
        for turn in range(dice.whole(2, 4)):
            put(worker, self._scripted("chat", language, team, number + turn), 30)
            if dice.chance(0.8):
                put(prey, self._say("small_talk", language), 9)
        for turn in range(dice.whole(1, 2)):
            put(worker, self._scripted("gains", language, team, turn), 26)
            put(prey, self._say("curious", language), 6)
        moved, town = self._laundering.moved, self.cast.town
        for row in self._deposits.get(prey.code, [])[:4]:
            at = max(at, moved.at[row] - 3 * _HOUR)
            usd = f"{round(moved.usd[row], -2):,.0f}"
            told = (
                town.values[moved.target[row]]
                if dice.chance(0.6)
                else dice.pick(("***", "(see picture)" if language == "en" else "（见图）"))
            )
            put(worker, self._scripted("pay", language, team, row, account=told, usd=usd), 0.5)
            at = max(at, moved.at[row])
            put(prey, self._say("paid", language, usd=usd), 1)
            if dice.chance(0.3):
                put(worker, self._scripted("chat", language, team, dice.whole(0, 9)), 12)
        if dice.chance(0.7):
            put(worker, self._scripted("squeeze", language, team, number), 60)
            put(prey, self._say("doubt", language), 8)
        return thread

    # ---- inside the companies --------------------------------------------------------------------------------
    def _moments(self, count: int) -> list[int]:
        span = self.cast.end - self.cast.start
        return sorted(self.cast.start + int(self.dice.number(0, 1) * span) for _ in range(count))

    def _work(self) -> Iterator[Thread]:
        """Round by round over the companies, so that a small budget still holds every kind of chat."""
        per = max(40, int(self.cast.scale.messages * 0.27 / len(self.cast.companies)))
        yield from self._ground(per)
        for company in self.cast.companies:
            yield self._management(company, per // 4)
        for company in self.cast.companies:
            yield self._finance(company, per // 9)
        yield self._public()
        for company in self.cast.companies:
            for leader in self.dice.some(company.leaders, max(1, len(company.leaders) // 2)):
                yield self._floor(company, leader, per // 3)

    def _management(self, company: Company, count: int) -> Thread:
        """Few short orders from above, long reports from below; who administers the chat does not write most in it."""
        dice, language = self.dice, company.language
        below = [*company.supervisors, *company.leaders]
        title = dice.pick(("office", "morning", "8F", "tea") if language == "en" else ("办公", "早会", "八楼", "喝茶"))
        thread = Thread(f"{title} {dice.digits(2)}", "work", [company.boss, *below], [company.boss])
        if dice.chance(0.5):
            thread.admins.append(company.supervisors[0])
        above = [company.boss]
        if company.agent is not None:
            thread.members.append(company.agent)
            thread.admins.append(company.agent)
            above.append(company.agent)
        if dice.chance(0.5):
            backer = company.backers[0]
            thread.members.append(backer)
            thread.admins.append(backer)
            above.append(backer)
        for at in self._moments(count):
            if dice.chance(0.22):
                thread.notes.append(Note(at, dice.pick(above), self._say("order", language, company)))
                if dice.chance(0.6):
                    thread.notes.append(
                        Note(at + dice.whole(30, 3_000), dice.pick(below), self._say("team_reply", language, company))
                    )
            else:
                writer = dice.pick(below) if dice.chance(0.75) else company.supervisors[-1]
                thread.notes.append(Note(at, writer, self._say("report_up", language, company)))
        return thread

    def _finance(self, company: Company, count: int) -> Thread:
        dice, cast = self.dice, self.cast
        clerk = dice.pick(cast.clerks)
        members = [company.supervisors[0], clerk, dice.pick(cast.heads)]
        thread = Thread(f"{dice.pick(('room', 'desk', 'gt', '担保'))}-{dice.digits(4)}", "work", members, [members[2]])
        pool = cast.pools["mule"]
        for at in self._moments(count):
            if dice.chance(0.08):
                thread.notes.append(Note(at, members[2], self._say("order", company.language, company)))
                continue
            account = cast.town.values[dice.pick(pool).account]
            thread.notes.append(
                Note(
                    at,
                    dice.pick((clerk, clerk, members[0])),
                    self._say("desk", company.language, company, account=account),
                )
            )
        return thread

    def _ground(self, per: int) -> Iterator[Thread]:
        """Landlord and tenants: rent, power, gates."""
        dice, cast = self.dice, self.cast
        for zone, lords in enumerate(cast.landlords):
            tenants = [company.boss for company in cast.companies if company.zone == zone]
            managers = [manager for manager in cast.managers if manager.zone == zone]
            speakers = managers or lords
            if not tenants:
                continue
            thread = Thread(
                f"ground {cast.preset.zones[zone].place[:4]} {dice.digits(2)}",
                "work",
                [*lords, *managers, *tenants],
                [lords[0], *managers[:1]],
            )
            for at in self._moments(max(10, per // 7)):
                if dice.chance(0.55):
                    firm = dice.pick([company for company in cast.companies if company.zone == zone])
                    writer = lords[0] if dice.chance(0.25) else dice.pick(speakers)
                    thread.notes.append(Note(at, writer, self._say("rent", "en", firm, firm=firm.name)))
                else:
                    thread.notes.append(Note(at, dice.pick(tenants), self._say("rent_reply", "en")))
            yield thread

    def _public(self) -> Thread:
        """A loud group that means nothing: its admin is the canteen's telephone, and a recruiter."""
        dice, cast = self.dice, self.cast
        crowd = dice.some([person for company in cast.companies for person in (*company.workers, *company.leaders)], 60)
        hosts = [*cast.hotlines[:2], cast.companies[0].recruiters[0]]
        thread = Thread("canteen & laundry", "public", [*hosts, *crowd], hosts)
        for at in self._moments(max(30, cast.scale.messages // 60)):
            thread.notes.append(
                Note(
                    at,
                    dice.pick(hosts) if dice.chance(0.7) else dice.pick(crowd),
                    self._say("canteen", dice.pick(("en", "zh"))),
                )
            )
        return thread

    def _floor(self, company: Company, leader: Person, count: int) -> Thread:
        dice, language = self.dice, company.language
        seats = [worker for worker in company.workers if worker.chief is leader]
        admins = [leader] if dice.chance(0.75) else [dice.pick(company.supervisors)]
        members = list({person.code: person for person in (leader, *admins, *seats)}.values())
        thread = Thread(f"{dice.pick(('team', 'seats', '组', '工位'))} {dice.digits(3)}", "work", members, admins)
        for at in self._moments(count):
            if dice.chance(0.6) or not seats:
                thread.notes.append(Note(at, leader, self._say("team", language, company)))
            else:
                thread.notes.append(Note(at, dice.pick(seats), self._say("team_reply", language, company)))
        return thread

    # ---- families, lures, ordinary people --------------------------------------------------------------------
    def _families(self) -> Iterator[Thread]:
        dice, cast = self.dice, self.cast
        paying = {worker.code: relative for relative, worker in cast.families}
        held = [(company, worker) for company in cast.companies for worker in company.workers if worker.coerced]
        for company, worker in sorted(held, key=lambda pair: (pair[1].code not in paying, bool(pair[1].handover))):
            relative = paying.get(worker.code)
            if relative is None:
                relative = cast.person("kin", worker.origin)
            language = "zh" if worker.origin == "CN" else "en"
            thread = Thread(f"{worker.code}/{relative.code}", "family", [worker, relative])
            at = cast.start + int(dice.number(0.1, 0.8) * (cast.end - cast.start))
            for _ in range(dice.whole(2, 4)):
                thread.notes.append(Note(at, worker, self._say("plea", language, company)))
                at += dice.whole(2, 40) * _HOUR
                thread.notes.append(Note(at, relative, self._say("plea_reply", language, company)))
                at += dice.whole(2, 40) * _HOUR
            worker.signs += 1
            yield thread

    def _lures(self) -> Iterator[Thread]:
        dice = self.dice
        companies = self.cast.companies
        for company in (dice.pick(companies) for _ in range(self.cast.scale.messages)):
            recruiter, worker = dice.pick(company.recruiters), dice.pick(company.workers)
            language = "zh" if worker.origin == "CN" else "en"
            thread = Thread(f"{recruiter.code}/{worker.code}", "lure", [recruiter, worker])
            at = self.cast.start - int(dice.number(1, 60) * DAY)
            for _ in range(dice.whole(2, 4)):
                thread.notes.append(Note(at, recruiter, self._say("lure", language, company)))
                at += dice.whole(1, 20) * _HOUR
                if dice.chance(0.8):
                    thread.notes.append(Note(at, worker, self._say("lure_reply", language, company)))
                    at += dice.whole(1, 20) * _HOUR
            yield thread

    def _private(self) -> Iterator[Thread]:
        """Ordinary people, shop telephones with very many customers, and the syndicate's own dinner talk."""
        dice, cast = self.dice, self.cast
        ordinary = [*cast.bystanders, *(victim.person for victim in cast.victims)]
        everybody = [
            *ordinary,
            *(
                person
                for person in cast.people
                if person.role in ("kin", "backer", "boss", "landlord", "supervisor", "team_leader")
            ),
        ]
        for _ in range(cast.scale.messages):
            shop = dice.chance(0.45)
            one, two = (
                (dice.pick(cast.hotlines), dice.pick(ordinary))
                if shop
                else (dice.pick(everybody), dice.pick(everybody))
            )
            if one is two:
                continue
            language = "zh" if "CN" in (one.origin, two.origin) else "en"
            thread = Thread(f"{one.code}/{two.code}", "private", [one, two])
            at = cast.start + int(dice.number(0, 0.95) * (cast.end - cast.start))
            for _ in range(dice.whole(2, 9)):
                rule = "shop" if shop else dice.pick(("fallback", "fallback", "small_talk"))
                shops = cast.town.quarters[cast.preset.markets[0].name].shops
                account = cast.town.values[int(dice.pick(list(shops)))]
                thread.notes.append(Note(at, dice.pick((one, two)), self._say(rule, language, account=account)))
                at += int(dice.number(0.05, 20) * _HOUR)
            yield thread
