"""What cannot wait for an interview, and which languages an interpreter needs: read from data beside this module."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from upriver.clean.folding import fold
from upriver.clean.lexicon import load_list

_PACKAGE = "upriver.interview"


@dataclass(frozen=True, slots=True)
class Need:
    """One urgent need: what to do, and the records that speak of it."""

    name: str
    title: str
    do: str
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    entry: Mapping[str, Any]
    signs: re.Pattern[str] | None
    texts: re.Pattern[str] | None


@cache
def _rules() -> tuple[_Rule, ...]:
    def one(entry: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
        return re.compile("|".join(entry[key]), re.IGNORECASE) if key in entry else None

    return tuple(
        _Rule(entry, one(entry, "signs"), one(entry, "texts")) for entry in load_list(_PACKAGE, "needs.toml")["need"]
    )


def needs(
    signs: Sequence[Mapping[str, Any]], texts: Iterable[tuple[str, str]], child: bool, records: Collection[str]
) -> list[Need]:
    """Urgent needs of one person, a child first.

    signs    rows of trafficking_sign
    texts    (what the person said or what was noted of them, record_id)
    records  records that a child's age rests on
    """
    present = [sign for sign in signs if sign["state"] == "present" and sign["directness"] != "inferred"]
    told = [(fold(text), record) for text, record in texts]
    found = []
    for rule in _rules():
        entry = rule.entry
        at: set[str] = set()
        for sign in present:
            words = rule.signs.search(fold(sign["quote"])) if rule.signs else None
            if (
                sign["indicator"] in entry.get("indicators", ())
                or set(sign["operational"]) & set(entry.get("operational", ()))
                or (words and entry.get("only", sign["indicator"]) == sign["indicator"])
            ):
                at.add(sign["record_id"])
        if rule.texts:
            at.update(record for text, record in told if rule.texts.search(text))
        if entry.get("child") and child:
            at.update(records)
        if at or (entry.get("child") and child):
            found.append(Need(entry["name"], entry["title"], entry["do"], tuple(sorted(at))))
    return found


def is_hidden(quote: str) -> bool:
    """Whether the words of a sign are not to be printed: sexual violence stays in its record."""
    folded = fold(quote)
    return any(
        pattern is not None and pattern.search(folded) is not None
        for rule in _rules()
        if rule.entry.get("hide")
        for pattern in (rule.signs, rule.texts)
    )


@cache
def _languages() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    raw = load_list(_PACKAGE, "languages.toml")
    names = {
        name: re.compile("|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in words))
        for name, words in raw["names"].items()
    }
    scripts = {name: re.compile(pattern) for name, pattern in raw["scripts"].items()}
    return re.compile(raw["beside"], re.IGNORECASE), names, scripts


def languages(texts: Iterable[str], own: Iterable[str]) -> list[str]:
    """Languages that records name beside a word of speaking, and the scripts in which the person's own words stand.

    texts  what was noted of the person
    own    the person's own words as written
    """
    beside, names, scripts = _languages()
    found: set[str] = set()
    for text in texts:
        folded = fold(text)
        for clause in re.split(r"[.;!?。;,，]", folded):
            if beside.search(clause):
                found.update(name for name, words in names.items() if words.search(clause))
    written = {name for text in own for name, letters in scripts.items() if letters.search(text)}
    return [*sorted(found), *(f"own words written in {name}" for name in sorted(written))]
