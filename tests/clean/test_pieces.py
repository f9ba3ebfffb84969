from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.pieces import pieces

TEXTS = st.text(st.sampled_from("ab 我您,，.。!?\n"), max_size=900) | st.text(max_size=300)


def bare(text: str) -> str:
    return "".join(text.split())


def size(text: str) -> int:
    return sum(4 if "\u3400" <= char <= "\u9fff" else 1 for char in text)


def test_a_call_is_cut_behind_its_stops_into_pieces_as_long_as_a_message():
    sentence = "您名下的银行卡涉嫌一起洗钱案件，"
    assert pieces(sentence * 6) == [sentence * 3, sentence * 3]


def test_what_is_no_longer_than_two_messages_has_no_pieces():
    assert pieces("See you at eight, bring the keys. " * 9) == []
    assert pieces("没有句号的话" * 200) == []


@given(TEXTS)
def test_pieces_stand_in_the_text_one_behind_another_and_none_is_shorter_than_a_message(text):
    found = pieces(text)
    assert len(found) != 1
    assert bare(text).startswith(bare("".join(found)))
    blanks = len(text) - len(bare(text))
    assert all(size(piece) + blanks >= 160 for piece in found)
