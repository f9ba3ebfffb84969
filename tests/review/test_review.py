"""Review as an analyst meets it: real processes, a pipe and a terminal; and what the next run makes of it."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import folders
from tests.review.conftest import write

from upriver.case import journal
from upriver.case.journal import Decision
from upriver.case.store import Case
from upriver.pipeline import investigate


def review(place: Path, answers: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upriver", "review", "evidence.upriver", "--who", "Inspector A", *words],
        input=answers, capture_output=True, text=True, check=False, cwd=place,
    )  # fmt: skip


def heads(told: str) -> list[str]:
    """The name of each pair that was shown."""
    return re.findall(r"name +│ ([\w ]+?) +│ [=≠ ] │ ", told)


def clusters(home: Path, name: str) -> list[set[str]]:
    """Entities of one name, by cluster."""
    with Case.open(home, read_only=True) as case:
        rows = case.sql(
            "SELECT DISTINCT e.entity_id, e.canonical_id FROM entity e JOIN statement s ON s.entity_id = e.entity_id "
            f"WHERE s.prop = 'name' AND s.value = '{name}' ORDER BY 2, 1"
        ).to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["canonical_id"], set()).add(row["entity_id"])
    return list(found.values())


def test_pairs_come_in_order_with_evidence_and_each_answer_is_in_the_journal(place: Path) -> None:
    told = review(place, "a saw both passports\nr\nq\n")
    assert told.returncode == 0, told.stderr
    assert heads(told.stdout)[:2] == ["Gia Trial", "Dee Sample"]
    why = next(line for line in told.stdout.splitlines() if line.startswith("Why: "))
    assert why.startswith("Why: equal names; ")
    assert why.endswith("a name alone never merges two people")
    assert "staff.csv, row 3 (staff list)" in told.stdout
    assert "rank 1 by control" in told.stdout
    assert "1 accepted, 1 rejected, 0 skipped" in told.stdout
    made, _ = journal.read(place / "evidence.upriver")
    assert [(one.kind, one.who, one.why) for one in made] == [
        ("same", "Inspector A", "saw both passports"),
        ("different", "Inspector A", f"seen side by side: {why.removeprefix('Why: ')}"),
    ]


def test_a_decision_on_one_pair_settles_the_others_between_the_same_two(place: Path) -> None:
    shown = heads(review(place, "r\nr\nq\n").stdout)
    # Dee Sample of the staff list, and the two of the telephone who are one: one answer is enough.
    assert shown.count("Dee Sample") - shown[2:].count("Dee Sample") == 1
    assert "no pair is left" in review(place, "s\n" * 9).stdout


def test_what_is_taken_back_counts_no_more_and_comes_again(place: Path) -> None:
    told = review(place, "a\nu\ns\nu\nu\nq\n").stdout
    assert "taken back: the decision same" in told
    assert "taken back: the skip" in told
    assert "nothing of this sitting to take back" in told
    assert heads(told)[:3] == ["Gia Trial", "Dee Sample", "Gia Trial"]
    assert journal.read(place / "evidence.upriver") == ([], [])
    every, _ = journal.every(place / "evidence.upriver" / journal.FILE)
    assert [one.kind for one in every] == ["same", "withdraw"]
    again = investigate(place / "evidence")
    assert again.notices == ()
    assert len(clusters(place / "evidence.upriver", "Gia Trial")) == 2


def test_a_decision_survives_new_names_and_new_files_of_the_evidence(place: Path) -> None:
    home = place / "evidence.upriver"
    review(place, "a\nq\n")
    assert len(clusters(home, "Gia Trial")) == 2
    evidence = place / "evidence"
    (evidence / "lists" / "deep").mkdir()
    (evidence / "staff.csv").rename(evidence / "lists" / "deep" / "personnel (2).csv")
    folders.write(evidence, {"third.csv": "site,holder,phone,item,granted_on\nEast Gate,Gia Trial,,badge,2026-01-01\n"})
    run = investigate(evidence)
    assert run.notices == ()
    together = clusters(home, "Gia Trial")
    assert sorted(len(one) for one in together) == [1, 2]
    with Case.open(home, read_only=True) as case:
        (row,) = case.read("judgement", where="decided_by = 'Inspector A'").to_pylist()
    assert row["judgement"] == "same"
    assert {row["left_id"], row["right_id"]} in together
    # It is not asked again; the newcomer is.
    shown = review(place, "s\n" * 9).stdout
    assert shown.count("East Gate") >= 1
    assert heads(shown).count("Gia Trial") == 2


def test_a_case_made_anew_from_the_same_folder_takes_the_journal_along(place: Path) -> None:
    review(place, "a\nq\n")
    fresh = place / "fresh.upriver"
    fresh.mkdir()
    (fresh / journal.FILE).write_bytes((place / "evidence.upriver" / journal.FILE).read_bytes())
    investigate(place / "evidence", fresh)
    assert len(clusters(fresh, "Gia Trial")) == 1


def test_a_merge_is_parted_and_stays_parted(place: Path) -> None:
    home = place / "evidence.upriver"
    assert sorted(map(len, clusters(home, "Dee Sample"))) == [1, 2]
    told = review(place, "r two women share the phone\nq\n", "--merged")
    assert heads(told.stdout) == ["Dee Sample"]
    assert "they are one now" in told.stdout
    for fresh in (False, True):
        investigate(place / "evidence", fresh=fresh)
        assert sorted(map(len, clusters(home, "Dee Sample"))) == [1, 1, 1]
    assert "no pair is left" in review(place, "", "--merged").stdout


def test_victims_are_masked_until_they_are_asked_for(place: Path) -> None:
    told = review(place, "s\n" * 9)
    assert "Victim 1" in told.stdout
    assert not any(secret in told.stdout for secret in ("Ada Example", "14155550123", "V100"))
    assert "Ada Example" in review(place, "s\n" * 9, "--unmask").stdout
    with Case.open(place / "evidence.upriver", read_only=True) as case:
        assert [one["what"] for one in case.manifest.unmasked] == ["review"]


def test_the_end_of_the_answers_quits_and_strange_ones_are_told(place: Path) -> None:
    told = review(place, "\n\nmarry\n?\nA capital too\n")
    assert told.returncode == 0
    assert "'marry' is none of" in told.stdout
    assert "they are two, and stay two" in told.stdout
    (made,), _ = journal.read(place / "evidence.upriver")
    assert (made.kind, made.why) == ("same", "capital too")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("review", "evidence.upriver"), 2, "--who"),
        (("review", "evidence.upriver", "--who", " "), 2, "--who takes the name"),
        (("review", "nowhere.upriver", "--who", "A"), 1, "no such case"),
    ],
)
def test_a_review_needs_a_case_and_a_name(place: Path, words: tuple[str, ...], code: int, said: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "upriver", *words], capture_output=True, text=True, check=False, cwd=place, input=""
    )
    assert told.returncode == code
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_most_ends_the_sitting(place: Path) -> None:
    assert "2 skipped" in review(place, "s\n" * 9, "--most", "2").stdout


def test_words_of_the_evidence_are_no_orders_to_the_terminal(tmp_path: Path) -> None:
    write(tmp_path / "evidence")
    name = "Ivo [bold red]Trap[/bold red] \x1b[2JMark"
    rows = f"S,{name},,key of {name},2025-12-01\nT,{name},,key two,2025-12-02\n"
    folders.write(tmp_path / "evidence", {"x.csv": "site,holder,phone,item,granted_on\n" + rows})
    investigate(tmp_path / "evidence")
    told = review(tmp_path, "s\n" * 12).stdout
    assert "[bold red]Trap" in " ".join(told.split())
    assert "\x1b" not in told


# ---- on a terminal -----------------------------------------------------------------------------------------------


def _until(screen: int, words: str, told: list[bytes]) -> None:
    """Read the terminal until it shows `words`."""
    deadline = time.monotonic() + 300
    while words.encode() not in b"".join(told):
        assert time.monotonic() < deadline, (words, b"".join(told).decode(errors="replace")[-2000:])
        if select.select([screen], [], [], 0.5)[0]:
            with contextlib.suppress(OSError):  # the end of a terminal
                told.append(os.read(screen, 65_536))


def strike(place: Path, words: tuple[str, ...], steps: tuple[tuple[str, str, str], ...]) -> None:
    """Sit at a terminal: of each step wait for the first, strike the second, wait for the third; then it is over."""
    screen, theirs = pty.openpty()
    command = [sys.executable, "-m", "upriver", "review", "evidence.upriver", "--who", "Inspector A", *words]
    env = {**os.environ, "COLUMNS": "120", "TERM": "xterm-256color"}
    run = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=place, env=env, close_fds=True)
    os.close(theirs)
    try:
        told: list[bytes] = []
        for ready, keys, expected in steps:
            _until(screen, ready, told)
            told = told[-1:] if ready != "? help" else []
            os.write(screen, keys.encode())
            _until(screen, expected, told)
        assert run.wait(timeout=300) == 0
    finally:
        run.kill()
        run.wait()
        os.close(screen)


def test_single_keys_decide_on_a_terminal(place: Path) -> None:
    strike(place, (), (
        ("? help", "a", "one: written as"), ("? help", "u", "taken back: the decision same"),
        ("? help", "\x1b[A", "is none of"), ("? help", "s", "skipped"), ("? help", "R", "Why"),
        ("Why", "not she\r", "two: written as"), ("? help", "q", "0 accepted, 1 rejected, 1 skipped"),
    ))  # fmt: skip
    made: list[Decision] = journal.read(place / "evidence.upriver")[0]
    assert [(one.kind, one.why) for one in made] == [("different", "not she")]
