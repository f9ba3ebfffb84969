"""Identifiers in running text, with their places: pure functions, text in, mentions out.

One cheap pattern is asked first whether a text can hold any identifier at all; most cannot, and cost nothing more. What
is found is struck out before the next kind is looked for, so that a card inside a link is not found twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from upriver.clean import accounts, contacts
from upriver.extract.words import words


@dataclass(frozen=True, slots=True)
class Mention:
    """An identifier in a text: `start` and `end` are character offsets of `raw`, the value without its cue word."""

    kind: str
    value: str
    raw: str
    start: int
    end: int


# Full-width letters, digits and signs to their narrow forms: one character for one, so that places stay.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x2010: 0x2D,
    0x2011: 0x2D,
    0x2013: 0x2D,
}
_MAY = re.compile(
    r"\d(?:[\s().\-]?\d){4}|@|[\[({]\s*(?:\.|dot|at)|[A-Za-z0-9-][.。][A-Za-z]{2}| dot |0x[0-9a-f]|微\s*信|[vw][x信]"
    r"|[A-Za-z0-9]{26}|weixin|wechat|薇|威信|[加：:/ ][vVqQ]\s*[：:]|V[：:]|telegram|\btg\b|电报|飞机|line\b",
    re.IGNORECASE,
)
_DOT = r"(?:\.|\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?|。)"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL})*{_DOT}[A-Za-z]{{2,24}}"
_PATH = r"(?:[/?#][A-Za-z0-9\-._~:/?#@!$&'*+,;=%]*)"
_NOT_BEFORE = r"(?<![A-Za-z0-9@._-])"

_EMAIL = re.compile(
    rf"{_NOT_BEFORE}[A-Za-z0-9][A-Za-z0-9._%+-]*(?:@|\s?[\[({{]\s?(?:@|at)\s?[\])}}]\s?){_HOST}(?![A-Za-z0-9@-])"
    rf"|{_NOT_BEFORE}[A-Za-z0-9][A-Za-z0-9._%+-]* at {_LABEL}(?: dot {_LABEL})* dot [A-Za-z]{{2,24}}(?![A-Za-z0-9])"
)
_TELEGRAM_LINK = re.compile(
    r"(?:https?://)?(?<![A-Za-z0-9.])(?:t|telegram)\.me/(?:s/)?([A-Za-z]\w{3,31})(?![\w/])", re.A | re.I
)
_WHATSAPP_LINK = re.compile(
    r"(?:https?://)?(?<![A-Za-z0-9.])(?:wa\.me/|api\.whatsapp\.com/send\?phone=)\+?(\d{7,15})(?!\d)", re.I
)
_URL = re.compile(
    rf"{_NOT_BEFORE}(?:h(?:tt|xx)ps?://(?:\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}|{_HOST})(?::\d{{1,5}})?{_PATH}?|{_HOST}(?::\d{{1,5}})?{_PATH})",
    re.IGNORECASE,
)
_DOMAIN = re.compile(rf"{_NOT_BEFORE}{_HOST}(?![A-Za-z0-9@]|-[A-Za-z0-9]|\.[A-Za-z0-9])")
_EDGE = r"(?![A-Za-z0-9])"
_ETH = re.compile(rf"(?<![A-Za-z0-9])0x[0-9a-fA-F]{{40}}{_EDGE}")
_TRON = re.compile(rf"(?<![A-Za-z0-9])T[1-9A-HJ-NP-Za-km-z]{{33}}{_EDGE}")
_BTC = re.compile(
    rf"(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{{25,34}}|bc1[02-9ac-hj-np-z]{{11,87}}|BC1[02-9AC-HJ-NP-Z]{{11,87}}){_EDGE}"
)
_IBAN = re.compile(
    rf"(?<![A-Za-z0-9])[A-Za-z]{{2}}\d{{2}}(?: ?[A-Za-z0-9]{{4}}){{2,7}}(?: ?[A-Za-z0-9]{{1,3}})?{_EDGE}"
)
_CARD = re.compile(
    r"(?<![A-Za-z0-9.])[2-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{3})?(?![A-Za-z0-9])|(?<!\d)[2-6]\d{15}(?:\d{3})?(?!\d)"
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z0-9])QQ|[扣叩]{2}|企鹅|(?<![A-Za-z0-9])Q(?=\s*[:：/]))\s*(?:群|号|number|id|was|is|no\.?|[:：/是\s])*(\d{5,11})(?!\d)",
    re.I,
)
_WECHAT = re.compile(
    r"(?:(?P<plain>微\s*信|[威薇]\s*信|➕?薇|加\s*[vV](?![A-Za-z])|v信|wx信)|(?<![A-Za-z0-9_])(?P<word>wechat|weixin)|(?<![A-Za-z0-9_])"
    r"(?P<short>vx|wx|v(?=\s*[:：])))(?P<between>(?:\s|号|账号|id\b|id(?=[:：])|[:：/,，是])*(?:(?:is|was)\s+)?)"
    r"(?P<id>[A-Za-z][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"(?<![A-Za-z0-9])line(?P<between>\s*id\s*[:：]?\s*|\s*[:：]\s*)(?!https?\b|www\.)(?P<at>@?)"
    r"(?P<id>[a-z0-9][a-z0-9._-]{2,18}[a-z0-9])(?![a-z0-9])",
    re.IGNORECASE,
)
_TELEGRAM = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:telegram|tg)|纸?飞机|电报)(?P<between>(?:群|号|账号|id\b|is\b|[:：\s])*)(?P<at>@?)(?P<id>[A-Za-z]\w{4,31})(?!\w)",
    re.IGNORECASE | re.ASCII,
)
_AT = re.compile(r"(?<![A-Za-z0-9_.@])@([A-Za-z]\w{3,31})(?![\w@])", re.ASCII)
_PHONE = re.compile(
    r"(?:(?<![A-Za-z0-9_.$€£¥฿])|(?=\+))(?:\+|\(\+?)?\d(?:[\s().\-]{0,2}\d){6,16}(?![A-Za-z0-9_@]|[.,]\d)"
)
_DATE = re.compile(r"(?:19|20)\d\d[-.\s]\d{1,2}[-.\s]\d{1,2}(?!\d)|\d{1,2}[-.]\d{1,2}[-.](?:19|20)\d\d(?!\d)")
_ACCOUNT = re.compile(
    r"(?:\b(?:account|acct|a/c)(?:\s*(?:no|number|num))?|账号|账户|帐号|卡号|บัญชี|เลขที่บัญชี)"
    r"\.?\s*[:：#]?\s*(\d(?:[ -]?\d){8,17})(?!\d)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9][A-Za-z0-9_-]{6,63}(?![A-Za-z0-9_-])")
_WHATSAPP_BEFORE = re.compile(
    r"(?:whats\s?app|(?<![a-z])wa)(?:\s*(?:me|号|number|找|is|id|at|[:：]))*\s*$", re.IGNORECASE
)
_WHATSAPP_AFTER = re.compile(r"\s*[(（]?\s*(?:on\s+|via\s+)?whats\s?app\b", re.IGNORECASE)
_TELEGRAM_AFTER = re.compile(r"\s*[(（]\s*(?:telegram|tg)\b", re.IGNORECASE)
_TAIL = ".,;:!?)'\"*&"


# All kinds of mention.
KINDS = (
    "phone", "url", "domain", "email", "iban", "bank_card", "bank_account", "btc", "eth", "tron", "wechat", "qq",
    "telegram", "whatsapp", "line", "handle",
)  # fmt: skip


def mentions(
    text: str, country: str | None = None, known: Collection[str] = (), kinds: frozenset[str] | None = None
) -> list[Mention]:
    """Every identifier in `text`, in the order in which they stand; each place is counted once.

    country  ISO 3166-1 alpha-2 of the country in which numbers without country code are read; without it they are not
    known    accounts that transfers name: a word of the text that is one of them is a `bank_account`
    """
    if not known and not _MAY.search(text):
        return []
    narrow = text if text.isascii() else text.translate(_NARROW)
    page = _Page(text, narrow)
    for find in _FINDERS:
        find(page)
    _phones(page, country)
    _accounts(page, known)
    found = page.found if kinds is None else [mention for mention in page.found if mention.kind in kinds]
    return sorted(found, key=lambda mention: (mention.start, mention.kind))


class _Page:
    """A text in which what was found is struck out."""

    def __init__(self, text: str, narrow: str) -> None:
        self.text = text
        self.left = narrow
        self.found: list[Mention] = []

    def take(self, kind: str, value: str | None, start: int, end: int) -> None:
        """Note an identifier, and strike its place out; what failed its check is struck out too."""
        if value is not None:
            self.found.append(Mention(kind, value, self.text[start:end], start, end))
        self.left = f"{self.left[:start]}{chr(0) * (end - start)}{self.left[end:]}"

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        # The list is made before anything is struck out: lengths do not change, so places hold.
        return iter(list(pattern.finditer(self.left)))


def _emails(page: _Page) -> None:
    if "@" not in page.left and " dot " not in page.left and "at" not in page.left:
        return
    for match in page.matches(_EMAIL):
        value = contacts.email(match.group())
        if value:
            page.take("email", value, *match.span())


def _line_ids(page: _Page) -> None:
    # Before hosts: an id such as `somchai.th` has the form of one.
    for match in page.matches(_LINE):
        if match["at"] or "id" in match["between"].lower() or re.search(r"[\d._-]", match["id"]):
            page.take("line", match["id"].lower(), *match.span("id"))


def _links(page: _Page) -> None:
    for match in page.matches(_TELEGRAM_LINK):
        page.take("telegram", match[1].lower(), *match.span())
    for match in page.matches(_WHATSAPP_LINK):
        page.take("whatsapp", contacts.phone(f"+{match[1]}"), *match.span())
    for match in page.matches(_URL):
        raw = match.group().rstrip(_TAIL)
        value = contacts.url(raw)
        if value:
            page.take("url", value, match.start(), match.start() + len(raw))
    for match in page.matches(_DOMAIN):
        if _is_domain(page, match):
            page.take("domain", contacts.domain(match.group()), *match.span())


def _is_domain(page: _Page, match: re.Match[str]) -> bool:
    raw, start, end = match.group(), match.start(), match.end()
    parts = re.split(r"[.。\s\[\](){}]+", raw)
    suffix = parts[-1]
    if not (suffix.islower() or raw.isupper()):
        return False  # `5pm.Then`: the blank after a full stop is missing
    suffix = suffix.lower()
    usual = suffix in words("suffix", "usual") or (len(suffix) == 2 and suffix not in words("suffix", "also_word"))
    around = page.text[max(0, start - 1) : start] + page.text[end : end + 1]
    said = page.text[max(0, start - 24) : start].lower()
    supported = (
        len(parts) > 2
        or bool(re.search(r"[\d\[({-]", raw))
        or bool(re.search("[\u3040-\u9fff]", around))
        or any(word in said for word in words("site", "near"))
    )
    return (usual or supported) and contacts.domain(raw) is not None


def _checked(kind: str, pattern: re.Pattern[str], read: Callable[[str], str | None]) -> Callable[[_Page], None]:
    def find(page: _Page) -> None:
        for match in page.matches(pattern):
            page.take(kind, read(match.group()), *match.span())

    return find


def _ibans(page: _Page) -> None:
    for match in page.matches(_IBAN):
        raw = match.group()
        while True:  # a word after the number may look like its last group
            value = accounts.iban(raw)
            if value or " " not in raw:
                break
            raw = raw[: raw.rindex(" ")]
        if value:
            page.take("iban", value, match.start(), match.start() + len(raw))


def _cards(page: _Page) -> None:
    for match in page.matches(_CARD):
        if not _other_number(page.left, match.start()):
            page.take("bank_card", accounts.bank_card(match.group()), *match.span())


def _ids(page: _Page) -> None:
    for match in page.matches(_QQ):
        page.take("qq", match[1], *match.span(1))
    for match in page.matches(_WECHAT):
        value = match["id"].lower()
        # `WeChat is blocked`: after an English word only what cannot be one counts, unless a colon or `id` says so.
        sure = re.search(r"[:：/号]|id", match["between"], re.IGNORECASE) or re.search(r"[\d_-]", value)
        if sure or (match["short"] and match["between"]):
            page.take("wechat", value, *match.span("id"))
    for match in page.matches(_TELEGRAM):
        if match["at"] or re.search(r"[:：号]|id", match["between"], re.IGNORECASE):
            page.take("telegram", match["id"].lower(), match.start("at"), match.end("id"))
    for match in page.matches(_AT):
        name = match[1].lower()
        telegram = name.endswith("bot") or _TELEGRAM_AFTER.match(page.left, match.end())
        page.take("telegram" if telegram else "handle", name, *match.span())


def _phones(page: _Page, country: str | None) -> None:
    for match in page.matches(_PHONE):
        raw, start = match.group(), match.start()
        in_figure = page.text[max(0, start - 2) : start].endswith(",") and page.text[max(0, start - 2)].isdigit()
        if in_figure or _DATE.match(raw) or _other_number(page.left, start):
            continue
        international = raw.lstrip("(").startswith(("+", "00"))
        if not international and country is None:
            continue
        value = contacts.phone(raw, country, surely=True)
        if value is None:
            continue
        before, after = page.left[max(0, start - 24) : start], match.end()
        written = _WHATSAPP_BEFORE.search(before) or _WHATSAPP_AFTER.match(page.left, after)
        page.take("whatsapp" if written else "phone", value, start, match.end())


def _accounts(page: _Page, known: Collection[str]) -> None:
    for match in page.matches(_ACCOUNT):
        page.take("bank_account", re.sub("[ -]", "", match[1]), *match.span(1))
    if not known:
        return
    for match in page.matches(_TOKEN):
        read = accounts.account(match.group()) if any(c.isdigit() for c in match.group()) else None
        if read and read[1] in known:
            page.take(*read, *match.span())


def _other_number(text: str, start: int) -> bool:
    """Whether the words before `start` say that the number there is an order, a parcel, a document."""
    before = text[max(0, start - 16) : start].lower().rstrip(" :：#.是号no")
    return before.endswith(words("other_number", "before"))


_FINDERS: tuple[Callable[[_Page], None], ...] = (
    _emails,
    _line_ids,
    _links,
    _checked("eth", _ETH, accounts.eth),
    _checked("tron", _TRON, accounts.tron),
    _checked("btc", _BTC, accounts.btc),
    _ibans,
    _cards,
    _ids,
)
