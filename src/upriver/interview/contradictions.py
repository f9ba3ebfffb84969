"""Where records do not agree about one person: an open question each, and never a lie of the person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from upriver.clean.folding import fold
from upriver.safeguard.ages import born_between, listed_age
from upriver.safeguard.frames import indicators


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`about` what; each telling with its records."""

    about: str
    tellings: tuple[tuple[str, tuple[str, ...]], ...]


def by_lists(facts: Iterable[tuple[str, str, str]]) -> list[Contradiction]:
    """What lists, papers and interviews tell differently of one person.

    facts  (what, value, record_id); what: birth date, age, nationality, sex, site, unit, found on
    """
    told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for what, value, record in facts:
        if value and value.strip():
            told[what][" ".join(value.split())].add(record)
    found = []
    for what in sorted(told):
        values = told[what]
        agree = _AGREE.get(what, _same)
        names = sorted(values)
        if any(not agree(one, other) for at, one in enumerate(names) for other in names[at + 1 :]):
            found.append(Contradiction(what, tuple((name, tuple(sorted(values[name]))) for name in names)))
    clash = _age_against_birth(told)
    return [*found, clash] if clash is not None else found


def by_words(signs: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]], list[Mapping[str, Any]]]]:
    """(topic, signs that say so, signs that deny it) of each indicator that is told both ways."""
    found = []
    for indicator in sorted(indicators(), key=lambda one: one.ask):
        mine = [sign for sign in signs if sign["indicator"] == indicator.name]
        yes = [sign for sign in mine if sign["state"] == "present" and sign["directness"] != "inferred"]
        no = [sign for sign in mine if sign["state"] == "absent"]
        if yes and no:
            found.append((indicator.topic, yes, no))
    return found


def _same(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def _births_agree(one: str, other: str) -> bool:
    first, second = born_between(one), born_between(other)
    if first is None or second is None:
        return _same(one, other)
    return first[0] <= second[1] and second[0] <= first[1]


def _ages_agree(one: str, other: str) -> bool:
    """Two lists of one year may tell two ages: a birthday lies between."""
    first, second = listed_age(one), listed_age(other)
    if first is None or second is None or first.years is None or second.years is None:
        return _same(one, other)
    return abs(first.years - second.years) <= 1


_AGREE: dict[str, Callable[[str, str], bool]] = {"birth date": _births_agree, "age": _ages_agree}


def _age_against_birth(told: Mapping[str, Mapping[str, set[str]]]) -> Contradiction | None:
    """A listed age that no birth date told fits, on the days on which the person was found."""
    days = [date.fromisoformat(value[:10]) for value in told.get("found on", {}) if len(value) >= 10]
    if not days:
        return None
    for age, at in sorted(told.get("age", {}).items()):
        listed = listed_age(age)
        if listed is None or listed.years is None:
            continue
        for birth, where in sorted(told.get("birth date", {}).items()):
            between = born_between(birth)
            if between is None:
                continue
            least, most = min(days).year - between[1].year - 1, max(days).year - between[0].year
            if not least <= listed.years <= most:
                return Contradiction(
                    "age and birth date", ((f"age {age}", tuple(sorted(at))), (f"born {birth}", tuple(sorted(where))))
                )
    return None
