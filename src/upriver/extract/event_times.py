"""When an event took place, when it was announced, whether it is a running total, and whether it was only planned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from upriver.clean.periods import Period
from upriver.extract.event_lexicon import Lexicon
from upriver.extract.phrases import is_han

_CLAUSE = re.compile(r"[,;，；]|\b(?:while|but|whereas)\b")
_AFTER_SPEECH = re.compile(r"(?:\s+\w+){0,3}?\s+(?:late\s+|early\s+)?(?:on\s+|at\s+|over\s+)?\Z", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\s*(?:'s|’s)?\s*(?:statement|report|bulletin|briefing|post|release|article|press conference"
    r"|notice|news conference)\b|\s*(?:发布|發布)?(?:的)?(?:记者会|報告|报告)"
)
_SAID_STATEMENT = re.compile(
    r"\b(?:statement|report|bulletin|briefing|post|release|released|published|figures)\s+(?:issued\s+"
    r"|dated\s+|released\s+|published\s+|of\s+|on\s+|from\s+|late\s+)*\Z",
    re.IGNORECASE,
)
_HAN_BETWEEN = re.compile(
    r"\A(?:晚|上午|下午|早|晨|夜间|傍晚|今天|发布的|發布的|举行|聯合|联合|在?[\u3400-\u9fff]{0,8}?)?\Z"
)


@dataclass(frozen=True, slots=True)
class When:
    """The days of an event, and the period in which it was said, each None where not told."""

    acted: Period | None
    said: Period | None


def when(text: str, periods: Sequence[Period], start: int, end: int, at: int, words: Lexicon, head: int = 0) -> When:
    """What the sentence from `start` to `end` tells of the time of the event at `at`."""
    inside = [period for period in periods if start <= period.start < end]
    said = [period for period in inside if period.start < head or is_said(text, start, period, words)]
    acted = [period for period in inside if period not in said and not _aside(text, period, at, words)]
    nearest = min(acted, key=lambda period: (_distance(text, period, at), period.start), default=None)
    return When(nearest, said[-1] if said else None)


def _distance(text: str, period: Period, at: int) -> float:
    """Letters between, a clause counting as forty."""
    gap = text[period.end : at] if period.end <= at else text[at : period.start]
    return len(gap) + 40.0 * len(re.findall(r"[,;，；]", gap))


def is_said(text: str, start: int, period: Period, words: Lexicon) -> bool:
    """Whether a date is the day on which somebody said so: "police said on Monday", 公安部6日通报."""
    before, after = text[max(start, period.start - 40) : period.start], text[period.end : period.end + 12]
    if is_han(after[:2]):
        spoken = words.speech.search(after)
        return spoken is not None and _HAN_BETWEEN.match(after[: spoken.start()]) is not None
    spoken_before = list(words.speech.finditer(before))
    if spoken_before and _AFTER_SPEECH.fullmatch(before[spoken_before[-1].end() :]):
        return period.relation == "on"
    return _SAID_STATEMENT.search(before) is not None or _STATEMENT.match(after) is not None


def _aside(text: str, period: Period, at: int, words: Lexicon) -> bool:
    """A date in a relative clause tells of another matter: "the group, which was sanctioned last month"."""
    if period.start <= at:
        return False
    between = text[at : period.start]
    return bool(re.search(r"\b(?:which|whose)\b", between) or words.traps["comparison"].search(between))


def runs_since(text: str, periods: Sequence[Period], start: int, end: int, at: int, words: Lexicon) -> Period | None:
    """The period from which the figure at `at` is counted: no other time stands between it and the "since ..."."""
    times = sorted(
        (p for p in periods if start <= p.start < end and not _aside(text, p, at, words)
         and (p.relation == "since" or not is_said(text, start, p, words))),
        key=lambda p: p.start,
    )  # fmt: skip
    before = [period for period in times if period.start <= at]
    after = [period for period in times if period.start > at]
    return next((period for period in (*after[:1], *before[-1:]) if period.relation == "since"), None)


def is_cumulative(sentence: str, at: int, end: int, period: Period | None, since: bool, words: Lexicon) -> bool:
    """Whether a running total is told: its words stand near the figure, or time is told from a beginning (`since`)."""
    if since or (period is not None and period.relation in ("since", "until")):
        return True
    if period is not None and (period.last - period.first).days > 80 and not period.relative:
        return True
    clauses = r"[;；]|\b(?:while|but)\b"
    # "bringing the total to 900" speaks of the figure behind it.
    behind = re.split(clauses, sentence[end : end + 70])[0]
    ahead = (m for m in words.cumulative.finditer(behind) if not m.group().lower().startswith(("bring", "lift")))
    before = re.split(clauses, sentence[max(0, at - 90) : at])[-1]
    found = words.cumulative.search(before) or next(ahead, None)
    return found is not None and not (period is not None and found.group().lower() == "since")


def modality(sentence: str, at: int, trigger: tuple[int, int], words: Lexicon) -> str:
    """actual, planned or attempted, by the words just before the verb."""
    begin = max(0, min(at, trigger[0]) - 60)
    before = sentence[begin : max(trigger[0], at)]
    clause = before[-24:] if words.script == "han" else _CLAUSE.split(before)[-1]
    near = clause + sentence[trigger[0] : trigger[1]]
    if words.attempted.search(near):
        return "attempted"
    return "planned" if words.planned.search(near) else "actual"
