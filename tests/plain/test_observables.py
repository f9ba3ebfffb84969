"""`upriver observables` as its user meets it: one line a text, in order, and nothing dropped in silence."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.conftest import SHARED

from upriver.cli import main


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["observables", *map(str, words)])


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lines(path: Path, *rows: object, encoding: str = "utf-8") -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding=encoding)
    return path


def rejected(out: Path) -> list[dict[str, str]]:
    with out.with_name(f"{out.name}.rejected.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_text_is_a_line_with_kinds_values_and_places(tmp_path: Path) -> None:
    source = lines(
        tmp_path / "t.jsonl",
        {"id": "b", "text": "Ring 081-234-5678, TG @rate_desk", "region": "TH"},
        {"id": "a", "text": "nothing"},
    )
    out = tmp_path / "o.jsonl"
    done = run(source, "--out", out)
    assert done.exit_code == 0, done.output
    assert written(out) == [
        {
            "id": "b",
            "observables": [
                {"kind": "phone", "value": "+66812345678", "start": 5, "end": 17},
                {"kind": "telegram", "value": "rate_desk", "start": 22, "end": 32},
            ],
        },
        {"id": "a", "observables": []},
    ]
    assert "2 texts: 1 with observables, 1 without; 2 observables (1 phone, 1 telegram); 0 rejected" in done.stderr
    assert not out.with_name("o.jsonl.rejected.csv").exists()


def test_a_card_tells_its_bank_where_its_prefix_is_known(tmp_path: Path) -> None:
    source = lines(tmp_path / "t.jsonl", {"id": 1, "text": "卡号6228480000000000133，另一张4000000000000002"})
    out = tmp_path / "o.jsonl"
    assert run(source, "--out", out).exit_code == 0
    (row,) = written(out)
    assert row["id"] == 1
    assert [one.get("bank") for one in row["observables"]] == ["Agricultural Bank of China", None]


def test_the_region_of_the_command_stands_in_for_one_that_is_not_told(tmp_path: Path) -> None:
    source = lines(
        tmp_path / "t.jsonl",
        {"id": 1, "text": "call 012 345 678"},
        {"id": 2, "text": "call 081-234-5678", "region": "th"},
        {"id": 3, "text": "call 012 345 678", "region": "Cambodia"},
    )
    out = tmp_path / "o.jsonl"
    done = run(source, "--out", out, "--region", "kh")
    assert [[one["value"] for one in row["observables"]] for row in written(out)] == [
        ["+85512345678"], ["+66812345678"], ["+85512345678"]]  # fmt: skip
    assert "line 3: its region 'Cambodia' is no country of two letters and was left out" in done.stderr


def test_other_kinds_are_told_when_asked_for(tmp_path: Path) -> None:
    source = lines(tmp_path / "t.jsonl", {"id": 1, "text": "XRP rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh, mail a@b.co"})
    out = tmp_path / "o.jsonl"
    for kinds, told in (("usual", ["email"]), ("all", ["xrp", "email"]), ("xrp", ["xrp"])):
        assert run(source, "--out", out, "--kinds", kinds).exit_code == 0
        assert [one["kind"] for one in written(out)[0]["observables"]] == told
    wrong = run(source, "--out", out, "--kinds", "fax")
    assert wrong.exit_code == 2
    assert "fax; known: usual, all, phone" in wrong.stderr


def test_lines_that_cannot_be_read_are_kept_with_their_reason_and_the_others_are_read(tmp_path: Path) -> None:
    source = tmp_path / "t.jsonl"
    whole = '{"id": "ok", "text": "联系邮箱 a@b.co"}\n'.encode()
    source.write_bytes(
        b'{"id": "cut", "text": "mail a@b\n' + b'{"id": "none"}\n' + b'{"id": "null", "text": null}\n'
        + b'{"id": "n", "text": 5}\n' + b'["a list"]\n' + b"\n" + b'{"id": "torn", "text": "\xe5\xbe"}\n'
        + b'{"text": "a@c.co \\ud800"}\n' + b'{"id": 9, "text": ' + b"[" * 100_000 + b"}\n" + whole * 3
    )  # fmt: skip
    out = tmp_path / "o.jsonl"
    done = run(source, "--out", out)
    assert done.exit_code == 0, done.output
    assert [row["id"] for row in written(out)] == ["line 8", "ok", "ok", "ok"]
    assert [(row["line"], row["reason"][:24]) for row in rejected(out)] == [
        ("1", "no JSON: Unterminated st"), ("2", "it has no text"), ("3", "its text is null and no "),
        ("4", "its text is a number and"), ("5", "it is no object"), ("7", "it holds bytes that are "),
        ("9", "no JSON: it is nested to"),
    ]  # fmt: skip
    assert "line 8: it has no id, so it is named by its line" in done.stderr
    # A clean run takes the file of an earlier one away.
    source.write_bytes(whole)
    assert run(source, "--out", out).exit_code == 0
    assert not out.with_name("o.jsonl.rejected.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read_and_places_are_characters(tmp_path: Path, encoding: str) -> None:
    text = "请联系我们的客服张经理办理，电话13800138000，谢谢大家的支持"
    source = lines(
        tmp_path / "t.jsonl", *[{"id": n, "text": text, "region": "CN"} for n in range(5)], encoding=encoding
    )
    out = tmp_path / "o.jsonl"
    assert run(source, "--out", out).exit_code == 0
    for row in written(out):
        (one,) = row["observables"]
        assert text[one["start"] : one["end"]] == "13800138000"


def test_a_list_of_json_is_read_as_lines_are(tmp_path: Path) -> None:
    source = tmp_path / "t.json"
    source.write_text('[{"id": 1, "text": "a@b.co"}, {"id": 2, "text": null}]', encoding="utf-8")
    out = tmp_path / "o.jsonl"
    assert run(source, "--out", out).exit_code == 0
    assert [row["id"] for row in written(out)] == [1]
    assert [row["line"] for row in rejected(out)] == ["2"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file"), (b"", "an empty file"), (b"PK\x03\x04zip", "not a text in a known encoding"),
        (b"just words\n", "no text could be read"), (b"[1, 2", "it begins as a JSON list and is none"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_of_texts_is_one_clear_message(tmp_path: Path, content: bytes | None, told: str) -> None:
    source = tmp_path / "t.jsonl"
    if content is not None:
        source.write_bytes(content)
    done = run(source, "--out", tmp_path / "o.jsonl")
    assert done.exit_code == 1
    assert told in done.stderr
    assert "Traceback" not in done.output


def test_what_is_read_is_never_written_over(tmp_path: Path) -> None:
    source = lines(tmp_path / "t.jsonl", {"id": 1, "text": "a@b.co"})
    before = source.read_bytes()
    assert run(source, "--out", source).exit_code == 1
    assert source.read_bytes() == before
    assert run(source, "--out", tmp_path).exit_code == 1
    assert run(source, "--out", tmp_path / "o.jsonl", "--region", "XX").exit_code == 2


def test_a_cell_that_a_spreadsheet_would_run_is_escaped(tmp_path: Path) -> None:
    source = tmp_path / "t.jsonl"
    source.write_text('=cmd|"/c calc"!A0\n{"id": 1, "text": "a@b.co"}\n', encoding="utf-8")
    out = tmp_path / "o.jsonl"
    assert run(source, "--out", out).exit_code == 0
    assert rejected(out)[0]["raw"].startswith("'=cmd")


@pytest.mark.shared
def test_the_written_examples_are_all_found(tmp_path: Path) -> None:
    gold, out = SHARED / "text" / "observables_dev.jsonl", tmp_path / "o.jsonl"
    assert run(gold, "--out", out).exit_code == 0
    scored = subprocess.run(
        [sys.executable, SHARED / "text" / "score.py", "observables", gold, out], capture_output=True, check=True
    )
    told = json.loads(scored.stdout)
    assert told["missing"] == 0
    assert told["all"]["f1"] >= 0.98
    assert told["negatives"]["with_a_false_hit"] == 0
