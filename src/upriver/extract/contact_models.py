"""Models of the user's own that read beside the word lists in a case: told in `case.toml`, checked before any stage."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upriver.case.settings import FILE_NAME, Settings
from upriver.errors import EvidenceError, SettingsError
from upriver.extract.params import ExtractParams

if TYPE_CHECKING:
    from upriver.extract.contact_model import ContactModel

_TASKS = ("contacts", "adverts")


@dataclass(frozen=True, slots=True)
class Models:
    """The model of each task, None where none is told."""

    contacts: ContactModel | None = None
    adverts: ContactModel | None = None


def with_models(
    params: ExtractParams, settings: Settings, folder: Path, home: Path
) -> tuple[ExtractParams, dict[str, Any]]:
    """`params` with the hashes of the models that are told; for the manifest, of each: file as told, hash and card.

    All are read here, so that a slip is told before any stage runs.

    raises  SettingsError when a file is absent, among the evidence, torn, of another program or of the other task
    """
    read = {task: _checked(task, settings, folder, home) for task in _TASKS}
    cards = {
        task: {"file": settings.models[task], "sha256": digest, "card": dict(model.card)}
        for task, (model, digest) in read.items()
        if model is not None
    }
    return replace(params, contacts_sha256=read["contacts"][1], adverts_sha256=read["adverts"][1]), cards


def models(settings: Settings, folder: Path, home: Path, params: ExtractParams) -> Models:
    """The models that are told.

    raises  SettingsError as `with_models`, and when a file changed since
    """
    found = {}
    for task in _TASKS:
        model, digest = _checked(task, settings, folder, home)
        known = getattr(params, f"{task}_sha256")
        if known and known != digest:
            raise SettingsError(f"{_where(task)}: {settings.models[task]} changed during the run; run again")
        found[task] = model
    return Models(**found)


def _checked(task: str, settings: Settings, folder: Path, home: Path) -> tuple[ContactModel | None, str]:
    told = settings.models.get(task)
    if told is None:
        return None, ""
    from upriver.extract.contact_model import load

    path = _place(task, told, folder, home)
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        model = load(path)
    except (OSError, EvidenceError) as error:
        raise SettingsError(f"{_where(task)}: {error}") from error
    if model.task != task:
        raise SettingsError(f"{_where(task)}: {path} is a model of {model.task}; train one: upriver train {task}")
    return model, digest


def _place(task: str, told: str, folder: Path, home: Path) -> Path:
    """Where the file lies: as told from case.toml, beside the folder of evidence, or in the case folder."""
    evidence = folder.resolve()
    places = [(base / Path(told).expanduser()).resolve() for base in (evidence, evidence.parent, home.resolve())]
    for place in places:
        if place.is_file():
            if place.is_relative_to(evidence):
                raise SettingsError(
                    f"{_where(task)}: {place} lies among the evidence, and would be read as such; put it beside the "
                    "folder"
                )
            return place
    listed = ", ".join(dict.fromkeys(map(str, places[1:])))
    raise SettingsError(f"{_where(task)}: there is no file {told!r}; looked for: {listed}")


def _where(task: str) -> str:
    return f"{FILE_NAME} [{task}] model"
