"""`upriver match-names` and `upriver screen` from the command line, and input that is not as it should be."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upriver.cli import main

PAIRS = "id,left,right\np1,Chan Siu Ming,陳小明\np2,Li Wei,Zhang Qiang\n"
LIST = "id,name,aliases\nw1,陳小明,\nw2,Marlowe Okafor,Ann Bell|陈大文\n"
QUERIES = "id,query\nq1,CHAN Siu-ming\nq2,Chan Tai-man\nq3,Ingrid Johansson\n"


def run(*arguments: object) -> Result:
    told = CliRunner().invoke(main, [str(one) for one in arguments])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_pairs_get_a_score_and_a_reason(tmp_path: Path) -> None:
    told = run("match-names", write(tmp_path, "p.csv", PAIRS), "--out", tmp_path / "s.csv")
    assert told.exit_code == 0
    one, other = rows(tmp_path / "s.csv")
    assert (one["id"], other["id"]) == ("p1", "p2")
    assert float(one["score"]) > 0.8 > 0.2 > float(other["score"])
    assert "Cantonese" in one["why"]
    assert not (tmp_path / "s.rejected.csv").exists()


def test_a_column_that_tells_the_answer_changes_nothing(tmp_path: Path) -> None:
    run("match-names", write(tmp_path, "p.csv", PAIRS), "--out", tmp_path / "s.csv")
    told = [line + "," + extra for line, extra in zip(PAIRS.splitlines(), ["same", "0", "1"], strict=True)]
    run("match-names", write(tmp_path, "q.csv", "\n".join(told)), "--out", tmp_path / "t.csv")
    assert (tmp_path / "s.csv").read_bytes() == (tmp_path / "t.csv").read_bytes()


def test_names_are_looked_up_best_first_and_those_without_a_hit_left_out(tmp_path: Path) -> None:
    listed = write(tmp_path, "w.csv", LIST)
    told = run("screen", write(tmp_path, "q.csv", QUERIES), "--against", listed, "--out", tmp_path / "h.csv")
    assert told.exit_code == 0
    assert "3 names looked up among 2" in told.output
    found = {row["query_id"]: row for row in reversed(rows(tmp_path / "h.csv"))}
    assert {query: row["match_id"] for query, row in found.items()} == {"q1": "w1", "q2": "w2"}
    assert all(row["why"] and 0 < float(row["score"]) <= 1 for row in found.values())


def test_rows_that_cannot_be_used_are_refused_with_a_reason(tmp_path: Path) -> None:
    text = PAIRS + "p1,A B,C D\n,A,B\np3,,B\np4,{},B\n".format("x" * 5000)
    told = run("match-names", write(tmp_path, "p.csv", text), "--out", tmp_path / "s.csv")
    assert told.exit_code == 0
    assert [row["id"] for row in rows(tmp_path / "s.csv")] == ["p1", "p2"]
    refused = rows(tmp_path / "s.rejected.csv")
    assert [row["place"] for row in refused] == ["p.csv:4", "p.csv:5", "p.csv:6", "p.csv:7"]
    assert "stands in line 2 already" in refused[0]["reason"]
    assert "no id" in refused[1]["reason"]
    assert "no left" in refused[2]["reason"]
    assert "no name" in refused[3]["reason"]
    run("match-names", write(tmp_path, "p.csv", PAIRS), "--out", tmp_path / "s.csv")
    assert not (tmp_path / "s.rejected.csv").exists(), "what a former run refused is gone"


@pytest.mark.parametrize("text", ["", "id,left\n1,a\n", "\x00\x01\x02", "left;right\na;b\n"])
def test_a_file_of_another_kind_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    told = run("match-names", write(tmp_path, "p.csv", text), "--out", tmp_path / "s.csv")
    assert told.exit_code == 1
    assert "p.csv" in told.output
    assert not (tmp_path / "s.csv").exists()


def test_a_list_without_a_name_is_told(tmp_path: Path) -> None:
    listed, asked = write(tmp_path, "w.csv", "id,name\n"), write(tmp_path, "q.csv", QUERIES)
    told = run("screen", asked, "--against", listed, "--out", tmp_path / "h.csv")
    assert told.exit_code == 1
    assert "no row with an id and a name" in told.output


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    pairs = write(tmp_path, "p.csv", PAIRS)
    assert run("match-names", pairs, "--out", pairs).exit_code == 1
    assert pairs.read_text("utf-8") == PAIRS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "id,left,right\n" + "".join(f"p{k},陈小明和王大文,陈小明和王大文\n" for k in range(40))
    run("match-names", write(tmp_path, "p.csv", text.encode(encoding)), "--out", tmp_path / "s.csv")
    assert {row["score"] for row in rows(tmp_path / "s.csv")} == {"0.9950"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=20), st.text(max_size=20)), max_size=6))
def test_no_pairs_break_the_command(tmp_path: Path, pairs: list[tuple[str, str, str]]) -> None:
    with (tmp_path / "p.csv").open("w", encoding="utf-8", errors="surrogatepass", newline="") as stream:
        csv.writer(stream).writerows([("id", "left", "right"), *pairs])
    assert run("match-names", tmp_path / "p.csv", "--out", tmp_path / "s.csv").exit_code in (0, 1)
