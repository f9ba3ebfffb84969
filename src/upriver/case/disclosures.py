"""What was handed on, to whom and when: one JSON line each in `disclosures.jsonl`, only ever added to.

Beside it `disclosures/ID.rows.csv` names each row that went. A line torn by a kill is left where it is and told.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from upriver.errors import CaseError

FILE, ROWS = "disclosures.jsonl", "disclosures"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One package. `made_at` is UTC in ISO form; `rows` counts rows of each table; `manifest_sha256` is of the manifest
    that was signed; `key` the fingerprint of the key; `sources` says whether the source files themselves went."""

    package_id: str
    made_at: str
    made_by: str
    recipient: str
    kind: str
    masked: bool
    tlp: str
    rows: dict[str, int]
    sources: bool
    key: str
    manifest_sha256: str
    place: str


def append(home: Path, disclosure: Disclosure, rows: Iterable[tuple[str, str]]) -> None:
    """Add a disclosure to the log of the case folder `home`, and make it last through a power cut.

    rows    table and key of each row that goes
    raises  CaseError when it cannot be written: then nothing may be handed on
    """
    path = home / FILE
    line = json.dumps(asdict(disclosure), ensure_ascii=False, sort_keys=True).encode("utf-8", "replace") + b"\n"
    try:
        (home / ROWS).mkdir(exist_ok=True)
        with (home / ROWS / f"{disclosure.package_id}.rows.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("table", "row"))
            writer.writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
        with path.open("ab") as log:
            log.write((b"\n" if torn else b"") + line)
            log.flush()
            os.fsync(log.fileno())
    except OSError as error:
        raise CaseError(
            f"{error.filename or path}: cannot be written ({error.strerror}); what is not in the log is not handed on"
        ) from error


def read(home: Path) -> tuple[list[Disclosure], list[str]]:
    """Disclosures in the order in which they were made, and a notice for every line that cannot be read.

    raises  CaseError when the log is there and cannot be opened
    """
    try:
        text = (home / FILE).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise CaseError(f"{home / FILE}: cannot be read ({error.strerror})") from error
    found, notices = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        disclosure = _parsed(line)
        if disclosure is None:
            notices.append(f"{FILE} line {number}: not a disclosure, or torn; look into {ROWS}/ for what went")
        else:
            found.append(disclosure)
    return found, notices


def _parsed(line: str) -> Disclosure | None:
    try:
        told = json.loads(line)
        disclosure = Disclosure(**{name: told[name] for name in Disclosure.__dataclass_fields__})
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = ("package_id", "made_at", "made_by", "recipient", "kind", "tlp", "key", "manifest_sha256", "place")
    if not all(isinstance(getattr(disclosure, name), str) for name in texts):
        return None
    whole = isinstance(disclosure.rows, dict) and all(type(n) is int for n in disclosure.rows.values())
    return disclosure if whole and type(disclosure.masked) is bool and type(disclosure.sources) is bool else None
