"""The stage on a case small enough to draw."""

from __future__ import annotations

from datetime import datetime

from tests import identifiers

from upriver.case.store import Case
from upriver.model.forms import FORMS
from upriver.safeguard.stage import STAGE


def record(record_id: str, form: str, **fields: str) -> dict[str, object]:
    values = [fields.get(name) for name in FORMS[form].fields]
    return {"record_id": record_id, "file_id": "f", "locator": record_id, "form": form, "fields": values}


def fact(entity: str, prop: str, value: str, record_id: str, schema: str = "Person") -> dict[str, object]:
    return {"statement_id": f"{entity}{prop}{value}{record_id}", "entity_id": entity, "schema": schema, "prop": prop,
            "value": value, "record_id": record_id}  # fmt: skip


def canon(*entities: str) -> list[dict[str, object]]:
    return [{"entity_id": e, "canonical_id": e, "schema": "Person", "caption": e, "n_members": 1} for e in entities]


def sighting(kind: str, value: str, entity: str | None, record_id: str) -> dict[str, object]:
    return {"observable_id": f"{kind}:{value}", "kind": kind, "value": value, "raw": value, "entity_id": entity,
            "start": -1, "record_id": record_id}  # fmt: skip


def text(record_id: str, thread: str, sender: str, words: str, recipient: str | None = None) -> dict[str, object]:
    return {"message_id": record_id, "thread": thread, "sender": sender, "recipient": recipient, "text": words,
            "platform": "telegram", "record_id": record_id}  # fmt: skip


def statuses(case: Case) -> dict[str, str]:
    case.run(STAGE)
    return {row["person_id"]: row["status"] for row in case.read("protected_person").to_pylist()}


def signs(case: Case, person: str) -> dict[str, str]:
    return {
        row["indicator"]: row["state"]
        for row in case.read("trafficking_indicator").to_pylist()
        if row["person_id"] == person
    }


def test_interviewed_listed_and_cheated_people_each_get_one_row_and_callers_none(case: Case):
    case.fill("record", [
        record("r1", "handover_list", name="A"), record("r2", "interview", name="A", text="x"),
        record("r3", "handover_list", name="B"), record("r4", "victim_report", name="V"), record("r5", "call"),
    ])  # fmt: skip
    case.fill("statement", [
        fact("a", "name", "A", "r1"),
        fact("a", "notes", "They took my passport. I was beaten. We could not leave.", "r2"),
        fact("b", "name", "B", "r3"), fact("v", "status", "reported victim", "r4"), fact("c", "name", "C", "r5"),
    ])  # fmt: skip
    case.fill("entity", canon("a", "b", "v", "c"))
    assert statuses(case) == {"a": "presumed_victim", "b": "no_information", "v": "reported_victim"}
    assert set(signs(case, "b").values()) == {"unknown"}
    assert signs(case, "v") == {}
    quoted = [row for row in case.read("trafficking_indicator").to_pylist() if row["state"] == "present"]
    assert {row["quote"] for row in quoted} == {"They took my passport.", "I was beaten.", "We could not leave."}
    assert {(row["directness"], row["record_id"]) for row in quoted} == {("own_words", "r2")}


def test_a_child_on_a_list_is_a_presumed_victim(case: Case):
    case.fill("record", [record("r1", "handover_list", name="A", age="16"), record("r2", "handover_list", name="B")])
    case.fill("statement", [
        fact("a", "name", "A", "r1"), fact("b", "name", "B", "r2"), fact("b", "birthDate", "2008-03-01", "r2"),
        fact("e", "involved", "b", "r2", "Event"), fact("e", "date", "2025-02-20", "r2", "Event"),
    ])  # fmt: skip
    case.fill("entity", canon("a", "b"))
    assert statuses(case) == {"a": "presumed_victim", "b": "presumed_victim"}


def test_a_child_told_of_in_a_remark_is_a_presumed_victim(case: Case):
    remarks = {"a": "age 16", "b": "minor", "c": "age 34"}
    case.fill(
        "record", [record(f"r{name}", "handover_list", name=name, remarks=said) for name, said in remarks.items()]
    )
    case.fill("statement", [fact(name, "name", name, f"r{name}") for name in remarks])
    case.fill("entity", canon(*remarks))
    assert statuses(case) == {"a": "presumed_victim", "b": "presumed_victim", "c": "no_information"}


def test_bait_is_no_testimony_but_a_message_home_is(case: Case):
    case.fill("record", [record("r1", "staff_list", name="A"), record("r2", "staff_list", name="B")])
    case.fill("statement", [fact("a", "name", "A", "r1"), fact("b", "name", "B", "r2")])
    case.fill("entity", canon("a", "b"))
    identifiers.fill(case, [sighting("telegram", "a", "a", "r1"), sighting("telegram", "b", "b", "r2")])
    plea = "They took my passport and I was beaten, send money"
    case.fill("message", [
        text("m1", "bait", "telegram:a", plea, "phone:+1"), text("m2", "home", "telegram:b", plea, "phone:+2"),
        text("m3", "bait", "telegram:a", "guaranteed profit", "phone:+1"),
    ])  # fmt: skip
    bait = {"medium": "message", "label": "scam", "score": 0.7, "cues": ["x"]}
    # A model or an analyst calls the message home a scam: it asks for money. That takes nobody's grounds away.
    case.fill("contact_class", [
        {"record_id": "m3", "list_label": "scam", **bait}, {"record_id": "m2", "list_label": "neither", **bait}
    ])  # fmt: skip
    assert statuses(case) == {"a": "no_information", "b": "presumed_victim"}


PLEA = "They took my passport and I was beaten, send money"


def at(day: int, row: dict[str, object]) -> dict[str, object]:
    return {**row, "sent_at": datetime(2025, 3, day)}


def test_who_stands_on_no_list_is_screened_by_what_they_write_home(case: Case):
    case.fill(
        "message", [text("m1", "home", "phone:+66", PLEA, "phone:+95"), text("m2", "home", "phone:+95", "where?")]
    )
    assert statuses(case) == {"phone:+66": "presumed_victim"}
    row = case.read("protected_person").to_pylist()[0]
    assert "on no list" in row["reason"]
    assert row["record_ids"] == ["m1"]
    assert row["open_questions"]


def test_one_sign_of_somebody_on_no_list_or_two_far_apart_or_a_bait_is_not_enough(case: Case):
    case.fill("message", [
        text("m1", "one", "phone:+1", "I cannot leave the house tonight"),
        at(1, text("m2", "far", "phone:+2", "They took my passport")), at(1, text("m4", "bait", "phone:+3", PLEA)),
        {**text("m3", "far", "phone:+2", "I was beaten"), "sent_at": datetime(2025, 9, 1)},
    ])  # fmt: skip
    case.fill("contact_class", [{"record_id": "m4", "medium": "message", "label": "scam", "score": 0.9, "cues": []}])
    assert statuses(case) == {}


def test_a_whatsapp_message_is_the_words_of_whoever_owns_the_number(case: Case):
    case.fill("record", [record("r1", "staff_list", name="A")])
    case.fill("statement", [fact("a", "name", "A", "r1")])
    case.fill("entity", canon("a"))
    case.fill("identifier", [{"observable_id": "whatsapp:+66", "node_id": "a"}])
    case.fill("message", [text("m1", "home", "whatsapp:+66", "They took my passport")])
    assert statuses(case) == {"a": "presumed_victim"}


def test_house_rules_are_inferred_of_those_who_receive_them_and_presume_nobody(case: Case):
    case.fill("record", [record("r1", "staff_list", name="A"), record("r2", "staff_list", name="B")])
    case.fill("statement", [fact("a", "name", "A", "r1"), fact("b", "name", "B", "r2")])
    case.fill("entity", canon("a", "b"))
    identifiers.fill(case, [sighting("telegram", "a", "a", "r1"), sighting("telegram", "b", "b", "r2")])
    case.fill("message", [
        text("m1", "floor", "telegram:a", "Nobody leaves the building. Hand in all passports."),
        text("m2", "floor", "telegram:b", "ok"),
    ])  # fmt: skip
    assert statuses(case) == {"a": "no_information", "b": "refer"}


def test_a_contact_with_a_lure_and_a_ransom_of_kin_are_signs(case: Case):
    case.fill("record", [record("r1", "handover_list", name="A"), record("r2", "job_advert", text="x")])
    case.fill("statement", [
        fact("a", "name", "A", "r1"), fact("p", "payer", "mother", "r3", "Payment"),
        fact("p", "purpose", "ransom", "r3", "Payment"), fact("k", "person", "mother", "r4", "Family"),
        fact("k", "relative", "a", "r4", "Family"),
    ])  # fmt: skip
    case.fill("entity", canon("a", "mother"))
    identifiers.fill(case, [sighting("phone", "+66", "a", "r1"), sighting("phone", "+95", None, "r2")])
    case.fill(
        "contact_class",
        [
            {
                "record_id": "r2",
                "medium": "advert",
                "label": "lure",
                "score": 0.7,
                "cues": ["free flight", "no interview"],
            }
        ],
    )
    call = {"call_id": "c", "caller": "phone:+95", "callee": "phone:+66", "seconds": 60, "record_id": "r5"}
    case.fill("call", [{**call, "started_at": datetime(2025, 1, 1)}])
    assert statuses(case) == {"a": "presumed_victim"}
    assert {name for name, state in signs(case, "a").items() if state == "present"} == {"deception", "debt_bondage"}


def test_somebody_elses_story_in_a_note_is_not_the_persons(case: Case):
    case.fill("record", [
        record("r1", "handover_list", name="Ann Other"),
        record("r2", "note", about="Ann Other", speaker="a guard", text="I was beaten. They took my passport."),
    ])  # fmt: skip
    case.fill("statement", [fact("a", "name", "Ann Other", "r1")])
    case.fill("entity", canon("a"))
    assert statuses(case) == {"a": "no_information"}


def test_nothing_to_screen_writes_nothing(case: Case):
    assert statuses(case) == {}


def test_a_person_of_another_agencys_package_keeps_the_need_for_protection_told_there(case: Case) -> None:
    case.fill("record", [record("f#1", "unknown"), record("f#2", "unknown")])
    case.fill("statement", [
        fact("p", "name", "Person 14", "f#1"), fact("p", "status", "presumed victim", "f#1"),
        fact("q", "name", "Wan Xiao", "f#2"), fact("q", "status", "director", "f#2"),
    ])  # fmt: skip
    case.fill("entity", canon("p", "q"))
    assert statuses(case) == {"p": "presumed_victim"}
    assert signs(case, "p") == {}


def test_a_relatives_report_tells_of_the_one_who_is_held(case: Case):
    words = "My son is 16 years old. They took his passport and beat him. I paid because I was afraid."
    case.fill("record", [record("r1", "handover_list", name="A"), record("r2", "victim_report", narrative=words)])
    case.fill("statement", [
        fact("a", "name", "A", "r1"), fact("v", "status", "reported victim", "r2"),
        fact("p", "payer", "v", "r2", "Payment"), fact("p", "purpose", "ransom", "r2", "Payment"),
        fact("k", "person", "v", "r3", "Family"), fact("k", "relative", "a", "r3", "Family"),
    ])  # fmt: skip
    case.fill("entity", canon("a", "v"))
    case.run(STAGE)
    told = {
        (row["indicator"], row["speaker_kind"], row["directness"]) for row in case.read("trafficking_sign").to_pylist()
    }
    assert ("retention_of_identity_documents", "relative", "reported") in told
    assert ("physical_and_sexual_violence", "relative", "reported") in told
    (held,) = [row for row in case.read("protected_person").to_pylist() if row["person_id"] == "a"]
    assert (held["status"], held["child"]) == ("presumed_victim", True)


def test_every_sign_is_kept_with_who_says_it_and_how_directly(case: Case):
    case.fill("record", [
        record("r1", "handover_list", name="A", remarks="bruises on both arms"),
        record("r2", "interview", name="A", interviewer="Officer K", text="x"),
    ])  # fmt: skip
    case.fill("statement", [
        fact("a", "name", "A", "r1"), fact("a", "notes", "They took my passport. He was locked in.", "r2"),
    ])  # fmt: skip
    case.fill("entity", canon("a"))
    case.run(STAGE)
    told = {(row["speaker_kind"], row["directness"]) for row in case.read("trafficking_sign").to_pylist()}
    assert {("list", "seen"), ("person", "own_words")} <= told


def test_an_age_told_in_an_interview_goes_before_the_age_on_a_list(case: Case):
    case.fill("record", [
        record("r1", "handover_list", name="A", age="22"), record("r2", "interview", name="A", text="x"),
        record("r3", "handover_list", name="B", age="22"), record("r4", "interview", name="B", text="x"),
    ])  # fmt: skip
    case.fill("statement", [
        fact("a", "name", "A", "r1"), fact("a", "notes", "They told me to say 22. I am 17.", "r2"),
        fact("b", "name", "B", "r3"), fact("b", "notes", "My brother is 17 years old.", "r4"),
    ])  # fmt: skip
    case.fill("entity", canon("a", "b"))
    assert statuses(case) == {"a": "presumed_victim", "b": "no_information"}
