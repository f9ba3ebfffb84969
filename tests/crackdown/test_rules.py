"""A loophole is a finding: one sentence, one ratio, its records, what would close it, what would change the answer."""

from __future__ import annotations

import re
from pathlib import Path

from tests.crackdown import small

from upriver.case.store import Case
from upriver.crackdown.ratios import rules
from upriver.crackdown.stage import STAGE

ROOM = Path(__file__).parent.parent.parent / "src" / "upriver" / "crackdown"


def test_every_rule_of_the_code_has_its_words_and_no_words_are_without_a_rule() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py")))
    named = {name for name in rules() if re.search(rf'"{name}"', code)}
    assert named == set(rules())
    used = set(re.findall(r'loophole\(\s*"([a-z_]+)"', code))
    assert used <= set(rules())
    assert len(used) > 20


def test_every_rule_says_what_would_close_it_and_what_would_change_the_answer() -> None:
    for name, words in rules().items():
        assert {"closed_by", "changed_by"} <= set(words) <= {"closed_by", "changed_by", "together"}, name
        assert all(len(text) > 20 and not text.endswith(".") for text in words.values()), name


def test_each_ratio_of_a_case_gives_all_five(case: Case) -> None:
    small.fill(case).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    rows = small.every_ratio(case)
    assert {row["dimension"] for row in rows} == {"area", "role", "money", "time", "network"}
    for row in rows:
        assert row["sentence"].endswith("."), row["label"]
        assert row["sentence"].count(". ") == 0, row["sentence"]
        assert row["record_ids"], row["label"]
        assert row["closed_by"], row["label"]
        assert row["changed_by"], row["label"]
        if row["ratio"] is not None:
            assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"], row["label"]
