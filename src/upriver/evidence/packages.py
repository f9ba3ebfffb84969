"""Packages of other agencies in the folder: known by their manifest, checked, and each thing in one read once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from upriver.errors import PackageError
from upriver.evidence.folder import Found, UnreadableError

_MANIFEST = "manifest.json"
_MARK = re.compile(rb'"format"\s*:\s*"upriver package"')
_MOST_BYTES = 64 << 20
_ENTITIES, _BUNDLE = "entities.ftm.json", "bundle.stix.json"
# What the package says in other words of what is read: by the path inside it, or the folder.
_TOLD_AGAIN = {
    _BUNDLE: f"it tells in STIX what {_ENTITIES} tells",
    "records.jsonl": f"it quotes the records behind {_ENTITIES}",
    "findings.jsonl": f"it tells what the sender found: conclusions, which rest on {_ENTITIES}",
    "ledger.jsonl": "it tells how the sender reconciled the news, which is no telling of its own",
    "sources.csv": "it lists hashes of the sender's source files",
    "README.txt": "it says what a package is",
}
_SEAL = "it vouches for the package"
_SHEETS = "requests/"
_ADVICE = "ask the sender for the package again; `upriver verify` names all that is wrong"


@dataclass(frozen=True, slots=True)
class Package:
    """One package.

    root     its path inside the folder of evidence, with / at its end; empty where the folder itself is one
    told     for source_file.guessed: from whom, of what, when, key, and whether it is as it was signed
    fault    what is wrong with it, in words; empty where it is as it was signed
    signed   paths inside it that its manifest lists
    """

    root: str
    told: dict[str, str]
    fault: str
    signed: frozenset[str]

    def part(self, name: str) -> str:
        """The path inside the package of a file of the folder; empty where the file is none of the package's own."""
        inside = name.removeprefix(self.root)
        return inside if inside in self.signed or inside in _seal() else ""

    def unread(self, inside: str) -> str:
        """Why this part of it makes no records; empty where it does."""
        if inside in _seal():
            return _SEAL
        if inside == _BUNDLE and _ENTITIES not in self.signed:
            return ""
        return "it asks its keeper for records" if inside.startswith(_SHEETS) else _TOLD_AGAIN.get(inside, "")

    def check(self) -> None:
        """raises  UnreadableError when it is not as it was signed"""
        if self.fault:
            raise UnreadableError(f"it came in a package that is not as it was signed: {self.fault}", _ADVICE)


def found_in(files: Iterable[Found]) -> list[Package]:
    """The packages among the files of a folder, the innermost first."""
    made = []
    for file in files:
        folder, _, last = file.name.rpartition("/")
        if last == _MANIFEST and file.refused is None and is_manifest(file.path):
            made.append(_package(file.path.parent, f"{folder}/" if folder else ""))
    return sorted(made, key=lambda package: (-package.root.count("/"), package.root))


def of(packages: Iterable[Package], name: str) -> Package | None:
    """The package in which a file lies, as a part of it."""
    return next((package for package in packages if name.startswith(package.root) and package.part(name)), None)


def is_manifest(path: Path) -> bool:
    """Whether a file is the manifest of a package."""
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 16)
            if not head.lstrip().startswith(b"{"):
                return False
            # The list of files may stand before it.
            return _MARK.search(head + stream.read(_MOST_BYTES)) is not None
    except OSError:
        return False


def _package(place: Path, root: str) -> Package:
    from upriver.seal import keys
    from upriver.seal.check import verify

    try:
        verdict = verify(place)
    except PackageError as error:
        return Package(root, {"verified": f"no: {error}"}, str(error), frozenset())
    wrong = [*verdict.seal, *(f"{path} was changed" for path in verdict.changed)]
    wrong += [f"{path} is missing" for path in verdict.missing]
    fault = "; ".join(wrong[:3]) + (f"; and {len(wrong) - 3:,} more" if len(wrong) > 3 else "")
    manifest = verdict.manifest
    if manifest is None:
        return Package(root, {"verified": f"no: {fault}"}, fault, frozenset(_TOLD_AGAIN) | {_ENTITIES})
    told = {
        "id": manifest.package_id, "from": manifest.made_by, "case": manifest.case, "made_at": manifest.made_at,
        "for": manifest.recipient, "tlp": manifest.tlp, "victims": "masked" if manifest.masked else "by name",
        "key": keys.spoken(manifest.key),
        "verified": f"no: {fault}" if fault else "yes: as it was signed; whose key it is, the sender tells you",
    }  # fmt: skip
    if verdict.added and not fault:
        told["added"] = f"{len(verdict.added):,} files in its folder are none of its own"
    return Package(root, told, fault, frozenset(file.path for file in manifest.files))


@lru_cache(maxsize=1)
def _seal() -> frozenset[str]:
    from upriver.seal.manifest import SEAL

    return frozenset(SEAL)
