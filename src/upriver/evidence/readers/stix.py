"""STIX 2.0 and 2.1 bundles. Locators: `object ID`, `object ID value N` for the second and later values of a pattern.

Nobody becomes anything by a bundle: a threat actor is an entity that its author tells of, without a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.json_items import Item, Path, Torn, flat, items, plain, text_of
from upriver.evidence.readers.listing import filled
from upriver.evidence.readers.shared import Gathered, kind_of, words
from upriver.evidence.records import Source
from upriver.model.forms import CHILD, NEEDS

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_ENTITIES = ("identity", "threat-actor", "intrusion-set")
_TEXTS = ("report", "note", "opinion", "grouping", "campaign", "infrastructure", "incident")
_NEEDS = (*NEEDS.values(), CHILD)  # labels by which our own bundles tell the need for protection
# A comparison of a pattern that says what is seen: [url:value = '...'], [domain-name:value IN ('a', 'b')].
_COMPARISON = re.compile(
    r"(?P<type>[a-z0-9-]+):(?P<path>[\w.\-\[\]*']+?)\s*(?P<not>NOT\s+)?(?P<sign>=|IN|!=|LIKE|MATCHES|>=?|<=?)\s*"
    r"(?P<values>'(?:[^'\\]|\\.)*'|\((?:[^()'\\]|'(?:[^'\\]|\\.)*')*\))"
)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
# A mail's sender is an address; other parts of other objects that hold an identifier of another kind.
_REFERRED = {"sender_ref": "email-addr", "from_ref": "email-addr", "to_refs": "email-addr"}


@dataclass(slots=True)
class _Book:
    """What the first reading finds: names and types by id; whose an identifier is; what an indicator stands for."""

    types: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    indicated: dict[str, list[str]] = field(default_factory=dict)


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a bundle: entities, ties, identifiers and texts; all other objects are kept whole as `unknown`.

    raises  UnreadableError when the document holds no object of STIX
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        text, lost = text_of(stream)
    book, found = _Book(), Gathered(source)
    ties: list[Mapping[str, Any]] = []
    for item in items(text, _deep, params.max_cell_bytes):
        if isinstance(item, Item) and isinstance(item.value, dict):
            _learn(book, item.value, ties)
    for tie in ties:
        _whose(book, tie)
    if not book.types:
        raise UnreadableError("it holds no object of STIX", "ask for the bundle again where it came from")
    if lost:
        found.torn(Torn(1, "bytes in it are no characters: they are shown as \ufffd", ""))
    for item in items(text, _deep, params.max_cell_bytes):
        if isinstance(item, Torn):
            found.torn(item)
        elif isinstance(item.value, dict) and item.value.get("type"):
            _tell(book, item.value, found)
        elif item.path[:1] != ("objects",):
            continue  # type, id and version of the bundle itself
        else:
            found.add("unknown", f"objects item {item.path[-1]}", {}, flat(item.value))
        yield from found.full()
    yield from found.rest()


def _deep(path: Path) -> bool:
    return path in ((), ("objects",))


# ---- first reading --------------------------------------------------------------------------------------------


def _learn(book: _Book, found: Mapping[str, Any], ties: list[Mapping[str, Any]]) -> None:
    name = plain(found.get("id"))
    book.types[name] = plain(found.get("type"))
    book.names[name] = plain(found.get("name"))
    if found.get("type") == "relationship":
        ties.append({key: found.get(key) for key in ("source_ref", "target_ref", "relationship_type", "revoked")})


def _whose(book: _Book, tie: Mapping[str, Any]) -> None:
    one, other = plain(tie["source_ref"]), plain(tie["target_ref"])
    kind, way = plain(tie["relationship_type"]), words()["stix_ties"]
    if tie.get("revoked") is True:
        return
    if book.types.get(one) == "indicator" and kind in ("indicates", "based-on", "attributed-to"):
        book.indicated.setdefault(one, []).append(book.names.get(other) or other)
    if kind in way["belongs"]:
        one, other = other, one
    elif kind not in way["has"]:
        return
    if book.types.get(one) in _ENTITIES and _kind(book.types.get(other, "")):
        book.owners.setdefault(other, one)


# ---- second reading -------------------------------------------------------------------------------------------


def _tell(book: _Book, found: Mapping[str, Any], to: Gathered) -> None:
    kind, place = plain(found.get("type")), f"object {plain(found.get('id')) or '(no id)'}"
    if found.get("revoked") is True:
        # Its author has taken it back: it is shown, and nothing is drawn from it.
        to.add("unknown", place, {}, flat(found))
    elif kind in _ENTITIES:
        to.add("told_entity", place, _entity(found, kind), flat(found))
    elif kind in _TEXTS:
        _text(book, found, place, to)
    elif kind == "relationship":
        _tie(book, found, place, to)
    elif kind == "indicator":
        _indicator(book, found, place, to)
    elif kind == "observed-data" and isinstance(found.get("objects"), dict):
        seen = found["objects"].items()
        for number, (key, one) in enumerate(seen, start=1):
            inner = {**one, "id": plain(found.get("id"))} if isinstance(one, dict) else {"value": one}
            _identifier(book, inner, f"{place} object {key or number}", to, found)
    else:
        _identifier(book, found, place, to, found)


def _entity(found: Mapping[str, Any], kind: str) -> dict[str, str | None]:
    person = found.get("identity_class") == "individual" or found.get("resource_level") == "individual"
    group = kind == "identity" or kind == "intrusion-set" or found.get("resource_level")
    labels = found.get("labels")
    properties = {
        "name": [found.get("name")],
        "alias": found.get("aliases") if isinstance(found.get("aliases"), list) else [],
        "description": [found.get("description")],
        "notes": [found.get("contact_information")],
        "sector": found.get("sectors") if isinstance(found.get("sectors"), list) else [],
        # Of labels, these alone are believed: they raise the need for protection and accuse nobody.
        "status": [word for word in labels if word in _NEEDS] if person and isinstance(labels, list) else [],
        "position": found.get("roles") if person and isinstance(found.get("roles"), list) else [],
    }
    kept = {prop: [plain(value) for value in values if plain(value)] for prop, values in properties.items() if values}
    return filled(
        entity_id=plain(found.get("id")),
        # A threat actor may be a man or a crew; where the bundle does not say which, no more is said here.
        schema="Person" if person else "Organization" if group else "LegalEntity",
        properties=plain({prop: values for prop, values in kept.items() if values}),
        dataset=plain(found.get("created_by_ref")),
        first_seen_at=plain(found.get("first_seen") or found.get("created")),
        last_seen_at=plain(found.get("last_seen") or found.get("modified")),
    )


def _text(book: _Book, found: Mapping[str, Any], place: str, to: Gathered) -> None:
    parts = [plain(found.get(name)) for name in ("name", "abstract", "description", "content", "explanation")]
    refs = found.get("object_refs")
    about = [book.names.get(plain(ref)) or "" for ref in (refs if isinstance(refs, list) else [])]
    fields = filled(
        note_id=plain(found.get("id")),
        kind=f"STIX {plain(found.get('type'))}",
        about=" | ".join(dict.fromkeys(name for name in about if name)),
        speaker=book.names.get(plain(found.get("created_by_ref")), ""),
        written_at=plain(found.get("published") or found.get("created")),
        text="\n".join(part for part in parts if part),
    )
    to.add("note" if fields["text"] else "unknown", place, fields if fields["text"] else {}, flat(found))


def _tie(book: _Book, found: Mapping[str, Any], place: str, to: Gathered) -> None:
    ends = [plain(found.get(end)) for end in ("source_ref", "target_ref")]
    if not all(book.types.get(end) in _ENTITIES for end in ends):
        # A tie to an identifier stands in the identifier's own record; others tie what is no entity here.
        to.add("unknown", place, {}, flat(found))
        return
    properties = {
        "subject": [ends[0]],
        "object": [ends[1]],
        "role": [plain(found.get("relationship_type"))],
        "description": [text] if (text := plain(found.get("description"))) else [],
    }
    fields = filled(entity_id=plain(found.get("id")), schema="UnknownLink", properties=plain(properties))
    to.add("told_entity", place, fields, flat(found))


def _indicator(book: _Book, found: Mapping[str, Any], place: str, to: Gathered) -> None:
    values = list(_compared(plain(found.get("pattern")))) if found.get("pattern_type", "stix") == "stix" else []
    if not values:
        to.add("unknown", place, {}, flat(found))
        return
    indicated = book.indicated.get(plain(found.get("id")), [])
    rest = flat(found)
    note = [plain(found.get("description"))] + [f"indicates: {name}" for name in indicated]
    for number, (kind, value) in enumerate(values, start=1):
        fields = filled(
            kind=kind,
            value=value,
            source=book.names.get(plain(found.get("created_by_ref")), ""),
            label=plain(found.get("name")),
            first_seen_at=plain(found.get("valid_from")),
            last_seen_at=plain(found.get("valid_until")),
            note="\n".join(part for part in note if part) if number == 1 else "",
        )
        to.add("told_observable", place if number == 1 else f"{place} value {number}", fields, rest)
        rest = {}


def _compared(pattern: str) -> Iterator[tuple[str, str]]:
    """Kinds and values that a pattern says are seen; what it excludes or only describes is none."""
    for match in _COMPARISON.finditer(pattern):
        if match["not"] or match["sign"] not in ("=", "IN"):
            continue
        steps = match["path"].split(".")
        kind = next((_kind(_REFERRED[step]) for step in steps if step in _REFERRED), None) or _kind(match["type"])
        if kind is None or steps[-1] not in words()["stix_properties"]["value"]:
            continue
        for value in _QUOTED.findall(match["values"]):
            yield kind, re.sub(r"\\(.)", r"\1", value)


def _identifier(book: _Book, found: Mapping[str, Any], place: str, to: Gathered, told: Mapping[str, Any]) -> None:
    """An object that is an identifier, or all of any other, as `unknown`."""
    kind = _kind(plain(found.get("type")))
    if kind == "account":
        kind = _account_kind(plain(found.get("account_type")).lower())
    value = next((plain(found[name]) for name in words()["stix_properties"]["value"] if found.get(name)), "")
    if kind is None or not value:
        to.add("unknown", place, {}, flat(found))
        return
    fields = filled(
        kind=kind,
        value=value,
        owner_id=book.owners.get(plain(found.get("id")), ""),
        source=book.names.get(plain(told.get("created_by_ref")), ""),
        label=plain(found.get("display_name")),
        first_seen_at=plain(told.get("first_observed")),
        last_seen_at=plain(told.get("last_observed")),
    )
    to.add("told_observable", place, fields, flat(found))


def _account_kind(told: str) -> str:
    """Kind of the observable that a user's account of this type is: btc-wallet is btc; none told is a chat name."""
    return kind_of("stix_accounts", told) or kind_of("stix_values", told) or told.removesuffix("-wallet") or "handle"


def _kind(word: str) -> str | None:
    """Kind of the observable that an object of this type is; `account` for a user's, whose platform it says itself."""
    return "account" if word == "user-account" else kind_of("stix_values", word)
