"""Lists of the United Kingdom and the European Union as tables: one name, address or date of an entry in each row.

Locators are those of the table: `row N`. Rows of one entry carry its id, and are one entity.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.evidence.readers import delimited, listing, uk_list
from upriver.evidence.readers.eu_list import LIST_NAME
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{4}")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for each row that holds anything.

    raises  UnreadableError when the table has no header
    """
    # The columns are known: the reader of tables is asked for cells, not for a form.
    plain = dataclasses.replace(source, told=dataclasses.replace(source.told, form="unknown"))
    published = ""
    known = _Known()
    for table in delimited.read(plain, params):
        rows: list[listing.Row] = []
        broken: list[tuple[str, str, str]] = []
        for record in table.to_pylist():
            if record["form"] == "broken":
                broken.append((record["locator"], *record["fields"]))
                continue
            cells = json.loads(record["extra"] or "{}", object_pairs_hook=_first_filled)
            if not cells:
                continue
            if "1" in cells and not known.ids and not rows and _above(cells):
                published = published or _day(" ".join(cells.values()))
                if published:
                    continue  # the line above the header that gives the day of the list: kept in every entry
                yield source.unknown([(record["locator"], list(cells.values()))])
                continue
            values = {listing.bare(name): value for name, value in cells.items()}
            fields, rest = _row(values, cells, published, known)
            rows.append((record["locator"], fields, rest))
        if rows:
            yield source.told_of("watchlist", rows)
        if broken:
            yield source.broken(broken)


@dataclass(slots=True)
class _Known:
    """What earlier rows told: the reference of each numbered entry, and the name that stands for each entry."""

    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def _first_filled(pairs: list[tuple[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if value and not found.get(name):
            found[name] = value
    return found


def _above(cells: Mapping[str, str]) -> bool:
    """Whether these cells stand above the header, where columns have numbers for names."""
    return all(name.isdigit() for name in cells)


def _day(text: str) -> str:
    found = _DAY.search(text)
    return listing.iso(found[0].replace("-", " ") if found[0][2:3] == "-" else found[0], "dmy") if found else ""


def _row(
    values: Mapping[str, str], cells: Mapping[str, str], published: str, known: _Known
) -> tuple[listing.Fields, dict[str, str]]:
    eu = any(name.startswith(("entity", "naal")) for name in values)
    fields = _eu_fields(values, known) if eu else uk_list.row_fields(values, published)
    used = _eu_columns() if eu else uk_list.used_columns()
    return fields, {name: value for name, value in cells.items() if listing.bare(name) not in used}


def _eu_columns() -> frozenset[str]:
    tables = (listing.words()["eu"], listing.words()["eu_joined"])
    return frozenset(word for table in tables for columns in table.values() for word in columns)


def _eu_fields(values: Mapping[str, str], known: _Known) -> listing.Fields:
    words, joins = listing.words()["eu"], listing.words()["eu_joined"]
    told = dict(values)

    def take(field: str) -> str:
        return listing.first(told, words[field])

    # Rows of an entry that give no name may leave out its reference, too; its number stands in every row.
    number = listing.first(told, words["number"])
    name, entry = take("name"), known.ids.setdefault(number, take("listed_id")) if number else take("listed_id")
    # The list marks no first name: the first one of an entry stands for it, the others beside it.
    main = not name or known.names.setdefault(entry, name) == name
    return listing.filled(
        listed_id=entry,
        schema=take("schema"),
        name=name if main else "",
        aliases="" if main else name,
        birth_date=take("birth_date"),
        birth_places=listing.commaed(told.get(part, "") for part in joins["birth_places"]),
        genders=take("genders"),
        country=take("country"),
        programme=take("programme"),
        listed_on=listing.iso(take("listed_on"), "dmy")[:10],
        list_name=LIST_NAME,
        published_on=listing.iso(take("published_on"), "dmy")[:10],
        entry_url=take("entry_url"),
        positions=take("positions"),
        addresses=listing.joined([listing.commaed(told.get(part, "") for part in joins["addresses"])]),
        identifiers=listing.numbered(take("document_kind"), take("document")),
        remarks=take("remarks"),
    )
