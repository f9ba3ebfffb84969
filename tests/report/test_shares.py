"""Whose money is where, as the dossier tells it: victims masked, every row with its records."""

from __future__ import annotations

from pathlib import Path

from tests.report.conftest import PAID

from upriver.case.store import Case
from upriver.report.dossier import write_dossier
from upriver.report.findings import findings
from upriver.report.identity import masks
from upriver.report.stage import STAGE
from upriver.report.why import why


def told(case: Case) -> dict[str, str]:
    return {made.claim.title: made.claim.text for made in findings(case, masks(case), 50)}


def test_the_largest_ends_say_whose_money_they_hold_with_victims_masked(harbour: Case) -> None:
    texts = told(harbour)
    desk = texts["Whose money is at acc_desk_1: 60,000 USD of 2 victims or named sources"]
    assert "Victim 1 (52,000 USD; 46,800 USD to 52,000 USD over the methods)" in desk
    assert "stolenwallet88" not in desk
    park = next(text for title, text in texts.items() if title.startswith("Whose money is at acc_park_1"))
    assert "4,900 USD, ransom" in park
    assert "100 USD is nobody's by name" in park
    # Money that was sent on for the most part is no end.
    assert not any("acc_mule_2" in title for title in texts if title.startswith("Whose"))


def test_what_could_be_asked_back_is_told_with_ransom_and_inducements_apart(harbour: Case) -> None:
    title = "76,900 USD can be told by victim and account where it could be asked back"
    text = told(harbour)[title]
    assert "87 % of what was found and did not come back" in text
    assert "4,900 USD of it was paid as ransom" in text
    assert "500 USD came back to victims, 500 USD of it before they paid again" in text
    assert "for a court" in text


def test_a_claim_opens_to_the_records_that_brought_the_money(harbour: Case) -> None:
    harbour.run(STAGE)
    finding = next(
        row for row in harbour.read("finding").to_pylist() if row["title"].startswith("Whose money is at acc_desk_1")
    )
    support = harbour.read("finding_support", where=f"finding_id = '{finding['finding_id']}'").to_pylist()
    assert {(row["table_name"], row["record_id"]) for row in support} == {("attribution", PAID[4]["record_id"])}
    assert "by attribution at1" in why(harbour, finding["finding_id"])


def test_the_table_of_losses_says_where_most_of_it_stands(harbour: Case, tmp_path: Path) -> None:
    harbour.run(STAGE)
    page = write_dossier(harbour).read_text(encoding="utf-8")
    assert "most of it stands at" in page
    assert '<span class="mono">acc_desk_1</span> 52,000 USD' in page
    assert "500 USD to win trust" in page
