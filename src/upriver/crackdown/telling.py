"""One telling of an event as the ledger sees it: its figure, its time, its place, its word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from upriver.clean.places import Place, place
from upriver.crackdown.speakers import origin

# Types by which different papers tell of the same people or things: one movement, seen from several sides.
_FAMILIES = {
    "arrest": "people", "handover": "people", "rescue_release": "people", "repatriation": "people", "raid": "people",
    "flight": "people", "seizure": "things", "disruption": "things", "sentence": "verdict", "execution": "verdict",
}  # fmt: skip
CUSTODY = ("arrest", "handover", "rescue_release", "repatriation", "raid")


@dataclass(frozen=True, slots=True)
class Telling:
    """A row of event_report; `count` None is no figure, which is not zero.

    nationalities   whose people they are, where that is told of all of them
    alone           the telling is of one kind of people only (women, one nationality)
    part_counts     figures of its parts by penalty and role
    copy_of         the source whose words it repeats
    doubts          what could not be read surely, in words
    """

    report_id: str
    type: str
    count: float | None
    low: float | None
    high: float | None
    qualifier: str
    unit: str
    role: str
    from_party: str | None
    to_party: str | None
    places: tuple[str, ...]
    country: str | None
    first: date | None
    last: date | None
    announced: date | None
    published: date | None
    cumulative: bool | None
    series: str | None
    modality: str
    speaker: str
    happening: str | None
    subject: str | None
    status: str | None
    part_of: str | None
    part_kind: str | None
    part_label: str | None
    source: str
    record_id: str
    note: str = field(default="", compare=False)
    actor: str | None = None
    names: tuple[str, ...] = ()
    words: str = field(default="", compare=False)
    passage: str = ""
    url: str | None = field(default=None, compare=False)
    nationalities: frozenset[str] = frozenset()
    alone: bool = False
    part_counts: frozenset[float] = frozenset()
    copy_of: str | None = None
    doubts: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, row: dict[str, Any]) -> Telling:
        """A telling of a row of event_report."""
        places = tuple(name for name in (row["place"] or "").split("|") if name)
        speaker = row["first_speaker"] or row["attributed_to"] or row["source"]
        return cls(
            row["report_id"], row["type"], row["count"], row["count_low"], row["count_high"], row["qualifier"],
            row["unit"], row["role"], row["from_party"], row["to_party"],
            places, row["country"], row["from_on"], row["to_on"],
            row["announced_on"], row["published_on"], row["cumulative"], row["series"], row["modality"],
            speaker, row["happening"], row["subject"], row["status"],
            row["part_of"], row["part_kind"], row["part_label"], row["source"], row["record_id"], row["note"] or "",
            row["actor"], tuple(name for name in (row["names"] or "").split("|") if name), row["span"],
            row["url"] or row["record_id"], row["url"],
            doubts=tuple(doubt for doubt in (row["doubts"] or "").split("; ") if doubt),
        )  # fmt: skip

    @property
    def origin(self) -> str:
        """One key for whoever said it first, however the name is spelt."""
        return origin(self.speaker)

    @property
    def family(self) -> str:
        """Types of one family may tell one happening."""
        return _FAMILIES.get(self.type, self.type)

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Least and most that this telling tells; "more than" is left open."""
        low = self.low if self.low is not None else self.count
        high = self.high if self.high is not None else self.count
        return low, high

    @property
    def value(self) -> float | None:
        """The figure; the middle of a range is no figure anybody told, so a range gives its lower end."""
        return self.count if self.count is not None else self.low

    @property
    def at(self) -> date | None:
        """The day to which the figure belongs: the last day told, but no later than it was told itself."""
        spoken = self.announced or self.published
        if self.last and spoken and self.modality == "actual":
            return min(self.last, spoken)
        return self.last or spoken or self.first


@cache
def known_place(name: str) -> Place | None:
    """The gazetteer's place of a name."""
    return place(name)


def area(telling: Telling) -> str:
    """The area a telling is about: its first place, else its country's name, else nothing."""
    return telling.places[0] if telling.places else ""


def amount(value: float, unit: str) -> str:
    """A figure with its unit in words.

    >>> amount(1, "buildings"), amount(31_000, "people"), amount(37e9, "USD/year")
    ('1 building', '31,000 people', '37,000,000,000 USD a year')
    """
    one = {"people": "person"}.get(unit, unit.removesuffix("s")) if value == 1 else unit
    return f"{shown(value)} {one.replace('/year', ' a year')}"


def counted(n: int, one: str, more: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "telling"), counted(3, "telling")
    ('1 telling', '3 tellings')
    """
    return f"{n:,} {one if n == 1 else more or f'{one}s'}"


def plural(noun: str) -> str:
    """More than one of a role.

    >>> plural("leader"), plural("company")
    ('leaders', 'companies')
    """
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def shown(value: float | None) -> str:
    """A figure for people: 31,000; "no figure" for None."""
    if value is None:
        return "no figure"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")
