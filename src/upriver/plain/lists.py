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
_KIND = ("kind", "origin", "type", "category", "class", "service")
_NAME = ("operator", "name", "entity", "owner", "label")
_VICTIM = ("victim", "victimid", "victimname", "owner", "loss", "lossid", "claimant", "complainant", "asked")


@dataclass(frozen=True, slots=True)
class Listed:
    """Values of one column in the order of the file, an Ethereum address without case.

    by      the name of that column without case, spaces and marks
    kinds   beside each value, "" where none is told; so names, of an operator, and victims, whose money it is
    refused line, reason (which names the file), raw text of what is no row
    """

    by: str
    values: list[str]
    kinds: list[str]
    names: list[str]
    victims: list[str]
    refused: list[tuple[int, str, str]]


def listed(path: Path, wanted: Sequence[str], words: str) -> Listed:
    """Read the first column of `wanted` names that is there.

    words   what is looked for, for the reader of an error
    raises  EvidenceError when there is no such file or column
    """
    refused: list[tuple[int, str, str]] = []
    with opened(path, f"a CSV with a column {words}") as file:
        at = place_of(file.names, wanted)
        if at is None:
            raise EvidenceError(f"{path}: no column {words}; it has: {', '.join(file.names)}")
        beside = [place_of(file.names, names) for names in (_KIND, _NAME, _VICTIM)]
        rows = []
        for _, row in file.rows(lambda line, why, raw: refused.append((line, f"{path.name}: {why}", raw))):
            value, *told = (
                row[place].strip() if place is not None and len(row) > place else "" for place in (at, *beside)
            )
            if value:
                rows.append([value.lower() if value.startswith(("0x", "0X")) else value, *told])
        values, kinds, names, victims = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
        by = next(name for name in wanted if place_of(file.names, (name,)) == at)
        return Listed(by, values, kinds, names, victims, refused)
