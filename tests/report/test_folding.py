from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.report.folding import fold, is_ideographic, is_unspaced, squeeze


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＪＯＳＥ", "jose"), ("José", "jose"), ("Jose\u0301", "jose"), ("Nguyễn Đức", "nguyen đuc"), ("٠١٢٣", "0123"),
        ("๑๒๓", "123"), ("a\u200b\u202eb", "ab"), ("STRASSE straße", "strasse strasse"), ("สมชาย", "สมชาย"), ("홍길동",
        "홍길동"),
    ],
)  # fmt: skip
def test_writings_of_one_text_fold_alike(written: str, folded: str) -> None:
    assert fold(written).text == folded


@given(st.text(max_size=60))
def test_every_folded_character_knows_where_it_stood(text: str) -> None:
    folded = fold(text)
    for place, character in enumerate(folded.text):
        start, end = folded.place(place, place + 1)
        assert end - start == 1
        assert character in fold(text[start:end]).text


@given(st.text(alphabet=st.characters(max_codepoint=0x2FFF), max_size=60))
def test_squeezed_text_holds_letters_marks_and_digits_alone(text: str) -> None:
    assert all(c.isalnum() or unicodedata.category(c)[0] == "M" for c in squeeze(fold(text)).text)


def test_scripts_without_spaces_are_known() -> None:
    assert [is_unspaced(fold(text).text) for text in ("王", "สม", "အောင်", "한", "Nguyễn", "Иван")] == [True] * 4 + [
        False
    ] * 2
    assert is_ideographic("王小明")
    assert not is_ideographic("สมชาย")
