from __future__ import annotations

import csv
import importlib.util
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from upriver.case.store import Case
from upriver.errors import ExportError
from upriver.model.ontology import props
from upriver.model.tables import TABLES
from upriver.report.exports import export


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


@pytest.mark.skipif(importlib.util.find_spec("followthemoney") is None, reason="ftm: followthemoney is not installed")
def test_followthemoney_itself_accepts_every_entity(harbour: Case, tmp_path: Path) -> None:
    from followthemoney import model  # type: ignore[import-not-found,unused-ignore]

    (path,) = export(harbour, "ftm", tmp_path / "entities.json")
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        proxy = model.get_proxy(entry, cleaned=False)
        assert {name: sorted(proxy.get(name)) for name in entry["properties"]} == entry["properties"]


def test_an_unknown_form_says_what_there_is(harbour: Case, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="csv, graphml, ftm"):
        export(harbour, "stix", tmp_path / "x")
