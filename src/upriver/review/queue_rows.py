"""The queue as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from upriver.case.store import Case
from upriver.report.figures import visible
from upriver.report.masking import Masks
from upriver.review.contact import shown
from upriver.review.queue import Asked

COLUMNS = (
    "place", "record_id", "path", "locator", "medium", "sent_at", "sender", "recipient", "label", "label_by", "score",
    "kind", "stage", "list_label", "list_score", "model_label", "model_score", "n_records", "n_people", "victims_usd",
    "reasons", "signs", "text",
)  # fmt: skip


def rows(case: Case, hidden: Masks, asked: Sequence[Asked]) -> Iterator[tuple[object, ...]]:
    """A row for each contact, in order, as it may be shown; in the order of COLUMNS."""
    for place, one in enumerate(asked, 1):
        seen = shown(case, hidden, one, around=0)
        yield (
            place, one.record_id, seen.path, seen.locator, one.medium, seen.at, seen.who, seen.to, one.label,
            one.label_by, one.score, one.kind, one.stage, one.list_label, one.list_score, one.model_label,
            one.model_score, len(one.records), one.n_people, round(one.usd, 2), "; ".join(seen.reasons),
            visible(" | ".join(seen.signs)), visible(" ".join(seen.text.split())),
        )  # fmt: skip
