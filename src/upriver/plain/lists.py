"""Lists beside a file of transfers: the sources of a trace, and services that are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from upriver.errors import EvidenceError
from upriver.plain.columns import place_of
from upriver.plain.opened import opened

ACCOUNT = ("account", "accountid", "address", "wallet", "walletaddress", "sourceaccount", "iban")
ID = ("transferid", "transactionid", "txid", "txhash", "transactionhash", "hash")
_KIND = ("kind", "type", "category", "class", "service")
_NAME = ("operator", "name", "entity", "owner", "label")


@dataclass(frozen=True, slots=True)
class Listed:
    """Values of one column in the order of the file, an Ethereum address without case.

    by            the name of that column without case, spaces and marks
    kinds, names  beside each value, "" where none is told
    """

    by: str
    values: list[str]
    kinds: list[str]
    names: list[str]


def listed(path: Path, wanted: Sequence[str], words: str) -> Listed:
    """Read the first column of `wanted` names that is there.

    words   what is looked for, for the reader of an error
    raises  EvidenceError when there is no such file or column
    """
    with opened(path, f"a CSV with a column {words}") as file:
        at = place_of(file.names, wanted)
        if at is None:
            raise EvidenceError(f"{path}: no column {words}; it has: {', '.join(file.names)}")
        kind, name = place_of(file.names, _KIND), place_of(file.names, _NAME)
        values, kinds, names = [], [], []

        def beside(row: Sequence[str], place: int | None) -> str:
            return row[place].strip() if place is not None and place != at and len(row) > place else ""

        for _, row in file.rows():
            value = row[at].strip() if len(row) > at else ""
            if value:
                values.append(value.lower() if value.startswith(("0x", "0X")) else value)
                kinds.append(beside(row, kind))
                names.append(beside(row, name))
        return Listed(next(word for word in wanted if place_of(file.names, (word,)) == at), values, kinds, names)
