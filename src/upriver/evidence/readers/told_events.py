"""Events of passages, as `upriver news` writes them or a person does: {"id": ..., "events": [{"type": ...}, ...]}.

Locators: `line N event K`, K from 0; `line N events` where the list is empty: the passage was read and tells none. The
text of the passage, where the object holds it, is a record of news at `line N`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa

from upriver.case.settings import FileSettings
from upriver.evidence.columns import recognise
from upriver.evidence.records import Source
from upriver.model.forms import FORMS

_BATCH_ROWS = 5000
_EVENT = frozenset(FORMS["told_event"].fields) - frozenset(FORMS["news"].fields)
_SIGNS = ("count", "count_qualifier", "span")
_Told = tuple[str, dict[str, str | None], dict[str, str]]


def recognised(objects: Sequence[Mapping[str, str]], told: FileSettings) -> bool:
    """Whether these objects are passages with events: they name a passage, and an event a type and what it counts."""
    if told.form not in (None, "told_event"):
        return False
    lists = [events for values in objects if (events := _listed(values.get("events"))) is not None]
    events = [event for found in lists for event in found if isinstance(event, dict)]
    if told.form is not None:
        return bool(lists)
    if events:
        return any("type" in event and any(sign in event for sign in _SIGNS) for event in events)
    # Passages that all tell none; a log with an empty list of events names no page and no day of publication.
    return bool(lists) and all(
        {"id", "passage_id"} & values.keys() and {"url", "published", "language"} & values.keys() for values in objects
    )


def tables(source: Source, items: Iterable[tuple[str, dict[str, str]] | pa.Table]) -> Iterator[pa.Table]:
    """Records of the events and of the texts of passages."""
    source.guessed["form"] = "told_event"
    told: list[_Told] = []
    texts: list[_Told] = []
    broken: list[tuple[str, str, str]] = []
    for item in items:
        if isinstance(item, pa.Table):
            yield item
            continue
        place, values = item
        _tell(place, values, source.stem, told, texts, broken)
        if len(told) + len(texts) + len(broken) >= _BATCH_ROWS:
            yield from _written(source, told, texts, broken)
            told, texts, broken = [], [], []
    yield from _written(source, told, texts, broken)


def _written(source: Source, told: list[_Told], texts: list[_Told], broken: Any) -> Iterator[pa.Table]:
    if told:
        yield source.told_of("told_event", told)
    if texts:
        yield source.told_of("news", texts)
    if broken:
        yield source.broken(broken)


def _tell(place: str, values: dict[str, str], stem: str, told: list[_Told], texts: list[_Told], broken: Any) -> None:
    keys = _keys(tuple(values), stem)
    passage: dict[str, str | None] = {field: values[key] for field, key in keys.items()}
    rest = {key: value for key, value in values.items() if key not in keys.values() and key != "events"}
    if passage.get("text"):
        texts.append((place, passage, rest))
    written = values.get("events")
    if written is None:
        if not passage.get("text"):
            broken.append((place, "it holds neither events nor a text: give it one of them", _raw(values)))
        return
    events = _listed(written)
    if events is None:
        broken.append((f"{place} events", "its events are no list: write [{...}, ...]", written))
        return
    about = {name: passage.get(name) for name in FORMS["told_event"].fields if name not in _EVENT}
    beside = {f"passage {key}": value for key, value in rest.items()}
    if not events:
        told.append((f"{place} events", about, beside))
    for number, event in enumerate(events):
        if not isinstance(event, dict):
            broken.append((f"{place} event {number}", "this event is no object: write {...}", _text(event)))
            continue
        if not event.get("type"):
            broken.append((f"{place} event {number}", "this event has no type", _text(event)))
            continue
        fields = {name: _text(event[name]) or None for name in sorted(_EVENT & event.keys())}
        own = {name: text for name, value in event.items() if name not in _EVENT and (text := _text(value))}
        told.append((f"{place} event {number}", {**about, **fields}, {**own, **beside}))


def _listed(text: str | None) -> list[Any] | None:
    """A list out of the JSON that a cell holds; None where it holds none."""
    if text is None or not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


@lru_cache(maxsize=256)
def _keys(names: tuple[str, ...], stem: str) -> Mapping[str, str]:
    """Field of a passage -> the key that tells it."""
    layout = recognise(names, stem, FileSettings(form="news"))
    pairs = zip(layout.form.fields, layout.places, strict=True)
    return {field: names[place] for field, place in pairs if place is not None and names[place] != "events"}


def _raw(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
