"""What analysts label in cases goes into the next training, and outweighs what the data says of the same text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.extract.test_contact_classes import HAM, ODD, SCAM
from tests.extract.test_contacts import message, record

from upriver.case import journal
from upriver.case.store import Case
from upriver.cli import main
from upriver.errors import CaseError, EvidenceError
from upriver.extract.contact_model import load
from upriver.plain.contacts import rows
from upriver.plain.threads import Thread
from upriver.plain.training import train


def a_case(place: Path, told: dict[str, str], name: str = "lake") -> Path:
    """A case whose messages (text -> label of its analyst) are labelled, with an advert that is a lure."""
    folder = place / name
    folder.mkdir()
    home = place / f"{name}.upriver"
    with Case.create(home, folder) as case:
        case.fill("message", [message(f"f#{n}", f"t{n}", "telegram:@a", text) for n, text in enumerate(told)])
        case.fill("record", [record("f#ad", "job_advert", [None, "Typist", *[None] * 4, "no interview"])])
        case.save_manifest()
    for n, label in enumerate(told.values()):
        if label:
            journal.append(home, "label", f"f#{n}", value=label, who="A", why="seen")
    journal.append(home, "label", "f#ad", value="lure", who="A", why="seen")
    return home


def data(path: Path, told: dict[str, str]) -> Path:
    path.write_text(
        "".join(json.dumps({"id": n, "text": text, "label": told[text]}) + "\n" for n, text in enumerate(told)), "utf-8"
    )
    return path


def test_labels_of_a_case_are_trained_on_beside_data_and_outweigh_it(tmp_path: Path) -> None:
    said = {ODD.format(n): "scam:romance" if n % 2 else "scam" for n in range(12)} | {"quite ordinary words": "neither"}
    home = a_case(tmp_path, said)
    known = {SCAM.format(n): "smishing" for n in range(20)} | {HAM.format(n): "ham" for n in range(20)}
    # The data calls three of the analyst's scams ordinary: one with another figure is the same text.
    wrong = {ODD.format(0): "ham", ODD.format(901): "normal", ODD.format(902).upper(): "ham"}
    heard: list[str] = []
    line = train("contacts", data(tmp_path / "d.jsonl", known | wrong), tmp_path / "m", heard.append, [home])
    assert "labelled by analysts in cases" in line
    assert any("labelled otherwise by an analyst, whose label counts: 3 rows" in one for one in heard)
    model = load(tmp_path / "m")
    card = model.card["cases"]["lake"]
    assert (card["texts"], card["labels"]) == (2, {"neither": 1, "scam": 1})
    assert model.card["by_source"].keys() >= {"case lake", "d.jsonl"}
    assert model.card["labels"] == {"ham": 20, "neither": 1, "scam": 1, "smishing": 20}


def test_labels_alone_suffice_where_there_are_enough_and_are_too_few_else(tmp_path: Path) -> None:
    scams = [f"{SCAM.format(1)} {'very ' * n}soon" for n in range(8)]
    hams = [f"{HAM.format(1)} {'very ' * n}much" for n in range(12)]
    home = a_case(tmp_path, dict.fromkeys(scams, "scam") | dict.fromkeys(hams, "neither"))
    assert "20 texts, 8 of them positive" in train("contacts", None, tmp_path / "m", lambda line: None, [home])
    model = load(tmp_path / "m")
    assert model.labels == ("neither", "scam")
    with pytest.raises(EvidenceError, match="1 labelled texts for adverts, 1 of them analysts' labels"):
        train("adverts", None, tmp_path / "n", lambda line: None, [home])
    told = rows([Thread(1, (), 1)], model, adverts=False)
    assert told[0]["label"] == "not enough to say"


def test_the_later_of_two_cases_counts_and_unknown_records_are_told(tmp_path: Path) -> None:
    text = {SCAM.format(1): "neither"}
    one, two = a_case(tmp_path, text), a_case(tmp_path, dict.fromkeys(text, "scam"), "hill")
    journal.append(two, "label", "f#gone", value="scam", who="A", why="of other evidence")
    heard: list[str] = []
    known = {SCAM.format(n) + " z": "smishing" for n in range(9)} | {HAM.format(n): "ham" for n in range(12)}
    train("contacts", data(tmp_path / "d.jsonl", known), tmp_path / "m", heard.append, [two, one])
    assert "lake: a text is labelled otherwise in case hill; the later label counts" in heard
    assert "hill: 1 label of records that the case does not know: left out" in heard
    assert load(tmp_path / "m").card["labels"]["scam"] == 1


def test_what_is_no_case_and_nothing_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="there is no such case"):
        train("contacts", None, tmp_path / "m", lambda line: None, [tmp_path / "nowhere"])
    told = CliRunner().invoke(main, ["train", "contacts", "--out", str(tmp_path / "m")])
    assert (told.exit_code, "--data" in told.output, "--case" in told.output) == (2, True, True)
