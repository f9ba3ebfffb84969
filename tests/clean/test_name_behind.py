"""Two Latin spellings of one Chinese name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.names import han
from upriver.clean.names.behind import bits_behind


@pytest.mark.parametrize(
    ("left", "right"), [("Zou Defu", "Chow Tak-fuk"), ("Yu Sihui", "Yee Sze-fai"), ("Yunhui Tian", "Tin Wan Fai")]
)
def test_spellings_of_one_name_agree_whichever_stands_left(left: str, right: str) -> None:
    assert bits_behind(left, right) == bits_behind(right, left) > 6.0


@pytest.mark.parametrize(
    ("left", "right"),
    [("Zou Defu", "Chow Wai-man"), ("Wang Xiao", "Wang Xia"), ("John Smith", "Jon Smythe"), ("", "Chow"),
     ("Zou", "Chow"), ("邹德福", "Chow Tak-fuk")],
)  # fmt: skip
def test_others_do_not(left: str, right: str) -> None:
    assert bits_behind(left, right) == 0.0


CHARS = st.sampled_from("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")


@given(CHARS, st.lists(CHARS, min_size=1, max_size=2))
def test_any_name_agrees_with_its_own_cantonese_spelling(surname: str, given_name: list[str]) -> None:
    chars = [surname, *given_name]
    pinyin = " ".join(han.mandarin(char, min(place, 1))[0] for place, char in enumerate(chars))
    abroad = " ".join(
        next(spelling for spelling, tradition in han.spelt(char, min(place, 1)) if tradition == han.CANTONESE)
        for place, char in enumerate(chars)
    )
    assert bits_behind(pinyin, abroad) > 0.0
