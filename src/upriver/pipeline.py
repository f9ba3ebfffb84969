"""Orders the stages and runs them: from a folder of evidence to findings, going on where the last run stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from upriver.case import journal
from upriver.case.stage import Stage
from upriver.case.store import Case
from upriver.errors import CaseError, SettingsError

SUFFIX = ".upriver"
# Data walks one way: each stage reads only what stands to its left.
ORDER = ("evidence", "extract", "resolve", "link", "money", "safeguard", "roles", "crackdown", "report")

# stage, its number from 1, how much of it is done (0 to 1), what it is doing
Progress = Callable[[str, int, float, str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did: which stages ran and which stood as they were, and what the user should know."""

    home: Path
    ran: tuple[str, ...]
    kept: tuple[str, ...]
    notices: tuple[str, ...]
    dossier: Path


@cache
def stages() -> tuple[Stage, ...]:
    """Every stage, in order. Imported here, so that the command line answers before the heavy packages are loaded."""
    return tuple(import_module(f"upriver.{name}.stage").STAGE for name in ORDER)


def home_of(folder: Path, told: Path | None = None) -> Path:
    """Where the case of `folder` lies: `told`, or NAME.upriver beside it.

    raises  CaseError when the case would lie inside its own evidence
    """
    resolved = folder.resolve()
    home = told.resolve() if told is not None else resolved.with_name(resolved.name + SUFFIX)
    if home == resolved or resolved in home.parents:
        raise CaseError(f"{home} lies in the evidence itself; name a place outside {folder} with --case")
    return home


def investigate(
    folder: Path,
    told: Path | None = None,
    *,
    engine: str = "duckdb",
    fresh: bool = False,
    unmask: bool = False,
    progress: Progress | None = None,
) -> Run:
    """Run every stage that something changed for, and write the dossier.

    fresh   run all stages, whatever stands, and remember nothing of the run before
    unmask  show victims and presumed victims in the dossier by name; written into the manifest
    raises  UpriverError with what is wrong, where, and what to do; what was committed before stands
    """
    from upriver.evidence.folder import check, fingerprint
    from upriver.extract.contact_models import with_models
    from upriver.safeguard.stage import with_cues

    check(folder)
    home = home_of(folder, told)
    ran, kept = [], []
    with Case.create(home, folder, engine) as case:
        strange = sorted(set(case.settings.parameters) - set(ORDER))
        if strange:
            raise SettingsError(f"case.toml [parameters.{strange[0]}]: no such stage; allowed: {', '.join(ORDER)}")
        # Before any stage runs: a slip in the settings of the last one is not told after hours.
        told_params = {stage.name: case.settings.parameters_of(stage.name, stage.params()) for stage in stages()}
        told_params["safeguard"] = with_cues(told_params["safeguard"], folder)
        told_params["extract"], case.manifest.fitted = with_models(told_params["extract"], case.settings, folder, home)
        decisions, notices = journal.read(home)
        case.manifest.title = case.settings.title or folder.resolve().name
        lines = [json.dumps([d.decision_id, d.kind, d.subject_id, d.object_id, d.value]) for d in decisions]
        outside = fingerprint(folder, case.settings, lines)
        for number, stage in enumerate(stages(), 1):
            params = told_params[stage.name]
            seen = outside if stage.name == "evidence" else ""
            if not fresh and case.is_current(stage, params, seen):
                kept.append(stage.name)
                continue
            case.run(stage, params, seen, _for_stage(progress, stage.name, number), fresh=fresh)
            ran.append(stage.name)
            if stage.name == "evidence":
                _note_files(case)
        from upriver.report.dossier import write_dossier

        if progress is not None:
            progress("dossier", len(ORDER) + 1, 0.0, "drawing")
        dossier = write_dossier(case, unmask=unmask)
        if unmask:
            note_unmasked(case, "dossier")
        notices += _about_nothing(case, decisions)
        case.save_manifest()
    return Run(home, tuple(ran), tuple(kept), tuple(notices), dossier)


# What each kind of decision is about: an id that is nowhere in these tables decides nothing.
_ABOUT = {
    **dict.fromkeys(("same", "different"), "SELECT entity_id AS id FROM entity"),
    **dict.fromkeys(
        ("service", "not_service", "victim", "not_victim"),
        "SELECT source_account AS id FROM transfer UNION SELECT target_account FROM transfer "
        "UNION SELECT entity_id FROM entity UNION SELECT observable_id FROM observable",
    ),
    "label": "SELECT record_id AS id FROM contact_class",
    **dict.fromkeys(("leg", "not_leg"), "SELECT transfer_id AS id FROM transfer"),
}


def _about_nothing(case: Case, decisions: list[journal.Decision]) -> list[str]:
    """A notice for each decision that names an id of which the case knows nothing: misspelt, or of other evidence."""
    import pyarrow as pa

    notices = []
    for ids in dict.fromkeys(_ABOUT.values()):
        named = {
            name: decision
            for decision in decisions
            if _ABOUT.get(decision.kind) == ids
            for name in (decision.subject_id, decision.object_id if journal.KINDS[decision.kind] else None)
            if name
        }
        lent = pa.table({"id": pa.array(sorted(named), pa.string())})
        unknown = case.sql(
            f"SELECT n.id FROM named n LEFT JOIN ({ids}) k ON k.id = n.id WHERE k.id IS NULL", named=lent
        )
        nothing = "of which the case knows nothing"
        if ids == _ABOUT["label"]:
            nothing = "which is no message, note, advert or report that was read"
        notices += [
            f"{journal.FILE}: {named[name].kind} by {named[name].who} names {name}, {nothing}"
            for name in sorted(unknown["id"].to_pylist())
        ]
    return notices


def note_unmasked(case: Case, what: str) -> None:
    """Write into the manifest that `what` was shown with victims' names."""
    from datetime import UTC, datetime

    case.manifest.unmasked.append({"what": what, "at": datetime.now(UTC).isoformat(timespec="seconds")})
    case.save_manifest()


def _for_stage(progress: Progress | None, name: str, number: int) -> Callable[[float, str], None]:
    def report(done: float, text: str) -> None:
        if progress is not None:
            progress(name, number, done, text)

    report(0.0, "")
    return report


def _note_files(case: Case) -> None:
    """Hashes of the files read, and what was guessed of them, into the manifest."""
    files: list[dict[str, Any]] = case.read("source_file", "path", "sha256", "guessed").to_pylist()
    case.manifest.files = [
        {"path": row["path"], "sha256": row["sha256"]} for row in sorted(files, key=lambda r: r["path"])
    ]
    case.manifest.guessed = {row["path"]: json.loads(row["guessed"]) for row in files}
    case.save_manifest()
