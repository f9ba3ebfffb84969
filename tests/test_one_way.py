"""Data walks one way: each table is written once, before it is read, by the stage that model/tables names."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from upriver.model.reference import markdown
from upriver.model.tables import TABLES
from upriver.pipeline import ORDER, stages

ROOT = Path(__file__).parent.parent


def test_each_table_is_written_once_before_it_is_read() -> None:
    written: dict[str, str] = {}
    for stage in stages():
        unwritten = set(stage.reads) - written.keys()
        assert not unwritten, f"{stage.name} reads {unwritten} before they are written"
        for name in stage.writes:
            assert name not in written, f"{name} is written by {written[name]} and by {stage.name}"
            assert TABLES[name].writer == stage.name
            written[name] = stage.name
    assert written.keys() == TABLES.keys()


def test_stages_are_in_the_order_of_the_house() -> None:
    assert tuple(stage.name for stage in stages()) == ORDER


def test_every_stage_says_what_it_does() -> None:
    for stage in stages():
        assert stage.run.__doc__, stage.name
        assert re.search(r"\.\Z|\.\n", stage.run.__doc__), stage.name


def test_the_table_reference_follows_the_declarations() -> None:
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == markdown()


def test_help_loads_no_heavy_package() -> None:
    heavy = ("duckdb", "numpy", "pyarrow", "numba", "rich", "jinja2")
    code = f"import sys, upriver.cli; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_every_command_has_help_with_an_example() -> None:
    from upriver.cli import main

    for name, command in main.commands.items():
        assert command.help is not None, name
        assert f"upriver {name}" in command.help, f"{name}: its help shows no example"
