"""A package on disk: written beside its place, sealed, noted in the log of disclosures, then moved there whole."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from upriver import __version__
from upriver.case import disclosures
from upriver.case.disclosures import Disclosure
from upriver.case.store import Case
from upriver.errors import PackageError
from upriver.model.ids import content_id
from upriver.package.contents import (
    ABOUT,
    AGENCY,
    FILES,
    SHEETS,
    Contents,
    as_told,
    for_agency,
    for_keeper,
    origin_of,
    sheets_for,
)
from upriver.report.figures import visible
from upriver.report.identity import masks
from upriver.seal import keys
from upriver.seal.manifest import KEY, MANIFEST, SEAL, SIGNATURE, Listed, Manifest, hashed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

README = "README.txt"
_OURS = frozenset({*ABOUT, *SEAL, README, SHEETS, FILES})
KINDS = (AGENCY, "keeper")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for.

    kind    agency, keeper, or None: a keeper where a sheet of `upriver requests` is for it, else an agency
    sender  who hands it on; may be empty
    """

    recipient: str
    kind: str | None = None
    sender: str = ""
    tlp: str = "amber"
    unmask: bool = False
    with_files: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that stands at `folder`."""

    folder: Path
    manifest: Manifest
    notes: tuple[str, ...]


def pack(case: Case, order: Order, target: Path, key: Ed25519PrivateKey) -> Packed:
    """Write a package for one recipient to `target`, and into the case's log of disclosures.

    A kill leaves nothing at `target`; what it left half written beside it is taken away by the next run.

    raises  PackageError when the target is taken, the recipient is no keeper of this case, or names may not be shown
    """
    if os.path.lexists(target):
        raise PackageError(f"{target} is there already, and a package is never written over; name another with --out")
    if not target.resolve().parent.is_dir():
        raise PackageError(f"{target}: there is no folder {target.resolve().parent}; make it first")
    if order.with_files and not order.unmask:
        raise PackageError(
            "source files hold victims' names, and nobody can mask them there: give --unmask too, or leave out "
            "--with-files and hand on their hashes"
        )
    sheets = sheets_for(case, order.recipient) if order.kind != AGENCY else []
    if order.kind == "keeper" and not sheets:
        raise PackageError(
            f"no sheet of this case is for {order.recipient!r}; `upriver requests` shows who keeps its accounts and "
            "numbers, or say --kind agency"
        )
    kind = " and ".join(sorted({sheet.recipient.kind for sheet in sheets})) or AGENCY
    if sheets and (order.unmask or order.with_files):
        raise PackageError(
            f"{order.recipient} keeps accounts or numbers of this case: it gets its sheets, with no victim's name and "
            "no source file. If it is an agency that investigates, say --kind agency"
        )
    hidden = masks(case, order.unmask)
    origin = origin_of(case, hidden, order.sender, with_paths=not sheets)
    part = _room(target)
    try:
        if sheets:
            with tempfile.TemporaryDirectory(dir=part.parent, prefix=part.name) as scratch:
                made = for_keeper(case, hidden, origin, order.tlp, part, sheets, Path(scratch))
        else:
            made = for_agency(case, hidden, origin, order.tlp, part, order.with_files)
        title = visible(hidden.text(case.manifest.title or case.home.stem))
        manifest = _seal(part, order, kind, title, made, key)
        _log(case, order, manifest, made, part, target)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Packed(target, manifest, tuple(as_told(made.left)))


def default_target(home: Path, recipient: str) -> Path:
    """Beside the case: CASE-for-RECIPIENT, with a number where that is taken."""
    from anyascii import anyascii

    slug = re.sub(r"[^a-z0-9]+", "-", anyascii(recipient).lower()).strip("-")[:48].strip("-") or "recipient"
    base = home.resolve().with_name(f"{home.resolve().stem}-for-{slug}")
    found, number = base, 2
    while os.path.lexists(found):
        found, number = base.with_name(f"{base.name}-{number}"), number + 1
    return found


def _room(target: Path) -> Path:
    """An empty folder beside `target`; what a killed run left there goes."""
    part = target.resolve().with_name(f".{target.name}.part")
    if part.is_dir() and not part.is_symlink():
        if not {item.name for item in part.iterdir()} <= _OURS:
            raise PackageError(f"{part} holds files that are not a package's; move them away first")
        shutil.rmtree(part)
    for left in part.parent.glob(f"{part.name}?*"):
        shutil.rmtree(left)
    # Until it is whole, nobody else on this machine may look in.
    part.mkdir(mode=0o700)
    return part


def _seal(part: Path, order: Order, kind: str, title: str, made: Contents, key: Ed25519PrivateKey) -> Manifest:
    """README, public key, manifest and, last of all, the signature."""
    public = key.public_key()
    print_ = keys.fingerprint(public)
    made_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    recipient, sender = visible(order.recipient), visible(order.sender) or "not told"
    listing = [f"{name:20} {about}" for name, about in ABOUT.items() if (part / name).is_file()]
    if (part / SHEETS).is_dir():
        listing.append(f"{SHEETS + '/':20} what is asked of you: pages to print, and their tables")
    if (part / FILES).is_dir():
        listing.append(f"{FILES + '/':20} the source files themselves, WITH THE NAMES OF VICTIMS")
    left = "\n".join(["", "Not in it", "---------", *as_told(made.left)]) if made.left else ""
    text = resources.files("upriver.package").joinpath("readme.txt").read_text(encoding="utf-8")
    told = text.format(
        version=__version__, case=title, recipient=recipient, kind=kind, sender=sender, made_at=made_at,
        tlp=order.tlp.upper(), masking="masked" if not order.unmask else "BY NAME", listing="\n".join(listing),
        fingerprint=keys.spoken(print_), left=left,
    )  # fmt: skip
    (part / README).write_text(told, encoding="utf-8", errors="replace", newline="\n")
    (part / KEY).write_bytes(keys.public_bytes(public))
    paths = sorted(path for path in part.rglob("*") if path.is_file() and path != part / KEY)
    files = tuple(Listed(path.relative_to(part).as_posix(), hashed(path), path.stat().st_size) for path in paths)
    manifest = Manifest(
        package_id=content_id(recipient, made_at, print_, *(file.sha256 for file in files)), made_at=made_at,
        made_by=sender, upriver=__version__, case=title, recipient=recipient, kind=kind, tlp=order.tlp, key=print_,
        masked=not order.unmask, rows=made.counts(), files=files,
    )  # fmt: skip
    data = manifest.as_bytes()
    (part / MANIFEST).write_bytes(data)
    (part / SIGNATURE).write_bytes(key.sign(data))
    _lasting(part)
    return manifest


def _log(case: Case, order: Order, manifest: Manifest, made: Contents, part: Path, target: Path) -> None:
    """Before the package stands at its place: a kill in between leaves a line too many in the log, none too few."""
    disclosure = Disclosure(
        package_id=manifest.package_id, made_at=manifest.made_at, made_by=manifest.made_by,
        recipient=manifest.recipient, kind=manifest.kind, masked=manifest.masked, tlp=manifest.tlp, rows=manifest.rows,
        sources=order.with_files, key=manifest.key, manifest_sha256=hashed(part / MANIFEST), place=target.name,
    )  # fmt: skip
    disclosures.append(case.home, disclosure, made.rows)


def _lasting(folder: Path) -> None:
    """Everything below `folder` on the disk, through a power cut too."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
