"""Who approached whom: read from words, tied by identifiers and reports alone, never by likeness."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from upriver.case.store import Case
from upriver.link.approaches import public_service
from upriver.link.stage import STAGE

from .told import START, call_log, entities, messages, observables, statements

VICTIM = "v Person status=reported victim"


def classes(*told: str) -> list[dict[str, Any]]:
    """`number of the message, label kind stage score [medium]`; - for none."""
    rows = []
    for text in told:
        number, label, kind, stage, score, *medium = text.split(" ")
        record = f"m#message {int(number):05}" if number.isdigit() else number
        rows.append({"record_id": record, "medium": medium[0] if medium else "message", "label": label,
                     "kind": None if kind == "-" else kind, "stage": None if stage == "-" else stage,
                     "score": float(score), "cues": []})  # fmt: skip
    return rows


def fill(case: Case, *, of_victim: bool = True) -> None:
    """S writes to the victim V and asks for money; V answers, and quotes. S writes to W, who does not answer."""
    case.fill("message", messages(
        ("t1", "whatsapp:+661", "phone:+11", "hello wrong number"),
        ("t1", "phone:+11", "whatsapp:+661", "who is it"),
        ("t1", "whatsapp:+661", "phone:+11", "pay at https://www.goldx.top/join now"),
        ("t1", "phone:+11", "whatsapp:+661", "you said pay at goldx.top"),
        ("t2", "whatsapp:+661", "phone:+12", "hello wrong number, see t.me/x or google.com"),
        ("t3", "phone:+13", "phone:+14", "see you at google.com"),
    ))  # fmt: skip
    case.fill("contact_class", classes(
        "0 scam romance first_contact 0.9", "2 scam investment payment 0.95", "3 scam investment payment 0.5",
        "4 scam romance first_contact 0.9", "5 neither - - 0",
    ))  # fmt: skip
    case.fill("entity", entities("v Person Anna"))
    case.fill("statement", statements(VICTIM) if of_victim else [])
    mentions = [("url:https://www.goldx.top/join", 2), ("domain:goldx.top", 3), ("domain:google.com", 4)]
    case.fill("observable", [
        *observables("phone:+11 v"),
        *({**observables(name)[0], "record_id": f"m#message {at:05}"} for name, at in mentions),
    ])  # fmt: skip


def test_the_side_whose_words_say_so_approaches_and_its_stages_have_their_times(any_case: Case) -> None:
    fill(any_case)
    any_case.fill("call", call_log("+661>+11 2025-03-02T09:00 0", "+661>+12 2025-03-02T10:00 30",
                                   "+661>+99 2025-03-02T11:00 0", "+77>+11 2025-03-02T09:00 50"))  # fmt: skip
    any_case.run(STAGE)
    rows = {(row["thread"], row["object_id"]): row for row in any_case.read("approach").to_pylist()}
    one = rows["t1", "phone:+11"]
    assert (one["source_id"], one["kind"], one["stages"]) == (
        "whatsapp:+661", "investment", "first_contact|payment"
    )  # fmt: skip
    assert (one["first_at"], one["payment_at"], one["trust_at"]) == (START, START + timedelta(minutes=2), None)
    assert (one["n_out"], one["n_back"], one["answered"], one["victim_id"], one["tie"]) == (2, 2, True, "v", "owner")
    assert one["record_ids"] == ["m#message 00000", "m#message 00002"]
    assert (rows["t2", "phone:+12"]["answered"], rows["t2", "phone:+12"]["victim_id"]) == (False, None)
    # Calls of the same number: to the victim, to one approached in writing, to somebody nobody knows.
    calls = {row["object_id"]: row for row in rows.values() if row["medium"] == "call"}
    assert {name: (row["basis"], row["answered"]) for name, row in calls.items()} == {
        "phone:+11": ("victim", False), "phone:+12": ("approached", True), "phone:+99": ("number", False),
    }  # fmt: skip
    means = {(row["kind"], row["source_id"]) for row in any_case.read("approach_means").to_pylist()}
    assert means == {
        ("number", "phone:+661"), ("domain", "domain:goldx.top"), ("link", "url:https://www.goldx.top/join"),
        ("domain", "domain:google.com"),
    }  # fmt: skip
    (common,) = any_case.read("common_value", where="kind = 'domain'").to_pylist()
    assert (common["node_id"], common["n"]) == ("domain:google.com", 1)
    assert "search, mail or map" in common["reason"]


def test_the_order_of_rows_never_matters(case: Case) -> None:
    fill(case)
    case.run(STAGE)
    before = [case.digests()[name] for name in ("approach", "approach_means", "common_value")]
    for name in ("message", "contact_class", "observable"):
        case.fill(name, case.read(name).to_pylist()[::-1])
    case.run(STAGE)
    assert [case.digests()[name] for name in ("approach", "approach_means", "common_value")] == before


def test_a_conversation_is_tied_to_no_victim_by_anything_but_an_identifier(case: Case) -> None:
    fill(case, of_victim=False)
    case.run(STAGE)
    assert case.read("approach", "victim_id", "tie").to_pylist() == [{"victim_id": None, "tie": None}] * 2


def test_what_a_victim_forwards_makes_the_victim_no_source(case: Case) -> None:
    case.fill("message", messages(("t1", "phone:+11", "phone:+50", "look what they wrote: pay the fee")))
    case.fill("contact_class", classes("0 scam parcel payment 0.9"))
    case.fill("entity", entities("v Person Anna"))
    case.fill("statement", statements(VICTIM))
    case.fill("observable", observables("phone:+11 v"))
    case.run(STAGE)
    assert case.read("approach", "by_victim", "victim_id").to_pylist() == [{"by_victim": True, "victim_id": None}]


def test_in_a_group_each_who_bears_marks_approaches_and_nobody_is_told_to_answer(case: Case) -> None:
    case.fill("message", messages(
        ("g", "handle:a", None, "join the platform"), ("g", "handle:b", None, "I earned so much"),
        ("g", "handle:c", None, "hello all"),
    ))  # fmt: skip
    case.fill("contact_class", classes("0 scam investment trust 0.8", "1 scam investment shown_gains 0.8"))
    case.run(STAGE)
    rows = case.read("approach").to_pylist()
    assert {(row["source_id"], row["object_id"], row["answered"], row["n_parties"]) for row in rows} == {
        ("handle:a", None, None, 3), ("handle:b", None, None, 3),
    }  # fmt: skip


def test_a_report_ties_the_number_that_it_names_and_one_of_a_ransom_does_not(case: Case) -> None:
    case.fill("entity", entities("v Person Anna", "w Person Bo", "p Payment x"))
    told = statements(VICTIM, "w Person status=reported victim", "p Payment purpose=ransom")
    for row, record in zip(told, ("r#1", "r#2", "r#2"), strict=True):
        row["record_id"] = record
    case.fill("statement", told)
    case.fill("observable", [
        {**observables("phone:+661")[0], "start": -1, "record_id": "r#1"},
        {**observables("phone:+662")[0], "start": -1, "record_id": "r#2"},
        {**observables("phone:+11 v")[0], "record_id": "r#1"},
    ])  # fmt: skip
    case.fill("contact_class", classes("r#1 scam romance trust 0.9 report"))
    case.run(STAGE)
    (row,) = case.read("approach").to_pylist()
    assert (row["medium"], row["source_id"], row["victim_id"], row["tie"], row["kind"]) == (
        "report", "phone:+661", "v", "report", "romance"
    )  # fmt: skip
    assert (row["first_at"], row["answered"]) == (None, None)


def test_a_note_that_names_two_numbers_names_no_source(case: Case) -> None:
    def mention(name: str, record: str) -> dict[str, Any]:
        return {**observables(name)[0], "record_id": record}

    case.fill("observable", [mention("phone:+661", "n#1"), mention("phone:+662", "n#2"), mention("phone:+663", "n#2")])
    case.fill("contact_class", classes("n#1 scam impersonation - 0.9 note", "n#2 scam impersonation - 0.9 note"))
    case.run(STAGE)
    assert case.read("approach", "source_id").to_pylist() == [{"source_id": "phone:+661"}]


def test_an_answer_before_the_first_contact_is_none(case: Case) -> None:
    case.fill("message", messages(
        ("t", "phone:+1", "phone:+2", "lunch?"), ("t", "phone:+2", "phone:+1", "your account is suspended"),
    ))  # fmt: skip
    case.fill("contact_class", classes("1 scam phishing first_contact 0.9"))
    case.run(STAGE)
    (row,) = case.read("approach").to_pylist()
    assert (row["source_id"], row["n_back"], row["answered"]) == ("phone:+2", 1, False)
    assert row["first_at"] == datetime(2025, 3, 1, 0, 1)


def test_a_public_service_is_told_by_its_host_and_not_by_a_look_alike() -> None:
    assert public_service("mail.google.com") == "a search, mail or map service"
    assert public_service("google.com.win-prize.top") is None
