"""The case a command works on: opened, finished, and left alone by what is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from upriver.errors import CaseError, ExportError

if TYPE_CHECKING:
    from upriver.case.store import Case


def outside(case: Case, target: Path, what: str) -> None:
    """raises  ExportError when `target` lies in the case or in its evidence"""
    for kept, name in ((case.home, "the case"), (case.folder, "the evidence")):
        if target.resolve().is_relative_to(kept.resolve()):
            raise ExportError(f"{target} lies in {name} itself, which {what} may not touch; name another place")


def check_finished(case: Case) -> None:
    """Findings come last: a run that was killed before them left tables and nothing to show.

    raises  CaseError that names the stages which stand, and the command that goes on
    """
    from upriver.pipeline import ORDER, home_of

    stand = [stage for stage in ORDER if stage in case.manifest.stages]
    if ORDER[-1] in stand:
        return
    there = (
        f"the stages {', '.join(stand)} stand" if len(stand) > 1 else f"the stage {stand[0]} stands" if stand else ""
    )
    place = "" if home_of(case.folder) == case.home.resolve() else f" --case {case.home}"
    raise CaseError(
        f"{case.home}: the case is not finished: {there or 'no stage stands'}; run `upriver investigate "
        f"{case.folder}{place}` to go on"
    )


def opened_case(home: Path | None, read_only: bool = True) -> Case:
    """The case `home`, or the only one in this folder.

    raises  CaseError when none or several lie here
    """
    from upriver.case.store import Case
    from upriver.pipeline import SUFFIX

    if home is None:
        found = sorted(path for path in Path().iterdir() if path.is_dir() and path.name.endswith(SUFFIX))
        if len(found) != 1:
            told = "several cases are" if found else "no case is"
            raise CaseError(f"{told} in this folder; name one, or make one with `upriver investigate FOLDER`")
        home = found[0]
    return Case.open(home, read_only=read_only)
