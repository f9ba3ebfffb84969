"""What the values of a column look like: kinds of text, counted over a sample. A look is a reason, never a proof."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import resources

from upriver.clean import accounts, contacts, wallets
from upriver.clean.dates import moment
from upriver.evidence.columns import met_currencies
from upriver.model.units import asset

SAMPLE = 200
_FIGURE = re.compile(r"[-+−(]?\s*\D{0,4}\s*\d[\d.,'’ \u00a0]*\s*(?:万|萬|亿|億|[kKmM])?\s*\D{0,4}\)?\Z")
_GROUPS = re.compile(r"[\d][\d -]*\d\Z")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[aApP][mM])?\Z")
_NO_AMOUNT = re.compile(r"\A0\d+\Z|\A\d{10,}\Z|\w-\d")  # numbers of accounts, phones and papers
_HASH = re.compile(r"(?:0x)?[0-9a-fA-F]{64}\Z")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9/_.-]{3,63}\Z")
_WORDS = re.compile(r"[^\W\d_]{2,}")


@cache
def words() -> dict[str, str]:
    """Kind -> how it is named in a sentence, from the more special to the more general."""
    told = tomllib.loads(resources.files("upriver.evidence").joinpath("looks.toml").read_text("utf-8"))
    return {str(kind): str(text) for kind, text in told["words"].items()}


@cache
def fitting(field: str) -> tuple[str, ...]:
    """Kinds of values that fit a field; none where any text does."""
    told = tomllib.loads(resources.files("upriver.evidence").joinpath("looks.toml").read_text("utf-8"))["fields"]
    ending = f"_{field.rpartition('_')[2]}"
    return tuple(told.get(field) or told.get(ending) or ())


@cache
def kinds(text: str) -> frozenset[str]:
    """Kinds that one value may be; an amount may be an account too, a date no amount.

    >>> sorted(kinds("GB82 WEST 1234 5698 7654 32")), sorted(kinds("31/05/2024 10:00")), sorted(kinds("1.250,00 EUR"))
    (['account', 'iban'], ['moment'], ['amount'])
    """
    value = text.strip()
    found: set[str] = set()
    if not value or len(value) > 200:
        return frozenset(found)
    if _CLOCK.match(value):
        return frozenset({"clock"})
    if any(moment(value, order) for order in ("dmy", "mdy")) and not value.isdigit():
        return frozenset({"moment"}) if _FIGURE.match(value) is None or not _plain(value) else frozenset({"amount"})
    if value.isdigit() and len(value) in (8, 10, 13, 14) and moment(value):
        found.add("moment")
    if _HASH.match(value):
        found.add("hash")
    if _FIGURE.match(value) and not _NO_AMOUNT.search(value) and (asset(_letters(value)) or not _letters(value)):
        found.add("amount")
    found |= _addresses(value)
    if asset(value) in met_currencies():
        found.add("currency")
    if _CODE.match(value):
        found.add("code")
    if not found & {"iban", "wallet", "card", "email", "url", "currency"} and _WORDS.search(value):
        found.add("text")
    return frozenset(found)


def seen(values: Iterable[str]) -> tuple[Counter[str], int]:
    """How often each kind fits among the values that are not empty, and how many those are."""
    counts: Counter[str] = Counter()
    n_values = 0
    for value in values:
        if value.strip():
            n_values += 1
            counts.update(kinds(value))
    return counts, n_values


def _plain(value: str) -> bool:
    """Whether a value with few signs is a figure rather than a date: `45658.5` is both, and a figure in most files."""
    return value.count(".") + value.count(",") <= 1 and not set(value) & set("-/:")


def _letters(value: str) -> str:
    return "".join(
        character for character in value if not (character.isdigit() or character in "-+−().,'’ \u00a0万萬亿億")
    )


def _addresses(value: str) -> set[str]:
    found: set[str] = set()
    if accounts.iban(value):
        found |= {"iban", "account"}
    if wallets.eth(value) or wallets.tron(value) or wallets.btc(value):
        found |= {"wallet", "account"}
    if contacts.email(value):
        found.add("email")
    if contacts.url(value):
        found.add("url")
    if _GROUPS.match(value):
        n_digits = sum(character.isdigit() for character in value)
        if accounts.bank_card(re.sub(r"[ -]", "", value)):
            found |= {"card", "account"}
        if 6 <= n_digits <= 34:
            found.add("account")
    if contacts.phone(value):
        found.add("phone")
    return found
