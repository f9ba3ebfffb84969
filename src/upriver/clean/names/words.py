"""The words of a name as written: plain text, without titles, honorifics and legal forms."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["person", "company"]

BETWEEN = re.compile(r"[\s,;.·•・()\[\]{}<>\"“”„«»/\\|&+_*:=–—၊။、，。]+")


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    return MappingProxyType(tomllib.loads(files("upriver.clean.names").joinpath("words.toml").read_text("utf-8")))


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Words so usual in names that sharing one says little."""
    listed = _words()["common"]
    return frozenset(listed["person"]) | frozenset(listed["company"])


@lru_cache(maxsize=1)
def _company_forms() -> tuple[tuple[str, str], ...]:
    forms = [(plain_text(spelt), form) for form, listed in _words()["company_forms"].items() for spelt in listed]
    return tuple(sorted(forms, key=lambda pair: (-len(pair[0]), pair[0])))


def plain_text(text: str) -> str:
    """NFKC, lower case, without control and direction marks, quotation marks and Latin accents, single spaces."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cs") or c in "\t\n ")
    if any("\u00c0" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff" for char in text):
        text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        text = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", text))
    return re.sub(r"\s+", " ", text).strip().lower()


def without_titles(words: list[str]) -> list[str]:
    """The words of a person's name without titles; of a title alone, the title."""
    lists = _words()
    whole = tuple(lists["script_titles_whole"])
    if len(words) > 2:
        words = [word for word in words if not word.startswith(whole)] or words
    cut = [_without_script_titles(word, alone=len(words) == 1) for word in words]
    kept = [word for word in cut if word and word not in lists["titles"]]
    # A title alone may be somebody's whole name: then it stays.
    return kept or cut


def _without_script_titles(word: str, *, alone: bool) -> str:
    if word.isascii():
        return word
    lists = _words()
    front = lists["script_titles"] + ([] if alone else lists["script_titles_of_full_names"])
    for title in front:
        if len(word) > len(title) + 1 and word.startswith(title):
            word = word[len(title) :]
        elif word == title:
            return ""
    for title in lists["script_titles_behind"]:
        if len(word) > len(title) + 1 and word.endswith(title):
            word = word[: -len(title)]
        elif word == title:
            return ""
    return word


def weights(words: tuple[str, ...]) -> tuple[float, ...]:
    """What each word counts for: little where it only joins names or may be a title, else 1."""
    lists = _words()
    full = sum(word not in lists["particles"] for word in words)
    found = []
    for place, word in enumerate(words):
        joins = word in lists["particles"] and full >= 2
        titled = place == 0 and len(words) > 2 and word in lists["light_titles"]
        found.append(0.2 if joins or titled else 1.0)
    return tuple(found)


@lru_cache(maxsize=1)
def _placeholders() -> frozenset[str]:
    return frozenset(plain_text(word) for word in _words()["placeholders"])


def is_placeholder(clean: str) -> bool:
    """Whether a cell says that no name is known (`N/A`, `xxx`, 不详); `clean` as of `plain_text`."""
    bare = clean.strip(" .-?*()[]<>")
    return bare in _placeholders() or re.fullmatch(r"x{3,}|\?+|\*+", bare) is not None


@lru_cache(maxsize=1)
def _opposed() -> tuple[tuple[str, tuple[int, bool]], ...]:
    sides = [
        (plain_text(word), (place, side == "other"))
        for place, pair in enumerate(_words()["opposed"])
        for side in ("one", "other")
        for word in pair[side]
    ]
    return tuple(sorted(sides, key=lambda told: (-len(told[0]), told[0])))


def opposed_words(words: Sequence[str]) -> frozenset[tuple[int, bool]]:
    """Which sides of the pairs `opposed` of words.toml a person's words hold, titles not yet cut."""
    found = set()
    for word in words if len(words) > 1 else [word for word in words if not word.isascii()]:
        # A title of another script has no blank behind it; the longest is meant.
        for title, side in _opposed():
            whole = title.isascii() or len(word) <= len(title)
            if word == title if whole else word.startswith(title) or word.endswith(title):
                found.add(side)
                break
    return frozenset(found)


def opposed_told(place: int) -> str:
    """What two words of the pair at `place` say of two names, in words."""
    told: str = _words()["opposed"][place]["told"]
    return told


def without_degrees(text: str) -> str:
    """A person's name without the degrees behind it and dotted titles before it."""
    degrees = _words()["degrees"]
    text = re.sub(r"(?:^|(?<=\s))h\.\s?e\.\s?|s/o|d/o|a/l|a/p|@", " ", text)
    head, *tails = text.split(",")
    kept = [head]
    for tail in tails:
        letters = [re.sub(r"[\s.]", "", word) for word in re.split(r"[\s]+", tail.strip())]
        if not all(word in degrees or re.fullmatch(r"(?:[a-z]{1,3}\.){2,}", word + ".") for word in letters):
            kept.append(tail)
    return " ".join(kept).strip()


def without_form(clean: str) -> tuple[str, str]:
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
    return _in_english(clean), form


@lru_cache(maxsize=1)
def _company_words() -> tuple[tuple[str, str], ...]:
    told = [(plain_text(spelt), english) for english, listed in _words()["company_words"].items() for spelt in listed]
    return tuple(sorted(told, key=lambda pair: (-len(pair[0]), pair[0])))


def _in_english(clean: str) -> str:
    """A company's name with the words of its trade in English; a name of nothing else as it is."""
    told = clean
    for spelt, english in _company_words():
        if spelt.isascii():
            told = re.sub(rf"(?:^|(?<= )){re.escape(spelt)}(?= |\Z)", english, told)
        else:
            told = told.replace(spelt, f" {english} ")
    return re.sub(r"\s+", " ", told).strip()
