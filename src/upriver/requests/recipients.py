"""Who keeps an account: only what the evidence tells, or the account's own number; what is not told is said so."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

import pyarrow as pa

from upriver.clean.accounts import account as read_account
from upriver.clean.cards import issuer
from upriver.clean.names import plain_text, read_name
from upriver.model.units import DOLLAR_TOKENS
from upriver.report.identity import NUMBER_PROPS, Readable, listed

CHAIN_NAMES = {
    "btc": "Bitcoin", "eth": "Ethereum", "tron": "TRON", "ltc": "Litecoin", "doge": "Dogecoin", "dash": "Dash",
    "zec": "Zcash", "bch": "Bitcoin Cash", "xrp": "XRP Ledger", "xlm": "Stellar", "ton": "TON", "ada": "Cardano",
    "atom": "Cosmos Hub", "xmr": "Monero", "dot": "Polkadot", "sol": "Solana",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is asked. `key` is the same for every spelling of one name.

    kind     one of `asks.KINDS`
    name     as it is told most often, or words for what is not told
    told     whether a name is told
    basis    how it is known, in words
    country  ISO 3166-1 alpha-2 where the account's own number tells it
    """

    key: str
    kind: str
    name: str
    told: bool
    basis: str
    country: str | None = None


@dataclass(slots=True)
class Keepers:
    """recipients  account -> who is asked about it
    notes       account -> what is told of it as a service, or what contradicts
    spellings   recipient key -> names as told
    """

    recipients: dict[str, Recipient] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)


def name_key(name: str) -> str:
    """What two spellings of one firm's name have in common: case, width, blanks and legal form do not count.

    >>> name_key("Meridian Bank Co., Ltd.") == name_key("MERIDIAN  bank") == name_key("Meridian")
    True
    """
    text = read_name(name, "company").text.replace(" ", "")
    for word in _data()["left_out"]["words"]:
        if text.endswith(word) and len(text) > len(word) + 1:
            return text.removesuffix(word)
    return text or name.strip().lower()


def keepers(case: Readable, accounts: Iterable[str], files: Mapping[str, str], assets: Mapping[str, str]) -> Keepers:
    """Who keeps each of `accounts`.

    files   account -> path of the file that tells most of its transfers, as it may be shown
    assets  account -> asset in which it received most transfers
    """
    told = _told(case, sorted(set(accounts)))
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, _, names in (entry for entries in told.values() for entry in _names(entries)):
        for name in names.elements():
            spelt[f"{kind}:{name_key(name)}"][name] += 1
    best = {key: min(names, key=lambda name: (-names[name], name)) for key, names in spelt.items()}
    found = Keepers(spellings={key: tuple(sorted(names)) for key, names in spelt.items()})
    for account in sorted(set(accounts)):
        entries = told.get(account, {})
        note = _service_note(entries)
        named = _names(entries)
        if named:
            kind, basis, names = named[0]
            keys = Counter[str]()
            for name, n in names.items():
                keys[f"{kind}:{name_key(name)}"] += n
            key = min(keys, key=lambda k: (-keys[k], k))
            found.recipients[account] = _named(key, kind, best[key], basis, account)
            others = sorted(best[k] for k in keys if k != key)
            if others:
                note = "; ".join(part for part in (note, f"other evidence says {', '.join(others)}") if part)
        elif "status" in entries and (not entries.get("notes") or _holds_money(entries)):
            found.recipients[account] = Recipient(
                "service:", "exchange", "services not told, accounts of a list", False,
                "a list calls these accounts services' and names none: whoever made the list can tell",
            )  # fmt: skip
        else:
            found.recipients[account] = _not_told(account, files.get(account), assets.get(account))
        if note:
            found.notes[account] = note
    return found


def _named(key: str, kind: str, name: str, basis: str, account: str) -> Recipient:
    if plain_text(name) in _data()["nameless"]["words"]:
        return Recipient(key, kind, f"{kind} not told, accounts listed as “{name}”", False, "the list names nobody")
    return Recipient(key, kind, name, True, basis, _country(account))


def _names(entries: Mapping[str, Counter[str]]) -> list[tuple[str, str, Counter[str]]]:
    """Kind, basis and names of who is told to keep an account, the best first."""
    names_itself = entries.get("name", Counter()) if _holds_money(entries) else Counter()
    choices = (
        ("exchange", "told to be an account of this service", names_itself),
        ("exchange", "told to be kept by this service", entries.get("managingExchange", Counter())),
        ("bank", "told to be kept by this bank", entries.get("bankName", Counter())),
    )
    return [(kind, basis, names) for kind, basis, names in choices if names]


def _holds_money(entries: Mapping[str, Counter[str]]) -> bool:
    """Whether a list calls it a service that holds its customers' money and can be asked itself."""
    words = _data()["asked_itself"]["words"]
    return any(word in kind.lower() for kind in entries.get("notes", ()) for word in words)


def _service_note(entries: Mapping[str, Counter[str]]) -> str:
    if "status" not in entries:
        return ""
    told = [*sorted(set(entries.get("notes", ())) - {"service"}), *sorted(entries.get("name", ()))]
    return f"told to be a service{': ' if told else ''}{', '.join(told)}"


def _told(case: Readable, accounts: list[str]) -> dict[str, dict[str, Counter[str]]]:
    """account -> property -> value -> records that say so."""
    rows = case.sql(
        "SELECT n.value AS account, s.prop, s.value, count(DISTINCT s.record_id) AS n FROM statement n "
        "JOIN wanted w ON w.account = n.value JOIN statement s ON s.entity_id = n.entity_id "
        f"WHERE n.prop IN {listed(NUMBER_PROPS)} AND s.schema IN ('BankAccount', 'CryptoWallet') "
        "AND s.prop IN ('bankName', 'managingExchange', 'name', 'notes', 'status') "
        "GROUP BY n.value, s.prop, s.value ORDER BY 1, 2, 3",
        wanted=pa.table({"account": pa.array(accounts, pa.string())}),
    ).to_pylist()
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        if row["prop"] != "status" or row["value"] == "service":
            found[row["account"]][row["prop"]][row["value"]] += int(row["n"])
    for entries in found.values():
        if "status" not in entries:
            # The name and the notes of an account that is no service are its holder's, not its keeper's.
            entries.pop("name", None)
            entries.pop("notes", None)
    return found


def _not_told(account: str, file: str | None, asset: str | None) -> Recipient:
    read = read_account(account)
    kind = read[0] if read else "bank_account"
    if kind == "iban":
        country = account[:2]
        code = iban_bank(account)
        if code:
            name = f"bank with the code {code} in {country} (name not told)"
            return Recipient(f"iban:{country}{code}", "bank", name, False, "read from the IBAN", country)
        name = f"banks in {country} (name not told)"
        return Recipient(f"iban:{country}", "bank", name, False, "the IBAN tells the country alone", country)
    gives = issuer(account) if kind == "bank_card" else None
    if gives and gives.bank:
        return Recipient(f"card:{gives.bank}", "bank", gives.bank, False, "read from the card number", gives.country)
    if kind in CHAIN_NAMES:
        chain = CHAIN_NAMES[kind]
        if asset in DOLLAR_TOKENS:
            name = f"issuer of {asset} on {chain}"
            return Recipient(f"token:{asset}:{chain}", "token", name, False, "no service is told for these wallets")
        return Recipient(
            f"wallet:{chain}", "wallet", f"keeper of {chain} wallets (not told)", False,
            "no service is told for these wallets",
        )  # fmt: skip
    if file is None:
        return Recipient("file:", "bank", "bank not told", False, "no evidence names the bank")
    return Recipient(
        f"file:{file}", "bank", f"bank not told, accounts in {file}", False,
        "no evidence names the bank; whoever made this file carried the payments, and keeps these accounts or can tell "
        "who does",
    )  # fmt: skip


def iban_bank(iban: str) -> str | None:
    """The bank's own code within an IBAN; None where the country's structure is not listed.

    >>> iban_bank("DE89370400440532013000"), iban_bank("XX00123")
    ('37040044', None)
    """
    place = _data()["code"].get(iban[:2])
    return None if place is None else iban[4 + place[0] : 4 + place[0] + place[1]]


def _country(account: str) -> str | None:
    read = read_account(account)
    return account[:2] if read and read[0] == "iban" else None


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("upriver.requests").joinpath("banks.toml").read_text(encoding="utf-8"))
