"""Conversations as files: WhatsApp exports, a Telegram result.json, a telephone dump, the members of groups."""

from __future__ import annotations

import json
from pathlib import Path

from upriver.simulate.dice import Dice
from upriver.simulate.identifiers import country_code_length
from upriver.simulate.people import Person
from upriver.simulate.syndicate import Cast
from upriver.simulate.tables import moment, write_table
from upriver.simulate.talk import Talk, Thread

_WHATSAPP_FILES = 40


def write_chats(folder: Path, seed: int, cast: Cast, talk: Talk) -> int:
    """Write every conversation into `folder`; returns the number of messages."""
    dice = Dice(seed, "chats")
    private = [thread for thread in talk.threads if not thread.admins]
    groups = [thread for thread in talk.threads if thread.admins]
    whatsapp = dice.some(private, _WHATSAPP_FILES)
    chosen = {id(thread) for thread in whatsapp}
    rest = [thread for thread in private if id(thread) not in chosen]
    telegram = rest[::5]
    dumped = [thread for number, thread in enumerate(rest) if number % 5]
    for number, thread in enumerate(whatsapp):
        _whatsapp(folder / "whatsapp", number, thread, dice)
    _telegram(folder / "telegram" / "result.json", [*groups, *telegram], dice)
    _dump(folder / "phone_messages.csv", dumped, dice)
    _members(folder / "chat_members.csv", groups, cast, dice)
    return sum(len(thread.notes) for thread in talk.threads)


def _whatsapp(folder: Path, number: int, thread: Thread, dice: Dice) -> None:
    owner, other = thread.members[1], thread.members[0]
    # The telephone's owner shows under their own name; the other side is an unsaved number or a saved name.
    saved = thread.kind in ("private", "family")
    shown = {
        owner.code: owner.write(owner.name.latin),
        other.code: other.write(other.name.latin) if saved else _spaced(other.show("phone", other.phones[0])),
    }
    if not saved:
        other.show("whatsapp", other.phones[0])
    apple = number % 3 == 0
    lines = []
    start = "Messages and calls are end-to-end encrypted. Only people in this chat can read or listen to them."
    first = thread.notes[0].at
    lines.append(
        f"[{moment(first, 7, '%d/%m/%Y, %H:%M:%S')}] {shown[other.code]}: \u200e{start}"
        if apple
        else f"{moment(first, 7, '%d/%m/%Y, %H:%M')} - {start}"
    )
    for note in thread.notes:
        text = note.text
        if dice.chance(0.03):
            text = "<Media omitted>" if not apple else "\u200eimage omitted"
        elif dice.chance(0.04):
            text = text.replace(". ", ".\n", 1)
        stamp = (
            f"[{moment(note.at, 7, '%d/%m/%Y, %H:%M:%S')}] " if apple else f"{moment(note.at, 7, '%d/%m/%Y, %H:%M')} - "
        )
        lines.append(f"{stamp}{shown[note.sender.code]}: {text}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"WhatsApp Chat with {shown[other.code]}{f' ({number})' if saved else ''}.txt"
    if path.exists():
        path = folder / f"WhatsApp Chat with {shown[other.code]} ({number}).txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _spaced(phone: str) -> str:
    """A number as WhatsApp prints one that is not saved."""
    length = country_code_length(phone)
    rest = phone[length:]
    return f"{phone[:length]} {rest[:2]} {rest[2:5]} {rest[5:]}".strip()


def _user(person: Person) -> str:
    return "user" + str(int(person.code[2:]) * 31 + 1_000_000_007)


def _telegram(path: Path, threads: list[Thread], dice: Dice) -> None:
    chats = []
    for number, thread in enumerate(threads):
        group = bool(thread.admins)
        messages: list[dict[str, object]] = []
        if group:
            messages.append(
                {
                    "id": 1,
                    "type": "service",
                    "date": moment(thread.notes[0].at - 90, 0, "%Y-%m-%dT%H:%M:%S"),
                    "date_unixtime": str(thread.notes[0].at - 90),
                    "actor": thread.admins[0].display,
                    "actor_id": _user(thread.admins[0]),
                    "action": "create_group",
                    "title": thread.name,
                    "members": [person.display for person in thread.members],
                }
            )
        for place, note in enumerate(thread.notes, start=2):
            note.sender.show("handle", note.sender.display)
            note.sender.show("handle", _user(note.sender))
            text: object = note.text
            words = note.text.split(" ")
            if len(words) > 6 and dice.chance(0.05):
                # Telegram splits a text into pieces where some of it is formatted.
                text = [" ".join(words[:2]) + " ", {"type": "bold", "text": words[2]}, " " + " ".join(words[3:])]
            messages.append(
                {
                    "id": place,
                    "type": "message",
                    "date": moment(note.at, 0, "%Y-%m-%dT%H:%M:%S"),
                    "date_unixtime": str(note.at),
                    "from": note.sender.display,
                    "from_id": _user(note.sender),
                    "text": text,
                    "text_entities": [{"type": "plain", "text": note.text}],
                }
            )
        name = thread.name if group else thread.members[0].display
        chats.append(
            {
                "name": name,
                "type": "private_supergroup" if group else "personal_chat",
                "id": 4_000_000_000 + number * 7_919,
                "messages": messages,
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {
        "about": "Here is the data you requested.",
        "chats": {"about": "This page lists all chats from this export.", "list": chats},
    }
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")


def _dump(path: Path, threads: list[Thread], dice: Dice) -> None:
    rows: list[list[object]] = []
    for number, thread in enumerate(threads):
        app = dice.pick(("sms", "whatsapp"))
        for note in thread.notes:
            other = next(person for person in thread.members if person is not note.sender)
            for person in (note.sender, other):
                person.show("phone", person.phones[0])
                if app == "whatsapp":
                    person.show("whatsapp", person.phones[0])
            rows.append(
                [
                    f"T{number * 7_919 % 999_983:06d}",
                    note.sender.phones[0],
                    other.phones[0],
                    moment(note.at, 7),
                    note.text,
                    app,
                ]
            )
    doubled = [rows[dice.whole(0, len(rows) - 1)] for _ in range(max(1, len(rows) // 500))] if rows else []
    write_table(path, ["Thread", "Sender", "Recipient", "Sent at", "Body", "App"], rows + doubled, torn="T999999,+66")


def _members(path: Path, groups: list[Thread], cast: Cast, dice: Dice) -> None:
    rows: list[list[object]] = []
    for thread in groups:
        for person in dice.shuffled(thread.members):
            # A few members left no trace but a name.
            if dice.chance(0.04) and person not in thread.admins:
                continue
            admin = person in thread.admins
            person.show("telegram", "@" + person.handle)
            person.show("handle", person.display)
            person.show("handle", _user(person))
            rows.append(
                [
                    thread.name,
                    "@" + person.handle,
                    person.display,
                    "yes" if admin else "no",
                    moment(cast.start - dice.whole(0, 90) * 86_400, 0, "%Y-%m-%d"),
                    _user(person),
                ]
            )
    write_table(path, ["Group", "Member", "Display name", "Admin", "Joined", "User ID"], dice.shuffled(rows))
