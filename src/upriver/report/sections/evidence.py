"""How good the evidence is: what was read, refused and guessed."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from upriver.report.claims import Claim, Facts, confidence, nothing
from upriver.report.figures import counted, sentence, shortened
from upriver.report.identity import Readable

_SECTION = "evidence"
# Guesses that move money or people; a template that was not used, and why, is one of them.
_WEIGHTY = {
    "time zone",
    "currency",
    "date order",
    "date order doubt",
    "decimal",
    "decimal doubt",
    "country",
    "template",
}
_UNRECOGNISED = (
    "SELECT f.path, count(*) AS n FROM source_file f JOIN record r ON r.file_id = f.file_id GROUP BY f.file_id, f.path "
    "HAVING sum(CASE WHEN r.form = 'unknown' THEN 1 ELSE 0 END) > 0 "
    "AND sum(CASE WHEN r.form IN ('unknown', 'broken') THEN 0 ELSE 1 END) = 0 ORDER BY f.path, f.file_id"
)


def guesses(files: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(path, what, value) of all that was guessed and not told."""
    found = []
    for row in files:
        told = json.loads(row["guessed"] or "{}")
        guessed = told.get("guessed", {}) if isinstance(told, dict) else {}
        for name, value in sorted(guessed.items()):
            if value not in (None, {}, []):
                shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
                found.append((row["path"], name.replace("_", " "), shown))
    return found


def unrecognised(case: Readable) -> list[dict[str, Any]]:
    """Path and number of records `n` of each file of which no row fits a form: it was read, and nothing came of it."""
    rows: list[dict[str, Any]] = case.sql(_UNRECOGNISED).to_pylist()
    return rows


def claims(facts: Facts) -> list[Claim]:
    """Claims about files, refused rows and guesses."""
    files = facts.rows("source_file")
    refused = facts.rows("rejected_file")
    if not files and not refused:
        return [nothing(_SECTION, "Evidence: no files", "The folder holds no file that could be read.")]
    n_records = sum(row["n_records"] for row in files)
    n_rows = int(facts.one("SELECT count(*) AS n FROM rejected_record")["n"] or 0)
    told = [counted(n, what) for n, what in ((len(refused), "file"), (n_rows, "row")) if n]
    forms = facts.many("SELECT form, count(*) AS n FROM record GROUP BY form ORDER BY n DESC, form")
    listed = sentence([f"{row['form'].replace('_', ' ')} ({row['n']:,})" for row in forms[:8]])
    text = f"{counted(len(files), 'file')} read; {counted(len(refused), 'file')} and {counted(n_rows, 'row')} refused. "
    text += f"Records by what they tell: {listed}." if forms else "They hold no records."
    made = [
        Claim(
            _SECTION,
            f"{counted(n_records, 'record')} from {counted(len(files), 'file')}; refused: {sentence(told) or 'none'}",
            text, float(n_records), "records", "every file of the folder, hashed and read",
            confidence("high", "counted"),
        )
    ]  # fmt: skip
    return [
        *made,
        *_unrecognised(facts),
        *_packages(facts, files),
        *_refused_files(facts, refused),
        *_refused_rows(facts),
        *_guessed(facts, files),
    ]


def _unrecognised(facts: Facts) -> list[Claim]:
    rows = unrecognised(facts.case)
    if not rows:
        return []
    listed = "; ".join(f"{facts.text(row['path'])} ({counted(int(row['n']), 'record')})" for row in rows[:8])
    more = f"; and {len(rows) - 8:,} more" if len(rows) > 8 else ""
    verb = "holds a table that was" if len(rows) == 1 else "hold tables that were"
    their = "its" if len(rows) == 1 else "their"
    title = f"{counted(len(rows), 'file')} {verb} not recognised: name {their} form in case.toml"
    text = (
        f"{listed}{more}. Their columns fit no form, so nothing here rests on them. `form` and `columns` under "
        '[files."NAME"] in case.toml say what they are.'
    )
    level = confidence("high", "counted")
    method = "files that were read, and of which no row fits a form"
    return [Claim(_SECTION, title, text, float(len(rows)), "files", method, level)]


def _packages(facts: Facts, files: list[dict[str, Any]]) -> list[Claim]:
    """From whom packages came, and whether they are as they were signed."""
    told = {
        package["id"] if "id" in package else row["path"]: package
        for row in files
        if (package := json.loads(row["guessed"] or "{}").get("package"))
    }
    if not told:
        return []
    listed = "; ".join(
        facts.text(
            f"{one.get('from', 'nobody that it names')}, made {one.get('made_at', 'at no time told')}, case "
            f"{one.get('case', 'not told')}, key {one.get('key', 'not told')}: as it was signed: {one['verified']}"
        )
        for _, one in sorted(told.items())
    )
    title = f"{counted(len(told), 'package')} of other agencies in the folder"
    text = f"{listed}. What a package tells is the sender's word; its records name the sender's own."
    level = confidence("high", "signatures and hashes were checked; whose key it is, no package can prove")
    return [Claim(_SECTION, title, text, float(len(told)), "packages", "a signed manifest in the folder", level)]


def _refused_files(facts: Facts, refused: list[dict[str, Any]]) -> list[Claim]:
    if not refused:
        return []
    listed = "; ".join(f"{facts.text(row['path'])}: {facts.text(row['reason'])}" for row in refused[:8])
    more = f"; and {len(refused) - 8:,} more" if len(refused) > 8 else ""
    title = f"{counted(len(refused), 'file')} could not be read"
    return [
        Claim(
            _SECTION, title, f"{listed}{more}. Nothing here rests on them.", float(len(refused)), "files",
            "files that no reader understood", confidence("high", "counted"),
        )
    ]  # fmt: skip


def _refused_rows(facts: Facts) -> list[Claim]:
    rows = facts.many("SELECT reason, count(*) AS n FROM rejected_record GROUP BY reason ORDER BY n DESC, reason")
    if not rows:
        return []
    total = int(sum(row["n"] for row in rows))
    found = facts.case.sql(
        f"SELECT rejected_id, record_id FROM rejected_record ORDER BY rejected_id LIMIT {facts.max_support}"
    ).to_pylist()
    supports, _ = facts.from_rows("rejected_record", "rejected_id", found)
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons[shortened(facts.text(row["reason"]), 100)] += int(row["n"])
    listed = "; ".join(f"{reason} ({n:,})" for reason, n in reasons.most_common(5))
    records = facts.one("SELECT count(*) AS n FROM record")["n"] or 0
    title = f"{counted(total, 'row')} could not be used"
    text = f"Most often: {listed}. Each stands in rejected_record with its file, place and reason."
    level = confidence("high", f"counted, of {int(records):,} records")
    return [Claim(_SECTION, title, text, float(total), "rows", "rows that a rule refused", level, supports, total)]


def _guessed(facts: Facts, files: list[dict[str, Any]]) -> list[Claim]:
    found = [item for item in guesses(files) if item[1] in _WEIGHTY]
    if not found:
        return []
    counts = Counter((what, value) for _, what, value in found)
    listed = sentence(
        [f"{what} {facts.text(value)} ({counted(n, 'file')})" for (what, value), n in sorted(counts.items())]
    )
    text = f"Guessed, not told: {listed}. A wrong time zone moves payments by hours; tell them in case.toml."
    level = confidence("high", "what was guessed is known; whether it is right is not")
    title = f"{counted(len(found), 'guess', 'guesses')} that could change results: zones, currencies, orders of dates"
    return [Claim(_SECTION, title, text, float(len(found)), "guesses", "what the reader had to assume", level)]
