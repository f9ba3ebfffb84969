"""Sheets on a case small enough to draw: what they hold, what they never hold, and where they may not lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import folders

from upriver.case.store import Case
from upriver.errors import CaseError, ExportError
from upriver.interview import folder
from upriver.interview.contradictions import by_lists
from upriver.interview.guard import reference
from upriver.interview.needs import is_hidden, languages, needs
from upriver.interview.sheet import HIDDEN, Sheet, words
from upriver.pipeline import investigate

HANDOVER = """list_id,number,name,birth_date,age,sex,nationality,site,handed_over_on,remarks
L1,1,Bo Sample,1999-02-03,,M,KE,North Gate,2026-02-01,bruises on both arms
L1,2,Cy Sample,,about 18,F,ET,North Gate,2026-02-01,
L1,3,Kay Quiet,1990-01-01,,M,MY,North Gate,2026-02-01,
"""
INTERVIEWS = [
    {
        "person_id": "L1/1", "name": "Bo Sample", "interviewer": "Officer Kell",
        "interviewed_at": "2026-02-02T09:00:00Z",
        "text": "Speaks Swahili, interpreter Swahili. They took my passport. Dee Handler hit me with a pipe. "
        "I was told I owed them 8,000 dollars. They said they would find my mother.",
    },
    {
        "person_id": "L1/2", "name": "Cy Sample", "interviewer": "social worker Ann Helper",
        "interviewed_at": "2026-02-02T10:00:00Z",
        "text": "I was raped by the manager. My passport was taken. I was never beaten. I am pregnant.",
    },
]  # fmt: skip
NOTES = """note_id,about,speaker,text
N1,L1/1,Zed Witness,He was not beaten. He could leave whenever he wanted.
N2,L1/3,Zed Witness,He beat me with a pipe and took my passport.
"""
ACCESS = "site,holder,phone,item,granted_on\nNorth Gate,Dee Handler,+959420000009,master key,2025-11-01\n"
SECRETS = ("Bo Sample", "Cy Sample", "Kay Quiet", "Dee Handler", "Zed Witness", "Ann Helper", "Officer Kell")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sheets")
    files: dict[str, str | bytes] = {
        **folders.FILES, "lists/handover.csv": HANDOVER, "interviews.jsonl": folders.jsonl(INTERVIEWS),
        "notes.csv": NOTES, "access.csv": ACCESS,
    }  # fmt: skip
    folders.write(place / "evidence", files)
    return investigate(place / "evidence").home


def made(home: Path, unmask: bool = False) -> dict[str, Sheet]:
    """Sheets by the name that the list tells."""
    with Case.open(home, read_only=True) as case:
        found, _ = folder.people(case, unmask=unmask)
        names = {
            row["person_id"]: row["value"]
            for row in case.sql(
                "SELECT coalesce(e.canonical_id, s.entity_id) AS person_id, s.value FROM statement s "
                "LEFT JOIN entity e ON e.entity_id = s.entity_id WHERE s.prop = 'name' AND s.schema = 'Person'"
            ).to_pylist()
        }
    return {names[sheet.person_id]: sheet for sheet in found if sheet.person_id in names}


def test_a_child_or_who_may_be_one_stands_first(home: Path) -> None:
    with Case.open(home, read_only=True) as case:
        found, _ = folder.people(case)
    assert [sheet.child for sheet in found] == sorted((sheet.child for sheet in found), reverse=True)
    cy = made(home)["Cy Sample"]
    assert cy.child
    assert found[0].person_id == cy.person_id
    assert cy.needs[0].name == "child"


def test_each_sign_has_its_words_its_speaker_how_direct_it_is_and_its_record(home: Path) -> None:
    bo = made(home)["Bo Sample"]
    told = {row.indicator.name: row for row in bo.indicators}
    (papers,) = told["retention_of_identity_documents"].signs
    assert papers.quote == "They took my passport."
    assert (papers.speaker, papers.directness) == ("the person", "said of oneself")
    assert papers.record_id
    violence = told["physical_and_sexual_violence"].signs
    assert ("a list", "seen") in {(sign.speaker, sign.directness) for sign in violence}
    assert told["excessive_overtime"].state == "unknown"


def test_urgent_needs_are_told_with_what_to_do(home: Path) -> None:
    sheets = made(home)
    assert {need.name for need in sheets["Bo Sample"].needs} == {"injury", "debt", "documents", "family_threatened"}
    assert {"child", "sexual_violence", "documents", "illness"} <= {need.name for need in sheets["Cy Sample"].needs}
    assert all(need.do for sheet in sheets.values() for need in sheet.needs)


def test_words_of_sexual_violence_stay_in_their_record(home: Path) -> None:
    cy = made(home)["Cy Sample"]
    quotes = [sign.quote for row in cy.indicators for sign in row.signs]
    assert HIDDEN in quotes
    assert "rape" not in folder.as_text(cy).lower()


def test_what_is_told_two_ways_is_a_question_and_names_no_speaker(home: Path) -> None:
    bo = made(home)["Bo Sample"]
    about = {one.about for one in bo.differing}
    assert {"Health and treatment"} <= about
    text = folder.as_text(bo)
    assert "a witness: “He was not beaten.”" in text
    assert not any(secret in text for secret in SECRETS)


def test_open_questions_come_in_the_order_of_an_interview(home: Path) -> None:
    quiet = made(home)["Kay Quiet"]
    assert len(quiet.questions) == 11
    assert quiet.questions[0].topic == "Daily life"
    assert quiet.questions[-1].topic == "Worries"
    assert quiet.status == "no_information"


def test_languages_are_read_from_records_and_never_from_nationality(home: Path) -> None:
    assert "Swahili" in made(home)["Bo Sample"].languages
    assert made(home)["Kay Quiet"].languages == ()


def test_what_an_accuser_says_of_a_person_stands_on_no_sheet(home: Path) -> None:
    text = folder.as_text(made(home)["Kay Quiet"])
    assert "beat me" not in text
    assert "took my passport" not in text


@pytest.mark.parametrize("unmask", [False, True])
def test_nobody_but_the_person_is_ever_named(home: Path, unmask: bool) -> None:
    for name, sheet in made(home, unmask).items():
        text = folder.as_text(sheet)
        others = [secret for secret in SECRETS if secret != name and secret in text]
        assert others == []
        assert (name in text) is unmask


def test_a_sheet_holds_no_role_no_rank_and_no_score_whatever_the_case_holds(home: Path) -> None:
    with Case.open(home, read_only=True) as case:
        before, shown = folder.people(case)
        pages = folder._pages(case, before, shown) + folder._json(before, shown)
    for word in ("evidence of organising", "rank_", '"score"', "trafficker", "perpetrator"):
        assert word not in pages.lower()


def test_every_sheet_says_that_it_is_no_finding_and_that_silence_clears_nobody(home: Path, tmp_path: Path) -> None:
    with Case.open(home, read_only=True) as case:
        found, shown = folder.people(case)
        index = folder.write(case, found, shown, tmp_path / "sheets")
    pages = sorted(index.parent.glob("*.html"))
    assert len(pages) == len(found) + 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "This sheet is no finding" in text
        assert "clears nobody" in text
        assert "http" not in text.replace("http-equiv", "")
        assert "<script" not in text
    assert "This sheet is no finding" in (index.parent / "people.json").read_text(encoding="utf-8")
    told = json.loads((index.parent / "people.json").read_text(encoding="utf-8"))
    assert [one["reference"] for one in told["people"]] == [sheet.reference for sheet in found]
    assert not any(secret in path.read_text(encoding="utf-8") for path in index.parent.iterdir() for secret in SECRETS)


def test_a_page_of_who_is_gone_from_the_case_is_taken_away_and_other_files_stay(home: Path, tmp_path: Path) -> None:
    (tmp_path / "P-00000000.html").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    with Case.open(home, read_only=True) as case:
        found, shown = folder.people(case)
        folder.write(case, found, shown, tmp_path)
    assert not (tmp_path / "P-00000000.html").exists()
    assert (tmp_path / "mine.txt").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ranking.csv", "node,score,rank_low,rank_high,why\na,1,1,2,x\n"),
        ("role.tsv", "person_id\trank\n"),
        ("roles.json", '[{"person_id": "a", "rank": 1}]'),
        ("index.html", "<h2>Evidence of organising</h2>"),
    ],
)
@pytest.mark.parametrize("target", ["", "sheet.html"])
def test_no_sheet_lies_beside_a_list_that_ranks_people(
    home: Path, tmp_path: Path, name: str, text: str, target: str
) -> None:
    (tmp_path / name).write_text(text)
    with Case.open(home, read_only=True) as case:
        found, shown = folder.people(case)
        with pytest.raises(ExportError, match="which ranks people"):
            folder.write(case, found, shown, tmp_path / target)


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.txt", "a.html"])
def test_one_file_is_written_by_its_ending(home: Path, tmp_path: Path, name: str) -> None:
    with Case.open(home, read_only=True) as case:
        found, shown = folder.people(case)
        written = folder.write(case, found[:1], shown, tmp_path / name)
    assert found[0].reference in written.read_text(encoding="utf-8")


def test_one_person_is_asked_for_by_reference_pseudonym_or_id_and_an_unknown_one_is_told(home: Path) -> None:
    bo = made(home)["Bo Sample"]
    with Case.open(home, read_only=True) as case:
        for wanted in (bo.reference, bo.person_id, bo.shown.upper()):
            (only,) = folder.people(case, wanted)[0]
            assert only.person_id == bo.person_id
        with pytest.raises(CaseError, match="no sheet for 'Nobody'"):
            folder.people(case, "Nobody")


def test_a_case_of_an_earlier_version_says_what_to_do(home: Path) -> None:
    with Case.open(home, read_only=True) as case:
        del case.manifest.stages["safeguard"]["tables"]["trafficking_sign"]
        with pytest.raises(CaseError, match="--fresh"):
            folder.people(case)


@pytest.mark.parametrize(
    ("facts", "about"),
    [
        ([("nationality", "KE", "a"), ("nationality", "UG", "b")], ["nationality"]),
        ([("nationality", "KE", "a"), ("nationality", "ke", "b")], []),
        ([("birth date", "2009", "a"), ("birth date", "2009-03-01", "b")], []),
        ([("birth date", "2009", "a"), ("birth date", "2011-03-01", "b")], ["birth date"]),
        ([("age", "17", "a"), ("age", "18", "b")], []),
        ([("age", "17", "a"), ("age", "25", "b")], ["age"]),
        (
            [("age", "25", "a"), ("birth date", "2009-03-01", "b"), ("found on", "2026-02-01", "a")],
            ["age and birth date"],
        ),
        ([("age", "16", "a"), ("birth date", "2009-03-01", "b"), ("found on", "2026-02-01", "a")], []),
        ([("found on", "2026-02-01", "a"), ("found on", "2026-03-01", "b")], ["found on"]),
        ([("unit", "Team 4", "a"), ("unit", "Kitchen", "b")], ["unit"]),
    ],
)
def test_lists_that_do_not_agree_are_told_and_those_that_may_agree_are_not(facts, about) -> None:
    assert [one.about for one in by_lists(facts)] == about


FACTS = st.lists(
    st.tuples(
        st.sampled_from(["age", "birth date", "nationality", "found on", "site"]),
        st.sampled_from(["17", "25", "2009", "2552-03", "KE", "2026-02-01", "North", "", "x"]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=8,
)


@given(FACTS)
def test_the_order_of_records_makes_no_contradiction(facts: list[tuple[str, str, str]]) -> None:
    assert by_lists(facts) == by_lists(facts[::-1])


def test_a_need_is_told_by_words_and_never_by_inference() -> None:
    sign = {
        "indicator": "debt_bondage", "state": "present", "directness": "inferred", "operational": [], "quote": "x",
        "record_id": "r",
    }  # fmt: skip
    assert needs([sign], [], False, []) == []
    assert [need.name for need in needs([{**sign, "directness": "reported"}], [], False, [])] == ["debt"]
    assert [need.name for need in needs([], [("他说不想活了", "r")], False, [])] == ["self_harm"]
    assert is_hidden("她说被两个主管强奸。")


def test_a_language_counts_beside_a_word_of_speaking() -> None:
    assert languages(["Speaks Amharic and a little English."], []) == ["Amharic", "English"]
    assert languages(["She liked Thai food."], []) == []
    assert languages([], ["我想回家"]) == ["own words written in Chinese characters"]


def test_a_reference_is_made_of_the_id_and_every_state_has_its_words() -> None:
    assert reference("a") == reference("a") != reference("b")
    assert set(words()["states"]) == {"present", "absent", "unknown", "others"}
