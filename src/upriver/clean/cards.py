"""Card numbers: whose first digits are a network's and a bank's, and Luhn's check digit.

The table card_prefixes.csv is short on purpose: a bank is told only where its prefix is listed there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives out cards of a prefix: `bank` and `country` (ISO 3166-1 alpha-2) are None where the prefix is wider."""

    network: str
    bank: str | None
    country: str | None


@lru_cache(maxsize=1)
def _prefixes() -> dict[str, Issuer]:
    found: dict[str, Issuer] = {}
    with files("upriver.clean").joinpath("card_prefixes.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            first, _, last = row["prefix"].partition("-")
            for prefix in range(int(first), int(last or first) + 1):
                found[str(prefix)] = Issuer(row["network"], row["bank"] or None, row["country"] or None)
    return found


@lru_cache(maxsize=1)
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(prefix) for prefix in _prefixes()}, reverse=True))


def issuer(digits: str) -> Issuer | None:
    """The issuer of the longest listed prefix of `digits`, or None where no network has such cards.

    >>> issuer("6228480000000000133")
    Issuer(network='UnionPay', bank='Agricultural Bank of China', country='CN')
    """
    known = _prefixes()
    return next((known[digits[:n]] for n in _lengths() if digits[:n] in known), None)


def network(digits: str) -> str | None:
    """The network of a card, or None where none has such cards."""
    found = issuer(digits)
    return found.network if found else None


def luhn(digits: str) -> bool:
    """Whether the last of `digits` is the check digit of those before it (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * 2 if place % 2 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
