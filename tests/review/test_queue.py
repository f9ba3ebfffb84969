"""Contacts to look at first: which, in what order, why; and one answer for all of the same words."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.review.test_review import strike

from upriver.case import journal
from upriver.case.journal import Decision
from upriver.case.store import Case
from upriver.errors import JournalError
from upriver.review.labelling import Labelling
from upriver.review.queue import Asked, Queue

SCRIPT = "Hello dear friend, send the 500 to our platform before midnight"


def read(name: str, label: str = "scam", score: float = 0.99, **more: Any) -> dict[str, Any]:
    return {"record_id": name, "medium": "message", "label": label, "kind": None, "stage": None, "score": score,
            "cues": ["x"], "label_by": "word lists", "list_label": label, "list_score": score,
            "text_id": name, **more}  # fmt: skip


def sent(
    name: str, text: str = "short", to: str | None = None, at: datetime | None = None, **more: Any
) -> dict[str, Any]:
    return {"message_id": name, "thread": f"t{name}", "sender": "telegram:@a", "recipient": to, "sent_at": at,
            "text": text, "platform": "telegram", "record_id": name, **more}  # fmt: skip


def names(asked: Sequence[Asked]) -> list[str]:
    return [one.record_id for one in asked]


def decided(name: str, value: str = "scam", other: str | None = None) -> Decision:
    return Decision(f"d{name}{other}", "label", name, other, value, "A", "2026-01-01T00:00:00", "seen")


def test_doubtful_contacts_are_asked_and_plain_ones_are_not(any_case: Case) -> None:
    any_case.fill("contact_class", [
        read("near", score=0.45), read("sure"), read("plain", "neither", 0.02), read("half", "neither", 0.15),
        read("unsure", "unsure", 0.3), read("wordless", "unsure", 0.02, cues=[]),
        read("differ", "neither", 0.03, model_label="neither", model_score=0.03, list_label="scam", list_score=0.6),
        read("said", score=0.45, label_by="analyst"), read("offer", "lure", 0.1),
        read("torn", "unsure", 0.9, model_label="unsure", list_label="neither"),
        read("agreed", "scam", 0.9, model_label="unsure"),
    ])  # fmt: skip
    asked = {one.record_id: one for one in Queue.of(any_case).asked}
    assert asked.keys() == {"near", "unsure", "differ", "offer", "torn"}
    assert asked["torn"].reasons == ("the model's label and its probability (0.90) contradict each other",)
    assert asked["near"].reasons == ("near the threshold: 0.45 likely a scam contact",)
    assert asked["differ"].reasons == ("the word lists say scam (0.60), the model neither (0.03)",)
    assert "do not make a scam contact together" in asked["unsure"].reasons[0]
    assert "an offer of work" in asked["offer"].reasons[0]


def test_the_same_words_to_many_come_first_and_one_answer_settles_them(any_case: Case) -> None:
    rows = [read(f"m{n}", score=0.5, text_id="script") for n in range(4)]
    any_case.fill(
        "contact_class", [*rows, read("one", score=0.5), *(read(f"s{n}", score=0.5, text_id="short") for n in (1, 2))]
    )
    any_case.fill("message", [
        *(sent(f"m{n}", SCRIPT, f"phone:+{n}") for n in range(4)), sent("one", SCRIPT + " now"),
        sent("s1", "hello"), sent("s2", "Hello"),
    ])  # fmt: skip
    queue = Queue.of(any_case)
    assert len(queue.asked) == 4
    first, *others = queue.asked
    assert first.records == {"m0", "m1", "m2", "m3"}
    assert "4 people got the same words: one answer settles all" in first.reasons
    # What is short may be anybody's: each by itself.
    assert sorted(names(others)) == ["one", "s1", "s2"]
    assert names(queue.open([decided("m2", other="same_text")])) == ["one", "s1", "s2"]
    assert names(queue.open([decided("m2")])) == names(queue.asked)
    assert names(queue.open([decided("s1")], skipped=["one"])) == [first.record_id, "s2"]


def test_victims_money_soon_after_and_a_rare_kind_are_reasons(any_case: Case) -> None:
    any_case.fill("contact_class", [
        read("soon"), read("late"), read("told", medium="report"), read("rare", kind="recovery"),
        *(read(f"k{n}", kind="romance") for n in range(30)),
    ])  # fmt: skip
    any_case.fill("message", [
        sent("soon", to="phone:+1", at=datetime(2026, 1, 1)), sent("late", to="phone:+1", at=datetime(2026, 3, 1)),
    ])  # fmt: skip
    any_case.fill(
        "entity", [{"entity_id": "v1", "canonical_id": "v", "schema": "Person", "caption": "V", "n_members": 1}]
    )
    any_case.fill("identifier", [{"observable_id": "phone:+1", "node_id": "v"}])
    any_case.fill("statement", [{"statement_id": "1", "entity_id": "v1", "schema": "Person", "prop": "name",
                                 "value": "V", "lang": None, "record_id": "told"}])  # fmt: skip
    any_case.fill("flow", [
        {"transfer_id": f"p{n}", "source_account": "a", "target_account": "b", "occurred_at": at, "amount_usd": 1000.0,
         "origin": "victim_payment", "victim_id": "v1", "record_id": f"p{n}"}
        for n, at in enumerate((datetime(2026, 1, 3), datetime(2026, 1, 14), datetime(2026, 2, 1)))
    ])  # fmt: skip
    asked = {one.record_id: one for one in Queue.of(any_case).asked}
    assert asked.keys() == {"soon", "told", "rare"}
    assert asked["soon"].usd == 2000
    assert asked["soon"].reasons == ("2,000 USD of victims' money went out in the 14 days after it",)
    assert asked["told"].reasons == ("its victim paid 3,000 USD",)
    assert asked["rare"].reasons == ("a rare kind: recovery, 1 of 34 scam contacts",)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.booleans()), max_size=12))
@settings(max_examples=60)
def test_what_is_open_is_what_no_label_covers(labels: list[tuple[int, int, bool]]) -> None:
    groups = [frozenset(f"{group}{n}" for n in range(group + 1)) for group in range(4)]
    queue = Queue(Asked(min(group), "message", "scam", 0.5, records=group, change=1.0) for group in groups)
    made = [decided(f"{group}{n}", other="same_text" if same else None) for group, n, same in labels]
    covered: set[str] = set()
    for group, n, same in labels:
        covered |= groups[group] if same and f"{group}{n}" in groups[group] else {f"{group}{n}"}
    assert {one.records for one in queue.open(made)} == {group for group in groups if not group <= covered}


def test_a_sitting_writes_skips_and_takes_back(case: Case) -> None:
    case.fill(
        "contact_class", [read("a", score=0.5, text_id="x"), read("b", score=0.5, text_id="x"), read("c", score=0.4)]
    )
    case.fill("message", [sent("a", SCRIPT), sent("b", SCRIPT), sent("c")])
    session = Labelling(case.home, Queue.of(case), "A")
    both, one = sorted(session.open(), key=lambda asked: -len(asked.records))
    made = session.label(both, "scam:romance", "seen")
    assert (made.subject_id, made.object_id, made.value, made.why) == ("a", "same_text", "scam:romance", "seen")
    session.pass_over(one.record_id)
    assert session.open() == []
    assert session.undo() == "the skip"
    assert session.label(one, "neither").why == "read in the queue: near the threshold: 0.40 likely a scam contact"
    assert (session.undo(), session.undo(), session.undo()) == ("the label neither", "the label scam:romance", "")
    assert journal.read(case.home) == ([], [])
    for wrong in ("maybe", "scam:poetry", "lure:romance", ""):
        with pytest.raises(JournalError, match="label"):
            session.label(one, wrong)


@pytest.fixture
def asked_case(place: Path) -> Path:
    """The doubtful case of the folder's tests, with contacts of its victim in it."""
    with Case.open(place / "evidence.upriver") as case:
        first = case.read("record", "record_id", where="form = 'victim_report'")["record_id"][0].as_py()
        case.fill(
            "contact_class", [read(first, score=0.5, cues=["Ada Example"], medium="report"), read("far", score=0.5)]
        )
        case.fill("message", [sent("far", "Ada Example, pay today", at=datetime(2026, 1, 1))])
    return place


def run(place: Path, *words: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upriver", *words], input=answers, capture_output=True, text=True, check=False, cwd=place
    )


def test_contacts_are_labelled_through_a_pipe_and_nobody_is_named(asked_case: Path) -> None:
    told = run(
        asked_case,
        "review",
        "evidence.upriver",
        "--contacts",
        "--who",
        "A",
        answers="x\nc:poetry\nc:romance she paid\nn\n",
    )
    assert told.returncode == 0, told.stderr
    assert "Ada" not in told.stdout
    assert "Victim 1" in told.stdout
    assert "'x' is none of" in told.stdout
    assert "not written: 'scam:poetry' is no label" in told.stdout
    assert "no contact is left" in told.stdout
    made, _ = journal.read(asked_case / "evidence.upriver")
    assert [(one.kind, one.value, one.object_id) for one in made] == [
        ("label", "scam:romance", None),
        ("label", "neither", None),
    ]
    assert made[0].why == "she paid"


def test_single_keys_label_on_a_terminal(asked_case: Path) -> None:
    strike(asked_case, ("--contacts",), (
        ("? help", "l", "lure: written as"), ("? help", "u", "taken back: the label lure"), ("? help", "C", "Kind"),
        ("Kind", "romance\r", "Why"), ("Why", "she paid\r", "scam:romance: written as"), ("? help", "s", "skipped"),
    ))  # fmt: skip
    made, _ = journal.read(asked_case / "evidence.upriver")
    assert [(one.kind, one.value, one.why) for one in made] == [("label", "scam:romance", "she paid")]


def test_the_queue_is_a_file_too_and_what_is_labelled_leaves_it(asked_case: Path) -> None:
    told = run(asked_case, "queue", "evidence.upriver", "--out", "queue.csv")
    assert told.returncode == 0, told.stderr
    assert "2 contacts worth a look" in told.stderr
    text = (asked_case / "queue.csv").read_text(encoding="utf-8")
    assert "Ada" not in text
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["place"] for row in rows] == ["1", "2"]
    assert all(row["reasons"] and row["record_id"] for row in rows)
    inside = run(asked_case, "queue", "evidence.upriver", "--out", "evidence/queue.csv")
    assert (inside.returncode, "the evidence itself" in inside.stderr) == (1, True)
    journal.append(asked_case / "evidence.upriver", "label", "far", value="neither", who="A", why="seen")
    told = run(asked_case, "queue", "evidence.upriver", "--most", "1", "--out", "-")
    assert "1 contact worth a look" in told.stderr
    assert len(told.stdout.splitlines()) == 2
