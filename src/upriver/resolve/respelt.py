"""Names that do not look alike and are written for one another: by a slip of the pen, or by another way to spell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from upriver.clean.names import NameComparison, Rarity, compare_read, plain_text, read_name
from upriver.clean.names.behind import bits_behind

_LEAST = 6  # letters: of shorter names too many are one slip apart
_SLIP_BITS = 3.0  # one name in eight is written with a slip
_BEHIND_LEAST = 6.0  # below, two names of other people are spelt so too often
_LIKELY = 0.9  # that one name is meant
_MOST_BITS = 24.0


def respelt(left: Sequence[str], right: Sequence[str], rarity: Rarity) -> NameComparison | None:
    """What two people's names lend where one is a respelling of the other; None where it is not.

    Beside something that both have, as a telephone, and not alone: whoever looks for respellings finds some.
    """
    for a, b in product(left, right):
        if is_slip(a, b):
            name = read_name(a, "person")
            bits = compare_read(name, name, rarity).match_weight - _SLIP_BITS
            return NameComparison(_LIKELY, round(bits, 3), f"{a} and {b}: the same letters but for a slip of the pen")
    bits, a, b = max(((bits_behind(a, b), a, b) for a, b in product(left, right)), default=(0.0, "", ""))
    if bits < _BEHIND_LEAST:
        return None
    why = f"{a} and {b}: characters that are spelt both ways"
    return NameComparison(_LIKELY, round(min(_MOST_BITS, bits), 3), why)


def is_slip(left: str, right: str) -> bool:
    """Whether two names hold the same Latin letters in one order, but for two neighbours in the other and any spaces.

    Another letter, one more or one less is no slip here: Li Na and Li Ni are two people.

    >>> is_slip("Meng aBi", "Meng Bai"), is_slip("ZouZ ekai", "Zou Zekai"), is_slip("Wang Xiao", "Wang Xia")
    (True, True, False)
    """
    if not (left.isascii() and right.isascii()):
        return False
    one, two = (re.sub(r"[^a-z]", "", plain_text(name)) for name in (left, right))
    if len(one) != len(two) or len(one) < _LEAST:
        return False
    unlike = [place for place, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(unlike) != 2:
        return not unlike
    first, second = unlike
    return second == first + 1 and one[first] == two[second] and one[second] == two[first]
