"""The main job on folders small enough to draw: going on, running again only what changed, and bad input."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import folders

from upriver.case import journal
from upriver.case.store import Case
from upriver.errors import CaseError, EvidenceError, SettingsError
from upriver.pipeline import ORDER, investigate

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.one_victim(tmp_path / "evidence")


def digests(home: Path) -> dict[str, tuple[int, str]]:
    with Case.open(home) as case:
        return case.digests()


def test_a_victims_money_is_followed_to_the_exchange(folder: Path) -> None:
    run = investigate(folder)
    with Case.open(run.home) as case:
        traced = case.read("traced_account", "account", "received_usd", "stop_reason").to_pylist()
        assert {row["account"]: row["received_usd"] for row in traced} == {"M100": 1000.0, "M200": 950.0, "X900": 900.0}
        assert {row["account"]: row["stop_reason"] for row in traced}["X900"] == "cash_out"
        assert case.read("loss", "reported_usd", "found_usd").to_pylist() == [
            {"reported_usd": 1000.0, "found_usd": 1000.0}
        ]
        protected = case.read("protected_person", "status", "child").to_pylist()
        assert {row["status"] for row in protected} >= {"reported_victim", "presumed_victim"}
        assert any(row["child"] for row in protected)
        assert case.read("finding").num_rows
    assert run.dossier.is_file()
    assert run.ran == ORDER


def test_a_second_run_runs_nothing_again(folder: Path) -> None:
    first = investigate(folder)
    before = digests(first.home)
    second = investigate(folder)
    assert second.ran == ()
    assert second.kept == ORDER
    assert digests(first.home) == before


def test_a_decision_runs_again_only_what_depends_on_it(folder: Path) -> None:
    run = investigate(folder)
    journal.append(run.home, "service", "M200", value="shop", who="A", why="the bank says it is a shop")
    again = investigate(folder)
    assert {"evidence", "money"} <= set(again.ran)
    assert "extract" in again.kept
    with Case.open(run.home) as case:
        accounts = case.read("traced_account", "account", "stop_reason").to_pylist()
    assert {"account": "M200", "stop_reason": "service"} in accounts
    assert "X900" not in {row["account"] for row in accounts}


def test_a_decision_about_an_account_that_nobody_knows_is_told(folder: Path) -> None:
    run = investigate(folder)
    journal.append(run.home, "service", "M20O", who="A", why="written with an O")
    journal.append(run.home, "service", "M200", who="A", why="the bank says it is a shop")
    journal.append(run.home, "victim", "bank_account:V100", who="A", why="named by the observable")
    journal.append(run.home, "note", "anything at all", who="A", why="a remark")
    (notice,) = investigate(folder).notices
    assert "service by A names M20O, of which the case knows nothing" in notice


def test_a_parameter_runs_again_only_its_stage_and_what_changed_behind_it(folder: Path) -> None:
    investigate(folder)
    (folder / "case.toml").write_text("[parameters.report]\nmax_support = 7\n", encoding="utf-8")
    again = investigate(folder)
    assert "report" in again.ran
    assert {"extract", "resolve", "link", "money"} <= set(again.kept)


def test_parameters_of_a_stage_that_is_none_are_refused(folder: Path) -> None:
    (folder / "case.toml").write_text("[parameters.monney]\nmax_hops = 7\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"parameters\.monney\]: no such stage"):
        investigate(folder)


def test_a_parameter_that_is_none_is_refused_before_any_stage_runs(folder: Path) -> None:
    (folder / "case.toml").write_text("[parameters.money]\nhorizon = 1\n", encoding="utf-8")
    seen: list[str] = []
    with pytest.raises(SettingsError, match="no parameter 'horizon'"):
        investigate(folder, progress=lambda stage, *_: seen.append(stage))
    assert seen == []


def test_a_new_file_is_seen(folder: Path) -> None:
    run = investigate(folder)
    more = (
        "reference,source_account,target_account,occurred_at,amount,currency\nR9,X900,Z1,2026-03-01T00:00:00Z,5,USD\n"
    )
    folders.write(folder, {"more.csv": more})
    again = investigate(folder)
    assert {"evidence", "extract", "money"} <= set(again.ran)
    with Case.open(run.home) as case:
        assert case.read("transfer").num_rows == 6


def test_tables_do_not_depend_on_the_order_of_files(folder: Path, tmp_path: Path) -> None:
    first = investigate(folder)
    names = list(folders.FILES)
    random.Random(5).shuffle(names)
    other = folders.write(tmp_path / "other" / "evidence", {name: folders.FILES[name] for name in names})
    second = investigate(other)
    assert digests(first.home) == digests(second.home)


@pytest.mark.slow
@pytest.mark.spark
def test_every_table_is_the_same_on_both_engines(folder: Path, tmp_path: Path) -> None:
    tables = {
        engine: digests(investigate(folder, tmp_path / f"{engine}.upriver", engine=engine).home)
        for engine in ("duckdb", "spark")
    }
    assert tables["spark"] == tables["duckdb"]
    assert sum(n_rows for n_rows, _ in tables["spark"].values()) > 100


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.5, 2.0, 4.0])
def test_a_kill_at_any_moment_leaves_a_case_that_goes_on(folder: Path, tmp_path: Path, wait: float) -> None:
    whole = folders.one_victim(tmp_path / "whole" / "evidence")
    wanted = digests(investigate(whole).home)
    home = folder.with_name("evidence.upriver")
    started = subprocess.Popen(
        [sys.executable, "-m", "upriver", "investigate", str(folder), "--quiet"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(wait)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    investigate(folder)
    assert digests(home) == wanted


def test_a_folder_that_cannot_be_used_is_refused_in_words(tmp_path: Path, folder: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    single = folders.write(tmp_path / "single", {"file.csv": "a,b\n"}) / "file.csv"
    run = investigate(folder)
    for place, words in (
        (tmp_path / "nowhere", "no such folder"),
        (empty, "empty"),
        (single, "is a file"),
        (run.home, "is a case"),
    ):
        with pytest.raises(EvidenceError, match=words):
            investigate(place)
    assert not empty.with_name("empty.upriver").exists()
    with pytest.raises(CaseError, match="lies in the evidence itself"):
        investigate(folder, folder / "inside")


def test_bad_input_is_counted_and_the_rest_is_used(folder: Path) -> None:
    folders.write(
        folder,
        {
            "zero.csv": b"",
            "binary.csv": bytes(range(256)) * 40,
            "truncated.xlsx": b"PK\x03\x04" + b"\x00" * 200,
            "copy_of_bank.csv": folders.BANK,
            "torn.csv": folders.BANK.replace("R", "T").replace("100", "177")[:-20],
            "no_header.csv": "A1,B1,2026-01-01,5\nA2,B2,2026-01-02,6\n",
            "strange.csv": (
                "reference,source_account,target_account,occurred_at,amount,currency\n"
                "Q1,A1,A2,9999-01-01T00:00:00Z,5,USD\n"
                "Q2,A1,A2,2026-01-01T00:00:00Z,-5,USD\n"
                "Q3,A1,A2,2026-01-01T00:00:00Z,NaN,USD\n"
                "Q4,A1,A2,2026-01-01T00:00:00Z,1e30,USD\n"
                "Q5,A1,A1,2026-01-01T00:00:00Z,5,USD\n"
                "Q6,A1,A2,not a time,5,USD\n"
                "Q7,A1,A2,2026-01-01T00:00:00Z,5,USD\n"
            ),
            "wide.csv": "report_id,name,narrative\nW1,Eve Example,\"" + "x" * 1_000_000 + "\"\n",
            "script.csv": (
                "list_id,number,name,site,handed_over_on\n"
                "L9,1,<script>alert(1)</script>\u202eevil\u0007,North Gate,2026-02-01\n"
            ),
        },
    )  # fmt: skip
    (folder / "loop").symlink_to(folder)
    run = investigate(folder)
    with Case.open(run.home) as case:
        refused = {row["path"]: row["reason"] for row in case.read("rejected_file", "path", "reason").to_pylist()}
        assert {"zero.csv", "binary.csv", "truncated.xlsx", "copy_of_bank.csv"} <= refused.keys()
        references = set(case.read("transfer", "reference")["reference"].to_pylist())
        assert "Q7" in references
        assert not references & {"Q1", "Q2", "Q3", "Q4", "Q5", "Q6"}
        rejected = case.read("rejected_record", "reason", "raw").to_pylist()
        assert len(rejected) >= 6
        assert all(row["reason"] for row in rejected)
    page = "".join(path.read_text(encoding="utf-8") for path in run.dossier.parent.glob("*.html"))
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_folder_with_payments_alone_says_what_it_has_no_evidence_of(tmp_path: Path) -> None:
    run = investigate(
        folders.write(tmp_path / "evidence", {"bank.csv": folders.BANK, "sources.csv": "account\nV100\n"})
    )
    with Case.open(run.home) as case:
        said = " ".join(case.read("finding", "title")["title"].to_pylist())
        assert "no evidence of this kind" in said
        assert case.read("role").num_rows == 0
        assert {row["account"] for row in case.read("traced_account").to_pylist()} == {"M100", "M200", "X900"}


BAIT = """thread,sender,recipient,sent_at,text,platform
T1,+66812345678,+14155550123,2026-01-04 08:00,Guaranteed profit on our crypto platform: deposit $1000 now,whatsapp
"""


def test_a_label_and_a_model_run_again_extract_and_what_reads_it_alone(folder: Path, tmp_path: Path) -> None:
    from upriver.plain.training import train

    folders.write(folder, {"chat.csv": BAIT})
    run = investigate(folder)
    with Case.open(run.home) as case:
        (bait,) = case.read("message", "record_id")["record_id"].to_pylist()
        handed = case.read("record", "record_id", where="form = 'handover_list'")["record_id"][0].as_py()
        assert set(case.read("contact_class", "label_by")["label_by"].to_pylist()) == {"word lists"}
    journal.append(run.home, "label", bait, value="neither", who="A", why="a joke between friends")
    journal.append(run.home, "label", handed, value="scam", who="A", why="no contact at all")
    again = investigate(folder)
    assert {"evidence", "extract", "link"} <= set(again.ran)
    assert {"resolve", "crackdown"} <= set(again.kept)
    (notice,) = again.notices
    assert "which is no message, note, advert or report that was read" in notice
    with Case.open(run.home) as case:
        (row,) = case.read("contact_class", where=f"record_id = '{bait}'").to_pylist()
    assert (row["label"], row["label_by"], row["list_label"]) == ("neither", "analyst", "scam")

    texts = [{"id": n, "text": f"{word} {n}", "label": label}
             for n in range(15) for word, label in (("win a prize", "spam"), ("see you at home", "ham"))]  # fmt: skip
    (tmp_path / "texts.jsonl").write_text(folders.jsonl(texts), encoding="utf-8")
    train("contacts", tmp_path / "texts.jsonl", folder.parent / "own.model", lambda line: None)
    (folder / "case.toml").write_text('[contacts]\nmodel = "own.model"\n', encoding="utf-8")
    assert {"extract"} <= set(investigate(folder).ran)
    assert investigate(folder).ran == ()
    with Case.open(run.home) as case:
        assert None not in case.read("contact_class", "model_label")["model_label"].to_pylist()
        assert case.manifest.fitted["contacts"]["card"]["labels"] == {"ham": 15, "spam": 15}
    (tmp_path / "texts.jsonl").write_text(folders.jsonl(texts[:-2]), encoding="utf-8")
    train("contacts", tmp_path / "texts.jsonl", folder.parent / "own.model", lambda line: None)
    assert "extract" in investigate(folder).ran
    (folder.parent / "own.model").write_bytes(b"torn")
    with pytest.raises(SettingsError, match="not a model that upriver train wrote"):
        investigate(folder)
