"""Mails and boxes of them: who wrote to whom, when and what; wrong charsets, torn parts, attachments by name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from upriver.evidence.folder import UnreadableError
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import mail

from .sources import rows, source

PARAMS = EvidenceParams()

PLAIN = b"""Return-Path: <desk@invest.example>
Received: from mx.invest.example by mail.example; Tue, 6 May 2025 10:00:03 +0700
From: =?utf-8?B?5p6X5bCP5aeQ?= <desk@invest.example>
To: "Example, Ada" <ada@mail.example>
Subject: =?gb2312?B?zbbXyg==?= account
Date: Tue, 06 May 2025 10:00:00 +0700
Message-ID: <m1@invest.example>
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

Dear Ada,
>From tomorrow the fee is due.
"""
PAGE = base64.b64encode("<p>ยอดเงิน <b>5,000</b> บาท</p><script>no()</script>".encode("cp874"))
MIXED = (
    b"""From: Ada <ada@mail.example>
To: desk@invest.example
Cc: Boss <boss@invest.example>, lin@invest.example
Subject: Re: account
Date: 6 May 2025 12:30 +0200
In-Reply-To: <m1@invest.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="AAA"

--AAA
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: base64

"""
    + PAGE
    + b"""
--AAA
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''%E6%94%B6%E6%8D%AE.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--AAA--
"""
)


def box(*mails: bytes) -> bytes:
    return b"".join(b"From someone@mail.example Tue May  6 03:00:00 2025\n" + one + b"\n" for one in mails)


def read(tmp_path: Path, data: bytes, name: str = "a.eml") -> list[dict[str, Any]]:
    return rows(mail.read(source(tmp_path / name, data), PARAMS))


def test_a_mail_to_one_has_a_sender_a_recipient_a_moment_and_its_words(tmp_path: Path) -> None:
    said, member, other = read(tmp_path, PLAIN)
    assert said == {
        "at": "line 1", "form": "message", "sender": "desk@invest.example", "recipient": "ada@mail.example",
        "sent_at": "2025-05-06T10:00:00+07:00", "platform": "mail",
        "text": "投资 account\n\nDear Ada,\nFrom tomorrow the fee is due.",
        "extra": json.dumps(
            {"subject": "投资 account", "to": "Example, Ada <ada@mail.example>", "name": "林小姐"}, ensure_ascii=False
        ),
    }  # fmt: skip
    assert (member["member"], member["name"]) == ("desk@invest.example", "林小姐")
    assert (other["member"], other["name"], other["at"]) == ("ada@mail.example", "Example, Ada", "line 1 member 2")


def test_a_mail_to_several_is_a_room_of_its_readers_and_its_attachment_is_named_not_read(tmp_path: Path) -> None:
    file = source(tmp_path / "a.eml", MIXED)
    said, *members = rows(mail.read(file, PARAMS))
    assert (said["thread"], said.get("recipient")) == ("<m1@invest.example>", None)
    # Declared western, written in Thai: the bytes are believed.
    assert said["text"] == "Re: account\n\nยอดเงิน 5,000 บาท"
    assert json.loads(said["extra"])["attachments_not_read"] == "收据.pdf"
    assert file.guessed["attachments_not_read"] == 1
    assert [row["member"] for row in members] == [
        "ada@mail.example", "desk@invest.example", "boss@invest.example", "lin@invest.example",
    ]  # fmt: skip
    assert {row["thread"] for row in members} == {"<m1@invest.example>"}


def test_each_mail_of_a_box_stands_at_the_line_on_which_it_begins(tmp_path: Path) -> None:
    data = box(PLAIN, MIXED, b"Subject: nobody\n\nwords\n")
    found = read(tmp_path, data, "inbox.mbox")
    lines = data.split(b"\n")
    said = [row for row in found if row["form"] == "message"]
    assert [row["sender"] for row in said] == ["desk@invest.example", "ada@mail.example"]
    for row in [*said, found[-1]]:
        assert lines[int(row["at"].split()[1]) - 1].startswith(b"From someone")
    assert (found[-1]["form"], found[-1]["reason"]) == ("broken", "the mail has no sender: torn, or no mail")
    assert found[-1]["raw"] == "Subject: nobody\n\nwords\n\n"


def test_a_box_cut_anywhere_keeps_the_mails_before_the_cut(tmp_path: Path) -> None:
    whole = box(PLAIN, MIXED)
    begin = len(box(PLAIN))
    for cut in range(begin, len(whole), 7):
        found = read(tmp_path, whole[:cut], "inbox.mbox")
        assert (found[0]["form"], found[0]["sender"]) == ("message", "desk@invest.example")
        assert all(row["form"] in ("message", "chat_member", "broken") for row in found)


def test_half_a_mail_says_that_it_is_torn(tmp_path: Path) -> None:
    said = read(tmp_path, MIXED[: MIXED.index(b"JVBER")])[0]
    assert json.loads(said["extra"])["torn"] == "a part of it has no end"


def test_of_a_huge_mail_the_words_are_read_and_the_rest_is_told(tmp_path: Path) -> None:
    file = source(tmp_path / "a.eml", PLAIN + b"x" * 5000)
    said = rows(mail.read(file, EvidenceParams(max_cell_bytes=1000)))[0]
    assert said["text"].startswith("投资 account\n\nDear Ada,")
    assert json.loads(said["extra"])["not_read"] == f"{len(PLAIN) - 1 + 5000 - 1000} bytes beyond the limit"


@pytest.mark.parametrize("charset", ["no-such", "ut\0f", "idna", "hex", "utf-7", "''"])
def test_a_charset_that_is_none_ends_no_reading(tmp_path: Path, charset: str) -> None:
    body = f"From: a@b.example\nSubject: =?{charset}?B?xx==?= x\nContent-Type: text/plain; charset={charset}\n\nfee\n"
    assert "fee" in read(tmp_path, body.encode())[0]["text"]


def test_parts_that_lie_too_deeply_in_each_other_are_a_broken_row(tmp_path: Path) -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000))
    found = read(tmp_path, box(PLAIN, b"From: a@b.example\n" + deep), "a.mbox")
    assert (found[-1]["form"], found[-1]["reason"]) == ("broken", "its parts lie too deeply in each other")


def test_a_file_in_which_nobody_writes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no mail in it has a sender"):
        read(tmp_path, b"Message-ID: <x>\n\n")
