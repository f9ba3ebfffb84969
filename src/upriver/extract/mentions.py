"""Identifiers in running text, with their places: pure functions, text in, mentions out.

Each kind first asks a cheap pattern whether the text can hold it at all; most texts hold none, and cost little. What is
found is struck out before the next kind is looked for, so that a card inside a link is not found twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from upriver.clean.wallets import CHAINS
from upriver.extract.mention_accounts import bank_accounts, cards, devices, ibans, wallet_addresses
from upriver.extract.mention_links import links
from upriver.extract.mention_names import dotted, handles, names
from upriver.extract.mention_numbers import phones
from upriver.extract.mention_page import Mention, Page
from upriver.extract.mention_words import cues

# All kinds of mention.
KINDS = (
    "phone", "url", "domain", "email", "iban", "bank_card", "bank_account", *sorted(CHAINS), "wechat", "qq",
    "telegram", "whatsapp", "line", "zalo", "handle", "device",
)  # fmt: skip

_LONGEST = 20_000  # characters that are searched at once: striking out copies the text
_CUT = re.compile(r"\n|\s(?=[^\s\d+(])")


def mentions(
    text: str, country: str | None = None, known: Collection[str] = (), kinds: frozenset[str] | None = None
) -> list[Mention]:
    """Every identifier in `text`, in the order in which they stand; each place is counted once.

    country  ISO 3166-1 alpha-2 of the country in which numbers without country code are read; without it they are not
    known    accounts that transfers name: a word of the text that is one of them is a `bank_account`
    kinds    those that are told; all where None
    """
    if len(text) > _LONGEST:
        return [
            Mention(one.kind, one.value, one.raw, one.start + begin, one.end + begin)
            for begin, part in _parts(text)
            for one in mentions(part, country, known, kinds)
        ]
    page = Page(text, kinds)
    met = cues(page.small)
    dotted(page, met)
    links(page)
    wallet_addresses(page)
    ibans(page)
    cards(page)
    devices(page)
    names(page, met)
    handles(page, met)
    phones(page, country, met)
    bank_accounts(page, known)
    return sorted(page.found, key=lambda mention: (mention.start, mention.kind))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """A long text in parts that end at blanks, each with its place."""
    begin = 0
    while begin < len(text):
        end = begin + _LONGEST
        if end < len(text):
            cuts = [match.end() for match in _CUT.finditer(text, end - 2_000, end)]
            end = cuts[-1] if cuts else end
        yield begin, text[begin:end]
        begin = end
