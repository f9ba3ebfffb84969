"""`upriver patterns` from the command line: a file of transfers in, alerts out, and no input that breaks it."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from upriver.cli import main

HEADER = "transfer_id,source_account,target_account,occurred_at,amount_usd\n"
FAN = "".join(f"t{k},p{k},M,2026-01-01T0{k}:00:00Z,500\n" for k in range(8))


def run(*arguments: object) -> Result:
    told = CliRunner().invoke(main, ["patterns", *map(str, arguments)])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told


def of(folder: Path, text: str, *options: str) -> tuple[Result, list[dict[str, str]]]:
    (folder / "in.csv").write_text(text, encoding="utf-8")
    told = run(folder / "in.csv", "--out", folder / "out.csv", *options)
    if told.exit_code:
        return told, []
    with (folder / "out.csv").open(encoding="utf-8", newline="") as stream:
        return told, list(csv.DictReader(stream))


def test_an_alert_names_its_transfers_its_reasons_and_an_innocent_reading(tmp_path: Path) -> None:
    told, rows = of(tmp_path, HEADER + FAN)
    assert told.exit_code == 0
    (row,) = rows
    assert (row["kind"], row["account"], row["n_transfers"], row["amount_usd"]) == ("fan_in", "M", "8", "4000")
    assert row["transfer_ids"].split("|") == [f"t{k}" for k in range(8)]
    assert row["severity_reasons"] == "8 different payers, where 8 are enough"
    assert row["innocent"]
    assert (tmp_path / "out.mules.csv").read_text(encoding="utf-8").startswith("account,score,reasons,innocent\n")
    assert not (tmp_path / "out.rejected.csv").exists()


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    lines = [f"t{k:02},p{k % 5},m{k % 3},2026-01-0{1 + k % 9}T01:00:00,{900 + k}\n" for k in range(60)]
    _, first = of(tmp_path, HEADER + "".join(lines), "--set", "fan=3")
    random.Random(1).shuffle(lines)
    _, second = of(tmp_path, HEADER + "".join(lines), "--set", "fan=3")
    assert first
    assert first == second


def test_rows_that_cannot_be_used_go_to_a_file_of_their_own(tmp_path: Path) -> None:
    told, rows = of(tmp_path, HEADER + FAN + "t9,,M,2026-01-01,5\n")
    assert len(rows) == 1
    assert (tmp_path / "out.rejected.csv").read_text(encoding="utf-8").splitlines()[
        1
    ] == '10,no payer,"t9,,M,2026-01-01,5"'
    assert "1 rows refused" in told.output
    of(tmp_path, HEADER + FAN)
    assert not (tmp_path / "out.rejected.csv").exists()


def test_a_known_service_is_no_centre(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text("account\nM\n", encoding="utf-8")
    assert of(tmp_path, HEADER + FAN, "--services", str(tmp_path / "services.csv"))[1] == []


def test_parameters_and_columns_can_be_told(tmp_path: Path) -> None:
    assert of(tmp_path, HEADER + FAN, "--set", "fan=9")[1] == []
    text = "A,B,C,D\n" + "".join(f"p{k},M,0{k}/02/2026,500\n" for k in range(1, 9))
    named = [f"--column={field}={name}" for field, name in
             (("source_account", "A"), ("target_account", "B"), ("occurred_at", "C"), ("amount", "D"))]  # fmt: skip
    told, rows = of(tmp_path, text, *named, "--date-order", "dmy", "--zone", "Asia/Bangkok", "--set", "window_days=8")
    assert [row["kind"] for row in rows] == ["fan_in"], told.output
    assert rows[0]["first_at"] == "2026-01-31T17:00:00"


def test_what_an_account_pays_itself_is_no_pattern(tmp_path: Path) -> None:
    text = HEADER + "".join(f"t{k},A,A,2026-01-01T0{k}:00:00Z,9500\n" for k in range(8)) + "u,A,B,2026-01-01,5\n"
    told, rows = of(tmp_path, text)
    assert (told.exit_code, rows) == (0, [])


@pytest.mark.parametrize(
    "options",
    [["--set", "fan=x"], ["--set", "no_such=1"], ["--set", "fan=-1"], ["--set", "least_usd=nan"],
     ["--column", "amount"], ["--column", "amount=none"], ["--zone", "Nowhere/At_All"], ["--services", "none.csv"]],
)  # fmt: skip
def test_a_wrong_option_is_told_in_words(tmp_path: Path, options: list[str]) -> None:
    told, _ = of(tmp_path, HEADER + FAN, *options)
    assert told.exit_code == 1
    assert told.output.startswith("upriver: ")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("seed", range(30))
def test_torn_bytes_never_break_it(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    content = bytearray((HEADER + FAN).encode())
    for _ in range(dice.randint(1, 40)):
        place = dice.randrange(len(content))
        content[place : place + dice.randint(0, 2)] = bytes(
            dice.choice(b'\x00\xff",\n\r;9\t') for _ in range(dice.randint(0, 3))
        )
    (tmp_path / "in.csv").write_bytes(content)
    told = run(tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    assert told.exit_code in (0, 1)
    assert told.output.splitlines()[-1].startswith("upriver: ")


def test_the_file_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(HEADER + FAN, encoding="utf-8")
    assert run(tmp_path / "in.csv", "--out", tmp_path / "in.csv").exit_code == 1
    assert (tmp_path / "in.csv").read_text(encoding="utf-8") == HEADER + FAN
