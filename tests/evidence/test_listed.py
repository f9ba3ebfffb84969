"""Sanctions lists in their publishers' layouts: each entry with its place, list, day and address."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from upriver.evidence.folder import UnreadableError, content
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import ofac_advanced
from upriver.evidence.stage import _READERS

from .sources import rows, source

SAMPLES = Path(__file__).parent / "samples"
PARAMS = EvidenceParams()


def read(tmp_path: Path, name: str, data: bytes | None = None, params: EvidenceParams = PARAMS) -> list[dict[str, Any]]:
    """Records of a sample, or of `data` under its name, by the reader that the stage would take."""
    path = tmp_path / name
    file = source(path, (SAMPLES / name).read_bytes() if data is None else data)
    format_, _ = sniff(path, name, content(path), None)
    return rows(import_module(f"upriver.evidence.readers.{_READERS[format_]}").read(file, params))


def one(tmp_path: Path, name: str, place: str) -> dict[str, Any]:
    (found,) = [row for row in read(tmp_path, name) if row["at"] == place]
    return found


def test_an_entry_of_ofac_keeps_programme_day_address_and_wallets(tmp_path: Path) -> None:
    found = one(tmp_path, "sdn.xml", "sdnEntry 90001")
    extra = json.loads(found.pop("extra"))
    assert found == {
        "at": "sdnEntry 90001", "form": "watchlist", "listed_id": "90001", "schema": "Individual",
        "name": "Wei Lun TAMBARA", "aliases": "覃伟伦", "weak_aliases": "BIG BROTHER LUN", "birth_date": "01 Jan 1990",
        "birth_places": "Dalian, China", "genders": "Male", "country": "China", "programme": "TCO | BURMA-EO14014",
        "list_name": "OFAC SDN list", "published_on": "2025-09-08",
        "entry_url": "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=90001",
        "positions": "Director of Riverbend Holdings", "addresses": "Lot 8, Riverbend Park, Sihanoukville, Cambodia",
        "identifiers": "passportNumber: KX4471902 | idNumber: 210101199001011234",
        "emails": "boss@riverbend.example.com",
        "wallets": "BTC: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT | USDT: TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
        "remarks": "(Linked To: RIVERBEND HOLDINGS COMPANY LIMITED)",
    }  # fmt: skip
    assert extra["idList/id/idCountry"] == "Cambodia | China"  # what no field holds is not lost
    assert one(tmp_path, "sdn.xml", "sdnEntry 90003")["identifiers"] == "imoNumber: 9000001"


def test_the_advanced_layout_tells_the_same_man_with_scripts_lists_and_ties(tmp_path: Path) -> None:
    classic, found = (
        one(tmp_path, "sdn.xml", "sdnEntry 90001"),
        one(tmp_path, "sdn_advanced.xml", "DistinctParty 90001"),
    )
    for field in ("name", "aliases", "weak_aliases", "country", "genders", "entry_url", "published_on", "addresses"):
        assert found[field] == classic[field], field
    assert (found["birth_date"], found["listed_on"], found["list_name"]) == (
        "1990-01-01",
        "2025-09-08",
        "OFAC SDN List",
    )
    assert (found["programme"], found["identifiers"]) == ("TCO", "passportNumber: KX4471902")
    assert found["wallets"] == "BTC: 1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
    tie = one(tmp_path, "sdn_advanced.xml", "ProfileRelationship 7001")
    properties = json.loads(tie["properties"])
    assert (properties["subject"], properties["object"]) == (["90002"], ["90001"])
    assert properties["role"] == ["Owned or Controlled By"]


def test_the_united_nations_grade_aliases_and_write_original_scripts(tmp_path: Path) -> None:
    found = one(tmp_path, "un.xml", "INDIVIDUAL TSi.001")
    assert found["aliases"] == "အောင်မျိုးဇာနည် | Saw Zarni | Aung Zarni"
    assert (found["weak_aliases"], found["birth_date"]) == ("The Colonel", "1968 to 1970 | circa 1972")
    assert (found["listed_on"], found["published_on"]) == ("2019-02-01", "2025-09-07")
    assert one(tmp_path, "un.xml", "ENTITY TSe.002")["aliases"] == "Golden Salt Co & Sons"


def test_the_european_list_says_the_same_in_xml_and_as_a_table(tmp_path: Path) -> None:
    found = one(tmp_path, "eu.xml", "sanctionEntity EU.9001.10")
    assert (found["name"], found["weak_aliases"]) == ("Myint Karuna", "Bo Karuna")
    assert (found["emails"], found["identifiers"]) == ("gate4@karuna.example.com", "passportNumber: MB112233")
    table = [row for row in read(tmp_path, "eu.csv") if row["listed_id"] == "EU.9001.10"]
    assert [row["at"] for row in table] == ["row 2", "row 3", "row 4", "row 5"]
    for field in ("name", "birth_date", "identifiers", "country", "published_on", "entry_url", "positions"):
        assert next(row[field] for row in table if field in row) == found[field]
    assert [row.get("aliases") for row in table] == [None, "Bo Karuna", None, None]


@pytest.mark.parametrize(
    ("name", "main", "weak"),
    [
        ("conlist.csv", "row 3", "row 4"),
        ("conlist.xml", "FinancialSanctionsTarget 99101", "FinancialSanctionsTarget 99101 (2)"),
        ("uksl.xml", "Designation GHR0901", "Designation GHR0901"),
        ("uksl.csv", "row 3", "row 4"),
    ],
)
def test_the_british_lists_say_the_same_in_four_layouts(tmp_path: Path, name: str, main: str, weak: str) -> None:
    found, other = one(tmp_path, name, main), one(tmp_path, name, weak)
    assert (found["name"], other["weak_aliases"]) == ("Sokha PHANNA", "SOKHA")
    assert found["listed_id"] == other["listed_id"]
    assert found["aliases"].endswith("សុខា ផាន់ណា")
    assert (found["listed_on"], found["identifiers"]) == ("2023-12-08", "passportNumber: N0155667")
    assert found["addresses"] == "Street 7, Phnom Penh, Cambodia"


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        (("1959", "1", "1"), ("1959", "12", "31"), "1959"),
        (("1959", "5", "1"), ("1959", "5", "31"), "1959-05"),
        (("1959", "1", "5"), ("1959", "12", "5"), "1959"),
        (("1959", "1", "5"), ("1959", "1", "5"), "1959-01-05"),
        (("1958", "1", "1"), ("1960", "12", "31"), "1958 to 1960"),
    ],
)
def test_a_period_of_the_advanced_layout_is_told_as_far_as_its_ends_agree(
    begin: tuple[str, ...], end: tuple[str, ...], told: str
) -> None:
    def date(parts: tuple[str, ...]) -> str:
        return "".join(f"<{tag}>{part}</{tag}>" for tag, part in zip(("Year", "Month", "Day"), parts, strict=True))

    period = f"<DatePeriod><Start><From>{date(begin)}</From></Start><End><To>{date(end)}</To></End></DatePeriod>"
    assert ofac_advanced._period(ElementTree.fromstring(period)) == told


def test_rows_that_leave_out_the_reference_belong_to_their_entry(tmp_path: Path) -> None:
    data = (
        (SAMPLES / "eu.csv").read_text("utf-8-sig").replace("9001;EU.9001.10;;;;;P;person;;;", "9001;;;;;;P;person;;;")
    )
    found = read(tmp_path, "eu.csv", data.encode())
    assert [row["listed_id"] for row in found] == ["EU.9001.10"] * 4 + ["EU.9002.11"]


def test_the_day_above_a_table_is_the_day_of_its_list(tmp_path: Path) -> None:
    assert {row["published_on"] for row in read(tmp_path, "conlist.csv")} == {"2025-09-05"}
    assert {row["published_on"] for row in read(tmp_path, "uksl.csv")} == {"05 Sep 2025"}


def test_an_entry_told_twice_is_two_records_of_one_id(tmp_path: Path) -> None:
    data = (SAMPLES / "sdn.xml").read_text()
    entry = data[data.index("  <sdnEntry>") : data.index("</sdnEntry>") + len("</sdnEntry>")]
    places = [row["at"] for row in read(tmp_path, "sdn.xml", data.replace(entry, entry + entry).encode())]
    assert places[:2] == ["sdnEntry 90001", "sdnEntry 90001 (2)"]


# ---- bad input ------------------------------------------------------------------------------------------------

XML = ("sdn.xml", "sdn_advanced.xml", "un.xml", "eu.xml", "conlist.xml", "uksl.xml")


@pytest.mark.parametrize("name", XML)
def test_a_torn_list_keeps_the_entries_above_and_says_where_it_ends(tmp_path: Path, name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    whole = [row["at"] for row in read(tmp_path, name)]
    counts = set()
    for cut in range(len(data) // 3, len(data) - 20, 211):
        found = read(tmp_path, name, data[:cut])
        kept = [row["at"] for row in found if row["form"] != "broken"]
        assert kept == whole[: len(kept)]
        (broken,) = [row for row in found if row["form"] == "broken"]
        assert "cannot be read" in broken["reason"]
        counts.add(len(kept))
    assert len(counts) > 1 or len(whole) == 1


def test_billions_of_laughs_are_refused_before_the_first_entry(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE sdnList [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><sdnList>&b;</sdnList>'
    fetch = b'<!DOCTYPE sdnList [<!ENTITY x SYSTEM "file:///etc/passwd">]><sdnList><sdnEntry>&x;</sdnEntry></sdnList>'
    for data in (bomb, fetch, b'<!DOCTYPE sdnList SYSTEM "http://example.com/a.dtd"><sdnList></sdnList>'):
        with pytest.raises(UnreadableError, match="document type"):
            read(tmp_path, "sdn.xml", data)


def test_an_entity_that_nobody_declared_ends_the_reading(tmp_path: Path) -> None:
    data = b"<sdnList><sdnEntry><uid>1</uid></sdnEntry><sdnEntry><uid>&x;</uid></sdnEntry></sdnList>"
    good, broken = read(tmp_path, "sdn.xml", data)
    assert (good["listed_id"], broken["form"]) == ("1", "broken")
    assert "undefined entity" in broken["reason"]


def test_elements_nested_without_end_are_not_followed(tmp_path: Path) -> None:
    data = b"<sdnList><sdnEntry><uid>1</uid></sdnEntry><sdnEntry>" + b"<a>" * 100_000
    assert [row["form"] for row in read(tmp_path, "sdn.xml", data)] == ["watchlist", "broken"]


def test_an_entry_too_large_costs_itself_alone(tmp_path: Path) -> None:
    small = EvidenceParams(max_cell_bytes=5000)
    data = b"<sdnList><sdnEntry><uid>1</uid></sdnEntry><sdnEntry><remarks>%s</remarks></sdnEntry>%s</sdnList>"
    data = data % (b"x" * 6000, b"<sdnEntry><uid>3</uid></sdnEntry>")
    found = read(tmp_path, "sdn.xml", data, small)
    assert [row.get("listed_id") for row in found] == ["1", "3", None]
    assert "larger than 5000 bytes" in found[2]["reason"]
    many = b"<sdnList><sdnEntry>%s</sdnEntry><sdnEntry><uid>2</uid></sdnEntry></sdnList>" % (b"<a/>" * 1000)
    assert [row["form"] for row in read(tmp_path, "sdn.xml", many, small)] == ["watchlist", "broken"]


def test_a_tag_that_never_closes_is_not_read_into_memory(tmp_path: Path) -> None:
    data = b'<sdnList><sdnEntry><uid>1</uid></sdnEntry><sdnEntry a="' + b"x" * 400_000
    found = read(tmp_path, "sdn.xml", data, EvidenceParams(max_cell_bytes=100_000))
    assert [row["form"] for row in found] == ["watchlist", "broken"]
    assert "longer than 100000 bytes" in found[1]["reason"]


def test_bytes_that_are_no_characters_are_shown_and_named(tmp_path: Path) -> None:
    data = b"<sdnList><sdnEntry><uid>1</uid><lastName>LI\xff\x01N</lastName><title>" + "主任主任".encode()
    data += b"</title></sdnEntry></sdnList>"
    good, broken = read(tmp_path, "sdn.xml", data)
    assert good["name"] == "LI\ufffd\ufffdN"
    assert "sdnEntry 1 holds bytes or signs that are no characters" in broken["reason"]


def test_a_list_of_one_line_gives_every_record_a_place_of_its_own(tmp_path: Path) -> None:
    entry = b"<sdnEntry><uid>1</uid><lastName>L\x01</lastName></sdnEntry>"
    other = b"<sdnEntry><uid>1 (2)</uid></sdnEntry><sdnEntry><uid>%s</uid></sdnEntry>" % (b"9" * 5000)
    found = read(tmp_path, "sdn.xml", b"<sdnList>" + entry * 3 + other + b"<sdnEntry>")
    places = [row["at"] for row in found]
    assert len(set(places)) == len(places) == 9
    assert places[:4] == ["sdnEntry 1", "sdnEntry 1 (2)", "sdnEntry 1 (3)", "sdnEntry 1 (2) (2)"]
    assert max(map(len, places)) <= 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "iso-8859-1"])
def test_a_list_is_read_in_the_encoding_that_it_declares(tmp_path: Path, encoding: str) -> None:
    name = "Müller" if encoding == "iso-8859-1" else "覃伟伦是一个名字"
    text = f'<?xml version="1.0" encoding="{encoding}"?><sdnList><sdnEntry><uid>1</uid><lastName>{name}</lastName>'
    (found,) = read(tmp_path, "sdn.xml", f"{text}</sdnEntry></sdnList>".encode(encoding))
    assert found["name"] == name


def test_a_list_that_declares_another_encoding_than_it_has_is_read_by_its_bytes(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><sdnList><sdnEntry><uid>1</uid><lastName>我们的名字是这样的</lastName>'
    )
    (found,) = read(tmp_path, "sdn.xml", f"{text}</sdnEntry></sdnList>".encode("gb18030"))
    assert found["name"] == "我们的名字是这样的"


def test_a_torn_row_of_a_listed_table_is_broken_and_the_others_are_read(tmp_path: Path) -> None:
    for name in ("conlist.csv", "uksl.csv", "eu.csv"):
        data = (SAMPLES / name).read_bytes()
        found = read(tmp_path, name, data[:-60])
        assert [row["form"] for row in found][-1] == "broken"
        assert len(found) == len(read(tmp_path, name))
