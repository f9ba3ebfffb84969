"""What analysts' tools share: FollowTheMoney, STIX and MISP, each told in records with places of their own."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from upriver.evidence.folder import UnreadableError, content
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import ftm, misp, stix
from upriver.evidence.readers.json_items import Item, Torn, items
from upriver.evidence.stage import _READERS

from .sources import rows, source

SAMPLES = Path(__file__).parent / "samples"
PARAMS = EvidenceParams()


def by_place(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["at"]: row for row in found}


def sample(tmp_path: Path, name: str) -> dict[str, dict[str, Any]]:
    path = tmp_path / name
    file = source(path, (SAMPLES / name).read_bytes())
    format_, _ = sniff(path, name, content(path), None)
    return by_place(rows(import_module(f"upriver.evidence.readers.{_READERS[format_]}").read(file, PARAMS)))


# ---- FollowTheMoney -------------------------------------------------------------------------------------------


def test_an_entity_keeps_its_properties_data_sets_and_days(tmp_path: Path) -> None:
    found = sample(tmp_path, "entities.ftm.json")
    man = found["line 1"]
    assert (man["form"], man["entity_id"], man["schema"]) == ("told_entity", "NK-tambara", "Person")
    assert json.loads(man["properties"])["name"] == ["Wei Lun Tambara", "覃伟伦"]
    assert (man["dataset"], man["last_seen_at"]) == ("us_ofac_sdn | test_list", "2025-11-20T06:00:00")
    assert json.loads(man["extra"])["referents"] == '["ofac-90001"]'
    assert list(found) == [f"line {number}" for number in range(1, 7)]


def test_what_is_nested_in_an_entity_points_back_to_it(tmp_path: Path) -> None:
    nested = {"id": "s1", "schema": "Sanction", "properties": {"program": ["TCO"]}}
    whole = {"id": "p1", "schema": "Person", "properties": {"name": ["A"], "sanctions": [nested]}}
    found = by_place(rows(ftm.read(source(tmp_path / "targets.nested.json", json.dumps(whole)), PARAMS)))
    assert json.loads(found["line 1"]["properties"])["sanctions"] == ["s1"]
    assert json.loads(found["line 1 s1"]["properties"]) == {"program": ["TCO"], "entity": ["p1"]}


def test_a_line_that_is_no_entity_costs_itself_alone(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "schema": "Person", "properties": {}}', "", "{torn", '{"id": "b", "schema": "Person"}',
        '{"id": "c", "schema": "Person", "properties": {"name": ["' + "x" * 300 + '"]}}', '["list"]',
        '{"id": "d", "schema": "Person", "properties": {"name": ["\\ud800"]}}',
    ]  # fmt: skip
    data = "\n".join(lines).encode() + '\n{"name": "我们的名字", '.encode() + b'"id": "\xff"}'
    path = tmp_path / "entities.ftm.json"
    found = rows(ftm.read(source(path, data), EvidenceParams(max_cell_bytes=200)))
    assert [(row["at"], row["form"]) for row in found] == [
        ("line 1", "told_entity"), ("line 7", "told_entity"), ("line 3", "broken"), ("line 4", "broken"),
        ("line 5", "broken"), ("line 6", "broken"), ("line 8", "broken"),
    ]  # fmt: skip
    reasons = {row["at"]: row["reason"] for row in found if row["form"] == "broken"}
    assert "longer than 200 bytes" in reasons["line 5"]
    assert "no characters" in reasons["line 8"]


def test_statements_are_known_by_their_columns(tmp_path: Path) -> None:
    found = sample(tmp_path, "statements.csv")
    row = found["row 3"]
    assert (row["form"], row["entity_id"], row["canonical_id"]) == ("told_statement", "os-1", "NK-phanna")
    assert (row["prop"], row["schema"], row["dataset"]) == ("name", "LegalEntity", "kh_register")
    assert (row["last_seen_at"], row["statement_id"]) == ("2025-11-20T06:00:00", "st2")
    lines = "\n".join(json.dumps({"id": "s", "entity_id": "a", "canonical_id": "b", "prop": "name", "schema": "Person",
                                  "value": v, "dataset": "d"}) for v in "xy")  # fmt: skip
    path = tmp_path / "statements.jsonl"
    file = source(path, lines)
    assert sniff(path, path.name, content(path), None)[0] == "jsonl"
    told = rows(import_module("upriver.evidence.readers.jsons").read(file, PARAMS))
    assert [(one["form"], one["value"]) for one in told] == [("told_statement", "x"), ("told_statement", "y")]


def test_the_simple_targets_of_opensanctions_are_a_watchlist(tmp_path: Path) -> None:
    row = sample(tmp_path, "targets.simple.csv")["row 2"]
    assert (row["form"], row["list_name"]) == ("watchlist", "EU Financial Sanctions Files (FSF)")
    assert (row["programme"], row["published_on"]) == ("EU-MMR", "2025-11-20T06:00:00")
    assert (row["identifiers"], row["emails"]) == ("MB112233", "gate4@karuna.example.com")


# ---- STIX -----------------------------------------------------------------------------------------------------


def test_a_pattern_tells_what_is_seen_and_not_what_it_excludes(tmp_path: Path) -> None:
    found = sample(tmp_path, "bundle.json")
    place = "object indicator--33333333-0000-4000-8000-000000000001"
    values = [found[at] for at in (place, f"{place} value 2", f"{place} value 3", f"{place} value 4")]
    assert [(row["kind"], row["value"]) for row in values] == [
        ("url", "https://goldriver-fx.example.com/login"), ("domain", "goldriver-fx.example.com"),
        ("domain", "goldriver-fx2.example.com"), ("email", "desk@goldriver-fx.example.com"),
    ]  # fmt: skip
    assert "indicates: Desk Nine" in values[0]["note"]
    assert f"{place} value 5" not in found  # ipv4-addr:value != ...
    assert found["object indicator--33333333-0000-4000-8000-000000000003"]["form"] == "unknown"  # revoked


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [
        ("[url:value = 'http://a.example.com/it\\'s']", [("url", "http://a.example.com/it's")]),
        ("[domain-name:value LIKE '%.example.com']", []),
        ("[domain-name:value NOT = 'a.example.com']", []),
        ("[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", []),
        ("[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [url:value='http://b.example.com/']",
         [("ip", "192.0.2.1"), ("url", "http://b.example.com/")]),
        ("[email-message:from_ref.value = 'a@b.example.com']", [("email", "a@b.example.com")]),
        ("no pattern at all", []),
    ],
)  # fmt: skip
def test_comparisons_of_patterns(pattern: str, seen: list[tuple[str, str]]) -> None:
    assert list(stix._compared(pattern)) == seen


def test_a_tie_says_whose_an_account_is_and_an_actor_bears_no_label(tmp_path: Path) -> None:
    found = sample(tmp_path, "bundle.json")
    account = found["object user-account--44444444-0000-4000-8000-000000000001"]
    assert (account["kind"], account["owner_id"]) == ("telegram", "identity--11111111-0000-4000-8000-000000000002")
    assert "owner_id" not in found["object email-addr--44444444-0000-4000-8000-000000000002"]
    actor = found["object threat-actor--22222222-0000-4000-8000-000000000001"]
    assert actor["schema"] == "LegalEntity"
    assert "topics" not in json.loads(actor["properties"])
    assert found["object report--77777777-0000-4000-8000-000000000001"]["about"] == "Desk Nine"


@pytest.mark.parametrize(
    ("account_type", "kind"),
    [("btc-wallet", "btc"), ("tron-wallet", "tron"), ("bank-account", "bank_account"), ("payment-card", "bank_card"),
     ("iban", "iban"), ("phone", "phone"), ("telegram", "telegram"), ("twitter", "handle"),
     ("zalo", "handle"), ("", "handle")],
)  # fmt: skip
def test_types_of_accounts_are_the_kinds_that_packages_write(tmp_path: Path, account_type: str, kind: str) -> None:
    one = {"type": "user-account", "id": "user-account--1", "user_id": "12345678", "account_type": account_type}
    data = json.dumps({"type": "bundle", "objects": [one]})
    found = by_place(rows(stix.read(source(tmp_path / "b.json", data), PARAMS)))
    assert found["object user-account--1"]["kind"] == kind


def test_a_label_is_kept_where_it_protects_a_person_and_nowhere_else(tmp_path: Path) -> None:
    labels = ["presumed victim", "child", "scammer", 5, ["child"]]
    one = {"type": "identity", "id": "identity--1", "name": "A", "identity_class": "individual", "labels": labels}
    other = {**one, "id": "identity--2", "identity_class": "organization"}
    data = json.dumps({"type": "bundle", "objects": [one, other]})
    found = by_place(rows(stix.read(source(tmp_path / "b.json", data), PARAMS)))
    assert json.loads(found["object identity--1"]["properties"])["status"] == ["presumed victim", "child"]
    assert "status" not in json.loads(found["object identity--2"]["properties"])


def test_two_versions_of_one_object_have_two_places(tmp_path: Path) -> None:
    one = {"type": "identity", "id": "identity--1", "name": "A", "identity_class": "individual"}
    data = json.dumps({"type": "bundle", "objects": [one, {**one, "name": "B"}, 5, {"id": "x"}]})
    found = by_place(rows(stix.read(source(tmp_path / "b.json", data), PARAMS)))
    assert set(found) == {"object identity--1", "object identity--1 (2)", "objects item 3", "objects item 4"}


def test_a_torn_bundle_keeps_what_stands_above(tmp_path: Path) -> None:
    data = (SAMPLES / "bundle.json").read_bytes()
    found = rows(stix.read(source(tmp_path / "b.json", data[: len(data) // 2]), PARAMS))
    assert [row["form"] for row in found].count("told_entity") == 3
    (broken,) = [row for row in found if row["form"] == "broken"]
    assert broken["reason"].startswith("from line ")
    with pytest.raises(UnreadableError, match="no object of STIX"):
        rows(stix.read(source(tmp_path / "c.json", b'{"type": "bundle", "objects": ['), PARAMS))


# ---- MISP -----------------------------------------------------------------------------------------------------


def test_attributes_and_objects_of_an_event_are_identifiers_people_and_accounts(tmp_path: Path) -> None:
    found = sample(tmp_path, "misp.json")
    told = [(row["kind"], row["value"]) for row in found.values() if row["form"] == "told_observable"]
    assert told == [
        ("btc", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"), ("phone", "+66 81 234 5678"),
        ("email", "desk@goldriver-fx.example.com"), ("url", "hxxps://goldriver-fx[.]example[.]com/login"),
        ("domain", "goldriver-fx.example.com"), ("ip", "198.51.100.7"),
        ("wallet", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
    ]  # fmt: skip
    account = found["object 0c000000-0000-4000-8000-000000000001"]
    assert account["schema"] == "BankAccount"
    assert json.loads(account["properties"])["iban"] == ["GB33BUKB20201555555555"]
    person = json.loads(found["object 0c000000-0000-4000-8000-000000000002"]["properties"])
    assert (person["name"], person["phone"]) == (["Zhaoming Lin"], ["+855 12 345 678"])
    event = found["event 0a000000-0000-4000-8000-000000000001"]
    assert (event["form"], event["speaker"], event["written_at"]) == ("note", "CERT-TH", "2025-05-04")
    assert found["attribute 0b000000-0000-4000-8000-000000000007"]["form"] == "unknown"  # a hash


@pytest.mark.parametrize("wrap", ["{}", '{{"response": {}}}', "[{}]", '{{"response": [{}]}}'])
def test_an_event_is_found_however_it_was_exported(tmp_path: Path, wrap: str) -> None:
    event = '{"Event": {"uuid": "u", "info": "desk", "Attribute": [{"uuid": "a", "type": "btc", "value": "x"}]}}'
    path = tmp_path / "event.json"
    file = source(path, wrap.format(event))
    assert sniff(path, path.name, content(path), None)[0] == "misp"
    found = by_place(rows(misp.read(file, PARAMS)))
    assert set(found) == {"event u", "attribute a"}
    assert found["attribute a"]["source"] == "desk"


def test_a_document_without_an_event_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no event"):
        rows(misp.read(source(tmp_path / "m.json", '{"response": [1, 2]}'), PARAMS))
    many = json.dumps({"response": list(range(6000))})
    assert len(rows(misp.read(source(tmp_path / "n.json", many), PARAMS))) == 6000


def test_a_torn_event_keeps_its_attributes(tmp_path: Path) -> None:
    data = (SAMPLES / "misp.json").read_bytes()
    found = rows(misp.read(source(tmp_path / "m.json", data[: data.index(b'"md5"')]), PARAMS))
    assert [row["form"] for row in found] == ["told_observable"] * 6 + ["note", "note", "broken"]


# ---- documents part by part -----------------------------------------------------------------------------------


def test_a_document_gives_its_parts_until_it_is_torn() -> None:
    def deep(path: tuple[str | int, ...]) -> bool:
        return path in ((), ("a",))

    assert list(items('{"a": [1, {"b": 2}], "c": "d"}', deep, 100)) == [
        Item(("a", 1), "1"), Item(("a", 2), {"b": "2"}), Item(("c",), "d"),
    ]  # fmt: skip
    kept = list(items('{"a": [1, {"b": 2}, {"b"', deep, 100))
    assert kept[:2] == [Item(("a", 1), "1"), Item(("a", 2), {"b": "2"})]
    assert isinstance(kept[2], Torn)
    assert [type(one) for one in items('{"a": ["xxxxxxxxxxxxxx", 2]} junk', deep, 10)] == [Torn, Item, Torn]
    assert [type(one) for one in items("[" * 100_000, lambda _: False, 10)] == [Torn]
    assert [type(one) for one in items("[" * 100_000, lambda _: True, 10)] == [Torn]
