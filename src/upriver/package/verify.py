"""What was found of a package, as a person reads it."""

from __future__ import annotations

from upriver.report.figures import counted, visible
from upriver.seal import keys
from upriver.seal.check import Verdict

# A folder stuffed with files is told by the first of them.
_MOST_NAMED = 50


def as_lines(verdict: Verdict) -> list[str]:
    """What a person should read, a line each; nothing of the package may speak to the terminal."""
    told = [f"seal: {text}" for text in verdict.seal]
    for word, found in (("changed", verdict.changed), ("missing", verdict.missing), ("added", verdict.added)):
        told += [f"{word}: {path}" for path in found[:_MOST_NAMED]]
        if len(found) > _MOST_NAMED:
            told.append(f"{word}: {len(found) - _MOST_NAMED:,} more")
    made = verdict.manifest
    if made is not None:
        told.append(
            f"made {made.made_at} by {made.made_by} for {made.recipient} ({made.kind}), TLP:{made.tlp.upper()}, "
            f"{'victims masked' if made.masked else 'VICTIMS BY NAME'}; case {made.case}"
        )
        told.append(f"key {keys.spoken(made.key)}")
    if not verdict.whole:
        told.append("NOT as it was signed: use nothing of it before the sender has told you why")
    elif verdict.known:
        told.append(f"whole: {counted(len(made.files) if made else 0, 'file')}, signed by the key you named")
    else:
        told.append(
            f"whole: {counted(len(made.files) if made else 0, 'file')}, signed by the key above. Whose key it is, "
            "no package can prove: compare it with what the sender tells you over another channel, or give --key"
        )
    return [visible(" ".join(text.split())) for text in told]
