"""What the readers of sanctions lists share: entries gathered into records, values joined, words of the lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import pyarrow as pa

from upriver.evidence.readers.xml_entries import Broken, Entries, Entry, leaves, opened
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

Fields = dict[str, str | None]
Row = tuple[str, Fields, dict[str, str]]
_BATCH_ROWS = 2000
_LONGEST_PLACE = 200
_EASTERN = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
_SHIP = re.compile(r"(?i)imo\W*(?P<number>\d{7})\Z")
_SLASHED = re.compile(r"(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4})")


class Places:
    """Locators by which a person finds an entry: its element and the publisher's own id; each is given once."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def of(self, element: str, name: str, line: int) -> str:
        """`sdnEntry 36`; `sdnEntry at line 12` where it has no id; `sdnEntry 36 (2)` for the second of one id."""
        return self.one(f"{element} {name}" if name else f"{element} at line {line}")

    def one(self, place: str) -> str:
        """`place`, or with a number behind it where it was given before; an id without end is cut."""
        place = place[:_LONGEST_PLACE]
        number = self._given.get(place, 0) + 1
        found = place
        while found in self._given:
            found, number = f"{place} ({number})", number + 1
        self._given[place] = max(number - 1, 1)
        self._given.setdefault(found, 1)
        return found


def records(
    source: Source, told: Iterable[Row | Broken], form: str = "watchlist", places: Places | None = None
) -> Iterator[pa.Table]:
    """Records of one form, and broken ones, in batches.

    places  the locators that were given before, where the records of a file are written in several calls
    """
    places = Places() if places is None else places
    rows: list[Row] = []
    broken: list[tuple[str, str, str]] = []
    for row in told:
        if isinstance(row, Broken):
            broken.append((places.one(f"line {row.line}"), row.reason, row.raw))
        else:
            rows.append(row)
        if len(rows) + len(broken) >= _BATCH_ROWS:
            yield from _written(source, form, rows, broken)
            rows, broken = [], []
    yield from _written(source, form, rows, broken)


def _written(source: Source, form: str, rows: list[Row], broken: list[tuple[str, str, str]]) -> Iterator[pa.Table]:
    if rows:
        yield source.told_of(form, rows)
    if broken:
        yield source.broken(broken)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one publisher lays out a list in XML.

    entries  names of the elements that are entries
    heads    names of elements that tell of the list itself, and stand above its entries
    used     children of an entry that `fields` reads; all others go to `extra`
    name_of  the publisher's own id of an entry
    fields   fields of the form `watchlist`, from an entry and what is told of the list
    """

    entries: tuple[str, ...]
    heads: tuple[str, ...]
    used: frozenset[str]
    name_of: Callable[[Element], str]
    fields: Callable[[Element, Head], Fields]


@dataclass(slots=True)
class Head:
    """What a file tells of its list: attributes of its first element, and the elements above the entries."""

    stem: str
    root: dict[str, str]
    heads: dict[str, Element]


def read(source: Source, params: EvidenceParams, layout: Layout) -> Iterator[pa.Table]:
    """One record for each entry of an XML list, in bounded memory.

    raises  UnreadableError when the file is no XML or declares its own document type
    """
    with opened(source, params, *layout.entries, *layout.heads) as entries:
        yield from records(source, _told(source, entries, layout))


def _told(source: Source, entries: Entries, layout: Layout) -> Iterator[Row | Broken]:
    places, head = Places(), Head(source.stem, entries.root, {})
    for entry in entries:
        head.root = entries.root
        if isinstance(entry, Broken):
            yield entry
            continue
        tag = str(entry.element.tag)
        if tag in layout.heads:
            head.heads[tag] = entry.element
            continue
        place = places.of(tag, layout.name_of(entry.element), entry.line)
        yield place, layout.fields(entry.element, head), leaves(entry.element, layout.used)
        if entry.lost:
            yield lost(entry, place)


def lost(entry: Entry, place: str) -> Broken:
    """A row that says that bytes of this entry were no characters; the entry itself is kept, with U+FFFD there."""
    reason = f"{place} holds bytes or signs that are no characters: it was kept with \ufffd in their place"
    return Broken(entry.line, reason, "".join(entry.element.itertext()))


def joined(values: Iterable[str]) -> str:
    """Values of one field, each once, parted by |; a | or ; inside one becomes a comma, since it would part it."""
    kept = dict.fromkeys(re.sub(r"\s*[|;；]\s*", ", ", value.strip()) for value in values)
    return " | ".join(value for value in kept if value)


def bare(name: str) -> str:
    """A column's or element's name in small letters, without blanks and signs."""
    return re.sub(r"[\W_]+", "", name.casefold())


def spaced(parts: Iterable[str]) -> str:
    """Parts of one name, in order, without the empty ones."""
    return " ".join(" ".join(parts).split())


def full_name(given: str, family: str) -> str:
    """A name in the order of its script: the family name first, and no blank, where it is written in Han or Hangul.

    >>> full_name("Wei Lun", "TAMBARA"), full_name("伟伦", "覃")
    ('Wei Lun TAMBARA', '覃伟伦')
    """
    return f"{family}{given}" if is_eastern(given + family) else spaced((given, family))


def is_eastern(name: str) -> bool:
    """Whether a name is written in Han characters or Hangul."""
    return _EASTERN.search(name) is not None


def commaed(parts: Iterable[str]) -> str:
    """Parts of one address, in order, without the empty ones."""
    return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def iso(text: str, order: str) -> str:
    """A date with slashes in ISO form, by the order in which this publisher writes; any other text as it stands.

    >>> iso("08/06/2024", "mdy"), iso("08/06/2024", "dmy"), iso("2024-06-08T10:00:00", "dmy")
    ('2024-08-06', '2024-06-08', '2024-06-08T10:00:00')
    """
    match = _SLASHED.match(text.strip())
    if match is None or int(match["one"]) == 0 or int(match["two"]) == 0:
        return text.strip()
    month, day = (match["one"], match["two"]) if order == "mdy" else (match["two"], match["one"])
    return f"{match['year']}-{int(month):02d}-{int(day):02d}"


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, list[str]]]:
    """The tables of watchlists.toml."""
    return tomllib.loads(resources.files("upriver.evidence.readers").joinpath("watchlists.toml").read_text("utf-8"))


@lru_cache(maxsize=4096)
def document(kind: str) -> str:
    """The property that a number of this kind is: `Cedula No.` is an idNumber."""
    small = kind.lower()
    for prop, parts in words()["documents"].items():
        if any(re.search(rf"(?<![a-z]){re.escape(part)}", small) for part in parts):
            return prop
    return "idNumber"


def numbered(kind: str, number: str) -> str:
    """A number as the field `identifiers` holds it; empty where there is none."""
    ship = _SHIP.match(number)
    if ship:
        return f"imoNumber: {ship['number']}"
    return f"{document(kind)}: {number}" if number else ""


def first(values: dict[str, str], names: Sequence[str]) -> str:
    """The first of the named values that is filled."""
    return next((values[name] for name in names if values.get(name)), "")


def filled(**fields: Any) -> Fields:
    """Fields of a record, None for the empty ones."""
    return {name: value or None for name, value in fields.items()}
