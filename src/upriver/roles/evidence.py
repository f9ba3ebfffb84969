"""Marks of control: what each is, how much it says, and the records by which a person has it.

A mark is control over people, places or money: never how much somebody writes, calls, pays or is paid, never kin,
nationality, sex, age or place. Marks add up as independent evidence; nothing is subtracted, so a missing record
speaks neither for nor against anyone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from upriver.clean.lexicon import Lexicon, load_cues

Floats = npt.NDArray[np.float64]

# Command of people who command says more than command of many: one below counts STEP to the power of the levels under.
STEP = 6.0
_FULL = STEP**3  # one who commands those who command foremen


@dataclass(frozen=True, slots=True)
class Mark:
    """One kind of control: `weight` is what it says at most, `words` tells it with its number of items.

    plain  how it is told where no item has a detail: for marks whose lesser items are hardly control at all
    """

    name: str
    weight: float
    one: str
    many: str
    plain: str = ""

    def words(self, n: int) -> str:
        return self.one if n == 1 else self.many.format(n=n)


# Command and what disposes of money and machines weigh most: nobody has them by chance. Whom one is in touch with, and
# who pays, a hired manager may share with an owner; a company may be registered in a lent name.
MARKS = (
    Mark("commands", 0.65, "commands one person", "commands {n} people directly"),
    Mark("shares", 0.40, "receives regular payments from one group", "receives payments from {n} groups apart"),
    Mark("owns", 0.25, "owns or directs a company of the operation", "owns or directs {n} companies of the operation"),
    Mark(
        "across",
        0.20,
        "in touch with one who holds control",
        "in touch with {n} who hold control in different hands",
    ),
    Mark("holds_key", 0.70, "holds a key of control", "holds {n} keys of control", "holds a key or badge as others do"),
    Mark("kept", 0.20, "keeps victims' money", "keeps victims' money on {n} accounts"),
    Mark("administers", 0.40, "administers a work group", "administers {n} work groups"),
    Mark(
        "off_floor",
        0.20,
        "did not work the floor, a witness says",
        "did not work the floor, {n} witnesses say",
    ),
    Mark("brokerage", 0.08, "stands between parts of the network", "stands between parts of the network"),
)
PLACE = {mark.name: place for place, mark in enumerate(MARKS)}


@cache
def mark_words(section: str) -> Lexicon:
    """The words by which records name one side of control: a section of mark_words.toml."""
    return Lexicon(load_cues("upriver.roles", "mark_words.toml", section))


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence: `amount` > 0 is its part of the mark, `n_records` how many records show it."""

    node: str
    mark: str
    amount: float
    n_records: int
    record_ids: tuple[str, ...]
    detail: str = ""


def values(sums: Floats) -> Floats:
    """Value in [0, 1] of each mark from the sums of its items: a second item of a kind says less than the first.

    sums  nodes x marks
    """
    value = 1.0 - np.exp(-sums)
    commands = PLACE["commands"]
    value[:, commands] = np.minimum(1.0, np.log1p(sums[:, commands]) / math.log1p(_FULL)) ** 2
    return value


def scores(value: Floats) -> Floats:
    """Evidence of organising in [0, 1]: the marks as independent evidence, 1 - product of (1 - weight x value)."""
    weights = np.array([mark.weight for mark in MARKS])
    score: Floats = 1.0 - np.prod(1.0 - weights * value, axis=1)
    return score


def sums_of(items: Iterable[Item], place: dict[str, int], kept: Floats | None = None) -> Floats:
    """Sum of the items' amounts by node and mark; `kept` scales each item."""
    listed = list(items)
    slots = np.array([place[item.node] * len(MARKS) + PLACE[item.mark] for item in listed], dtype=np.int64)
    amounts = np.array([item.amount for item in listed], dtype=np.float64)
    if kept is not None:
        amounts = amounts * kept
    sums: Floats = np.bincount(slots, weights=amounts, minlength=len(place) * len(MARKS)).astype(np.float64)
    return sums.reshape(len(place), len(MARKS))
