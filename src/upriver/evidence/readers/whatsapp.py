"""WhatsApp's exported chats. Locator: `line N`, the physical line on which a message begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.readers.chats import Message, members, messages
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
# How an entry begins, with or without brackets, in the order and clock of the telephone that exported it.
START = re.compile(
    rf"[{_MARKS}]*\[?(?P<date>\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}),?\s+"
    r"(?P<time>(?:[上下]午)?\s?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f]?[APap]\.?\s?[Mm]\.?)?)"
    r"(?:\]\s|\s[-–]\s)(?P<rest>.*)\Z",
    re.DOTALL,
)
_SENDER = re.compile(r"(?P<sender>[^:]{1,80}):(?:\s(?P<text>.*))?\Z", re.DOTALL)
_OPENED = re.compile(r"(?i)(?P<who>.+?) created (?:the |this )?group\b|(?P<zh>.+?)创建了")
_TITLE = re.compile(
    r"(?i)\A(?:whatsapp chat (?:with|-)|chat de whatsapp con|与)\s*(?P<name>.+?)(?:的\s*whatsapp\s*聊天.*)?\Z"
)


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a chat: messages, members where the export tells more than their messages, and lines of the app."""
    with utf8(source.path, source.encoding or "utf-8") as stream:
        lines = stream.read().decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    thread = _thread(source)
    said: list[Message] = []
    notices: list[tuple[str, list[str]]] = []
    admins: list[str] = []
    for place, date, time, text in _entries(lines):
        found = _SENDER.match(text)
        if not date or found is None:
            notices.append((place, [part for part in (f"{date} {time}".strip(), text) if part]))
            opened = _OPENED.match(text)
            if opened:
                admins.append(_bare(opened["who"] or opened["zh"]))
            continue
        said.append(Message(place, _bare(found["sender"]), f"{date} {time}", (found["text"] or "").strip(_MARKS)))
    if notices:
        yield source.unknown(notices)
    empty = [message for message in said if not message.text]
    if empty:
        yield source.unknown([(message.locator, [message.sent_at, message.sender]) for message in empty])
    yield messages(source, thread, "whatsapp", [message for message in said if message.text])
    people = members(source, thread, "chat", said, admins)
    if people is not None:
        yield people
    if source.told.form is None:
        source.guessed["form"] = "message"


def _entries(lines: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """(locator, date, time, text) of each entry; a line without a time belongs to the entry above it."""
    place, date, time, text = "", "", "", ""
    for number, line in enumerate(lines, start=1):
        found = START.match(line)
        if found is None and place:
            text += "\n" + line
            continue
        if place:
            yield place, date, time, text.rstrip()
        if found:
            place, date, time = f"line {number}", found["date"], found["time"].replace("\u202f", " ")
            text = found["rest"]
        elif line.strip():
            yield f"line {number}", "", "", line
    if place:
        yield place, date, time, text.rstrip()


def _bare(name: str) -> str:
    return name.strip(_MARKS + " ~\u00a0")


def _thread(source: Source) -> str:
    """The name of the chat: in the file's name, or the folder's where the file is called _chat.txt."""
    stem = source.stem
    if stem.strip("_").lower() == "chat" and "/" in source.name:
        stem = source.name.split("/")[-2]
    found = _TITLE.match(stem)
    return found["name"] if found else stem
