"""Registers that states keep: wanted and sanctioned, owners of companies, kin."""

from __future__ import annotations

from datetime import timedelta

from upriver.simulate.clerk import Clerk
from upriver.simulate.people import Person
from upriver.simulate.tables import write_table

_PROGRAMMES = ("sanctions: forced criminality", "wanted notice", "asset freeze")


def write_watchlist(clerk: Clerk) -> None:
    """A third of the leaders under some of their names, some companies, and many who are strangers to the case."""
    cast, dice = clerk.cast, clerk.dice
    rows: list[list[object]] = []
    leaders = [person for person in cast.people if person.leader]
    for person in dice.some(leaders, max(2, len(leaders) // 3)):
        names = (clerk.spell(person, "native"), clerk.spell(person), person.write(person.alias))
        told = [clerk.spell(person, "latin"), "|".join(dict.fromkeys(names)), person.born.year, person.origin]
        rows.append([cast.numbers.code("W-99999"), "Person", *told, dice.pick(_PROGRAMMES), ""])
    for _ in range(70):
        country = dice.pick(("CN", "MM", "TH", "KH", "VN", "PH", "US"))
        name = cast.names.anyone(country)
        told = [name.latin, "|".join(name.spellings[:2]), dice.whole(1950, 1999), country]
        programme = dice.pick((*_PROGRAMMES[1:], "sanctions: other"))
        rows.append([cast.numbers.code("W-99999"), "Person", *told, programme, ""])
    for company in dice.some(cast.companies, max(1, len(cast.companies) // 4)):
        country = cast.preset.zones[company.zone].country
        told = [company.name, company.name_zh, "", country, _PROGRAMMES[0], ""]
        rows.append([cast.numbers.code("W-99999"), "Company", *told])
    header = "Listed ID|Schema|Name|Aliases|Born|Country|Programme|Remarks"
    write_table(clerk.folder / "watchlist.csv", header.split("|"), dice.shuffled(rows))


def write_company_register(clerk: Clerk) -> None:
    """Owners stand behind kin more often than under their own name; directors are those who sign anything."""
    cast, dice = clerk.cast, clerk.dice
    rows: list[list[object]] = []

    def firm(names: tuple[str, str], country: str, officers: list[tuple[Person, str, object]]) -> None:
        number = cast.numbers.code("99999999")
        registered = (cast.last_day - timedelta(days=dice.whole(300, 2_500))).isoformat()
        for person, position, share in officers:
            document = person.document if dice.chance(0.75) else ""
            rows.append([number, *names, registered, country, "", clerk.spell(person), document, position, share])

    def behind(person: Person, openly: float) -> Person:
        return person if dice.chance(openly) else cast.relative_of(person)

    for company in cast.companies:
        officers: list[tuple[Person, str, object]] = [(behind(company.boss, 0.35), "shareholder", dice.pick((51, 60)))]
        officers += [(behind(backer, 0.3), "shareholder", dice.pick((12, 15, 20))) for backer in company.backers]
        director = dice.pick(company.workers) if dice.chance(0.3) else company.supervisors[0]
        firm(
            (company.name, company.name_zh),
            cast.preset.zones[company.zone].country,
            [*officers, (director, "director", "")],
        )
    for zone, lords in enumerate(cast.landlords):
        owners: list[tuple[Person, str, object]] = [
            (behind(lord, 0.5), "shareholder", 100 // len(lords)) for lord in lords
        ]
        managers = [manager for manager in cast.managers if manager.zone == zone]
        country = cast.preset.zones[zone].country
        firm(cast.names.firm(), country, owners + [(manager, "manager", "") for manager in managers])
    for head in cast.heads:
        firm(cast.names.firm(), "HK", [(behind(head, 0.6), "director", 100)])
    for person in cast.bystanders:
        position = dice.pick(("director", "shareholder", "manager"))
        partners = [(dice.pick(cast.bystanders), "shareholder", 50)] if dice.chance(0.3) else []
        firm(cast.names.firm(), person.origin, [(person, position, dice.pick(("", 50, 100))), *partners])
    header = "Company No|Company Name|Other Name|Registered On|Country|Address|Officer Name|Officer ID|Position|Share %"
    write_table(clerk.folder / "company_register.csv", header.split("|"), dice.shuffled(rows), "\t")


def write_family_register(clerk: Clerk) -> None:
    """Kin of leaders and of held workers, between as many families of bystanders."""
    cast, dice = clerk.cast, clerk.dice
    pairs = [pair for pair in cast.kin if dice.chance(0.8)]
    for _ in range(len(pairs)):
        one, two = dice.some(cast.bystanders, 2)
        pairs.append((one, two, dice.pick(("cousin", "spouse", "sister", "brother"))))
    rows = [[clerk.spell(one), one.document, clerk.spell(two), two.document, relation] for one, two, relation in pairs]
    header = ("Person", "Person ID", "Relative", "Relative ID", "Relation")
    write_table(clerk.folder / "family_register.csv", header, dice.shuffled(rows))
