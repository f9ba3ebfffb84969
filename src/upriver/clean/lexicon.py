"""Word lists that a non-programmer can extend, found in text by one compiled automaton.

A word list is a TOML file of cues, each with its wordings; a wording is a row of words in a small language:

    send (me|us) * money     any of the choices, `*` up to three words between
    add (my )?wechat         what is followed by `?`, a choice or a last letter, may be left out; choices may be nested
    (my|old )+passport       a choice once or more; `+?` behind it: or not at all
    invest~                  the word with its usual endings (invests, invested, investing, investment)
    <money>                  a class: money, percent, number, phone, url, email, handle
    收(走|了)? * 护照          Chinese needs no blanks; each character is a word

Blanks, punctuation inside a sentence and case do not matter; the end of a sentence or line is never crossed.
Texts are folded first (clean/folding.py), letters set apart with blanks are joined, figures inside words are read as
the letters they imitate.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any

from upriver.clean.automaton import STOP, Automaton
from upriver.clean.folding import fold, offsets

_CURRENCY = (
    r"(?:us\$|hk\$|nt\$|s\$|rm|usdt|usd|thb|cny|rmb|php|myr|sgd|eur|gbp|inr|kes|ugx|vnd|mmk|twd|hkd|aud|krw|idr|npr|pkr"
    r"|btc|eth|[$€£¥฿₫₩₹₱])"
)
_UNIT = (
    r"(?:usdt|usd|us dollars?|dollars?|bucks|baht|thb|cny|rmb|yuan|euros?|eur|pounds?|gbp|ringgit|myr|pesos?|php"
    r"|rupees?|inr|shillings?|kes|ugx|vnd|mmk|kyats?|twd|hkd|aud|sgd|krw|idr|btc|eth|美元|美金|美刀|人民币|泰铢|铢|港币|台币|块钱|块|元|万元|万|千"
    r"|(?<=\d\d)u(?![a-z])|(?<=\d\d )u(?![a-z]))"
)
# Figures in Chinese begin a sum or a share; every other character stands for itself.
_FIGURES = "一二三四五六七八九十百千两几"


def _but_for(first: int, last: int, left_out: str) -> str:
    """A class of the characters from `first` to `last` without some."""
    bounds = [first - 1, *sorted(map(ord, left_out)), last + 1]
    return "".join(f"{chr(a + 1)}-{chr(b - 1)}" for a, b in pairwise(bounds) if b - a > 1)


_TOKEN = re.compile(
    # Most of a text, taken in runs: no other alternative can begin with these.
    rf"(?P<hans>[{_but_for(0x3400, 0x9FFF, _FIGURES)}]+)"
    r"|(?P<words>(?<![\u3400-\u9fff])(?:(?!digit)[a-z]{2,} (?=[a-z]))+)"
    r"|(?P<url>https?://[^\s<>\"]+|www\.[^\s<>\"]+"
    r"|(?<![@\w])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|top|xyz|vip|cc|shop|info|io|me|ly|app|site|online|club|link|co|cn|ru|tk|ltd"
    r"|live|asia|pro)(?![a-z0-9])(?:/[^\s<>\"]*)?"
    # Data is shared with links, numbers and addresses replaced by a word for them: that word is one.
    r"|#url_[0-9a-f]+#|(?<=[\u3400-\u9fff])url[a-z]*|(?<![a-z0-9])url(?=[\u3400-\u9fff]))"
    r"|(?P<email>[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+|#email_[0-9a-f]+#)"
    r"|(?P<handle>(?<![a-z0-9])@[a-z0-9_]{3,})"
    rf"|(?P<money>{_CURRENCY}\s?\d[\d,.]*\d?(?:\s?(?:k|万|m|million|thousand)(?![a-z]))?(?:\s?{_UNIT})?"
    rf"|(?:\d[\d,.]*|(?<![a-z])digit)(?:\s?(?:k|万|m|million|thousand|千))?\s?{_UNIT}|[一二三四五六七八九十百千两几]+(?:万|千|百)?[一二三四五六七八九]?(?:美元|美金|泰铢|块钱|元)|[一二三四五六七八九十两几]+万[一二三四五六七八九]?)"
    r"|(?P<percent>\d[\d.]*\s?(?:%|percent|per cent|个点)|百分之[一二三四五六七八九十百\d]+)"
    r"|(?P<phone>\+?\d[\d() -]{6,}\d|#phone_[0-9a-f]+#"
    r"|(?<=[\u3400-\u9fff])(?:cell)?phone(?![a-z])|(?<![a-z])cellphone(?=[\u3400-\u9fff]))"
    r"|(?P<spaced>(?<![a-z0-9])(?:[a-z][ ._*-]){3,}[a-z](?![a-z0-9']))"
    r"|(?P<masked>(?<=[\u3400-\u9fff])(?:digit|bank)(?![a-z])|(?<![a-z])digit(?=[\u3400-\u9fff]))"
    r"|(?P<word>(?=\d*[a-z])[a-z0-9]+(?:[@$!'][a-z0-9]+)*)"
    r"|(?P<number>\d+(?:[.,:]\d+)*)"
    r"|(?P<han>[\u3400-\u9fff])"
    r"|(?P<stop>[.!?…]+(?=\s|$)|[。;\n])"
)
_CLASSES = frozenset({"url", "email", "handle", "money", "percent", "phone"})
_IMITATED = str.maketrans("013457@$!", "oieastasi")


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of a word list: a name, its wordings and what the list says of it."""

    name: str
    wordings: tuple[str, ...]
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found: `start` and `end` are offsets in the text as written, `token` and `last` places among its tokens."""

    cue: Cue
    token: int
    last: int
    start: int
    end: int


class Text:
    """A text in tokens: keys to match, spans in the folded text, and the way back to the text as written."""

    def __init__(self, written: str) -> None:
        self.written = written
        self.keys: list[str] = []
        self.kinds: list[str] = []
        self._begins: list[int] = []
        self._ends: list[int] = []
        self._folded = fold(written)
        for match in _TOKEN.finditer(self._folded):
            kind = match.lastgroup or ""
            if kind == "hans":  # each of them is a word
                begin, end = match.span()
                self.keys.extend(match.group())
                self.kinds.extend(["han"] * (end - begin))
                self._begins.extend(range(begin, end))
                self._ends.extend(range(begin + 1, end + 1))
                continue
            if kind == "words":
                words, begin = match.group().split(), match.start()
                self.keys.extend(words)
                self.kinds.extend(["word"] * len(words))
                for word in words:
                    self._begins.append(begin)
                    begin += len(word) + 1
                    self._ends.append(begin - 1)
                continue
            if kind == "han":
                key = match.group()
            else:
                kind = "number" if kind == "masked" else kind
                key = _key(kind, match.group())
            self.keys.append(key)
            self.kinds.append(kind)
            self._begins.append(match.start())
            self._ends.append(match.end())

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each token begins and ends in the folded text."""
        return list(zip(self._begins, self._ends, strict=True))

    @cached_property
    def _places(self) -> Sequence[int]:
        if self.written.isascii() and len(self._folded) == len(self.written):
            return range(len(self.written) + 1)
        return offsets(self.written)

    def comma_between(self, start: int, end: int) -> bool:
        """Whether a comma, full-width or not, stands in the folded text from `start` to `end`."""
        return "," in self._folded[start:end]

    def place(self, token: int, last: int) -> tuple[int, int]:
        """Offsets in the text as written of the tokens from `token` to `last`."""
        return self._places[self._begins[token]], self._places[self._ends[last] - 1] + 1


def _key(kind: str, text: str) -> str:
    if kind in _CLASSES:
        return f"<{kind}>"
    if kind == "stop":
        return STOP
    if kind == "number":
        return f"#{text}"
    if kind == "spaced":
        return re.sub(r"[ ._*-]", "", text)
    if kind == "word" and not text.isalpha() and text[0].isalpha() and text[-1].isalpha() and "'" not in text:
        return text.translate(_IMITATED)
    return text


class Lexicon:
    """The cues of one or more word lists as one automaton, ready to be found."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self.cues = tuple(cues)
        self._automaton = Automaton(
            (number, wording) for number, cue in enumerate(self.cues) for wording in cue.wordings
        )

    def find(self, text: Text) -> list[Hit]:
        """Every cue in `text`, at each place by its longest wording, in the order of the text."""
        hits = []
        for place, number, last in self._automaton.matches(text.keys, STOP):
            start, end = text.place(place, last)
            hits.append(Hit(self.cues[number], place, last, start, end))
        return hits

    def longest(self, text: Text) -> list[Hit]:
        """Each cue in `text` once, where the most of the text stands for it; in the order they were first met."""
        best: dict[str, tuple[int, int, int, int, int]] = {}
        for place, number, last in self._automaton.matches(text.keys):
            start, end = text.place(place, last)
            name = self.cues[number].name
            if name not in best or end - start > best[name][0]:
                best[name] = end - start, number, place, last, start
        return [
            Hit(self.cues[number], place, last, start, start + length)
            for length, number, place, last, start in best.values()
        ]


def load_cues(package: str, name: str, section: str) -> list[Cue]:
    """The cues of `section` in the word list `name` of `package`.

    raises  ValueError when an entry has no name, no wordings or no source line
    """
    entries = load_list(package, name)[section]
    cues = []
    for entry in entries:
        for needed in ("name", "wordings", "source"):
            if not entry.get(needed):
                raise ValueError(f"{name}: an entry of [[{section}]] has no {needed}: {entry}")
        cues.append(Cue(entry["name"], tuple(entry["wordings"]), entry))
    return cues


def load_list(package: str, name: str) -> dict[str, Any]:
    """The word list `name` of `package` as it stands."""
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))
