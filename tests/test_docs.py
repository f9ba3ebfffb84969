"""Documents say what is there: links lead somewhere, and no page knows the machine it was written on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from upriver.case.settings import parse
from upriver.pipeline import ORDER, stages

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")],
    key=lambda path: path.as_posix(),
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"(?s)```.*?```")
MACHINE = re.compile(r"(?<![\w.])(?:/(?:home|root|tmp|work|Users|mnt|opt|var|private)/|[A-Z]:\\\\|localhost:\d)")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_picture_exists(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    assert MACHINE.findall(page.read_text(encoding="utf-8")) == []


def test_a_path_of_a_machine_would_be_found() -> None:
    assert MACHINE.search("see /home/somebody/case")
    assert not MACHINE.search("see docs/home/page and `upriver serve`")


def test_the_settings_shown_are_settings_that_work() -> None:
    text = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    (shown,) = [block for block in re.findall(r"(?s)```toml\n(.*?)```", text) if block.startswith("[case]")]
    told = parse(shown)
    assert set(told.parameters) <= set(ORDER)
    for stage in stages():
        told.parameters_of(stage.name, stage.params())


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_readme_shows_what_the_public_record_really_prints(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from upriver.cli import main

    told = CliRunner().invoke(
        main, ["investigate", str(ROOT / "examples" / "public-record"), "--case", str(tmp_path / "r.upriver"), "-q"]
    )
    assert told.exit_code == 0, told.output
    printed = " ".join(told.output.split())
    for page in (ROOT / "README.md", ROOT / "docs" / "walkthrough.md"):
        block = re.findall(r"(?s)```\n(.*?)```", page.read_text(encoding="utf-8"))[0]
        for part in block.split("…"):
            assert " ".join(part.split()) in printed, (page.name, part)
