"""Who is to be masked in a case, and every string by which they could be known."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

import pyarrow as pa

from upriver.clean.accounts import KINDS, iban
from upriver.clean.names import latin_spellings
from upriver.model.forms import CHILD, NEEDS
from upriver.report.folding import fold, squeeze
from upriver.report.masking import Identity, Masks

NAME_PROPS = ("name", "alias", "weakAlias", "previousName", "abbreviation")
NUMBER_PROPS = ("accountNumber", "iban", "publicKey", "cryptoAddress", "accountId")
_OTHER_PROPS = ("email", "idNumber", "passportNumber", "address")
ACCOUNT_KINDS = frozenset(KINDS)
_SHORTEST_READING = 6  # letters: shorter ones are words of other languages too
_PHONE_KINDS = frozenset({"phone", "whatsapp"})
# `status` of an entity as a record tells it: a list proves presence, not role, so all who are on one are masked.
_PERSON_STATUS = ("handed over", *NEEDS.values(), CHILD)
_ACCOUNT_STATUS = ("stolen from", "victim", "reported victim")
# Stages and tables that this module reads, for a stage that declares them.
TABLES_READ = (
    "protected_person", "statement", "entity", "decision", "observable", "identifier", "flow", "message", "record",
)  # fmt: skip
# In these a person speaks of themselves, or a clerk of them: the numbers in them are theirs or their family's. In a
# report of a scam they are the other side's, and stay.
_OWN_FORMS = ("handover_list", "interview", "note")
_CONTACTS = ("phone", "whatsapp", "telegram", "wechat", "line", "qq", "handle", "email")


class Readable(Protocol):
    """What a case and a stage's desk both offer."""

    def read(self, table: str, *columns: str, where: str = "") -> pa.Table:
        """Rows in the order of the table's key."""

    def sql(self, select: str, **lent: pa.Table) -> pa.Table:
        """One SELECT, fully fetched."""


def listed(values: tuple[str, ...]) -> str:
    """SQL list of text values.

    >>> listed(("it's", "b"))
    "('it''s', 'b')"
    """
    return "(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"


def masks(case: Readable, unmask: bool = False) -> Masks:
    """The masks of a case: reported and presumed victims, children, those to be referred, all who were handed over.

    Victims are "Victim 1", "Victim 2" ... and all others "Person 1" ... in the order of their ids. Who bears the name
    of one of them and is not known to be another is "Namesake 1" ...: a name alone never merges two people, so the
    phone beside that name on a staff list may be the captive's.
    """
    if unmask:
        return Masks.none()
    pseudonyms = _pseudonyms(case)
    members = _members(case, pseudonyms)
    pseudonyms |= _namesakes(case, members)
    members = _members(case, pseudonyms)
    identities = {who: Identity(who) for who in pseudonyms.values()}
    lent = pa.table(
        {"entity_id": pa.array(list(members), pa.string()), "who": pa.array(list(members.values()), pa.string())}
    )
    about: dict[str, set[str]] = defaultdict(set)
    _names(case, lent, identities, about)
    named = _all_names(case)
    kinds = _known_by(pseudonyms, identities)
    _readings(named, members, identities)
    kinds |= _observables(case, lent, identities)
    _own_words(case, kinds, members, identities, about)
    _accounts(case, lent, identities)
    _national(identities)
    _threads(case, kinds, about)
    people = {**pseudonyms, **members}
    return Masks(
        people,
        [identities[who] for who in sorted(identities)],
        _shared_names(named, members, identities),
        {record: tuple(sorted(who)) for record, who in about.items()},
        kinds,
    )


def _pseudonyms(case: Readable) -> dict[str, str]:
    victims: set[str] = set()
    others: set[str] = set()
    for row in case.read("protected_person", "person_id", "status", "child").to_pylist():
        if row["status"] == "reported_victim":
            victims.add(row["person_id"])
        elif row["status"] != "no_information" or row["child"]:
            others.add(row["person_id"])
    told = case.sql(
        "SELECT DISTINCT coalesce(e.canonical_id, s.entity_id) AS person_id, s.value AS status FROM statement s "
        "LEFT JOIN entity e ON e.entity_id = s.entity_id "
        f"WHERE s.prop = 'status' AND s.schema = 'Person' AND s.value IN {listed(_PERSON_STATUS)} ORDER BY 1, 2"
    ).to_pylist()
    for row in told:
        (victims if row["status"] == "reported victim" else others).add(row["person_id"])
    decided = case.sql(
        "SELECT DISTINCT coalesce(e.canonical_id, s.entity_id) AS person_id FROM decision d "
        "JOIN statement s ON s.entity_id = d.subject_id LEFT JOIN entity e ON e.entity_id = s.entity_id "
        "WHERE d.kind = 'victim' AND s.schema = 'Person' ORDER BY 1"
    ).to_pylist()
    # An account that was decided to be a victim's: its holder is one.
    decided += case.sql(
        "SELECT DISTINCT coalesce(e.canonical_id, o.entity_id) AS person_id FROM decision d "
        "JOIN observable o ON o.observable_id = d.subject_id OR o.value = d.subject_id "
        "LEFT JOIN entity e ON e.entity_id = o.entity_id WHERE d.kind = 'victim' AND o.entity_id IS NOT NULL ORDER BY 1"
    ).to_pylist()
    others |= {row["person_id"] for row in decided} - victims
    others -= victims
    named = {person: f"Victim {number}" for number, person in enumerate(sorted(victims), 1)}
    return named | {person: f"Person {number}" for number, person in enumerate(sorted(others), 1)}


def _namesakes(case: Readable, members: dict[str, str]) -> dict[str, str]:
    """canonical_id -> pseudonym of people who bear a name of a masked person."""
    rows = case.sql(
        "SELECT DISTINCT s.entity_id, coalesce(e.canonical_id, s.entity_id) AS person_id, s.value FROM statement s "
        "LEFT JOIN entity e ON e.entity_id = s.entity_id "
        f"WHERE s.schema = 'Person' AND s.prop IN {listed(NAME_PROPS)} ORDER BY 1, 3"
    ).to_pylist()
    keys = [squeeze(fold(row["value"])).text for row in rows]
    masked = {key for row, key in zip(rows, keys, strict=True) if row["entity_id"] in members and len(key) > 1}
    others = {
        row["person_id"]
        for row, key in zip(rows, keys, strict=True)
        if row["entity_id"] not in members and key in masked
    }
    return {person: f"Namesake {number}" for number, person in enumerate(sorted(others), 1)}


def _members(case: Readable, pseudonyms: dict[str, str]) -> dict[str, str]:
    lent = pa.table({"canonical_id": pa.array(list(pseudonyms), pa.string())})
    rows = case.sql(
        "SELECT e.entity_id, e.canonical_id FROM entity e JOIN masked m ON m.canonical_id = e.canonical_id ORDER BY 1",
        masked=lent,
    ).to_pylist()
    found = {row["entity_id"]: pseudonyms[row["canonical_id"]] for row in rows}
    return {**{person: who for person, who in pseudonyms.items() if person not in found}, **found}


def _names(case: Readable, lent: pa.Table, identities: dict[str, Identity], about: dict[str, set[str]]) -> None:
    rows = case.sql(
        "SELECT m.who, s.prop, s.value, s.record_id FROM statement s JOIN masked m ON m.entity_id = s.entity_id "
        "ORDER BY s.statement_id",
        masked=lent,
    ).to_pylist()
    for row in rows:
        identity = identities[row["who"]]
        about[row["record_id"]].add(row["who"])
        if row["prop"] in NAME_PROPS:
            identity.names.add(row["value"])
        elif row["prop"] == "phone":
            identity.phones.add(row["value"])
        elif row["prop"] in _OTHER_PROPS:
            identity.others.add(row["value"])


def _all_names(case: Readable) -> list[dict[str, Any]]:
    """entity_id and value of every name of the case."""
    rows: list[dict[str, Any]] = case.sql(
        f"SELECT DISTINCT entity_id, value FROM statement WHERE prop IN {listed(NAME_PROPS)} "
        "AND schema IN ('Person', 'Company', 'Organization') ORDER BY 1, 2"
    ).to_pylist()
    return rows


def _readings(rows: list[dict[str, Any]], members: dict[str, str], identities: dict[str, Identity]) -> None:
    """The Latin spellings of names in other scripts, which no record need hold; never an unmasked person's."""
    taken = {squeeze(fold(row["value"])).text for row in rows if row["entity_id"] not in members}
    for identity in identities.values():
        for name in sorted(identity.names):
            identity.names |= {
                spelt
                for spelt in latin_spellings(name)
                if (key := squeeze(fold(spelt)).text) not in taken and len(key) >= _SHORTEST_READING
            }


def _own_words(
    case: Readable, kinds: dict[str, str], members: dict[str, str], identities: dict[str, Identity],
    about: dict[str, set[str]],
) -> None:  # fmt: skip
    """Contacts that a masked person, or a clerk of them, names in a free text, and that nobody is known to own."""
    mine = pa.table({"sender": pa.array(sorted(kinds), pa.string())})
    rows = case.sql(
        "SELECT DISTINCT o.observable_id, o.kind, o.value, o.raw, o.record_id, r.form, m.sender FROM observable o "
        "JOIN record r ON r.record_id = o.record_id LEFT JOIN message m ON m.record_id = o.record_id "
        "LEFT JOIN identifier i ON i.observable_id = o.observable_id "
        f"WHERE o.entity_id IS NULL AND o.start >= 0 AND o.kind IN {listed(_CONTACTS)} AND i.node_id IS NULL "
        f"AND (r.form IN {listed(_OWN_FORMS)} OR m.sender IN (SELECT sender FROM mine)) ORDER BY 1, 4, 5, 7",
        mine=mine,
    ).to_pylist()
    for row in rows:
        if row["form"] in _OWN_FORMS:
            who = min(about.get(row["record_id"], ()), default=None)
        else:
            who = " ".join(kinds[row["sender"]].split()[:2]) if row["sender"] in kinds else None
        if who not in identities:
            continue
        identity = identities[who]
        (identity.phones if row["kind"] in _PHONE_KINDS else identity.others).update({row["value"], row["raw"]})
        kinds.setdefault(row["observable_id"], f"{who} {row['kind']}")


def _known_by(pseudonyms: dict[str, str], identities: dict[str, Identity]) -> dict[str, str]:
    """Of masked people known by an identifier alone, as by what they are called in a chat: that is their name here."""
    kinds: dict[str, str] = {}
    for person, who in pseudonyms.items():
        kind, colon, value = person.partition(":")
        if not colon or kind not in _CONTACTS or not value:
            continue
        kinds[person] = _learnt(identities[who], kind, {value})
        if kind == "handle":
            identities[who].names.add(value)
    return kinds


def _learnt(identity: Identity, kind: str, written: set[str]) -> str:
    """What is shown for an identifier of a masked person, by which they are known from now on."""
    if kind in ACCOUNT_KINDS:
        identity.accounts |= written
        return f"{identity.pseudonym} account"
    if kind in _PHONE_KINDS:
        identity.phones |= written
        return f"{identity.pseudonym} phone"
    identity.others |= written
    return f"{identity.pseudonym} {kind}"


def _observables(case: Readable, lent: pa.Table, identities: dict[str, Identity]) -> dict[str, str]:
    kinds: dict[str, str] = {}
    # By the record that tells whose it is; and the number behind a WhatsApp name, or of somebody known by it alone.
    rows = case.sql(
        "SELECT DISTINCT m.who, o.observable_id, o.kind, o.value, o.raw FROM observable o "
        "JOIN masked m ON m.entity_id = o.entity_id UNION "
        "SELECT DISTINCT m.who, o.observable_id, o.kind, o.value, o.raw FROM observable o "
        "LEFT JOIN identifier i ON i.observable_id = o.observable_id "
        "JOIN masked m ON m.entity_id = coalesce(i.node_id, o.observable_id) ORDER BY 1, 2, 5",
        masked=lent,
    ).to_pylist()
    for row in rows:
        shown = _learnt(identities[row["who"]], row["kind"], {row["value"], row["raw"]})
        kinds.setdefault(row["observable_id"], shown)
    return kinds


def _accounts(case: Readable, lent: pa.Table, identities: dict[str, Identity]) -> None:
    """Accounts that a masked person holds, owns, or paid from; and those named as sources of stolen money."""
    held = case.sql(
        "SELECT DISTINCT m.who, n.value FROM masked m JOIN statement s ON s.value = m.entity_id AND s.prop = 'holder' "
        f"JOIN statement n ON n.entity_id = s.entity_id AND n.prop IN {listed(NUMBER_PROPS)} "
        "UNION SELECT DISTINCT m.who, n.value FROM masked m "
        "JOIN statement o ON o.value = m.entity_id AND o.prop IN ('owner', 'payer') "
        "JOIN statement a ON a.entity_id = o.entity_id AND a.prop IN ('asset', 'payerAccount') "
        f"JOIN statement n ON n.entity_id = a.value AND n.prop IN {listed(NUMBER_PROPS)} "
        "UNION SELECT DISTINCT m.who, f.source_account FROM masked m JOIN flow f ON f.victim_id = m.entity_id "
        "WHERE f.origin IN ('victim_payment', 'ransom') ORDER BY 1, 2",
        masked=lent,
    ).to_pylist()
    for row in held:
        identities[row["who"]].accounts.add(row["value"])
    known = {account for identity in identities.values() for account in identity.accounts}
    sources = case.sql(
        "SELECT DISTINCT n.value FROM statement s "
        f"JOIN statement n ON n.entity_id = s.entity_id AND n.prop IN {listed(NUMBER_PROPS)} "
        f"WHERE s.prop = 'status' AND s.value IN {listed(_ACCOUNT_STATUS)} "
        "UNION SELECT subject_id FROM decision d WHERE kind = 'victim' "
        "AND NOT EXISTS (SELECT 1 FROM statement s WHERE s.entity_id = d.subject_id) ORDER BY 1"
    )
    for number, account in enumerate(sorted(set(sources["value"].to_pylist()) - known), 1):
        identities[f"Source {number}"] = Identity(f"Source {number}", accounts={account})


def _national(identities: dict[str, Identity]) -> None:
    """Behind its country and check digits an IBAN holds the bank and the number as the country writes them."""
    for identity in identities.values():
        identity.accounts |= {found[4:] for account in identity.accounts if (found := iban(account))}


def _threads(case: Readable, kinds: dict[str, str], about: dict[str, set[str]]) -> None:
    """Every message of a conversation in which a masked person takes part is about that person."""
    lent = pa.table(
        {
            "observable_id": pa.array(list(kinds), pa.string()),
            "who": pa.array([" ".join(shown.split()[:2]) for shown in kinds.values()], pa.string()),
        }
    )
    rows = case.sql(
        "SELECT DISTINCT m.record_id, t.who FROM message m JOIN ("
        "SELECT DISTINCT c.thread, k.who FROM message c JOIN masked k ON k.observable_id = c.sender "
        "UNION SELECT DISTINCT c.thread, k.who FROM message c JOIN masked k ON k.observable_id = c.recipient"
        ") t ON t.thread = m.thread ORDER BY 1, 2",
        masked=lent,
    ).to_pylist()
    for row in rows:
        about[row["record_id"]].add(row["who"])


def _shared_names(rows: list[dict[str, Any]], members: dict[str, str], identities: dict[str, Identity]) -> set[str]:
    """Names of masked people that more than one bears: no pseudonym may stand for them."""
    owners: dict[str, set[str]] = defaultdict(set)
    for identity in identities.values():
        for name in identity.names:
            owners[squeeze(fold(name)).text].add(identity.pseudonym)
    shared = set()
    for row in rows:
        key = squeeze(fold(row["value"])).text
        if key in owners and (members.get(row["entity_id"]) is None or len(owners[key]) > 1):
            shared.add(row["value"])
    return shared
