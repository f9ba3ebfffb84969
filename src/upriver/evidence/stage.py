"""The evidence stage: every file of the folder becomes records, or a line that says why it was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from upriver.case.settings import FILE_NAME, FileSettings
from upriver.case.stage import Desk, Stage
from upriver.case.templates import of_case
from upriver.errors import SettingsError
from upriver.evidence import archives, guesses, packages
from upriver.evidence import folder as folders
from upriver.evidence.folder import Content, Found, UnreadableError
from upriver.evidence.formats import STREAMED, sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.records import Source
from upriver.model.ids import DIGITS
from upriver.model.units import utc

if TYPE_CHECKING:
    import pyarrow as pa

_READERS = {
    "csv": "delimited",
    "xlsx": "excel",
    "json": "jsons",
    "jsonl": "jsons",
    "text": "text",
    "html": "html",
    "whatsapp": "whatsapp",
    "telegram": "telegram",
    "eml": "mail",
    "mbox": "mail",
    "camt": "camt",
    "mt940": "mt940",
    "ofac": "ofac",
    "ofac_advanced": "ofac_advanced",
    "un_list": "un_list",
    "eu_list": "eu_list",
    "uk_list": "uk_list",
    "listed_table": "listed_tables",
    "ftm": "ftm",
    "stix": "stix",
    "misp": "misp",
}
_WRITE_ROWS = 50_000
_WRITE_BYTES = 64 << 20


def run(case: Desk, params: EvidenceParams) -> None:
    """Every file of the folder: hashed, read into records with their place in it, or rejected with the reason."""
    folders.check(case.folder)
    reading = _Reading(case, params)
    case.write_each("record", _gathered(reading.records()))
    case.vouch("record", "file_id", reading.placed)
    case.write("source_file", reading.files)
    case.write("rejected_file", reading.rejected)
    case.write("decision", [_decision(line) for line in case.journal()])


STAGE = Stage(
    "evidence",
    reads=(),
    writes=("source_file", "record", "decision", "rejected_file"),
    run=run,
    params=EvidenceParams,
)


class _Reading:
    """One walk over the folder: gives records, and keeps what is to be said of each file."""

    def __init__(self, case: Desk, params: EvidenceParams) -> None:
        self.files: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        self.placed: list[str] = []
        self._case = case
        self._params = params
        self._templates = of_case(case.folder, case.settings)
        self._first: dict[str, str] = {}
        self._packages: list[packages.Package] = []
        self._refused: Counter[str] = Counter()

    def records(self) -> Iterator[pa.Table]:
        """Records of all files, in the order of their paths."""
        found = list(folders.walk(self._case.folder))
        total = sum(_size(file) for file in found) or 1
        self._packages = packages.found_in(found)
        done = 0
        for file in found:
            self._case.progress(done / total, file.name)
            seen: Content | None = None
            try:
                if file.refused:
                    raise file.refused
                seen = folders.content(file.path)
                yield from self._read(file, seen)
            except UnreadableError as error:
                self._reject(file, seen, error)
            except SettingsError as error:
                raise SettingsError(f"{file.name}: {error}") from error
            done += _size(file)
        yield from self._told_accounts()
        self._case.progress(1.0, "")

    def _told_accounts(self) -> Iterator[pa.Table]:
        """Accounts named in case.toml, as records of it: what an analyst tells has a place to be looked up, too."""
        settings = self._case.settings
        lists = {"victim_list": settings.victims, "service_list": settings.services, "source_list": settings.sources}
        if not any(lists.values()):
            return
        path = self._case.folder / FILE_NAME
        seen = folders.content(path)
        source = Source(path, FILE_NAME, seen.sha256[:DIGITS], seen.n_bytes, "utf-8", FileSettings())
        for form, accounts in lists.items():
            place = f"accounts.{form.removesuffix('_list')}s item"
            named: list[tuple[str, dict[str, str | None], dict[str, str]]]
            named = [
                (f"{place} {number}", {"account": account}, {}) for number, account in enumerate(accounts, start=1)
            ]
            yield source.told_of(form, named)
        self._keep(source, seen, "toml", sum(map(len, lists.values())))

    def _read(self, file: Found, seen: Content, archive: str = "") -> Iterator[pa.Table]:
        told = self._case.settings.of_file(file.name)
        package = packages.of(self._packages, file.name)
        if package is not None and (why := package.unread(package.part(file.name))):
            self._keep_part(file, seen, package, why)
            return
        if package is not None:
            package.check()
        elif archive and packages.is_manifest(file.path):
            raise UnreadableError(
                "it is the manifest of a package of Upriver, packed into an archive",
                "unpack the archive into the folder: then the package is checked, and each thing in it read once",
            )
        format_, encoding = sniff(file.path, file.name, seen, told.encoding)
        if seen.sha256 in self._first:
            raise UnreadableError(
                f"the same content as {self._first[seen.sha256]}, which is read", "keep one; nothing is lost"
            )
        self._first[seen.sha256] = file.name
        if format_ == "archive":
            yield from self._unpacked(file, seen)
            return
        if format_ not in STREAMED and seen.n_bytes > self._params.max_text_bytes:
            raise UnreadableError(
                f"it has {seen.n_bytes} bytes, over the limit of {self._params.max_text_bytes} for its format",
                "split it, or raise max_text_bytes under [parameters.evidence] in case.toml",
            )
        source = Source(file.path, file.name, seen.sha256[:DIGITS], seen.n_bytes, encoding, told)
        source.archive = archive
        source.package = package.told if package else {}
        source.templates = self._templates
        if encoding and told.encoding is None:
            source.guessed["encoding"] = encoding
        if told.form is None:
            source.guessed["format"] = format_
        reader: Callable[[Source, EvidenceParams], Iterator[pa.Table]]
        reader = import_module(f"upriver.evidence.readers.{_READERS[format_]}").read
        n_records = 0
        for table in reader(source, self._params):
            n_records += table.num_rows
            yield table
        self._keep(source, seen, format_, n_records)

    def _unpacked(self, file: Found, seen: Content) -> Iterator[pa.Table]:
        """Records of the members of an archive, each a file of its own; the archive itself is kept for its hash."""
        kind = archives.kind_of(file.path, seen.head)
        assert kind is not None, file.name
        n_members = 0
        for member in archives.members(file.path, file.name, kind, self._params):
            inside = Found(member.path or file.path, member.name, member.refused)
            content: Content | None = None
            try:
                if member.refused or member.path is None:
                    raise member.refused or UnreadableError("it holds nothing", "ask for the archive again")
                n_members += 1
                content = folders.hashed(member.path)
                yield from self._read(inside, content, seen.sha256)
            except UnreadableError as error:
                self._reject(inside, content, error, member.n_bytes)
            except SettingsError as error:
                raise SettingsError(f"{member.name}: {error}") from error
        whole = Source(file.path, file.name, seen.sha256[:DIGITS], seen.n_bytes, None, FileSettings())
        whole.guessed["format"] = f"{kind} archive of {n_members} files that were read or looked at"
        self._keep(whole, seen, "archive", 0)

    def _keep_part(self, file: Found, seen: Content, package: packages.Package, why: str) -> None:
        """A part of a package that is no evidence of its own: kept for its hash, with what is known of the package."""
        part = Source(file.path, file.name, seen.sha256[:DIGITS], seen.n_bytes, None, FileSettings())
        part.package = package.told
        part.guessed["not_read"] = why
        self._keep(part, seen, "package", 0)

    def _keep(self, source: Source, seen: Content, format_: str, n_records: int) -> None:
        if source.placed:
            self.placed.append(source.file_id)
        self.files.append(
            {
                "file_id": source.file_id,
                "path": source.name,
                "sha256": seen.sha256,
                "n_bytes": seen.n_bytes,
                "format": format_,
                "encoding": source.encoding,
                "n_records": n_records,
                "guessed": guesses.shown(source),
            }
        )

    def _reject(self, file: Found, seen: Content | None, error: UnreadableError, n_bytes: int | None = None) -> None:
        # Two files of an archive may have one name.
        self._refused[file.name] += 1
        again = self._refused[file.name]
        self.rejected.append(
            {
                "path": file.name if again == 1 else f"{file.name} ({again})",
                "sha256": seen.sha256 if seen else None,
                "n_bytes": _size(file) if n_bytes is None else n_bytes,
                "reason": error.reason,
                "advice": error.advice,
            }
        )


def _gathered(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same records in tables of a size that is quickly written: hundreds of chats are not hundreds of writes."""
    from upriver.engine.packed import is_packed

    waiting: list[pa.Table] = []
    n_rows, n_bytes = 0, 0
    for table in tables:
        if is_packed(table):
            yield table  # many rows of a large file
            continue
        waiting.append(table)
        n_rows, n_bytes = n_rows + table.num_rows, n_bytes + table.nbytes
        # Long texts go out at once, to bound memory.
        if n_rows >= _WRITE_ROWS or n_bytes >= _WRITE_BYTES:
            yield _whole(waiting)
            waiting, n_rows, n_bytes = [], 0, 0
    if waiting:
        yield _whole(waiting)


def _whole(tables: list[pa.Table]) -> pa.Table:
    """One table; a large one is not copied, many small ones are, since each would be a write of its own."""
    import pyarrow as pa

    return tables[0] if len(tables) == 1 else pa.concat_tables(tables).combine_chunks()


def _size(file: Found) -> int:
    try:
        return file.path.stat(follow_symlinks=False).st_size if file.path.is_file() else 0
    except OSError:
        return 0


def _decision(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the journal as a row; its time in UTC."""
    at = line["decided_at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return {**line, "decided_at": utc(moment) if moment.tzinfo else moment}
