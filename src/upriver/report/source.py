"""The source file behind a record: whether it is still the file that was read, and the row as it stands in it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

_ROW = re.compile(r"(?:row|line|message|item|object) (\d+)\Z")
_TABLES = frozenset({"csv"})
_LINES = frozenset({"text", "jsonl", "whatsapp"})
_BLOCK = 1 << 20
# How far from the stated row it is looked for: some formats count the head line, some do not.
_NEAR = (0, 1, -1, 2, -2)
UNCHANGED, CHANGED, ABSENT = "unchanged", "changed since it was read", "not in the evidence folder"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the evidence as the case knows it."""

    path: str
    sha256: str
    format: str
    encoding: str | None
    guessed: str


@lru_cache(maxsize=256)
def _sha256(path: Path, _changed_at: int, _n_bytes: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def state(folder: Path, source: Source) -> str:
    """Whether the file in the evidence folder is the one that was read."""
    path, sha256 = folder / source.path, source.sha256
    if not path.is_file():
        # A member of an archive: the archive is what lies in the folder.
        path, sha256 = folder / source.path.partition("!")[0], _archive(source)
        if not sha256 or not path.is_file():
            return ABSENT
    told = path.stat()
    return UNCHANGED if _sha256(path, told.st_mtime_ns, told.st_size) == sha256 else CHANGED


def _archive(source: Source) -> str:
    told = json.loads(source.guessed or "{}")
    found = told.get("archive") if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""


def raw_row(folder: Path, source: Source, locator: str, values: Sequence[str | None]) -> list[str] | None:
    """Cells of the row, or the line, at `locator`, read anew; None where it cannot be found there.

    values  what the record says: the row is shown only where it still holds all of them
    """
    match = _ROW.search(locator)
    if match is None or source.format not in _TABLES | _LINES:
        return None
    wanted = [value for value in values if value]
    stated = int(match[1])
    rows = _rows(folder / source.path, source, stated + min(_NEAR), stated + max(_NEAR))
    for step in _NEAR:
        row = rows.get(stated + step)
        if row is not None and all(_held(value, row) for value in wanted):
            return row
    return None


def _held(value: str, row: Sequence[str]) -> bool:
    plain = value.strip()
    return any(plain == cell.strip() or (len(plain) > 2 and plain in cell) for cell in row)


def _rows(path: Path, source: Source, first: int, last: int) -> dict[int, list[str]]:
    """Rows or lines `first` to `last` by number; files may hold many gigabytes, so no more is read or kept."""
    rows: dict[int, list[str]] = {}
    try:
        with path.open(encoding=source.encoding or "utf-8-sig", errors="replace", newline="") as file:
            lines = csv.reader(file, delimiter=_delimiter(source)) if source.format in _TABLES else file
            for number, line in enumerate(islice(lines, max(first, 1) - 1, last), max(first, 1)):
                rows[number] = [line.rstrip("\r\n")] if isinstance(line, str) else list(line)
    except (OSError, LookupError, csv.Error):
        return {}
    return rows


def _delimiter(source: Source) -> str:
    told = json.loads(source.guessed or "{}")
    for part in ("told", "guessed"):
        found = told.get(part, {}).get("delimiter") if isinstance(told, dict) else None
        if isinstance(found, str) and len(found) == 1:
            return found
    return ","
