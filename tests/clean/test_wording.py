"""One text in several wordings: what is filled in, what stays, and how they lie side by side."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.clean.wording import aligned, in_order, likeness, masked, sentences

PARTS = (
    "my uncle teaches me gold futures.",
    "the platform pays on every sunday!",
    "send me the slip when you have it.",
    "do not tell anybody in your family.",
)
ALIKE = (82.0, 4, 4)


def test_disguised_letters_and_traditional_characters_leave_a_script_the_same() -> None:
    assert masked("Send $500 to my аccount nоw") == masked("Send $9,200 to my account now")
    assert masked("今天轉5000元，明天翻倍") == masked("今天转8800元，明天翻倍")
    assert masked("pay\u200b the ｆｅｅ") == "pay the fee"


@settings(max_examples=30, deadline=None)
@given(st.permutations(PARTS))
def test_sentences_in_another_order_leave_a_script_the_same(parts: list[str]) -> None:
    one, other = " ".join(PARTS), " ".join(parts)
    assert likeness(one, other, *ALIKE) == 100.0
    assert sentences(in_order(other, one)) == list(PARTS)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from("ab1.。好 "), max_size=14).map("".join), min_size=2, max_size=2))
def test_likeness_is_the_same_both_ways(texts: list[str]) -> None:
    one, other = map(masked, texts)
    assert likeness(one, other, *ALIKE) == likeness(other, one, *ALIKE)


def test_sums_names_and_links_stand_out_and_shared_words_under_each_other() -> None:
    columns = aligned([
        "Hi Anna, deposit $500 at www.annagold.top today. Trust me my dear.",
        "Trust me my dear. Hi Bert van Dam, deposit 9,000 USD at x.top today.",
    ])  # fmt: skip
    assert [(column.kind, *column.cells) for column in columns] == [
        ("shared", "Hi", "Hi"),
        ("filled", "Anna", "Bert van Dam"),
        ("shared", ", deposit", ", deposit"),
        ("filled", "$500", "9,000 USD"),
        ("shared", "at", "at"),
        ("filled", "www.annagold.top", "x.top"),
        ("shared", "today. Trust me my dear.", "today. Trust me my dear."),
    ]


def test_han_is_aligned_character_by_character() -> None:
    columns = aligned(["你好王姐，今天转5000元，明天就能翻倍", "你好李哥，今天轉8800元，明天就能翻倍"])
    assert [column.cells for column in columns if column.kind == "filled"] == [("王姐", "李哥"), ("5000", "8800")]
    assert ("，今天转", "，今天轉") in [column.cells for column in columns]


WORDS = st.lists(st.sampled_from(["pay", "now", "Anna", "$5", "x.top", "好", "转", "dear,", "ok."]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=4))
def test_no_word_is_lost_and_shared_words_are_equal_but_for_their_letters(texts: list[str]) -> None:
    columns = aligned(texts)
    for place, text in enumerate(texts):
        told = "".join(column.cells[place] for column in columns).replace(" ", "")
        assert sorted(told) == sorted(text.replace(" ", ""))
    for column in columns:
        if column.kind == "shared":
            assert len({masked(cell).replace(" ", "") for cell in column.cells}) == 1
        else:
            assert any(column.cells)
