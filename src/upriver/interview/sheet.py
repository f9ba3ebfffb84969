"""One person's sheet: signs with their words and records, what is open, what contradicts, what cannot wait.

It reads what `safeguard` wrote and the records themselves. No tie, no payment, no role and no rank is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from upriver.clean.lexicon import load_list
from upriver.errors import CaseError
from upriver.interview.contradictions import by_lists, by_words
from upriver.interview.guard import Shown, reference
from upriver.interview.needs import Need, is_hidden, languages, needs
from upriver.model.forms import FORMS
from upriver.report.identity import Readable
from upriver.safeguard.frames import Indicator, dimension_present, dimensions, indicators, operational

HIDDEN = "the words are kept in the record"
_LISTS = ("handover_list", "staff_list", "interview", "note")
_MOST_SIGNS = 8  # of one indicator and state on a page; JSON and CSV hold all


@dataclass(frozen=True, slots=True)
class SignRow:
    """One sign as a sheet shows it. `speaker` and `directness` are words; nobody is named."""

    state: str
    quote: str
    speaker: str
    directness: str
    record_id: str
    operational: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One of the eleven with its state, in words, and its signs, the most direct first."""

    indicator: Indicator
    state: str
    signs: tuple[SignRow, ...]


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One of the six: `present` by the rule of the source, else not told; `told` each entry with its weight."""

    title: str
    present: bool
    told: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question for the interview, and why it is open."""

    topic: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Differing:
    """What is told in more than one way: `tellings` in words with their records."""

    about: str
    tellings: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A record the sheet rests on, and the file it stands in."""

    record_id: str
    path: str
    locator: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of one person's sheet."""

    person_id: str
    reference: str
    shown: str
    status: str
    status_words: str
    grounds: str
    why: str
    child: bool
    needs: tuple[Need, ...]
    indicators: tuple[IndicatorRow, ...]
    dimensions: tuple[DimensionRow, ...]
    questions: tuple[Question, ...]
    differing: tuple[Differing, ...]
    languages: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def n_present(self) -> int:
        """Indicators of which something is told."""
        return sum(row.state == "present" for row in self.indicators)

    @property
    def n_unknown(self) -> int:
        """Indicators of which nothing is told."""
        return sum(row.state == "unknown" for row in self.indicators)


@cache
def words() -> Mapping[str, Any]:
    """The words of a sheet (interview.toml)."""
    return load_list("upriver.interview", "interview.toml")


def sheets(case: Readable, shown: Shown, wanted: str | None = None) -> list[Sheet]:
    """Sheets of everybody who was screened, children first, then by need.

    wanted  person_id, reference (P-...), or what the house calls a masked person ("Person 12"): this one alone
    raises  CaseError when nobody is meant by `wanted`
    """
    screened = case.read("protected_person").to_pylist()
    heard = {row["person_id"] for row in case.read("trafficking_indicator", "person_id").to_pylist()}
    rows = [row for row in screened if row["person_id"] in heard or row["status"] != "reported_victim" or row["child"]]
    if wanted is not None:
        rows = [row for row in rows if _is(row["person_id"], wanted, shown)]
        if not rows:
            raise CaseError(
                f"no sheet for {wanted!r}: name a reference (P-...), a pseudonym of the dossier, or a person_id, as "
                "`upriver people CASE` lists them"
            )
    order = {"presumed_victim": 0, "refer": 1, "reported_victim": 2, "no_information": 3}
    rows.sort(key=lambda r: (not r["child"], order.get(r["status"], 4), -r["n_present"], r["person_id"]))
    people = [row["person_id"] for row in rows]
    signs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for sign in case.read("trafficking_sign").to_pylist():
        signs[sign["person_id"]].append(sign)
    states: dict[str, dict[str, str]] = defaultdict(dict)
    for row in case.read("trafficking_indicator", "person_id", "indicator", "state").to_pylist():
        states[row["person_id"]][row["indicator"]] = row["state"]
    facts, texts = _facts(case, people)
    made = [
        _sheet(row, signs[row["person_id"]], states[row["person_id"]], facts[row["person_id"]],
               texts[row["person_id"]], shown)
        for row in rows
    ]  # fmt: skip
    return _with_sources(case, made, shown)


def _is(person: str, wanted: str, shown: Shown) -> bool:
    return wanted.strip().casefold() in {
        person.casefold(),
        reference(person).casefold(),
        shown.person(person).casefold(),
    }


def _sheet(
    row: Mapping[str, Any], signs: Sequence[Mapping[str, Any]], states: Mapping[str, str],
    facts: Sequence[tuple[str, str, str]], texts: Sequence[tuple[str, str, bool]], shown: Shown,
) -> Sheet:  # fmt: skip
    person = row["person_id"]
    told = words()
    by_state: dict[tuple[str, str], list[SignRow]] = defaultdict(list)
    rank = list(told["directness"])
    for sign in sorted(signs, key=lambda s: (rank.index(s["directness"]), s["record_id"], s["quote"])):
        quote = HIDDEN if is_hidden(sign["quote"]) else shown.text(sign["quote"], person)
        by_state[sign["indicator"], sign["state"]].append(SignRow(
            sign["state"], quote, told["speakers"].get(sign["speaker_kind"], told["speakers"]["witness"]),
            told["directness"][sign["directness"]], sign["record_id"], tuple(sign["operational"]),
        ))  # fmt: skip
    eleven = tuple(
        IndicatorRow(
            indicator, states.get(indicator.name, "unknown"),
            tuple(s for state in ("present", "absent", "others") for s in by_state[indicator.name, state]),
        )
        for indicator in indicators()
    )  # fmt: skip
    return Sheet(
        person, reference(person), shown.person(person), row["status"],
        "presumed victim: may be a child" if row["child"] else told["status"][row["status"]],
        told["grounds"][row["grounds"]], shown.text(row["reason"], person), row["child"],
        tuple(needs(signs, [(text, record) for text, record, _ in texts], row["child"], row["record_ids"])),
        eleven, _dimensions(signs), _questions(eleven), _differing(signs, facts, person, shown),
        tuple(languages([text for text, _, _ in texts], [text for text, _, own in texts if own])),
        tuple(Source(record, "", "") for record in sorted(
            {*row["record_ids"], *(sign["record_id"] for sign in signs), *(record for _, _, record in facts)}
        )),
    )  # fmt: skip


def _dimensions(signs: Iterable[Mapping[str, Any]]) -> tuple[DimensionRow, ...]:
    """Entries told of the person, and not inferred, by dimension."""
    told = {
        code
        for sign in signs
        if sign["state"] == "present" and sign["directness"] != "inferred"
        for code in sign["operational"]
        if code in operational()
    }
    return tuple(
        DimensionRow(
            dimension.title,
            dimension_present(sign.weight for sign in dimension.signs if sign.code in told),
            tuple((sign.meaning, sign.weight) for sign in dimension.signs if sign.code in told),
        )
        for dimension in dimensions()
    )


def _questions(rows: Iterable[IndicatorRow]) -> tuple[Question, ...]:
    """What is still open, in the order of an interview, each in open words whatever was told."""
    why = words()["open"]
    found = []
    for row in sorted(rows, key=lambda row: row.indicator.ask):
        told = {sign.state for sign in row.signs}
        direct = any(
            sign.state == "present" and sign.directness == words()["directness"]["own_words"] for sign in row.signs
        )
        if {"present", "absent"} <= told:
            reason = why["both"]
        elif row.state == "unknown":
            reason = why["others"] if "others" in told else why["unknown"]
        elif row.state == "absent":
            reason = why["absent"]
        elif not direct:
            reason = why["unsure"]
        else:
            continue
        found.append(Question(row.indicator.topic, row.indicator.question, reason))
    return tuple(found)


def _differing(
    signs: Sequence[Mapping[str, Any]], facts: Sequence[tuple[str, str, str]], person: str, shown: Shown
) -> tuple[Differing, ...]:
    speakers = words()["speakers"]

    def telling(sign: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        quote = HIDDEN if is_hidden(sign["quote"]) else f"“{shown.text(sign['quote'], person)}”"
        return f"{speakers.get(sign['speaker_kind'], speakers['witness'])}: {quote}", (sign["record_id"],)

    by_topic = [
        Differing(topic, tuple(telling(sign) for sign in (*yes[:3], *no[:3]))) for topic, yes, no in by_words(signs)
    ]
    lists = [
        Differing(one.about, tuple((shown.text(value, person), records) for value, records in one.tellings))
        for one in by_lists(facts)
    ]
    return (*by_topic, *lists)


_PROPS = {"birthDate": "birth date", "nationality": "nationality", "gender": "sex", "position": "role as listed"}


def _facts(
    case: Readable, people: Sequence[str]
) -> tuple[dict[str, list[tuple[str, str, str]]], dict[str, list[tuple[str, str, bool]]]]:
    """What records tell of each person, (what, value, record); and texts, (text, record, whether the person's own)."""
    facts: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    texts: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    wanted = pa.table({"person_id": pa.array(sorted(people), pa.string())})
    forms = ", ".join(f"'{form}'" for form in _LISTS)
    rows = case.sql(
        "SELECT DISTINCT e.canonical_id AS person_id, s.prop, s.value, s.record_id, r.form, r.fields "
        "FROM entity e JOIN wanted w ON w.person_id = e.canonical_id JOIN statement s ON s.entity_id = e.entity_id "
        f"JOIN record r ON r.record_id = s.record_id WHERE s.schema = 'Person' AND r.form IN ({forms}) "
        "ORDER BY 1, 4, 2, 3",
        wanted=wanted,
    ).to_pylist()
    seen: set[tuple[str, str]] = set()
    for row in rows:
        person, record, form = row["person_id"], row["record_id"], row["form"]
        if row["prop"] in _PROPS:
            facts[person].append((_PROPS[row["prop"]], row["value"], record))
        elif row["prop"] in ("notes", "description", "summary"):
            texts[person].append((row["value"], record, form == "interview"))
        if (person, record) in seen:
            continue
        seen.add((person, record))
        fields = dict(zip(FORMS[form].fields, row["fields"], strict=True))
        for name, what in (("age", "age"), ("site", "site"), ("unit", "unit"), ("company", "company")):
            if fields.get(name):
                facts[person].append((what, fields[name], record))
    found = case.sql(
        "SELECT DISTINCT e.canonical_id AS person_id, d.value, d.record_id FROM entity e "
        "JOIN wanted w ON w.person_id = e.canonical_id JOIN statement i ON i.value = e.entity_id "
        "JOIN statement d ON d.entity_id = i.entity_id WHERE i.schema = 'Event' AND i.prop = 'involved' "
        "AND d.prop = 'date' AND d.record_id = i.record_id ORDER BY 1, 2, 3",
        wanted=wanted,
    ).to_pylist()
    for row in found:
        facts[row["person_id"]].append(("found on", row["value"][:10], row["record_id"]))
    return facts, texts


def _with_sources(case: Readable, made: list[Sheet], shown: Shown) -> list[Sheet]:
    """The same sheets, each source with its file and place."""
    from dataclasses import replace

    ids = sorted({source.record_id for sheet in made for source in sheet.sources})
    rows = case.sql(
        "SELECT r.record_id, f.path, r.locator FROM record r JOIN wanted w ON w.record_id = r.record_id "
        "JOIN source_file f ON f.file_id = r.file_id ORDER BY 1",
        wanted=pa.table({"record_id": pa.array(ids, pa.string())}),
    ).to_pylist()
    places = {row["record_id"]: (shown.path(row["path"]), row["locator"]) for row in rows}
    return [
        replace(sheet, sources=tuple(
            Source(source.record_id, *places.get(source.record_id, ("", ""))) for source in sheet.sources
        ))
        for sheet in made
    ]  # fmt: skip


def most(signs: Sequence[SignRow]) -> tuple[Sequence[SignRow], int]:
    """The signs that a page shows, and how many more there are."""
    kept: list[SignRow] = []
    count: dict[str, int] = defaultdict(int)
    for sign in signs:
        count[sign.state] += 1
        if count[sign.state] <= _MOST_SIGNS:
            kept.append(sign)
    return kept, len(signs) - len(kept)
