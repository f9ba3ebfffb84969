"""The small case of the report's tests, served by a real server on a free port of this machine."""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import uvicorn

from upriver.case.store import Case
from upriver.report.stage import STAGE
from upriver.web.app import create_app


def _small_case() -> ModuleType:
    place = Path(__file__).parent.parent / "report" / "conftest.py"
    spec = importlib.util.spec_from_file_location("report_conftest", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SMALL = _small_case()


@pytest.fixture
def secrets() -> tuple[str, ...]:
    """What must be seen nowhere when victims are masked."""
    told: tuple[str, ...] = SMALL.SECRETS
    return told


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a finished small case that nobody has open."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    with Case.create(tmp_path / "evidence.upriver", folder) as case:
        SMALL.fill(case).run(STAGE)
    return tmp_path / "evidence.upriver"


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """Address of a running server of the small case."""
    server = uvicorn.Server(uvicorn.Config(create_app(home), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)
