"""The dossier: pages that open offline, print well and run no script, with victims and presumed victims masked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from upriver.case.files import put
from upriver.report import panels
from upriver.report.areas import areas
from upriver.report.bars import ladder, money
from upriver.report.basemap import basemap
from upriver.report.claims import HEADLINE, NOTHING, Facts
from upriver.report.contactpage import contact_page
from upriver.report.curves import curves
from upriver.report.findings import SECTIONS, findings
from upriver.report.flowmap import flowmap
from upriver.report.identity import masks
from upriver.report.network import network
from upriver.report.opened import Opened
from upriver.report.pages import environment
from upriver.report.standing import standing
from upriver.report.timeline import timeline, totals
from upriver.report.ways import ways
from upriver.report.why import Housed, rows_of, trail

FOLDER = "dossier"
# Rows shown of each table: a dossier is read, the exports hold everything.
_MOST = {
    "loopholes": 14, "parts": 60,
    "losses": 20, "ends": 15, "ways_ends": 5, "ways_victims": 5,
    "alerts": 12, "mules": 8, "groups": 10, "people": 25, "protected": 200, "contradictions": 25,
    "ledger": 1500, "tellings": 6, "records": 3, "trails": 40, "files": 300, "examples": 200, "key": 15,
}  # fmt: skip
SECTION_NAMES = {
    "loophole": "What stayed open", "crackdown": "The crackdown", "money": "Money", "people": "Who runs it",
    "protection": "Protection", "network": "Who is connected", "open": "Open questions", "evidence": "Evidence",
}  # fmt: skip


class Filed(Housed, Protocol):
    """A case that has a home and a manifest."""

    home: Path

    @property
    def manifest(self) -> Any:
        """Title, version, parameters."""


def write_dossier(case: Filed, unmask: bool = False) -> Path:
    """Write `dossier/` into the case's folder and return the address of its first page.

    unmask  show victims and presumed victims by name; the caller writes that into the manifest
    """
    target = case.home / FOLDER
    target.mkdir(exist_ok=True)
    hidden = masks(case, unmask)
    facts = Facts(case, hidden, max_support=1)
    context = _context(case, facts)
    for name in ("ledger", "contacts", "protection", "provenance", "index"):
        put(target / f"{name}.html", environment().get_template(f"{name}.html").render(context))
    return target / "index.html"


def _context(case: Filed, facts: Facts) -> dict[str, Any]:
    """All that the pages show."""
    rows = sorted(rows_of(case, facts.masks), key=lambda row: row["rank"])
    tiers = {made.finding_id: made.claim.tier for made in findings(case, facts.masks, max_support=1)}
    missing = {row["finding_id"] for row in rows if tiers.get(row["finding_id"]) == NOTHING}
    ledger = panels.ledger(facts)
    opened = Opened(facts)
    differing = [row for row in ledger if row["contradicts"]]
    differing.sort(key=lambda row: (-len(row["alarms"]), -row["n_tellings"], row["action_id"]))
    needing, n_needing = panels.protected(facts, _MOST["protected"])
    # What somebody who may be a victim says is told on the page of protection, never on the one that ranks.
    spoken = panels.spoken(facts)
    guarded = _trails(case, facts, [row for row in rows if row["section"] == "protection"], frozenset())
    return {
        "title": facts.text(case.manifest.title or case.home.stem),
        "version": case.manifest.upriver,
        "masked": facts.masks.hides,
        "sections": SECTIONS,
        "names": SECTION_NAMES,
        "findings": rows,
        "by_section": {name: [row for row in rows if row["section"] == name] for name in SECTIONS},
        "missing": missing,
        "bare": {name for name in SECTIONS if all(r["finding_id"] in missing for r in rows if r["section"] == name)},
        "key": [_card(row) for row in rows if tiers.get(row["finding_id"]) == HEADLINE][: _MOST["key"]],
        "trails": _trails(case, facts, [row for row in rows if row["section"] != "protection"], spoken),
        "guarded_trails": guarded,
        "guarded": {one.finding_id for one in guarded},
        "strip": panels.strip(facts),
        "loopholes": panels.loopholes(facts, opened, _MOST["loopholes"], _MOST["parts"]),
        "areas": areas(facts, opened),
        "ladder": ladder(facts, opened),
        "seized": money(facts, opened),
        "standing": standing(facts, opened),
        "curves": curves(facts, opened),
        "flowmap": flowmap(facts),
        "ways": ways(facts, _MOST["ways_ends"], _MOST["ways_victims"]),
        "losses": panels.losses(facts, _MOST["losses"]),
        "cash_out": panels.ends(facts, True, _MOST["ends"]),
        "open_ends": panels.ends(facts, False, _MOST["ends"]),
        "alerts": panels.alerts(facts, _MOST["alerts"]),
        "mules": panels.mules(facts, _MOST["mules"]),
        "network": network(facts),
        "contacts": contact_page(facts),
        "groups": panels.groups(facts, _MOST["groups"]),
        "scenarios": panels.scenarios(facts),
        "people": panels.people(facts, _MOST["people"]),
        "protected": needing,
        "anchors": {row["person_id"]: row["anchor"] for row in needing},
        "n_protected": n_needing,
        "timeline": timeline(facts),
        "totals": totals(facts),
        "map": basemap(facts),
        "ledger": ledger[: _MOST["ledger"]],
        "n_ledger": len(ledger),
        "series": panels.series(ledger),
        "differing": differing[: _MOST["contradictions"]],
        "n_differing": len(differing),
        "tellings": panels.tellings(facts, ledger[: _MOST["ledger"]], _MOST["tellings"]),
        "files": panels.files(case, facts, _MOST["examples"]),
        "most_files": _MOST["files"],
        "parameters": case.manifest.parameters,
    }


def _card(row: dict[str, Any]) -> dict[str, Any]:
    """A finding as a card of the summary: a ratio's dimension goes into the tag, its figure stands above the title."""
    if row["unit"] != "share":
        return {**row, "head": row["title"], "about": "", "range": ""}
    head, _, told = row["title"].rpartition(": ")
    about, _, question = head.partition(": ")
    return {**row, "head": question or head, "about": about.lower(), "range": told.partition("(")[2].removesuffix(")")}


def _trails(case: Filed, facts: Facts, rows: list[dict[str, Any]], left_out: frozenset[str]) -> list[Any]:
    """Records behind the findings that rest on any.

    left_out  records that are not shown here
    """
    wanted = [row["finding_id"] for row in rows if row["n_support"]][: _MOST["trails"]]
    return [
        trail(case, finding, _MOST["records"], hidden=facts.masks, known=rows, left_out=left_out)
        for finding in wanted
    ]  # fmt: skip
