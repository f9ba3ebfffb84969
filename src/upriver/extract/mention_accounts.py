"""Wallets, IBANs, cards, bank accounts and devices in a text.

What fails its checksum is struck out, and is nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from upriver.clean import accounts, wallets
from upriver.clean.cards import luhn
from upriver.extract.mention_page import Page
from upriver.extract.mention_words import choice, listed

_58 = "1-9A-HJ-NP-Za-km-z"
_32 = "02-9ac-hj-np-z"
_32_CAPITAL = "02-9AC-HJ-NP-Z"
_START, _STOP = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"

# A run of letters and digits that may be an address, and which chains it may be of.
_WALLET = re.compile(
    rf"{_START}(?:(?P<eth>0[xX][0-9a-fA-F]{{40}})|(?P<tron>T[{_58}]{{33}})"
    rf"|(?P<btc>[13][{_58}]{{25,34}}|bc1[{_32}]{{11,87}}|BC1[{_32_CAPITAL}]{{11,87}})"
    rf"|(?P<ltc>[LM][{_58}]{{26,33}}|ltc1[{_32}]{{11,87}}|LTC1[{_32_CAPITAL}]{{11,87}})"
    rf"|(?P<doge>[DA9][{_58}]{{33}})|(?P<dash>[X7][{_58}]{{33}})|(?P<zec>t[13][{_58}]{{33}})"
    rf"|(?P<bch>(?:bitcoincash:)?[qp][{_32}]{{41}})|(?P<xrp>r[{_58}]{{24,34}})|(?P<xlm>G[A-Z2-7]{{55}})"
    rf"|(?P<ton>[EU][Qf][A-Za-z0-9_/+-]{{46}})|(?P<ada>(?:addr|stake)1[{_32}]{{45,110}})|(?P<atom>cosmos1[{_32}]{{38}})"
    rf"|(?P<xmr>[48][{_58}]{{94}}(?:[{_58}]{{11}})?)|(?P<dot>1[{_58}]{{45,47}})){_STOP}"
)
_SOL = re.compile(rf"{_START}[{_58}]{{32,44}}{_STOP}")
_LONG_RUN = re.compile(r"[A-Za-z0-9]{24}")
_IBAN = re.compile(rf"{_START}[A-Za-z]{{2}}\d{{2}}(?:[ -]?[A-Za-z0-9]{{4}}){{2,7}}(?:[ -]?[A-Za-z0-9]{{1,3}})?{_STOP}")
_CARD = re.compile(
    r"(?<![A-Za-z0-9.])(?<!\d[ -])\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{3})?(?![ -]?\d|[A-Za-z]\d)"
    r"|(?<!\d)(?<!\d[ .-])(?:\d{16}|\d{19}|\d{6}[ -]\d{10}|\d{6}[ -]\d{13}|\d{8}[ -]\d{8}|\d{8}[ -]\d{11})(?!\d)"
)
_IBAN_HEAD = re.compile(r"(?<![A-Za-z])[A-Z]{2}$")
_ACCOUNT = re.compile(
    r"(?:\b(?:account|acct|a/c)(?:\s*(?:no|number|num))?|账号|账户|帐号|卡号|บัญชี|เลขที่บัญชี|rekening|norek"
    r"|số tài khoản|stk|계좌번호)"
    r"\.?\s*[:#]?\s*(\d(?:[ -]?\d){8,17})(?!\d)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9][A-Za-z0-9_-]{6,63}(?![A-Za-z0-9_-])")
_IMEI = re.compile(r"(?<![\dA-Za-z])\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d(?![\dA-Za-z])")
_MAC = re.compile(r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:-])")
_UUID = re.compile(r"(?<![0-9A-Fa-f-])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])")
_ANDROID = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{16}(?![0-9A-Za-z])")
_NEAR = 32  # characters before an address in which a word for its chain or device stands
_CONNECTED = re.compile(
    r"(?:[\s:#.=\-/()（）,，|]|是|号码|号|番号|번호|为|為|ของ|หมายเลข|เลขที่|số|code|number|num|no|nr|id|is|was|của)+$",
    re.IGNORECASE,
)


def wallet_addresses(page: Page) -> None:
    """Take addresses whose checksum holds; those of Solana, which have none, beside a word for the chain."""
    if not _LONG_RUN.search(page.left):
        return
    for match in page.matches(_WALLET):
        kind = str(match.lastgroup)
        value = wallets.CHECKED[kind](match.group())
        # Other chains' forms are wide: what fails there may still be a word or key of another kind.
        if value is not None or kind in ("eth", "tron", "btc"):
            page.take(kind, value, *match.span())
    if page.wants("sol") and _near(page, "chain", "sol", 0, len(page.small)):
        for match in page.matches(_SOL):
            if _near(page, "chain", "sol", match.start() - _NEAR, match.start()):
                value = wallets.sol(match.group())
                if value is not None:
                    page.take("sol", value, *match.span())


def ibans(page: Page) -> None:
    """Take IBANs; one that fails its check digits is struck out where it stands as such."""
    for match in page.matches(_IBAN):
        raw = match.group()
        while True:  # a word after the number may look like its last group
            value = accounts.iban(raw)
            if value or not re.search("[ -]", raw):
                break
            raw = re.sub(r"[ -][^ -]*$", "", raw)
        if value:
            page.take("iban", value, match.start(), match.start() + len(raw))
        elif "iban" in page.small[max(0, match.start() - 12) : match.start()]:
            page.take("iban", None, *match.span())


def cards(page: Page) -> None:
    """Take card numbers of 16 or 19 digits that pass Luhn's check; orders and parcels are none."""
    for match in page.matches(_CARD):
        # Two capitals glued before it: an IBAN whose check failed.
        broken = _IBAN_HEAD.search(page.left, max(0, match.start() - 3), match.start())
        told = None if broken or other_number(page, match.start()) else accounts.bank_card(match.group())
        page.take("bank_card", told, *match.span())


def devices(page: Page) -> None:
    """Take IMEIs, hardware addresses and advertising ids beside a word for them, as the table of calls tells them."""
    if page.wants("device") and re.search(r"\d", page.left):
        for match in page.matches(_MAC):
            if _near(page, "device", "mac", match.start() - _NEAR, match.start()):
                page.take("device", match.group().replace("-", ":").lower(), *match.span())
        for match in page.matches(_UUID):
            if _near(page, "device", "id", match.start() - _NEAR, match.start()):
                page.take("device", match.group().lower(), *match.span())
        for match in page.matches(_ANDROID):
            if _near(page, "device", "id", match.start() - _NEAR, match.start()):
                page.take("device", match.group(), *match.span())
        for match in page.matches(_IMEI):
            digits = re.sub("[ -]", "", match.group())
            if _near(page, "device", "imei", match.start() - _NEAR, match.start()):
                page.take("device", digits if luhn(digits) else None, *match.span())


def bank_accounts(page: Page, known: Collection[str]) -> None:
    """Take what a word calls an account, and words of the text that are among `known` accounts."""
    if not page.wants("bank_account") and not known:
        return
    for match in page.matches(_ACCOUNT):
        page.take("bank_account", re.sub("[ -]", "", match[1]), *match.span(1))
    if not known:
        return
    for match in page.matches(_TOKEN):
        read = accounts.account(match.group()) if any(c.isdigit() for c in match.group()) else None
        if read and read[1] in known:
            page.take(*read, *match.span())


def other_number(page: Page, start: int, names: tuple[str, ...] = ("before",)) -> bool:
    """Whether the words before `start` say that the number there is an order, a parcel, a document.

    names  lists of `other_number` that are asked
    """
    before = page.small[max(0, start - 28) : start].rstrip()
    if before.endswith("#") and not before.rstrip(" #:").endswith(("tel", "phone")):
        return True
    return any(_other(names).search(text) for text in (before.rstrip(" :#.=-("), _CONNECTED.sub("", before)))


@lru_cache(maxsize=4)
def _other(names: tuple[str, ...]) -> re.Pattern[str]:
    words = frozenset().union(*(listed("other_number", name) for name in names))
    return re.compile(rf"(?:{choice(words)})$")


def _near(page: Page, topic: str, name: str, start: int, end: int) -> bool:
    return bool(_pattern(topic, name).search(page.small, max(0, start), end))


@lru_cache(maxsize=16)
def _pattern(topic: str, name: str) -> re.Pattern[str]:
    return re.compile(choice(listed(topic, name)))
