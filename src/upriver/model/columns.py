"""What a table and a column are, and short ways to write the columns that tables are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "text[]", "int", "float", "bool", "time", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `unit` is empty where the type says all; `optional` columns may be null."""

    name: str
    type: Type
    meaning: str
    unit: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `key` columns are unique together and never null; `writer` is the stage that fills it."""

    name: str
    writer: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        missing = set(self.key) - {column.name for column in self.columns}
        if missing:
            raise ValueError(f"{self.name}: key names no column: {sorted(missing)}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def text(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "text", meaning, unit)


def texts(name: str, meaning: str) -> Column:
    return Column(name, "text[]", meaning)


def integer(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "int", meaning, unit)


def number(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "float", meaning, unit)


def usd(name: str, meaning: str) -> Column:
    return Column(name, "float", meaning, "USD")


def flag(name: str, meaning: str) -> Column:
    return Column(name, "bool", meaning)


def at(name: str, meaning: str) -> Column:
    return Column(name, "time", meaning, "UTC")


def on(name: str, meaning: str) -> Column:
    return Column(name, "date", meaning)


def or_null(column: Column) -> Column:
    return Column(column.name, column.type, column.meaning, column.unit, optional=True)


RECORD = text("record_id", "the record this row rests on")
# Records that a row of a table keeps of those it rests on.
MOST_RECORDS = 50
RECORDS = texts(
    "record_ids", f"records this row rests on, sorted, at most {MOST_RECORDS}; the count column says how many in all"
)
