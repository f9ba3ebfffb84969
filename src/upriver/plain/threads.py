"""Contacts and adverts from plain files: a row is a message, a thread of messages, a transcript or an advert.

Who speaks is told by the row, by an exported chat's dates and names, or by names before colons that come again. Lines
of the app itself and markup are left out before reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from upriver.extract.contacts import Turn
from upriver.extract.turns import spoken, unmarked
from upriver.plain.texts import Item, Refused, identity, items, whole

_ADVICE = 'write one object a line: {"id": ..., "text": ...} or {"id": ..., "messages": [{"sender": ..., "text": ...}]}'
_TEXTS = ("text", "transcript", "message", "body", "content", "narrative")
_SENDERS = ("sender", "from", "speaker", "role", "author", "name")
_ADVERT = (
    "title", "company", "place", "location", "salary", "text", "description", "requirements", "benefits", "contact"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thread:
    """What is read together: its turns in order; `line` from 1. Label, source, fold where labelled data tells them."""

    id: str | int | float
    turns: tuple[Turn, ...]
    line: int
    doubts: tuple[str, ...] = ()
    label: str | None = None
    source: str | None = None
    fold: int | None = None
    titled: bool = False

    @property
    def text(self) -> str:
        """All that is said, a turn a line."""
        return "\n".join(turn.text for turn in self.turns)


def threads(path: Path, *, adverts: bool) -> Iterator[Thread | Refused]:
    """The rows of a file of JSON lines, in order.

    adverts  whether rows are adverts, whose title, company and the like are read with their text
    raises   EvidenceError when there is no such file, or it is no text
    """
    for item in items(path, torn=True):
        read = item if isinstance(item, Refused) else _thread(item, adverts)
        if isinstance(item, Refused) or isinstance(read, Refused):
            yield read
            continue
        label, source, fold = (item.value.get(name) for name in ("label", "source", "fold"))
        if label is None:
            yield read
            continue
        yield replace(
            read,
            label=whole(str(label)) if isinstance(label, str | int) and label != "" else None,
            source=whole(source) if isinstance(source, str) else None,
            fold=fold if isinstance(fold, int) else None,
            titled=isinstance(item.value.get("title"), str),
        )


def _thread(item: Item, adverts: bool) -> Thread | Refused:
    row = item.value
    if not isinstance(row, dict):
        return Refused(item.line, "it is no object", _ADVICE, item.raw)
    named, doubts = identity(row.get("id"), item.line)
    if item.torn:
        doubts.append("it holds bytes that are no characters; the rest was read")
    if adverts:
        told = [row[name] for name in _ADVERT if isinstance(row.get(name), str) and row[name].strip()]
        if not told and not any(isinstance(row.get(name), str) for name in _ADVERT):
            return Refused(item.line, "it has no text, title or description", _ADVICE, item.raw)
        return Thread(named, (Turn(None, unmarked(whole("\n".join(told)))),), item.line, tuple(doubts))
    messages = row.get("messages")
    if isinstance(messages, list):
        turns = [turn for one in messages if (turn := _turn(one)) is not None]
        if len(turns) < len(messages):
            doubts.append(f"{len(messages) - len(turns)} of its {len(messages)} messages have no text: left out")
        return Thread(named, tuple(turns), item.line, tuple(doubts))
    for name in _TEXTS:
        if isinstance(row.get(name), str):
            return Thread(named, tuple(spoken(unmarked(whole(row[name])))), item.line, tuple(doubts))
    return Refused(item.line, "it has no text, and no list of messages", _ADVICE, item.raw)


def _turn(message: Any) -> Turn | None:
    if isinstance(message, str):
        return Turn(None, unmarked(whole(message)))
    if not isinstance(message, dict):
        return None
    text = next((message[name] for name in _TEXTS if isinstance(message.get(name), str)), None)
    if text is None:
        return None
    sender = next((message[name] for name in _SENDERS if isinstance(message.get(name), str | int)), None)
    return Turn(None if sender is None else whole(str(sender)), unmarked(whole(text)))
