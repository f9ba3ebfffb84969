from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.package.conftest import Run

from upriver.case import disclosures
from upriver.case.store import Case
from upriver.cli import main
from upriver.errors import PackageError
from upriver.package.folder import Order, pack
from upriver.pipeline import investigate
from upriver.seal import keys
from upriver.seal.check import verify
from upriver.seal.manifest import SEAL, hashed


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _names(held: dict[str, bytes], secrets: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, s) for name, data in held.items() for s in secrets if s.lower() in data.decode("latin-1").lower()]


def test_the_first_package_makes_a_key_and_the_recipient_can_check_it(
    place: Path, upriver: Run, secrets: tuple[str, ...]
) -> None:
    told = upriver("package", "evidence.upriver", "--for", "Royal Police", "--from", "Agency A")
    assert told.returncode == 0, told.stderr
    folder = Path(told.stdout.strip())
    assert folder == place / "evidence-for-royal-police"
    made = place / "home" / "upriver" / "signing.key"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    print_ = keys.spoken(keys.told_fingerprint(f"{made}.pub"))
    assert print_ in told.stderr
    assert "taken as agency" in told.stderr
    assert upriver("verify", folder, "--key", print_).returncode == 0
    held = _bytes(folder)
    assert set(held) >= {
        "bundle.stix.json",
        "entities.ftm.json",
        "findings.jsonl",
        "ledger.jsonl",
        "records.jsonl",
        *SEAL,
    }
    assert _names(held, secrets) == []
    assert "Dee Sample" in held["entities.ftm.json"].decode()
    body = made.read_bytes().splitlines()[1]
    assert not any(body in data for data in held.values())
    again = upriver("package", "evidence.upriver", "--for", "Royal Police")
    assert again.stdout.strip() == f"{folder}-2"


def test_an_entity_names_the_sender_and_the_records_behind_it(sent: Path) -> None:
    entities = [json.loads(line) for line in (sent / "entities.ftm.json").read_text(encoding="utf-8").splitlines()]
    assert {entity["properties"]["publisher"][0] for entity in entities} == {"Agency A, case evidence"}
    (mule,) = (e for e in entities if e["properties"].get("accountNumber") == ["M100"])
    with (sent / "sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["file_id"]: row for row in csv.DictReader(file)}
    told = [note for note in mule["properties"]["notes"] if "(reports.csv, row 2)" in note]
    assert told
    file_id = told[0].split()[1].partition("#")[0]
    assert sources[file_id]["path"] == "reports.csv"
    assert sources[file_id]["sha256"].startswith(file_id)


def test_the_need_for_protection_goes_with_the_person(sent: Path) -> None:
    entities = [json.loads(line)["properties"] for line in (sent / "entities.ftm.json").open(encoding="utf-8")]
    statuses = [one["status"] for one in entities if one.get("name", [""])[0].startswith("Person ")]
    # Bo Sample, by his interview; Cy Sample, by her age.
    assert ["handed over", "presumed victim"] in statuses
    assert ["child", "handed over", "presumed victim"] in statuses


def test_a_second_agency_sees_the_first_behind_each_record(sent: Path, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    shutil.copy(sent / "entities.ftm.json", folder)
    run = investigate(folder)
    n_lines = len((folder / "entities.ftm.json").read_text(encoding="utf-8").splitlines())
    with Case.open(run.home, read_only=True) as case:
        told = [str(row) for row in case.read("record").to_pylist()]
    assert len(told) == n_lines
    assert all("Agency A, case evidence" in row for row in told)
    # The record of the first agency, by which it opens the row for the second.
    assert any("(reports.csv, row 2)" in row for row in told)


def test_every_finding_opens_to_records_of_the_package(sent: Path) -> None:
    findings = [json.loads(line) for line in (sent / "findings.jsonl").read_text(encoding="utf-8").splitlines()]
    records = {
        json.loads(line)["record_id"] for line in (sent / "records.jsonl").read_text(encoding="utf-8").splitlines()
    }
    named = {record for finding in findings for record in finding["record_ids"]}
    assert named
    assert named <= records


def test_the_same_case_gives_the_same_bytes_but_for_the_day(place: Path) -> None:
    key = keys.private_key(place / "a.key", str)
    with Case.open(place / "evidence.upriver", read_only=True) as case:
        for name in ("one", "two"):
            pack(case, Order("Royal Police"), place / name, key)
    one, two = _bytes(place / "one"), _bytes(place / "two")
    dated = {"README.txt", "manifest.json", "manifest.sig"}
    assert {name: data for name, data in one.items() if name not in dated} == {
        name: data for name, data in two.items() if name not in dated
    }


def test_what_was_handed_on_is_in_the_log_row_by_row_and_stays(place: Path, upriver: Run) -> None:
    home = place / "evidence.upriver"
    assert "nothing of this case was handed on" in upriver("package", home, "--log").stdout
    for name in ("Royal Police", "Office of the Prosecutor"):
        assert upriver("package", home, "--for", name, "--from", "Agency A", "--key", "a.key").returncode == 0
    investigate(place / "evidence", fresh=True)
    found, notices = disclosures.read(home)
    assert notices == []
    assert [(one.recipient, one.masked, one.made_by) for one in found] == [
        ("Royal Police", True, "Agency A"), ("Office of the Prosecutor", True, "Agency A"),
    ]  # fmt: skip
    assert found[0].manifest_sha256 == hashed(place / "evidence-for-royal-police" / "manifest.json")
    with (home / "disclosures" / f"{found[0].package_id}.rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    told = {json.loads(line)["id"] for line in (place / "evidence-for-royal-police" / "entities.ftm.json").open()}
    assert {row["row"] for row in rows if row["table"] == "entity"} == told
    assert len(rows) == sum(found[0].rows.values())
    shown = upriver("package", home, "--log").stdout
    assert "Royal Police (agency)  victims masked  TLP:AMBER  no source files" in shown


def test_a_torn_line_of_the_log_is_told_and_the_others_stand(place: Path, upriver: Run) -> None:
    home = place / "evidence.upriver"
    for name in ("one", "two"):
        assert upriver("package", home, "--for", name, "--key", "a.key").returncode == 0
        with (home / disclosures.FILE).open("a") as file:
            file.write('{"package_id": "ab')
    found, notices = disclosures.read(home)
    assert [one.recipient for one in found] == ["one", "two"]
    assert len(notices) == 2


def test_who_keeps_an_account_gets_its_sheet_and_no_more(place: Path, upriver: Run, secrets: tuple[str, ...]) -> None:
    told = upriver("package", "evidence.upriver", "--for", "exchange nine", "--key", "a.key", "--out", "nine")
    assert told.returncode == 0, told.stderr
    assert "taken as exchange" in told.stderr
    held = _bytes(place / "nine")
    assert {name for name in held if "/" not in name} == {
        "README.txt", "bundle.stix.json", "entities.ftm.json", "sources.csv", *SEAL
    }  # fmt: skip
    assert {name.partition("/")[0] for name in held if "/" in name} == {"requests"}
    assert _names(held, secrets) == []
    assert b"X900" in held["entities.ftm.json"]
    for name in ("entities.ftm.json", "bundle.stix.json", "sources.csv"):
        assert not any(word in held[name] for word in (b"Dee Sample", b"M100", b"S300", b".csv", b"959420000009")), name
    assert not any("index" in name or "references" in name for name in held)
    assert verify(place / "nine").whole


@pytest.mark.parametrize("words", [("--unmask",), ("--unmask", "--with-files")])
def test_who_keeps_an_account_is_told_no_victims_name(place: Path, upriver: Run, words: tuple[str, ...]) -> None:
    told = upriver("package", "evidence.upriver", "--for", "Exchange Nine", "--key", "a.key", *words)
    assert told.returncode == 1
    assert "no victim's name" in told.stderr
    assert not (place / "evidence-for-exchange-nine").exists()
    assert disclosures.read(place / "evidence.upriver") == ([], [])


WITH_NAMES = (
    "package", "evidence.upriver", "--for", "Royal Police", "--key", "a.key", "--unmask", "--with-files", "--out", "x",
)  # fmt: skip


def test_names_go_to_an_agency_only_when_asked_and_that_is_written_down(place: Path, upriver: Run) -> None:
    told = upriver(*WITH_NAMES)
    assert told.returncode == 0, told.stderr
    assert "VICTIMS BY NAME" in told.stderr
    assert "Ada Example" in (place / "x" / "records.jsonl").read_text(encoding="utf-8")
    assert (place / "x" / "files" / "bank.csv").read_bytes() == (place / "evidence" / "bank.csv").read_bytes()
    assert (place / "x" / "files" / "lists" / "handover.csv").is_file()
    assert verify(place / "x").whole
    (one,), _ = disclosures.read(place / "evidence.upriver")
    assert (one.masked, one.sources) == (False, True)
    with Case.open(place / "evidence.upriver", read_only=True) as case:
        assert case.manifest.unmasked[-1]["what"] == "package for Royal Police"


def test_a_source_file_goes_only_as_the_one_that_was_read(place: Path, upriver: Run) -> None:
    with (place / "evidence" / "bank.csv").open("a") as file:
        file.write("R6,S300,S400,2026-01-07T12:00:00Z,5.00,USD\n")
    told = upriver(*WITH_NAMES)
    assert told.returncode == 1
    assert "bank.csv: changed since the case was made" in told.stderr
    assert not (place / "x").exists()
    assert not list(place.glob(".x*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("package", "evidence.upriver", "--for", "R", "--with-files"), "give --unmask too"),
        (("package", "evidence.upriver", "--for", "Nowhere Bank", "--kind", "keeper"), "no sheet of this case"),
        (("package", "evidence.upriver", "--for", "R", "--out", "evidence/x"), "lies in the evidence itself"),
        (("package", "evidence.upriver", "--for", "R", "--out", "nowhere/x"), "there is no folder"),
        (("package", "evidence.upriver", "--for", "R", "--out", "evidence.upriver"), "lies in the case itself"),
        (("package", "evidence.upriver", "--for", "R", "--out", "taken"), "is there already"),
        (("package", "evidence.upriver", "--for", "R", "--key", "nowhere.key"), "there is no such key"),
        (("package", "evidence.upriver", "--for", "R", "--key", "evidence/a.key"), "may not lie in the evidence"),
        (("package", "nowhere.upriver", "--for", "R"), "no such case"),
        (("package", "nowhere.upriver", "--log"), "not a case"),
        (("package", "--new-key", "a.key"), "not written over"),
    ],
)
def test_what_cannot_be_packed_is_said_without_a_traceback(
    place: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    (place / "taken").mkdir()
    shutil.copy(place / "a.key", place / "evidence" / "a.key")
    monkeypatch.chdir(place)
    told = CliRunner().invoke(main, words, env={"HOME": str(place / "home"), "XDG_CONFIG_HOME": str(place / "home")})
    assert told.exit_code == 1
    assert said in told.stderr
    assert isinstance(told.exception, SystemExit)
    assert disclosures.read(place / "evidence.upriver") == ([], [])


@pytest.mark.parametrize("words", [("package",), ("package", "evidence.upriver"), ("package", "x", "--for", " ")])
def test_a_package_needs_a_case_and_a_recipient(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(main, words).exit_code == 2


def test_a_key_with_a_passphrase_signs_when_it_is_told(place: Path, upriver: Run) -> None:
    assert upriver("package", "--new-key", "b.key", "--passphrase", UPRIVER_KEY_PASSPHRASE="stone").returncode == 0
    words = ("package", "evidence.upriver", "--for", "R", "--key", "b.key", "--out", "r")
    wrong = upriver(*words, UPRIVER_KEY_PASSPHRASE="river")
    assert wrong.returncode == 1
    assert "passphrase is wrong" in wrong.stderr
    assert upriver(*words, UPRIVER_KEY_PASSPHRASE="stone").returncode == 0
    assert upriver("verify", "r", "--key", "b.key.pub").returncode == 0


def test_what_is_not_in_the_log_is_not_handed_on(place: Path) -> None:
    (place / "evidence.upriver" / disclosures.FILE).mkdir()
    key = keys.private_key(place / "a.key", str)
    with Case.open(place / "evidence.upriver", read_only=True) as case, pytest.raises(Exception, match="not handed on"):
        pack(case, Order("Royal Police"), place / "x", key)
    assert not (place / "x").exists()


def test_a_folder_of_somebody_elses_is_not_taken_for_what_a_killed_run_left(place: Path) -> None:
    (place / ".x.part").mkdir()
    (place / ".x.part" / "thesis.docx").write_text("years of work")
    key = keys.private_key(place / "a.key", str)
    with (
        Case.open(place / "evidence.upriver", read_only=True) as case,
        pytest.raises(PackageError, match="move them away"),
    ):
        pack(case, Order("Royal Police"), place / "x", key)
    assert (place / ".x.part" / "thesis.docx").is_file()


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_no_package_or_a_whole_one_that_is_in_the_log(place: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "upriver",
        "package",
        "evidence.upriver",
        "--for",
        "R",
        "--key",
        "a.key",
        "--out",
        "r",
    ]
    started = time.monotonic()
    assert subprocess.run(words, cwd=place, capture_output=True, check=False).returncode == 0
    usual = time.monotonic() - started
    shutil.rmtree(place / "r")
    dice = random.Random(5)
    for _ in range(6):
        logged = len(disclosures.read(place / "evidence.upriver")[0])
        with subprocess.Popen(words, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            # Most of the time goes into starting: the last third is where files are written.
            time.sleep(usual * dice.uniform(0.5, 1.05))
            os.kill(run.pid, signal.SIGKILL)
        if (place / "r").exists():
            assert verify(place / "r").whole
            assert len(disclosures.read(place / "evidence.upriver")[0]) > logged
            shutil.rmtree(place / "r")
        elif (place / ".r.part").exists() and not (place / ".r.part" / "manifest.sig").exists():
            assert "incomplete" in verify(place / ".r.part").seal[0]
    assert subprocess.run(words, cwd=place, capture_output=True, check=False).returncode == 0
    assert verify(place / "r").whole
    assert not list(place.glob(".r.part*"))
