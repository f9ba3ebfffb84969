"""What stands against two names that sound alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.names import compare_names
from upriver.clean.names.watch import Watch


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        ("John A. Smith", "John B. Smith", "other initials: a/b"),
        ("Mr. Kim Sok", "Mrs. Kim Sok", "the title of a man and of a woman"),
        ("นายสมชาย ใจดี", "นางสาวสมชาย ใจดี", "the title of a man and of a woman"),
        ("王伟先生", "王伟女士", "the title of a man and of a woman"),
        ("Zhang Wei Sr", "Zhang Wei Jr", "the elder and the younger"),
        ("Trần Văn Tuấn", "Trần Văn Tuân", "the same letters with other marks: tuấn/tuân"),
    ],
)
def test_names_that_contradict_each_other_are_not_one_and_the_reason_says_so(left: str, right: str, why: str) -> None:
    one, other = compare_names(left, right), compare_names(right, left)
    assert one.match_probability == other.match_probability < 0.2
    assert why in one.reason
    assert not one.equal


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("John A. Smith", "John Smith"),
        ("John A. Smith", "John Arthur Smith"),
        ("A. B. Smith", "Arthur Brian Smith"),
        ("Trần Văn Tuấn", "Tran Van Tuan"),
        ("Hoà Thị Hoà", "Hòa Thị Hòa"),  # two places for the mark of one syllable
        ("Trần Văn Tuấn", "TUẤN TRẦN VĂN"),
    ],
)
def test_what_is_left_out_or_marked_in_another_place_contradicts_nothing(left: str, right: str) -> None:
    assert "other" not in compare_names(left, right).reason
    assert compare_names(left, right).match_probability > 0.5


def test_a_word_without_marks_may_have_lost_them_and_is_in_doubt() -> None:
    told = compare_names("Nguyễn Văn Nam", "Nguyễn Văn Nậm")
    assert 0.2 < told.match_probability < 0.5
    assert "the same letters with other marks: nam/nậm" in told.reason


def test_companies_of_other_numbers_do_not_have_the_same_sounds() -> None:
    told = compare_names("K99 Group", "K88 Group", "company")
    assert told.match_probability < 0.2
    assert "other numbers: 99/88" in told.reason
    assert "the same sounds" not in told.reason


@pytest.mark.parametrize("nothing", ["?", "😀😀", "123", "--", "()", "Unknown", "N/A", "XXXX", "不详", "(unknown)"])
def test_signs_without_a_letter_are_no_name_and_never_one_name(nothing: str) -> None:
    assert compare_names(nothing, nothing).match_probability == 0.0
    assert Watch([[nothing], ["Li Wei"]]).hits([nothing]) == [[]]


def test_a_list_weighs_what_stands_against_a_hit() -> None:
    watch = Watch([["Jonathan A. Featherstone"], ["Somsak Srisuk"], ["Trần Đắc Khiêm"]])
    same, other = watch.hits(["Jonathan A. Featherstone", "Jonathan B. Featherstone"])
    assert same[0].score > 0.9 > 0.5 > (other[0].score if other else 0.0)


def test_a_name_read_letter_by_letter_says_so_and_nothing_of_what_is_left_over() -> None:
    assert compare_names("राम कुमार", "Ram Kumar").reason.startswith("the same words in Latin letters: ram kumar")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("深圳市蓝海科技有限公司", "Shenzhen Lanhai Technology Co., Ltd."),
        ("中國銀行股份有限公司", "Bank of China Ltd"),
        ("บริษัท สมชาย จำกัด", "Somchai Co., Ltd."),
        ("Công ty TNHH Ánh Dương", "Anh Duong Company Limited"),
        ("蓝海国际控股集团有限公司", "Lanhai International Holdings Group Limited"),
    ],
)
def test_forms_and_words_of_the_trade_of_companies_meet_across_languages(left: str, right: str) -> None:
    assert compare_names(left, right, "company").match_probability > 0.8


def test_a_word_of_the_trade_alone_is_no_company() -> None:
    assert compare_names("蓝海科技有限公司", "Red Hill Technology Ltd", "company").match_probability < 0.3


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_two_texts_compare_the_same_both_ways(left: str, right: str) -> None:
    for kind in ("person", "company"):
        told = compare_names(left, right, kind)
        assert 0.0 <= told.match_probability <= 1.0
        assert told.match_probability == compare_names(right, left, kind).match_probability
