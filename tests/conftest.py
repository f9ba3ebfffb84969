"""Fixtures of all tests: a case small enough to draw, on either engine; what the machine lacks is said at the end."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings

from upriver.case.store import Case

# Spark's queries here are small and many, each compiled anew: the JVM's quick compiler alone, and none of Spark's own,
# halve the time.
os.environ.setdefault(
    "PYSPARK_SUBMIT_ARGS",
    '--driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" --conf spark.sql.codegen.wholeStage=false '
    "--conf spark.sql.codegen.factoryMode=NO_CODEGEN pyspark-shell",
)
ROOT = Path(__file__).parent.parent
# Templates of whoever runs the tests must not change what they read.
os.environ["UPRIVER_TEMPLATES"] = str(ROOT / "tests" / "no-templates")
SHARED = ROOT.parent / "shared" / "data"

# A property that reads a lexicon on its first call is slow once: on a loaded machine that is no fault.
settings.register_profile("house", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("house")


@lru_cache(maxsize=1)
def lacks_spark() -> str:
    """Why Spark cannot run here, or nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed"
    java = shutil.which("java")
    if java is None:
        return "Java 17 is not installed"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    major = told.partition('"')[2].partition(".")[0].partition('"')[0]
    return "" if major.isdigit() and int(major) >= 17 else f"Java 17 is needed, this is {major or 'unknown'}"


@lru_cache(maxsize=1)
def chromium() -> str:
    """Address of a Chromium, or nothing."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("spark"):
            # All on one worker of xdist, which starts Spark once.
            item.add_marker(pytest.mark.xdist_group("spark"))
        if item.get_closest_marker("spark") and lacks_spark():
            item.add_marker(pytest.mark.skip(reason=f"Spark: {lacks_spark()}"))
        if item.get_closest_marker("browser") and not chromium():
            item.add_marker(pytest.mark.skip(reason="browser: Chromium is not installed"))
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="shared: the data folder is not beside the project"))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """An empty case on DuckDB, with an empty evidence folder beside it."""
    with _made(tmp_path, "duckdb") as made:
        yield made


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def any_case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """An empty case, once on each engine."""
    with _made(tmp_path, request.param) as made:
        yield made


def _made(place: Path, engine: str) -> Case:
    folder = place / "evidence"
    folder.mkdir(exist_ok=True)
    return Case.create(place / "evidence.upriver", folder, engine)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fail-on-skip", action="store_true", help="a skipped test fails the run: for machines that lack nothing"
    )


def _reason(report: pytest.TestReport) -> str:
    told = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was not tested, and why, is said at the end."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    for reason, n_tests in sorted(reasons.items()):
        terminalreporter.write_line(f"not tested, {n_tests} tests: {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test fails the run where asked; but data that may not be shipped cannot be installed by anyone."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--fail-on-skip") and reporter is not None:
        skipped = reporter.stats.get("skipped", [])
        if any(not _reason(report).startswith("shared:") for report in skipped):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
