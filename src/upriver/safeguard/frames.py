"""What signs are held against: the eleven indicators of the ILO (2012), the six dimensions of ILO and EC (2009)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from upriver.clean.lexicon import load_list

_PACKAGE = "upriver.safeguard"
WEIGHTS = ("strong", "medium", "weak")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the eleven indicators of the ILO (2012).

    number  as in the source; `ask` its place in an interview; `topic` and `question` what is asked, in open words
    """

    name: str
    number: int
    strong: bool
    topic: str
    meaning: str
    question: str
    ask: int


@dataclass(frozen=True, slots=True)
class Operational:
    """One entry of a dimension: `weight` strong, medium or weak as in the source; `ilo` its indicator of 2012."""

    code: str  # dimension.entry
    weight: str
    ilo: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the six dimensions of the operational indicators of ILO and European Commission (2009)."""

    name: str
    title: str
    signs: tuple[Operational, ...]


@cache
def indicators() -> tuple[Indicator, ...]:
    """The eleven, in the order of the ILO."""
    return tuple(
        Indicator(
            entry["name"], entry["number"], entry["weight"] == "strong", entry["topic"], entry["meaning"],
            entry["question"], entry["ask"],
        )
        for entry in load_list(_PACKAGE, "ilo_2012.toml")["indicator"]
    )  # fmt: skip


@cache
def dimensions() -> tuple[Dimension, ...]:
    """The six, in the order of the source."""
    return tuple(
        Dimension(
            entry["name"], entry["title"],
            tuple(Operational(f"{entry['name']}.{s['name']}", s["weight"], s["ilo"], s["meaning"])
                  for s in entry["signs"]),
        )
        for entry in load_list(_PACKAGE, "delphi_2009.toml")["dimension"]
    )  # fmt: skip


@cache
def operational() -> Mapping[str, Operational]:
    """Every entry of the six dimensions by its code."""
    return MappingProxyType({sign.code: sign for dimension in dimensions() for sign in dimension.signs})


@cache
def sources() -> tuple[str, str]:
    """The two documents."""
    return load_list(_PACKAGE, "ilo_2012.toml")["source"], load_list(_PACKAGE, "delphi_2009.toml")["source"]


def dimension_present(weights: Iterable[str]) -> bool:
    """Whether entries of these weights make a dimension present, by the rule of the source (2009).

    Two strong, or one strong and another, or three medium, or two medium and a weak.

    >>> dimension_present(["strong"]), dimension_present(["strong", "weak"]), dimension_present(["medium"] * 3)
    (False, True, True)
    """
    told = list(weights)
    strong, medium, weak = (told.count(weight) for weight in WEIGHTS)
    return (strong >= 1 and len(told) >= 2) or medium >= 3 or (medium >= 2 and weak >= 1)
