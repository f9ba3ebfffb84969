"""Calls and messages: is a contact a scam, is an advert a lure, and which words say so.

The reading is explainable (docs/adr/0008): cues of two word lists, each with a weight and a facet. One cue alone,
however heavy, decides nothing; cues of several facets together do. A score is the strength of the signs in a text,
never of anybody's guilt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from upriver.clean.lexicon import Cue, Hit, Lexicon, Text, load_cues, load_list
from upriver.extract.params import ExtractParams
from upriver.model.forms import FORMS
from upriver.model.units import asset

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_HALF = 2.0  # sum of weights that makes a score of one half
_FACET = 0.5  # added for each facet beyond the first: signs of several kinds weigh more than many of one
_STAGES = ("first_contact", "trust", "shown_gains", "payment", "squeeze")
_KINDS = ("romance", "investment", "impersonation", "loan", "task", "lottery", "parcel", "phishing", "recovery")
_TELLING = frozenset({"travel", "control", "secrecy", "head_fee", "entry", "place", "channel", "employer"})
_MIN_LURE_FACETS = 3
_MIN_TELLING = 2  # a good job abroad with a ticket and a room has but one ...
_WEAK = 0.7  # cues up to this weight never make a scam contact among themselves
_GRAVE_ALONE = 1.7  # weight of a cue that alone leaves a text unsure
_GRAVE = frozenset({"control", "secrecy"})  # ... and papers kept or a secret way in need no second
_PAY = "pay given as very high"
_AMOUNT = re.compile(r"(\d[\d,.]*\d|\d)\s*(k|万|千|m|million|thousand)?")
_TIMES = {"k": 1e3, "thousand": 1e3, "千": 1e3, "万": 1e4, "m": 1e6, "million": 1e6}


@dataclass(frozen=True, slots=True)
class Contact:
    """What a text is read as: `score` in [0, 1], `cues` as written, heaviest first; kind, stage None where untold."""

    label: str
    score: float
    cues: tuple[str, ...] = ()
    kind: str | None = None
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class _Sign:
    cue: Cue
    words: str

    @property
    def weight(self) -> float:
        return float(self.cue.says["weight"])


@dataclass(frozen=True, slots=True)
class _Signs:
    """The cues of one text or thread, each once: those of a scam, those of a lure."""

    scam: tuple[_Sign, ...]
    lure: tuple[_Sign, ...]


def read_contact(text: str, params: ExtractParams | None = None) -> Contact:
    """Whether a message, note or narrative is a scam contact, a lure into work, neither, or cannot be told."""
    return _judge(_signs(text), params or ExtractParams(), advert=False)


def read_advert(text: str, params: ExtractParams | None = None) -> Contact:
    """Whether an advertisement of work is a lure; a place, good pay or lodging alone never makes one."""
    return _judge(_signs(text), params or ExtractParams(), advert=True)


@cache
def _lexicon() -> tuple[Lexicon, frozenset[str], dict[str, float], Cue]:
    scam = load_cues("upriver.extract", "contact_cues.toml", "cue")
    lure = load_cues("upriver.extract", "lure_cues.toml", "cue")
    high = {code: float(value) for code, value in load_list("upriver.extract", "lure_cues.toml")["high_pay"].items()}
    pay = next(cue for cue in lure if cue.name == _PAY)
    return Lexicon([*scam, *lure]), frozenset(cue.name for cue in scam), high, pay


def _signs(text: str) -> _Signs:
    lexicon, of_scam, high, pay = _lexicon()
    read = Text(text)
    longest: dict[str, Hit] = {}
    for hit in lexicon.find(read):
        known = longest.get(hit.cue.name)
        if known is None or hit.end - hit.start > known.end - known.start:
            longest[hit.cue.name] = hit
    signs = [_Sign(hit.cue, text[hit.start : hit.end]) for hit in longest.values()]
    if _PAY not in longest:
        signs += [_Sign(pay, words) for words in _high_pay(read, high)][:1]
    return _Signs(
        tuple(sign for sign in signs if sign.cue.name in of_scam),
        tuple(sign for sign in signs if sign.cue.name not in of_scam),
    )


def _high_pay(text: Text, high: dict[str, float]) -> Iterator[str]:
    """The amounts of `text` that are at least the high monthly pay of their currency."""
    for token, kind in enumerate(text.kinds):
        if kind not in ("money", "number"):
            continue
        start, end = text.place(token, token)
        written = text.written[start:end]
        match = _AMOUNT.search(written.lower())
        if match is None:
            continue
        amount = float(match.group(1).replace(",", "").rstrip(".") or 0) if match.group(1).count(".") < 2 else 0.0
        amount *= _TIMES.get(match.group(2) or "", 1.0)
        sign = re.sub(r"[\d,.\s]|(?<=\d)(k|万|千|m|million|thousand)", "", written.lower())
        code = _NAMES.get(sign) or asset(sign) or ("CNY" if "han" in text.kinds and not sign else None)
        if code in high and high[code] <= amount <= 50 * high[code]:
            yield written


_NAMES = {
    "dollar": "USD", "dollars": "USD", "usdollars": "USD", "bucks": "USD", "美金": "USD", "美刀": "USD", "u": "USDT",
    "baht": "THB", "铢": "THB", "yuan": "CNY", "块": "CNY", "块钱": "CNY", "euro": "EUR", "euros": "EUR",
    "pound": "GBP", "pounds": "GBP", "ringgit": "MYR", "pesos": "PHP", "peso": "PHP", "rupees": "INR",
    "shillings": "KES", "台币": "TWD", "港币": "HKD",
}  # fmt: skip


def _pool(parts: Iterable[_Signs]) -> _Signs:
    scam: dict[str, _Sign] = {}
    lure: dict[str, _Sign] = {}
    for part in parts:
        for sign in part.scam:
            scam.setdefault(sign.cue.name, sign)
        for sign in part.lure:
            lure.setdefault(sign.cue.name, sign)
    return _Signs(tuple(scam.values()), tuple(lure.values()))


def _strength(signs: Sequence[_Sign]) -> tuple[float, set[str]]:
    """Score in [0, 1] of the signs together, and the facets that speak for it."""
    facets = {sign.cue.says["facet"] for sign in signs if sign.weight > 0}
    total = sum(sign.weight for sign in sorted(signs, key=lambda sign: sign.cue.name)) + _FACET * max(
        0, len(facets) - 1
    )
    return (total / (total + _HALF) if total > 0 else 0.0), facets


def _without_echoes(signs: Sequence[_Sign]) -> list[_Sign]:
    """The signs but for weak ones of a facet that a heavier one speaks for: they are mostly its own words again."""
    heavy = {sign.cue.says["facet"] for sign in signs if sign.weight > _WEAK}
    return [sign for sign in signs if sign.weight <= 0 or sign.weight > _WEAK or sign.cue.says["facet"] not in heavy]


def _judge(signs: _Signs, params: ExtractParams, *, advert: bool) -> Contact:
    told = _without_echoes(signs.scam)
    lure, lure_facets = _strength(signs.lure)
    scam, _ = _strength(told)
    enough = len(lure_facets) >= _MIN_LURE_FACETS and (
        len(lure_facets & _TELLING) >= _MIN_TELLING or bool(lure_facets & _GRAVE)
    )
    is_lure = lure >= params.contact_score and enough
    # A message is a lure only where it offers work; an advert offers work by being one.
    if is_lure and (advert or "work" in lure_facets) and (advert or lure >= scam):
        return Contact("lure", lure, _words(signs.lure))
    speaking = [sign for sign in told if sign.weight > 0]
    grave = any(sign.weight > _WEAK for sign in speaking)
    if scam >= params.contact_score and len(speaking) > 1 and grave:
        return Contact("scam", scam, _words(speaking), _kind(speaking), _stage(speaking))
    if advert and lure >= params.unsure_score and enough:
        return Contact("unsure", lure, _words(signs.lure))
    if scam >= params.unsure_score and grave and (len(speaking) > 1 or speaking[0].weight >= _GRAVE_ALONE):
        return Contact("unsure", scam, _words(speaking), _kind(speaking), _stage(speaking))
    return Contact("neither", lure if advert else scam, _words(signs.lure if advert else speaking))


def _words(signs: Sequence[_Sign]) -> tuple[str, ...]:
    speaking = [sign for sign in signs if sign.weight > 0]
    return tuple(sign.words for sign in sorted(speaking, key=lambda sign: (-sign.weight, sign.cue.name)))


def _kind(signs: Sequence[_Sign]) -> str:
    """The kind that most weight speaks for; a cue that fits several kinds gives each its share."""
    votes: Counter[str] = Counter()
    for sign in sorted(signs, key=lambda sign: sign.cue.name):
        kinds = sign.cue.says.get("kinds", [])
        for kind in kinds:
            votes[kind] += sign.weight / len(kinds)  # type: ignore[assignment]
    return min(votes, key=lambda kind: (-round(votes[kind], 6), _KINDS.index(kind))) if votes else "other"


def _stage(signs: Sequence[_Sign]) -> str | None:
    """The stage that most weight speaks for; of equals the later."""
    votes: Counter[str] = Counter()
    for sign in sorted(signs, key=lambda sign: sign.cue.name):
        if stage := sign.cue.says.get("stage"):
            votes[stage] += sign.weight  # type: ignore[assignment]
    return max(votes, key=lambda stage: (round(votes[stage], 6), _STAGES.index(stage))) if votes else None


def contact_classes(desk: Desk, params: ExtractParams) -> None:
    """Class every message, note, advert and victim's narrative: a scam contact, a lure, neither, unsure."""
    desk.write("contact_class", _messages(desk, params))
    for form, medium, fields in (
        ("note", "note", ("text",)),
        ("job_advert", "advert", ("title", "text", "place", "contact")),
        ("victim_report", "report", ("narrative",)),
    ):
        positions = ", ".join(f"fields[{FORMS[form].position(field)}] AS f{n}" for n, field in enumerate(fields))
        found = desk.sql(f"SELECT record_id, {positions} FROM record WHERE form = '{form}' ORDER BY record_id")
        columns = [found.column(f"f{n}").to_pylist() for n in range(len(fields))]
        read = read_advert if medium == "advert" else read_contact
        rows = []
        for record_id, *parts in zip(found.column("record_id").to_pylist(), *columns, strict=True):
            if text := "\n".join(part for part in parts if part):
                rows.append(_row(record_id, medium, read(text, params)))
        if rows:
            desk.write("contact_class", rows)


def _messages(desk: Desk, params: ExtractParams) -> Iterator[pa.Table]:
    """A class for each message, by itself or, where that says nothing, by what its sender wrote in the thread.

    A long bait is made of messages that are harmless one by one: where those of one sender in one thread make a scam
    together, each that carries a sign of it is classed with them, medium `thread`.
    """
    import pyarrow as pa

    found = desk.sql(
        "SELECT thread, sender, record_id, min(text) AS text FROM message"
        " GROUP BY thread, sender, record_id ORDER BY thread, sender, record_id"
    )
    threads, senders, records, texts = (found.column(n).to_pylist() for n in ("thread", "sender", "record_id", "text"))
    known: dict[str, tuple[_Signs, Contact]] = {}
    rows: list[dict[str, object]] = []
    written: set[str] = set()
    begin = 0
    while begin < len(records):
        end = begin
        while end < len(records) and (threads[end], senders[end]) == (threads[begin], senders[begin]):
            if texts[end] not in known:
                signs = _signs(texts[end])
                known[texts[end]] = signs, _judge(signs, params, advert=False)
            end += 1
        together = _judge(_pool(known[text][0] for text in texts[begin:end]), params, advert=False)
        for record_id, text in zip(records[begin:end], texts[begin:end], strict=True):
            if record_id in written:  # a record that tells two senders is classed once
                continue
            written.add(record_id)
            contact = known[text][1]
            if together.label == "scam" and contact.label in ("unsure", "neither") and contact.cues:
                rows.append(
                    _row(record_id, "thread", replace(contact, label="scam", score=together.score, kind=together.kind))
                )
            else:
                rows.append(_row(record_id, "message", contact))
        begin = end
        if len(rows) >= 100_000:
            yield pa.Table.from_pylist(rows, schema=_schema())
            rows = []
    yield pa.Table.from_pylist(rows, schema=_schema())


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema([
        ("record_id", text), ("medium", text), ("label", text), ("kind", text), ("stage", text),
        ("score", pa.float64()), ("cues", pa.list_(text)),
    ])  # fmt: skip


def _row(record_id: str, medium: str, contact: Contact) -> dict[str, object]:
    return {
        "record_id": record_id, "medium": medium, "label": contact.label, "kind": contact.kind, "stage": contact.stage,
        "score": contact.score, "cues": list(contact.cues),
    }  # fmt: skip
