"""E-mail: a message alone (.eml) or a box of them (.mbox). Locator: `line N`, the line on which a message begins.

Attachments are listed by name and not read. Charsets are wrong in the field more often than anything else: what does
not decode as it says is guessed from its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import IO, TYPE_CHECKING

import pyarrow as pa

from upriver.clean.pages import words
from upriver.evidence.encodings import guess
from upriver.evidence.folder import UnreadableError
from upriver.evidence.records import RAW_CHARACTERS, Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

# How a message of a box begins: `From ` with a sender, a day of the week, a time of day and a year, after a blank line.
BOX = re.compile(
    rb"From \S[^\r\n]{0,200}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\r\n]{0,40}?\d{1,2}:\d{2}[^\r\n]{0,40}?\d{4}[^\r\n]*"
)
# So begins a file of them: a header follows.
BOXES = re.compile(BOX.pattern + rb"\r?\n[!-9;-~]+:")
# A header by which a message alone is known; one of them must come first or soon after.
HEAD = re.compile(
    rb"(?i)\A(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){0,60}?"
    rb"(?:(?:return-path|delivered-to|message-id|mime-version|x-mailer|dkim-signature):|received:\s*(?:from|by)\s+\S+\.\S)"
)
_BATCH = 500
_LABELS = {"to": "To", "cc": "Cc", "bcc": "Bcc"}
# Charsets that are declared for a narrower one than is used.
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252", "us-ascii": "utf-8",
    "ascii": "utf-8", "tis-620": "cp874", "windows-874": "cp874", "iso-8859-11": "cp874", "ks_c_5601-1987": "cp949",
}  # fmt: skip


@dataclass(slots=True)
class _Told:
    """Records of some messages, by form."""

    messages: list[tuple[str, dict[str, str | None], dict[str, str]]] = field(default_factory=list)
    members: list[tuple[str, dict[str, str | None], dict[str, str]]] = field(default_factory=list)
    broken: list[tuple[str, str, str]] = field(default_factory=list)

    def tables(self, source: Source) -> Iterator[pa.Table]:
        if self.messages:
            yield source.told_of("message", self.messages)
        if self.members:
            yield source.told_of("chat_member", self.members)
        if self.broken:
            yield source.broken(self.broken)


@dataclass(frozen=True, slots=True)
class _Mail:
    """What one message says; `text` is its subject and its words."""

    sender: tuple[str, str] | None
    to: dict[str, list[tuple[str, str]]]
    sent_at: str
    subject: str
    text: str
    thread: str
    attachments: list[str]
    torn: bool


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a message or a box: messages, and those whose names or rooms they tell.

    raises  UnreadableError when no message in it has a sender and words
    """
    told = _Told()
    n_read, n_attached, n_whole = 0, 0, 0
    with source.path.open("rb") as stream:
        for line, raw, n_bytes in _split(stream, params.max_cell_bytes):
            n_read += 1
            place = f"line {line}"
            try:
                mail = _mail(raw)
            except RecursionError:
                told.broken.append((place, "its parts lie too deeply in each other", _raw(raw)))
                continue
            if mail.sender is None or not mail.text:
                what = "no sender" if mail.sender is None else "no words"
                told.broken.append((place, f"the mail has {what}: torn, or no mail", _raw(raw)))
                continue
            n_whole += 1
            n_attached += len(mail.attachments)
            _tell(told, source, place, mail, n_bytes - len(raw))
            if len(told.messages) >= _BATCH:
                yield from told.tables(source)
                told = _Told()
    if not n_whole:
        raise UnreadableError("no mail in it has a sender and words", "ask for it again where it came from")
    if source.told.form is None:
        source.guessed["form"] = "message"
    if n_attached:
        source.guessed["attachments_not_read"] = n_attached
    yield from told.tables(source)


def _split(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes, int]]:
    """(first line, bytes, length) of each message; of a longer one than `limit` the first bytes alone."""
    held: list[bytes] = []
    first, n_bytes, blank = 1, 0, True
    n_held = 0
    number = 0
    while line := stream.readline(limit):
        number += 1
        if blank and BOX.match(line):
            if n_bytes:
                yield first, b"".join(held), n_bytes
            first, held, n_bytes, n_held = number, [], 0, 0
            blank = False
            continue
        blank = not line.strip()
        # A box marks a line of a text that looks like the beginning of a message.
        kept = line[1:] if line.startswith(b">From ") else line
        n_bytes += len(kept)
        if n_held < limit:
            held.append(kept[: limit - n_held])
            n_held += len(held[-1])
    if n_bytes:
        yield first, b"".join(held), n_bytes


def _tell(told: _Told, source: Source, place: str, mail: _Mail, beyond: int) -> None:
    assert mail.sender is not None
    others = list(dict.fromkeys(address for listed in mail.to.values() for _, address in listed))
    alone = others[0] if len(others) == 1 else None
    thread = None if alone else mail.thread or f"{source.name} {place}"
    rest = {"subject": mail.subject, **{name: _listed(listed) for name, listed in mail.to.items() if listed}}
    if mail.sender[0]:
        rest["name"] = mail.sender[0]
    if mail.attachments:
        rest["attachments_not_read"] = "; ".join(mail.attachments)
    if mail.torn:
        rest["torn"] = "a part of it has no end"
    if beyond > 0:
        rest["not_read"] = f"{beyond} bytes beyond the limit"
    values = {
        "thread": thread, "sender": mail.sender[1], "recipient": alone, "sent_at": mail.sent_at, "text": mail.text,
        "platform": "mail",
    }  # fmt: skip
    told.messages.append((place, {**values}, {name: value for name, value in rest.items() if value}))
    people: dict[str, str] = {}
    for name, address in [mail.sender, *(one for listed in mail.to.values() for one in listed)]:
        people[address] = people.get(address) or name
    for number, (address, name) in enumerate(people.items(), start=1):
        if name or thread:
            fields = {"thread": thread, "member": address, "name": name}
            told.members.append((f"{place} member {number}", fields, {}))


def _mail(raw: bytes) -> _Mail:
    # The old rules: the new ones read headers into objects, and some torn headers end them with any error.
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    sender = next(iter(_addresses(message, "From") or _addresses(message, "Sender")), None)
    subject = _header(message, "Subject")
    plain: list[str] = []
    pages: list[str] = []
    attachments: list[str] = []
    torn = False
    for part in message.walk():
        torn = torn or any("NotFound" in type(defect).__name__ for defect in part.defects)
        if part.is_multipart():
            if part.get_content_type() == "message/rfc822" and part is not message:
                attachments.append("a mail that was forwarded whole")
            continue
        name = _name(part)
        if name or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            attachments.append(name or f"without a name, {part.get_content_type()}")
            continue
        (pages if part.get_content_subtype() == "html" else plain).append(_words(part))
    body = "\n\n".join(text for text in plain if text) or "\n\n".join(
        text for text in (words(page) for page in pages) if text
    )
    return _Mail(
        sender=sender,
        to={name: _addresses(message, header) for name, header in _LABELS.items()},
        sent_at=_date(_header(message, "Date")),
        subject=subject,
        text="\n\n".join(part for part in (subject, body.strip()) if part),
        thread=_thread(message),
        attachments=attachments,
        torn=torn,
    )


def _thread(message: Message) -> str:
    """The id of the message with which the exchange began."""
    for name in ("References", "In-Reply-To", "Message-ID"):
        found = _header(message, name).split()
        if found:
            return found[0]
    return ""


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    """Names and addresses of a header; what is no address is kept as written."""
    found = []
    for header in message.get_all(name, []):
        # Names are decoded after they are taken apart: a comma inside an encoded name is no comma between two.
        for shown, address in getaddresses([_flat(str(header))]):
            shown, address = _decoded(shown), _decoded(address)
            if address or shown:
                found.append((shown if address else "", address or shown))
    return found


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    return _decoded(_flat(str(value))) if value is not None else ""


def _flat(text: str) -> str:
    return " ".join(text.split())


def _decoded(text: str) -> str:
    """A header in its characters: encoded words, or bytes that were put in bare."""
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        parts = [(text, None)]
    whole = ""
    for part, charset in parts:
        raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        whole += _text(raw, charset) if isinstance(part, bytes) or not raw.isascii() else part
    return _flat(_whole(whole))


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset()
    text = _text(payload, charset)
    return _whole(text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""))


def _text(raw: bytes, charset: str | None) -> str:
    """Bytes as the charset says, or as they look where it does not fit them."""
    named = (charset or "utf-8").lower().strip("'\" ")
    named = _WIDER.get(named, named)
    looks = guess(raw) or "cp1252"
    # Any byte is a western letter, so a mail that says so has said nothing.
    for name in (looks, named) if named == "cp1252" else (named, looks):
        try:
            return raw.decode(name)
        except (LookupError, ValueError):  # no such charset, one with a zero byte in its name, or not of it
            continue
    return raw.decode("utf-8", "replace")


def _whole(text: str) -> str:
    """`text` without halves of pairs of surrogates, which no table can hold."""
    return text.encode("utf-8", "replace").decode()


def _name(part: Message) -> str:
    name = part.get_filename()
    return _decoded(_flat(name)) if name else ""


def _date(text: str) -> str:
    """The moment in ISO form with its offset, or the text as written where it is none."""
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return text


def _listed(people: list[tuple[str, str]]) -> str:
    return "; ".join(f"{name} <{address}>" if name else address for name, address in people)


def _raw(raw: bytes) -> str:
    return raw[: 4 * RAW_CHARACTERS].decode("utf-8", "replace").replace("\0", "")
