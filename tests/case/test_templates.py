"""Templates: files to share, which hold how a header is read and nothing of the evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from upriver.case import templates
from upriver.case.settings import Settings
from upriver.errors import SettingsError

RIVER = """
[[table]]
header = ["Wann", "Von", "An", "Wieviel"]
form = "bank_transfer"
currency = "EUR"
columns = { occurred_at = "Wann", source_account = "Von", target_account = "An", amount = "Wieviel" }
"""


def written(folder: Path, name: str = "river.toml", text: str = RIVER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_those_beside_case_toml_come_first_and_those_of_the_user_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "case" / "templates")
    written(tmp_path / "user", "lake.toml")
    monkeypatch.setenv(templates.VARIABLE, str(tmp_path / "user"))
    found = templates.of_case(tmp_path / "case", Settings())
    assert [(template.name, template.own) for template in found] == [("river.toml", True), ("lake.toml", False)]
    assert found[0].told.currency == "EUR"
    assert found[0].header == ("Wann", "Von", "An", "Wieviel")


def test_a_told_folder_stands_in_place_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "shared", "told.toml")
    written(tmp_path / "user", "lake.toml")
    (tmp_path / "case").mkdir()
    monkeypatch.setenv(templates.VARIABLE, str(tmp_path / "user"))
    found = templates.of_case(tmp_path / "case", Settings(templates="../shared"))
    assert [template.name for template in found] == ["told.toml"]
    with pytest.raises(SettingsError, match=r"\[templates\] folder: there is no folder 'nowhere'"):
        templates.of_case(tmp_path / "case", Settings(templates="nowhere"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "make one with `upriver map`"),
        ("x = 1", r"holds \[\[table\]\] parts"),
        ("[[table]]\nform = 'rate'", "header: None"),
        ("[[table]]\nheader = []\nform = 'rate'", "header"),
        ("[[table]]\nheader = ['a']", "form is missing"),
        ("[[table]]\nheader = ['a']\nform = 'ledger'", "is no form"),
        ("[[table]]\nheader = ['a']\nform = 'rate'\nown_account = '1'", "a template holds no account"),
        ("[[table]]\nheader = ['a']\nform = 'rate'\nencoding = 'big5'", "unknown key 'encoding'"),
        ("[[table]]\nheader = ['a']\nform = 'rate'\ncolumns = { usd = 'b' }", "'b' is no column of its header"),
        ("[[table]]\nheader = ['a']\nform = 'rate'\ntime_zone = 'Mars/Lake'", "is no time zone"),
        ("[[table", "not valid TOML"),
    ],
)
def test_a_wrong_template_stops_the_run_and_says_where(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text=text)
    with pytest.raises(SettingsError, match=said) as error:
        templates.read(path)
    assert "river.toml" in str(error.value)


def test_a_template_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(b"\xff\xfe[")
    with pytest.raises(SettingsError, match="not UTF-8 at byte 0"):
        templates.read(path)


def test_only_files_right_in_the_folder_are_templates() -> None:
    names = ["templates/a.toml", "templates/deep/a.toml", "templates/a.csv", "other/a.toml", "templates.toml"]
    assert [templates.is_template(name) for name in names] == [True, False, False, False, False]
