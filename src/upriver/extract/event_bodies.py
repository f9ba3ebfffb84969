"""Names of bodies that act: where such a name begins and ends, and what only looks like one."""

from __future__ import annotations

import re

from upriver.clean.dates import MONTHS, WEEKDAYS
from upriver.clean.places import nations_in, places_in
from upriver.extract.event_han import is_han_body

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
ENDS = re.compile(rf"\b(?i:{BODY})\b")
_LEAD = re.compile(r"\A(?:[\s,.'’-]|(?:the|a|an|some|its|and|in|by|from|to|of)\s)+", re.IGNORECASE)
_BEFORE_ARTICLE = re.compile(
    r"\A(?!.*\bof\s+the\b)(?:.*\b(?:the|a|an)\s+|(?:.*\b(?:earlier|later|ago|said|period|meanwhile)\s+)?)(?=\w)",
    re.IGNORECASE,
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
_OWNED = re.compile(r"(?P<owner>[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){0,3}?)(?:'s|’s)\s+")
_BOTH = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|as well as|together with|with)\s+|、")
_LETTERS = frozenset(
    {"PAOCC", "OFAC", "NBI", "CID", "DKBA", "BGF", "FBI", "DSI", "CIB", "AMLO", "UNODC", "EFCC", "CBI", "NCA", "FCDO",
     "FATF", "DOJ", "MPS"}
)  # fmt: skip
_TURNED = re.compile(
    r"(?P<body>(?i:police|authorities|prosecutors|officials|officers|soldiers|army|military|law enforcement"
    r"|security forces))"
    r"\s+(?:of|in|from|for)\s+(?:the\s+)?(?P<where>[A-Z][\w’'-]*(?:\s+(?:[A-Z][\w’'-]*|and|of))*)"
)
_MEMBERS = re.compile(
    r"\A(?:agents|operatives|officers|members|soldiers|troops|elements|detectives|personnel|fighters)\s+(?:of|from)"
    r"\s+(?:the\s+)?(?=[A-Z])",
    re.IGNORECASE,
)


def noun_phrase(text: str) -> str | None:
    """The noun phrase that opens `text`, without its article."""
    end = _NP_END.search(text)
    return tidy(text[: end.start()] if end else text[:60])


def is_body(name: str) -> bool:
    """Whether the words name a body that acts: police, a court, a ministry."""
    return _BODY_RE.fullmatch(name) is not None or is_han_body(name)


def is_calendar(word: str) -> bool:
    """Whether a capitalised word only opens a sentence or names a day."""
    return _NOT_A_PARTY.match(word) is not None


def is_person(name: str, after: str) -> bool:
    """Whether a name looks like a person's, by the verb of speech or the title that follows it."""
    return re.match(r"\s*,?\s*(?:said|told|who|,\s*\d{2},)", after) is not None and " " in name


def tidy(text: str) -> str | None:
    text = _BEFORE_ARTICLE.sub("", text.strip(" ,."))
    text = _LEAD.sub("", text).strip(" ,.'’")
    return None if not text or _NOT_A_PARTY.match(text) or len(text) < 3 else text


def plain_name(name: str) -> str:
    """A body's name without the apostrophe of its place or nation, and with its town before it: "Wa's police" and
    "police in Lashio" are Wa police and Lashio police; names of ministries and commissions keep their order."""
    name = _MEMBERS.sub("", name)
    owned = _OWNED.match(name)
    if owned and (nations_in(owned["owner"]) or places_in(owned["owner"])):
        name = f"{owned['owner']} {name[owned.end() :]}"
    turned = _TURNED.fullmatch(name)
    return (f"{turned['where']} {turned['body'].lower()}" if turned else name).strip()


def acting(actor: str | None) -> list[str]:
    """The names of an actor, one by one: joint bodies apart, each as told, plainly, and by its known letters.

    >>> acting("Taiwan's police")
    ["Taiwan's police", 'Taiwan police']
    """
    if not actor:
        return []
    pieces = [re.sub(r"\A(?:the|both)\s+", "", piece.strip()) for piece in _BOTH.split(actor)]
    whole = len(pieces) < 2 or any(not (is_body(piece) or piece.isupper()) for piece in pieces)
    names: list[str] = []
    for piece in [actor] if whole else pieces:
        short = "".join(word[0] for word in re.findall(r"\b[A-Z]\w+", piece))
        told = re.sub(r"\s*\([^)]*\)", "", piece)
        names += [
            told,
            plain_name(told),
            *re.findall(r"\(([A-Z]\w+)\)", piece),
            *([short] if short in _LETTERS else ()),
        ]
    return [name for name in dict.fromkeys(names) if name]
