"""The words of an event as files and tables write it: types, qualifiers, units; and types that one act may bear."""

from __future__ import annotations

import re

TYPES = frozenset(
    (
        "arrest", "handover", "rescue_release", "raid", "sanction", "sentence", "wanted_notice", "seizure", "estimate",
        "death", "repatriation", "prosecution", "execution", "disruption", "flight",
    )
)  # fmt: skip
QUALIFIERS = frozenset(("exact", "about", "more_than", "at_least", "up_to", "nearly", "range", "vague"))
ROLES = frozenset(("all", "leader", "protector", "financier", "company", "worker", "fugitive", "victim", "member"))
MODALITIES = frozenset(("actual", "planned", "attempted"))
UNITS = frozenset(
    (
        "people", "compounds", "buildings", "dens", "locations", "operations", "marketplaces", "targets", "companies",
        "properties", "phones", "computers", "laptops", "tablets", "satellite terminals", "accounts", "bank cards",
        "vehicles", "weapons", "SIM cards", "SIM boxes", "servers", "devices", "passports", "safes", "links", "wallets",
        "things", "MW", "BTC", "USDT",
    )
)  # fmt: skip
UNATTRIBUTED = "unattributed"

# The same people are freed in one paper and deported in another; the same house is raided and its people are arrested.
_FAMILIES = (
    frozenset(("handover", "repatriation", "rescue_release")),
    frozenset(("arrest", "raid")),
    frozenset(("arrest", "prosecution")),
    frozenset(("seizure", "disruption")),
)
_MONEY = re.compile(r"[A-Z]{3}(/year)?")


def one_family(a: str, b: str) -> bool:
    """Whether two types may tell one act.

    >>> one_family("handover", "repatriation"), one_family("raid", "prosecution")
    (True, False)
    """
    return a == b or any(a in family and b in family for family in _FAMILIES)


def is_unit(text: str) -> bool:
    """Whether an event may count this: things by their name, money by its code, with `/year` for a yearly sum.

    >>> is_unit("people"), is_unit("USD/year"), is_unit("souls")
    (True, True, False)
    """
    return text in UNITS or _MONEY.fullmatch(text) is not None
