"""What case.toml may say, and how it answers to a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from upriver.case.settings import FileSettings, Settings, parse, read
from upriver.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Params:
    horizon_days: int = 90
    threshold: float = 0.5
    kinds: tuple[str, ...] = ("a",)
    name: str | None = None


def test_folder_without_case_toml_tells_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) == Settings()
    assert Settings().of_file("a/b.csv") == FileSettings()


def test_case_toml_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes(b"\xef\xbb\xbf[case]\ntitle = 'x'\n")
    assert read(tmp_path).title == "x"


def test_a_case_toml_that_is_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "case.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["idna", "punycode", "undefined", "base64", "rot13", "mars"])
def test_a_codec_that_is_no_encoding_of_texts_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is no encoding"):
        parse(f'[files."*"]\nencoding = "{name}"\n')


def test_toml_nested_past_reading_is_refused() -> None:
    with pytest.raises(SettingsError, match="not valid TOML"):
        parse("x = " + "[" * 5_000 + "]" * 5_000)


def test_later_glob_wins_and_what_it_does_not_tell_stays() -> None:
    settings = parse(
        """
        [files."*"]
        time_zone = "UTC"
        country = "th"
        [files."bank/*.csv"]
        time_zone = "Asia/Yangon"
        form = "bank_transfer"
        columns = { source_account = "From", amount = 4 }
        """
    )
    bank = settings.of_file("bank/may.csv")
    assert (bank.time_zone, bank.country, bank.form) == ("Asia/Yangon", "TH", "bank_transfer")
    assert dict(bank.columns) == {"source_account": "From", "amount": "4"}
    assert settings.of_file("may.csv").told() == {"time_zone": "UTC", "country": "TH"}


def test_glob_without_slash_is_held_against_the_name_in_every_folder() -> None:
    settings = parse('[files."calls*.csv"]\nheader = false\n')
    assert settings.of_file("deep/down/calls 1.csv").header is False
    assert settings.of_file("deep/other.csv").header is None


def test_sheet_is_told_over_its_file() -> None:
    settings = parse(
        """
        [files."ledger.xlsx"]
        currency = "THB"
        time_zone = "Asia/Bangkok"
        [files."ledger.xlsx".sheets."Out"]
        currency = "usd"
        columns = ["source_account", "", "amount"]
        """
    )
    out = settings.of_file("ledger.xlsx").of_sheet("Out")
    assert (out.currency, out.time_zone, dict(out.columns)) == (
        "USD",
        "Asia/Bangkok",
        {"source_account": "1", "amount": "3"},
    )
    assert settings.of_file("ledger.xlsx").of_sheet("In").currency == "THB"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[case]\ntitel = 'x'", "unknown key 'titel'; allowed: title"),
        ("[extra]", "unknown key 'extra'; allowed: case, files, accounts, parameters"),
        ("[files.'a']\ntimezone = 'UTC'", "unknown key 'timezone'"),
        ("[files.'a']\ntime_zone = 'Asia/Nowhere'", "no time zone"),
        ("[files.'a']\ntime_zone = '../etc'", "no time zone"),
        ("[files.'a']\ncurrency = 'baht-less'", "no currency"),
        ("[files.'a']\ndate_order = 'ydm'", "allowed: ymd, dmy, mdy"),
        ("[files.'a']\ncountry = 'Thailand'", "two letters"),
        ("[files.'a']\ndelimiter = '||'", "one ASCII character"),
        ("[files.'a']\nencoding = 'klingon'", "no encoding"),
        ("[files.'a']\nheader = 'no'", "true or false"),
        ("[files.'a']\nform = 'broken'", "is no form"),
        ("[files.'a']\nform = 'call'\ncolumns = { amount = 'x' }", "'amount' is no field of call"),
        ("[files.'a']\ncolumns = { caller = true }", "its number from 1"),
        ("[files.'a'.sheets.'s']\ndelimiter = ';'", "unknown key 'delimiter'"),
        ("[accounts]\nvictims = 'x'", "a list of texts"),
        ("[files]\na = 3", "a table is expected"),
        ("[case", "not valid TOML"),
    ],
)
def test_mistake_is_named_with_what_is_allowed(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text, "folder/case.toml")
    assert words in str(caught.value)
    assert str(caught.value).startswith("folder/case.toml")


def test_case_toml_in_another_encoding_says_so(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_bytes("[case]\ntitle = '河'".encode("gb18030"))
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        read(tmp_path)


def test_parameters_take_the_place_of_defaults_and_keep_their_type() -> None:
    settings = parse("[parameters.money]\nhorizon_days = 30\nthreshold = 1\nkinds = ['b', 'c']\n")
    assert settings.parameters_of("money", Params()) == Params(30, 1.0, ("b", "c"))
    assert settings.parameters_of("roles", Params()) == Params()


@pytest.mark.parametrize("line", ["horizon = 30", "horizon_days = 'long'", "horizon_days = 1.5", "horizon_days = true"])
def test_parameter_of_another_name_or_type_is_refused(line: str) -> None:
    with pytest.raises(SettingsError, match=r"\[parameters\.money\]"):
        parse(f"[parameters.money]\n{line}\n").parameters_of("money", Params())


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("horizon_days = -1", "allowed: 0 or more"),
        ("threshold = -1", "allowed: 0 or more"),
        ("threshold = nan", "within 64 bits"),
        (f"horizon_days = 1{'0' * 400}", "within 64 bits"),
        ("threshold = -inf", "within 64 bits"),
    ],
)
def test_a_number_that_can_measure_nothing_is_refused(told: str, words: str) -> None:
    settings = parse(f"[parameters.money]\n{told}\n")
    with pytest.raises(SettingsError, match=words):
        settings.parameters_of("money", Params())
