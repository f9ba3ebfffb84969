"""Tables of who is who: the stage `resolve` writes them."""

from __future__ import annotations

from upriver.model.columns import RECORDS, Table, integer, number, or_null, text

RESOLVE: tuple[Table, ...] = (
    Table(
        "candidate_pair",
        "resolve",
        "Two entities worth comparing.",
        ("left_id", "right_id"),
        (
            text("left_id", "entity_id, the smaller"),
            text("right_id", "entity_id, the larger"),
            text("rule", "what they share: the blocking rule that brought them together"),
        ),
    ),
    Table(
        "judgement",
        "resolve",
        "What was decided on a pair, by the comparison or by an analyst.",
        ("left_id", "right_id"),
        (
            text("left_id", "entity_id, the smaller"),
            text("right_id", "entity_id, the larger"),
            text("judgement", "same, different, unsure"),
            number("match_probability", "0 to 1"),
            number("match_weight", "evidence", "log2 odds"),
            text("reason", "in words"),
            text("decided_by", "rule, model, or the analyst's name"),
        ),
    ),
    Table(
        "entity",
        "resolve",
        "Which canonical entity each entity belongs to.",
        ("entity_id",),
        (
            text("entity_id", "the entity as one record tells it"),
            text("canonical_id", "an entity_id of its cluster: the one that named it before, else the smallest"),
            text("schema", "FollowTheMoney schema of the canonical entity"),
            text("caption", "name to show for the canonical entity: unmasked, mask before showing"),
            integer("n_members", "entities in the cluster"),
        ),
    ),
    Table(
        "watchlist_hit",
        "resolve",
        "An entity that may be a listed one, or an account that a list names: a lead for a person to check, never a "
        "label on anybody.",
        ("entity_id", "listed_id"),
        (
            text("entity_id", "the entity of the evidence; of a listed account its observable_id"),
            text("listed_id", "the entity of the watchlist"),
            number("match_probability", "0 to 1"),
            text("reason", "in words"),
            or_null(text("list_name", "the list as it names itself, else its programme")),
            or_null(text("entry", "how the list calls the entry")),
            or_null(text("listed_on", "when the entry was listed, as the list tells it")),
            or_null(text("list_date", "the day of the list itself: the hit is no newer")),
            RECORDS,
        ),
    ),
)
