"""What was said by or of the people to be screened: each saying with its record, its speaker, whose words it holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from upriver.clean.folding import fold
from upriver.clean.lexicon import load_list
from upriver.model.forms import CHILD, FORMS, NEEDS

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from upriver.case.stage import Desk

# Where a person stands who was in the compound's hands or on its lists; a list proves presence, not role.
PRESENCE_FORMS = ("handover_list", "interview", "staff_list")
_HEARD = {
    "interview": "interview", "handover_list": "remark on the handover list", "staff_list": "remark on the staff list",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Saying:
    """A passage about one person.

    own      the person speaks, or the passage is what an interviewer wrote of what the person said
    medium   interview, handover_list, note, message
    kind     whose words stand in it where the person does not say I: witness, interviewer, officer, doctor, list
    """

    person_id: str
    text: str
    record_id: str
    speaker: str
    medium: str
    own: bool
    kind: str


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (entry["name"], re.compile("|".join(
            rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in entry["words"]
        )))
        for entry in load_list("upriver.safeguard", "speakers.toml")["kind"]
    )  # fmt: skip


def speaker_kind(name: str | None, otherwise: str) -> str:
    """officer, doctor or interviewer where the name of a speaker tells so, else `otherwise`."""
    folded = fold(name or "")
    return next((kind for kind, words in _kinds() if words.search(folded)), otherwise)


@dataclass(frozen=True, slots=True)
class People:
    """Who is screened: persons present in each form's records, with those records.

    A person on no list whose own messages tell of captivity is present too, by the form `message`.
    """

    canonical: dict[str, str]
    present: dict[str, dict[str, list[str]]]  # person (canonical_id, or an identifier of nobody) -> form -> records
    reported: dict[str, list[str]]  # persons who report to have been scammed -> records
    handed_on: dict[str, dict[str, list[str]]]  # persons of another agency's case -> need it tells -> records

    @property
    def screened(self) -> list[str]:
        return sorted({*self.present, *self.reported, *self.handed_on})


def rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Rows of `table` as tuples."""
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def people(desk: Desk) -> People:
    """The persons of handover lists, interviews and staff lists, and the reported victims."""
    canonical = dict(rows(desk.sql("SELECT entity_id, canonical_id FROM entity")))
    forms = ", ".join(f"'{form}'" for form in (*PRESENCE_FORMS, "victim_report"))
    found = desk.sql(
        "SELECT DISTINCT s.entity_id, r.form, s.record_id,"
        " max(CASE WHEN s.prop = 'status' AND s.value = 'reported victim' THEN 1 ELSE 0 END) AS victim"
        " FROM statement s JOIN record r ON r.record_id = s.record_id"
        f" WHERE s.schema = 'Person' AND r.form IN ({forms})"
        " GROUP BY s.entity_id, r.form, s.record_id ORDER BY s.entity_id, r.form, s.record_id"
    )
    present: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    reported: dict[str, list[str]] = defaultdict(list)
    for entity, form, record, victim in rows(found):
        person = canonical.get(entity, entity)
        if form in PRESENCE_FORMS:
            present[person][form].append(record)
        elif victim:
            reported[person].append(record)
    return People(
        canonical, {person: dict(kinds) for person, kinds in present.items()}, dict(reported),
        _handed_on(desk, canonical),
    )  # fmt: skip


def _handed_on(desk: Desk, canonical: dict[str, str]) -> dict[str, dict[str, list[str]]]:
    """What a package of another agency tells of the need for protection: it screened them, and masked why."""
    told = ", ".join(f"'{word}'" for word in (*NEEDS.values(), CHILD))
    found = desk.sql(
        "SELECT DISTINCT s.entity_id, s.value, s.record_id FROM statement s JOIN record r ON r.record_id = s.record_id"
        f" WHERE s.schema = 'Person' AND s.prop = 'status' AND s.value IN ({told}) AND r.form <> 'victim_report'"
        " ORDER BY s.entity_id, s.value, s.record_id"
    )
    needs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for entity, need, record in rows(found):
        needs[canonical.get(entity, entity)][need].append(record)
    return {person: dict(kinds) for person, kinds in needs.items()}


def owners(desk: Desk) -> dict[str, str]:
    """The node that each identifier stands for, where that is another than itself."""
    return dict(rows(desk.read("identifier", "observable_id", "node_id")))


def told(desk: Desk, who: People) -> Iterator[Saying]:
    """What interviews, remarks of handover lists, and notes say of each person who was present."""
    found = desk.sql(
        "SELECT DISTINCT s.entity_id, s.value, s.record_id, r.form,"
        f" CASE WHEN r.form = 'interview' THEN r.fields[{FORMS['interview'].position('interviewer')}]"
        f" WHEN r.form = 'note' THEN r.fields[{FORMS['note'].position('speaker')}] ELSE NULL END AS speaker,"
        f" CASE WHEN r.form = 'note' THEN r.fields[{FORMS['note'].position('about')}] ELSE NULL END AS about"
        " FROM statement s JOIN record r ON r.record_id = s.record_id"
        " WHERE s.schema = 'Person' AND s.prop IN ('notes', 'description', 'summary')"
        " AND r.form IN ('interview', 'handover_list', 'note', 'staff_list') ORDER BY s.record_id, s.entity_id, s.value"
    )
    for entity, text, record, form, speaker, about in rows(found):
        person = who.canonical.get(entity, entity)
        if person not in who.present:
            continue
        own = form != "note" or speaker in (None, "", about)
        heard = f"interview by {speaker}" if form == "interview" and speaker else _HEARD.get(form, speaker or "note")
        otherwise = "interviewer" if form == "interview" else "list" if form in _HEARD else "witness"
        yield Saying(person, text, record, heard, form, own, speaker_kind(speaker, otherwise))


def remarks(desk: Desk, who: People, seen: set[tuple[str, str]]) -> Iterator[Saying]:
    """Remarks of handover lists and notes on one listed person that no statement carries.

    seen  (person, record) pairs that `told` has given already
    """
    listed: dict[str, set[str]] = defaultdict(set)
    for person, kinds in who.present.items():
        for records in kinds.values():
            for record in records:
                listed[record].add(person)
    position = FORMS["handover_list"].position
    found = desk.sql(
        f"SELECT record_id, fields[{position('remarks')}], fields[{position('name')}], fields[{position('number')}]"
        " FROM record WHERE form = 'handover_list' ORDER BY record_id"
    )
    named: dict[str, set[str]] = defaultdict(set)
    for record, remark, name, number in rows(found):
        for person in sorted(listed.get(record, ())):
            for key in (name, number):
                if key:
                    named[" ".join(key.lower().split())].add(person)
            if remark and (person, record) not in seen:
                yield Saying(person, remark, record, "remark on the handover list", "handover_list", True, "list")
    position = FORMS["note"].position
    found = desk.sql(
        f"SELECT record_id, fields[{position('about')}], fields[{position('speaker')}], fields[{position('text')}]"
        " FROM record WHERE form = 'note' ORDER BY record_id"
    )
    for record, about, speaker, text in rows(found):
        # A note counts for the one listed person whom it names; a name that two share names nobody.
        persons = named.get(" ".join(about.lower().split()), set()) if about else set()
        if len(persons) == 1 and text and (person := min(persons), record) not in seen:
            own = speaker in (None, "", about)
            yield Saying(person, text, record, speaker or "note", "note", own, speaker_kind(speaker, "witness"))


def written(desk: Desk, who: People, owner: dict[str, str]) -> Iterator[tuple[Saying, str, datetime | None]]:
    """(message, its conversation, when) of everyone but reported victims, apart from conversations in which they bait.

    In a bait a sad story is a pretext. What a trained model or an analyst alone calls a scam takes nobody's grounds
    away: a captive asks for money, too.
    """
    baits = set(rows(desk.sql(
        "SELECT DISTINCT m.thread, m.sender FROM message m JOIN contact_class c ON c.record_id = m.record_id"
        " WHERE c.label = 'scam' AND coalesce(c.list_label, c.label) = 'scam'"
    )))  # fmt: skip
    found = desk.sql("SELECT record_id, thread, sender, text, sent_at FROM message ORDER BY record_id, message_id")
    for record, thread, sender, text, sent_at in rows(found):
        person = owner.get(sender, sender)
        if (thread, sender) not in baits and (person in who.present or person not in who.reported):
            yield Saying(person, text, record, "the person, in a message", "message", True, "person"), thread, sent_at


def orders(desk: Desk, who: People, owner: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """(person, text, record, sender) of the messages that reached a person who was present, from somebody else."""
    import pyarrow as pa

    mine = sorted(identifier for identifier, person in owner.items() if person in who.present)
    if not mine:
        return
    members = pa.table({"member": pa.array(mine, pa.string())})
    found = desk.sql(
        "SELECT DISTINCT h.member, m.record_id, m.sender, m.text FROM message m JOIN"
        " (SELECT DISTINCT x.thread, x.sender AS member FROM message x JOIN members y ON y.member = x.sender"
        " UNION SELECT DISTINCT x.thread, x.recipient AS member FROM message x JOIN members y"
        " ON y.member = x.recipient) h ON h.thread = m.thread WHERE h.member <> m.sender"
        " ORDER BY m.record_id, h.member",
        members=members,
    )
    for member, record, sender, text in rows(found):
        yield owner[member], text, record, sender


def recruited(desk: Desk, who: People, owner: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(person, the advert's words, record) where a person was in contact with the poster of a lure."""
    lures: dict[str, tuple[str, str]] = {}
    found = desk.sql(
        "SELECT o.observable_id, c.record_id, c.cues FROM contact_class c"
        " JOIN observable o ON o.record_id = c.record_id WHERE c.medium = 'advert' AND c.label = 'lure'"
        " ORDER BY o.observable_id, c.record_id"
    )
    for identifier, record, cues in rows(found):
        lures.setdefault(identifier, (record, "; ".join(cues[:4])))
    if not lures:
        return
    ties = desk.sql(
        "SELECT DISTINCT caller AS a, callee AS b FROM call UNION SELECT DISTINCT sender AS a, recipient AS b"
        " FROM message WHERE recipient IS NOT NULL ORDER BY a, b"
    )
    for one, other in rows(ties):
        for lure, mine in ((one, other), (other, one)):
            if lure in lures and owner.get(mine) in who.present and owner.get(lure) != owner[mine]:
                yield owner[mine], lures[lure][1], lures[lure][0]


def relatives(desk: Desk, who: People) -> Iterator[Saying]:
    """What the report of a relative who paid a ransom says of a person who was present."""
    position = FORMS["victim_report"].position("narrative")
    paid = sorted(set(ransoms(desk, who)))
    if not paid:
        return
    texts = dict(
        rows(
            desk.sql(
                f"SELECT record_id, fields[{position}] FROM record WHERE form = 'victim_report' "
                f"AND fields[{position}] IS NOT NULL ORDER BY record_id"
            )
        )
    )
    for person, record in paid:
        if texts.get(record):
            yield Saying(person, texts[record], record, "report of a relative", "victim_report", False, "relative")


def ransoms(desk: Desk, who: People) -> Iterator[tuple[str, str]]:
    """(person, record) where a relative of a person who was present paid a ransom."""
    found = desk.sql(
        "SELECT p.value AS payer, r.record_id FROM statement p JOIN statement r ON r.entity_id = p.entity_id"
        " WHERE p.schema = 'Payment' AND p.prop = 'payer' AND r.prop = 'purpose' AND lower(r.value) = 'ransom'"
        " ORDER BY payer, r.record_id"
    )
    paid: dict[str, list[str]] = defaultdict(list)
    for payer, record in rows(found):
        paid[who.canonical.get(payer, payer)].append(record)
    kin = desk.sql(
        "SELECT a.value AS person, b.value AS relative FROM statement a JOIN statement b ON a.entity_id = b.entity_id"
        " WHERE a.schema = 'Family' AND a.prop = 'person' AND b.prop = 'relative' ORDER BY person, relative"
    )
    for one, other in rows(kin):
        pair = who.canonical.get(one, one), who.canonical.get(other, other)
        for payer, held in (pair, pair[::-1]):
            if payer in paid and held in who.present:
                yield held, paid[payer][0]
