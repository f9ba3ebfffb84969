"""Files of passages with their events told: recognised by what they hold, an event a record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.evidence.sources import rows, source

from upriver.case.settings import FileSettings
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import jsons

FREED: dict[str, Any] = {
    "type": "rescue_release", "count": 260, "count_qualifier": "exact", "unit": "people", "place": ["Myawaddy"],
    "cumulative": False, "role_counts": {}, "country": "MM", "date": "2025-11-18", "span": "freed 260 workers",
}  # fmt: skip


def read(path: Path, *values: Any, told: FileSettings | None = None) -> list[dict[str, Any]]:
    text = "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)
    return rows(jsons.read(source(path, text, told or FileSettings()), EvidenceParams()))


def test_each_event_is_a_record_of_its_own(tmp_path: Path) -> None:
    passage = {"id": "p1", "url": "u", "published": "2025-11-20", "language": "en", "events": [FREED, FREED]}
    first, second = read(tmp_path / "e.jsonl", passage)
    assert (first["at"], second["at"]) == ("line 1 event 0", "line 1 event 1")
    assert (first["form"], first["passage_id"], first["url"], first["count"]) == ("told_event", "p1", "u", "260")
    assert (first["place"], first["cumulative"]) == ('["Myawaddy"]', "false")


def test_a_passage_that_tells_none_is_a_record_too(tmp_path: Path) -> None:
    _, second = read(tmp_path / "e.jsonl", {"id": "p1", "events": [FREED]}, {"id": "p2", "url": "u", "events": []})
    assert (second["at"], second["form"], second["passage_id"]) == ("line 2 events", "told_event", "p2")
    assert "type" not in second


def test_a_file_of_passages_that_all_tell_none_is_known(tmp_path: Path) -> None:
    (only,) = read(tmp_path / "e.jsonl", {"id": "p1", "published": None, "url": "u", "events": []})
    assert only["form"] == "told_event"


def test_a_text_beside_its_events_is_news(tmp_path: Path) -> None:
    passage = {"id": "p1", "published": "2025-11-20", "text": "They freed 260 workers.", "events": [FREED], "note": "x"}
    told, news = sorted(read(tmp_path / "e.jsonl", passage), key=lambda row: str(row["form"]), reverse=True)
    assert (news["at"], news["form"], news["text"]) == ("line 1", "news", "They freed 260 workers.")
    assert told["at"] == "line 1 event 0"
    assert json.loads(told["extra"]) == {"passage note": "x"}


def test_what_has_no_field_is_kept(tmp_path: Path) -> None:
    odd = {**FREED, "start": 4, "accept": [1]}
    (only,) = read(tmp_path / "e.jsonl", {"id": "p1", "doubts": ["d"], "events": [odd]})
    assert json.loads(only["extra"]) == {"start": "4", "accept": '["1"]', "passage doubts": '["d"]'}


@pytest.mark.parametrize(
    ("odd", "at", "reason"),
    [
        ({"id": "x", "events": "none"}, "line 2 events", "no list"),
        ({"id": "x", "events": {"type": "raid"}}, "line 2 events", "no list"),
        ({"id": "x", "events": ["raid"]}, "line 2 event 0", "no object"),
        ({"id": "x", "events": [{"count": 3}]}, "line 2 event 0", "no type"),
        ({"id": "x"}, "line 2", "neither events nor a text"),
        ("{torn", "line 2", "not valid JSON"),
    ],
)
def test_an_odd_line_is_broken_and_the_others_are_read(tmp_path: Path, odd: Any, at: str, reason: str) -> None:
    good = {"id": "p", "events": [FREED]}
    found = read(tmp_path / "e.jsonl", good, odd, good)
    broken = [row for row in found if row["form"] == "broken"]
    assert [row["at"] for row in broken] == [at]
    assert reason in broken[0]["reason"]
    assert [row["at"] for row in found if row["form"] == "told_event"] == ["line 1 event 0", "line 3 event 0"]


@pytest.mark.parametrize(
    "values",
    [
        {"id": 1, "events": [{"type": "click", "at": "10:00"}]},
        {"host": "a", "events": []},
        {"id": 1, "text": "They freed 260 workers.", "published": "2025-11-20", "url": "u"},
        {"id": 1, "events": 5},
    ],
)
def test_other_objects_are_no_told_events(tmp_path: Path, values: dict[str, Any]) -> None:
    assert all(row["form"] != "told_event" for row in read(tmp_path / "e.jsonl", values))


def test_a_list_in_one_document_is_read_alike(tmp_path: Path) -> None:
    (only,) = read(tmp_path / "e.json", [{"id": "p1", "events": [FREED]}])
    assert (only["at"], only["form"]) == ("item 1 event 0", "told_event")


def test_a_form_that_is_told_wins(tmp_path: Path) -> None:
    passage = {"id": "p1", "url": "u", "text": "They freed 260 workers.", "events": [FREED]}
    (only,) = read(tmp_path / "e.jsonl", passage, told=FileSettings(form="news"))
    assert only["form"] == "news"
