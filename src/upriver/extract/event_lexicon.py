"""The news reader's words (event_words.toml), compiled into patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Pattern = re.Pattern[str]
_HAN = re.compile(r"[\u3400-\u9fff]")
# Kinds of unit that a type of event may count, spelled out once for the lexicon.
_FAMILIES = {
    "things": ("phones", "computers", "satellite terminals", "accounts", "vehicles", "weapons", "SIM cards",
               "properties", "servers", "BTC", "USDT"),
    "power": ("MW",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Compiled words; `units_of` tells for each type which units it counts, `money` for all currencies."""

    types: Mapping[str, Pattern]
    units_of: Mapping[str, frozenset[str]]
    roles: Mapping[str, Pattern]
    units: Mapping[str, Pattern]
    money: tuple[tuple[Pattern, str], ...]
    not_counted: Pattern
    traps: Mapping[str, Pattern]
    qualifiers: Mapping[str, Pattern]
    qualifiers_after: Mapping[str, Pattern]
    planned: Pattern
    attempted: Pattern
    negation: Pattern
    cumulative: Pattern
    parts: Pattern
    penalties: Mapping[str, Pattern]
    sex: Mapping[str, Pattern]
    speech: Pattern


def pattern(words: Iterable[str], before: str = "", after: str = "") -> Pattern:
    """One pattern for all `words`, the longest first: * is any ending, ... up to six words between."""
    listed = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile(f"{before}(?:{'|'.join(_one(word) for word in listed)}){after}", re.IGNORECASE)


def _one(word: str) -> str:
    if _HAN.search(word):
        return re.escape(word)
    gap = r"(?:\s+[^\s.;。]+){1,6}?\s+"
    parts = [re.escape(part.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for part in word.split("...")]
    left = r"(?<![A-Za-z])" if word[0].isalpha() else ""
    right = r"(?![A-Za-z])" if word[-1].isalpha() else ""
    return left + gap.join(parts) + right


@cache
def lexicon() -> Lexicon:
    """The words of event_words.toml, read once."""
    told = tomllib.loads(Path(__file__).with_name("event_words.toml").read_text(encoding="utf-8"))
    units = {unit: pattern(words) for unit, words in told["units"].items()}
    money = sorted(told["money"].items(), key=lambda entry: (-len(entry[0]), entry[0]))
    return Lexicon(
        types={name: pattern(entry["words"]) for name, entry in told["types"].items()},
        units_of={name: _units(entry["units"]) for name, entry in told["types"].items()},
        roles={role: pattern(words) for role, words in told["roles"].items()},
        units=units,
        money=tuple((pattern([word]), currency) for word, currency in money),
        not_counted=pattern(told["not_counted"]["words"]),
        traps={name: pattern(words) for name, words in told["traps"].items()},
        qualifiers={
            name: pattern(words, after=r"[\s(]*(?:the\s+|a\s+|an\s+)?\Z") for name, words in told["qualifiers"].items()
        },
        qualifiers_after={name: pattern(words, before=r"\A[\s]*") for name, words in told["qualifiers_after"].items()},
        planned=pattern(told["modality"]["planned"]),
        attempted=pattern(told["modality"]["attempted"]),
        negation=pattern(told["negation"]["words"]),
        cumulative=pattern(told["cumulative"]["words"]),
        parts=pattern(told["parts"]["words"]),
        penalties={name: pattern(words) for name, words in told["penalties"].items()},
        sex={name: pattern(words) for name, words in told["sex"].items()},
        speech=pattern(told["speech"]["words"]),
    )


def _units(names: list[str]) -> frozenset[str]:
    return frozenset(unit for name in names for unit in _FAMILIES.get(name, (name,)))
