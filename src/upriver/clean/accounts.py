"""Accounts, cards and wallets: text in, a value with true check digits or None out.

`account` reads a column that is said to hold accounts and keeps what it cannot check in a stable form; the other
functions each know one form and refuse what fails its checksum.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Kinds of observable that name an account.
KINDS = ("iban", "bank_card", "btc", "eth", "tron", "bank_account")
CHAINS = frozenset({"btc", "eth", "tron"})

_INVISIBLE = re.compile(r"[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ETH = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{26,35}\Z")
_BECH32 = re.compile(r"bc1[02-9ac-hj-np-z]{11,87}\Z")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z")
_GROUPS = re.compile(r"\d+(?:[ -]+\d+)*\Z")
_NOTHING = frozenset(
    {"", "-", "--", "/", "n/a", "na", "nan", "none", "null", "nil", "unknown", "x", "无", "未知", "不详"}
)
LONGEST = 64  # signs of an account; the longest known forms, of banks and of chains, are shorter
# A spreadsheet that took an account for a number: the last digits are lost for good.
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}\Z")
_FLOAT = re.compile(r"\d{6,}\.0+\Z")
# First digits of card networks: Diners, JCB 3, Visa 4, Mastercard 5 and 22-27, UnionPay 6. Dates begin with 19 or 20.
_CARD = re.compile(r"(?:3|4|5|6|2[2-7])\d+\Z")


def plain(text: str) -> str:
    """`text` without invisible characters, full-width forms narrowed (NFKC), blanks single."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if " " in text else text
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def account(text: str | None) -> tuple[str, str] | None:
    """Kind and value of what a column of accounts holds, or None where it holds nothing that names an account.

    What is longer than `LONGEST` signs is no account.
    Blanks and dashes go only where digits alone stand between them: `ab-12` and `ab12` may be two accounts.

    >>> account("123-4-56789-0"), account("acc_1829"), account("6.2E+18")
    (('bank_account', '1234567890'), ('bank_account', 'acc_1829'), None)
    """
    if text is None:
        return None
    value = plain(text)
    if (
        len(value) > LONGEST
        or value.lower() in _NOTHING
        or _SCIENTIFIC.match(value)
        or not any(c.isalnum() for c in value)
    ):
        return None
    if _FLOAT.match(value):
        value = value.partition(".")[0]
    if _GROUPS.match(value):
        digits = re.sub(r"[ -]", "", value)
        return ("bank_card", digits) if bank_card(digits) else ("bank_account", digits)
    for kind, read in (("eth", _eth_of_column), ("tron", tron), ("btc", btc), ("iban", iban)):
        found = read(value)
        if found:
            return kind, found
    return "bank_account", value


def iban(text: str) -> str | None:
    """IBAN in capitals without blanks, or None where its form or check digits do not hold."""
    value = re.sub(r"[ -]", "", text).upper()
    if not _IBAN.match(value):
        return None
    from stdnum import iban as checked

    return value if checked.is_valid(value, check_country=False) else None


def bank_card(text: str) -> str | None:
    """Digits of a card number of 16 or 19 digits, or None where Luhn's check fails or no network has such cards."""
    value = re.sub(r"[ -]", "", text)
    if len(value) not in (16, 19) or not value.isdigit() or not _CARD.match(value):
        return None
    total = 0
    for place, digit in enumerate(reversed(value)):
        doubled = int(digit) * 2 if place % 2 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return value if total % 10 == 0 else None


def btc(text: str) -> str | None:
    """Bitcoin address: base58 as written, bech32 in small letters; None where the checksum fails."""
    if text[:3].lower() == "bc1":
        return _bech32(text)
    return text if text[:1] in ("1", "3") and _version(text) in (0, 5) else None


def tron(text: str) -> str | None:
    """Tron address as written, or None where the checksum fails."""
    return text if len(text) == 34 and text[0] == "T" and _version(text) == 0x41 else None


def eth(text: str) -> str | None:
    """Ethereum address in small letters; None where mixed case does not satisfy EIP-55."""
    if not _ETH.match(text):
        return None
    digits = text[2:]
    if digits.lower() == digits or digits.upper() == digits:
        return text.lower()
    return text.lower() if digits == _eip55(digits.lower()) else None


def _eth_of_column(text: str) -> str | None:
    # Exports of explorers fold case as they like: in a column, case is no checksum.
    return text.lower() if _ETH.match(text) else None


def _version(text: str) -> int | None:
    """Version byte of a base58check address of 20 bytes, or None where it is none."""
    if not _BASE58.match(text):
        return None
    import base58

    try:
        body = base58.b58decode_check(text)
    except ValueError:
        return None
    return body[0] if len(body) == 21 else None


def _bech32(text: str) -> str | None:
    # Mixed case is refused by the standard itself; bech32 and bech32m both occur.
    value = text.lower()
    if text not in (value, text.upper()) or not _BECH32.match(value):
        return None
    import bech32

    version, program = bech32.decode("bc", value)
    if version is None:
        version, program = _bech32m(value)
    return value if version is not None and program is not None else None


_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32M = 0x2BC830A3


def _bech32m(value: str) -> tuple[int | None, list[int] | None]:
    """Witness version and program of a bech32m address (BIP-350), which the library predates."""
    import bech32

    data = [_CHARSET.find(sign) for sign in value[3:]]
    if -1 in data or bech32.bech32_polymod(bech32.bech32_hrp_expand("bc") + data) != _BECH32M:
        return None, None
    program = bech32.convertbits(data[1:-6], 5, 8, False)
    if program is None or not 2 <= len(program) <= 40 or not 1 <= data[0] <= 16:
        return None, None
    return data[0], program


@lru_cache(maxsize=100_000)
def _eip55(digits: str) -> str:
    """`digits` (40 hex, small) in the case that EIP-55 gives them."""
    hashed = _keccak256(digits.encode("ascii")).hex()
    return "".join(sign.upper() if int(mark, 16) >= 8 else sign for sign, mark in zip(digits, hashed, strict=False))


_ROUNDS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip
_TURNS = (1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44)
_LANES = (10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1)
_WORD = (1 << 64) - 1


def _keccak256(message: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it (not NIST's SHA3, which pads otherwise), of a message under 136 bytes."""
    block = bytearray(message + b"\x01" + bytes(135 - len(message)))
    block[135] |= 0x80
    lanes = [int.from_bytes(block[i : i + 8], "little") for i in range(0, 136, 8)] + [0] * 8
    for constant in _ROUNDS:
        parity = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            turned = parity[(x + 1) % 5]
            mix = parity[(x + 4) % 5] ^ ((turned << 1 | turned >> 63) & _WORD)
            for y in range(0, 25, 5):
                lanes[x + y] ^= mix
        held = lanes[1]
        for lane, turn in zip(_LANES, _TURNS, strict=True):
            held, lanes[lane] = lanes[lane], (held << turn | held >> (64 - turn)) & _WORD
        for y in range(0, 25, 5):
            row = lanes[y : y + 5]
            for x in range(5):
                lanes[x + y] = row[x] ^ (~row[(x + 1) % 5] & _WORD & row[(x + 2) % 5])
        lanes[0] ^= constant
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
