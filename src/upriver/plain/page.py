"""A ledger as one page that opens offline: timeline, totals, map, contradictions, every figure with its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upriver import __version__
from upriver.crackdown.entries import Entries
from upriver.crackdown.telling import Telling
from upriver.report import panels
from upriver.report.basemap import basemap
from upriver.report.pages import environment
from upriver.report.timeline import timeline, totals

Show = Callable[[str, str | None], str]
_MOST = {"entries": 2000, "differing": 60, "ties": 200, "tellings": 8}


class _Rows:
    """The tables of a ledger, as the pictures of a dossier read them; `show` masks what may not be shown."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]], show: Show) -> None:
        self._tables = tables
        self._show = show

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self._tables.get(table, [])

    def many(self, select: str) -> list[dict[str, Any]]:
        return []

    def text(self, text: str | None, record_id: str | None = None) -> str:
        return self._show(text or "", record_id)


def page(title: str, made: Entries, show: Show = lambda text, _: text, masked: bool = False) -> str:
    """The page, as HTML.

    show    a text, and the record it is about, as it may be shown; news files mask nobody, a case does
    masked  whether `show` hides victims: the page says so at its foot
    """
    tellings = [telling for telling, _ in made.told]
    tables = made.tables()
    ties = tables["relation"]
    told = _Rows({**tables, "event_report": [_report(telling) for telling in tellings]}, show)
    ledger = panels.ledger(told)
    differing = [row for row in ledger if row["differences"] and row["n_tellings"] > 1]
    names = {row["action_id"]: row["title"] for row in ledger}
    return environment("upriver.plain").get_template("ledger_page.html").render(
        title=show(title, None), version=__version__, masked=masked,
        n_tellings=len(tellings), n_passages=len({telling.passage for telling in tellings}),
        timeline=timeline(told), totals=totals(told), map=basemap(told),
        series=panels.series(ledger),
        ledger=ledger[: _MOST["entries"]], n_ledger=len(ledger),
        differing=differing[: _MOST["differing"]], n_differing=len(differing),
        ties=[_tie(row, names, show) for row in ties[: _MOST["ties"]]],
        n_ties=len(ties), tellings=panels.tellings(told, ledger[: _MOST["entries"]], _MOST["tellings"]),
    )  # fmt: skip


def _tie(row: dict[str, Any], names: dict[str, str], show: Show) -> dict[str, Any]:
    """A relation as the page shows it: its words, and its entries by id and title."""
    entries = [(name, names.get(name, name)) for name in row["action_ids"]]
    return {"kind": row["kind"], "words": show(row["words"], None), "entries": entries}


def _report(telling: Telling) -> dict[str, Any]:
    """A telling as a row of event_report, as far as a page shows it."""
    return {
        "report_id": telling.report_id, "type": telling.type, "count": telling.count, "unit": telling.unit,
        "qualifier": telling.qualifier, "to_on": telling.last, "announced_on": telling.announced,
        "published_on": telling.published, "source": telling.source, "url": telling.url, "span": telling.words,
        "record_id": telling.record_id,
    }  # fmt: skip
