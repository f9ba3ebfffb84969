"""What the evidence tells the tracer: payments that victims report, accounts of services, of thefts and of holders.

An analyst's decision overrules a record; of two decisions on the same thing the later holds.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from upriver.clean.accounts import KINDS as ACCOUNT_KINDS
from upriver.model.units import DOLLAR_TOKENS, asset

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_ACCOUNT_PROPS = ("accountNumber", "iban", "publicKey")
_VICTIM, _STOLEN, _SERVICE = "reported victim", "stolen from", "service"
_HOLDERS = ("Person", "Company", "Organization", "LegalEntity", "PublicBody")


@dataclass(frozen=True, slots=True)
class Reported:
    """A payment as a victim, or a family that paid ransom, tells it."""

    payment_id: str
    victim_id: str
    payer_account: str | None
    payee_account: str | None
    amount: float | None
    asset: str | None
    paid_at: datetime | None
    reference: str | None
    ransom: bool
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of accounts and payments.

    services   account -> kind of service as told, "" where only that it is one; names: account -> name of its service
    not_services  accounts that an analyst took from the services
    sources    accounts that money was stolen from: all that leaves them is stolen
    victims    account told to be a victim's -> the id it goes by: all it pays, but to services, is a victim's payment
    """

    payments: tuple[Reported, ...]
    services: dict[str, str] = field(default_factory=dict)
    not_services: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    victims: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def told(case: Desk) -> Told:
    """Read payments and account statuses from the statements, then the analyst's decisions over them."""
    accounts = _accounts(case)
    status = case.sql(
        "SELECT entity_id, schema, value FROM statement "
        f"WHERE prop = 'status' AND value IN ('{_VICTIM}', '{_STOLEN}', '{_SERVICE}') ORDER BY entity_id, value"
    ).to_pylist()
    notes = case.sql(
        "SELECT entity_id, min(value) AS note FROM statement WHERE prop = 'notes' AND entity_id IN "
        f"(SELECT entity_id FROM statement WHERE prop = 'status' AND value = '{_SERVICE}') "
        "GROUP BY entity_id ORDER BY entity_id"
    ).to_pylist()
    kind_of = {row["entity_id"]: row["note"] for row in notes}
    listed = case.sql(
        "SELECT s.entity_id, min(n.value) AS name FROM statement AS s JOIN statement AS n ON n.entity_id = s.entity_id "
        f"AND n.record_id = s.record_id WHERE s.prop = 'status' AND s.value = '{_SERVICE}' AND n.prop = 'name' "
        "GROUP BY s.entity_id ORDER BY s.entity_id"
    ).to_pylist()
    names = {account: row["name"] for row in listed for account in accounts.get(row["entity_id"], ())}
    services: dict[str, str] = {}
    sources: set[str] = set()
    victims: dict[str, str] = {}
    persons: set[str] = set()
    for row in status:
        entity_id = row["entity_id"]
        if row["schema"] == "Person":
            persons.update([entity_id] if row["value"] == _VICTIM else [])
            continue
        for account in accounts.get(entity_id, ()):
            if row["value"] == _SERVICE:
                services[account] = services.get(account) or kind_of.get(entity_id) or ""
            elif row["value"] == _STOLEN:
                sources.add(account)
            else:
                victims[account] = entity_id
    not_services: set[str] = set()
    canonical = _canonical(case)
    for subject, kind, value in _decisions(case):
        members = canonical.get(subject, (subject,))
        named = {account for member in members for account in accounts.get(member, ())} or {_bare(subject)}
        if kind == "service":
            services.update({account: value or services.get(account, "") for account in named})
            not_services -= named
        elif kind == "not_service":
            services = {account: told for account, told in services.items() if account not in named}
            not_services |= named
        elif kind == "victim":
            persons.update(members)
            if not set(members) & set(_person_ids(case, members)):
                victims.update(dict.fromkeys(named, subject))
        else:
            persons.difference_update(members)
            sources -= named
            victims = {account: told for account, told in victims.items() if account not in named}
    payments = _payments(case, accounts, persons)
    return Told(payments, services, frozenset(not_services), frozenset(sources), victims, names)


def holders(case: Desk) -> pa.Table:
    """account, holder_id: accounts that exactly one canonical person or company is known to hold."""
    kinds, schemata = _listed(ACCOUNT_KINDS), _listed(_HOLDERS)
    return case.sql(
        "SELECT o.value AS account, min(e.canonical_id) AS holder_id FROM observable AS o "
        "JOIN entity AS e ON o.entity_id = e.entity_id "
        f"WHERE o.kind IN ({kinds}) AND e.schema IN ({schemata}) "
        "GROUP BY o.value HAVING count(DISTINCT e.canonical_id) = 1 ORDER BY account"
    )


def service_class(kind: str) -> str:
    """What a service of this kind is to a trace: cash_out, mixer or service; cash_out where the kind is not told.

    A service nobody describes takes the money out of sight as an exchange does: its operator is the one to ask.
    """
    words = kind.casefold()
    for name in ("mixer", "cash_out", "service"):
        if any(word in words for word in _classes()[name]):
            return name
    return "cash_out" if not words.strip() else "service"


def joins_legs(kind: str) -> bool:
    """Whether a service of this kind pays out again, in another asset, what it was paid. A mixer hides it.

    A kind that is not told does not: most services are paid for something.
    """
    words = kind.casefold()
    return service_class(kind) != "mixer" and any(word in words for word in _classes()["joins"])


@cache
def _classes() -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("services.toml").read_text(encoding="utf-8")
    return {name: [str(word) for word in table["words"]] for name, table in tomllib.loads(text).items()}


def _accounts(case: Desk) -> dict[str, tuple[str, ...]]:
    """Account numbers by the entity of an account, from its statements and from identifiers its record gives it."""
    rows = case.sql(
        "SELECT entity_id, value AS account FROM statement "
        f"WHERE schema IN ('BankAccount', 'CryptoWallet') AND prop IN ({_listed(_ACCOUNT_PROPS)}) "
        "UNION SELECT o.entity_id, o.value AS account FROM observable AS o JOIN "
        "(SELECT DISTINCT entity_id FROM statement WHERE schema IN ('BankAccount', 'CryptoWallet')) AS a "
        f"ON o.entity_id = a.entity_id WHERE o.kind IN ({_listed(ACCOUNT_KINDS)}) ORDER BY 1, 2"
    )
    found: dict[str, list[str]] = defaultdict(list)
    for entity_id, account in zip(*rows.to_pydict().values(), strict=True):
        found[entity_id].append(account)
    return {entity_id: tuple(values) for entity_id, values in found.items()}


def _canonical(case: Desk) -> dict[str, tuple[str, ...]]:
    """All entity_ids that are one with a decided subject, by the subject."""
    rows = case.sql(
        "SELECT d.subject_id, b.entity_id FROM (SELECT DISTINCT subject_id FROM decision) AS d "
        "JOIN entity AS a ON a.entity_id = d.subject_id JOIN entity AS b ON a.canonical_id = b.canonical_id "
        "ORDER BY 1, 2"
    )
    found: dict[str, list[str]] = defaultdict(list)
    for subject, member in zip(*rows.to_pydict().values(), strict=True):
        found[subject].append(member)
    return {subject: tuple(members) for subject, members in found.items()}


def _decisions(case: Desk) -> list[tuple[str, str, str | None]]:
    rows = case.sql(
        "SELECT subject_id, kind, value FROM decision WHERE kind IN ('service', 'not_service', 'victim', 'not_victim') "
        "ORDER BY decided_at, decision_id"
    )
    return [(row["subject_id"], row["kind"], row["value"]) for row in rows.to_pylist()]


def _person_ids(case: Desk, members: tuple[str, ...]) -> list[str]:
    rows = case.sql(
        "SELECT DISTINCT entity_id FROM statement "
        f"WHERE schema = 'Person' AND entity_id IN ({_listed(members)}) ORDER BY entity_id"
    )
    return [str(value) for value in rows["entity_id"].to_pylist()]


def _payments(case: Desk, accounts: dict[str, tuple[str, ...]], persons: set[str]) -> tuple[Reported, ...]:
    rows = case.sql(
        "SELECT entity_id, prop, value, record_id FROM statement WHERE schema = 'Payment' "
        "ORDER BY entity_id, prop, value, record_id"
    )
    props: dict[str, dict[str, str]] = defaultdict(dict)
    records: dict[str, set[str]] = defaultdict(set)
    for entity_id, prop, value, record_id in zip(*rows.to_pydict().values(), strict=True):
        props[entity_id].setdefault(prop, value)
        records[entity_id].add(record_id)
    payments = []
    for payment_id, fields in sorted(props.items()):
        victim, ransom = fields.get("payer"), fields.get("purpose", "").strip().casefold() == "ransom"
        if victim is None or not (ransom or victim in persons):
            continue
        amount = _number(fields.get("amount"))
        payments.append(
            Reported(
                payment_id=payment_id,
                victim_id=victim,
                payer_account=_first(accounts, fields.get("payerAccount")),
                payee_account=_first(accounts, fields.get("beneficiaryAccount")),
                amount=amount,
                asset=asset(fields.get("currency")),
                paid_at=_moment(fields.get("date")),
                reference=fields.get("transactionNumber"),
                ransom=ransom,
                record_ids=tuple(sorted(records[payment_id])),
            )
        )
    return tuple(payments)


def usd_of(payment: Reported, rates: dict[str, list[tuple[datetime, float]]]) -> float | None:
    """The reported amount in USD at the last rate known by then, else the first; None without amount or rate."""
    if payment.amount is None or payment.asset is None:
        return None
    if payment.asset == "USD":
        return payment.amount
    known = rates.get(payment.asset)
    if not known:
        return payment.amount if payment.asset in DOLLAR_TOKENS else None
    before = [usd for day, usd in known if payment.paid_at is not None and day <= payment.paid_at]
    return payment.amount * (before[-1] if before else known[0][1])


def _first(accounts: dict[str, tuple[str, ...]], entity_id: str | None) -> str | None:
    return accounts[entity_id][0] if entity_id is not None and entity_id in accounts else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0.0 < value < 1e15 else None


def _moment(text: str | None) -> datetime | None:
    """UTC time of a statement's date; a day alone stands for its noon."""
    try:
        moment = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment + timedelta(hours=12) if moment is not None and text and len(text.strip()) == 10 else moment


def _bare(subject: str) -> str:
    """An account's value, where a decision names it by observable_id."""
    kind, colon, value = subject.partition(":")
    return value if colon and kind in ACCOUNT_KINDS else subject


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
