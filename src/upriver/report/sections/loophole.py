"""What stayed open: ratios by area, role and money, each with its denominator, or no figure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from upriver.report.claims import DETAIL, HEADLINE, Claim, Facts, confidence, nothing
from upriver.report.figures import NO_FIGURE, capital, counted, measure, sentence, share

_SECTION = "loophole"
# Ratios of each dimension that stand in the summary.
_HEADLINES = 2
# Ratios of each dimension that are a finding of their own.
_CLAIMED = 25
# Ratios told with another that its finding names; `upriver why` and the dossier list them all.
_NAMED = 3
DIMENSIONS = ("area", "role", "money", "time", "network")
_METHOD = "what was reached over what there was, each as told and dated; the range is over all figures told for either"


def ratio_words(row: dict[str, Any]) -> str:
    """A ratio with its range, or why there is none.

    >>> ratio_words({"ratio": 0.002, "ratio_low": 0.001, "ratio_high": 0.003})
    '0.20 % (0.10 % to 0.30 %)'
    """
    if row["ratio"] is None:
        return NO_FIGURE
    spread = range_words(row)
    return f"{share(row['ratio'])} ({spread})" if spread else share(row["ratio"])


def range_words(row: dict[str, Any]) -> str:
    """The range of a ratio, or nothing where its ends read alike."""
    if row["ratio_low"] is None or row["ratio_high"] is None or share(row["ratio_low"]) == share(row["ratio_high"]):
        return ""
    return f"{share(row['ratio_low'])} to {share(row['ratio_high'])}"


def units(unit: str) -> tuple[str, str]:
    """Units of numerator and denominator.

    >>> units("people"), units("USD of USD/year")
    (('people', 'people'), ('USD', 'USD/year'))
    """
    above, of, below = unit.partition(" of ")
    return (above, below) if of else (unit, unit)


def title(label: str, row: dict[str, Any]) -> str:
    """The title of a ratio's finding: its dimension, its masked label, its figure."""
    return f"{_before(row)}{asked(label)} {ratio_words(row)}"


def asked(label: str) -> str:
    """A label before its figure: a question keeps its mark, all else gets a colon.

    >>> asked("how many?"), asked("leaders taken")
    ('how many?', 'leaders taken:')
    """
    return label if label.endswith("?") else f"{label}:"


def label_of(title: str, row: dict[str, Any]) -> str:
    """The masked label in the title of a ratio's finding."""
    return title.removeprefix(_before(row)).removesuffix(f" {ratio_words(row)}").removesuffix(":")


def _before(row: dict[str, Any]) -> str:
    return f"By {row['dimension']}: "


def is_share(row: dict[str, Any]) -> bool:
    """Whether the people above are among those below: what stands beside the other is no share of it."""
    return ", beside " not in row["label"] and (row["ratio"] is None or row["ratio"] <= 1)


def told_by(row: dict[str, Any], files: Collection[str]) -> str:
    """Who tells a ratio: first speakers and the pages that repeat them, or files of the case itself.

    row    a row of the table loophole
    files  file_ids of the case
    """
    n_files = sum(source in files for source in row["sources"])
    n_speakers, n_pages = max(0, row["n_sources"] - n_files), len(row["sources"]) - n_files
    told = []
    if n_speakers:
        pages = f" on {counted(n_pages, 'page')}" if n_pages > n_speakers else ""
        told.append(f"{counted(n_speakers, 'first speaker')}{pages}")
    if n_files:
        told.append(counted(n_files, "file"))
    return " and ".join(told)


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Loopholes by dimension: those with a figure first, by the places of their rules, then those of most sources."""
    return sorted(
        rows,
        key=lambda row: (
            DIMENSIONS.index(row["dimension"]) if row["dimension"] in DIMENSIONS else len(DIMENSIONS),
            row["ratio"] is None,
            row["place"],
            row["unit"] != "people",
            not is_share(row),
            -len(row["sources"]),
            -(row["denominator"] or 0),
            -(row["numerator"] or 0),
            row["label"],
            row["loophole_id"],
        ),
    )


def sides(row: dict[str, Any]) -> str:
    """A ratio in one line: both sides, what share that is, its range."""
    above, below = (
        measure(row[side], unit) for side, unit in zip(("numerator", "denominator"), units(row["unit"]), strict=True)
    )
    words = f" {units(row['unit'])[1]}"
    if above.endswith(words) and below.endswith(words):
        above = above.removesuffix(words)
    return f"{above} / {below}" + ("" if row["ratio"] is None else f" = {ratio_words(row)}")


def claims(facts: Facts) -> list[Claim]:
    """One claim for each ratio."""
    rows = ordered(facts.rows("loophole"))
    if not rows:
        text = (
            "No figure of what was reached could be set against a figure of what there was to reach: no loophole can "
            "be stated."
        )
        return [nothing(_SECTION, "Loopholes: no evidence of this kind", text)]
    made: list[Claim] = []
    files = {row["file_id"] for row in facts.rows("source_file")}
    parts = parts_of(facts)
    shown: set[tuple[str, str, float | None]] = set()
    seen: Counter[str] = Counter()
    told: Counter[str] = Counter()
    rest: list[dict[str, Any]] = []
    for row in rows:
        told[row["dimension"]] += 1
        if told[row["dimension"]] > _CLAIMED:
            rest.append(row)
            continue
        # One figure against two estimates is one headline.
        reached = (row["dimension"], row["numerator_what"], row["numerator"])
        fresh = row["ratio"] is not None and reached not in shown
        shown.add(reached)
        seen[row["dimension"]] += fresh
        tier = HEADLINE if fresh and seen[row["dimension"]] <= _HEADLINES else DETAIL
        made.append(claim(facts, row, files, tier, parts.get(row["loophole_id"], [])))
    return [*made, *_rest(facts, rest)]


def parts_of(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """loophole_id -> the ratios told with it, in their order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(facts.rows("loophole_part"), key=lambda row: (row["loophole_id"], row["place"])):
        found[row["loophole_id"]].append(row)
    return found


def claim(facts: Facts, row: dict[str, Any], files: Collection[str], tier: int, parts: list[dict[str, Any]]) -> Claim:
    """The claim of a row of `loophole`, or of `loophole_part`.

    parts  the ratios told with it, in their order
    """
    from_reports, n_reports = facts.from_reports(row["report_ids"])
    table, key = ("loophole_part", "part_id") if "part_id" in row else ("loophole", "loophole_id")
    from_records, n_records = facts.from_rows(table, key, [row])
    supports, n = facts.supports([*from_reports, *from_records])
    said = {name: facts.text(row[name]) for name in ("sentence", "caution", "closed_by", "changed_by")}
    text = (
        f"{said['sentence']} {capital(said['caution'])}. {_told_with(facts, parts)}"
        f"What would close it: {said['closed_by']}. What would change the answer: {said['changed_by']}."
    )
    level = "low" if row["n_sources"] < 2 or row["ratio"] is None else "medium"
    told_in = told_by(row, files) or "nobody who tells it"
    counted_here = all(source in files for source in row["sources"])
    reason = f"{told_in}; {'counted in this case' if counted_here else 'both figures are as told, not counted here'}"
    return Claim(
        _SECTION, title(facts.text(row["label"]), row), text, row["ratio"], "share", _METHOD,
        confidence(level, reason), supports, max(n, n_reports, n_records), tier,
    )  # fmt: skip


def _told_with(facts: Facts, parts: list[dict[str, Any]]) -> str:
    """The first ratios that are told with a finding, and how many there are."""
    if not parts:
        return ""
    listed = "; ".join(f"{asked(facts.text(part['label']))} {sides(part)}" for part in parts[:_NAMED])
    more = f"; and {len(parts) - _NAMED:,} more" if len(parts) > _NAMED else ""
    return f"{capital(counted(len(parts), 'ratio'))} told with it, each with its own records: {listed}{more}. "


def _rest(facts: Facts, rows: list[dict[str, Any]]) -> list[Claim]:
    """The ratios of the smallest denominators together: each stands in the table loophole."""
    if not rows:
        return []
    counts = sorted(Counter(row["dimension"] for row in rows).items())
    listed = sentence([f"{n:,} by {dimension}" for dimension, n in counts])
    supports, n = facts.from_rows("loophole", "loophole_id", rows)
    text = f"{capital(listed)}: those without a figure or of the fewest sources. The table loophole holds them all."
    level = confidence("low", "few sources, or small denominators that a single person moves")
    title = f"{counted(len(rows), 'more ratio')} told by fewer sources"
    return [Claim(_SECTION, title, text, float(len(rows)), "ratios", _METHOD, level, supports, n)]
