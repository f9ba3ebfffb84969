"""The rules that protect people, one by one: each with the tests that hold it, which must be there.

A rule whose test was renamed or taken away fails here. What no room's own tests hold is tested at the end.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from upriver.roles.stage import STAGE as ROLES
from upriver.safeguard.stage import STAGE as SAFEGUARD

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src" / "upriver"


@dataclass(frozen=True)
class Rule:
    """A rule in words, and the tests that hold it as (file, test)."""

    words: str
    held_by: tuple[tuple[str, str], ...]


_SCREEN, _STAGE, _SIGNS = "safeguard/test_screen.py", "safeguard/test_stage.py", "safeguard/test_indicators.py"
_RANK, _ROLES, _SHEET = "roles/test_ranking.py", "roles/test_stage.py", "interview/test_sheet.py"
RULES = (
    Rule(
        "Two scales for a person, never one: need for protection, and evidence of organising; neither is subtracted",
        (
            (_RANK, "test_need_for_protection_stands_beside_the_rank_and_never_changes_it"),
            (_ROLES, "test_need_for_protection_is_shown_beside_every_rank"),
            ("test_do_no_harm.py", "test_screening_reads_nothing_that_ranks_and_ranking_no_sign_or_testimony"),
        ),
    ),
    Rule(
        "An indicator is present, absent or unknown; unknown is never counted as absent",
        (
            (_SCREEN, "test_silence_and_inference_are_never_an_absence"),
            (_SCREEN, "test_what_nobody_saw_is_no_absence"),
            (_SCREEN, "test_order_of_evidence_does_not_matter_and_every_unknown_keeps_its_question"),
        ),
    ),
    Rule(
        "The output is a referral with the open questions, never guilt",
        (
            (_SHEET, "test_every_sheet_says_that_it_is_no_finding_and_that_silence_clears_nobody"),
            (_SHEET, "test_open_questions_come_in_the_order_of_an_interview"),
            ("safeguard/test_frames.py", "test_no_question_leads"),
            (_SHEET, "test_a_sheet_holds_no_role_no_rank_and_no_score_whatever_the_case_holds"),
        ),
    ),
    Rule(
        "What a speaker did to others, an order, a story or everyday life is no sign of the speaker's own",
        (
            ("safeguard/test_slots.py", "test_the_speaker_who_does_it_to_others_shows_no_sign_of_their_own"),
            ("safeguard/test_slots.py", "test_an_order_is_no_testimony"),
            ("safeguard/test_slots.py", "test_ordinary_life_stories_and_what_might_be_are_no_signs"),
        ),
    ),
    Rule(
        "Never a clearance",
        (
            (_SCREEN, "test_denying_everything_clears_nobody"),
            (_RANK, "test_a_person_without_marks_is_not_cleared_in_words"),
        ),
    ),
    Rule(
        "Children found in a compound are presumed victims; in doubt, a child; handled first",
        (
            (_SCREEN, "test_a_child_found_at_a_site_is_a_presumed_victim_without_any_sign"),
            (_SCREEN, "test_in_doubt_about_age_the_person_is_a_child"),
            ("safeguard/test_ages.py", "test_an_age_under_18_or_a_doubt_makes_a_child_however_it_is_told"),
            ("safeguard/test_ages.py", "test_no_further_telling_makes_an_adult_of_who_was_told_to_be_a_child"),
            (_SHEET, "test_a_child_or_who_may_be_one_stands_first"),
        ),
    ),
    Rule(
        "A handover list proves presence, not role",
        ((_SCREEN, "test_a_handover_list_alone_gives_no_information_and_proves_no_role"),),
    ),
    Rule(
        "A confession in custody proves nothing about role by itself",
        ((_ROLES, "test_a_confession_in_custody_is_no_mark_of_control"),),
    ),
    Rule(
        "Nationality, sex, age, language, place alone are never features",
        (
            (_SIGNS, "test_nationality_sex_age_language_and_place_are_never_signs"),
            (_ROLES, "test_nationality_sex_and_age_change_no_rank"),
            (_SHEET, "test_languages_are_read_from_records_and_never_from_nationality"),
        ),
    ),
    Rule(
        "A name alone never merges two people",
        (
            ("resolve/test_stage.py", "test_a_name_alone_never_merges_two_people"),
            ("report/test_identity.py", "test_a_namesake_is_masked_and_the_name_points_to_nobody"),
        ),
    ),
    Rule(
        "Leaders are ranked by control and never by volume, with reasons and a rank interval",
        (
            (_ROLES, "test_a_loud_worker_has_no_mark_of_control_and_stands_below_a_quiet_chief"),
            (_ROLES, "test_shares_of_several_groups_count_and_volume_passed_on_does_not"),
            (_RANK, "test_reasons_are_told_strongest_first_and_rest_on_records"),
            (_RANK, "test_who_stands_by_one_record_has_a_wider_interval_than_who_stands_by_ten"),
        ),
    ),
    Rule("Kin is shown, never scored", ((_RANK, "test_kin_is_shown_and_never_scored"),)),
    Rule(
        "Missing records never count for or against anyone",
        (
            (_RANK, "test_more_evidence_never_lowers_a_score_and_nobody_elses_changes"),
            (_SCREEN, "test_one_more_sign_never_lowers_the_grounds"),
        ),
    ),
    Rule(
        "A presumed victim is no target and is called no leader",
        (("crackdown/test_custody.py", "test_nobody_is_called_a_leader_without_evidence_or_who_is_presumed_a_victim"),),
    ),
    Rule(
        "Victims and presumed victims are masked by default in every export, page, sheet and explanation, in "
        "quotations, file names, accounts and phones",
        (
            ("report/test_identity.py", "test_who_is_masked"),
            ("report/test_why.py", "test_the_path_of_a_file_named_after_a_captive_is_masked"),
            ("report/test_mules.py", "test_a_captives_account_is_masked_marked_and_no_suspects"),
            ("test_cli.py", "test_exports_are_masked_unless_told_otherwise"),
            ("requests/test_folder.py", "test_no_victim_and_no_captive_stands_on_any_sheet_or_key"),
            (_SHEET, "test_nobody_but_the_person_is_ever_named"),
        ),
    ),
    Rule(
        "Unmasking is a flag that is written into the manifest",
        (
            ("test_cli.py", "test_unmasked_requests_are_noted_in_the_manifest"),
            ("test_cli.py", "test_unmasked_people_are_noted_in_the_manifest"),
        ),
    ),
    Rule(
        "What was said under protection never lies beside a list that ranks; what an accuser said stands on no sheet",
        (
            (_SHEET, "test_no_sheet_lies_beside_a_list_that_ranks_people"),
            (_SHEET, "test_what_an_accuser_says_of_a_person_stands_on_no_sheet"),
            ("test_cli.py", "test_sheets_are_kept_out_of_the_case_that_ranks"),
        ),
    ),
    Rule(
        "What was done to others is not the speaker's own; a threat is not the deed; a question is no evidence",
        (
            (_SIGNS, "test_what_was_done_to_others_is_not_the_speakers_own"),
            (_SIGNS, "test_a_threat_is_not_the_deed"),
            (_SIGNS, "test_a_question_is_evidence_only_with_its_answer"),
        ),
    ),
    Rule(
        "Words: presumed victim, never a finding of guilt",
        (("test_do_no_harm.py", "test_no_word_that_we_do_not_use_stands_in_what_is_shown"),),
    ),
)


@cache
def held_in(path: str) -> frozenset[str]:
    """Names of the test functions of a file below tests/."""
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.words[:60])
def test_every_rule_is_held_by_tests_that_are_there(rule: Rule) -> None:
    assert rule.held_by
    assert [(path, name) for path, name in rule.held_by if name not in held_in(path)] == []


def test_every_test_that_the_document_names_is_there() -> None:
    text = (ROOT / "docs" / "safeguard.md").read_text(encoding="utf-8")
    all_tests = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in held_in(path.relative_to(ROOT / "tests").as_posix())
    }
    named = set(re.findall(r"`(test_[a-z_0-9]+)`", text))
    assert named - all_tests == set()
    assert len(named) > 20


def test_screening_reads_nothing_that_ranks_and_ranking_no_sign_or_testimony() -> None:
    assert {"role", "edge", "community", "flow", "trace", "transfer", "loss"}.isdisjoint(SAFEGUARD.reads)
    assert {"trafficking_indicator", "trafficking_sign"}.isdisjoint(ROLES.reads)
    sheet = "".join(path.read_text(encoding="utf-8") for path in sorted((SRC / "interview").glob("*.py")))
    for table in ("role", "edge", "flow", "trace", "community", "mule"):
        assert f'read("{table}"' not in sheet
        assert not re.search(rf"\b(?:FROM|JOIN) {table}\b", sheet)


# What our own pages and sheets may not call anybody, or anything done to them.
UNUSED = re.compile(
    r"pig[- ]butcher|\brescued\b|\bcriminals?\b|\btraffickers?\b|\bperpetrators?\b|\bguilty\b", re.IGNORECASE
)
SHOWN = sorted(
    path
    for room in ("report", "interview", "requests", "web", "package")
    for path in (SRC / room).rglob("*")
    if path.suffix in (".html", ".toml")
)


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(SRC).as_posix())
def test_no_word_that_we_do_not_use_stands_in_what_is_shown(path: Path) -> None:
    text = re.sub(r"(?m)^\s*#.*$", "", path.read_text(encoding="utf-8"))
    assert UNUSED.findall(text) == []


def test_a_word_that_we_do_not_use_would_be_found() -> None:
    assert UNUSED.findall("The traffickers were rescued") == ["traffickers", "rescued"]
