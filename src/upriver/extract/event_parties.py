"""Who acts in an event, who gives up custody and who receives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from upriver.clean.places import nations_in, place
from upriver.extract.event_agents import opening
from upriver.extract.event_bodies import BODY, ENDS, is_body, is_calendar, is_person, noun_phrase, tidy
from upriver.extract.event_han import han_parties
from upriver.extract.event_sides import sides
from upriver.extract.event_verbs import Trigger
from upriver.extract.phrases import is_han

__all__ = ["BODY", "Parties", "is_body", "is_calendar", "is_person", "parties"]

_CUT = re.compile(
    r"[;:()\"“”!?]|\s(?:—|--|–)\s|\.\s|\[\.{3}\]|\b(?:that|when|after|while|but|which|who|whom|as"
    r"|because|although|though|before|since|where|if|than|until)\b"
)
_LATE = re.compile(r"\b(?:in|on|at|by|from|during|after|for|with|over|under|to|of|across|through|near|inside)\b")
_AUX = re.compile(
    r"(?:[\s,]+(?:has|have|had|also|later|earlier|then|now|jointly|already|simultaneously|separately"
    r"|together|themselves|will|would|to|is|are|was|were|been|late|early|today|yesterday"
    r"|on\s+\w+day(?:\s+\w+)?|\w+day(?:\s+(?:night|morning|evening))?|this\s+week|last\s+\w+|\w+ly"
    r"|so far|and|agreed|plan(?:s|ned)?|expects?|this"
    r"|in\s+(?:early\s+|late\s+)?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|[a-z]+)(?:\s+\d{4})?"
    r"|\d{1,2}\s+[A-Z]\w+"
    r"|[A-Z]\w+\s+\d{1,2}))+\s*,?\s*\Z"
)
_LED_BY = re.compile(
    r"\b(?:operation|raid|crackdown|sweep|swoop|search|campaign|drive"
    r"|investigation)\s+by\s+(?P<by>[^,;]{3,80})",
    re.IGNORECASE,
)
_NP_REST = re.compile(
    r"\s*(?:(?:of|in|for|from|at)\s+(?:the\s+)?[A-Z][\w’'.-]*(?:\s+(?:(?:and|of"
    r"|the)\s+)*[A-Z\d][\w’'.-]*)*)?(?:\s+(?:and|or)\s+[\w\s]{1,30})?\s*"
)
_OWNER = re.compile(
    r"(?P<owner>(?:[A-Z][\w.-]*\s+){0,3}[A-Z][\w.-]*)(?:'s|’s)\s+(?:[A-Z][\w-]+\s+"
    r"|[a-z-]+\s+){0,3}?(?:[Oo]peration|crackdown|raid|campaign|sweep|swoop|drive)\b"
)
_ISSUED = frozenset({"wanted_notice", "sanction", "sentence", "seizure", "execution"})


@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts, who gives up custody, who receives; None where the text does not say."""

    actor: str | None
    from_party: str | None
    to_party: str | None


def parties(sentence: str, figure_at: int, figure: str, trigger: Trigger, at: int) -> Parties:
    """The parties of an event; offsets are within the sentence, `at` is the verb's, `figure` the words counted."""
    verb = (at, at + trigger.end - trigger.start)
    if is_han(sentence):
        return Parties(*han_parties(trigger.kind, sentence, verb))
    after = sentence[verb[1] : verb[1] + 160]
    begin = min(verb[1], figure_at + len(figure)) if figure_at < at else verb[1]
    if sentence[: verb[1]].endswith(
        " to"
    ):  # "flown to", "handed 12 suspects to": the words of the verb open the receiver
        begin = verb[1] - 3
    actor = None
    by = re.search(r"\bby\s+(?=(?:the\s+|a\s+|an\s+)?(?:[A-Z]|[a-z]))", re.split(r"[;:]|\.\s", after)[0])
    if trigger.voice != "active" and by:
        actor = noun_phrase(after[by.end() :])
        actor = actor if actor and (ENDS.search(actor) or actor[:1].isupper() or nations_in(actor)) else None
    if actor is None and trigger.voice == "active":
        actor = _subject(sentence[: verb[0]])
    if actor is None and (trigger.voice == "active" or trigger.kind in _ISSUED):
        actor = opening(sentence[: verb[0]])  # "Lao police busted a ring, arresting 155"
    if actor is None and trigger.voice == "noun":
        owner = _OWNER.search(sentence)  # Interpol's Operation Storm led to the arrest of 12
        led_by = _LED_BY.search(sentence[: verb[0]])
        actor = tidy(owner["owner"]) if owner else (noun_phrase(led_by["by"]) if led_by else None)
    if trigger.kind not in ("handover", "repatriation", "rescue_release"):
        return Parties(actor, None, None)
    came, to = sides(trigger.kind, sentence, begin, verb, figure, actor)
    return Parties(actor, came, to)


def _subject(before: str) -> str | None:
    """The subject of an active verb: the last body or name before it in its clause, or in the clause before that."""
    before = _AUX.sub("", " " + re.sub(r"\s\([A-Z][\w.&-]*\)", "", before[-220:]))
    for clause in reversed(_CUT.split(before)[-3:]):
        for piece in reversed(clause.split(",")):
            ends = [end for end in ENDS.finditer(piece) if _NP_REST.fullmatch(piece[end.end() :])]
            if ends and not re.search(r"\bas\s+(?:\w+\s+)?\Z", piece[: ends[-1].start()]):
                name = piece[: ends[-1].end()]
                rest = re.match(
                    r"\s+(?:of|in|for)\s+(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:(?:and|of)\s+)?[A-Z][\w’'-]*)*",
                    piece[ends[-1].end() :],
                )
                opened = list(_LATE.finditer(name, 0, ends[-1].start()))
                inner = [m for m in opened if m.group() not in ("of", "for")]
                name = name[inner[-1].end() :] if inner else name
                return tidy(name + (rest.group() if rest else ""))
            words = piece.split()
            if words and words[-1][:1].isupper() and not is_calendar(words[-1]):
                run: list[str] = []
                for word in reversed(words):
                    if not (word[:1].isupper() or word in ("of", "and", "the")):
                        break
                    run.insert(0, word)
                name_run = tidy(" ".join(run))
                if name_run and not ((known := place(name_run)) and known.kind != "country"):
                    return name_run
    nations = nations_in(before[-40:])
    return (
        nations[-1].name
        if nations and before.rstrip().endswith(before[-40:][nations[-1].start : nations[-1].end])
        else None
    )
