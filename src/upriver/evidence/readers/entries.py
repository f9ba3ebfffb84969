"""Entries of a bank's statement: each as a transfer between the statement's own account and the other side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from upriver.evidence.records import Source


@dataclass(frozen=True, slots=True)
class Party:
    """An account and the name of its holder, as the statement writes them."""

    account: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement; `out`: the own account pays. `rest` is kept in `extra`: what is empty is left out."""

    place: str
    own: Party
    other: Party
    out: bool
    occurred_at: str
    amount: str
    currency: str
    reference: str
    purpose: str
    channel: str
    rest: dict[str, str] = field(default_factory=dict)


def transfers(source: Source, entries: Iterable[Entry]) -> pa.Table:
    """Records of the form bank_transfer."""
    return source.told_of("bank_transfer", (_record(entry) for entry in entries))


def _record(entry: Entry) -> tuple[str, dict[str, str | None], dict[str, str]]:
    payer, payee = (entry.own, entry.other) if entry.out else (entry.other, entry.own)
    values: dict[str, str | None] = {
        "reference": entry.reference, "source_account": payer.account, "source_name": payer.name,
        "target_account": payee.account, "target_name": payee.name, "occurred_at": entry.occurred_at,
        "amount": entry.amount, "currency": entry.currency, "purpose": entry.purpose, "channel": entry.channel,
    }  # fmt: skip
    return entry.place, values, {name: value for name, value in entry.rest.items() if value}
