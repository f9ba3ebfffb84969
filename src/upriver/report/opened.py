"""Where a picture opens: the findings that tell what it draws, each with its records."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from markupsafe import Markup

from upriver.report.claims import Facts
from upriver.report.sections.loophole import parts_of

_MOST = 6  # links below one picture


class Opened:
    """Findings by the loophole that they tell."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @cached_property
    def _by_loophole(self) -> dict[str, str]:
        rows = self._facts.many(
            "SELECT row_id, min(finding_id) AS finding_id FROM finding_support WHERE table_name = 'loophole' "
            "GROUP BY row_id ORDER BY row_id"
        )
        return {row["row_id"]: row["finding_id"] for row in rows}

    def finding(self, loophole_id: str) -> str:
        """The finding that tells a loophole, or nothing."""
        return self._by_loophole.get(loophole_id, "")

    @cached_property
    def parts(self) -> dict[str, list[dict[str, Any]]]:
        """loophole_id -> the ratios told with it, in their order."""
        return parts_of(self._facts)

    def links(self, loopholes: Iterable[dict[str, Any]]) -> Markup:
        """Links to the findings of some loopholes, or of what they are told with; empty where none is a finding."""
        found = dict.fromkeys(
            self._by_loophole[row["loophole_id"]] for row in loopholes if row["loophole_id"] in self._by_loophole
        )
        names = sorted(found)
        listed = Markup(", ").join(Markup('<a href="#{0}">{0}</a>').format(name) for name in names[:_MOST])
        if not listed:
            return Markup("")
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        return Markup(" Records: {}{}.").format(listed, more)

    def by_rule(self, *rules: str) -> list[dict[str, Any]]:
        """Ratios of some rules, in the order of their labels, whether they stand alone or are told with another."""
        every = [*self._facts.rows("loophole"), *self._facts.rows("loophole_part")]
        rows = [row for row in every if row["rule"] in rules]
        return sorted(rows, key=lambda row: (rules.index(row["rule"]), row["label"], row["loophole_id"]))
