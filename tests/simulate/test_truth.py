"""Truth and evidence speak of the same things."""

from __future__ import annotations

import json
from pathlib import Path

from tests.simulate.transfers_seen import rows_of, transfers


def test_every_true_transfer_stands_in_the_evidence(tiny: Path) -> None:
    references = {one.reference for one in transfers(tiny / "evidence")}
    told = rows_of(tiny / "truth" / "transfers.csv")
    # The workbook's rows are not read here.
    missing = [row for row in told if row["reference"] not in references and not row["reference"].startswith("BR")]
    assert told
    assert not missing


def test_an_end_is_an_account_that_received_victims_money(tiny: Path) -> None:
    rows = rows_of(tiny / "truth" / "accounts.csv")
    assert any(row["terminal"] == "1" for row in rows)
    assert all(row["illicit"] == "1" and float(row["received_usd"]) > 0 for row in rows if row["terminal"] == "1")
    assert all(row["illicit"] == "0" for row in rows if row["layer"] == "victim")


def test_a_happening_names_passages_that_are_in_the_news(tiny: Path) -> None:
    lines = (tiny / "evidence" / "news.jsonl").read_text(encoding="utf-8").splitlines()
    passages = {json.loads(line)["passage_id"] for line in lines}
    happenings = rows_of(tiny / "truth" / "happenings.csv")
    told = {name for row in happenings for name in row["passages"].split("|")}
    assert told == passages
    assert {row["kind"] for row in happenings} == {"separate", "series", "part", "planned", "stock", "trap"}


def test_a_person_on_a_list_is_found_there_under_a_name_that_truth_knows(tiny: Path) -> None:
    written = {
        f"{row['List']}/{row['No.']}": row["Name"]
        for row in rows_of(tiny / "evidence" / "sites" / "handover_first.csv") if row["Name"]
    }  # fmt: skip
    people = rows_of(tiny / "truth" / "people.csv")
    found = {place: row for row in people for place in row["handover"].split("|") if place in written}
    assert found.keys() == written.keys()
    assert all(written[place] in row["names"].split("|") for place, row in found.items())


def test_no_team_leader_counts_as_a_leader(tiny: Path) -> None:
    for row in rows_of(tiny / "truth" / "people.csv"):
        if row["leader"] == "1":
            assert row["role"] in {"backer", "boss", "landlord", "vendor"}
            assert row["coerced"] == "0"
