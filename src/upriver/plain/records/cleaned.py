"""Values of a register made ready for comparison: one row of features for each record."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from upriver.clean.contacts import phone
from upriver.clean.dates import day
from upriver.clean.lexicon import load_list
from upriver.clean.names import Name, name_keys, plain_text, read_name
from upriver.clean.readings import fold
from upriver.plain.records.fields import Column, Fields

if TYPE_CHECKING:
    import pyarrow as pa

_PACKAGE = "upriver.plain.records"
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Where only the year is known, registers write the first of January: then far more are born on it than can be.
_NEW_YEAR_SHARE = 0.03
_HEARD = 4  # consonants without which the sound of a whole name says little
_COARSE = 0.02  # chance that two records share a value


@dataclass(frozen=True, slots=True)
class Feature:
    """A column of the features: how it is compared, what a reason calls it, and whether so few values stand for all
    records (the states of a country) that to share one is no reason to compare two."""

    name: str
    kind: str
    told: str
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Features of all records.

    rows  `rid` (place of the record, from 0) and text for each feature, null where a record does not tell; where there
          are names, also usual (the given name of which it is a short form), sound (of the family name), whole (of the
          name: equal in any order and whatever syllables are written apart) and words (all, with spaces between)
    """

    rows: pa.Table
    features: tuple[Feature, ...]


@lru_cache(maxsize=1)
def _beside() -> tuple[frozenset[str], frozenset[str]]:
    lists = load_list(_PACKAGE, "name_forms.toml")
    return frozenset(lists["ranks"]), frozenset(lists["particles"])


@lru_cache(maxsize=1)
def _short_forms() -> Mapping[str, str]:
    """A form of a given name -> the first name of the first group in which it stands; of a full name, itself."""
    groups = [group.split() for group in load_list(_PACKAGE, "name_forms.toml")["short_forms"]]
    found = {group[0]: group[0] for group in groups}
    for group in groups:
        for form in group:
            found.setdefault(form, group[0])
    return found


@lru_cache(maxsize=1 << 18)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name in Latin letters, in their order, without ranks; of other scripts in their usual reading."""
    plain = plain_text(text)
    if not plain.isascii():
        read = read_name(text).readings
        if read:
            return read[0]
    return tuple(word.replace("’", "'") for word in _WORD.findall(plain))


def _is_rank(word: str) -> bool:
    return word in _beside()[0] or _ORDINAL.fullmatch(word) is not None


@dataclass(frozen=True, slots=True)
class Named:
    """How one record names its bearer; `others`: words that are neither the given nor the family name."""

    given: str | None
    family: str | None
    others: tuple[str, ...]


def named(given: str, family: str, full: Sequence[str]) -> Named:
    """The parts of a name, told apart by columns where there are some.

    >>> named("", "", ["Henry Paulet, 16th Marquess of Winchester"])
    Named(given='henry', family='paulet', others=('winchester',))
    >>> named("", "", ["Tan, Mei Ling"])
    Named(given='mei', family='tan', others=('ling',))
    """
    first = [word for word in words_of(given) if not _is_rank(word)]
    last = [word for word in words_of(family) if not _is_rank(word) and word not in _beside()[1]]
    others: list[str] = [*first[1:], *last[:-1]]
    for text in full:
        before, _, after = text.partition(",")
        front, behind = (words_of(part) for part in (before, after))
        titled = any(_is_rank(word) for word in behind)
        words, more = ([w for w in part if not _is_rank(w) and w not in _beside()[1]] for part in (front, behind))
        if more and not titled:  # family name, given names
            words, more = more + words, []
        if not first and words:
            first, words = words[:1], words[1:]
        if not last and len(words) > (1 if first and words[:1] == first[:1] else 0):
            last, words = words[-1:], words[:-1]
        others += [*words, *more]
    own = (first[:1], last[-1:])
    return Named(
        own[0][0] if own[0] else None,
        own[1][0] if own[1] else None,
        tuple(dict.fromkeys(w for w in others if [w] not in own)),
    )


def usual_form(given: str) -> str:
    """The name of which `given` is a short form, or itself.

    >>> usual_form("will"), usual_form("somchai")
    ('william', 'somchai')
    """
    return _short_forms().get(given, given)


def born(text: str) -> str | None:
    """A birth date as eight figures, year first, 00 where it is not told; figures that are no date stay as they are.

    The day comes first where both may; day and month in the other order are told apart when dates are compared.

    >>> born("1860-06-05"), born("5/6/1860"), born("6/25/1860"), born("1853-88-03"), born("1901"), born("unknown")
    ('18600605', '18600605', '18600625', '18538803', '19010000', None)
    """
    parts: list[str] = re.findall(r"\d+", text)
    if len(parts) == 1 and len(parts[0]) == 8:
        return parts[0]
    if len(parts) == 1 and len(parts[0]) == 4:
        return parts[0] + "0000"
    if len(parts) >= 2 and len(parts[0]) == 4:
        return parts[0] + "".join(part[-2:].zfill(2) for part in [*parts[1:3], "00"][:2])
    if len(parts) >= 3 and len(parts[2]) == 4:
        first, second = parts[0][-2:].zfill(2), parts[1][-2:].zfill(2)
        return parts[2] + (first + second if second > "12" >= first else second + first)
    found = day(text)
    return found.strftime("%Y%m%d") if found else None


def _text(value: str) -> str | None:
    return " ".join(words_of(value)) or None


def _company(value: str) -> str | None:
    read = read_name(value, "company").readings
    return " ".join(read[0]) if read and any(read[0]) else _text(value)


def _code(value: str) -> str | None:
    return re.sub(r"[\s/.,;:_-]+", "", plain_text(value)) or None


def _email(value: str) -> str | None:
    return re.sub(r"\s+", "", plain_text(value)) or None


def _phone(value: str) -> str | None:
    return phone(value) or re.sub(r"\D", "", value).lstrip("0") or None


def _postcode(value: str) -> str | None:
    return re.sub(r"[\W_]+", "", plain_text(value)).upper() or None


_CLEAN = {"text": _text, "code": _code, "phone": _phone, "postcode": _postcode, "number": _code, "birth": born}


def _cleaned(column: Column, values: Iterable[str]) -> list[str | None]:
    clean = _company if column.field == "company" else _email if column.field == "email" else _CLEAN[column.kind]
    seen: dict[str, str | None] = {"": None}
    found = []
    for value in values:
        if value not in seen:
            seen[value] = clean(value)
        found.append(seen[value])
    return found


def cleaned(fields: Fields, columns: Mapping[int, Sequence[str]]) -> Cleaned:
    """Features of all records.

    columns  place of a column -> its cells, one for each record
    """
    import pyarrow as pa

    n = len(next(iter(columns.values())))
    made: dict[str, list[str | None]] = {}
    features: list[Feature] = []
    for column in fields.compared:
        if column.kind in ("given", "family", "name"):
            continue
        name = f"f{column.place}"
        made[name] = _cleaned(column, columns[column.place])
        if column.kind == "birth":
            made[name] = _years_alone(made[name])
        several = sum(other.field == column.field for other in fields.compared) > 1
        told = "birth date" if column.kind == "birth" else column.header if several else column.field
        features.append(Feature(name, column.kind, told, _chance(made[name]) > _COARSE))
    if any(one.kind in ("given", "family", "name") for one in fields.compared):
        parts = _names(fields, columns, n)
        made["given"] = [one.given for one in parts]
        made["usual"] = [one.given and usual_form(one.given) for one in parts]
        made["family"] = [one.family for one in parts]
        made["sound"] = [one.family and (fold(one.family) or one.family) for one in parts]
        made["whole"] = [_whole(one) for one in parts]
        made["others"] = [" ".join(sorted(one.others)) or None for one in parts]
        made["words"] = [" ".join(sorted({w for w in (one.given, one.family, *one.others) if w})) for one in parts]
        features = [Feature("given", "given", "given name"), Feature("family", "family", "family name"),
                    Feature("others", "others", "other names"), *features]  # fmt: skip
    # From buffers: pa.array() would bring in pandas wherever it is installed, which takes longer than all else here.
    places = pa.Array.from_buffers(pa.int64(), n, [None, pa.py_buffer(np.arange(n, dtype=np.int64).tobytes())])
    columns_made = [places, *(_texts(values) for values in made.values())]
    return Cleaned(pa.Table.from_arrays(columns_made, names=["rid", *made]), tuple(features))


def _texts(values: Sequence[str | None]) -> pa.Array:
    """An Arrow array of text."""
    import pyarrow as pa

    raw = [value.encode() if value else b"" for value in values]
    ends = np.zeros(len(raw) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in raw], out=ends[1:])
    told = np.packbits(np.array([value is not None for value in values], dtype=np.bool_), bitorder="little")
    return pa.LargeStringArray.from_buffers(
        len(raw), pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(raw)), pa.py_buffer(told.tobytes())
    )


def _chance(values: Sequence[str | None]) -> float:
    """How likely two records that tell a value tell the same."""
    counts = Counter(value for value in values if value is not None)
    told = sum(counts.values())
    return sum(count * count for count in counts.values()) / (told * told) if told else 0.0


def _whole(one: Named) -> str | None:
    words = tuple(word for word in (one.given, one.family, *one.others) if word)
    heard = name_keys(Name("", "latin", (words,))) if len(words) > 1 else ()
    return heard[0] if heard and len(heard[0]) >= _HEARD else None


def _names(fields: Fields, columns: Mapping[int, Sequence[str]], n: int) -> list[Named]:
    nothing = [""] * n
    one = {c.kind: columns[c.place] for c in fields.compared if c.kind in ("given", "family")}
    full = [columns[column.place] for column in fields.compared if column.kind == "name"]
    seen: dict[tuple[str, ...], Named] = {}
    found = []
    for row in zip(one.get("given", nothing), one.get("family", nothing), *full, strict=True):
        if row not in seen:
            seen[row] = named(row[0], row[1], [text for text in row[2:] if text])
        found.append(seen[row])
    return found


def _years_alone(births: list[str | None]) -> list[str | None]:
    """The first of January as a year alone, where far more have it than are born on it."""
    days = Counter(birth[4:] for birth in births if birth)
    if days["0101"] <= _NEW_YEAR_SHARE * sum(days.values()):
        return births
    return [birth[:4] + "0000" if birth and birth.endswith("0101") else birth for birth in births]
