"""The folder as a whole: refusals, same seed same bytes, every kind of file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.simulate.conftest import TINY

from upriver.case import settings
from upriver.errors import UpriverError
from upriver.simulate.folder import simulate, write_case
from upriver.simulate.presets import PRESETS


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(tiny: Path, tmp_path: Path) -> None:
    write_case(tmp_path / "again", PRESETS["border-town"], TINY, 7)
    write_case(tmp_path / "other", PRESETS["border-town"], TINY, 8)
    assert _hashes(tmp_path / "again") == _hashes(tiny)
    assert _hashes(tmp_path / "other") != _hashes(tiny)


def test_a_folder_that_holds_anything_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UpriverError, match="not empty"):
        simulate(tmp_path, "border-town", "small", 1)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_unknown_names_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UpriverError, match="border-town"):
        simulate(tmp_path / "x", "moon-base", "small", 1)
    with pytest.raises(UpriverError, match="medium"):
        simulate(tmp_path / "x", "border-town", "huge", 1)


def test_the_settings_of_a_case_are_understood(tiny: Path) -> None:
    told = settings.read(tiny / "evidence")
    assert told.of_file("money/bank_jinhe_dump.csv").columns["source_account"] == "转出卡号"
    assert told.of_file("chats/whatsapp/WhatsApp Chat with +66 1.txt").time_zone == "Asia/Bangkok"


def test_leftovers_of_a_seized_disk_are_there(tiny: Path) -> None:
    evidence = tiny / "evidence"
    first, copy = evidence / "sites" / "access_list.csv", evidence / "sites" / "access_list (1).csv"
    assert first.read_bytes() == copy.read_bytes()
    assert (evidence / "people" / "empty.csv").stat().st_size == 0
    assert (evidence / "money" / "ledger_old.xlsx").read_bytes()[:2] == b"PK"


def test_the_evidence_comes_in_several_encodings(tiny: Path) -> None:
    money = tiny / "evidence" / "money"
    assert (money / "bank_siamriver_export.csv").read_bytes()[:2] == b"\xff\xfe"
    assert "付款账号" in (money / "bank_hongqiao_流水.csv").read_bytes().decode("gb18030")
    assert (money / "bank_jinhe_dump.csv").read_bytes()[:3] == b"\xef\xbb\xbf"


def test_presets_differ_in_structure_and_not_only_in_numbers() -> None:
    border, city = PRESETS["border-town"], PRESETS["city-towers"]
    assert border.landlord != city.landlord
    assert (border.marketplace, border.agents) == (True, False)
    assert (city.marketplace, city.agents) == (False, True)
    assert {step.name for step in border.steps} ^ {step.name for step in city.steps}
    assert any(step.mode == "peel" for step in city.steps)
    assert all(step.mode != "peel" for step in border.steps)


def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[float] = []
    write_case(tmp_path / "case", PRESETS["city-towers"], TINY, 3, lambda done, text: told.append(done))
    assert told == sorted(told)
    assert told[0] == 0.0
    assert told[-1] == 1.0
