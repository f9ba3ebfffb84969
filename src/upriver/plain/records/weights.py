"""Pairs of records weighed by Splink: agreement field by field, weights learnt from the file itself without answers.

Fellegi & Sunter 1969; Linacre et al. 2022 (Splink).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from upriver.errors import SettingsError
from upriver.plain.records.cleaned import Cleaned, Feature
from upriver.plain.records.levels import Level, levels
from upriver.plain.records.pairs import pairs_sql

if TYPE_CHECKING:
    import duckdb

ENOUGH = 1_000  # records below which a file is too small to learn from: then the stated weights stand
_STRANGERS = 60_000  # pairs of records taken at random, to see how often strangers agree
# A value that one record in many has is taken to be as usual as this: nobody knows how rare it is elsewhere.
_LEAST_SHARE = 0.0005
_LEAST_CODE = 0.00002  # a number that is given out once
_ELSEWHERE = 200  # records that the stated shares stand for, so that ten records do not make a rare value usual
_MOST_PRIOR = 0.01
_ROUND = 300  # pairs without which a round of learning learns nothing
_ALIKE = 20  # records alike in all that is compared; the others among them go where the first two go


@dataclass(frozen=True, slots=True)
class Weighed:
    """Pairs worth comparing.

    left, right  places of the records, left < right
    gamma        level of each feature (pairs x features), as in levels(), counted from the last up; -1: not told
    bits         what each feature lends, in log2 odds (pairs x features); 0 where it is not told
    prior        log2 odds that two records at random are of one
    follows      record that tells what many others tell -> the first two of these; it was compared with nothing, and
                 goes where they go
    learnt       from the file, which then tells how often one bearer has two given names; False: stated weights
    """

    features: tuple[Feature, ...]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    gamma: npt.NDArray[np.int8]
    bits: npt.NDArray[np.float64]
    prior: float
    follows: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    learnt: bool = True

    @property
    def weight(self) -> npt.NDArray[np.float64]:
        """log2 odds that the two records of each pair are of one."""
        summed: npt.NDArray[np.float64] = self.bits.sum(axis=1)
        return summed + self.prior


def weighed(con: duckdb.DuckDBPyConnection, data: Cleaned) -> Weighed:
    """Find and weigh the pairs of `data`; tables record_feature and record_pair are made in `con`.

    raises  SettingsError when Splink is not installed
    """
    con.register("record_feature_lent", data.rows)
    named = "words" in data.rows.column_names
    words = "REPLACE (string_split(words, ' ') AS words)" if named else ""
    con.execute(f"CREATE OR REPLACE TABLE record_feature AS SELECT * {words} FROM record_feature_lent ORDER BY rid")
    con.unregister("record_feature_lent")
    follows = _alike(con, data.rows.column_names[1:])
    con.execute(f"CREATE OR REPLACE TABLE record_pair AS {pairs_sql(data.features, 'record_compared')}")
    n = data.rows.num_rows
    linker = _linker(con, data.features, _strangers(con, data.features, n))
    _rarity(linker, con, data.features, n)
    if n >= ENOUGH:
        for rule in _training(data.features):
            if _pairs_of(con, rule) >= _ROUND and len(data.features) > len(rule):
                _learn(linker, rule)
    linker.table_management.register_blocked_pairs_for_predict(linker._db_api.register("record_pair"))
    found = linker.inference.predict(warning_mode="never").physical_name
    names = [feature.name for feature in data.features]
    shown = [f"gamma_{name}" for name in names] + [_bits(name, data.features) for name in names]
    rows = con.sql(f"SELECT rid_l, rid_r, {', '.join(shown)} FROM {found} ORDER BY rid_l, rid_r").fetchnumpy()
    columns = [np.asarray(column) for column in rows.values()]
    bits = np.stack(columns[2 + len(names) :], axis=1).astype(np.float64)
    return Weighed(
        data.features, columns[0].astype(np.int64), columns[1].astype(np.int64),
        np.stack(columns[2 : 2 + len(names)], axis=1).astype(np.int8), bits, _prior(bits.sum(axis=1), n), follows,
        n >= ENOUGH,
    )  # fmt: skip


def _alike(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Make the table record_compared, without what a crowd of equal records would add; return `follows`."""
    listed = ", ".join(columns)
    con.execute(
        "CREATE OR REPLACE TABLE record_placed AS SELECT *, "
        f"row_number() OVER (PARTITION BY {listed} ORDER BY rid) AS place, "
        f"nth_value(rid, 1) OVER whole AS first_rid, nth_value(rid, 2) OVER whole AS second_rid FROM record_feature "
        f"WINDOW whole AS (PARTITION BY {listed} ORDER BY rid ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    ).fetchall()
    con.execute(
        "CREATE OR REPLACE TABLE record_compared AS SELECT * EXCLUDE (place, first_rid, second_rid) "
        f"FROM record_placed WHERE place <= {_ALIKE}"
    ).fetchall()
    rows = con.execute(f"SELECT rid, first_rid, second_rid FROM record_placed WHERE place > {_ALIKE}").fetchall()
    con.execute("DROP TABLE record_placed").fetchall()
    return {int(rid): (int(first), int(second)) for rid, first, second in rows}


def _pairs_of(con: duckdb.DuckDBPyConnection, rule: Sequence[str]) -> int:
    """How many pairs agree in all features of a rule."""
    told = " AND ".join(f"{name} IS NOT NULL" for name in rule)
    ((pairs,),) = con.execute(
        "SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM (SELECT count(*) AS n FROM record_feature "
        f"WHERE {told} GROUP BY {', '.join(rule)})"
    ).fetchall()
    return int(pairs)


def _bits(name: str, features: Sequence[Feature]) -> str:
    level = next(levels(feature) for feature in features if feature.name == name)
    rare = " + mw_tf_adj_" + name if any(one.rare for one in level) else ""
    return f"round(mw_{name}{rare}, 9) AS bits_{name}"


def _linker(con: duckdb.DuckDBPyConnection, features: Sequence[Feature], u: Mapping[str, Sequence[float]]) -> Any:
    try:
        from splink import DuckDBAPI, Linker, SettingsCreator
    except ImportError as error:
        raise SettingsError("splink is not installed: pip install 'splink>=5,<6'") from error
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="rid",
        comparisons=[_comparison(feature, u[feature.name]) for feature in features],
        blocking_rules_to_generate_predictions=[],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )
    return Linker(DuckDBAPI(con).register("record_feature"), settings, log_level=logging.ERROR)


def _comparison(feature: Feature, u: Sequence[float]) -> dict[str, Any]:
    untold: dict[str, Any] = {
        "sql_condition": f"{feature.name}_l IS NULL OR {feature.name}_r IS NULL", "is_null_level": True,
    }  # fmt: skip
    least = _LEAST_CODE if feature.kind == "code" else _LEAST_SHARE
    stated = [_level(level, chance, least) for level, chance in zip(levels(feature), u, strict=True)]
    return {"output_column_name": feature.name, "comparison_levels": [untold, *stated]}


def _level(level: Level, chance: float, least: float) -> dict[str, Any]:
    made: dict[str, Any] = {
        "sql_condition": level.when or "ELSE", "label_for_charts": level.told or level.when or "else",
        "m_probability": level.m, "u_probability": chance,
    }  # fmt: skip
    if level.rare:
        made |= {
            "tf_adjustment_column": level.rare, "tf_adjustment_weight": level.rarity,
            "tf_minimum_u_value": least,
        }  # fmt: skip
    return made


def _strangers(con: duckdb.DuckDBPyConnection, features: Sequence[Feature], n: int) -> dict[str, list[float]]:
    """Share of pairs of strangers on each level of each feature, the stated share counting as one pair seen.

    Records are laid out by a hash and compared with those some places on: the same pairs whenever the file is the same.
    """
    turns = max(1, min(n - 1, _STRANGERS // max(n, 1)))
    cases = ", ".join(_case(feature) for feature in features)
    shares = con.execute(f"""
        WITH laid AS (SELECT *, row_number() OVER (ORDER BY hash(rid), rid) - 1 AS place FROM record_feature),
        turn AS (SELECT unnest(range(1, {turns + 1})) AS ahead)
        SELECT {cases}, count(*) AS n
        FROM laid l JOIN turn ON true JOIN laid r ON r.place = (l.place + ahead) % {n}
        GROUP BY ALL ORDER BY ALL
    """).fetchnumpy()
    gamma = np.stack([np.asarray(column) for column in list(shares.values())[:-1]], axis=1)
    count = np.asarray(list(shares.values())[-1]).astype(np.float64)
    stated = np.zeros(len(count))
    for place, feature in enumerate(features):
        known = levels(feature)
        weight = np.array([*(np.log2(level.m / level.u) for level in known), 0.0])
        stated += weight[gamma[:, place]]
    count[stated > np.log2(max(n, 2))] = 0.0  # most likely one bearer: no strangers
    found = {}
    for place, feature in enumerate(features):
        known = levels(feature)
        told = np.array([count[gamma[:, place] == level].sum() for level in range(len(known))])
        share = np.array([(seen + 1.0) / (told.sum() + 1.0 / level.u) for seen, level in zip(told, known, strict=True)])
        found[feature.name] = [float(value) for value in share / share.sum()]
    return found


def _rarity(linker: Any, con: duckdb.DuckDBPyConnection, features: Sequence[Feature], n: int) -> None:
    """The share of records beside the two that agree which have each value, with what is stated for files at large."""
    known = {level.rare: level.u for feature in features for level in reversed(levels(feature)) if level.rare}
    for name, share in known.items():
        con.execute(
            f"CREATE OR REPLACE TABLE record_rarity_{name} AS SELECT {name}, (greatest(count(*) - 2, 0) + "
            f"{_ELSEWHERE * share!r}) / ({n} + {_ELSEWHERE}) AS tf_{name} FROM record_compared "
            f"WHERE {name} IS NOT NULL GROUP BY {name}"
        )
        linker.table_management.register_term_frequency_lookup(linker._db_api.register(f"record_rarity_{name}"), name)


def _case(feature: Feature) -> str:
    """SQL of the place of the level in levels(), -1 where one of the two is not told."""
    whens = " ".join(
        f"WHEN {_sided(level.when)} THEN {place}" for place, level in enumerate(levels(feature)) if level.when
    )
    x = feature.name
    return f"CASE WHEN l.{x} IS NULL OR r.{x} IS NULL THEN -1 {whens} ELSE {len(levels(feature)) - 1} END AS {x}"


def _sided(when: str) -> str:
    return re.sub(r"\b(\w+)_([lr])\b", r"\2.\1", when)


def _training(features: Sequence[Feature]) -> list[list[str]]:
    """Features that are equal in each round of learning: every feature is learnt in a round that it does not choose."""
    kinds = {feature.kind: feature.name for feature in reversed(features)}
    rules = [["given", "family"]] if "given" in kinds else []
    rules += [[kinds[kind]] for kind in ("birth", "postcode", "code", "phone") if kind in kinds][: 2 - len(rules)]
    return rules


def _learn(linker: Any, rule: Sequence[str]) -> None:
    from splink import block_on

    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*rule), estimate_without_term_frequencies=True, max_pairs=1e6
    )


def _prior(bits: npt.NDArray[np.float64], n: int) -> float:
    """log2 odds of two records at random, so that they are the sum of what the pairs say (expectation-maximisation)."""
    every = max(1.0, n * (n - 1) / 2)
    share = 1.0 / max(n, 2)
    for _ in range(50):
        odds = share / (1 - share)
        share = min(_MOST_PRIOR, max(0.5, float((1 / (1 + np.exp2(-bits) / odds)).sum())) / every)
    return float(np.log2(share / (1 - share)))
