"""FollowTheMoney entities, one JSON object a line: OpenSanctions' `entities.ftm.json`, exports of Aleph and of Upriver.

Locator: `line N`; what is nested in an entity (`targets.nested.json`) is `line N ID`. Read line by line, whatever the
size of the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.readers import listing
from upriver.evidence.readers.json_items import flat, plain
from upriver.evidence.readers.xml_entries import Broken
from upriver.evidence.records import RAW_CHARACTERS, Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_USED = ("id", "schema", "properties", "datasets", "first_seen", "last_seen")
# Properties of a nested entity that point back to the one that holds it.
_BACK = {"Sanction": "entity", "Passport": "holder", "Identification": "holder"}
_DEEPEST = 8


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each entity; a line that is none is a broken record."""
    source.guessed["form"] = "told_entity"
    with utf8(source.path, source.encoding or "utf-8") as stream:
        yield from listing.records(source, _told(stream, params.max_cell_bytes), "told_entity")


def _told(stream: Any, most: int) -> Iterator[listing.Row | Broken]:
    number = 0
    while line := stream.readline(most + 1):
        number += 1
        place = f"line {number}"
        if len(line) > most:
            # The rest of a line too long is passed over in parts, so that it is never held.
            raw = line[:RAW_CHARACTERS]
            while line and not line.endswith(b"\n"):
                line = stream.readline(most + 1)
            reason = f"the line is longer than {most} bytes; raise max_cell_bytes in case.toml"
            yield Broken(number, reason, raw.decode("utf-8", "replace"))
            continue
        if not line.strip():
            continue
        try:
            entity = json.loads(line.decode("utf-8-sig"))
            if not isinstance(entity, dict) or not isinstance(entity.get("properties"), dict):
                raise ValueError("no object with id, schema and properties")
        except UnicodeDecodeError:
            yield Broken(number, "it holds bytes that are no characters: ask for it again", _raw(line))
        except RecursionError:
            yield Broken(number, "it is nested too deeply: ask for it again", _raw(line))
        except ValueError as error:
            yield Broken(number, f"no entity: {error}: ask for it again where it came from", _raw(line))
        else:
            yield from _entities(place, entity)


def _entities(place: str, entity: dict[str, Any]) -> Iterator[listing.Row]:
    """The entity, then those nested in it, to a bounded depth."""
    waiting = [(place, entity, 0)]
    seen: set[str] = set()
    while waiting:
        at, found, depth = waiting.pop(0)
        properties = found.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        for values in properties.values() if depth < _DEEPEST else ():
            for value in values if isinstance(values, list) else ():
                if not isinstance(value, dict) or not isinstance(value.get("properties"), dict):
                    continue
                name = plain(value.get("id"))
                inner = f"{place} {name[:100] or len(seen)}"
                back = _BACK.get(plain(value.get("schema")))
                if back and not value["properties"].get(back):
                    value = {**value, "properties": {**value["properties"], back: [plain(found.get("id"))]}}
                if inner not in seen:
                    seen.add(inner)
                    waiting.append((inner, value, depth + 1))
        yield at, _fields(found, properties), flat({k: v for k, v in found.items() if k not in _USED})


def _fields(entity: dict[str, Any], properties: dict[str, Any]) -> listing.Fields:
    bare = {
        plain(prop): [_bare(value) for value in (values if isinstance(values, list) else [values])]
        for prop, values in properties.items()
    }
    datasets = entity.get("datasets")
    return listing.filled(
        entity_id=plain(entity.get("id")),
        schema=plain(entity.get("schema")),
        properties=plain(bare) if bare else "{}",
        dataset=listing.joined(map(plain, datasets)) if isinstance(datasets, list) else plain(datasets),
        first_seen_at=plain(entity.get("first_seen")),
        last_seen_at=plain(entity.get("last_seen")),
    )


def _bare(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _raw(line: bytes) -> str:
    return line[: 4 * RAW_CHARACTERS].decode("utf-8", "replace")[:RAW_CHARACTERS].rstrip("\n")
