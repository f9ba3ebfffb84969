from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.cli import main
from upriver.errors import EvidenceError
from upriver.extract.contact_model import load
from upriver.extract.contacts import Turn
from upriver.plain.contacts import NOT_TOLD, rows
from upriver.plain.threads import Thread, spoken, unmarked
from upriver.plain.training import train

SCAM = "Your bank account has been suspended. Verify your account at http://bank.example/{} within 24 hours"
HAM = "see you at {} for lunch, bring the red folder and the keys please"


def _run(tmp_path: Path, *texts: Any, command: str = "contacts", extra: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in texts), encoding="utf-8")
    told = CliRunner().invoke(main, [command, str(source), "--out", str(out), *extra])
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def _labelled(path: Path, n: int = 30) -> Path:
    lines = [{"id": f"s{i}", "text": SCAM.format(i), "label": "smishing", "source": f"a{i % 2}"} for i in range(n)]
    lines += [{"id": f"h{i}", "text": HAM.format(i), "label": "ham", "source": f"a{i % 2}"} for i in range(n)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _model(tmp_path: Path) -> Path:
    out = tmp_path / "contacts.model"
    train("contacts", _labelled(tmp_path / "labelled.jsonl"), out, lambda line: None)
    return out


def test_a_label_comes_with_kind_and_the_words_that_say_so(tmp_path: Path) -> None:
    scam, ham = _run(tmp_path, {"id": 1, "text": SCAM.format(1)}, {"id": 2, "text": HAM.format(2)})
    assert (scam["id"], scam["label"], scam["kind"]) == (1, "scam", "phishing")
    assert any("suspended" in why["words"] for why in scam["why"])
    assert (ham["label"], ham["kind"], ham["why"]) == ("neither", None, [])
    assert scam["score"] > 0.5 > ham["score"]


@pytest.mark.parametrize("text", ["", "  \n", "🎣💸🔥", "!!! ??? ...", "12 34"])
def test_a_text_without_words_says_not_enough(tmp_path: Path, text: str) -> None:
    (told,) = _run(tmp_path, {"id": "x", "text": text})
    assert told["label"] == NOT_TOLD


def test_a_million_characters_are_read_and_a_scam_in_them_is_found(tmp_path: Path) -> None:
    long = "the river was calm that day and nobody wrote. " * 22_000
    ham, scam = _run(tmp_path, {"id": 1, "text": long}, {"id": 2, "text": long + SCAM.format(1)})
    assert (ham["label"], scam["label"]) == ("neither", "scam")


def test_torn_bytes_and_no_rows_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    torn = (
        json.dumps({"id": "a", "text": "déjà " + SCAM}, ensure_ascii=False).encode().replace("é".encode(), b"\xe9\xff")
    )
    good = json.dumps({"id": "b", "text": "héllo wörld, à demain"}, ensure_ascii=False).encode()
    source.write_bytes(
        b"\n".join([good, torn, b"[1]", b'{"id": "c", "text": null}', b"{", good.replace(b'"b"', b'"d"')])
    )
    told = CliRunner().invoke(main, ["contacts", str(source), "--out", str(out)])
    assert told.exit_code == 0, told.output
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["label"]) for line in lines] == [("b", "neither"), ("a", "scam"), ("d", "neither")]
    assert "Traceback" not in told.output
    rejected = (tmp_path / "out.jsonl.rejected.csv").read_text(encoding="utf-8")
    assert len(rejected.strip().splitlines()) == 4


def test_a_thread_is_read_by_the_side_that_baits_and_tells_its_stages(tmp_path: Path) -> None:
    thread = [
        {"sender": "+1", "text": "Hello, sorry, wrong number. It must be fate."},
        {"sender": "+2", "text": "No problem"},
        {"sender": "+1", "text": "My uncle is an analyst with inside information on the crypto platform"},
        {"sender": "+1", "text": "Transfer 500 USDT to our wallet"},
        {"sender": "+1", "text": "To withdraw you must pay the tax first"},
    ]
    (told,) = _run(tmp_path, {"id": 1, "messages": thread})
    assert told["label"] == "scam"
    assert told["stages"] == ["first_contact", "trust", "payment", "squeeze"]


def test_system_lines_of_an_exported_chat_belong_to_nobody() -> None:
    turns = spoken(
        "12/03/24, 9:40 pm - Messages and calls are end-to-end encrypted.\n12/03/24, 9:41 pm - Amy: hello\nand more\n"
        "12/03/24, 9:42 pm - Bo: who?"
    )
    assert turns == [Turn("Amy", "hello\nand more"), Turn("Bo", "who?")]


def test_the_fields_of_a_form_are_no_speakers() -> None:
    form = "Place: Bangkok\nPay: 900\nHours: 8\nContact: none"
    assert spoken(form) == [Turn(None, form)]


def test_an_advert_in_html_is_read_as_its_words(tmp_path: Path) -> None:
    advert = {
        "id": 1,
        "title": "Typist, Cambodia",
        "text": "<p>No experience&nbsp;needed, <b>$2500</b>, flight paid</p><li>company keeps your passport</li>"
        "<li>telegram only</li>",
    }
    plain = {"id": 2, "title": "Nurse", "text": "<p>Certificate required, apply at the clinic, paid leave</p>"}
    lure, ordinary = _run(tmp_path, advert, plain, command="adverts")
    assert (lure["label"], ordinary["label"]) == ("lure", "neither")
    assert not any("<" in why["words"] for why in lure["why"])


def test_markup_goes_and_a_heart_stays() -> None:
    assert unmarked("<div>a</div><br>b") == "a\nb"
    assert unmarked("I <3 you & me") == "I <3 you & me"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.text(max_size=60)), max_size=5))
def test_any_thread_gets_a_label_and_a_score(turns: list[tuple[str | None, str]]) -> None:
    thread = Thread("x", tuple(Turn(*turn) for turn in turns), 1)
    for adverts in (False, True):
        (told,) = rows([thread], None, adverts=adverts)
        assert told["label"] in ("scam", "lure", "neither", NOT_TOLD)
        assert 0 < float(str(told["score"])) < 1
        json.dumps(told)


def test_a_trained_model_tells_its_own_labels_with_the_words_that_weigh(tmp_path: Path) -> None:
    model = _model(tmp_path)
    scam, ham, empty = _run(
        tmp_path, {"id": 1, "text": SCAM.format(99)}, {"id": 2, "text": HAM.format(99)}, {"id": 3, "text": "🙂"},
        extra=("--model", str(model)),
    )  # fmt: skip
    assert (scam["label"], scam["kind"], ham["label"], empty["label"]) == ("smishing", "phishing", "ham", NOT_TOLD)
    assert scam["score"] > 0.5 > ham["score"]
    assert any(why["sign"].startswith("words that weigh") for why in scam["why"])


def test_a_model_that_knows_long_calls_alone_knows_a_message_too(tmp_path: Path) -> None:
    sides = {
        "scam": "the lantern clerk wants amber tokens from the harbour",
        "ham": "my cousin paints wooden boats with green lacquer",
    }
    lines = [
        {
            "id": f"{label}{i}",
            "text": f"hello {i}, it is a long call about this and that, so listen. " * 6 + f"{said}. " * 6,
            "label": label,
        }
        for label, said in sides.items()
        for i in range(20)
    ]
    data, out = tmp_path / "calls.jsonl", tmp_path / "calls.model"
    data.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    train("contacts", data, out, lambda line: None)
    heads = load(out).values(list(sides.values()))
    assert heads[0, 0] > 0.3
    assert heads[1, 0] < -0.3


def test_the_same_data_gives_the_same_model_with_a_card(tmp_path: Path) -> None:
    one, two = _model(tmp_path).read_bytes(), _model(tmp_path).read_bytes()
    assert one == two
    card = load(_model(tmp_path)).card
    assert len(card["files"]["labelled.jsonl"]) == 64
    assert card["labels"] == {"ham": 30, "smishing": 30}
    assert set(card["between_sources"]) == {"a0", "a1"}


def test_a_model_with_code_in_it_is_refused_and_not_run(tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "ran",)

    bad = tmp_path / "evil.model"
    bad.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(EvidenceError, match="upriver train"):
        load(bad)
    np.savez(tmp_path / "evil.npz", about=np.array([Evil()], dtype=object))
    with pytest.raises(EvidenceError, match="upriver train"):
        load(tmp_path / "evil.npz")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["hashes", "idf", "first", "others", "scales", "bias"])
def test_a_model_whose_numbers_do_not_fit_is_refused(tmp_path: Path, name: str) -> None:
    with np.load(_model(tmp_path)) as stored:
        arrays = dict(stored)
    arrays[name] = arrays[name][:-1]
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    broken = tmp_path / "broken.model"
    broken.write_bytes(stream.getvalue())
    with pytest.raises(EvidenceError, match="not a model"):
        load(broken)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.model"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("about.npy", "w") as member:
        for _ in range(201):
            member.write(bytes(1_000_000))
    with pytest.raises(EvidenceError, match="larger than any model"):
        load(bomb)


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="at least 20"):
        train("contacts", _labelled(tmp_path / "few.jsonl", 4), tmp_path / "m", lambda line: None)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(EvidenceError, match=r"no \*\.jsonl"):
        train("contacts", empty, tmp_path / "m", lambda line: None)


def test_a_model_of_the_other_task_is_refused(tmp_path: Path) -> None:
    model = _model(tmp_path)
    source = tmp_path / "ads.jsonl"
    source.write_text('{"id": 1, "text": "typist"}\n', encoding="utf-8")
    told = CliRunner().invoke(main, ["adverts", str(source), "--model", str(model), "--out", str(tmp_path / "o")])
    assert told.exit_code == 1
    assert "upriver train adverts" in told.output
