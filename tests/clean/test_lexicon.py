from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.clean.automaton import STOP, Automaton
from upriver.clean.folding import fold, offsets
from upriver.clean.lexicon import _TOKEN, Cue, Lexicon, Text


def found(wording: str, text: str) -> list[str]:
    lexicon = Lexicon([Cue("cue", (wording,), {})])
    return [text[hit.start : hit.end] for hit in lexicon.find(Text(text))]


def test_a_wording_is_found_as_it_was_written():
    assert found("send (me|us) * money", "Please SEND me, quickly, Money!") == ["SEND me, quickly, Money"]


def test_a_choice_with_a_question_mark_may_be_left_out_and_choices_nest():
    assert found("add (my (new )?)?wechat", "add wechat") == ["add wechat"]
    assert found("add (my (new )?)?wechat", "add my new WeChat") == ["add my new WeChat"]


def test_a_choice_with_a_plus_may_come_again_and_with_a_question_mark_behind_not_at_all():
    assert found("take (my|old)+ passport", "take my old passport") == ["take my old passport"]
    assert found("take (my|old)+ passport", "take passport") == []
    assert found("take (my|old)+? passport", "take passport") == ["take passport"]
    assert found("take (my|old) passport", "take my old passport") == []


@given(st.lists(st.sampled_from("abc"), max_size=9))
def test_a_repetition_leads_back_to_its_own_choices_alone(words):
    automaton = Automaton([(0, "(a|b)+c"), (1, "a c"), (2, "(b)+?a")])
    text = "".join(words)
    wanted = [
        (first, number, first + match.end() - 1)
        for first in range(len(words))
        for number, pattern in enumerate(("[ab]+c", "ac", "b*a"))
        if (match := re.match(pattern, text[first:]))
    ]
    assert sorted(automaton.matches(words, STOP)) == sorted(wanted)


def test_a_gap_holds_three_words_and_no_more():
    assert found("take * passport", "take the old red passport") == ["take the old red passport"]
    assert found("take * passport", "take one two three four passport") == []


def test_the_end_of_a_sentence_is_never_crossed():
    assert found("send * money", "send it. Money is tight") == []


def test_disguises_are_seen_through_and_quoted_as_written():
    assert found("crypto", "buy Ｃrypтo now") == ["Ｃrypтo"]
    assert found("profit", "pr0fit") == ["pr0fit"]
    assert found("telegram", "on t e l e g r a m") == ["t e l e g r a m"]
    assert found("免费机票", "免 费 机 票") == ["免 费 机 票"]
    assert found("赚钱", "一起賺錢吧") == ["賺錢"]


def test_classes_stand_for_amounts_links_and_handles():
    assert found("<money> a day", "earn $300 a day") == ["$300 a day"]
    assert found("click <url>", "click https://a.example/x?y=1 now") == ["click https://a.example/x?y=1"]
    assert found("<number> people", "12 people") == ["12 people"]


@pytest.mark.parametrize("wording", ["send (me", "send me)", "", "* money", "money *"])
def test_a_wording_that_cannot_be_read_is_refused_by_name(wording):
    with pytest.raises(ValueError, match=re.escape(repr(wording))):
        Automaton([(0, wording)])


@given(st.text(max_size=80))
def test_every_place_of_a_folded_text_leads_back_into_the_text(text):
    folded, places = fold(text), offsets(text)
    assert places == sorted(places)
    if not (text.isascii() and text.isprintable()):
        assert len(places) == len(folded) + 1


WORDS = st.lists(st.sampled_from(["a", "b", "c", STOP]), max_size=9)


@given(WORDS, st.lists(st.lists(st.sampled_from(["a", "b", "c", "*"]), min_size=1, max_size=4), min_size=1, max_size=4))
def test_the_automaton_agrees_with_a_slow_obvious_search(words, patterns):
    plain = [pattern for pattern in patterns if "*" not in (pattern[0], pattern[-1])]
    automaton = Automaton(enumerate(" ".join(pattern) for pattern in plain))
    assert sorted(automaton.matches(words, STOP)) == sorted(slow(words, plain))


def test_many_wordings_that_end_at_one_place_are_all_told():
    automaton = Automaton((number, "a b") for number in range(90))
    assert automaton.matches(["a", "b"]) == [(0, number, 1) for number in range(90)]


SAMPLES = [
    "usd", "rm", "5", "12", "digit", "phone", "url", "www", "x.com", "me@x.org", "@bob", "a", "b", "hello", "send",
    "三", "元", "汇款", "百分之", "%", ".", ",", "'", "-", "\n",
]  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(SAMPLES),
    max_size=14,
).flatmap(lambda parts: st.sampled_from(["", " "]).map(lambda blank: blank.join(parts)))


@given(TEXTS | st.text(max_size=60))
def test_words_taken_in_runs_are_those_taken_one_by_one(text):
    # The same alternatives without the two that take runs.
    alone = re.compile("(?P<url>" + _TOKEN.pattern.partition("|(?P<url>")[2])
    read = Text(text)
    assert read.spans == [match.span() for match in alone.finditer(fold(text))]
    kinds = [match.lastgroup for match in alone.finditer(fold(text))]
    assert read.kinds == ["number" if kind == "masked" else kind for kind in kinds]


def test_a_cue_is_told_once_by_its_longest_wording():
    lexicon = Lexicon([Cue("pay", ("pay", "pay the fee"), {}), Cue("fee", ("fee",), {})])
    text = "pay now, pay the fee, pay"
    assert [text[hit.start : hit.end] for hit in lexicon.longest(Text(text))] == ["pay the fee", "fee"]


def slow(words: list[str], patterns: list[list[str]]) -> list[tuple[int, int, int]]:
    def ends(place: int, pattern: list[str]) -> set[int]:
        if not pattern:
            return {place}
        if pattern[0] == "*":
            reached, tails = set(), range(4)
            for skipped in tails:
                if STOP not in words[place : place + skipped] and place + skipped <= len(words):
                    reached |= ends(place + skipped, pattern[1:])
            return reached
        if place < len(words) and words[place] == pattern[0]:
            return ends(place + 1, pattern[1:])
        return set()

    return [
        (first, number, max(reached) - 1)
        for first in range(len(words))
        for number, pattern in enumerate(patterns)
        if (reached := ends(first, pattern))
    ]
