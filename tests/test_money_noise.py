"""The second kind of noise, and the scores of a trace, on a record small enough to draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.money_noise import bursts, missing
from benchmarks.money_quality import Case, load, main, score

from upriver.plain.trace import follow

TRANSFERS = """transfer_id,source_account,target_account,occurred_at,amount_usd
a,T,M,2024-01-01T10:00:00Z,100
b,M,X,2024-01-01T12:00:00Z,99
c,P,Q,2024-01-01T13:00:00Z,7
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    (folder / "truth").mkdir(parents=True)
    for name, text in {
        "transfers.csv": TRANSFERS, "sources.csv": "account\nT\n", "services.csv": "account\nX\n",
        "truth/accounts.csv": "account\nT\nM\nX\n", "truth/terminals.csv": "account\nX\n",
        "truth/illicit_transfers.csv": "transfer_id\na\nb\n",
    }.items():  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def case(home: Path) -> Case:
    return load(home / "small")


def test_innocent_money_passes_through_the_laundering_near_its_hops_in_its_amounts(case: Case) -> None:
    noisy = bursts(case.net, case.of(case.illicit), 5.0, 1)
    names = noisy.accounts.to_pylist()
    added = [i for i, one in enumerate(noisy.ids.to_pylist()) if one.startswith("noise")]
    assert added
    assert len(added) % 2 == 0
    quarter = 900_000_000
    for i in added:
        payer, payee = names[noisy.source[i]], names[noisy.target[i]]
        assert (payer == "M") != (payee == "M")
        assert {payer, payee} - {"M"} <= {"P", "Q"}
        assert 99 * 0.99 <= noisy.amount[i] <= 100
        hop = case.net.time[0] if payee == "M" else case.net.time[1]
        assert abs(noisy.time[i] - hop) <= quarter
    assert (np.diff(noisy.time) >= 0).all()
    assert bursts(case.net, case.of(case.illicit), 5.0, 1).ids.equals(noisy.ids)


def test_transfers_go_missing_but_not_those_that_are_kept(case: Case) -> None:
    assert missing(case.net, case.entry(), 1.0, 1).ids.to_pylist() == ["a"]
    assert missing(case.net, case.entry(), 0.0, 1).ids.to_pylist() == ["a", "b", "c"]


def test_a_perfect_trace_scores_one_and_one_that_finds_nothing_more_scores_less(case: Case) -> None:
    assert score(case, follow(case.net, case.entry(), {"X": ""}, "lifo"), case.net) == (1.0, 1.0, 1.0, 1.0)
    lost = follow(case.net, case.entry(), {"M": ""}, "lifo")
    assert score(case, lost, case.net) == (2 / 3, 0.5, 0.0, 0.0)


def test_every_method_is_printed_with_and_without_the_services(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(home)]) == 0
    told = capsys.readouterr().out
    assert told.count("  auto ") == told.count("  poison ") == 14
    assert main([str(home / "nothing")]) == 2
