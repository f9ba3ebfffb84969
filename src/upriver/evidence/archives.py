"""Archives in the folder: their members are files of their own, unpacked one at a time and never beside the evidence.

An archive may lie about everything it holds. What counts is what comes out of it: members, bytes and ratio are counted
while they are unpacked, names that would leave a folder are refused, and an archive inside an archive is not opened.
"""

from __future__ import annotations

import gzip
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal, cast

from upriver.evidence.folder import UnreadableError
from upriver.evidence.params import EvidenceParams

Kind = Literal["zip", "tar", "gzip"]

_BLOCK = 1 << 20
_LITTLE = 1 << 12
# Below this a high ratio is a table of few words, not a bomb.
_SMALL = 16 << 20
# The list of a zip's files stands at its end, and its size in the last bytes: 22, and a remark of up to 64 KiB.
_TAIL = (1 << 16) + 128
_DIRECTORY = 16 << 20
_BEYOND = 0xFFFFFFFF
_DRIVE = re.compile(r"[A-Za-z]:")
_INSIDE = re.compile(r"(?i)\.(?:zip|tgz|tar|tar\.gz|gz)!")
# What the readers of the standard library raise on a spoilt archive: a header of nonsense is no BadZipFile to them.
DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, NotImplementedError,
    RuntimeError, ValueError, struct.error,
)  # fmt: skip
_UNPACK = "unpack it yourself, look at what is in it, and put the evidence into the folder"
# Archives, and files that a program made of parts: the first are not opened inside another, the second are read.
_NESTED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: `name` as `archive.zip!path`; `path`: where it lies for now, None: not read."""

    name: str
    n_bytes: int
    path: Path | None
    refused: UnreadableError | None = None


def within(name: str) -> str:
    """The path inside its archive of a file called `archive.zip!path`; the name itself where it is in none.

    >>> within("a/b.zip!c/d.csv"), within("Hello!.csv")
    ('c/d.csv', 'Hello!.csv')
    """
    found = _INSIDE.search(name)
    return name[found.end() :] if found else name


def kind_of(path: Path, head: bytes) -> Kind | None:
    """What kind of archive the bytes say it is; None where it is none that is opened."""
    if head.startswith(b"\x1f\x8b"):
        return "tar" if _is_tar(path) else "gzip"
    if head[257:262] == b"ustar":
        return "tar"
    return "zip" if head.startswith(b"PK") else None


def directory(path: Path) -> None:
    """raises  UnreadableError when the list of a zip's files is too large to be looked at"""
    with path.open("rb") as source:
        n_bytes = source.seek(0, 2)
        start = max(0, n_bytes - _TAIL)
        source.seek(start)
        tail = source.read(_TAIL)
        end = tail.rfind(b"PK\x05\x06")
        size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
        locator = tail[end - 20 : end] if end >= 20 else b""
        if size == _BEYOND and locator.startswith(b"PK\x06\x07"):
            source.seek(min(int.from_bytes(locator[8:16], "little"), n_bytes))
            size = int.from_bytes(source.read(56)[40:48], "little")
    if min(size, n_bytes) > _DIRECTORY:
        raise UnreadableError(f"the list of its files alone has {size} bytes, as bombs have", _UNPACK)


def members(path: Path, name: str, kind: Kind, params: EvidenceParams) -> Iterator[Member]:
    """The files of an archive in the order of their names, each unpacked only until the next is asked for.

    A tar keeps the order in which it was packed: it can only be read forward. A member that cannot be read is told, and
    so is the end of an archive that breaks off or goes beyond a limit.
    raises  UnreadableError when nothing of it can be read
    """
    budget = _Budget(path.stat().st_size, params)
    with TemporaryDirectory(prefix="upriver-") as folder:
        room = Path(folder) / "member"
        unpack = {"zip": _zip, "tar": _tar, "gzip": _gzip}[kind]
        told = False
        try:
            for member in unpack(path, name, room, budget):
                told = True
                yield member
                room.unlink(missing_ok=True)
        except UnreadableError as error:
            if not told:
                raise
            yield Member(f"{name}! (the rest)", 0, None, error)
        except DAMAGED as error:
            torn = UnreadableError(
                f"the archive is damaged or not whole: {_words(error)}", f"ask for it again, or {_UNPACK}"
            )
            if not told:
                raise torn from error
            yield Member(f"{name}! (the rest)", 0, None, torn)


class _Budget:
    """What may still come out of one archive."""

    def __init__(self, n_packed: int, params: EvidenceParams) -> None:
        self._packed = max(n_packed, 1)
        self._params = params
        self._n_members = 0
        self._n_bytes = 0

    def member(self) -> None:
        """raises  UnreadableError when there are too many"""
        self._n_members += 1
        if self._n_members > self._params.max_members:
            raise UnreadableError(
                f"it holds more than {self._params.max_members} files; those before were read",
                f"{_UNPACK}, or raise max_members under [parameters.evidence] in case.toml",
            )

    def grow(self, n_bytes: int) -> None:
        """raises  UnreadableError when more came out than may, in all or for each byte that went in"""
        self._n_bytes += n_bytes
        if self._n_bytes > self._params.max_unpacked_bytes:
            raise UnreadableError(
                f"it unpacks to more than {self._params.max_unpacked_bytes} bytes; those before were read",
                f"{_UNPACK}, or raise max_unpacked_bytes under [parameters.evidence] in case.toml",
            )
        if self._n_bytes > _SMALL and self._n_bytes > self._packed * self._params.max_ratio:
            raise UnreadableError(
                f"it unpacks to more than {self._params.max_ratio} times its size, as bombs do; those before were read",
                f"{_UNPACK}, or raise max_ratio under [parameters.evidence] in case.toml",
            )


def _copy(source: IO[bytes] | gzip.GzipFile, room: Path, budget: _Budget, block_bytes: int = _BLOCK) -> int:
    n_bytes = 0
    with room.open("wb") as out:
        while block := source.read(block_bytes):
            budget.grow(len(block))
            n_bytes += len(block)
            out.write(block)
    return n_bytes


def _zip(path: Path, name: str, room: Path, budget: _Budget) -> Iterator[Member]:
    seen: set[str] = set()
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda entry: (entry.filename, entry.header_offset)):
            inner = _filename(entry)
            if inner.endswith("/"):
                continue
            budget.member()
            mode = entry.external_attr >> 16
            refused = _refusal(inner, seen)
            if refused is None and mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
                refused = UnreadableError("a link or device in an archive, which is not followed", _UNPACK)
            if refused is None and entry.flag_bits & 0x1:
                refused = UnreadableError("it is protected by a password", "unpack it with its password")
            if refused:
                yield Member(_shown(name, inner), entry.file_size, None, refused)
                continue
            try:
                # Of bzip2 and LZMA all comes out at once that a block holds: they are asked for little.
                packed = entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                with archive.open(entry) as source:
                    n_bytes = _copy(source, room, budget, _LITTLE if packed else _BLOCK)
            except UnreadableError as error:
                yield Member(_shown(name, inner), entry.file_size, None, error)
                raise
            except DAMAGED as error:
                torn = UnreadableError(f"damaged inside the archive: {_words(error)}", "ask for the archive again")
                yield Member(_shown(name, inner), entry.file_size, None, torn)
                continue
            yield _opened(name, inner, n_bytes, room)


def _tar(path: Path, name: str, room: Path, budget: _Budget) -> Iterator[Member]:
    seen: set[str] = set()
    with (
        gzip.open(path) if _is_gzip(path) else path.open("rb") as packed,
        # It has all that tarfile asks of a file, though it is no subclass of one.
        tarfile.open(fileobj=cast("IO[bytes]", _Forward(packed, budget)), mode="r:") as archive,
    ):
        for entry in archive:
            if entry.isdir():
                continue
            budget.member()
            inner = entry.name
            refused = _refusal(inner, seen)
            if refused is None and not entry.isreg():
                refused = UnreadableError("a link or device in an archive, which is not followed", _UNPACK)
            source = None if refused else archive.extractfile(entry)
            if refused or source is None:
                yield Member(
                    _shown(name, inner), entry.size, None, refused or UnreadableError("it holds nothing", _UNPACK)
                )
                continue
            try:
                n_bytes = _copy(source, room, budget)
            except UnreadableError as error:
                yield Member(_shown(name, inner), entry.size, None, error)
                raise
            yield _opened(name, inner, n_bytes, room)


class _Forward:
    """A file that tar reads: forward, counted, and never more at once than a header or a block may have.

    A tar may declare a name of gigabytes, which its reader would hold in memory.
    """

    def __init__(self, source: IO[bytes] | gzip.GzipFile, budget: _Budget) -> None:
        self._source = source
        self._budget = budget

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= 2 * _BLOCK:
            raise tarfile.ReadError(f"a header of {size} bytes, as bombs have")
        return self._source.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Passing over is unpacking, too: it is counted."""
        self._budget.grow(max(0, offset - self._source.tell()))
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        return self._source.tell()


def _gzip(path: Path, name: str, room: Path, budget: _Budget) -> Iterator[Member]:
    last = name.rpartition("/")[2]
    inner = last[:-3] if last.lower().endswith(".gz") and len(last) > 3 else f"{last}.unpacked"
    budget.member()
    with gzip.open(path) as source:
        n_bytes = _copy(source, room, budget)
    yield _opened(name, inner, n_bytes, room)


def _opened(name: str, inner: str, n_bytes: int, room: Path) -> Member:
    """The member, unless it is an archive itself; a workbook is none, though it is packed like one."""
    with room.open("rb") as source:
        head = source.read(512)
    nested = head.startswith(_NESTED) or head[257:262] == b"ustar" or (head.startswith(b"PK") and not _is_office(room))
    if nested:
        refused = UnreadableError("an archive inside an archive, which is not opened", _UNPACK)
        return Member(_shown(name, inner), n_bytes, None, refused)
    return Member(_shown(name, inner), n_bytes, room)


def _is_office(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except DAMAGED:
        return True  # torn: the reader of workbooks says so in its own words
    return "[Content_Types].xml" in names or "content.xml" in names


def _refusal(inner: str, seen: set[str]) -> UnreadableError | None:
    """Why a name of a member is not trusted; None where it is a plain path, met for the first time."""
    parts = inner.replace("\\", "/").split("/")
    if not inner.strip() or "\0" in inner:
        return UnreadableError("a file without a name in an archive", _UNPACK)
    if inner.startswith(("/", "\\")) or _DRIVE.match(inner) or ".." in parts:
        return UnreadableError("a path that leads out of its archive", _UNPACK)
    # Where case does not count, two names are one file, and the second would hide the first.
    known = "/".join(parts).casefold()
    if known in seen:
        return UnreadableError("a second file of the same name in its archive", _UNPACK)
    seen.add(known)
    return None


def _filename(entry: zipfile.ZipInfo) -> str:
    """The name of a member; one that is not marked as UTF-8 may still be that, or Chinese, as Windows packs it."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    if raw.isascii():
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _shown(name: str, inner: str) -> str:
    """`archive.zip!path`, with no sign that a terminal would obey or a table could not hold."""
    clean = "".join(sign if sign.isprintable() else "\ufffd" for sign in inner)
    return f"{name}!{clean}".encode("utf-8", "replace").decode()


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as source:
        return source.read(2) == b"\x1f\x8b"


def _is_tar(path: Path) -> bool:
    try:
        with gzip.open(path) as source:
            return source.read(512)[257:262] == b"ustar"
    except DAMAGED:
        return False


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
