"""The folder of evidence: walked in a fixed order, never out of itself, every file hashed, none read twice."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from upriver.case.settings import FILE_NAME as SETTINGS_NAME
from upriver.case.settings import Settings
from upriver.case.templates import is_template, of_case
from upriver.errors import EvidenceError

_BLOCK = 1 << 20
_HEAD = 1 << 16
_BEYOND = 1 << 18  # bytes kept of the first blocks that are not ASCII
_CASE_SUFFIX = ".upriver"


class UnreadableError(EvidenceError):
    """A file that is not read: the stage writes reason and advice to rejected_file and goes on."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason}; {advice}")
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the folder: `name` is its path inside, with / between parts; `refused` says why it is not opened."""

    path: Path
    name: str
    refused: UnreadableError | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What one pass over a file's bytes tells.

    head    its first 64 KiB
    beyond  up to 256 KiB from where it first leaves ASCII; empty when it never does
    """

    sha256: str
    n_bytes: int
    head: bytes
    beyond: bytes


def check(folder: Path) -> None:
    """raises  EvidenceError when `folder` is absent, no folder, a case, not readable or empty"""
    if not folder.exists():
        raise EvidenceError(f"{folder}: there is no such folder; name the folder that holds the evidence")
    if not folder.is_dir():
        raise EvidenceError(f"{folder} is a file; name the folder that holds it")
    if folder.resolve().name.endswith(_CASE_SUFFIX):
        raise EvidenceError(f"{folder} is a case, not a folder of evidence; name the folder it was made from")
    try:
        empty = next(folder.iterdir(), None) is None
    except OSError as error:
        raise EvidenceError(f"{folder}: cannot be opened: {error.strerror}; ask for the right to read it") from error
    if empty or next(walk(folder), None) is None:
        raise EvidenceError(f"{folder} is empty; put the evidence in it (tables, chats, notes), then run this again")


def walk(folder: Path) -> Iterator[Found]:
    """Every file of the folder but case.toml and templates, sorted by the path inside it.

    Links to folders are not followed, so that no loop can be walked; a link to a file is read when it stays inside.
    """
    root = folder.resolve()
    for name, path in sorted(_entries(folder, ""), key=lambda entry: entry[0].encode("utf-8", "surrogateescape")):
        # A name that is no UTF-8 on disk is shown with its bad bytes replaced: tables hold text.
        shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if shown != SETTINGS_NAME and not is_template(shown):
            yield Found(path, shown, _refusal(path, root, shown))


def content(path: Path) -> Content:
    """Hash and first look in one pass.

    raises  UnreadableError when the file cannot be opened
    """
    try:
        state = path.stat()
        return _content(str(path), state.st_size, state.st_mtime_ns, state.st_ino)
    except OSError as error:
        raise UnreadableError(f"it cannot be opened: {error.strerror}", "ask for the right to read it") from error


def hashed(path: Path) -> Content:
    """Hash and first look at a file that is not one of the folder's own, and that another may follow at the same place.

    raises  UnreadableError when it cannot be opened
    """
    try:
        return _looked_at(path)
    except OSError as error:
        raise UnreadableError(f"it cannot be opened: {error.strerror}", "ask for the right to read it") from error


def forget() -> None:
    """Forget what was seen of files, so that the next look reads them again."""
    _content.cache_clear()


def fingerprint(folder: Path, settings: Settings, journal_lines: Iterable[str]) -> str:
    """Hash of all that the evidence stage depends on: the files, how they are to be read, and the decisions.

    raises  EvidenceError when the folder is absent, no folder or empty
    """
    check(folder)
    digest = hashlib.sha256()
    for found in walk(folder):
        try:
            told = found.refused.reason if found.refused else content(found.path).sha256
        except UnreadableError as error:
            told = error.reason
        digest.update(json.dumps([found.name, told]).encode())
    accounts = [settings.victims, settings.services, settings.sources]
    files = [[glob, file.told()] for glob, file in settings.files]
    digest.update(json.dumps([settings.title, files, accounts, list(journal_lines)]).encode())
    for template in of_case(folder, settings):
        known = [template.name, template.header, template.told.told(), template.own]
        digest.update(json.dumps(known).encode())
    return digest.hexdigest()


def _entries(folder: Path, inside: str) -> Iterator[tuple[str, Path]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        yield inside.removesuffix("/"), folder
        return
    for entry in entries:
        name = inside + entry.name
        if entry.name.endswith(_CASE_SUFFIX):
            continue  # a case kept inside its evidence is no evidence
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _entries(Path(entry.path), name + "/")
        else:
            yield name, Path(entry.path)


def _refusal(path: Path, root: Path, name: str) -> UnreadableError | None:
    last = name.rpartition("/")[2]
    if last.startswith((".", "~$")) or last.lower() in ("thumbs.db", "desktop.ini"):
        return UnreadableError("not evidence: hidden, or made by the system", "rename it if it is to be read")
    try:
        mode = path.stat().st_mode
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return UnreadableError("a link that leads nowhere or in a loop", "copy the file itself into the folder")
    if not target.is_relative_to(root):
        return UnreadableError("a link out of the folder", "copy the file itself into the folder")
    if stat.S_ISDIR(mode):
        if path.is_symlink():
            return UnreadableError(
                "a link to a folder, which is not followed", "copy the folder itself if it is another"
            )
        return UnreadableError("a folder that cannot be opened", "ask for the right to read it")
    if not stat.S_ISREG(mode):
        return UnreadableError("not a file: a pipe, socket or device", "save its content as a file")
    return None


@lru_cache(maxsize=4096)
def _content(path: str, _size: int, _changed: int, _inode: int) -> Content:
    """Kept by size and time of change: the fingerprint and the stage ask for the same file."""
    return _looked_at(Path(path))


def _looked_at(path: Path) -> Content:
    digest = hashlib.sha256()
    head, beyond, n_bytes = b"", b"", 0
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
            n_bytes += len(block)
            head = head or block[:_HEAD]
            if len(beyond) < _BEYOND and (beyond or not block.isascii()):
                beyond += block[_first_beyond(block) if not beyond else 0 :][: _BEYOND - len(beyond)]
    return Content(digest.hexdigest(), n_bytes, head, beyond)


def beyond_ascii(path: Path) -> bytes:
    """Some bytes from the line on in which the first byte beyond ASCII stands, as `Content.beyond`; without hashing."""
    found = b""
    with path.open("rb") as source:
        while len(found) < _BEYOND and (block := source.read(_BLOCK)):
            if found or not block.isascii():
                found += block[_first_beyond(block) if not found else 0 :][: _BEYOND - len(found)]
    return found


def _first_beyond(block: bytes) -> int:
    """Start of the line that holds the block's first byte beyond ASCII, so that no character is cut."""
    low, high = 0, len(block)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if block[low:middle].isascii() else (low, middle)
    return max(block.rfind(b"\n", 0, low) + 1, low - _HEAD)
