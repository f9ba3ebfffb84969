"""The journal: only ever added to, and readable after any kill."""

from __future__ import annotations

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
