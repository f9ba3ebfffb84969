"""Entries of watchlists: the entity listed, as its list tells it, and the listing itself as a Sanction.

A listing is what an authority said on a day. It says nothing about anybody in the evidence: whether a person met there
is the listed one is asked in `resolve`, and answered by a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from upriver.clean.accounts import account, plain
from upriver.clean.wallets import CHAINS
from upriver.extract.telling import Telling, is_company
from upriver.extract.words import meanings, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPLIT = re.compile(r"\s*[|;；]\s*")
_NAMED_NUMBER = re.compile(r"(?P<prop>\w+):\s*(?P<number>.+)\Z", re.DOTALL)
_YEARS = re.compile(
    r"(?:between\s+)?(?P<first>(?:19|20)\d\d)\s*(?:-|–|to|and)\s*(?P<last>(?:19|20)\d\d)\Z", re.IGNORECASE
)
_UNSURE = re.compile(r"(?i)\b(?:circa|approx\w*|about|early|late|mid|before|after)\b")
# A day or month that the list does not know: dd/mm/1960, 00/00/1960, 00/05/1960.
_NO_DAY = re.compile(r"(?:dd|00)/(?:mm|00|(?P<month>\d\d))/(?P<year>(?:19|20)\d\d)\Z", re.IGNORECASE)
_MOST_YEARS = 5
_DOCUMENTS = ("passportNumber", "idNumber", "taxNumber", "registrationNumber", "imoNumber", "mmsi")


def watchlist(told: Telling, _listed: object) -> None:
    """State one entry of a list, or what one row says of it: rows of one entry are one entity."""
    kind = _kind(told.get("schema"), told.get("name") or "")
    if kind == "CryptoWallet":
        entity = _listed_wallet(told)
    else:
        entity = told.named(told.get("listed_id"))
        _thing(told, entity, kind)
    if entity is not None:
        _listing(told, entity, kind)


def _kind(schema: str | None, name: str) -> str:
    """Schema of the entry: what its list calls it; the name decides where the list says nothing."""
    found = meanings("listed_kind").get(plain(schema or "").lower())
    if found:
        return found
    return "Company" if is_company(name) else "Person"


def _listed_wallet(told: Telling) -> str | None:
    for text in _parts(told, "wallets") or _parts(told, "name"):
        found = account(text)
        if found is not None and found[0] in CHAINS:
            entity = told.entity("account", found[1])
            told.say(entity, "CryptoWallet", "publicKey", found[1])
            told.observe(*found, text, None)
            return entity
    told.refuse("the entry lists a wallet without an address of a known chain: it stays in the record alone")
    return None


def _thing(told: Telling, entity: str, kind: str) -> None:
    told.names(entity, kind, told.get("name"), told.get("aliases"))
    for name in _parts(told, "weak_aliases"):
        told.say(entity, kind, "weakAlias", plain(name))
    for text in _parts(told, "addresses"):
        told.say(entity, kind, "address", plain(text))
    person = kind == "Person"
    if kind in ("Vessel", "Airplane"):
        told.country(entity, kind, "flag" if kind == "Vessel" else "country", told.get("country"))
    else:
        _births(told, entity, kind, "birthDate" if person else "incorporationDate")
        told.country(entity, kind, "nationality" if person else "jurisdiction", told.get("country"))
        _reached(told, entity, kind)
    if person:
        for text in _parts(told, "birth_places"):
            told.say(entity, kind, "birthPlace", plain(text))
        for text in _parts(told, "positions"):
            told.say(entity, kind, "position", plain(text))
        for text in _parts(told, "genders"):
            told.gender(entity, text)
    for prop, number in _numbers(told, kind):
        told.say(entity, kind, prop, number)


def _reached(told: Telling, entity: str, kind: str) -> None:
    """Identifiers by which the listed one is reached or paid, each an observable of its own."""
    told.phone(entity, kind, told.get("phones"))
    for text in _parts(told, "emails"):
        told.email(entity, kind, text)
    for text in _parts(told, "websites"):
        told.website(entity, kind, text)
    for text in _parts(told, "wallets"):
        told.wallet(text, entity)


def _listing(told: Telling, entity: str, kind: str) -> None:
    programme = told.get("programme")
    # A sanctioned man may be wanted too, as remarks say: what the list is, its own name and programme tell first.
    about = f"{programme or ''} {told.get('list_name') or ''}".lower()
    about = about if about.strip() else (told.get("remarks") or "").lower()
    wanted = any(word in about for word in words("programme", "wanted"))
    for text in _parts(told, "programme"):
        told.say(entity, kind, "program", plain(text))
    told.say(entity, kind, "topics", "wanted" if wanted else "sanction")
    told.say(entity, kind, "notes", told.get("remarks"))
    told.url(entity, kind, "sourceUrl", told.get("entry_url"))
    listing = told.entity("Sanction", told.get("listed_id"))
    told.say(listing, "Sanction", "entity", entity)
    told.say(listing, "Sanction", "recordId", told.get("listed_id"))
    told.say(listing, "Sanction", "authority", told.get("list_name"))
    for text in _parts(told, "programme"):
        told.say(listing, "Sanction", "program", plain(text))
    for text in _parts(told, "listed_on"):
        told.date(listing, "Sanction", "listingDate", text)
    # The day of the list itself: a hit is only as new as the list it comes from.
    told.date(listing, "Sanction", "date", told.get("published_on"))
    told.url(listing, "Sanction", "sourceUrl", told.get("entry_url"))


def _parts(told: Telling, field: str) -> list[str]:
    return [part for part in _SPLIT.split(told.get(field) or "") if part]


def _births(told: Telling, entity: str, kind: str, prop: str) -> None:
    """Days or years of birth as far as the list is sure of them; the others in `notes`, in its own words."""
    for text in _parts(told, "birth_date"):
        for value in _sure(text):
            told.date(entity, kind, prop, value)
        if not _sure(text):
            told.say(entity, kind, "notes", f"{prop}: {text}")


def _sure(text: str) -> list[str]:
    """The dates that `text` tells; none where it is not sure of them.

    >>> _sure("dd/mm/1960"), _sure("1958 to 1960"), _sure("circa 1971")
    (['1960'], ['1958', '1959', '1960'], [])
    """
    value = plain(text)
    if _UNSURE.search(value):
        return []
    unknown = _NO_DAY.match(value)
    if unknown:
        return [f"{unknown['year']}-{unknown['month']}" if unknown["month"] else unknown["year"]]
    years = _YEARS.match(value)
    if years is None:
        return [value]
    first, last = int(years["first"]), int(years["last"])
    return [str(year) for year in range(first, last + 1)] if 0 <= last - first < _MOST_YEARS else []


def _numbers(told: Telling, kind: str) -> Iterator[tuple[str, str]]:
    """Documents and registrations as (property, number); a number without a word is what such an entity has."""
    usual = {"Person": "idNumber", "Vessel": "imoNumber", "Airplane": "registrationNumber"}.get(
        kind, "registrationNumber"
    )
    for text in _parts(told, "identifiers"):
        named = _NAMED_NUMBER.match(text)
        prop = named["prop"] if named and named["prop"] in _DOCUMENTS else usual
        number = plain(named["number"]) if named and named["prop"] in _DOCUMENTS else plain(text)
        # A ship has no passport, and a bank no IMO number: what does not fit is a number all the same.
        if kind not in ("Person",) and prop == "passportNumber":
            prop = "idNumber"
        if kind in ("Vessel", "Airplane"):
            prop = prop if prop in ("imoNumber", "mmsi") and kind == "Vessel" else "registrationNumber"
        elif prop in ("imoNumber", "mmsi"):
            prop = "registrationNumber"
        yield prop, number
