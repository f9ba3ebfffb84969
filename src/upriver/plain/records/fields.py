"""Which column of a register tells what of a person or company: by its header and its cells, or as told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from upriver.clean.lexicon import load_list
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence.columns import key

_PACKAGE = "upriver.plain.records"
# Fields that stand in one column at most; a person may have many addresses, documents and telephones.
_ONCE = ("id", "given", "family", "name", "birth")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_BIRTH = re.compile(r"(?:1[5-9]|20)\d\d[-/.]?\d{2}[-/.]?\d{2}|\d{1,2}[-/.]\d{1,2}[-/.](?:1[5-9]|20)\d\d")
_PHONE = re.compile(r"(?:\+|00)\d[\d\s()-]{7,}")
_LIKE = {"email": _EMAIL, "birth": _BIRTH, "phone": _PHONE}
_LONG = 5  # letters of a word that is known inside a longer header
_SURE = 0.8  # of the filled cells of a column without a known name that must look like what it is taken for


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is compared: its field, how its values are compared (`kind`), its place and its header."""

    field: str
    kind: str
    place: int
    header: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of one register.

    identity  place of the column that names each row, or None: rows are named by their line
    compared  columns that are compared; unread: headers that are left alone on purpose; unknown: that nothing fits
    """

    identity: int | None
    compared: tuple[Column, ...]
    unread: tuple[str, ...]
    unknown: tuple[str, ...]

    def as_text(self) -> str:
        told = ", ".join(f"{one.header} ({one.field})" for one in self.compared)
        left = [f"not read on purpose: {', '.join(self.unread)}" if self.unread else ""]
        left.append(f"not known, name with --column: {', '.join(self.unknown)}" if self.unknown else "")
        return "; ".join([f"compared: {told}", *(one for one in left if one)])


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Mapping[str, Any]]:
    return load_list(_PACKAGE, "fields.toml")


def field_names() -> tuple[str, ...]:
    """What `--column FIELD=NAME` may name; `unread` takes a column out of the comparison."""
    return tuple(_known())


def told_columns(named: Sequence[str]) -> list[tuple[str, str]]:
    """FIELD=NAME as told on the command line.

    raises  SettingsError when a field is not known, or one that stands once is told twice
    """
    told: list[tuple[str, str]] = []
    for text in named:
        field, sign, name = text.partition("=")
        if field not in field_names() or not sign or not name:
            raise SettingsError(f"--column {text}: write FIELD=NAME; FIELD is one of {', '.join(field_names())}")
        if field in _ONCE and any(field == other for other, _ in told):
            raise SettingsError(f"--column {text}: {field} is told twice; it stands in one column")
        told.append((field, name))
    return told


def fields_of(
    path: Path, header: Sequence[str], cells: Sequence[Sequence[str]], told: Sequence[tuple[str, str]]
) -> Fields:
    """Roles of the columns.

    cells   values of each column, in the order of the header: a sample of the rows
    raises  EvidenceError when nothing that could tell people apart is found; SettingsError for a told column that
            is not there
    """
    roles: dict[int, str] = {}
    for field, name in told:
        roles[_place(path, header, field, name)] = field
    fixed = frozenset(roles.values())
    taken = set(fixed & set(_ONCE))
    keys = [key(name) for name in header]
    for field, about in _known().items():
        words = [key(word) for word in about["words"]]
        fits = [place for word in words for place, own in enumerate(keys) if own == word]
        fits += [p for p, own in enumerate(keys) if p not in fits and field not in _ONCE and _numbered(own) in words]
        for place in fits:
            if place not in roles and field not in taken:
                roles[place] = field
                if field in _ONCE:
                    taken.add(field)
    _widely(keys, roles)
    for place, values in enumerate(cells):
        filled = [value.strip() for value in values if value.strip()]
        for field, form in _LIKE.items():
            if place not in roles and field not in taken and len(filled) >= 5:
                alike = sum(form.fullmatch(value) is not None for value in filled)
                if alike >= _SURE * len(filled):
                    roles[place] = field
                    if field in _ONCE:
                        taken.add(field)
    compared = tuple(
        Column(field, _known()[field]["kind"], place, header[place])
        for place, field in sorted(roles.items(), key=lambda item: (list(_known()).index(item[1]), item[0]))
        if field not in ("id", "unread")
    )
    if not any(one.kind in ("given", "family", "name", "code", "phone") or one.field == "company" for one in compared):
        raise EvidenceError(
            f"{path}: no column is known to tell a name, document, telephone or e-mail; it has: {', '.join(header)}; "
            "name one, as in --column name=NAME"
        )
    return Fields(
        identity=next((place for place, field in roles.items() if field == "id"), None),
        compared=compared,
        unread=tuple(header[place] for place, field in sorted(roles.items()) if field == "unread"),
        unknown=tuple(name for place, name in enumerate(header) if place not in roles),
    )


def _widely(keys: Sequence[str], roles: dict[int, str]) -> None:
    """Columns whose name holds a known word (`customer_phone`), the longest first; never of names: a mother has one."""
    words = sorted(
        ((key(word), field) for field, about in _known().items() if field not in _ONCE for word in about["words"]),
        key=lambda pair: (-len(pair[0]), pair),
    )
    for place, own in enumerate(keys):
        if place not in roles:
            found = next((field for word, field in words if len(word) >= _LONG and word in own), None)
            if found:
                roles[place] = found


def _numbered(name: str) -> str:
    """`phone2` as `phone`: a second column of one kind."""
    return name.rstrip("0123456789")


def _place(path: Path, header: Sequence[str], field: str, name: str) -> int:
    if name in header:
        return header.index(name)
    same = [place for place, own in enumerate(header) if key(own) == key(name)]
    if same:
        return same[0]
    if name.isdigit() and 1 <= int(name) <= len(header):
        return int(name) - 1
    raise SettingsError(f"{path}: {field} is said to be in {name!r}; it has: {', '.join(header)}")
