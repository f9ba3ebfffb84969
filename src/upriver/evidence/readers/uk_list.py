"""The lists of the United Kingdom in XML: OFSI's consolidated list, and the UK Sanctions List of the FCDO.

Locators: `FinancialSanctionsTarget GROUP` (one for each name: a second of one group is numbered), `Designation ID`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pyarrow as pa

from upriver.evidence.readers import listing
from upriver.evidence.readers.xml_entries import text, texts
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

LIST_NAMES = {"groupid": "UK OFSI consolidated list", "uniqueid": "UK Sanctions List"}
# A cell of several values counts them: (1) Russia (2) Cyprus.
_COUNTED = re.compile(r"\(\d{1,3}\)")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each name of OFSI's list, or each designation of the UK Sanctions List.

    raises  UnreadableError when the file is no XML or declares its own document type
    """
    yield from listing.read(source, params, _LAYOUT)


def row_fields(values: Mapping[str, str], published: str) -> listing.Fields:
    """Fields of one row, told by the names of its columns or elements without blanks, in small letters."""
    words, joins = listing.words()["uk"], listing.words()["uk_joined"]
    told = dict(values)

    def take(field: str) -> str:
        return listing.first(told, words[field])

    whole = listing.spaced(told.get(part, "") for part in joins["name"])
    main, weak = is_main(take("name_type")), "low" in take("name_strength").lower()
    others = [] if main or weak else [whole]
    identifiers = [
        f"{prop}: {number}"
        for prop, names in listing.words()["uk_documents"].items()
        for number in counted(listing.first(told, names))
    ]
    return listing.filled(
        listed_id=take("listed_id"),
        schema=take("schema"),
        name=whole if main else "",
        aliases=listing.joined([*others, take("other_script")]),
        weak_aliases=whole if weak and not main else "",
        birth_date=listing.joined(listing.iso(part, "dmy") for part in counted(take("birth_date"))),
        birth_places=listing.commaed(told.get(part, "") for part in joins["birth_places"]),
        genders=take("genders"),
        country=listing.joined(counted(take("country"))),
        programme=take("programme"),
        listed_on=listing.iso(take("listed_on"), "dmy")[:10],
        list_name=next((name for word, name in LIST_NAMES.items() if told.get(word)), "UK Sanctions List"),
        published_on=published,
        positions=listing.joined(counted(take("positions"))),
        addresses=listing.joined([listing.commaed(told.get(part, "") for part in joins["addresses"])]),
        identifiers=listing.joined(identifiers),
        phones=listing.joined(counted(take("phones"))),
        emails=listing.joined(counted(take("emails"))),
        websites=listing.joined(counted(take("websites"))),
        remarks=take("remarks"),
    )


def is_main(kind: str) -> bool:
    """Whether a row of this type of name names the entry itself: not an alias, not a variation."""
    small = kind.lower().strip()
    return not small or (small.startswith("primary") and "variation" not in small)


def counted(value: str) -> list[str]:
    """Values of a cell that counts them.

    >>> counted("(1) Russia (2) Cyprus"), counted("Russia")
    (['Russia', 'Cyprus'], ['Russia'])
    """
    return [part.strip() for part in _COUNTED.split(value.replace("|", "(1)")) if part.strip()]


def used_columns() -> frozenset[str]:
    """Names of columns that `row_fields` reads."""
    tables = (listing.words()[name] for name in ("uk", "uk_joined", "uk_documents"))
    return frozenset(word for table in tables for names in table.values() for word in names)


def _fields(entry: Element, head: listing.Head) -> listing.Fields:
    if entry.tag == "Designation":
        return _designation(entry, head)
    values: dict[str, str] = {}
    for child in entry:
        # The namespace of an element may be torn off, and its case differs between years.
        values.setdefault(listing.bare(str(child.tag)), text(child))
    return row_fields(values, "")


def _designation(entry: Element, head: listing.Head) -> listing.Fields:
    names: dict[str, list[str]] = {"name": [], "aliases": [], "weak_aliases": []}
    for one in entry.iterfind("Names/Name"):
        whole = listing.spaced(text(one, f"Name{number}") for number in range(1, 7))
        main = is_main(text(one, "NameType")) and not names["name"]
        weak = "low" in text(one, "AliasStrength").lower()
        names["name" if main else "weak_aliases" if weak else "aliases"].append(whole)
    names["aliases"] += texts(entry, "NonLatinNames/NonLatinName/NameNonLatinScript")
    identifiers = [
        f"{prop}: {number}" for prop, paths in _NUMBERS.items() for path in paths for number in texts(entry, path)
    ]
    return listing.filled(
        listed_id=_name(entry),
        schema=text(entry, "IndividualEntityShip"),
        name=next(iter(names["name"]), ""),
        aliases=listing.joined(names["aliases"]),
        weak_aliases=listing.joined(names["weak_aliases"]),
        birth_date=listing.joined(listing.iso(part, "dmy") for part in texts(entry, ".//DOBs/DOB")),
        birth_places=listing.joined(
            listing.commaed((text(one, "TownOfBirth"), text(one, "CountryOfBirth")))
            for one in entry.iterfind(".//BirthDetails/Location")
        ),
        genders=listing.joined(texts(entry, ".//Genders/Gender")),
        country=listing.joined(
            [*texts(entry, ".//Nationalities/Nationality"), *texts(entry, ".//CurrentBelievedFlagOfShip")]
        ),
        programme=text(entry, "RegimeName"),
        listed_on=listing.iso(text(entry, "DateDesignated"), "dmy")[:10],
        list_name=LIST_NAMES["uniqueid"],
        published_on=listing.iso(text(head.heads.get("DateGenerated")), "dmy")[:10],
        positions=listing.joined(texts(entry, ".//Positions/Position")),
        addresses=listing.joined(_addresses([*entry.iterfind("Addresses/Address")])),
        identifiers=listing.joined(identifiers),
        phones=listing.joined(texts(entry, "PhoneNumbers/PhoneNumber")),
        emails=listing.joined(texts(entry, "EmailAddresses/EmailAddress")),
        websites=listing.joined(texts(entry, "Websites/Website")),
        remarks=text(entry, "OtherInformation"),
    )


def _addresses(elements: Sequence[Element]) -> Iterator[str]:
    for one in elements:
        yield listing.commaed(text(child) for child in one)


def _name(entry: Element) -> str:
    if entry.tag == "Designation":
        return text(entry, "UniqueID") or text(entry, "OFSIGroupID")
    return text(entry, "GroupID") or text(entry, "UKSanctionsListRef")


_NUMBERS = {
    "passportNumber": (".//PassportDetails/Passport/PassportNumber",),
    "idNumber": (".//NationalIdentifierDetails/NationalIdentifier/NationalIdentifierNumber",),
    "registrationNumber": (".//BusinessRegistrationNumbers/BusinessRegistrationNumber",),
    "imoNumber": (".//IMONumbers/IMONumber", ".//ShipDetails//IMONumber"),
}
_USED = (
    "Names", "NonLatinNames", "IndividualEntityShip", "RegimeName", "Addresses", "OtherInformation", "UniqueID",
    "GroupID",
    "Name6", "name1", "name2", "name3", "name4", "name5", "GroupTypeDescription", "AliasType", "AliasQuality",
    "PhoneNumbers", "EmailAddresses", "Websites",
)  # fmt: skip
_LAYOUT = listing.Layout(
    entries=("FinancialSanctionsTarget", "Designation"),
    heads=("DateGenerated",),
    used=frozenset(_USED),
    name_of=_name,
    fields=_fields,
)
