"""Who said it first: names of speakers in any spelling made one, and what stands between them and the page.

Ten pages that repeat one ministry are one witness, however each of them spells the ministry. The spellings are data
(speakers.toml).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from upriver.clean.places import nations_in

# What follows a name where a reader took too much: 边防指挥部12月10日对…, "the police on 10 December".
_DAY_ON = re.compile(r"(?<=[\u4e00-\u9fff])\s*\d+\s*[年月日名人].*|(?<=\w),?\s+on\s+\d.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Words:
    bodies: tuple[tuple[str, str], ...]
    generic: dict[str, str]
    homes: tuple[tuple[str, str], ...]
    through: re.Pattern[str]


@cache
def _words() -> _Words:
    told = tomllib.loads(Path(__file__).with_name("speakers.toml").read_text(encoding="utf-8"))
    bodies = [(spelling, body) for body, spellings in told["bodies"].items() for spelling in spellings]
    homes = [(spelling, country) for country, spellings in told["homes"].items() for spelling in spellings]
    links = "|".join(re.escape(word) for word in sorted(told["through"]["words"], key=lambda word: (-len(word), word)))
    return _Words(
        tuple(sorted(bodies, key=lambda pair: (-len(pair[0]), pair))),
        {spelling: body for body, spellings in told["generic"].items() for spelling in spellings},
        tuple(sorted(homes, key=lambda pair: (-len(pair[0]), pair))),
        re.compile(rf",?\s*(?:{links})\s+|[,;]\s*(?:{links})", re.IGNORECASE),
    )


@cache
def origin(speaker: str) -> str:
    """One key for every spelling of who spoke first: the last of a chain, as nation and body where both are known.

    >>> origin("AFP, citing China's Ministry of Public Security") == origin("公安部")
    True
    """
    first = _DAY_ON.sub("", chain(speaker)[-1])
    folded = first.casefold().replace("’", "'")
    named = re.sub(r"\Athe\s+", "", folded).strip()
    if named in _words().generic:
        return _words().generic[named]
    body = next((body for spelling, body in _words().bodies if _names(folded, spelling)), None)
    nations = sorted({nation.country for nation in nations_in(first)})
    home = nations or [country for spelling, country in _words().homes if _names(folded, spelling)][:1]
    if body is None:
        return " ".join(re.findall(r"\w+", re.sub(r"\Athe\s+", "", folded)))
    if body in ("court", "prosecutors", "police", "public security", "government", "embassy"):
        # Two courts of one country are two speakers: what else the name says stays in the key.
        rest = _rest(first)
        return f"{'+'.join(home)} {body} {rest}".strip()
    return f"{'+'.join(home)} {body}".strip()


@cache
def chain(speaker: str) -> tuple[str, ...]:
    """The speakers of "AFP, citing the ministry" from the one who repeats to the one who said it first."""
    parts = [part.strip(" ,;") for part in _words().through.split(speaker)]
    return tuple(part for part in parts if part) or (speaker,)


def _names(folded: str, spelling: str) -> bool:
    if not spelling.isascii():
        return spelling in folded
    return re.search(rf"(?<![a-z]){re.escape(spelling)}(?![a-z])", folded) is not None


def _rest(name: str) -> str:
    """Capitalised words of a name that tell no nation and no body: the Wenzhou of Wenzhou Intermediate Court."""
    nations = [(nation.start, nation.end) for nation in nations_in(name)]
    kept = [
        match.group().casefold()
        for match in re.finditer(r"[A-Z][\w]+", name)
        if not any(a <= match.start() < b for a, b in nations)
    ]
    common = {
        "the",
        "of",
        "public",
        "security",
        "bureau",
        "court",
        "police",
        "people",
        "intermediate",
        "office",
        "district",
    }
    return " ".join(sorted({word for word in kept if word not in common and not _is_body(word)}))


def _is_body(word: str) -> bool:
    return any(word == spelling for spelling, _ in _words().bodies)
