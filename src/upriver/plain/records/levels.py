"""How two values of a feature may agree, best first: the levels of each comparison, in SQL of DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

from upriver.plain.records.cleaned import Feature


@dataclass(frozen=True, slots=True)
class Level:
    """One way to agree.

    when   condition on `x_l` and `x_r`, "" for all that is left
    told   what a reason says of it; "" where it says nothing
    m, u   stated share of pairs of one bearer, and of strangers, that agree so: what training starts from, and what
           stands where a file is too small to learn from
    rare   the feature by whose rarity the weight is set, or ""
    """

    when: str
    told: str
    m: float
    u: float
    rare: str = ""
    rarity: float = 1.0


def levels(feature: Feature) -> tuple[Level, ...]:
    """Levels of the comparison of `feature`; the last one holds for all that no other does."""
    return {
        "given": _given, "family": _family, "others": _others, "birth": _birth, "postcode": _postcode, "text": _text,
        "number": _number, "code": _code, "phone": _phone,
    }[feature.kind](feature.name, feature.told)  # fmt: skip


def _near(x: str, y: str = "") -> str:
    """One letter wrong, left out, too many or swapped, in a word long enough for that to be seldom chance."""
    a, b = f"{x}_l", f"{y or x}_r"
    return f"(least(length({a}), length({b})) >= 4 AND {_edits(x, y or x, 1)})"


def _edits(x: str, y: str, most: int) -> str:
    # The lengths first: they cost nothing, and differ for most strangers.
    return f"(abs(length({x}_l) - length({y}_r)) <= {most} AND damerau_levenshtein({x}_l, {y}_r) <= {most})"


def _given(x: str, told: str) -> tuple[Level, ...]:
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.72, 0.01, x),
        Level("usual_l = usual_r", f"{told}s are forms of one name", 0.05, 0.004, "usual"),
        Level(_near(x), f"{told}s differ in one letter", 0.10, 0.002, x, 0.5),
        Level("whole_l = whole_r", "names of one sound", 0.01, 0.0003),
        Level(f"{x}_l = family_r AND ({x}_r = family_l OR family_l IS NULL)", "names in the other order", 0.01, 0.0004),
        Level(f"left({x}_l, 1) = left({x}_r, 1) AND least(length({x}_l), length({x}_r)) = 1",
              f"{told} and its initial", 0.01, 0.01),
        Level(f"list_contains(words_l, {x}_r) OR list_contains(words_r, {x}_l)",
              f"the {told} of one is another name of the other", 0.03, 0.01),
        Level(f"jaro_winkler_similarity({x}_l, {x}_r) >= 0.85", f"{told}s are alike", 0.03, 0.012),
        Level("", f"different {told}s", 0.05, 0.96),
    )  # fmt: skip


def _family(x: str, told: str) -> tuple[Level, ...]:
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.78, 0.004, x),
        Level(_near(x), f"{told}s differ in one letter", 0.10, 0.001, x, 0.5),
        Level("whole_l = whole_r", "", 0.01, 0.0003),
        Level(f"{x}_l = given_r AND (given_l = {x}_r OR given_l IS NULL)", "", 0.01, 0.0004),
        Level(f"list_contains(words_l, {x}_r) OR list_contains(words_r, {x}_l)",
              f"the {told} of one is another name of the other", 0.03, 0.003),
        Level("sound_l = sound_r", f"{told}s of one sound", 0.01, 0.001),
        Level(f"jaro_winkler_similarity({x}_l, {x}_r) >= 0.88", f"{told}s are alike", 0.02, 0.003),
        Level("", f"different {told}s", 0.05, 0.987),
    )  # fmt: skip


def _others(x: str, told: str) -> tuple[Level, ...]:
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.6, 0.02, x),
        Level(f"jaro_winkler_similarity({x}_l, {x}_r) >= 0.9 OR contains({x}_l, {x}_r) OR contains({x}_r, {x}_l)",
              f"{told} alike", 0.2, 0.01),
        Level("", f"different {told}", 0.2, 0.97),
    )  # fmt: skip


def _birth(x: str, told: str) -> tuple[Level, ...]:
    full = f"right({x}_l, 4) <> '0000' AND right({x}_r, 4) <> '0000'"
    day_month = f"right({x}_l, 2) = substr({x}_r, 5, 2) AND right({x}_r, 2) = substr({x}_l, 5, 2)"
    return (
        Level(f"{x}_l = {x}_r", "born on the same date", 0.75, 0.001, x),
        Level(f"{full} AND ({_edits(x, x, 1)} OR (left({x}_l, 4) = left({x}_r, 4) AND {day_month}))",
              "birth dates differ in one figure, or in the order of day and month", 0.1, 0.001),
        Level(f"left({x}_l, 4) = left({x}_r, 4) AND NOT ({full})", "born in the same year", 0.04, 0.005),
        Level(f"{full} AND {_edits(x, x, 2)}", "birth dates differ in two figures", 0.04, 0.01),
        Level(f"left({x}_l, 4) = left({x}_r, 4)", "born in the same year, on another day", 0.02, 0.008),
        Level("", "different birth dates", 0.05, 0.975),
    )  # fmt: skip


def _postcode(x: str, told: str) -> tuple[Level, ...]:
    # The last two or three signs of a code tell the street, the rest the town.
    town = "left({}, greatest(length({}) - CASE WHEN regexp_matches({}, '[A-Z]') THEN 3 ELSE 2 END, 2))"
    left, right = town.replace("{}", f"{x}_l"), town.replace("{}", f"{x}_r")
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.7, 0.001, x),
        Level(_edits(x, x, 1), f"{told}s differ in one sign", 0.1, 0.002),
        Level(f"{left} = {right}", f"{told}s of one town", 0.05, 0.01),
        Level("", f"different {told}s", 0.15, 0.987),
    )


def _text(x: str, told: str) -> tuple[Level, ...]:
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.7, 0.02, x),
        Level(f"jaro_winkler_similarity({x}_l, {x}_r) >= 0.92 OR "
              f"(least(length({x}_l), length({x}_r)) >= 6 AND {_edits(x, x, 2)})", f"{told} alike", 0.1, 0.005, x, 0.5),
        Level(f"contains({x}_l, {x}_r) OR contains({x}_r, {x}_l)", f"one {told} names the other", 0.03, 0.005),
        Level("", f"different {told}", 0.17, 0.97),
    )  # fmt: skip


def _number(x: str, told: str) -> tuple[Level, ...]:
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.8, 0.02, x),
        Level(_edits(x, x, 1), f"{told} differs in one sign", 0.1, 0.1),
        Level("", f"different {told}", 0.1, 0.88),
    )


def _code(x: str, told: str) -> tuple[Level, ...]:
    return (
        Level(f"{x}_l = {x}_r", f"same {told}", 0.85, 0.0002, x),
        Level(f"least(length({x}_l), length({x}_r)) >= 6 AND {_edits(x, x, 1)}",
              f"{told} differs in one sign", 0.05, 0.0001),
        Level("", f"different {told}", 0.1, 0.9997),
    )  # fmt: skip


def _phone(x: str, told: str) -> tuple[Level, ...]:
    # One with its country, one without: the shorter one is the end of the longer one.
    ends = f"suffix({x}_l, {x}_r) OR suffix({x}_r, {x}_l)"
    same, near, other = _code(x, told)
    return (
        same,
        Level(f"least(length({x}_l), length({x}_r)) >= 8 AND ({ends})", f"same {told}, one without its country",
              0.05, 0.0002),
        near, other,
    )  # fmt: skip
