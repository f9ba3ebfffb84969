"""Why two names are held for one, or not, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from upriver.clean.names import han
from upriver.clean.names.model import MIXED
from upriver.clean.names.units import ALL

if TYPE_CHECKING:
    from upriver.clean.names.rarity import Rarity
    from upriver.clean.names.read import Name

_USUAL = 14.0  # bits of all that is paired: fewer, and many people bear such a name
_RARE = 22.0
_SURE = 0.97
_READ = {
    han.MANDARIN: "Mandarin spelling", han.CANTONESE: "Cantonese spelling", han.SOUTHERN: "Hokkien or Hakka spelling",
    han.KOREAN: "Korean spelling", han.VIETNAMESE: "Vietnamese spelling", MIXED: "Chinese spellings of several kinds",
    han.FOREIGN: "a foreign name by its sound",
}  # fmt: skip


def reason(
    left: Name, right: Name, mode: int, features: npt.NDArray[np.float32], pairs: npt.NDArray[np.float32],
    *, equal: bool, rarity: Rarity, swapped: bool = False, against: str = "",
) -> str:  # fmt: skip
    """What was paired with what, what is left over, and how much such a name says.

    against           what `contradict.found_against` found
    features, pairs   of `align.align` for left and right; swapped: which the reader knows the other way round
    """
    if against and left.text == right.text:
        return against
    if left.text == right.text:
        return "equal names" + _how_usual(sum(rarity.of_name(left)))
    if equal and left.script == right.script:
        return "the same words" + ("" if features[7] == 0 else " in another order") + _how_usual(features[4])
    if not len(pairs):
        return "no word or syllable of one sounds like one of the other"
    ours, theirs = [unit.written for unit in left.units], [unit.written for unit in right.units]
    told, left_a, left_b = [], set(range(len(ours))), set(range(len(theirs)))
    same = not against
    for i, n, j, m, alike in pairs[::-1]:
        a, b = range(int(i), int(i + n)), range(int(j), int(j + m))
        left_a, left_b = left_a - set(a), left_b - set(b)
        here, there = "".join(ours[x] for x in a), "".join(theirs[x] for x in b)
        here, there = (there, here) if swapped else (here, there)
        same = same and alike >= _SURE
        told.append(f"{here} = {there}" if alike >= _SURE else f"{here} ~ {there} {alike:.2f}")
    if equal and (left_a or left_b or not same):
        # No syllable table for this script: it was read letter by letter.
        ours_words = {tuple(sorted(words)): words for words in left.readings}
        shared = next(words for words in right.readings if tuple(sorted(words)) in ours_words)
        return f"the same words in Latin letters: {' '.join(shared)}" + _how_usual(sum(rarity.of_name(left)))
    parts = [against] if against else []
    if same and not left_a and not left_b:
        parts.append("same syllables, tones unknown" if mode != ALL else "the same sounds")
    parts.append(", ".join(told) + (f" ({_READ[mode]})" if mode in _READ else ""))
    over = [word for x, word in enumerate(ours) if x in left_a] + [word for x, word in enumerate(theirs) if x in left_b]
    if over:
        both = "nothing pairs with" if left_a and left_b else "only one has"
        parts.append(f"{both} {', '.join(over)}")
    if features[7] > 0:
        parts.append("turned round")
    return "; ".join(parts) + _how_usual(features[4])


def _how_usual(bits: float) -> str:
    if bits < _USUAL:
        return "; a short or usual name, it says little"
    return "; a rare name" if bits >= _RARE else ""
