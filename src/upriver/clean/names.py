"""Names of people and companies, compared across scripts: is this the same name, and how much would it say?

A comparison tells how likely two spellings are one *name*; that one name is one person is never concluded here.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from upriver.clean.readings import fold, readings, script

Kind = Literal["person", "company"]

_COMMON_BITS = 5.5  # a word of the list of common ones: about one name in fifty bears it
_RARE_BITS = 10.0
_LEAST_ALIKE = 0.62  # words less alike than this are different words
# Shares of letters that two alike words have in common at least: see _word_alike, which these follow from.
_ALIKE_LENGTHS = 0.6
_ALIKE_FOLDED = 0.65
_MOST_BITS = 24.0
_HOMOPHONE = 0.75  # likeness of two Han names of one sound in other characters


_BETWEEN = re.compile(r"[\s,;.·•・()\[\]{}<>\"“”„«»/\\|&+_*:=–—၊။、，。]+")


@dataclass(frozen=True, slots=True)
class Name:
    """A name made ready for comparison: its words in Latin letters, once for each reading of its script."""

    text: str
    script: str
    readings: tuple[tuple[str, ...], ...]
    form: str = ""

    @property
    def joined(self) -> str:
        """The words of the usual reading in alphabetical order: equal for two orders of one spelling."""
        return " ".join(sorted(self.readings[0])) if self.readings else ""


@dataclass(frozen=True, slots=True)
class NameComparison:
    """`match_probability`: that this is one name; `match_weight`: log2 odds it lends to one bearer, by rarity;
    `equal`: the same words, in whatever order, script or with whatever titles."""

    match_probability: float
    match_weight: float
    reason: str
    equal: bool = False


class Rarity:
    """How rare a word of a name is, in bits: from a list of common words, and from the names of the case itself."""

    def __init__(self, counts: Mapping[str, int] | None = None, n_names: int = 0) -> None:
        self._counts = dict(counts or {})
        self._n_names = n_names
        self._bits: dict[str, float] = {}

    @classmethod
    def of(cls, names: Iterable[str], kind: Kind = "person") -> Rarity:
        """Rarity by the distinct `names` of a case."""
        counts: Counter[str] = Counter()
        distinct = set(names)
        for text in distinct:
            for reading in read_name(text, kind).readings[:1]:
                counts.update(set(reading))
        return cls(counts, len(distinct))

    def bits(self, word: str) -> float:
        """log2 of one in how many names bears `word`; the case's own names count more the more of them there are."""
        found = self._bits.get(word)
        if found is None:
            found = self._bits[word] = self._work_out(word)
        return found

    def _work_out(self, word: str) -> float:
        if len(word) == 1:
            return 2.0
        told = _COMMON_BITS if word in _common() else min(_RARE_BITS, _COMMON_BITS + 0.9 * max(0, len(word) - 2))
        if not self._n_names:
            return told
        # The list stands for 200 names; so that ten names of a case do not make a usual word a rare one.
        share = (self._counts.get(word, 0) + 200 * 2.0**-told) / (self._n_names + 200)
        return min(_RARE_BITS, max(1.0, -math.log2(share)))


def latin_spellings(name: str) -> set[str]:
    """How a name of another script is written in Latin letters: each reading in words, and its given name in one.

    >>> sorted(latin_spellings("顾国珍"))
    ['gu guo zhen', 'gu guozhen']
    """
    if script(name) in ("latin", ""):
        return set()
    spelt = set()
    for words in read_name(name, "person").readings:
        spelt |= {" ".join(words), " ".join((words[0], "".join(words[1:]))).strip()} if words else set()
    return spelt


def compare_names(left: str, right: str, kind: Kind = "person", rarity: Rarity | None = None) -> NameComparison:
    """Compare two names as written, in any script and order.

    >>> compare_names("ZHANG, Youxia", "张又侠").match_probability > 0.9
    True
    """
    return compare_read(read_name(left, kind), read_name(right, kind), rarity or _ANY)


def compare_read(left: Name, right: Name, rarity: Rarity) -> NameComparison:
    """Compare two names made ready by `read_name`."""
    if not left.readings or not right.readings:
        return NameComparison(0.0, 0.0, "one of the names holds no word")
    best, words = -1.0, (left.readings[0], right.readings[0])
    for a, b in product(left.readings, right.readings):
        alike = _alike(a, b, rarity)
        if alike > best:
            best, words = alike, (a, b)
        if best == 1.0:
            break
    other_signs = left.script == right.script == "han" and not _one_in_han(left.text, right.text)
    if other_signs:
        # Written alike decides where both are written in Han: names of one sound are common.
        best = min(best, _HOMOPHONE)
    # Two scripts never spell quite alike: what counts as half sure lies lower there.
    middle, steep = (0.80, 22.0) if left.script == right.script else (0.74, 20.0)
    probability = 1 / (1 + math.exp(-steep * (best - middle)))
    short = min(words, key=lambda w: sum(rarity.bits(x) for x in w))
    bits = min(_MOST_BITS, sum(rarity.bits(word) for word in short))
    # Two rare words that are only alike say much less than two that are equal.
    weight = probability * bits * best**3 - (1 - probability) * 6.0
    reason = "one sound, but other characters" if best == _HOMOPHONE and other_signs else ""
    reason = reason or _reason(left, right, words, best, probability)
    return NameComparison(round(probability, 4), round(weight, 3), reason, equal=best == 1.0)


def _reason(left: Name, right: Name, words: tuple[tuple[str, ...], tuple[str, ...]], alike: float, p: float) -> str:
    a, b = words
    if left.text == right.text:
        return "equal names"
    spelt = "" if left.script == right.script else f" (read {' '.join(a)} / {' '.join(b)})"
    if set(a) == set(b):
        return (
            f"equal names in another order or script{spelt}"
            if a != b or spelt
            else "names equal but for titles and marks"
        )
    if p >= 0.5:
        return f"names alike, {alike:.2f} of 1{spelt}"
    return f"names differ, {alike:.2f} of 1{spelt}"


# ---- alike ----------------------------------------------------------------------------------------------------


def _alike(a: tuple[str, ...], b: tuple[str, ...], rarity: Rarity) -> float:
    """Share of the words' weight that has its like on the other side, 0 to 1; rare words weigh more."""
    if sorted(a) == sorted(b):
        return 1.0
    weight = {word: rarity.bits(word) for word in {*a, *b}}
    total = sum(weight[w] for w in a) + sum(weight[w] for w in b)
    rest_a, rest_b = list(a), list(b)
    matched = 0.0
    for word in a:
        if word in rest_b:
            rest_a.remove(word)
            rest_b.remove(word)
            matched += 2 * weight[word]
    while rest_a and rest_b:
        found = _best_run(rest_a, rest_b, weight)
        if found is None:
            break
        alike, (i, m), (j, n) = found
        matched += (sum(weight[w] for w in rest_a[i:m]) + sum(weight[w] for w in rest_b[j:n])) * alike
        del rest_a[i:m], rest_b[j:n]
    if not rest_a or not rest_b:
        left_over = sum(weight[w] for w in rest_a) + sum(weight[w] for w in rest_b)
        if min(len(a), len(b)) >= 2:
            # A middle name or clan name that one source leaves out is no disagreement, only less agreement.
            total -= 0.6 * left_over
    return matched / total if total else 0.0


def _one_in_han(one: str, two: str) -> bool:
    """Whether two Han names may be one: character by character equal, or one simplified and one traditional."""
    one, two = one.replace(" ", ""), two.replace(" ", "")
    return len(one) == len(two) and all(a == b or _may_be_variants(a, b) for a, b in zip(one, two, strict=True))


@lru_cache(maxsize=1 << 14)
def _may_be_variants(a: str, b: str) -> bool:
    # The old codes of the mainland and of Taiwan hold one form each: two characters that stand in one code differ.
    def stands_in(code: str, char: str) -> bool:
        try:
            char.encode(code)
        except UnicodeEncodeError:
            return False
        return True

    sounds = [{reading[-1] for reading in readings(char)} for char in (a, b)]
    return bool(sounds[0] & sounds[1]) and not any(stands_in(c, a) and stands_in(c, b) for c in ("gb2312", "big5"))


def _best_run(
    a: Sequence[str], b: Sequence[str], weight: Mapping[str, float]
) -> tuple[float, tuple[int, int], tuple[int, int]] | None:
    """The runs of words of `a` and `b` most alike, joined ("you xia" is "youxia"); None when none is alike enough."""
    best: tuple[float, float, tuple[int, int], tuple[int, int]] | None = None
    others = [_run(b, place, weight) for place in _runs(len(b))]
    words = [run for run in others if run[1] == 1]
    whole = [run for run in others if run[1] == len(b) > 1]
    for place in _runs(len(a)):
        _, n_words, one, lends, n, n_folded, bones = _run(a, place, weight)
        # Two words share at most the shorter one: beyond these lengths none is alike enough.
        least, most = _ALIKE_LENGTHS * n, n / _ALIKE_LENGTHS
        least_folded, most_folded = _ALIKE_FOLDED * n_folded, n_folded / _ALIKE_FOLDED
        # Several words against several are compared only where both are all there is.
        against = others if n_words == 1 else words + whole if n_words == len(a) else words
        for at, _, two, lends_two, n_two, n_folded_two, bones_two in against:
            if (
                not least <= n_two <= most
                and not least_folded <= n_folded_two <= most_folded
                and n > 1
                and n_two > 1
                and bones != bones_two
            ):
                continue
            alike = _word_alike(one, two)
            if alike < _LEAST_ALIKE:
                continue
            key = (round(alike**2 * (alike * (lends + lends_two)), 9), alike, place, at)
            if best is None or key > best:
                best = key
    return None if best is None else best[1:]


def _run(
    words: Sequence[str], place: tuple[int, int], weight: Mapping[str, float]
) -> tuple[tuple[int, int], int, str, float, int, int, str]:
    """Words joined: place, number of words, text, weight, letters, letters when folded, consonants."""
    start, end = place
    chosen = words[start:end]
    text = "".join(chosen)
    folded = fold(text)
    return place, end - start, text, sum(weight[word] for word in chosen), len(text), len(folded), _bones(folded)


@lru_cache(maxsize=64)
def _runs(n: int) -> tuple[tuple[int, int], ...]:
    return tuple((i, m) for i in range(n) for m in range(i + 1, min(n, i + 4) + 1))


@lru_cache(maxsize=1 << 18)
def _word_alike(one: str, two: str) -> float:
    from rapidfuzz.distance import JaroWinkler, Levenshtein

    if one == two:
        return 1.0
    short, long = sorted((one, two), key=len)
    if len(short) == 1:
        return 0.8 if long.startswith(short) else 0.0
    plain = float(Levenshtein.normalized_similarity(one, two))
    if len(short) >= 4:
        plain = max(plain, float(JaroWinkler.similarity(one, two)) * 0.93 if plain >= 0.6 else 0.0)
    a, b = fold(one), fold(two)
    if not a or not b:
        return plain
    loose = 0.94 * float(Levenshtein.normalized_similarity(a, b))
    # Vowels are spelt more freely than consonants when a name changes its script.
    if _bones(a) == _bones(b) and len(_bones(a)) >= 2:
        loose = max(loose, 0.82)
    return max(plain, loose)


@lru_cache(maxsize=1 << 16)
def _bones(folded: str) -> str:
    return re.sub("[aeiouw]", "", folded)


# ---- reading --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    with Path(__file__).with_name("name_words.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    listed = _words()["common"]
    return frozenset(listed["person"]) | frozenset(listed["company"])


@lru_cache(maxsize=1)
def _company_forms() -> tuple[tuple[str, str], ...]:
    forms = [(spelt, form) for form, listed in _words()["company_forms"].items() for spelt in listed]
    return tuple(sorted(forms, key=lambda pair: (-len(pair[0]), pair[0])))


def plain_text(text: str) -> str:
    """NFKC, lower case, without control and direction marks, quotation marks and Latin accents, single spaces."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs") or c in "\t\n ")
    if any("\u00c0" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff" for char in text):
        text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        text = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", text))
    return re.sub(r"\s+", " ", text).strip().lower()


@lru_cache(maxsize=1 << 18)
def read_name(text: str, kind: Kind = "person") -> Name:
    """`text` without titles (a person) or legal forms (a company), in its Latin readings.

    The result has no readings when nothing that names anyone is left.
    """
    clean = plain_text(text)
    form = ""
    if kind == "company":
        clean, form = _without_form(clean)
    words = _BETWEEN.sub(" ", clean.replace("a/l", "").replace("a/p", "")).split()
    if kind == "person":
        words = _without_titles(words)
    pieces = [piece for word in words for piece in re.split(r"[-'’‘`]+", word) if piece]
    # Each piece may have several readings; vary one piece at a time beside the usual readings of the others.
    read = [readings(piece) for piece in pieces[:12]]
    found = [tuple(w for piece in read for w in piece[0])] if all(read) else []
    for place, piece in enumerate(read):
        for other in piece[1:]:
            chosen = [other if i == place else usual[0] for i, usual in enumerate(read)]
            found.append(tuple(w for one in chosen for w in one))
    kept = tuple(dict.fromkeys(one for one in found if any(one)))[:8]
    return Name(" ".join(words), script(clean), kept, form)


def _without_titles(words: list[str]) -> list[str]:
    lists = _words()
    cut = []
    for word in words:
        for title in lists["script_titles"]:
            if len(word) > len(title) + 1 and word.startswith(title):
                word = word[len(title) :]
            elif len(word) > len(title) + 1 and word.endswith(title):
                word = word[: -len(title)]
        cut.append(word)
    titles, particles = set(lists["titles"]), set(lists["particles"])
    kept = [word for word in cut if word not in titles and word not in lists["script_titles"]]
    # A title alone may be somebody's whole name: then it stays.
    kept = kept or cut
    while len(kept) > 2 and kept[0] in lists["burmese_titles"]:
        kept = kept[1:]
    lean = [word for word in kept if word not in particles]
    return lean if len(lean) >= 2 else kept


def _without_form(clean: str) -> tuple[str, str]:
    clean = re.sub(r"[.,()]", " ", clean)
    clean = re.sub(r"\s+", " ", clean).strip()
    form = ""
    for spelt, meant in _company_forms():
        if spelt.isascii():
            shorter = re.sub(rf"(?:^| ){re.escape(spelt)}(?= |\Z)", " ", clean).strip()
        else:
            shorter = clean.replace(spelt, " ").strip()
        if shorter and shorter != clean:
            clean, form = re.sub(r"\s+", " ", shorter), form or meant
    return clean, form


def name_keys(name: Name) -> tuple[str, ...]:
    """Keys under which names that sound alike meet, in any order and with or without spaces between syllables.

    The key is the sorted consonants of the folded words, once for each reading; of a name with fewer than three, all
    its letters.
    """
    folded = {"".join(sorted("".join(fold(word) for word in reading))) for reading in name.readings}
    keys = {bones if len(bones := _bones(letters)) >= 3 else letters for letters in folded}
    return tuple(sorted(key for key in keys if len(key) >= 2))


def word_keys(name: Name) -> tuple[str, ...]:
    """The folded words of a name, for lists in which a part of it is left out or misspelt."""
    return tuple(sorted({fold(word) for reading in name.readings for word in reading if len(word) >= 3}))


_ANY = Rarity()
