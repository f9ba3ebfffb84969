"""What the statements say of each entity that can tell it from others: names, birth dates, documents, identifiers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from upriver.clean.names import Kind, Name, plain_text, read_name

if TYPE_CHECKING:
    import pyarrow as pa

FAMILY = {
    "Person": "person",
    "LegalEntity": "company", "Company": "company", "Organization": "company", "PublicBody": "company",
    "BankAccount": "account", "CryptoWallet": "account",
}  # fmt: skip
NAME_PROPS = ("name", "alias", "weakAlias", "previousName")
DOCUMENT_PROPS = ("idNumber", "passportNumber", "registrationNumber", "taxNumber")
ACCOUNT_PROPS = ("accountNumber", "iban", "publicKey")
# Nationality, sex, age, language and place of birth or residence are left out on purpose: they are never features of a
# person. On whose lists somebody stands (`_LISTS`) is what they did, and says the less the more people stand on them.
_PROPS = (*NAME_PROPS, *DOCUMENT_PROPS, *ACCOUNT_PROPS, "birthDate", "address", "topics", "jurisdiction")
# On whose list of staff, keys, officers or people found each person stands; who supervises somebody stands beside them.
_LISTS = """
WITH fact AS (
    SELECT DISTINCT entity_id, prop, value FROM statement
    WHERE prop IN ('employer', 'object', 'organization', 'asset', 'location', 'summary')
      AND schema IN ('Employment', 'UnknownLink', 'Directorship', 'Ownership', 'Event')
), stands AS (
    SELECT DISTINCT p.value AS entity_id, f.prop AS prop, f.value AS value
    FROM statement p JOIN fact f ON p.entity_id = f.entity_id
    WHERE (p.schema = 'Employment' AND p.prop = 'employee') OR (p.schema = 'UnknownLink' AND p.prop = 'subject')
       OR (p.schema = 'Directorship' AND p.prop = 'director') OR (p.schema = 'Ownership' AND p.prop = 'owner')
       OR (p.schema = 'Event' AND p.prop = 'involved' AND f.prop = 'location')
), named AS (
    SELECT DISTINCT entity_id, value AS name FROM statement
    WHERE prop = 'name' AND schema IN ('Company', 'Organization', 'LegalEntity', 'PublicBody')
), listed AS (
    SELECT s.entity_id AS entity_id, n.name AS name FROM stands s JOIN named n ON n.entity_id = s.value
    UNION SELECT entity_id, value AS name FROM stands WHERE prop IN ('location', 'summary')
)
SELECT entity_id, name FROM listed
UNION SELECT s.entity_id AS entity_id, l.name AS name FROM stands s JOIN listed l ON l.entity_id = s.value
ORDER BY entity_id, name
"""
LISTED = frozenset({"sanction", "wanted", "debarment", "poi"})


@dataclass(slots=True)
class Facts:
    """One entity as one record tells it.

    at        folded names of companies and sites on whose lists of staff, keys, officers and people found they stand
    nickname  known from a chat alone: its names are what somebody calls himself there
    marks     what cannot have two values in one person or company
    """

    entity_id: str
    schema: str
    family: str
    names: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    address: str = ""
    at: frozenset[str] = frozenset()
    listed: bool = False
    nickname: bool = False
    records: tuple[str, ...] = ()
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        return "person" if self.family == "person" else "company"

    def read_names(self) -> list[Name]:
        return [read_name(name, self.kind) for name in self.names]


class Answers(Protocol):
    """A desk, or a finished case: whatever answers SQL over the tables of one case."""

    def sql(self, select: str, **lent: pa.Table) -> pa.Table:
        """One SELECT, fully fetched."""


def gather(case: Answers) -> tuple[dict[str, Facts], dict[str, tuple[str, str]]]:
    """Facts of each entity that can be resolved; schema and caption of every entity. Both by entity_id, sorted."""
    every = case.sql("SELECT entity_id, min(schema) AS schema FROM statement GROUP BY entity_id ORDER BY entity_id")
    schemata: dict[str, str] = dict(zip(*(every[name].to_pylist() for name in ("entity_id", "schema")), strict=True))
    props = ", ".join(f"'{prop}'" for prop in _PROPS)
    rows = case.sql(
        "SELECT entity_id, prop, value, min(record_id) AS record_id FROM statement "
        f"WHERE prop IN ({props}) GROUP BY entity_id, prop, value ORDER BY entity_id, prop, value"
    )
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    records: dict[str, list[str]] = defaultdict(list)
    for entity, prop, value, record in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        told[entity][prop].append(value)
        records[entity].append(record)
    used = case.sql(
        "SELECT DISTINCT entity_id, observable_id FROM observable WHERE entity_id IS NOT NULL "
        "ORDER BY entity_id, observable_id"
    )
    identifiers: dict[str, list[str]] = defaultdict(list)
    for entity, observable in zip(*(column.to_pylist() for column in used.columns), strict=True):
        identifiers[entity].append(observable)
    at: dict[str, set[str]] = defaultdict(set)
    for entity, name in zip(*(column.to_pylist() for column in case.sql(_LISTS).columns), strict=True):
        at[entity].add(" ".join(plain_text(name).split()))
    in_chats = set(case.sql("SELECT DISTINCT value FROM statement WHERE prop = 'member'")["value"].to_pylist())
    found = {}
    captions = {}
    for entity, schema in schemata.items():
        captions[entity] = (schema, _caption(told.get(entity, {})))
        if schema in FAMILY:
            found[entity] = _facts(
                entity, schema, told.get(entity, {}), identifiers.get(entity, []), records.get(entity, [])
            )
            if found[entity].family == "person":
                found[entity].at = frozenset(at.get(entity, ()))
    for entity in in_chats & found.keys():
        found[entity].nickname = not (found[entity].births or found[entity].documents)
    return found, captions


def _facts(
    entity: str, schema: str, told: Mapping[str, list[str]], identifiers: list[str], records: list[str]
) -> Facts:
    births = tuple(sorted({value[:10] for value in told.get("birthDate", ())}))
    documents = tuple(
        sorted({f"{prop}:{_number(v)}" for prop in DOCUMENT_PROPS for v in told.get(prop, ()) if _number(v)})
    )
    accounts = {_number(value) for prop in ACCOUNT_PROPS for value in told.get(prop, ())}
    family = FAMILY[schema]
    marks: dict[str, frozenset[str]] = {}
    full = frozenset(birth for birth in births if len(birth) == 10)
    if births:
        marks["birth year"] = frozenset(birth[:4] for birth in births)
    if full:
        marks["birth date"] = full
    shapes: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        # A passport and an identity card are two documents of one person: only numbers of one shape contradict.
        prop, _, number = document.partition(":")
        shapes[f"{prop} of shape {_shape(number)}"].add(number)
    marks |= {shape: frozenset(numbers) for shape, numbers in shapes.items()}
    if family == "company" and told.get("jurisdiction"):
        marks["jurisdiction"] = frozenset(value.lower() for value in told["jurisdiction"])
    return Facts(
        entity_id=entity,
        schema=schema,
        family=family,
        names=tuple(dict.fromkeys(name for prop in NAME_PROPS for name in told.get(prop, ()))),
        births=births,
        documents=documents,
        identifiers=tuple(sorted({*identifiers, *(f"account:{number}" for number in accounts if number)})),
        address=" ".join(sorted(re.findall(r"\w+", plain_text(told["address"][0])))) if told.get("address") else "",
        listed=bool(LISTED & {topic.split(".")[0] for topic in told.get("topics", ())}),
        records=tuple(sorted(set(records))),
        marks=marks,
    )


def _number(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain_text(text)) if not text.startswith("0x") else text.lower()


def _shape(number: str) -> str:
    return re.sub("[^0-9]", "a", re.sub("[0-9]", "9", number))


def clash(one: Mapping[str, frozenset[str]], two: Mapping[str, frozenset[str]]) -> str:
    """The mark in which the two cannot be one, or "" where nothing contradicts."""
    for mark in sorted(one.keys() & two.keys()):
        if one[mark].isdisjoint(two[mark]):
            return mark
    return ""


def _caption(told: Mapping[str, list[str]]) -> str:
    for prop in (*NAME_PROPS, *ACCOUNT_PROPS):
        if told.get(prop):
            return min(told[prop])
    return ""


def usual_caption(captions: Iterable[str]) -> str:
    """The caption to show for a cluster: the most frequent one, a Latin one among equals."""
    counts = Counter(caption for caption in captions if caption)
    return min(counts, key=lambda c: (-counts[c], not c.isascii(), -len(c), c), default="")
