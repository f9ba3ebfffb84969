"""`upriver news` as its user meets it: one line a passage, in order, and nothing dropped in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.plain.endpoints import drips, raw, says, served

from upriver.cli import main
from upriver.extract.events import Event, Part, read_events
from upriver.plain.news import event_row, figure

ARRESTED = "Police in Poipet arrested 37 suspects on Monday."
FREED = "11月18日,军方在妙瓦底解救260名被困人员。"
NOTHING = "The river rose by two metres after the rain."


def run(*words: object, **environment: str) -> Result:
    return CliRunner().invoke(main, ["news", *map(str, words)], env=environment or None)


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "passages.jsonl"
    rows = [
        {"id": "b", "text": ARRESTED, "published": "2025-11-20", "url": "https://a.example/b"},
        {"id": "a", "text": NOTHING, "published": "2025-11-20", "language": "en"},
        {"id": "c", "text": FREED, "published": "2025-11-20"},
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_each_passage_is_a_line_in_the_order_of_the_input(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "events.jsonl"
    done = run(source, "--out", out)
    assert done.exit_code == 0, done.output
    first, second, third = written(out)
    assert [row["id"] for row in (first, second, third)] == ["b", "a", "c"]
    assert list(first)[:5] == ["id", "url", "published", "language", "events"]
    assert (first["url"], first["language"], third["language"]) == ("https://a.example/b", "en", "zh-Hans")
    assert [(event["type"], event["count"]) for event in first["events"]] == [("arrest", 37)]
    assert second["events"] == []
    assert [(event["type"], event["count"]) for event in third["events"]] == [("rescue_release", 260)]
    assert "3 passages: 2 with events, 1 without; 2 events; 0 rejected" in done.stderr
    assert not out.with_name("events.jsonl.rejected.jsonl").exists()


def test_an_event_has_the_form_of_the_news_sets(tmp_path: Path, source: Path) -> None:
    run(source, "--out", tmp_path / "events.jsonl")
    (event,) = written(tmp_path / "events.jsonl")[0]["events"]
    assert isinstance(event["actor"], list)
    assert isinstance(event["place"], list)
    assert event["date"] == "2025-11-17"
    assert (event["count"], type(event["count"]), event["count_qualifier"]) == (37, int, "exact")
    assert event["attributed_to"] == ["Police in Poipet"]  # who acts, where nobody else is named
    assert ARRESTED[event["start"] : event["end"]] == event["span"]
    assert "proposed_by" not in event


def told(**more: Any) -> Event:
    """An event of the reader, with some of its fields as a test wants them."""
    (event,) = read_events(ARRESTED, date(2025, 11, 20))
    known = {field.name for field in fields(Event)}
    return replace(event, **{name: value for name, value in more.items() if name in known})


def test_parts_stand_by_role_or_by_what_divides_them_and_no_label_hides_another() -> None:
    parts = (
        Part("role", "key players", 5.0, "leader"), Part("penalty", "death", 2.0, "all"),
        Part("sex", "female", 13.0, "all"), Part("nationality", "CN", 9.0, "all"),
        Part("nationality", "CN", 8.0, "all"),
    )  # fmt: skip
    row = event_row(told(parts=parts))
    assert row["role_counts"] == {"key players": 5, "death": 2}
    assert row["breakdown"] == {"sex": {"female": 13}, "nationality": {"CN": 9, "CN (2)": 8}}


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 11, 1), date(2025, 11, 30), "2025-11"),
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 11, 1), date(2025, 11, 3), "2025-11-01/2025-11-03"),
        (date(2025, 11, 1), None, "2025-11-01"),
        (None, None, None),
    ],
)
def test_days_are_as_coarse_as_they_are_told(first: date | None, last: date | None, text: str | None) -> None:
    assert event_row(told(first=first, last=last))["date"] == text


def test_figures_stay_what_they_are() -> None:
    assert (figure(370.0), figure(2.5), figure(1e15)) == (370, 2.5, 10**15)
    assert repr(figure(1e23)) == "1e+23"  # and no digits that nobody told
    row = event_row(told(count=None, low=20.0, high=30.0, qualifier="range"))
    assert (row["count"], row["count_range"]) == (None, [20, 30])


def test_what_cannot_be_read_is_told_and_kept(tmp_path: Path, source: Path) -> None:
    source.write_bytes(source.read_bytes() + b'{"id": "d"}\n{torn\n')
    out = tmp_path / "events.jsonl"
    done = run(source, "--out", out)
    assert done.exit_code == 0
    assert "passages.jsonl:4: the object has no text; give it a field `text`" in done.stderr
    assert "passages.jsonl:5: no JSON" in done.stderr
    assert "3 passages: 2 with events, 1 without; 2 events; 2 rejected" in done.stderr
    first, second = written(out.with_name("events.jsonl.rejected.jsonl"))
    assert (first["id"], first["place"], first["reason"]) == ("d", "passages.jsonl:4", "the object has no text")
    assert second["raw"] == "{torn"
    assert len(written(out)) == 3


def test_rejections_of_an_earlier_run_do_not_stay(tmp_path: Path, source: Path) -> None:
    out, good = tmp_path / "events.jsonl", source.read_bytes()
    source.write_bytes(good + b"{torn\n")
    run(source, "--out", out)
    source.write_bytes(good)
    run(source, "--out", out)
    assert not out.with_name("events.jsonl.rejected.jsonl").exists()


def test_many_rejections_are_told_shortly_and_kept_whole(tmp_path: Path, source: Path) -> None:
    source.write_bytes(source.read_bytes() + b"{torn\n" * 50)
    done = run(source, "--out", tmp_path / "events.jsonl")
    assert done.stderr.count("no JSON") == 20
    assert "... and 30 more" in done.stderr
    assert len(written(tmp_path / "events.jsonl.rejected.jsonl")) == 50


def test_beside_a_device_no_file_is_made_and_all_is_told(source: Path) -> None:
    source.write_bytes(source.read_bytes() + b"{torn\n" * 30)
    done = run(source, "--out", os.devnull)
    assert (done.exit_code, done.stderr.count("no JSON")) == (0, 30)
    assert not Path(f"{os.devnull}.rejected.jsonl").exists()
    assert Path(os.devnull).is_char_device()


def test_where_nothing_could_be_read_the_command_fails(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{torn\n")
    done = run(tmp_path / "a.jsonl", "--out", tmp_path / "events.jsonl")
    assert done.exit_code == 1
    assert "no passage could be read" in done.stderr
    assert "a.jsonl:1: no JSON" in done.stderr


def test_what_is_no_place_for_a_file_is_refused_and_nothing_is_left_behind(tmp_path: Path, source: Path) -> None:
    before = sorted(tmp_path.iterdir())
    for out, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "events.jsonl", "there is no folder"),
        (source, "is the file that is read"),
    ):
        done = run(source, "--out", out)
        assert (done.exit_code, said in done.stderr) == (1, True), done.stderr
    done = run(tmp_path / "none.jsonl", "--out", tmp_path / "events.jsonl")
    assert (done.exit_code, "there is no such file" in done.stderr) == (1, True)
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_stood_there_stays_whole_when_reading_fails(tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    out.write_text("kept\n")
    (tmp_path / "a.jsonl").write_text("")
    done = run(tmp_path / "a.jsonl", "--out", out)
    assert (done.exit_code, out.read_text()) == (1, "kept\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "events.jsonl"]


def test_a_folder_is_read_whole_and_its_own_output_is_no_input(tmp_path: Path, source: Path) -> None:
    (tmp_path / "release.txt").write_text(f"Published: 2025-11-20\n\n{ARRESTED}\n")
    out = tmp_path / "events.jsonl"
    for _ in range(2):
        done = run(tmp_path, "--out", out)
        assert done.exit_code == 0, done.stderr
        assert [row["id"] for row in written(out)] == ["b", "a", "c", "release.txt line 3"]
        assert "0 rejected" in done.stderr


@pytest.mark.slow
def test_a_passage_of_a_megabyte_is_read(tmp_path: Path) -> None:
    text = f"{NOTHING} " * 23_000 + ARRESTED
    path = tmp_path / "long.jsonl"
    path.write_text(json.dumps({"id": "long", "text": text, "published": "2025-11-20"}) + "\n")
    done = run(path, "--out", tmp_path / "events.jsonl")
    assert done.exit_code == 0
    (row,) = written(tmp_path / "events.jsonl")
    (event,) = row["events"]
    assert len(text) > 1_000_000
    assert text[event["start"] : event["end"]] == event["span"]


def test_doubts_of_a_passage_stand_on_its_row(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": ARRESTED}) + "\n")
    run(tmp_path / "a.jsonl", "--out", tmp_path / "events.jsonl")
    (row,) = written(tmp_path / "events.jsonl")
    assert row["doubts"] == ["no day of publication is told, so relative dates stay open"]
    assert row["published"] is None
    assert row["events"][0]["date"] is None


# ---- a model beside the reader -----------------------------------------------------------------------------------

BURNT = {
    "type": "disruption", "span": "burnt down 14 huts", "count": 14, "count_qualifier": "exact", "unit": "buildings",
    "place": ["Poipet"],
}  # fmt: skip


@pytest.fixture
def burnt(tmp_path: Path) -> Path:
    path = tmp_path / "passages.jsonl"
    text = f"{ARRESTED} Villagers, it was told, had burnt down 14 huts in Poipet."
    path.write_text(json.dumps({"id": "b", "text": text, "published": "2025-11-20"}) + "\n")
    return path


def test_a_model_adds_what_stands_and_says_whose_it_is(tmp_path: Path, burnt: Path) -> None:
    wrong = {**BURNT, "count": 15}
    with served(says({"events": [BURNT, wrong]})) as model:
        done = run(burnt, "--out", tmp_path / "events.jsonl", "--endpoint", model.url, "--model", "tiny")
    assert done.exit_code == 0, done.stderr
    arrest, hut = written(tmp_path / "events.jsonl")[0]["events"]
    assert (arrest["type"], "proposed_by" in arrest) == ("arrest", False)
    assert (hut["count"], hut["place"], hut["country"], hut["proposed_by"]) == (14, ["Poipet"], "KH", "tiny")
    assert "2 events, of them 1 proposed; 1 proposals refused" in done.stderr
    (refused,) = written(tmp_path / "events.jsonl.rejected.jsonl")
    assert refused["reason"] == "proposal: count 15 does not stand in its span"
    assert json.loads(refused["raw"]) == wrong


def test_a_program_proposes_too(tmp_path: Path, burnt: Path) -> None:
    program = tmp_path / "propose.py"
    program.write_text(f"import sys\nassert '14 huts' in sys.stdin.read()\nprint('''{json.dumps([BURNT])}''')\n")
    done = run(burnt, "--out", tmp_path / "events.jsonl", "--proposer", f"{sys.executable} {program}")
    assert done.exit_code == 0, done.stderr
    assert [event.get("count") for event in written(tmp_path / "events.jsonl")[0]["events"]] == [37, 14]


@pytest.mark.parametrize(
    "say", [raw(b"<html>", kind="text/html"), raw(b"", 500), says('{"events": [{"type"'), says({"answer": 1}), drips]
)
def test_the_reader_s_events_are_written_whatever_the_model_does(tmp_path: Path, burnt: Path, say: Any) -> None:
    with served(say) as model:
        done = run(
            burnt, "--out", tmp_path / "events.jsonl", "--endpoint", model.url, "--model", "tiny", "--timeout", "0.3"
        )
    assert done.exit_code == 0
    (row,) = written(tmp_path / "events.jsonl")
    assert [event["count"] for event in row["events"]] == [37]
    assert any("tiny gave no usable answer" in doubt for doubt in row["doubts"])
    assert "passages.jsonl:1: tiny gave no usable answer" in done.stderr
    assert "the reader's events stand" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--endpoint", "http://127.0.0.1:1/v1"), "--model go together"),
        (("--model", "m"), "--model go together"),
        (("--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--proposer", "cat"), "not both"),
        (("--endpoint", "http://8.8.8.8/v1", "--model", "m"), "add --allow-remote"),
        (("--endpoint", "no address", "--model", "m"), "no address of an endpoint"),
    ],
)
def test_a_model_that_may_not_be_asked_stops_the_command_before_it_begins(
    tmp_path: Path, source: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(source, "--out", tmp_path / "events.jsonl", *words)
    assert done.exit_code != 0
    assert said in done.stderr
    assert not (tmp_path / "events.jsonl").exists()


def test_text_that_leaves_is_warned_of(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from upriver.errors import ProposerError
    from upriver.plain.proposers import Endpoint

    def unsent(*_: object) -> bytes:
        raise ProposerError("no test sends anything away")

    monkeypatch.setattr(Endpoint, "_sent", unsent)
    words = ("--endpoint", "http://8.8.8.8/v1", "--model", "m", "--allow-remote")
    done = run(source, "--out", tmp_path / "events.jsonl", *words)
    assert done.exit_code == 0
    assert "WARNING: the text of every passage leaves this machine, to http://8.8.8.8/v1" in done.stderr


# ---- a real process ----------------------------------------------------------------------------------------------


def test_a_real_process_writes_json_to_a_pipe_of_any_alphabet(source: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "upriver", "news", source, "--out", "-"],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert rows[2]["events"][0]["span"] in FREED
    assert b"3 passages" in done.stderr


@pytest.mark.shared
def test_the_development_set_is_read_in_its_own_form(tmp_path: Path) -> None:
    shared = Path(__file__).parents[2].parent / "shared" / "data" / "news"
    done = run(shared / "annotations.jsonl", "--out", tmp_path / "events.jsonl")
    assert done.exit_code == 0
    scored = subprocess.run(
        [sys.executable, shared / "score.py", shared / "annotations.jsonl", tmp_path / "events.jsonl"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(scored.stdout)["strict"]["tp"] > 0
    gold = written(shared / "annotations.jsonl")
    assert [row["id"] for row in written(tmp_path / "events.jsonl")] == [row["id"] for row in gold]
