"""MISP events, one or many, as exported from the page or the interface. Locators: `event UUID`, `attribute UUID`,
`object UUID`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.json_items import Path, Torn, flat, items, plain, text_of
from upriver.evidence.readers.listing import filled
from upriver.evidence.readers.shared import Gathered, kind_of, words
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_OPENED = ("response", "Event", "Attribute", "Object")
_WHOLE = ("Attribute", "Object")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of all events: what each is about as a note, its identifiers, people and accounts; the rest as `unknown`.

    raises  UnreadableError when the document holds no event
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        text, lost = text_of(stream)
    found = Gathered(source)
    if lost:
        found.torn(Torn(1, "bytes in it are no characters: they are shown as \ufffd", ""))
    about: dict[str, Any] = {}
    event: Path = ()
    n_events, written = 0, False
    for item in items(text, _deep, params.max_cell_bytes):
        if isinstance(item, Torn):
            found.torn(item)
            continue
        at = _event_of(item.path)
        if at != event:
            n_events += _note(about, found)
            about, event = {}, at
        part = next((step for step in item.path if step in _WHOLE), None)
        if part == "Attribute" and isinstance(item.value, dict):
            _attribute(item.value, about, found)
        elif part == "Object" and isinstance(item.value, dict):
            _object(item.value, about, found)
        elif isinstance(item.path[-1] if item.path else None, str):
            about[str(item.path[-1])] = item.value
        elif item.path:
            found.add("unknown", f"item {'/'.join(map(str, item.path))}", {}, flat(item.value))
        n_events += part is not None
        for table in found.full():
            written = True
            yield table
    n_events += _note(about, found)
    # What was written cannot be taken back: a long list of anything else stays as it was read.
    if not n_events and not written:
        raise UnreadableError("it holds no event of MISP", "export the event again, as MISP JSON")
    yield from found.rest()


def _deep(path: Path) -> bool:
    if len(path) >= 2 and path[-2] in _WHOLE:
        return False
    return all(isinstance(step, int) or step in _OPENED for step in path)


def _event_of(path: Path) -> Path:
    """The part of a path that leads to the event."""
    places = [number for number, step in enumerate(path) if step == "Event"]
    return path[: places[-1] + 1] if places else ()


def _note(about: Mapping[str, Any], to: Gathered) -> int:
    """What the event says of itself, once all of it was read; 1 where there was one."""
    if not plain(about.get("info")):
        if about:
            to.add("unknown", f"event {_name(about)}", {}, flat(dict(about)))
        return 0
    maker = about.get("Orgc")
    fields = filled(
        note_id=_name(about),
        kind="MISP event",
        about=" | ".join(plain(tag.get("name")) for tag in _dicts(about.get("Tag"))),
        speaker=plain(maker.get("name")) if isinstance(maker, dict) else "",
        written_at=plain(about.get("date")),
        text=plain(about.get("info")),
    )
    to.add("note", f"event {_name(about)}", fields, flat(dict(about)))
    return 1


def _attribute(
    found: Mapping[str, Any], about: Mapping[str, Any], to: Gathered, owner: str = "", inside: str = ""
) -> None:
    """One attribute: an identifier, a passage, or something else that is kept whole.

    owner   id of the person or group whose object holds it; inside: name of the object that holds it
    """
    place, kind, value = f"attribute {_name(found)}", plain(found.get("type")), plain(found.get("value"))
    relation = plain(found.get("object_relation"))
    if found.get("deleted") is True or plain(found.get("deleted")) in ("1", "true"):
        to.add("unknown", place, {}, flat(dict(found)))
        return
    if kind_of("misp_texts", kind) and not inside and value:
        to.add("note", place, filled(note_id=_name(found), kind=f"MISP {kind}", text=value), flat(dict(found)))
        return
    # The address of a coin is typed btc whatever the coin.
    coin = inside == "coin-address" and relation == "address" and value
    pairs = [("wallet", value)] if coin else _identifiers(kind, relation, value)
    rest = flat(dict(found))
    if not pairs:
        to.add("unknown", place, {}, flat(dict(found)))
    for number, (of, one) in enumerate(pairs, start=1):
        fields = filled(
            kind=of,
            value=one,
            owner_id=owner,
            source=plain(about.get("info")),
            label=f"{plain(found.get('category'))} {kind}".strip(),
            first_seen_at=plain(found.get("first_seen")),
            last_seen_at=plain(found.get("last_seen")),
            note=plain(found.get("comment")) if number == 1 else "",
        )
        to.add("told_observable", place if number == 1 else f"{place} value {number}", fields, rest)
        rest = {}


def _identifiers(kind: str, relation: str, value: str) -> list[tuple[str, str]]:
    """Kinds and values of an attribute; one of two types, as domain|ip, holds two."""
    if not value:
        return []
    kinds, values = kind.split("|"), value.split("|") if "|" in kind else [value]
    pairs = [(kind_of("misp", of), one) for of, one in zip(kinds, values, strict=False)]
    found = [(of, one) for of, one in pairs if of is not None]
    # A text inside an object may be named by its relation alone: the address of a coin, the account of a bank.
    named = kind_of("misp", relation) if relation else None
    return found or ([(named, value)] if named else [])


def _object(found: Mapping[str, Any], about: Mapping[str, Any], to: Gathered) -> None:
    """An object: somebody or an account as an entity, and its identifiers; of all others the attributes."""
    name, kind = _name(found), plain(found.get("name")).lower()
    attributes = _dicts(found.get("Attribute"))
    rest = flat({key: value for key, value in found.items() if key != "Attribute"})
    schema = kind_of("misp_entities", kind)
    if schema is None:
        if not attributes:
            to.add("unknown", f"object {name}", {}, rest)
        for one in attributes:
            _attribute(one, about, to, "", kind)
        return
    table = words()[f"misp_{schema.lower()}"]
    properties: dict[str, list[str]] = {}
    for one in attributes:
        relation, value = plain(one.get("object_relation")), plain(one.get("value"))
        prop = next((prop for prop, relations in table.items() if relation in relations), None)
        if prop and value and one.get("deleted") is not True:
            properties.setdefault(prop, []).append(value)
        else:
            _attribute(one, about, to, name if schema != "BankAccount" else "", kind)
    if schema == "Person" and "name" not in properties:
        whole = " ".join(value for prop in ("firstName", "lastName") for value in properties.get(prop, [])[:1])
        if whole:
            properties["name"] = [whole]
    told = plain(properties) if properties else "{}"
    fields = filled(entity_id=name, schema=schema, properties=told, dataset=plain(about.get("info")))
    to.add("told_entity", f"object {name}", fields, rest)


def _name(found: Mapping[str, Any]) -> str:
    return plain(found.get("uuid")) or plain(found.get("id")) or "(no id)"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
