"""Who commands whom, with the records that show it: staff lists, and conversations of those who work together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upriver.roles.graph import Operation, rows
from upriver.roles.orders import Word, between, in_group, leads

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_SHOWN = 3  # records shown of a pair


@dataclass(frozen=True, slots=True)
class Note:
    """A message of a conversation: nodes, not identifiers; `receiver` None where it goes to all."""

    sender: str
    receiver: str | None
    text: str
    record_id: str


@dataclass(slots=True)
class Command:
    """That one person commands another: number of records, some of these; stated: a list or report says so itself."""

    n_records: int = 0
    record_ids: tuple[str, ...] = ()
    stated: bool = False


def command(desk: Desk, whole: Operation) -> dict[tuple[str, str], Command]:
    """(who commands, who is commanded) -> what shows it."""
    found: dict[tuple[str, str], Command] = defaultdict(Command)
    for tie in whole.ties.get("manages", ()):
        one = found[tie.source, tie.target]
        one.n_records += tie.n_records
        one.record_ids = tie.record_ids[:_SHOWN]
        one.stated = True
    words: list[Word] = []
    shown: dict[tuple[str, str], set[str]] = defaultdict(set)
    for notes, admins in _conversations(desk, whole):
        said = _words(notes, admins)
        words += said
        for word in said:
            shown[word.above, word.below].add(notes[word.place].record_id)
    for pair, lead in leads(words).items():
        found[pair].n_records += max(1, int(lead))
        found[pair].record_ids += tuple(sorted(shown[pair])[:_SHOWN])
    return dict(found)


def _words(notes: list[Note], admins: set[str]) -> list[Word]:
    writers = {note.sender for note in notes}
    if len(writers | admins) > 2 and all(note.receiver is None for note in notes):
        return in_group([(note.sender, note.text) for note in notes], admins)
    told = []
    for note in notes:
        others = writers - {note.sender}
        told.append((note.sender, note.receiver or (min(others) if len(others) == 1 else note.sender), note.text))
    return between(told)


def _conversations(desk: Desk, whole: Operation) -> Iterator[tuple[list[Note], set[str]]]:
    """Messages of each conversation, with the admins told of it; baits and talks with victims are left out."""
    bait = {thread for (thread,) in rows(desk.sql(
        "SELECT m.thread FROM message m LEFT JOIN contact_class c ON c.record_id = m.record_id GROUP BY m.thread"
        " HAVING count(DISTINCT m.sender) <= 2 AND max(CASE WHEN c.label = 'scam' THEN 1 ELSE 0 END) = 1"
    ))}  # fmt: skip
    admins = _admins(desk, whole)
    threads: dict[str, list[Note]] = defaultdict(list)
    node = whole.identifier_of
    for thread, sender, recipient, text, record in rows(desk.sql(
        "SELECT thread, sender, recipient, text, record_id FROM message ORDER BY thread, message_id"
    )):  # fmt: skip
        if thread in bait:
            continue
        one, other = node.get(sender, sender), node.get(recipient, recipient) if recipient else None
        if recipient is None or not {one, other} & whole.victims:
            threads[thread].append(Note(one, other, text, record))
    for thread, notes in threads.items():
        yield notes, admins.get(thread, set())


def _admins(desk: Desk, whole: Operation) -> dict[str, set[str]]:
    """Name of a group -> who is told to administer it."""
    names = dict(rows(desk.sql(
        "SELECT e.canonical_id, min(s.value) FROM statement s JOIN entity e ON e.entity_id = s.entity_id"
        " WHERE s.schema = 'Organization' AND s.prop = 'name' GROUP BY e.canonical_id ORDER BY e.canonical_id"
    )))  # fmt: skip
    admins: dict[str, set[str]] = defaultdict(set)
    for tie in whole.ties.get("administers", ()):
        if tie.target in names:
            admins[names[tie.target]].add(tie.source)
    return admins
