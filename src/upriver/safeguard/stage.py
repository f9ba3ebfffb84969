"""Screening for trafficking, before anyone is ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.model.forms import FORMS
from upriver.safeguard import sayings
from upriver.safeguard.indicators import read_orders, read_signs, told_age
from upriver.safeguard.sayings import People, Saying, rows
from upriver.safeguard.screen import Age, Mark, age_at, is_plea, mark, screen

if TYPE_CHECKING:
    from upriver.case.stage import Desk


@dataclass(frozen=True, slots=True)
class SafeguardParams:
    """When grounds are strong, and who is a child.

    strong_from  weight of signs: a strong one counts 2, a medium one 1, an inferred one half of that
    adult        years of age
    plea_days    somebody on no list is screened when messages of one conversation tell two signs within so many days
    """

    strong_from: float = 3.0
    adult: int = 18
    plea_days: float = 30.0


def run(case: Desk, params: SafeguardParams) -> None:
    """Who may be a captive or a child: signs quoted, unknown left unknown, questions for trained staff."""
    who = sayings.people(case)
    marks = _marks(case, who, params.plea_days)
    ages = _ages(case, who, params.adult)
    signs: list[dict[str, object]] = []
    screened: list[dict[str, object]] = []
    for person in who.screened:
        present, found = who.present.get(person, {}), marks.get(person, [])
        result = screen(person, found, ages.get(person), present, who.reported.get(person, ()), params.strong_from,
                        who.handed_on.get(person, {}))  # fmt: skip
        screened.append(result.row)
        if person not in who.present:
            continue  # a victim of the scam who was never at a site is not screened for trafficking
        for indicator, (state, told) in result.states.items():
            signs.append({
                "person_id": person, "indicator": indicator, "state": state,
                "quote": told.quote if told else None, "speaker": told.speaker if told else None,
                "directness": told.directness if told else None, "record_id": told.record_id if told else None,
            })  # fmt: skip
    if signs:
        case.write("trafficking_indicator", signs)
    if screened:
        case.write("protected_person", screened)


def _marks(case: Desk, who: People, plea_days: float) -> dict[str, list[Mark]]:
    found: dict[str, set[Mark]] = defaultdict(set)
    owner = sayings.owners(case)
    seen: set[tuple[str, str]] = set()
    for saying in sayings.told(case, who):
        seen.add((saying.person_id, saying.record_id))
        found[saying.person_id].update(_of_saying(saying))
    for saying in sayings.remarks(case, who, seen):
        found[saying.person_id].update(_of_saying(saying))
    case.progress(0.4, "interviews and remarks read")
    unlisted: dict[tuple[str, str], list[tuple[float, Mark]]] = defaultdict(list)
    for saying, thread, sent_at in sayings.written(case, who, owner):
        marks = list(_of_saying(saying))
        if saying.person_id in who.present:
            found[saying.person_id].update(marks)
        elif marks:
            days = sent_at.timestamp() / 86_400 if sent_at else 0.0
            unlisted[saying.person_id, thread].extend((days, mark) for mark in marks)
    for (person, _), told in sorted(unlisted.items()):
        if is_plea(told, plea_days):
            found[person].update(mark for _, mark in told)
    for person in {person for person, _ in unlisted} & found.keys():
        who.present[person] = {"message": sorted({mark.record_id for mark in found[person]})}
    known: dict[str, list[tuple[str, str]]] = {}
    for person, text, record, sender in sayings.orders(case, who, owner):
        if text not in known:
            known[text] = read_orders(text)
        if owner.get(sender) != person:
            for indicator, quote in known[text]:
                found[person].add(mark(indicator, "present", quote, "rule given to a group", "inferred", record))
    case.progress(0.8, "messages read")
    for person, words, record in sayings.recruited(case, who, owner):
        found[person].add(mark("deception", "present", words, "job advert of a contact", "inferred", record))
    for person, record in sayings.ransoms(case, who):
        found[person].add(
            mark("debt_bondage", "present", "ransom paid by a relative", "report of a relative", "reported", record)
        )
    return {person: sorted(marks) for person, marks in found.items()}


def _of_saying(saying: Saying) -> Iterable[Mark]:
    for sign in read_signs(saying.text):
        if sign.first and not saying.own:
            continue  # somebody else says I: their own story, not this person's
        directness = "own_words" if sign.first and saying.medium != "handover_list" else "reported"
        yield mark(sign.indicator, sign.state, sign.quote, saying.speaker, directness, saying.record_id)


def _ages(case: Desk, who: People, adult: int) -> dict[str, Age]:
    """The age of each person when found; of two birth dates the one that makes a child counts until it is settled."""
    born: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entity, value, record in rows(
        case.read("statement", "entity_id", "value", "record_id", where="prop = 'birthDate'")
    ):
        born[who.canonical.get(entity, entity)].append((value, record))
    found_on: dict[str, date] = {}
    for entity, value in rows(case.sql(
        "SELECT i.value, min(d.value) FROM statement i JOIN statement d ON d.entity_id = i.entity_id"
        " WHERE i.schema = 'Event' AND i.prop = 'involved' AND d.prop = 'date' GROUP BY i.value ORDER BY i.value"
    )):  # fmt: skip
        try:
            day = date.fromisoformat(value[:10])
        except ValueError:
            continue
        person = who.canonical.get(entity, entity)
        found_on[person] = min(day, found_on.get(person, day))
    stated: dict[str, str] = {}
    age_at_place, remarks = (FORMS["handover_list"].position(name) for name in ("age", "remarks"))
    for record, age, remark in rows(case.sql(
        f"SELECT record_id, fields[{age_at_place}], fields[{remarks}] FROM record WHERE form = 'handover_list'"
    )):  # fmt: skip
        told_by_list = age or (told_age(remark) if remark else None)
        if told_by_list:
            stated[record] = told_by_list
    ages: dict[str, Age] = {}
    for person, kinds in who.present.items():
        listed = sorted(record for records in kinds.values() for record in records)
        told = [age_at(None, stated[record], None, adult, record) for record in listed if record in stated]
        told += [
            age_at(value, None, found_on.get(person), adult, record) for value, record in sorted(born.get(person, []))
        ]
        known = [age for age in told if age is not None]
        if known:
            ages[person] = min(known, key=lambda age: (not age.child, age.record_id))
    return ages


STAGE = Stage(
    "safeguard",
    reads=("record", "statement", "entity", "observable", "identifier", "message", "call", "contact_class"),
    writes=("trafficking_indicator", "protected_person"),
    run=run,
    params=SafeguardParams,
)
