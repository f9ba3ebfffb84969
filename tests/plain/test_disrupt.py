from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from upriver.cli import main
from upriver.plain.disrupt import Broken

# Two triangles joined by a bridge, and a pair apart.
TIES = "source,target\na,b\nb,c\na,c\nc,bridge\nbridge,d\nd,e\ne,f\nd,f\nx,y\n"


def run(folder: Path, text: str, *words: str) -> tuple[list[dict[str, str]], str]:
    ties, out = folder / "ties.csv", folder / "order.csv"
    ties.write_text(text, encoding="utf-8")
    said = CliRunner().invoke(main, ["disrupt", str(ties), "--out", str(out), *words])
    assert said.exit_code == 0, said.output
    with out.open(encoding="utf-8") as file:
        return list(csv.DictReader(file)), said.output


def test_an_order_is_written_with_what_stands_after_each_removal(tmp_path: Path) -> None:
    rows, said = run(tmp_path, TIES, "--budget", "1")
    assert list(rows[0]) == ["node", "place", "largest", "share", "share_high", "why"]
    assert {row["why"] for row in rows} == {"holds the network together, no evidence of leading or of guilt"}
    assert "no evidence of leading" in said
    assert rows[0]["node"] in {"c", "d", "bridge"}
    assert rows[0]["largest"] in {"3", "4"}
    assert float(rows[0]["share"]) <= float(rows[0]["share_high"])
    assert "Hidden ties change this more" in said


def test_a_raid_on_a_small_network_is_proved(tmp_path: Path) -> None:
    rows, said = run(tmp_path, TIES, "--raid", "2")
    assert len(rows) == 2
    assert {row["largest"] for row in rows} == {"2"}
    assert "no other set leaves less" in said


def test_who_may_be_a_victim_is_never_chosen(tmp_path: Path) -> None:
    never = tmp_path / "never.csv"
    never.write_text("node\nc\nd\nbridge\nnobody\n", encoding="utf-8")
    rows, said = run(tmp_path, TIES, "--budget", "9", "--never", str(never))
    assert not {"c", "d", "bridge"} & {row["node"] for row in rows}
    assert "1 node not in the network, the first 'nobody'" in said


def test_rows_that_are_no_ties_are_kept_with_their_reason(tmp_path: Path) -> None:
    _, said = run(tmp_path, TIES + "alone,\nonly\n", "--budget", "1")
    with (tmp_path / "order.rejected.csv").open(encoding="utf-8") as file:
        refused = list(csv.DictReader(file))
    assert [row["line"] for row in refused] == ["11", "12"]
    assert refused[0]["reason"].startswith("a tie of nobody")
    assert refused[1]["raw"] == "only"
    assert "2 rows not used" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"),
        ("source,target\n", "no tie could be read"),
        ("one\n1\n", "names one column"),
        ("source,target\na,a\nb,b\n", "no tie between two nodes, only 2 ties of a node with itself"),
    ],
)
def test_a_file_without_ties_is_told_so(tmp_path: Path, text: str, said: str) -> None:
    ties = tmp_path / "ties.csv"
    ties.write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["disrupt", str(ties), "--out", str(tmp_path / "o.csv")])
    assert found.exit_code == 1
    assert said in found.output
    assert not (tmp_path / "o.csv").exists()


def test_hidden_ties_are_only_said_to_change_the_answer_where_they_do() -> None:
    assert "Hidden ties change" in Broken(10, 1, 10, 3, 5.0, "").as_text()
    assert "Hidden ties change" not in Broken(3, 1, 3, 1, 1.4, "").as_text()


def test_the_ties_that_are_read_are_never_written_over(tmp_path: Path) -> None:
    ties = tmp_path / "ties.csv"
    ties.write_text(TIES, encoding="utf-8")
    said = CliRunner().invoke(main, ["disrupt", str(ties), "--out", str(ties), "--budget", "1"])
    assert said.exit_code == 1
    assert "is the file that is read" in said.output
    assert ties.read_text(encoding="utf-8") == TIES
