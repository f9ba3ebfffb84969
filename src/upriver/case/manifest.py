"""What a case was made of: versions, hashes, parameters, stage times. Written anew, atomically, after each stage."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from upriver.errors import CaseError, CaseVersionError

FILE = "manifest.json"
# Raised when tables change so that an older Upriver cannot read the case.
FORMAT = 1


@dataclass(slots=True)
class Manifest:
    """`stages` holds, for each committed stage, its fingerprint, seconds, and rows and digest of its tables."""

    format: int = FORMAT
    upriver: str = ""
    engine: str = "duckdb"
    folder: str = ""
    title: str = ""
    libraries: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    guessed: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    fitted: dict[str, Any] = field(default_factory=dict)
    unmasked: list[dict[str, str]] = field(default_factory=list)

    def save(self, home: Path) -> None:
        """Write to `home`; a kill leaves the old one or the new one, never half of one."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True, default=str)
        part = home / f".{FILE}.part"
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(home / FILE)


def load(home: Path) -> Manifest:
    """The manifest of `home`.

    raises  CaseError when there is none or it is torn; CaseVersionError when a newer Upriver wrote it
    """
    path = home / FILE
    advice = (
        f"restore it, or remove {FILE} alone and investigate the folder again: tables and journal stand, and only the "
        "note of what was shown unmasked is lost"
    )
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CaseError(
            f"{home} is not a case: it has no {FILE}; if it was one, `upriver investigate` on its folder writes it anew"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise CaseError(f"{path}: cannot be read ({error}); {advice}") from error
    if not isinstance(fields, dict) or type(fields.get("format")) is not int:
        raise CaseError(f"{path}: has no format number; {advice}")
    if fields["format"] > FORMAT:
        raise CaseVersionError(
            f"{home}: written by Upriver {fields.get('upriver', '?')} (case format {fields['format']}); this one reads "
            f"up to {FORMAT}. Upgrade Upriver, or investigate the folder again into another case"
        )
    whole = Manifest()
    for name in Manifest.__dataclass_fields__:
        if name in fields:
            if type(fields[name]) is not type(getattr(whole, name)):
                raise CaseError(f"{path}: {name} is not what Upriver writes there; {advice}")
            setattr(whole, name, fields[name])
    return whole
