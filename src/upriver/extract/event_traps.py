"""Figures that are no events: stocks, rewards, wages, comparisons, wars, drugs, trade, surveys, films and rumours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from upriver.extract.event_figures import Counted
from upriver.extract.event_lexicon import Lexicon, is_money
from upriver.extract.event_verbs import Trigger

_MOVES = frozenset({"handover", "repatriation", "rescue_release"})
_TESTIMONY = re.compile(r"\b(?:every|each)\s+(?:day|woman|man|customer|target)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,，;;]|\b(?:while|but|and|though|although)\b|\s—\s")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_AGENCIES = re.compile(r"毒品和犯罪问题|毒品和犯罪問題|Office on Drugs and Crime")
_NOT_TO_BE = re.compile(r"\bhad been (?:expected|due|scheduled|slated) to\b", re.IGNORECASE)
_HURT = re.compile(
    r"\s*(?:were|was|are|had been)?\s*(?:\w+ly\s+)?(?:injured|wounded|hurt|hospitali[sz]ed|missing)\b", re.IGNORECASE
)
_WORTH = re.compile(
    r"(?:\b(?:worth|valued at|value of|assessed at|equivalent to)\s+(?:\w+\s+){0,2}"
    r"|(?:总值|總值|价值|價值|市值)[^,]{0,6})\Z",
    re.IGNORECASE,
)
_EACH_BATCH = re.compile(r"(?:每[批日天次月趟架][^,，。]{0,6}|\b(?:only|than)\s+\w+\s+)\Z")
_WAS_STUCK = re.compile(
    r",?\s*(?:who\s+)?(?:had\s+|were\s+|was\s+|been\s+)*(?:stranded|waited|stuck|left behind"
    r"|held|detained|housed)\b",
    re.IGNORECASE,
)
_HAN_STAYERS = re.compile(r"[滞滯]留(?:的|人|者|在?[\u3400-\u9fff]{0,6}的)|在逃(?:人|嫌|的|犯)")
_CUSTOM = re.compile(
    r"\b(?:a|per|each|every)\s+(?:day|head|person|month|night|shift|lorry|unit|piece)\b|\bapiece\b", re.IGNORECASE
)


def off_topic(text: str, words: Lexicon) -> bool:
    """Whether a passage is about another matter altogether: an amnesty, drugs, a film, a rumour that is denied."""
    text = _AGENCIES.sub("", text)
    if words.traps["amnesty"].search(text):
        return True
    if any(words.traps[name].search(text) for name in ("fiction", "denial")):
        return True
    return len(words.traps["drugs"].findall(text)) >= 2


def trapped(text: str, start: int, end: int, figure: Counted, best: Trigger, words: Lexicon) -> bool:
    """Whether a figure of the sentence from `start` to `end` is no event, though `best` would govern it."""
    traps = words.traps
    sentence = _AGENCIES.sub("", text[start:end])
    before, after = text[max(start, figure.start - 70) : figure.start], text[figure.end : min(end, figure.end + 60)]
    clause = _CLAUSE.split(before)[-1] + text[figure.start : figure.end] + _CLAUSE.split(after)[0]
    clause = _BRACKETS.sub("", clause)
    if (
        any(traps[name].search(sentence) for name in ("drugs",))
        or any(traps[name].search(clause) for name in ("trade", "survey"))
        or _TESTIMONY.search(sentence)
    ):
        return True
    if (
        (figure.unit in ("people", "compounds", "weapons") or best.kind == "sanction")
        and best.kind not in _MOVES
        and traps["conflict"].search(sentence)
    ):
        return True
    if re.search(rf"(?:{traps['comparison'].pattern})[\w\s,$€£]{{0,18}}\Z", before, re.IGNORECASE):
        return True
    if figure.unit == "people" and _HURT.match(after):
        return True
    if _NOT_TO_BE.search(before) or _NOT_TO_BE.search(after):
        return True
    if is_money(figure.unit):
        if (
            _WORTH.search(before)
            and re.search(r"\d|\b(?:an?|the|his|their)\s+\w+", before)
            and best.kind == "seizure"
            and "(" not in before
        ):
            return _has_thing(text, start, figure, words)
        return _small_money(clause, best, words)
    if _CUSTOM.match(after.lstrip()) or _EACH_BATCH.search(before):
        return True
    stock = traps["stock"].search(clause) if figure.unit == "people" else None
    if stock and _only_says_who(text, figure, best, words):
        stock = None
    if stock and best.kind != "estimate":
        # 遣返165名滞留人员 moves people who were stuck; "remain in detention awaiting deportation" moves nobody.
        near = clause + text[max(start, best.start - 12) : best.end]
        return traps["waiting"].search(near) is not None or best.kind not in _MOVES or words.script == "latin"
    return _denied(text, start, figure, best, words)


def without_scene(text: str, taken: Sequence[tuple[Counted, Trigger]]) -> list[tuple[Counted, Trigger]]:
    """Pairs without the one place in which people of the same sentence were caught: 突击一栋大楼,抓获218人."""
    caught = any(verb.kind == "arrest" and figure.unit == "people" for figure, verb in taken)
    if not caught:
        return list(taken)
    return [
        (figure, verb) for figure, verb in taken
        if not (verb.kind in ("raid", "disruption", "seizure") and figure.value == 1
                and text[figure.at : figure.at + 1] == "一")
    ]  # fmt: skip


def _only_says_who(text: str, figure: Counted, best: Trigger, words: Lexicon) -> bool:
    """Whether the words of a stock stand in a clause on those counted, whom a main verb behind it moves.

    "the 126 who had waited five weeks came home", "121 stranded by the fighting have been moved"; 扣查非法滞留人员; a
    notice that seeks those at large.
    """
    if words.script == "han":
        return best.kind == "wanted_notice" or _HAN_STAYERS.search(text[best.end : figure.end]) is not None
    if best.kind == "wanted_notice":
        return True
    return (
        best.voice in ("passive", "after")
        and figure.end < best.start
        and _WAS_STUCK.match(text[figure.end : best.start]) is not None
    )


def _has_thing(text: str, start: int, figure: Counted, words: Lexicon) -> bool:
    """Whether the money only values a thing that was counted before it in the sentence: 41,300 bitcoin, worth ..."""
    before = text[start : figure.start]
    numbered = re.search(r"\d[\d,.]*\s*(?:[项項枚辆輛栋棟套]|\w+)[^.;]{0,40}\Z", before)
    return numbered is not None and any(
        hit.label != "people" for hit in words.units.find(before, max(0, numbered.start()))
    )


def _small_money(clause: str, best: Trigger, words: Lexicon) -> bool:
    """Rewards, wages, fines and ransoms; the same words near a seizure do not hide it."""
    told = words.traps["reward"].search(clause) or words.traps["wage"].search(clause) or _CUSTOM.search(clause)
    return told is not None and best.kind != "seizure"


def _denied(text: str, start: int, figure: Counted, best: Trigger, words: Lexicon) -> bool:
    """Whether the words just before the verb deny it: "were not deported"."""
    begin = max(start, min(figure.start, best.start) - 16)
    return words.negation.search(text[begin : max(best.end, figure.start)]) is not None
