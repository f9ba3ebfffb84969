"""What stands against two names being one although they sound alike: initials, numbers, titles, Vietnamese marks."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from upriver.clean.names.read import Name
from upriver.clean.names.words import opposed_told

_OPPOSED = 0.1  # Mr and Mrs may be one misprint
_INITIALS = 0.1  # what other initials leave of a likeness
_NUMBERS = 0.1  # of sites and companies numbers decide
_ONE_NUMBER = 0.7
_MARKS = 0.02  # as for Han characters of one sound
_LEFT_OUT = 0.3  # a word without any mark may be one whose marks were left out

# Letters and tone marks that only Vietnamese writes: ă đ ơ ư, hook above, dot below, and two marks on one letter.
_VIETNAMESE = re.compile("[đ\u031b\u0309\u0323]|[aeo]\u0302[\u0300\u0301\u0303]|a\u0306")


def is_marked(name: Name) -> bool:
    """Whether `found_against` may find anything: a name with initials, figures, titles or Vietnamese marks."""
    return bool(name.opposed or _initials(name) or re.search(r"\d", name.text) or _VIETNAMESE.search(name.marked))


def found_against(left: Name, right: Name) -> tuple[float, str]:
    """What is left of the likeness of two names, 0 to 1, and why in words; (1, "") where nothing stands against it.

    >>> from upriver.clean.names.read import read_name
    >>> found_against(read_name("John A. Smith"), read_name("John B. Smith"))[1]
    'other initials: a/b'
    """
    share, told = 1.0, []
    for factor, why in (
        _opposed(left, right),
        _numbers(left, right),
        _other_initials(left, right),
        _other_marks(left, right),
    ):
        share *= factor
        if why:
            told.append(why)
    return share, "; ".join(told)


def _opposed(left: Name, right: Name) -> tuple[float, str]:
    for place, is_other in sorted(left.opposed):
        if (place, not is_other) in right.opposed and (place, not is_other) not in left.opposed:
            return _OPPOSED, opposed_told(place)
    return 1.0, ""


def _numbers(left: Name, right: Name) -> tuple[float, str]:
    a, b = (sorted(re.findall(r"\d+", name.text)) for name in (left, right))
    if a == b:
        return 1.0, ""
    if a and b:
        return _NUMBERS, f"other numbers: {' '.join(a)}/{' '.join(b)}"
    return _ONE_NUMBER, f"only one has the number {' '.join(a or b)}"


def _initials(name: Name) -> list[str]:
    return [word for word in name.text.split() if len(word) == 1 and "a" <= word <= "z"]


def _other_initials(left: Name, right: Name) -> tuple[float, str]:
    a, b = _initials(left), _initials(right)
    if not a or not b:
        return 1.0, ""
    # An initial that begins a word of the other name is told by it.
    starts_a, starts_b = ({word[0] for word in name.text.split()} for name in (left, right))
    lone_a, lone_b = [x for x in a if x not in starts_b], [x for x in b if x not in starts_a]
    if lone_a and lone_b:
        return _INITIALS, f"other initials: {' '.join(lone_a)}/{' '.join(lone_b)}"
    return 1.0, ""


def _other_marks(left: Name, right: Name) -> tuple[float, str]:
    if not (_VIETNAMESE.search(left.marked) and _VIETNAMESE.search(right.marked)):
        return 1.0, ""
    ours, theirs = _words(left), _words(right)
    only_a, only_b = ours - theirs, theirs - ours
    plain_a, plain_b = (sorted(base for base, _ in words.elements()) for words in (only_a, only_b))
    shared = [base for base in plain_a if base in plain_b]
    if not shared:
        return 1.0, ""
    shown = "/".join(
        " ".join(word for word in name.marked.split() if _bare(word)[0] in shared and _bare(word) in only)
        for name, only in ((left, only_a), (right, only_b))
    )
    bare = any(not marks for base, marks in (*only_a, *only_b) if base in shared)
    return _LEFT_OUT if bare else _MARKS, f"the same letters with other marks: {unicodedata.normalize('NFC', shown)}"


def _words(name: Name) -> Counter[tuple[str, str]]:
    return Counter(_bare(word) for word in name.marked.split())


def _bare(word: str) -> tuple[str, str]:
    """Letters, and marks whichever vowel of the syllable carries them: hòa is hoà."""
    letters = "".join(char for char in word if not unicodedata.combining(char)).replace("đ", "d")
    marks = "".join(sorted(char for char in word if unicodedata.combining(char) or char == "đ"))
    return letters, marks
