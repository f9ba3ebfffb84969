"""The list of what a package holds: written by the sender, and read as what it is to a recipient, untrusted input."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from upriver.errors import PackageError

FORMAT = "upriver package"
VERSION = 1
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "sender.pub"
# These three vouch for all others, and are vouched for by the signature itself.
SEAL = (MANIFEST, SIGNATURE, KEY)
MOST_BYTES = 64 * 1024 * 1024
_MOST_FILES = 200_000
_STEP = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_PATH = 1_024
# What no name of ours holds, and what some disk or other takes for an order.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_TEXTS = ("package_id", "made_at", "made_by", "upriver", "case", "recipient", "kind", "tlp", "key")


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the package: its path inside, with / between parts, its hash and its size in bytes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the sender says of a package.

    made_at    UTC, ISO form
    kind       agency, or the kind of keeper that the recipient is
    masked     whether victims and presumed victims go under pseudonyms
    rows       table -> rows of it that were disclosed
    key        fingerprint of the key that signs
    """

    package_id: str
    made_at: str
    made_by: str
    upriver: str
    case: str
    recipient: str
    kind: str
    tlp: str
    key: str
    masked: bool
    rows: dict[str, int] = field(default_factory=dict)
    files: tuple[Listed, ...] = ()

    def as_bytes(self) -> bytes:
        """The bytes that are signed."""
        told = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def read(data: bytes) -> Manifest:
    """A manifest as it came.

    raises  PackageError with what is wrong with it: no JSON, parts missing, a path that leads out of the package
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{MANIFEST}: not JSON ({_short(error)})") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise PackageError(f"{MANIFEST}: not a package of Upriver: it has no format {FORMAT!r}")
    if told.get("version") != VERSION:
        raise PackageError(
            f"{MANIFEST}: version {_short(told.get('version'))} of the format; this Upriver reads version {VERSION}"
        )
    for name in _TEXTS:
        if not isinstance(told.get(name), str):
            raise PackageError(f"{MANIFEST}: {name} is not a text")
    if not isinstance(told.get("masked"), bool):
        raise PackageError(f"{MANIFEST}: masked is neither true nor false")
    rows = told.get("rows")
    if not isinstance(rows, dict) or not all(isinstance(n, int) for n in rows.values()):
        raise PackageError(f"{MANIFEST}: rows does not say how many rows of each table")
    return Manifest(**{name: told[name] for name in (*_TEXTS, "masked", "rows")}, files=tuple(_files(told)))


def _files(told: dict[str, Any]) -> Iterator[Listed]:
    files = told.get("files")
    if not isinstance(files, list) or len(files) > _MOST_FILES:
        raise PackageError(f"{MANIFEST}: files is not a list of at most {_MOST_FILES:,} files")
    seen: set[str] = set()
    for entry in files:
        path, sha256, size = (entry.get(part) for part in ("path", "sha256", "bytes")) if isinstance(entry, dict) else (
            None, None, None
        )  # fmt: skip
        if not isinstance(path, str) or not isinstance(sha256, str) or type(size) is not int or size < 0:
            raise PackageError(f"{MANIFEST}: a file is not told by path, sha256 and bytes: {_short(entry)}")
        if not _SHA256.fullmatch(sha256):
            raise PackageError(f"{MANIFEST}: {_short(path)}: {_short(sha256)} is no SHA-256")
        fault = path_fault(path)
        if fault:
            raise PackageError(f"{MANIFEST}: {_short(path)}: {fault}; nothing of it is opened")
        if path.casefold() in seen:
            raise PackageError(f"{MANIFEST}: {_short(path)} is listed twice")
        seen.add(path.casefold())
        yield Listed(path, sha256, size)


def path_fault(path: str) -> str:
    """Why a path may not stand in a package; "" where it may.

    >>> path_fault("a/b.csv"), path_fault("../b"), path_fault("/etc/passwd")
    ('', 'it leads out of the package', 'it leads out of the package')
    """
    parts = path.split("/")
    if not path or path.startswith("/") or ".." in parts:
        return "it leads out of the package"
    if len(path) > _LONGEST_PATH or "" in parts or "." in parts or _FORBIDDEN.search(path):
        return "it is no plain path"
    if path != path.encode("utf-8", "replace").decode():
        return "it is no UTF-8"
    return "it stands for the seal itself" if path.casefold() in SEAL else ""


def hashed(path: Path) -> str:
    """SHA-256 of a file, read in pieces, never through a link at its end.

    raises  OSError
    """
    digest = hashlib.sha256()
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        while piece := file.read(_STEP):
            digest.update(piece)
    return digest.hexdigest()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
