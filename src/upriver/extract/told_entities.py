"""Entities and statements as FollowTheMoney's tools tell them, and identifiers that a threat report lists.

What the file says is kept as far as the ontology in use has a place for it; what has none stays in the record, and is
counted in `rejected_record`, once for each property of a file.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from upriver.clean.accounts import account, plain
from upriver.clean.contacts import PLATFORMS, contact, domain, email, url
from upriver.clean.wallets import CHAINS
from upriver.extract.hints import of_form
from upriver.extract.telling import Telling
from upriver.model.forms import FORMS
from upriver.model.ontology import GENDERS, SCHEMATA, TOPICS, fault, is_a, props

if TYPE_CHECKING:
    from upriver.case.stage import Desk

# Schemata that are not in use, and the nearest one that is; their own ends of a tie by the names of ours.
_NEAREST = {
    "PublicBody": "Organization", "Associate": "UnknownLink", "Representation": "UnknownLink",
    "Succession": "UnknownLink",
}  # fmt: skip
_ENDS = {
    "Associate": {"person": "subject", "associate": "object", "relationship": "role"},
    "Representation": {"agent": "subject", "client": "object"},
    "Succession": {"predecessor": "subject", "successor": "object"},
}
# Topics of what stands on a list, as `resolve` holds them.
_LISTED = ("sanction", "wanted", "debarment", "poi")
_SPECIFIC = ("Person", "Company", "Organization", "LegalEntity")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?\Z|[0-9a-fA-F:]{3,39}(?:/\d{1,3})?\Z")


class Untold:
    """What the ontology has no place for: counted by file and what it is, with the first record that says it."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], Telling] = {}

    def add(self, told: Telling, what: str) -> None:
        """One more value of `what` that stays in the record alone."""
        key = (told.file_id, what)
        self._counts[key] += 1
        self._first.setdefault(key, told)

    def refuse(self) -> None:
        """One row of `rejected_record` for each kind of value left out."""
        for (file_id, what), told in self._first.items():
            n_values = self._counts[file_id, what]
            told.refuse(f"{what}: no place for it in the ontology in use, {n_values} values stay in the record alone")


def told_entities(case: Desk, telling: Callable[[str, dict[str, Any]], Telling], end: Callable[[], None]) -> None:
    """State what records of the forms told_entity, told_statement and told_observable say."""
    untold = Untold()
    for record in of_form(case, "told_entity"):
        _entity(telling("told_entity", record), untold)
        end()
    schemata = _schemata(case)
    for record in of_form(case, "told_statement"):
        _statement(telling("told_statement", record), schemata, untold)
        end()
    for record in of_form(case, "told_observable"):
        _observable(telling("told_observable", record))
        end()
    untold.refuse()


def _entity(told: Telling, untold: Untold) -> None:
    name, schema = told.get("entity_id"), told.get("schema") or ""
    try:
        properties = json.loads(told.get("properties") or "{}")
    except (ValueError, RecursionError):
        properties = None
    if name is None or not isinstance(properties, dict):
        told.refuse("an entity without an id, or with properties that are no object: export it again")
        return
    if schema == "Passport":
        _passport(told, properties, untold)
        return
    used = _NEAREST.get(schema, schema)
    if used not in SCHEMATA or SCHEMATA[used].abstract:
        untold.add(told, f"entities of the schema {schema or '(none)'}")
        return
    entity = told.named(name)
    holders = [told.named(value) for value in _listed(properties.get("holder"))]
    if used == "Sanction":
        told.say(entity, used, "publisher", told.get("dataset"))
        if not _listed(properties.get("date")):
            told.date(entity, used, "date", (told.get("last_seen_at") or "")[:10])
    elif any(topic.split(".")[0] in _LISTED for topic in _listed(properties.get("topics"))):
        _listing(told, entity, name)
    for prop, values in properties.items():
        for value in _listed(values):
            _say(told, entity, schema, used, str(prop), value, untold, holders)


def _listing(told: Telling, entity: str, name: str) -> None:
    """Where an entity is listed: the data set, its own id there, and the day on which the data set last had it."""
    if told.get("dataset"):
        listing = told.entity("listing", name)
        told.say(listing, "Sanction", "entity", entity)
        told.say(listing, "Sanction", "authority", told.get("dataset"))
        told.say(listing, "Sanction", "recordId", name)
        told.date(listing, "Sanction", "date", (told.get("last_seen_at") or "")[:10])


def _passport(told: Telling, properties: Mapping[str, Any], untold: Untold) -> None:
    for holder in _listed(properties.get("holder")):
        for prop in ("number", "passportNumber"):
            for number in _listed(properties.get(prop)):
                told.say(told.named(holder), "Person", "passportNumber", plain(number))
    if not _listed(properties.get("holder")):
        untold.add(told, "passports of nobody")


def _schemata(case: Desk) -> dict[tuple[str, str], str]:
    """The schema that says most, of each entity whose statements come from several; by file and id."""
    place = FORMS["told_statement"].position
    name = f"coalesce(nullif(trim(fields[{place('canonical_id')}]), ''), trim(fields[{place('entity_id')}]))"
    rows = case.sql(
        f"WITH told AS (SELECT DISTINCT file_id, {name} AS name, trim(fields[{place('schema')}]) AS schema FROM record "
        f"WHERE form = 'told_statement' AND {name} IS NOT NULL AND fields[{place('schema')}] IS NOT NULL), "
        "often AS (SELECT file_id, name FROM told GROUP BY file_id, name HAVING count(*) > 1) "
        "SELECT t.file_id, t.name, t.schema FROM told t JOIN often o ON o.file_id = t.file_id AND o.name = t.name "
        "ORDER BY t.file_id, t.name, t.schema"
    ).to_pylist()
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        found.setdefault((row["file_id"], row["name"]), []).append(row["schema"])
    return {key: _most_said(schemata) for key, schemata in found.items()}


def _most_said(schemata: list[str]) -> str:
    used = [_NEAREST.get(schema, schema) for schema in schemata]
    known = [schema for schema in used if schema in SCHEMATA]
    whole = [schema for schema in known if all(is_a(schema, other) for other in known)]
    return next(iter(whole), next((schema for schema in _SPECIFIC if schema in known), known[0] if known else used[0]))


def _statement(told: Telling, schemata: Mapping[tuple[str, str], str], untold: Untold) -> None:
    name = told.get("canonical_id") or told.get("entity_id")
    prop, value = told.get("prop"), told.get("value")
    if name is None or prop is None or value is None:
        told.refuse("a statement without entity, property or value: export it again")
        return
    if prop == "id":
        return  # the checksum of an entity: it says nothing of anybody
    if (told.get("external") or "").lower() in ("t", "true", "1", "yes", "y"):
        untold.add(told, "statements marked external, which their source proposes and does not hold")
        return
    own = told.get("schema") or ""
    schema = schemata.get((told.file_id, name), own)
    used = _NEAREST.get(schema, schema)
    if used not in SCHEMATA or SCHEMATA[used].abstract:
        untold.add(told, f"statements of the schema {schema or '(none)'}")
        return
    _say(told, told.named(name), own, used, prop, value, untold, [])


def _say(
    told: Telling, entity: str, own: str, schema: str, prop: str, value: str, untold: Untold, holders: list[str]
) -> None:
    """One value of one property in the shapes of the ontology; identifiers become observables too.

    own     the schema as the file names it; schema: the one in use
    holders whose the wallet is, where it is one
    """
    prop = _ENDS.get(own, {}).get(prop, prop)
    declared = props(schema).get(prop)
    if declared is None:
        untold.add(told, f"{own}.{prop}")
    elif declared.is_entity:
        told.say(entity, schema, prop, told.named(value))
    elif declared.type == "phone":
        told.phone(entity, schema, value)
    elif declared.type == "email":
        told.email(entity, schema, value)
    elif prop == "website":
        told.website(entity, schema, value)
    elif declared.type == "topic" and value not in TOPICS:
        untold.add(told, f"the topic {value[:60]}")
    elif declared.type == "gender" and value not in GENDERS:
        told.gender(entity, value)
    elif declared.type == "country" and fault(schema, prop, value) is not None:
        told.country(entity, schema, prop, value)
    elif declared.type == "date" and fault(schema, prop, value) is not None:
        told.date(entity, schema, prop, value)
    elif prop in ("publicKey", "iban", "accountNumber"):
        _account(told, entity, schema, prop, value, holders)
    else:
        told.say(entity, schema, prop, plain(value) if declared.type in ("name", "identifier", "address") else value)


def _account(told: Telling, entity: str, schema: str, prop: str, value: str, holders: list[str]) -> None:
    found = account(value)
    if found is None:
        told.refuse(f"no account: {value[:80]}: correct it at its source")
        return
    told.say(entity, schema, prop, found[1])
    for holder in holders:
        told.observe(*found, value, holder)
    if not holders:
        told.observe(*found, value, None)


def _listed(values: Any) -> list[str]:
    """Values of a property as texts; nested entities are records of their own and come as their ids."""
    if values is None:
        return []
    found = []
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, dict):
            value = value.get("id")
        if isinstance(value, str) and value.strip():
            found.append(value)
        elif isinstance(value, bool | int | float):
            found.append(json.dumps(value))
    return found


# ---- identifiers that a report lists --------------------------------------------------------------------------


def _observable(told: Telling) -> None:
    kind, value = (told.get("kind") or "").lower(), told.get("value")
    if value is None:
        told.refuse("an identifier without a value: correct it at its source")
        return
    owner_id = told.get("owner_id")
    owner = told.named(owner_id) if owner_id else None
    found = _read(kind, value, told.hint.country)
    if found is None:
        told.refuse(f"no {kind or 'identifier'} that can be read: {value[:100]}: correct it at its source")
        return
    told.observe(*found, value, owner)


def _read(kind: str, value: str, country: str | None) -> tuple[str, str] | None:
    """Kind and value as the table `observable` holds them, or None where `value` is none of its kind."""
    if kind == "url":
        address = url(value)
        return ("url", address) if address else None
    if kind == "domain":
        host = domain(value)
        return ("domain", host) if host else None
    if kind == "email":
        address = email(value)
        return ("email", address) if address else None
    if kind == "ip":
        return ("ip", value.lower()) if _IP.match(value) else None
    if kind in ("wallet", "iban", "bank_card", "bank_account") or kind in CHAINS:
        return _of_account(kind, value)
    if kind in ("phone", "whatsapp"):
        found = contact(value, "whatsapp" if kind == "whatsapp" else None, country)
        return found if found and found[0] in ("phone", "whatsapp") else None
    kind = PLATFORMS.get(kind, kind)
    if kind in ("telegram", "wechat", "line", "qq"):
        return contact(value if kind != "telegram" or value.startswith("@") else f"@{value}", kind, country)
    return (kind, plain(value)) if kind in ("handle", "device", "xmr", "dash") and plain(value) else None


def _of_account(kind: str, value: str) -> tuple[str, str] | None:
    found = account(value)
    if found is None or kind in ("bank_account", found[0]):
        return found
    # A file says which chain or form it is: one whose checksum fails is not taken for a bank's account.
    return found if kind == "wallet" and found[0] in CHAINS else None
