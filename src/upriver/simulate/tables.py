"""Small tables as clerks save them: any delimiter and encoding, with the odd line that no reader can use."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path


def write_table(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    delimiter: str = ",",
    encoding: str = "utf-8",
    torn: str = "",
) -> Path:
    """Write a CSV; `torn` is put as its last line as it stands, without a line end."""
    text = StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((text.getvalue() + torn).encode(encoding))
    return path


def write_lines(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    """Write JSON lines, UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def moment(at: int, hours: int = 0, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Seconds since 1970 (UTC) as a local clock `hours` ahead of UTC writes them."""
    return (datetime.fromtimestamp(at, UTC) + timedelta(hours=hours)).strftime(form)
