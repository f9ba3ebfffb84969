"""Ratios that tell one thing are one finding: one of them stands, the others are its parts and keep all they say.

Two ways: a rule names the ratio that stands for a whole (people in control, of which the rungs are parts), and
questions of one rule to which nobody gives a figure are asked once, with a list of whom or where they ask about.
Nothing is added up here: a whole is counted by its rule, and a part keeps its figures, sources and records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from upriver.crackdown.ratios import Figure, Row, loophole, rules
from upriver.crackdown.telling import amount, shown
from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id

_UNTOLD = "what there was to reach: no figure"
_NAMED = 6  # spots that a label lists
_OWN = ("fold", "spot", "whole", "speakers", "files")  # what only this module needs of a row


def folded(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Rows of the tables `loophole` and `loophole_part`, in the order of their keys.

    rows  of `ratios.loophole`, in the order in which a finding tells its parts; one that comes twice counts once
    """
    told = list({str(row["loophole_id"]): row for row in rows}.values())
    wholes: list[Row] = []
    parts: list[Row] = []
    places = {rule: place for place, rule in enumerate(rules(), 1)}
    for group in _groups(told).values():
        whole, others = _whole(group)
        parts += [_part(whole, place, row) for place, row in enumerate(others, 1)]
        wholes.append({**_bare(whole), "place": places[str(whole["rule"])], "n_parts": len(others)})
    return (
        sorted(wholes, key=lambda row: str(row["loophole_id"])),
        sorted(parts, key=lambda row: str(row["part_id"])),
    )


def _groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows by finding. A question without a figure is told with its like, not below a ratio that has one."""
    counted = {row["fold"] for row in rows if row["fold"] and row["ratio"] is not None}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["fold"] and (row["ratio"] is not None or row["fold"] not in counted):
            groups[f"fold {row['fold']}"].append(row)
        elif row["ratio"] is None and "together" in rules()[str(row["rule"])]:
            groups[f"rule {row['rule']}"].append(row)
        else:
            groups[f"row {row['loophole_id']}"].append(row)
    return groups


def _whole(group: Sequence[Row]) -> tuple[Row, list[Row]]:
    """The row that stands for a group, and its parts."""
    if len(group) == 1:
        return group[0], []
    named = next((row for row in group if row["whole"]), None)
    if named is None and all(row["ratio"] is None for row in group) and len({row["rule"] for row in group}) == 1:
        return _asked(group), list(group)
    whole = named or group[0]
    return whole, [row for row in group if row is not whole]


def _asked(group: Sequence[Row]) -> Row:
    """Questions without a figure, asked once."""
    rule, dimension = str(group[0]["rule"]), str(group[0]["dimension"])
    words = rules()[rule].get("together") or str(group[0]["label"]).partition(":")[0]
    spots = list(dict.fromkeys(str(row["spot"]) for row in group))
    cautions = {str(row["caution"]) for row in group}
    caution = str(group[0]["caution"]) if len(cautions) == 1 else "each question has its own cautions, told with it"
    above, below = _side(group, "numerator", words), _side(group, "denominator", "what there was to reach")
    reach = below.what if below.what != _UNTOLD else above.what
    made = loophole(rule, dimension, f"{words}: {_listed(spots)}", above, below, caution)
    speakers = {speaker for row in group for speaker in _texts(row["speakers"])}
    files = {file for row in group for file in _texts(row["files"])}
    sources = sorted({source for row in group for source in _texts(row["sources"])})
    return {
        **made,
        "loophole_id": content_id("asked", rule, *(str(row["loophole_id"]) for row in group)),
        "sentence": f"{len(group)} questions without a figure ({words}: {_listed(spots)}); {reach}.",
        "n_sources": len(speakers) + len(files),
        "sources": sources,
        "report_ids": sorted({name for row in group for name in _texts(row["report_ids"])})[:MOST_RECORDS],
        "record_ids": sorted({name for row in group for name in _texts(row["record_ids"])})[:MOST_RECORDS],
    }


def _side(group: Sequence[Row], side: str, words: str) -> Figure:
    """One side of a question asked once: never a figure, in words how far the figures of its parts reach."""
    units = [_units(str(row["unit"]))[side == "denominator"] for row in group]
    values = [value for row in group if isinstance(value := row[side], float)]
    unit = units[0] if len(set(units)) == 1 else "figures"
    if not values:
        return Figure(None, None, None, f"{words}: no figure", unit)
    low, high = min(values), max(values)
    span = amount(low, unit) if low == high else f"{shown(low)} to {amount(high, unit)}"
    if unit == "figures":
        return Figure(None, None, None, f"{words}: {len(values)} figures, told apart", unit)
    return Figure(None, None, None, f"{words}: {span}, told apart", unit)


def _units(unit: str) -> tuple[str, str]:
    above, of, below = unit.partition(" of ")
    return (above, below) if of else (unit, unit)


def _listed(spots: Sequence[str]) -> str:
    """Spots as in speech, the first few of many.

    >>> _listed(["Laos"]), _listed(["Laos", "Taiwan"]), _listed(list("abcdefgh"))
    ('Laos', 'Laos and Taiwan', 'a, b, c, d, e, f and 2 more')
    """
    more = len(spots) - _NAMED
    shown = [*spots[:_NAMED], f"{more} more"] if more > 0 else list(spots)
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _part(whole: Row, place: int, row: Row) -> Row:
    bare = _bare(row)
    name = bare.pop("loophole_id")
    return {"part_id": name, "loophole_id": whole["loophole_id"], "place": place, **bare}


def _bare(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _OWN}


def _texts(value: object) -> Iterable[str]:
    assert isinstance(value, list | set | frozenset | tuple)
    return (str(one) for one in value)
