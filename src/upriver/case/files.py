"""Files beside a case, for people to open."""

from __future__ import annotations

from pathlib import Path


def put(target: Path, text: str) -> None:
    """Write a file that appears whole or not at all; what UTF-8 cannot hold (a name on disk) is shown as a mark."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(text.encode("utf-8", "replace"))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
