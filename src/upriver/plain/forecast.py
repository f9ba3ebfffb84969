"""Who stays in a network and which ties form in its next period, on plain files of ties and status by period."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

import numpy as np

from upriver.errors import EvidenceError, ExportError
from upriver.graph.backtest import Tried, auc, tried
from upriver.graph.build import Flags, Floats
from upriver.graph.forecast import Forecast, forecast
from upriver.graph.panel import ALL_PAIRS, PAIRS, PEOPLE, Panel, common
from upriver.plain.outputs import beside, lines_to, not_read
from upriver.plain.panels import Told, period_of, period_text, read_panel
from upriver.plain.refusals import rows_to
from upriver.plain.ties import listed
from upriver.report.exports import csv_lines
from upriver.report.figures import NO_FIGURE, counted

_CHECKED = 6  # periods at the end of the file that the forecast is tried on
_ROWS = 100_000  # of ties.csv, the likeliest
# Ends every reason: a row may be read without the folder that it came in.
_NO_GROUND = "a forecast, no ground to arrest, search or charge"
CAUTION = (
    "A forecast says where a network may hold or grow again, so that help and watching go there. It is evidence on "
    "nobody: no ground to arrest, search or charge. Who may be a victim belongs into --never, and is then listed "
    "nowhere."
)


@dataclass(frozen=True, slots=True)
class Foretold:
    """What was written."""

    period: str
    people: int
    expected: float
    pairs: int
    forming: float

    def as_text(self) -> str:
        """One sentence for a person."""
        return (
            f"{self.period}: of {counted(self.people, 'person', 'people')} about {self.expected:,.0f} with a tie; of "
            f"{counted(self.pairs, 'pair')} without one now about {self.forming:,.0f} form one. {CAUTION}"
        )


def foretell(
    ties: Path,
    status: Path | None,
    never: Path | None,
    by: str,
    until: str | None,
    ahead: int,
    out: Path,
    tell: Callable[[str], None],
) -> Foretold:
    """Write active.csv, ties.csv, check.csv and about.txt to the folder `out`.

    by      year or month: how long a period is
    until   the last period looked at; the last one told where none is given
    ahead   periods from it to the one that is told
    never   people who are listed nowhere: those who may be victims above all. They count among others' contacts
    raises  EvidenceError, ExportError
    """
    last = None
    if until is not None:
        last = period_of(until, by)
        if last is None:
            raise EvidenceError(f"--until {until}: no {by} can be read")
    told = read_panel(ties, status, by, last)
    known = told.panel
    if status is None:
        tell("without --status nobody is known to be jailed or dead: who leaves is told far less well")
    spared = np.zeros(known.n, dtype=np.bool_)
    if never is not None:
        spared[listed(never, told.names, tell)] = True
    if out.exists() and not out.is_dir():
        raise ExportError(f"{out} is a file; name a folder")
    out.mkdir(parents=True, exist_ok=True)
    files = {name: out / name for name in ("active.csv", "ties.csv", "check.csv", "about.txt")}
    for file in files.values():
        not_read(file, *(path for path in (ties, status, never) if path))
    rows_to(beside(out / "ties.csv", "rejected"), told.ties_refused, tell, ties.name)
    if status is not None:
        rows_to(beside(out / "status.csv", "rejected"), told.status_refused, tell, status.name)

    found = forecast(known, ahead)
    begun = period_text(int(known.periods[-1]), by)
    period = period_text(int(known.periods[-1]) + ahead, by)
    lines_to(files["active.csv"], csv_lines(_people(told, found, spared)))
    shown = ~spared[found.low] & ~spared[found.high]
    lines_to(files["ties.csv"], csv_lines(_ties(told, found, shown)))
    if int(shown.sum()) > _ROWS:
        tell(f"ties.csv holds the {_ROWS:,} likeliest of {counted(int(shown.sum()), 'pair')}")
    if known.n * (known.n - 1) // 2 > ALL_PAIRS:
        tell("a large network: only pairs with a shared contact or an old tie are looked at")
    checks = list(tried(known, max(0, len(known.periods) - 1 - _CHECKED)))
    lines_to(files["check.csv"], csv_lines(_checks(known, checks, by)))
    lines_to(files["about.txt"], [_about(begun, period, known, checks, by)])
    for line in _judged(known, checks):
        tell(line)
    return Foretold(
        period,
        int((~spared).sum()),
        float(found.person[~spared].sum()),
        int(shown.sum()),
        float(found.pair[shown].sum()),
    )


# ---- what is written ----------------------------------------------------------------------------------------------


def _people(told: Told, found: Forecast, spared: Flags) -> Iterator[tuple[object, ...]]:
    known = told.panel
    k = len(known.periods) - 1
    degree = np.asarray(known.ties(k).sum(axis=1)).ravel()
    tied, seen = known.tied(k), known.seen(k)
    yield ("node", "probability", "low", "high", "known", "why")
    for v in np.argsort(-found.person, kind="stable").tolist():
        if not spared[v]:
            yield (
                told.names[v],
                _share(found.person[v]),
                _share(found.person_low[v]),
                _share(found.person_high[v]),
                "tied" if tied[v] else "seen" if seen[v] else "named",
                _why_person(found.person_facts[v], int(degree[v]), bool(seen[v])),
            )


def _why_person(facts: Floats, degree: int, seen: bool) -> str:
    fact = dict(zip(PEOPLE, facts.tolist(), strict=True))
    parts = ["known to be jailed or dead"] if fact["gone"] else ["not known to be jailed or dead"]
    if fact["tied"] or fact["held"]:
        lost = round(fact["lost"] * degree)
        parts.append(f"{counted(degree, 'contact')} in the last period, {lost or 'none'} of them jailed or dead")
        if degree - lost <= 1:
            parts.append(f"held by {'one contact' if degree - lost else 'no contact'} who is not")
    elif seen:
        parts.append("no tie in the last period, but before")
    else:
        parts.append("no tie so far, named by the file of status alone")
    if fact["missed"]:
        parts.append(f"no tie in {fact['missed']:.0%} of the periods since the first")
    return "; ".join([*parts, _NO_GROUND])


def _ties(told: Told, found: Forecast, shown: Flags) -> Iterator[tuple[object, ...]]:
    yield ("a", "b", "probability", "why")
    order = np.argsort(-found.pair, kind="stable")
    chosen = order[shown[order]][:_ROWS]
    shared = common(told.panel, len(told.panel.periods) - 1, found.low[chosen], found.high[chosen])
    for at, n_shared in zip(chosen.tolist(), shared.tolist(), strict=True):
        yield (
            told.names[found.low[at]],
            told.names[found.high[at]],
            _share(found.pair[at]),
            _why_pair(found.pair_facts[at], n_shared),
        )


def _why_pair(facts: Floats, n_shared: int) -> str:
    fact = dict(zip(PAIRS, facts.tolist(), strict=True))
    parts = []
    if fact["gone"]:
        parts.append("one of them, or both, known to be jailed or dead")
    if fact["before"]:
        parts.append("tied in an earlier period")
    far = {1 / 3: "two contacts between them", 1 / 4: "farther apart in one part"}
    parts.append(counted(n_shared, "shared contact") if n_shared else far.get(fact["close"], "no way between them"))
    orphaned = round(math.expm1(fact["orphaned"]))
    if orphaned:
        parts.append(f"{orphaned} of them jailed or dead")
    if fact["neither"]:
        parts.append("neither has a tie in the last period")
    elif not fact["both"]:
        parts.append("one has no tie in the last period")
    return "; ".join([*parts, _NO_GROUND])


def _checks(known: Panel, checks: list[Tried], by: str) -> Iterator[tuple[object, ...]]:
    """The forecast of each past period, from the ones before it, beside one simple rule each."""
    yield ("period", "what", "n", "expected", "happened", "auc", "auc_simple")
    for one in checks:
        period = period_text(int(known.periods[one.k + 1]), by)
        tied, seen = known.tied(one.k), known.seen(one.k)
        for what, among, happened in (
            ("still active: had a tie so far, has one then", seen, one.active),
            ("still active: had a tie so far, has one then and is not known to be gone", seen, one.at_large),
            ("has a tie then: all who have been told of", known.heard_of(one.k), one.active),
        ):
            score = one.told.person
            yield (
                period, what, int(among.sum()), f"{score[among].sum():.1f}", int(happened[among].sum()),
                _auc(happened[among], score[among]), _auc(happened[among], tied[among].astype(np.float64)),
            )  # fmt: skip
        score, shared = one.told.pair, one.told.pair_facts[:, PAIRS.index("close")] == 0.5
        yield (
            period, "forms a tie: no tie now, has one then", len(score), f"{score.sum():.1f}", int(one.formed.sum()),
            _auc(one.formed, score), _auc(one.formed, shared.astype(np.float64)),
        )  # fmt: skip


def _judged(known: Panel, checks: list[Tried]) -> list[str]:
    """What the past says of the forecast, one sentence each; nothing where there is too little past."""
    people = [(one.active[known.seen(one.k)], one.told.person[known.seen(one.k)]) for one in checks]
    pairs = [(one.formed, one.told.pair) for one in checks]
    lines = []
    for what, tests in (("who has a tie still", people), ("which ties form", pairs)):
        figures = [figure for figure in (auc(*test) for test in tests) if not math.isnan(figure)]
        if figures:
            lines.append(
                f"tried on {counted(len(figures), 'period')} of this file, {what}: AUC {min(figures):.2f} to "
                f"{max(figures):.2f} (0.5 is chance)"
            )
    return lines or ["too few periods to try the forecast on this file: it says little more than what was believed"]


def _about(begun: str, period: str, known: Panel, checks: list[Tried], by: str) -> str:
    lines = [
        f"Forecast for {period}, from what was known at the end of {begun}.",
        CAUTION,
        "active.csv: the probability that a person has a tie in that period; low and high tell how sure the fit "
        "is of it, and no more; known is tied (has one now), seen (had one before) or named (in the status alone).",
        "ties.csv: the probability that two who have no tie in the last period have one then.",
        f"check.csv: the same forecast for the last {counted(len(checks), by)} that can be judged, each from those "
        "before it; auc_simple is the rule 'tied now', or 'a shared contact', alone.",
        *(f"{line[0].upper()}{line[1:]}." for line in _judged(known, checks)),
        "Ties form in bursts: how many form in all is told far worse than which are likelier than others.",
    ]
    return "\n".join(fill(line, 100) + "\n" for line in lines)


def _auc(happened: Flags, score: Floats) -> str:
    found = auc(happened, score)
    return NO_FIGURE if math.isnan(found) else f"{found:.3f}"


def _share(value: float) -> str:
    return f"{value:.6f}"
