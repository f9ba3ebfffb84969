"""Tellings into happenings and running totals: nothing added twice, no contradiction lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crackdown.tellings import tell

from upriver.crackdown.actions import Action
from upriver.crackdown.ledger import reconcile, rows, title
from upriver.crackdown.params import CrackdownParams

PARAMS = CrackdownParams()


def the_only(actions: list[Action]) -> Action:
    (action,) = actions
    return action


def test_five_papers_on_one_raid_are_one_happening_with_five_tellings() -> None:
    action = the_only(reconcile([tell(f"r{n}") for n in range(5)], PARAMS))
    assert (action.kind, action.value, action.counts) == ("happening", 100.0, True)
    assert len(action.tellings) == 5


def test_ten_copies_of_one_speaker_are_one_witness() -> None:
    copies = [tell(f"r{n}", speaker="ministry") for n in range(10)]
    assert the_only(reconcile([*copies, tell("x", speaker="reporter")], PARAMS)).speakers == ("ministry", "reporter")


def test_a_later_total_replaces_an_earlier_one_and_is_never_added() -> None:
    told = [
        tell(f"r{n}", count=count, cumulative=True, series="total", first=None, last=date(2023, month, 20))
        for n, (count, month) in enumerate([(1482.0, 9), (4666.0, 10), (31_000.0, 11)])
    ]
    action = the_only(reconcile(told, PARAMS))
    assert (action.kind, action.value, action.counts, action.series) == ("series", 31_000.0, False, "total")
    assert [point.value for point in action.points] == [1482.0, 4666.0, 31_000.0]


def test_totals_without_a_name_make_a_series_of_their_own() -> None:
    told = [
        tell(f"r{n}", count=count, cumulative=True, first=date(2025, 9, 1), last=date(2025, 10 + n, 1),
             published=date(2025, 10 + n, 2))
        for n, count in enumerate([300.0, 450.0])
    ]  # fmt: skip
    action = the_only(reconcile(told, PARAMS))
    assert (action.kind, action.value) == ("series", 450.0)


def test_an_estimate_told_again_is_replaced_and_is_no_running_total() -> None:
    told = [
        tell(f"r{n}", type="estimate", count=count, cumulative=True, series="Mekong", first=None, last=date(year, 5, 1))
        for n, (count, year) in enumerate([(100_000.0, 2023), (120_000.0, 2024)])
    ]
    action = the_only(reconcile(told, PARAMS))
    assert (action.kind, action.value, action.counts) == ("estimate", 120_000.0, False)
    assert title(action).startswith("Estimated: 120,000 people")


def test_a_total_is_never_a_telling_of_a_happening() -> None:
    actions = reconcile([tell("a"), tell("b", cumulative=True)], PARAMS)
    assert sorted(action.kind for action in actions) == ["happening", "series"]


def test_a_given_id_of_a_happening_wins_over_what_looks_alike() -> None:
    actions = reconcile([tell("a", happening="one"), tell("b", happening="two")], PARAMS)
    assert len(actions) == 2
    action = the_only(reconcile([tell("a", happening="one"), tell("b", happening="one", places=("Poipet",))], PARAMS))
    assert len(action.tellings) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"places": ("Myawaddy",), "country": "MM"},
        {"first": date(2025, 12, 3), "last": date(2025, 12, 3)},
        {"count": 40.0},
        {"unit": "buildings"},
        {"type": "sanction"},
        {"modality": "planned"},
    ],
)
def test_another_place_day_figure_unit_type_or_a_plan_is_another_happening(changes: dict[str, Any]) -> None:
    assert len(reconcile([tell("a"), tell("b", **changes)], PARAMS)) == 2


def test_a_town_and_its_country_are_one_place_when_the_figure_agrees() -> None:
    assert len(reconcile([tell("a"), tell("b", places=("Cambodia",))], PARAMS)) == 1


def test_the_same_people_arrested_and_released_are_one_happening_under_alarm() -> None:
    action = the_only(reconcile([tell("a"), tell("b", type="rescue_release")], PARAMS))
    assert set(action.types) == {"arrest", "rescue_release"}
    assert "told as arrest and as release" in action.alarms


def test_figures_that_differ_are_a_range_under_alarm() -> None:
    action = the_only(
        reconcile([tell("a", count=240.0), tell("b", count=270.0), tell("c", count=270.0, speaker="x")], PARAMS)
    )
    assert (action.value, action.low, action.high) == (270.0, 240.0, 270.0)
    assert "figures differ: 240, 270" in action.alarms


def test_a_lost_zero_raises_an_alarm_and_is_not_corrected() -> None:
    told = [
        tell("a", count=44_000.0, happening="h"),
        tell("b", count=440_000.0, happening="h", published=date(2025, 12, 1)),
    ]
    action = the_only(reconcile(told, PARAMS))
    assert (action.value, action.low, action.high) == (44_000.0, 44_000.0, 440_000.0)
    assert any("zero lost or gained" in alarm for alarm in action.alarms)


def test_a_total_that_falls_raises_an_alarm() -> None:
    told = [
        tell(f"r{n}", count=count, cumulative=True, series="s", first=None, last=date(2026, 2 + n, 11),
             published=None, announced=None)
        for n, count in enumerate([11_000.0, 10_000.0])
    ]  # fmt: skip
    action = the_only(reconcile(told, PARAMS))
    assert action.value == 10_000.0
    assert any("falls from 11,000" in alarm for alarm in action.alarms)


def test_parts_that_do_not_sum_raise_an_alarm_and_are_no_happenings() -> None:
    parts = [
        tell(f"p{n}", count=count, part_of="a", part_kind="nationality", part_label=label)
        for n, (label, count) in enumerate([("CN", 60.0), ("VN", 45.0)])
    ]
    action = the_only(reconcile([tell("a"), *parts], PARAMS))
    assert any("sum to 105, told 100" in alarm for alarm in action.alarms)


def test_a_selection_of_parts_is_no_sum() -> None:
    parts = [tell(f"p{n}", count=10.0, part_of="a", part_kind="nationality", part_label=str(n)) for n in range(2)]
    assert the_only(reconcile([tell("a"), *parts], PARAMS)).alarms == ()


def test_leaders_told_as_a_part_are_shown_and_added_to_nothing() -> None:
    part = tell("p", count=7.0, role="leader", part_of="a", part_kind="role", part_label="ringleaders")
    whole, leaders = sorted(reconcile([tell("a"), part], PARAMS), key=lambda action: -(action.value or 0))
    assert (whole.counts, leaders.counts, leaders.value) == (True, False, 7.0)


def test_a_role_row_of_a_happening_with_a_whole_does_not_count_again() -> None:
    actions = reconcile([tell("a", happening="h"), tell("b", happening="h", role="leader", count=7.0)], PARAMS)
    assert [action.counts for action in sorted(actions, key=lambda action: action.head.role)] == [True, False]


def test_no_figure_is_no_zero() -> None:
    action = the_only(reconcile([tell("a", count=None, qualifier="vague")], PARAMS))
    assert (action.value, action.counts) == (None, False)
    assert "no figure" in title(action)


def test_money_told_in_two_currencies_raises_an_alarm() -> None:
    told = [tell("a", type="seizure", unit="BTC", happening="h"), tell("b", type="seizure", unit="USD", happening="h")]
    assert all("told in BTC and in USD" in action.alarms for action in reconcile(told, PARAMS))


def test_impossible_days_raise_an_alarm() -> None:
    action = the_only(reconcile([tell("a", first=date(2025, 12, 1), last=date(2025, 11, 1))], PARAMS))
    assert any("before it begins" in alarm for alarm in action.alarms)


_TELLINGS = st.lists(
    st.builds(
        lambda count, place, day, cumulative, kind: {
            "count": count,
            "places": (place,),
            "first": date(2025, 11, day),
            "last": date(2025, 11, day),
            "cumulative": cumulative,
            "type": kind,
        },
        st.sampled_from([None, 1.0, 99.0, 100.0, 1000.0]),
        st.sampled_from(["Bavet", "Poipet", "Cambodia", "Nowhere"]),
        st.integers(1, 28),
        st.booleans(),
        st.sampled_from(["arrest", "handover", "seizure", "estimate"]),
    ),
    max_size=6,
)


@given(_TELLINGS, st.randoms(use_true_random=False))
def test_the_order_of_tellings_does_not_matter_and_none_is_lost(changes: list[dict[str, Any]], order: Any) -> None:
    told = [tell(f"r{n}", **change) for n, change in enumerate(changes)]
    shuffled = list(told)
    order.shuffle(shuffled)
    actions = reconcile(told, PARAMS)
    assert rows(actions) == rows(reconcile(shuffled, PARAMS))
    assert sorted(telling.report_id for action in actions for telling in action.tellings) == sorted(
        t.report_id for t in told
    )


VERDICT: dict[str, Any] = {"type": "sentence", "role": "member", "places": ("Wenzhou",), "happening": "v"}


def test_a_named_part_of_a_verdict_is_neither_its_figure_nor_an_alarm() -> None:
    whole = tell("w", count=39.0, **VERDICT)
    parts = [
        tell(f"w{n}", count=count, part_of="w", part_kind="penalty", part_label=label, **VERDICT)
        for n, (count, label) in enumerate([(11.0, "death"), (5.0, "death with reprieve"), (23.0, "other")])
    ]
    told = [tell(f"p{n}", count=count, **VERDICT) for n, count in enumerate([11.0, 11.0, 16.0])]
    (one,) = reconcile([whole, *parts, *told], PARAMS)
    assert (one.value, one.low, one.high, one.alarms) == (39.0, 39.0, 39.0, ())
    assert "11 and 16 are among the 39: not to be added" in [conflict.words for conflict in one.conflicts]


def test_a_total_carries_the_day_of_its_latest_point_in_its_title_and_in_its_row() -> None:
    run: dict[str, Any] = {"cumulative": True, "first": date(2025, 1, 1)}
    days = [(date(2025, 11, 3), 100.0), (date(2025, 12, 14), 132.0), (date(2025, 12, 18), 132.0)]
    told = [
        tell(f"r{n}", count=count, last=day, announced=day, published=day, **run) for n, (day, count) in enumerate(days)
    ]
    (one,) = reconcile(told, PARAMS)
    assert title(one).endswith("by 2025-12-18")
    assert rows([one])[0]["to_on"] == date(2025, 12, 18)
