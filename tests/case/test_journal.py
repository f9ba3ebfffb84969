"""The journal: only ever added to, and readable after any kill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from upriver.case import journal
from upriver.errors import JournalError


def test_decisions_come_back_in_order(tmp_path: Path) -> None:
    first = journal.append(tmp_path, "same", "b", "a", who="A", why="same passport")
    second = journal.append(tmp_path, "note", "a", value="look again", who="B", why="for the record")
    assert journal.read(tmp_path) == ([first, second], [])
    assert (first.subject_id, first.object_id) == ("a", "b")


def test_a_torn_last_line_is_left_and_the_next_one_is_whole(tmp_path: Path) -> None:
    first = journal.append(tmp_path, "service", "acc", who="A", why="told")
    path = tmp_path / journal.FILE
    path.write_bytes(path.read_bytes() + b'{"decision_id": "torn')
    second = journal.append(tmp_path, "victim", "acc2", who="A", why="told")
    decisions, notices = journal.read(tmp_path)
    assert decisions == [first, second]
    assert len(notices) == 1
    assert "line 2" in notices[0]


@pytest.mark.parametrize(
    ("kind", "subject", "other", "who", "why", "words"),
    [
        ("marry", "a", "b", "A", "x", "no decision is called"),
        ("same", "a", None, "A", "x", "name the other"),
        ("same", "a", "a", "A", "x", "with itself"),
        ("note", "a", None, " ", "x", "'who'"),
        ("note", "a", None, "A", "", "'why'"),
        ("label", "a", None, "A", "x", "needs a value"),
    ],
)
def test_an_incomplete_decision_is_refused_and_nothing_written(
    tmp_path: Path, kind: str, subject: str, other: str | None, who: str, why: str, words: str
) -> None:
    with pytest.raises(JournalError, match=words):
        journal.append(tmp_path, kind, subject, other, who=who, why=why)
    assert not (tmp_path / journal.FILE).exists()


@pytest.mark.parametrize(
    ("value", "other", "words"),
    [
        ("maybe", None, "a label needs a value"),
        ("scam:poetry", None, "the kind of a scam is one of romance"),
        ("neither:romance", None, "is no label"),
        ("scam:", None, "is no label"),
        ("scam", "f#row 3", "a label is about one record; for all records of its text the other is same_text"),
    ],
)
def test_a_label_that_says_nothing_known_is_refused(tmp_path: Path, value: str, other: str | None, words: str) -> None:
    with pytest.raises(JournalError, match=words):
        journal.append(tmp_path, "label", "f#row 2", other, value, who="A", why="read")
    made = [
        journal.append(tmp_path, "label", "f#row 2", other, value, who="A", why="read")
        for value, other in (("scam", None), ("scam:romance", "same_text"), ("lure", None))
    ]
    assert journal.read(tmp_path) == (made, [])


def test_a_reason_of_several_lines_and_strange_marks_comes_back_as_it_was(tmp_path: Path) -> None:
    reason = "first line\nsecond\u2028third\x85fourth\x0b"
    made = journal.append(tmp_path, "note", "a", who="A", why=reason)
    assert journal.read(tmp_path) == ([made], [])
    assert made.why == reason


def test_bytes_of_the_shell_that_are_no_text_do_not_stop_a_decision(tmp_path: Path) -> None:
    made = journal.append(tmp_path, "note", "a", who="A", why="caf\udce9")
    assert journal.read(tmp_path) == ([made], [])
    assert made.why == "caf?"


WHOLE = {
    "decision_id": "d1", "kind": "service", "subject_id": "acc", "object_id": None, "value": None, "who": "A",
    "decided_at": "2026-01-01T00:00:00", "why": "told",
}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{nonsense", "not a decision"),
        ("[" * 100_000, "not a decision"),
        ("5", "not a decision"),
        (json.dumps(WHOLE | {"decided_at": "yesterday"}), "not a decision"),
        (json.dumps(WHOLE | {"kind": "marry"}), "no decision is called 'marry'"),
        (json.dumps(WHOLE | {"kind": "same"}), "name the other one"),
        (json.dumps(WHOLE | {"who": 5}), "no text"),
        (json.dumps(WHOLE | {"why": ["x"]}), "no text"),
        (json.dumps(WHOLE | {"why": "\ud800"}), "no text"),
        (json.dumps(WHOLE | {"who": None}), "empty"),
        (json.dumps(WHOLE | {"decision_id": None}), "empty"),
    ],
)
def test_a_line_edited_by_hand_is_told_with_its_number_and_the_others_count(
    tmp_path: Path, line: str, words: str
) -> None:
    (tmp_path / journal.FILE).write_text(f"{line}\n{json.dumps(WHOLE)}\n", encoding="utf-8")
    decisions, notices = journal.read(tmp_path)
    assert [decision.decision_id for decision in decisions] == ["d1"]
    (notice,) = notices
    assert notice.startswith("journal.jsonl line 1: ")
    assert words in notice


def test_a_journal_that_cannot_be_opened_stops_the_run_in_words(tmp_path: Path) -> None:
    (tmp_path / journal.FILE).mkdir()
    with pytest.raises(JournalError, match="cannot be read"):
        journal.read(tmp_path)
    with pytest.raises(JournalError, match="not kept"):
        journal.append(tmp_path, "note", "a", who="A", why="b")


def test_what_is_withdrawn_no_longer_counts_and_stays_in_the_file(tmp_path: Path) -> None:
    first = journal.append(tmp_path, "same", "a", "b", who="A", why="same passport")
    gone = journal.append(tmp_path, "withdraw", first.decision_id, who="A", why="misread")
    assert journal.read(tmp_path) == ([], [])
    assert journal.every(tmp_path / journal.FILE) == ([first, gone], [])


def test_the_same_decision_may_be_made_again_at_once_after_it_was_withdrawn(tmp_path: Path) -> None:
    for _ in range(3):
        made = journal.append(tmp_path, "same", "a", "b", who="A", why="same passport")
        journal.append(tmp_path, "withdraw", made.decision_id, who="A", why="misread")
    last = journal.append(tmp_path, "same", "a", "b", who="A", why="same passport")
    assert journal.read(tmp_path) == ([last], [])


def test_a_withdrawal_of_what_nobody_decided_is_told(tmp_path: Path) -> None:
    journal.append(tmp_path, "withdraw", "0badc0de", who="A", why="misread")
    decisions, notices = journal.read(tmp_path)
    assert decisions == []
    assert "withdraws 0badc0de, which no line of it decides" in notices[0]
