from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from upriver.cli import main
from upriver.plain.panels import period_of, period_text, read_panel

# A ring of friends; b is jailed in 2001 and has no tie in 2002.
TIES = """year,source,target
2000,a,b
2000,b,c
2000,c,d
2001,a,b
2001,b,c
2001,c,d
2001,d,e
2002,c,d
2002,d,e
"""
STATUS = "year,node,status\n2000,a,free\n2000,b,free\n2001,b,Jailed\n2002,f,free\n"


def run(folder: Path, *words: str, ties: str = TIES, status: str | None = STATUS) -> tuple[Path, str]:
    path, told, out = folder / "t.csv", folder / "s.csv", folder / "out"
    path.write_text(ties, encoding="utf-8")
    if status is not None:
        told.write_text(status, encoding="utf-8")
        words = (*words, "--status", str(told))
    said = CliRunner().invoke(main, ["forecast", str(path), "--out", str(out), *words])
    assert said.exit_code == 0, said.output
    return out, said.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_people_and_ties_of_the_next_period_are_told_with_their_reasons(tmp_path: Path) -> None:
    out, said = run(tmp_path)
    people = {row["node"]: row for row in rows(out / "active.csv")}
    assert list(people["d"]) == ["node", "probability", "low", "high", "known", "why"]
    assert {name: row["known"] for name, row in people.items()} == {
        "a": "seen", "b": "seen", "c": "tied", "d": "tied", "e": "tied", "f": "named"
    }  # fmt: skip
    assert float(people["d"]["probability"]) > float(people["a"]["probability"]) > float(people["b"]["probability"])
    assert all(float(row["low"]) <= float(row["probability"]) <= float(row["high"]) for row in people.values())
    assert people["b"]["why"] == (
        "known to be jailed or dead; no tie in the last period, but before; "
        "no tie in 33% of the periods since the first; a forecast, no ground to arrest, search or charge"
    )
    ties = {(row["a"], row["b"]): row for row in rows(out / "ties.csv")}
    assert ("c", "d") not in ties
    assert ties["c", "e"]["why"] == "1 shared contact; a forecast, no ground to arrest, search or charge"
    assert float(ties["c", "e"]["probability"]) > float(ties["a", "e"]["probability"])
    assert "2003: of 6 people" in said
    assert "evidence on nobody" in " ".join((out / "about.txt").read_text(encoding="utf-8").split())
    assert "evidence on nobody" in said


def test_who_may_be_a_victim_is_listed_nowhere(tmp_path: Path) -> None:
    never = tmp_path / "never.csv"
    never.write_text("node\nd\nnobody\n", encoding="utf-8")
    out, said = run(tmp_path, "--never", str(never))
    assert "1 node not in the network, the first 'nobody'" in said
    assert "d" not in {row["node"] for row in rows(out / "active.csv")}
    assert not {"d"} & {row[side] for row in rows(out / "ties.csv") for side in "ab"}
    # He stays among the contacts of the others.
    assert {row["node"]: row["why"] for row in rows(out / "active.csv")}["c"].startswith(
        "not known to be jailed or dead; 1 contact in the last period"
    )


def test_what_comes_after_the_period_asked_for_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole, _ = run(tmp_path / "whole", "--until", "2001")
    cut, _ = run(
        tmp_path / "cut",
        ties="".join(line for line in TIES.splitlines(True) if not line.startswith("2002")),
        status="".join(line for line in STATUS.splitlines(True) if not line.startswith("2002")),
    )
    for name in ("active.csv", "ties.csv", "check.csv", "about.txt"):
        assert (whole / name).read_bytes() == (cut / name).read_bytes()
    assert "Forecast for 2002" in (whole / "about.txt").read_text(encoding="utf-8")


def test_a_status_told_after_the_last_ties_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "later").mkdir()
    (tmp_path / "plain").mkdir()
    later, _ = run(tmp_path / "later", status=STATUS + "2003,d,dead\n2003,new,free\n")
    plain, _ = run(tmp_path / "plain")
    assert (later / "active.csv").read_bytes() == (plain / "active.csv").read_bytes()


def test_the_past_of_the_file_says_what_the_forecast_is_worth(tmp_path: Path) -> None:
    out, said = run(tmp_path)
    checks = rows(out / "check.csv")
    assert [row["period"] for row in checks if row["what"].startswith("forms")] == ["2001", "2002"]
    last = next(row for row in checks if row["period"] == "2002" and "known to be gone" not in row["what"])
    assert (last["n"], last["happened"], last["auc"]) == ("5", "3", "1.000")
    assert "tried on 1 period of this file, who has a tie still: AUC 1.00" in said
    assert "without --status" in run(tmp_path, status=None)[1]


def test_rows_that_tell_nothing_are_kept_with_their_reason(tmp_path: Path) -> None:
    out, said = run(
        tmp_path,
        ties=TIES + "soon,a,b\n2002,a,\n2002,a,a\n2002\n",
        status=STATUS + "2002,a,perhaps\n2002,,free\nnever,a,free\n",
    )
    assert [row["reason"] for row in rows(out / "ties.rejected.csv")] == [
        "no year can be read", "a tie of nobody: a name is missing", "a tie of somebody with himself",
        "a tie of nobody: a name is missing",
    ]  # fmt: skip
    assert [row["reason"] for row in rows(out / "status.rejected.csv")] == [
        "no known status: write free, jailed or dead", "a status of nobody: a name is missing", "no year can be read"
    ]  # fmt: skip
    assert "t.csv: 4 rows not used" in said
    assert "s.csv: 3 rows not used" in said


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("a,b\n1,2\n", (), "no column year"),
        ("year,source,target\n", (), "no tie could be used"),
        (TIES, ("--until", "1990"), "no tie could be used up to 1990"),
        (TIES + "2001,a,a\n", ("--until", "1990"), "no tie could be used up to 1990"),
        (TIES, ("--until", "then"), "--until then: no year can be read"),
        (TIES, ("--by", "month"), "no month can be read"),
        (TIES, ("--status", "nowhere.csv"), "nowhere.csv: no such file"),
    ],
)
def test_files_that_cannot_be_used_are_told_so(tmp_path: Path, text: str, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["forecast", str(tmp_path / "t.csv"), "--out", str(tmp_path / "out"), *words])
    assert found.exit_code == 1
    assert said in found.output


def test_the_folder_is_never_a_file_and_never_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text(TIES, encoding="utf-8")
    for out, said in ((tmp_path / "ties.csv", "is a file; name a folder"), (tmp_path, "is the file that is read")):
        found = CliRunner().invoke(main, ["forecast", str(tmp_path / "ties.csv"), "--out", str(out)])
        assert found.exit_code == 1
        assert said in found.output
    assert (tmp_path / "ties.csv").read_text(encoding="utf-8") == TIES


@pytest.mark.parametrize(
    ("text", "by", "said"),
    [
        ("2002", "year", "2002"), ("2545", "year", "2002"), ("2002-05-17", "year", "2002"),
        ("17 May 2002", "year", "2002"), ("2002-05", "month", "2002-05"), ("200205", "month", "2002-05"),
        ("2002-05-17 10:00", "month", "2002-05"), ("2002", "month", None), ("2002-13", "month", None),
        ("45", "year", None),
    ],
)  # fmt: skip
def test_periods_are_read_as_they_are_written(text: str, by: str, said: str | None) -> None:
    found = period_of(text, by)
    assert (None if found is None else period_text(found, by)) == said


def test_a_status_holds_until_another_is_told_and_gone_holds_within_a_period(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TIES, encoding="utf-8")
    (tmp_path / "s.csv").write_text(
        "date,person,status\n2000-02-01,b,in custody\n2000-03-01,b,released\n2002-01-01,b,at large\n", encoding="utf-8"
    )
    told = read_panel(tmp_path / "t.csv", tmp_path / "s.csv", "year", None)
    assert told.panel.gone[:, told.names.index("b")].tolist() == [True, True, False]


def test_ties_of_people_with_themselves_alone_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("year,source,target\n2001,a,a\n2002,b,b\n", encoding="utf-8")
    said = CliRunner().invoke(main, ["forecast", str(tmp_path / "t.csv"), "--out", str(tmp_path / "out")])
    assert said.exit_code == 1
    assert "no tie could be used: a tie of somebody with himself" in " ".join(said.output.split())
    assert not (tmp_path / "out").exists()
