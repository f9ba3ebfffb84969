"""What the readers of STIX and MISP share: records of several forms, gathered, and the words of the two standards."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources

import pyarrow as pa

from upriver.evidence.readers.json_items import Torn
from upriver.evidence.readers.listing import Fields, Places, Row
from upriver.evidence.records import Source

_BATCH_ROWS = 5000


class Gathered:
    """Rows waiting to be written, by form; a locator is given once, a second equal one gets a number."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rows: dict[str, list[Row]] = {}
        self._broken: list[tuple[str, str, str]] = []
        self._places = Places()
        self._n_rows = 0

    def add(self, form: str, place: str, fields: Fields, rest: dict[str, str]) -> None:
        """Keep one record."""
        self._rows.setdefault(form, []).append((self._places.one(place), fields, rest))
        self._n_rows += 1

    def torn(self, torn: Torn) -> None:
        """Keep a broken record."""
        self._broken.append((self._places.one(f"line {torn.line}"), torn.reason, torn.raw))
        self._n_rows += 1

    def full(self) -> Iterator[pa.Table]:
        """What waits, once it is much."""
        if self._n_rows >= _BATCH_ROWS:
            yield from self.rest()

    def rest(self) -> Iterator[pa.Table]:
        """What waits."""
        for form, rows in self._rows.items():
            yield self._source.told_of(form, rows)
        if self._broken:
            yield self._source.broken(self._broken)
        self._rows, self._broken, self._n_rows = {}, [], 0


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, list[str]]]:
    """The tables of shared.toml."""
    return tomllib.loads(resources.files("upriver.evidence.readers").joinpath("shared.toml").read_text("utf-8"))


@lru_cache(maxsize=256)
def kind_of(table: str, word: str) -> str | None:
    """The name of the list of `table` that holds `word`, or None where none does."""
    return next((kind for kind, listed in words()[table].items() if word.lower() in listed), None)
