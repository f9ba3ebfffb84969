"""Phones, handles, documents, accounts and wallets: well formed, with true check digits, and nobody's.

Wallets come from hashes of labels, so no key to them exists. Their order says nothing: all are drawn at random.
"""

from __future__ import annotations

import hashlib

from upriver.simulate.dice import Dice

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Country code, first digits of a mobile, digits after them.
_MOBILE = {
    "TH": ("66", ("81", "86", "89", "92", "95"), 7),
    "CN": ("86", ("135", "138", "158", "177", "189"), 8),
    "MM": ("95", ("942", "979", "996"), 7),
    "KH": ("855", ("12", "17", "92"), 6),
    "VN": ("84", ("90", "91", "98"), 7),
    "US": ("1", ("202555", "303555", "415555"), 4),
    "SG": ("65", ("81", "91"), 6),
    "MY": ("60", ("12", "13", "16"), 7),
    "PH": ("63", ("917", "905", "998"), 7),
    "IN": ("91", ("98", "70", "99"), 8),
    "KE": ("254", ("71", "72"), 7),
    "HK": ("852", ("51", "62", "92"), 6),
}


class Numbers:
    """Draws identifiers, each once."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._used: set[str] = set()

    def phone(self, country: str) -> str:
        """A mobile number in E.164."""
        code, starts, left = _MOBILE.get(country, _MOBILE["SG"])
        while True:
            number = f"+{code}{self._dice.pick(starts)}{self._dice.digits(left)}"
            # Short national plans run out: a longer start is still unique, and still of that country's form.
            if number not in self._used:
                self._used.add(number)
                return number
            starts = (*starts, *(start[:-1] + self._dice.digits(1) for start in starts))

    def handle(self) -> str:
        """A messenger's user name, without @."""
        while True:
            word = self._dice.letters(self._dice.whole(4, 7)) + self._dice.pick(("", "_")) + self._dice.letters(2)
            name = word + self._dice.pick(("", self._dice.digits(2), self._dice.digits(3)))
            if name not in self._used:
                self._used.add(name)
                return name

    def code(self, form: str) -> str:
        """A number by pattern: 9 for a digit, A for a capital letter, the rest as it stands."""
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        while True:
            text = "".join(
                self._dice.digits(1) if sign == "9" else self._dice.pick(letters) if sign == "A" else sign
                for sign in form
            )
            if text not in self._used:
                self._used.add(text)
                return text


def country_code_length(phone: str) -> int:
    """How many signs of an E.164 number are its + and country code."""
    codes = sorted({code for code, _, _ in _MOBILE.values()}, key=lambda code: (-len(code), code))
    return 1 + next((len(code) for code in codes if phone.startswith(f"+{code}")), 2)


def dialled(phone: str, dice: Dice) -> str:
    """An E.164 number as people write it: in one piece, with blanks, with 00, with a dash; "" stays ""."""
    if not phone:
        return ""
    length = country_code_length(phone)
    code, rest = phone[1:length], phone[length:]
    grouped = f"{rest[:2]} {rest[2:-4]} {rest[-4:]}"
    return dice.pick((phone, f"+{code} {grouped}", f"00{code}{rest}", f"+{code}-{rest}"))


def luhn(digits: str) -> str:
    """`digits` with the check digit that makes a card number."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def tron(label: bytes) -> str:
    """A Tron address with its checksum, from the hash of `label`."""
    body = b"\x41" + hashlib.sha256(label).digest()[:20]
    whole = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(whole, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    return text


def ether(label: bytes) -> str:
    """An Ethereum address in small letters, which carry no checksum, from the hash of `label`."""
    return "0x" + hashlib.sha256(label).hexdigest()[:40]


def account_kind(value: str) -> str:
    """Kind of observable of an account of this simulator."""
    if value.startswith("T"):
        return "tron"
    if value.startswith("0x"):
        return "eth"
    return "bank_card" if len(value) == 19 else "bank_account"
