"""A case on disk: opened, filled stage by stage, read, checked."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from upriver import __version__
from upriver.case import journal
from upriver.case import settings as told
from upriver.case.manifest import FILE as MANIFEST
from upriver.case.manifest import Manifest, load
from upriver.case.settings import Settings
from upriver.case.stage import Desk, Earlier, Stage, read_sql
from upriver.engine.base import Engine, open_engine
from upriver.engine.rows import conform
from upriver.errors import CaseError, CaseLockedError, SchemaError
from upriver.model.columns import Table
from upriver.model.tables import TABLES, table

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[float, str], None]
_LIBRARIES = ("duckdb", "pyarrow", "numpy", "numba", "phonenumbers", "rapidfuzz")


def _silent(_done: float, _text: str) -> None:
    return


class Case:
    """One case folder. Use as a context manager, or call `close`."""

    def __init__(self, home: Path, manifest: Manifest, engine: Engine, *, read_only: bool = False) -> None:
        self.home = home
        self.manifest = manifest
        self._engine = engine
        self._read_only = read_only
        self._settings: Settings | None = None
        self._take_over_entries()

    # ---- opening ----------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, home: Path, folder: Path, engine: str = "duckdb") -> Case:
        """Make the case folder `home` for the evidence in `folder`, or open it where it is there already.

        raises  CaseError when `home` holds something that is not a case, or a case of another engine or folder
        """
        if home.exists() and not home.is_dir():
            raise CaseError(f"{home} is a file; name another place with --case")
        if (home / MANIFEST).exists():
            case = cls.open(home)
            if case.manifest.engine != engine:
                case.close()
                raise CaseError(f"{home} was made with the engine {case.manifest.engine}; use it, or name another case")
            # The folder may have been moved with its case; what changed is told by hashes, not by its address.
            case.manifest.folder = str(folder.resolve())
            return case
        made = [folder for folder in (home, *home.parents) if not folder.exists()]
        try:
            home.mkdir(parents=True, exist_ok=True)
            held = {item.name for item in home.iterdir()}
        except OSError as error:
            raise CaseError(f"{home}: cannot be made ({error.strerror}); name another place with --case") from error
        # A kill between the engine's first file and the manifest, or a lost manifest, leaves only our own names.
        if not held <= _OWN or (held and not held & _TABLES_OF.keys() and "dossier" in held):
            raise CaseError(f"{home} is not empty and not a case; name another place with --case")
        for name, other in _TABLES_OF.items():
            if name in held and other != engine:
                raise CaseError(f"{home} was made with the engine {other}; use it, or name another case")
        try:
            opened = open_engine(engine, home)
        except CaseLockedError:
            raise  # what stands there is another process's
        except BaseException:
            # The files of an engine that cannot start would bind the next run to it.
            _take_away(home, held, made)
            raise
        manifest = Manifest(upriver=__version__, engine=engine, folder=str(folder.resolve()))
        manifest.save(home)
        return cls(home, manifest, opened)

    @classmethod
    def open(cls, home: Path, *, read_only: bool = False) -> Case:
        """Open an existing case.

        raises  CaseError when there is none; CaseVersionError when it is newer; CaseLockedError when another has it
        """
        if not home.is_dir():
            raise CaseError(f"{home}: there is no such case; make one with `upriver investigate FOLDER`")
        manifest = load(home)
        return cls(home, manifest, open_engine(manifest.engine, home, read_only=read_only), read_only=read_only)

    def __enter__(self) -> Case:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the case file."""
        self._engine.close()

    @property
    def folder(self) -> Path:
        """The folder of evidence, as last investigated."""
        return Path(self.manifest.folder)

    @property
    def settings(self) -> Settings:
        """What case.toml of the evidence folder says."""
        if self._settings is None:
            self._settings = told.read(self.folder)
        return self._settings

    # ---- reading ----------------------------------------------------------------------------------------------

    def read(self, name: str, *columns: str, where: str = "") -> pa.Table:
        """Rows of a table in the order of its key; `columns` in the order asked for, all if none is named."""
        return self._engine.query(read_sql(table(name), columns, where))

    def sql(self, select: str, **lent: pa.Table) -> pa.Table:
        """One SELECT over the case's tables and over the tables lent by name; fully fetched."""
        try:
            for name, rows in lent.items():
                self._engine.lend(name, rows)
            return self._engine.query(select)
        finally:
            for name in lent:
                self._engine.take_back(name)

    def digests(self) -> dict[str, tuple[int, str]]:
        """Rows and digest of every table: equal for equal evidence, journal and parameters."""
        return {name: self._engine.digest(declared) for name, declared in TABLES.items()}

    # ---- running ----------------------------------------------------------------------------------------------

    def fingerprint(self, stage: Stage, params: object, outside: str = "") -> str:
        """Hash of all that the stage depends on: its parameters, the tables it reads, and what lies `outside`."""
        digests = {
            name: self.manifest.stages.get(TABLES[name].writer, {}).get("tables", {}).get(name, {}).get("digest")
            for name in stage.reads
        }
        if stage.heeds and digests.get("decision") is not None:
            digests["decision"] = self._heeded(stage.heeds)
        text = json.dumps([stage.name, __version__, _plain(params), digests, outside], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _heeded(self, kinds: tuple[str, ...]) -> list[str]:
        """The decisions of these kinds, as a stage that heeds them sees them."""
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        found: list[str] = self.read("decision", "decision_id", where=f"kind IN ({listed})")["decision_id"].to_pylist()
        return found

    def is_current(self, stage: Stage, params: object, outside: str = "") -> bool:
        """Whether the stage was committed with exactly what it would see now."""
        entry = self.manifest.stages.get(stage.name)
        return entry is not None and entry["fingerprint"] == self.fingerprint(stage, params, outside)

    def run(
        self, stage: Stage, params: object = None, outside: str = "", progress: Progress = _silent, *,
        fresh: bool = False,
    ) -> None:  # fmt: skip
        """Run one stage as one transaction: all its tables stand at the end, or none of them is changed.

        fresh   the stage remembers nothing of its run before
        raises  SchemaError when a table ends with two rows of the same key
        """
        params = stage.params() if params is None else params
        started = time.perf_counter()
        decisions, _ = journal.read(self.home)
        earlier = None if fresh else self._earlier(stage, params)
        told = [asdict(decision) for decision in decisions]
        desk = Desk(stage, self._engine, self.folder, self.settings, told, progress, earlier, self.home)
        fingerprint = self.fingerprint(stage, params, outside)
        self._engine.begin()
        try:
            for name in stage.writes:
                self._engine.clear(TABLES[name])
            stage.run(desk, params)
            tables = {}
            for name in stage.writes:
                self._check_key(TABLES[name], desk.vouched.get(name, "true"))
                n_rows, digest = self._engine.digest(TABLES[name])
                tables[name] = {"rows": n_rows, "digest": digest}
            entry = {
                "fingerprint": fingerprint,
                "seconds": round(time.perf_counter() - started, 3),
                "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "tables": tables,
                "parameters": _plain(params),
            }
            self._engine.commit(stage.name, json.dumps(entry, default=str))
        except BaseException:
            self._engine.rollback()
            raise
        self._note(stage.name, entry)

    def _earlier(self, stage: Stage, params: object) -> Earlier | None:
        entry = self.manifest.stages.get(stage.name)
        if entry is None:
            return None
        tables = {name: self.read(name) for name in stage.remembers if name in entry["tables"]}
        now, then = (json.dumps(told, sort_keys=True, default=str) for told in (_plain(params), entry["parameters"]))
        return Earlier(tables, now == then)

    def fill(self, name: str, rows: Any) -> None:
        """Replace one table's rows as if its stage had run: for tests, and for stages run alone on plain files."""
        declared = table(name)
        self._engine.begin()
        try:
            self._engine.clear(declared)
            for part in conform(declared, rows):
                self._engine.append(declared, part)
            self._check_key(declared)
            n_rows, digest = self._engine.digest(declared)
            entry = self.manifest.stages.get(declared.writer) or {
                "fingerprint": "filled", "seconds": 0.0, "finished_at": "", "tables": {}, "parameters": {}
            }  # fmt: skip
            entry["tables"][name] = {"rows": n_rows, "digest": digest}
            self._engine.commit(declared.writer, json.dumps(entry))
        except BaseException:
            self._engine.rollback()
            raise
        self._note(declared.writer, entry)

    # ---- keeping ----------------------------------------------------------------------------------------------

    def save_manifest(self) -> None:
        """Write the manifest after a change to it."""
        self.manifest.upriver = __version__
        self.manifest.libraries = {name: metadata.version(name) for name in _LIBRARIES}
        self.manifest.save(self.home)

    def _note(self, stage: str, entry: dict[str, Any]) -> None:
        self.manifest.stages[stage] = entry
        self.manifest.parameters[stage] = entry["parameters"]
        self.save_manifest()

    def _take_over_entries(self) -> None:
        """The engine's own record of stages is the truth: a kill may have come between its commit and the manifest."""
        stages = {name: json.loads(entry) for name, entry in self._engine.entries().items()}
        if stages != self.manifest.stages:
            self.manifest.stages = stages
            if not self._read_only:
                self.manifest.save(self.home)

    def _check_key(self, declared: Table, where: str = "true") -> None:
        keys = ", ".join(f'"{name}"' for name in declared.key)
        doubled = self._engine.query(
            f'SELECT {keys}, count(*) AS n_same FROM "{declared.name}" WHERE {where} '
            f"GROUP BY {keys} HAVING count(*) > 1 LIMIT 3"
        ).to_pylist()
        if doubled:
            raise SchemaError(f"{declared.name}: more than one row has the key {doubled[0]}")


_TABLES_OF = {"case.duckdb": "duckdb", "tables": "spark"}
_OWN = {
    *_TABLES_OF, "case.duckdb.wal", "journal.jsonl", f".{MANIFEST}.part", ".spill", "dossier", "requests",
    "disclosures.jsonl", "disclosures",
}  # fmt: skip


def _plain(params: object) -> dict[str, Any]:
    return asdict(params) if hasattr(params, "__dataclass_fields__") else {}  # type: ignore[call-overload]


def _take_away(home: Path, held: set[str], made: list[Path]) -> None:
    """Remove what an engine left in `home` besides what it `held`, and the folders `made` for it, the inner first."""
    for name in _OWN - held:
        if (home / name).is_dir():
            shutil.rmtree(home / name, ignore_errors=True)
        else:
            (home / name).unlink(missing_ok=True)
    for folder in made:
        if any(folder.iterdir()):
            return
        folder.rmdir()
