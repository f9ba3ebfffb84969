"""`upriver resolve` from the command line: records in, clusters and reasons out, and no input that breaks it."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from upriver.cli import main

PEOPLE = """id,full name,dob,mobile
1,Wang Xiaoming,1990-05-06,+86 138 0013 8000
2,王小明,6/5/1990,
3,"Smith, John",1980-01-02,
4,John Smith,1980-01-02,
5,Jon Smith,2/1/1980,
6,Peter Smith,1950-03-04,
7,John Smith,,
8,,,
"""


def run(*arguments: object) -> Result:
    told = CliRunner().invoke(main, ["resolve", *map(str, arguments)])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def of(folder: Path, text: str, *options: str) -> tuple[Result, dict[str, str]]:
    (folder / "in.csv").write_text(text, encoding="utf-8")
    told = run(folder / "in.csv", "--out", folder / "out.csv", *options)
    found = rows(folder / "out.csv") if told.exit_code == 0 else []
    return told, {row["id"]: row["cluster"] for row in found}


def test_people_are_known_again_in_any_order_script_and_short_form(tmp_path: Path) -> None:
    told, found = of(tmp_path, PEOPLE)
    assert told.exit_code == 0
    assert found == {"1": "1", "2": "1", "3": "3", "4": "3", "5": "3", "6": "6", "7": "7", "8": "8"}
    assert "stated weights are used" in told.output


def test_every_pair_tells_its_reason_with_what_each_part_lends(tmp_path: Path) -> None:
    of(tmp_path, PEOPLE)
    pairs = {(row["left_id"], row["right_id"]): row for row in rows(tmp_path / "out.pairs.csv")}
    assert pairs["3", "4"]["judgement"] == "same"
    assert pairs["3", "4"]["reason"].startswith("born on the same date (+")
    assert "given names are forms of one name" in pairs["4", "5"]["reason"]
    assert pairs["4", "7"]["judgement"] == "unsure"
    assert 0.0 < float(pairs["4", "7"]["match_probability"]) < 1.0


def test_a_phone_with_its_country_and_without_is_one_phone(tmp_path: Path) -> None:
    of(
        tmp_path,
        "id,name,phone\n1,Somchai Jaidee,+66812345678\n2,Jaidee Somchai,081-234-5678\n3,Mali Suk,089 999 8888\n",
    )
    (pair,) = (row for row in rows(tmp_path / "out.pairs.csv") if (row["left_id"], row["right_id"]) == ("1", "2"))
    assert "same phone, one without its country (+" in pair["reason"]
    assert "different phone" not in pair["reason"]


def test_twins_stay_two_in_a_small_file(tmp_path: Path) -> None:
    text = "id,given,family,dob,town\n1,Anan,Srisuk,1990-03-04,Mae Sot\n2,Boonmee,Srisuk,1990-03-04,Mae Sot\n"
    _, found = of(tmp_path, text)
    assert found == {"1": "1", "2": "2"}
    (pair,) = rows(tmp_path / "out.pairs.csv")
    assert "two given names, and no document" in pair["reason"]


def test_a_name_alone_never_merges(tmp_path: Path) -> None:
    _, found = of(
        tmp_path, "id,name\na,Zephyrine Quillfeather\nb,Zephyrine Quillfeather\nc,Bo Li\n", "--threshold", "0.5"
    )
    assert len(set(found.values())) == 3
    assert "a name alone never merges" in rows(tmp_path / "out.pairs.csv")[0]["reason"]


def test_companies_are_one_by_number_under_whatever_form_of_the_name(tmp_path: Path) -> None:
    _, found = of(
        tmp_path,
        "company,registration number\nHeron Trading Co Ltd,123456\n\"Heron Trading Company, Limited\",123456\n"
        "Lotus Trading Ltd,999999\n",
    )  # fmt: skip
    assert found == {"2": "2", "3": "2", "4": "4"}, "without ids, a record is known by its line"


def test_rows_that_cannot_be_used_are_kept_with_reason_and_text(tmp_path: Path) -> None:
    told, found = of(tmp_path, "id,name,dob\n1,Ana,1990-01-02\n1,Bo,1991-01-02\n,Cy,\n2,Di\n\n3,Eva,\n")
    assert told.exit_code == 0
    assert set(found) == {"1", "3"}
    assert [(row["line"], row["reason"]) for row in rows(tmp_path / "out.rejected.csv")] == [
        ("3", "its id stands in an earlier row"), ("4", "no id"), ("5", "2 cells, where the header has 3")
    ]  # fmt: skip
    of(tmp_path, "id,name,dob\n1,Ana,1990-01-02\n")
    assert not (tmp_path / "out.rejected.csv").exists(), "a file of an earlier run goes"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", (), "an empty file"),
        ("id,age\n1,30\n", (), "no column is known"),
        ("id,name\n", (), "no record can be used"),
        ("id,name\n1,Ana\n", ("--column", "colour=name"), "FIELD is one of"),
        ("id,name\n1,Ana\n", ("--column", "birth=when"), "it has: id, name"),
    ],
)
def test_bad_input_is_told_in_words(tmp_path: Path, text: str, options: tuple[str, ...], said: str) -> None:
    told, _ = of(tmp_path, text, *options)
    assert told.exit_code == 1
    assert said in told.output


def test_a_file_is_never_written_over_itself(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,name\n1,Ana\n", encoding="utf-8")
    told = run(tmp_path / "in.csv", "--out", tmp_path / "in.csv")
    assert told.exit_code == 1
    assert "is the file that is read" in told.output
    assert (tmp_path / "in.csv").read_text(encoding="utf-8") == "id,name\n1,Ana\n"


def test_what_a_person_is_never_counts(tmp_path: Path) -> None:
    text = "id,name,dob,sex,nationality\n" + "".join(f"{n},Ana Cruz,1990-02-0{n},f,mm\n" for n in range(1, 5))
    told, _ = of(tmp_path, text)
    assert "not read on purpose: sex, nationality" in told.output
    assert not any("sex" in row["reason"] or "national" in row["reason"] for row in rows(tmp_path / "out.pairs.csv"))


PEOPLE_APART = [f"{a}{b} {b}{a},{1100 + 40 * a + b}-03-04," for a in range(40) for b in range(28)]


@pytest.mark.parametrize(
    ("rows_told", "clusters"),
    [
        ([*PEOPLE_APART, *["Ana Cruz,1990-01-02,"] * 100], 1121),  # one person, a hundred times
        (["Ana Cruz,,"] * 1100, 1100),  # a name alone
        (PEOPLE_APART, 1120),  # nobody twice
        ([",,"] * 1100, 1100),  # nothing told
        ([f",,u{n // 2}@mail.example" for n in range(1100)], 550),  # an address alone
    ],
)
def test_a_large_register_without_anything_to_learn_from_is_read_all_the_same(
    tmp_path: Path, rows_told: list[str], clusters: int
) -> None:
    text = "id,name,dob,email\n" + "".join(f"{n},{row}\n" for n, row in enumerate(rows_told))
    told, found = of(tmp_path, text)
    assert told.exit_code == 0
    assert len(set(found.values())) == clusters


def register(n_people: int, seed: int) -> tuple[str, dict[str, int]]:
    """People of drawn names, dates and towns, three records each: one as it is, one with a wrong letter, one short."""
    dice = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"

    def word(size: int) -> str:
        return "".join(dice.choice(letters) for _ in range(size))

    given, family, towns = ([word(dice.randint(5, 8)) for _ in range(n)] for n in (80, 300, 60))
    lines, true = ["id,given name,family name,dob,town,postcode"], {}
    for person in range(n_people):
        first, last, town = dice.choice(given), dice.choice(family), dice.choice(towns)
        day = f"19{dice.randint(40, 99)}-{dice.randint(1, 12):02}-{dice.randint(2, 28):02}"
        code = f"{dice.randint(10000, 99999)}"
        at = dice.randrange(len(last))
        wrong = last[:at] + dice.choice(letters) + last[at + 1 :]
        for part in ((first, last, day, town, code), (first, wrong, day, "", code), (first, last, "", town, code)):
            true[f"r{len(lines)}"] = person
            lines.append(f"r{len(lines)}," + ",".join(part))
    return "\n".join(lines) + "\n", true


def test_weights_are_learnt_and_the_answer_is_the_same_every_time(tmp_path: Path) -> None:
    text, true = register(400, seed=3)
    told, found = of(tmp_path, text)
    assert "stated weights" not in told.output
    joined = {(a, b) for a in found for b in found if a < b and found[a] == found[b]}
    right = sum(true[a] == true[b] for a, b in joined)
    assert right == len(joined), "no false merge"
    assert right > 0.9 * 3 * 400
    written = (tmp_path / "out.csv").read_bytes(), (tmp_path / "out.pairs.csv").read_bytes()
    of(tmp_path, text)
    assert ((tmp_path / "out.csv").read_bytes(), (tmp_path / "out.pairs.csv").read_bytes()) == written
