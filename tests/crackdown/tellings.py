"""One telling to vary: a hundred people arrested in Bavet on 3 November 2025, told the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from upriver.crackdown.telling import Telling

_BASE = Telling(
    report_id="r",
    type="arrest",
    count=100.0,
    low=None,
    high=None,
    qualifier="exact",
    unit="people",
    role="all",
    from_party=None,
    to_party=None,
    places=("Bavet",),
    country="KH",
    first=date(2025, 11, 3),
    last=date(2025, 11, 3),
    announced=date(2025, 11, 4),
    published=date(2025, 11, 4),
    cumulative=False,
    series=None,
    modality="actual",
    speaker="police",
    happening=None,
    subject=None,
    status=None,
    part_of=None,
    part_kind=None,
    part_label=None,
    source="Paper",
    record_id="f#row 1",
)


def tell(report_id: str, **changes: Any) -> Telling:
    """The telling with `changes`, by a paper and in a record of its own."""
    told = {"record_id": f"f#{report_id}", "source": f"Paper {report_id}", **changes}
    return replace(_BASE, report_id=report_id, **told)
