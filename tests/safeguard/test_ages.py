"""Ages told in many ways: in doubt a child, and nobody else's age."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.safeguard.ages import (
    Told,
    age_at,
    age_when_found,
    born_between,
    id_births,
    listed_age,
    read_ages,
)

FOUND = date(2025, 2, 1)


def is_child(text: str) -> bool | None:
    age = age_when_found(((one, "f#1") for one in read_ages(text)), FOUND, 18)
    return None if age is None else age.child


@pytest.mark.parametrize(
    "text",
    [
        "17 years old, to shelter",
        "I am 17.",
        "he is 16, from the second floor",
        "16 y/o",
        "aged: 15",
        "sixteen years old",
        "turned 17 in the compound",
        "17岁",
        "今年十六岁",
        "年龄：17",
        "十七歲",
        "tuổi 16",
        "minor",
        "unaccompanied child",
        "underage",
        "under 18",
        "未成年",
        "不满十八周岁",
        "born in 2009",
        "born on 3 March 2008",
        "DOB 12/03/2552",
        "生于2009年3月",
        "民國98年生",
        "2008年5月1日出生",
        "identity number 110101200903071234",
        "about 18 years old",
        "约18岁",
        "18 years old (claims)",
        "looks younger than 18",
        "claims 19, appears to be about 15",
        "年龄存疑",
        "看起来只有十五岁",
        "疑似未成年",
        "carries a student card",
        "学生证",
        "high school student",
    ],
)
def test_an_age_under_18_or_a_doubt_makes_a_child_however_it_is_told(text: str) -> None:
    assert is_child(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "34 years old",
        "二十五岁",
        "born 1990",
        "about 35 years old",
        "age 18",
        "民国80年生",
        "carries a student card, 24 years old",
    ],
)
def test_an_age_told_without_doubt_makes_an_adult(text: str) -> None:
    assert is_child(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "two telephones",
        "room 16",
        "16 hours a day",
        "my son is 6 years old",
        "我儿子六岁",
        "she has a daughter, a child of 4",
        "minor injuries on the arm",
        "no minors in this group",
        "Are you a minor?",
        "I left school at 16 years old",
        "my passport is 10 months old",
        "sector 17",
        "no. 16",
    ],
)
def test_another_persons_age_or_a_figure_of_something_else_tells_nothing(text: str) -> None:
    assert is_child(text) is None


def test_a_relatives_words_tell_the_age_of_the_one_who_is_held() -> None:
    (told,) = read_ages("My son is 16 years old and they hold him.", of_kin=True)
    assert told.years == 16


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("17", 17),
        ("17岁", 17),
        ("16-18", 16),
        ("17/18", 17),
        ("about 18", 17),
        ("18?", 17),
        ("18左右", 17),
        ("十七", 17),
    ],
)
def test_a_column_of_ages_counts_for_the_child_where_it_is_open(text: str, years: int) -> None:
    told = listed_age(text)
    assert told is not None
    assert told.years == years


@pytest.mark.parametrize("text", ["", "x", "-", "unknown", "0", "999"])
def test_a_column_that_tells_no_age_is_not_guessed(text: str) -> None:
    assert listed_age(text) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2009", "2009-01-01", "2009-12-31"),
        ("2552", "2009-01-01", "2009-12-31"),
        ("2552-03", "2009-03-01", "2009-03-31"),
        ("民国98年3月", "2009-03-01", "2009-03-31"),
        ("12/03/2008", "2008-03-12", "2008-12-03"),
        ("5 พฤษภาคม 2551", "2008-05-05", "2008-05-05"),
    ],
)
def test_birth_dates_of_several_calendars_are_read_as_wide_as_they_are_told(text: str, first: str, last: str) -> None:
    assert born_between(text) == (date.fromisoformat(first), date.fromisoformat(last))


def test_a_number_that_only_looks_like_an_identity_number_tells_no_birth() -> None:
    assert id_births("110101200903071234") == [date(2009, 3, 7)]
    assert id_births("110101200903071235") == []


def test_of_two_tellings_the_one_that_makes_a_child_counts() -> None:
    told = [(Told("years", "25", 25), "list"), (Told("years", "17", 17), "interview")]
    age = age_when_found(told, FOUND, 18)
    assert age is not None
    assert (age.child, age.record_id) == (True, "interview")


def test_a_pupils_paper_gives_way_to_an_age_that_is_told() -> None:
    hint, adult = (Told("hint", "student card"), "a"), (Told("years", "22", 22), "b")
    assert age_when_found([hint], None, 18).child  # type: ignore[union-attr]
    assert not age_when_found([hint, adult], None, 18).child  # type: ignore[union-attr]


TOLD = st.one_of(
    st.builds(Told, st.just("years"), st.just("x"), st.integers(1, 90)),
    st.builds(Told, st.sampled_from(["child", "doubt", "hint"]), st.just("x")),
    st.builds(
        lambda on: Told("born", "x", born=(on, on)), st.dates(min_value=date(1950, 1, 1), max_value=date(2024, 1, 1))
    ),
)


@given(st.lists(TOLD, max_size=6), st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))))
@settings(max_examples=60)
def test_no_further_telling_makes_an_adult_of_who_was_told_to_be_a_child(
    told: list[Told], found_on: date | None
) -> None:
    told = [one for one in told if one.kind != "hint"]
    before = age_when_found(((one, "a") for one in told), found_on, 18)
    after = age_when_found(((one, "a") for one in [*told, Told("years", "40", 40)]), found_on, 18)
    assert after is not None
    if before is not None and before.child:
        assert after.child


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_any_text_is_read_for_ages_without_error(text: str) -> None:
    for told in read_ages(text):
        assert told.years is None or -1 <= told.years < 120
    listed_age(text)
    born_between(text)
    assert age_at(text, text, FOUND, 18, "f#1") is None or isinstance(age_at(text, text, FOUND, 18, "f#1").child, bool)  # type: ignore[union-attr]
