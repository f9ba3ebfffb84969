"""The analyst's decisions: one JSON line each in `journal.jsonl`, only ever added to.

A decision returns as evidence on the next run. It names ids that never change for the same evidence: entity_ids,
accounts, record_ids. A line torn by a kill while it was written is left where it is and not read.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from upriver.errors import JournalError
from upriver.model.ids import content_id

FILE = "journal.jsonl"
# kind -> whether a second entity is needed; what it says is in `docs/journal.md`.
KINDS = {
    "same": True, "different": True, "service": False, "not_service": False, "victim": False, "not_victim": False,
    "note": False, "label": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the journal; `decided_at` is UTC in ISO form."""

    decision_id: str
    kind: str
    subject_id: str
    object_id: str | None
    value: str | None
    who: str
    decided_at: str
    why: str


def append(
    home: Path,
    kind: str,
    subject_id: str,
    object_id: str | None = None,
    value: str | None = None,
    *,
    who: str,
    why: str,
) -> Decision:
    """Add a decision to the journal of the case folder `home` and make it last through a power cut.

    raises  JournalError when the kind is unknown, or a part that it needs is missing
    """
    if kind not in KINDS:
        raise JournalError(f"no decision is called {kind!r}: use one of {', '.join(sorted(KINDS))}")
    if KINDS[kind] and not object_id:
        raise JournalError(f"{kind!r} is about two entities: name the other one too")
    if kind == "label" and not value:
        raise JournalError("a label needs a value: scam, lure or neither")
    for name, text in (("subject", subject_id), ("who", who), ("why", why)):
        if not text.strip():
            raise JournalError(f"a decision needs {name!r}: it is evidence, and will be read by others")
    if object_id is not None and KINDS[kind]:
        if object_id == subject_id:
            raise JournalError(f"{subject_id} cannot be compared with itself")
        subject_id, object_id = min(subject_id, object_id), max(subject_id, object_id)
    decided_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    parts = (kind, subject_id, object_id, value, who, decided_at, why)
    decision = Decision(content_id(*parts), *parts)
    line = json.dumps(asdict(decision), ensure_ascii=False, sort_keys=True)
    path = home / FILE
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(("\n" if torn else "") + line + "\n")
        file.flush()
        os.fsync(file.fileno())
    return decision


def read(home: Path) -> tuple[list[Decision], list[str]]:
    """Decisions in the order in which they were made, and a notice for every line that cannot be read."""
    path = home / FILE
    if not path.exists():
        return [], []
    decisions: dict[str, Decision] = {}
    notices = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            decision = Decision(
                **{name: fields[name] for name in Decision.__dataclass_fields__}  # exact: no more, no fewer
            )
            datetime.fromisoformat(decision.decided_at)
        except (ValueError, KeyError, TypeError):
            notices.append(
                f"{FILE} line {number}: not a decision, not read; correct it or leave it, nothing else depends on it"
            )
            continue
        decisions.setdefault(decision.decision_id, decision)
    return list(decisions.values()), notices
