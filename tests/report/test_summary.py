"""The one screen at the end of a run: ratios with both sides and who tells them, nothing that must stay masked."""

from __future__ import annotations

from upriver.case.store import Case
from upriver.report.stage import STAGE
from upriver.report.summary import summary


def test_a_ratio_stands_with_both_sides_and_those_who_tell_it(harbour: Case) -> None:
    told = " ".join(summary(harbour, "Harbour", 100).split())
    assert "How many of those handed over lead? 63 / 31,000 people = 0.20 %" in told
    assert "first speaker" in told


def test_questions_without_a_figure_are_counted_and_never_shown_as_zero(harbour: Case) -> None:
    money = summary(harbour, "Harbour", 100).partition("by money")[2].partition("\n\n")[0]
    assert money.strip() == "1 question with no figure, which is not zero"


def test_nothing_masked_is_printed(harbour: Case, secrets: tuple[str, ...]) -> None:
    harbour.fill("loophole", [
        {**row, "label": f"{row['label']} Maria Lopez"} for row in harbour.read("loophole").to_pylist()
    ])  # fmt: skip
    harbour.run(STAGE)
    told = summary(harbour, "Harbour", 200)
    assert not [word for word in secrets if word in told]
    assert "Victim 1" in told


def test_what_the_folder_holds_nothing_on_is_one_line(case: Case) -> None:
    case.run(STAGE)
    told = summary(case, "Nothing", 200)
    assert told.count("o evidence") == 1
    assert "No evidence on " in told
    assert "Where the money went" not in told


def test_no_line_is_wider_than_the_screen(harbour: Case) -> None:
    lines = summary(harbour, "Harbour", 60).splitlines()
    assert max(len(line) for line in lines[3:-1]) <= 60
