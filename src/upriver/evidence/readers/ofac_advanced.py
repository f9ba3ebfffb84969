"""OFAC's lists in the advanced layout (`sdn_advanced.xml`, `cons_advanced.xml`).

Locators: `DistinctParty ID`, `ProfileRelationship ID`. The file is read twice: words, places, documents and listings
stand apart from the parties that they belong to, some above them and some below.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pyarrow as pa

from upriver.evidence.readers import listing
from upriver.evidence.readers.ofac import ENTRY_URL, feature_field, sorted_features
from upriver.evidence.readers.xml_entries import Broken, Entry, leaves, opened, text, texts
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

# Words that other elements name by their number.
_WORDS = (
    "AliasType", "Script", "NamePartType", "FeatureType", "PartySubType", "PartyType", "DetailReference", "Country",
    "AreaCode", "IDRegDocType", "RelationType", "LocPartType", "List", "SanctionsType", "SanctionsProgram",
)  # fmt: skip
_PARTS = ("DateOfIssue", "Location", "IDRegDocument", "SanctionsEntry")
_GIVEN_FIRST = ("first", "given", "patronymic", "middle", "matronymic", "maiden", "last", "sur")
_KINDS = {"Individual": "individual", "Entity": "entity", "Vessel": "vessel", "Aircraft": "aircraft"}
_READ = ("@", "NamePart", "DatePeriod")
_BATCH_ROWS = 2000


@dataclass(slots=True)
class _Book:
    """What the first reading finds: words by (kind, id); places; documents by identity; listings by profile."""

    issued: str = ""
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    party_of: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    documents: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    listings: dict[str, list[_Listing]] = field(default_factory=lambda: defaultdict(list))

    def word(self, kind: str, number: str | None) -> str:
        return self.words.get((kind, number or ""), "")


@dataclass(slots=True)
class _Listing:
    list_name: str
    programmes: list[str]
    listed_on: str


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each party with the listings of its profile, one for each tie between two of them.

    raises  UnreadableError when the file is no XML or declares its own document type
    """
    book = _Book()
    with opened(source, params, *_WORDS, *_PARTS) as entries:
        for entry in entries:
            if isinstance(entry, Entry):
                _learn(book, entry.element)
    with opened(source, params, "DistinctParty", "ProfileRelationship", *_PARTS) as entries:
        parties: list[listing.Row | Broken] = []
        ties: list[listing.Row | Broken] = []
        places, kinds = listing.Places(), dict[str, str]()
        for entry in entries:
            if isinstance(entry, Broken):
                parties.append(entry)
            elif entry.element.tag == "DistinctParty":
                name = entry.element.get("FixedRef") or ""
                place = places.of("DistinctParty", name, entry.line)
                parties.append((place, _party(book, entry.element, kinds), _rest(entry.element)))
                if entry.lost:
                    parties.append(listing.lost(entry, place))
            elif entry.element.tag == "ProfileRelationship":
                place = places.of("ProfileRelationship", entry.element.get("ID", ""), entry.line)
                ties.append((place, _tie(book, entry.element, place), _rest(entry.element)))
            if len(parties) + len(ties) >= _BATCH_ROWS:
                yield from listing.records(source, parties, places=places)
                yield from listing.records(source, ties, "told_entity", places)
                parties, ties = [], []
        yield from listing.records(source, parties, places=places)
        yield from listing.records(source, ties, "told_entity", places)


# ---- first reading --------------------------------------------------------------------------------------------


def _learn(book: _Book, element: Element) -> None:
    tag, number = str(element.tag), element.get("ID", "")
    if tag == "DateOfIssue":
        book.issued = _date(element)
    elif tag == "Location":
        book.places[number] = _place(book, element)
    elif tag == "IDRegDocument":
        kind = book.word("IDRegDocType", element.get("IDRegDocTypeID"))
        book.documents[element.get("IdentityID", "")].append((kind, text(element, "IDRegistrationNo")))
    elif tag == "SanctionsEntry":
        dates = sorted(filter(None, (_date(one) for one in element.iterfind("EntryEvent/Date"))))
        programmes = texts(element, "SanctionsMeasure/Comment")
        book.listings[element.get("ProfileID", "")].append(
            _Listing(book.word("List", element.get("ListID")), programmes, dates[0] if dates else "")
        )
    else:
        book.words[tag, number] = text(element) or element.get("Description", "")
        if tag == "PartySubType":
            book.party_of[number] = element.get("PartyTypeID", "")


def _place(book: _Book, location: Element) -> str:
    parts = [text(value, "Value") for value in location.iterfind("LocationPart/LocationPartValue")]
    country = location.find("LocationCountry")
    area = location.find("LocationAreaCode")
    parts.append(
        book.word("Country", None if country is None else country.get("CountryID"))
        or book.word("AreaCode", None if area is None else area.get("AreaCodeID"))
    )
    return listing.commaed(parts)


def _date(element: Element | None) -> str:
    """A date of Year, Month and Day, as far as it is told."""
    year = text(element, "Year")
    parts = [year.zfill(4), *(text(element, part).zfill(2) for part in ("Month", "Day") if text(element, part))]
    return "-".join(parts) if year else ""


# ---- second reading -------------------------------------------------------------------------------------------


def _party(book: _Book, party: Element, kinds: dict[str, str]) -> listing.Fields:
    reference = party.get("FixedRef") or ""
    profile = party.find("Profile")
    profile = party if profile is None else profile
    names = _names(book, profile)
    features = sorted_features(
        [*_features(book, profile)]
        + [
            document
            for identity in profile.iterfind("Identity")
            for document in book.documents.get(identity.get("ID", ""), ())
        ]
    )
    listings = book.listings.get(profile.get("ID", ""), [])
    lists = listing.joined(one.list_name for one in listings)
    return listing.filled(
        listed_id=reference,
        schema=_kind(book, profile),
        name=next(iter(names["name"]), ""),
        aliases=listing.joined([*names["name"][1:], *names["aliases"]]),
        weak_aliases=listing.joined(names["weak_aliases"]),
        programme=listing.joined(programme for one in listings for programme in one.programmes),
        listed_on=min((one.listed_on for one in listings if one.listed_on), default=""),
        list_name=f"OFAC {lists}" if lists else "OFAC",
        published_on=book.issued,
        entry_url=ENTRY_URL.format(reference) if reference else "",
        remarks=text(party, "Comment"),
        **{field_: listing.joined(values) for field_, values in features.items()},
    )


def _kind(book: _Book, profile: Element) -> str:
    """What the party is: its sub-type says vessel or aircraft, the type above it individual or entity."""
    number = profile.get("PartySubTypeID", "")
    for word in (book.word("PartySubType", number), book.word("PartyType", book.party_of.get(number))):
        if word in _KINDS:
            return _KINDS[word]
    return ""


def _names(book: _Book, profile: Element) -> dict[str, list[str]]:
    """Names of the party: the main one, others and weak ones, each in each script in which it is documented."""
    found: dict[str, list[str]] = {"name": [], "aliases": [], "weak_aliases": []}
    for identity in profile.iterfind("Identity"):
        kinds = {
            one.get("ID", ""): book.word("NamePartType", one.get("NamePartTypeID"))
            for one in identity.iterfind("NamePartGroups/MasterNamePartGroup/NamePartGroup")
        }
        for alias in identity.iterfind("Alias"):
            weak, main = alias.get("LowQuality") == "true", alias.get("Primary") == "true"
            for documented in alias.iterfind("DocumentedName"):
                whole = _name(documented, kinds)
                # A name in its own script stands beside the Latin one, whichever is primary.
                latin = whole.isascii() or not found["name"]
                field_ = "weak_aliases" if weak else "name" if main and latin and not found["name"] else "aliases"
                found[field_].append(whole)
    return found


def _name(documented: Element, kinds: dict[str, str]) -> str:
    """Parts of a name, given names before the family name but where its script is written the other way round."""
    parts = []
    for number, value in enumerate(documented.iterfind("DocumentedNamePart/NamePartValue")):
        kind = kinds.get(value.get("NamePartGroupID", ""), "").lower()
        rank = next((place for place, word in enumerate(_GIVEN_FIRST) if kind.startswith(word)), -1)
        parts.append((rank, number, text(value)))
    if not any(listing.is_eastern(part) for _, _, part in parts):
        return listing.spaced(part for _, _, part in sorted(parts))
    return "".join(part for _, _, part in parts)


def _features(book: _Book, profile: Element) -> Iterator[tuple[str, str]]:
    for feature in profile.iterfind("Feature"):
        kind = book.word("FeatureType", feature.get("FeatureTypeID"))
        for version in feature.iterfind("FeatureVersion"):
            for place in version.iterfind("VersionLocation"):
                # Where no word says what a place is for, it is an address.
                known = feature_field(kind) in ("birth_places", "country", "addresses")
                yield kind if known else "Location", book.places.get(place.get("LocationID", ""), "")
            for detail in version.iterfind("VersionDetail"):
                if feature_field(kind) or kind.endswith(("Number", "No.", "Code", "MMSI")):
                    yield kind, text(detail) or book.word("DetailReference", detail.get("DetailReferenceID"))
            for period in version.iterfind("DatePeriod"):
                if feature_field(kind):
                    yield kind, _period(period)


def _period(period: Element) -> str:
    """A day, or the years between which it lies."""
    first, last = _date(period.find("Start/From")), _date(period.find("End/To")) or _date(period.find("Start/To"))
    start = period.find("Start")
    circa = start is not None and start.get("Approximate") == "true"
    if first == last or not last:
        return f"circa {first}" if circa and first else first
    if first[:4] == last[:4]:
        # The whole of a year or month: as much of the two as is the same.
        pairs = zip(first.split("-"), last.split("-"), strict=False)
        return "-".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return f"{first[:4]} to {last[:4]}"


def _tie(book: _Book, relation: Element, place: str) -> listing.Fields:
    kind = book.word("RelationType", relation.get("RelationTypeID"))
    former = " (former)" if relation.get("Former") == "true" else ""
    properties = {
        "subject": [relation.get("From-ProfileID", "")],
        "object": [relation.get("To-ProfileID", "")],
        "role": [f"{kind}{former}"],
        "description": texts(relation, "Comment"),
    }
    return listing.filled(
        entity_id=place, schema="UnknownLink", properties=json.dumps(properties, ensure_ascii=False), dataset="OFAC"
    )


def _rest(element: Element) -> dict[str, str]:
    """What no field holds, by its place; numbers that stand for words are left out."""
    return {path: value for path, value in leaves(element).items() if not any(part in path for part in _READ)}
