"""Tables of who shows marks of control: the stage `roles` writes them."""

from __future__ import annotations

from upriver.model.columns import RECORDS, Table, integer, number, text

ROLES: tuple[Table, ...] = (
    Table(
        "role",
        "roles",
        "Evidence of organising for one person who shows a mark of control, with a rank interval.",
        ("person_id",),
        (
            text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            integer("rank", "1 = most evidence of control"),
            integer("rank_low", "best rank over resampled evidence"),
            integer("rank_high", "worst rank over resampled evidence"),
            number("score", "evidence of organising, 0 to 1; never set against the need for protection"),
            text("features", "JSON object: each mark of control with its value"),
            text("reason", "in words, strongest mark first"),
            text("protection", "status of protected_person, or none: shown beside the rank, never subtracted"),
            RECORDS,
        ),
    ),
)
