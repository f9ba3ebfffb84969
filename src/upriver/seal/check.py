"""Is a package what its sender signed? Names what changed, is missing or was added; trusts nothing in it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from upriver.errors import PackageError
from upriver.seal import keys
from upriver.seal.manifest import KEY, MANIFEST, MOST_BYTES, SEAL, SIGNATURE, Manifest, hashed, read

_MOST_KEY_BYTES = 16_384
# Sweeping a hostile folder ends here.
_MOST_FILES = 1_000_000


@dataclass(slots=True)
class Verdict:
    """What was found of one package.

    manifest  what the sender says; None where it cannot be read
    seal      what is wrong with manifest, signature or key, in words
    changed, missing, added  paths inside the package, with what is wrong
    known     whether the key is the one that the recipient named; None where none was named
    """

    manifest: Manifest | None = None
    seal: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    known: bool | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.seal or self.changed or self.missing or self.added)


def verify(folder: Path, key: str | None = None) -> Verdict:
    """Check the signature and every hash of a package.

    key     a public key's file or a fingerprint, as the sender told it over another channel
    raises  PackageError when there is no such folder, or `key` is none
    """
    wanted = keys.told_fingerprint(key) if key is not None else None
    if not folder.is_dir():
        raise PackageError(f"{folder}: there is no such folder; name the folder of a package, unpacked")
    verdict = Verdict()
    held = _held(folder, verdict)
    absent = [name for name in SEAL if name not in held]
    if absent:
        are = "is" if len(absent) == 1 else "are"
        verdict.seal.append(
            f"incomplete: {', '.join(absent)} {are} not there: it is no package, its writing was stopped, or it was cut"
        )
    _check_seal(folder, held, verdict, wanted)
    if verdict.manifest is not None:
        _check_files(folder, held, verdict, verdict.manifest)
    return verdict


def _held(folder: Path, verdict: Verdict) -> dict[str, int]:
    """Path -> size of every plain file below `folder`; links and devices are told as added, and never followed."""
    found: dict[str, int] = {}

    def unreadable(error: OSError) -> None:
        verdict.added.append(f"{error.filename} (a folder that cannot be read: {error.strerror})")

    for place, folders, files in os.walk(folder, followlinks=False, onerror=unreadable):
        inside = Path(place).relative_to(folder)
        for name in sorted([*files, *(f for f in folders if (Path(place) / f).is_symlink())]):
            path = (inside / name).as_posix()
            try:
                told = (Path(place) / name).lstat()
            except OSError as error:
                verdict.added.append(f"{path} (cannot be read: {error.strerror})")
                continue
            if not stat.S_ISREG(told.st_mode):
                kind = "a link" if stat.S_ISLNK(told.st_mode) else "no plain file"
                verdict.added.append(f"{path} ({kind}; not followed)")
            else:
                found[path] = told.st_size
        if len(found) > _MOST_FILES:
            raise PackageError(f"{folder}: more than {_MOST_FILES:,} files; no package of Upriver is like that")
    return found


def _check_seal(folder: Path, held: dict[str, int], verdict: Verdict, wanted: str | None) -> None:
    if MANIFEST not in held:
        return
    data = _small(folder, held, MANIFEST, MOST_BYTES, verdict)
    signature = _small(folder, held, SIGNATURE, keys.SIGNATURE_BYTES, verdict)
    pem = _small(folder, held, KEY, _MOST_KEY_BYTES, verdict)
    if data is None:
        return
    try:
        verdict.manifest = read(data)
    except PackageError as error:
        verdict.seal.append(str(error))
    if signature is None or pem is None:
        return
    try:
        key = keys.public_key(pem, KEY)
    except PackageError as error:
        verdict.seal.append(str(error))
        return
    print_ = keys.fingerprint(key)
    if wanted is not None:
        verdict.known = wanted == print_
        if not verdict.known:
            verdict.seal.append(f"signed with another key than the one you named: {keys.spoken(print_)}")
    if not keys.is_signed(key, signature, data):
        verdict.seal.append(f"the signature does not fit {MANIFEST}: one of them was changed after signing")
    if verdict.manifest is not None and verdict.manifest.key != print_:
        verdict.seal.append(f"{KEY} is not the key that {MANIFEST} names")


def _small(folder: Path, held: dict[str, int], name: str, most: int, verdict: Verdict) -> bytes | None:
    if name not in held:
        return None
    if held[name] > most:
        verdict.seal.append(f"{name}: {held[name]:,} bytes; at most {most:,} are read")
        return None
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        verdict.seal.append(f"{name}: cannot be read ({error.strerror})")
        return None


def _check_files(folder: Path, held: dict[str, int], verdict: Verdict, manifest: Manifest) -> None:
    listed = {file.path: file for file in manifest.files}
    verdict.added += [path for path in sorted(held.keys() - listed.keys()) if path not in SEAL]
    for path, file in sorted(listed.items()):
        if path not in held:
            verdict.missing.append(path)
        elif held[path] != file.bytes:
            # The size says it already: a huge file is not read.
            verdict.changed.append(f"{path} ({held[path]:,} bytes, signed with {file.bytes:,})")
        else:
            try:
                same = hashed(folder / path) == file.sha256
            except OSError as error:
                verdict.changed.append(f"{path} (cannot be read: {error.strerror})")
                continue
            if not same:
                verdict.changed.append(f"{path} (same size, other bytes)")
