"""Workbooks, JSON, texts, pages and chats: each record with the place where it stands."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from upriver.case.settings import FileSettings
from upriver.evidence.folder import UnreadableError
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import excel, html, jsons, telegram, text, whatsapp

from .sources import rows, source

PARAMS = EvidenceParams()


def workbook(path: Path) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Out"
    for row in (
        ["Bank of the River", None],
        [],
        ["Date", "From Account", "To Account", "Amount (THB)"],
        [dt.datetime(2024, 5, 1, 10, 30), 1234567890123, "0012", 5.5],
        [],
        [dt.datetime(2024, 5, 2), "x", "y", 6],
    ):
        sheet.append(row)
    other = book.create_sheet("话单")
    for row in (["主叫号码", "被叫号码", "通话时间"], ["1", "2", "2024-05-01 10:00"]):
        other.append(row)
    book.create_sheet("empty")
    book.save(path)
    return path.read_bytes()


def test_each_sheet_of_a_workbook_is_a_table_with_the_rows_numbers(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    file = source(path, workbook(path))
    found = {row["at"]: row for row in rows(excel.read(file, PARAMS))}
    assert sorted(found) == ["Out!row 1", "Out!row 4", "Out!row 6", "话单!row 2"]
    assert found["Out!row 4"] == {
        "at": "Out!row 4", "form": "bank_transfer", "source_account": "1234567890123", "target_account": "0012",
        "occurred_at": "2024-05-01T10:30:00", "amount": "5.5", "extra": None,
    }  # fmt: skip
    assert found["Out!row 6"]["amount"] == "6"
    assert found["话单!row 2"]["form"] == "call"
    assert file.guessed["sheets"]["Out"]["currency"] == "THB"
    assert file.guessed["sheets"]["话单"]["form"] == "call"


def _far(path: Path, cells: dict[str, str]) -> bytes:
    """A workbook of a few cells, written cell by cell: what a stray key in a far corner leaves."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for place, value in cells.items():
        sheet[place] = value
    book.save(path)
    return path.read_bytes()


def test_a_stray_cell_in_a_far_corner_is_refused_before_room_is_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    file = source(path, _far(path, {"A1": "name", "A2": "Ann", "XFD1048576": " x "}))
    with pytest.raises(UnreadableError, match=r"3 filled cells .* rectangle of 17179869184"):
        rows(excel.read(file, PARAMS))


def test_a_table_that_begins_far_down_keeps_the_numbers_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "low.xlsx"
    cells = {"C90001": "caller", "D90001": "callee", "E90001": "started_at", "C90002": "1", "D90002": "2"}
    (found,) = rows(excel.read(source(path, _far(path, cells | {"E90002": "2024-05-01"})), PARAMS))
    assert (found["at"], found["form"], found["caller"]) == ("Sheet!row 90002", "call", "1")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    file = source(path, workbook(path))
    with pytest.raises(UnreadableError, match=r"unpacks to \d+ bytes, over the limit of 800"):
        rows(excel.read(file, EvidenceParams(max_text_bytes=100)))


def test_what_the_reader_of_workbooks_did_not_foresee_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panic = type("PanicException", (BaseException,), {})

    def panics(_path: str) -> None:
        raise panic("chunk size must be non-zero")

    path = tmp_path / "ledger.xlsx"
    file = source(path, workbook(path))
    monkeypatch.setattr("python_calamine.CalamineWorkbook.from_path", panics)
    with pytest.raises(UnreadableError, match="damaged workbook"):
        rows(excel.read(file, PARAMS))


def test_a_sheet_may_be_told_apart_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    told = FileSettings(sheets={"话单": FileSettings(form="message", columns={"text": "3", "sender": "1"})})
    found = {row["at"]: row for row in rows(excel.read(source(path, workbook(path), told), PARAMS))}
    assert (found["话单!row 2"]["form"], found["话单!row 2"]["text"]) == ("message", "2024-05-01 10:00")
    assert found["Out!row 4"]["form"] == "bank_transfer"


def test_json_lines_keep_what_is_written_and_break_line_by_line(tmp_path: Path) -> None:
    text_of = (
        '{"id": "d1", "url": "u", "published": "2023-11", "language": "en", "text": "t", "events": [{"count": 3}]}\n'
        "\n"
        "{torn\n"
        '{"id": 12345678901234567890, "url": "u", "text": "\\ud83d", "late": 1.50}\n'
    )
    found = {row["at"]: row for row in rows(jsons.read(source(tmp_path / "news.jsonl", text_of), PARAMS))}
    assert sorted(found) == ["line 1", "line 3", "line 4"]
    assert found["line 1"]["form"] == "news"
    assert found["line 1"]["published"] == "2023-11"
    assert json.loads(str(found["line 1"]["extra"])) == {"events": '[{"count": "3"}]'}
    assert (found["line 3"]["form"], found["line 3"]["raw"]) == ("broken", "{torn")
    assert found["line 4"]["passage_id"] == "12345678901234567890"
    assert json.loads(str(found["line 4"]["extra"])) == {"late": "1.50"}


def test_a_key_that_comes_late_is_kept(tmp_path: Path) -> None:
    lines = [json.dumps({"a": str(n)}) for n in range(1500)] + ['{"a": "x", "z": "y"}']
    found = rows(jsons.read(source(tmp_path / "a.jsonl", "\n".join(lines)), PARAMS))
    assert json.loads(str(found[-1]["extra"])) == {"a": "x", "z": "y"}


def test_lists_of_a_json_document_are_tables(tmp_path: Path) -> None:
    document = {"calls": [{"caller": "1", "callee": "2", "started_at": "2024-05-01"}], "made by": "us", "n": None}
    found = rows(jsons.read(source(tmp_path / "a.json", json.dumps(document)), PARAMS))
    assert [(row["at"], row["form"]) for row in found] == [("calls item 1", "call"), ("item 1", "unknown")]


def test_half_a_character_in_a_key_or_value_does_not_stop_the_reading(tmp_path: Path) -> None:
    line = '{"text": "half \\ud800", "\\udc00": "x"}'
    for name in ("a.jsonl", "a.json"):
        (found,) = rows(jsons.read(source(tmp_path / name, line), PARAMS))
        assert (found["text"], found["extra"]) == ("half ?", '{"?": "x"}')


def test_json_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="not valid JSON"):
        rows(jsons.read(source(tmp_path / "a.json", '{"a": [1, 2\n"b"'), PARAMS))


def test_paragraphs_of_a_text_are_notes_with_the_labels_above_them(tmp_path: Path) -> None:
    above = "Officer: Desk 2\nDate: 2024-05-01\n\n"
    below = "He called\ntwice.\n\nA: hello\nB: who?\nA: me\n\nDate: 2024-06-01\nLater.\n"
    found = rows(text.read(source(tmp_path / "calls.txt", above + below), PARAMS))
    assert [(row["at"], row.get("speaker"), row["written_at"], row["text"]) for row in found] == [
        ("line 4", "Desk 2", "2024-05-01", "He called\ntwice."),
        ("line 7", "Desk 2", "2024-05-01", "A: hello\nB: who?\nA: me"),
        ("line 12", None, "2024-06-01", "Later."),
    ]
    assert {row["form"] for row in found} == {"note"}


def test_an_interview_is_one_record_and_its_name_goes_with_it(tmp_path: Path) -> None:
    above = "Interviewee: A B\nInterviewer: Desk 1\nInterview date: 2024-05-01\n\n"
    said = "They took my passport.\n\nI was locked in."
    (found,) = rows(text.read(source(tmp_path / "interview 3.txt", above + said + "\n"), PARAMS))
    assert (found["form"], found["name"], found["at"]) == ("interview", "A B", "line 5")
    assert found["text"] == said


def test_pages_of_a_text_are_records(tmp_path: Path) -> None:
    found = rows(text.read(source(tmp_path / "a.txt", "one\n\nstill one\ftwo\f\n"), PARAMS))
    assert [(row["at"], row["text"]) for row in found] == [("page 1", "one\n\nstill one"), ("page 2", "two")]


def test_labels_with_nothing_below_are_kept(tmp_path: Path) -> None:
    (found,) = rows(text.read(source(tmp_path / "a.txt", "Officer: X\nDate: 2024-05-01\n"), PARAMS))
    assert found["text"] == "Officer: X\nDate: 2024-05-01"


def test_saved_page_gives_its_words_and_not_its_programs(tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html><!-- saved from url=(0022)https://news.example/1 --><html lang="en"><head><title>Raid</title>'
        '<meta property="article:published_time" content="2024-05-01"><script>var a = "no";</script></head>'
        "<body><nav>Menu</nav><p>Forty people were <b>handed</b> over.</p><p>More &amp; more.</p></body></html>"
    )
    (found,) = rows(html.read(source(tmp_path / "a.html", page), PARAMS))
    assert found == {
        "at": "page 1", "form": "news", "url": "https://news.example/1", "published": "2024-05-01", "language": "en",
        "text": "Forty people were handed over.\nMore & more.", "extra": '{"title": "Raid"}',
    }  # fmt: skip


def test_a_page_in_one_form_and_with_sections_that_no_parser_knows_is_read(tmp_path: Path) -> None:
    page = (
        "<html><body><form action='/x'><![foo[ a ]]><![ b><p>Three men were held.</p><select><option>no</select></form>"
    )
    (found,) = rows(html.read(source(tmp_path / "a.html", page), PARAMS))
    assert found["text"].endswith("Three men were held.")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[01/05/2024, 10:00:00] Ann: hi\nthere", "[31/05/2024, 10:01:00] +66 81 234 5678: \u200eyes: now"),
        ("01/05/2024, 10:00 - Ann: hi\nthere", "31/05/2024, 10:01 - +66 81 234 5678: yes: now"),
        ("5/1/24, 10:00\u202fAM - Ann: hi\nthere", "5/31/24, 10:01\u202fPM - +66 81 234 5678: yes: now"),
    ],
)
def test_whatsapp_messages_of_two_go_to_each_other(tmp_path: Path, first: str, second: str) -> None:
    notice = first.split("Ann")[0] + "Messages are end-to-end encrypted."
    file = source(tmp_path / "WhatsApp Chat with Ann.txt", f"{notice}\n{first}\n{second}\n")
    found = {row["at"]: row for row in rows(whatsapp.read(file, PARAMS))}
    assert sorted(found) == ["line 1", "line 2", "line 4"]
    assert found["line 1"]["form"] == "unknown"
    one, other = found["line 2"], found["line 4"]
    assert (one["thread"], one["sender"], one["recipient"]) == ("Ann", "Ann", "+66 81 234 5678")
    assert (one["text"], other["text"], other["recipient"]) == ("hi\nthere", "yes: now", "Ann")
    assert file.habits.date_order == ("mdy" if "/24," in first else "dmy")


def test_whatsapp_group_made_by_someone_has_an_admin(tmp_path: Path) -> None:
    lines = '01/05/2024, 10:00 - Ann created group "Team"\n01/05/2024, 10:01 - Bob: hi\n01/05/2024, 10:02 - Cy: ho\n'
    found = rows(whatsapp.read(source(tmp_path / "WhatsApp Chat with Team.txt", lines), PARAMS))
    assert [(row["member"], row["admin"]) for row in found if row["form"] == "chat_member"] == [("Ann", "true")]


def test_telegram_export_gives_messages_members_and_notices(tmp_path: Path) -> None:
    def message(number: int, **fields: object) -> dict[str, object]:
        return {"id": number, "type": "message", "date": "2024-05-01T17:00:00", "date_unixtime": "1714557600", **fields}

    chat = {
        "name": "work", "id": 7, "type": "private_group",
        "messages": [
            message(1, type="service", actor="Boss", actor_id="user1", action="create_group"),
            message(2, **{"from": "Boss", "from_id": "user1", "text": ["see ", {"type": "link", "text": "x.example"}]}),
            message(3, **{"from": "Ann", "from_id": "user2", "text": "ok"}),
            message(4, **{"from": "Ann", "from_id": "user2", "text": "", "photo": "a.jpg"}),
        ],
    }  # fmt: skip
    data = json.dumps({"chats": {"list": [chat]}})
    found = {row["at"]: row for row in rows(telegram.read(source(tmp_path / "result.json", data), PARAMS))}
    assert found["chat 7 message 2"]["text"] == "see x.example"
    assert found["chat 7 message 2"]["sent_at"] == "1714557600"
    assert (found["chat 7 message 3"]["sender"], found["chat 7 message 3"]["recipient"]) == ("user2", "user1")
    assert (found["chat 7 member 1"]["name"], found["chat 7 member 1"]["admin"]) == ("Boss", "true")
    assert found["chat 7 message 1"]["form"] == found["chat 7 message 4"]["form"] == "unknown"


@pytest.mark.parametrize("chats", [{"list": 5}, {"list": [7, None, {"messages": 5}]}, 5, {"list": {"messages": []}}])
def test_a_telegram_export_of_another_shape_is_refused(tmp_path: Path, chats: object) -> None:
    file = source(tmp_path / "result.json", json.dumps({"chats": chats}))
    with pytest.raises(UnreadableError, match="holds no chat"):
        rows(telegram.read(file, PARAMS))
