"""A file on disk as readers see it, and records as plain rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from upriver.case.settings import FileSettings
from upriver.evidence.folder import content
from upriver.evidence.formats import sniff
from upriver.evidence.records import Source
from upriver.model.forms import FORMS

NOTHING = FileSettings()


def source(path: Path, data: bytes | str, told: FileSettings = NOTHING) -> Source:
    """The file at `path` with `data` in it."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    seen = content(path)
    _, encoding = sniff(path, path.name, seen, told.encoding)
    return Source(path, path.name, seen.sha256[:20], seen.n_bytes, encoding, told)


def rows(tables: Iterator[pa.Table]) -> list[dict[str, Any]]:
    """Records as dicts: locator, form, extra, and every field that holds something by its name."""
    found = []
    for table in tables:
        for record in table.to_pylist():
            names = FORMS[record["form"]].fields
            fields = {name: value for name, value in zip(names, record["fields"], strict=True) if value is not None}
            found.append({"at": record["locator"], "form": record["form"], "extra": record["extra"], **fields})
    return found
