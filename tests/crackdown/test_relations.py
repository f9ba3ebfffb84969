"""How happenings and totals stand to each other: parts, sums, stages, contradictions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crackdown.tellings import tell

from upriver.crackdown.ledger import reconcile
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.relations import relations, settled
from upriver.crackdown.telling import Telling

PARAMS = CrackdownParams()
RUNNING: dict[str, Any] = {"cumulative": True, "first": date(2025, 1, 1)}


def tied(*tellings: Telling) -> set[tuple[str, tuple[str, ...]]]:
    """Kinds and members of the relations among tellings."""
    return {(one.kind, one.members) for one in relations(reconcile(tellings, PARAMS), PARAMS)}


def on(day: int, month: int = 11) -> dict[str, Any]:
    told = date(2025, month, day)
    return {"first": told, "last": told, "announced": told, "published": told}


def test_a_days_batch_lies_within_the_running_total() -> None:
    whole = tell("w", count=900.0, **{**on(20), **RUNNING})
    assert tied(tell("a", count=40.0, **on(12)), whole) == {("part_of", ("a", "w"))}


def test_a_batch_after_the_total_or_elsewhere_is_no_part_of_it() -> None:
    whole = tell("w", count=900.0, **{**on(5), **RUNNING})
    later = tell("a", count=40.0, **on(28))
    abroad = tell("b", count=41.0, **{**on(3), "places": ("Myawaddy",), "country": "MM"})
    assert tied(later, abroad, whole) == set()


def test_a_towns_figure_lies_within_its_countrys_for_the_same_days() -> None:
    country = tell("w", count=2000.0, places=("Cambodia",), first=date(2025, 11, 1), last=date(2025, 11, 9))
    assert ("part_of", ("a", "w")) in tied(tell("a", count=90.0, **on(5)), country)


def test_a_few_who_are_named_are_among_all_of_that_day() -> None:
    moved: dict[str, Any] = {"type": "handover", **on(7)}
    few = tell("a", count=4.0, names=("Ah Sui",), **moved)
    assert ("part_of", ("a", "w")) in tied(few, tell("w", count=92.0, **moved))


def test_batches_that_add_up_to_a_total_are_told_as_a_sum_and_not_as_parts() -> None:
    total = tell("w", count=571.0, first=date(2025, 11, 3), last=date(2025, 11, 5), published=date(2025, 11, 6))
    assert tied(tell("a", count=230.0, **on(3)), tell("b", count=341.0, **on(5)), total) == {("sum", ("a", "b", "w"))}


def test_what_lies_within_another_happening_is_not_added_to_it() -> None:
    total = tell("w", count=571.0, first=date(2025, 11, 3), last=date(2025, 11, 5), published=date(2025, 11, 6))
    actions = reconcile([tell("a", count=230.0, **on(3)), tell("b", count=341.0, **on(5)), total], PARAMS)
    told = settled(actions, relations(actions, PARAMS))
    assert {action.value: action.counts for action in told} == {230.0: False, 341.0: False, 571.0: True}


def test_a_deed_within_a_running_total_still_counts() -> None:
    actions = reconcile([tell("a", count=40.0, **on(12)), tell("w", count=900.0, **{**on(20), **RUNNING})], PARAMS)
    told = settled(actions, relations(actions, PARAMS))
    assert {action.value: action.counts for action in told} == {40.0: True, 900.0: False}


def test_a_sum_that_is_one_off_is_found_and_raises_an_alarm() -> None:
    page = {"passage": "p"}
    parts = [tell(name, count=count, **page, **on(day)) for name, count, day in
             (("a", 304.0, 6), ("b", 251.0, 7), ("c", 187.0, 8))]  # fmt: skip
    whole = tell("w", count=741.0, first=date(2025, 11, 6), last=date(2025, 11, 8), announced=None,
                 published=date(2025, 11, 9))  # fmt: skip
    (found,) = [one for one in relations(reconcile([*parts, whole], PARAMS), PARAMS) if one.kind == "sum"]
    assert [conflict.kind for conflict in found.conflicts if conflict.alarm] == ["arithmetic"]


def test_figures_that_add_up_by_chance_in_other_years_are_no_sum() -> None:
    told = [
        tell("a", count=230.0, **on(3)), tell("b", count=341.0, **on(5)),
        tell("w", count=571.0, first=date(2023, 11, 3), last=date(2023, 11, 3), published=date(2023, 11, 4)),
    ]  # fmt: skip
    assert tied(*told) == set()


def test_arrested_handed_over_and_sentenced_are_one_chain() -> None:
    chain = tied(
        tell("a", count=93.0, **on(3)),
        tell("b", count=93.0, type="handover", to_party="Chinese police", **on(14)),
        tell("c", count=93.0, type="sentence", places=("Wenzhou",), country="CN", **on(20, 12)),
    )
    assert chain == {("related", ("a", "b", "c"))}


def test_two_batches_of_one_size_stay_two_chains() -> None:
    told = [
        tell("a", count=41.0, **on(3)), tell("b", count=41.0, type="handover", to_party="China", **on(5)),
        tell("c", count=41.0, **on(20)), tell("d", count=41.0, type="handover", to_party="China", **on(22)),
    ]  # fmt: skip
    assert tied(*told) == {("related", ("a", "b")), ("related", ("c", "d"))}


def test_a_person_known_in_two_scripts_ties_the_wanted_notice_to_the_arrest() -> None:
    notice = tell("a", type="wanted_notice", count=6.0, names=("白岩坤",), places=("Wenzhou",), country="CN", **on(1))
    arrest = tell("b", count=5.0, names=("Bai Yankun",), places=("Konkyan",), country="MM", **on(16))
    assert tied(notice, arrest) == {("related", ("a", "b"))}


def test_a_sentence_told_as_an_execution_is_a_contradiction_and_years_later_a_stage() -> None:
    verdict = tell("a", type="sentence", count=11.0, places=("Wenzhou",), country="CN", names=("Ming family",), **on(3))
    dead = replace(verdict, report_id="b", type="execution", source="Paper b", record_id="f#b", speaker="a portal")
    kinds = {one.kind for one in relations(reconcile([verdict, dead], PARAMS), PARAMS)}
    assert kinds == {"contradict"}
    later = replace(dead, first=date(2026, 11, 3), last=date(2026, 11, 3), published=date(2026, 11, 4), announced=None)
    assert tied(verdict, later) == {("related", ("a", "b"))}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": 17.0}, "count"),
        ({"first": date(2024, 11, 3), "last": date(2024, 11, 3), "published": None, "announced": None}, "date"),
    ],
)  # fmt: skip
def test_swapped_digits_and_a_wrong_year_are_told(changes: dict[str, Any], field: str) -> None:
    first = tell("a", count=71.0 if "count" in changes else 571.0, **on(3))
    other = replace(first, report_id="b", speaker="a foundation", source="Paper b", record_id="f#b", **changes)
    found = [one for one in relations(reconcile([first, other], PARAMS), PARAMS) if one.kind == "contradict"]
    assert field in {conflict.field for one in found for conflict in one.conflicts}


def test_one_sum_in_two_currencies_is_one_sum() -> None:
    seized: dict[str, Any] = {"type": "seizure", "places": ("Taipei",), "country": "TW", **on(3)}
    told = [tell("a", unit="TWD", count=4.5e9, **seized), tell("b", unit="USD", count=145.7e6, **seized)]
    assert tied(*told) == {("same", ("a", "b"))}


def test_a_total_read_as_one_raid_is_a_contradiction_and_no_part() -> None:
    total = tell("a", count=3455.0, places=("Cambodia",), **{**on(15), **RUNNING})
    raid = tell("b", count=3455.0, places=("Cambodia",), speaker="a copy", **on(14))
    assert tied(total, raid) == {("contradict", ("a", "b"))}


_ANY = st.lists(
    st.builds(
        lambda kind, count, day, cumulative: {
            "type": kind, "count": count, **on(day), "cumulative": cumulative,
            **({"first": date(2025, 1, 1)} if cumulative else {}),
        },
        st.sampled_from(["arrest", "handover", "sentence", "seizure"]),
        st.sampled_from([None, 1.0, 41.0, 59.0, 100.0, 571.0]),
        st.integers(1, 28),
        st.booleans(),
    ),
    max_size=7,
)  # fmt: skip


@given(_ANY, st.randoms(use_true_random=False))
def test_relations_do_not_depend_on_order_and_never_add_a_series(changes: list[dict[str, Any]], order: Any) -> None:
    told = [tell(f"r{n}", **change) for n, change in enumerate(changes)]
    shuffled = list(told)
    order.shuffle(shuffled)
    assert tied(*told) == tied(*shuffled)
    running = {telling.report_id for telling in told if telling.cumulative}
    for kind, members in tied(*told):
        if kind == "sum":
            # A total may be the sum of deeds; it is never a summand beside another total.
            values = sorted(t.value or 0.0 for t in told if t.report_id in members and t.report_id in running)
            assert len(set(values)) <= 1


def test_nobody_is_among_nobody_and_members_are_not_among_the_leaders() -> None:
    whole = tell("w", count=173.0, **{**on(20), **RUNNING})
    assert tied(tell("a", count=0.0, passage="p", **on(12)), replace(whole, passage="p")) == set()
    leaders = tell("w", count=39.0, role="leader", **{**on(20), **RUNNING})
    assert tied(tell("a", count=5.0, role="member", **on(12)), leaders) == set()


def test_a_handful_charged_is_not_tied_to_all_who_fled_that_one_page_tells() -> None:
    page: dict[str, Any] = {"passage": "p", "places": ("Cambodia",), **RUNNING}
    fled = tell("a", type="flight", count=210_000.0, **{**on(3), **page})
    charged = tell("b", type="prosecution", count=168.0, **{**on(20), **page})
    assert tied(fled, charged) == set()
    assert tied(fled, replace(charged, count=150_000.0)) == {("related", ("a", "b"))}


def test_persons_among_more_targets_of_one_list_contradict_nothing() -> None:
    listed: dict[str, Any] = {"type": "sanction", "happening": "list-1", **on(8)}
    targets = tell("t", count=14.0, unit="targets", **listed)
    assert not [one for one in tied(tell("p", count=9.0, **listed), targets) if one[0] == "contradict"]
    told = reconcile([tell("p", count=19.0, **listed), targets], PARAMS)
    assert [one.words for one in relations(told, PARAMS) if one.kind == "contradict"] == [
        "told in people and in targets"
    ]


def test_words_of_a_part_tell_places_and_days() -> None:
    whole = tell("w", count=900.0, places=("Cambodia",), **{**on(20), **RUNNING})
    (one,) = relations(reconcile([tell("a", count=40.0, **on(12)), whole], PARAMS), PARAMS)
    assert one.words == "40 (Bavet, 2025-11-12) are among the 900 (Cambodia, 2025-11-20): not to be added"
