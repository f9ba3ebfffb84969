"""Which language a text is in, by its script and its commonest words; simplified and traditional Chinese apart.

Pure: text in, a BCP 47 tag or None out. Latin letters write many languages: English is told by its little words, no
other is guessed.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_SCRIPTS = {
    "han": r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "ja": r"\u3041-\u30ff",
    "ko": r"\uac00-\ud7a3",
    "th": r"\u0e01-\u0e4f",
    "my": r"\u1000-\u109f",
    "km": r"\u1780-\u17ff",
    "lo": r"\u0e81-\u0eff",
    "latin": r"A-Za-z\u00c0-\u024f",
    "other": r"\u0370-\u0dff\u1200-\u137f",
}
_LETTERS = {name: re.compile(f"[{ends}]") for name, ends in _SCRIPTS.items()}
_ENGLISH = re.compile(r"\b(?:the|of|and|in|to|were|was|from|by|on|at|for|with|that|have|has|had|its?|an?)\b", re.I)
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
# One Han character says about what three Latin letters say: a gloss in brackets does not make a text Chinese.
_WEIGHT = 3
_ENGLISH_SHARE = (
    0.15  # of the words of everyday English a third are little ones; of Indonesian or Vietnamese next to none
)
# Simplified forms that traditional writing has too, as other words: they tell neither script.
_SHARED = frozenset("后系周采托表谷里面警范郁")
_SAMPLE = 20_000  # characters; a text does not change its script behind them


def language(text: str) -> str | None:
    """The language of `text`: en, zh-Hans, zh-Hant, zh (nothing tells which), ja, ko, th, my, km, lo; None: not known.

    >>> language("Police in the town arrested 40."), language("警方抓获四十人"), language("Polisi menangkap 40 orang")
    ('en', 'zh-Hans', None)
    """
    text = text[:_SAMPLE]
    counts = {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}
    # Japanese is written with Han characters too; a tenth of kana is no name in a Chinese text.
    if counts["ja"] * 10 > counts["han"] + counts["ja"]:
        counts["ja"] += counts["han"]
        counts["han"] = 0
    weights = {name: n * (_WEIGHT if name in ("han", "ja", "ko") else 1) for name, n in counts.items()}
    best = max(weights, key=lambda name: weights[name])
    if weights[best] == 0 or best == "other":
        return None
    if best == "latin":
        n_words = len(_WORD.findall(text))
        return "en" if n_words and len(_ENGLISH.findall(text)) >= _ENGLISH_SHARE * n_words else None
    return _chinese(text) if best == "han" else best


def _chinese(text: str) -> str:
    traditional, simplified = _told_apart()
    n_traditional = sum(character in traditional for character in text)
    n_simplified = sum(character in simplified for character in text)
    if n_traditional == n_simplified:
        return "zh"
    return "zh-Hant" if n_traditional > n_simplified else "zh-Hans"


@cache
def _told_apart() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only traditional, and only simplified writing uses."""
    pairs = tomllib.loads(Path(__file__).with_name("han_pairs.toml").read_text(encoding="utf-8"))["pairs"].split()
    traditional = {pair[0] for pair in pairs if pair[0] != pair[1]}
    return frozenset(traditional - _SHARED), frozenset(pair[1] for pair in pairs) - traditional - _SHARED
