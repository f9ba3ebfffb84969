"""A ratio with an honest denominator: what is counted above and below, by whom, and what it does not say.

Each has one sentence, one ratio, its records, what would close it, what would change the answer. The last two belong to
the rule that made it, and stand in rules.toml. Those that tell one thing are folded into one finding (folding.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

from upriver.crackdown.telling import Telling, amount, shown
from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id

Row = dict[str, object]
# A range whose upper end is this many times its lower one is told as such: a zero lost or gained does that.
_WIDE = 5.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a ratio with its range and its ground; `value` None is no figure, which is not zero."""

    value: float | None
    low: float | None
    high: float | None
    what: str
    unit: str
    at: date | None = None
    tellings: tuple[Telling, ...] = ()
    rows: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def no_figure(what: str, unit: str) -> Figure:
    """Nobody tells it: shown as "no figure", never as zero."""
    return Figure(None, None, None, what, unit)


def counted(value: float, what: str, unit: str, rows: Sequence[str] = (), records: Sequence[str] = ()) -> Figure:
    """A figure counted in the case's own tables, from the records named; all their files count as its sources."""
    files = sorted({record.partition("#")[0] for record in records})
    ground = tuple(records)[:MOST_RECORDS]
    return Figure(value, value, value, what, unit, None, (), tuple(rows)[:MOST_RECORDS], ground, tuple(files))


def dated(what: str, at: date | None) -> str:
    """`what` with its day."""
    return f"{what}, {at}" if at else f"{what}, no date"


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Mapping[str, str]]:
    """For each rule: `closed_by`, what would close the loophole, and `changed_by`, what would change the answer."""
    text = resources.files("upriver.crackdown").joinpath("rules.toml").read_text(encoding="utf-8")
    told: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return told


def loophole(
    rule: str, dimension: str, label: str, above: Figure, below: Figure, caution: str, fold: str = "", spot: str = "",
    whole: bool = False,
) -> Row:  # fmt: skip
    """A row of the table `loophole`; the range runs over every figure told above and below.

    rule   its name in rules.toml
    fold   name of the finding that tells it together with others; empty: it stands by itself
    spot   what tells it apart from others of its rule: a country, an area, a site
    whole  whether it is the ratio that the finding gives, the others being its parts
    """
    words = rules()[rule]
    ratio = low = high = None
    if above.value is not None and below.value:
        ratio = above.value / below.value
        low = (above.low if above.low is not None else above.value) / (below.high or below.value)
        high = (above.high if above.high is not None else above.value) / (below.low or below.value)
    if low and high and high >= _WIDE * low:
        caution += "; the ends of the range lie far apart: the ledger tells who says what"
    tellings = {telling.report_id: telling for figure in (above, below) for telling in figure.tellings}
    speakers = {telling.speaker for telling in tellings.values()}
    files = {record.partition("#")[0] for figure in (above, below) for record in figure.records}
    files |= {*above.files, *below.files}
    sources = {telling.source for telling in tellings.values()} | files
    records = sorted({t.record_id for t in tellings.values()} | set(above.records) | set(below.records))
    return {
        "loophole_id": content_id(dimension, label, above.what, below.what, above.value, below.value),
        "rule": rule,
        "dimension": dimension,
        "label": label,
        "sentence": sentence(above, below, ratio),
        "numerator": above.value,
        "denominator": below.value,
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": high,
        "numerator_what": above.what,
        "denominator_what": below.what,
        "unit": above.unit if above.unit == below.unit else f"{above.unit} of {below.unit}",
        "caution": caution,
        "closed_by": words["closed_by"],
        "changed_by": words["changed_by"],
        "n_sources": len(speakers) + len(files),
        "sources": sorted(sources),
        "report_ids": sorted({*tellings, *above.rows, *below.rows})[:MOST_RECORDS],
        "record_ids": records[:MOST_RECORDS],
        "fold": fold,
        "spot": spot or label,
        "whole": whole,
        "speakers": speakers,
        "files": files,
    }


def sentence(above: Figure, below: Figure, ratio: float | None) -> str:
    """Both sides and their ratio in one sentence.

    >>> taken, known = Figure(2.0, 2.0, 2.0, "leaders taken", "people"), Figure(40.0, 40.0, 40.0, "leaders", "people")
    >>> sentence(taken, known, 0.05)
    '2 people (leaders taken) against 40 people (leaders): 5 %.'
    >>> sentence(no_figure("people taken: no figure", "people"), known, None)
    'No figure (people taken) against 40 people (leaders): what share this is, nobody tells.'
    """
    sides = f"{_side(above)} against {_side(below)}"
    told = "what share this is, nobody tells" if ratio is None else percent(ratio)
    return f"{sides[:1].upper()}{sides[1:]}: {told}."


def percent(ratio: float) -> str:
    """A ratio as a percentage with two figures that count.

    >>> percent(0.05), percent(0.0123), percent(0.0)
    ('5 %', '1.2 %', '0 %')
    """
    value = 100 * ratio
    if value == 0 or value >= 10:
        return f"{value:,.0f} %"
    return f"{float(f'{value:.2g}'):g} %"


def _side(figure: Figure) -> str:
    if figure.value is None:
        return f"no figure ({figure.what.removesuffix(': no figure')})"
    told = amount(round(figure.value) if figure.value >= 1000 else figure.value, figure.unit)
    if figure.what.startswith(f"{figure.unit} ") and told.endswith(figure.unit):
        return told + figure.what.removeprefix(figure.unit)
    return f"{told} ({figure.what})"


def spelled(row: Row) -> str:
    """A ratio in one line: "63 / 31,000 = 0.20 %", or "no figure / 9"."""
    above, below, ratio = row["numerator"], row["denominator"], row["ratio"]
    assert above is None or isinstance(above, float)
    assert below is None or isinstance(below, float)
    end = f" = {100 * ratio:.2f} %" if isinstance(ratio, float) else ""
    return f"{shown(above)} / {shown(below)}{end}"
