"""WhatsApp's exported chats, of any telephone and language. Locator: `line N`, the line on which a message begins.

Words of the app are in whatsapp.toml. Which of day and month comes first is told by all dates of the chat together, and
by their order: the app writes messages one after another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.clean.chats import MARKS, app_words, start
from upriver.evidence.encodings import utf8
from upriver.evidence.readers.chats import Message, members, messages
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

# A quotation mark in front of the colon opens the name of a group: the app's own words, as in `made group "A: B"`.
_SENDER = re.compile(r"(?P<sender>[^:“„«「\"]{1,80}):(?:\s(?P<text>.*))?\Z", re.DOTALL)
_BAD = re.compile("[\udc80-\udcff]")
# The app is of 2009: two digits of a year from 52 on are 2552 and later of the Buddhist era.
_BUDDHIST = 52
_HEAD = 2  # entries among which the notice of encryption stands
_PLACE_HOLDER = 80  # signs that stand for media; the longest known has half of them
_COPY = re.compile(r"\s*\(\d+\)\Z")
_PARTS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry as written; `date` and `time` empty for lines above the first."""

    place: str
    date: str
    time: str
    text: str


def looks(lines: Sequence[str], stem: str) -> bool:
    """Whether the first lines of a file are an exported chat."""
    begin = [line for line in lines if line.strip()][:50]
    n_starts = sum(1 for line in begin if start().match(line))
    if not n_starts:
        return False
    named = stem.strip("_").lower() == "chat" or _title(stem) is not None
    head = _plain(" ".join(begin[:3]))
    return named or n_starts >= max(1, len(begin) // 4) or any(word in head for word in _folded("notices", "encrypted"))


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a chat: messages, members where the export tells more than their messages, and lines of the app."""
    with utf8(source.path, source.encoding or "utf-8") as stream:
        lines = stream.read().decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n")
    thread = _thread(source)
    said: list[Message] = []
    notices: list[tuple[str, list[str]]] = []
    broken: list[tuple[str, str, str]] = []
    admins: list[str] = []
    dates: list[tuple[int, int, int]] = []
    clocks = set()
    for number, entry in enumerate(_entries(lines)):
        if _BAD.search(entry.text) or len(entry.text) > params.max_cell_bytes:
            fault = "it holds bytes that are no characters" if _BAD.search(entry.text) else "it is too long"
            text = f"{entry.date} {entry.time} {entry.text[:8000]}".strip()
            broken.append((entry.place, fault, text.encode("utf-8", "replace").decode()))
            continue
        at, parts = _moment(entry)
        dates += [parts] if parts else []
        clocks.add(_clock_of(entry.time))
        found = _SENDER.match(entry.text)
        text = (found["text"] or "").strip(MARKS + " ") if found else entry.text
        if not entry.date or found is None or _is_notice(found["text"] or "", number):
            notices.append((entry.place, [part for part in (at, entry.text) if part]))
            opened = _opened().match(_bare(text))
            admins += [_bare(next(who for who in opened.groups() if who))] if opened else []
            continue
        said.append(Message(entry.place, _bare(found["sender"]), at, "" if _left_out(text) else text))
        if said[-1].text != text:
            notices.append((entry.place, [at, said[-1].sender, text]))
        elif not text:
            notices.append((entry.place, [at, said[-1].sender]))
    _tell_order(source, dates, clocks)
    if notices:
        yield source.unknown(notices)
    if broken:
        yield source.broken(broken)
    yield messages(source, thread, "whatsapp", [message for message in said if message.text])
    people = members(source, thread, "chat", said, admins)
    if people is not None:
        yield people
    if source.told.form is None:
        source.guessed["form"] = "message"


def _entries(lines: list[str]) -> Iterator[_Entry]:
    """Each entry; a line without a time belongs to the entry above it."""
    place, date, time = "", "", ""
    held: list[str] = []
    begins = start()
    for number, line in enumerate(lines, start=1):
        line = line.removesuffix("\r")
        found = begins.match(line)
        if found is None and place:
            held.append(line)
            continue
        if place:
            yield _Entry(place, date, time, "\n".join(held).rstrip())
        if found:
            place, held = f"line {number}", [found["rest"]]
            date, time = found["date"] or found["late"], found["time"] or found["early"]
        elif line.strip():
            yield _Entry(f"line {number}", "", "", line)
    if place:
        yield _Entry(place, date, time, "\n".join(held).rstrip())


# ---- dates and clocks ----


def _moment(entry: _Entry) -> tuple[str, tuple[int, int, int] | None]:
    """Date and time in plain digits and 24 hours, the parts of the date in the order as written."""
    found = _date(entry.date)
    return (f"{found[0]} {_time(entry.time)}", found[1]) if found else ("", None)


@lru_cache(maxsize=1 << 16)
def _date(date: str) -> tuple[str, tuple[int, int, int]] | None:
    parts = [int(part) for part in _PARTS.findall(date)]
    if len(parts) != 3:
        return None
    widths = [len(part) for part in _PARTS.findall(date)]
    if widths[2] == 2 and widths[0] < 3 and parts[2] >= _BUDDHIST:
        parts[2] += 2500
    sign = next((sign for sign in unicodedata.normalize("NFKC", date) if sign in "./-"), "-")
    return sign.join(f"{part:02d}" for part in parts), (parts[0], parts[1], parts[2])


@lru_cache(maxsize=1 << 17)
def _time(time: str) -> str:
    hour, *rest = (int(part) for part in _PARTS.findall(time))
    return ":".join(f"{part:02d}" for part in (_hour(hour, _half(time)), *rest))


@lru_cache(maxsize=1)
def _halves() -> dict[str, str]:
    return {_plain(word).replace(" ", ""): half for half, words in app_words()["halves"].items() for word in words}


def _half(time: str) -> str:
    return _halves().get(re.sub(r"[\d:.]*\d[\d:]*|\s", "", _plain(time)), "")


def _hour(hour: int, half: str) -> int:
    if half == "pm" and hour < 12:
        return hour + 12
    return 0 if half == "am" and hour == 12 else hour


@lru_cache(maxsize=1 << 17)
def _clock_of(time: str) -> str:
    """`AM` as American telephones write it, or another sign of the day's half, or nothing."""
    if re.search(r"\d[\s\u202f]?[AP]M\Z", time):
        return "AM"
    return _half(time)


def _tell_order(source: Source, dates: list[tuple[int, int, int]], clocks: set[str]) -> None:
    """Which of day and month comes first, and by what it is known."""
    if any(year >= 2400 for date in dates for year in date):
        source.guessed["calendar"] = "Buddhist"
    if source.told.date_order is not None or not dates or any(date[0] > 31 for date in dates):
        return
    day_first, month_first = _slips(dates, 2, 1, 0), _slips(dates, 2, 0, 1)
    best, by = "dmy", "no message tells"
    if day_first != month_first:
        best = "dmy" if day_first < month_first else "mdy"
        by = "a number over 12" if day_first[0] != month_first[0] else "the messages come one after another"
    elif "AM" in clocks:
        best, by = "mdy", "the clock is written as in America"
    # Two digits of a year in front are rare, so nothing else may fit as well.
    if all(date[2] <= 31 for date in dates) and _slips(dates, 0, 1, 2) < min(day_first, month_first):
        best, by = "ymd", "the messages come one after another"
    source.guessed["date_order"] = best
    source.guessed["date_order_known_by"] = by


def _slips(dates: list[tuple[int, int, int]], year: int, month: int, day: int) -> tuple[int, int]:
    """Dates that are none in this order of their parts, and dates before the one above them."""
    turned = [(date[year], date[month], date[day]) for date in dates]
    n_wrong = sum(not (1 <= date[1] <= 12 and 1 <= date[2] <= 31) for date in turned)
    return n_wrong, sum(after < before for before, after in pairwise(turned))


# ---- words of the app ----


def _plain(text: str) -> str:
    """`text` without marks of direction, in small letters, blanks single."""
    bare = "".join(sign for sign in text if sign not in MARKS)
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())


@lru_cache(maxsize=16)
def _folded(section: str, name: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in app_words()[section][name])


def _is_notice(text: str, number: int) -> bool:
    """Whether the app says this in somebody's name: behind a mark of direction, or at the head of the chat."""
    marked = text != "" and text[0] in MARKS
    if len(text) > 600 or not (marked or number < _HEAD):
        return False
    plain = _plain(text)
    # People write of encryption too, but not as their first words in those of the app.
    if any(word in plain for word in _folded("notices", "encrypted")):
        return True
    return marked and any(word in plain for word in _folded("notices", "other"))


def _left_out(text: str) -> bool:
    """Whether a text stands for media that were left out, or for a message that was deleted."""
    if len(text) > _PLACE_HOLDER:
        return False
    plain = _plain(text).strip("<> .。")
    return plain in _folded("omitted", "words") or plain in _folded("omitted", "deleted")


@lru_cache(maxsize=1)
def _opened() -> re.Pattern[str]:
    forms = [re.escape(form).replace(r"\{who\}", "(.+?)") for form in app_words()["groups"]["opened"]]
    return re.compile("|".join(forms), re.IGNORECASE)


@lru_cache(maxsize=1)
def _titles() -> tuple[re.Pattern[str], ...]:
    forms = (
        r"\s?".join(map(re.escape, form.split())).replace(r"\{name\}", r"\s?(?P<name>.+?)\s?")
        for form in app_words()["titles"]["names"]
    )
    return tuple(re.compile(form + r"\Z", re.IGNORECASE) for form in forms)


def _title(stem: str) -> str | None:
    stem = _COPY.sub("", stem.replace("_", " "))
    return next((found["name"] for form in _titles() if (found := form.match(stem))), None)


def _bare(name: str) -> str:
    return name.strip(MARKS + " ~\u00a0")


def _thread(source: Source) -> str:
    """The name of the chat: in the file's name, or the folder's where the file is called _chat.txt."""
    stem = source.stem
    if stem.strip("_").lower() == "chat" and "/" in source.name:
        stem = source.name.split("/")[-2]
    return _title(stem) or stem
