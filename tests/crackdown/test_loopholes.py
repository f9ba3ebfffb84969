"""What stayed open: ratios that pair like with like, and "no figure" where nobody tells one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.crackdown.small import every_ratio
from tests.crackdown.tellings import tell

from upriver.case.store import Case
from upriver.crackdown.ledger import reconcile
from upriver.crackdown.loopholes import loopholes
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.ratios import spelled
from upriver.crackdown.stage import STAGE

ESTIMATE: Mapping[str, Any] = {
    "type": "estimate", "count": 1000.0, "cumulative": None, "subject": "people_in_compounds",
    "first": date(2025, 1, 1), "last": date(2025, 12, 31), "speaker": "UN",
}  # fmt: skip
ROOT = Path(__file__).parents[2]


def ratios(*changes: Mapping[str, Any]) -> dict[str, dict[str, object]]:
    told = [tell(f"r{n}", **change) for n, change in enumerate(changes)]
    return {str(row["label"]): row for row in loopholes(reconcile(told, CrackdownParams()), CrackdownParams())}


def one(found: dict[str, dict[str, object]], words: str) -> dict[str, object]:
    (row,) = [row for label, row in found.items() if words in label]
    return row


def test_leaders_are_a_share_of_the_same_happening_with_its_range() -> None:
    found = ratios(
        {"happening": "h", "count": 44_000.0},
        {"happening": "h", "count": 440_000.0, "speaker": "a copy", "published": date(2025, 12, 1)},
        {"happening": "h", "count": 171.0, "role": "leader"},
    )
    row = one(found, "leaders among people arrested")
    assert spelled(row) == "171 / 44,000 = 0.39 %"
    assert row["ratio_low"] == pytest.approx(171 / 440_000)
    assert row["n_sources"] == 2
    assert "far apart: the ledger tells who says what" in str(row["caution"])


def test_two_running_totals_are_never_set_against_each_other() -> None:
    found = ratios(
        {"cumulative": True, "series": "one", "happening": "a", "count": 173.0, "role": "leader"},
        {"cumulative": True, "series": "two", "happening": "b", "count": 11_000.0, "type": "repatriation"},
    )
    assert not any("leaders among people repatriated" in label for label in found)


def test_people_taken_are_held_against_an_estimate_of_the_same_place() -> None:
    row = one(ratios({}, ESTIMATE), "of those estimated: Bavet")
    assert (row["numerator"], row["denominator"], row["ratio"]) == (100.0, 1000.0, 0.1)
    assert "estimate" in str(row["caution"])


def test_an_area_with_an_estimate_and_nobody_taken_has_no_figure() -> None:
    row = one(ratios(ESTIMATE), "of those estimated: Bavet")
    assert (row["numerator"], row["ratio"], row["denominator"]) == (None, None, 1000.0)
    assert spelled(row) == "no figure / 1,000"


def test_one_raid_in_a_town_is_no_figure_for_a_country() -> None:
    row = one(ratios({}, {**ESTIMATE, "places": ("Cambodia",)}), "of those estimated: Cambodia")
    assert row["numerator"] is None


def test_a_total_of_a_part_says_that_it_is_of_that_part_alone() -> None:
    total = {"cumulative": True, "series": "s", "places": ("northern Myanmar",), "country": "MM"}
    row = one(ratios(total, {**ESTIMATE, "places": ("Myanmar",)}), "in northern Myanmar, of those estimated: Myanmar")
    assert "that of northern Myanmar alone" in str(row["caution"])


def test_a_later_and_larger_figure_of_the_area_is_the_upper_end() -> None:
    day = date(2026, 2, 1)
    total = {"type": "repatriation", "cumulative": True, "series": "s"}
    later = {**total, "count": 300.0, "first": day, "last": day, "announced": day, "published": day}
    row = one(ratios(total, later, ESTIMATE), "of those estimated: Bavet")
    assert (row["numerator"], row["ratio_high"]) == (100.0, 0.3)
    assert "upper end is 300 people repatriated, Bavet, 2026-02-01" in str(row["caution"])


def test_a_running_total_goes_before_the_single_happenings_that_are_in_it() -> None:
    total = {"cumulative": True, "series": "s", "count": 700.0, "type": "handover"}
    row = one(ratios({"count": 40.0}, {"count": 50.0, "happening": "other"}, total, ESTIMATE), "of those estimated")
    assert (row["numerator"], row["denominator"]) == (700.0, 1000.0)


def test_a_total_larger_than_the_estimate_gives_way_to_what_fits() -> None:
    total = {"cumulative": True, "series": "s", "count": 7000.0, "type": "handover"}
    row = one(ratios({}, total, ESTIMATE), "of those estimated: Bavet")
    assert spelled(row) == "100 / 1,000 = 10.00 %"


def test_more_reached_than_estimated_is_told_as_no_share() -> None:
    row = one(ratios({"count": 7000.0}, ESTIMATE), "of those estimated: Bavet")
    assert row["ratio"] == 7.0
    assert "this is no share" in str(row["caution"])


def test_a_country_is_named_not_coded() -> None:
    found = ratios({"country": "MM"}, {"type": "sanction", "role": "protector", "count": 7.0, "country": "MM"})
    assert one(found, "protectors sanctioned: Myanmar")["numerator_what"] == "protectors taken, Myanmar: no figure"


def test_an_estimate_of_one_nationality_is_no_denominator_for_all() -> None:
    assert not [label for label in ratios({}, {**ESTIMATE, "subject": "nationals_involved"}) if "estimated" in label]


def test_protectors_sanctioned_and_not_taken_have_no_figure_above_them() -> None:
    row = one(ratios({}, {"type": "sanction", "role": "protector", "count": 7.0}), "protectors sanctioned")
    assert (row["numerator"], row["denominator"]) == (None, 7.0)


def test_another_observers_count_is_held_against_the_claim() -> None:
    claimed = {"type": "disruption", "unit": "buildings", "cumulative": True, "series": "s", "count": 413.0}
    seen = {"type": "disruption", "unit": "buildings", "count": 31.0, "speaker": "satellites", "happening": "h"}
    assert one(ratios(claimed, seen), "another observer")["ratio"] == pytest.approx(31 / 413)


def test_money_seized_against_a_years_losses_says_flow_and_stock() -> None:
    seized = {"type": "seizure", "unit": "USD", "count": 400.0}
    losses = {**ESTIMATE, "unit": "USD/year", "subject": "losses_per_year", "count": 10_000.0, "places": ()}
    row = one(ratios(seized, losses), "losses per year")
    assert row["ratio"] == pytest.approx(0.04)
    assert "flow" in str(row["caution"])


def test_money_of_another_country_or_currency_is_no_numerator() -> None:
    seized = {"type": "seizure", "unit": "THB", "count": 400.0}
    losses = {**ESTIMATE, "unit": "USD/year", "subject": "losses_per_year", "count": 10_000.0, "places": ()}
    assert one(ratios(seized, losses), "losses per year")["numerator"] is None


def test_a_site_running_again_after_a_raid_is_counted() -> None:
    site = {"type": "site_status", "count": None, "happening": "x", "subject": "X Park", "cumulative": None}
    again = {
        **site,
        "status": "rebuilt",
        "first": date(2026, 3, 1),
        "last": date(2026, 3, 1),
        "announced": None,
        "published": None,
    }
    row = one(ratios({**site, "status": "raided"}, again), "running again")
    assert (row["numerator"], row["denominator"]) == (1.0, 1.0)


def _fill(case: Case, **tables: list[dict[str, object]]) -> None:
    for name in STAGE.reads:
        case.fill(name, tables.get(name, []))
    case.run(STAGE, CrackdownParams())


def test_nothing_told_gives_no_ratio_and_no_row(case: Case) -> None:
    _fill(case)
    assert {case.read(name).num_rows for name in STAGE.writes} == {0}


def test_the_handed_over_are_held_against_the_papers_of_the_site_and_the_ranking(case: Case) -> None:
    def fact(entity: str, schema: str, prop: str, value: str) -> dict[str, object]:
        return {"statement_id": f"{entity}{prop}{value}", "entity_id": entity, "schema": schema, "prop": prop,
                "value": value, "record_id": f"list#{entity}"}  # fmt: skip

    people = ["p1", "p2", "p3", "p4"]
    _fill(
        case,
        statement=[
            fact("p1", "Person", "status", "handed over"),
            fact("e1", "Event", "involved", "p1"),
            fact("e1", "Event", "location", "Blue Park"),
        ],
        entity=[
            *({"entity_id": p, "canonical_id": p, "schema": "Person", "caption": p, "n_members": 1} for p in people),
            {"entity_id": "o", "canonical_id": "o", "schema": "Organization", "caption": "BLUE PARK", "n_members": 1},
        ],
        edge=[
            {"edge_id": f"w{p}", "source_id": p, "target_id": "o", "kind": "works_at", "directed": True, "weight": 1.0,
             "n_records": 1, "record_ids": [f"staff#{p}"]} for p in people
        ],
        role=[
            {"person_id": "p4", "rank": 1, "rank_low": 1, "rank_high": 2, "score": 0.9, "features": '{"commands": 0.9}',
             "reason": "keys", "protection": "none", "record_ids": ["keys#1"]}
        ],
    )  # fmt: skip
    found = {str(row["label"]): row for row in every_ratio(case)}
    place = one(found, "of those the evidence shows there")
    assert (place["numerator"], place["denominator"], place["dimension"]) == (1.0, 4.0, "area")
    assert "list#p1" in place["record_ids"]  # type: ignore[operator]
    assert one(found, "of those highest by control")["ratio"] == 0.0
    assert one(found, "presumed victims among")["numerator"] is None  # nobody was screened: no figure


def test_the_public_record_gives_the_ratios_that_its_sources_allow(tmp_path: Path) -> None:
    from upriver.case.stage import Stage
    from upriver.evidence.stage import STAGE as EVIDENCE
    from upriver.extract.events import event_reports
    from upriver.extract.params import ExtractParams

    extract = Stage("extract", ("record",), ("event_report", "rejected_record"), event_reports, ExtractParams)
    with Case.create(tmp_path / "x.upriver", folder=ROOT / "examples" / "public-record") as case:
        case.run(EVIDENCE, EVIDENCE.params())
        case.run(extract, ExtractParams())
        assert case.read("rejected_record").num_rows == 0
        _fill_rest(case)
        lines = {f"{row['label']}: {spelled(row)}" for row in every_ratio(case)}
    expected = (
        ("leaders among people handed over", "63 / 31,000 = 0.20 %"),
        ("leaders among people handed over", "171 / 44,000 = 0.39 %"),
        ("locations shut or demolished, of those estimated: Cambodia", "200 / 250 = 80.00 %"),
        ("people arrested, of those estimated: Myawaddy", "13,272 / 100,000 = 13.27 %"),
        ("handed over in northern Myanmar, of those estimated: Myanmar (OHCHR, 2023)", "31,000 / 120,000 = 25.83 %"),
        ("buildings counted by another observer", "31 / 413 = 7.51 %"),
        ("satellite terminals seized", "30 / 2,500 = 1.20 %"),
        ("protectors sanctioned: Myanmar", "no figure / 7"),
        (
            "USD frozen or seized, of losses per year: United States (US government, 2024)",
            "401,600,000 / 10,000,000,000 = 4.02 %",
        ),
    )
    for words, figure in expected:
        assert any(words in line and line.endswith(figure) for line in lines), (words, figure)


def _fill_rest(case: Case) -> None:
    for name in STAGE.reads:
        if name != "event_report":
            case.fill(name, [])
    case.run(STAGE, CrackdownParams())


def _traced(case: Case, origin: str, returned: float = 0.0) -> dict[str, dict[str, object]]:
    day = datetime(2026, 1, 2)
    kept = {"holder_id": None, "n_hops": 1, "first_at": day, "last_at": day, "unseen_inflow_usd": 0.0,
            "service_score": 0.0, "reason": "kept"}  # fmt: skip
    _fill(
        case,
        flow=[
            {"transfer_id": id_, "source_account": "a", "target_account": "b", "origin": why, "occurred_at": day,
             "amount_usd": usd, "record_id": "file#row 1"}
            for id_, why, usd in (("t", origin, 80.0), ("r", "return", returned))
            if usd
        ],
        loss=[{"victim_id": "v", "reported_usd": 100.0, "found_usd": 80.0, "returned_usd": returned, "n_payments": 1,
               "ransom_usd": 0.0, "inducement_usd": 0.0, "net_usd": 80.0,
               "reached_cash_out_usd": 50.0, "record_ids": ["file#row 1", "other#row 2"]}],
        traced_account=[
            {"account": "desk", "received_usd": 50.0, "kept_usd": 50.0, "low_usd": 50.0, "high_usd": 60.0,
             "stop_reason": "service", "cash_out": True, **kept},
            {"account": "rest", "received_usd": 30.0, "kept_usd": 30.0, "low_usd": 30.0, "high_usd": 30.0,
             "stop_reason": "parked", "cash_out": False, **kept},
        ],
    )  # fmt: skip
    return {str(row["label"]): row for row in every_ratio(case)}


def test_a_service_where_money_leaves_for_cash_counts_as_a_cash_out_point(case: Case) -> None:
    found = _traced(case, "victim_payment")
    assert one(found, "victims' money that stopped at cash-out points")["numerator"] == 50.0
    assert not [label for label in found if "no cash-out point" in label]


def test_where_no_return_was_seen_there_is_no_figure_of_money_given_back(case: Case) -> None:
    assert one(_traced(case, "victim_payment"), "given back by those who took it")["numerator"] is None


def test_a_return_that_was_seen_has_its_figure_even_when_it_is_small(case: Case) -> None:
    assert one(_traced(case, "victim_payment", returned=0.5), "given back by those who took it")["numerator"] == 0.5


def test_all_files_of_the_money_are_its_sources(case: Case) -> None:
    assert one(_traced(case, "victim_payment"), "found in the evidence")["sources"] == ["file", "other"]


def test_money_of_named_accounts_is_stolen_money_and_all_of_it_found(case: Case) -> None:
    found = _traced(case, "stolen")
    assert one(found, "stolen money that stopped parked")["ratio"] == pytest.approx(30 / 80)
    assert not [label for label in found if "victims" in label or "found in the evidence" in label]
