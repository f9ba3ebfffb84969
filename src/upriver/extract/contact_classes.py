"""Every message, note, advert and victim's narrative of a case, read and classed; the analyst's word goes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from upriver.extract.contact_labels import Label, Labels, labels
from upriver.extract.contact_models import Models, models
from upriver.extract.contact_reader import ANALYST, Reading, readings
from upriver.extract.contact_signs import Signs, signs_of, windows
from upriver.extract.contact_texts import ADVERT, FORMS_READ, fields_sql, joined, text_id, turns
from upriver.extract.contacts import Contact, read_run, read_side, read_turns, runs, stage_told
from upriver.extract.params import ExtractParams
from upriver.extract.turns import unmarked

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_READ_AT_ONCE = 2_000  # texts
_REMEMBERED = 20_000  # texts: scripts and short answers come again and again ...
_SHORT = 1_000  # ... of so many characters
_LABELS = "SELECT subject_id, object_id, value FROM decision WHERE kind = 'label' ORDER BY decided_at, decision_id"


def contact_classes(desk: Desk, params: ExtractParams) -> None:
    """Class every message, note, advert and victim's narrative: a scam contact, a lure, neither, unsure."""
    trained = models(desk.settings, desk.folder, desk.home, params)
    told = labels(desk, desk.sql(_LABELS).to_pylist())
    desk.write("contact_class", _messages(desk, params, trained, told))
    for form, medium, fields in FORMS_READ:
        desk.write("contact_class", _records(desk, params, form, medium, fields, trained, told))


def _records(
    desk: Desk, params: ExtractParams, form: str, medium: str, fields: tuple[str, ...], trained: Models, told: Labels
) -> Iterator[pa.Table]:
    found = desk.sql(f"SELECT r.record_id, {fields_sql(form, fields)} FROM record r WHERE r.form = '{form}' ORDER BY 1")
    advert = medium == ADVERT
    for begin in range(0, found.num_rows, _READ_AT_ONCE):
        part = found.slice(begin, _READ_AT_ONCE)
        columns = [part.column(f"f{n}").to_pylist() for n in range(len(fields))]
        texts = {
            record: text
            for record, *parts in zip(part.column("record_id").to_pylist(), *columns, strict=True)
            if (text := joined(parts))
        }
        said = [turns(medium, text) for text in texts.values()]
        read = readings(
            [read_turns(one, params, advert=advert) for one in said],
            ["\n".join(turn.text for turn in one) for one in said],
            trained.adverts if advert else trained.contacts,
            advert=advert,
        )
        yield _table(
            _row(record, medium, text, reading, told)
            for (record, text), reading in zip(texts.items(), read, strict=True)
        )


def _pieces(text: str) -> tuple[tuple[str, Signs], ...]:
    return _short(text) if len(text) <= _SHORT else _cut(text)


def _cut(text: str) -> tuple[tuple[str, Signs], ...]:
    return tuple((piece, signs_of(piece)) for piece in windows(text))


_short = lru_cache(maxsize=_REMEMBERED)(_cut)


@dataclass(slots=True)
class _Unit:
    """What is read together: a message, or a run of one side.

    of     which messages it holds
    stage  of a message: that which it bears marks of, if its thread is a scam
    """

    contact: Contact
    text: str
    of: range
    stage: str | None = None


def _messages(desk: Desk, params: ExtractParams, trained: Models, told: Labels) -> Iterator[pa.Table]:
    """A class for each message, by itself or, where that says nothing, by what its sender wrote in the thread.

    A long bait is made of messages that are harmless one by one: where those of one sender in one thread make a scam
    together, each that carries a sign of it is classed with them, medium `thread`.
    """
    found = desk.sql(
        "SELECT thread, sender, record_id, min(text) AS text FROM message"
        " GROUP BY thread, sender, record_id ORDER BY thread, sender, record_id"
    )
    threads, senders, records, texts = (found.column(n).to_pylist() for n in ("thread", "sender", "record_id", "text"))
    units: list[_Unit] = []
    written: set[str] = set()
    begin = first = 0
    while begin < len(records):
        end = begin
        while end < len(records) and (threads[end], senders[end]) == (threads[begin], senders[begin]):
            end += 1
        units += _side(texts[begin:end], begin, params)
        begin = end
        if len(units) >= _READ_AT_ONCE or begin == len(records):
            yield _table(_classed(units, records[first:begin], texts[first:begin], first, trained, told, written))
            units, first = [], begin


def _side(texts: Sequence[str], begin: int, params: ExtractParams) -> Iterator[_Unit]:
    """The messages of one side in one thread, each by itself, then runs of several; `begin`: place of the first."""
    pieces: list[tuple[int, str, Signs]] = []
    for place, written in enumerate(texts, begin):
        text = unmarked(written)
        own = _pieces(text)
        pieces += [(place, piece, signs) for piece, signs in own]
        said = [signs for _, signs in own]
        yield _Unit(read_side(said, params), text, range(place, place + 1), stage_told(said))
    for run in runs([signs.n_words for _, _, signs in pieces]):
        places = range(pieces[run.start][0], pieces[run.stop - 1][0] + 1)
        if len(places) > 1:
            text = "\n".join(pieces[at][1] for at in run)
            yield _Unit(read_run([pieces[at][2] for at in run], params), text, places)


def _classed(
    units: Sequence[_Unit], records: Sequence[str], texts: Sequence[str], first: int, trained: Models, told: Labels,
    written: set[str],
) -> Iterator[dict[str, object]]:  # fmt: skip
    """A row for each of the records; `written` is filled: a record that tells two senders is classed once."""
    read = [
        reading
        for begin in range(0, len(units), _READ_AT_ONCE)
        for reading in _read(units[begin : begin + _READ_AT_ONCE], trained)
    ]
    own: dict[int, Reading] = {}
    stages: dict[int, str | None] = {}
    together: dict[int, Reading] = {}
    for unit, reading in zip(units, read, strict=True):
        if len(unit.of) == 1:
            own[unit.of.start], stages[unit.of.start] = reading, unit.stage
        elif reading.label == "scam":
            for place in unit.of:
                if place not in together or together[place].score < reading.score:
                    together[place] = reading
    for place, (record, text) in enumerate(zip(records, texts, strict=True), first):
        if record in written:
            continue
        written.add(record)
        reading, run = own[place], together.get(place)
        if run is not None and reading.label in ("unsure", "neither") and reading.speaks:
            own_contact = replace(reading.contact, stage=stages[place])
            yield _row(record, "thread", text, run, told, own=own_contact)
        else:
            yield _row(record, "message", text, reading, told)


def _read(units: Sequence[_Unit], trained: Models) -> list[Reading]:
    return readings([unit.contact for unit in units], [unit.text for unit in units], trained.contacts, advert=False)


def _table(rows: Iterator[dict[str, object]]) -> pa.Table:
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    return pa.Table.from_pylist(list(rows), schema=pa.schema([
        ("record_id", text), ("medium", text), ("label", text), ("kind", text), ("stage", text), ("score", number),
        ("cues", pa.list_(text)), ("label_by", text), ("list_label", text), ("list_score", number),
        ("model_label", text), ("model_score", number), ("text_id", text),
    ]))  # fmt: skip


def _row(
    record: str, medium: str, text: str, reading: Reading, told: Labels, own: Contact | None = None
) -> dict[str, object]:
    """`own`: by its words alone, where it is read with the thread."""
    words = text_id(text)
    contact = own or reading.contact
    label, kind, stage, by = reading.label, reading.kind, contact.stage, reading.by
    said = told.of(record, words)
    if said is not None:
        label, by = said.label, ANALYST
        kind, stage = _kind(said, kind), stage if label == "scam" else None
    return {
        "record_id": record, "medium": medium, "label": label, "kind": kind, "stage": stage, "score": reading.score,
        "cues": list(contact.cues), "label_by": by, "list_label": reading.contact.label,
        "list_score": reading.list_score, "model_label": reading.model_label, "model_score": reading.model_score,
        "text_id": words,
    }  # fmt: skip


def _kind(said: Label, kind: str | None) -> str | None:
    """The kind that the analyst told, else the machine's where it is a scam."""
    return (said.kind or kind) if said.label == "scam" else None
