"""The tables of the dossier: rows of the case's tables brought into what a page shows, masked and cut to a length."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from markupsafe import Markup

from upriver.report.claims import Facts
from upriver.report.drawing import AMBER, DEEP, FAINT, RUST, Drawing
from upriver.report.figures import capital, number, sentence, share, shortened, usd
from upriver.report.identity import Readable
from upriver.report.labels import account_label
from upriver.report.opened import Opened
from upriver.report.redaction import HIDDEN
from upriver.report.sections.crackdown import contradicts
from upriver.report.sections.evidence import guesses
from upriver.report.sections.loophole import DIMENSIONS, ordered, range_words, ratio_words, told_by, units
from upriver.report.sections.money import STOLEN, stop_words, whose_money
from upriver.report.sections.mules import mules as told_mules
from upriver.report.sections.people import PROTECTION
from upriver.report.sections.shares import standing
from upriver.report.told import Told

INDICATORS = 11
_NAMES = {"time": "By time: how soon it started again", "network": "What still works"}
_OF_A_KIND = 3  # patterns shown of one kind


def loopholes(facts: Facts, opened: Opened, most: int, most_parts: int) -> list[dict[str, Any]]:
    """One table for each dimension: its name and rows with a picture of the ratio, at most `most` of each kind.

    most_parts  of the ratios told with one
    """
    paths = {row["file_id"]: facts.text(row["path"]) for row in facts.rows("source_file")}
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in DIMENSIONS}
    for row in ordered(facts.rows("loophole")):
        shown = {name: facts.text(row[name]) for name in ("label", "numerator_what", "denominator_what", "caution")}
        tables.setdefault(row["dimension"], []).append(
            {
                **row,
                **shown,
                **_told(facts, row, paths),
                "finding": opened.finding(row["loophole_id"]),
                "bar": _ratio_bar(row),
                "parts": [
                    {**part, **_told(facts, part, paths), "label": facts.text(part["label"]), "number": number_}
                    for number_, part in enumerate(opened.parts.get(row["loophole_id"], [])[:most_parts], 1)
                ],
            }
        )
    return [_noted(name, rows, most) for name, rows in tables.items() if rows]


def _told(facts: Facts, row: dict[str, Any], paths: dict[str, str]) -> dict[str, Any]:
    """Who tells a ratio, in short and in full, and what stands beside its figure."""
    return {
        "sources": [paths.get(source) or facts.text(source) for source in row["sources"]],
        "told_by": told_by(row, paths),
        "range": range_words(row),
        "units": units(row["unit"]),
    }


def _noted(dimension: str, rows: list[dict[str, Any]], most: int) -> dict[str, Any]:
    """A table whose cautions stand once below it, with a letter in each row they belong to."""
    notes: dict[str, str] = {}
    told = [row for row in rows if row["ratio"] is not None]
    blank = [row for row in rows if row["ratio"] is None]
    for row in (*told[:most], *blank[:most]):
        if row["caution"]:
            row["note"] = notes.setdefault(row["caution"], chr(ord("a") + len(notes) % 26))
        else:
            row["note"] = ""
    return {
        "dimension": dimension,
        "name": _NAMES.get(dimension, f"By {dimension}"),
        "rows": told[:most],
        "n_rows": len(told),
        "blank": blank[:most],
        "n_blank": len(blank),
        "notes": [(letter, capital(text)) for text, letter in notes.items()],
    }


def _ratio_bar(row: dict[str, Any]) -> Markup:
    """A ratio between nothing and all: a dot, and a line for its range; a ratio above one is drawn at the end."""
    if row["ratio"] is None:
        return Markup("")
    drawing = Drawing(f"r{row['loophole_id']}", 132, 16, ratio_words(row), "Share of all, from 0 to 100 %.")

    def x(value: float) -> float:
        return 6 + 120 * min(max(value, 0.0), 1.0)

    drawing.rect(6, 6.5, 120, 3, FAINT, round_by=1.5)
    if row["ratio_low"] is not None and row["ratio_high"] is not None:
        drawing.rect(
            x(row["ratio_low"]), 5.5, max(1.0, x(row["ratio_high"]) - x(row["ratio_low"])), 5, "#e0b9ae", round_by=2
        )
    drawing.circle(x(row["ratio"]), 8, 4.2, RUST)
    return drawing.svg()


def losses(facts: Facts, most: int) -> list[dict[str, Any]]:
    """Victims by what they report, largest first."""
    rows = facts.many(
        "SELECT l.victim_id, coalesce(e.canonical_id, l.victim_id) AS node, l.reported_usd, l.found_usd, "
        "l.returned_usd, l.inducement_usd, l.ransom_usd, l.net_usd, "
        "l.reached_cash_out_usd, l.n_payments, l.first_at, l.last_at FROM loss l LEFT JOIN entity e ON e.entity_id = "
        "l.victim_id "
        f"ORDER BY l.reported_usd DESC, l.victim_id LIMIT {most}"
    )
    labels = facts.labels(row["node"] for row in rows)
    where = standing(facts, 3)
    return [
        {**row, "who": labels.label(row["node"]), "stands": where.get(row["victim_id"], [])} for row in rows
    ]  # fmt: skip


def ends(facts: Facts, cash_out: bool, most: int) -> list[dict[str, Any]]:
    """Accounts where the money leaves or stays, by what they keep."""
    rows = facts.many(
        f"SELECT * FROM traced_account WHERE {'cash_out' if cash_out else 'NOT cash_out AND stop_reason IS NOT NULL'} "
        f"ORDER BY kept_usd DESC, received_usd DESC, account LIMIT {most}"
    )
    holders = facts.labels(row["holder_id"] for row in rows if row["holder_id"])
    return [
        {
            **row,
            "label": account_label(facts.masks, row["account"], 44),
            "holder": holders.label(row["holder_id"]) if row["holder_id"] else "",
            "stop": stop_words(row["stop_reason"]).partition(":")[0],
            "reason": facts.text(row["reason"]),
        }
        for row in rows
    ]


def alerts(facts: Facts, most: int) -> list[dict[str, Any]]:
    """Patterns that carry victims' money, most first; of one kind no more than a few, for the others to be seen."""
    rows = facts.many(
        "SELECT * FROM (SELECT a.*, row_number() OVER (PARTITION BY a.kind ORDER BY a.traced_usd DESC, a.alert_id) "
        f"AS place FROM alert a WHERE a.traced_usd > 0) x WHERE x.place <= {_OF_A_KIND} "
        f"ORDER BY x.traced_usd DESC, x.alert_id LIMIT {most}"
    )
    return [
        {
            **row,
            "label": account_label(facts.masks, row["account"], 30),
            "reason": facts.text(row["reason"]),
            "innocent": facts.text(row["innocent"]),
        }
        for row in rows
    ]


def mules(facts: Facts, most: int) -> list[dict[str, Any]]:
    """Accounts that look like a mule's, highest score first."""
    return [
        {**row, "bar": _score_bar(row["score"], f"m{number_}", "How much the account looks like a mule's")}
        for number_, row in enumerate(told_mules(facts)[:most], 1)
    ]


def groups(facts: Facts, most: int) -> list[dict[str, Any]]:
    """Largest groups with those in front of each."""
    rows = facts.many(
        "SELECT community_id, min(name) AS name, count(*) AS n, avg(stability) AS stability FROM community "
        f"GROUP BY community_id HAVING count(*) >= 3 ORDER BY n DESC, community_id LIMIT {most}"
    )
    front = facts.many(
        "SELECT c.community_id, r.person_id FROM community c JOIN role r ON r.person_id = c.node_id ORDER BY r.rank, "
        "r.person_id"
    )
    known = {row["community_id"] for row in rows}
    leading: dict[str, list[str]] = defaultdict(list)
    for row in front:
        if row["community_id"] in known and len(leading[row["community_id"]]) < 3:
            leading[row["community_id"]].append(row["person_id"])
    labels = facts.labels(person for listed in leading.values() for person in listed)
    return [
        {**row, "name": facts.text(row["name"]), "front": [labels.label(p, 36) for p in leading[row["community_id"]]]}
        for row in rows
    ]


_LEFT = ("largest", "money", "roles")


def _range(low: float, high: float) -> str:
    """An interval, or nothing where its ends read alike."""
    return "" if share(low) == share(high) else f"{share(low)} to {share(high)}"


def scenarios(facts: Facts) -> list[dict[str, Any]]:
    """One table for each order of removal, with its steps."""
    steps: dict[str, list[dict[str, Any]]] = defaultdict(list)
    labels = facts.labels(row["removed_id"] for row in facts.rows("scenario") if row["removed_id"])
    for row in facts.rows("scenario"):
        who = labels.label(row["removed_id"], 40) if row["removed_id"] else "nobody yet"
        ranges = {f"{what}_range": _range(row[f"{what}_low"], row[f"{what}_high"]) for what in _LEFT}
        steps[row["scenario_id"]].append({**row, **ranges, "who": who})
    for path in steps.values():
        # No traced money reached cash-out with nobody gone: of what still could there is no figure.
        if not min(path, key=lambda row: row["step"])["money_share"]:
            path[:] = [{**row, "money_share": None, "money_range": ""} for row in path]
    return [
        {"name": name, "method": facts.text(rows[-1]["method"]), "steps": _thinned(rows)}
        for name, rows in sorted(steps.items())
    ]


def _thinned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first steps, and the last."""
    return rows if len(rows) <= 9 else [*rows[:8], rows[-1]]


def people(facts: Facts, most: int) -> list[dict[str, Any]]:
    """People by evidence of organising, each with the need for protection beside it."""
    marked = (row for row in facts.rows("role") if row["score"] > 0)
    ranked = sorted(marked, key=lambda row: (row["rank"], row["person_id"]))[:most]
    protected = {row["person_id"]: row for row in facts.rows("protected_person")}
    labels = facts.labels(row["person_id"] for row in ranked)
    shown = []
    for number_, row in enumerate(ranked, 1):
        need = protected.get(row["person_id"])
        status = row["protection"] if need is None else "presumed_victim" if need["child"] else need["status"]
        shown.append(
            {
                **row,
                "who": labels.label(row["person_id"]),
                "reason": facts.text(row["reason"], person=row["person_id"]),
                "need": PROTECTION.get(status, status),
                "flag": status in {"presumed_victim", "refer", "reported_victim"},
                "bar": _score_bar(row["score"], f"s{number_}", "Evidence of organising"),
                "dots": _dots(need["n_present"], need["n_unknown"], f"o{number_}") if need is not None else "",
            }
        )
    return shown


def _score_bar(score: float, name: str, what: str) -> Markup:
    drawing = Drawing(name, 96, 12, f"{what} {score:.2f}", "From 0 to 1; no share of guilt.")
    drawing.rect(0, 3, 96, 6, FAINT, round_by=3)
    drawing.rect(0, 3, 96 * min(max(score, 0.0), 1.0), 6, DEEP, round_by=3)
    return drawing.svg()


def _dots(n_present: int, n_unknown: int, name: str) -> Markup:
    """Eleven indicators: full present, hollow unknown, a stroke absent."""
    told = f"{n_present} present, {n_unknown} unknown, {max(0, INDICATORS - n_present - n_unknown)} absent"
    drawing = Drawing(f"d{name}", 118, 12, told, "Indicators of forced labour.")
    for at in range(INDICATORS):
        x = 6 + at * 10.6
        if at < n_present:
            drawing.circle(x, 6, 3.6, AMBER, AMBER)
        elif at < n_present + n_unknown:
            drawing.circle(x, 6, 3.4, "none", "#a8b3bd", 1)
        else:
            drawing.line([(x - 3, 6), (x + 3, 6)], "#a8b3bd", 1.4)
    return drawing.svg()


def protected(facts: Facts, most: int) -> tuple[list[dict[str, Any]], int]:
    """Those to be protected or interviewed first, the most urgent first, and how many there are."""
    order = {"presumed_victim": 0, "refer": 1}
    rows = [row for row in facts.rows("protected_person") if row["status"] in order or row["child"]]
    rows.sort(key=lambda r: (not r["child"], order.get(r["status"], 2), -r["n_present"], r["person_id"]))
    cut = rows[:most]
    labels = facts.labels(row["person_id"] for row in cut)
    signs = _signs(facts, {row["person_id"] for row in cut})
    shown = [
        {
            **row,
            "who": labels.label(row["person_id"]),
            "need": "presumed victim: a child" if row["child"] else PROTECTION.get(row["status"], row["status"]),
            "dots": _dots(row["n_present"], row["n_unknown"], f"p{number_}"),
            "signs": signs[row["person_id"]],
            "anchor": f"p{number_}",
            "reason": facts.text(row["reason"], person=row["person_id"]),
            "questions": [facts.text(question, person=row["person_id"]) for question in row["open_questions"][:2]],
            "n_questions": len(row["open_questions"]),
        }
        for number_, row in enumerate(cut, 1)
    ]
    return shown, len(rows)


def _signs(facts: Facts, wanted: set[str]) -> dict[str, list[str]]:
    """Signs told of each person with the words that tell them; one sentence is quoted once for all that it tells."""
    told: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for sign in facts.rows("trafficking_indicator"):
        if sign["person_id"] in wanted and sign["state"] == "present":
            quote = facts.text(sign["quote"], sign["record_id"], sign["person_id"]) if sign["quote"] else ""
            words = sign["indicator"].replace("_", " ")
            # What is told without words stands by itself.
            told[sign["person_id"]][quote or f"\0{words}"].append(words)
    found: dict[str, list[str]] = defaultdict(list)
    for person, quotes in told.items():
        for quote, indicators in quotes.items():
            listed = sentence(list(dict.fromkeys(indicators)))
            found[person].append(listed if quote.startswith("\0") else f"{listed}: “{shortened(quote, 120)}”")
    return found


def spoken(facts: Facts) -> frozenset[str]:
    """Records in which somebody who may be a victim speaks, or is quoted: for the page of protection alone."""
    rows = facts.many(
        "SELECT DISTINCT i.record_id FROM trafficking_indicator i JOIN protected_person p ON p.person_id = i.person_id "
        "WHERE i.quote IS NOT NULL AND i.record_id IS NOT NULL "
        "AND (p.child OR p.status IN ('presumed_victim', 'refer')) ORDER BY i.record_id"
    )
    return frozenset(row["record_id"] for row in rows)


# What a relation is to its whole, which stands first in it, and to the others.
_HOLDS = {"part_of": "holds", "sum": "sum of", "related": "same people", "same": "same as", "contradict": "against"}
_HELD = {**_HOLDS, "part_of": "part of", "sum": "part of the sum"}


def ledger(facts: Told) -> list[dict[str, Any]]:
    """All entries, running totals first, then by date; each with its range, what differs, and what it belongs to."""
    differences = _differences(facts)
    ties = _ties(facts)
    rows = []
    for row in facts.rows("action"):
        rows.append(
            {
                **row,
                "title": facts.text(row["title"]),
                "basis": facts.text(row["basis"]),
                "alarms": [facts.text(alarm) for alarm in row["alarms"]],
                "place": facts.text((row["place"] or "").replace("|", ", ")),
                "contradicts": contradicts(row) and row["n_tellings"] > 1,
                "differences": differences[row["action_id"]],
                "ties": ties[row["action_id"]],
            }
        )
    kinds = {"series": 0, "happening": 1, "site": 2, "estimate": 3}
    rows.sort(key=lambda r: (kinds.get(r["kind"], 4), str(r["from_on"] or r["to_on"] or "9999"), r["action_id"]))
    return rows


def series(ledger: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Running totals of a ledger: of people first, the most told first."""
    totals = [row for row in ledger if row["kind"] == "series"]
    return sorted(totals, key=lambda row: (row["unit"] != "people", -row["n_tellings"], row["action_id"]))


def _differences(facts: Told) -> dict[str, list[dict[str, Any]]]:
    """action_id -> what its tellings say against each other: field, kind, and which source tells what."""
    sources = {row["report_id"]: row["source"] for row in facts.rows("event_report")}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in facts.rows("conflict"):
        if not row["alarm"]:
            continue
        told: dict[str, list[str]] = defaultdict(list)
        for report, value in zip(row["report_ids"], row["values"], strict=True):
            told[value].append(sources.get(report, ""))
        found[row["action_id"]].append(
            {
                "field": row["field"],
                "kind": row["kind"],
                "words": facts.text(row["words"]),
                "told": [
                    (facts.text(value.replace("_", " ")), facts.text(", ".join(sorted(set(by))[:3])))
                    for value, by in sorted(told.items())
                ],
            }
        )
    return found


def _ties(facts: Told) -> dict[str, list[dict[str, Any]]]:
    """action_id -> how it stands to other entries: each with the entry and the words for it."""
    titles = {row["action_id"]: row["title"] for row in facts.rows("action")}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in facts.rows("relation"):
        whole = row["action_ids"][0]
        for mine in row["action_ids"]:
            for other in row["action_ids"]:
                summands = row["kind"] == "sum" and whole not in (mine, other)
                if other != mine and not summands:
                    words = _HOLDS if mine == whole else _HELD
                    found[mine].append(
                        {
                            "kind": words.get(row["kind"], row["kind"]),
                            "action_id": other,
                            "title": facts.text(titles.get(other, other)),
                            "words": facts.text(row["words"]),
                        }
                    )
    return found


def tellings(facts: Told, actions: list[dict[str, Any]], most: int) -> dict[str, list[dict[str, Any]]]:
    """action_id -> its tellings by date of the source, at most `most` of each, with the way they came."""
    reports = {row["report_id"]: row for row in facts.rows("event_report")}
    ways = {row["report_id"]: row for row in facts.rows("telling")}
    found = {}
    for action in actions:
        told = [reports[report] for report in action["report_ids"] if report in reports]
        told.sort(key=lambda r: (str(r["published_on"] or r["announced_on"] or ""), r["source"], r["report_id"]))
        found[action["action_id"]] = [
            {**report, "span": shortened(facts.text(report["span"], report["record_id"]), 220),
             "entered": "" if report["span"] else shortened(facts.text(_entered(report), report["record_id"]), 220),
             "source": facts.text(report["source"]),
             "url": facts.text(report["url"] or ""), "way": _way(facts, ways.get(report["report_id"]))}
            for report in told[:most]
        ]  # fmt: skip
    return found


def _entered(report: dict[str, Any]) -> str:
    """The fields of a claim of a table, which quotes no words: arrest, people, all, Bavet."""
    fields = (report.get(name) for name in ("type", "subject", "unit", "role", "part_label", "status", "place"))
    return ", ".join(str(value).replace("|", " and ").replace("_", " ") for value in fields if value)


def _way(facts: Told, way: dict[str, Any] | None) -> str:
    """How a telling came from whoever said it first, in words."""
    if way is None:
        return ""
    if way["copy_of"] is not None:
        return facts.text(f"copy of {way['copy_of']}")
    if way["n_steps"] == 0:
        return "in its own words"
    hands = "" if way["n_steps"] == 1 else f", through {way['n_steps'] - 1} more"
    return facts.text(f"quoting {way['speaker']}{hands}")


def files(case: Readable, facts: Facts, most: int) -> dict[str, Any]:
    """What was read, refused and guessed."""
    read = facts.rows("source_file")
    reasons = facts.many(
        "SELECT reason, count(*) AS n FROM rejected_record GROUP BY reason ORDER BY n DESC, reason LIMIT 25"
    )
    examples = facts.many(
        "SELECT r.reason, f.path, r.locator, r.raw FROM rejected_record r JOIN source_file f ON f.file_id = r.file_id "
        f"ORDER BY f.path, r.locator LIMIT {most}"
    )
    refused = case.read("rejected_file").to_pylist()
    return {
        "read": [{**row, "path": facts.text(row["path"])} for row in sorted(read, key=lambda r: r["path"])],
        "refused": [{**row, "path": facts.text(row["path"]), "reason": facts.text(row["reason"])} for row in refused],
        "reasons": [{**row, "reason": facts.text(row["reason"])} for row in reasons],
        "examples": [
            {
                "path": facts.text(row["path"]),
                "locator": row["locator"],
                "reason": facts.text(row["reason"]),
                "raw": HIDDEN if facts.masks.hides else shortened(row["raw"], 200),
            }
            for row in examples
        ],
        "guesses": [(facts.text(path), what, facts.text(value)) for path, what, value in guesses(read)],
    }


def strip(facts: Facts) -> list[tuple[str, str]]:
    """The few counts at the head of the dossier: figure and what it counts; nothing that is not there."""
    row = facts.one(
        "SELECT (SELECT count(*) FROM source_file) AS files, (SELECT count(*) FROM record) AS records, "
        "(SELECT count(*) FROM transfer) AS transfers, (SELECT count(*) FROM loss) AS victims, "
        "(SELECT sum(cast(reported_usd AS decimal(38, 6))) FROM loss) AS reported, "
        "(SELECT count(*) FROM protected_person WHERE status = 'presumed_victim') AS presumed, "
        "(SELECT count(*) FROM action) AS actions, (SELECT count(*) FROM event_report) AS tellings"
    )
    stolen = whose_money(facts) == STOLEN
    told = [(number(row["files"]), "files"), (number(row["records"]), "records")]
    for name, what in (
        ("transfers", "transfers"),
        ("victims", "accounts named as sources" if stolen else "victims and sources"),
        ("presumed", "presumed victims"),
        ("tellings", "tellings of the crackdown"),
        ("actions", "entries of the ledger"),
    ):
        if row[name]:
            told.append((number(row[name]), what))
    if row["reported"]:
        told.append((usd(row["reported"]), "left them" if stolen else "reported lost"))
    return told
