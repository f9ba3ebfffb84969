"""Who said it first, and how far each page is from them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.crackdown.tellings import tell

from upriver.crackdown.ledger import basis, reconcile
from upriver.crackdown.naming import share
from upriver.crackdown.origins import steps, traced
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.rulings import Rulings, rulings
from upriver.crackdown.speakers import chain, origin

PARAMS = CrackdownParams()
WORDS = "the ministry announced that four hundred and twelve people had been led out of the compound at dawn on Friday"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("China's Ministry of Public Security", "公安部"),
        ("AFP, citing Global New Light of Myanmar", "Global New Light of Myanmar"),
        ("Thai police", "泰国警方"),
        ("OFAC", "US Treasury"),
        ("the provincial police", "省公安厅"),
        ("the border command", "边防指挥部12月10日对老街3名涉嫌组织者"),
        ("the task force", "联合工作组"),
        ("Thai police on 10 December", "泰国警方"),
        ("the Ministry of Public Security of China", "China Ministry of Public Security"),
    ],
)
def test_one_speaker_in_two_spellings_is_one_origin(one: str, other: str) -> None:
    assert origin(one) == origin(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Thai police", "Chinese police"),
        ("Tak border command", "the border command"),
        ("3rd Army Region", "3rd Cavalry Regiment"),
        ("Wenzhou Intermediate People's Court", "Shenzhen Intermediate People's Court"),
        ("Ministry of Public Security", "Ministry of Foreign Affairs"),
        ("Mekong News", "Lake Post"),
    ],
)
def test_two_speakers_stay_two(one: str, other: str) -> None:
    assert origin(one) != origin(other)


def test_a_chain_is_read_from_the_one_who_repeats_to_the_one_who_said_it() -> None:
    assert chain("Xinhua, citing the court") == ("Xinhua", "the court")


def test_the_speakers_own_page_is_no_step_away_and_a_copy_one_further_than_its_original() -> None:
    own = tell("a", source="Thai police", speaker="Thai police", words=WORDS)
    quoting = tell("b", source="Lake Post", speaker="Thai police", words=f"police said {WORDS}")
    through = tell("c", source="Lake Post", speaker="Xinhua, citing Thai police", words="other words")
    copy = tell("d", source="Mirror", speaker="Thai police", words=f"police said {WORDS}")
    told = {t.report_id: t for t in traced([own, quoting, through, copy], {})}
    assert [steps(told[name]) for name in "abcd"] == [0, 1, 2, 2]
    assert told["d"].copy_of == "Lake Post"


def test_ten_re_writes_are_one_witness_and_the_basis_says_so() -> None:
    pages = [tell(f"r{n}", source=f"Mirror {n}", speaker=f"Mirror {n}", words=WORDS) for n in range(10)]
    (action,) = reconcile(pages, PARAMS)
    assert len(action.speakers) == 1
    assert basis(action) == "the figure of 1 first speaker, of 10 tellings by 1 first speaker, 9 of these copies"


def test_short_words_that_agree_are_no_copy() -> None:
    told = traced([tell("a", words="arrested 100 people"), tell("b", words="arrested 100 people")], {})
    assert [telling.copy_of for telling in told] == [None, None]


def test_names_are_shared_across_scripts_and_families() -> None:
    assert share(("罗嘉成",), ("Luo Jiacheng",))
    assert share(("孟氏犯罪集团",), ("Meng clan",))
    assert share(("the Xu family",), ("许茂林",))
    assert not share(("Xu Maolin",), ("Xu Laofa",))
    assert not share((), ("Luo Jiacheng",))


# ---- what analysts decide ----------------------------------------------------------------------------------------


def decision(kind: str, subject: str, other: str | None = None, at: str = "2026-01-01T00:00:00") -> dict[str, Any]:
    return {
        "decision_id": f"{kind}{subject}{other}{at}", "kind": kind, "subject_id": subject, "object_id": other,
        "decided_at": at,
    }  # fmt: skip


def groups(*decisions: dict[str, Any]) -> set[frozenset[str]]:
    told = [tell("a"), tell("b"), tell("c", count=40.0, places=("Poipet",))]
    made = reconcile(told, PARAMS, rulings(decisions))
    return {frozenset(t.report_id for t in action.tellings) for action in made}


def test_analysts_split_and_merge_and_the_later_decision_stands() -> None:
    assert groups() == {frozenset("ab"), frozenset("c")}
    assert groups(decision("split", "b", "a")) == {frozenset("a"), frozenset("b"), frozenset("c")}
    assert groups(decision("merge", "c", "a")) == {frozenset("abc")}
    later = decision("merge", "a", "b", at="2026-02-01T00:00:00")
    assert groups(decision("split", "a", "b"), later) == {frozenset("ab"), frozenset("c")}


def test_a_split_holds_within_what_the_evidence_calls_one_happening() -> None:
    told = [tell("a", happening="h"), tell("b", happening="h")]
    made = reconcile(told, PARAMS, rulings([decision("split", "a", "b")]))
    assert len(made) == 2


def test_a_source_marked_as_a_copy_is_no_witness() -> None:
    told = [tell("a", speaker="police"), tell("b", speaker="reporter")]
    (action,) = reconcile(told, PARAMS, rulings([decision("copy", "Paper b", "Paper a")]))
    assert action.speakers == ("police",)


def test_an_entry_is_accepted_as_it_stands_and_lapses_when_it_changes() -> None:
    from upriver.crackdown.ledger import action_id

    (action,) = reconcile([tell("a")], PARAMS)
    decided = Rulings(accepted=frozenset({action_id(action)}))
    assert reconcile([tell("a")], PARAMS, decided)[0].accepted
    assert not reconcile([tell("a"), tell("b")], PARAMS, decided)[0].accepted
