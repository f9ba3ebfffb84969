"""Phones, handles, mail and web addresses: text in, kind and value or None out.

Values are those by which an identifier is equal wherever it is seen: phones in E.164, handles without @ in small
letters, hosts refanged and in small letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from upriver.clean.accounts import plain

# What a platform is called in a column, folded; the table `message` holds the values.
PLATFORMS = {
    "whatsapp": "whatsapp", "wa": "whatsapp", "whats app": "whatsapp", "telegram": "telegram", "tg": "telegram",
    "电报": "telegram", "飞机": "telegram", "sms": "sms", "text": "sms", "短信": "sms", "imessage": "sms", "mms": "sms",
    "wechat": "wechat", "weixin": "wechat", "微信": "wechat", "wx": "wechat", "vx": "wechat", "mail": "mail",
    "email": "mail", "e-mail": "mail", "邮件": "mail", "line": "line", "qq": "qq",
}  # fmt: skip

_PHONE = re.compile(r"(?:tel:)?[+(]?[\d(][\d\s().\-/\u2010-\u2015]{3,}\d\Z")
_DIGITS = re.compile(r"\D+")
_EXTENSION = re.compile(r"\s*(?:ext\.?|x|转|分机)\s*\d{1,6}\Z", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,24}\Z")
_URL = re.compile(
    r"(?P<scheme>https?|ftp)://(?P<user>[^/?#@\s]+@)?(?P<host>\[[0-9a-f:.]+\]|[^/?#:\s\[\]]+)(?P<port>:\d{1,5})?"
    r"(?P<rest>[/?#]\S*)?\Z",
    re.IGNORECASE,
)
_SIX = re.compile(r"\[[0-9a-f:.]+\]\Z")
_DISARMED = re.compile(r"[\[({\\*]|hxxp|htxp|hxtp|fxp| (?:dot|at) ", re.IGNORECASE)
_DISARMED_SCHEME = re.compile(
    r"(?P<name>h(?:tt|xx|\*\*|tx|xt)ps?|ftp|fxp)(?:\[://\]|\[?:\]?//|:\\\\|:/\[/\])", re.IGNORECASE
)
_DISARMED_DOT = re.compile(
    r"\s*[\[({【（]\s*(?:\.|。|dot|点)\s*[\])}】）]\s*|\[\.|\\\.| dot |[。．]|(?<=[A-Za-z0-9])点(?=[A-Za-z])",
    re.IGNORECASE,
)
_DISARMED_AT = re.compile(r"\s*[\[({【（]\s*(?:@|at)\s*[\])}】）]\s*| at ", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}[a-z0-9]\Z")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\Z")
_TELEGRAM = re.compile(r"(?:https?://)?(?:t|telegram)\.me/(?:s/)?@?(?P<name>[A-Za-z]\w{3,31})/?\Z", re.IGNORECASE)
_WHATSAPP = re.compile(
    r"(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send\?phone=)\+?(?P<digits>\d{7,15})\Z", re.IGNORECASE
)
_NAME = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9_.\-]{2,63}\Z")
_NOTHING = frozenset({"", "-", "--", "n/a", "na", "none", "null", "unknown", "?", "未知", "无"})
_PREFIX = re.compile(
    r"(?P<cue>whatsapp|telegram|wechat|weixin|line|qq|phone|tel|mobile|e?mail|微信|电话|手机|电报|飞机)"
    r"\s*(?:id|号)?\s*[:：]\s*",
    re.IGNORECASE,
)
_CUES = {"tel": "phone", "mobile": "phone", "电话": "phone", "手机": "phone", "phone": "phone"}


@lru_cache(maxsize=200_000)
def phone(text: str, country: str | None = None, *, surely: bool = False) -> str | None:
    """Phone number in E.164, or None where it is none.

    country  ISO 3166-1 alpha-2 of the country in which a number without country code is read
    surely   True: refuse numbers of a form that is possible but not in use, as for a number met in running text

    >>> phone("081-234-5678", "TH"), phone("0066 81 234 5678"), phone("081-234-5678")
    ('+66812345678', '+66812345678', None)
    """
    value = _EXTENSION.sub("", plain(text))
    if not _PHONE.match(value) or not 5 <= len(_DIGITS.sub("", value)) <= 17:
        return None
    return _parsed(value.removeprefix("tel:"), country, surely)


def _parsed(value: str, country: str | None, surely: bool) -> str | None:
    import phonenumbers as library

    digits = _DIGITS.sub("", value)
    if value.lstrip("(").startswith("+"):
        value = f"+{digits}"
    elif digits.startswith("00"):
        value = f"+{digits[2:]}"
    elif country is None:
        return None
    try:
        found: Any = library.parse(value, None if value.startswith("+") else country)
    except library.NumberParseException:
        return None
    # Made-up and newly given numbers are possible without being known as given out.
    if not (library.is_valid_number(found) if surely else library.is_possible_number(found)):
        return None
    return str(library.format_number(found, library.PhoneNumberFormat.E164))


def is_country(code: str) -> bool:
    """Whether `code`, two capitals, is a country whose numbers are known."""
    import phonenumbers as library

    return code in library.SUPPORTED_REGIONS


def digits_of(text: str) -> str | None:
    """Digits of a number as dialled (short codes, numbers without a known country), or None where it is no number.

    >>> digits_of("191"), digits_of("081-234-5678"), digits_of("Mum")
    ('191', '0812345678', None)
    """
    value = plain(text)
    return _DIGITS.sub("", value) if re.fullmatch(r"[+(]?\d[\d\s().\-*#]*", value) else None


def email(text: str) -> str | None:
    """Mail address in small letters, refanged; None where it is none."""
    value = refanged(plain(text)).removeprefix("mailto:")
    return value.lower() if _EMAIL.match(value) else None


def url(text: str) -> str | None:
    """Web address with scheme and host in small letters, refanged; `http://` before a bare host with a path.

    >>> url("hxxps://Alpha[.]example[.]com/A"), url("alpha.example.com/a"), url("alpha.example.com")
    ('https://alpha.example.com/A', 'http://alpha.example.com/a', None)
    """
    value = refanged(plain(text))
    bare = not re.match(r"[a-z]{3,5}://", value, re.IGNORECASE)
    if bare and not re.search(r"[/?#]", value):
        return None
    match = _URL.match(f"http://{value}" if bare else value)
    if match is None:
        return None
    host = match["host"].lower()
    # Behind a scheme any name is a host, as of hidden services; a bare one could be `and/or.not`.
    if not (_is_address(host) or (is_host(host) if bare else _HOST.match(_punycode(host)) or _SIX.match(host))):
        return None
    return f"{match['scheme'].lower()}://{match['user'] or ''}{host}{match['port'] or ''}{match['rest'] or ''}"


def _is_address(host: str) -> bool:
    return bool(_ADDRESS.match(host)) and all(int(part) < 256 for part in host.split("."))


def _punycode(host: str) -> str:
    """`host` as the name system knows it; "" where it has no such form."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def domain(text: str) -> str | None:
    """Host name in small letters, refanged; None where it does not end in a public suffix."""
    value = refanged(plain(text)).lower().rstrip(".")
    return value if is_host(value) else None


def refanged(text: str) -> str:
    """`text` with the disarmed forms of links undone: hxxp, [.], (dot), [@], 。

    >>> refanged("hxxps[:]//a[.]example[dot]com/x"), refanged("lin(at)example.com")
    ('https://a.example.com/x', 'lin@example.com')
    """
    if text.isascii() and not _DISARMED.search(text):
        return text
    scheme = _DISARMED_SCHEME.match(text)
    if scheme:
        name = "ftp" if scheme["name"][0] in "fF" else "https" if scheme["name"][-1] in "sS" else "http"
        text = f"{name}://{text[scheme.end() :]}"
    return _DISARMED_AT.sub("@", _DISARMED_DOT.sub(".", text))


@lru_cache(maxsize=100_000)
def is_host(host: str) -> bool:
    """Whether `host`, in small letters, is a name under a public suffix of the list that comes with tldextract."""
    host = _punycode(host)
    if not _HOST.match(host):
        return False
    found = _suffixes()(host)
    return bool(found.suffix and found.domain)


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    import tldextract

    # No address to fetch from: the list inside the package is used, so that a case does not depend on the net.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def platform(text: str | None) -> str:
    """Platform of a message as the table `message` names it; `other` where it is none of them."""
    found = PLATFORMS.get(plain(text or "").lower(), "other")
    return found if found not in ("line", "qq") else "other"


def contact(text: str | None, on: str | None = None, country: str | None = None) -> tuple[str, str] | None:
    """Kind and value of the identifier that a column of contacts holds, or None where it is empty.

    on       platform on which it is used, as written: a number on WhatsApp is `whatsapp`
    A name that is no identifier of a known form is a `handle`, as written.

    >>> contact("+66 81 234 5678", "WhatsApp"), contact("@Lin_88", "telegram"), contact("Aunt Mei")
    (('whatsapp', '+66812345678'), ('telegram', 'lin_88'), ('handle', 'Aunt Mei'))
    """
    value = plain(text or "")
    if value.lower() in _NOTHING:
        return None
    place = PLATFORMS.get(plain(on or "").lower(), "")
    cue = _PREFIX.match(value)
    if cue:
        value = value[cue.end() :]
        word = cue["cue"].lower()
        place = _CUES.get(word) or PLATFORMS.get(word, place)
        if not value:
            return None
    return _linked(value) or _number(value, place, country) or _address(value) or _named(value, place)


def _linked(value: str) -> tuple[str, str] | None:
    telegram = _TELEGRAM.match(value)
    if telegram:
        return "telegram", telegram["name"].lower()
    whatsapp = _WHATSAPP.match(value)
    number = phone(f"+{whatsapp['digits']}") if whatsapp else None
    return ("whatsapp", number) if number else None


def _number(value: str, place: str, country: str | None) -> tuple[str, str] | None:
    if place == "qq":
        digits = digits_of(value)
        return ("qq", digits) if digits else None
    number = phone(value, country)
    if number is None:
        number = digits_of(value)
        if number is None:
            return None
    return ("whatsapp" if place == "whatsapp" and number.startswith("+") else "phone"), number


def _address(value: str) -> tuple[str, str] | None:
    if "@" in value.strip("@"):
        found = email(value)
        return ("email", found) if found else None
    if "://" in value or ("/" in value and "." in value):
        found = url(value)
        return ("url", found) if found else None
    return None


def _named(value: str, place: str) -> tuple[str, str] | None:
    if not _NAME.match(value):
        return "handle", value
    name = value.lstrip("@").lower()
    if place in ("wechat", "line"):
        return place, name
    if place == "telegram" and value.startswith("@"):
        return place, name
    return "handle", name
