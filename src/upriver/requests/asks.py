"""The fixed words of the sheets, from asks.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

KINDS = ("bank", "exchange", "token", "wallet", "telecom", "platform", "unnamed", "mail", "domain")


@dataclass(frozen=True, slots=True)
class Asks:
    """What is asked of one kind of recipient; each text is one sentence or a few."""

    who: str
    freeze: tuple[str, ...]
    records: tuple[str, ...]
    caution: tuple[str, ...]


@lru_cache(maxsize=1)
def _told() -> dict[str, object]:
    return tomllib.loads(resources.files("upriver.requests").joinpath("asks.toml").read_text(encoding="utf-8"))


def asks(kind: str) -> Asks:
    """What is asked of a recipient of `kind`, one of `KINDS`."""
    told = _told()[kind]
    assert isinstance(told, dict)
    return Asks(told["who"], tuple(told["freeze"]), tuple(told["records"]), tuple(told["caution"]))


def draft() -> str:
    """What a sheet is, and what it is not."""
    return str(_told()["draft"])


def harm() -> dict[str, str]:
    """The words that keep holders from harm: `all` on every sheet, `marked` where a row is marked."""
    told = _told()["harm"]
    assert isinstance(told, dict)
    return told


def method(name: str) -> str:
    """What a method does, in one sentence for somebody who never heard of it; empty where nothing was traced."""
    told = _told()["method"]
    assert isinstance(told, dict)
    return str(told[name]) if name else ""


def pair() -> str:
    """What is asked of a service that pays out, in another asset, what it was paid."""
    return str(_told()["pair"])
