"""MT940: entries of German, Dutch and other banks, torn ones apart, several statements in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from upriver.evidence.folder import UnreadableError, content
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import mt940

from .sources import rows, source

PARAMS = EvidenceParams()
MULE, SHOP = "GB29NWBK60161331926819", "NL91ABNA0417164300"

GERMAN = f"""{{1:F01COBADEFFXXXX0000000000}}{{2:I940COBADEFFXXXXN}}{{4:
:20:STARTUMS
:25:37040044/0532013000
:28C:00001/001
:60F:C250430EUR10000,00
:61:2505070506DR1500,00NTRFNONREF//B-77
/OCMT/EUR1500,00/
:86:166?00SEPA-UEBERWEISUNG?109075/628?20EREF+E2E-1?21SVWZ+Training fees, the par?22
t of two weeks?30NWBKGB2L?31{MULE}?32Boss of the ?33River
:61:2505080508CR20,N051NONREF
:86:051?00GUTSCHRIFT?20old account?3037050198?310012345678?32Ada
:61:2501021230RD5,50NTRFREF-2
:86:109?00RUECKLASTSCHRIFT?20EREF: E2E-0 SVWZ: back?31{SHOP}?32Shop
:62F:C250508EUR8525,50
-}}
"""
DUTCH = f"""ABNANL2A
940
ABNANL2A
:20:ABN AMRO BANK NV
:25:{SHOP}EUR
:28:12201/1
:60F:C250505EUR3236,28
:61:2505060506D121,70N526NONREF
:86:/TRTP/SEPA OVERBOEKING/IBAN/{MULE}/BIC/NWBKGB2L/NAME/BOSS/REMI/FEE FOR
 THE COURSE/EREF/NOTPROVIDED
:61:2505060506C7,25NTRFEREF//00001
:86:/EREF/E-9//CNTP/DE89370400440532013000/COBADEFF/Mia Mule/Bonn//REMI/USTD//refund/
:61:2505060506C500,00N541EREF
{MULE}
:86:/ORDP//NAME/Boss/REMI/wages
:61:2505060506D1,00N426NONREF
:86:52.89.39.882   MYP COMPANY
AFREKENING
:62F:C250506EUR1,00
-
ABNANL2A
940
ABNANL2A
:20:ABN AMRO BANK NV
:25:NL02ABNA0123456789
:28:1/1
:60F:C250506USD0,00
:61:250506C3,S103NONREF
:86:TRANSFER FROM DE89 3704 0044 0532 0130 00 WITH THANKS
:62F:C250506USD3,00
-
"""


def read(tmp_path: Path, text: str) -> list[dict[str, Any]]:
    return rows(mt940.read(source(tmp_path / "a.sta", text), PARAMS))


def test_subfields_of_a_german_bank_tell_the_other_side(tmp_path: Path) -> None:
    paid, got, back = read(tmp_path, GERMAN)
    rest = json.loads(paid.pop("extra"))
    assert paid == {
        "at": "line 6", "form": "bank_transfer", "source_account": "37040044/0532013000", "target_account": MULE,
        "target_name": "Boss of the River", "occurred_at": "2025-05-06", "amount": "1500.00", "currency": "EUR",
        "reference": "B-77", "purpose": "Training fees, the part of two weeks", "channel": "NTRF SEPA-UEBERWEISUNG",
    }  # fmt: skip
    assert rest == {
        "business_code": "166", "batch": "9075/628", "bank": "NWBKGB2L", "end_to_end_id": "E2E-1",
        "value_date": "2025-05-07", "bank_reference": "B-77", "supplement": "/OCMT/EUR1500,00/",
    }  # fmt: skip
    assert (got["source_account"], got["amount"], got["source_name"]) == ("37050198/0012345678", "20", "Ada")
    # A debit taken back comes in; it was booked in the year before.
    assert (back["source_account"], back["occurred_at"], back["reference"]) == (SHOP, "2024-12-30", "E2E-0")
    assert json.loads(back["extra"])["reversal"] == "true"


def test_codes_between_slashes_tell_the_other_side(tmp_path: Path) -> None:
    file = source(tmp_path / "a.sta", DUTCH)
    abn, ing, rabo, old, free = rows(mt940.read(file, PARAMS))
    assert (abn["source_account"], abn["target_account"], abn["target_name"]) == (SHOP, MULE, "BOSS")
    assert (abn["purpose"], abn["amount"]) == ("FEE FOR THE COURSE", "121.70")
    assert (ing["source_account"], ing["source_name"], ing["purpose"]) == (
        "DE89370400440532013000", "Mia Mule", "refund",
    )  # fmt: skip
    assert (rabo["source_account"], rabo["source_name"], rabo["purpose"]) == (MULE, "Boss", "wages")
    assert old["target_account"] == "528939882"
    # A new statement: another account, another currency.
    assert (free["at"], free["target_account"], free["currency"]) == ("line 28", "NL02ABNA0123456789", "USD")
    assert free["source_account"] == "DE89370400440532013000"
    assert file.guessed["accounts_from_free_text"] == 2


def test_a_text_that_begins_with_a_sum_has_no_subfields(tmp_path: Path) -> None:
    text = DUTCH.replace("TRANSFER FROM DE89 3704 0044 0532 0130 00 WITH THANKS", "100,00 EUR FEE,20 OFF")
    assert read(tmp_path, text)[-1]["purpose"] == "100,00 EUR FEE,20 OFF"


def test_subfields_may_stand_behind_another_mark(tmp_path: Path) -> None:
    (paid, *_) = read(tmp_path, GERMAN.replace("?", "~"))
    assert (paid["target_account"], paid["purpose"]) == (MULE, "Training fees, the part of two weeks")


def test_an_entry_without_another_account_is_kept_without_it(tmp_path: Path) -> None:
    text = DUTCH.replace("DE89 3704 0044 0532 0130 00", "a friend")
    assert read(tmp_path, text)[-1].get("source_account") is None


@pytest.mark.parametrize("text", [GERMAN, DUTCH, DUTCH[DUTCH.index(":20:") :], GERMAN.replace("\n", "\r\n")])
@pytest.mark.parametrize("name", ["a.sta", "a.txt", "a.940", "a.csv"])
def test_a_statement_is_known_by_its_fields(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    assert sniff(path, name, content(path), None)[0] == "mt940"


@pytest.mark.parametrize(
    ("old", "new"),
    [(":61:250508", ":6l:250508"), (":61:250508", "\x1b61:250508"), ("CR20,N051", "CR,N051"), ("N051", "一051")],
)
def test_a_torn_entry_costs_itself(tmp_path: Path, old: str, new: str) -> None:
    found = read(tmp_path, GERMAN.replace(old, new))
    assert [row["at"] for row in found if row["form"] == "bank_transfer"] == ["line 6", "line 12"]
    broken = next(row for row in found if row["form"] == "broken")
    assert broken["at"] == "line 10"
    assert new in broken["raw"]
    assert "old account" in broken["raw"]


def test_a_month_that_is_none_is_left_as_written_and_moves_no_year(tmp_path: Path) -> None:
    found = read(tmp_path, GERMAN.replace(":61:2505070506", ":61:2513450506"))
    assert found[0]["occurred_at"] == "2025-13-45"


def test_what_is_expected_is_no_transfer_yet(tmp_path: Path) -> None:
    found = read(tmp_path, GERMAN.replace("CR20,", "ECR20,"))
    assert [row["form"] for row in found] == ["bank_transfer", "bank_transfer", "broken"]
    assert found[-1]["reason"].startswith("it is expected")


def test_a_file_cut_anywhere_keeps_the_entries_before_the_cut(tmp_path: Path) -> None:
    whole = read(tmp_path, GERMAN)
    for cut in range(GERMAN.index(":61:2505080508") + 4, GERMAN.index("\n:62F:")):
        found = read(tmp_path, GERMAN[:cut])
        assert found[0] == whole[0]
        assert found[-1]["form"] == "broken"
        assert [row for row in found if row["form"] == "bank_transfer"] == whole[: len(found) - 1]


def test_a_huge_entry_breaks_itself(tmp_path: Path) -> None:
    file = source(tmp_path / "a.sta", GERMAN.replace("old account", "x" * 1000))
    found = rows(mt940.read(file, EvidenceParams(max_cell_bytes=900)))
    assert [(row["form"], row["at"]) for row in found] == [
        ("bank_transfer", "line 6"), ("bank_transfer", "line 12"), ("broken", "line 10"),
    ]  # fmt: skip


def test_a_file_without_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="holds no entry"):
        read(tmp_path, ":20:X\n:25:1\n:60F:C250506EUR1,\n:62F:C250506EUR1,\n-\n")
