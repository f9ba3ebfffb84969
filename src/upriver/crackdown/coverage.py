"""What is told as reached by area, role and money: separate happenings summed, running totals as they stand last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from upriver.crackdown.actions import Action
from upriver.crackdown.ratios import Figure, no_figure
from upriver.crackdown.telling import CUSTODY, shown
from upriver.model.columns import MOST_RECORDS
from upriver.model.ids import content_id

_SUMS = "no figure: what was told is set against estimates, one by one, in the table loophole"
REACHING = (
    *CUSTODY,
    "disruption",
    "seizure",
    "sanction",
    "sentence",
    "prosecution",
    "execution",
    "wanted_notice",
    "flight",
)


def coverage(actions: Sequence[Action]) -> list[dict[str, object]]:
    """Rows of the table `coverage`: for each area, role and kind of money what was reached, or no figure.

    Happenings that may be added are summed by type, never across types: the same people are
    arrested and then repatriated.
    """
    rows = [*_areas(actions), *_roles(actions), *_money(actions)]
    return [row for _, row in sorted({str(row["coverage_id"]): row for row in rows}.items())]


def _areas(actions: Sequence[Action]) -> list[dict[str, object]]:
    by_area: dict[str, list[Action]] = defaultdict(list)
    told: dict[str, list[str]] = defaultdict(list)
    for action in actions:
        for name in dict.fromkeys(action.head.places):
            told[name] += [telling.report_id for telling in action.tellings]
            if action.head.role == "all" and not _is_money(action.head.unit):
                by_area[name].append(action)
    rows = [row for name in sorted(by_area) for row in _reached("area", name, by_area[name])]
    reached = {str(row["label"]) for row in rows if row["reached"] is not None and row["unit"] == "people"}
    rows += [
        _nothing("area", name, "people taken or released", "people", told[name])
        for name in sorted(told.keys() - reached)
    ]
    return rows


def _roles(actions: Sequence[Action]) -> list[dict[str, object]]:
    by_role: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        if action.head.unit == "people" and action.kind in ("happening", "series"):
            by_role[action.head.role].append(action)
    rows = [
        row
        for role in sorted(by_role)
        if role != "all"
        for row in _reached("role", role, by_role[role], role_parts=True)
    ]
    for role in ("leader", "financier", "protector"):
        if not any(row["label"] == role and row["reached"] is not None for row in rows):
            rows.append(_nothing("role", role, "people taken, sanctioned or sentenced", "people", []))
    return rows


def _money(actions: Sequence[Action]) -> list[dict[str, object]]:
    by_unit: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        if _is_money(action.head.unit) and "seizure" in action.types:
            by_unit[action.head.unit].append(action)
    rows = [row for unit in sorted(by_unit) for row in _reached("money", unit, by_unit[unit])]
    return rows or [_nothing("money", "USD", "frozen, seized or forfeited", "USD", [])]


def _reached(
    dimension: str, label: str, actions: Iterable[Action], role_parts: bool = False
) -> list[dict[str, object]]:
    sums: dict[tuple[str, str], list[Action]] = defaultdict(list)
    rows = []
    for action in actions:
        kind, unit = action.types[0], action.head.unit
        if kind not in REACHING or action.head.modality != "actual" or action.value is None:
            continue
        if action.kind == "series":
            what = f"{kind}, running total, last on {action.head.at or 'no date'}" + (
                f", {' and '.join(action.head.places)}" if dimension != "area" and action.head.places else ""
            )
            rows.append(_row(dimension, label, what, unit, [action]))
        elif action.counts or (role_parts and action.kind == "happening"):
            sums[kind, unit].append(action)
    for (kind, unit), group in sorted(sums.items()):
        days = sorted(action.head.at for action in group if action.head.at)
        when = f", {days[0]} to {days[-1]}" if days else ""
        rows.append(
            _row(dimension, label, f"{kind}, {shown(float(len(group)))} separate happenings{when}", unit, group)
        )
    return rows


def _row(dimension: str, label: str, what: str, unit: str, group: Sequence[Action]) -> dict[str, object]:
    tellings = [telling for action in group for telling in action.tellings]
    return covered(
        None, dimension, label,
        Figure(
            sum(action.value or 0.0 for action in group), sum(action.low or 0.0 for action in group),
            sum(action.high or 0.0 for action in group), what, unit, tellings=tuple(tellings),
        ),
        no_figure(_SUMS, unit),
    )  # fmt: skip


def _nothing(dimension: str, label: str, what: str, unit: str, ids: Sequence[str]) -> dict[str, object]:
    row = covered(None, dimension, label, no_figure(f"{what}: no figure", unit), no_figure(_SUMS, unit))
    return {**row, "report_ids": sorted(set(ids))}


def covered(
    action_id: str | None, dimension: str, label: str, above: Figure, below: Figure, nodes: Iterable[str] = ()
) -> dict[str, object]:
    """A row of the table `coverage`: what was reached, of what there was to reach.

    action_id  the one action of the ledger; None where it is several, or lists of the case alone
    nodes      nodes of the known network that were reached
    """
    sides = (above, below)
    reports = sorted({telling.report_id for side in sides for telling in side.tellings})
    records = sorted(
        {telling.record_id for side in sides for telling in side.tellings}
        | {record for side in sides for record in side.records}
    )
    known = above.value is not None and below.value
    return {
        "coverage_id": content_id(action_id or "", dimension, label, above.what, below.what, above.unit, *reports),
        "action_id": action_id,
        "dimension": dimension,
        "label": label,
        "reached": above.value,
        "reached_low": above.low,
        "reached_high": above.high,
        "reached_what": above.what,
        "of": below.value,
        "of_what": below.what,
        "ratio": above.value / below.value if known and above.value is not None and below.value else None,
        "unit": above.unit,
        "node_ids": sorted(set(nodes))[:MOST_RECORDS],
        "report_ids": reports,
        "record_ids": records[:MOST_RECORDS],
    }


def _is_money(unit: str) -> bool:
    return len(unit.removesuffix("/year")) == 3 and unit[:3].isupper()
