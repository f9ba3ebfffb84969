"""Which column of a file of transfers tells what: by the names that banks and explorers use, or as told.

The public AML benchmark is known by its header, and its answer column is never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from upriver.case.settings import FileSettings
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence.columns import key, recognise
from upriver.evidence.making import Coins

Places = dict[str, tuple[int, ...]]

_NEEDED = ("source_account", "target_account", "occurred_at")
# An account of the benchmark is known by its bank and its number together. "Is Laundering" is the answer: not opened.
_BENCHMARK = {
    "occurred_at": "timestamp",
    "source_bank": "frombank",
    "source_account": "account",
    "target_bank": "tobank",
    "target_account": "account1",
    "amount": "amountpaid",
    "currency": "paymentcurrency",
    "received": "amountreceived",
    "received_currency": "receivingcurrency",
}
# How explorers call the column that tells whether a payment went through; our own name first.
_STATUS = ("status", "result", "txreceiptstatus", "iserror")
_BENCHMARK_NEEDS = ("timestamp", "frombank", "account", "tobank", "account1")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names, or numbers from 1, of the columns that tell each field; None: guessed.

    received and received_currency, where told, are what came in at the other end: rows that change one currency into
    another tell at what rate. status tells payments that failed. date_order (ymd, dmy, mdy) and zone (IANA) say how
    times are written, decimal (`.` or `,`) how amounts are.
    """

    transfer_id: str | None = None
    source_account: str | None = None
    target_account: str | None = None
    occurred_at: str | None = None
    amount: str | None = None
    currency: str | None = None
    amount_usd: str | None = None
    source_bank: str | None = None
    target_bank: str | None = None
    received: str | None = None
    received_currency: str | None = None
    status: str | None = None
    date_order: str | None = None
    zone: str | None = None
    decimal: str | None = None


FIELDS = tuple(one.name for one in fields(Columns) if one.name not in ("date_order", "zone", "decimal"))


def columns(
    named: Sequence[str], date_order: str | None = None, zone: str | None = None, decimal: str | None = None
) -> Columns:
    """Columns as told on the command line, each FIELD=NAME.

    raises  SettingsError when a field or the zone is not known
    """
    told: dict[str, str] = {}
    for text in named:
        field, sign, name = text.partition("=")
        if field not in FIELDS or not sign or not name:
            raise SettingsError(f"--column {text}: write FIELD=NAME; FIELD is one of {', '.join(FIELDS)}")
        told[field] = name
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(f"--zone {zone}: no such time zone; write it as Asia/Bangkok") from error
    return Columns(**told, date_order=date_order, zone=zone, decimal=decimal)


def places(path: Path, names: Sequence[str], below: Sequence[Sequence[str]], told: Columns) -> Places:
    """Field -> its columns (two for a date and a time of day).

    names   the header; below: some rows under it
    raises  EvidenceError when a field that is needed is not found; SettingsError when a told column is not there
    """
    own: Places = {
        field: (_told(path, names, field, str(getattr(told, field))),) for field in FIELDS if getattr(told, field)
    }
    found = {**(_benchmark(names) or _guessed(names, below)), **own}
    for money in ("amount", "amount_usd"):  # a told column of one kind overrules a guessed one of the other
        if money in own:
            found = {field: place for field, place in found.items() if field in own or "amount" not in field}
    if "amount_usd" in found:
        found = {field: place for field, place in found.items() if field != "amount"}
    missing = [field for field in _NEEDED if field not in found]
    if "amount" not in found and "amount_usd" not in found:
        missing.append("amount")
    if missing:
        raise EvidenceError(
            f"{path}: no column is known to tell {', '.join(missing)}; it has: {', '.join(names)}; "
            f"name it, as in --column {missing[0]}=NAME"
        )
    return found


def made(names: Sequence[str], below: Sequence[Sequence[str]]) -> dict[str, tuple[tuple[int, ...], str]]:
    """Field -> its columns and SQL for its text, where an explorer's export tells it in a way of its own."""
    coins = recognise(names, "", FileSettings(form="token_transfer"), below).made
    found = coins.sql() if isinstance(coins, Coins) else {}
    # A flag alone is known by its name; two, or another, are read here.
    columns_of = found.get("status", ((), ""))[0]
    if len(columns_of) == 1 and key(names[columns_of[0]]) in _STATUS:
        del found["status"]
    return found


def place_of(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The column whose name is the first of `wanted` that is there; both without case, spaces and marks."""
    keys = [key(name) for name in names]
    return next((keys.index(name) for name in wanted if name in keys), None)


def _told(path: Path, names: Sequence[str], field: str, name: str) -> int:
    if name in names:
        return names.index(name)
    same = [place for place, own in enumerate(names) if key(own) == key(name)]
    if same:
        return same[0]
    # A second column of one name, as some readers call it.
    stem, _, number = name.rpartition(".")
    again = [place for place, own in enumerate(names) if own == stem]
    if number.isdigit() and int(number) < len(again):
        return again[int(number)]
    if name.isdigit() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise SettingsError(f"{path}: {field} is said to be in {name!r}; it has: {', '.join(names)}")


def _benchmark(names: Sequence[str]) -> Places | None:
    """Places of the AML benchmark's columns, or None where the header is another."""
    keys = [key(name) for name in names]
    if keys.count("account") == 2:  # as published, both columns are called Account
        keys[len(keys) - 1 - keys[::-1].index("account")] = "account1"
    if not all(name in keys for name in _BENCHMARK_NEEDS) or not {"amountpaid", "amountreceived"} & set(keys):
        return None
    found: Places = {field: (keys.index(name),) for field, name in _BENCHMARK.items() if name in keys}
    if "amount" not in found:  # a copy that tells what was received alone
        found["amount"] = found.pop("received")
        if "received_currency" in found:
            found["currency"] = found.pop("received_currency")
    return found


def _guessed(names: Sequence[str], below: Sequence[Sequence[str]]) -> Places:
    """Places of columns by the names that banks and explorers use; our own names first."""
    keys = [key(name) for name in names]
    found: Places = {field: (keys.index(key(field)),) for field in FIELDS if key(field) in keys}
    found.update({field: columns for field, (columns, _) in made(names, below).items()})
    told = next((name for name in _STATUS if name in keys), None)
    if told is not None:
        found.setdefault("status", (keys.index(told),))
    taken = {place for pair in found.values() for place in pair}
    for form in ("bank_transfer", "token_transfer"):
        layout = recognise(names, "", FileSettings(form=form), below)
        offers: Places = {
            field: (place,) for field, place in zip(layout.form.fields, layout.places, strict=True) if place is not None
        }
        offers.update(layout.clocks)
        for theirs, field in (
            ("reference", "transfer_id"), ("source_account", "source_account"), ("target_account", "target_account"),
            ("occurred_at", "occurred_at"), ("amount_usd", "amount_usd"), ("amount", "amount"),
            ("currency", "currency"), ("token", "currency"),
        ):  # fmt: skip
            offer = offers.get(theirs)
            if offer and field not in found and not taken & set(offer):
                found[field] = offer
                taken.update(offer)
    return found
