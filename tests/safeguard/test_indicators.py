"""Rules of reading: negation, others, threats and questions; what is not told stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.safeguard.ages import told_age
from upriver.safeguard.indicators import indicators, read_orders, read_signs

VIOLENCE = "physical_and_sexual_violence"
PAPERS = "retention_of_identity_documents"
MOVEMENT = "restriction_of_movement"


def told(text: str) -> dict[str, str]:
    return {sign.indicator: sign.state for sign in read_signs(text)}


def test_there_are_the_eleven_indicators_each_with_a_question():
    assert len(indicators()) == 11
    assert all(indicator.question.endswith((".", "?")) for indicator in indicators())


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("They took my passport on the first day.", PAPERS),
        ("I was beaten with an electric baton.", VIOLENCE),
        ("He says he was beaten.", VIOLENCE),
        ("My friend and I were beaten.", VIOLENCE),
        ("We were not allowed to leave the building.", MOVEMENT),
        ("I was promised a hotel job in Bangkok.", "deception"),
        ("We worked 16 hours a day.", "excessive_overtime"),
        ("They said I owed 8,000 USD for the ticket.", "debt_bondage"),
        ("We were never paid.", "withholding_of_wages"),
        ("I could not call my family.", "isolation"),
        ("They threatened me.", "intimidation_and_threats"),
        ("I was forced to scam people.", "abusive_working_and_living_conditions"),
        ("我被骗到缅甸。", "deception"),
        ("護照被沒收了。", PAPERS),
        ("他们不让我们离开。", MOVEMENT),
        ("每天工作16个小时。", "excessive_overtime"),
        ("被电击。", VIOLENCE),
        ("Her identity card was locked in the boss's drawer.", PAPERS),
        ("My uncle had to send 4,000 before they released me.", "debt_bondage"),
        ("My parents paid for my release.", "debt_bondage"),
        ("Says he was sold by another company.", "debt_bondage"),
        ("I begged to go home and they laughed.", MOVEMENT),
        ("No one gets out of that place.", MOVEMENT),
        ("Everything I earned went to the fines.", "withholding_of_wages"),
        ("They know where my children live.", "intimidation_and_threats"),
        ("Afraid to speak in front of the guards.", "intimidation_and_threats"),
        ("They go through our phones at night.", "isolation"),
        ("Please inform the embassy.", "isolation"),
        ("Says passport taken.", PAPERS),
        ("Victim of trafficking.", "abuse_of_vulnerability"),
        ("疑似人口贩卖受害人", "abuse_of_vulnerability"),
        ("Scars on both wrists.", VIOLENCE),
        ("全身多处伤，不愿说原因。", VIOLENCE),
        ("家人交钱后才放人。", "debt_bondage"),
    ],
)
def test_a_sign_told_by_the_person_is_present(text, indicator):
    assert told(text)[indicator] == "present"


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("They did not beat me.", VIOLENCE),
        ("Nobody beat me.", VIOLENCE),
        ("He denies that he was beaten.", VIOLENCE),
        ("I kept my own passport.", PAPERS),
        ("We could leave at any time.", MOVEMENT),
        ("他们没有打我。", VIOLENCE),
        ("可以随时离开。", MOVEMENT),
    ],
)
def test_a_denial_is_an_absence_with_its_words(text, indicator):
    signs = [sign for sign in read_signs(text) if sign.indicator == indicator]
    assert [(sign.state, sign.quote) for sign in signs] == [("absent", text)]


@pytest.mark.parametrize(
    ("remark", "age"),
    [
        ("age 16", "16"), ("17 years old, to shelter", "17"), ("16岁", "16"), ("minor", "child"), ("未成年", "child"),
        ("two telephones", None), ("room 16", None), ("aged 34", "34"),
    ],
)  # fmt: skip
def test_a_remark_may_tell_an_age(remark, age):
    assert told_age(remark) == age


@pytest.mark.parametrize(
    "text",
    ["欢迎拨打我的手机。", "有事打我电话。", "Hit me up when you are back.", "It just hit me that I forgot the keys."],
)
def test_words_that_only_look_like_violence_are_no_sign(text):
    assert VIOLENCE not in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "He says others were beaten.",
        "My roommate was beaten.",
        "I saw him being beaten.",
        "Other workers were beaten every night.",
        "他说其他人被打。",
    ],
)
def test_what_was_done_to_others_is_not_the_speakers_own(text):
    assert told(text)[VIOLENCE] == "others"


@pytest.mark.parametrize("text", ["I beat the workers who missed the target.", "I took their passports.", ""])
def test_what_the_speaker_did_to_others_is_no_sign_of_the_speaker(text):
    assert read_signs(text) == []


def test_a_denial_reaches_no_further_than_what_it_denies():
    assert told("I did not leave because they beat me.")[VIOLENCE] == "present"


def test_a_threat_is_not_the_deed():
    signs = told("They threatened to sell me.")
    assert signs == {"intimidation_and_threats": "present"}


def test_a_question_is_evidence_only_with_its_answer():
    assert told("Were you beaten?") == {}
    assert told("Were you beaten? I do not remember.") == {}
    assert told("Were you beaten? Yes.")[VIOLENCE] == "present"
    assert told("Q: Did they take your passport?\nA: No.")[PAPERS] == "absent"
    assert told("Could you leave? No, there were guards.")[MOVEMENT] == "present"
    assert told("你有没有被打？没有。")[VIOLENCE] == "absent"


def test_first_person_words_are_told_from_an_interviewers_summary():
    assert [sign.first for sign in read_signs("They took my passport.")] == [True]
    assert [sign.first for sign in read_signs("Her passport was taken.")] == [False]


def test_a_company_called_sunrise_is_no_long_shift_and_work_until_sunrise_is():
    assert told("I was sold on to Sunrise Hill Food Supply for 3,600, I saw the list.") == {"debt_bondage": "present"}
    assert told("We sat from noon to sunrise.")["excessive_overtime"] == "present"
    assert told("We had to stay until dawn.")["excessive_overtime"] == "present"


def test_a_passport_for_the_journey_is_not_taken_and_one_brought_to_the_office_is():
    assert not read_orders("We pay the ticket, you just bring the passport. Visa is done on our side.")
    assert [name for name, _ in read_orders("Bring all passports to the office today.")] == [PAPERS]


def test_house_rules_bind_those_they_are_given_to():
    assert read_orders("Nobody leaves the building.") == [(MOVEMENT, "Nobody leaves the building.")]
    assert read_orders("Lunch is at noon.") == []


@pytest.mark.parametrize(
    "text",
    [
        "She is a Chinese woman of 24 who speaks Thai.",
        "A man from Kenya, found at Myawaddy.",
        "他是越南人，三十岁，住在妙瓦底。",
    ],
)
def test_nationality_sex_age_language_and_place_are_never_signs(text):
    assert read_signs(text) == []


@given(st.text(max_size=120))
def test_any_text_is_read_without_error_and_quoted_from_itself(text):
    plain = " ".join(text.split())
    for sign in read_signs(text):
        assert sign.state in ("present", "absent", "others")
        assert sign.quote.rstrip("…")[:20] in plain
