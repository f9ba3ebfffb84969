"""Events that a model proposes: asked for, taken out of whatever it answers, and judged one by one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from upriver.errors import ProposerError
from upriver.model.events import one_family
from upriver.plain.judging import judged
from upriver.plain.passages import Passage
from upriver.plain.proposers import Proposer

Row = dict[str, Any]
_LONGEST = 24_000  # characters of a passage that a model is asked about: small models hold no more
_MOST_EVENTS = 200  # of one answer
_MOST_FAULTS = 3  # unusable answers in a row after which it is asked no more
_RAW = 2000
_THOUGHT = re.compile(r"\A.*?</think(?:ing)?>", re.DOTALL)
_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)


@dataclass(slots=True)
class Answer:
    """What came of asking about one passage: events that stand, (reason, raw) of those that do not, doubts, notices."""

    events: list[Row] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


class Proposals:
    """Asks one proposer about passage after passage, and gives up on it after three unusable answers in a row."""

    def __init__(self, proposer: Proposer) -> None:
        self._proposer = proposer
        self._faults = 0

    def to(self, passage: Passage, own: list[Row]) -> Answer:
        """What the model adds to the reader's `own` events; whatever it does, nothing is raised."""
        answer = Answer()
        name = self._proposer.name
        if self._faults >= _MOST_FAULTS:
            answer.doubts.append(f"{name} was not asked about it: it had failed before")
            return answer
        if len(passage.text) > _LONGEST:
            answer.doubts.append(f"{name} was not asked about it: longer than {_LONGEST} characters")
            return answer
        try:
            found = proposed(self._proposer.ask(_instructions(), _question(passage)))
        except ProposerError as error:
            self._faults += 1
            answer.doubts.append(f"{name} gave no usable answer: {error}")
            answer.notices.append(f"{passage.place}: {name} gave no usable answer: {error}; the reader's events stand")
            if self._faults == _MOST_FAULTS:
                answer.notices.append(f"{name} failed {_MOST_FAULTS} times in a row and is asked no more")
            return answer
        self._faults = 0
        for item in found[:_MOST_EVENTS]:
            self._weigh(item, passage, own, answer)
        if len(found) > _MOST_EVENTS:
            answer.refused.append((f"{len(found) - _MOST_EVENTS} more than the {_MOST_EVENTS} that are looked at", ""))
        return answer

    def _weigh(self, item: Any, passage: Passage, own: list[Row], answer: Answer) -> None:
        raw = json.dumps(item, ensure_ascii=False).encode("utf-8", "replace").decode()[:_RAW]
        event = judged(item, passage)
        if isinstance(event, str):
            answer.refused.append((event, raw))
            return
        twin = next((other for other in (*own, *answer.events) if _same(event, other)), None)
        if twin is not None:
            whose = "proposed before" if "proposed_by" in twin else "read by the reader"
            answer.refused.append((f"the same event was {whose}", raw))
            return
        answer.events.append({**event, "proposed_by": self._proposer.name})


def proposed(said: str) -> list[Any]:
    """The list of events in an answer, out of the thoughts, fences and words that models put around it.

    raises  ProposerError when it holds no whole JSON, or JSON without a list of events
    """
    said = _THOUGHT.sub("", said)
    for text in (*_FENCED.findall(said), said):
        start = re.search(r"[{\[]", text)
        if start is None:
            continue
        try:
            value, _ = json.JSONDecoder().raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        events = value.get("events") if isinstance(value, dict) else value
        if isinstance(events, list):
            return events
        raise ProposerError("it answered JSON without a list `events`")
    start_of = " ".join(said.split())[:80]
    raise ProposerError(f"it answered no JSON, or JSON that is cut short: {start_of!r}")


def _same(a: Row, b: Row) -> bool:
    return (
        one_family(a["type"], b["type"])
        and a["count"] == b["count"]
        and a["count_range"] == b["count_range"]
        and a["start"] < b["end"]
        and b["start"] < a["end"]
    )


@cache
def _instructions() -> str:
    return Path(__file__).with_name("proposal_prompt.txt").read_text(encoding="utf-8").strip()


def _question(passage: Passage) -> str:
    asked = {"published": passage.published, "language": passage.language, "text": passage.text}
    return json.dumps(asked, ensure_ascii=False)
