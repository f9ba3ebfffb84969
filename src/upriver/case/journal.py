"""The analyst's decisions: one JSON line each in `journal.jsonl`, only ever added to.

A decision returns as evidence on the next run. It names ids that never change for the same evidence: entity_ids,
accounts, record_ids, report_ids, sources; an entry of the ledger is named as it stands, and lapses when it changes.
A line torn by a kill while it was written is left where it is and not read. What was decided by mistake is withdrawn by
a line more: both stay in the file, and neither counts.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from upriver.errors import JournalError
from upriver.model.contacts import KINDS as KINDS_OF_SCAM
from upriver.model.contacts import LABELS
from upriver.model.ids import content_id

FILE = "journal.jsonl"
# kind -> whether a second one is needed; what it says is in `docs/journal.md`.
KINDS = {
    "same": True, "different": True, "service": False, "not_service": False, "victim": False, "not_victim": False,
    "note": False, "label": False, "accept": False, "merge": True, "split": True, "copy": True,
    "leg": True, "not_leg": True, "withdraw": False,
}  # fmt: skip
_ONE_WAY = frozenset({"copy"})  # a copy is not its original: which is named first matters
SAME_TEXT = "same_text"  # the other of a label that counts for all records of the same text


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
    # A shell hands on bytes that are no UTF-8 as lone surrogates, which no file can hold.
    subject_id, who, why = _writable(subject_id), _writable(who), _writable(why)
    object_id = None if object_id is None else _writable(object_id)
    value = None if value is None else _writable(value)
    fault = _fault(kind, subject_id, object_id, value, who, why)
    if fault is not None:
        raise JournalError(fault)
    if object_id is not None and KINDS[kind] and kind not in _ONE_WAY:
        subject_id, object_id = min(subject_id, object_id), max(subject_id, object_id)
    decided_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    parts = (kind, subject_id, object_id, value, who, decided_at, why)
    decision = Decision(content_id(*parts), *parts)
    line = json.dumps(asdict(decision), ensure_ascii=False, sort_keys=True)
    path = home / FILE
    try:
        torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(("\n" if torn else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise JournalError(f"{path}: cannot be written ({error.strerror}); the decision is not kept") from error
    return decision


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _fault(kind: str, subject_id: str, object_id: str | None, value: str | None, who: str, why: str) -> str | None:
    """What a decision lacks, in words; None where it is whole."""
    if kind not in KINDS:
        return f"no decision is called {kind!r}: use one of {', '.join(sorted(KINDS))}"
    if KINDS[kind] and not object_id:
        return f"{kind!r} is about two: name the other one too"
    if KINDS[kind] and object_id == subject_id:
        return f"{subject_id} cannot be compared with itself"
    if kind == "label" and (fault := _no_label(object_id, value)):
        return fault
    for name, text in (("subject", subject_id), ("who", who), ("why", why)):
        if not text.strip():
            return f"a decision needs {name!r}: it is evidence, and will be read by others"
    return None


def _no_label(object_id: str | None, value: str | None) -> str:
    """What is wrong with a label; "" where nothing is."""
    label, colon, kind = (value or "").partition(":")
    if label not in LABELS:
        return f"a label needs a value: {', '.join(LABELS)}; a kind may follow scam: scam:romance"
    if colon and (label != "scam" or kind not in KINDS_OF_SCAM):
        return f"{value!r} is no label: the kind of a scam is one of {', '.join(KINDS_OF_SCAM)}, as in scam:romance"
    if object_id is not None and object_id != SAME_TEXT:
        return f"a label is about one record; for all records of its text the other is {SAME_TEXT}, not {object_id!r}"
    return ""


def read(home: Path) -> tuple[list[Decision], list[str]]:
    """Decisions that stand, in the order in which they were made, and a notice for every line that cannot be read.

    raises  JournalError when the file is there and cannot be opened
    """
    return read_file(home / FILE)


def read_file(path: Path) -> tuple[list[Decision], list[str]]:
    """As `read`, from a journal anywhere."""
    decisions, notices = every(path)
    known = {one.decision_id for one in decisions if one.kind != "withdraw"}
    gone = {one.subject_id: one for one in decisions if one.kind == "withdraw"}
    notices += [
        f"{path.name}: {gone[name].who} withdraws {name}, which no line of it decides"
        for name in sorted(gone.keys() - known)
    ]
    return [one for one in decisions if one.kind != "withdraw" and one.decision_id not in gone], notices


def every(path: Path) -> tuple[list[Decision], list[str]]:
    """As `read_file`, with what was withdrawn and the lines that withdraw it."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise JournalError(f"{path}: cannot be read ({error.strerror}); without it no decision would count") from error
    decisions: dict[str, Decision] = {}
    notices = []
    # A line ends at a line feed alone: a reason may hold any other mark that Unicode breaks lines at.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        decision, fault = _parsed(line)
        if decision is None:
            notices.append(
                f"{path.name} line {number}: {fault}; not read; correct it or leave it, nothing else depends on it"
            )
            continue
        decisions.setdefault(decision.decision_id, decision)
    return list(decisions.values()), notices


def _parsed(line: str) -> tuple[Decision | None, str]:
    """A line as a decision, or None and what is wrong with it."""
    try:
        fields = json.loads(line)
        lacking = [name for name in Decision.__dataclass_fields__ if name not in fields]
        if lacking:
            return None, f"not a decision: it lacks {', '.join(lacking)}"
        parts = [fields[name] for name in Decision.__dataclass_fields__]
        optional = [part for part in parts if part is not None]
        if len(optional) != len(parts) - (fields["object_id"] is None) - (fields["value"] is None):
            return None, "a part of the decision is empty"
        if not all(isinstance(part, str) and part == _writable(part) for part in optional):
            return None, "a part of the decision is no text"
        decision = Decision(*parts)
        datetime.fromisoformat(decision.decided_at)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, "not a decision"
    fault = _fault(decision.kind, decision.subject_id, decision.object_id, decision.value, decision.who, decision.why)
    return (decision, "") if fault is None else (None, fault)
