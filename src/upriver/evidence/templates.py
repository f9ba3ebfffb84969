"""A table's header held against the templates: one that fits tells how it is read; all else is said, not done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from upriver.case.settings import FileSettings
from upriver.case.templates import Template
from upriver.evidence import looks
from upriver.evidence.columns import BOTH, key, unlike

SEARCHED = 30
# Of the names of a template so many must be in a header that is told to be nearly its own.
_NEAR = 0.75


@dataclass(frozen=True, slots=True)
class Match:
    """What templates say of one table.

    told     what case.toml tells, over what the template tells
    used     name of the template and what it tells, for source_file.guessed; empty where none is used
    doubts   key -> sentence, for what was guessed: why a template was not used
    """

    told: FileSettings
    used: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)


def fits(templates: Iterable[Template], rows: Sequence[Sequence[str]]) -> bool:
    """Whether one of the first rows is the header of a template."""
    headers = {_names(template.header) for template in templates}
    return bool(headers) and any(_names(row) in headers for row in rows[:SEARCHED])


def match(templates: Sequence[Template], rows: Sequence[Sequence[str]], told: FileSettings) -> Match:
    """The template whose header stands among the first rows of a table. Order, case, width and blanks do not matter.

    One of the case goes before one of the user. Where two others say different things, neither is used.
    """
    if not templates or told.header is False:
        return Match(told)
    for number, row in enumerate(rows[:SEARCHED]):
        fitting = [template for template in templates if _names(template.header) == _names(row)]
        if fitting:
            return _chosen(fitting, row, rows[number + 1 : number + 1 + looks.SAMPLE], told)
    return Match(told, doubts=_near(templates, rows[:SEARCHED]))


def _chosen(fitting: list[Template], row: Sequence[str], below: Sequence[Sequence[str]], told: FileSettings) -> Match:
    nearest = [template for template in fitting if template.own] or fitting
    names = " and ".join(template.name for template in nearest)
    if any(template.told != nearest[0].told for template in nearest):
        return Match(told, doubts={"template": f"{names} have this header and differ: none is used; keep one of them"})
    template = nearest[0]
    doubles = {name for name, n_same in Counter(map(key, row)).items() if n_same > 1}
    parts = [part for column in template.told.columns.values() for part in column.split(BOTH)]
    if doubles & set(map(key, parts)) and [key(cell) for cell in row] != [key(cell) for cell in template.header]:
        return Match(
            told,
            doubts={
                "template": f"{template.name} is not used: two columns have one name, and stand in another order here"
            },
        )
    own = {key(name): name for name in reversed(unlike(_trimmed(row)))}
    spelt = {
        field: BOTH.join(own.get(key(part), part) for part in column.split(BOTH))
        if column not in template.header
        else own.get(key(column), column)
        for field, column in template.told.columns.items()
    }
    wrong = _wrong(spelt, _trimmed(row), below)
    if wrong:
        return Match(told, doubts={"template": f"{template.name} has this header but is not used: {wrong}"})
    known = replace(template.told, columns=MappingProxyType(spelt))
    used = {"name": template.name, **known.told()}
    others = [other.name for other in fitting if not other.own and template.own and other.told != template.told]
    doubts = {"template": f"{template.name} of the case goes before {', '.join(others)}"} if others else {}
    merged = told.over(known)
    if told.columns:
        # A column that case.toml gives to one field is not kept by another.
        taken = set(told.columns.values())
        kept = {field: column for field, column in spelt.items() if field not in told.columns and column not in taken}
        merged = replace(merged, columns=MappingProxyType({**kept, **told.columns}))
    return Match(merged, used, doubts)


def _wrong(columns: dict[str, str], header: Sequence[str], below: Sequence[Sequence[str]]) -> str:
    """What speaks against a template that has the right header: a column none of whose values fit its field."""
    names = unlike(header)
    for name, column in columns.items():
        wanted = looks.fitting(name)
        if column not in names or not set(wanted) & {"moment", "amount"}:
            continue
        place = names.index(column)
        counts, n_values = looks.seen(row[place] for row in below if len(row) > place)
        if n_values and not any(counts[kind] for kind in wanted):
            return f"none of {n_values} values of {column!r} looks like {looks.words()[wanted[0]]}, as {name} needs"
    return ""


def _near(templates: Sequence[Template], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """A template that has most columns of a row: told, so that nobody wonders why it was not used."""
    best: tuple[float, str] = (0.0, "")
    for template in templates:
        wanted = set(_names(template.header))
        for row in rows:
            there = set(_names(row))
            share = len(wanted & there) / max(len(wanted), len(there), 1)
            if share >= _NEAR and share > best[0]:
                lacks = [name for name in _trimmed(template.header) if key(name) not in there]
                more = [name for name in _trimmed(row) if key(name) not in wanted]
                told = [
                    f"{what} {', '.join(map(repr, names[:5]))}"
                    for what, names in (("lacks", lacks), ("has besides", more))
                    if names
                ]
                best = (
                    share,
                    f"{template.name} is not used: this header {' and '.join(told) or 'repeats a name'}; "
                    "`upriver map` makes one for it",
                )
    return {"template": best[1]} if best[1] else {}


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """Keys of a header in a fixed order; a name of signs alone stays as written."""
    return tuple(sorted(key(cell) or cell.strip() for cell in _trimmed(cells)))


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Cells without the empty ones behind the last filled one."""
    trimmed = list(cells)
    while trimmed and not trimmed[-1].strip():
        trimmed.pop()
    return trimmed
