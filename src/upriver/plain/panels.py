"""A file of ties with their times, and one of who was free, jailed or dead when: read alone, as a panel of periods."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from upriver.clean.dates import day, moment, year_of
from upriver.errors import EvidenceError
from upriver.evidence.columns import key
from upriver.graph.build import Flags, Longs
from upriver.graph.panel import Panel, panel
from upriver.plain.cells import Refused, cells
from upriver.plain.ties import FROM, NODE, TO

_TIME = ("year", "period", "time", "date", "month", "when", "occurredat", "startedat", "sentat", "timestamp", "day")
_STATUS = ("status", "state", "custody", "situation")
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|(\d{2}))")


@dataclass(frozen=True, slots=True)
class Told:
    """What two files tell.

    names     sorted; the people of the panel
    ties_refused, status_refused  line, reason, raw
    """

    names: list[str]
    panel: Panel
    ties_refused: Refused
    status_refused: Refused


def read_panel(ties: Path, status: Path | None, by: str, until: int | None) -> Told:
    """Read both files up to a period, its end included.

    by      year or month: how long a period is
    until   the last period looked at, as `period_of` counts; later rows are not used
    raises  EvidenceError when a file or a column is missing, or no tie can be used
    """
    period_of = _year if by == "year" else _month
    rows = []
    late = 0
    told, refused = cells(ties, "a CSV of ties with their times", (_TIME, FROM, TO))
    for line, (when, a, b), raw in told:
        found = period_of(when)
        if not a or not b:
            refused.append((line, "a tie of nobody: a name is missing", raw))
        elif found is None:
            refused.append((line, f"no {by} can be read", raw))
        elif a == b:
            refused.append((line, "a tie of somebody with himself", raw))
        elif until is None or found <= until:
            rows.append((found, a, b))
        else:
            late += 1
    if not rows:
        why = (
            f" up to {period_text(until, by)}"
            if until is not None and late
            else f": {refused[0][1]}"
            if refused
            else ""
        )
        raise EvidenceError(f"{ties}: no tie could be used{why}")
    # What is told after the last ties belongs to the period that is asked for.
    last = max(row[0] for row in rows)
    states, status_refused = _states(status, by, period_of, last) if status else ({}, [])
    names = sorted({name for row in rows for name in row[1:]} | {name for _, name in states})
    code = {name: k for k, name in enumerate(names)}
    read = panel(
        len(names),
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([code[row[1]] for row in rows], dtype=np.int32),
        np.array([code[row[2]] for row in rows], dtype=np.int32),
        _gone(states, code, sorted({row[0] for row in rows})),
        _named(states, code),
    )
    return Told(names, read, refused, status_refused)


def period_text(period: int, by: str) -> str:
    """A period as people write it: 2002, 2002-05."""
    return str(period) if by == "year" else f"{period // 12}-{period % 12 + 1:02d}"


def period_of(text: str, by: str) -> int | None:
    """A year as its number, a month as months since the year 0; None where none can be read."""
    return _year(text) if by == "year" else _month(text)


def _states(
    path: Path, by: str, period_of: Callable[[str], int | None], until: int
) -> tuple[dict[tuple[int, str], bool], Refused]:
    """Whether somebody was gone, by period and name. Of two rows of one period the one that says gone holds."""
    words = _words()
    states: dict[tuple[int, str], bool] = {}
    told, refused = cells(path, "a CSV of status by period", (_TIME, NODE, _STATUS))
    for line, (when, name, word), raw in told:
        found = period_of(when)
        if not name:
            refused.append((line, "a status of nobody: a name is missing", raw))
        elif found is None:
            refused.append((line, f"no {by} can be read", raw))
        elif key(word) not in words:
            refused.append((line, "no known status: write free, jailed or dead", raw))
        elif found <= until:
            states[found, name] = states.get((found, name), False) or words[key(word)]
    return states, refused


def _gone(states: dict[tuple[int, str], bool], code: dict[str, int], tied: Sequence[int]) -> dict[int, Flags]:
    """By period of a tie: what is last known of each person; a status told between two periods holds in the later."""
    now = np.zeros(len(code), dtype=np.bool_)
    told = sorted(states.items())
    at = 0
    found = {}
    for period in tied:
        while at < len(told) and told[at][0][0] <= period:
            (_, name), gone = told[at]
            now[code[name]] = gone
            at += 1
        found[period] = now.copy()
    return found


def _named(states: dict[tuple[int, str], bool], code: dict[str, int]) -> Longs:
    """The period in which each person's status is first told; far ahead where none is."""
    first = np.full(len(code), np.iinfo(np.int64).max)
    for period, name in states:
        first[code[name]] = min(first[code[name]], period)
    return first


def _words() -> dict[str, bool]:
    told = tomllib.loads(Path(__file__).with_name("status_words.toml").read_text(encoding="utf-8"))
    return {key(word): gone for name, gone in (("free", False), ("gone", True)) for word in told[name]}


def _year(text: str) -> int | None:
    if _YEAR.fullmatch(text):
        return year_of(text)
    found = day(text) or moment(text)
    return found.year if found else None


def _month(text: str) -> int | None:
    match = _MONTH.fullmatch(text)
    if match:
        year, month = year_of(match[1]), int(match[2] or match[3])
        return year * 12 + month - 1 if year is not None and 1 <= month <= 12 else None
    found = None if _YEAR.fullmatch(text) else day(text) or moment(text)
    return found.year * 12 + found.month - 1 if found else None
