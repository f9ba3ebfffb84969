"""Contacts of a case: read as on plain files, by a trained model too, and the analyst's label goes first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.extract.test_contacts import READS, message, record

from upriver.case.settings import Settings, parse
from upriver.case.store import Case
from upriver.errors import SettingsError
from upriver.extract.contact_models import models, with_models
from upriver.extract.contact_reader import readings
from upriver.extract.contact_texts import text_id, texts_of
from upriver.extract.contacts import Turn, read_turns, runs
from upriver.extract.params import ExtractParams
from upriver.plain.contacts import rows
from upriver.plain.threads import Thread
from upriver.plain.training import train

SCAM = "Your bank account has been suspended. Verify your account at http://bank.example/{} within 24 hours"
HAM = "see you at {} for lunch, bring the red folder and the keys please"
# Words that no list knows: a scam only to a model that was trained on them.
ODD = "zimble the quorp for lunch number {} and keep the wozzle"


def labelled(path: Path, task: str = "contacts") -> Path:
    told = [(SCAM, "smishing"), (ODD, "smishing"), (HAM, "ham")]
    lines = [
        {"id": f"{label}{at}{n}", "text": text.format(n), "label": label,
         **({"title": "Clerk"} if task == "adverts" else {})}
        for at, (text, label) in enumerate(told)
        for n in range(20)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model of each task."""
    place = tmp_path_factory.mktemp("models")
    for task in ("contacts", "adverts"):
        train(task, labelled(place / f"{task}.jsonl", task), place / f"{task}.model", lambda line: None)
    return {task: place / f"{task}.model" for task in ("contacts", "adverts")}


def decision(n: int, subject: str, value: str, other: str | None = None) -> dict[str, Any]:
    return {"decision_id": f"d{n}", "kind": "label", "subject_id": subject, "object_id": other, "value": value,
            "who": "A", "decided_at": datetime(2026, 1, n), "why": "read"}  # fmt: skip


def read(case: Case, *names: str) -> dict[str, Any]:
    told = case.read("contact_class").to_pylist()
    return {row["record_id"]: tuple(row[name] for name in names) if len(names) > 1 else row[names[0]] for row in told}


def with_model(case: Case, model: Path) -> None:
    case._settings = Settings(models={"contacts": str(model)})


def test_a_case_and_plain_files_read_a_text_alike(case: Case, trained: dict[str, Path]) -> None:
    texts = [
        SCAM.format(1),
        HAM.format(2),
        "guaranteed profit",
        "🎣💸",
        "",
        "A: hi\nB: hi\nA: safe account\nB: no\nA: police",
    ]
    case.fill("record", [record(f"f#{n}", "note", [None] * 5 + [text]) for n, text in enumerate(texts)])
    for model in (None, trained["contacts"]):
        if model:
            with_model(case, model)
        case.run(READS)
        told = read(case, "score", "label")
        loaded = models(case.settings, case.folder, case.home, ExtractParams()).contacts
        for n, text in enumerate(texts):
            if text:
                (row,) = rows([Thread(n, tuple(read_as(text)), n)], loaded, adverts=False)
                assert told[f"f#{n}"][0] == row["score"]
                plain = {"smishing": "scam", "ham": "neither", "not enough to say": "unsure"}
                assert told[f"f#{n}"][1] == plain.get(str(row["label"]), row["label"])


def read_as(text: str) -> list[Turn]:
    from upriver.extract.turns import spoken, unmarked

    return spoken(unmarked(text))


def test_the_score_is_a_probability_and_whose_the_label_is_stands_beside(case: Case) -> None:
    case.fill("message", [message("f#1", "t", "telegram:@a", SCAM), message("f#2", "u", "telegram:@a", "good night")])
    case.run(READS)
    told = read(case, "label", "score", "label_by", "list_label", "list_score", "model_label", "model_score")
    assert told["f#1"][0] == "scam"
    assert told["f#1"][1] > 0.5 > told["f#2"][1]
    for _, score, by, _, list_score, model_label, model_score in told.values():
        assert (by, list_score, model_label, model_score) == ("word lists", score, None, None)


def test_the_answers_of_the_other_side_are_not_its_words(case: Case) -> None:
    sides = [("a", "Sorry, wrong number!"), ("b", "must be fate"), ("b", "hello"), ("a", "my uncle is ill")]
    case.fill("message", [message(f"f#{n}", "t", f"telegram:@{who}", text) for n, (who, text) in enumerate(sides)])
    case.run(READS)
    assert "scam" not in read(case, "label").values()


def test_a_run_of_a_long_talk_makes_a_scam_and_a_run_without_signs_does_not(case: Case) -> None:
    bait = [
        "Hello, sorry, wrong number.",
        "It must be fate.",
        "My uncle is an analyst.",
        "The crypto platform is good.",
    ]
    talk = [*bait, *(f"the garden is fine today, day {n}" for n in range(60)), "It must be fate."]
    case.fill("message", [message(f"f#{n:03}", "t", "telegram:@a", text) for n, text in enumerate(talk)])
    case.run(READS)
    told = read(case, "medium", "label")
    assert {told[f"f#{n:03}"] for n in range(1, 4)} == {("thread", "scam")}
    # Harmless by itself, each bears marks of the stage that it belongs to.
    stages = read(case, "stage")
    assert (stages["f#000"], stages["f#001"], stages["f#030"]) == ("first_contact", "first_contact", None)
    assert told["f#030"] == ("message", "neither")
    assert told["f#064"][1] != "scam"


@given(st.lists(st.integers(0, 3000), max_size=200))
@settings(max_examples=50)
def test_runs_hold_each_piece_once_and_in_order(n_words: list[int]) -> None:
    found = runs(n_words)
    assert [at for run in found for at in run] == list(range(len(n_words)))
    assert all(0 < len(run) <= 40 for run in found)
    assert all(len(run) == 1 or sum(n_words[at] for at in run) <= 2000 for run in found)


def test_a_model_knows_what_the_lists_do_not_and_both_readings_stand(case: Case, trained: dict[str, Path]) -> None:
    with_model(case, trained["contacts"])
    case.fill("message", [
        message("f#1", "t", "telegram:@a", ODD.format(99)), message("f#2", "u", "telegram:@a", HAM.format(7)),
        message("f#3", "v", "telegram:@a", "🎣💸"),
    ])  # fmt: skip
    case.run(READS)
    told = read(case, "label", "label_by", "list_label", "model_label")
    assert told["f#1"] == ("scam", "model", "neither", "scam")
    assert told["f#2"] == ("neither", "model", "neither", "neither")
    assert told["f#3"] == ("unsure", "word lists", "unsure", None)
    assert all(
        row["score"] == row["model_score"] for row in case.read("contact_class").to_pylist() if row["model_label"]
    )


def test_where_a_model_contradicts_itself_the_lists_decide(
    trained: dict[str, Path],
) -> None:
    from upriver.extract.contact_model import load

    loaded = load(trained["contacts"])
    texts = [ODD.format(n % 7) + " " + HAM.format(n) * (n % 3) + SCAM[: n % 40] for n in range(120)]
    contacts = [read_turns([Turn(None, text)]) for text in texts]
    for one in readings(contacts, texts, loaded, advert=False):
        positive = one.told == "smishing"
        agree = positive == (one.score >= 0.5)
        by_model = ("scam" if positive else "neither") if agree else "unsure"
        assert one.model_label == by_model
        by_lists = not agree and one.contact.label == "scam"
        assert (one.label, one.by) == (("scam", "word lists") if by_lists else (by_model, "model"))


def test_a_lure_in_a_message_is_told_by_the_lists_where_the_model_knows_none(
    case: Case, trained: dict[str, Path]
) -> None:
    lure = "Customer service abroad, no experience needed, we book your flight and visa, Telegram only @hr_go"
    with_model(case, trained["contacts"])
    case.fill("message", [message("f#1", "t", "telegram:@a", lure)])
    case.run(READS)
    assert read(case, "label", "label_by", "kind")["f#1"] == ("lure", "word lists", None)


def test_the_analyst_goes_first_and_the_machines_reading_is_kept(any_case: Case) -> None:
    any_case.fill("message", [
        message("f#1", "t", "telegram:@a", SCAM.format(1)), message("f#2", "u", "telegram:@a", HAM.format(1)),
        message("f#3", "v", "telegram:@a", HAM.format(2)), message("f#4", "w", "telegram:@a", "bye for today"),
    ])  # fmt: skip
    any_case.run(READS)
    before = read(any_case, "score", "list_label", "list_score")
    any_case.fill("decision", [
        decision(1, "f#1", "neither"), decision(2, "f#2", "scam:romance", "same_text"), decision(3, "f#4", "scam"),
        decision(4, "f#4", "lure"), decision(5, "f#nowhere", "scam", "same_text"),
    ])  # fmt: skip
    any_case.run(READS)
    assert read(any_case, "label", "kind", "stage", "label_by") == {
        "f#1": ("neither", None, None, "analyst"), "f#2": ("scam", "romance", None, "analyst"),
        "f#3": ("scam", "romance", None, "analyst"), "f#4": ("lure", None, None, "analyst"),
    }  # fmt: skip
    assert read(any_case, "score", "list_label", "list_score") == before
    any_case.fill("decision", [decision(1, "f#3", "neither"), decision(2, "f#2", "scam", "same_text")])
    any_case.run(READS)
    assert read(any_case, "label", "label_by") == {
        "f#1": ("scam", "word lists"), "f#2": ("scam", "analyst"), "f#3": ("neither", "analyst"),
        "f#4": ("neither", "word lists"),
    }  # fmt: skip


def test_texts_of_records_are_those_that_are_read(any_case: Case) -> None:
    any_case.fill("message", [message("f#1", "t", "telegram:@a", "one"), message("f#2", "t", "telegram:@a", "two")])
    any_case.fill("record", [
        record("f#3", "note", [None] * 5 + ["three"]),
        record("f#4", "job_advert", ["1", "Typist", None, "Here", "@hr"]),
        record("f#5", "call", ["a", "b"]), record("f#6", "note", [None] * 6),
    ])  # fmt: skip
    assert texts_of(any_case, [f"f#{n}" for n in range(1, 8)]) == {
        "f#1": ("message", "one"), "f#2": ("message", "two"), "f#3": ("note", "three"),
        "f#4": ("advert", "Typist\nHere\n@hr"),
    }  # fmt: skip
    assert texts_of(any_case, []) == {}


@given(st.text(max_size=40), st.integers(0, 10**6), st.integers(0, 10**6))
@settings(max_examples=50)
def test_figures_case_and_blanks_make_no_other_text(text: str, one: int, two: int) -> None:
    assert text_id(f"{text} pay {one} now") == text_id(f"{text}  pay {two}\nnow")
    assert text_id(f"{text} pay now") != text_id(f"{text} pay later")


def test_a_million_characters_emoji_and_pages_are_read_in_a_case(case: Case) -> None:
    long = "the river was calm that day and nobody wrote. " * 22_000
    case.fill("message", [
        message("f#1", "t", "telegram:@a", long), message("f#2", "u", "telegram:@a", long + SCAM.format(1)),
        message("f#3", "v", "telegram:@a", "🎣💸🔥"), message("f#4", "w", "telegram:@a", ""),
    ])  # fmt: skip
    advert = "<p>Customer service abroad,</p><p>no experience needed, we book your flight and visa, Telegram only @hr"
    case.fill("record", [record("f#5", "job_advert", [None, "Clerk", *[None] * 4, advert])])
    case.run(READS)
    assert read(case, "label") == {"f#1": "neither", "f#2": "scam", "f#3": "unsure", "f#4": "unsure", "f#5": "lure"}


def told(text: str) -> Settings:
    return parse(text)


@pytest.mark.parametrize(
    ("task", "content", "fault"),
    [
        ("contacts", None, "there is no file 'x.model'"),
        ("contacts", b"not a model at all", "not a model that upriver train wrote"),
        ("contacts", "torn", "not a model that upriver train wrote"),
        ("contacts", "adverts", "is a model of adverts; train one: upriver train contacts"),
        ("adverts", "contacts", "is a model of contacts; train one: upriver train adverts"),
    ],
)
def test_a_wrong_model_is_refused_before_any_stage(
    tmp_path: Path, trained: dict[str, Path], task: str, content: str | bytes | None, fault: str
) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    if content is not None:
        whole = content if isinstance(content, bytes) else trained[content if content in trained else task].read_bytes()
        (tmp_path / "x.model").write_bytes(whole[: len(whole) // 2] if content == "torn" else whole)
    chosen = told(f'[{task}]\nmodel = "x.model"\n')
    with pytest.raises(SettingsError, match=rf"case\.toml \[{task}\] model: .*{fault}"):
        with_models(ExtractParams(), chosen, folder, tmp_path / "evidence.upriver")


def test_a_model_lies_beside_the_evidence_or_in_the_case_and_never_among_the_evidence(
    tmp_path: Path, trained: dict[str, Path]
) -> None:
    folder, home = tmp_path / "evidence", tmp_path / "evidence.upriver"
    folder.mkdir()
    home.mkdir()
    chosen = told('[contacts]\nmodel = "my.model"\n')
    for place in (home, tmp_path):
        (place / "my.model").write_bytes(trained["contacts"].read_bytes())
        params, _ = with_models(ExtractParams(), chosen, folder, home)
        assert len(params.contacts_sha256) == 64
        (place / "my.model").unlink()
    (folder / "my.model").write_bytes(trained["contacts"].read_bytes())
    with pytest.raises(SettingsError, match="lies among the evidence"):
        with_models(ExtractParams(), chosen, folder, home)


@pytest.mark.parametrize(
    "text", ['contacts = "x"', "[contacts]\nmodell = 1", "[contacts]\nmodel = 1", '[adverts]\nmodel = ""']
)
def test_a_slip_in_the_settings_of_a_model_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match=r"contacts|adverts"):
        told(text)


def test_the_order_of_threads_and_records_does_not_matter(case: Case, tmp_path: Path) -> None:
    told_rows = [
        message(f"f#{n:03}", f"t{n % 3}", f"telegram:@{n % 2}", f"must be fate {n}, crypto platform") for n in range(60)
    ]
    case.fill("message", told_rows)
    case.run(READS)
    with Case.create(tmp_path / "other.upriver", folder=case.folder) as other:
        other.fill("message", shuffled(told_rows))
        other.run(READS)
        assert other.read("contact_class") == case.read("contact_class")


def shuffled(told_rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(told_rows, key=lambda row: str(row["record_id"])[::-1])
