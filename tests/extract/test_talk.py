from __future__ import annotations

from datetime import datetime

import pytest
from tests.extract.told import part_of_stage, tell

from upriver.case.store import Case
from upriver.extract.talk import seconds, talk

STAGE = part_of_stage(talk)


def call(file: str = "cdr", **fields: str | None) -> tuple[str, str, dict[str, str | None]]:
    usual = {
        "caller": "0812345678",
        "callee": "+95 9 420 001 234",
        "started_at": "2025-03-01 08:00:00",
        "seconds": "65",
    }
    return file, "call", {**usual, **fields}


def message(file: str = "chat", **fields: str | None) -> tuple[str, str, dict[str, str | None]]:
    usual = {
        "thread": "T1",
        "sender": "+66812345678",
        "sent_at": "2025-03-01 08:00",
        "text": "hello",
        "platform": "WhatsApp",
    }
    return file, "message", {**usual, **fields}


def reasons(case: Case) -> list[str]:
    return case.sql("SELECT reason FROM rejected_record ORDER BY record_id")["reason"].to_pylist()


def test_a_call_joins_two_phones_at_a_time_in_utc(any_case: Case) -> None:
    tell(any_case, call(), cdr={"country": "TH", "time_zone": "Asia/Bangkok"})
    any_case.run(STAGE)
    (row,) = any_case.read("call").to_pylist()
    assert len(row.pop("call_id")) == 20
    assert row == {
        "caller": "phone:+66812345678", "callee": "phone:+959420001234", "started_at": datetime(2025, 3, 1, 1),
        "seconds": 65, "record_id": "cdr#row 2", "caller_device": None, "callee_device": None, "caller_sim": None,
        "callee_sim": None,
    }  # fmt: skip


def test_a_device_is_of_the_party_whose_record_it_is_and_both_records_of_a_call_are_heard(any_case: Case) -> None:
    out = call("a", kind="MOC", device="35-209900-176148-1", sim="520031234567890")
    into = call("b", kind="MTC", device="490154203237518", sim="414011234567890")
    tell(
        any_case, out, into, call("c", started_at="2025-03-02", device="3.52E+14"), call("d", device="x-9", seconds="1")
    )
    any_case.run(STAGE)
    rows = any_case.read("call", "record_id", "caller_device", "callee_device", "caller_sim", "callee_sim")
    assert [list(row.values()) for row in rows.sort_by("record_id").to_pylist()] == [
        ["a#row 2", "35209900176148", "49015420323751", "520031234567890", "414011234567890"],
        ["c#row 2", None, None, None, None],
        ["d#row 2", "x-9", None, None, None],
    ]  # fmt: skip


def test_a_number_without_a_country_keeps_its_digits(case: Case) -> None:
    tell(case, call(callee="191"))
    case.run(STAGE)
    (row,) = case.read("call", "caller", "callee").to_pylist()
    assert row == {"caller": "phone:0812345678", "callee": "phone:191"}


def test_a_call_told_twice_is_one_call(any_case: Case) -> None:
    tell(any_case, call("b"), call("a", seconds="00:01:05"), call("a", seconds="66"))
    any_case.run(STAGE)
    assert sorted(any_case.read("call", "record_id")["record_id"].to_pylist()) == ["a#row 2", "a#row 3"]
    assert reasons(any_case) == ["already told by a#row 2: nothing to do"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"caller": None}, "nobody who calls"),
        ({"callee": "0812345678"}, "both ends"),
        ({"started_at": "soon"}, "the time cannot be read"),
        ({"started_at": None}, "the time cannot be read"),
        ({"seconds": "long"}, "the length cannot be read"),
        ({"seconds": "9999999"}, "the length cannot be read"),
    ],
)
def test_a_call_that_cannot_be_is_refused(case: Case, fields: dict[str, str | None], reason: str) -> None:
    tell(case, call(**fields))
    case.run(STAGE)
    assert case.read("call").num_rows == 0
    (told,) = reasons(case)
    assert told.startswith(reason)


def test_lengths_are_read_as_people_write_them() -> None:
    assert [seconds(text) for text in ("0:05", "1:00:00", "2 min", "3小时", "x", "")] == [
        5,
        3600,
        120,
        10800,
        None,
        None,
    ]


def test_a_message_keeps_its_thread_and_text(any_case: Case) -> None:
    tell(any_case, message(recipient="@Lin_88", text=" 你好 <b> "))
    any_case.run(STAGE)
    (row,) = any_case.read("message").to_pylist()
    assert len(row.pop("message_id")) == 20
    assert row == {
        "thread": "T1", "sender": "whatsapp:+66812345678", "recipient": "handle:lin_88",
        "sent_at": datetime(2025, 3, 1, 8), "text": "你好 <b>", "platform": "whatsapp", "record_id": "chat#row 2",
    }  # fmt: skip


def test_an_export_of_a_messenger_is_of_that_messenger(case: Case) -> None:
    tell(case, message(platform=None, thread=None, sender="@mei_sot"), chat={"format": "telegram"})
    case.run(STAGE)
    (row,) = case.read("message", "platform", "sender", "thread").to_pylist()
    assert row == {"platform": "telegram", "sender": "telegram:mei_sot", "thread": "chat.csv"}


def test_a_thread_without_a_name_is_that_of_its_two_ends(case: Case) -> None:
    tell(case, message(thread=None, recipient="+95 9 420 001 234"),
         message(thread=None, sender="+95 9 420 001 234", recipient="+66812345678"))  # fmt: skip
    case.run(STAGE)
    assert set(case.read("message", "thread")["thread"].to_pylist()) == {
        "whatsapp:+66812345678 / whatsapp:+959420001234"
    }


def test_a_message_with_an_unreadable_time_is_kept_and_the_slip_told(case: Case) -> None:
    tell(case, message(sent_at="yesterday"), message(sent_at="yesterday"), message(sent_at=None))
    case.run(STAGE)
    assert case.read("message", "sent_at")["sent_at"].to_pylist() == [None, None, None]
    assert [reason.partition(":")[0] for reason in reasons(case)] == [
        "the time cannot be read, so the message is kept without it"
    ] * 2


def test_a_message_of_two_exports_is_one_and_a_greeting_repeated_is_two(any_case: Case) -> None:
    tell(any_case, message("a"), message("a"), message("b"))
    any_case.run(STAGE)
    assert sorted(any_case.read("message", "record_id")["record_id"].to_pylist()) == ["a#row 2", "a#row 3"]


def test_a_message_without_text_or_sender_is_refused(case: Case) -> None:
    tell(case, message(text=" "), message(sender=None))
    case.run(STAGE)
    assert case.read("message").num_rows == 0
    assert [reason.partition(":")[0] for reason in reasons(case)] == ["the message has no text", "nobody who writes"]


def test_a_text_message_in_a_call_record_is_no_call(any_case: Case) -> None:
    tell(any_case, call(kind="CALL_OUT"), call(kind="SMS_OUT", started_at="2025-03-01 09:00:00"))
    any_case.run(STAGE)
    assert any_case.read("call", "record_id")["record_id"].to_pylist() == ["cdr#row 2"]
    assert reasons(any_case) == ["it is a text message or data, and no call: its words are not told here"]


def test_a_message_in_the_zawgyi_font_is_told_in_unicode(any_case: Case) -> None:
    zawgyi = "\u1031\u1021\u102c\u1004\u1039\u1011\u103c\u1014\u1039\u1038"
    tell(any_case, message(text=zawgyi), message(text="hello", sent_at="2025-03-01 09:00"))
    any_case.run(STAGE)
    told = {row["text"] for row in any_case.read("message", "text").to_pylist()}
    assert told == {"\u1021\u1031\u102c\u1004\u103a\u1011\u103d\u1014\u103a\u1038", "hello"}
