"""Places by any of their names, in any script, and how near two of them are.

The gazetteer (gazetteer.csv, beside this module) was compiled from GeoNames and Wikipedia for the areas where scam
compounds are reported; towns.csv adds, from common knowledge, towns of the wider region whose courts, airports and
police are in the news; demonyms.csv is ours. All can be extended by hand: one line a place, names parted by |.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

# How far from its point a place of each kind may reach, in km: a village is a point, a state is not.
_REACH_KM = {
    "compound": 3.0, "village": 6.0, "zone": 10.0, "town": 15.0, "city": 25.0, "county": 40.0, "admin2": 60.0,
    "prefecture": 110.0, "region": 160.0, "admin1": 200.0,
}  # fmt: skip
_WIDE = frozenset({"region", "admin1", "admin2", "prefecture", "country"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer: `country` is ISO 3166-1 alpha-2, or empty for a region over several."""

    name: str
    kind: str
    country: str
    lat: float
    lon: float

    @property
    def reach_km(self) -> float:
        return _REACH_KM.get(self.kind, 25.0)

    @property
    def wide(self) -> bool:
        """Whether it is an area rather than a spot."""
        return self.kind in _WIDE


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text, with the offsets of its name."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True, slots=True)
class Nation:
    """A country named in a text by its name or by the word for its people."""

    start: int
    end: int
    country: str
    name: str


def place(text: str | None) -> Place | None:
    """The place that the whole of `text` names, in any spelling of the gazetteer; None where none.

    >>> place("老街") == place("Laukkaing")
    True
    """
    return _by_name().get(fold(text)) if text else None


def homonyms(text: str) -> tuple[Place, ...]:
    """Every place that bears a name: of two or more the first is what `place` takes it for.

    >>> [known.name for known in homonyms("老街")]
    ['Laukkai', 'Lao Cai']
    """
    return _all_by_name().get(fold(text), ())


def places_in(text: str) -> list[Mention]:
    """Every place named in `text`, in order; a longer name hides the shorter ones inside it."""
    return list(_places_in(text))


@lru_cache(maxsize=256)  # a reader asks of one sentence many times
def _places_in(text: str) -> tuple[Mention, ...]:
    found = []
    for match in _pattern().finditer(text):
        known = _by_name().get(fold(match.group()))
        if known is not None:
            found.append(Mention(match.start(), match.end(), known))
    return tuple(found)


def nations_in(text: str) -> list[Nation]:
    """Every country named in `text` by name, adjective or the word for its people, in order."""
    return list(_nations_in(text))


@lru_cache(maxsize=256)
def _nations_in(text: str) -> tuple[Nation, ...]:
    return tuple(
        Nation(match.start(), match.end(), *_nations()[match.group().casefold()])
        for match in _nation_pattern().finditer(text)
    )


def country_name(country: str) -> str | None:
    """The name of a country of the lists by its ISO 3166-1 alpha-2 code; None for any other.

    >>> country_name("TW"), country_name("XX")
    ('Taiwan', None)
    """
    return dict(_nations().values()).get(country)


def distance_km(a: Place, b: Place) -> float:
    """Distance over the globe between the points of two places."""
    lat_a, lon_a, lat_b, lon_b = (radians(value) for value in (a.lat, a.lon, b.lat, b.lon))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half)))


def near(a: Place, b: Place) -> bool:
    """Whether two tellings may mean one place: the same, one within the other's reach, a country and a place in it."""
    if a.name == b.name:
        return True
    if "country" in (a.kind, b.kind):
        return a.country == b.country and a.country != "" and a.kind != b.kind
    return distance_km(a, b) <= max(a.reach_km, b.reach_km) + min(a.reach_km, b.reach_km, 15.0)


def within(small: Place, large: Place) -> bool:
    """Whether `small` lies in `large`: the same place, or a narrower one inside its reach or country."""
    if small.name == large.name:
        return True
    if large.kind == "country":
        return small.country == large.country
    return small.reach_km < large.reach_km and distance_km(small, large) <= large.reach_km


def fold(text: str) -> str:
    """A name without case, accents, blanks and punctuation, for looking it up."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum() or _carries_vowel(char))


def _carries_vowel(char: str) -> bool:
    """Burmese, Thai and Khmer write vowels as marks: these belong to a name, Latin accents do not."""
    return ord(char) > 0x0900 and unicodedata.category(char) in ("Mc", "Mn")


@cache
def gazetteer() -> tuple[tuple[Place, tuple[str, ...]], ...]:
    """Every place with its other names, in the order of the files."""
    known: list[tuple[Place, tuple[str, ...]]] = []
    for name in ("gazetteer.csv", "towns.csv"):
        with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
            known += (
                (
                    Place(row["name"], row["kind"], row["country"], float(row["lat"]), float(row["lon"])),
                    tuple(other for other in row["alt_names"].split("|") if other),
                )
                for row in csv.DictReader(file)
            )
    return tuple(known)


@cache
def _all_by_name() -> dict[str, tuple[Place, ...]]:
    names: dict[str, tuple[Place, ...]] = {}
    for known, others in gazetteer():
        for name in {fold(one): None for one in (known.name, *others)}:
            names[name] = (*names.get(name, ()), known)
    return names


@cache
def _by_name() -> dict[str, Place]:
    names: dict[str, Place] = {}
    for known, others in gazetteer():
        for name in (known.name, *others):
            names.setdefault(fold(name), known)
    return names


@cache
def _pattern() -> re.Pattern[str]:
    names = {name for known, others in gazetteer() for name in (known.name, *others)}
    latin = sorted((name for name in names if re.match(r"[A-Za-z]", name)), key=lambda name: (-len(name), name))
    other = sorted((name for name in names if not re.match(r"[A-Za-z]", name)), key=lambda name: (-len(name), name))
    # A broadcaster or a ministry that carries a town's name is no place of action.
    latin_form = rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, latin))})(?![A-Za-z]|\s+TV\b)"
    return re.compile(f"{latin_form}|{'|'.join(map(re.escape, other))}")


@cache
def _nations() -> dict[str, tuple[str, str]]:
    nations: dict[str, tuple[str, str]] = {}
    with Path(__file__).with_name("demonyms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for word in row["words"].split("|"):
                nations[word.casefold()] = (row["country"], row["name"])
    for known, others in gazetteer():
        if known.kind == "country":
            for word in (known.name, *others):
                nations.setdefault(word.casefold(), (known.country, known.name))
    return nations


@cache
def _nation_pattern() -> re.Pattern[str]:
    words = sorted(_nations(), key=lambda word: (-len(word), word))
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    other = "|".join(re.escape(word) for word in words if not word.isascii())
    # "us" the pronoun is not "US": short Latin words count in capitals only.
    return re.compile(rf"(?<![A-Za-z])(?!us\b|uk\b|lao\b)(?i:{latin})(?![A-Za-z])|{other}")
