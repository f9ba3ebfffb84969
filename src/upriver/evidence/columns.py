"""Which form a table tells, by the names of its columns: words from columns.toml, never the values of one case."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from typing import Any

from upriver.case.settings import FileSettings
from upriver.errors import SettingsError
from upriver.evidence import making
from upriver.model.forms import FORMS, Form

_IN_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_TIME_OF_DAY = re.compile(r"\s*(?:\d{1,2}[:.h]\d{2}|(?:[01]?\d|2[0-3])[0-5]\d[0-5]\d\s*\Z)")
# What a line of a statement of one account must have: the other side or two columns, and one way to tell in from out.
_SIDES = ("source_account", "target_account")


@dataclass(frozen=True, slots=True)
class Statement:
    """Columns of a statement of one account; `own` or the told account is this side, `other` the other, if it is told.

    The line pays out where `debit` has a figure, where `direction` says so, or else where `amount` is negative.
    """

    own: int | None
    own_told: str | None
    own_name: int | None
    other: int | None
    other_name: int | None
    debit: int | None
    credit: int | None
    direction: int | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns of one table tell a form.

    names      names of the columns, as written, made unlike each other
    places     for each field of the form: the place of its column from 0, or None
    clocks     field -> places of its date and its time of day, where they stand in two columns
    statement  set when the table is a statement of one account
    made       set when some fields are made of columns that do not tell them as they stand
    """

    form: Form
    names: tuple[str, ...]
    places: tuple[int | None, ...]
    clocks: Mapping[str, tuple[int, int]]
    statement: Statement | None = None
    made: making.Made | None = None

    @property
    def n_matched(self) -> int:
        """Columns that tell a field."""
        return len(self.used)

    @property
    def used(self) -> frozenset[int]:
        """Places of the columns that tell a field; all others go to `extra`."""
        used = {place for place in self.places if place is not None}
        used |= {place for pair in self.clocks.values() for place in pair}
        if self.statement:
            named = (getattr(self.statement, name) for name in Statement.__slots__ if name != "own_told")
            used |= {place for place in named if place is not None}
        return frozenset(used) | (self.made.used if self.made else frozenset())

    @property
    def unused(self) -> tuple[str, ...]:
        """Names of the columns that tell no field; a column without a name has none to tell."""
        rest = enumerate(self.names)
        return tuple(name for place, name in rest if place not in self.used and name != str(place + 1))

    def columns(self) -> dict[str, str]:
        """Field -> name of its column, for `source_file.guessed`."""
        told = {
            field: self.names[place]
            for field, place in zip(self.form.fields, self.places, strict=True)
            if place is not None
        }
        told.update({field: BOTH.join(self.names[place] for place in pair) for field, pair in self.clocks.items()})
        if self.statement:
            for part in Statement.__slots__:
                place = getattr(self.statement, part)
                if isinstance(place, int):
                    told[f"statement.{part}"] = self.names[place]
        return told | (self.made.columns(self.names) if self.made else {})


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """A column's name without case, width, blanks and signs, and with its short forms written out.

    >>> key("From_Acct Nr."), key("付款账号 "), key("ＡＭＴ")
    ('fromaccountno', '付款账号', 'amount')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    # Marks are kept: Thai vowels are marks.
    bare = "".join(character if unicodedata.category(character)[0] in "LNM" else " " for character in folded)
    short = _words()["short_forms"]
    return "".join(short.get(word, word) for word in bare.split())


def recognise(names: Sequence[str], stem: str, told: FileSettings, rows: Sequence[Sequence[str]] = ()) -> Layout:
    """The layout that fits the columns best; form `unknown` where none fits.

    names  the columns as written; stem: the file's name without ending; rows: a few rows below, to tell a time of
    day from a whole moment
    raises SettingsError when case.toml names a column that the table does not have
    """
    names = unlike(names)
    told_clocks = _told_clocks(names, told)
    told_places = _told_places(names, told, told_clocks)
    forms = [FORMS[told.form]] if told.form else [form for form in FORMS.values() if form.fields and form.needed]
    best: tuple[tuple[float, ...], Layout] | None = None
    for rank, form in enumerate(forms):
        layout = _fit(form, names, told_places, told_clocks, told, rows)
        if layout is None:
            continue
        stem_fits = _stem_fits(form, stem)
        if told.form is None and not stem_fits and _words().get(form.name, {}).get("stem_needed"):
            continue
        if told.form is None and not stem_fits and not _signed(layout):
            continue
        written = sum(
            1 for f, p in zip(form.fields, layout.places, strict=True) if p is not None and key(names[p]) == key(f)
        )
        score = (float(layout.n_matched), float(stem_fits), float(written), -float(rank))
        if best is None or score > best[0]:
            best = (score, layout)
    return best[1] if best else unknown(names)


def is_known(name: str) -> bool:
    """Whether any form has a column of this name."""
    return any(word in _vocabulary() for word in _keys(name))


def unknown(names: Sequence[str]) -> Layout:
    """The layout of a table that fits no form: all goes to `extra`."""
    return Layout(FORMS["unknown"], unlike(names), (), {})


def unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Names that differ: an empty one gets its number, a second equal one gets (2)."""
    seen: dict[str, int] = {}
    result = []
    for number, name in enumerate(names, start=1):
        name = name.strip() or str(number)
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(result)


def country_of(zone: str | None, currency: str | None) -> str | None:
    """The country that a told time zone or currency points to: a hint for phone numbers, no more."""
    words = _words()
    found = words["country_of_zone"].get(zone or "") or words["country_of_currency"].get(currency or "")
    return None if found is None else str(found)


def met_currencies() -> frozenset[str]:
    """Codes of currencies that a column's name may give."""
    return frozenset(_words()["currencies"]["met"])


def out_words() -> tuple[str, ...]:
    """Words of a direction column that mean: paid out."""
    return tuple(sorted({key(word) or word for word in _words()["statement"]["out_words"]}))


def names_of(form: Form, field: str) -> Mapping[str, int]:
    """Keys of the names that are known for a field of a form, and how good each is, 0 best."""
    return _names_of(form)[field]


def keys(name: str) -> tuple[str, ...]:
    """The keys under which a column's name is looked up: whole, without brackets, without a number sign."""
    return _keys(name)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files("upriver.evidence").joinpath("columns.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def _names_of(form: Form) -> Mapping[str, Mapping[str, int]]:
    """Field -> key of each of its names -> how good the name is, 0 best."""
    words = _words()
    own = words.get(form.name, {}).get("columns", {})
    shared = words["shared"]["columns"]
    # A name that the form gives to one field is not lent to another by the shared list.
    taken = {key(word) for listed in own.values() for word in listed} | {key(field) for field in form.fields}
    names: dict[str, Mapping[str, int]] = {}
    for field in form.fields:
        mine = [key(field), *(key(word) for word in own.get(field, ()))]
        lent = [word for word in map(key, shared.get(field, ())) if word not in taken]
        names[field] = {word: rank for rank, word in reversed(list(enumerate([*mine, *lent])))}
    return names


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    """Keys of every name of every field."""
    words = _words()
    names = {word for form in FORMS.values() if form.fields for field in _names_of(form).values() for word in field}
    parts = [words["statement"], words["clock"]]
    parts += [{part: words[section][part] for part in words[section]["parts"]} for section in ("explorer", "line")]
    return frozenset(names | {key(word) for part in parts for listed in part.values() for word in listed})


@lru_cache(maxsize=1 << 16)
def _keys(name: str) -> tuple[str, ...]:
    keys = [key(name), key(_IN_BRACKETS.sub("", name))]
    # "Payer Account No" is a payer account.
    keys += [word.removesuffix("no") for word in keys if word.endswith("no") and len(word) > 4]
    return tuple(dict.fromkeys(word for word in keys if word))


def _place(names: Sequence[str], wanted: Mapping[str, int], free: set[int]) -> tuple[int, int] | None:
    """(rank, place) of the column that carries the best of the wanted names."""
    found = [
        (4 * wanted[word] + step, place)
        for place in sorted(free)
        for step, word in enumerate(_keys(names[place]))
        if word in wanted
    ]
    return min(found) if found else None


def _taken(names: Sequence[str], free: set[int], section: str, part: str) -> int | None:
    found = _place(names, _listed(section, part), free)
    return None if found is None else found[1]


def _listed(section: str, name: str) -> dict[str, int]:
    return {key(word): rank for rank, word in enumerate(_words()[section][name])}


def _fit(
    form: Form,
    names: tuple[str, ...],
    told: Mapping[str, int],
    told_clocks: Mapping[str, tuple[int, int]],
    settings: FileSettings,
    rows: Sequence[Sequence[str]],
) -> Layout | None:
    places: dict[str, int] = {field: place for field, place in told.items() if field in form.fields}
    clocks = {field: pair for field, pair in told_clocks.items() if field in form.fields}
    free = set(range(len(names))) - set(told.values()) - {p for pair in clocks.values() for p in pair}
    for field in form.fields:
        if field.endswith("_at") and field not in places and field not in clocks:
            pair = _clock(names, free, rows)
            wanted = _names_of(form)[field]
            # Two columns make this field's moment only if one of them alone would be taken for it.
            if pair and any(word in wanted for place in pair for word in _keys(names[place])):
                clocks[field] = pair
                free -= set(pair)
                break
    made = making.of_form(form.name, names, partial(_taken, names, free), _words(), rows, settings.own_account)
    if made and not set(told) & made.fields:
        free -= made.used
        clocks = {field: pair for field, pair in clocks.items() if not made.used & set(pair)}
    else:
        made = None
    makes = made.fields if made else frozenset()
    # The best name over all fields is given first, so that no field takes a column that says another's name.
    while True:
        offers = [
            (*found, position, field)
            for position, field in enumerate(form.fields)
            if field not in {*places, *clocks, *makes} and (found := _place(names, _names_of(form)[field], free))
        ]
        if not offers:
            break
        _, place, _, field = min(offers)
        places[field] = place
        free.discard(place)
    statement = None
    if form.name == "bank_transfer" and not all(side in places for side in _SIDES):
        statement = _statement(names, told, settings)
        if statement:
            kept = {getattr(statement, part) for part in Statement.__slots__}
            places = {f: p for f, p in places.items() if f not in (*_SIDES, "amount") and p not in kept}
    have = set(places) | set(clocks) | makes | ({*_SIDES, "amount"} if statement else set())
    if settings.form is None and not all(any(field in have for field in choice) for choice in form.needed):
        return None
    if statement is None and settings.own_account and form.name == "bank_transfer" and not set(_SIDES) <= have:
        return None
    return Layout(form, names, tuple(places.get(field) for field in form.fields), clocks, statement, made)


def _clock(names: Sequence[str], free: set[int], rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    date, time = _place(names, _listed("clock", "date"), free), _place(names, _listed("clock", "time"), free)
    if date is None or time is None or date[1] == time[1]:
        return None
    times = [row[time[1]] for row in rows if len(row) > time[1] and row[time[1]]]
    if not times or not all(_TIME_OF_DAY.match(value) for value in times):
        return None
    return date[1], time[1]


def _statement(names: Sequence[str], told: Mapping[str, int], settings: FileSettings) -> Statement | None:
    free = set(range(len(names))) - set(told.values())

    def take(part: str) -> int | None:
        if part in told:
            return told[part]
        found = _place(names, _listed("statement", part), free)
        if found is None:
            return None
        free.discard(found[1])
        return found[1]

    other = told["target_account"] if "target_account" in told else take("other")
    other_name = take("other_name")
    debit, credit, direction = take("debit"), take("credit"), take("direction")
    own = told["source_account"] if "source_account" in told else take("own")
    own_name = take("own_name")
    amount = told.get("amount")
    if amount is None and (debit is None or credit is None):
        found = _place(names, _names_of(FORMS["bank_transfer"])["amount"], free)
        amount = None if found is None else found[1]
    if own is None and settings.own_account is None:
        return None
    # Most banks' exports name no other side: two columns of money, out and in, show what they are.
    if other is None and (debit is None or credit is None):
        return None
    if amount is None and (debit is None or credit is None):
        return None
    return Statement(own, settings.own_account, own_name, other, other_name, debit, credit, direction, amount)


BOTH = " + "  # between the names of a date and of a time of day that make one moment


def _told_clocks(names: Sequence[str], told: FileSettings) -> dict[str, tuple[int, int]]:
    """Fields that are told as a date and a time of day: "Date + Time"."""
    pairs = {field: column.split(BOTH) for field, column in told.columns.items() if column not in names}
    return {
        field: (names.index(pair[0]), names.index(pair[1]))
        for field, pair in pairs.items()
        if field.endswith("_at") and len(pair) == 2 and pair[0] != pair[1] and set(pair) <= set(names)
    }


def _told_places(names: Sequence[str], told: FileSettings, clocks: Mapping[str, object]) -> dict[str, int]:
    places: dict[str, int] = {}
    keys = [key(name) for name in names]
    for field, column in told.columns.items():
        if field in clocks:
            continue
        if column in names:
            places[field] = names.index(column)
        elif column.isdigit() and 1 <= int(column) <= len(names):
            places[field] = int(column) - 1
        elif key(column) in keys:
            places[field] = keys.index(key(column))
        else:
            raise SettingsError(
                f"case.toml: columns.{field} names {column!r}; the table has no such column, but: {', '.join(names)}"
            )
    return places


def _signed(layout: Layout) -> bool:
    """Whether a column says what this form alone says; a name and a place make nobody handed over."""
    words = _words().get(layout.form.name, {})
    if "signs" not in words:
        return True
    common = {key(word) for word in words["no_sign"]}
    columns = layout.columns()
    return any(field in columns and not common & set(_keys(columns[field])) for field in words["signs"])


def _stem_fits(form: Form, stem: str) -> bool:
    name = key(stem)
    return any(key(word) in name for word in _words().get(form.name, {}).get("stem", ()))
