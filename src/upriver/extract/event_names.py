"""Persons and groups that a passage names where it tells an event: the Ming family, 徐发启, "named as Chen Wei"."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from upriver.clean.places import nations_in, place, places_in
from upriver.clean.readings import surnames_in_text

_MOST = 6
_PASSAGE = 4000
_BY_NAME = frozenset({"sentence", "execution", "wanted_notice", "sanction", "prosecution"})
_SENTENCE = re.compile(r"[.!?](?:\s|\Z)|[。!?;;\n]|\[\.{3}\]")
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Capt|Sgt|No|St|Jr|U\.S|U\.K|[A-Z])\.\Z")
_WORD = r"[A-Z][\w’'-]+"
_BODIES = (
    r"(?i:police|court|ministry|office|news|times|post|daily|bank|park|city|province|airport|act|day|hotel|bridge)"
)
_GROUP = re.compile(
    rf"\b(?P<name>(?:{_WORD}\s+){{1,4}}?)(?:[a-z-]+\s+){{0,2}}?"
    r"(?P<kind>family|families|clan|syndicate|gang|crime group|criminal group|organi[sz]ation|Group|Holdings?"
    r"|Holding Group|Army|Militia)\b"
)
_PERSON_AFTER = re.compile(
    r"\b(?:sentenc\w+|execut\w+|extradit\w+|arrest\w*|detain\w*|named|identified as|known as|led by|headed by|"
    r"suspects?|"
    r"kingpin|ringleader|boss|leader|chairman|chairwoman|founder|tycoon|businessman|mastermind|financier|patriarch|"
    rf"defendants?|including|alias|against|warlord|general)\s+(?:\(?also\s+)?(?P<name>{_WORD}(?:\s+{_WORD}){{1,3}})"
)
_PERSON_BEFORE = re.compile(
    rf"(?P<name>{_WORD}(?:\s+{_WORD}){{1,3}}),?\s+(?:\([^()]{{1,40}}\),?\s+)?(?:was|were|has been|is|who)\s+"
    r"(?:\w+ly\s+)?(?:sentenced|executed|extradited|arrested|detained|indicted|charged|sanctioned|handed over|deported"
    r"|repatriated)\b"
)
_PLAIN = re.compile(rf"(?<![.!?] )(?<!\A)\b(?P<name>{_WORD}\s{_WORD}(?:\s{_WORD})?)(?![\w’'-]*\s+(?:{_BODIES})\b)")
# Who speaks of it is not whom it is about.
_SPEAKS = re.compile(
    r"\b(?:said|says|told|according to|spokes\w+|minister|governor|officer|official|director|commissioner|deputy|"
    r"secretary|analyst|researcher|judge|professor|by|as)\b[^.]{0,12}\Z"
)
_SPOKE = re.compile(r",?\s*(?:(?:who|the|a|an|its|of)\s[^,.]{0,50},\s*)?(?:said|says|told|added|announced|wrote)\b")
_ALSO = re.compile(rf"\b(?:also known as|a\.k\.a\.|alias|nicknamed)\s+[“\"']?(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})")
_HAN_GROUP = re.compile(
    r"[“「『\"](?P<quoted>[\u3400-\u9fff]{2,6})[”」』\"]\s*(?:犯罪)?集[团團]"
    r"|(?P<name>[\u3400-\u9fff]{1,3}?)(?:氏(?:家族)?(?:犯罪)?集[团團]|氏家族|家族|犯罪集[团團]|犯罪[团團]伙)"
)
_HAN_LED = re.compile(r"以(?P<names>[\u3400-\u9fff、]{2,24}?)(?:等人?)?[为為]首")
_HAN_PERSON = re.compile(
    r"(?:被告人?|嫌疑人|疑犯|嫌犯|头目|頭目|首犯|主犯|成员|成員|董事长|董事長|负责人|負責人|金主|[通悬懸]缉|[通懸]緝|缉拿|緝拿"
    r"|[将將对對、,,和及与與的名是为為处處]|\A)"
    r"(?P<names>(?:[\u3400-\u9fff]{2,3}、){0,5}[\u3400-\u9fff]{2,3}?)"
    r"(?=等|[、,,。(（(]|移交|执行|執行|判|遣|押|引渡|提起|批准|实施|實施|被|犯|在|因|一审|一審|落网|落網|死刑|获刑|獲刑)"
)
_NAMED = frozenset(
    {"sentence", "execution", "prosecution", "sanction", "wanted_notice", "arrest", "handover", "repatriation", "raid",
     "seizure", "death"}
)  # fmt: skip


def names_in(text: str, start: int, end: int, kind: str) -> tuple[str, ...]:
    """Names of persons and groups in the sentence of `text` that holds an event of type `kind`, as spelled.

    start, end  offsets of the event's words
    """
    if kind not in _NAMED:
        return ()
    begin, stop = _sentence(text, start, end)
    near = _names(text[begin:stop], kind in _BY_NAME)
    if kind not in _BY_NAME:
        return near
    # A court's notice names them once, and speaks of "the group" from there on.
    return near or _names(text[:_PASSAGE], True)


@cache
def _no_names() -> frozenset[str]:
    told = tomllib.loads(Path(__file__).with_name("event_names.toml").read_text(encoding="utf-8"))
    return frozenset(told["not_names"].split())


@lru_cache(maxsize=256)
def _names(sentence: str, by_name: bool) -> tuple[str, ...]:
    """Names in order; `by_name`: of an act told of named persons, where any two capitalised words may be one."""
    found: dict[str, int] = {}
    for match in _GROUP.finditer(sentence):
        name = match["name"].strip()
        kind = match["kind"]
        if _may_be(name):
            found.setdefault(f"{name} {kind}", match.start())
    for form in (_PERSON_AFTER, _PERSON_BEFORE, _ALSO):
        for match in form.finditer(sentence):
            if _may_be(match["name"]) and not any(match["name"] in known for known in found):
                found.setdefault(match["name"], match.start("name"))
    for match in _PLAIN.finditer(sentence) if by_name else ():
        name = match["name"]
        spoke = _SPEAKS.search(sentence[: match.start()]) or _SPOKE.match(sentence, match.end())
        if not spoke and _may_be(name) and not any(name in known or known in name for known in found):
            found.setdefault(name, match.start("name"))
    for match in _HAN_GROUP.finditer(sentence):
        if match["quoted"]:
            found.setdefault(match.group(), match.start())
            continue
        at = next((n for n, char in enumerate(match["name"]) if char in surnames_in_text()), None)
        if at is not None:
            found.setdefault(match.group()[at:], match.start() + at)
    for form in (_HAN_LED, _HAN_PERSON):
        for match in form.finditer(sentence):
            for name in match["names"].split("、"):
                if 2 <= len(name) <= 4 and name[0] in surnames_in_text() and not (place(name) or nations_in(name)):
                    found.setdefault(name, match.start("names"))
    return tuple(sorted(found, key=lambda name: (found[name], name)))[:_MOST]


def _may_be(name: str) -> bool:
    """Whether a run of capitalised words may name a person or group: no body, nation, place or day."""
    words = [word.strip("’'").casefold() for word in name.split()]
    if not words or any(word.removesuffix("’s").removesuffix("'s") in _no_names() for word in words):
        return False
    return not (nations_in(name) or places_in(name))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets of the sentence around an event's words."""
    begin = 0
    for match in _SENTENCE.finditer(text, 0, start):
        if not (match.group().startswith(".") and _ABBREVIATED.search(text[: match.start() + 1])):
            begin = match.end()
    for match in _SENTENCE.finditer(text, end):
        if not (match.group().startswith(".") and _ABBREVIATED.search(text[: match.start() + 1])):
            return begin, match.start()
    return begin, len(text)
