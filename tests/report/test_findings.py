from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.report.findings import SECTIONS
from upriver.report.stage import STAGE, ReportParams


def _findings(case: Case) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = case.read("finding").to_pylist()
    return rows


def _one(case: Case, words: str) -> dict[str, Any]:
    (found,) = [row for row in _findings(case) if words in row["title"]]
    return found


def test_findings_are_numbered_in_the_order_of_the_summary(harbour: Case) -> None:
    rows = _findings(harbour)
    assert [row["finding_id"] for row in rows] == [f"F{number:03d}" for number in range(1, len(rows) + 1)]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["section"] for row in rows} == set(SECTIONS)


def test_each_has_method_and_a_confidence_with_its_reason(harbour: Case) -> None:
    for row in _findings(harbour):
        level, colon, reason = row["confidence"].partition(": ")
        assert level in {"high", "medium", "low"}
        assert colon
        assert reason
        assert row["method"]


def test_supports_are_records_of_the_case_and_no_more_than_asked(harbour: Case) -> None:
    harbour.run(STAGE, ReportParams(max_support=2))
    supports = harbour.read("finding_support").to_pylist()
    known = set(harbour.read("record", "record_id")["record_id"].to_pylist())
    assert {row["record_id"] for row in supports} <= known
    assert max(Counter(row["finding_id"] for row in supports).values()) == 2
    assert _one(harbour, "Victims report")["n_support"] == 3


def test_figures_are_those_of_the_tables(harbour: Case) -> None:
    told = {
        words: _one(harbour, words)["figure"]
        for words in ("Victims report", "cash-out", "is parked", "presumed victim of")
    }
    assert told == {"Victims report": 89000.0, "cash-out": 60000.0, "is parked": 18500.0, "presumed victim of": 1.0}


def test_protection_stands_beside_every_rank(harbour: Case) -> None:
    ranked = [row for row in _findings(harbour) if row["title"].endswith("by control") and row["section"] == "people"]
    assert len(ranked) == 2
    assert all("Need for protection, apart from it" in row["text"] for row in ranked)
    assert "presumed victim of trafficking" in ranked[1]["text"]
    assert "rank 2 (2 to 4) by control" in ranked[1]["title"]


def test_the_reason_of_a_rank_is_a_sentence_of_its_own(harbour: Case) -> None:
    text = _one(harbour, "rank 2 (2 to 4) by control")["text"]
    assert "(between 2 and 4). Writes to many. Need for protection, apart from it:" in text


def test_who_shows_no_mark_of_control_is_not_counted_among_those_who_do(harbour: Case) -> None:
    rows = harbour.read("role").to_pylist()
    harbour.fill("role", [rows[0], {**rows[1], "score": 0.0}])
    harbour.run(STAGE)
    assert _one(harbour, "mark of control")["title"].startswith("1 person shows some mark of control")
    assert _one(harbour, "mark of control")["figure"] == 1.0
    harbour.fill("role", [{**row, "score": 0.0} for row in rows])
    harbour.run(STAGE)
    assert _one(harbour, "Who runs it")["title"] == "Who runs it: no evidence of this kind"


def test_one_is_not_told_in_the_plural(harbour: Case) -> None:
    actions = harbour.read("action").to_pylist()
    happening = next(row for row in actions if row["action_id"] == "A3")
    harbour.fill("action", [happening])
    harbour.run(STAGE)
    assert _one(harbour, "happening of the crackdown")["title"] == "1 happening of the crackdown, told 1 time"
    assert _one(harbour, "child")["title"] == "1 child to be treated as a victim"


def test_a_ratio_without_a_side_has_no_figure(harbour: Case) -> None:
    row = _one(harbour, "How much was recovered?")
    assert row["figure"] is None
    assert "no figure" in row["title"]
    assert " 0 " not in row["text"]


def test_running_totals_are_never_added(harbour: Case) -> None:
    told = " ".join(row["title"] + row["text"] for row in _findings(harbour))
    assert "35,666" not in told
    assert "31,063" not in told
    assert _one(harbour, "total told most often")["figure"] == 31000.0


def test_an_empty_case_says_that_there_is_nothing_and_gives_no_figure(case: Case) -> None:
    case.run(STAGE)
    rows = _findings(case)
    assert {row["section"] for row in rows} >= {"money", "people", "protection", "network", "crackdown", "loophole"}
    assert all(row["figure"] is None and row["n_support"] == 0 for row in rows)


def test_forbidden_words_are_nowhere(harbour: Case) -> None:
    told = " ".join(row["title"] + row["text"] for row in _findings(harbour)).lower()
    assert not [word for word in ("criminal", "scammer", "butchering", "rescued", "guilty") if word in told]


def test_the_same_tables_give_the_same_findings_in_any_order(harbour: Case) -> None:
    before = harbour.digests()["finding"]
    for table in ("edge", "role", "action", "loophole", "traced_account", "statement"):
        rows = harbour.read(table)
        harbour.fill(table, rows.take(list(range(rows.num_rows - 1, -1, -1))))
    harbour.run(STAGE)
    assert harbour.digests()["finding"] == before


@pytest.mark.spark
def test_findings_are_made_on_both_engines(any_case: Case) -> None:
    any_case.fill(
        "loophole",
        [
            {"loophole_id": "l", "rule": "role_shares", "sentence": "told", "closed_by": "a case",
             "changed_by": "a list", "dimension": "role", "label": "leaders of those handed over", "numerator": 63.0,
             "denominator": 31000.0, "ratio": 63 / 31000, "ratio_low": 63 / 31000, "ratio_high": 63 / 31000,
             "numerator_what": "named", "denominator_what": "handed over", "unit": "people", "caution": "one speaker",
             "n_sources": 1, "sources": ["Lake Post"], "report_ids": [], "record_ids": [], "place": 1, "n_parts": 0}
        ],
    )  # fmt: skip
    any_case.fill("rate", [{"asset": "USD", "rate_on": date(2023, 1, 1), "usd": 1.0, "record_id": "f#row 1"}])
    any_case.run(STAGE)
    assert _one(any_case, "leaders of those")["title"] == "By role: leaders of those handed over: 0.20 %"


def _told(name: str, numerator: float, what: str, denominator: float, pages: int) -> dict[str, Any]:
    return {"loophole_id": name, "rule": "against_estimates", "closed_by": "action there", "changed_by": "a count",
            "sentence": f"{numerator:,.0f} {what} against {denominator:,.0f} people: told.",
            "dimension": "area", "label": name, "numerator": numerator, "denominator": denominator,
            "ratio": numerator / denominator, "ratio_low": numerator / denominator,
            "ratio_high": numerator / denominator, "numerator_what": what, "denominator_what": "estimate: people",
            "unit": "people", "caution": "told", "n_sources": 1, "sources": [f"page {n}" for n in range(pages)],
            "report_ids": [], "record_ids": [], "place": 1, "n_parts": 0}  # fmt: skip


def test_the_ratio_of_most_sources_comes_first_and_one_figure_is_one_headline(case: Case) -> None:
    case.fill("loophole", [
        _told("of a large estimate", 10.0, "people released", 200_000.0, 2),
        _told("of one estimate", 31_000.0, "people handed over", 120_000.0, 9),
        _told("of another estimate", 31_000.0, "people handed over", 100_000.0, 8),
        _told("fled, beside people taken", 1_500.0, "people who fled", 2_198.0, 20),
    ])  # fmt: skip
    case.run(STAGE)
    told = [row["title"] for row in _findings(case) if row["section"] == "loophole"]
    assert [title.removeprefix("By area: ").partition(":")[0] for title in told] == [
        "of one estimate", "of a large estimate", "of another estimate", "fled, beside people taken",
    ]  # fmt: skip


def test_a_ratio_says_what_would_close_it_and_what_would_change_it(case: Case) -> None:
    case.fill("loophole", [_told("x", 31_000.0, "people handed over, 2023-11-21", 120_000.0, 9)])
    case.run(STAGE)
    assert _one(case, "By area: x")["text"] == (
        "31,000 people handed over, 2023-11-21 against 120,000 people: told. Told. What would close it: action there. "
        "What would change the answer: a count."
    )


def test_a_ratio_says_how_many_pages_repeat_one_speaker(case: Case) -> None:
    case.fill("loophole", [_told("x", 1.0, "people", 2.0, 8)])
    case.run(STAGE)
    assert _one(case, "By area: x")["confidence"].startswith("low: 1 first speaker on 8 pages")


def test_what_matters_more_is_told_first_whoever_tells_it(case: Case) -> None:
    case.fill("loophole", [
        {**_told("told by many", 1.0, "people", 2.0, 9), "place": 2}, _told("what matters", 1.0, "USD", 3.0, 1)
    ])  # fmt: skip
    case.run(STAGE)
    told = [row["title"] for row in _findings(case) if row["section"] == "loophole"]
    assert [title.partition(": ")[2].partition(":")[0] for title in told] == ["what matters", "told by many"]


def test_a_finding_names_the_ratios_told_with_it(harbour: Case) -> None:
    text = _one(harbour, "By role: How many of those handed over lead?")["text"]
    assert "2 ratios told with it, each with its own records: How many of those near" in text
    assert "How many at Lake House? no figure / 12 people." in text
    assert "Aung Htet" not in text


def test_a_name_that_may_be_another_of_a_site_is_an_open_question(case: Case) -> None:
    row = _told("people handed over from 大门: is this another name of Gate?", 2.0, "people", 1.0, 1)
    row |= {"rule": "one_site", "denominator": None, "ratio": None, "ratio_low": None, "ratio_high": None}
    case.fill("loophole", [{**row, "caution": "nothing ties the two"}])
    case.run(STAGE)
    (asked,) = [one for one in _findings(case) if one["section"] == "open" and "another name of Gate?" in one["title"]]
    assert asked["text"] == "Nothing ties the two. What would tell: action there."
