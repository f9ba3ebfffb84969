"""A contact as it may be shown to whoever labels it: its words, what stands around them, what the machine reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from upriver.case.store import Case
from upriver.extract.contact_texts import texts_of
from upriver.report.figures import shortened
from upriver.report.labels import Labels
from upriver.report.masking import Masks
from upriver.review.queue import Asked

_AROUND = 3  # messages of the thread before and after
_LONGEST = 1_500  # characters shown
# Masked before they are cut: a name at the cut would stand half, and be known by nobody.
_READ = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the same thread: who, when, its words; all as they may be shown."""

    who: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A contact, masked.

    path, locator, form  where it stands in the evidence
    who, at, to          of a message: sender, when, recipient
    text                 its words, at most 1,500 characters
    before, after        what was written in the thread around it
    signs                the words that say so
    """

    path: str
    locator: str
    form: str
    who: str
    to: str
    at: str
    text: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    signs: tuple[str, ...]
    reasons: tuple[str, ...]


def shown(case: Case, hidden: Masks, asked: Asked, around: int = _AROUND) -> Shown:
    """What a person needs to label a contact; `around` messages before and after it."""
    wanted = pa.table({"record_id": [asked.record_id]})
    (place,) = case.sql(
        "SELECT w.record_id, r.locator, r.form, f.path FROM wanted w LEFT JOIN record r ON r.record_id = w.record_id "
        "LEFT JOIN source_file f ON f.file_id = r.file_id",
        wanted=wanted,
    ).to_pylist()
    messages = case.sql(
        "SELECT m.message_id, m.thread, m.sender, m.recipient, m.sent_at FROM message m "
        "JOIN wanted w ON w.record_id = m.record_id ORDER BY m.message_id LIMIT 1",
        wanted=wanted,
    ).to_pylist()
    own: dict[str, Any] = messages[0] if messages else {}
    before = _around(case, own, "<", "DESC", around)[::-1]
    after = _around(case, own, ">", "ASC", around)
    nodes = {row[name] for row in (own, *before, *after) for name in ("sender", "recipient") if row.get(name)}
    labels = Labels(case, hidden, nodes)
    about = hidden.about.get(asked.record_id, ())
    _, text = texts_of(case, [asked.record_id]).get(asked.record_id, ("", ""))
    return Shown(
        path=hidden.text(place["path"] or ""),
        locator=place["locator"] or asked.record_id,
        form=(place["form"] or asked.medium).replace("_", " "),
        who=labels.label(own["sender"]) if own else "",
        to=labels.label(own["recipient"]) if own.get("recipient") else "",
        at=_when(own.get("sent_at")),
        text=_words(hidden, text, about),
        before=tuple(_line(hidden, labels, row) for row in before),
        after=tuple(_line(hidden, labels, row) for row in after),
        signs=tuple(hidden.text(cue, about) for cue in asked.cues),
        reasons=asked.reasons,
    )


def _around(case: Case, own: dict[str, Any], side: str, order: str, n: int) -> list[dict[str, Any]]:
    if not own or own["sent_at"] is None or n < 1:
        return []
    lent = pa.table({
        "thread": [own["thread"]], "at": pa.array([own["sent_at"]], pa.timestamp("us")), "id": [own["message_id"]]
    })  # fmt: skip
    rows: list[dict[str, Any]] = case.sql(
        "SELECT m.sender, m.recipient, m.sent_at, m.text, m.record_id FROM message m "
        "JOIN here h ON h.thread = m.thread "
        f"WHERE m.sent_at {side} h.at OR (m.sent_at = h.at AND m.message_id {side} h.id) "
        f"ORDER BY m.sent_at {order}, m.message_id {order} LIMIT {int(n)}",
        here=lent,
    ).to_pylist()
    return rows


def _line(hidden: Masks, labels: Labels, row: dict[str, Any]) -> Line:
    text = _words(hidden, row["text"], hidden.about.get(row["record_id"], ()))
    return Line(labels.label(row["sender"]), _when(row["sent_at"]), shortened(text, _LONGEST // 5))


def _words(hidden: Masks, text: str, about: tuple[str, ...]) -> str:
    return shortened(hidden.text(text[:_READ], about), _LONGEST)


def _when(at: Any) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
