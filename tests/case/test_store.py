"""A case on disk: transactions, resuming, keys, locks, kills."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from upriver.case import journal
from upriver.case.manifest import FORMAT, load
from upriver.case.stage import Desk, Stage
from upriver.case.store import Case
from upriver.engine.spark import SparkEngine
from upriver.errors import CaseError, CaseVersionError, EngineError, SchemaError


@dataclass(frozen=True)
class Params:
    amount: float = 1.0
    fails: bool = False


def _rate(asset: str, usd: float) -> dict[str, object]:
    import datetime

    return {"asset": asset, "rate_on": datetime.date(2026, 1, 1), "usd": usd, "record_id": "f#row 1"}


def _candidate(case: Desk, params: Params) -> None:
    """Pairs from rates: a stage small enough to see through."""
    names = case.read("statement", "entity_id")["entity_id"].to_pylist()
    case.write("candidate_pair", [{"left_id": a, "right_id": a + "z", "rule": str(params.amount)} for a in names])
    if params.fails:
        raise SchemaError("as asked")


RESOLVE = Stage("resolve", ("statement",), ("candidate_pair",), _candidate, Params)


def _statement(entity: str) -> dict[str, object]:
    return {
        "statement_id": f"s-{entity}",
        "entity_id": entity, "schema": "Person", "prop": "name", "value": "A", "lang": None,
        "record_id": "f#row 1",
    }  # fmt: skip


def test_a_stage_writes_all_its_tables_or_none(any_case: Case) -> None:
    any_case.fill("statement", [_statement("e1")])
    any_case.run(RESOLVE, Params())
    before = any_case.read("candidate_pair").to_pylist()
    with pytest.raises(SchemaError, match="as asked"):
        any_case.run(RESOLVE, Params(amount=2.0, fails=True))
    assert any_case.read("candidate_pair").to_pylist() == before
    assert any_case.is_current(RESOLVE, Params())


def test_a_stage_is_current_until_its_input_or_parameter_changes(any_case: Case) -> None:
    any_case.fill("statement", [_statement("e1")])
    any_case.run(RESOLVE, Params())
    assert any_case.is_current(RESOLVE, Params())
    assert not any_case.is_current(RESOLVE, Params(amount=3.0))
    any_case.fill("statement", [_statement("e2")])
    assert not any_case.is_current(RESOLVE, Params())


def test_a_stage_that_heeds_some_kinds_of_decisions_stands_when_others_are_made(any_case: Case) -> None:
    heeding = replace(RESOLVE, reads=("statement", "decision"), heeds=("same", "different"))
    made = [
        {"decision_id": f"d{n}", "kind": kind, "subject_id": "a", "object_id": "b", "value": None, "who": "A",
         "decided_at": datetime(2026, 1, 1), "why": "seen"} for n, kind in enumerate(("same", "label", "different"))
    ]  # fmt: skip
    any_case.fill("statement", [_statement("e1")])
    any_case.fill("decision", made[:1])
    any_case.run(heeding, Params())
    any_case.fill("decision", made[:2])
    assert any_case.is_current(heeding, Params())
    assert not any_case.is_current(replace(heeding, heeds=("label",)), Params())
    any_case.fill("decision", made)
    assert not any_case.is_current(heeding, Params())


def test_what_was_written_is_there_after_reopening(any_case: Case) -> None:
    any_case.fill("statement", [_statement("e2"), _statement("e1")])
    any_case.run(RESOLVE, Params())
    any_case.close()
    with Case.open(any_case.home) as again:
        assert again.read("candidate_pair", "left_id").to_pylist() == [{"left_id": "e1"}, {"left_id": "e2"}]
        assert again.is_current(RESOLVE, Params())


def test_digest_depends_on_rows_not_on_their_order(any_case: Case) -> None:
    any_case.fill("rate", [_rate("THB", 0.03), _rate("CNY", 0.14)])
    first = any_case.digests()["rate"]
    any_case.fill("rate", [_rate("CNY", 0.14), _rate("THB", 0.03)])
    assert any_case.digests()["rate"] == first
    any_case.fill("rate", [_rate("CNY", 0.14), _rate("THB", 0.031)])
    assert any_case.digests()["rate"] != first


def test_two_rows_of_one_key_are_refused(any_case: Case) -> None:
    with pytest.raises(SchemaError, match="more than one row has the key"):
        any_case.fill("rate", [_rate("THB", 0.03), _rate("THB", 0.04)])
    assert any_case.read("rate").num_rows == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"asset": "THB"}, "may not be null"),
        (_rate("THB", 0.03) | {"colour": "red"}, "no column"),
        (_rate("THB", 0.03) | {"usd": "much"}, "is float"),
    ],
)
def test_rows_that_do_not_fit_are_refused_with_the_column(case: Case, row: dict[str, object], words: str) -> None:
    with pytest.raises(SchemaError, match=words):
        case.fill("rate", [row])


def test_a_stage_cannot_touch_what_it_does_not_declare(case: Case) -> None:
    def peeks(desk: Desk, _params: Params) -> None:
        desk.sql("SELECT * FROM transfer")

    def scribbles(desk: Desk, _params: Params) -> None:
        desk.write("rate", [_rate("THB", 0.03)])

    for run in (peeks, scribbles):
        with pytest.raises(SchemaError, match="without declaring it"):
            case.run(Stage("resolve", ("statement",), ("candidate_pair",), run, Params))


def test_a_lent_table_is_gone_afterwards(any_case: Case) -> None:
    def lends(desk: Desk, _params: Params) -> None:
        rows = desk.sql("SELECT l.a AS a FROM l", l=pa.table({"a": ["x"]}))
        assert rows.to_pylist() == [{"a": "x"}]
        with pytest.raises(SchemaError):
            desk.sql("SELECT a FROM l")

    any_case.run(Stage("resolve", (), ("candidate_pair",), lends, Params))


def test_a_second_process_gets_a_clear_message(any_case: Case) -> None:
    code = f"""
        from pathlib import Path
        from upriver.case.store import Case
        from upriver.errors import CaseLockedError
        try:
            Case.open(Path({str(any_case.home)!r}))
        except CaseLockedError as error:
            print(error)
    """
    told = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert "another Upriver process" in told.stdout


def test_a_kill_in_the_middle_of_a_stage_leaves_a_case_that_opens(any_case: Case) -> None:
    any_case.fill("statement", [_statement("e1")])
    any_case.run(RESOLVE, Params())
    any_case.close()
    code = f"""
        import os, signal
        from pathlib import Path
        from upriver.case.stage import Stage
        from upriver.case.store import Case
        from tests.case.test_store import Params

        def dies(desk, params):
            desk.write("candidate_pair", [dict(left_id="x", right_id="y", rule="half written")])
            os.kill(os.getpid(), signal.SIGKILL)

        stage = Stage("resolve", ("statement",), ("candidate_pair",), dies, Params)
        Case.open(Path({str(any_case.home)!r})).run(stage, Params(2.0))
    """
    root = Path(__file__).parents[2]
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert died.returncode == -signal.SIGKILL
    with Case.open(any_case.home) as again:
        assert again.read("candidate_pair", "rule").to_pylist() == [{"rule": "1.0"}]
        assert again.is_current(RESOLVE, Params())
        again.run(RESOLVE, Params(2.0))


def test_a_manifest_that_lags_behind_the_tables_is_mended(case: Case) -> None:
    case.fill("statement", [_statement("e1")])
    case.run(RESOLVE, Params())
    case.close()
    old = load(case.home)
    old.stages = {}
    old.save(case.home)
    with Case.open(case.home) as again:
        assert again.is_current(RESOLVE, Params())


def test_a_case_from_a_newer_version_is_not_touched(case: Case) -> None:
    case.close()
    path = case.home / "manifest.json"
    newer = json.loads(path.read_text()) | {"format": FORMAT + 1, "upriver": "9.0"}
    path.write_text(json.dumps(newer))
    with pytest.raises(CaseVersionError, match=r"written by Upriver 9\.0"):
        Case.open(case.home)
    assert json.loads(path.read_text()) == newer


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"format": 1, "ti',
        "[]",
        '{"format": true}',
        '{"format": 1, "stages": "x"}',
        '{"format": 1, "title": 7}',
        "[" * 100_000,
    ],
)
def test_a_manifest_torn_or_edited_by_hand_is_refused_with_what_to_do(case: Case, text: str) -> None:
    case.close()
    (case.home / "manifest.json").write_text(text)
    with pytest.raises(CaseError, match=r"remove manifest\.json alone and investigate"):
        Case.open(case.home)


def test_a_lost_manifest_is_written_anew_and_stages_stand(any_case: Case) -> None:
    any_case.fill("statement", [_statement("e1")])
    any_case.run(RESOLVE, Params())
    any_case.close()
    (any_case.home / "dossier").mkdir()
    (any_case.home / "manifest.json").unlink()
    with pytest.raises(CaseError, match="writes it anew"):
        Case.open(any_case.home)
    other = "duckdb" if any_case.manifest.engine == "spark" else "spark"
    with pytest.raises(CaseError, match=f"made with the engine {any_case.manifest.engine}"):
        Case.create(any_case.home, any_case.folder, other)
    with Case.create(any_case.home, any_case.folder, any_case.manifest.engine) as again:
        assert again.is_current(RESOLVE, Params())


@pytest.mark.parametrize("told", [True, False])
def test_an_engine_that_cannot_start_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    home = tmp_path / "made" / "a.upriver"
    if told:
        home.mkdir(parents=True)
    with pytest.raises(EngineError, match="needs pyspark"):
        Case.create(home, tmp_path, "spark")
    assert home.exists() == told == home.parent.exists()
    Case.create(home, tmp_path).close()


@pytest.mark.parametrize("n_bytes", [0, 10, 12_287])
def test_tables_that_a_kill_left_before_their_first_header_are_begun_again(case: Case, n_bytes: int) -> None:
    case.close()
    path = case.home / "case.duckdb"
    path.write_bytes(path.read_bytes()[:n_bytes])
    with Case.create(case.home, case.folder) as again:
        again.fill("statement", [_statement("e1")])


def test_damaged_tables_are_refused_with_what_to_do(case: Case) -> None:
    case.close()
    path = case.home / "case.duckdb"
    path.write_bytes(path.read_bytes()[:30_000])
    for opened in (lambda: Case.open(case.home, read_only=True), lambda: Case.create(case.home, case.folder)):
        with pytest.raises(CaseError, match=r"remove case\.duckdb alone"):
            opened()
    path.unlink()
    with Case.create(case.home, case.folder) as again:
        assert again.read("statement").num_rows == 0


def test_a_table_that_is_gone_makes_its_stage_run_again(any_case: Case) -> None:
    any_case.fill("statement", [_statement("e1")])
    any_case.run(RESOLVE, Params())
    any_case.close()
    if any_case.manifest.engine == "spark":
        shutil.rmtree(any_case.home / "tables" / "candidate_pair")
    else:
        with duckdb.connect(str(any_case.home / "case.duckdb")) as tables:
            tables.execute("DROP TABLE candidate_pair")
    with Case.open(any_case.home) as again:
        assert not again.is_current(RESOLVE, Params())
        again.run(RESOLVE, Params())
        assert again.read("candidate_pair").num_rows == 1


def test_a_case_of_an_older_version_is_to_be_investigated_again(case: Case) -> None:
    case.close()
    with duckdb.connect(str(case.home / "case.duckdb")) as tables:
        tables.execute("DROP TABLE candidate_pair")
    with pytest.raises(CaseError, match="no table candidate_pair: made by an older Upriver"):
        Case.open(case.home, read_only=True)


def test_a_table_without_a_column_of_today_is_told_and_then_filled_anew(case: Case) -> None:
    case.run(RESOLVE, Params())
    case.close()
    with duckdb.connect(str(case.home / "case.duckdb")) as tables:
        tables.execute("ALTER TABLE candidate_pair DROP COLUMN rule")
    with pytest.raises(CaseError, match="no table candidate_pair with rule: made by an older Upriver"):
        Case.open(case.home, read_only=True)
    with Case.open(case.home) as again:
        assert not again.is_current(RESOLVE, Params())
        again.run(RESOLVE, Params())
    with Case.open(case.home, read_only=True) as again:
        assert again.is_current(RESOLVE, Params())


@pytest.mark.spark
@pytest.mark.parametrize("text", ["", '{"parts": 5, "entries": {}}', "[]"])
def test_a_torn_list_of_spark_tables_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "state.json").write_text(text)
    with pytest.raises(CaseError, match="remove the folder tables alone"):
        SparkEngine(tmp_path)
    assert not (tmp_path / "tables" / "writer.lock").exists()


def test_a_folder_that_is_not_a_case_is_not_written_to(tmp_path: Path) -> None:
    strange = tmp_path / "mine.upriver"
    strange.mkdir()
    (strange / "thesis.txt").write_text("do not lose me")
    with pytest.raises(CaseError, match="not empty and not a case"):
        Case.create(strange, tmp_path)
    assert [item.name for item in strange.iterdir()] == ["thesis.txt"]
    with pytest.raises(CaseError, match="there is no such case"):
        Case.open(tmp_path / "nowhere.upriver")


def test_the_journal_reaches_the_stage(case: Case) -> None:
    journal.append(case.home, "service", "acc-1", who="A", why="the exchange says so")
    seen: list[str | None] = []

    def looks(desk: Desk, _params: Params) -> None:
        seen.extend(decision["subject_id"] for decision in desk.journal())

    case.run(Stage("evidence", (), ("decision",), looks, Params))
    assert seen == ["acc-1"]
