"""Pairs of records worth comparing: those that share two things, or one that is rare."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from upriver.plain.records.cleaned import Feature

# A key that more records have says too little: the same two records meet under a fuller one, or not at all.
MOST = 60


def atoms(features: Sequence[Feature]) -> list[tuple[str, str]]:
    """group and SQL of each value, or part of one, that records may share; keys join two atoms of different groups."""
    found: list[tuple[str, str]] = []
    for feature in features:
        x = feature.name
        if feature.coarse and feature.kind in ("text", "number"):
            continue
        if feature.kind == "given":
            found += [("given", "usual"), ("given", "left(given, 3)")]
        elif feature.kind == "family":
            found += [("family", "sound"), ("family", "left(family, 4)")]
        elif feature.kind == "birth":
            found += [(x, x), (x, f"left({x}, 4)")]
        elif feature.kind == "postcode":
            found += [(x, x), (x, f"left({x}, 3)")]
        elif feature.kind in ("text", "number"):
            found.append((x, x))
    return found


def keys(features: Sequence[Feature]) -> list[str]:
    """SQL of each key: NULL where a record does not have it."""
    parts = atoms(features)
    found = [f"{a} || '|' || {b}" for (one, a), (two, b) in combinations(parts, 2) if one != two]
    found += [f.name for f in features if f.kind in ("code", "phone", "birth", "postcode")]
    found += [f.name for f in features if f.told in ("company", "street")]
    if any(feature.kind == "given" for feature in features):
        # Names in the other order, and a family name that is a middle name elsewhere.
        found += ["least(given, family) || '|' || greatest(given, family)", "whole"]
    return found


def pairs_sql(features: Sequence[Feature], table: str) -> str:
    """A SELECT of `join_key_l` < `join_key_r`: the pairs of records of `table` that share a key."""
    several = " UNION ALL ".join(
        f"SELECT rid, {n} AS rule, hash({key}) AS key FROM {table} WHERE ({key}) IS NOT NULL"
        for n, key in enumerate(keys(features))
    )
    if any(feature.kind == "given" for feature in features):
        n = len(keys(features))
        several += (
            f" UNION ALL SELECT rid, {n} AS rule, hash(usual || '|' || word) AS key"
            f" FROM (SELECT rid, usual, given, unnest(words) AS word FROM {table}) WHERE word <> given"
        )
    return f"""
        WITH key_of AS ({several}),
        sized AS (SELECT rid, rule, key, count(*) OVER (PARTITION BY rule, key) AS n FROM key_of)
        SELECT DISTINCT a.rid AS join_key_l, b.rid AS join_key_r, '0' AS match_key
        FROM sized a JOIN sized b ON a.rule = b.rule AND a.key = b.key AND a.rid < b.rid
        WHERE a.n <= {MOST} AND b.n <= {MOST}
    """
