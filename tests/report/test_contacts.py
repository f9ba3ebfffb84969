"""The page of contacts: sources and no people, each row with its records, victims masked, nothing proved."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import comb
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.report.conftest import SECRETS

from upriver.case.store import Case
from upriver.report.approached import Approached, median_interval
from upriver.report.claims import Facts
from upriver.report.dossier import write_dossier
from upriver.report.identity import masks
from upriver.report.scriptpicture import blank, script_picture
from upriver.report.stage import STAGE

START = datetime(2025, 3, 1)


def page(case: Case, *, unmask: bool = False) -> str:
    return (write_dossier(case, unmask=unmask).parent / "contacts.html").read_text(encoding="utf-8")


def test_an_empty_case_says_that_there_is_no_evidence_of_contacts(case: Case) -> None:
    case.run(STAGE)
    assert "No evidence of this kind" in page(case)


def test_the_page_says_that_a_flag_is_no_proof_and_names_sources_alone(harbour: Case) -> None:
    harbour.run(STAGE)
    text = page(harbour)
    assert "never proof" in text
    assert "may be a captive" in text
    assert "handle Uncle" in text
    assert not [secret for secret in SECRETS if secret in text]
    assert "80,000 USD" in text


def test_every_row_opens_to_records_and_to_a_finding_that_stands_in_the_dossier(harbour: Case) -> None:
    harbour.run(STAGE)
    text = page(harbour)
    named = set(re.findall(r'index\.html#(F\d+)"', text))
    assert len(named) >= 3
    index = (harbour.home / "dossier" / "index.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in index for name in named)
    assert "contacts.html" in index
    for row in re.findall(r'<tr><th scope="row">handle Uncle.*?</tr>', text, re.DOTALL):
        assert "reports.csv, row 3" in row


def test_a_victims_number_called_in_vain_is_told_as_unanswered(harbour: Case) -> None:
    harbour.run(STAGE)
    titles = [row["title"] for row in harbour.read("finding").to_pylist()]
    assert "1 approach went unanswered" in titles
    assert any(title.startswith("From first contact to first payment: 31 days (of 1: too few") for title in titles)


def talked(case: Case) -> dict[str, Any]:
    """A script of three senders to people whom no list knows; returns its row."""
    texts = (
        "Hi Anna, my uncle teaches me gold futures, deposit $500 at goldx.top",
        "Hi Bert van Dam, my uncle teaches me gold futures, deposit 9,000 at x.top",
        "Hi Carla, my uncle teaches me gold futures, deposit 6222021234567890 at x.top",
    )
    case.fill("message", [
        {"message_id": f"m{n}", "thread": f"t{n}", "sender": f"phone:+66{n}", "recipient": f"phone:+1{n}",
         "sent_at": START + timedelta(hours=n), "text": text, "platform": "sms", "record_id": f"m#{n}"}
        for n, text in enumerate(texts)
    ])  # fmt: skip
    return {"record_ids": ["m#0", "m#1", "m#2"], "n_senders": 3}


def test_variants_stand_side_by_side_and_what_was_filled_in_is_told_by_its_kind(case: Case) -> None:
    row = talked(case)
    made = script_picture(Facts(case, masks(case), 1), row, 1)
    assert made is not None
    svg = str(made[0])
    assert svg.count("my uncle teaches me gold futures, deposit") == 3
    assert "$500" in svg
    assert "[number]" in svg
    assert "[3 words]" in svg
    assert not [name for name in ("Anna", "Bert", "Carla", "6222021234567890") if name in svg]
    shown = script_picture(Facts(case, masks(case, unmask=True), 1), row, 1)
    assert shown is not None
    assert "Bert van Dam" in str(shown[0])


def test_one_variant_alone_has_no_picture(case: Case) -> None:
    row = talked(case)
    assert script_picture(Facts(case, masks(case), 1), {**row, "record_ids": ["m#1"]}, 1) is None


@given(st.text(max_size=40))
def test_no_word_of_a_blank_is_shown_while_victims_are_masked(text: str) -> None:
    told = blank(f"Annabel {text}", True)
    assert "Annabel" not in told


@given(st.lists(st.integers(0, 99), min_size=1, max_size=60).map(sorted))
def test_the_interval_of_a_median_holds_it_in_95_of_100_samples_and_no_narrower_one_does(days: list[int]) -> None:
    n = len(days)

    def missed(left: int) -> float:
        return 2 * sum(comb(n, at) for at in range(left + 1)) / 2**n

    found = median_interval(days)
    wanted = [left for left in range(n // 2) if missed(left) <= 0.05]
    assert found == ((days[wanted[-1]], days[n - 1 - wanted[-1]]) if wanted else None)


def test_each_victim_counts_once_from_the_earliest_contact(harbour: Case) -> None:
    delays = Approached(Facts(harbour, masks(harbour), 1)).delays()
    assert (delays.days, delays.n_victims, delays.median, delays.interval) == ((31.0,), 1, 31.0, None)
