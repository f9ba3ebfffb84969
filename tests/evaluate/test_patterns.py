from __future__ import annotations

from upriver.evaluate.patterns import Planted, Told, found, scored

FAN = Planted("fan_in", "M", frozenset("abcd"))


def test_an_alert_of_the_kind_that_covers_half_finds_a_pattern() -> None:
    assert found(FAN, [Told("fan_in", frozenset("abx"))], {"fan_in"})
    assert not found(FAN, [Told("fan_in", frozenset("a"))], {"fan_in"})
    assert not found(FAN, [Told("cycle", frozenset("abcd"))], {"fan_in"})


def test_an_alert_that_names_everything_points_at_nothing() -> None:
    assert not found(FAN, [Told("fan_in", frozenset("abcdefghijk"))], {"fan_in"})


def test_scores_tell_kinds_and_sizes_apart_and_alerts_of_the_town() -> None:
    large = Planted("stack", "B", frozenset(f"s{k}" for k in range(20)))
    told = [Told("fan_in", frozenset("abc")), Told("bipartite", large.transfers), Told("cycle", frozenset("xyz"))]
    rows = {name: (value, note) for _, name, value, note, _ in scored([FAN, large], told, {"x", "y"})}
    assert rows["found: all"] == (0.5, "1 of 2 by an alert of the kind, 2 by one akin")
    assert rows["found: fan in"][0] == 1
    assert rows["found: stack"][0] == 0
    assert (rows["found: size small"][0], rows["found: size large"][0]) == (1, 0)
    assert rows["alerts within planted"][0] == 2 / 3
    assert rows["alerts of laundering"][0] == 1


def test_a_truth_without_planted_patterns_has_no_scores() -> None:
    assert scored([], [Told("fan_in", frozenset("a"))]) == []
