"""The time zone that stands behind a time: +07:00, UTC+7, ICT, Asia/Bangkok; a short form of several zones is no zone.

Pure: text in, offset or None out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FARTHEST = 14  # hours; no clock is farther from UTC
_OFFSET = re.compile(
    r"(?<![\d:])(?:\(?(?:UTC|GMT|Z)\)?\s*)?(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?(?![\d:])", re.IGNORECASE
)
_PLACE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b")
_EDGES = " ()[]+"


@dataclass(frozen=True, slots=True)
class Named:
    """What a text says of its zone: `offset`, or what it `may` be; `rest` is the text without it.

    wrong  it names an offset that is none, or two that differ
    """

    rest: str
    offset: timedelta | None = None
    may: tuple[timedelta, ...] = ()
    wrong: bool = False


def named(text: str, local: datetime) -> Named:
    """The zone that `text`, the part of a moment that is neither day nor time of day, names for the local time."""
    found: set[timedelta] = set()
    may: tuple[timedelta, ...] = ()
    for place in _PLACE.finditer(text):
        offset = _of_place(place[0], local)
        if offset is not None:
            found.add(offset)
            text = text.replace(place[0], " ")
    for match in _OFFSET.finditer(text):
        hours, minutes = int(match["h"]), int(match["m"] or 0)
        if hours > _FARTHEST or minutes > 59:
            return Named(text, wrong=True)
        ahead = timedelta(hours=hours, minutes=minutes)
        found.add(ahead if match["sign"] == "+" else -ahead)
    text = _OFFSET.sub(" ", text)
    one, several = _forms()
    words = []
    for word in text.split():
        # GMT in any case, as ever; the others as they are written, since `ist` and `sst` are words.
        bare = word.strip(_EDGES)
        short = bare.upper() if bare.upper() in ("UTC", "GMT", "Z") else bare
        if short in one:
            # Beside an offset, UTC is what the offset counts from.
            if not (found and short in ("UTC", "GMT", "Z")):
                found.add(one[short])
        elif short in several:
            may = several[short]
        else:
            words.append(word)
    rest = " ".join(words)
    if len(found) > 1 or (may and found and not found & set(may)):
        return Named(rest, wrong=True)
    return Named(rest, found.pop()) if found else Named(rest, None, may)


def doubt(text: str) -> str:
    """Why the zone of a text cannot be told, in words; empty where that is not what is wrong with it.

    >>> doubt("2025-10-14 15:20 CST")
    'CST may be UTC+08:00, UTC-06:00 or UTC-05:00'
    """
    for word in text.split():
        short = word.strip(_EDGES)
        if short in _forms()[1]:
            *first, last = [_written(offset) for offset in _forms()[1][short]]
            return f"{short} may be {', '.join(first)} or {last}"
    return ""


def several() -> dict[str, str]:
    """Short form that stands for several zones -> which, in words."""
    return {short: doubt(short) for short in sorted(_forms()[1])}


@cache
def _forms() -> tuple[dict[str, timedelta], dict[str, tuple[timedelta, ...]]]:
    told = tomllib.loads(Path(__file__).with_name("zones.toml").read_text(encoding="utf-8"))
    one = {short: _read(offset) for short, offset in told["one"].items()}
    return one, {short: tuple(map(_read, offsets)) for short, offsets in told["several"].items()}


def _read(offset: str) -> timedelta:
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
    return -ahead if offset.startswith("-") else ahead


def _written(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _of_place(name: str, local: datetime) -> timedelta | None:
    zone = _zone(name)
    return None if zone is None else local.replace(tzinfo=zone).utcoffset()
