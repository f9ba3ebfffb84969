"""How far a workbook's sheets reach, looked at before they are opened.

The reader of workbooks makes room for the whole rectangle that holds a sheet's filled cells: one stray cell at the far
corner asks for half a terabyte, and the process is ended by it. So the rectangle is measured first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from upriver.evidence.folder import UnreadableError

# Cells for which room is made without a question (below 2 GB), and empty ones allowed for each filled one above that.
_CELLS = 50_000_000
_EMPTY = 100
# Bytes of a workbook's parts for each byte of the largest text: tables of numbers shrink to a tenth.
_UNPACKED = 8
_BLOCK = 1 << 22
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
# A cell with something in it: one that is only coloured closes itself.
_FILLED = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>')


def check(path: Path, max_text_bytes: int) -> None:
    """raises  UnreadableError when a workbook unpacks to too much, or a sheet's filled cells lie too far apart"""
    if not zipfile.is_zipfile(path):
        return  # the older formats; their reader says what is wrong with them
    with zipfile.ZipFile(path) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > max_text_bytes * _UNPACKED:
            raise UnreadableError(
                f"it unpacks to {unpacked} bytes, over the limit of {max_text_bytes * _UNPACKED} for a workbook",
                "split it, or raise max_text_bytes under [parameters.evidence] in case.toml",
            )
        for name in parts.namelist():
            if _SHEET.fullmatch(name):
                n_filled, rectangle = _measure(parts, name)
                if rectangle > max(_CELLS, n_filled * _EMPTY):
                    raise UnreadableError(
                        f"{n_filled} filled cells of {name} lie in a rectangle of {rectangle}: some stand far away",
                        "delete the cells far from the table, or save its sheets as .csv",
                    )


def _measure(parts: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """Filled cells of a sheet, and cells of the rectangle from A1 that holds them."""
    n_filled, rows = 0, 0
    columns: set[bytes] = set()
    try:
        with parts.open(name) as sheet:
            rest = b""
            while block := sheet.read(_BLOCK):
                text = rest + block
                cut = text.rfind(b"<")
                text, rest = text[:cut], text[cut:][:_BLOCK]
                for letters, row in _FILLED.findall(text):
                    n_filled += 1
                    rows = max(rows, int(row))
                    columns.add(letters)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError):
        return 0, 0  # torn or locked: the reader of workbooks says so in its own words
    return n_filled, rows * max(map(_column, columns), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
