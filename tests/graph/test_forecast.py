from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upriver.graph import forecast as module
from upriver.graph.backtest import auc, tried
from upriver.graph.forecast import fitted, forecast
from upriver.graph.logistic import chance, fit
from upriver.graph.panel import PEOPLE, Panel, panel
from upriver.plain.panels import read_panel

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "network"


def shrinking(seed: int = 0, n: int = 40, periods: int = 5) -> Panel:
    """Cliques of five; each period four people are taken, and have no tie in the next."""
    rng = np.random.default_rng(seed)
    rows, gone = [], {}
    out = np.zeros(n, dtype=np.bool_)
    for period in range(periods):
        rows += [
            (period, a, b) for a in range(n) for b in range(a + 1, n) if a // 5 == b // 5 and not out[a] and not out[b]
        ]
        out = out.copy()
        out[rng.choice(n, 4, replace=False)] = True
        gone[period] = out
    table = np.array(rows, dtype=np.int64)
    return panel(n, table[:, 0], table[:, 1].astype(np.int32), table[:, 2].astype(np.int32), gone)


def test_who_is_taken_is_told_to_leave_and_the_others_to_stay() -> None:
    *_, last = tried(shrinking())
    assert auc(last.active, last.told.person) > 0.95
    gone = last.told.person_facts[:, PEOPLE.index("gone")] > 0
    tied = last.told.person_facts[:, PEOPLE.index("tied")] > 0
    assert last.told.person[gone].max() < 0.3 < 0.8 < last.told.person[tied].min()


def test_without_a_past_the_beliefs_are_told() -> None:
    people, pairs = fitted(shrinking().until(0))
    assert people.coefficients.tolist() == [mean for mean, _ in module._BELIEF_PEOPLE.values()]
    assert pairs.coefficients.tolist() == [mean for mean, _ in module._BELIEF_PAIRS.values()]


def test_a_forecast_of_the_past_does_not_change_when_the_future_is_known() -> None:
    known = shrinking()
    first = next(tried(known))
    assert first.told.person.tolist() == forecast(known.until(0), 1).person.tolist()


def test_the_longer_the_time_ahead_the_fewer_stay_and_the_more_ties_form() -> None:
    soon, late = forecast(shrinking(), 1), forecast(shrinking(), 5)
    tied = soon.person_facts[:, PEOPLE.index("tied")] > 0
    assert (late.person[tied] < soon.person[tied]).all()
    assert (late.pair > soon.pair).all()


def test_drawing_pairs_that_formed_no_tie_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = forecast(shrinking(), 1).pair.sum()
    monkeypatch.setattr(module, "_FEW", 1_200)
    assert forecast(shrinking(), 1).pair.sum() == pytest.approx(whole, rel=0.5)
    assert forecast(shrinking(), 1).pair.tolist() == forecast(shrinking(), 1).pair.tolist()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), max_size=12))
@settings(max_examples=100, deadline=None)
def test_auc_is_the_share_of_pairs_in_the_right_order(cases: list[tuple[bool, int, int]]) -> None:
    happened = np.array([case[0] for case in cases], dtype=np.bool_)
    score = np.array([float(case[1]) for case in cases])
    weight = np.array([float(case[2]) for case in cases])
    right = total = 0.0
    for (yes, high, often), (no, low, times) in product(cases, cases):
        if yes and not no:
            right += often * times * (1.0 if high > low else 0.5 if high == low else 0.0)
            total += often * times
    found = auc(happened, score, weight)
    assert np.isnan(found) if not total else found == pytest.approx(right / total)


CASES = st.lists(st.tuples(st.floats(-3, 3), st.booleans(), st.floats(0.1, 5)), max_size=12)


@given(CASES, st.floats(-3, 3), st.floats(0.2, 3))
@settings(max_examples=60, deadline=None)
def test_no_coefficients_near_by_are_more_likely_than_the_fitted(
    cases: list[tuple[float, bool, float]], mean: float, sd: float
) -> None:
    rows = np.array([[1.0, x] for x, _, _ in cases]).reshape(-1, 2)
    happened = np.array([float(y) for _, y, _ in cases])
    weight = np.array([w for *_, w in cases])
    means, sds = np.array([mean, -mean]), np.array([sd, sd])

    def loss(b: np.ndarray) -> float:
        p = chance(rows @ b)
        told = np.where(happened > 0, p, 1.0 - p)
        return float(-np.sum(weight * np.log(told))) + 0.5 * float(np.sum(((b - means) / sds) ** 2))

    found = fit(rows, happened, np.zeros(len(rows)), weight, means, sds)
    best = loss(found.coefficients)
    for step in ((0.01, 0.0), (0.0, 0.01), (-0.01, 0.0), (0.0, -0.01)):
        assert best <= loss(found.coefficients + np.array(step)) + 1e-9
    middle, low, high = found.within(rows, np.zeros(len(rows)))
    assert ((low <= middle) & (middle <= high)).all()


def test_a_wide_split_does_not_run_away() -> None:
    # All on one side, far out: a step of Newton alone would overshoot.
    rows = np.column_stack([np.ones(6), np.array([-50.0, -40, -30, 30, 40, 50])])
    found = fit(rows, np.array([0.0, 0, 0, 1, 1, 1]), np.zeros(6), np.ones(6), np.array([-9.0, 9.0]), np.ones(2))
    assert np.isfinite(found.coefficients).all()


@pytest.mark.shared
def test_the_aims_are_reached_on_the_years_of_a_real_crackdown() -> None:
    known = read_panel(SHARED / "crackdown_ties.csv", SHARED / "crackdown_status.csv", "year", None).panel
    checks = [one for one in tried(known) if known.periods[one.k] >= 2000]
    seen = [known.seen(one.k) for one in checks]
    active = [auc(one.active[who], one.told.person[who]) for one, who in zip(checks, seen, strict=True)]
    assert min(active) >= 0.89
    formed = np.concatenate([one.formed for one in checks])
    assert auc(formed, np.concatenate([one.told.pair for one in checks])) >= 0.65


@given(st.lists(st.tuples(st.floats(-3, 3), st.booleans(), st.floats(-2, 2), st.floats(0.1, 5)), min_size=1))
@settings(max_examples=40, deadline=None)
def test_the_fit_stands_where_slope_and_curve_of_all_cases_say(cases: list[tuple[float, bool, float, float]]) -> None:
    fact, happened, offset, weight = (np.array(column, dtype=np.float64) for column in zip(*cases, strict=True))
    rows = np.column_stack([np.ones(len(fact)), fact])
    mean, sd = np.array([-1.0, 0.5]), np.array([1.0, 2.0])
    found = fit(rows, happened, offset, weight, mean, sd)
    p = chance(rows @ found.coefficients + offset)
    slope = rows.T @ (weight * (p - happened)) + (found.coefficients - mean) / sd**2
    curve = (rows * (weight * p * (1.0 - p))[:, None]).T @ rows + np.diag(1.0 / sd**2)
    assert slope == pytest.approx(np.zeros(2), abs=1e-5 * (1.0 + float(weight.sum())))
    assert found.spread == pytest.approx(np.linalg.inv(curve), rel=1e-6)
