"""The command line as its user meets it: real processes."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests import folders

from upriver.case.store import Case
from upriver.cli import main
from upriver.evidence.stage import STAGE as EVIDENCE


def upriver(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upriver", *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with its case, made by the command itself."""
    place = tmp_path_factory.mktemp("made")
    folders.one_victim(place / "evidence")
    done = upriver("investigate", place / "evidence", "--quiet")
    assert done.returncode == 0, done.stderr
    return place


def test_investigate_prints_a_summary_and_where_the_dossier_is(made: Path) -> None:
    told = upriver("show", made / "evidence.upriver")
    assert told.returncode == 0
    assert "Dossier:" in told.stdout
    assert "F001" in told.stdout
    assert "Ada Example" not in told.stdout


def test_why_walks_to_the_rows_of_source_files(made: Path) -> None:
    told = upriver("why", "F001", cwd=made)
    assert told.returncode == 0, told.stderr
    assert ".csv" in told.stdout or ".jsonl" in told.stdout
    assert "Ada Example" not in told.stdout


def test_requests_say_who_is_asked_and_where_the_sheets_are(made: Path) -> None:
    told = upriver("requests", made / "evidence.upriver")
    assert told.returncode == 0, told.stderr
    index = Path(told.stdout.strip())
    assert index == made / "evidence.upriver" / "requests" / "index.html"
    assert "Exchange Nine" in index.read_text(encoding="utf-8")
    assert "sheets (" in told.stderr
    assert "Ada Example" not in "".join(path.read_text(encoding="utf-8") for path in index.parent.rglob("*.*"))


def test_unmasked_requests_are_noted_in_the_manifest(made: Path, tmp_path: Path) -> None:
    told = upriver("requests", made / "evidence.upriver", "--unmask", "--out", tmp_path / "sheets")
    assert told.returncode == 0, told.stderr
    assert "Ada Example" in (tmp_path / "sheets" / "own" / "references.csv").read_text(encoding="utf-8")
    with Case.open(made / "evidence.upriver", read_only=True) as case:
        assert case.manifest.unmasked[-1]["what"] == "requests"


def test_people_prints_sheets_with_children_first_and_nobody_named(made: Path) -> None:
    told = upriver("people", made / "evidence.upriver")
    assert told.returncode == 0, told.stderr
    assert "2 sheets; handle first: 1 who may be children" in told.stderr
    assert told.stdout.index("may be a child") < told.stdout.index("They took my passport")
    assert "Sample" not in told.stdout
    only = upriver("people", made / "evidence.upriver", "--person", "Person 99")
    assert only.returncode == 1
    assert "no sheet for 'Person 99'" in only.stderr


def test_unmasked_people_are_noted_in_the_manifest(made: Path, tmp_path: Path) -> None:
    told = upriver("people", made / "evidence.upriver", "--unmask", "--out", tmp_path / "sheets")
    assert told.returncode == 0, told.stderr
    assert "Bo Sample" in Path(told.stdout.strip()).read_text(encoding="utf-8")
    with Case.open(made / "evidence.upriver", read_only=True) as case:
        assert case.manifest.unmasked[-1]["what"] == "people"


def test_sheets_are_kept_out_of_the_case_that_ranks(made: Path, tmp_path: Path) -> None:
    inside = upriver("people", made / "evidence.upriver", "--out", made / "evidence.upriver" / "people")
    assert inside.returncode == 1
    assert "lies in the case itself, which a sheet may not touch" in inside.stderr
    (tmp_path / "RANKING.csv").write_text("node,score,rank_low,rank_high,why\n")
    beside = upriver("people", made / "evidence.upriver", "--out", tmp_path)
    assert beside.returncode == 1
    assert "RANKING.csv, which ranks people" in beside.stderr


@pytest.mark.parametrize("words", [("requests",), ("show",), ("why", "F001", "--case")])
def test_a_case_whose_run_was_killed_says_what_stands_and_how_to_go_on(tmp_path: Path, words: tuple[str, ...]) -> None:
    folder = tmp_path / "evidence"
    folders.one_victim(folder)
    with Case.create(tmp_path / "evidence.upriver", folder) as case:
        case.run(EVIDENCE)
    told = upriver(*words, tmp_path / "evidence.upriver")
    assert told.returncode == 1
    assert "the case is not finished: the stage evidence stands; run `upriver investigate" in told.stderr
    assert str(folder) in told.stderr
    assert "--case" not in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("investigate", "nowhere"), "no such folder"),
        (("show", "nowhere.upriver"), "no such case"),
        (("why", "F999", "--case", "evidence.upriver"), "F999"),
        (("decide", "evidence.upriver", "marry", "a", "--who", "A", "--why", "b"), "no decision is called"),
        (("why", "F999", "--case", "evidence.upriver"), "`upriver show`"),
        (("evaluate", "evidence.upriver", "nowhere"), "missing"),
        (("export", "evidence.upriver", "--form", "csv", "--to", "evidence.upriver/x"), "lies in the case itself"),
        (("export", "evidence.upriver", "--form", "ftm", "--to", "evidence.upriver/manifest.json"), "lies in the case"),
        (("export", "evidence.upriver", "--form", "ftm", "--to", "evidence/x"), "lies in the evidence itself"),
        (("export", "evidence.upriver", "--form", "csv", "--to", "evidence/bank.csv/x"), "lies in the evidence"),
        (("requests", "evidence.upriver", "--out", "evidence/x"), "lies in the evidence itself"),
        (("requests", "evidence.upriver", "--out", "evidence.upriver/dossier"), "lies in the case itself"),
        (("requests", "evidence.upriver", "--for", "Nowhere Bank"), "This case asks: "),
        (("requests", "nowhere.upriver"), "no such case"),
        (("simulate", "evidence"), "not empty"),
        (("investigate", "evidence", "--case", "evidence/bank.csv/x"), "lies in the evidence itself"),
        (("decide", "evidence.upriver", "label", "x", "--value", "maybe", "--who", "A", "--why", "b"), "scam, lure"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(made: Path, words: tuple[str, ...], said: str) -> None:
    told = upriver(*words, cwd=made)
    assert told.returncode == 1
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_a_files_name_in_a_bar_is_no_order_to_the_terminal() -> None:
    work = """
        import time
        from upriver.commands.showing import with_bars

        def work(progress):
            progress("evidence", 1, 0.5, "[bold]/[/red]\\x1b[2J.csv")
            time.sleep(0.5)

        with_bars(work, 1)
    """
    # A terminal of its own, since the bars are drawn on none else.
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(work)], stdout=theirs, stderr=theirs) as done:
        os.close(theirs)
        parts = []
        with contextlib.suppress(OSError):  # the end of a terminal
            while part := os.read(ours, 4096):
                parts.append(part)
        os.close(ours)
    shown = b"".join(parts).decode()
    assert done.returncode == 0
    assert "[bold]/[/red]⟨U+001B⟩[2J.csv" in shown
    assert "Traceback" not in shown


def test_a_title_is_no_order_to_the_terminal(tmp_path: Path) -> None:
    toml = '[case]\ntitle = "a\\nb\\u202e\\u001b[2J"\n'
    folder = folders.write(tmp_path / "evidence", {"bank.csv": folders.BANK, "case.toml": toml})
    told = upriver("investigate", folder)
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[0] == "a b⟨U+202E⟩⟨U+001B⟩[2J"


@pytest.mark.parametrize("form", ["csv", "graphml", "ftm"])
def test_exports_are_masked_unless_told_otherwise(made: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    assert upriver("export", made / "evidence.upriver", "--form", form, "--to", target).returncode == 0
    files = [target] if target.is_file() else sorted(path for path in target.rglob("*") if path.is_file())
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert text
    for secret in ("Ada Example", "Bo Sample", "Cy Sample", "+14155550123", "14155550123", "+959420000001"):
        assert secret not in text, secret


def test_a_simulation_says_what_it_wrote_and_where(tmp_path: Path) -> None:
    told = upriver("simulate", tmp_path / "made-up")
    assert told.returncode == 0, told.stderr
    evidence, truth = told.stdout.splitlines()
    assert evidence.startswith(f"Evidence: {tmp_path / 'made-up' / 'evidence'} (")
    assert "transfers" in evidence
    assert "leaders" in truth


def test_digests_are_printed_for_every_table(made: Path) -> None:
    from upriver.model.tables import TABLES

    told = upriver("digest", made / "evidence.upriver")
    assert [line.split()[0] for line in told.stdout.splitlines()] == list(TABLES)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bytes(range(256)), "no table"),
        (b"", "has no column account"),
        (b"account,layer,terminal,received_usd\nA1,mu", "row 2: torn"),
    ],
)
def test_a_truth_that_cannot_be_read_is_named(made: Path, tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "accounts.csv").write_bytes(data)
    told = upriver("evaluate", made / "evidence.upriver", tmp_path)
    assert told.returncode == 1
    assert "accounts.csv" in told.stderr
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_help_answers_before_any_heavy_package_is_loaded() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from upriver.cli import main; "
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0; print(*sorted(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert "click" in loaded
    assert not loaded & {
        "duckdb",
        "fastapi",
        "jinja2",
        "numba",
        "numpy",
        "pyarrow",
        "pyspark",
        "rich",
        "scipy",
        "sqlglot",
    }


@pytest.mark.parametrize("name", list(main.commands))
def test_every_command_shows_how_it_is_used(name: str) -> None:
    told = upriver(name, "--help")
    assert told.returncode == 0
    assert f"\n    upriver {name}" in told.stdout
