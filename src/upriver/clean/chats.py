"""How the entries of an exported chat begin, and the words that the app writes into one (whatsapp.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


@lru_cache(maxsize=1)
def app_words() -> dict[str, dict[str, list[str]]]:
    """What the app writes of its own: section -> name -> wordings."""
    return tomllib.loads(resources.files("upriver.clean").joinpath("whatsapp.toml").read_text("utf-8"))


def _any(words: Sequence[str]) -> str:
    """A pattern for any of `words`, the longest first; a blank in one is any blank or none."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(r"\s?".join(map(re.escape, word.split())) for word in ordered)


@lru_cache(maxsize=1)
def start() -> re.Pattern[str]:
    """How an entry begins, with or without brackets, in the order and clock of the telephone that exported it."""
    words, mark = app_words(), f"[{MARKS}]*"
    half = _any([*words["halves"]["am"], *words["halves"]["pm"]])
    sign = rf"{mark}\s?(?:[./\-年月]|년|월){mark}\s?"
    date = rf"\d{{1,4}}{sign}\d{{1,2}}{sign}\d{{1,4}}[日일]?\.?(?:\s?(?:{_any(words['clock']['eras'])}))?"
    time = (
        rf"(?:(?:{half})\s?)?\d{{1,2}}{mark}[:.]{mark}\d{{2}}(?:{mark}[:.]{mark}\d{{2}})?(?:{mark}\s?{mark}(?:{half}))?"
    )
    between = rf"{mark}[,،、]?{mark}\s*(?:(?:{_any(words['clock']['joined'])})\s+)?{mark}"
    return re.compile(
        rf"{mark}(?P<open>\[)?{mark}(?:(?P<date>{date}){between}(?P<time>{time})|(?P<early>{time})[,،]?\s(?P<late>{date}))"
        rf"{mark}(?(open)\](?:\s|\Z)|{mark}\s?{mark}[-–]\s)(?P<rest>.*)\Z",
        re.DOTALL | re.IGNORECASE,
    )
