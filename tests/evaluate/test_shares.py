from __future__ import annotations

from pathlib import Path

import pytest

from upriver.case.store import Case
from upriver.evaluate.shares import share_scores
from upriver.evaluate.truth import Truth


def truth(*shares: tuple[str, str, float]) -> Truth:
    """Accounts X and Y are ends, M is none."""
    accounts = [{"account": name, "terminal": "0" if name == "M" else "1"} for name in "MXY"]
    told = [{"person_id": person, "account": account, "usd": str(usd)} for person, account, usd in shares]
    return Truth(accounts, [], [], [], [], [], told, [])


def attributed(case: Case, *rows: tuple[str, str, float]) -> None:
    case.fill("attribution", [
        {"attribution_id": f"a{number}", "victim_id": victim, "kind": "loss", "account": account, "fate": "stands",
         "usd": usd, "low_usd": usd, "high_usd": usd, "share_of_account": 1.0, "share_of_loss": 1.0,
         "stop_reason": "parked", "n_transfers": 1, "transfer_ids": ["t"], "record_ids": ["f#1"]}
        for number, (victim, account, usd) in enumerate(rows)
    ])  # fmt: skip


def test_the_right_money_of_the_right_victim_at_the_right_end_scores_one(case: Case) -> None:
    attributed(case, ("e1", "X", 30.0), ("e2", "Y", 70.0))
    told = {name: value for _, name, value, _ in share_scores(
        case, truth(("ada", "X", 30.0), ("bo", "Y", 70.0), ("bo", "M", 5.0)), {"e1": "ada", "e2": "bo"}
    )}  # fmt: skip
    assert told["each victim's USD at its end"] == pytest.approx(1.0)
    # Shared out alike, 9 of Ada's 30 and 49 of Bo's 70 are where they should be.
    assert told["trivial: all victims alike"] == pytest.approx(0.58)


def test_the_money_of_another_victim_does_not_count(case: Case) -> None:
    attributed(case, ("e2", "X", 30.0))
    score = share_scores(case, truth(("ada", "X", 30.0)), {"e1": "ada", "e2": "bo"})
    assert score[0][2] == 0.0


def test_a_truth_without_the_question_has_no_score(case: Case, tmp_path: Path) -> None:
    attributed(case, ("e1", "X", 30.0))
    assert share_scores(case, truth(), {"e1": "ada"}) == []
