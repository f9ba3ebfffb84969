"""The pictures of what stayed open: titled, described, masked, opening to records; nothing where there is nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from upriver.case.store import Case
from upriver.report.areas import areas
from upriver.report.bars import ladder, money
from upriver.report.claims import Facts
from upriver.report.curves import curves
from upriver.report.identity import masks
from upriver.report.opened import Opened
from upriver.report.stage import STAGE
from upriver.report.standing import standing

PICTURES = (areas, ladder, money, curves, standing)


def facts(case: Case) -> Facts:
    return Facts(case, masks(case), max_support=1)


def covered(name: str, dimension: str, label: str, reached: float | None, of: float | None) -> dict[str, Any]:
    return {
        "coverage_id": name, "dimension": dimension, "label": label, "reached": reached, "reached_low": reached,
        "reached_high": reached, "reached_what": "taken", "of": of, "of_what": "known",
        "ratio": reached / of if reached is not None and of else None, "unit": "people", "node_ids": [],
        "report_ids": [], "record_ids": [],
    }  # fmt: skip


@pytest.fixture
def drawn(harbour: Case) -> Case:
    """The small case with an area, a ladder and money; the report stage run."""
    harbour.fill("coverage", [
        covered("c1", "area", "Laukkai", 63.0, 31000.0), covered("c2", "area", "Laukkai", 10.0, None),
        covered("c3", "role", "rung 1: highest by control, with Aung Htet", 0.0, 3.0),
        covered("c4", "role", "rung 10: 名单上的人", 2.0, 5.0),
        covered("c5", "role", "rung 2: command others", None, 4.0),
    ])  # fmt: skip
    rows = harbour.read("loophole").to_pylist()
    one = next(row for row in rows if row["dimension"] == "money")
    more = [
        {**one, "loophole_id": f"m{n}", "rule": rule, "label": f"{rule} of {words}", "numerator": value,
         "denominator": 9000.0, "ratio": None if value is None else value / 9000.0, "unit": "USD"}
        for n, (rule, words, value) in enumerate(
            (("seized", "victims' money", None), ("ends", "a very long label " * 12, 400.0), ("found", "it", 9000.0))
        )
    ]  # fmt: skip
    harbour.fill("loophole", [*rows, *more])
    harbour.run(STAGE)
    return harbour


@pytest.mark.parametrize("picture", PICTURES)
def test_an_empty_case_has_no_picture(case: Case, picture: Any) -> None:
    told = facts(case)
    assert picture(told, Opened(told)) is None


@pytest.mark.parametrize("picture", [areas, ladder, money, curves])
def test_each_picture_has_a_title_a_description_and_its_source_and_no_protected_name(drawn: Case, picture: Any) -> None:
    told = facts(drawn)
    svg, caption = picture(told, Opened(told))
    assert re.search(r"<title id=\"[a-z]+-t\">[^<]+</title><desc id=\"[a-z]+-d\">[^<]+</desc>", svg)
    assert "Source: " in caption
    assert "Aung Htet" not in svg + caption
    assert "<script" not in svg


def test_a_picture_opens_to_the_findings_that_tell_it(drawn: Case) -> None:
    told = facts(drawn)
    made = money(told, Opened(told))
    assert made is not None
    linked = set(re.findall(r'href="#(F\d+)"', str(made[1])))
    titles = {row["finding_id"]: row["title"] for row in drawn.read("finding").to_pylist()}
    assert len(linked) == 3
    assert all(titles[name].startswith("By money: ") for name in linked)


def test_rungs_stand_in_their_order_and_no_figure_is_not_zero(drawn: Case) -> None:
    told = facts(drawn)
    made = ladder(told, Opened(told))
    assert made is not None
    svg = str(made[0])
    assert svg.index("highest by control") < svg.index("command others") < svg.index("名单上的人")
    assert "0 of 3, 0 %" in svg
    assert "no figure of 4" in svg


def test_a_rung_of_which_nobody_was_taken_bears_no_red(drawn: Case) -> None:
    from upriver.report.drawing import RUST

    told = facts(drawn)
    drawn.fill("coverage", [covered("c3", "role", "rung 1: highest by control", 0.0, 3.0)])
    nobody = ladder(told, Opened(told))
    drawn.fill("coverage", [covered("c3", "role", "rung 1: highest by control", 1.0, 3.0)])
    told = facts(drawn)
    somebody = ladder(told, Opened(told))
    assert nobody is not None
    assert somebody is not None
    assert RUST not in nobody[0]
    assert RUST in somebody[0]


def test_the_curves_and_the_table_have_one_base_and_say_it_once(drawn: Case) -> None:
    rows = drawn.read("loophole").to_pylist()
    drawn.fill("loophole", [*rows, {
        **rows[0], "loophole_id": "left", "rule": "residual_network", "dimension": "network", "numerator": 8.0,
        "denominator": 10.0, "ratio": 0.8, "unit": "nodes",
        "denominator_what": "in the largest connected part, before anybody was taken, of 12 known",
    }])  # fmt: skip
    told = facts(drawn)
    made = curves(told, Opened(told))
    assert made is not None
    said = "with nobody gone: 10 nodes in the largest connected part, before anybody was taken, of 12 known."
    assert str(made[1]).count(said) == 1


def test_where_several_figures_are_told_of_an_area_the_one_with_a_denominator_is_drawn(drawn: Case) -> None:
    told = facts(drawn)
    made = areas(told, Opened(told))
    assert made is not None
    assert "Laukkai: 0.20 %" in made[0]


def test_no_text_leaves_the_picture(drawn: Case) -> None:
    from upriver.report.drawing import text_width

    told = facts(drawn)
    made = money(told, Opened(told))
    assert made is not None
    for x, size, anchor, text in re.findall(
        r'<text x="([\d.-]+)" y="[\d.-]+" font-size="([\d.]+)"[^>]*text-anchor="(\w+)"[^>]*>([^<]*)</text>',
        str(made[0]),
    ):
        width = text_width(text, float(size))
        left = float(x) - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        assert left >= -1.0, text
        assert left + width <= 1001.0, text


def test_the_curves_say_no_figure_where_no_money_arrives(drawn: Case) -> None:
    rows = drawn.read("scenario").to_pylist()
    drawn.fill("scenario", [{**row, "money_share": 0.0, "money_low": 0.0, "money_high": 0.0} for row in rows])
    told = facts(drawn)
    made = curves(told, Opened(told))
    assert made is not None
    assert "no figure: no traced money arrives" in made[0]


def test_before_and_after_show_one_network_with_those_taken_hollow(harbour: Case) -> None:
    """The one handed over holds two others together."""
    ids = [row["person_id"] for row in harbour.read("role").to_pylist()]
    taken = next(
        row["entity_id"]
        for row in harbour.read("statement").to_pylist()
        if row["prop"] == "status" and row["value"] == "handed over"
    )
    others = sorted({*ids, "bb01", "bb02"} - {taken})[:2]
    harbour.fill("role", [
        {"person_id": name, "rank": n, "rank_low": n, "rank_high": n, "score": 0.5, "features": "{}", "reason": "",
         "protection": "none", "record_ids": []} for n, name in enumerate(others, 1)
    ])  # fmt: skip
    row = harbour.read("edge").to_pylist()[0]
    harbour.fill("edge", [
        {**row, "edge_id": f"x{n}", "source_id": taken, "target_id": other, "kind": "calls"}
        for n, other in enumerate(others)
    ])  # fmt: skip
    told = facts(harbour)
    made = standing(told, Opened(told))
    assert made is not None
    assert "Of 3 nodes drawn: 3 hold together before; after, 1 of the 2 that are left" in made[0]
    assert str(made[0]).count("<polyline") == 2  # both ties before, none after
