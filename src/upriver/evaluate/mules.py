"""Scores the table `mule`: how many of the best scored accounts are mules' in truth, beside rules that know little."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from upriver.evaluate.scores import average_precision
from upriver.evaluate.truth import Truth, split

if TYPE_CHECKING:
    from upriver.case.store import Case

_SECTION = "mules"
_TOP = 50
# Planted schemes whose middle accounts are mules' in all but name.
_MULED = {"mule_burst", "pass_through", "layering", "peel_chain"}
Row = tuple[str, str, float, str, str]


def mule_scores(case: Case, truth: Truth) -> list[Row]:
    """Rows of scores, as `metrics.Score` takes them; none where no account of the evidence is a mule's.

    A true mule is an account of the story's first hands, or one through which a planted scheme runs.
    """
    ends = case.read("transfer", "reference", "source_account", "target_account").to_pylist()
    true = {row["account"] for row in truth.accounts if row["layer"] == "mule"}
    story = set(true)
    by_reference = {row["reference"]: (row["source_account"], row["target_account"]) for row in ends}
    for planted in truth.typologies:
        if planted.get("planted") == "1" and planted["kind"] in _MULED:
            true |= _middles([by_reference[name] for name in split(planted["references"]) if name in by_reference])
    # Who is not seen both to receive and to send has nothing by which anybody could tell.
    both = {row["source_account"] for row in ends} & {row["target_account"] for row in ends}
    crew = {row["account"] for row in truth.accounts if row["layer"] not in {"service", "innocent", "victim"}}
    ranked = case.sql("SELECT account FROM mule ORDER BY score DESC, account")["account"].to_pylist()
    return scored(ranked, true & both, story & both, crew, trivial(case))


def _middles(moves: Sequence[tuple[str, str]]) -> set[str]:
    return {source for source, _ in moves} & {target for _, target in moves}


def scored(
    ranked: Sequence[str],
    true: Collection[str],
    story: Collection[str],
    crew: Collection[str],
    rules: Mapping[str, Sequence[str]],
) -> list[Row]:
    """Rows of scores of `ranked`, best first, and of each of `rules`, against the accounts `true`.

    story  those of `true` that the victims of the case paid into; crew: accounts of the story's people of any layer
    """
    if not true:
        return []
    depth = min(_TOP, len(true))
    best = ranked[:depth]
    hit = set(best) & set(true)
    others = len(set(best) & set(crew) - hit)
    recall = len(set(ranked) & set(true)) / len(true)
    paid = len(set(ranked) & set(story))
    note = f"{others} of the others are the crew's further on; {len(true)} are true"
    rows = [
        (_SECTION, f"mules among the {depth} best", len(hit) / depth, note, ""),
        (_SECTION, "mules found", recall, f"of {len(ranked)} told; {paid} of {len(story)} of the story", ""),
        (_SECTION, "average precision", average_precision(ranked, true), "over all that are told", ""),
    ]
    for name, order in rules.items():
        right = len(set(order[:depth]) & set(true)) / depth
        mean = average_precision(order[: len(ranked)], true)
        rows.append((_SECTION, f"trivial: {name}", right, f"among as many; average precision {mean:.3f}", ""))
    return rows


def trivial(case: Case) -> dict[str, list[str]]:
    """Rules that look at one sum alone: rule -> accounts that receive and send, best first."""
    rows = case.sql(
        """SELECT account, sum(n) AS n, sum(came) AS came, sum(went) AS went FROM (
               SELECT target_account AS account, count(*) AS n, sum(cast(amount_usd AS decimal(38, 6))) AS came,
                      cast(0 AS decimal(38, 6)) AS went
               FROM transfer WHERE amount_usd IS NOT NULL GROUP BY target_account
               UNION ALL
               SELECT source_account AS account, count(*) AS n, cast(0 AS decimal(38, 6)) AS came,
                      sum(cast(amount_usd AS decimal(38, 6))) AS went
               FROM transfer WHERE amount_usd IS NOT NULL GROUP BY source_account
           ) GROUP BY account ORDER BY account"""
    ).to_pylist()
    rows = [row for row in rows if row["came"] > 0 and row["went"] > 0]
    return {
        "most in and out": _ordered(rows, lambda row: min(float(row["came"]), float(row["went"]))),
        "most transfers": _ordered(rows, lambda row: float(row["n"])),
        "nearest in to out": _ordered(
            rows, lambda row: float(min(row["came"], row["went"]) / max(row["came"], row["went"]))
        ),
    }


def _ordered(rows: list[dict[str, Any]], value: Callable[[dict[str, Any]], float]) -> list[str]:
    return [row["account"] for row in sorted(rows, key=lambda row: (-value(row), row["account"]))]
