"""A folder with each list and each file that analysts share, through the whole of `upriver investigate`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from upriver.case.store import Case
from upriver.report.exports import export
from upriver.report.source import ABSENT, UNCHANGED, Source, state

SAMPLES = Path(__file__).parent / "evidence" / "samples"
LOOSE = ("sdn.xml", "eu.csv", "targets.simple.csv", "entities.ftm.json", "bundle.json")
PACKED = ("sdn_advanced.xml", "un.xml", "eu.xml", "conlist.csv", "conlist.xml", "uksl.xml", "uksl.csv", "misp.json")
HANDOVER = """List,No,Name,Birth date,Sex,Nationality,Compound,Handover date,From,To
KK-1,1,Tambara Wei Lun,1990-01-01,M,China,Riverbend Park,2025-02-12,BGF,China
KK-1,2,Somchai Dee,1999-04-03,M,Thailand,Riverbend Park,2025-02-12,BGF,Thailand
KK-1,3,Zaw Karuna Myint,1989-04-30,M,Myanmar,Riverbend Park,2025-02-12,BGF,Myanmar
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("listed") / "evidence"
    folder.mkdir()
    for name in LOOSE:
        shutil.copy(SAMPLES / name, folder / name)
    with zipfile.ZipFile(folder / "from partners.zip", "w") as archive:
        for name in PACKED:
            archive.write(SAMPLES / name, f"lists/{name}")
        archive.writestr("../escape.csv", "a,b\n")
    shutil.copy(SAMPLES / "statements.csv", folder / "statements.csv")
    (folder / "handover.csv").write_text(HANDOVER)
    done = subprocess.run(
        [sys.executable, "-m", "upriver", "investigate", str(folder), "--quiet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with Case.open(folder.with_suffix(".upriver")) as opened:
        yield opened


def test_every_file_is_read_and_the_trick_in_the_archive_is_named(case: Case) -> None:
    read = case.read("source_file", "path", "format").to_pylist()
    assert {row["path"]: row["format"] for row in read} == {
        "sdn.xml": "ofac", "eu.csv": "listed_table", "targets.simple.csv": "csv", "entities.ftm.json": "ftm",
        "bundle.json": "stix", "statements.csv": "csv", "handover.csv": "csv", "from partners.zip": "archive",
        "from partners.zip!lists/sdn_advanced.xml": "ofac_advanced", "from partners.zip!lists/un.xml": "un_list",
        "from partners.zip!lists/eu.xml": "eu_list", "from partners.zip!lists/conlist.csv": "listed_table",
        "from partners.zip!lists/conlist.xml": "uk_list", "from partners.zip!lists/uksl.xml": "uk_list",
        "from partners.zip!lists/uksl.csv": "listed_table", "from partners.zip!lists/misp.json": "misp",
    }  # fmt: skip
    rejected = case.read("rejected_file", "path", "reason").to_pylist()
    assert [(row["path"], row["reason"]) for row in rejected] == [
        ("from partners.zip!../escape.csv", "a path that leads out of its archive")
    ]


def test_a_member_is_looked_up_in_the_archive_that_lies_in_the_folder(case: Case) -> None:
    row = case.read("source_file", where="path LIKE '%un.xml'").to_pylist()[0]
    member = Source(row["path"], row["sha256"], row["format"], row["encoding"], row["guessed"])
    assert state(case.folder, member) == UNCHANGED
    other = Source("gone.zip!un.xml", row["sha256"], row["format"], row["encoding"], row["guessed"])
    assert state(case.folder, other) == ABSENT


def test_a_listing_tells_list_entry_programme_days_and_address(case: Case) -> None:
    told = case.sql(
        "SELECT s.prop, s.value FROM statement s JOIN record r ON r.record_id = s.record_id "
        "JOIN source_file f ON f.file_id = r.file_id WHERE f.path = 'sdn.xml' AND r.locator = 'sdnEntry 90001' "
        "AND s.schema = 'Sanction' AND s.prop <> 'entity' ORDER BY s.prop, s.value"
    ).to_pylist()
    assert [(row["prop"], row["value"]) for row in told] == [
        ("authority", "OFAC SDN list"),
        ("date", "2025-09-08"),
        ("program", "BURMA-EO14014"),
        ("program", "TCO"),
        ("recordId", "90001"),
        ("sourceUrl", "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=90001"),
    ]
    listings = case.sql(
        "SELECT DISTINCT a.value AS list, d.value AS day FROM statement a LEFT JOIN statement d "
        "ON d.entity_id = a.entity_id AND d.prop = 'date' WHERE a.prop = 'authority' ORDER BY list, day"
    ).to_pylist()
    known = {(row["list"], (row["day"] or "")[:10]) for row in listings}
    assert {
        ("EU consolidated financial sanctions list", "2025-09-05"), ("OFAC SDN List", "2025-09-08"),
        ("UN Security Council consolidated list", "2025-09-07"), ("UK OFSI consolidated list", "2025-09-05"),
        ("UK Sanctions List", "2025-09-05"), ("EU Financial Sanctions Files (FSF)", "2025-11-20"),
        ("us_ofac_sdn | test_list", "2025-11-20"),
    } <= known  # fmt: skip


def test_rows_of_one_entry_are_one_entity_and_lists_are_not_merged(case: Case) -> None:
    rows = case.sql(
        "SELECT e.canonical_id, list_sort(list(DISTINCT s.value)) AS names FROM entity e JOIN statement s "
        "ON s.entity_id = e.entity_id WHERE s.prop IN ('name', 'alias', 'weakAlias') GROUP BY e.canonical_id"
    ).to_pylist()
    found = [row["names"] for row in rows if "Myint Karuna" in row["names"]]
    # The list as XML, the same as a table, and OpenSanctions: three listings of one man, each with its own entry.
    assert sorted(map(len, found)) == [2, 2, 3]
    assert all("Bo Karuna" in names for names in found)


def test_identifiers_are_tied_to_those_whom_their_source_names(case: Case) -> None:
    rows = case.sql(
        "SELECT o.observable_id, e.caption FROM observable o JOIN entity e ON e.entity_id = o.entity_id"
    ).to_pylist()
    owners = {(row["observable_id"], row["caption"].lower()) for row in rows}
    assert {
        ("btc:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "wei lun tambara"),
        ("tron:TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "wei lun tambara"),
        ("email:boss@riverbend.example.com", "wei lun tambara"),
        ("domain:www.riverbend-group.example.com", "riverbend holdings company limited"),
        ("telegram:lin_desk9", "lin zhaoming"),
        ("phone:+85512345678", "sokha phanna"),
        ("phone:+959421123456", "myint karuna"),
    } <= owners
    seen = case.sql("SELECT DISTINCT observable_id FROM observable WHERE entity_id IS NULL").to_pylist()
    assert {row["observable_id"] for row in seen} >= {
        "url:https://goldriver-fx.example.com/login", "domain:goldriver-fx2.example.com", "ip:198.51.100.7",
        "email:desk@goldriver-fx.example.com", "phone:+66812345678", "iban:GB33BUKB20201555555555",
    }  # fmt: skip
    # Taken back by its author, or only excluded by a pattern: nobody is drawn into the case by it.
    assert not {"domain:innocent.example.org", "ip:192.0.2.1"} & {row["observable_id"] for row in seen}


def test_a_hit_is_a_lead_and_never_a_label(case: Case) -> None:
    rows = case.sql(
        "SELECT a.caption AS one, b.caption AS other, h.match_probability, h.reason FROM watchlist_hit h "
        "JOIN entity a ON a.entity_id = h.entity_id JOIN entity b ON b.entity_id = h.listed_id"
    ).to_pylist()
    hits = {(row["one"], row["other"].lower()) for row in rows}
    assert ("Tambara Wei Lun", "wei lun tambara") in hits
    assert not [one for one, _ in hits if one == "Somchai Dee"]
    # Born in another year than the listed one: shown as no match.
    assert not [one for one, _ in hits if one == "Zaw Karuna Myint"]
    met = case.sql(
        "SELECT DISTINCT s.value FROM statement s JOIN record r ON r.record_id = s.record_id "
        "WHERE r.form = 'handover_list' AND s.prop = 'topics'"
    )
    assert met.num_rows == 0


def test_what_goes_out_is_valid_for_the_tools_that_it_came_from(case: Case, tmp_path: Path) -> None:
    (path,) = export(case, "ftm", tmp_path / "entities.ftm.json")
    entities = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    schemata = Counter(entity["schema"] for entity in entities)
    assert schemata["Sanction"] > 10
    assert schemata["Vessel"] == 1
    told = [value for entity in entities for value in entity["properties"].get("description", [])]
    # An address of Monero is longer than what FollowTheMoney takes for an identifier.
    assert [value for value in told if value.startswith("publicKey: 46yz")]
    assert all(len(value) <= 64 for one in entities for value in one["properties"].get("publicKey", []))


def test_what_is_left_out_is_counted_with_a_reason(case: Case) -> None:
    reasons = " / ".join(case.read("rejected_record", "reason")["reason"].to_pylist())
    for part in ("Person.eyeColor", "schema Address", "marked external", "objects that name no person"):
        assert part in reasons
