"""Accounts that look like a mule's, as the dossier tells them: of the account, never of its holder."""

from __future__ import annotations

from tests.report.conftest import PAID

from upriver.case.store import Case
from upriver.report.dossier import write_dossier
from upriver.report.findings import findings
from upriver.report.identity import masks
from upriver.report.masking import Masks
from upriver.report.stage import STAGE


def told(case: Case, shown: Masks | None = None) -> dict[str, str]:
    made = findings(case, shown or masks(case), 50)
    return {one.claim.title: one.claim.text for one in made if "mule's" in one.claim.title}


def whose(case: Case, account: str, person: str) -> None:
    """Give the account to a person of the case."""
    record = PAID[0]["record_id"]
    case.fill("observable", [
        *case.read("observable").to_pylist(),
        {"observable_id": f"bank_account:{account}", "kind": "bank_account", "value": account, "raw": account,
         "entity_id": person, "start": -1, "record_id": record},
    ])  # fmt: skip


def test_accounts_in_the_path_of_the_money_are_told_and_no_others(harbour: Case) -> None:
    texts = told(harbour)
    whole = texts["2 accounts look like a mule's in the path of victims' money"]
    assert "acc_layer_1 (0.90) and acc_mule_1 (0.70)" in whole
    assert not any("acc_other" in title + text for title, text in texts.items())


def test_each_says_why_what_else_would_fit_and_that_nothing_is_said_of_its_holder(harbour: Case) -> None:
    text = told(harbour)["acc_layer_1 looks like a mule's account: 0.90 of 1"]
    assert "77,000 USD of victims' money reached it" in text
    assert "99 % of what came in left within 24 hours" in text
    assert "would fit: an agent" in text
    assert "may have known, been deceived, or be held" in text


def test_a_claim_opens_to_the_transfers_of_the_account(harbour: Case) -> None:
    harbour.run(STAGE)
    (finding,) = (row for row in harbour.read("finding").to_pylist() if row["title"].startswith("acc_layer_1 looks"))
    support = harbour.read("finding_support", where=f"finding_id = '{finding['finding_id']}'").to_pylist()
    assert {row["row_id"] for row in support} == {"T3", "T4", "T5", "T6"}
    assert finding["n_support"] == 4


def test_a_captives_account_is_masked_marked_and_no_suspects(harbour: Case) -> None:
    whose(harbour, "acc_layer_1", "aa02")
    texts = told(harbour)
    (title,) = (title for title in texts if title.endswith("0.90 of 1"))
    assert "acc_layer_1" not in title + texts[title]
    assert "presumed victim of trafficking: help comes first" in texts[title]
    assert "suspect" not in title + texts[title]
    assert any("1 account is of people who may be victims" in text for text in texts.values())
    page = write_dossier(harbour).read_text(encoding="utf-8")
    assert '<span class="flag">its holder is a presumed victim' in page


def test_who_may_be_a_victim_is_marked_so_when_names_are_shown_too(harbour: Case) -> None:
    whose(harbour, "acc_layer_1", "aa02")
    text = told(harbour, Masks.none())["acc_layer_1 looks like a mule's account: 0.90 of 1"]
    assert "presumed victim of trafficking: help comes first" in text


def test_without_such_accounts_nothing_is_said(harbour: Case) -> None:
    harbour.fill("mule", [])
    assert told(harbour) == {}
