"""Accounts, cards and wallets: text in, a value with true check digits or None out.

`account` reads a column that is said to hold accounts and keeps what it cannot check in a stable form; the other
functions each know one form and refuse what fails its checksum.
"""

from __future__ import annotations

import re
import unicodedata

from upriver.clean.cards import luhn, network
from upriver.clean.wallets import CHAINS, CHECKED

# Kinds of observable that name an account.
KINDS = ("iban", "bank_card", *sorted(CHAINS), "bank_account")

_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ETH = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")
_NAMED_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_GROUPS = re.compile(r"\d+(?:[ -]+\d+)*\Z")
_NOTHING = frozenset(
    {"", "-", "--", "/", "n/a", "na", "nan", "none", "null", "nil", "unknown", "x", "无", "未知", "不详"}
)
_SHORTEST_WALLET = 25
LONGEST = 64  # signs of an account that proves nothing; only wallets with a checksum are longer
# A spreadsheet that took an account for a number: the last digits are lost for good.
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}\Z")
_FLOAT = re.compile(r"\d{6,}\.0+\Z")


def plain(text: str) -> str:
    """`text` without invisible characters, full-width forms narrowed (NFKC), blanks single."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if " " in text else text
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def account(text: str | None) -> tuple[str, str] | None:
    """Kind and value of what a column of accounts holds, or None where it holds nothing that names an account.

    What is longer than `LONGEST` signs is no account, unless it is a wallet with a true checksum.
    Blanks and dashes go only where digits alone stand between them: `ab-12` and `ab12` may be two accounts.

    >>> account("123-4-56789-0"), account("acc_1829"), account("6.2E+18")
    (('bank_account', '1234567890'), ('bank_account', 'acc_1829'), None)
    """
    if text is None:
        return None
    value = plain(text)
    if value.lower() in _NOTHING or _SCIENTIFIC.match(value) or not any(c.isalnum() for c in value):
        return None
    if _FLOAT.match(value):
        value = value.partition(".")[0]
    if _GROUPS.match(value):
        digits = re.sub(r"[ -]", "", value)
        if len(digits) > LONGEST:
            return None
        return ("bank_card", digits) if bank_card(digits) else ("bank_account", digits)
    if _ETH.match(value):
        return "eth", value.lower()  # exports of explorers fold case as they like: in a column, case is no checksum
    if len(value) >= _SHORTEST_WALLET:
        for kind, read in CHECKED.items():
            found = read(value)
            if found:
                return kind, found
    if len(value) > LONGEST:
        return None
    found = iban(value)
    return ("iban", found) if found else ("bank_account", value)


def iban(text: str) -> str | None:
    """IBAN in capitals without blanks, or None where its form or check digits do not hold."""
    value = re.sub(r"[ -]", "", text).upper()
    if not _IBAN.match(value):
        return None
    from stdnum import iban as checked

    return value if checked.is_valid(value, check_country=False) else None


def only_iban(text: str, own: str = "") -> str:
    """The IBAN that a free text names, beside that of its `own` side, where it is exactly one; else ''.

    >>> only_iban("SEPA DE89 3704 0044 0532 0130 00 Rent May"), only_iban("Rent May")
    ('DE89370400440532013000', '')
    """
    found = {value for match in _NAMED_IBAN.finditer(text) if (value := iban(match[0])) and value != iban(own)}
    return found.pop() if len(found) == 1 else ""


def bank_card(text: str) -> str | None:
    """Digits of a card number of 16 or 19 digits, or None where Luhn's check fails or no network has such cards."""
    value = re.sub(r"[ -]", "", text)
    if len(value) not in (16, 19) or not (value.isascii() and value.isdigit()) or network(value) is None:
        return None
    return value if luhn(value) else None
