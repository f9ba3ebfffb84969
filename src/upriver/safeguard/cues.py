"""Wordings of signs: those of this package, and those that a user puts into a folder of their own.

A file of cues is TOML. A slip in one stops the run with the file, the entry and what to do: a sign that is silently not
looked for would read as silence of the person.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from upriver.clean.folding import fold
from upriver.clean.lexicon import Cue, Lexicon
from upriver.errors import SettingsError
from upriver.safeguard.frames import indicators, operational
from upriver.safeguard.slots import Compositions, parsed

SUFFIX = ".toml"
STATES = ("present", "absent")
DENIALS = ("before", "inside")  # where a negation denies a sign composed of slots; inside is before or between them
# Words that steer how a clause is read; a user's file may lengthen each list, never add a list of another name.
MARKS = (
    "own", "first", "you", "others", "kin", "negation", "threat", "look_alike", "doers", "witness", "elsewhere",
    "scene", "commands", "bids", "yes", "no",
)  # fmt: skip
_SECTIONS = {"person", "marks", "slots", "ordinary", "child", "sign", "order"}
_SIGN = {"name", "indicator", "operational", "state", "seen", "source", "wordings", "slots", "denial"}
_ORDER = {"name", "indicator", "source", "wordings"}
# What the language of wordings knows besides its signs: Latin letters, figures and Han. Anything else would be dropped.
_NAME = re.compile(r"[a-z_]+")
_UNREAD = re.compile(r"[^\s\u3400-\u9fffa-z0-9<>()|*?+~{}'_,.;:!%&/\-、，。]")


@dataclass(slots=True)
class _Gathered:
    person: dict[str, str] = field(default_factory=dict)
    marks: dict[str, list[str]] = field(default_factory=dict)
    slots: dict[str, list[str]] = field(default_factory=dict)
    ordinary: dict[str, list[str]] = field(default_factory=dict)
    child: list[str] = field(default_factory=list)
    signs: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cues:
    """Lexicons ready to be found in a text: signs with the marks that steer them and the words of slots, signs composed
    of slots, rules of a workplace, words for a child."""

    signs: Lexicon
    composed: Compositions
    orders: Lexicon
    child: Lexicon


def own_files() -> list[tuple[str, bytes]]:
    """Name and content of the files of this package."""
    folder = files("upriver.safeguard").joinpath("cues")
    return sorted((entry.name, entry.read_bytes()) for entry in folder.iterdir() if entry.name.endswith(SUFFIX))


def files_in(folder: Path) -> list[tuple[str, bytes]]:
    """Path and content of the files of cues in `folder`, by name.

    raises  SettingsError when the folder cannot be read
    """
    try:
        return [(str(path), path.read_bytes()) for path in sorted(folder.iterdir()) if path.suffix == SUFFIX]
    except OSError as error:
        raise SettingsError(f"{error.filename or folder}: cannot be read as cues ({error.strerror})") from error


def digest(folder: Path | None) -> str:
    """Hash of the user's files of cues; empty where there is no folder or no file in it."""
    told = files_in(folder) if folder is not None else []
    if not told:
        return ""
    found = hashlib.sha256()
    for name, content in told:
        found.update(Path(name).name.encode() + b"\0" + content + b"\0")
    return found.hexdigest()


def cues(folder: Path | None = None) -> Cues:
    """Cues of this package and of the user's `folder`.

    raises  SettingsError naming file and entry, when a file is no TOML, lacks something or holds a wording that cannot
            be read
    """
    return _made(str(folder) if folder is not None else "", digest(folder))


@lru_cache(maxsize=8)
def _made(folder: str, _digest: str) -> Cues:
    own = _Gathered()
    for name, content in own_files():
        _gather(own, name, _parsed(name, content))
    if folder:
        for name, content in files_in(Path(folder)):
            _gather(own, name, _parsed(name, content))
    marks = [Cue(f"mark:{name}", _filled(words, own.person), {"mark": name}) for name, words in own.marks.items()]
    slots = [Cue(f"slot:{name}", _filled(words, own.person), {"slot": name}) for name, words in own.slots.items()]
    ordinary = [
        Cue(f"ordinary:{name}", _filled(words, own.person), {"ordinary": name}) for name, words in own.ordinary.items()
    ]
    signs = [Cue(entry["name"], _filled(entry["wordings"], own.person), entry) for entry in own.signs]
    rows = [row for sign in signs for form in sign.says.get("slots", ()) for row in parsed(form, own.slots, sign)]
    orders = [Cue(entry["name"], _filled(entry["wordings"], own.person), entry) for entry in own.orders]
    return Cues(
        Lexicon([*marks, *slots, *ordinary, *signs]), Compositions(rows), Lexicon(orders),
        Lexicon([Cue("child", tuple(own.child), {})]),
    )  # fmt: skip


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: no TOML: {error}; docs/safeguard.md shows a file of cues") from error


def _gather(into: _Gathered, name: str, told: Mapping[str, Any]) -> None:
    """`told` of the file `name` checked and added."""
    known = {indicator.name for indicator in indicators()}
    strange = sorted(set(told) - _SECTIONS)
    if strange:
        raise SettingsError(f"{name}: no section {strange[0]!r}; allowed: {', '.join(sorted(_SECTIONS))}")
    for key, words in _table(name, told, "person").items():
        if key in into.person:
            raise SettingsError(f"{name} [person] {key}: this name is taken; choose another")
        if not isinstance(words, str):
            raise SettingsError(f'{name} [person] {key}: must be one text: "(me|us)"')
        into.person[key] = words
    for key, words in _table(name, told, "marks").items():
        if key not in MARKS:
            raise SettingsError(f"{name} [marks] {key}: no such list; allowed: {', '.join(MARKS)}")
        into.marks.setdefault(key, []).extend(_wordings(f"{name} [marks] {key}", words, into.person))
    for key, words in _table(name, told, "slots").items():
        if not _NAME.fullmatch(key):
            raise SettingsError(f"{name} [slots] {key}: a name of small letters and _ alone")
        into.slots.setdefault(key, []).extend(_wordings(f"{name} [slots] {key}", words, into.person))
    for key, words in _table(name, told, "ordinary").items():
        if key not in known:
            raise SettingsError(f"{name} [ordinary] {key}: no such indicator; allowed: {', '.join(sorted(known))}")
        into.ordinary.setdefault(key, []).extend(_wordings(f"{name} [ordinary] {key}", words, into.person))
    child = _table(name, told, "child")
    if child:
        if set(child) != {"words"}:
            raise SettingsError(f"{name} [child]: holds one list, `words`")
        into.child.extend(_wordings(f"{name} [child] words", child["words"], into.person))
    for section, allowed, entries in (("sign", _SIGN, into.signs), ("order", _ORDER, into.orders)):
        listed = told.get(section, [])
        if not isinstance(listed, list):
            raise SettingsError(f"{name}: write [[{section}]], with two brackets, before each entry")
        for number, entry in enumerate(listed, 1):
            entries.append(_entry(f"{name} [[{section}]] {number}", entry, allowed, known, into))


def _entry(where: str, entry: Any, allowed: set[str], known: set[str], into: _Gathered) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise SettingsError(f"{where}: must be a table")
    if isinstance(entry.get("name"), str):
        where += f" ({entry['name']})"
    strange = sorted(set(entry) - allowed)
    if strange:
        raise SettingsError(f"{where}: no key {strange[0]!r}; allowed: {', '.join(sorted(allowed))}")
    for key in ("name", "indicator", "source"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise SettingsError(f"{where}: {key} is missing")
    if entry["indicator"] not in known:
        raise SettingsError(f"{where}: no indicator {entry['indicator']!r}; allowed: {', '.join(sorted(known))}")
    if "state" in allowed and entry.get("state") not in STATES:
        raise SettingsError(f"{where}: state must be present or absent, and is {entry.get('state')!r}")
    code = entry.get("operational")
    if code is not None and code not in operational():
        raise SettingsError(f"{where}: no operational sign {code!r}; upriver/safeguard/delphi_2009.toml lists them")
    if not isinstance(entry.get("seen", False), bool):
        raise SettingsError(f"{where}: seen must be true or false")
    if entry.get("denial", "before") not in DENIALS:
        raise SettingsError(f"{where}: denial must be before or inside, and is {entry['denial']!r}")
    made = dict(entry)
    composed = "slots" in entry
    if composed:
        _compositions(f"{where} slots", entry["slots"], into.slots)
    made["wordings"] = [] if composed and "wordings" not in entry else (
        _wordings(f"{where} wordings", entry.get("wordings"), into.person)
    )  # fmt: skip
    return made


def _compositions(where: str, told: Any, known: Iterable[str]) -> None:
    if not isinstance(told, list) or not told or not all(isinstance(form, str) for form in told):
        raise SettingsError(f"{where}: needs a list of at least one row of slots")
    for form in told:
        try:
            parsed(form, known, Cue("one", (), {}))
        except ValueError as error:
            raise SettingsError(f"{where}: {error}") from error


def _wordings(where: str, told: Any, person: Mapping[str, str]) -> list[str]:
    """The wordings, each tried once, so that a slip is told here and not met later."""
    if not isinstance(told, list) or not told or not all(isinstance(word, str) and word.strip() for word in told):
        raise SettingsError(f"{where}: needs a list of at least one wording")
    for wording in told:
        filled = _filled([wording], person)[0]
        unknown = re.search(r"\{(.*?)\}", filled)
        if unknown:
            raise SettingsError(f"{where}: {wording!r}: no word list {{{unknown[1]}}} under [person]")
        letter = _UNREAD.search(fold(filled))
        if letter:
            raise SettingsError(
                f"{where}: {wording!r}: {letter.group()!r} cannot be looked for; wordings are of Latin letters and "
                "Chinese characters"
            )
        try:
            Lexicon([Cue("one", (filled,), {})])
        except ValueError as error:
            raise SettingsError(f"{where}: {error}") from error
    return told


def _table(name: str, told: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = told.get(section, {})
    if not isinstance(found, dict):
        raise SettingsError(f"{name} [{section}]: must be a table")
    return found


def _filled(wordings: Iterable[str], words: Mapping[str, str]) -> tuple[str, ...]:
    filled: Sequence[str] = list(wordings)
    for _ in range(2):  # the words of a person may stand inside each other once
        for name, choice in words.items():
            filled = [wording.replace(f"{{{name}}}", choice) for wording in filled]
    return tuple(filled)
