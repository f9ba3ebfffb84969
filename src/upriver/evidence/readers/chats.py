"""What all chats have in common: who is in a conversation, and to whom a message of two goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from upriver.evidence.records import Source


@dataclass(frozen=True, slots=True)
class Message:
    """A message of one conversation; `sender` is the best identifier that the export gives, `name` the name shown."""

    locator: str
    sender: str
    sent_at: str
    text: str
    name: str = ""


def messages(source: Source, thread: str, platform: str, listed: Sequence[Message]) -> pa.Table:
    """Records of the messages of one conversation: in one of two people each message goes to the other."""
    people = sorted({message.sender for message in listed})
    other = {people[0]: people[1], people[1]: people[0]} if len(people) == 2 else {}
    return source.told_of(
        "message",
        (
            (
                message.locator,
                {
                    "thread": thread,
                    "sender": message.sender,
                    "recipient": other.get(message.sender),
                    "sent_at": message.sent_at,
                    "text": message.text,
                    "platform": platform,
                },
                {"name": message.name} if message.name else {},
            )
            for message in listed
        ),
    )


def members(
    source: Source, thread: str, place: str, listed: Sequence[Message], admins: Sequence[str] = ()
) -> pa.Table | None:
    """A record for each person of a conversation whose name or rights the export tells; None where it tells none.

    place  locator of the conversation: the locator of a member is `place member N`, in the order of their ids, so that
           no locator names anybody
    """
    names: dict[str, str] = {}
    for message in listed:
        names.setdefault(message.sender, message.name)
    for admin in admins:
        names.setdefault(admin, "")
    told = {member: name for member, name in sorted(names.items()) if name or member in admins}
    if not told:
        return None
    return source.told_of(
        "chat_member",
        (
            (
                f"{place} member {number}",
                {"thread": thread, "member": member, "name": name, "admin": "true" if member in admins else None},
                {},
            )
            for number, (member, name) in enumerate(told.items(), start=1)
        ),
    )
