"""Who, as a witness says, did not work the floor: told by another, of one person named, and of nobody else.

A missing record of work says nothing; a sentence of somebody who was there does. It adds to other marks and never makes
one alone: a cook did not work the floor either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from upriver.clean.folding import fold
from upriver.clean.lexicon import Text
from upriver.roles.evidence import Item, mark_words
from upriver.roles.graph import rows

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_SENTENCE = re.compile(r"[^.!?。！？;；\n]+")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_LEAST = 6  # letters of a Latin name of two words or more: `Bo Li` is also the beginning of others


def off_floor(desk: Desk, marked: Collection[str]) -> Iterator[Item]:
    """One item for each person of `marked` and each witness who says that they did not work the floor."""
    names = _names(desk, marked)
    if not names:
        return
    canonical = dict(rows(desk.sql("SELECT entity_id, canonical_id FROM entity")))
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    found = desk.sql(
        "SELECT DISTINCT entity_id, value, record_id FROM statement WHERE schema = 'Person'"
        " AND prop IN ('notes', 'description', 'summary') ORDER BY record_id, entity_id, value"
    )
    for entity, text, record in rows(found):
        witness = canonical.get(entity, entity)
        for name in told_off_floor(text, names):
            if names[name] != witness:
                said[names[name], witness].add(record)
    for (node, _), records in sorted(said.items()):
        yield Item(node, "off_floor", 1.0, len(records), tuple(sorted(records)[:3]))


def told_off_floor(text: str, names: Collection[str]) -> set[str]:
    """Those of `names` (folded) of whom a sentence says that they did not work the floor.

    A sentence that names nobody is about the one whom the sentence before names, if that is one. Whoever is said to
    cook, clean, drive or guard is not meant: they did not work the floor and commanded nothing.

    >>> told_off_floor("Brother Chen came on Fridays. He never worked the phones.", {"brother chen"})
    {'brother chen'}
    """
    told: set[str] = set()
    if not _named(text, names):
        return told
    before: set[str] = set()
    for sentence in _SENTENCE.findall(text):
        read, named = Text(sentence), _named(sentence, names)
        hit = bool(mark_words("off_floor").find(read))
        if hit and not mark_words("service").find(read):
            told |= named or (before if len(before) == 1 else set())
        before = named or (before if hit else set())
    return told


def _named(sentence: str, names: Collection[str]) -> set[str]:
    folded = fold(sentence)
    found = {name for name in names if name in folded}
    return {name for name in found if _HAN.search(name) or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded)}


def _names(desk: Desk, marked: Collection[str]) -> Mapping[str, str]:
    """Folded names that one person of the case alone bears, where that is one of `marked`."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for name, person in rows(desk.sql(
        "SELECT DISTINCT s.value, e.canonical_id FROM statement s JOIN entity e ON e.entity_id = s.entity_id"
        " WHERE s.schema = 'Person' AND s.prop IN ('name', 'alias', 'weakAlias') ORDER BY 1, 2"
    )):  # fmt: skip
        bearers[fold(name).strip()].add(person)
    known = set(marked)
    return {
        name: next(iter(persons))
        for name, persons in sorted(bearers.items())
        if len(persons) == 1 and persons <= known and (_HAN.search(name) or (" " in name and len(name) >= _LEAST))
    }
