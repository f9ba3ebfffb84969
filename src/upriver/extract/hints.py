"""What is told or guessed of each file and sheet: time zone, date order, currency, country; told before guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from upriver.model.forms import AMOUNTS, FORMS
from upriver.model.ids import content_id_sql

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

# SQL for the sheet of a record: `Sheet1!row 12` lies in Sheet1, `row 12` in no sheet.
SHEET = "CASE WHEN strpos(locator, '!') > 0 THEN substr(locator, 1, strpos(locator, '!') - 1) ELSE '' END"
# Zones that the engine shifts itself must have had one offset since this year (tests hold it true).
FIXED_SINCE = 1995
_LONG = 50_000


@dataclass(frozen=True, slots=True)
class Hint:
    """None where nothing is told or guessed; `time_zone` is an IANA name.

    decimals  field -> the sign before its decimals
    """

    time_zone: str | None = None
    date_order: str | None = None
    currency: str | None = None
    country: str | None = None
    decimals: Mapping[str, str] = field(default_factory=dict)


class Hints:
    """Hints by file and sheet."""

    def __init__(self, guessed: Mapping[str, str], paths: Mapping[str, str], formats: Mapping[str, str]) -> None:
        self.paths = paths
        self.formats = formats
        self._parsed = {file_id: _parsed(text) for file_id, text in guessed.items()}
        self._known: dict[tuple[str, str], Hint] = {}

    @classmethod
    def of(cls, case: Desk) -> Hints:
        """Hints of every source file."""
        rows = case.read("source_file", "file_id", "path", "format", "guessed").to_pylist()
        return cls(
            {row["file_id"]: row["guessed"] for row in rows},
            {row["file_id"]: row["path"] for row in rows},
            {row["file_id"]: row["format"] for row in rows},
        )

    def at(self, file_id: str, locator: str = "") -> Hint:
        """The hint for a place in a file."""
        sheet, mark, _ = locator.partition("!")
        place = (file_id, sheet if mark else "")
        if place not in self._known:
            self._known[place] = self._of(*place)
        return self._known[place]

    def _of(self, file_id: str, sheet: str) -> Hint:
        found: dict[str, str | None] = {}
        layers = self._parsed.get(file_id, [])
        for name in ("time_zone", "date_order", "currency", "country"):
            # For each layer (told, then by template, then guessed) the sheet speaks before the file.
            told = [_text(part.get(name)) for layer in layers for part in (_sheet(layer, sheet), layer)]
            found[name] = next((value for value in told if value), None)
        signs = {name: sign for name in AMOUNTS if (sign := _decimal(layers, sheet, name))}
        return Hint(**found, decimals=signs)

    def lent(self, case: Desk, forms: tuple[str, ...]) -> pa.Table:
        """One row for each file and sheet that holds records of `forms`, to join in SQL.

        returns  file_id, sheet, zone, date_order, currency, country, amount_sign and amount_usd_sign (before decimals),
                 path, format, offset_s (of the zone in seconds, null where it changes)
        """
        import pyarrow as pa

        listed = ", ".join(f"'{form}'" for form in forms)
        places = case.sql(
            f"SELECT DISTINCT file_id, {SHEET} AS sheet FROM record WHERE form IN ({listed}) ORDER BY file_id, sheet"
        ).to_pylist()
        hints = [self._of(place["file_id"], place["sheet"]) for place in places]
        zones = [hint.time_zone or "UTC" for hint in hints]
        columns: dict[str, tuple[list[Any], pa.DataType]] = {
            "file_id": ([place["file_id"] for place in places], pa.string()),
            "sheet": ([place["sheet"] for place in places], pa.string()),
            "zone": (zones, pa.string()),
            "date_order": ([hint.date_order or "" for hint in hints], pa.string()),
            "currency": ([hint.currency for hint in hints], pa.string()),
            "country": ([hint.country or "" for hint in hints], pa.string()),
            **{
                f"{name}_sign": ([hint.decimals.get(name, "") for hint in hints], pa.string())
                for name in ("amount", "amount_usd")
            },
            "path": ([self.paths.get(place["file_id"], place["file_id"]) for place in places], pa.string()),
            "format": ([self.formats.get(place["file_id"], "") for place in places], pa.string()),
            "offset_s": ([fixed_offset(zone) for zone in zones], pa.int64()),
        }
        return pa.table({name: pa.array(values, kind) for name, (values, kind) in columns.items()})


def of_form(case: Desk, form: str, fields: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Records of a form with record_id, file_id, locator, and the named fields, or all as `fields`.

    A long list comes in parts, by a hash of the record, so that it need not be held at once.
    """
    rows = case.sql(f"SELECT count(*) AS n_rows FROM record WHERE form = '{form}'").to_pylist()[0]["n_rows"]
    if not rows:
        return
    named = "".join(f", fields[{FORMS[form].position(name)}] AS {name}" for name in fields)
    whole = "" if fields else ", fields"
    for part in "0123456789abcdef" if rows > _LONG else ("",):
        only = f" AND substr({content_id_sql('record_id')}, 1, 1) = '{part}'" if part else ""
        yield from case.sql(
            f"SELECT record_id, file_id, locator{whole}{named} FROM record "
            f"WHERE form = '{form}'{only} ORDER BY record_id"
        ).to_pylist()


@cache
def fixed_offset(zone: str) -> int | None:
    """Seconds by which `zone` is ahead of UTC, or None where that has changed since 1995.

    >>> fixed_offset("Asia/Bangkok"), fixed_offset("Europe/London")
    (25200, None)
    """
    if zone == "UTC":
        return 0
    there = ZoneInfo(zone)
    # Two looks a year find every summer time; single changes of a zone last longer than half a year.
    looks = [datetime(year, month, 15, tzinfo=there) for year in range(FIXED_SINCE, 2038) for month in (1, 7)]
    offsets = {look.utcoffset() for look in looks}
    if len(offsets) != 1:
        return None
    offset = offsets.pop()
    return None if offset is None else int(offset.total_seconds())


def _parsed(text: str | None) -> list[dict[str, Any]]:
    try:
        whole = json.loads(text or "{}")
    except ValueError:
        return []
    if not isinstance(whole, dict):
        return []
    return [whole[name] for name in ("told", "template", "guessed") if isinstance(whole.get(name), dict)]


def _sheet(layer: Mapping[str, Any], sheet: str) -> Mapping[str, Any]:
    sheets = layer.get("sheets")
    found = sheets.get(sheet) if isinstance(sheets, dict) and sheet else None
    return found if isinstance(found, dict) else {}


def _decimal(layers: list[dict[str, Any]], sheet: str, name: str) -> str | None:
    """The sign before the decimals of a field: told of the whole, or settled for the column."""
    for layer in layers:
        for part in (_sheet(layer, sheet), layer):
            told = part.get("decimal")
            sign = told.get(name) if isinstance(told, dict) else told
            if sign in (".", ","):
                return str(sign)
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
