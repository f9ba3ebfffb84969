"""What people tell: victims' reports payment by payment, interviews after a handover, advertisements of work."""

from __future__ import annotations

from pathlib import Path

from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar
from upriver.simulate.handover import Handed
from upriver.simulate.identifiers import dialled
from upriver.simulate.laundering import Deposit, Laundering
from upriver.simulate.names import slip
from upriver.simulate.people import Person
from upriver.simulate.syndicate import DAY, Cast
from upriver.simulate.tables import moment, write_lines, write_table
from upriver.simulate.town import CHAIN

_CITIES = ("Bangkok", "Singapore", "Hong Kong", "Kunming")


def write_reports(folder: Path, seed: int, cast: Cast, laundering: Laundering, references: list[str]) -> int:
    """Write victims_reports.csv; returns the number of reporting people."""
    dice, said = Dice(seed, "reports"), Grammar("report")
    by_person: dict[str, list[Deposit]] = {}
    for deposit in laundering.deposits:
        if deposit.reported:
            by_person.setdefault(deposit.person.code, []).append(deposit)
    rows: list[list[object]] = []
    for deposits in by_person.values():
        person = deposits[0].person
        person.report = cast.numbers.code("R-999999")
        rows += _report(person, deposits, dice, said, cast, laundering, references)
    # Reports stand in the order of the desk, not of the payments.
    write_table(
        folder / "victims_reports.csv",
        [
            "Report No",
            "Name",
            "Phone",
            "Email",
            "Country",
            "Reported At",
            "Kind",
            "Narrative",
            "Contact Number",
            "Paid At",
            "Amount",
            "Currency",
            "From Account",
            "Receiving Account",
            "Transfer Reference",
        ],
        dice.shuffled(rows),
        torn="R-0000",
    )
    return len(by_person)


def _report(
    person: Person,
    deposits: list[Deposit],
    dice: Dice,
    said: Grammar,
    cast: Cast,
    laundering: Laundering,
    references: list[str],
) -> list[list[object]]:
    moved, town = laundering.moved, cast.town
    chinese = person.origin == "CN" and dice.chance(0.7)
    rule = "ransom_en" if deposits[0].kind == "ransom" else "story_zh" if chinese else "story_en"
    worker = deposits[0].worker
    contact = worker.show("phone", worker.phones[0])
    total = sum(moved.usd[deposit.row] for deposit in deposits)
    story = said.say(
        rule,
        dice,
        name=dice.pick(("Anna", "Vivian", "Kevin", "Mia", "小雅")),
        city=dice.pick(_CITIES),
        usd=f"{round(total, -2):,.0f}",
        number=len(deposits),
        phone=contact,
    )
    reported_at = max(moved.at[deposit.row] for deposit in deposits) + int(dice.number(2, 60) * DAY)
    name = person.write(cast.names.spelled(person.name, "native" if chinese else "any"))
    phone = dialled(person.show("phone", person.phones[0]), dice)
    mail = f"{person.handle}@{dice.pick(('postbox', 'mailroom', 'letters'))}.example" if dice.chance(0.5) else ""
    if mail:
        person.show("email", mail)
    rows: list[list[object]] = []
    for number, deposit in enumerate(deposits):
        market = town.market[moved.source[deposit.row]]
        currency = "USDT" if market == CHAIN else next(m.currency for m in cast.preset.markets if m.name == market)
        local, reference = moved.local[deposit.row], references[deposit.row]
        draw = dice.number(0, 1)
        reference = "" if draw < 0.22 else slip(reference, dice) if draw < 0.28 else reference
        # People tell the sum from memory now and then, and the minute hardly ever.
        amount = f"{local:.2f}" if not dice.chance(0.1) else f"{round(local, -1):.0f}"
        paid = (
            moment(moved.at[deposit.row] + dice.whole(-900, 900), 7, "%Y-%m-%d %H:%M")
            if dice.chance(0.7)
            else moment(moved.at[deposit.row], 7, "%Y-%m-%d")
        )
        source = town.values[moved.source[deposit.row]] if dice.chance(0.75) else ""
        if source:
            person.show("tron" if market == CHAIN else "bank_card" if len(source) == 19 else "bank_account", source)
        target = town.values[moved.target[deposit.row]]
        if market != CHAIN and dice.chance(0.3):
            target = "-".join(target[start : start + 4] for start in range(0, len(target), 4))
        rows.append(
            [
                person.report,
                name,
                phone,
                mail,
                person.origin,
                moment(reported_at, 7),
                deposit.kind if dice.chance(0.9) or deposit.kind == "ransom" else "",
                story if number == 0 else "",
                contact if dice.chance(0.8) else "",
                paid,
                amount,
                currency,
                source,
                target,
                reference,
            ]
        )
    return rows


def write_interviews(folder: Path, seed: int, cast: Cast, handed: list[Handed]) -> int:
    """Write interviews.jsonl: what people on the handover lists said; returns how many were written."""
    dice, said = Dice(seed, "interviews"), Grammar("testimony")
    notes: list[dict[str, object]] = []
    for place in handed:
        person = place.person
        if not dice.chance(0.9 if person.coerced else 0.55):
            continue
        company = cast.companies[person.company] if person.company >= 0 else cast.companies[0]
        slots = {
            "site": company.compound[0],
            "city": dice.pick(_CITIES),
            "usd": f"{dice.whole(4, 90) * 100:,}",
            "number": dice.whole(2, 11),
            "leader": person.chief.alias if person.chief else "the foreman",
            "boss": company.boss.alias,
            "month": "March",
            "firm": dice.pick(cast.companies).name,
        }
        if person.chief:
            person.chief.write(person.chief.alias)
        company.boss.write(company.boss.alias)
        if person.coerced:
            # Trained staff ask on: a grave sign is told, and most often more than one thing besides.
            rules = dice.some(("papers", "locked", "hurt", "debt"), dice.whole(1, 2))
            rules += dice.some(("deceived", "hours", "unpaid", "threat"), dice.whole(1, 3))
            rules += ["promoted"] if person.role == "team_leader" else ["work"] if dice.chance(0.7) else []
            person.signs += 1
        elif dice.chance(0.2):
            rules = ["unsure"]
        else:
            rules = ["work", *dice.some(("own_will",) * 3, dice.whole(1, 3))]
        texts = dict.fromkeys(said.say(rule, dice, **slots) for rule in rules)
        notes.append(
            {
                "person_id": f"{place.list_id}/{place.number}",
                "name": place.written,
                "interviewer": dice.pick(("Desk 2", "Desk 5", "social worker", "border police")),
                "interviewed_at": moment(place.at + dice.whole(4, 200) * 3_600, 7),
                "text": " ".join(dice.shuffled(list(texts))),
            }
        )
    write_lines(folder / "interviews.jsonl", notes)
    return len(notes)


def write_adverts(folder: Path, seed: int, cast: Cast) -> int:
    """Write job_adverts.jsonl: lures of the recruiters between ordinary advertisements; returns how many."""
    dice, said = Dice(seed, "adverts"), Grammar("adverts")
    adverts: list[dict[str, object]] = []
    recruiters = [(company, recruiter) for company in cast.companies for recruiter in company.recruiters]
    for number in range(30 + 10 * len(cast.companies)):
        lure = number % 2 == 0
        company, recruiter = dice.pick(recruiters)
        person = recruiter if lure else dice.pick(cast.bystanders)
        if lure and dice.chance(0.5):
            contact = "@" + person.handle
            person.show("telegram", contact)
        else:
            contact = dialled(person.show("phone", person.phones[0]), dice)
        kind = "lure" if lure else "plain"
        slots = {
            "firm": company.name if lure else cast.names.firm()[0],
            "city": dice.pick(_CITIES),
            "contact": contact,
            "usd": dice.whole(9, 30) * 100 if lure else dice.whole(2, 9) * 100,
            "number": dice.whole(2, 9),
        }
        adverts.append(
            {
                "advert_id": cast.numbers.code("J-999999"),
                "title": said.say(f"{kind}_title", dice, **slots),
                "company": slots["firm"],
                "place": slots["city"],
                "contact": contact,
                "posted_at": moment(cast.start + int(dice.number(-90, 250) * DAY), 7),
                "text": said.say(f"{kind}_text", dice, **slots),
            }
        )
    write_lines(folder / "job_adverts.jsonl", dice.shuffled(adverts))
    return len(adverts)
