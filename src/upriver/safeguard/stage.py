"""Screening for trafficking, before anyone is ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from upriver.case.stage import Stage
from upriver.errors import SettingsError
from upriver.model.forms import FORMS
from upriver.safeguard import cues, sayings
from upriver.safeguard.ages import (
    Age,
    Told,
    age_when_found,
    born_between,
    id_births,
    listed_age,
    names_kin,
    read_ages,
)
from upriver.safeguard.indicators import in_first_person, read_orders, read_signs
from upriver.safeguard.sayings import People, Saying, rows
from upriver.safeguard.screen import Mark, is_plea, mark, screen

if TYPE_CHECKING:
    from upriver.case.stage import Desk


@dataclass(frozen=True, slots=True)
class SafeguardParams:
    """When grounds are strong, who is a child, and whose words are looked for.

    strong_from  weight of signs: a strong one counts 2, a medium one 1, an inferred one half of that
    adult        years of age
    plea_days    somebody on no list is screened when messages of one conversation tell two signs within so many days
    cues         folder of the user's own files of cues, seen from the evidence; empty: NAME.cues beside the evidence
    cues_sha256  hash of those files, told by the pipeline, so that a changed wording runs the stage again
    """

    strong_from: float = 3.0
    adult: int = 18
    plea_days: float = 30.0
    cues: str = ""
    cues_sha256: str = ""


def with_cues(params: SafeguardParams, folder: Path) -> SafeguardParams:
    """`params` with the hash of the user's cues, which are all read once: a slip is told before any stage runs.

    raises  SettingsError naming file and entry; or the folder, where it was named and is not there
    """
    own = cues_folder(params, folder)
    cues.cues(own)
    return replace(params, cues_sha256=cues.digest(own))


def cues_folder(params: SafeguardParams, folder: Path) -> Path | None:
    """The folder of the user's cues, if there is one.

    raises  SettingsError when `cues` names a folder that is not there
    """
    if params.cues:
        told = folder / Path(params.cues).expanduser()
        if not told.is_dir():
            raise SettingsError(f"case.toml [parameters.safeguard] cues: there is no folder {params.cues!r}")
        return told
    beside = folder.resolve().with_name(folder.resolve().name + ".cues")
    return beside if beside.is_dir() else None


def run(case: Desk, params: SafeguardParams) -> None:
    """Who may be a captive or a child: signs quoted, unknown left unknown, questions for trained staff."""
    who = sayings.people(case)
    heard = _heard(case, who, params)
    ages = _ages(case, who, heard.ages, params.adult)
    indicators: list[dict[str, object]] = []
    signs: list[dict[str, object]] = []
    screened: list[dict[str, object]] = []
    for person in who.screened:
        present, found = who.present.get(person, {}), heard.marks.get(person, [])
        result = screen(person, found, ages.get(person), present, who.reported.get(person, ()), params.strong_from,
                        who.handed_on.get(person, {}))  # fmt: skip
        screened.append(result.row)
        if person not in who.present:
            continue  # a victim of the scam who was never at a site is not screened for trafficking
        for indicator, (state, told) in result.states.items():
            indicators.append({
                "person_id": person, "indicator": indicator, "state": state,
                "quote": told.quote if told else None, "speaker": told.speaker if told else None,
                "directness": told.directness if told else None, "record_id": told.record_id if told else None,
            })  # fmt: skip
        signs += _sign_rows(person, found)
    if indicators:
        case.write("trafficking_indicator", indicators)
    if signs:
        case.write("trafficking_sign", signs)
    if screened:
        case.write("protected_person", screened)


def _sign_rows(person: str, found: Iterable[Mark]) -> Iterator[dict[str, object]]:
    rows_by_key: dict[tuple[str, ...], dict[str, object]] = {}
    for told in found:
        key = (told.indicator, told.state, told.record_id, told.quote, told.directness, told.speaker)
        rows_by_key.setdefault(key, {
            "person_id": person, "indicator": told.indicator, "state": told.state,
            "operational": list(told.operational), "quote": told.quote, "speaker": told.speaker,
            "speaker_kind": told.speaker_kind, "directness": told.directness, "record_id": told.record_id,
        })  # fmt: skip
    yield from rows_by_key.values()


@dataclass(slots=True)
class _Heard:
    """Signs, and what is told of ages, by person."""

    marks: dict[str, list[Mark]] = field(default_factory=dict)
    ages: dict[str, list[tuple[Told, str]]] = field(default_factory=lambda: defaultdict(list))


def _heard(case: Desk, who: People, params: SafeguardParams) -> _Heard:
    known = cues.cues(cues_folder(params, case.folder))
    heard = _Heard()
    found: dict[str, set[Mark]] = defaultdict(set)
    owner = sayings.owners(case)
    seen: set[tuple[str, str]] = set()
    for saying in sayings.told(case, who):
        seen.add((saying.person_id, saying.record_id))
        found[saying.person_id].update(_of_saying(saying, known))
        _hear_age(heard, saying)
    for saying in sayings.remarks(case, who, seen):
        found[saying.person_id].update(_of_saying(saying, known))
        _hear_age(heard, saying)
    case.progress(0.4, "interviews and remarks read")
    unlisted: dict[tuple[str, str], list[tuple[float, Mark]]] = defaultdict(list)
    for saying, thread, sent_at in sayings.written(case, who, owner):
        marks = list(_of_saying(saying, known))
        if saying.person_id in who.present:
            found[saying.person_id].update(marks)
            _hear_age(heard, saying)
        elif marks:
            days = sent_at.timestamp() / 86_400 if sent_at else 0.0
            unlisted[saying.person_id, thread].extend((days, mark) for mark in marks)
    for (person, _), told in sorted(unlisted.items()):
        if is_plea(told, params.plea_days):
            found[person].update(mark for _, mark in told)
    for person in {person for person, _ in unlisted} & found.keys():
        who.present[person] = {"message": sorted({mark.record_id for mark in found[person]})}
    bound: dict[str, list[tuple[str, str]]] = {}
    for person, text, record, sender in sayings.orders(case, who, owner):
        if text not in bound:
            bound[text] = read_orders(text, known)
        if owner.get(sender) != person:
            for indicator, quote in bound[text]:
                found[person].add(
                    mark(indicator, "present", quote, "rule given to a group", "inferred", record, "rule")
                )
    case.progress(0.8, "messages read")
    for person, words, record in sayings.recruited(case, who, owner):
        found[person].add(mark(
            "deception", "present", words, "job advert of a contact", "inferred", record, "advert",
            ("deceptive_recruitment.job_or_place",),
        ))  # fmt: skip
    for person, record in sayings.ransoms(case, who):
        found[person].add(mark(
            "debt_bondage", "present", "ransom paid by a relative", "report of a relative", "reported", record,
            "relative", ("coercion_at_destination.debt",),
        ))  # fmt: skip
    for saying in sayings.relatives(case, who):
        found[saying.person_id].update(_of_relative(saying, known))
        heard.ages[saying.person_id] += [(one, saying.record_id) for one in read_ages(saying.text, of_kin=True)]
    heard.marks = {person: sorted(marks) for person, marks in found.items()}
    return heard


def _of_saying(saying: Saying, known: cues.Cues) -> Iterable[Mark]:
    for sign in read_signs(saying.text, known):
        if sign.first and not saying.own:
            continue  # somebody else says I: their own story, not this person's
        own = sign.first and saying.medium != "handover_list"
        directness = "own_words" if own else "seen" if sign.seen else "reported"
        kind = "person" if own else saying.kind
        yield mark(
            sign.indicator, sign.state, sign.quote, saying.speaker, directness, saying.record_id, kind, sign.operational
        )


def _of_relative(saying: Saying, known: cues.Cues) -> Iterable[Mark]:
    """Signs in a relative's report where its sentence names the one who is held: told of that person by another."""
    for sign in read_signs(saying.text, known):
        if sign.state != "absent" and names_kin(sign.quote):
            yield mark(
                sign.indicator, "present", sign.quote, saying.speaker, "reported", saying.record_id, saying.kind,
                sign.operational,
            )  # fmt: skip


def _hear_age(heard: _Heard, saying: Saying) -> None:
    """What `saying` tells of the person's age. What is written in chats, where ages are made up, makes no adult."""
    for told in read_ages(saying.text):
        own = in_first_person(told.quote)
        if own and not saying.own:
            continue
        if saying.medium != "message" or told.kind == "child" or (told.years is not None and own):
            heard.ages[saying.person_id].append((told, saying.record_id))


def _ages(case: Desk, who: People, heard: Mapping[str, Sequence[tuple[Told, str]]], adult: int) -> dict[str, Age]:
    """The age of each person when found; of two tellings the one that makes a child counts until it is settled."""
    told: dict[str, list[tuple[Told, str]]] = defaultdict(list)
    for entity, value, record in rows(
        case.read("statement", "entity_id", "value", "record_id", where="prop = 'birthDate'")
    ):
        if (born := born_between(value)) is not None:
            told[who.canonical.get(entity, entity)].append((Told("born", value, born=born), record))
    found_on = _found_on(case, who)
    listed: dict[str, list[Told]] = defaultdict(list)
    places = [FORMS["handover_list"].position(name) for name in ("age", "birth_date", "document_no", "remarks")]
    for record, age, birth, document, remark in rows(case.sql(
        "SELECT record_id, " + ", ".join(f"fields[{place}] AS f{place}" for place in places)
        + " FROM record WHERE form = 'handover_list' ORDER BY record_id"
    )):  # fmt: skip
        if age and (one := listed_age(age)) is not None:
            listed[record].append(one)
        if birth and (born := born_between(birth)) is not None:
            listed[record].append(Told("born", birth, born=born))
        if document:
            listed[record] += [Told("born", document, born=(on, on)) for on in id_births(document)]
            listed[record] += [one for one in read_ages(document) if one.kind == "hint"]
        if remark:
            listed[record] += read_ages(remark)
    ages: dict[str, Age] = {}
    anywhere = min(found_on.values(), default=None)
    for person, kinds in who.present.items():
        for record in sorted(record for records in kinds.values() for record in records):
            told[person] += [(one, record) for one in listed.get(record, ())]
        told[person] += heard.get(person, ())
        # Where nobody says when the person was found, the first day on which anybody was: the younger they were.
        age = age_when_found(told[person], found_on.get(person, anywhere), adult)
        if age is not None:
            ages[person] = age
    return ages


def _found_on(case: Desk, who: People) -> dict[str, date]:
    """First day on which each person was handed over or found."""
    found: dict[str, date] = {}
    for entity, value in rows(case.sql(
        "SELECT i.value, min(d.value) FROM statement i JOIN statement d ON d.entity_id = i.entity_id"
        " WHERE i.schema = 'Event' AND i.prop = 'involved' AND d.prop = 'date' GROUP BY i.value ORDER BY i.value"
    )):  # fmt: skip
        try:
            on = date.fromisoformat(value[:10])
        except ValueError:
            continue
        person = who.canonical.get(entity, entity)
        found[person] = min(on, found.get(person, on))
    return found


STAGE = Stage(
    "safeguard",
    reads=("record", "statement", "entity", "observable", "identifier", "message", "call", "contact_class"),
    writes=("trafficking_indicator", "trafficking_sign", "protected_person"),
    run=run,
    params=SafeguardParams,
)
