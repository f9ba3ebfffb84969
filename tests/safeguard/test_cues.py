"""Cues of one's own: found beside the case, and a slip told with file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from upriver.errors import SettingsError
from upriver.safeguard.cues import cues, digest
from upriver.safeguard.indicators import read_signs
from upriver.safeguard.stage import SafeguardParams, cues_folder, with_cues

SPANISH = """
[person]
documento = "(pasaporte|documentos)"

[marks]
first = ["me", "mi", "nos", "nuestro"]
negation = ["nunca", "nadie"]

[[sign]]
name = "documentos retenidos"
indicator = "retention_of_identity_documents"
operational = "coercion_at_destination.documents"
state = "present"
source = "interviews of our shelter, 2025"
wordings = ["(quitaron|retienen|guardan) (mi|el|los|nuestro) {documento}"]
"""


def folder_with(place: Path, text: str | bytes, name: str = "own.toml") -> Path:
    folder = place / "evidence.cues"
    folder.mkdir()
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_a_file_beside_the_case_teaches_another_language(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SPANISH)
    known = cues(folder)
    found = read_signs("Me quitaron mi pasaporte.", known)
    assert [(sign.indicator, sign.state, sign.first) for sign in found] == [
        ("retention_of_identity_documents", "present", True)
    ]
    assert read_signs("Nunca retienen los documentos.", known)[0].state == "absent"
    assert read_signs("Me quitaron mi pasaporte.") == []


def test_the_folder_beside_the_evidence_is_taken_and_a_named_one_goes_before(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    assert cues_folder(SafeguardParams(), tmp_path / "evidence") is None
    beside = folder_with(tmp_path, SPANISH)
    assert cues_folder(SafeguardParams(), tmp_path / "evidence") == beside
    (tmp_path / "words").mkdir()
    named = cues_folder(SafeguardParams(cues="../words"), tmp_path / "evidence")
    assert named is not None
    assert named.resolve() == (tmp_path / "words").resolve()


def test_a_named_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[parameters.safeguard\] cues: there is no folder 'nowhere'"):
        with_cues(SafeguardParams(cues="nowhere"), tmp_path)


def test_a_changed_wording_changes_what_the_stage_depends_on(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    folder = folder_with(tmp_path, SPANISH)
    before = with_cues(SafeguardParams(), tmp_path / "evidence")
    (folder / "own.toml").write_text(SPANISH.replace("guardan", "esconden"))
    assert before != with_cues(SafeguardParams(), tmp_path / "evidence")
    assert digest(None) == ""


GOOD = (
    '[[sign]]\nname = "n"\nindicator = "isolation"\nstate = "present"\nsource = "s"\nwordings = ["no phone at all"]\n'
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[sign]\n", r"own.toml: no TOML"),
        (b"\xff\xfe[", r"own.toml: not UTF-8 at byte 0"),
        ("[words]\n", r"own.toml: no section 'words'; allowed: child, marks, order, ordinary, person, sign, slots"),
        ("[sign]\n", r"write \[\[sign\]\], with two brackets"),
        (GOOD.replace('"isolation"', '"sadness"'), r"\[\[sign\]\] 1 \(n\): no indicator 'sadness'; allowed: abuse"),
        (GOOD.replace('"present"', '"maybe"'), r"state must be present or absent, and is 'maybe'"),
        (GOOD.replace('source = "s"\n', ""), r"\(n\): source is missing"),
        (GOOD.replace('["no phone at all"]', "[]"), r"\(n\) wordings: needs a list of at least one wording"),
        (GOOD.replace("no phone at all", "no (phone"), r"a bracket does not close"),
        (GOOD.replace("no phone at all", "* phone"), r"a gap may not stand at an end"),
        (GOOD.replace("no phone at all", "{nobody} phone"), r"no word list \{nobody\} under \[person\]"),
        (GOOD.replace("no phone at all", "ไม่มีโทรศัพท์"), r"cannot be looked for; wordings are of Latin"),
        (GOOD + 'weight = "strong"\n', r"no key 'weight'"),
        (GOOD + 'operational = "coercion.x"\n', r"no operational sign 'coercion.x'"),
        (GOOD + 'seen = "yes"\n', r"seen must be true or false"),
        ('[marks]\ncolours = ["red"]\n', r"\[marks\] colours: no such list"),
        ('[person]\nme = "(yo)"\n', r"\[person\] me: this name is taken"),
        ("[child]\nages = [1]\n", r"\[child\]: holds one list, `words`"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_file_and_entry(tmp_path: Path, text: str | bytes, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        cues(folder_with(tmp_path, text))


def test_a_slip_stops_the_run_before_any_stage(tmp_path: Path) -> None:
    from tests import folders

    from upriver.pipeline import investigate

    folders.one_victim(tmp_path / "evidence")
    folder_with(tmp_path, GOOD.replace('"isolation"', '"sadness"'))
    with pytest.raises(SettingsError, match="sadness"):
        investigate(tmp_path / "evidence")
