"""What was reached beside what there was, as bars: rungs of the role ladder, and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from upriver.report.claims import Facts
from upriver.report.drawing import DEEP, FAINT, INK, RUST, SOFT, Drawing, text_width
from upriver.report.figures import NO_FIGURE, measure, share, shortened
from upriver.report.opened import Opened
from upriver.report.sections.loophole import units

_WIDTH, _LEFT, _RIGHT = 1000.0, 372.0, 268.0
_ROW, _TOP, _LETTER = 34.0, 46.0, 11.5
_MOST = 12
Picture = tuple[Markup, str | Markup] | None


@dataclass(frozen=True, slots=True)
class Bar:
    """label, what was reached (None: no figure), what there was, and both in words."""

    label: str
    reached: float | None
    of: float | None
    words: str


def ladder(facts: Facts, opened: Opened) -> Picture:
    """Known and taken on each rung of the case's own ladder; without one, as the sources tell it."""
    rows = [row for row in facts.rows("coverage") if row["dimension"] == "role" and row["label"].startswith("rung ")]
    if rows:
        rows.sort(key=lambda row: (int(row["label"].split()[1].rstrip(":")), row["coverage_id"]))
        bars = [
            Bar(
                facts.text(row["label"].partition(": ")[2]), row["reached"], row["of"],
                f"{_count(row['reached'])} of {_count(row['of'])}{_share(row['ratio'])}",
            )
            for row in rows
        ]  # fmt: skip
        drawn = _draw(
            "ladder", "Role ladder: people taken against people known, the highest rung first", bars, "people"
        )
        caption = (
            "Each known person stands on one rung, by marks in this evidence; pale: known, red: on a list of people "
            "handed over; where nobody was there is no red. A mark is no guilt. Need for protection is another scale "
            "and is not drawn here. "
            "Source: roles and lists of this case."
        )
        return drawn, Markup("{}{}").format(caption, opened.links(opened.by_rule("ladder", "ladder_heads")))
    told = [row for row in opened.by_rule("role_shares", "heads_in_custody") if row["denominator"]]
    if not told:
        return None
    # The ratio of most sources first, as in the table.
    told = sorted(told, key=lambda row: (-len(row["sources"]), row["label"], row["loophole_id"]))[:_MOST]
    drawn = _draw("ladder", "Heads taken, of all taken or beside those listed, as told", _told(facts, told), None)
    caption = (
        "Each bar is a claim of its own, from nothing to all of what stands below it: they are not to be added or "
        "compared in length. No figure is not zero. Source: the ledger."
    )
    return drawn, Markup("{}{}").format(caption, opened.links(told))


def money(facts: Facts, opened: Opened) -> Picture:
    """Seized, frozen and returned against what was traced; without traced money, against what is claimed."""
    rules = ("found", "returned", "seized", "ends", "accounts", "money_of_taken", "residual_money")
    own = [row for row in opened.by_rule(*rules) if row["denominator"]]
    if own:
        own.sort(key=lambda row: (rules.index(row["rule"]), -(row["numerator"] or 0.0), row["label"]))
        most = max(row["denominator"] for row in own)
        bars = [_against(facts, row) for row in own[:_MOST]]
        drawn = _draw("seized", "Money: what was found, stopped, frozen, seized or given back", bars, "USD", most)
        caption = (
            "Red: the sum; pale: what it is held against. All on one scale, in USD. The rows overlap and are not to be "
            "added. Source: transfers, losses and tellings of this case."
        )
        return drawn, Markup("{}{}").format(caption, opened.links(own[:_MOST]))
    told = [row for row in opened.by_rule("takings") if row["denominator"]]
    if not told:
        return None
    told = sorted(told, key=lambda row: (row["numerator"] is None, -row["denominator"], row["label"]))[:_MOST]
    drawn = _draw(
        "seized", "Money seized or frozen against the flow that is claimed, as told", _told(facts, told), None
    )
    caption = (
        "Each bar is an estimate of its own, from nothing to all of it. A holding stands against a flow, and seized "
        "is not given back. No figure is not zero. Source: the ledger."
    )
    return drawn, Markup("{}{}").format(caption, opened.links(told))


def _told(facts: Facts, rows: Sequence[dict[str, Any]]) -> list[Bar]:
    bars = []
    for row in rows:
        above, below = units(row["unit"])
        words = f"{measure(row['numerator'], above)} of {measure(row['denominator'], below)}{_share(row['ratio'])}"
        part = None if row["numerator"] is None else min(1.0, row["numerator"] / row["denominator"])
        bars.append(Bar(facts.text(row["label"]), part, 1.0, words))
    return bars


def _against(facts: Facts, row: dict[str, Any]) -> Bar:
    words = f"{measure(row['numerator'], 'USD')}{_share(row['ratio'])}"
    return Bar(facts.text(row["label"]), row["numerator"], row["denominator"], words)


def _count(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:,.0f}"


def _share(ratio: float | None) -> str:
    return "" if ratio is None else f", {share(ratio)}"


def _draw(name: str, title: str, bars: Sequence[Bar], unit: str | None, most: float | None = None) -> Markup:
    """Bars on one scale from 0; `unit` None: each from nothing to all of its own."""
    height = _TOP + _ROW * len(bars) + 18
    listed = "; ".join(f"{bar.label}: {bar.words}" for bar in bars)
    drawing = Drawing(name, _WIDTH, height, title, f"{listed}.")
    drawing.text(0, 16, title, 14, INK, bold=True)
    wide = _WIDTH - _LEFT - _RIGHT
    most = most or max((max(bar.of or 0.0, bar.reached or 0.0) for bar in bars), default=0.0) or 1.0
    _axis(drawing, wide, height, unit, most)
    for at, bar in enumerate(bars):
        y = _TOP + at * _ROW
        _lines(drawing, _LEFT - 12, y + 16, bar.label, _LEFT - 18, INK, "end")
        if bar.reached is None:
            drawing.line(_box(_LEFT, y + 4, wide * (bar.of or most) / most, 16), SOFT, 0.8, "3 3")
        elif bar.of:
            drawing.rect(_LEFT, y + 4, wide * bar.of / most, 16, FAINT, f"{bar.label}: {bar.words}", 2)
        if bar.reached:
            drawing.rect(_LEFT, y + 7, max(2.0, wide * min(bar.reached / most, 1.0)), 10, RUST, bar.words, 2)
        end = _LEFT + wide * max(bar.of or 0.0, min(bar.reached or 0.0, most)) / most + 10
        _lines(drawing, end, y + 16, bar.words, _WIDTH - end - 4, SOFT if bar.reached is None else INK, "start")
    return drawing.svg()


def _axis(drawing: Drawing, wide: float, height: float, unit: str | None, most: float) -> None:
    drawing.line([(_LEFT, _TOP - 6), (_LEFT, height - 14)], DEEP, 1)
    ticks = ((0.0, "0"), (1.0, "all" if unit is None else measure(most, unit)))
    for part, text in ticks:
        drawing.text(_LEFT + wide * part, _TOP - 12, text, 11, SOFT, "start" if part == 0 else "middle")
    drawing.line([(_LEFT + wide, _TOP - 6), (_LEFT + wide, height - 14)], FAINT, 1)


def _box(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]


def _lines(drawing: Drawing, x: float, y: float, text: str, width: float, fill: str, anchor: str) -> None:
    """A text on one line, or on two where it is too wide; what does not fit on two is cut."""
    if text_width(text, _LETTER) <= width:
        drawing.text(x, y, text, _LETTER, fill, anchor)
        return
    words, first = text.split(" "), ""
    while len(words) > 1 and text_width(f"{first} {words[0]}".strip(), _LETTER) <= width:
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        first, words = _fitted(words[0], width), words[1:]
    drawing.text(x, y - 7, first, _LETTER, fill, anchor)
    drawing.text(x, y + 7, _fitted(" ".join(words), width), _LETTER, fill, anchor)


def _fitted(text: str, width: float) -> str:
    """`text` cut to a width; Han letters are wider than Latin ones."""
    length = len(text)
    while length > 8 and text_width(shortened(text, length), _LETTER) > width:
        length -= 1
    return shortened(text, length)
