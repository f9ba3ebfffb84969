"""Addresses of wallets, chain by chain: text in, value or None out. What has a checksum must satisfy it.

Values are as written, except where a chain holds two spellings to be one: bech32 in small letters, Ethereum in small
letters, Bitcoin Cash without its prefix.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache

from upriver.clean.checksums import (
    RIPPLE,
    base32,
    base58,
    base58check,
    base64url,
    bech32,
    cashaddr,
    crc16,
    keccak256,
    witness,
)

_ETH = re.compile(r"0[xX][0-9a-fA-F]{40}\Z")


def btc(text: str) -> str | None:
    """Bitcoin: base58 as written, bech32 in small letters."""
    if text[:3].lower() == "bc1":
        return text.lower() if witness(text, "bc") is not None else None
    return text if text[:1] in ("1", "3") and _version(text) in (0, 5) else None


def tron(text: str) -> str | None:
    """Tron."""
    return text if len(text) == 34 and text[0] == "T" and _version(text) == 0x41 else None


def eth(text: str) -> str | None:
    """Ethereum and the chains that share its addresses, in small letters; mixed case must satisfy EIP-55."""
    if not _ETH.match(text):
        return None
    digits = text[2:]
    if digits.lower() == digits or digits.upper() == digits:
        return text.lower()
    return text.lower() if digits == _eip55(digits.lower()) else None


def ltc(text: str) -> str | None:
    """Litecoin: L and M, and ltc1; its old addresses with 3 are those of Bitcoin."""
    if text[:4].lower() == "ltc1":
        return text.lower() if witness(text, "ltc") is not None else None
    return text if text[:1] in ("L", "M") and _version(text) in (0x30, 0x32) else None


def doge(text: str) -> str | None:
    """Dogecoin."""
    return text if text[:1] in ("D", "A", "9") and _version(text) in (0x1E, 0x16) else None


def dash(text: str) -> str | None:
    """Dash."""
    return text if text[:1] in ("X", "7") and _version(text) in (0x4C, 0x10) else None


def zec(text: str) -> str | None:
    """Zcash, its transparent addresses."""
    body = base58check(text) if text[:2] in ("t1", "t3") else None
    return text if body is not None and len(body) == 22 and body[:2] in (b"\x1c\xb8", b"\x1c\xbd") else None


def bch(text: str) -> str | None:
    """Bitcoin Cash in its own form, without the prefix."""
    value = text.lower()
    body = cashaddr(text, "bitcoincash")
    return value.removeprefix("bitcoincash:") if body is not None and len(body) == 21 else None


def xrp(text: str) -> str | None:
    """XRP Ledger, classic addresses."""
    body = base58check(text, RIPPLE) if text[:1] == "r" and 25 <= len(text) <= 35 else None
    return text if body is not None and len(body) == 21 and body[0] == 0 else None


def xlm(text: str) -> str | None:
    """Stellar accounts."""
    body = base32(text) if len(text) == 56 and text[0] == "G" else None
    good = body is not None and body[0] == 6 << 3 and int.from_bytes(body[-2:], "little") == crc16(body[:-2])
    return text if good else None


def ton(text: str) -> str | None:
    """TON in its user-friendly form, of the main network."""
    body = base64url(text) if len(text) == 48 and text[:2] in ("EQ", "UQ", "Ef", "Uf") else None
    return text if body is not None and int.from_bytes(body[-2:], "big") == crc16(body[:-2]) else None


def ada(text: str) -> str | None:
    """Cardano since Shelley: payment and stake addresses."""
    found = bech32(text)
    good = found is not None and found[0] in ("addr", "stake") and found[2] == "bech32" and len(found[1]) >= 45
    return text.lower() if good else None


def atom(text: str) -> str | None:
    """Cosmos Hub."""
    found = bech32(text)
    return text.lower() if found and found[0] == "cosmos" and found[2] == "bech32" and len(found[1]) == 32 else None


def xmr(text: str) -> str | None:
    """Monero: standard, integrated and sub-addresses of the main network."""
    if len(text) not in (95, 106) or text[:1] not in ("4", "8"):
        return None
    whole = b""
    # Blocks of eleven signs stand for eight bytes each; the last, shorter one for as many as fit.
    for start in range(0, len(text), 11):
        part = text[start : start + 11]
        size = {11: 8, 7: 5}.get(len(part))
        if size is None:
            return None
        body = base58(part)
        value = None if body is None else int.from_bytes(body, "big")
        if value is None or value >= 1 << (8 * size):
            return None
        whole += value.to_bytes(size, "big")
    good = whole[0] in (18, 19, 42) and keccak256(whole[:-4])[:4] == whole[-4:]
    return text if good else None


def dot(text: str) -> str | None:
    """Polkadot (SS58 with its own prefix)."""
    whole = base58(text) if text[:1] == "1" and 46 <= len(text) <= 48 else None
    if whole is None or len(whole) != 35 or whole[0] != 0:
        return None
    check = hashlib.blake2b(b"SS58PRE" + whole[:-2], digest_size=64).digest()
    return text if check[:2] == whole[-2:] else None


def sol(text: str) -> str | None:
    """Solana: 32 bytes in base58. There is no checksum: only a word for the chain beside it makes it one."""
    body = base58(text) if 32 <= len(text) <= 44 else None
    return text if body is not None and len(body) == 32 else None


# Chains whose addresses prove themselves, in the order in which a text is asked for them.
CHECKED: dict[str, Callable[[str], str | None]] = {
    "eth": eth, "tron": tron, "btc": btc, "ltc": ltc, "doge": doge, "dash": dash, "zec": zec, "bch": bch, "xrp": xrp,
    "xlm": xlm, "ton": ton, "ada": ada, "atom": atom, "xmr": xmr, "dot": dot,
}  # fmt: skip
CHAINS = frozenset({*CHECKED, "sol"})


def _version(text: str) -> int | None:
    """Version byte of a base58check address of 20 bytes, or None where it is none."""
    body = base58check(text) if 26 <= len(text) <= 35 else None
    return body[0] if body is not None and len(body) == 21 else None


@lru_cache(maxsize=100_000)
def _eip55(digits: str) -> str:
    """`digits` (40 hex, small) in the case that EIP-55 gives them."""
    hashed = keccak256(digits.encode("ascii")).hex()
    return "".join(sign.upper() if int(mark, 16) >= 8 else sign for sign, mark in zip(digits, hashed, strict=False))
