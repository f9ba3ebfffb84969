"""Rows with a locator: cells of a table set in the order of its form's fields, whole columns at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from upriver.case.settings import FileSettings
from upriver.case.templates import Template
from upriver.clean.accounts import only_iban
from upriver.evidence.archives import within
from upriver.evidence.columns import Layout, Statement, key, out_words
from upriver.evidence.habits import Habits
from upriver.evidence.marks import Marks
from upriver.model.forms import AMOUNTS, FORMS

RAW_CHARACTERS = 2000
_TEXTS = pa.list_(pa.string())
_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Source:
    """A file being read, and what is learnt on the way.

    name     path inside the folder; file_id, n_bytes, encoding as in source_file
    told     what case.toml says of it
    guessed  what its reader guesses: goes to source_file.guessed
    habits   how its times and dates are written
    sheet    of a workbook, the one that is being read; marks: sheet and field -> how its decimals are written
    archive  SHA-256 of the archive that it came out of; empty where it lay in the folder itself
    package  from whom it came, and whether it is as it was signed; empty where it came in none
    templates  all that may know it; template: what the one that does tells, for source_file.guessed
    placed   its reader has seen that no two of its records share a place
    """

    path: Path
    name: str
    file_id: str
    n_bytes: int
    encoding: str | None
    told: FileSettings
    guessed: dict[str, Any] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    sheet: str = ""
    marks: dict[tuple[str, str], Marks] = field(default_factory=dict)
    archive: str = ""
    package: dict[str, str] = field(default_factory=dict)
    templates: Sequence[Template] = ()
    template: dict[str, Any] = field(default_factory=dict)
    placed: bool = False

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return within(self.name).rpartition("/")[2].rpartition(".")[0] or self.name

    def table(self, form: str, locators: Any, fields: pa.Array, extra: pa.Array | None = None) -> pa.Table:
        """Records of one form; `locators` is an array or a list of texts."""
        places = locators if isinstance(locators, pa.Array) else pa.array(locators, pa.string())
        n_rows = len(places)
        return pa.table(
            {
                "record_id": pc.binary_join_element_wise(self.file_id + "#", places, ""),
                "file_id": pa.repeat(self.file_id, n_rows),
                "locator": places,
                "form": pa.repeat(form, n_rows),
                "fields": fields,
                "extra": pa.nulls(n_rows, pa.string()) if extra is None else extra,
            }
        )

    def marks_of(self, name: str) -> Marks:
        """How the decimals of a field are written in the sheet that is being read."""
        return self.marks.setdefault((self.sheet, name), Marks())

    def packed(self, form: str, ids: pa.Array, cells: pa.Array, extra: pa.Array | None = None) -> pa.Table:
        """Records of one form with their fields in one text each (engine/packed.py); their ids tell the locators."""
        n_rows = len(ids)
        return pa.table(
            {
                "record_id": ids,
                "file_id": pa.repeat(self.file_id, n_rows),
                "form": pa.repeat(form, n_rows),
                "cells": cells,
                "extra": pa.nulls(n_rows, pa.string()) if extra is None else extra,
            }
        )

    def broken(self, rows: Sequence[tuple[str, str, str]]) -> pa.Table:
        """Rows that could not be read, as (locator, reason, raw text)."""
        fields = [[reason, raw[:RAW_CHARACTERS]] for _, reason, raw in rows]
        return self.table("broken", [place for place, _, _ in rows], pa.array(fields, _TEXTS))

    def unknown(self, rows: Sequence[tuple[str, Sequence[str]]]) -> pa.Table:
        """Rows outside any table, as (locator, cells): kept in `extra` under the numbers of their cells."""
        extra = [
            _object({str(number): cell for number, cell in enumerate(cells, start=1) if cell}) for _, cells in rows
        ]
        fields = pa.array([[] for _ in rows], _TEXTS)
        return self.table("unknown", [place for place, _ in rows], fields, pa.array(extra, pa.string()))

    def told_of(self, form: str, rows: Iterable[tuple[str, dict[str, str | None], dict[str, str]]]) -> pa.Table:
        """Rows of one form as (locator, field -> value, what has no field)."""
        names = FORMS[form].fields
        places, fields, extra = [], [], []
        for place, values, rest in rows:
            places.append(place)
            fields.append([values.get(name) or None for name in names])
            extra.append(_object(rest))
        for position, name in enumerate(names):
            if name.endswith(("_at", "_on")):
                told = pa.array([row[position] for row in fields if row[position]], pa.string())
                self.habits.see(name, told, np.arange(len(told)))
        return self.table(form, places, pa.array(fields, _TEXTS), pa.array(extra, pa.string()))


@dataclass(slots=True)
class Block:
    """Cells of some rows of one table.

    cells   texts; empty or null = nothing written
    first   place in `cells` of the first cell of each row
    step    from one cell of a row to the next
    """

    cells: pa.Array
    first: _Ints
    step: int

    def __post_init__(self) -> None:
        offsets = np.frombuffer(self.cells.buffers()[1], np.int32)[: len(self.cells) + 1]
        self.lengths = np.diff(offsets)

    lengths: npt.NDArray[np.int32] = field(init=False)

    def at(self, place: int) -> _Ints:
        """Where in `cells` the column at `place` stands, row by row."""
        return self.first + place * self.step

    def empty(self, index: _Ints) -> _Flags:
        """Which of these cells hold nothing."""
        return np.asarray(self.lengths[index] == 0)

    def take(self, index: _Ints) -> pa.Array:
        """The texts at `index`; null where empty."""
        return self.cells.take(pa.array(index, mask=self.empty(index)))

    def add(self, values: pa.Array) -> _Ints:
        """Append made-up cells, and say where they stand."""
        values = values.fill_null("")
        start = len(self.cells)
        self.cells = pa.concat_arrays([self.cells, values])
        lengths = np.diff(np.frombuffer(values.buffers()[1], np.int32)[: len(values) + 1])
        self.lengths = np.concatenate([self.lengths, lengths])
        return np.arange(start, start + len(values), dtype=np.int64)


def joined(blocks: Sequence[Block]) -> Block:
    """Blocks of one step made one; a block alone is not copied."""
    if len(blocks) == 1:
        return blocks[0]
    shifts = np.cumsum([0, *(len(block.cells) for block in blocks[:-1])])
    first = np.concatenate([block.first + shift for block, shift in zip(blocks, shifts.tolist(), strict=True)])
    return Block(pa.concat_arrays([block.cells for block in blocks]), first, blocks[0].step)


def from_rows(rows: Sequence[Sequence[str | None]], width: int) -> Block:
    """A block of rows given one by one; short rows are filled up with nothing."""
    flat = [row[place] if place < len(row) else None for row in rows for place in range(width)]
    cells = pa.array(flat, pa.string()).fill_null("")
    return Block(cells, np.arange(0, len(rows) * width, max(width, 1), dtype=np.int64)[: len(rows)], 1)


def compose(source: Source, layout: Layout, block: Block, locators: Any) -> pa.Table:
    """Records of the layout's form from the rows of `block`; columns without a field go to `extra`."""
    names = layout.form.fields
    n_rows = len(block.first)
    sources = {name: block.at(place) for name, place in zip(names, layout.places, strict=True) if place is not None}
    for name, (date, time) in layout.clocks.items():
        date_of, time_of = (block.take(block.at(place)).fill_null("") for place in (date, time))
        both = pc.utf8_trim(pc.binary_join_element_wise(date_of, time_of, " "), " ")
        sources[name] = block.add(both)
    if layout.statement:
        sources.update(_sides(block, layout.statement, sources.get("purpose")))
    if layout.made:
        sources.update(layout.made.cells(block))
    index = np.zeros((n_rows, len(names)), np.int64)
    nothing = np.ones((n_rows, len(names)), bool)
    for position, name in enumerate(names):
        if name in sources:
            index[:, position] = sources[name]
            nothing[:, position] = block.empty(sources[name])
            if name.endswith(("_at", "_on")):
                source.habits.see(name, block.cells, sources[name][~nothing[:, position]])
            elif name in AMOUNTS:
                source.marks_of(name).see(block.cells, sources[name][~nothing[:, position]])
    values = block.cells.take(pa.array(index.ravel(), mask=nothing.ravel()))
    ends = np.arange(0, (n_rows + 1) * len(names), max(len(names), 1), dtype=np.int32)[: n_rows + 1]
    if not names:
        ends = np.zeros(n_rows + 1, np.int32)
    fields = pa.ListArray.from_arrays(pa.array(ends), values)
    extra = extra_of(layout, lambda place: block.take(block.at(place)))
    return source.table(layout.form.name, locators, fields, extra)


def _sides(block: Block, statement: Statement, purpose: _Ints | None) -> dict[str, _Ints]:
    """Both accounts and the amount of each line of one account's statement.

    purpose   cells of its free text: the other account is the one IBAN that they name, where no column tells it
    """
    n_rows = len(block.first)
    own = block.at(statement.own) if statement.own is not None else block.add(pa.repeat(statement.own_told, n_rows))
    other = _named(block, purpose, own) if statement.other is None else block.at(statement.other)
    amount = None
    if statement.debit is not None and statement.credit is not None:
        debit, credit = block.at(statement.debit), block.at(statement.credit)
        out = _figure(block, debit) & ~(_figure(block, credit) & ~_figure(block, debit))
        amount = np.where(out, debit, credit)
    else:
        assert statement.amount is not None
        amount = block.at(statement.amount)
        minus = np.asarray(pc.fill_null(pc.match_substring_regex(block.take(amount), r"^\s*[(\-−–]"), False))
        out = minus
        if statement.direction is not None:
            words = block.take(block.at(statement.direction)).to_pylist()
            out = np.array([_pays_out(word) for word in words], dtype=bool)
    # The sign said which way; an amount is never negative.
    bare = pc.replace_substring_regex(block.take(amount), r"^\s*[(\-−–+]\s*|\)\s*$", "")
    sides = {
        "source_account": np.where(out, own, other),
        "target_account": np.where(out, other, own),
        "amount": block.add(bare),
    }
    nobody = block.add(pa.repeat("", n_rows))
    own_name = nobody if statement.own_name is None else block.at(statement.own_name)
    other_name = nobody if statement.other_name is None else block.at(statement.other_name)
    sides["source_name"] = np.where(out, own_name, other_name)
    sides["target_name"] = np.where(out, other_name, own_name)
    return sides


def _named(block: Block, purpose: _Ints | None, own: _Ints) -> _Ints:
    """The one IBAN that each of these texts names beside the own one, or nothing."""
    if purpose is None:
        return block.add(pa.repeat("", len(own)))
    texts, owns = (block.take(index).fill_null("").to_pylist() for index in (purpose, own))
    return block.add(pa.array([only_iban(text, mine) for text, mine in zip(texts, owns, strict=True)], pa.string()))


def _figure(block: Block, index: _Ints) -> _Flags:
    """Which of these cells hold a figure other than zero."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(block.take(index), "[1-9]"), False))


def _pays_out(word: str | None) -> bool:
    return word is not None and (key(word) or word.strip()) in out_words()


def extra_of(layout: Layout, take: Callable[[int], pa.Array]) -> pa.Array | None:
    """`extra` of each row: an object of the columns without a field; `take` gives a column's texts, null if empty."""
    used = layout.used
    pieces = []
    for place, name in enumerate(layout.names):
        if place not in used:
            escaped = _escaped(take(place))
            name_of = json.dumps(name, ensure_ascii=False)
            pieces.append(pc.binary_join_element_wise(f'{name_of}: "', escaped, '", ', "").fill_null(""))
    if not pieces:
        return None
    joined = pc.utf8_rtrim(pc.binary_join_element_wise(*pieces, ""), ", ")
    whole = pc.binary_join_element_wise("{", joined, "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), whole)


def _escaped(values: pa.Array) -> pa.Array:
    """Texts as they stand inside a JSON string."""
    special = pc.match_substring_regex(values, r'[\x00-\x1f"\\]')
    if not pc.any(special).as_py():
        return values
    escape = json.dumps
    return pa.array(
        [None if text is None else escape(text, ensure_ascii=False)[1:-1] for text in values.to_pylist()], pa.string()
    )


def _object(values: dict[str, str]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None
