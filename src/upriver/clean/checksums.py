"""Checksums of wallet addresses: base58 in its alphabets, bech32 and its kin, CRC-16, Keccak-256.

Text in, bytes or None out: None wherever a sign is foreign to the alphabet or the checksum fails; nothing here raises.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from functools import lru_cache

BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_FIVES = frozenset(BECH32)
_BECH32M = 0x2BC830A3  # BIP-350


def base58(text: str, alphabet: str = BITCOIN) -> bytes | None:
    """The bytes that `text` writes in base58; each first sign of the alphabet at its head is a zero byte."""
    import base58 as library

    try:
        return bytes(library.b58decode(text, alphabet=alphabet.encode()))
    except ValueError:
        return None


@lru_cache(maxsize=100_000)
def base58check(text: str, alphabet: str = BITCOIN) -> bytes | None:
    """Version and payload, where the four bytes behind them are the double SHA-256 of both."""
    whole = base58(text, alphabet)
    if whole is None or len(whole) < 5:
        return None
    body, check = whole[:-4], whole[-4:]
    return body if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check else None


def bech32(text: str) -> tuple[str, list[int], str] | None:
    """Prefix, five-bit values and `bech32` or `bech32m`; None where case is mixed or the checksum is neither.

    source  BIP-173, BIP-350
    """
    value = text.lower()
    if text not in (value, text.upper()):
        return None
    prefix, _, rest = value.rpartition("1")
    if not prefix or len(rest) < 7 or not _FIVES.issuperset(rest):
        return None
    import bech32 as library  # which predates BIP-350: its sums are used, its verdict is not

    data = [BECH32.index(sign) for sign in rest]
    check = library.bech32_polymod(library.bech32_hrp_expand(prefix) + data)
    form = {1: "bech32", _BECH32M: "bech32m"}.get(check)
    return (prefix, data[:-6], form) if form else None


def witness(text: str, prefix: str) -> int | None:
    """Version of a segregated-witness address under `prefix`; None where version, length and checksum disagree."""
    found = bech32(text)
    if found is None or found[0] != prefix or not found[1]:
        return None
    version, program = found[1][0], eight_bits(found[1][1:])
    if program is None or version > 16 or not 2 <= len(program) <= 40:
        return None
    if version == 0:
        return 0 if found[2] == "bech32" and len(program) in (20, 32) else None
    return version if found[2] == "bech32m" else None


def eight_bits(data: Sequence[int]) -> bytes | None:
    """Five-bit values as bytes; None where the padding is more than four bits or not zero."""
    value = n_bits = 0
    out = bytearray()
    for five in data:
        value, n_bits = (value << 5 | five) & 0xFFF, n_bits + 5
        if n_bits >= 8:
            n_bits -= 8
            out.append(value >> n_bits & 0xFF)
    return bytes(out) if n_bits < 5 and not value & ((1 << n_bits) - 1) else None


def cashaddr(text: str, prefix: str) -> bytes | None:
    """Version byte and hash of a Bitcoin Cash address, with or without its prefix.

    source  the CashAddr specification of Bitcoin Cash
    """
    value = text.lower()
    if text not in (value, text.upper()):
        return None
    rest = value.removeprefix(f"{prefix}:")
    if not _FIVES.issuperset(rest):
        return None
    data = [BECH32.index(sign) for sign in rest]
    check = 1
    for five in [*(ord(sign) & 31 for sign in prefix), 0, *data]:
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ five
        for place, generator in enumerate((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)):
            if top >> place & 1:
                check ^= generator
    return eight_bits(data[:-8]) if check == 1 else None


def crc16(body: bytes) -> int:
    """CRC-16 of XMODEM: polynomial 0x1021, begun at zero."""
    return binascii.crc_hqx(body, 0)


def base32(text: str) -> bytes | None:
    """Bytes of RFC 4648 base32 without padding, in capitals."""
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None


def base64url(text: str) -> bytes | None:
    """Bytes of base64, in its plain or its web alphabet, without padding."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


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


def keccak256(message: bytes) -> bytes:
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
