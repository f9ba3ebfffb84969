"""FollowTheMoney schemata and properties in use: the stock ones, so that an export is valid for its tools.

Taken from FollowTheMoney 4.11 (MIT), cut down to what Upriver writes. A schema inherits the properties of those it
extends. One property is Upriver's own: the `status` of an account (`stolen from`, `service`), which the stock
schemata keep for a LegalEntity; an export writes it as `keywords` (`stock_name`). An age is told in `notes`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

PropType = Literal[
    "name", "text", "string", "country", "date", "identifier", "phone", "email", "url", "topic", "gender", "number",
    "address", "entity",
]  # fmt: skip

# Types whose equal values speak for one thing, as FollowTheMoney holds them.
_MATCHABLE = frozenset({"name", "country", "date", "identifier", "phone", "email", "url", "address", "entity"})


@dataclass(frozen=True, slots=True)
class Prop:
    """A property that `schema` declares.

    range       the schema that its value names, where it is an entity
    max_length  longest value, 0 where there is no limit
    stock       the stock property by which an export says it
    """

    name: str
    schema: str
    type: PropType
    range: str = ""
    matchable: bool = False
    max_length: int = 0
    stock: str = ""

    @property
    def is_entity(self) -> bool:
        """Whether its value is an entity_id."""
        return self.type == "entity"


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema; `caption` lists the properties that name an entity of it, the best first."""

    name: str
    extends: tuple[str, ...]
    abstract: bool
    matchable: bool
    caption: tuple[str, ...]


def _schema(
    name: str, extends: str = "", caption: str = "", *, abstract: bool = False, matchable: bool = False
) -> Schema:
    return Schema(name, tuple(extends.split()), abstract, matchable, tuple(caption.split()))


_LEGAL = "name alias abbreviation weakAlias previousName"

SCHEMATA = MappingProxyType({schema.name: schema for schema in (
    _schema("Thing", caption="name", abstract=True),
    _schema("Interval", abstract=True),
    _schema("Value", abstract=True),
    _schema("Interest", "Interval", abstract=True),
    _schema("Asset", "Thing Value", "name"),
    _schema("LegalEntity", "Thing", "name alias abbreviation weakAlias previousName email phone registrationNumber",
            matchable=True),
    _schema("Person", "LegalEntity", "name alias previousName weakAlias abbreviation lastName email phone",
            matchable=True),
    _schema("Organization", "LegalEntity", f"{_LEGAL} registrationNumber", matchable=True),
    _schema("Company", "Organization Asset", f"{_LEGAL} registrationNumber", matchable=True),
    _schema("BankAccount", "Asset", "name iban accountNumber", matchable=True),
    _schema("CryptoWallet", "Thing Value", "publicKey name summary", matchable=True),
    _schema("Vehicle", "Asset", "name registrationNumber"),
    _schema("Vessel", "Vehicle", "name imoNumber registrationNumber"),
    _schema("Airplane", "Vehicle", "name registrationNumber"),
    _schema("Sanction", "Interval", "program"),
    _schema("Ownership", "Interest"),
    _schema("Directorship", "Interest", "role"),
    _schema("Employment", "Interest", "role"),
    _schema("Membership", "Interest", "role"),
    _schema("UnknownLink", "Interest"),
    _schema("Family", "Interval"),
    _schema("Payment", "Interval Value", "amount"),
    _schema("Event", "Interval Thing", "name summary date"),
)})  # fmt: skip

# schema: "name:type"; an entity's range after >, a longest length after /, the stock property of our own after =, ! for
# one that must not be matched on.
_PROPS = {
    "Thing": "name:name alias:name previousName:name weakAlias:name! country:country summary:text notes:text "
             "description:text sourceUrl:url! publisher:string keywords:string topics:topic address:address "
             "program:string wikidataId:identifier/32",
    "Interval": "startDate:date endDate:date date:date summary:text description:text recordId:string sourceUrl:url! "
                "publisher:string",
    "Value": "amount:number currency:string amountUsd:number",
    "Interest": "role:string status:string",
    "LegalEntity": "abbreviation:name! email:email phone:phone/32 website:url legalForm:string incorporationDate:date "
                   "status:string sector:string classification:string registrationNumber:identifier "
                   "idNumber:identifier taxNumber:identifier jurisdiction:country mainCountry:country",
    "Person": "title:string firstName:string lastName:string birthDate:date birthPlace:string position:string "
              "nationality:country passportNumber:identifier gender:gender profession:string",
    "BankAccount": "status:string=keywords bankName:string accountNumber:identifier/64 iban:identifier/64 "
                   "bank:entity>Organization accountType:string openingDate:date",
    "CryptoWallet": "status:string=keywords publicKey:identifier/512 creationDate:date currencySymbol:string "
                    "blockchain:string managingExchange:string holder:entity>LegalEntity",
    "Vehicle": "registrationNumber:identifier type:string owner:entity>LegalEntity",
    "Vessel": "imoNumber:identifier/16 mmsi:identifier/16 flag:country",
    "Sanction": "entity:entity>Thing authority:string authorityId:identifier/64 program:string provisions:string "
                "status:string reason:text listingDate:date country:country",
    "Ownership": "owner:entity>LegalEntity asset:entity>Asset percentage:string ownershipType:string",
    "Directorship": "director:entity>LegalEntity organization:entity>Organization",
    "Employment": "employer:entity>Organization employee:entity>Person",
    "Membership": "member:entity>LegalEntity organization:entity>Organization",
    "UnknownLink": "subject:entity>Thing object:entity>Thing",
    "Family": "person:entity>Person relative:entity>Person relationship:string",
    "Payment": "sequenceNumber:string transactionNumber:string purpose:text payer:entity>LegalEntity "
               "payerAccount:entity>BankAccount beneficiary:entity>LegalEntity beneficiaryAccount:entity>BankAccount",
    "Event": "location:address organizer:entity>LegalEntity involved:entity>LegalEntity",
}  # fmt: skip
_PROP = re.compile(
    r"(?P<name>\w+):(?P<type>\w+)(?:>(?P<range>\w+))?(?:/(?P<length>\d+))?(?:=(?P<stock>\w+))?(?P<not>!)?"
)

_TOPICS = (
    "asset.frozen corp.clone corp.disqual corp.offshore corp.public corp.shell crime crime.boss crime.cyber "
    "crime.env crime.fin crime.fraud crime.terror crime.theft crime.traffick crime.traffick.drug "
    "crime.traffick.human crime.war debarment export.control export.control.linked export.risk fin fin.adivsor "
    "fin.bank fin.fund forced.labor geo.risk gov gov.admin gov.executive gov.financial gov.head gov.igo "
    "gov.judicial gov.legislative gov.muni gov.national gov.religion gov.security gov.soe gov.state invest.ban "
    "invest.risk mare.detained mare.shadow mare.sts mil poi pol.party pol.union reg.action reg.warn rel role.acct "
    "role.act role.civil role.diplo role.journo role.judge role.lawyer role.lobby role.oligarch role.pep "
    "role.pep.frmr role.pep.intl role.pep.natl role.pol role.rca role.spy sanction sanction.control "
    "sanction.counter sanction.linked wanted"
)
TOPICS = frozenset(_TOPICS.split())
GENDERS = frozenset({"male", "female", "other"})
_SHAPES = {
    "country": re.compile(r"[a-z]{2}(?:-[a-z0-9]{2,3})?"),
    "date": re.compile(r"\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}(?::\d{2}(?::\d{2})?)?)?)?)?"),
    "phone": re.compile(r"\+\d{5,15}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url": re.compile(r"[a-z][a-z0-9+.-]*://\S+"),
    "number": re.compile(r"-?\d+(?:\.\d+)?"),
    "entity": re.compile(r"[A-Za-z0-9._-]+"),
}


def _declared(schema: str) -> dict[str, Prop]:
    found = {}
    for text in _PROPS.get(schema, "").split():
        match = _PROP.fullmatch(text)
        assert match is not None, text
        kind: PropType = match["type"]  # type: ignore[assignment]
        matchable = kind in _MATCHABLE and not match["not"]
        found[match["name"]] = Prop(
            match["name"],
            schema,
            kind,
            match["range"] or "",
            matchable,
            int(match["length"] or 0),
            match["stock"] or match["name"],
        )
    return found


@lru_cache(maxsize=64)
def ancestors(schema: str) -> tuple[str, ...]:
    """`schema` and all that it extends, nearest first.

    raises  KeyError when the schema is not in use
    """
    found = [schema]
    for parent in SCHEMATA[schema].extends:
        found += [name for name in ancestors(parent) if name not in found]
    return tuple(found)


@lru_cache(maxsize=64)
def props(schema: str) -> MappingProxyType[str, Prop]:
    """Every property that an entity of `schema` may have, inherited ones included.

    raises  KeyError when the schema is not in use
    """
    found: dict[str, Prop] = {}
    for name in reversed(ancestors(schema)):
        found |= _declared(name)
    return MappingProxyType(found)


def stock_name(schema: str, prop: str) -> str:
    """The stock property by which an export says `prop`; `prop` itself for all but Upriver's own.

    raises  KeyError when the schema or the property is not in use
    """
    return props(schema)[prop].stock


def is_a(schema: str, ancestor: str) -> bool:
    """Whether an entity of `schema` is one of `ancestor` too."""
    return ancestor in ancestors(schema)


def fault(schema: str, prop: str, value: str) -> str | None:
    """Why a statement is not of the ontology, or None where it is; what passes is valid for FollowTheMoney's tools.

    >>> fault("Person", "birthDate", "1990-05"), fault("BankAccount", "birthDate", "1990")
    (None, 'BankAccount has no property birthDate')
    """
    if schema not in SCHEMATA:
        return f"no schema in use is called {schema}"
    if SCHEMATA[schema].abstract:
        return f"{schema} is abstract: no entity may be of it"
    declared = props(schema).get(prop)
    if declared is None:
        return f"{schema} has no property {prop}"
    if not value.strip():
        return f"{schema}.{prop} is empty"
    shape = _SHAPES.get(declared.type)
    if shape is not None and not shape.fullmatch(value):
        return f"{schema}.{prop} is no {declared.type}: {value[:60]!r}"
    if declared.type == "gender" and value not in GENDERS:
        return f"{schema}.{prop} is none of {', '.join(sorted(GENDERS))}: {value[:60]!r}"
    if declared.type == "topic" and value not in TOPICS:
        return f"{schema}.{prop} is none of {', '.join(sorted(TOPICS))}: {value[:60]!r}"
    if declared.max_length and len(value) > declared.max_length:
        return f"{schema}.{prop} is longer than {declared.max_length} characters"
    return None
