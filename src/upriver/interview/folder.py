"""Sheets on disk and on a terminal: a page for each person, an index in the order of handling, CSV and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from upriver.case.files import put
from upriver.case.store import Case
from upriver.errors import CaseError, ExportError
from upriver.interview.guard import Shown, away_from_ranks
from upriver.interview.sheet import Sheet, most, sheets, words
from upriver.report.exports import csv_lines
from upriver.report.figures import visible
from upriver.report.pages import environment
from upriver.safeguard.frames import sources

_PAGE = re.compile(r"P-[0-9a-f]{8}\.html")
_PEOPLE = (
    "reference", "person", "status", "grounds", "child", "urgent_needs", "n_present", "n_unknown", "n_open",
    "n_contradictions", "languages", "why",
)  # fmt: skip
_SIGNS = ("reference", "indicator", "number", "state", "quote", "said_by", "directness", "operational", "record_id")
FORMS = (".html", ".json", ".csv", ".txt")


def people(case: Case, wanted: str | None = None, unmask: bool = False) -> tuple[list[Sheet], Shown]:
    """Sheets of a finished case, and what they may show.

    raises  CaseError when the case was made before signs were kept, or nobody is meant by `wanted`
    """
    tables = case.manifest.stages.get("safeguard", {}).get("tables", {})
    if "trafficking_sign" not in tables:
        raise CaseError(
            f"{case.home}: was made by an earlier version, which kept no signs; run `upriver investigate "
            f"{case.folder} --fresh` again"
        )
    shown = Shown(case, unmask)
    return sheets(case, shown, wanted), shown


def write(case: Case, made: Sequence[Sheet], shown: Shown, target: Path) -> Path:
    """Sheets to a folder, or to one file (.html, .json, .csv, .txt); returns what to open.

    raises  ExportError when the place holds a list that ranks people, or cannot be written
    """
    away_from_ranks(target)
    try:
        if target.suffix.lower() in FORMS and not target.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            put(target, _one_file(case, made, shown, target.suffix.lower()))
            return target
        target.mkdir(parents=True, exist_ok=True)
        keep = {f"{sheet.reference}.html" for sheet in made}
        for sheet in made:
            put(target / f"{sheet.reference}.html", _pages(case, [sheet], shown))
        put(target / "people.csv", _people_csv(made))
        put(target / "signs.csv", _signs_csv(made))
        put(target / "people.json", _json(made, shown))
        put(target / "index.html", _index(case, made, shown))
        for path in target.iterdir():
            # A person whom the case no longer holds: a page that stays behind would show what nobody looks after.
            if _PAGE.fullmatch(path.name) and path.name not in keep:
                path.unlink()
    except OSError as error:
        raise ExportError(f"{target}: cannot be written ({error.strerror}); name another place with --out") from error
    return target / "index.html"


def as_text(sheet: Sheet) -> str:
    """One sheet for a terminal, its control characters in sight."""
    told = words()
    lines = [
        f"{told['title']}: {sheet.shown}   [{sheet.reference}]",
        f"{sheet.status_words}; {sheet.grounds}",
        f"why: {sheet.why}",
        "",
        told["no_finding"],
        told["clears_nobody"],
        told["guard"],
    ]
    lines += ["", "URGENT NEEDS" if sheet.needs else "No urgent need is told. Ask."]
    lines += [f"  {need.title}: {need.do}{_records(need.record_ids)}" for need in sheet.needs]
    lines += ["", f"LANGUAGES: {', '.join(sheet.languages) or 'not told: ask which'}"]
    lines += ["", "BEFORE", *(f"  {line}" for line in told["before"])]
    lines += ["", "OPEN QUESTIONS, in this order"]
    lines += [f"  {n}. {q.topic}: {q.text}  ({q.why})" for n, q in enumerate(sheet.questions, 1)]
    lines += ["", "TOLD IN MORE THAN ONE WAY" if sheet.differing else "Nothing is told in two ways."]
    for one in sheet.differing:
        lines += [f"  {one.about}", *(f"    {text}{_records(at)}" for text, at in one.tellings)]
    lines += ["", f"THE ELEVEN INDICATORS ({sources()[0]})"]
    for row in sheet.indicators:
        lines.append(f"  {row.indicator.number}. {row.indicator.name.replace('_', ' ')}: {told['states'][row.state]}")
        kept, more = most(row.signs)
        for sign in kept:
            lines.append(
                f"       {_state(sign.state)}“{sign.quote}” {sign.speaker}; {sign.directness}; {sign.record_id}"
            )
        if more:
            lines.append(f"       and {more} more")
    lines += ["", f"THE SIX DIMENSIONS ({sources()[1]})"]
    for dimension in sheet.dimensions:
        told_words = "; ".join(f"{meaning} ({weight})" for meaning, weight in dimension.told) or "nothing told"
        lines.append(f"  {dimension.title}: {'present' if dimension.present else 'not told enough'}: {told_words}")
    lines += ["", "RECORDS", *(f"  {s.record_id}  {s.path}, {s.locator}" for s in sheet.sources)]
    lines += ["", told["kept_apart"], "", "AFTER", *(f"  {line}" for line in told["after"])]
    return "\n".join(visible(line) for line in lines)


def _state(state: str) -> str:
    return "" if state == "present" else f"{words()['states'][state]}: "


def _records(ids: Sequence[str]) -> str:
    return f"  [{', '.join(ids)}]" if ids else ""


def _one_file(case: Case, made: Sequence[Sheet], shown: Shown, suffix: str) -> str:
    if suffix == ".json":
        return _json(made, shown)
    if suffix == ".csv":
        return _people_csv(made)
    if suffix == ".txt":
        return ("\n" + "=" * 100 + "\n").join(as_text(sheet) for sheet in made) + "\n"
    return _pages(case, made, shown)


def _common(case: Case, shown: Shown) -> dict[str, Any]:
    from importlib import resources

    from markupsafe import Markup

    style = resources.files("upriver.interview").joinpath("templates/interview.css").read_text(encoding="utf-8")
    return {
        "title": words()["title"], "told": words(), "masked": shown.hides, "version": case.manifest.upriver,
        "ilo": sources()[0], "delphi": sources()[1], "most": most, "own_style": Markup(style),
    }  # fmt: skip


def _pages(case: Case, made: Sequence[Sheet], shown: Shown) -> str:
    return environment("upriver.interview").get_template("sheet.html").render({**_common(case, shown), "sheets": made})


def _index(case: Case, made: Sequence[Sheet], shown: Shown) -> str:
    return environment("upriver.interview").get_template("index.html").render({**_common(case, shown), "sheets": made})


def _people_csv(made: Sequence[Sheet]) -> str:
    return _csv([_PEOPLE, *(
        (
            sheet.reference, sheet.shown, sheet.status_words, sheet.grounds, "yes" if sheet.child else "",
            "; ".join(need.title for need in sheet.needs), sheet.n_present, sheet.n_unknown, len(sheet.questions),
            len(sheet.differing), "; ".join(sheet.languages), sheet.why,
        )
        for sheet in made
    )])  # fmt: skip


def _signs_csv(made: Sequence[Sheet]) -> str:
    rows: list[Iterable[Any]] = [_SIGNS]
    for sheet in made:
        for row in sheet.indicators:
            base = (sheet.reference, row.indicator.name, row.indicator.number)
            if not row.signs:
                rows.append((*base, "unknown", "", "", "", "", ""))
            rows += [
                (*base, words()["states"][sign.state], sign.quote, sign.speaker, sign.directness,
                 "|".join(sign.operational), sign.record_id)
                for sign in row.signs
            ]  # fmt: skip
    return _csv(rows)


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    return "".join(csv_lines(rows))


def _json(made: Sequence[Sheet], shown: Shown) -> str:
    told = words()
    return json.dumps(
        {
            "no_finding": told["no_finding"], "clears_nobody": told["clears_nobody"], "kept_apart": told["kept_apart"],
            "guard": told["guard"], "masked": shown.hides, "sources": list(sources()),
            "people": [_as_json(sheet) for sheet in made],
        },
        ensure_ascii=False, indent=1,
    ) + "\n"  # fmt: skip


def _as_json(sheet: Sheet) -> dict[str, Any]:
    return {
        "no_finding": True, "reference": sheet.reference, "person": sheet.shown, "status": sheet.status_words,
        "grounds": sheet.grounds, "why": sheet.why, "child": sheet.child,
        "urgent_needs": [
            {"need": need.name, "title": need.title, "do": need.do, "record_ids": list(need.record_ids)}
            for need in sheet.needs
        ],
        "languages": list(sheet.languages),
        "indicators": [
            {
                "indicator": row.indicator.name, "number": row.indicator.number, "state": row.state,
                "signs": [
                    {"state": sign.state, "quote": sign.quote, "said_by": sign.speaker, "directness": sign.directness,
                     "operational": list(sign.operational), "record_id": sign.record_id}
                    for sign in row.signs
                ],
            }
            for row in sheet.indicators
        ],
        "dimensions": [
            {"dimension": one.title, "present": one.present or None,
             "told": [{"meaning": meaning, "weight": weight} for meaning, weight in one.told]}
            for one in sheet.dimensions
        ],
        "open_questions": [{"topic": q.topic, "question": q.text, "why": q.why} for q in sheet.questions],
        "told_in_more_than_one_way": [
            {"about": one.about, "tellings": [{"told": text, "record_ids": list(at)} for text, at in one.tellings]}
            for one in sheet.differing
        ],
        "records": [{"record_id": s.record_id, "file": s.path, "place": s.locator} for s in sheet.sources],
    }  # fmt: skip
