"""OFAC's lists in the classic layout (`sdn.xml`, `consolidated.xml`). Locator: `sdnEntry UID`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import pyarrow as pa

from upriver.evidence.readers import listing
from upriver.evidence.readers.xml_entries import text, texts
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

ENTRY_URL = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={}"
_USED = (
    "uid", "firstName", "lastName", "title", "sdnType", "remarks", "programList", "akaList", "addressList",
    "nationalityList", "citizenshipList", "dateOfBirthList", "placeOfBirthList",
)  # fmt: skip
_ADDRESS = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country")
_SYMBOL = re.compile(r"-\s*(?P<symbol>[A-Z0-9]{2,10})\s*\Z")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each entry, with the day on which the list was published.

    raises  UnreadableError when the file is no XML or declares its own document type
    """
    source.guessed["list_name"] = _list_name(source.stem)
    yield from listing.read(source, params, _LAYOUT)


def _list_name(stem: str) -> str:
    # Both lists have one layout, and neither names itself: only the file's name does.
    return "OFAC consolidated list (not SDN)" if "cons" in stem.lower() else "OFAC SDN list"


def sorted_features(features: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Features and documents of an entry, as (kind, value), by the field of the form that takes them.

    A digital currency address keeps its symbol before it; what is no feature that is known is a number of its kind.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for kind, value in features:
        if not value:
            continue
        field = feature_field(kind)
        symbol = _SYMBOL.search(kind) if field == "wallets" else None
        if symbol:
            # Bitcoin has two symbols; the one in use elsewhere is written.
            value = f"{symbol['symbol'].replace('XBT', 'BTC')}: {value}"
        if field is None:
            value = listing.numbered(kind, value)
        found[field or "identifiers"].append(value)
    return found


def feature_field(kind: str) -> str | None:
    """The field of the form `watchlist` for a feature of OFAC's, or None where it is a number or unknown."""
    small = kind.lower()
    table = listing.words()["ofac"]
    return next((field for field, starts in table.items() if any(small.startswith(word) for word in starts)), None)


def _fields(entry: Element, head: listing.Head) -> listing.Fields:
    aliases: dict[str, list[str]] = defaultdict(list)
    for alias in entry.iterfind("akaList/aka"):
        weak = text(alias, "category").lower() == "weak"
        aliases["weak_aliases" if weak else "aliases"].append(_name(alias))
    features = sorted_features((text(one, "idType"), text(one, "idNumber")) for one in entry.iterfind("idList/id"))
    features["birth_date"] += texts(entry, "dateOfBirthList/dateOfBirthItem/dateOfBirth")
    features["birth_places"] += texts(entry, "placeOfBirthList/placeOfBirthItem/placeOfBirth")
    features["country"] += texts(entry, "nationalityList/nationality/country")
    features["country"] += texts(entry, "citizenshipList/citizenship/country")
    features["positions"] += texts(entry, "title")
    features["addresses"] += [
        listing.commaed(text(one, part) for part in _ADDRESS) for one in entry.iterfind("addressList/address")
    ]
    uid = text(entry, "uid")
    published = head.heads.get("publshInformation")
    return listing.filled(
        listed_id=uid,
        schema=text(entry, "sdnType"),
        name=_name(entry),
        programme=listing.joined(texts(entry, "programList/program")),
        list_name=_list_name(head.stem),
        published_on=listing.iso(text(published, "Publish_Date"), "mdy"),
        entry_url=ENTRY_URL.format(uid) if uid else "",
        remarks=text(entry, "remarks"),
        **{field: listing.joined(values) for field, values in {**features, **aliases}.items()},
    )


def _name(element: Element) -> str:
    return listing.full_name(text(element, "firstName"), text(element, "lastName"))


_LAYOUT = listing.Layout(
    entries=("sdnEntry",),
    heads=("publshInformation",),
    used=frozenset(_USED),
    name_of=lambda entry: text(entry, "uid"),
    fields=_fields,
)
