"""One verdict is one event: the penalties of some are parts of the figure that counts all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon
from upriver.extract.event_model import Part
from upriver.extract.event_parts import penalty_in
from upriver.extract.event_verbs import Trigger

_REST = re.compile(
    r"\b(?:the\s+)?(?:remaining|others?|rest)\W*\Z|\b(?:the\s+)?(?:remaining|other)\s+\Z|其[余餘他]\Z", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,，;；.。:：]")
_DEED = re.compile(r"\b(?:for|of|over|by)\s+(?:\w+ly\s+)?(?:\w+ing)\b", re.IGNORECASE)
_HAN_DEED = re.compile(
    r"(?:帮助|幫助|诱骗|誘騙|招募|招揽|招攬|组织|組織|拐卖|拐賣|拐骗|拐騙|运送|運送|致使?|非法拘禁|伤害|傷害|骗取|騙取|协助|協助|將|将)"
    r"[^,，。]{0,4}\Z"
)
LEGAL = frozenset({"sentence", "prosecution", "execution"})
Taken = tuple[Counted, Trigger]


def of_a_deed(text: str, figure: Counted, trigger: Trigger) -> bool:
    """Whether a figure only tells what a person is punished for: "sentenced Hu to death for sending 126 to Bokeo"."""
    if trigger.kind not in LEGAL:
        return False
    if trigger.voice == "han":
        return _HAN_DEED.search(text[max(0, figure.start - 8) : figure.start]) is not None and (
            _CLAUSE.search(text[min(figure.end, trigger.end) : max(figure.start, trigger.start)]) is not None
        )
    return trigger.end <= figure.start and _DEED.search(text[trigger.end : figure.start]) is not None


def one_verdict(
    text: str, end: int, taken: Sequence[Taken], people: Sequence[Counted], words: Lexicon
) -> tuple[list[Taken], dict[Counted, tuple[Part, ...]]]:
    """`taken` with the figures of one sentence's verdict made one, and the parts of that one.

    people  every figure of people in the sentence, also those no verb takes: 张某等8人 ... 其余7人各处三年
    """
    verdict = [(figure, verb) for figure, verb in taken if verb.kind == "sentence" and figure.value is not None]
    if not verdict:
        return list(taken), {}
    others = [pair for pair in taken if pair not in verdict]
    labels = {figure: _penalty(text, figure, end, words) for figure, _ in verdict}
    whole = max((figure for figure, _ in verdict), key=lambda one: one.value or 0)
    rest = [figure for figure, _ in verdict if figure is not whole]
    if _REST.search(text[max(0, whole.start - 16) : whole.start]):
        larger = [
            one for one in people
            if one.value and one.unit == "people" and one.end <= whole.start and one.value > (whole.value or 0)
        ]  # fmt: skip
        if larger:
            rest, whole = [*rest, whole], larger[-1]
    parts = tuple(Part("penalty", labels[one] or "fixed_term", one.value or 0.0, "all") for one in rest)
    if not rest:
        return list(taken), {}
    verb = next((v for figure, v in verdict if figure is whole), verdict[0][1])
    if whole in labels and labels[whole] and all(labels[one] for one in rest):
        # Every figure has its own penalty, and none counts them all: they are added up.
        told = sorted(labels, key=lambda one: one.start)
        total = sum(one.value or 0 for one in told)
        parts = tuple(Part("penalty", labels[one] or "", one.value or 0.0, "all") for one in told)
        whole = replace(told[0], end=told[-1].end, value=total)
        return [*others, (whole, verdict[0][1])], {whole: parts}
    if sum(one.value or 0 for one in rest) > (whole.value or 0) or not any(labels.get(one) for one in rest):
        return list(taken), {}
    return [*others, (whole, verb)], {whole: parts}


def _penalty(text: str, figure: Counted, end: int, words: Lexicon) -> str | None:
    """The one penalty told in the clause of a figure; None where there are several, or none."""
    before = _CLAUSE.split(text[max(0, figure.start - 24) : figure.start])[-1]
    after = text[figure.at : figure.end] + _CLAUSE.split(text[figure.end : min(end, figure.end + 70)])[0]
    found = {label for label, form in words.penalties.items() if form.search(after)}
    if not found:
        return penalty_in(before, words)
    if found == {"death", "death_with_reprieve"}:
        return "death_with_reprieve"
    return found.pop() if len(found) == 1 else None
