"""A package dropped whole into a folder of evidence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from upriver.case.store import Case
from upriver.evidence.stage import STAGE


def read(folder: Path) -> tuple[dict[str, dict[str, Any]], dict[str, str], set[str]]:
    """What the case says: path -> format, records and `guessed`; path -> why refused; forms of records."""
    with Case.create(folder.parent / "x.upriver", folder) as case:
        case.run(STAGE)
        files = {
            row["path"]: {**json.loads(row["guessed"]), "format": row["format"], "n_records": row["n_records"]}
            for row in case.read("source_file").to_pylist()
        }
        refused = {row["path"]: row["reason"] for row in case.read("rejected_file").to_pylist()}
        forms = {row["form"] for row in case.sql("SELECT DISTINCT form FROM record").to_pylist()}
    return files, refused, forms


def folder(sent: Path, at: str = "from-a") -> Path:
    made = sent.parent / "evidence"
    made.mkdir()
    shutil.move(sent, made / at)
    return made


def test_each_thing_in_a_package_is_read_once_and_its_sender_is_told(sent: Path) -> None:
    files, refused, forms = read(folder(sent))
    assert not refused
    assert {path: file["format"] for path, file in files.items() if file["n_records"]} == {
        "from-a/entities.ftm.json": "ftm"
    }
    assert forms == {"told_entity"}
    assert len(files) == 10
    for file in files.values():
        assert file["package"]["from"] == "Agency A"
        assert file["package"]["verified"].startswith("yes")
    assert "tells in STIX" in files["from-a/bundle.stix.json"]["guessed"]["not_read"]


def test_of_a_package_that_was_changed_nothing_is_read(sent: Path) -> None:
    with (sent / "entities.ftm.json").open("a") as stream:
        stream.write("\n")
    files, refused, forms = read(folder(sent))
    assert "not as it was signed: entities.ftm.json" in refused["from-a/entities.ftm.json"]
    assert files["from-a/manifest.json"]["package"]["verified"].startswith("no: entities.ftm.json")
    assert not forms


def test_a_package_whose_seal_is_broken_is_told_and_not_read(sent: Path) -> None:
    (sent / "manifest.json").write_text('{"format": "upriver package"')
    files, refused, forms = read(folder(sent))
    assert "manifest.json: not JSON" in refused["from-a/entities.ftm.json"]
    assert files["from-a/manifest.json"]["package"]["verified"].startswith("no: ")
    assert not forms


def test_own_notes_beside_a_package_are_own_evidence(sent: Path) -> None:
    (sent / "note.txt").write_text("Seen at the gate on 3 May.\n")
    files, refused, _ = read(folder(sent))
    assert not refused
    assert "package" not in files["from-a/note.txt"]
    assert files["from-a/entities.ftm.json"]["package"]["added"] == "1 files in its folder are none of its own"


def test_the_folder_itself_may_be_a_package(sent: Path) -> None:
    files, refused, _ = read(sent)
    assert not refused
    assert files["entities.ftm.json"]["package"]["from"] == "Agency A"


def test_a_package_in_an_archive_asks_to_be_unpacked(sent: Path) -> None:
    made = folder(sent)
    shutil.make_archive(str(made / "sent"), "zip", made / "from-a")
    shutil.rmtree(made / "from-a")
    _, refused, _ = read(made)
    assert "manifest of a package" in refused["sent.zip!manifest.json"]


def test_a_manifest_of_something_else_is_a_file_as_any_other(tmp_path: Path) -> None:
    made = tmp_path / "evidence"
    made.mkdir()
    (made / "manifest.json").write_text('{"id": 1, "text": "upriver package"}')
    files, _, _ = read(made)
    assert "package" not in files["manifest.json"]
