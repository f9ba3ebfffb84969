"""Events that a file tells, from `upriver news`, a person or a model, as tellings beside those that are read here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from upriver.clean.dates import span
from upriver.clean.numbers import number
from upriver.extract.event_claims import Row, Told
from upriver.extract.event_lexicon import Lexicon, languages, lexicon
from upriver.extract.rejects import Rejects
from upriver.model.events import MODALITIES, QUALIFIERS, ROLES, TYPES, UNATTRIBUTED
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_CUMULATIVE: Mapping[str, bool | None] = {"true": True, "false": False, "unknown": None, "": None}
# Word files may name units of their own: any short word is one.
_UNIT = re.compile(r"[^\W\d_][\w /.-]{0,39}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


class TellsOf:
    """Told events by passage. A passage is known by its id, else by file and place as `upriver news` names it; where
    both sides give an address, it must be the same."""

    def __init__(self, told: Sequence[Told], news: Sequence[Told], paths: Mapping[str, str]) -> None:
        self._paths = paths
        self._told = told
        self._addresses: dict[str, set[str | None]] = {}
        for record in told:
            self._addresses.setdefault(record.get("passage_id") or "", set()).add(record.get("url"))
        self._texts: dict[str, list[Told]] = {}
        for record in news:
            for name in self._names(record):
                self._texts.setdefault(name, []).append(record)

    @classmethod
    def of(cls, told: Sequence[Told], news: Sequence[Told], case: Desk) -> TellsOf:
        files = case.read("source_file", "file_id", "path").to_pydict()
        return cls(told, news, dict(zip(files["file_id"], files["path"], strict=True)))

    def tells(self, record: Told) -> bool:
        """Whether the events of this passage are told."""
        return any(
            _one_address(record.get("url"), url)
            for name in self._names(record)
            for url in self._addresses.get(name, ())
        )

    def rows(self, rejects: Rejects) -> list[Row]:
        """Rows of event_report; what cannot be used is refused."""
        rows: list[Row] = []
        first_file: dict[tuple[str, str | None], str] = {}
        for record in self._told:
            passage = record.get("passage_id")
            if passage is None:
                rejects.add(record.raw, "this event names no passage: give its object an `id`")
                continue
            file = first_file.setdefault((passage, record.get("url")), record.file_id)
            if file != record.file_id:
                path = self._paths.get(file, file)
                rejects.add(record.raw, f"the events of passage {passage} are told by {path} already: keep one file")
                continue
            if record.get("type") is not None:
                rows += self._telling(record, rejects)
        return rows

    def _names(self, record: Told) -> tuple[str, ...]:
        own = record.get("passage_id")
        if own is not None:
            return (own,)
        path, place = self._paths.get(record.file_id, ""), record.raw["locator"]
        return f"{path} {place}", f"{path.rpartition('/')[2]} {place}"

    def _telling(self, record: Told, rejects: Rejects) -> Iterator[Row]:
        """The whole and its parts."""
        fault = self._fault(record)
        if fault is not None:
            rejects.add(record.raw, fault)
            return
        fields = _Fields(record, rejects)
        whole = fields.whole()
        yield whole
        for kind, label, role, count in fields.parts():
            yield {
                **whole,
                "report_id": content_id(whole["report_id"], kind, label, count),
                "count": count,
                "count_low": None,
                "count_high": None,
                "qualifier": "exact",
                "role": role,
                "part_of": whole["report_id"],
                "part_kind": kind,
                "part_label": label,
            }

    def _fault(self, record: Told) -> str | None:
        """Why an event cannot be used at all."""
        for field, allowed in (
            ("type", TYPES), ("count_qualifier", QUALIFIERS), ("modality", MODALITIES), ("role", ROLES),
        ):  # fmt: skip
            value = record.get(field)
            if value is not None and value not in allowed:
                return f"{field} {value!r} is none of {', '.join(sorted(allowed))}"
        unit = record.get("unit") or "people"
        if not _UNIT.fullmatch(unit):
            return f"unit {unit[:60]!r} is no word for what is counted: write people, buildings, USD ..."
        words = record.get("span")
        if words is None:
            return "this event has no span: give the words that carry it"
        texts = [
            text for news in self._texts.get(record.get("passage_id") or "", [])
            if _one_address(news.get("url"), record.get("url")) and (text := news.get("text"))
        ]  # fmt: skip
        if texts and not any(_blanks(words) in _blanks(text) for text in texts):
            return "its span is not in the text of its passage: copy the words letter by letter"
        return None


class _Fields:
    """The fields of one told event, read; a field that cannot be read is refused alone."""

    def __init__(self, record: Told, rejects: Rejects) -> None:
        self._record = record
        self._rejects = rejects

    def whole(self) -> Row:
        record = self._record
        speakers = [name for name in self._list("attributed_to") if name != UNATTRIBUTED]
        count = self._number("count", record.get("count"))
        low, high = self._range()
        default = "exact" if count is not None else "vague" if low is None else "range"
        first, last = self._days("date")
        published = self._days("published")[1]
        return {
            "report_id": content_id(record.record_id, "told_event"),
            "type": record.get("type"),
            "actor": "|".join(self._list("actor")) or None,
            "from_party": "|".join(self._list("from_party")) or None,
            "to_party": "|".join(self._list("to_party")) or None,
            "count": count,
            "count_low": low,
            "count_high": high,
            "qualifier": record.get("count_qualifier") or default,
            "unit": record.get("unit") or "people",
            "role": record.get("role") or "all",
            "place": "|".join(self._list("place")) or None,
            "country": self._country(),
            "from_on": first,
            "to_on": last,
            "announced_on": self._days("announced")[1],
            "cumulative": self._cumulative(),
            "modality": record.get("modality") or "actual",
            "attributed_to": "|".join(speakers) or None,
            "first_speaker": record.get("first_speaker") or next(iter(speakers), None) or record.get("publisher"),
            "names": "|".join(self._list("names")) or None,
            "span": record.get("span"),
            "language": record.get("language"),
            "published_on": published,
            "url": record.get("url"),
            "source": record.get("publisher") or record.get("url") or record.get("passage_id"),
            "note": self._note(),
            "record_id": record.record_id,
        }

    def parts(self) -> Iterator[tuple[str, str, str, float]]:
        """(kind, label, role, count) of each part of the count."""
        role = self._record.get("role") or "all"
        for label, value in self._object("role_counts").items():
            count = self._number(f"role_counts {label}", value)
            if count is not None:
                penalty = any(label in words.penalties for words in _lexicons())
                yield "penalty" if penalty else "role", label, role if penalty else _role(label), count
        for kind, parts in self._object("breakdown").items():
            if not isinstance(parts, dict):
                self._refuse(f"breakdown {kind} is no object")
                continue
            for label, value in parts.items():
                count = self._number(f"breakdown {label}", value)
                if count is not None:
                    yield str(kind), str(label), role, count

    def _refuse(self, what: str) -> None:
        self._rejects.add(self._record.raw, f"{what}; it was left out, the rest of the event was used")

    def _json(self, field: str) -> Any:
        """The value of a field; text that is no JSON is itself."""
        text = self._record.get(field)
        if text is None or text[0] not in "[{":
            return text
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text

    def _list(self, field: str) -> list[str]:
        value = self._json(field)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        words = [word.strip() for word in listed if isinstance(word, str) and word.strip()]
        if len(words) != len(listed):
            self._refuse(f"{field} holds what is no text")
        return words

    def _object(self, field: str) -> dict[str, Any]:
        value = self._json(field)
        if value is None or isinstance(value, dict):
            return value or {}
        self._refuse(f"{field} is no object")
        return {}

    def _number(self, field: str, value: Any) -> float | None:
        if value is None:
            return None
        found = number(value) if isinstance(value, str) else None
        if found is None or found < 0:
            self._refuse(f"{field} {str(value)[:60]!r} is no number")
            return None
        return found

    def _range(self) -> tuple[float | None, float | None]:
        value = self._json("count_range")
        if value is None or value == []:
            return None, None
        if not isinstance(value, list) or len(value) != 2:
            self._refuse("count_range is no list of two numbers")
            return None, None
        low, high = (self._number("count_range", end) for end in value)
        if low is None or high is None or low > high:
            self._refuse("count_range does not go from a number to a greater one")
            return None, None
        return low, high

    def _days(self, field: str) -> tuple[date | None, date | None]:
        text = self._record.get(field)
        days = span(text, None) if text else None
        if text and days is None:
            self._refuse(f"{field} {text[:60]!r} is no date: write YYYY, YYYY-MM, YYYY-MM-DD or first/last")
        return days or (None, None)

    def _country(self) -> str | None:
        text = self._record.get("country")
        if text and not _COUNTRY.fullmatch(text):
            self._refuse(f"country {text[:60]!r} is no code of two letters")
            return None
        return text.upper() if text else None

    def _cumulative(self) -> bool | None:
        text = (self._record.get("cumulative") or "").lower()
        if text not in _CUMULATIVE:
            self._refuse(f"cumulative {text[:60]!r} is none of true, false, unknown")
        return _CUMULATIVE.get(text)

    def _note(self) -> str | None:
        model = self._record.get("proposed_by")
        told = [f"proposed by {model}"] if model else []
        return "; ".join([*told, *self._list("doubts")]) or None


def _role(label: str) -> str:
    """The role that the words of a part name, in any language."""
    found = (role for words in _lexicons() for role, form in words.roles.items() if form.search(label))
    return next(found, "all")


@cache
def _lexicons() -> tuple[Lexicon, ...]:
    """The words of every language, each once."""
    return tuple({words.code: words for words in map(lexicon, sorted(languages()))}.values())


def _one_address(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def _blanks(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())
