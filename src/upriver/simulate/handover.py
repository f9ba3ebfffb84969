"""Lists of people handed over: three desks, three layouts, names as each desk spells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from upriver.simulate.clerk import Clerk
from upriver.simulate.grammar import Grammar
from upriver.simulate.identifiers import dialled
from upriver.simulate.people import Person
from upriver.simulate.syndicate import DAY
from upriver.simulate.tables import write_table

_NATIONS = {
    "CN": ("China", "中国"),
    "MM": ("Myanmar", "缅甸"),
    "VN": ("Vietnam", "越南"),
    "PH": ("Philippines", "菲律宾"),
    "IN": ("India", "印度"),
    "KE": ("Kenya", "肯尼亚"),
    "MY": ("Malaysia", "马来西亚"),
    "KH": ("Cambodia", "柬埔寨"),
    "TH": ("Thailand", "泰国"),
}
# Days before the end of the evidence on which the people of a list were handed over.
DAYS_BEFORE = {"HL-1": 74, "HL-2": 51, "HL-3": 23}


@dataclass(frozen=True, slots=True)
class Handed:
    """A place on a list: the person, the list, the number, the name as written, and when (seconds since 1970, UTC)."""

    person: Person
    list_id: str
    number: str
    written: str
    at: int


def write_handovers(clerk: Clerk) -> list[Handed]:
    """Write the three lists; returns everybody's place on them."""
    cast, dice, said = clerk.cast, clerk.dice, Grammar("testimony")
    rows: dict[str, list[list[object]]] = {name: [] for name in DAYS_BEFORE}
    handed: list[Handed] = []
    for person in _chosen(clerk):
        name = ("HL-1", "HL-2")[person.zone % 2] if dice.chance(0.7) else "HL-3"
        number = str(len(rows[name]) + 1)
        day = cast.last_day - timedelta(days=DAYS_BEFORE[name])
        company = cast.companies[person.company] if person.company >= 0 else cast.companies[0]
        nation = _NATIONS.get(person.origin, _NATIONS["MY"])
        sign = person.coerced and dice.chance(0.45)
        chinese = name == "HL-2"
        remark = said.say(("remark_sign" if sign else "remark_plain") + ("_zh" if chinese else ""), dice)
        native = chinese and person.origin in ("CN", "MM")
        written = clerk.spell(person, "native" if native else "latin" if chinese else "any")
        if name == "HL-1":
            born = person.born.isoformat() if dice.chance(0.85) else ""
            document = person.document if dice.chance(0.6) else ""
            cells = [name, number, written, born, person.sex, nation[0], document, company.compound[0], day.isoformat()]
            rows[name].append([*cells, "zone administration", "border police", remark])
        elif chinese:
            sex, giver = (
                "男" if person.sex == "M" else "女",
                "当地武装" if cast.preset.landlord == "militia" else "当地警方",
            )
            cells = [name, number, written, clerk.spell(person, "latin"), str(person.age(day)), sex, nation[1]]
            rows[name].append(
                [*cells, company.compound[1], f"{day.year}年{day.month}月{day.day}日", giver, "公安机关", remark]
            )
        else:
            phone = person.show("phone", person.phones[0]) if dice.chance(0.55) else ""
            alias = person.write(person.alias) if dice.chance(0.4) else ""
            cells = [number, written, alias, str(person.age(day)), nation[0], dialled(phone, dice)]
            rows[name].append([*cells, f"{day:%d/%m/%Y}", "embassy", remark, name])
        person.handover.append(f"{name}/{number}")
        person.signs += sign or person.age(day) < 18
        handed.append(Handed(person, name, number, written, cast.end - DAYS_BEFORE[name] * DAY))
    first = "List|No.|Name|Date of Birth|Sex|Nationality|Passport No|Site|Handed over on|From|To|Remarks"
    second = "名单编号|序号|姓名|拼音|年龄|性别|国籍|所在园区|移交日期|移交方|接收方|备注"
    third = "No|Full name|Also known as|Age|Nationality|Phone|Date|Handed to|Note|List"
    folder = clerk.folder
    write_table(folder / "handover_first.csv", first.split("|"), rows["HL-1"], torn="HL-1,")
    write_table(folder / "移交名单_第二批.csv", second.split("|"), rows["HL-2"], encoding="gb18030")
    write_table(folder / "repatriation_flight.csv", third.split("|"), rows["HL-3"], ";", "utf-8-sig")
    return handed


def _chosen(clerk: Clerk) -> list[Person]:
    """Who is handed over: very many workers, a handful of those who run the place."""
    dice, cast, chosen = clerk.dice, clerk.cast, []
    for company in cast.companies:
        chosen += [worker for worker in company.workers if dice.chance(cast.preset.handed_over)]
        chosen += [leader for leader in company.leaders if dice.chance(0.35)]
        chosen += [recruiter for recruiter in company.recruiters if dice.chance(0.2)]
        chosen += [person for person in company.supervisors if dice.chance(0.15)]
    chosen += [guard for guard in cast.guards if dice.chance(0.1)]
    chosen += dice.some([company.boss for company in cast.companies], max(1, len(cast.companies) // 8))
    return dice.shuffled(chosen)
