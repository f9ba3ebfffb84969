"""Do no harm, in levels and statuses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.safeguard.ages import age_at
from upriver.safeguard.indicators import indicators
from upriver.safeguard.screen import Mark, mark, screen

NAMES = [indicator.name for indicator in indicators()]
STRONG = [indicator.name for indicator in indicators() if indicator.strong]
LISTED = {"handover_list": ["f#1"]}


def said(indicator: str, state: str = "present", directness: str = "own_words") -> Mark:
    return mark(indicator, state, "the words", "the person", directness, "f#2")


def test_a_handover_list_alone_gives_no_information_and_proves_no_role():
    row = screen("p", [], None, LISTED, (), 3.0).row
    assert (row["status"], row["grounds"], row["n_unknown"]) == ("no_information", "no_information", 11)
    assert "presence, not role" in str(row["reason"])


def test_two_strong_signs_presume_a_victim():
    row = screen("p", [said(STRONG[0]), said(STRONG[1])], None, LISTED, (), 3.0).row
    assert (row["status"], row["grounds"]) == ("presumed_victim", "strong")


def test_one_grave_sign_is_enough_to_presume_and_a_lesser_one_refers():
    grave = screen("p", [said(STRONG[0])], None, LISTED, (), 3.0).row
    assert (grave["status"], grave["grounds"]) == ("presumed_victim", "some")
    lesser = screen("p", [said("isolation")], None, LISTED, (), 3.0).row
    assert (lesser["status"], lesser["grounds"]) == ("refer", "some")


def test_inference_alone_never_presumes():
    marks = [said(name, directness="inferred") for name in NAMES]
    row = screen("p", marks, None, LISTED, (), 3.0).row
    assert (row["status"], row["grounds"]) == ("refer", "some")


def test_denying_everything_clears_nobody():
    result = screen("p", [said(name, "absent") for name in NAMES], None, LISTED, (), 3.0)
    assert (result.row["status"], result.row["grounds"]) == ("refer", "none")
    assert "clears nobody" in str(result.row["reason"])
    assert len(result.row["open_questions"]) == 11  # type: ignore[arg-type]


def test_silence_and_inference_are_never_an_absence():
    result = screen("p", [said(STRONG[0], "absent", "inferred")], None, LISTED, (), 3.0)
    assert {state for state, _ in result.states.values()} == {"unknown"}


def test_what_was_told_is_not_undone_by_a_denial_and_the_contradiction_is_asked():
    result = screen("p", [said(STRONG[0]), said(STRONG[0], "absent")], None, LISTED, (), 3.0)
    assert result.states[STRONG[0]][0] == "present"
    assert any(str(q).startswith("Both affirmed and denied") for q in result.row["open_questions"])  # type: ignore[union-attr]


def test_what_was_told_of_others_stays_unknown_and_is_asked():
    result = screen("p", [said(STRONG[0], "others")], None, LISTED, (), 3.0)
    assert result.states[STRONG[0]] == ("unknown", None)
    assert any(str(q).startswith("Told of others") for q in result.row["open_questions"])  # type: ignore[union-attr]


def test_a_child_found_at_a_site_is_a_presumed_victim_without_any_sign():
    age = age_at("2010-05-01", None, date(2025, 2, 1), 18, "f#1")
    row = screen("p", [], age, LISTED, (), 3.0).row
    assert (row["status"], row["child"]) == ("presumed_victim", True)


@pytest.mark.parametrize(
    ("born", "stated", "child"),
    [
        ("2007-02-02", None, True), ("2007-02-01", None, False), ("2007", None, True), ("2006", None, False),
        (None, "17", True), (None, "25", False), ("1990-01-01", "16", True),
    ],
)  # fmt: skip
def test_in_doubt_about_age_the_person_is_a_child(born, stated, child):
    age = age_at(born, stated, date(2025, 2, 1), 18, "f#1")
    assert age is not None
    assert age.child is child


@pytest.mark.parametrize(("born", "stated"), [(None, None), ("unknown", None), (None, "x"), ("2050-01-01", None)])
def test_an_age_that_nobody_told_is_not_guessed(born, stated):
    assert age_at(born, stated, date(2025, 2, 1), 18, "f#1") is None


STATES = st.sampled_from(["present", "absent", "others"])
DIRECT = st.sampled_from(["own_words", "reported", "inferred"])
MARKS = st.lists(st.builds(said, st.sampled_from(NAMES), STATES, DIRECT), max_size=12)
ORDER = {"no_information": 0, "none": 1, "some": 2, "strong": 3}


@given(MARKS, st.builds(said, st.sampled_from(NAMES), st.just("present"), DIRECT))
def test_one_more_sign_never_lowers_the_grounds(marks, more):
    before = screen("p", marks, None, LISTED, (), 3.0).row["grounds"]
    after = screen("p", [*marks, more], None, LISTED, (), 3.0).row["grounds"]
    assert ORDER[str(after)] >= ORDER[str(before)]


@given(MARKS)
def test_order_of_evidence_does_not_matter_and_every_unknown_keeps_its_question(marks):
    one, other = screen("p", marks, None, LISTED, (), 3.0), screen("p", marks[::-1], None, LISTED, (), 3.0)
    assert one == other
    unknown = sum(state == "unknown" for state, _ in one.states.values())
    assert one.row["n_unknown"] == unknown
    assert len(one.row["open_questions"]) >= unknown  # type: ignore[arg-type]


RANK = {"no_information": 0, "refer": 1, "reported_victim": 2, "presumed_victim": 3}


@pytest.mark.parametrize(
    ("told", "status"),
    [("presumed victim", "presumed_victim"), ("child", "presumed_victim"), ("refer for interview", "refer"),
     ("reported victim", "reported_victim")],
)  # fmt: skip
def test_what_another_agency_found_is_believed_though_it_masked_why(told: str, status: str):
    row = screen("p", [], None, {}, (), 3.0, {told: ["f#9"]}).row
    assert (row["status"], row["record_ids"]) == (status, ["f#9"])
    assert f"told by the agency that handed this on: {told}" in str(row["reason"])


@given(
    st.lists(st.builds(said, st.sampled_from(NAMES), st.sampled_from(["present", "absent"]))),
    st.sets(st.sampled_from(["presumed victim", "child", "refer for interview", "reported victim"])),
)
def test_what_is_handed_on_never_lowers_the_need(marks: list[Mark], told: set[str]):
    alone = screen("p", marks, None, LISTED, (), 3.0).row
    beside = screen("p", marks, None, LISTED, (), 3.0, {need: ["f#9"] for need in told}).row
    assert RANK[str(beside["status"])] >= RANK[str(alone["status"])]
    assert beside["grounds"] == alone["grounds"]


def test_what_nobody_saw_is_no_absence():
    result = screen("p", [said(STRONG[0], "absent", "seen")], None, LISTED, (), 3.0)
    assert {state for state, _ in result.states.values()} == {"unknown"}


def test_what_was_seen_counts_as_told_and_not_as_inferred():
    row = screen("p", [said(STRONG[0], "present", "seen")], None, LISTED, (), 3.0).row
    assert row["status"] == "presumed_victim"
    assert "seen: " in str(row["reason"])


def test_open_questions_stand_in_the_order_of_an_interview():
    asked = screen("p", [], None, LISTED, (), 3.0).row["open_questions"]
    order = sorted(indicators(), key=lambda indicator: indicator.ask)
    assert asked == [indicator.question for indicator in order]
