"""Is this the same name, and how much would it say?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from upriver.clean.names import contradict, han, model, written
from upriver.clean.names.align import LONGEST_RUN, MOST_UNITS, N_FEATURES, align
from upriver.clean.names.rarity import Rarity
from upriver.clean.names.read import Name, read_name
from upriver.clean.names.sounds import costs
from upriver.clean.names.units import ALL, Pool
from upriver.clean.names.why import reason
from upriver.clean.names.words import Kind

# How the sounds of a Han name may have been written down.
HAN_MODES = (
    han.MANDARIN, han.CANTONESE, han.SOUTHERN, han.KOREAN, han.VIETNAMESE, model.MIXED, han.FOREIGN
)  # fmt: skip
_MOST_BITS = 24.0
_UNLIKE_BITS = 6.0
_AS_GOOD = 0.005
_EQUAL = 0.97  # the same words in whatever order
_SAME_TEXT = 0.995


@dataclass(frozen=True, slots=True)
class NameComparison:
    """`match_probability`: that this is one name; `match_weight`: log2 odds it lends to one bearer, by rarity;
    `equal`: the same words, in whatever order, script or with whatever titles."""

    match_probability: float
    match_weight: float
    reason: str
    equal: bool = False


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two names side by side.

    mode      tradition (bits of `han`) in which a Han name was read; `ALL` without one
    features  see `align.align`; pairs: first unit and number of units on either side, likeness
    """

    mode: int
    features: npt.NDArray[np.float32]
    pairs: npt.NDArray[np.float32]


def modes_of(left: str, right: str) -> tuple[int, ...]:
    """The ways in which names of two scripts may have been read."""
    return HAN_MODES if (left == "han") != (right == "han") else (ALL,)


def aligned(left: Name, right: Name, rarity: Rarity) -> list[Aligned]:
    """The two laid side by side, once for each way to read them."""
    a, b = rarity.pool(left), rarity.pool(right)
    modes = modes_of(left.script, right.script)
    if len(modes) > 1 and all(unit.is_native for unit in (right if left.script == "han" else left).units):
        # Where every word may be a Chinese syllable, no foreign name is written by its sound.
        modes = tuple(mode for mode in modes if mode != han.FOREIGN)
    return [lay(a, 0, b, 0, mode) for mode in modes]


def lay(a: Pool, i: int, b: Pool, j: int, mode: int) -> Aligned:
    """Name `i` of a pool beside name `j` of another, read in the way `mode`."""
    features = np.zeros(N_FEATURES, np.float32)
    pairs = np.zeros((MOST_UNITS, 5), np.float32)
    swap, lost, weight = costs(foreign=mode == han.FOREIGN)
    n = align(
        a.name[i], a.name[i + 1], a.unit_alt, a.alt_mask, a.alt_code, a.codes, a.bits, a.fits,
        b.name[j], b.name[j + 1], b.unit_alt, b.alt_mask, b.alt_code, b.codes, b.bits, b.fits,
        mode, longest_run(mode), swap, lost, weight, features, pairs,
    )  # fmt: skip
    return Aligned(mode, features, pairs[:n])


def longest_run(mode: int) -> int:
    """How many units may be one word on the other side: of 依斯迈 for Ismail more than of a given name."""
    return LONGEST_RUN if mode == han.FOREIGN else 3


def compare_names(left: str, right: str, kind: Kind = "person", rarity: Rarity | None = None) -> NameComparison:
    """Compare two names as written, in any script and order.

    >>> compare_names("ZHANG, Youxia", "张又侠").match_probability > 0.9
    True
    """
    return compare_read(read_name(left, kind), read_name(right, kind), rarity or _any())


@lru_cache(maxsize=1)
def _any() -> Rarity:
    return Rarity()


def compare_read(left: Name, right: Name, rarity: Rarity) -> NameComparison:
    """Compare two names made ready by `read_name`; the same whichever stands left."""
    if not left.readings or not right.readings:
        return NameComparison(0.0, 0.0, "one of the names holds no word")
    swapped = right.text < left.text
    if swapped:
        left, right = right, left
    if left.script == right.script == "han":
        return _compared_in_han(*((right, left) if swapped else (left, right)), rarity)
    equal = _equal(left, right)
    best, log_odds = _best(left, right, rarity)
    probability = 1 / (1 + math.exp(-log_odds))
    if equal:
        probability = max(probability, _SAME_TEXT if left.text == right.text else _EQUAL)
    share, against = contradict.found_against(*((right, left) if swapped else (left, right)))
    probability *= share
    equal = equal and share == 1.0
    why = reason(
        left, right, best.mode, best.features, best.pairs, equal=equal, rarity=rarity, swapped=swapped, against=against
    )
    bits = float(min(sum(rarity.of_name(left)), sum(rarity.of_name(right))) if equal else best.features[4])
    return NameComparison(round(probability, 4), _weight(probability, bits), why, equal)


def _best(left: Name, right: Name, rarity: Rarity) -> tuple[Aligned, float]:
    family, less = model.family(left.script, right.script), model.strangers(left.script, right.script)
    best: tuple[Aligned, float] | None = None
    found = aligned(left, right, rarity)
    for one in found:
        log_odds = float((model.columns(one.features, one.mode, family) @ model.weights())[0]) + less
        if best is None or log_odds > best[1]:
            best = one, log_odds
    if best is None:
        raise AssertionError("every pair of scripts has a way to be read")
    # Where several traditions spell it so, the reason names the first.
    likely = best[0].features[0] - _AS_GOOD
    told = next((one for one in found if one.mode != model.MIXED and one.features[0] >= likely), best[0])
    return (best[0] if best[0].mode == han.FOREIGN else told), best[1]


def _weight(probability: float, bits: float) -> float:
    return round(probability * min(_MOST_BITS, bits) - (1 - probability) * _UNLIKE_BITS, 3)


def _equal(left: Name, right: Name) -> bool:
    """Whether some reading of one has the words of some reading of the other, in whatever order."""
    ours = {tuple(sorted(words)) for words in left.readings}
    return any(tuple(sorted(words)) in ours for words in right.readings)


def _compared_in_han(left: Name, right: Name, rarity: Rarity) -> NameComparison:
    # Written alike decides where both are written in Han: names of one sound are common.
    probability, why = written.compare(left.text, right.text)
    share, against = contradict.found_against(left, right)
    if against:
        probability, why = round(probability * share, 4), f"{against}; {why}"
    bits = min(sum(rarity.of_name(left)), sum(rarity.of_name(right)))
    return NameComparison(probability, _weight(probability, bits), why, probability >= _EQUAL)
