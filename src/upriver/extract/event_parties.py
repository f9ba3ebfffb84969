"""Who acts in an event, who gives up custody and who receives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from upriver.clean.dates import MONTHS, WEEKDAYS
from upriver.clean.places import nations_in, place
from upriver.extract.event_han import han_parties, is_han_body
from upriver.extract.event_verbs import Trigger
from upriver.extract.phrases import is_han

# The last word of a body that acts; names end in one of these, in news English.
BODY = (
    r"police|authorities|authority|officials|officers|military|army|navy|forces|force|troops|soldiers"
    r"|militia|militiamen|ministry|ministries|governments?"
    r"|junta|courts?|tribunal|prosecutors|prosecutor's office|prosecutors' office|prosecution service"
    r"|department|bureau|agency|embassy|commission"
    r"|council|committee|office|task force|treasury|immigration|investigators|guards?|side|interpol"
    r"|ofac|fincen|unodc|judges|jury|regulator"
    r"|ohchr|organi[sz]ation|company|telegram|spacex|starlink|meta|regiment|institute|governor"
    r"|spokesman|spokesperson|minister|secretariat"
    r"|spokeswoman|ambassador|commander|newspaper|television|monitors?|ngo|gendarmes|gendarmerie"
    r"|rangers|agents|commandos|engineers|detectives"
    r"|customs|team|unit|squad|fighters|brigade|border patrol|patrol|directorate|service"
    r"|procuratorates?|operator|provider|firm|division|daily|desk|press|media|foundation|cid|nbi|fbi"
    r"|paocc|efcc|dkba|bgf"
)
_BODY_RE = re.compile(rf"(?:.*\b)?(?i:{BODY})(?:\s+(?:of|in|for)\s+(?:the\s+)?[A-Z].*)?\Z")
_ENDS = re.compile(rf"\b(?i:{BODY})\b")
_CUT = re.compile(
    r"[;:()\"“”!?]|\s(?:—|--|–)\s|\.\s|\[\.{3}\]|\b(?:that|when|after|while|but|which|who|whom|as"
    r"|because|although|though|before|since|where|if|than|until)\b"
)
_LATE = re.compile(r"\b(?:in|on|at|by|from|during|after|for|with|over|under|to|of|across|through|near|inside)\b")
_AUX = re.compile(
    r"(?:[\s,]+(?:has|have|had|also|later|earlier|then|now|jointly|already|simultaneously|separately"
    r"|together|themselves|will|would|to|is|are|was|were|been|late|early|today|yesterday"
    r"|on\s+\w+day(?:\s+\w+)?|\w+day(?:\s+(?:night|morning|evening))?|this\s+week|last\s+\w+|\w+ly"
    r"|so far|and|agreed|plan(?:s|ned)?|expects?|this|in\s+\w+(?:\s+\d{4})?|\d{1,2}\s+[A-Z]\w+"
    r"|[A-Z]\w+\s+\d{1,2}))+\s*,?\s*\Z"
)
_LEAD = re.compile(r"\A(?:[\s,.'’-]|(?:the|a|an|some|its|and|in|by|from|to|of)\s)+", re.IGNORECASE)
_BEFORE_ARTICLE = re.compile(
    r"\A(?!.*\bof\s+the\b)(?:.*\b(?:the|a|an)\s+|(?:.*\b(?:earlier|later|ago|said|period|meanwhile)\s+)?)(?=\w)",
    re.IGNORECASE,
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
_NP_END = re.compile(
    r"[,;:.()\"“”\[]|\s(?:—|--)|\b(?:in|on|at|from|after|during|for|who|which|that|as|by|over|under"
    r"|when|while|before|with|to|through|via|near|following|was|were|is|are|has|have|had|early|late"
    r"|said|last|this|yesterday|and\s+(?:seiz|arrest|detain|were|was|later|then|will)\w*)\b|\s\w+day\b"
    r"|\s\d"
)
_OPENERS = (
    "The A An In On At As It They He She We Some More Of Among About All Both Most None Those These Another Each Not "
    "Nearly Over Two Three Four Five Six Seven Eight Nine Ten"
)
_CALENDAR_WORDS = "|".join((*_OPENERS.split(), *(word.title() for word in (*MONTHS, *WEEKDAYS) if word.isascii())))
_NOT_A_PARTY = re.compile(rf"\A(?:{_CALENDAR_WORDS})\b")
_TAKES = re.compile(
    r"\b(?:receiv|took|taken|takes|taking|accept|custody of|receipt|brought back|接收|接回|接返|押解|押返|押回)",
    re.IGNORECASE,
)
_CUSTODY = re.compile(
    r"\b(?:into|to|in)\s+(?:the\s+(?:hands|custody)\s+of\s+(?P<a>[^,.;]{3,50})"
    r"|(?P<b>[A-Z][\w’']+(?:\s[\w’']+){0,2}?)\s+(?:hands|custody))"
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
        actor = actor if actor and (_ENDS.search(actor) or actor[:1].isupper() or nations_in(actor)) else None
    if actor is None and trigger.voice == "active":
        actor = _subject(sentence[: verb[0]])
    if actor is None and (trigger.voice == "active" or trigger.kind in _ISSUED):
        first = _ENDS.search(sentence, 0, min(verb[0], 90))  # "Lao police busted a ring, arresting 155"
        opening = re.split(r"(?:--|—|–)\s", sentence[: first.end()])[-1] if first else ""
        actor = _tidy(opening) if opening and len(opening.split()) < 9 and "," not in opening else None
    if actor is None and trigger.voice == "noun":
        owner = _OWNER.search(sentence)  # Interpol's Operation Storm led to the arrest of 12
        led_by = _LED_BY.search(sentence[: verb[0]])
        actor = _tidy(owner["owner"]) if owner else (noun_phrase(led_by["by"]) if led_by else None)
    if trigger.kind not in ("handover", "repatriation", "rescue_release", "flight"):
        return Parties(actor, None, None)
    to, came = _receiver(sentence, begin, verb, figure_at), _giver(sentence, begin)
    takes = _TAKES.search(sentence[verb[0] : verb[1] + 12]) is not None
    if trigger.kind == "handover":
        return Parties(actor, came, to or actor) if takes else Parties(actor, came or actor, to)
    if trigger.kind == "repatriation" and (to is None or place_of(to)):
        nations = {nation.name for nation in nations_in(figure)}
        to = nations.pop() if len(nations) == 1 else None
    if (
        trigger.kind == "rescue_release"
        and came is None
        and actor
        and re.search(r"\b(?:militia|DKBA|BGF|Army|army|Guard)", actor)
    ):
        came = actor
    return Parties(actor, came, to)


def noun_phrase(text: str) -> str | None:
    """The noun phrase that opens `text`, without its article."""
    end = _NP_END.search(text)
    return _tidy(text[: end.start()] if end else text[:60])


def is_body(name: str) -> bool:
    """Whether the words name a body that acts: police, a court, a ministry."""
    return _BODY_RE.fullmatch(name) is not None or is_han_body(name)


def is_calendar(word: str) -> bool:
    """Whether a capitalised word only opens a sentence or names a day."""
    return _NOT_A_PARTY.match(word) is not None


def is_person(name: str, after: str) -> bool:
    """Whether a name looks like a person's, by the verb of speech or the title that follows it."""
    return re.match(r"\s*,?\s*(?:said|told|who|,\s*\d{2},)", after) is not None and " " in name


def place_of(name: str) -> bool:
    """Whether a receiver is only a place: a town or an airport."""
    return not nations_in(name) and not _ENDS.search(name)


def _tidy(text: str) -> str | None:
    text = _BEFORE_ARTICLE.sub("", text.strip(" ,."))
    text = _LEAD.sub("", text).strip(" ,.'’")
    return None if not text or _NOT_A_PARTY.match(text) or len(text) < 3 else text


def _subject(before: str) -> str | None:
    """The subject of an active verb: the last body or name before it in its clause, or in the clause before that."""
    before = _AUX.sub("", " " + re.sub(r"\s\([A-Z][\w.&-]*\)", "", before[-220:]))
    for clause in reversed(_CUT.split(before)[-3:]):
        for piece in reversed(clause.split(",")):
            ends = [end for end in _ENDS.finditer(piece) if _NP_REST.fullmatch(piece[end.end() :])]
            if ends and not re.search(r"\bas\s+(?:\w+\s+)?\Z", piece[: ends[-1].start()]):
                name = piece[: ends[-1].end()]
                rest = re.match(
                    r"\s+(?:of|in|for)\s+(?:the\s+)?[A-Z][\w’'-]*(?:\s+(?:(?:and|of)\s+)?[A-Z][\w’'-]*)*",
                    piece[ends[-1].end() :],
                )
                opened = list(_LATE.finditer(name, 0, ends[-1].start()))
                inner = [m for m in opened if m.group() not in ("of", "for")]
                name = name[inner[-1].end() :] if inner else name
                return _tidy(name + (rest.group() if rest else ""))
            words = piece.split()
            if words and words[-1][:1].isupper() and not is_calendar(words[-1]):
                run: list[str] = []
                for word in reversed(words):
                    if not (word[:1].isupper() or word in ("of", "and", "the")):
                        break
                    run.insert(0, word)
                name_run = _tidy(" ".join(run))
                if name_run and not ((known := place(name_run)) and known.kind != "country"):
                    return name_run
    nations = nations_in(before[-40:])
    return (
        nations[-1].name
        if nations and before.rstrip().endswith(before[-40:][nations[-1].start : nations[-1].end])
        else None
    )


def _receiver(sentence: str, begin: int, verb: tuple[int, int], figure_at: int) -> str | None:
    window = re.split(r";|\.\s", sentence[begin : begin + 170])[0]
    held = _CUSTODY.search(sentence[max(0, verb[0] - 2) : verb[1] + 110])
    if held:
        return _tidy(held["a"] or held["b"])
    for match in re.finditer(
        r"\bto\s+(?=(?:the\s+)?(?:[A-Z]|[a-z]+\s+(?:\w+\s+)?(?:police|authorities|officers|officials|side|custody)))",
        window,
    ):
        name = noun_phrase(window[match.end() :])
        known = place(name) if name else None
        if name and not (known and known.kind not in ("country", "admin1", "region")):
            return re.sub(r"\s+(?:custody|hands)\Z", "", name)
    return None


def _giver(sentence: str, begin: int) -> str | None:
    window = re.split(r";|\.\s", sentence[begin : begin + 170])[0]
    for match in re.finditer(r"\bfrom\s+(?=(?:the\s+)?[A-Z])", window):
        name = noun_phrase(window[match.end() :])
        if name and (nations_in(name) or _ENDS.search(name) or place(name)):
            return name
    return None
