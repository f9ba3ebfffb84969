"""The consolidated list of the European Union in XML (FSF 1.1). Locator: `sanctionEntity REFERENCE`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pyarrow as pa

from upriver.evidence.readers import listing
from upriver.evidence.readers.xml_entries import texts
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

LIST_NAME = "EU consolidated financial sanctions list"
_ADDRESS = ("street", "poBox", "zipCode", "city", "region", "place", "countryDescription")
_PLACE = ("city", "place", "region", "countryDescription")
_NO_COUNTRY = ("00", "")
_REACHED = {"PHONE": "phones", "MOBILE": "phones", "EMAIL": "emails", "WEB": "websites", "WEBSITE": "websites"}


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each entity, with the day on which the list was generated.

    raises  UnreadableError when the file is no XML or declares its own document type
    """
    yield from listing.read(source, params, _LAYOUT)


def _fields(entry: Element, head: listing.Head) -> listing.Fields:
    names = [*entry.iterfind("nameAlias")]
    strong = [_name(one) for one in names if one.get("strong", "true") != "false"]
    weak = [_name(one) for one in names if one.get("strong", "true") == "false"]
    # The list marks no first name: the first strong one stands for the entry, the others beside it.
    main = next((name for name in [*strong, *weak] if name), "")
    regulations = [*entry.iterfind("regulation")]
    reached: dict[str, list[str]] = {"phones": [], "emails": [], "websites": []}
    for one in entry.iterfind("address/contactInfo"):
        field = _REACHED.get(one.get("key", "").upper())
        if field:
            reached[field].append(one.get("value", ""))
    dates = sorted(date for one in regulations if (date := one.get("entryIntoForceDate") or one.get("publicationDate")))
    return listing.filled(
        listed_id=_reference(entry),
        schema=_attribute(entry, "subjectType", "code") or _attribute(entry, "subjectType", "classificationCode"),
        name=main,
        aliases=listing.joined(name for name in strong if name != main),
        weak_aliases=listing.joined(name for name in weak if name != main),
        birth_date=listing.joined(_births(entry)),
        birth_places=listing.joined(_joined(one, _PLACE) for one in entry.iterfind("birthdate")),
        genders=listing.joined(dict.fromkeys(one.get("gender", "") for one in names)),
        country=listing.joined(_country(one) for one in entry.iterfind("citizenship")),
        programme=listing.joined(one.get("programme", "") for one in regulations),
        listed_on=entry.get("designationDate") or (dates[0] if dates else ""),
        list_name=LIST_NAME,
        published_on=head.root.get("generationDate", "")[:10],
        entry_url=next(iter(texts(entry, "regulation/publicationUrl")), ""),
        positions=listing.joined(one.get("function", "") for one in names),
        addresses=listing.joined(_joined(one, _ADDRESS) for one in entry.iterfind("address")),
        identifiers=listing.joined(_numbers(entry)),
        remarks=" ".join([entry.get("designationDetails", ""), *texts(entry, "remark")]).strip(),
        **{field: listing.joined(values) for field, values in reached.items()},
    )


def _name(alias: Element) -> str:
    whole = listing.spaced((alias.get("wholeName", ""),))
    return whole or listing.spaced(alias.get(part, "") for part in ("firstName", "middleName", "lastName"))


def _births(entry: Element) -> Iterator[str]:
    for birth in entry.iterfind("birthdate"):
        first, last = birth.get("yearRangeFrom", ""), birth.get("yearRangeTo", "")
        value = birth.get("birthdate", "") or (f"{first} to {last}" if first and last else birth.get("year", ""))
        yield f"circa {value}" if value and birth.get("circa") == "true" else value


def _numbers(entry: Element) -> Iterator[str]:
    for one in entry.iterfind("identification"):
        kind = f"{one.get('identificationTypeCode', '')} {one.get('identificationTypeDescription', '')}"
        yield listing.numbered(kind, one.get("number", "") or one.get("latinNumber", ""))


def _country(element: Element) -> str:
    code = element.get("countryIso2Code", "")
    return element.get("countryDescription", "").title() if code in _NO_COUNTRY else code


def _joined(element: Element, names: tuple[str, ...]) -> str:
    return listing.commaed(element.get(name, "") for name in names)


def _attribute(entry: Element, tag: str, name: str) -> str:
    found = entry.find(tag)
    return "" if found is None else found.get(name, "")


def _reference(entry: Element) -> str:
    return entry.get("euReferenceNumber", "") or entry.get("logicalId", "")


_LAYOUT = listing.Layout(
    entries=("sanctionEntity",),
    heads=(),
    used=frozenset(("nameAlias", "subjectType", "birthdate", "citizenship", "address", "remark")),
    name_of=_reference,
    fields=_fields,
)
