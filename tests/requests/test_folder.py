"""Sheets on disk."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from upriver.case.store import Case
from upriver.errors import CaseError, ExportError
from upriver.requests.asks import KINDS, asks
from upriver.requests.folder import write_requests
from upriver.requests.params import RequestParams
from upriver.requests.victims import reference

PARAMS = RequestParams()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_index_lists_every_sheet_in_its_order_and_every_file_is_there(drawn: Case) -> None:
    made = write_requests(drawn, drawn.home, PARAMS)
    folder = drawn.home / "requests"
    assert made.index == folder / "index.html"
    index = rows(folder / "index.csv")
    assert [row["recipient"] for row in index] == [sheet.recipient.name for sheet in made.sheets]
    assert [row["asked"] for row in index[:3]] == ["freeze now", "freeze", "freeze"]
    assert index[0]["freeze_now_usd"] == "450.0"
    named = {name for row in index for name in row["files"].split("|")}
    assert named | {"index.html", "index.csv", "own/references.csv", "own/files.csv"} == set(everything(folder))
    for link in re.findall(r'href="([^#"]+\.html)"', made.index.read_text(encoding="utf-8")):
        assert (folder / link).is_file()


def test_no_victim_and_no_captive_stands_on_any_sheet_or_key(drawn: Case, masked: tuple[str, ...]) -> None:
    write_requests(drawn, drawn.home, PARAMS)
    for name, text in everything(drawn.home / "requests").items():
        for secret in masked:
            assert secret not in text, (name, secret)


def test_a_transfer_opens_to_its_record_in_utc_and_local_time_with_whose_loss_it_is(drawn: Case) -> None:
    write_requests(drawn, drawn.home, PARAMS)
    (path,) = (drawn.home / "requests").glob("lotus-bay-*.transfers.csv")
    (row,) = [row for row in rows(path) if row["transfer_id"] == "T5" and row["account"] == "M200"]
    assert row["record_id"] == f"{'f' * 20}#pay T5"
    assert (row["utc"], row["local"]) == ("2025-06-21 10:00:00", "2025-06-21 17:00:00 +07:00")
    assert (row["amount"], row["asset"], row["usd"]) == ("15750.0", "THB", "450.0")
    # M100 held 50 of Ada and 500 of Bea.
    assert row["losses"] == f"{reference('bea')} 409.09; {reference('ada')} 40.91"


def test_the_keys_that_stay_at_home_say_which_report_a_reference_is(drawn: Case) -> None:
    write_requests(drawn, drawn.home, PARAMS)
    key = {row["reference"]: row for row in rows(drawn.home / "requests" / "own" / "references.csv")}
    assert key[reference("ada")]["reports"] == "R-1"
    assert key[reference("ada")]["in_the_dossier"].startswith("Victim ")
    (file,) = rows(drawn.home / "requests" / "own" / "files.csv")
    assert "Ada" not in file["path"]


def test_unmasked_sheets_name_victims_and_say_so_but_still_protect_their_numbers(drawn: Case) -> None:
    made = write_requests(drawn, drawn.home, PARAMS, unmask=True)
    texts = everything(drawn.home / "requests")
    assert "Ada Sample" in texts["own/references.csv"]
    assert "Unmasked." in texts["index.html"]
    assert "+959771112223" not in "".join(texts.values())
    captive = next(row for sheet in made.sheets for row in sheet.accounts if row.account == "M200")
    assert (captive.care, captive.holder) == (True, "Cho Captive")


def test_a_second_run_takes_away_what_is_no_longer_asked_and_leaves_what_others_put_there(drawn: Case) -> None:
    folder = drawn.home / "requests"
    write_requests(drawn, drawn.home, PARAMS)
    before = everything(folder)
    (folder / "my notes.txt").write_text("called the bank", encoding="utf-8")
    write_requests(drawn, drawn.home, RequestParams(least_usd=420.0))
    after = everything(folder)
    assert not any(name.startswith("exchange-nine") for name in after)
    assert "my notes.txt" in after
    (folder / "my notes.txt").unlink()
    write_requests(drawn, drawn.home, PARAMS)
    assert everything(folder) == before


def test_a_run_that_was_killed_between_two_files_leaves_no_half_of_one(
    drawn: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = drawn.home / "requests"
    write_requests(drawn, drawn.home, PARAMS)
    before = everything(folder)
    replace, done = Path.replace, []

    def killed(self: Path, target: Path) -> Path:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(target)
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            write_requests(drawn, drawn.home, RequestParams(least_usd=420.0))
    assert set(everything(folder)) == set(before)
    (folder / ".gone-0000aaaa.csv.part").write_text("half", encoding="utf-8")
    write_requests(drawn, drawn.home, PARAMS)
    assert everything(folder) == before


def test_an_index_that_somebody_changed_makes_no_other_file_go(drawn: Case) -> None:
    folder = drawn.home / "requests"
    write_requests(drawn, drawn.home, PARAMS)
    (drawn.home / "kept-00000000.html").write_text("mine", encoding="utf-8")
    index = folder / "index.csv"
    index.write_text("order,files\n1,../kept-00000000.html|/etc/hostname|own/files.csv\n", encoding="utf-8")
    write_requests(drawn, drawn.home, PARAMS)
    assert (drawn.home / "kept-00000000.html").read_text(encoding="utf-8") == "mine"
    assert (folder / "own" / "files.csv").is_file()


@pytest.mark.parametrize(
    ("wanted", "n"), [("lotus", 1), ("Lotus Bay", 1), ("telecom", 1), ("exchange", 1), ("BANK", 2)]
)
def test_one_recipient_or_kind_can_be_asked_for_alone_in_a_folder_of_its_own(drawn: Case, wanted: str, n: int) -> None:
    made = write_requests(drawn, drawn.home, PARAMS, wanted=wanted)
    assert len(made.sheets) == n
    assert made.index.parent.parent == drawn.home / "requests"
    assert not (drawn.home / "requests" / "index.html").exists()


def test_a_name_that_no_sheet_bears_says_whom_the_case_asks(drawn: Case) -> None:
    with pytest.raises(CaseError, match=r"no sheet is for 'Nowhere Bank'.*Exchange Nine"):
        write_requests(drawn, drawn.home, PARAMS, wanted="Nowhere Bank")


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(drawn: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ExportError, match="--out"):
        write_requests(drawn, drawn.home, PARAMS, tmp_path / "file")


def test_an_empty_case_says_that_there_is_nobody_to_ask(case: Case) -> None:
    made = write_requests(case, case.home, PARAMS)
    assert made.as_text().startswith("there is nobody to ask")
    assert "There is nobody to ask." in made.index.read_text(encoding="utf-8")


def test_what_a_name_smuggles_in_is_text_on_a_page_and_no_formula_in_a_table(drawn: Case) -> None:
    rows_ = [
        {**row, "value": "=HYPERLINK(1)<script>"} if row["prop"] == "bankName" else row
        for row in drawn.read("statement").to_pylist()
    ]
    drawn.fill("statement", rows_)
    made = write_requests(drawn, drawn.home, PARAMS)
    texts = everything(drawn.home / "requests")
    assert "<script" not in "".join(text for name, text in texts.items() if name.endswith(".html"))
    assert "'=HYPERLINK(1)<script>" in {row["recipient"] for row in rows(made.index.with_suffix(".csv"))}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_recipient_has_its_words_and_none_claims_a_power(kind: str) -> None:
    told = asks(kind)
    words = " ".join((told.who, *told.freeze, *told.records, *told.caution)).lower()
    assert told.records
    for claim in ("you must", "order", "article", "hereby", "criminal", "obliged", "subpoena"):
        assert claim not in words
