"""Telegram's `result.json`, of one chat or of a whole account. Locator: `chat ID message ID`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers.chats import Message, members, messages
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_CREATED = ("create_group", "create_channel", "migrate_to_supergroup")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of all chats: messages, members with the names shown, and what the app notes by itself.

    raises  UnreadableError when the file is no JSON, or holds no chat
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        try:
            whole = json.loads(stream.read().decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"it is not valid JSON: {error}", "export the chat again") from error
    chats = _chats(whole)
    if not chats:
        raise UnreadableError("it holds no chat", "export the chat again, as JSON")
    if source.told.form is None:
        source.guessed["form"] = "message"
    seen: set[str] = set()
    for number, chat in enumerate(chats, start=1):
        # A chat without an id, or one exported twice, goes by its number in the file.
        name = str(chat.get("id") or number)
        place = f"chat {name}" if name not in seen else f"chat {name} ({number})"
        seen.add(name)
        yield from _chat(source, chat, place)


def _chats(whole: Any) -> list[dict[str, Any]]:
    if not isinstance(whole, dict):
        return []
    if isinstance(whole.get("messages"), list):
        return [whole]
    found = []
    for part in ("chats", "left_chats"):
        listed = whole.get(part)
        items = listed.get("list") if isinstance(listed, dict) else None
        items = items if isinstance(items, list) else []
        found += [chat for chat in items if isinstance(chat, dict) and isinstance(chat.get("messages"), list)]
    return found


def _chat(source: Source, chat: dict[str, Any], place: str) -> Iterator[pa.Table]:
    thread = _word(chat.get("name")) or place
    said: list[Message] = []
    broken: list[tuple[str, str, str]] = []
    notices: list[tuple[str, dict[str, str | None], dict[str, str]]] = []
    admins: list[str] = []
    seen: set[str] = set()
    for number, entry in enumerate(chat["messages"], start=1):
        if not isinstance(entry, dict):
            broken.append((f"{place} entry {number}", "a message that is no object", json.dumps(entry)))
            continue
        locator = f"{place} message {_word(entry.get('id')) or number}"
        locator = locator if locator not in seen else f"{locator} entry {number}"
        seen.add(locator)
        sender = _word(entry.get("from_id")) or _word(entry.get("from"))
        text = _text(entry.get("text"))
        if entry.get("type") == "message" and sender and text:
            said.append(Message(locator, sender, _when(entry), text, _word(entry.get("from"))))
            continue
        if entry.get("action") in _CREATED:
            admins.append(_word(entry.get("actor_id")) or _word(entry.get("actor")))
        notices.append((locator, {}, {key: _word(value) for key, value in entry.items() if _word(value)}))
    if said:
        yield messages(source, thread, "telegram", said)
    people = members(source, thread, place, said, [admin for admin in admins if admin])
    if people is not None:
        yield people
    if notices:
        yield source.told_of("unknown", notices)
    if broken:
        yield source.broken(broken)


def _when(entry: dict[str, Any]) -> str:
    # `date` is in the zone of the machine that exported; seconds since 1970 are in none.
    return _word(entry.get("date_unixtime")) or _word(entry.get("date"))


def _text(value: Any) -> str:
    """A text; links and bold words in it are objects of their own."""
    if isinstance(value, list):
        return "".join(_text(part.get("text") if isinstance(part, dict) else part) for part in value)
    return _word(value)


def _word(value: Any) -> str:
    if value is None or value == [] or value == "":
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()
