"""The words of a sentence that tell an event, and how each stands to those it counts: active, passive, noun, behind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from upriver.extract.event_lexicon import Lexicon
from upriver.extract.phrases import Hit

_ADVERBS = (
    r"(?:\s+(?:\w+ly|also|now|then|all|later|since|already|first|each|both|not|yet|still|just|so far"
    r"|in turn|once|again|later|subsequently|themselves|together|on \w+day)){0,3}"
)
_PARTICIPLES = frozenset(
    {"held", "caught", "taken", "sent", "flown", "brought", "let", "set", "put", "shut", "cut", "found", "given", "led",
     "freed", "shot", "driven", "broken", "blown", "torn", "hit", "netted", "sold", "frozen", "handed", "sought",
     "beaten", "swept", "bused", "seized", "built", "made", "kept", "known", "lost"}
)  # fmt: skip
_BEHIND = re.compile(
    r"\s+(?:in|on|at|from|during|after|since|near|inside|last|this|yesterday|today|over|within|across"
    r"|earlier|by|and|when|as"
    r"|under|to|so|for|among|along|while|before|between|outside|following|were|was|are|is|early|late"
    r"|pending|with)\b|\s*[,.;:)!?—\"”]|\s*\Z",
    re.IGNORECASE,
)
_NOUNISH = re.compile(
    r"(?:['’]s|\b(?:the|a|an|his|her|their|its|of|any|under|this|that|in|for|after|with|further|mass"
    r"|joint|during|no|formal|another|dawn))\s+(?:\w+\s+)?\Z",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:\A|[.!?:;—\"“]\s*|--\s*|[—–-]\s+)\s*\Z")
_ACTIVE_AUX = re.compile(
    r"\b(?:has|have|had|having|who|to|will|would|police|authorities|officers|they|he|she|it|we"
    r"|also|then)\s+(?:\w+ly\s+)?\Z",
    re.IGNORECASE,
)


# Rescuers and detainees are people, nobody is rescued or detained by their name.
_AGENT = re.compile(
    r"(?!(?:re|un|dis)?cover|deliver|transfer|surrender|shutter)\w+(?:ers?|ors?|ees?|ables?)", re.IGNORECASE
)
_NOT_YET = re.compile(
    r"\b(?:a?wait\w*|yet|refus\w+|hop(?:e|es|ing)|want\w*)\s+(?:to\s+)?(?:be(?:ing)?\s+)?\Z", re.IGNORECASE
)
_NOUN = re.compile(r"\w+(?:tion|sion|ment)s?", re.IGNORECASE)
_HAN_NOT = re.compile(r"(?:未|没有?|沒有?|不|無罪|无罪|未被|等候|等待|待)\Z")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that tells an event of a type; `voice` active, passive, reduced (a participle alone), after, noun or han.

    weak  a common verb that tells so much only with the right noun close to it
    """

    kind: str
    start: int
    end: int
    voice: str
    weak: bool = False


def triggers(text: str, start: int, end: int, words: Lexicon) -> list[Trigger]:
    """The triggers between two offsets; where two share letters the longer stays, unless they tell two types alike."""
    masked = [match.span() for form in words.penalties.values() for match in form.finditer(text, start, end)]
    hits = [hit for hit in words.events.find(text, start, end) if not _is_penalty(hit, masked)]
    if words.script == "latin":
        hits = [
            hit
            for hit in hits
            if not _AGENT.fullmatch(text, hit.start, hit.end)
            and not _NOT_YET.search(text[max(start, hit.start - 24) : hit.start])
        ]
    else:
        hits = [hit for hit in hits if not _HAN_NOT.search(text[max(start, hit.start - 3) : hit.start])]
    hits.sort(key=lambda hit: (-hit.weight, hit.start - hit.end, hit.start, hit.label))
    kept: list[Hit] = []
    for hit in hits:
        rivals = [other for other in kept if other.start < hit.end and hit.start < other.end]
        # "captured" tells an arrest and, more weakly, a seizure: what is counted decides.
        if all(
            (other.start, other.end) == (hit.start, hit.end)
            and (other.weight == hit.weight or hit.label.startswith("weak") or other.label.startswith("weak"))
            for other in rivals
        ):
            kept.append(hit)
    found = []
    for hit in sorted(kept, key=lambda hit: (hit.start, hit.label)):
        form, kind = hit.label.split(" ")
        voice = _voice(text, start, hit, form, words)
        found.append(Trigger(kind, hit.start, hit.end, voice, form == "weak"))
    return found


def _is_penalty(hit: Hit, masked: list[tuple[int, int]]) -> bool:
    """A death sentence is no death."""
    return hit.label.endswith(("death", "execution")) and any(a <= hit.start < b for a, b in masked)


def _voice(text: str, begin: int, hit: Hit, form: str, words: Lexicon) -> str:
    if words.script == "han":
        return "han"
    if form in ("after", "nouns"):
        return "noun" if form == "nouns" else "after"
    if re.match(r"(?:was|were|are|is|been)\s", text[hit.start : hit.end], re.IGNORECASE):
        return (
            "active"
            if re.match(r"\w+\s+\w+ing\b(?!\s+\w+ed\b)", text[hit.start : hit.end])
            and not text[hit.start : hit.end].endswith("questioned")
            else "after"
        )
    before = text[max(begin, hit.start - 60) : hit.start]
    if _NOUN.fullmatch(text, hit.start, hit.end):
        return "noun"
    if is_passive(before, words):
        return "passive"
    first = re.match(r"[\w-]+", text[hit.start : hit.end])
    word = first.group().lower() if first else ""
    participle = word.endswith(("ed", "wn", "ught")) or word in _PARTICIPLES
    if not participle:
        if words.code == "id":
            return "passive" if word.startswith(("di", "ter")) else "active"
        if (
            word.endswith("ing")
            and re.search(r"\b(?:the|of|by)\s+\Z", before)
            and text[hit.end : hit.end + 4] == " of "
        ):
            return "noun"
        return "noun" if _NOUNISH.search(before) and not re.search(r"\bto\s+\Z", before) else "active"
    after = text[hit.end : hit.end + 14]
    if re.search(r"\s(?:from|by)\Z", text[hit.start : hit.end]) and not _ACTIVE_AUX.search(before):
        return "active" if re.match(r"\s+\d", after) else "reduced"
    if re.match(r"\s+by\b", after) and not _ACTIVE_AUX.search(before):
        return "reduced"
    if _OPENING.search(before):
        return "reduced"
    if _BEHIND.match(after) and not _ACTIVE_AUX.search(before):
        return "reduced"
    return "active"


def is_passive(before: str, words: Lexicon) -> bool:
    """Whether the words before a verb make it passive: "were", "have been", "were all later"."""
    return re.search(rf"(?:{words.passive.pattern}){_ADVERBS}\s+\Z", before, re.IGNORECASE) is not None
