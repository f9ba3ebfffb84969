"""Phrases from data files: nested alternatives, rules that name other rules, slots that are filled when spoken.

A phrase file is TOML: `rule = ["phrase", ...]`. Inside a phrase `[one|two|]` is a choice (nested, may be empty),
`{name}` is a rule of the file or else a slot. The files are our own words and share nothing with any detector's lists.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from upriver.simulate.dice import Dice

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
# What an empty choice leaves behind.
_GAPS, _LOOSE = re.compile(r" {2,}"), re.compile(r" ([,.?!])")
_NAME = re.compile(r"\{([a-z0-9_]+)\}")


@cache
def _rules(file: str) -> dict[str, list[str]]:
    text = resources.files("upriver.simulate").joinpath("phrases", f"{file}.toml").read_text(encoding="utf-8")
    return {rule: list(phrases) for rule, phrases in tomllib.loads(text).items()}


class Grammar:
    """One phrase file.

    >>> Grammar("chat_zh").say("report_up", Dice(1, "example"), **{"usd": 1, "number": 2, "day": "周一"}) != ""
    True
    """

    def __init__(self, file: str) -> None:
        self._rules = _rules(file)

    def draw(self, rule: str, dice: Dice) -> str:
        """A phrase of `rule` with every choice made and its slots still open: a script to be used again."""
        phrase = self._settle(dice.pick(self._rules[rule]), dice)
        return _LOOSE.sub(r"\1", _GAPS.sub(" ", phrase)).strip()

    def _settle(self, phrase: str, dice: Dice) -> str:
        while choice := _CHOICE.search(phrase):
            phrase = phrase[: choice.start()] + dice.pick(choice.group(1).split("|")) + phrase[choice.end() :]
        return _NAME.sub(lambda name: self.draw(name[1], dice) if name[1] in self._rules else name[0], phrase)

    def say(self, rule: str, dice: Dice, **slots: object) -> str:
        """A phrase of `rule` with its slots filled."""
        return fill(self.draw(rule, dice), **slots)

    def inventory(self, rule: str) -> list[str]:
        """All phrases of a rule as they stand in the file, for lists that are walked rather than drawn from."""
        return list(self._rules[rule])


def fill(script: str, **slots: object) -> str:
    """`script` with its slots filled; raises KeyError for a slot that nobody fills."""
    return _NAME.sub(lambda name: str(slots[name[1]]), script)
