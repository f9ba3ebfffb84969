"""Names compared as they are written: in Han characters."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import LCSseq

from upriver.clean.names.han import mandarin, simple

_SAME, _SIMPLIFIED, _VARIANT, _PART, _SOUND, _OTHER = 0.995, 0.985, 0.8, 0.35, 0.06, 0.02


def compare(left: str, right: str) -> tuple[float, str]:
    """How likely two names in Han characters are one, and why.

    >>> compare("蔣麗芸", "蒋丽芸")[0] > 0.9, compare("李力", "李莉")[0] < 0.5
    (True, True)
    """
    one, two = ("".join(re.findall(r"\w", text)) for text in (left, right))
    if one == two:
        return _SAME, "the same characters"
    a, b = simple(one), simple(two)
    if a == b:
        return _SIMPLIFIED, "the same characters, simplified and traditional"
    if len(a) == len(b):
        differ = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        shown = ", ".join(f"{x}/{y}" for x, y in differ)
        if all(_may_be_variants(x, y) for x, y in differ):
            return _VARIANT, f"one sound, and {shown} may be two forms of one character"
        if all(set(mandarin(x)[:1]) & set(mandarin(y)[:1]) for x, y in differ):
            return _SOUND, f"one sound, but other characters: {shown}"
    short, long = sorted((a, b), key=len)
    shared = int(LCSseq.similarity(short, long))
    if shared == len(short) >= 2:
        return _PART, f"all of {short} is in the other name"
    n = f"{shared} of {len(long)} characters are the same"
    return _OTHER + (0.15 if shared >= 4 else 0.0), n if shared else "no character is the same"


@lru_cache(maxsize=1 << 14)
def _may_be_variants(a: str, b: str) -> bool:
    # The old codes of the mainland and of Taiwan hold one form each: two characters that stand in one code differ.
    def stands_in(code: str, char: str) -> bool:
        try:
            char.encode(code)
        except UnicodeEncodeError:
            return False
        return True

    one_sound = bool(set(mandarin(a)) & set(mandarin(b)))
    return one_sound and not any(stands_in(code, a) and stands_in(code, b) for code in ("gb2312", "big5"))
