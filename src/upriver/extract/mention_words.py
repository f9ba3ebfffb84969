"""The word lists of mention_words.toml, and the patterns made of them, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

PLATFORMS = ("wechat", "qq", "telegram", "whatsapp", "line", "zalo", "other", "phone")


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(files("upriver.extract").joinpath("mention_words.toml").read_text("utf-8"))
    return found


@lru_cache(maxsize=64)
def listed(topic: str, name: str) -> frozenset[str]:
    """The words of one list.

    raises  KeyError when there is no such list
    """
    return frozenset(_lists()[topic][name])


_LATIN = "a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"  # small letters; `để` does not begin with the unit `đ`


def choice(words: Iterable[str]) -> str:
    """A pattern, for a text in small letters, of any of `words`; a Latin word is no part of another one.

    Words that begin alike share their first letter: then a search passes over places where no word can begin.
    """
    heads: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda one: (-len(one), one)):
        # `微 信` and `微.信`: a blank or mark inside a short word hides it from filters.
        loose = len(word) <= 3
        gap = r"[\s.\-/·❤♥]?" if not word.isascii() else r"\s?"
        rest = "".join((gap if loose else "") + re.escape(sign) for sign in word[1:]).replace(r"\ ", r"\s?")
        heads.setdefault(word[0], []).append(rest + (rf"(?![{_LATIN}])" if _alphabetic(word[-1]) else ""))
    parts = []
    for head, rests in heads.items():
        before = rf"(?<![0-9_{_LATIN}]{head})" if _alphabetic(head) else ""
        parts.append(f"{re.escape(head)}{before}(?:{'|'.join(rests)})")
    return "|".join(parts)


def _alphabetic(sign: str) -> bool:
    return re.fullmatch(f"[{_LATIN}]", sign) is not None


def cue_words(platform: str) -> frozenset[str]:
    """All words for one platform."""
    return frozenset(word for words in _lists()["cue"][platform].values() for word in words)


class Cue(NamedTuple):
    """A word for a platform in a text; strength: sure, short or slang."""

    start: int
    end: int
    platform: str
    strength: str


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    meant: dict[str, tuple[str, str]] = {}
    for platform in PLATFORMS:
        for strength, words in _lists()["cue"][platform].items():
            for word in words:
                meant.setdefault(_bare(word), (platform, strength))
    words = {word for topic in _lists()["cue"].values() for group in topic.values() for word in group}
    return re.compile(choice(words)), meant


def _bare(word: str) -> str:
    return re.sub(r"[\s.\-/·❤♥]", "", word)


def cues(text: str) -> list[Cue]:
    """Every word for a platform in `text`, which is in small letters, in order."""
    pattern, meant = _cues()
    found: list[Cue] = []
    match = pattern.search(text)
    while match:
        # Of words that overlap the one that ends last stands: `加微` and `微信`.
        if not found or match.end() > found[-1].end:
            if found and match.start() < found[-1].end:
                found.pop()
            found.append(Cue(match.start(), match.end(), *meant[_bare(match.group())]))
        match = pattern.search(text, match.start() + 1)
    return found
