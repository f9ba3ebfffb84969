"""The case of one victim, made once, and packages of it written by the command itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import folders

from upriver.case.store import Case
from upriver.package.folder import Order, pack
from upriver.pipeline import investigate
from upriver.seal import keys

# What must be in no masked package: the victim, the two who were handed over, their numbers and accounts.
SECRETS = ("Ada Example", "14155550123", "415 555 0123", "Bo Sample", "959420000001", "Cy Sample", "1999-02-03", "V100")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with `evidence` and its finished case; not to be written to."""
    place = tmp_path_factory.mktemp("finished")
    investigate(folders.one_victim(place / "evidence"))
    return place


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, with a key `a.key`."""
    keys.new_key(tmp_path / "a.key")
    return _copied(finished, tmp_path)


def _copied(finished: Path, to: Path) -> Path:
    """The case and its evidence, moved together."""
    shutil.copytree(finished, to, dirs_exist_ok=True)
    with Case.create(to / "evidence.upriver", to / "evidence") as case:
        case.save_manifest()
    return to


@pytest.fixture
def upriver(tmp_path: Path) -> Run:
    """The command line in a process of its own, whose user is at home in a folder of the test."""

    def run(*words: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "upriver", *map(str, words)],
            capture_output=True, text=True, check=False, cwd=tmp_path, stdin=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "home"), **more},
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def sealed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package `sent` and its key `a.key`; not to be written to."""
    made = _copied(finished, tmp_path_factory.mktemp("sealed"))
    keys.new_key(made / "a.key")
    with Case.open(made / "evidence.upriver", read_only=True) as case:
        pack(case, Order("Royal Police", sender="Agency A"), made / "sent", keys.private_key(made / "a.key", str))
    return made


@pytest.fixture
def sent(sealed: Path, tmp_path: Path) -> Path:
    """A package of the case, whole, to be spoilt."""
    shutil.copytree(sealed / "sent", tmp_path / "sent")
    return tmp_path / "sent"


@pytest.fixture
def key(sealed: Path) -> Path:
    """The public key that signed `sent`."""
    return sealed / "a.key.pub"


@pytest.fixture
def secrets() -> tuple[str, ...]:
    """What must be in no masked package."""
    return SECRETS
