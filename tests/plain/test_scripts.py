"""`upriver scripts`: texts that are one script, and what each fills in."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from upriver.cli import main

TEXT = "My uncle teaches me gold futures. Deposit {} at {} before midnight, dear {}."


def test_variants_of_one_script_are_one_line_with_what_each_fills_in(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "text": TEXT.format("$500", "x.top", "anna")},
        {"id": 2, "text": "See you at the shop for lunch, bring the red folder and the keys please"},
        {"id": "b", "messages": [{"sender": "s", "text": TEXT.format("9,000", "y.vip", "bert")}, "ok"]},
        {"id": 4, "text": "Dеposit 70 at z.cc before midnight, dear carla. My uncle teaches me gold futures."},
        {"id": 5, "text": "ok"},
    ]
    source, out = tmp_path / "texts.jsonl", tmp_path / "scripts.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{torn\n", encoding="utf-8")
    told = CliRunner().invoke(main, ["scripts", str(source), "--out", str(out)])
    assert told.exit_code == 0, told.output
    (script,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert sorted(map(str, script["ids"])) == ["1", "4", "b"]
    assert "deposit # at @ before midnight, dear …" in script["words"]
    assert "my uncle teaches me gold futures." in script["words"]
    filled = {str(one["id"]): one["blanks"] for one in script["filled"]}
    assert {"$500", "x.top", "anna"} <= set(filled["1"])
    assert {"70", "z.cc", "carla"} <= set(filled["4"])
    assert "5 texts, 1 of them too short" in told.output
    assert (tmp_path / "scripts.jsonl.rejected.csv").read_text(encoding="utf-8").count("torn") == 1


def test_a_file_that_is_not_there_is_told_without_a_traceback(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["scripts", str(tmp_path / "none.jsonl"), "--out", "-"])
    assert told.exit_code != 0
    assert "no such file" in str(told.exception) + told.output
