"""Signs of coercion in what was said, each with its words: present, absent, of somebody else, or not told at all.

The wordings are data (indicator_cues.toml). What the code adds is reading them fairly: negation turns a sign into its
absence, a threat is a threat and not yet the deed, a question is evidence only together with its answer, and what was
done to others is told of others. Silence is never an absence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from upriver.clean.folding import fold
from upriver.clean.lexicon import Cue, Hit, Lexicon, Text, load_list

_PACKAGE, _LIST = "upriver.safeguard", "indicator_cues.toml"
_SENTENCE = re.compile(r"[^.!?。！？;；\n]+(?:[.!?。！？;；]+|\n|$)")
_CLAUSE = re.compile(
    r"[,，:：]|\b(?:but|however|although|though|while|whereas|because|and)\b|但是|但|不过|然而|可是|因为"
)
_PREFIX = re.compile(r"^\s*(?:q|a|question|answer|问|答|interviewer|interviewee)\s*[:：]\s*", re.IGNORECASE)
_TELLS = re.compile(
    r"\b(?:he|she|the (?:man|woman|person|subject|interviewee|worker))"
    r"\s+(?:says?|said|states?|stated|told|reports?|reported|explains?|explained|claims?|claimed)\b"
    r"|(?:他|她|当事人|本人|其)(?:称|说|表示|自述|讲|陈述)"
)
_BETWEEN = 2  # words that may stand between a negation and what it denies
_BREAKS = frozenset("because since so and that who they if when until then 因 就 才 所 而 并 且 还 又 但 只 他".split())  # noqa: SIM905
_DENIAL = frozenset({"denies", "denied", "deny", "否认"})
# A threat of these is intimidation, not the deed.
_DEEDS = frozenset({
    "physical_and_sexual_violence", "debt_bondage", "restriction_of_movement", "retention_of_identity_documents",
    "withholding_of_wages", "isolation",
})  # fmt: skip
_LONGEST = 300  # characters of a quotation


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the eleven indicators of the ILO (2012): its weight and the question it leaves open."""

    name: str
    strong: bool
    question: str


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign in a text: `state` is present, absent, or others (of somebody else); `first`: in the first person."""

    indicator: str
    state: str
    quote: str
    first: bool


@cache
def indicators() -> tuple[Indicator, ...]:
    """The eleven, in the order of the ILO."""
    return tuple(
        Indicator(entry["name"], entry["weight"] == "strong", entry["question"])
        for entry in load_list(_PACKAGE, _LIST)["indicator"]
    )


@cache
def _lexicon() -> Lexicon:
    raw = load_list(_PACKAGE, _LIST)
    cues = [Cue(f"mark:{name}", _filled(words, raw["person"]), {"mark": name}) for name, words in raw["marks"].items()]
    cues += [Cue(entry["name"], _filled(entry["wordings"], raw["person"]), entry) for entry in raw["sign"]]
    return Lexicon(cues)


@cache
def _orders() -> Lexicon:
    return Lexicon(Cue(entry["name"], tuple(entry["wordings"]), entry) for entry in load_list(_PACKAGE, _LIST)["order"])


@cache
def _child() -> Lexicon:
    return Lexicon([Cue("child", tuple(load_list(_PACKAGE, _LIST)["child"]["words"]), {})])


_YEARS = re.compile(
    r"\bage[d:]?\s*(\d{1,2})\b|\b(\d{1,2})[\s-]*(?:years?|yrs?)[\s-]*old\b|\b(\d{1,2})\s*y/?o\b|(\d{1,2})\s*(?:周)?[岁歲]",
    re.IGNORECASE,
)


def told_age(text: str) -> str | None:
    """The age in years that a remark tells; "child" where it says so in words; None where it says neither."""
    years = _YEARS.search(text)
    if years:
        return next(group for group in years.groups() if group)
    return "child" if _child().find(Text(text)) else None


def _filled(wordings: Sequence[str], words: dict[str, str]) -> tuple[str, ...]:
    for _ in range(2):  # the words of a person may stand inside each other once
        for name, choice in words.items():
            wordings = [wording.replace(f"{{{name}}}", choice) for wording in wordings]
    return tuple(wordings)


def read_orders(text: str) -> list[tuple[str, str]]:
    """(indicator, quotation) of each rule in `text` that binds those it is given to."""
    return [(hit.cue.says["indicator"], _quote(text)) for hit in _orders().find(Text(text))]


def read_signs(text: str) -> list[Sign]:
    """The signs in what a person said, or in what was written of them, in the order of the text."""
    signs: list[Sign] = []
    asked: list[Sign] = []
    question = ""
    sentences = [_PREFIX.sub("", match.group()).strip() for match in _SENTENCE.finditer(text)]
    whole_first = any(_has_first(sentence) for sentence in sentences)
    for sentence in sentences:
        if not sentence:
            continue
        if sentence.endswith(("?", "？")):
            asked, question = list(_signs(sentence, first=True, question=True)), sentence
            continue
        answer = _answer(sentence) if asked else None
        if answer is not None:
            quote = _quote(f"{question} {sentence}")
            flipped = {"present": "absent", "absent": "present"}
            signs += [
                Sign(sign.indicator, sign.state if answer else flipped[sign.state], quote, True)
                for sign in asked
                if sign.state in flipped
            ]
        asked = []
        first = _has_first(sentence) or (whole_first and not _TELLS.search(fold(sentence)))
        signs += _signs(sentence, first=first, question=False)
    return signs


def _signs(sentence: str, *, first: bool, question: bool) -> Iterator[Sign]:
    text = Text(sentence)
    hits = _lexicon().find(text)
    marks = [hit for hit in hits if "mark" in hit.cue.says]
    starts = [0, *(match.end() for match in _CLAUSE.finditer(sentence.lower()))]
    told: set[tuple[str, str]] = set()
    for hit in hits:
        if "mark" in hit.cue.says or "，" in sentence[hit.start : hit.end] or _looks_alike(marks, hit):
            continue
        if not question and _within(marks, hit, "you") and not _within(marks, hit, "first"):
            continue
        clause = max(start for start in starts if start <= hit.start)
        indicator, state = hit.cue.says["indicator"], hit.cue.says["state"]
        if question:
            pass  # what is asked is read as it stands; the answer decides
        elif _is_of_others(marks, hit, clause, first=first):
            state = "others"
        elif _is_negated(text, marks, hit, clause):
            state = "absent" if state == "present" else "present"
        elif state == "present" and indicator in _DEEDS and _left(marks, hit, clause, "threat"):
            indicator = "intimidation_and_threats"
        if (indicator, state) not in told:
            told.add((indicator, state))
            yield Sign(indicator, state, _quote(sentence), first and not question)


def _has_first(sentence: str) -> bool:
    return any(hit.cue.says.get("mark") == "first" for hit in _lexicon().find(Text(sentence)))


def _within(marks: Sequence[Hit], hit: Hit, name: str) -> bool:
    return any(mark.cue.says["mark"] == name and hit.token <= mark.token and mark.last <= hit.last for mark in marks)


def _looks_alike(marks: Sequence[Hit], hit: Hit) -> bool:
    """Whether the words are those of something else: 拨打我的电话 asks for a call and tells of no blow."""
    return any(
        mark.cue.says["mark"] == "look_alike" and mark.token <= hit.last and hit.token <= mark.last for mark in marks
    )


def _left(marks: Sequence[Hit], hit: Hit, clause: int, name: str) -> list[Hit]:
    return [mark for mark in marks if mark.cue.says["mark"] == name and mark.last < hit.token and mark.start >= clause]


def _is_of_others(marks: Sequence[Hit], hit: Hit, clause: int, *, first: bool) -> bool:
    """Whether the sign is told of somebody else: whoever is named in it, or else nearest before it, decides.

    first  the speaker says I, so that he and she are others
    """
    if any(mark.cue.says["mark"] == "others" and hit.token <= mark.token <= hit.last for mark in marks):
        return True  # "my friend was beaten"
    if _within(marks, hit, "first" if first else "own"):
        return False
    if first and _within(marks, hit, "own"):
        return True
    for begin in (clause, 0):
        self_named = _left(marks, hit, begin, "first" if first else "own")
        places = {(mark.token, mark.last) for mark in self_named}
        others = _left(marks, hit, begin, "others")
        if first:
            others += [mark for mark in _left(marks, hit, begin, "own") if (mark.token, mark.last) not in places]
        if self_named or others:
            nearest_self = max((mark.last for mark in self_named), default=-1)
            return max((mark.last for mark in others), default=-1) >= nearest_self
    return False


def _is_negated(text: Text, marks: Sequence[Hit], hit: Hit, clause: int) -> bool:
    for mark in _left(marks, hit, clause, "negation"):
        if text.written[mark.start : mark.end].lower() in _DENIAL:
            return True
        between = text.keys[mark.last + 1 : hit.token]
        if len(between) <= _BETWEEN and not _BREAKS.intersection(between):
            return True
    return False


def _answer(sentence: str) -> bool | None:
    """True for yes, False for no, None for what is neither."""
    marks = [
        hit for hit in _lexicon().find(Text(sentence)) if hit.token == 0 and hit.cue.says.get("mark") in ("yes", "no")
    ]
    if not marks:
        return None
    return bool(max(marks, key=lambda hit: (hit.last, hit.cue.says["mark"] == "no")).cue.says["mark"] == "yes")


def _quote(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
