"""What was found on the sites: who holds which key, and lists of staff."""

from __future__ import annotations

from upriver.simulate.clerk import Clerk
from upriver.simulate.identifiers import dialled
from upriver.simulate.people import Company, Person
from upriver.simulate.syndicate import DAY
from upriver.simulate.tables import moment, write_table

_OF_CHIEFS = (
    "safe of the accounts room", "server room, root login", "hardware wallet, small black", "master key, all floors",
    "seal and company chop", "cloud console owner", "camera control room", "vault, second key",
)  # fmt: skip
_OF_LORDS = ("master key, all floors", "armoury", "gate control, owner", "power house, owner")
_OF_HEADS = ("hardware wallet, small black", "cloud console owner", "market escrow, signer")
_OF_OTHERS = (
    "dormitory key, block B", "kitchen store", "main gate, day shift", "laundry room", "badge, floor 3", "van key",
    "generator shed", "badge, canteen", "north stairs", "badge, all day", "locker room", "watch tower, night shift",
)  # fmt: skip
# What the gate notes of a caller: no mark of anything.
_KNOWN_AS = ("visitor", "delivery", "known at gate", "calls first", "regular")
_UNITS = {"worker": "floor", "team_leader": "floor", "recruiter": "HR", "supervisor": "office", "boss": "office"}


def write_access_list(clerk: Clerk) -> None:
    """Keys that mean control with those who have it, and many keys that mean nothing with everybody else."""
    cast, dice = clerk.cast, clerk.dice
    rows: list[list[object]] = []

    def give(person: Person, item: str, site: str) -> None:
        phone = dialled(person.show("phone", person.phones[0]), dice) if dice.chance(0.85) else ""
        document = person.document if dice.chance(0.4) else ""
        granted = moment(cast.start - dice.whole(5, 300) * DAY, 0, "%Y-%m-%d")
        rows.append([site, clerk.spell(person), document, phone, item, granted])

    for company in cast.companies:
        site = company.compound[0]
        for person in (company.boss, *([company.agent] if company.agent else [])):
            for item in dice.some(_OF_CHIEFS, dice.whole(1, 3)):
                give(person, item, site)
        if dice.chance(0.6):
            give(dice.pick(company.backers), dice.pick(_OF_CHIEFS), site)
        if dice.chance(0.5):
            give(company.supervisors[0], dice.pick(_OF_CHIEFS), site)
        for person in dice.some([*company.workers, *company.leaders, *company.recruiters], 6):
            give(person, dice.pick(_OF_OTHERS), site)
    for zone, lords in enumerate(cast.landlords):
        site = cast.preset.zones[zone].compounds[0][0]
        for lord in lords:
            if dice.chance(0.8):
                give(lord, dice.pick(_OF_LORDS), site)
        for guard in (guard for guard in cast.guards if guard.zone == zone):
            give(guard, dice.pick(_OF_OTHERS), site)
        for manager in (manager for manager in cast.managers if manager.zone == zone):
            give(manager, _OF_LORDS[0], site)
            give(manager, dice.pick(_OF_OTHERS), site)
    for head in cast.heads:
        give(head, dice.pick(_OF_HEADS), cast.companies[0].compound[0])
    for person in dice.some(cast.bystanders, 14):
        # Cleaners and delivery people hold keys as well.
        give(person, dice.pick(_OF_OTHERS), dice.pick(cast.companies).compound[0])
    header = ("Site", "Holder", "Holder ID", "Phone", "Item", "Granted")
    write_table(clerk.folder / "access_list.csv", header, dice.shuffled(rows))


def write_staff_lists(clerk: Clerk) -> None:
    """Lists of some companies, in two layouts: each names everyone's superior, so the loud ones most often."""
    found = clerk.dice.some(clerk.cast.companies, max(2, round(len(clerk.cast.companies) * 0.75)))
    for number, company in enumerate(found, start=1):
        rows = _staff(clerk, company)
        if company.language == "zh":
            header = "地点|公司|姓名|飞机号|电话|部门|上级|入职日期"
            write_table(clerk.folder / f"人员表_{number}.csv", header.split("|"), rows, encoding="utf-8-sig")
        else:
            header = "Site|Company|Name|Handle|Phone|Unit|Supervisor|Joined"
            write_table(clerk.folder / f"staff_list_{number}.csv", header.split("|"), rows)


def _staff(clerk: Clerk, company: Company) -> list[list[object]]:
    dice, zh = clerk.dice, company.language == "zh"
    rows: list[list[object]] = []
    # One list spells one person one way, wherever it names them.
    called = {
        person.code: clerk.spell(person, "native" if zh and person.origin == "CN" else "latin")
        for person in company.everyone()
    }
    for person in company.everyone():
        if dice.chance(0.06) or (person is company.boss and dice.chance(0.3)):
            continue
        unit = _UNITS[person.role] + (f" {dice.whole(1, 4)}" if _UNITS[person.role] == "floor" else "")
        person.show("telegram", "@" + person.handle)
        phone = dialled(person.show("phone", person.phones[0]), dice) if dice.chance(0.7) else ""
        chief = called.get(person.chief.code, "") if person.chief else ""
        joined = moment(clerk.cast.start - dice.whole(10, 500) * DAY, 0, "%Y-%m-%d")
        place = [company.compound[zh], company.name_zh if zh else company.name]
        rows.append([*place, called[person.code], "@" + person.handle, phone, unit, chief, joined])
    return dice.shuffled(rows)


def write_front_desk(clerk: Clerk) -> None:
    """The gate's list of known callers: it ties names to numbers and handles, of guests, drivers and owners alike."""
    cast, dice = clerk.cast, clerk.dice
    bosses = [company.boss for company in cast.companies]
    chiefs = [*(lord for lords in cast.landlords for lord in lords), *cast.backers, *cast.agents, *cast.heads, *bosses]
    known = [person for person in chiefs if dice.chance(0.75)]
    others = [*cast.guards, *cast.managers, *cast.bystanders, *cast.hotlines, *cast.clerks]
    rows: list[list[object]] = []
    for person in [*known, *dice.some(others, 4 * len(known))]:
        person.show("telegram", "@" + person.handle)
        phone = dialled(person.show("phone", person.phones[0]), dice) if dice.chance(0.9) else ""
        site = dice.pick(cast.preset.zones).compounds[0][0]
        noted = moment(cast.start + dice.whole(0, 200) * DAY, 0, "%Y-%m-%d")
        rows.append([site, clerk.spell(person), "@" + person.handle, phone, dice.pick(_KNOWN_AS), noted])
    header = "Site|Name|Handle|Phone|Unit|Joined"
    write_table(clerk.folder / "front_desk.csv", header.split("|"), dice.shuffled(rows))
