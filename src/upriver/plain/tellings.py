"""Events of a file, in the form of `upriver news`, as tellings of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from upriver.clean.dates import span
from upriver.crackdown.telling import Telling
from upriver.errors import EvidenceError
from upriver.extract.event_lexicon import Lexicon, languages, lexicon
from upriver.model.events import MODALITIES, QUALIFIERS, ROLES, TYPES, UNATTRIBUTED

_MOST_FAULTS = 200  # told one by one
_SURE = 1e15  # above it a float no longer holds every whole number apart, and nobody counted so much
_LARGEST = 1e300  # a figure with more letters than this is no float


@dataclass(slots=True)
class Read:
    """What an events file holds: tellings, and what could not be used, with file, line and what to do."""

    tellings: list[Telling] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    n_passages: int = 0


def read(path: Path) -> Read:
    """Tellings of an events file; a bad line or event costs itself and is told.

    raises  EvidenceError when there is no such file, or it is no text
    """
    if not path.is_file():
        raise EvidenceError(f"{path}: no such file; name an EVENTS.jsonl of `upriver news`, or the folder of a case")
    told = Read()
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    _line(told, seen, f"{path}:{number}", line)
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{path}: no UTF-8 text; save it as UTF-8") from error
    if len(told.faults) > _MOST_FAULTS:
        rest = len(told.faults) - _MOST_FAULTS
        told.faults = [*told.faults[:_MOST_FAULTS], f"... and {rest} more"]
    return told


def _line(told: Read, seen: set[str], place: str, line: str) -> None:
    try:
        # Halves of characters (\ud800) pass JSON, and no file can hold them.
        passage = json.loads(json.dumps(json.loads(line), ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        told.faults.append(f"{place}: no JSON; write one object a line")
        return
    if not isinstance(passage, dict) or not isinstance(passage.get("events"), list):
        told.faults.append(f"{place}: an object with 'id' and a list 'events' is needed, as `upriver news` writes it")
        return
    name = passage.get("id")
    if not isinstance(name, str | int) or not str(name):
        told.faults.append(f"{place}: the passage has no 'id', by which its events are named")
        return
    if str(name) in seen:
        told.faults.append(f"{place}: passage {name} stands above already; its second line is not used")
        return
    seen.add(str(name))
    told.n_passages += 1
    for number, event in enumerate(passage["events"]):
        fault = _fault(event)
        if fault is not None:
            told.faults.append(f"{place}: event {number}: {fault}; the event is not used")
            continue
        told.tellings += tellings_of_event(f"{name}#{number}", passage, event)


def tellings_of(passage: Mapping[str, Any]) -> list[Telling]:
    """Tellings of the events of one passage: each event, and each part of its figure under it."""
    return [
        telling
        for number, event in enumerate(passage["events"])
        for telling in tellings_of_event(f"{passage['id']}#{number}", passage, event)
    ]


def tellings_of_event(member: str, passage: Mapping[str, Any], event: Mapping[str, Any]) -> list[Telling]:
    """The telling of one event, and one for each part of its figure."""
    whole = _telling(member, passage, event)
    return [whole, *_parts(whole, event)]


def _fault(event: object) -> str | None:
    """Why an event cannot be used, in words; None where it can."""
    if not isinstance(event, dict):
        return "it is no object"
    for name, allowed, needed in (
        ("type", TYPES, True), ("count_qualifier", QUALIFIERS, False), ("modality", MODALITIES, False),
        ("role", ROLES, False),
    ):  # fmt: skip
        value = event.get(name)
        if value in (None, "") and not needed:
            continue
        if not isinstance(value, str) or value not in allowed:
            return f"{name} {str(value)[:60]!r} is none of {', '.join(sorted(allowed))}"
    ends = event.get("count_range")
    if ends is not None and not (isinstance(ends, list) and len(ends) == 2 and all(map(_is_figure, ends))):
        return "count_range is no list of two numbers"
    if event.get("count") is not None and not _is_figure(event["count"]):
        return f"count {str(event['count'])[:60]!r} is no number from 0 on"
    for name in ("actor", "place", "names", "attributed_to", "doubts"):
        value = event.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            return f"{name} is no list of texts"
    for name in ("from_party", "to_party", "country", "date", "announced", "unit", "span"):
        if event.get(name) is not None and not isinstance(event[name], str):
            return f"{name} is no text"
    if event.get("cumulative") is not None and not isinstance(event["cumulative"], bool):
        return "cumulative is neither true nor false"
    for name in ("role_counts", "breakdown"):
        if event.get(name) is not None and not isinstance(event[name], dict):
            return f"{name} is no object"
    return None


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _telling(member: str, passage: Mapping[str, Any], event: Mapping[str, Any]) -> Telling:
    published = _days(passage.get("published"))[1]
    first, last = _days(event.get("date"))
    low, high = sorted(event.get("count_range") or ()) or (None, None)
    speakers = [name for name in event.get("attributed_to") or [] if name and name != UNATTRIBUTED]
    url = passage.get("url") if isinstance(passage.get("url"), str) else None
    source = passage.get("publisher") or (_host(url) if url else None) or str(passage["id"])
    count = event.get("count")
    return Telling(
        report_id=member, type=str(event["type"]), count=None if count is None else float(count),
        low=None if low is None else float(low), high=None if high is None else float(high),
        qualifier=event.get("count_qualifier") or "exact", unit=event.get("unit") or "people",
        role=event.get("role") or "all", from_party=event.get("from_party"), to_party=event.get("to_party"),
        places=tuple(event.get("place") or ()), country=event.get("country"), first=first, last=last,
        announced=_days(event.get("announced"))[1], published=published,
        cumulative=event["cumulative"] if isinstance(event.get("cumulative"), bool) else None, series=None,
        modality=event.get("modality") or "actual", speaker=speakers[0] if speakers else str(source), happening=None,
        subject=None, status=None, part_of=None, part_kind=None, part_label=None, source=str(source), record_id=member,
        actor=" and ".join(event.get("actor") or []) or None, names=tuple(event.get("names") or ()),
        words=event.get("span") or "", passage=str(passage["id"]), url=url, doubts=tuple(_doubts(passage, event)),
    )  # fmt: skip


def _doubts(passage: Mapping[str, Any], event: Mapping[str, Any]) -> Iterator[str]:
    """What the reader of news doubted, and what of the event's own fields cannot be."""
    yield from event.get("doubts") or ()
    for name, text in (
        ("date", event.get("date")), ("announced", event.get("announced")), ("published", passage.get("published")),
    ):  # fmt: skip
        if text and _days(text)[1] is None:
            yield f"{name} {str(text)[:60]!r} is no day or interval of the calendar since 1900, and is not used"
    ends, count = event.get("count_range"), event.get("count")
    if ends and ends[0] > ends[1]:
        yield "its range is told from the larger to the smaller figure"
    if ends and count is not None and not min(ends) <= count <= max(ends):
        yield "its figure lies outside its own range"
    if count is not None and count > _SURE:
        yield "a figure beyond 10^15"


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).netloc or None
    except ValueError:
        return None


def _days(text: object) -> tuple[date | None, date | None]:
    days = span(text, None) if isinstance(text, str) and text else None
    return days if days else (None, None)


def _parts(whole: Telling, event: Mapping[str, Any]) -> Iterator[Telling]:
    kinds = [("role", event.get("role_counts") or {})]
    kinds += [(str(kind), parts) for kind, parts in (event.get("breakdown") or {}).items() if isinstance(parts, dict)]
    for kind, parts in kinds:
        for label, count in parts.items():
            if not _is_figure(count):
                continue
            role = _role(label) if kind == "role" else whole.role
            yield replace(
                whole, report_id=f"{whole.report_id}/{kind}/{label}", count=float(count), low=None, high=None,
                qualifier="exact", role=role, part_of=whole.report_id, part_label=label,
                part_kind="penalty" if kind == "role" and role == "all" else kind,
            )  # fmt: skip


def _role(label: str) -> str:
    words = label.replace("_", " ")
    return next((role for one in _lexicons() for role, form in one.roles.items() if form.search(words)), "all")


@cache
def _lexicons() -> tuple[Lexicon, ...]:
    """The words of every language, each once."""
    return tuple({words.code: words for words in map(lexicon, sorted(languages()))}.values())
