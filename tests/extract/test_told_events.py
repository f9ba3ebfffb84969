"""Events that a file tells as rows of event_report: what is used, what is refused, and which passages are not read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.extract.told import tell

from upriver.case.stage import Stage
from upriver.case.store import Case
from upriver.cli import main
from upriver.evidence.stage import STAGE as EVIDENCE
from upriver.extract.events import event_reports
from upriver.extract.params import ExtractParams

EXTRACT = Stage(
    "extract", ("source_file", "record"), ("event_report", "rejected_record"), event_reports, ExtractParams
)  # fmt: skip
TEXT = "The army freed 260 workers in Myawaddy, among them 3 ringleaders."


def event(**more: str | None) -> tuple[str, str, dict[str, str | None]]:
    fields: dict[str, str | None] = {
        "passage_id": "p1", "published": "2025-11-20", "url": "https://a.example/1", "type": "rescue_release",
        "count": "260", "count_qualifier": "exact", "unit": "people", "span": "freed 260 workers", **more,
    }  # fmt: skip
    return "e", "told_event", fields


def news(**more: str | None) -> tuple[str, str, dict[str, str | None]]:
    fields: dict[str, str | None] = {"passage_id": "p1", "published": "2025-11-20", "url": "https://a.example/1"}
    return "n", "news", {**fields, "text": TEXT, **more}


def reports(case: Case, *told: tuple[str, str, dict[str, str | None]]) -> list[dict[str, Any]]:
    tell(case, *told)
    case.run(EXTRACT)
    return case.read("event_report").to_pylist()


def refusals(case: Case) -> list[str]:
    return [row["reason"] for row in case.read("rejected_record").to_pylist()]


def test_a_told_event_is_a_telling_with_its_record(case: Case) -> None:
    (row,) = reports(
        case,
        event(
            actor='["the army"]', place='["Myawaddy", "Shwe Kokko"]', country="mm", date="2025-11-18",
            announced="2025-11-19", cumulative="false", attributed_to='["Ministry", "Reuters"]', modality="actual",
            proposed_by="tiny", from_party="a landlord", language="en",
        ),
    )  # fmt: skip
    assert (row["type"], row["count"], row["qualifier"], row["unit"]) == ("rescue_release", 260.0, "exact", "people")
    assert (row["actor"], row["from_party"], row["place"]) == ("the army", "a landlord", "Myawaddy|Shwe Kokko")
    assert (row["country"], row["cumulative"]) == ("MM", False)
    assert (row["from_on"], row["to_on"], row["announced_on"]) == (date(2025, 11, 18),) * 2 + (date(2025, 11, 19),)
    assert (row["published_on"], row["source"]) == (date(2025, 11, 20), "https://a.example/1")
    assert row["first_speaker"] == "Ministry"
    assert row["note"] == "proposed by tiny"
    assert row["record_id"] == "e#row 2"
    assert refusals(case) == []


def test_parts_stand_under_their_whole(case: Case) -> None:
    rows = reports(
        case, event(role_counts='{"ringleaders": "3", "death": "2"}', breakdown='{"nationality": {"CN": "200"}}')
    )
    (whole,) = [row for row in rows if row["part_of"] is None]
    parts = {(row["part_kind"], row["part_label"]): row for row in rows if row["part_of"] == whole["report_id"]}
    assert {key: row["count"] for key, row in parts.items()} == {
        ("role", "ringleaders"): 3.0, ("penalty", "death"): 2.0, ("nationality", "CN"): 200.0,
    }  # fmt: skip
    assert parts["role", "ringleaders"]["role"] == "leader"


def test_a_range_has_two_ends_and_no_figure_is_no_zero(case: Case) -> None:
    rows = reports(
        case,
        event(count=None, count_qualifier="range", count_range='["200", "300"]'),
        event(count=None, count_qualifier=None, type="raid"),
    )
    told = {row["type"]: row for row in rows}
    ranged, vague = told["rescue_release"], told["raid"]
    assert (ranged["count"], ranged["count_low"], ranged["count_high"]) == (None, 200, 300)
    assert ranged["qualifier"] == "range"
    assert (vague["count"], vague["qualifier"]) == (None, "vague")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"type": "escort"}, "type 'escort' is none of"),
        ({"count_qualifier": "roughly"}, "count_qualifier 'roughly' is none of"),
        ({"modality": "hoped"}, "modality 'hoped' is none of"),
        ({"role": "boss"}, "role 'boss' is none of"),
        ({"unit": "12"}, "unit '12' is no word"),
        ({"span": None}, "no span"),
        ({"passage_id": None}, "names no passage"),
    ],
)
def test_an_event_that_cannot_be_used_is_refused(case: Case, more: dict[str, str | None], reason: str) -> None:
    assert reports(case, event(**more)) == []
    (told,) = refusals(case)
    assert reason in told


@pytest.mark.parametrize(
    ("more", "column", "reason"),
    [
        ({"count": "many"}, "count", "count 'many' is no number"),
        ({"count": "-3"}, "count", "is no number"),
        ({"count_range": '["5"]'}, "count_low", "no list of two numbers"),
        ({"count_range": '["9", "5"]'}, "count_low", "to a greater one"),
        ({"date": "2025-02-31"}, "from_on", "date '2025-02-31' is no date"),
        ({"announced": "soon"}, "announced_on", "announced 'soon' is no date"),
        ({"published": "1850-13-01"}, "published_on", "is no date"),
        ({"country": "Burma"}, "country", "no code of two letters"),
        ({"cumulative": "maybe"}, "cumulative", "none of true, false, unknown"),
        ({"place": '[{"a": "1"}]'}, "place", "place holds what is no text"),
        ({"role_counts": "[]"}, "part_of", "role_counts is no object"),
        ({"breakdown": '{"sex": "x"}'}, "part_of", "breakdown sex is no object"),
        ({"breakdown": '{"sex": {"f": "x"}}'}, "part_of", "breakdown f 'x' is no number"),
    ],
)
def test_a_field_that_cannot_be_read_is_left_out_alone(
    case: Case, more: dict[str, str | None], column: str, reason: str
) -> None:
    (row,) = reports(case, event(**more))
    assert row[column] is None
    (told,) = refusals(case)
    assert reason in told
    assert "the rest of the event was used" in told


def test_a_passage_whose_events_are_told_is_not_read_again(case: Case) -> None:
    rows = reports(case, event(), news(), news(passage_id="p2", url="https://a.example/2"))
    assert {row["record_id"] for row in rows} == {"e#row 2", "n#row 3"}


def test_a_passage_that_is_told_to_have_none_has_none(case: Case) -> None:
    assert reports(case, event(type=None, count=None, span=None), news()) == []


def test_the_same_id_at_another_address_is_another_passage(case: Case) -> None:
    rows = reports(case, event(), news(url="https://b.example/9"))
    assert {row["record_id"] for row in rows} == {"e#row 2", "n#row 2"}


def test_a_passage_without_id_is_known_by_its_file_and_place(case: Case) -> None:
    rows = reports(case, event(passage_id="n.csv row 2", url=None), news(passage_id=None))
    assert {row["record_id"] for row in rows} == {"e#row 2"}


def test_words_that_the_passage_does_not_hold_are_refused(case: Case) -> None:
    assert reports(case, event(span="freed 261 workers"), news()) == []
    assert refusals(case) == ["its span is not in the text of its passage: copy the words letter by letter"]


def test_two_files_that_tell_one_passage_are_not_added(case: Case) -> None:
    _, form, fields = event()
    rows = reports(case, event(), ("f", form, fields))
    assert [row["record_id"] for row in rows] == ["e#row 2"]
    assert refusals(case) == ["the events of passage p1 are told by e.csv already: keep one file"]


def test_what_upriver_news_writes_comes_back_as_the_same_tellings(case: Case, tmp_path: Path) -> None:
    folder = case.folder
    source = folder / "news.jsonl"
    passages = [
        {"text": "Police in Poipet arrested 37 suspects on Monday.", "published": "2025-11-20"},
        {"id": "b", "text": "11月18日,军方在妙瓦底解救260名被困人员,其中女性13名。", "published": "2025-11-20"},
        {"id": "c", "text": "The river rose by two metres.", "published": "2025-11-20"},
    ]
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in passages), encoding="utf-8")
    case.run(EVIDENCE)
    case.run(EXTRACT)
    same = ("type", "count", "count_low", "unit", "role", "place", "country", "from_on", "to_on", "part_kind",
            "part_label", "modality", "cumulative", "published_on", "language")  # fmt: skip

    def tellings() -> list[tuple[Any, ...]]:
        rows = case.read("event_report").to_pylist()
        return sorted(tuple(str(row[name]) for name in same[:-1]) for row in rows)

    read_here = tellings()
    done = CliRunner().invoke(main, ["news", str(source), "--out", str(folder / "events.jsonl")])
    assert done.exit_code == 0
    case.run(EVIDENCE)
    case.run(EXTRACT)
    assert tellings() == read_here
    assert len(read_here) == 3
    forms = case.sql(
        "SELECT DISTINCT r.form FROM event_report e JOIN record r ON r.record_id = e.record_id"
    ).to_pylist()
    assert forms == [{"form": "told_event"}]
    assert refusals(case) == []
