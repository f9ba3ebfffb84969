"""The page of contacts: kinds, stages, sources, payments, scripts, unanswered contacts; each row with its records."""

from __future__ import annotations

from collections.abc import Iterable
from math import log2
from typing import Any

from markupsafe import Markup

from upriver.model.contacts import STAGES
from upriver.model.ids import file_of, locator_of
from upriver.report.approached import CARE, Approached, Delays
from upriver.report.claims import Facts
from upriver.report.drawing import AMBER, DEEP, FAINT, INK, SOFT, Drawing
from upriver.report.figures import number
from upriver.report.scriptpicture import script_picture
from upriver.report.sections.contacts import SCRIPTS, SOURCES, UNANSWERED, days_words

_RECORDS = 2  # told of each row
_PICTURES = 5
_COMMON = 12
_TABLES = ("approach", "approach_source", "approach_payment")
# Days of the axis, where the longest reaches so far.
_TICKS = (0, 1, 2, 4, 7, 14, 30, 60, 120, 240, 480, 960, 1920, 3840)


def contact_page(facts: Facts) -> dict[str, Any]:
    """All that the page shows; `kinds` is empty where there is nothing."""
    found = Approached(facts)
    kinds = found.kinds()
    told: dict[str, Any] = {"kinds": [{**row, "stages": _stages(row)} for row in kinds], "care": CARE}
    if not kinds:
        return told
    opens = _Opens(facts)
    sources, common = found.sources(SOURCES), found.common(_COMMON)
    labels = found.label([row["source_id"] for row in (*sources, *common)])
    scripts = found.scripts(SCRIPTS)
    unanswered, counts = found.unanswered(UNANSWERED)
    delays = found.delays()
    rows = [
        {**row, "who": labels.get(row["source_id"], facts.text(row["source_id"])), **opens.of("approach_source", row)}
        for row in (*sources, *common)
    ]
    return {
        **told,
        "findings": {name: opens.any_of(name) for name in ("approach", "approach_payment")},
        "sources": rows[: len(sources)],
        "n_sources": int(found.counts()["n"]),
        "common": [{**row, "common": facts.text(row["common"])} for row in rows[len(sources) :]],
        "delays": delays,
        "days": days_words(delays),
        "paid": _strip(delays),
        "scripts": [
            {
                **row,
                "number": place,
                "words": facts.text(row["words"]),
                "picture": script_picture(facts, row, place) if place <= _PICTURES else None,
                **opens.of("approach_source", row),
            }
            for place, row in enumerate(scripts, 1)
        ],
        "unanswered": _unanswered(facts, opens, unanswered),
        "counts": counts,
    }


def _stages(row: dict[str, Any]) -> str:
    """How many of these approaches bear marks of each stage."""
    return ", ".join(f"{stage.replace('_', ' ')} {int(row[stage]):,}" for stage in STAGES if row[stage])


def _unanswered(facts: Facts, opens: _Opens, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    nodes = {row[name] for row in rows for name in ("object_id", "victim_id") if row[name]}
    labels, sources = facts.labels(nodes), Approached(facts).label([row["source_id"] for row in rows])
    return [
        {
            **row,
            "who": sources[row["source_id"]],
            "whom": labels.label(row["victim_id"] or row["object_id"], 40)
            if row["victim_id"] or row["object_id"]
            else "not told",
            **opens.of("approach", row),
        }
        for row in rows
    ]


class _Opens:
    """Where rows open: the finding that rests on them, and a few of their records by file and place."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._paths = {row["file_id"]: row["path"] for row in facts.rows("source_file")}
        names = ", ".join(f"'{name}'" for name in _TABLES)
        rows = facts.many(
            "SELECT table_name, row_id, min(finding_id) AS finding_id FROM finding_support "
            f"WHERE table_name IN ({names}) GROUP BY table_name, row_id ORDER BY 1, 2"
        )
        self._finding = {(row["table_name"], row["row_id"]): row["finding_id"] for row in rows}

    def any_of(self, table: str) -> str | None:
        """The first finding that rests on rows of `table`; None where there is none."""
        return min((found for (name, _), found in self._finding.items() if name == table), default=None)

    def of(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """`finding`, None where none rests on the row, and `records`."""
        key = row["approach_id" if table == "approach" else "source_id"]
        records: Iterable[str] = row["record_ids"][:_RECORDS]
        return {
            "finding": self._finding.get((table, key)),
            "records": [
                (self._facts.text(self._paths.get(file_of(record), file_of(record))), locator_of(record))
                for record in records
            ],
            "more": max(0, len(row["record_ids"]) - _RECORDS),
        }


def _strip(delays: Delays) -> tuple[Markup, Markup] | None:
    """A dot for each victim over days from first contact to first payment, on a scale of doublings; median and band."""
    if delays.median is None:
        return None
    ticks = _TICKS[: sum(tick <= delays.days[-1] for tick in _TICKS) + 1]
    left, right, base = 20.0, 980.0, 76.0

    def x(days: float) -> float:
        return left + (right - left) * min(1.0, log2(1 + days) / log2(1 + max(1, ticks[-1])))

    told = f"{len(delays.days)} victims, median {number(round(delays.median, 1))} days"
    drawing = Drawing("delays", 1000, 112, "Days from first contact to first payment", told)
    if delays.interval:
        low, high = delays.interval
        drawing.rect(x(low), 22, max(2.0, x(high) - x(low)), base - 22, "#fdf0d5")
    drawing.line([(left, base), (right, base)], FAINT, 1.5)
    for tick in ticks:
        drawing.line([(x(tick), base), (x(tick), base + 5)], SOFT, 1)
        drawing.text(x(tick), base + 20, str(tick), 11, SOFT, "middle")
    drawing.text(right, base + 34, "days", 11, SOFT, "end")
    stacked: dict[int, int] = {}
    for value in delays.days:
        column = round(x(value) / 7)
        stacked[column] = stacked.get(column, 0) + 1
        drawing.circle(
            x(value), base - 4 - 5 * min(9, stacked[column]), 3.2, DEEP, tip=f"{number(round(value, 1))} days"
        )
    drawing.line([(x(delays.median), 18), (x(delays.median), base)], AMBER, 2.5)
    drawing.text(x(delays.median), 13, f"median {number(round(delays.median, 1))}", 12, INK, "middle", bold=True)
    caption = (
        "A dot is a victim: days from the earliest contact that the folder holds to the first payment after it, on a "
        "scale of doublings. The band is the 95 % interval of the median. Of "
        f"{delays.n_victims} victims with a contact of a told time, {len(delays.days)} paid after it."
    )
    return drawing.svg(), Markup("{}").format(caption)
