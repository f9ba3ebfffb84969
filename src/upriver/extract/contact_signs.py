"""The signs in a text: cues of two word lists, those of a scam contact and those of a lure into work.

Wordings and weights are data (contact_cues.toml, lure_cues.toml); a cue counts once, by its longest wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from upriver.clean.lexicon import Cue, Lexicon, Text, load_cues, load_list
from upriver.model.units import asset

_PAY = "pay given as very high"
_AMOUNT = re.compile(r"(\d[\d,.]*\d|\d)\s*(k|万|千|m|million|thousand)?")
_TIMES = {"k": 1e3, "thousand": 1e3, "千": 1e3, "万": 1e4, "m": 1e6, "million": 1e6}
_WINDOW = 4_000  # characters read together: in a long text every sign stands somewhere
_UNREADABLE = ("number", "stop", "money", "percent")


@dataclass(frozen=True, slots=True)
class Sign:
    """A cue found, with its words as written."""

    cue: Cue
    words: str

    @property
    def weight(self) -> float:
        return float(self.cue.says["weight"])


@dataclass(frozen=True, slots=True)
class Signs:
    """The cues of one text or thread, each once: those of a scam, those of a lure; `n_words` that could be read."""

    scam: tuple[Sign, ...]
    lure: tuple[Sign, ...]
    n_words: int = 1


@cache
def _lexicon() -> tuple[Lexicon, frozenset[str], dict[str, float], Cue]:
    scam = load_cues("upriver.extract", "contact_cues.toml", "cue")
    lure = load_cues("upriver.extract", "lure_cues.toml", "cue")
    high = {code: float(value) for code, value in load_list("upriver.extract", "lure_cues.toml")["high_pay"].items()}
    pay = next(cue for cue in lure if cue.name == _PAY)
    return Lexicon([*scam, *lure]), frozenset(cue.name for cue in scam), high, pay


def signs_of(text: str) -> Signs:
    """The signs of a scam contact and of a lure in `text`."""
    lexicon, of_scam, high, pay = _lexicon()
    read = Text(text)
    signs = [Sign(hit.cue, text[hit.start : hit.end]) for hit in lexicon.longest(read)]
    if not any(sign.cue is pay for sign in signs):
        signs += [Sign(pay, words) for words in _high_pay(read, high)][:1]
    return Signs(
        tuple(sign for sign in signs if sign.cue.name in of_scam),
        tuple(sign for sign in signs if sign.cue.name not in of_scam),
        len(read.kinds) - sum(map(read.kinds.count, _UNREADABLE)),
    )


def windows(text: str) -> Iterator[str]:
    """`text` in pieces that are read apart, cut at the end of a line or a blank where there is one.

    >>> [len(piece) for piece in windows("word " * 1000)]
    [4000, 1000]
    """
    begin = 0
    while len(text) - begin > _WINDOW:
        end = begin + _WINDOW
        cut = max(text.rfind("\n", begin + _WINDOW // 2, end), text.rfind(" ", begin + _WINDOW - 200, end))
        end = cut + 1 if cut >= 0 else end
        yield text[begin:end]
        begin = end
    yield text[begin:]


def _high_pay(text: Text, high: dict[str, float]) -> Iterator[str]:
    """The amounts of `text` that are at least the high monthly pay of their currency."""
    if "money" not in text.kinds and "number" not in text.kinds:
        return
    for token, kind in enumerate(text.kinds):
        if kind not in ("money", "number"):
            continue
        start, end = text.place(token, token)
        written = text.written[start:end]
        match = _AMOUNT.search(written.lower())
        if match is None:
            continue
        amount = float(match.group(1).replace(",", "").rstrip(".") or 0) if match.group(1).count(".") < 2 else 0.0
        amount *= _TIMES.get(match.group(2) or "", 1.0)
        sign = re.sub(r"[\d,.\s]|(?<=\d)(k|万|千|m|million|thousand)", "", written.lower())
        code = _NAMES.get(sign) or asset(sign) or ("CNY" if "han" in text.kinds and not sign else None)
        if code in high and high[code] <= amount <= 50 * high[code]:
            yield written


_NAMES = {
    "dollar": "USD", "dollars": "USD", "usdollars": "USD", "bucks": "USD", "美金": "USD", "美刀": "USD", "u": "USDT",
    "baht": "THB", "铢": "THB", "yuan": "CNY", "块": "CNY", "块钱": "CNY", "euro": "EUR", "euros": "EUR",
    "pound": "GBP", "pounds": "GBP", "ringgit": "MYR", "pesos": "PHP", "peso": "PHP", "rupees": "INR",
    "shillings": "KES", "台币": "TWD", "港币": "HKD",
}  # fmt: skip


def pooled(parts: Iterable[Signs]) -> Signs:
    """The signs of several texts as of one: each cue once, by the words that it was first met in."""
    n_words = 0
    scam: dict[str, Sign] = {}
    lure: dict[str, Sign] = {}
    for part in parts:
        for sign in part.scam:
            scam.setdefault(sign.cue.name, sign)
        for sign in part.lure:
            lure.setdefault(sign.cue.name, sign)
        n_words += part.n_words
    return Signs(tuple(scam.values()), tuple(lure.values()), n_words)
