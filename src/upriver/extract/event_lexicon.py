"""The news reader's words, one file a language (event_words/*.toml), compiled: a new file is a new language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from upriver.clean.numbers import NumberWords
from upriver.extract.phrases import Phrases, is_han, pattern

Pattern = re.Pattern[str]
FOLDER = Path(__file__).with_name("event_words")
# Kinds of unit that a type of event may count, spelled out once for every language.
_FAMILIES = {
    "things": ("phones", "laptops", "computers", "tablets", "satellite terminals", "accounts", "bank cards", "vehicles",
               "weapons", "SIM cards", "SIM boxes", "properties", "servers", "devices", "passports", "safes", "links",
               "wallets", "things"),
    "coins": ("BTC", "USDT"),
    "power": ("MW",),
}  # fmt: skip
_CLAUSE = 24  # letters of a clause, the shortest that is read in a language of its own
_FORMS = ("verbs", "weak", "after", "nouns")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Compiled words of one language; `units_of` tells for each type which units it counts, `money` for currencies.

    Labels of `events` are "form type" (verbs arrest); of `counted` the type; of `units` the unit.
    """

    code: str
    script: str
    numbers: NumberWords | None
    marks: frozenset[str]
    events: Phrases
    counted: Phrases
    counts: Mapping[str, str]
    units_of: Mapping[str, frozenset[str]]
    roles: Mapping[str, Pattern]
    units: Phrases
    measures: Mapping[str, str]
    money: tuple[tuple[Pattern, str], ...]
    money_any: Pattern
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
    pronouns: Pattern
    speech: Pattern
    speech_before: Pattern
    passive: Pattern
    relative: Pattern
    breaks: Pattern
    stop: Pattern
    containers: Pattern


@cache
def languages() -> Mapping[str, Path]:
    """The file of every language by the codes that name it: en, zh, id ..."""
    found: dict[str, Path] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name in tomllib.loads(path.read_text(encoding="utf-8"))["language"]["names"]:
            found.setdefault(name, path)
    return found


@cache
def lexicon(code: str) -> Lexicon:
    """The words of one language, read once; KeyError where there is no file for it."""
    return _compiled(languages()[code])


@cache
def _compiled(path: Path) -> Lexicon:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    types, language, grammar = told["types"], told["language"], told.get("grammar", {})
    money = sorted(told["money"].items(), key=lambda entry: (-len(entry[0]), entry[0]))
    blank = r"[\s(]*(?:the\s+|a\s+|an\s+)?\Z"
    return Lexicon(
        code=language["code"],
        script=language["script"],
        numbers=_number_words(language["decimal"], told.get("numbers")),
        marks=frozenset(language["marks"]),
        events=Phrases(
            (word, f"{name} {kind}")
            for kind, entry in types.items() for name in _FORMS for word in entry.get(name, ())
        ),
        counted=Phrases((word, kind) for kind, entry in types.items() for word in entry.get("counted", ())),
        counts={kind: entry.get("counts", "people") for kind, entry in types.items()},
        units_of={kind: _units(entry["units"]) for kind, entry in types.items()},
        roles=_patterns(told["roles"]),
        units=Phrases((word, unit) for unit, words in told["units"].items() for word in words),
        measures={word: unit for unit, words in told.get("measures", {}).items() for word in words},
        money=tuple((pattern([word]), currency) for word, currency in money),
        money_any=pattern(told["money"]),
        not_counted=pattern(told["not_counted"]["words"]),
        traps=_patterns(told["traps"]),
        qualifiers={name: pattern(words, after=blank) for name, words in told["qualifiers"].items()},
        qualifiers_after={n: pattern(w, before=r"\A\s*") for n, w in told["qualifiers_after"].items()},
        planned=pattern(told["modality"]["planned"]),
        attempted=pattern(told["modality"]["attempted"]),
        negation=pattern(told["negation"]["words"]),
        cumulative=pattern(told["cumulative"]["words"]),
        parts=pattern(told["parts"]["words"]),
        penalties=_patterns(told["penalties"]),
        sex=_patterns(told["sex"]),
        pronouns=pattern(told["people_words"]["all"]),
        speech=pattern(told["speech"]["words"]),
        speech_before=pattern(told["speech"]["before"]),
        passive=pattern(grammar.get("passive", ())),
        relative=pattern(grammar.get("relative", ())),
        breaks=pattern(grammar.get("break", ())),
        stop=pattern(grammar.get("stop", ())),
        containers=pattern(grammar.get("containers", ()), before=r"\A\s*"),
    )  # fmt: skip


def language_of(text: str, told: str | None) -> str | None:
    """The code of the language whose words read `text`: by its script, then as told, then by its commonest words.

    None where a language is told that has no file.
    """
    code = told.split("-")[0].lower() if told else None
    if is_han(text) and (code not in languages() or lexicon(code).script == "han"):
        return "zh" if code in (None, "zh") or code in languages() else None
    if code is not None and (code not in languages() or lexicon(code).script == "latin"):
        return code if code in languages() else None
    words = re.findall(r"[^\W\d_]+", text[:2000].lower())
    latin = sorted(name for name in languages() if lexicon(name).script == "latin")
    return max(latin, key=lambda name: (sum(word in lexicon(name).marks for word in words), name == "en"))


def language_of_sentence(sentence: str, code: str) -> str:
    """The code of the language of one sentence in a passage of `code`: another where its script is another."""
    han = sum(1 for char in sentence if is_han(char)) if is_han(sentence) else 0
    letters = sum(1 for char in sentence if char.isalpha()) - han
    if lexicon(code).script == "han":
        return language_of(sentence, None) or code if han == 0 and letters >= _CLAUSE else code
    return "zh" if han >= _CLAUSE // 4 and 2 * han > letters else code


def is_money(unit: str) -> bool:
    """Whether a unit is a currency."""
    return len(unit) == 3 and unit.isupper() and unit != "BTC"


def _patterns(lists: Mapping[str, list[str]]) -> dict[str, Pattern]:
    return {name: pattern(words) for name, words in lists.items()}


def _number_words(decimal: str, told: Mapping[str, Any] | None) -> NumberWords | None:
    """None for English and Chinese, which the number reader knows without a list."""
    if told is None:
        return None
    return NumberWords(
        decimal,
        tuple(sorted(told["ones"].items())),
        tuple(sorted(told["scales"].items())),
        tuple(told.get("teens", ())),
        tuple(told.get("vague", ())),
    )


def _units(names: list[str]) -> frozenset[str]:
    return frozenset(unit for name in names for unit in _FAMILIES.get(name, (name,)))
