"""A mapping of columns to the fields of a form, proposed with reasons: words of the header first, then values.

Which of two accounts pays is never taken from values: where the words do not say it, it is missing, and asked for.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz import fuzz

from upriver.case.settings import FileSettings
from upriver.evidence import headers, looks
from upriver.evidence.columns import BOTH, Layout, key, keys, names_of, recognise
from upriver.evidence.templates import Match
from upriver.model.forms import FORMS, Form

_LIKE = 84  # of 100: a name that differs by a letter or an ending
_MOST = 0.8  # share of values that must fit a field before it is proposed by its values
_ALONE = {"_at": "moment", "_on": "moment", "amount": "amount", "currency": "currency"}
# Nobody can see from values which of two sides a column is: these are never given by values alone.
_SIDES = ("source_account", "target_account", "caller", "callee", "sender", "recipient")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it tells, why that is thought, and what its values look like.

    fields  fields of the form that it tells, or parts of a statement; empty: kept in `extra`
    basis   told, template, header, like (a name much like a known one) or values; empty where it tells no field
    look    the kind that most of its values are, in words, with counts; n_filled of n_seen are not empty
    """

    name: str
    fields: tuple[str, ...]
    basis: str
    why: str
    look: str
    n_filled: int
    n_seen: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one table.

    layout   its columns as the reader would take them; settings: what makes the reader do so
    columns  every column in the order of the table
    missing  field that the form needs -> columns that may tell it, best first
    """

    layout: Layout
    settings: FileSettings
    columns: tuple[Column, ...]
    missing: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column's values: counts of their kinds, and how many are filled."""

    counts: Counter[str]
    n_filled: int

    def share(self, kinds: Sequence[str]) -> float:
        """Of the filled values, how many are of one of these kinds, the best of them counted."""
        return max((self.counts[kind] for kind in kinds), default=0) / self.n_filled if self.n_filled else 0.0

    @property
    def kind(self) -> str:
        """The most special kind that most values are; empty where there is none."""
        return next((kind for kind in looks.words() if self.share([kind]) >= _MOST), "")


def propose(rows: Sequence[Sequence[str]], stem: str, asked: FileSettings, match: Match) -> tuple[int, Proposal]:
    """Place of the header among `rows` (-1: none), and the mapping proposed for the table below it.

    asked   what case.toml and the user tell; match: the same over what a template tells
    raises  UnreadableError when there is no header and no columns are told
            SettingsError when a told column is not there
    """
    number, layout = headers.find(rows, stem, match.told)
    below = rows[number + 1 : number + 1 + looks.SAMPLE]
    seen = [_seen(below, place) for place in range(len(layout.names))]
    told = match.told
    why: dict[str, tuple[str, str]] = {}
    if layout.form.name == "unknown" and not told.own_account:
        # A statement of one account is one before anybody says whose; what is like another form's columns is no rival.
        mine = recognise(layout.names, stem, dataclasses.replace(told, own_account="?"), below[:20])
        if mine.statement:
            settings = dataclasses.replace(told, form=mine.form.name)
            told_of = _columns(mine, asked, match, seen, len(below), why)
            return number, Proposal(mine, settings, told_of, MappingProxyType({"source_account": ()}))
    if not layout.statement:
        form, why = _added(layout, told, seen)
        if form is not None:
            columns = {**told.columns, **{field: column for field, (column, _) in why.items()}}
            told = dataclasses.replace(told, form=form.name, columns=MappingProxyType(columns))
            layout = recognise(layout.names, stem, told, below[:20])
    settings = dataclasses.replace(told, form=None if layout.form.name == "unknown" else layout.form.name)
    told_of = _columns(layout, asked, match, seen, len(below), why)
    return number, Proposal(layout, settings, told_of, MappingProxyType(_missing(layout, told, seen)))


def _seen(below: Sequence[Sequence[str]], place: int) -> _Seen:
    counts, n_filled = looks.seen(row[place] for row in below if len(row) > place)
    return _Seen(counts, n_filled)


# ---- what the words of the header do not tell -------------------------------------------------------------------


def _added(layout: Layout, told: FileSettings, seen: Sequence[_Seen]) -> tuple[Form | None, dict[str, tuple[str, str]]]:
    """The form, and field -> (column, why) for columns that only a like name or their values propose."""
    if layout.form.name != "unknown":
        return layout.form, _more(layout, seen)
    best: tuple[float, Form | None, dict[str, tuple[str, str]]] = (0.0, None, {})
    for form in FORMS.values():
        if not form.needed:
            continue
        start = recognise(layout.names, "", dataclasses.replace(told, form=form.name))
        found = _more(start, seen)
        have = {*start.columns(), *found}
        points = [_points(choice, have, start, seen, found) for choice in form.needed]
        # More than half of what the form needs must be in sight, and something that only its own kinds of values show.
        score = sum(points) / len(points)
        if score > max(best[0], 0.5) and len(form.needed) > 1:
            best = (score, form, found)
    return best[1], best[2]


def _points(
    choice: Sequence[str], have: set[str], start: Layout, seen: Sequence[_Seen], found: Mapping[str, tuple[str, str]]
) -> float:
    if any(field in have for field in choice):
        return 1.0
    return 0.5 if any(_candidates(field, start, seen, found) for field in choice if looks.fitting(field)) else 0.0


def _more(layout: Layout, seen: Sequence[_Seen]) -> dict[str, tuple[str, str]]:
    """Fields that no word of the header tells, by names much like known ones, then by values that one column has."""
    found: dict[str, tuple[str, str]] = {}
    told = layout.columns()
    free = [place for place in range(len(layout.names)) if place not in layout.used]
    offers = []
    for field in layout.form.fields:
        if field in told:
            continue
        wanted = looks.fitting(field)
        for place in free:
            like, word = _like(layout.names[place], names_of(layout.form, field))
            if like >= _LIKE and (not wanted or seen[place].share(wanted) >= _MOST):
                offers.append((-like, place, field, word))
    for _, place, field, word in sorted(offers):
        if place in free and field not in found:
            free.remove(place)
            values = f"; {_count(seen[place])}" if looks.fitting(field) else ""
            found[field] = (layout.names[place], f"its name is like {word!r}{values}")
    needed = {field for choice in layout.form.needed for field in choice}
    for field in layout.form.fields:
        kind = _ALONE.get(field) or _ALONE.get(f"_{field.rpartition('_')[2]}")
        wanted_here = field in needed or field == "currency"
        if field in told or field in found or kind is None or not wanted_here or field in _SIDES:
            continue
        able = [place for place in free if seen[place].kind == kind]
        if able and (len(able) == 1 or kind == "moment"):
            others = f"; so do those of {', '.join(map(repr, (layout.names[p] for p in able[1:])))}" if able[1:] else ""
            alone = "" if others else ", and of no other free column"
            found[field] = (layout.names[able[0]], f"{_count(seen[able[0]])}{alone}{others}")
            free.remove(able[0])
    return found


def _like(name: str, known: Mapping[str, int]) -> tuple[float, str]:
    """How like a column's name is to the known names of a field, of 100, and the one that is most like it."""
    best = (0.0, "")
    for mine in keys(name):
        for word in known:
            score = fuzz.ratio(mine, word)
            # A known word of some length inside a longer name: 交易金额合计, amountbooked.
            if len(word) >= (5 if word.isascii() else 2) and word in mine:
                score = max(score, 90.0)
            if len(mine) > 3 or not mine.isascii():
                best = max(best, (score, word))
    return best


def _missing(layout: Layout, told: FileSettings, seen: Sequence[_Seen]) -> dict[str, tuple[str, ...]]:
    if layout.form.name == "unknown":
        return {}
    have = set(layout.columns())
    if layout.statement:
        have |= {"source_account", "target_account", "amount"}
    lacking = [choice[0] for choice in layout.form.needed if not any(field in have for field in choice)]
    return {field: tuple(_candidates(field, layout, seen, {})) for field in lacking}


def _candidates(field: str, layout: Layout, seen: Sequence[_Seen], found: Mapping[str, tuple[str, str]]) -> list[str]:
    """Free columns whose values fit a field, the fuller first."""
    wanted = looks.fitting(field)
    taken = {column for column, _ in found.values()}
    able = [
        (-seen[place].n_filled, place)
        for place, name in enumerate(layout.names)
        if place not in layout.used and name not in taken and _able(seen[place], wanted)
    ]
    return [layout.names[place] for _, place in sorted(able)]


def _able(seen: _Seen, wanted: Sequence[str]) -> bool:
    if not wanted:
        return seen.kind == "text"
    return seen.share(wanted) >= _MOST and seen.kind not in ("moment", "currency", "clock")


# ---- reasons ----------------------------------------------------------------------------------------------------


def _columns(
    layout: Layout,
    asked: FileSettings,
    match: Match,
    seen: Sequence[_Seen],
    n_rows: int,
    why: Mapping[str, tuple[str, str]],
) -> tuple[Column, ...]:
    tells: dict[int, list[str]] = {}
    for field, column in layout.columns().items():
        parts = [column] if column in layout.names else column.split(BOTH)
        for part in parts:
            tells.setdefault(layout.names.index(part), []).append(field)
    made = []
    for place, name in enumerate(layout.names):
        fields = tuple(tells.get(place, ()))
        basis, reason = _reason(layout, name, fields, asked, match, why) if fields else ("", "no field is known for it")
        look = _count(seen[place]) if seen[place].kind else ""
        made.append(Column(name, fields, basis, reason, look, seen[place].n_filled, n_rows))
    return tuple(made)


def _reason(
    layout: Layout,
    name: str,
    fields: Sequence[str],
    asked: FileSettings,
    match: Match,
    why: Mapping[str, tuple[str, str]],
) -> tuple[str, str]:
    field = fields[0]
    bare = field.rpartition(".")[2]
    part = {"other": "target_account", "own": "source_account"}.get(bare, bare)
    if field in asked.columns or part in asked.columns:
        return "told", "told"
    if field in match.told.columns or part in match.told.columns:
        return "template", f"the template {match.used.get('name', '')} tells it"
    if field in why:
        return ("like" if why[field][1].startswith("its name") else "values"), why[field][1]
    if field.startswith("statement."):
        return "header", f"its name is known for the part {bare!r} of a statement of one account"
    if any(name in pair.split(BOTH) for pair in (layout.columns()[field],) if pair != name):
        return "header", "a date and a time of day that make one moment"
    if key(name) == key(field):
        return "header", "it has the field's own name"
    return "header", "its name is known for this field"


def _count(seen: _Seen) -> str:
    """How many values look like what, in words."""
    kind = seen.kind
    if not kind:
        return ""
    return f"{seen.counts[kind]:,} of {seen.n_filled:,} values look like {looks.words()[kind]}"
