"""Whether an event that a model proposes stands: its words must be in the text, and its figures in those words.

The span, the figure, its kind and its unit decide. All else is kept where the text says it, read anew where our own
readers can, and left out otherwise, with a doubt that says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from upriver.clean.dates import span as span_of
from upriver.clean.numbers import figures, number
from upriver.clean.periods import Period, periods
from upriver.clean.places import nations_in, place, places_in
from upriver.model.events import MODALITIES, QUALIFIERS, TYPES, UNATTRIBUTED, is_unit
from upriver.model.periods import written
from upriver.plain.passages import Passage

Row = dict[str, Any]
_LONGEST_SPAN = 800  # characters: longer words carry any figure, and prove no event
_NEAR = 1e-9
_MOST = 1e15  # no figure of people or money in any currency
_LONGEST_LABEL = 100
_ISO = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?(?:/\d{4}(?:-\d\d(?:-\d\d)?)?)?")
_SHARE = re.compile(r"\s*(?:%|%|per\s?cent\b)")


class _RefusedError(Exception):
    """A proposal that does not stand; the message is its reason."""


def judged(item: Any, passage: Passage) -> Row | str:
    """The event as it stands, in the form of the news sets, or the reason why it does not."""
    try:
        return _Proposal(item, passage).event()
    except _RefusedError as refusal:
        return str(refusal)


class _Proposal:
    def __init__(self, item: Any, passage: Passage) -> None:
        if not isinstance(item, dict):
            raise _RefusedError("it is no object")
        self._item = item
        self._text = passage.text
        self._folded = passage.text.casefold()
        self._span = self._exact_span()
        self._start = passage.text.find(self._span)
        self._times = periods(passage.text, passage.published_on)
        self._figures = self._figures_of_span()
        self._doubts: list[str] = []

    def event(self) -> Row:
        kind = self._one_of("type", TYPES)
        qualifier = self._one_of("count_qualifier", QUALIFIERS)
        unit = self._item.get("unit")
        if not isinstance(unit, str) or not is_unit(unit):
            raise _RefusedError(f"unit {_short(unit)} is not known")
        count, ends = self._count(qualifier), self._range(qualifier)
        if count is None and ends is None and qualifier != "vague":
            raise _RefusedError(f"it has no count, and its qualifier is {qualifier} instead of vague")
        places = self._places()
        return {
            "type": kind,
            "actor": self._said("actor"),
            "from_party": next(iter(self._said("from_party")), None),
            "to_party": next(iter(self._said("to_party")), None),
            "count": count,
            "count_qualifier": qualifier,
            "count_range": ends,
            "role_counts": self._parts("role_counts", self._item.get("role_counts")),
            "breakdown": self._breakdown(),
            "unit": unit,
            "role": "all",
            "place": places,
            "country": self._country(places),
            "date": self._date(),
            "announced": self._told_days("announced"),
            "cumulative": self._flag("cumulative"),
            "attributed_to": self._said("attributed_to") or [UNATTRIBUTED],
            "modality": self._modality(),
            "names": self._said("names"),
            "span": self._span,
            "start": self._start,
            "end": self._start + len(self._span),
            "doubts": self._doubts,
        }

    # ---- what decides ------------------------------------------------------------------------------------------

    def _exact_span(self) -> str:
        span = self._item.get("span")
        if not isinstance(span, str) or not span.strip():
            raise _RefusedError("it has no span")
        if span not in self._text:
            raise _RefusedError("its span is not in the text, letter by letter")
        if len(span) > _LONGEST_SPAN:
            raise _RefusedError(f"its span is longer than {_LONGEST_SPAN} characters")
        return span

    def _figures_of_span(self) -> list[float]:
        """Figures of the span that no date and no percentage writes."""
        end = self._start + len(self._span)
        told = []
        # The whole text is read, not the span: a span that cuts "1,370" to "370" would make a figure of its own.
        for figure in figures(self._text):
            inside = self._start <= figure.start and figure.end <= end
            dated = any(time.start < figure.end and figure.start < time.end for time in self._times)
            if inside and figure.value is not None and not dated and not _SHARE.match(self._text, figure.end):
                told.append(figure.value)
        return told

    def _figure(self, value: Any, what: str) -> int | float:
        found = number(value) if isinstance(value, str) else value
        if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < _MOST:
            raise _RefusedError(f"{what} {_short(value)} is no number")
        # The very figure of the text is kept, so that no digit comes from the model.
        same = next((told for told in self._figures if abs(told - found) <= _NEAR * max(1.0, abs(told))), None)
        if same is None:
            raise _RefusedError(f"{what} {_short(value)} does not stand in its span")
        return int(same) if same.is_integer() else same  # below 1e15, so that every digit is told

    def _count(self, qualifier: str) -> int | float | None:
        value = self._item.get("count")
        if value is None:
            return None
        if qualifier == "vague":
            raise _RefusedError("it is vague and has a count")
        return self._figure(value, "count")

    def _range(self, qualifier: str) -> list[int | float] | None:
        value = self._item.get("count_range")
        if value is None or value == []:
            return None
        if qualifier != "range" or not isinstance(value, list) or len(value) != 2:
            raise _RefusedError(f"count_range {_short(value)} needs two ends and the qualifier range")
        return [self._figure(end, "count_range") for end in value]

    def _one_of(self, field: str, allowed: frozenset[str]) -> str:
        value = self._item.get(field)
        if not isinstance(value, str) or value not in allowed:
            raise _RefusedError(f"{field} {_short(value)} is not known")
        return value

    # ---- what is kept where the text says it -------------------------------------------------------------------

    def _leave_out(self, field: str, value: Any, why: str = "the text does not say it") -> None:
        self._doubts.append(f"{field} {_short(value)} was left out: {why}")

    def _words(self, field: str) -> list[str]:
        value = self._item.get(field)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        words = []
        for word in listed[:50]:
            if isinstance(word, str):
                words += [word.strip()] if word.strip() else []
            else:
                self._leave_out(field, word, "it is no text")
        return words

    def _said(self, field: str) -> list[str]:
        """Words of a field that stand in the text, small or capital letters aside."""
        kept = []
        for word in self._words(field):
            if word.casefold() in self._folded:
                kept.append(word)
            elif word != UNATTRIBUTED:
                self._leave_out(field, word)
        return list(dict.fromkeys(kept))

    def _places(self) -> list[str]:
        named = {mention.place.name for mention in places_in(self._text)}
        kept = []
        for word in self._words("place"):
            known = place(word)
            if known and known.name in named:
                kept.append(known.name)
            elif word.casefold() in self._folded:
                kept.append(known.name if known else word)
            else:
                self._leave_out("place", word)
        if not kept:
            kept = [mention.place.name for mention in places_in(self._span) if mention.place.kind != "country"]
        return list(dict.fromkeys(kept))

    def _country(self, places: Sequence[str]) -> str | None:
        of_places = {known.country for name in places if (known := place(name)) and known.country}
        told = self._item.get("country")
        if isinstance(told, str) and told in of_places | {nation.country for nation in nations_in(self._text)}:
            return told
        if told is not None:
            self._leave_out("country", told)
        return of_places.pop() if len(of_places) == 1 else None

    def _date(self) -> str | None:
        told = self._told_days("date")
        if told is not None:
            return told
        inside = [time for time in self._times if self._start <= time.start < self._start + len(self._span)]
        # Two days in one span: which of them is the event's, only a reader can say.
        return written(inside[0].first, inside[0].last) if len(inside) == 1 else None

    def _told_days(self, field: str) -> str | None:
        """A date that an expression of the text tells, or a narrower one within it."""
        value = self._item.get(field)
        if value is None:
            return None
        days = span_of(value, None) if isinstance(value, str) and _ISO.fullmatch(value.strip()) else None
        if days is None:
            self._leave_out(field, value, "it is no date")
            return None
        if not any(_tells(time, *days) for time in self._times):
            self._leave_out(field, value)
            return None
        return written(*days)

    def _parts(self, field: str, value: Any) -> dict[str, int | float]:
        """Parts whose figure stands in the span; labels are free, as those of people are."""
        kept: dict[str, int | float] = {}
        if value is None:
            return kept
        if not isinstance(value, dict):
            self._leave_out(field, value, "it is no object")
            return kept
        for label, count in list(value.items())[:50]:
            try:
                kept[_plain(label)[:_LONGEST_LABEL]] = self._figure(count, field)
            except _RefusedError as refusal:
                self._doubts.append(f"{field} {_short(label)} was left out: {refusal}")
        return kept

    def _breakdown(self) -> dict[str, dict[str, int | float]]:
        value = self._item.get("breakdown")
        kept: dict[str, dict[str, int | float]] = {}
        if value is not None and not isinstance(value, dict):
            self._leave_out("breakdown", value, "it is no object")
            return kept
        nations = {nation.country for nation in nations_in(self._text)}
        for dimension, parts in list((value or {}).items())[:10]:
            told = self._parts("breakdown", parts)
            if dimension == "nationality":
                for label in [label for label in told if label not in nations]:
                    self._leave_out("breakdown", label)
                    del told[label]
            if told:
                kept[_plain(dimension)[:_LONGEST_LABEL]] = told
        return kept

    def _flag(self, field: str) -> bool | str:
        value = self._item.get(field)
        return value if isinstance(value, bool) else "unknown"

    def _modality(self) -> str:
        value = self._item.get("modality", "actual")
        if isinstance(value, str) and value in MODALITIES:
            return value
        self._leave_out("modality", value, "it is not known, and read as actual")
        return "actual"


def _tells(time: Period, first: date, last: date) -> bool:
    return time.first <= first and last <= time.last


def _short(value: Any) -> str:
    return _plain(repr(value)[:60])


def _plain(text: str) -> str:
    """A text that can be written: JSON may hold half of a pair of surrogates."""
    return text.encode("utf-8", "replace").decode()
