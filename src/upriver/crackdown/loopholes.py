"""What stayed open, as ratios: by role, by area, by money. Every rule is general: none knows a place or a name.

A ratio pairs figures of one unit and one area (or one role), at the nearest fitting days. Two running totals are never
set against each other, unless one is a part of the other or the denominator is told as an estimate of what there was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from upriver.crackdown import areas, estimates, heads, takings
from upriver.crackdown.actions import Action
from upriver.crackdown.ratios import Row

if TYPE_CHECKING:
    from upriver.crackdown.params import CrackdownParams


def loopholes(actions: Sequence[Action], params: CrackdownParams) -> list[Row]:
    """Ratios from what is told, not yet folded."""
    return [
        *heads.role_shares(actions), *heads.heads_in_custody(actions), *heads.organisations(actions),
        *estimates.against_estimates(actions, params), *areas.unreached(actions), *areas.claimed_and_seen(actions),
        *areas.seized_and_cut(actions), *areas.fled(actions), *areas.sites(actions), *takings.takings(actions, params),
    ]  # fmt: skip
