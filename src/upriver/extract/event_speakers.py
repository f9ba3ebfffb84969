"""By whose word: the speakers of a sentence, the nearest first, and the agency or paper that carries the passage."""

from __future__ import annotations

import re

from upriver.extract.event_lexicon import Lexicon

UNATTRIBUTED = ("unattributed",)
_DATELINE = re.compile(r"\A[^\n]{0,90}?\((?P<agency>[A-Z][\w .&/-]{1,24})\)\s*(?:--?|—|–|:|[A-Z])")
_HAN_AGENCY = re.compile(
    r"\A[\s【(（]*(?P<agency>[\u3400-\u9fff]{1,8}(?:社|报|報|网|網|台|臺|视|視|日報|日报|新闻|新聞|專訊"
    r"|專电))(?:[\u3400-\u9fffA-Za-z]{0,10}\d+[日月]|讯|訊|記者|记者|综合|綜合|专电|消息|】|[^,，。]{0,14}[电電]\s)"
)
_NAMED_PAPER = re.compile(r"[《](?P<paper>[^》]{2,12})[》]")
_CUT = re.compile(
    r"[,;:\"“”()—!?]|\s--\s|\.\s|\b(?:that|when|after|while|and|but|which|who|whom|as|because|although"
    r"|though|adding|for|it|he|she|they|we|I|what|where|than|if|before|is|are|was|were|has|have|had"
    r"|be)\b",
)
_TAIL = re.compile(
    r"(?:\s+(?:has|have|had|also|later|earlier|since|then|now|still|however|meanwhile|already|first"
    r"|newly|jointly|officially|recently|alone|themselves|late|early|today|yesterday|will|would"
    r"|further|separately|on\s+\w+day|\w+day|this week|\w+ly))+\s*\Z",
    re.IGNORECASE,
)
_LEAD = re.compile(r"\A(?:the|a|an|its|his|her|their|one|in a statement|state-run)\s+", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\A(?:he|she|it|they|we|i|you|who|which|that|this|these|those|there|nobody|none|what|but|reports?"
    r"|sources claim|(?:of|among)\s.*)?\Z",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[\"”,,]\s*\Z")
_WHICH = re.compile(r",\s+(?:which|who|whose)\s[^,]*,\s*\Z")
_GENERIC = re.compile(
    r"[a-z\s]*\b(?:unit|office|court|company|force|ministry|department|agency|group|police|firm"
    r"|regulator|authority|bench|officials?|notice|report|study)"
)
_OUTER = re.compile(r"\btold\s+(?:the\s+)?(?P<outer>[A-Z][\w&.’'-]*(?:\s+(?:of\s+)?[A-Z][\w&.’'-]*){0,4})")
_HAN_NOT = re.compile(
    r"\A(?:其|该|該|自|并|並|对|對|在|由|向|与|與|和|有关|有關|他|她|它|据|據|引述|援引|根据|根據|昨日|今天|昨天|近日|日前|最新|\d+日|\d+月\d+日|上周|周[一二三四五六日])+"
)
_HAN_TAIL = re.compile(
    r"(?:最新|今天|昨日|昨天|今日|昨|日前|近日|随后|隨後|同时|同時|上周在[\u3400-\u9fff]+|\d{1,2}月\d{1,2}日|\d{1,2}日晚?|周[一二三四五六日]"
    r"|对外|對外|正式|公开|公開|则|則|亦|也|还|還|早前|在[^,，。]{0,10}[上中里]|傍晚|晚|上午|下午|的|召开记者会|召開記者會|发布|發布|回覆查詢時|答詢時|接受采访时"
    r"|举行)+\Z"
)


def speakers_of(sentence: str, words: Lexicon) -> tuple[str, ...]:
    """Who says so in one sentence, the nearest first."""
    return _han_speakers(sentence, words) if words.script == "han" else _latin_speakers(sentence, words)


def is_generic(name: str) -> bool:
    """Whether a speaker is only called by its kind ("the office"): who that is was told elsewhere."""
    return _GENERIC.fullmatch(name) is not None


def agency_of(text: str, words: Lexicon) -> tuple[str, ...]:
    """The agency or paper of the dateline."""
    if words.script == "han":
        found = _HAN_AGENCY.match(text[:60])
        return (found["agency"].removesuffix("消息"),) if found else ()
    found = _DATELINE.match(text[:140])
    return (found["agency"],) if found else ()


def _latin_speakers(sentence: str, words: Lexicon) -> tuple[str, ...]:
    found: list[tuple[int, str]] = []
    for match in words.speech_before.finditer(sentence):
        name = _tidy(_CUT.split(sentence[match.end() : match.end() + 90].strip())[0])
        if name:
            found.append((match.start(), name))
    for match in words.speech.finditer(sentence):
        before = sentence[max(0, match.start() - 110) : match.start()]
        name = None
        if _AFTER.search(before) or not before.strip():
            name = _tidy(_CUT.split(sentence[match.end() : match.end() + 80].strip())[0])
            name = (
                None
                if name and not re.match(r"[A-Z]|the\b", sentence[match.end() :].strip()) and len(name) < 4
                else name
            )
        found += [(match.start(), one) for one in ([name] if name else _subject(before))]
    for match in _OUTER.finditer(sentence):
        found.append((match.start() + 1, match["outer"]))
    return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda item: item[0])))


def _subject(before: str) -> list[str]:
    """The noun phrase that ends just before a verb of speech."""
    before = _TAIL.sub("", " " + before).rstrip()
    aside = _WHICH.search(before)
    if aside is not None and (name := _tidy(_CUT.split(before[: aside.start()])[-1])):
        return [name]  # The office, which received them on Tuesday, confirmed
    closed = before.endswith(",")
    pieces = [piece.strip() for piece in _CUT.split(before.rstrip(" ,"))]
    name = _tidy(pieces[-1]) if pieces else None
    if name is None:
        return []
    if closed and len(pieces) > 1 and (owner := _tidy(pieces[-2])):
        return [f"{owner}, {name}"]  # Tak's deputy governor, Sawat Inthakul, said
    return [name]


def _tidy(text: str) -> str | None:
    text = _TAIL.sub("", " " + text).strip(" ,.'’")
    previous = None
    while previous != text:
        previous, text = text, _LEAD.sub("", text).strip()
    words = text.split()
    if not words or _PRONOUN.match(text) or not any(char.isalpha() for char in text):
        return None
    return " ".join(words[-9:])


def _han_speakers(sentence: str, words: Lexicon) -> tuple[str, ...]:
    found: list[tuple[int, str]] = []
    for match in words.speech.finditer(sentence):
        before = re.split(
            r"[,，。;；:：「」“”|】)）\n]|(?:引述|援引|据|據)", sentence[max(0, match.start() - 40) : match.start()]
        )[-1]
        name = _HAN_NOT.sub("", _HAN_TAIL.sub("", before.strip()))
        if 2 <= len(name) <= 26 and not name[:1].isdigit() and "記者" not in name and "记者" not in name:
            found.append((match.start(), name.strip("《》")))
    for match in words.speech_before.finditer(sentence):
        name = re.split(
            r"[,，。;；:：的]|消息|报道|報道|報導|介绍|通报|称|稱|统计|估算|話|话",
            sentence[match.end() : match.end() + 26],
        )[0]
        name = _HAN_NOT.sub("", _HAN_TAIL.sub("", name.strip()))
        if len(name) >= 2 and not name.startswith("悉"):
            found.append((match.start(), name.strip("《》")))
    for match in _NAMED_PAPER.finditer(sentence):
        found.append((match.start() - 40, match["paper"]))
    # The innermost speaker stands last before what is said.
    return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda item: -item[0])))
