"""What days and figures rule out beforehand: nothing that the full rules would have told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crackdown.tellings import tell

from upriver.crackdown import contradictions, happenings, parts, series, sieve, stages
from upriver.crackdown.counts import fit
from upriver.crackdown.entries import entries
from upriver.crackdown.ledger import reconcile
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.telling import Telling
from upriver.crackdown.ties import pages

PARAMS = CrackdownParams()
_FIGURES = (None, 1.0, 3.0, 9.0, 10.0, 17.0, 46.0, 47.0, 53.0, 71.0, 208.0, 260.0, 571.0, 2600.0, 5710.0)
_TYPES = ("arrest", "raid", "handover", "flight", "sentence", "execution", "estimate", "death", "seizure", "sanction")
_DAY = date(2025, 11, 3)


@st.composite
def told(draw: st.DrawFn) -> Telling:
    """A telling of one of a few places, days, figures, pages and speakers, so that many are near each other."""
    first = draw(st.one_of(st.none(), st.integers(0, 12)))
    lasts = draw(st.sampled_from([0, 0, 2, 40]))
    spoken = draw(st.one_of(st.none(), st.integers(0, 14)))
    figure = draw(st.sampled_from(_FIGURES))
    spread = draw(st.sampled_from([None, None, None, 5.0]))
    changes: dict[str, Any] = {
        "type": draw(st.sampled_from(_TYPES)),
        "count": figure,
        "low": None if figure is None or spread is None else figure - spread,
        "high": None if figure is None or spread is None else figure + spread,
        "qualifier": draw(st.sampled_from(["exact", "exact", "about", "up_to", "more_than", "nearly"])),
        "unit": draw(st.sampled_from(["people", "people", "people", "USD", "THB", "BTC", "buildings"])),
        "role": draw(st.sampled_from(["all", "all", "leader"])),
        "places": draw(st.sampled_from([("Bavet",), ("Bavet",), ("Myawaddy",), ("Cambodia",)])),
        "country": draw(st.sampled_from(["KH", "KH", None])),
        "first": None if first is None else _DAY + timedelta(days=first),
        "last": None if first is None else _DAY + timedelta(days=first + lasts),
        "announced": None,
        "published": None if spoken is None else _DAY + timedelta(days=spoken),
        "cumulative": draw(st.sampled_from([False, False, True])),
        "modality": draw(st.sampled_from(["actual", "actual", "actual", "planned"])),
        "speaker": draw(st.sampled_from(["police", "governor", "army"])),
        "passage": draw(st.sampled_from(["", "p", "q"])),
        "names": draw(st.sampled_from([(), (), ("Ah Sui",)])),
    }
    return tell("", **changes)


def many(least: int, most: int) -> st.SearchStrategy[list[Telling]]:
    return st.lists(told(), min_size=least, max_size=most).map(
        lambda some: [replace(one, report_id=f"r{n:02}") for n, one in enumerate(some)]
    )


def near_in_days(
    tellings: Sequence[Telling], spans: Sequence[tuple[int, int]], slack: int, share: float
) -> Iterator[tuple[int, int]]:
    """sieve.meeting, the slow way: figures rule out nothing."""
    for a, b in combinations(range(len(tellings)), 2):
        if spans[a][1] + slack >= spans[b][0]:
            yield a, b


def every_pair(actions: object, group: Sequence[int], params: object) -> Iterator[tuple[int, int]]:
    return combinations(group, 2)


@settings(max_examples=60)
@given(many(2, 14))
def test_the_ledger_is_the_same_when_every_pair_is_looked_at(tellings: list[Telling]) -> None:
    with patch.object(sieve, "FEW", 0):
        quick = entries(tellings, PARAMS)
    with (
        patch.object(happenings, "meeting", near_in_days),
        patch.object(sieve, "at_odds", every_pair),
        patch.object(stages, "_SAYS_SOMETHING", 0.0),
    ):
        assert entries(tellings, PARAMS) == quick


@settings(max_examples=60)
@given(many(2, 14))
def test_parts_and_sums_are_the_same_when_time_and_size_rule_out_nothing_beforehand(tellings: list[Telling]) -> None:
    actions = reconcile(tellings, PARAMS)
    numbers = [n for n, action in enumerate(actions) if action.kind in ("happening", "series")]

    def both() -> tuple[object, object]:
        added = list(parts.sums(actions, numbers, PARAMS))
        summed = {pair for one in added for pair in combinations(sorted(one.actions), 2)}
        return added, list(parts.parts(actions, numbers, summed, PARAMS))

    quick = both()

    def below(columns: parts._Columns, total: float, _: object) -> list[int]:
        return [n for n, value in enumerate(columns.value.tolist()) if 0.0 < value < total]

    def above(columns: parts._Columns, part: float, *_: object) -> list[int]:
        return [n for n, value in enumerate(columns.value.tolist()) if value > part]

    with patch.object(parts._Columns, "below", below), patch.object(parts._Columns, "above", above):
        assert both() == quick


@given(many(2, 10), st.integers(0, 30), st.sampled_from([0.0, 0.005, 0.15, 1.5]))
def test_tellings_meet_where_their_days_are_near_and_their_figures_not_apart(
    tellings: list[Telling], slack: int, share: float
) -> None:
    dated = sorted((one for one in tellings if one.first), key=lambda one: (one.first, one.last, one.report_id))
    spans = [(one.first.toordinal(), one.last.toordinal()) for one in dated if one.first and one.last]
    found = list(sieve.meeting(dated, spans, slack, share))
    near = set(near_in_days(dated, spans, slack, share))
    assert len(set(found)) == len(found)
    assert {(a, b) for a, b in near if fit(dated[a], dated[b], share) != "apart"} <= set(found) <= near


@settings(max_examples=60)
@given(many(3, 12))
def test_pairs_at_odds_pass_the_sieve_in_their_order(tellings: list[Telling]) -> None:
    actions = reconcile(tellings, PARAMS)
    group = list(range(len(actions)))
    with patch.object(sieve, "FEW", 0):
        passed = list(sieve.at_odds(actions, group, PARAMS))
    odd = [
        (a, b) for a, b in combinations(group, 2) if contradictions.at_odds(actions[a], actions[b], PARAMS) is not None
    ]
    assert set(odd) <= set(passed)
    assert passed == sorted(passed)


@settings(max_examples=60)
@given(many(3, 12))
def test_parts_of_a_page_are_found_as_by_walking_the_whole_group(tellings: list[Telling]) -> None:
    actions = reconcile(tellings, PARAMS)
    group = list(range(len(actions)))
    beside = contradictions._Beside(actions, group)

    def walked(a: int, b: int) -> bool:
        for part, whole in ((a, b), (b, a)):
            value = actions[whole].value or 0.0
            others = [n for n in group if n not in (a, b) and pages(actions[n]) & pages(actions[part])]
            sums = [(actions[part].value or 0.0) + (actions[n].value or 0.0) for n in others]
            if any(abs(added - value) <= max(2.0, 0.03 * value) for added in sums):
                return True
        return False

    assert all(beside.parts_on_a_page(a, b) == walked(a, b) for a, b in combinations(group, 2))


@settings(max_examples=60)
@given(many(2, 12))
def test_a_total_goes_on_as_when_each_of_its_tellings_is_asked(tellings: list[Telling]) -> None:
    totals = [replace(one, cumulative=True, modality="actual", type="arrest", names=()) for one in tellings]
    quick = series.series(totals, PARAMS)

    def alone(telling: Telling) -> tuple[object, ...]:
        return (telling.report_id,)

    with patch.object(series, "_face", alone), patch.object(series, "_thing", lambda _: ("", "", "")):
        assert series.series(totals, PARAMS) == quick


def test_a_thousand_tellings_of_one_place_and_month_leave_few_pairs() -> None:
    figures = [float(int(10 ** (3.5 * n / 1000))) for n in range(1000)]
    tellings = [tell(f"r{n:03}", count=figure) for n, figure in enumerate(figures)]
    spans = [(n % 28, n % 28) for n in range(1000)]
    pairs = list(near_in_days(tellings, sorted(spans), 21, 0.15))
    met = sum(1 for _ in sieve.meeting(tellings, sorted(spans), 21, 0.15))
    assert met < len(pairs) / 5
