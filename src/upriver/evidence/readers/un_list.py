"""The consolidated list of the United Nations Security Council. Locator: `INDIVIDUAL REFERENCE`, `ENTITY REFERENCE`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pyarrow as pa

from upriver.evidence.readers import listing
from upriver.evidence.readers.xml_entries import text, texts
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_ADDRESS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
_PLACE = ("CITY", "STATE_PROVINCE", "COUNTRY")
_USED = (
    "REFERENCE_NUMBER", "FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME", "UN_LIST_TYPE", "LISTED_ON", "GENDER",
    "NAME_ORIGINAL_SCRIPT", "COMMENTS1", "DESIGNATION", "NATIONALITY",
)  # fmt: skip
_PARTS = ("ALIAS", "ADDRESS", "DATE_OF_BIRTH", "PLACE_OF_BIRTH")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each individual or entity, with the day on which the list was generated.

    raises  UnreadableError when the file is no XML or declares its own document type
    """
    yield from listing.read(source, params, _LAYOUT)


def _fields(entry: Element, head: listing.Head) -> listing.Fields:
    kind = str(entry.tag)
    aliases: list[str] = []
    weak: list[str] = []
    for alias in entry.iterfind(f"{kind}_ALIAS"):
        # `Low` marks a name too common or unsure to act upon; `Good`, a.k.a. and f.k.a. are names.
        (weak if text(alias, "QUALITY").lower() == "low" else aliases).append(text(alias, "ALIAS_NAME"))
    return listing.filled(
        listed_id=_reference(entry),
        schema=kind.lower(),
        name=listing.spaced(text(entry, part) for part in _NAMES),
        aliases=listing.joined([*texts(entry, "NAME_ORIGINAL_SCRIPT"), *_several(aliases)]),
        weak_aliases=listing.joined(_several(weak)),
        birth_date=listing.joined(_births(entry)),
        birth_places=listing.joined(
            listing.commaed(text(one, part) for part in _PLACE) for one in entry.iterfind(f"{kind}_PLACE_OF_BIRTH")
        ),
        genders=text(entry, "GENDER"),
        country=listing.joined(texts(entry, "NATIONALITY/VALUE")),
        programme=text(entry, "UN_LIST_TYPE"),
        listed_on=text(entry, "LISTED_ON"),
        list_name="UN Security Council consolidated list",
        published_on=head.root.get("dateGenerated", "")[:10],
        positions=listing.joined(texts(entry, "DESIGNATION/VALUE")),
        addresses=listing.joined(
            listing.commaed(text(one, part) for part in _ADDRESS) for one in entry.iterfind(f"{kind}_ADDRESS")
        ),
        identifiers=listing.joined(
            listing.numbered(text(one, "TYPE_OF_DOCUMENT") or text(one, "TYPE_OF_DOCUMENT2"), text(one, "NUMBER"))
            for one in entry.iterfind(f"{kind}_DOCUMENT")
        ),
        remarks=text(entry, "COMMENTS1"),
    )


def _several(names: list[str]) -> list[str]:
    # One alias of the list may hold several names, parted by semicolons.
    return [part for name in names for part in name.split(";")]


def _births(entry: Element) -> Iterator[str]:
    for birth in entry.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        kind = text(birth, "TYPE_OF_DATE").lower()
        first, last = text(birth, "FROM_YEAR"), text(birth, "TO_YEAR")
        if first and last:
            yield f"{first} to {last}"
            continue
        value = text(birth, "DATE")[:10] or text(birth, "YEAR")
        yield f"circa {value}" if value and kind.startswith("approx") else value


def _reference(entry: Element) -> str:
    return text(entry, "REFERENCE_NUMBER") or text(entry, "DATAID")


_LAYOUT = listing.Layout(
    entries=("INDIVIDUAL", "ENTITY"),
    heads=(),
    used=frozenset((*_USED, *(f"{kind}_{part}" for kind in ("INDIVIDUAL", "ENTITY") for part in _PARTS))),
    name_of=_reference,
    fields=_fields,
)
