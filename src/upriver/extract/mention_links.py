"""Mail and web addresses in a text, disarmed or not, beside any script; and links to a name on a platform."""

from __future__ import annotations

import re

from upriver.clean import contacts
from upriver.extract.mention_page import Page
from upriver.extract.mention_words import listed

# A dot as it is written: plain, in brackets, as a word in them, as a Chinese full stop or word. Some tools leave `[.`.
_DOT = r"(?:\.|\s?[\[({【（]\s?(?:\.|。|dot|点)\s?[\])}】）]\s?|\[\.|\\\.|。|(?<=[A-Za-z0-9])点(?=[A-Za-z]))"
_LETTER = r"A-Za-z0-9À-ÖØ-öø-ɏ"
_LABEL = rf"[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?"
_END = r"(?:[A-Za-z]{2,24}|[Xx][Nn]--[A-Za-z0-9-]{2,59})"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL}){{0,8}}{_DOT}{_END}"
_HAN_LABEL = r"[\u4e00-\u9fffA-Za-z0-9-]{1,40}"
_HAN_END = r"(?:中国|中國|公司|网络|網絡|在线|商城|集团|网址|网店|商店|我爱你|游戏|娱乐|台灣|台湾|香港|新加坡)"
_CYRILLIC = r"[а-яёА-ЯЁ0-9](?:[а-яёА-ЯЁ0-9-]*[а-яёА-ЯЁ0-9])?(?:\.[а-яёА-ЯЁ0-9-]+)*\.(?:рф|бел|укр|срб|қаз|онлайн|сайт)"
_OTHER_HOST = rf"{_HAN_LABEL}(?:\.{_HAN_LABEL})*\.{_HAN_END}|{_CYRILLIC}"
# Behind a scheme labels of any script, their vowel signs too; no marks of sentences.
_ANY_LABEL = r"[^\W_](?:[^\s\x00-\x2c./:;<=>?@\[\\\]^_`{|}~\u2000-\u206f\u3000-\u303f\uff00-\uff20]{0,61})"
_ANY_HOST = rf"{_ANY_LABEL}(?:\.{_ANY_LABEL}){{0,8}}\.{_END}(?![A-Za-z0-9])"
_FOUR = rf"\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}"
_PORT = r"(?::\d{1,5}(?!\d))?"
# What goes on as a further link, `a.top/x,https://b.top/y`, ends this one.
_PATH = r"(?:[/?#](?:(?![,;|]\s?h(?:tt|xx)ps?:)(?:[A-Za-z0-9\-._~:/?#@!$&'*+,;=%()|]|\[\.\]|\[dot\]))*)"
_SCHEME = r"(?:h(?:tt|xx|\*\*|tx|xt)ps?|fxp|ftp)(?:\[?:\]?//|\[://\]|:\\\\|\[:\]//|:/\[/\])"
_BEFORE = r"(?<![A-Za-z0-9@_-])(?<![^*]\.)"  # of `*.host` the host

_EMAIL = re.compile(
    rf"{_BEFORE}[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}(?:@|\s?[\[({{【（]\s?(?:@|at)\s?[\])}}】）]\s?|艾特){_HOST}(?![A-Za-z0-9@-])"
    rf"|{_BEFORE}[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}} at {_LABEL}(?: dot {_LABEL})* dot [A-Za-z]{{2,24}}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TELEGRAM = re.compile(
    rf"(?:{_SCHEME})?(?<![A-Za-z0-9.@-])(?:www{_DOT})?(?:(?:t|telegram){_DOT}(?:me|dog)/(?:s/)?@?(?P<name>[A-Za-z][A-Za-z0-9_]{{3,31}})(?![A-Za-z0-9_])"
    rf"(?:/\d+)?/?(?:\?[A-Za-z0-9=&_%.-]*[A-Za-z0-9=])?|(?P<host>[A-Za-z][A-Za-z0-9_]{{4,31}}){_DOT}t{_DOT}me(?![A-Za-z0-9/.]))"
    r"|tg:/?/?resolve\?domain=(?P<deep>[A-Za-z][A-Za-z0-9_]{3,31})(?:&[A-Za-z0-9=&_%.-]*[A-Za-z0-9=])?",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    {
        "joinchat",
        "addstickers",
        "addlist",
        "addemoji",
        "share",
        "proxy",
        "socks",
        "setlanguage",
        "login",
        "confirmphone",
        "invoice",
        "boost",
    }
)
_WHATSAPP = re.compile(
    rf"(?:{_SCHEME})?(?<![A-Za-z0-9.@-])(?:wa{_DOT}me/|(?:api|web){_DOT}whatsapp{_DOT}com/send/?\?(?:[a-z_]+=[^&\s]*&)*phone="
    r"|whatsapp://send/?\?phone=)(?:\+|%2B)?(?P<digits>\d{7,15})(?!\d)/?(?:[?&][A-Za-z0-9=&_%.+-]*[A-Za-z0-9=])?",
    re.IGNORECASE,
)
_LINE = re.compile(
    rf"(?:(?:{_SCHEME})?(?<![A-Za-z0-9.@-])line{_DOT}me/(?:R/)?ti/p/|line://ti/p/)(?P<id>[~@%][A-Za-z0-9._%-]{{3,30}}[A-Za-z0-9])",
    re.IGNORECASE,
)
_ZALO = re.compile(
    rf"(?:{_SCHEME})?(?<![A-Za-z0-9.@-])zalo{_DOT}me/(?:g/)?(?P<id>[A-Za-z0-9._]{{4,32}})(?![A-Za-z0-9/])",
    re.IGNORECASE,
)
_URL = re.compile(
    rf"{_BEFORE}(?:{_SCHEME}(?:[^\s/@\u0080-\U0010ffff]{{1,64}}@)?(?:{_FOUR}|{_HOST}|{_OTHER_HOST}|{_ANY_HOST}|\[[0-9A-Fa-f:.]{{3,39}}\]){_PORT}{_PATH}?"
    rf"|(?P<bare>{_HOST}|{_FOUR}){_PORT}{_PATH})",
    re.IGNORECASE,
)
_DOMAIN = re.compile(rf"{_BEFORE}{_HOST}(?![A-Za-z0-9@]|-[A-Za-z0-9]|\.[A-Za-z0-9])")
_AT_HOST = re.compile(
    rf"(?<![A-Za-z0-9_.@/-])@(?P<host>{_LABEL}(?:\.{_LABEL})*\.(?P<end>[A-Za-z]{{2,24}}))(?![A-Za-z0-9_-])"
)
_SPELT = re.compile(rf"{_BEFORE}{_LABEL}(?: dot {_LABEL})* dot (?P<end>[A-Za-z]{{2,24}})(?![A-Za-z0-9])", re.IGNORECASE)
_OTHER_DOMAIN = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z0-9а-яё._@-])(?:{_OTHER_HOST})(?![\u4e00-\u9fffA-Za-z0-9а-яё])", re.IGNORECASE
)
_PARTS = re.compile(r"[.。点\s\[\](){}【】（）\\]+|\bdot\b")
_RESERVED = frozenset({"example", "test", "invalid", "local", "internal", "onion", "localhost"})
_TAIL = ".,;:!?'\"*&|"
_HINT = re.compile(r"[.。点]|dot|艾特|:/", re.IGNORECASE)
_MAIL_HINT = re.compile(r"@|\bat\b|艾特", re.IGNORECASE)


def links(page: Page) -> None:
    """Take mail addresses first, then links to names, links, and hosts that stand alone."""
    if not _HINT.search(page.left):
        return
    if _MAIL_HINT.search(page.left):
        _emails(page)
    if "/" in page.left or "\\" in page.left or ".me" in page.left:
        _names(page)
        _urls(page)
    for match in page.matches(_DOMAIN):
        if _is_domain(page, match.group(), *match.span()):
            page.take("domain", contacts.domain(match.group()), *match.span())
    if "@" in page.left:  # `senders @host.com`: of the mail of a host
        for match in page.matches(_AT_HOST):
            if _usual(match["end"].lower()):
                page.take("domain", contacts.domain(match["host"]), *match.span("host"))
    if " dot " in page.small:
        for match in page.matches(_SPELT):
            end = match["end"].lower()
            long = len(match.group().split(" ")[0]) > 3  # `the dot com boom`
            told = re.search(r"[\d-]", match.group()) or (
                long and (end in ("com", "net", "org") or _site_near(page, match.start()))
            )
            if told and _usual(end):
                page.take("domain", contacts.domain(match.group()), *match.span())
    if not page.text.isascii():
        for match in page.matches(_OTHER_DOMAIN):
            page.take("domain", match.group().lower(), *match.span())


def _emails(page: Page) -> None:
    for match in page.matches(_EMAIL):
        value = contacts.email(match.group().replace("艾特", "@"))
        if value is None:
            continue
        host = value.rpartition("@")[2]
        end = host.rpartition(".")[2]
        words = " at " in match.group().lower() and "(" not in match.group()
        if (contacts.is_host(host) or end in _RESERVED) and (not words or _usual(end)):
            page.take("email", value, *match.span())


def _names(page: Page) -> None:
    for match in page.matches(_TELEGRAM):
        name = (match["name"] or match["host"] or match["deep"]).lower()
        if name not in _NOT_NAMES:
            page.take("telegram", name, *match.span())
    for match in page.matches(_WHATSAPP):
        page.take("whatsapp", contacts.phone(f"+{match['digits']}"), *match.span())
    if page.wants("line"):  # where its kind is not asked for, it is a link as any other
        for match in page.matches(_LINE):
            page.take("line", re.sub(r"^(?:[~@]|%40|%7e)", "", match["id"].lower()), *match.span())
    if page.wants("zalo"):
        for match in page.matches(_ZALO):
            page.take("zalo", match["id"].lower(), *match.span())


def _urls(page: Page) -> None:
    for match in page.matches(_URL):
        start, bare = match.start(), match["bare"]
        raw = _trimmed(_unquoted(page.left[:start][-1:], match.group()))
        if bare:
            rest = raw[len(bare) :]
            if bare[0].isdigit() and re.fullmatch(r"[\d.\[\](){}]+", bare):
                if not re.match(r"(?::\d+)?/[A-Za-z]", rest):
                    continue  # 10.0.0.0/24, 3.1.4.1/2
            elif not _is_domain(page, bare, start, start + len(bare)):
                continue
            elif (
                re.fullmatch(rf"/{_HOST}", rest)
                and _usual(rest.rpartition(".")[2].lower())
                and contacts.domain(rest[1:])
            ):
                continue  # alpha.top/beta.top: two hosts
            elif rest in ("", "/") and not raw.endswith("/"):
                continue
        value = contacts.url(raw)
        if value:
            page.take("url", value, start, start + len(raw))


def _unquoted(before: str, raw: str) -> str:
    """`raw` as far as the mark that closes what `before` opens."""
    return raw.partition(before)[0] if before and before in "'\"*|" else raw


def _trimmed(raw: str) -> str:
    """`raw` without marks of the sentence at its end, and without a bracket that was opened before it."""
    while True:
        short = raw.rstrip(_TAIL)
        short = re.sub(r"(?<=/)\.[A-Z][a-z]+$", "", short)  # the blank after a full stop is missing
        if short.endswith("(") or (short.endswith(")") and short.count("(") < short.count(")")):
            short = short[:-1]
        if short == raw:
            return raw
        raw = short


def _usual(end: str) -> bool:
    return end in listed("suffix", "usual") or end in listed("suffix", "country")


def _site_near(page: Page, start: int) -> bool:
    said = page.small[max(0, start - 24) : start]
    return any(word in said for word in listed("site", "near"))


def _is_domain(page: Page, raw: str, start: int, end: int) -> bool:
    """Whether a name with dots is a host, and not a file, a name of a program, or two sentences."""
    parts = [part for part in _PARTS.split(raw) if part]
    suffix = parts[-1]
    marked = bool(re.search(r"[\d-]", "".join(parts[:-1])))
    if not (suffix.islower() or suffix.isupper() or suffix.lower() in ("com", "net", "org") or (marked and "-" in raw)):
        return False  # `5pm.Then`: the blank after a full stop is missing
    suffix = suffix.lower()
    if raw.lower() in listed("suffix", "program"):
        return False
    if contacts.domain(raw) is None:
        return False
    around = page.text[max(0, start - 1) : start] + page.text[end : end + 1] if len(page.text) == len(page.left) else ""
    near = _site_near(page, start)
    if "。" in raw and not (marked or near):
        return False
    if suffix in listed("suffix", "file"):
        return near or (len(parts) > 2 and parts[0].lower() in ("www", "m"))
    return (
        _usual(suffix)
        or len(parts) > 2
        or marked
        or bool(re.search(r"[\[({\\【]", raw))
        or near
        or bool(re.search("[\u3040-\u9fff]", around))
    )
