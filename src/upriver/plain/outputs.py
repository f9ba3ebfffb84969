"""Files written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sized
from pathlib import Path

import numpy as np

from upriver.errors import ExportError


def part_of(target: Path) -> Path:
    """Where a file stands while it is being written: beside `target`, or beside what it is a link to."""
    place = target.resolve()
    return place.with_name(f".{place.name[:200]}.{os.getpid()}.part")


def lines_to(target: Path | None, lines: Iterable[str]) -> None:
    """Write lines as UTF-8 to a file that appears when all are written, or to standard output where there is none.

    raises  ExportError when `target` is no place for a file; OSError; what stood there stays
    """
    if target is None:
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
        return
    if target.is_dir():
        raise ExportError(f"{target} is a folder; name a file in it")
    if not target.absolute().parent.is_dir():
        raise ExportError(f"{target}: there is no folder {target.absolute().parent}; make it first")
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as stream:  # a device or pipe, which must not be replaced
            stream.writelines(lines)
        return
    part, place = part_of(target), target.resolve()
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(lines)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def not_read(out: Path | None, *sources: Path) -> None:
    """Refuse to write over what is read.

    raises  ExportError
    """
    for source in sources:
        if out and out.exists() and source.exists() and out.samefile(source):
            raise ExportError(f"{out} is the file that is read; name another file to write")


def file_of(out: Path | None) -> Path | None:
    """`out` where it is, or will be, a file: beside standard output, a device or a pipe no file is made."""
    return out if out and (out.is_file() or not out.exists()) else None


def beside(out: Path, what: str) -> Path:
    """`OUT.WHAT.csv`, beside OUT.csv."""
    return out.with_name(f"{out.name.removesuffix('.csv')}.{what}.csv")


def refused_to(target: Path, refused: Sized, lines: Iterable[str]) -> bool:
    """Write what was refused; a file of an earlier run that holds nothing any more goes. Whether there is any.

    lines  to write where there is
    """
    if not len(refused):
        target.unlink(missing_ok=True)
        return False
    lines_to(target, lines)
    return True


def dollars(value: float) -> str:
    """USD as a CSV tells them: to the cent, below one dollar to a millionth, no more digits than needed."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 1.0 else f"{value:.6f}".rstrip("0").rstrip(".")


def at(microseconds: int) -> str:
    """A time in UTC as a CSV tells it."""
    return (
        str(np.datetime64(microseconds, "us").astype("datetime64[ms]" if microseconds % 1_000_000 else "datetime64[s]"))
        + "Z"
    )
