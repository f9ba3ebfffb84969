"""Names on platforms in a text: a word for the platform, what may stand between, and the name; and names behind @."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from upriver.extract.mention_page import Page
from upriver.extract.mention_words import Cue, listed

_NAMES = {
    "wechat": r"@?(?P<name>[A-Za-z_][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_@-])",
    "telegram": r"(?P<at>@?)(?P<name>[A-Za-z][A-Za-z0-9_]{3,31})(?![A-Za-z0-9_@])",
    "qq": r"(?P<name>[1-9]\d{4,10}(?!\d)|[1-9]\d{0,3}(?:[ .-]\d{1,4}){1,9}(?![ .-]?\d))",
    "line": r"(?P<at>@?)(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{2,18}[A-Za-z0-9])(?![A-Za-z0-9@])",
    "zalo": r"(?P<at>@?)(?P<name>[A-Za-z][A-Za-z0-9._]{3,30})(?![A-Za-z0-9@])",
    "other": r"(?P<name>[A-Za-z][A-Za-z0-9._]{3,28}[A-Za-z0-9_])(?![A-Za-z0-9@/:-])",
}
_NAMED = re.compile(r"id|user|name|nick|ник|号|號|아이디|ไอดี", re.IGNORECASE)
_NO_WORD = re.compile(r"[A-Za-z]{2,}[A-Za-z_.]*\d[A-Za-z0-9_.]*|[A-Za-z]{2,}_[A-Za-z0-9_.]{2,}")
_HOST_END = re.compile(r"\.[A-Za-z]{2,}$")
_WXID = re.compile(r"(?<![A-Za-z0-9_-])wxid_[a-z0-9]{6,20}(?![A-Za-z0-9_-])")
_GLUED = re.compile(
    r"(?:[加+➕我]\s?|客服)(?:[vVwW][xX]|[vV](?!ip|IP|Ip))(?P<name>[A-Za-z][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_@-])"
)
_AT = re.compile(r"(?<![A-Za-z0-9_.@/])@(?P<name>[A-Za-z](?:[A-Za-z0-9_]|\.(?=[A-Za-z0-9_])){2,31})(?![A-Za-z0-9_@])")
_BEHIND = re.compile(r"(?P<name>@?[A-Za-z0-9_-]{5,32})\s?[(（【\[]\s*(?:(?:on|via|my|in|我的)\s*)?$")
_AFTER = re.compile(r"\s*(?:[(（【\[]\s*(?:on |via |my )?|,?\s(?:(?:both|all|also)\s)?(?:on|via|in|di|en|no|по|в)\s+)$")
_BLANKED = re.compile(r"(?:wxid)?[-_]?(?:[xX*]+[-_]?)+")  # `xxxx`: taken out by somebody before
_LOOKS = re.compile(r"[\d_-]")
_MARK = re.compile(r"[:=→>]")
_MORE_NUMBERS = re.compile(r"\s*[、,，/或和及&]\s*(?P<name>[1-9]\d{4,10})(?![\d.:]|\s?[元块人个次万年月])")
_SENTENCE = re.compile(r"(?<!no)(?<!id)[.。!！?？;；]\s", re.IGNORECASE)
_STOP = re.compile(r"[.;。；!！?？\n](?!\S)|[。；！？\n\0]")
_SEPARATED = re.compile(r"[\s,，、/|&;；+或和与及]|or|and|และ|và|dan|y|e|または|또는", re.IGNORECASE)
_HOPS = 3  # words for other platforms between a word and its name
_WINDOW = 40  # characters before @ in which a word for its platform stands
_UNIT_NEXT = re.compile(r"\s?(?:元|块|人|个|次|万|美元|粉|年|月|岁|%|usdt|members|users|people)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _between() -> str:
    marks = "|".join(
        re.escape(word) for word in sorted(listed("between", "marks"), key=len, reverse=True) if not word.isascii()
    )
    words = "|".join(re.escape(word) for word in sorted(listed("between", "words"), key=len, reverse=True))
    # Words of letters stand alone; ends of names such as `isabel` are no `is`.
    return (
        rf"(?P<between>(?:[\s:=\-–—→➡>👉👇⬇~～/|,，、.()（）\[\]【】「」『』“”\"'*]|{marks}"
        rf"|(?<![A-Za-z])(?:{words})(?![A-Za-z0-9_-])|[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff]){{0,14}}?)"
    )


@lru_cache(maxsize=8)
def _pattern(platform: str) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(listed("between", "words"), key=len, reverse=True)))
    return re.compile(
        f"(?:[一二三四五1-9](?=\\s?[:号]))?{_between()}(?!(?:{words})(?![A-Za-z0-9_-])){_NAMES[platform]}",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _telling() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in listed("between", "telling"))
    return re.compile(rf"[:=→>@]|{words}", re.IGNORECASE)


def dotted(page: Page, met: Sequence[Cue]) -> None:
    """Take names on LINE, and on platforms without a kind. Before hosts: a name such as `somchai.th` looks like one."""
    for cue in met:
        if cue.platform == "line":
            _named(page, cue, ()) or _named_before(page, cue)
        elif cue.platform == "other":
            _named(page, cue, ())


def names(page: Page, met: Sequence[Cue]) -> None:
    """Take names on the platforms that were met, those that `dotted` takes apart."""
    for match in page.matches(_WXID):
        page.take("wechat", match.group(), *match.span())
    # From the last word on: in `QQ / WeChat: lin_88` the name is that of the nearest.
    for place in range(len(met) - 1, -1, -1):
        cue = met[place]
        if cue.platform in _NAMES and cue.platform not in ("line", "other") and page.left[cue.start] != "\0":
            _named(page, cue, met[place + 1 : place + 1 + _HOPS]) or _named_before(page, cue)
    for match in page.matches(_GLUED):
        if _LOOKS.search(match["name"]):
            page.take("wechat", match["name"].lower(), *match.span("name"))


def _named(page: Page, cue: Cue, met: Sequence[Cue]) -> bool:
    """Take the name that follows a word for its platform, if one does."""
    platform, place = cue.platform, cue.end
    match = _pattern(platform).match(page.left, place)
    for other in met:  # `QQ/WeChat: 12345678`: over the words for other platforms to the name
        if (
            match is None
            and other.start >= place
            and re.fullmatch(r"[\s/、,，或和&+|\-]*", page.left[place : other.start])
        ):
            place = other.end
            match = _pattern(platform).match(page.left, place)
    if match is None:
        return False
    name = match["name"]
    if platform == "qq":
        return _qq(page, cue, match)
    between = page.left[cue.end : match.start("name")]
    if not _is_name(page, cue, between, name):
        return False
    if _SENTENCE.search(between) or (
        between[:1] in (")", "）") and page.left[cue.start - 1 : cue.start] in ("(", "（")
    ):
        return False  # another sentence; or the word stands in brackets, and belongs to what is before it
    if not page.wants(platform) and "@" in between + match.group():
        return False  # then it is a handle of a platform that is not asked for
    start = match.start("at") if "at" in match.groupdict() and match["at"] else match.start("name")
    page.take("handle" if platform == "other" else platform, name.lower().rstrip("-"), start, match.end("name"))
    return True


def _qq(page: Page, cue: Cue, match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match["name"])
    mobile = len(digits) == 11 and digits.startswith("1")
    loose = cue.strength != "sure" and not _MARK.search(match["between"])
    spaced = len(digits) < len(match["name"])
    if (
        not (7 if spaced else 5) <= len(digits) <= 11
        or mobile
        or _UNIT_NEXT.match(page.left, match.end())
        or (loose and len(digits) < 7)
    ):
        return False
    page.take("qq", digits, *match.span("name"))
    more = _MORE_NUMBERS.match(page.left, match.end())
    while more:
        page.take("qq", more["name"], *more.span("name"))
        more = _MORE_NUMBERS.match(page.left, more.end())
    return True


def _is_name(page: Page, cue: Cue, between: str, name: str) -> bool:
    """Whether a word behind a word for a platform is a name there, and not the next word of a sentence."""
    small = name.lower()
    if small in listed("not_names", "words") or small in listed("between", "words") or _BLANKED.fullmatch(name):
        return False
    looks = bool(_LOOKS.search(name.strip("-")))
    marked = bool(_MARK.search(between))
    told = marked or bool(_telling().search(between))
    if cue.platform == "telegram":
        return "@" in between + name or (len(name) >= 5 and (looks or marked))
    if cue.platform == "line":
        sure = cue.strength == "sure" or "@" in between or "id" in between.lower()
        return sure or (told and bool(re.search(r"[\d._-]", name))) or bool(_NO_WORD.fullmatch(name))
    if cue.platform == "zalo":
        return told and looks
    if cue.platform == "other":
        # Behind a colon or a word for a name. What has dots may be a host, unless it is called a name or cannot be one.
        called = bool(_NAMED.search(between))
        beside = not page.left[cue.start].isascii() or page.left[cue.start - 1 : cue.start] >= "\u0e00"
        named = called or (looks and (marked or beside))
        return named and (called or "_" in name or not _HOST_END.search(name))
    latin = page.left[cue.start].isascii() and page.left[cue.end - 1].isascii()
    if cue.strength == "slang":
        # A single `v` is also a letter: then a colon, or Chinese before it, must make it a word for the platform.
        alone = cue.end - cue.start == 1
        beside = page.left[cue.start - 1 : cue.start] >= "\u3400" and "," not in between
        return (looks and (marked or not (alone and latin) or beside)) or (marked and not alone)
    if looks:
        # `vx` glued to letters may be a part of them.
        return cue.strength != "short" or bool(between) or not latin
    if cue.strength == "short":
        return bool(between)
    return told or (not latin and bool(between.strip(" ")) and "," not in between)


def _named_before(page: Page, cue: Cue) -> bool:
    """Take the name before a word for its platform in brackets: `lin_88 (WeChat)`."""
    head = page.left[max(0, cue.start - 48) : cue.start]
    match = _BEHIND.search(head)
    if match is None or cue.platform == "qq" or cue.platform == "zalo":
        return False
    name = match["name"]
    if not re.fullmatch(_NAMES[cue.platform].replace("(?P<at>@?)", "@?"), name) or not (
        _LOOKS.search(name) or name[0] == "@"
    ):
        return False
    start = cue.start - len(head) + match.start("name")
    if start and re.match(r"[A-Za-z0-9_.@]", page.left[start - 1]):
        return False
    page.take(cue.platform, name.lstrip("@").lower(), start, start + len(name))
    return True


def handles(page: Page, met: Sequence[Cue]) -> None:
    """Take what stands behind @: a name on the platform that is named nearest, or a handle of none."""
    if "@" not in page.left:
        return
    before: tuple[int, str] | None = None
    for match in page.matches(_AT):
        name = match["name"].lower()
        rest = page.left[match.end() : match.end() + 2]
        if re.match(r"-[A-Za-z0-9]", rest):
            continue
        if name in listed("not_names", "at") or re.match(r"/[a-z]|\(", rest):
            continue
        kind = _platform(page, match, met, before)
        if kind == "telegram":
            name = name.partition(".")[0]
        before = (match.end(), kind)
        page.take(kind, name, match.start(), match.start() + 1 + len(name))


def _platform(page: Page, match: re.Match[str], met: Sequence[Cue], before: tuple[int, str] | None) -> str:
    kind = ""
    near = [
        cue
        for cue in met
        if match.start() - _WINDOW <= cue.start and cue.end <= match.start() and cue.platform != "phone"
    ]
    for cue in reversed(near):
        if cue.platform in ("whatsapp", "qq") or (cue.platform == "wechat" and cue.strength == "slang"):
            continue
        between = page.left[cue.end : match.start()]
        if not _parted(between) and (cue.strength == "sure" or _only_words(between.replace("\0", ""))):
            kind = cue.platform
        break
    for cue in met:
        if cue.start >= match.end() and cue.platform in ("telegram", "line", "wechat", "other"):
            between = page.left[match.end() : cue.start]
            behind = _AFTER.fullmatch(between) and not re.match(r"\s*:?\s*[@+\d]", page.left[cue.end :])
            if behind and (cue.strength == "sure" or "(" in between or "（" in between):
                kind = cue.platform
            break
    if not kind and before and not _SEPARATED.sub("", page.left[before[0] : match.start()]):
        kind = before[1]
    if not kind and match["name"].lower().endswith("bot"):
        kind = "telegram"
    return kind if kind in ("telegram", "line", "wechat") and page.wants(kind) else "handle"


def _parted(between: str) -> bool:
    """Whether a word and a name belong to two sentences; of a list of names the first ones are struck out."""
    head, struck, tail = between.rpartition("\0")
    if struck and _only_words(tail):
        return bool(_STOP.search(head.replace("\0", "")))
    return bool(_STOP.search(between))


@lru_cache(maxsize=1)
def _words_alone() -> re.Pattern[str]:
    return re.compile(_between().replace("{0,14}?", "{0,14}"), re.IGNORECASE)


def _only_words(between: str) -> bool:
    """Whether nothing stands there but what may stand between a word for a platform and a name."""
    return _words_alone().fullmatch(between) is not None
