from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from upriver.cli import main

# Two triangles joined by a bridge, and a pair apart.
TIES = "source,target\na,b\nb,c\na,c\nc,bridge\nbridge,d\nd,e\ne,f\nd,f\nx,y\n"


def run(folder: Path, text: str, *words: str) -> tuple[list[dict[str, str]], str]:
    ties, out = folder / "ties.csv", folder / "ranking.csv"
    ties.write_text(text, encoding="utf-8")
    said = CliRunner().invoke(main, ["rank", str(ties), "--out", str(out), *words])
    assert said.exit_code == 0, said.output
    with out.open(encoding="utf-8") as file:
        return list(csv.DictReader(file)), said.output


def test_each_row_says_why_and_what_it_is_no_evidence_of(tmp_path: Path) -> None:
    rows, said = run(tmp_path, TIES)
    assert list(rows[0]) == ["node", "score", "rank_low", "rank_high", "why"]
    assert {row["node"] for row in rows[:3]} == {"c", "d", "bridge"}
    assert all(row["why"].endswith("brokerage only, not evidence of organising") for row in rows)
    assert "stands between 2 parts that are otherwise apart; 2 ties, 100% of the pairs" in next(
        row["why"] for row in rows if row["node"] == "bridge"
    )
    assert "brokerage only" in said


def test_equals_share_score_and_interval_and_the_rank_lies_within(tmp_path: Path) -> None:
    rows, _ = run(tmp_path, TIES)
    of = {row["node"]: (row["score"], row["rank_low"], row["rank_high"]) for row in rows}
    assert of["c"] == of["d"]
    assert of["a"] == of["b"] == of["e"] == of["f"]
    assert of["x"] == of["y"]
    for place, row in enumerate(rows, 1):
        assert 1 <= int(row["rank_low"]) <= place <= int(row["rank_high"]) <= len(rows)


def test_the_same_file_gives_the_same_ranking_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    head, *body = TIES.splitlines()
    once, _ = run(tmp_path, TIES)
    again, _ = run(tmp_path, "\n".join([head, *reversed(body)]))
    assert once == again


def test_who_may_be_a_victim_has_no_rank_and_their_ties_count(tmp_path: Path) -> None:
    never = tmp_path / "never.csv"
    never.write_text("node\nbridge\nnobody\n", encoding="utf-8")
    rows, said = run(tmp_path, TIES, "--never", str(never))
    assert "bridge" not in {row["node"] for row in rows}
    assert {row["node"] for row in rows[:2]} == {"c", "d"}  # as they are by their tie to it
    assert max(int(row["rank_high"]) for row in rows) == len(rows) == 8
    assert "1 node not in the network, the first 'nobody'" in said


MAIL = "source,target,n\na,b,3\nb,a,5\nb,c,1\nc,b,2\nc,d,9\na,c,1\n"


def test_direction_is_read_from_the_ties_or_from_the_header_and_may_be_told(tmp_path: Path) -> None:
    assert "taken to run from source to target" in run(tmp_path, MAIL)[1]
    assert "by the names of their columns" in run(tmp_path, "caller,callee\na,b\nb,c\n")[1]
    assert "of the ties are answered" not in run(tmp_path, MAIL, "--undirected")[1]
    assert "no tie is answered" in run(tmp_path, TIES, "--directed")[1]
    assert "answered" not in run(tmp_path, TIES)[1]


def test_rows_that_are_no_ties_are_kept_and_a_tie_with_oneself_is_told(tmp_path: Path) -> None:
    rows, said = run(tmp_path, "source,target,weight\na,b,1\nb,c,-2\nc,c,1\nalone,,1\nb,c,4\n")
    assert {row["node"]: row["score"] for row in rows}.keys() == {"a", "b", "c"}
    assert "1 tie of a node with itself does not count" in said
    with (tmp_path / "ranking.rejected.csv").open(encoding="utf-8") as file:
        assert [row["line"] for row in csv.DictReader(file)] == ["3", "5"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"),
        ("source,target\n", "no tie could be read"),
        ("source,target\na,a\n", "no tie between two nodes"),
        ("one\n1\n", "names one column"),
    ],
)
def test_a_file_without_ties_is_told_so(tmp_path: Path, text: str, said: str) -> None:
    ties = tmp_path / "ties.csv"
    ties.write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["rank", str(ties), "--out", str(tmp_path / "o.csv")])
    assert found.exit_code == 1
    assert said in found.output
    assert not (tmp_path / "o.csv").exists()
