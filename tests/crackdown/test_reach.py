"""Which part of the known network an action reached, what that is a share of, and when activity was back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crackdown import small

from upriver.case.store import Case
from upriver.crackdown.activity import Series
from upriver.crackdown.known import known
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.rates import Rate
from upriver.crackdown.resumed import back_after
from upriver.crackdown.stage import STAGE

Rows = list[dict[str, Any]]


def coverage(case: Case, dimension: str) -> Rows:
    return case.read("coverage", where=f"dimension = '{dimension}'").to_pylist()


def ratios(case: Case, rule: str) -> Rows:
    return [row for row in small.every_ratio(case) if row["rule"] == rule]


@pytest.fixture
def struck(case: Case) -> Case:
    small.fill(case).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    return case


def test_who_is_known_by_what(case: Case) -> None:
    small.fill(case)
    found: dict[str, str] = {}

    from upriver.case.stage import Desk, Stage

    def look(desk: Desk, params: CrackdownParams) -> None:
        """The known network alone."""
        found.update({person: told.rung for person, told in known(desk, params).people.items()})

    case.run(Stage("crackdown", STAGE.reads, (), look, CrackdownParams))
    assert set(found) == set(small.PEOPLE)  # the reported victim is no part of it
    assert found["boss"] == "highest by control"
    assert found["w0"] == "on lists, no mark of control"
    assert found["w2"] == "hold keys or administer groups"  # ranked among the first, and presumed a victim


def test_a_list_of_the_same_day_and_as_many_people_is_of_the_action(struck: Case) -> None:
    (row,) = coverage(struck, "network")
    assert row["action_id"] == struck.read("action").to_pylist()[0]["action_id"]
    assert (row["reached"], row["of"], row["node_ids"]) == (2.0, 9.0, ["w0", "w1"])
    assert {"list#w0", "list#w1", "news#r1"} <= set(row["record_ids"])


@pytest.mark.parametrize("change", [{"count": 40.0}, {"from_on": small.day(20).date(), "to_on": small.day(20).date()}])
def test_a_list_of_other_days_or_of_other_numbers_stands_alone_and_the_action_has_no_figure(
    case: Case, change: dict[str, Any]
) -> None:
    small.fill(case).fill("event_report", [small.report("r1", **change)])
    case.run(STAGE)
    told = {row["action_id"] is None: row for row in coverage(case, "network")}
    assert told[True]["label"] == "list L1, 2026-03-02"
    assert told[True]["reached"] == 2.0
    assert told[False]["reached"] is None
    assert told[False]["of"] == 9.0


def test_an_action_is_split_by_site_by_rung_and_by_money(struck: Case) -> None:
    assert [(row["reached"], row["of"]) for row in coverage(struck, "site")] == [(1.0, 2.0)]
    on_rungs = {
        row["reached_what"]: (row["reached"], row["of"]) for row in coverage(struck, "role") if row["action_id"]
    }
    assert on_rungs == {"on its lists: on lists, no mark of control": (2.0, 5.0)}
    (money,) = [row for row in coverage(struck, "money") if row["action_id"]]
    assert (money["reached"], money["of"]) == (0.0, 90.0)


def test_each_rung_says_how_many_are_known_on_it_and_the_lists_put_a_site_into_its_area(struck: Case) -> None:
    rungs = {row["label"]: (row["reached"], row["of"]) for row in coverage(struck, "role") if row["action_id"] is None}
    assert rungs["rung 1: highest by control"] == (0.0, 3.0)
    assert rungs["rung 8: on lists, no mark of control"] == (2.0, 5.0)
    (area,) = ratios(struck, "area_people")
    assert (area["label"], area["numerator"], area["denominator"]) == (
        "people handed over, of the known network at sites of: Myawaddy", 2.0, 5.0
    )  # fmt: skip


def test_an_account_that_a_telling_of_a_seizure_names_is_reached(case: Case) -> None:
    small.fill(case).fill("event_report", [
        small.report("r1"), small.report("r2", type="seizure", count=30.0, unit="USD", record_id="news#r2")
    ])  # fmt: skip
    case.fill("observable", [{"observable_id": "bank_account:M", "kind": "bank_account", "value": "M", "raw": "M",
                              "entity_id": None, "start": 4, "record_id": "news#r2"}])  # fmt: skip
    case.run(STAGE)
    (row,) = ratios(case, "accounts")
    assert (row["numerator"], row["denominator"]) == (30.0, 30.0)


def test_without_lists_nothing_of_the_known_network_is_a_figure(case: Case) -> None:
    small.fill(case).fill("statement", [])
    case.run(STAGE)
    assert {row["numerator"] for rule in ("ladder", "known_people", "controllers") for row in ratios(case, rule)} <= {
        None
    }
    assert not ratios(case, "residual_network")


def test_a_case_that_holds_nothing_has_no_coverage_of_a_network(case: Case) -> None:
    case.run(STAGE)
    assert case.read("coverage").num_rows == 0
    assert case.read("loophole").num_rows == 0


# ---- time ---------------------------------------------------------------------------------------------------------


def daily(*spans: tuple[int, int]) -> Series:
    days = tuple(n for first, last in spans for n in range(first, last + 1))
    return Series(days, tuple(range(len(days) + 1)), tuple(f"r{n}" for n in days))


@pytest.mark.parametrize(
    ("series", "last", "told"),
    [
        (daily((0, 99)), 99, (0, 69)),  # it never paused
        # Quiet from the 31st day: a window from the 47th day on is half full, from the 50th on.
        (daily((0, 30), (50, 99)), 99, (19, 69)),
        (daily((0, 30), (40, 40), (50, 99)), 99, (19, 69)),  # one call in between is no return
        (daily((0, 30), (47, 47), (50, 99)), 99, (19, 69)),
        (daily((0, 30)), 99, (None, 69)),  # not seen to resume
    ],
)
def test_activity_is_back_where_a_window_that_holds_half_of_what_it_held_fills(
    series: Series, last: int, told: tuple[int | None, int]
) -> None:
    back = back_after(series, 30, last, CrackdownParams())
    assert back is not None
    assert (back.days, back.seen) == told


@pytest.mark.parametrize(("series", "last"), [
    (daily((50, 99)), 99),  # nothing seen before
    (daily((0, 33)), 33),  # the evidence ends at once
])  # fmt: skip
def test_what_was_not_seen_before_or_long_enough_after_is_no_pause(series: Series, last: int) -> None:
    assert back_after(series, 30, last, CrackdownParams()) is None


def test_days_until_activity_resumed_are_told_for_the_sites_an_action_reached(case: Case) -> None:
    stop = small.LIST_DAY
    busy = dict.fromkeys(small.AT["pier"], (0, 99)) | {"boss": (0, stop), "guard": (0, stop), "w2": (0, stop)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    (row,) = coverage(case, "time")
    assert row["reached"] is None  # the others at the gate fell silent, and were not heard of again
    assert row["reached_low"] == 39.0
    assert "not seen to resume by the end of evidence" in row["reached_what"]
    (ratio,) = ratios(case, "resumed")
    assert (ratio["numerator"], ratio["denominator"], ratio["ratio_high"]) == (0.0, 1.0, 1.0)


def moved_to(case: Case, people: set[str], file: str) -> list[dict[str, Any]]:
    """The calls, with those of some people in a file of another operator."""
    return [
        row | {"record_id": f"{file}#{row['call_id']}"} if row["caller"].partition(":")[2] in people else row
        for row in case.read("call").to_pylist()
    ]


def test_silence_after_the_records_of_a_site_end_is_no_stop(case: Case) -> None:
    stop = small.LIST_DAY
    busy = dict.fromkeys(small.AT["pier"], (0, 99)) | {"boss": (0, stop + 3), "guard": (0, stop + 3)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    # A neighbour in the same operator's answer is heard up to its last day and no longer.
    others = [small.call("neighbour", n) | {"record_id": f"gate#{n}"} for n in range(stop + 4)]
    case.fill("call", [*moved_to(case, {"boss", "guard"}, "gate"), *others])
    case.run(STAGE)
    (row,) = coverage(case, "time")
    assert (row["reached"], row["reached_low"], row["of"]) == (None, None, None)
    assert row["reached_what"].endswith("no figure, the records that showed it end on 2026-03-05")
    assert not ratios(case, "resumed")


def test_a_file_that_holds_nobody_else_may_end_because_they_stopped(case: Case) -> None:
    stop = small.LIST_DAY
    busy = dict.fromkeys(small.AT["pier"], (0, 99)) | {"boss": (0, stop), "guard": (0, stop), "w2": (0, stop)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    case.fill("call", moved_to(case, {"boss", "guard", "w2"}, "gate"))
    case.run(STAGE)
    (row,) = coverage(case, "time")
    assert "not seen to resume" in row["reached_what"]
    (ratio,) = ratios(case, "resumed")
    assert "handover, Myawaddy, 2026-03-02: not seen to come back in 39 days" in ratio["sentence"]


def test_the_days_of_a_pause_have_a_range_by_chance(case: Case) -> None:
    stop = small.LIST_DAY
    busy = dict.fromkeys(small.AT["pier"], (0, 99)) | {"boss": (0, 99), "guard": (0, stop)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    # Of two one goes on, which is just half of what was before; the other is back on the eleventh day.
    later = [small.call("guard", n) for n in range(stop + 11, 100)]
    case.fill("call", case.read("call").to_pylist() + later)
    case.run(STAGE)
    (row,) = coverage(case, "time")
    assert (row["reached_low"], row["reached"], row["reached_high"]) == (0.0, 0.0, 10.0)


# ---- displacement -------------------------------------------------------------------------------------------------


def test_a_rise_elsewhere_after_a_fall_is_told_where_both_places_share_an_owner(case: Case) -> None:
    stop = small.LIST_DAY
    busy = {"guard": (0, stop), "w2": (0, stop), "w3": (stop + 1, 99), "w4": (stop + 1, 99)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    (row,) = ratios(case, "displaced")
    assert row["label"] == "activity that rose at pier after it fell at Myawaddy, 2026-03-02"
    assert row["ratio"] == pytest.approx(1.0, abs=0.1)
    assert "owners of both (1)" in row["caution"]
    assert {"owns#boss gate", "owns#boss pier"} <= set(row["record_ids"])


def test_a_rise_that_shares_nothing_with_the_fall_is_a_coincidence(case: Case) -> None:
    stop = small.LIST_DAY
    busy = {"guard": (0, stop), "w2": (0, stop), "w3": (stop + 1, 99), "w4": (stop + 1, 99)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    case.fill("edge", [row for row in case.read("edge").to_pylist() if row["kind"] != "owns"])
    case.run(STAGE)
    assert not ratios(case, "displaced")


def test_the_sentence_tells_both_places_with_their_ranges_and_the_day_of_the_rise(case: Case) -> None:
    stop = small.LIST_DAY
    busy = {"guard": (0, stop), "w2": (0, stop), "w3": (stop + 9, 99), "w4": (stop + 9, 99)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    (row,) = ratios(case, "displaced")
    assert row["sentence"].startswith(
        "After the handover of 2026-03-02 the acts a day at Myawaddy fell from 2 (1.6 to 2.5) to 0 (0 to 0.1), and at "
        "pier they rose from 0 (0 to 0.1) to 1.6 (1.3 to 2), most of it from 2026-03-11 on: "
    )
    assert row["sentence"].endswith("; both share owners of both (1).")
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"]


@pytest.mark.parametrize("busy", [
    # The rise had begun ten days before the fall: it does not follow it.
    {"guard": (0, 60), "w2": (0, 60), "w3": (50, 99), "w4": (50, 99)},
    # The fall had begun three weeks before the action: that did not bring it.
    {"guard": (0, 40), "w2": (0, 40), "w3": (61, 99), "w4": (61, 99)},
])  # fmt: skip
def test_what_began_before_the_action_is_no_displacement(case: Case, busy: dict[str, tuple[int, int]]) -> None:
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    case.run(STAGE)
    assert not ratios(case, "displaced")


def test_a_rise_in_records_that_begin_only_then_is_none(case: Case) -> None:
    stop = small.LIST_DAY
    busy = {"guard": (0, stop), "w2": (0, stop), "boss": (0, 99), "w3": (stop + 1, 99), "w4": (stop + 1, 99)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    others = [small.call("neighbour", n) | {"record_id": f"pier#{n}"} for n in range(stop + 1, 100)]
    case.fill("call", [*moved_to(case, {"w3", "w4"}, "pier"), *others])
    case.run(STAGE)
    assert not ratios(case, "displaced")


def test_people_who_move_along_count_where_dated_lists_put_them(case: Case) -> None:
    busy = {"w2": (0, 99), "guard": (0, 99), "w3": (0, 3)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    edges = [row for row in case.read("edge").to_pylist() if row["kind"] != "owns"]
    at = {row["edge_id"]: row for row in edges}
    for person in ("w2", "guard"):
        at[f"works_at {person} gate"]["first_at"] = small.day(-30)
        edges.append(small.edge(person, "pier", "works_at", first_at=small.day(small.LIST_DAY + 1)))
    case.fill("edge", edges)
    case.run(STAGE)
    (row,) = ratios(case, "displaced")
    assert row["label"] == "activity that rose at pier after it fell at Myawaddy, 2026-03-02"
    assert "both share people known at both (2)." in row["sentence"]


@pytest.mark.parametrize(("n_others", "told"), [(1, True), (9, False)])
def test_an_account_that_many_others_pay_too_ties_no_two_places(case: Case, n_others: int, told: bool) -> None:
    stop = small.LIST_DAY
    busy = {"guard": (0, stop), "w2": (0, stop), "w3": (stop + 1, 99), "w4": (stop + 1, 99)}
    small.fill(case, busy).fill("event_report", [small.report("r1")])
    edges = [row for row in case.read("edge").to_pylist() if row["kind"] != "owns"]
    paid = [small.edge(person, "bank_account:7", "pays") for person in ("guard", "w3")]
    case.fill("edge", [*edges, *paid])
    case.fill("flow", case.read("flow").to_pylist() + [
        {"transfer_id": f"x{n}", "source_account": f"N{n}", "target_account": "7", "occurred_at": small.day(n),
         "amount_usd": 9.0, "origin": "other", "record_id": f"bank#x{n}"}
        for n in range(n_others)
    ])  # fmt: skip
    case.run(STAGE)
    assert ["accounts both pay (1)" in row["sentence"] for row in ratios(case, "displaced")] == [True] * told


def test_a_firm_stands_in_the_town_that_its_address_names(case: Case) -> None:
    small.fill(case).fill("event_report", [small.report("r1")])
    told = [small.told("pier", "Company", "address", "12 Station Street, Tachileik, Shan State", "register#1")]
    case.fill("statement", case.read("statement").to_pylist() + told)
    case.run(STAGE)
    areas = {row["label"] for row in ratios(case, "area_people")}
    assert areas == {
        "people handed over, of the known network at sites of: " + name for name in ("Myawaddy", "Tachileik")
    }


@given(n=st.integers(0, 5_000), more=st.integers(1, 500), days=st.integers(1, 90))
@settings(max_examples=60, deadline=None)
def test_a_rate_lies_within_its_range_and_more_acts_never_lower_it(n: int, more: int, days: int) -> None:
    one, other = Rate(n, days), Rate(n + more, days)
    assert 0 <= one.low <= one.value <= one.high
    assert (one.low, one.high) <= (other.low, other.high)


@pytest.mark.spark
def test_both_engines_reach_the_same(any_case: Case) -> None:
    small.fill(any_case).fill("event_report", [small.report("r1")])
    any_case.run(STAGE)
    (row,) = coverage(any_case, "network")
    assert (row["reached"], row["of"]) == (2.0, 9.0)
    (row,) = coverage(any_case, "time")
    assert row["reached"] == 0.0
    assert {row["scenario_id"] for row in any_case.read("scenario").to_pylist()} >= {
        "as the crackdown did",
        "to stop the money",
    }
