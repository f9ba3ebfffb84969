"""Phrases: choices are made, slots are filled, nothing is left open."""

from __future__ import annotations

import re

import pytest

from upriver.simulate import grammar
from upriver.simulate.dice import Dice
from upriver.simulate.grammar import Grammar, fill

FILES = ("chat_en", "chat_zh", "testimony", "adverts", "report", "press_en", "press_zh")
SLOTS = (
    "name other city usd site account firm day number code count place country date date_late actor giver taker about "
    "about_cap part_one part_two part_three small since leader boss month contact phone"
)


@pytest.mark.parametrize("file", FILES)
def test_every_phrase_can_be_spoken_in_every_way(file: str) -> None:
    said, slots = Grammar(file), dict.fromkeys(SLOTS.split(), "x")
    for rule in grammar._rules(file):
        for seed in range(40):
            text = said.say(rule, Dice(seed, rule), **slots)
            assert not re.search(r"[\[\]{}|]|  ", text), (rule, text)


def test_a_script_keeps_its_words_and_changes_its_slots() -> None:
    script = Grammar("chat_en").draw("pay", Dice(4, "x"))
    assert "{account}" in script
    slots = {"usd": "5", "account": "A1", "day": "Friday"}
    assert fill(script, **slots).replace("A1", "B2") == fill(script, **{**slots, "account": "B2"})


def test_a_slot_that_nobody_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("send {usd}")
