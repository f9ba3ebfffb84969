"""DuckDB: what it tells in its own way is told in ours."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from upriver.engine.local import LocalEngine
from upriver.errors import EngineError


def test_a_refused_statement_is_shown_with_the_reason(tmp_path: Path) -> None:
    engine = LocalEngine(tmp_path)
    with pytest.raises(EngineError, match=r"(?s)nowhere does not exist.*SELECT a FROM nowhere"):
        engine.query("SELECT a FROM nowhere")


def test_a_ctrl_c_in_the_middle_of_a_query_is_a_ctrl_c(tmp_path: Path) -> None:
    engine = LocalEngine(tmp_path)
    threading.Timer(0.2, engine._connection.interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        engine.query("SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b")
