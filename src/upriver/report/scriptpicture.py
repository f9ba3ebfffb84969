"""The variants of a script, side by side: words that all share stand under each other, what was filled in stands out.

Words that were filled in may be a victim's name that no list knows: while victims are masked they are told by their
number only; sums and the addresses of links stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from upriver.clean.wording import Column, aligned, is_han
from upriver.report.claims import Facts
from upriver.report.drawing import FAINT, INK, SOFT, Drawing
from upriver.report.figures import counted, shortened, visible

_WIDTH, _LEFT, _CELL, _SIZE, _LINE = 1000.0, 196.0, 7.0, 12.0, 21.0
_FILL = "#fdf0d5"
_MOST_CELLS = 30  # of one blank
_VARIANTS = 6
_LONGEST = 900  # characters of a text that are laid side by side
_SUM = re.compile(r"[$€£¥฿]?\d[\d.,:/-]*%?")
_SITE = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?")
_MOST_DIGITS = 7  # of a sum: longer ones are accounts, telephones, papers


def script_picture(facts: Facts, row: dict[str, Any], number: int) -> tuple[Markup, Markup] | None:
    """Variants of one script and a caption; None where fewer than two are left to compare.

    row     of Approached.scripts
    number  of the script on the page, from 1
    """
    told = _variants(facts, row["record_ids"])
    if len(told) < 2:
        return None
    columns = aligned([variant["shown"] for variant in told])
    if not any(column.kind == "shared" for column in columns):
        return None
    labels = facts.labels(variant["sender"] for variant in told)
    names = [shortened(labels.label(variant["sender"], 32), 32) for variant in told]
    return _drawn(names, _pieces(columns, facts.masks.hides), f"script{number}"), _caption(row, len(told))


def _variants(facts: Facts, records: Sequence[str]) -> list[dict[str, Any]]:
    """One text of each sender, texts that differ first, in the order in which they were sent."""
    import pyarrow as pa

    rows = facts.many(
        "SELECT m.sender, m.text, m.record_id, m.sent_at FROM message m JOIN wanted w ON w.record_id = m.record_id "
        "ORDER BY m.sent_at IS NULL, m.sent_at, m.record_id, m.sender",
        wanted=pa.table({"record_id": pa.array(list(records), pa.string())}),
    )
    kept: list[dict[str, Any]] = []
    for again in (False, True):
        for row in rows:
            if len(kept) == _VARIANTS or any(row["sender"] == other["sender"] for other in kept):
                continue
            if again or all(row["text"] != other["text"] for other in kept):
                kept.append(row)
    return [{**row, "shown": visible(facts.text(row["text"], row["record_id"]))[:_LONGEST]} for row in kept]


def _pieces(columns: Sequence[Column], hides: bool) -> list[tuple[bool, tuple[str, ...]]]:
    """(filled in, cells): shared columns word by word, so that lines can be broken between them."""
    pieces: list[tuple[bool, tuple[str, ...]]] = []
    for column in columns:
        if column.kind == "filled":
            pieces.append((True, tuple(blank(cell, hides) for cell in column.cells)))
            continue
        parts = [_words(cell) for cell in column.cells]
        # Blanks differ between the writers now and then, words do not.
        if len({len(part) for part in parts}) == 1:
            pieces += [(False, cells) for cells in zip(*parts, strict=True)]
        else:
            pieces.append((False, column.cells))
    return pieces


def _words(text: str) -> list[str]:
    return re.findall(r"[㐀-鿿，。！？；：、]{1,8}|[^\s㐀-鿿]+", text)


def blank(text: str, hides: bool) -> str:
    """What was filled into a blank, as it may be shown: while victims are masked, words only by their number.

    >>> blank("Anna, $500 at x.top", True), blank("王姐", True), blank("Anna", False), blank("6222021234567", True)
    ('[1 word] $500 [1 word] x.top', '[2 characters]', 'Anna', '[number]')
    """
    text = " ".join(text.split())
    if not hides or not text:
        return shortened(text, _MOST_CELLS)
    told: list[str | int] = []
    for word in text.split(" "):
        bare = word.strip(",.;:!?()“”\"'，。！？；：、")
        digits = sum(character.isdigit() for character in bare)
        if digits <= _MOST_DIGITS and (_SUM.fullmatch(bare) or _SITE.fullmatch(bare)):
            told.append(bare)
        elif digits > _MOST_DIGITS and 2 * digits > len(bare):
            told.append("[number]")
        elif bare:
            n = sum(is_han(character) for character in bare) or 1
            if told and isinstance(told[-1], int):
                told[-1] += n
            else:
                told.append(n)
    unit = ("character", "characters") if is_han(text) else ("word", "words")
    return shortened(" ".join(one if isinstance(one, str) else f"[{counted(one, *unit)}]" for one in told), _MOST_CELLS)


def _cells(text: str) -> int:
    """Width in cells: Han letters take nearly two."""
    return sum(2 if character >= "\u1100" else 1 for character in text)


def _joined(one: str, other: str) -> str:
    return f"{one}{other}" if is_han(one[-1:]) or is_han(other[:1]) else f"{one} {other}"


def _drawn(names: Sequence[str], pieces: Sequence[tuple[bool, tuple[str, ...]]], name: str) -> Markup:
    limit = int((_WIDTH - _LEFT) / _CELL)
    blocks: list[list[tuple[int, bool, tuple[str, ...]]]] = [[]]
    at = 0
    for filled, cells in pieces:
        wide = max(map(_cells, cells)) + 1
        if at and at + wide > limit:
            blocks.append([])
            at = 0
        if blocks[-1] and not filled and not blocks[-1][-1][1]:
            # Words of one run stand as they are written, and not each in a place of its own.
            start, _, before = blocks[-1][-1]
            joined = tuple(_joined(one, other) for one, other in zip(before, cells, strict=True))
            blocks[-1][-1] = (start, False, joined)
            at = start + max(map(_cells, joined)) + 1
        else:
            blocks[-1].append((at, filled, cells))
            at += wide
    tall = len(blocks) * (len(names) * _LINE + 14) + 4
    described = f"{len(names)} senders, one line each; what was filled in has a coloured ground."
    drawing = Drawing(name, _WIDTH, tall, "Variants of a script side by side", described)
    y = 0.0
    for block in blocks:
        for row, who in enumerate(names):
            drawing.text(0, y + 15, who, 11, SOFT)
            for start, filled, cells in block:
                x = _LEFT + start * _CELL
                if filled:
                    width = max(map(_cells, cells)) * _CELL
                    drawing.rect(x - 2, y + 2, width + 4, _LINE - 3, _FILL if cells[row] else FAINT, round_by=2)
                drawing.text(x, y + 15, cells[row] or "", _SIZE, INK, bold=filled)
            y += _LINE
        y += 14
        if block is not blocks[-1]:
            drawing.line([(0, y - 8), (_WIDTH, y - 8)], FAINT, 1)
    return drawing.svg()


def _caption(row: dict[str, Any], n: int) -> Markup:
    text = f"One text each of {n} of {counted(int(row['n_senders']), 'number or handle', 'numbers and handles')}."
    return Markup("{}").format(text)
