from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from upriver.cli import main

# A boss between three arms of two.
TIES = "source,target\nboss,a\nboss,b\nboss,c\na,x\nb,y\nc,z\n"
ROLES = "node,role\nboss,keys\nb,keys\nx,drives\n"
FLOWS = 'source,target,usd\nx,a,30\na,boss,"1,070"\n'


def run(folder: Path, gone: str, *words: str, ties: str = TIES, **files: str) -> tuple[Path, str]:
    table, removed = folder / "ties.csv", folder / "gone.csv"
    table.write_text(ties, encoding="utf-8")
    removed.write_text(gone, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        words = (*words, f"--{name}", str(folder / f"{name}.csv"))
    said = CliRunner().invoke(
        main, ["recover", str(table), "--gone", str(removed), "--out", str(folder / "r.csv"), *words]
    )
    assert said.exit_code == 0, said.output
    return folder / "r.csv", said.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_is_left_and_what_works_again_is_written_step_by_step(tmp_path: Path) -> None:
    out, said = run(tmp_path, "node\nboss\n", roles=ROLES, flows=FLOWS)
    steps = [row for row in rows(out) if (row["removals"], row["rule"]) == ("told", "distance")]
    assert [(row["step"], row["post"], row["by"]) for row in steps] == [("0", "", ""), ("1", "boss", "b")]
    assert [row["largest"] for row in steps] == ["0.285714", "0.857143"]
    assert [row["posts"] for row in steps] == ["0.666667", "1.000000"]
    assert [row["roles"] for row in steps] == ["1.000000", "1.000000"]
    assert [row["money"] for row in steps] == ["0.027273", "1.000000"]
    assert all(float(row["largest_low"]) <= float(row["largest"]) <= float(row["largest_high"]) for row in rows(out))
    assert {row["rule"] for row in rows(out)} == {"distance", "ties", "random"}
    assert {row["by"] for row in rows(out) if row["rule"] != "distance"} == {""}
    assert {row["removals"] for row in rows(out)} == {"told", "instead"}
    assert [row["substitute"] for row in rows(tmp_path / "r.substitutes.csv")] == ["b"]
    assert "1 node of 7 removed: 29% (" in said
    assert "no sign that he does or would" in said


def test_who_may_be_a_victim_takes_no_post_and_is_named_nowhere(tmp_path: Path) -> None:
    out, _ = run(tmp_path, "node\nboss\n", never="node\na\n")
    assert {row["by"] for row in rows(out)} <= {"", "b"}
    assert "a" not in {row["substitute"] for row in rows(tmp_path / "r.substitutes.csv")}


def test_a_presumed_victim_who_was_taken_is_simulated_and_not_named(tmp_path: Path) -> None:
    out, _ = run(tmp_path, "node\nboss\na\n", never="node\na\n")
    assert "not named" in {row["post"] for row in rows(out)}
    assert "a" not in {row[column] for row in rows(out) for column in ("post", "by")}
    assert {row["node"] for row in rows(tmp_path / "r.substitutes.csv")} == {"boss", "not named"}


def test_a_skill_lets_somebody_fill_a_role_that_he_does_not_have(tmp_path: Path) -> None:
    only = "node,role\nboss,keys\n"
    out, said = run(tmp_path, "node\nboss\n", roles=only)
    assert {row["by"] for row in rows(out)} == {""}
    assert "1 post not filled" in said
    out, _ = run(tmp_path, "node\nboss\n", roles=only, skills="node,skill\nz,keys\n")
    assert {row["by"] for row in rows(out) if row["removals"] == "told"} == {"", "z"}


def test_rows_that_tell_of_nobody_are_kept_with_their_reason(tmp_path: Path) -> None:
    _, said = run(
        tmp_path, "node\nboss\nnobody\n", ties=TIES + "alone,\n", roles=ROLES + "ghost,keys\nx,\n",
        flows=FLOWS + "ghost,a,1\nx,a,none\n", skills="node,role\nx,flies\n",
    )  # fmt: skip
    assert "gone.csv: 1 node not in the network, the first 'nobody'" in said
    assert [row["reason"] for row in rows(tmp_path / "r.rejected.csv")] == ["a tie of nobody: a name is missing"]
    assert [row["reason"] for row in rows(tmp_path / "r.roles.rejected.csv")] == [
        "nobody of the network", "no role is told"
    ]  # fmt: skip
    assert [row["reason"] for row in rows(tmp_path / "r.skills.rejected.csv")] == ["a role that no post has"]
    assert [row["reason"] for row in rows(tmp_path / "r.flows.rejected.csv")] == [
        "an end that is nobody of the network", "no amount above zero can be read"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("gone", "words", "code", "said"),
    [
        ("node\nnobody\n", (), 1, "nobody that it lists is in the network"),
        ("who\nboss\n", (), 1, "no column node"),
        ("node\nboss\n", ("--roles", "nowhere.csv"), 1, "nowhere.csv: no such file"),
        ("node\nboss\n", ("--skills", "nowhere.csv"), 2, "--skills needs --roles"),
    ],
)
def test_files_that_cannot_be_used_are_told_so(
    tmp_path: Path, gone: str, words: tuple[str, ...], code: int, said: str
) -> None:
    table, removed = tmp_path / "t.csv", tmp_path / "g.csv"
    table.write_text(TIES, encoding="utf-8")
    removed.write_text(gone, encoding="utf-8")
    found = CliRunner().invoke(
        main, ["recover", str(table), "--gone", str(removed), "--out", str(tmp_path / "r"), *words]
    )
    assert found.exit_code == code
    assert said in found.output


def test_an_order_may_be_followed_by_what_works_again(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text(TIES, encoding="utf-8")
    out = tmp_path / "again.csv"
    said = CliRunner().invoke(
        main,
        [
            "disrupt",
            str(tmp_path / "ties.csv"),
            "--budget",
            "1",
            "--out",
            str(tmp_path / "o.csv"),
            "--recover",
            str(out),
        ],
    )
    assert said.exit_code == 0, said.output
    assert {(row["post"], row["by"]) for row in rows(out) if row["step"] == "1" and row["by"]} == {("boss", "a")}
    assert "posts are left" in said.output


def test_a_file_of_ties_of_nodes_with_themselves_is_no_network(tmp_path: Path) -> None:
    table, removed = tmp_path / "t.csv", tmp_path / "g.csv"
    table.write_text("source,target\na,a\nb,b\n", encoding="utf-8")
    removed.write_text("node\na\n", encoding="utf-8")
    found = CliRunner().invoke(main, ["recover", str(table), "--gone", str(removed), "--out", str(tmp_path / "r")])
    assert found.exit_code == 1
    assert "no tie between two nodes" in found.output
