from __future__ import annotations

import csv
import importlib.util
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from tests.simulate.conftest import TINY

from upriver.case.store import Case
from upriver.errors import ExportError
from upriver.model.ontology import props
from upriver.model.tables import TABLES
from upriver.pipeline import investigate
from upriver.report.exports import export
from upriver.simulate.folder import write_case
from upriver.simulate.presets import PRESETS

needs_followthemoney = pytest.mark.skipif(
    importlib.util.find_spec("followthemoney") is None,
    reason="FollowTheMoney: followthemoney is not installed (make .venv/ftm)",
)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of a small simulated folder, with every stage run."""
    place = tmp_path_factory.mktemp("simulated")
    write_case(place / "town", PRESETS["border-town"], TINY, 7)
    return investigate(place / "town" / "evidence").home


def _all(paths: list[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.mark.parametrize("form", ["csv", "graphml", "ftm"])
def test_no_protected_name_or_number_leaves_in_any_form(
    harbour: Case, tmp_path: Path, form: str, secrets: tuple[str, ...]
) -> None:
    told = _all(export(harbour, form, tmp_path / "out" / form))
    assert [secret for secret in secrets if secret.lower() in told.lower()] == []
    assert "Chen Daguo" in told


def test_every_table_is_written_and_suspects_stay(harbour: Case, tmp_path: Path, shown: tuple[str, ...]) -> None:
    paths = export(harbour, "csv", tmp_path / "tables")
    assert {path.stem for path in paths} == set(TABLES)
    told = _all(paths)
    assert all(word in told for word in shown)


def test_masked_tables_still_join(harbour: Case, tmp_path: Path) -> None:
    export(harbour, "csv", tmp_path)
    rows = {
        name: list(csv.DictReader((tmp_path / f"{name}.csv").open(encoding="utf-8")))
        for name in ("transfer", "flow", "loss", "protected_person", "entity")
    }
    payer = {row["transfer_id"]: row["source_account"] for row in rows["transfer"]}
    assert payer["T1"] == payer["T2"] == "Victim 1 account …0417"
    assert {row["transfer_id"]: row["source_account"] for row in rows["flow"]} == payer
    known = {row["canonical_id"] for row in rows["entity"]}
    assert {row["person_id"] for row in rows["protected_person"]} <= known


def test_unmasked_means_as_it_stands(harbour: Case, tmp_path: Path) -> None:
    told = _all(export(harbour, "csv", tmp_path, unmask=True))
    assert "Maria Elena Lopez" in told
    assert "acc_victim_00417" in told


def test_a_cell_that_would_run_as_a_formula_is_quoted(case: Case, tmp_path: Path) -> None:
    case.fill(
        "rejected_file",
        [{"path": '=HYPERLINK("http://x.example")', "sha256": None, "n_bytes": 0, "reason": "-1", "advice": "@sum"}],
    )
    export(case, "csv", tmp_path)
    row = next(csv.DictReader((tmp_path / "rejected_file.csv").open(encoding="utf-8")))
    assert (row["path"][:2], row["reason"], row["advice"]) == ("'=", "-1", "'@sum")


def test_graphml_is_a_graph_of_all_ties(harbour: Case, tmp_path: Path) -> None:
    (path,) = export(harbour, "graphml", tmp_path / "ties.graphml")
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    graph = ElementTree.parse(path).getroot().find("g:graph", space)
    assert graph is not None
    nodes = {node.get("id") for node in graph.findall("g:node", space)}
    ends = [(edge.get("source"), edge.get("target")) for edge in graph.findall("g:edge", space)]
    assert len(ends) == 6
    assert {end for pair in ends for end in pair} == nodes


def test_entities_have_stock_properties_and_point_to_canonical_ids(harbour: Case, tmp_path: Path) -> None:
    (path,) = export(harbour, "ftm", tmp_path / "entities.json")
    entities = {entry["id"]: entry for entry in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    assert entities["aa01"]["properties"]["name"] == ["Victim 1"]
    assert "phone" not in entities["aa01"]["properties"]
    assert entities["bb03"]["properties"]["owner"] == ["bb01"]
    assert entities["cc03"]["properties"]["keywords"] == ["stolen from"]
    for entry in entities.values():
        assert entry["properties"].keys() <= props(entry["schema"]).keys()


def test_a_payment_from_a_wallet_is_told_in_words_where_the_stock_schemata_have_no_place(
    case: Case, tmp_path: Path
) -> None:
    told = [
        ("p1", "Payment", "payerAccount", "w1"),
        ("p1", "Payment", "beneficiaryAccount", "b1"),
        ("w1", "CryptoWallet", "publicKey", "TExampleWallet"),
        ("b1", "BankAccount", "accountNumber", "M100"),
    ]
    case.fill("statement", [
        {"statement_id": f"s{at}", "entity_id": entity, "schema": schema, "prop": prop, "value": value,
         "record_id": "f#row 2"}
        for at, (entity, schema, prop, value) in enumerate(told)
    ])  # fmt: skip
    case.fill("entity", [
        {"entity_id": entity, "canonical_id": entity, "schema": schema, "caption": entity, "n_members": 1}
        for entity, schema in (("p1", "Payment"), ("w1", "CryptoWallet"), ("b1", "BankAccount"))
    ])  # fmt: skip
    (path,) = export(case, "ftm", tmp_path / "entities.json")
    entities = {entry["id"]: entry for entry in map(json.loads, path.read_text(encoding="utf-8").splitlines())}
    assert entities["p1"]["properties"] == {
        "beneficiaryAccount": ["b1"],
        "description": ["payerAccount: TExampleWallet"],
    }


@needs_followthemoney
def test_followthemoney_itself_accepts_every_entity(harbour: Case, tmp_path: Path) -> None:
    _accepted(export(harbour, "ftm", tmp_path / "entities.json"))


@needs_followthemoney
@pytest.mark.parametrize("unmask", [False, True], ids=["masked", "unmasked"])
def test_followthemoney_itself_accepts_a_whole_simulated_case(simulated: Path, tmp_path: Path, unmask: bool) -> None:
    with Case.open(simulated) as case:
        n_entities = _accepted(export(case, "ftm", tmp_path / "entities.json", unmask=unmask))
    assert n_entities > 100


def _accepted(paths: list[Path]) -> int:
    """How many entities followthemoney takes as they stand: schema, every value, and what its references may name."""
    from followthemoney import model  # type: ignore[import-not-found,unused-ignore]

    entities = [json.loads(line) for line in _all(paths).splitlines()]
    schemata = {entry["id"]: model.get(entry["schema"]) for entry in entities}
    for entry in entities:
        proxy = model.get_proxy(entry, cleaned=False)
        assert {name: sorted(proxy.get(name)) for name in entry["properties"]} == entry["properties"]
        schemata[entry["id"]].validate(entry)
        for prop, value in proxy.itervalues():
            if prop.type.name == "entity":
                assert schemata[value].is_a(prop.range), (entry, prop.name, schemata[value].name)
    return len(entities)


def test_an_unknown_form_says_what_there_is(harbour: Case, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="csv, graphml, ftm"):
        export(harbour, "stix", tmp_path / "x")
