"""Tables of what is told, and what it rests on: the stage `report` writes them."""

from __future__ import annotations

from upriver.model.columns import Table, integer, number, or_null, text

REPORT: tuple[Table, ...] = (
    Table(
        "finding",
        "report",
        "One claim in words, with its figure, method and confidence.",
        ("finding_id",),
        (
            text("finding_id", "F001 ...: by section and rank"),
            text("section", "evidence, money, network, people, protection, crackdown, loophole, open"),
            integer("rank", "order in the summary"),
            text("title", "the claim in one line: masked"),
            text("text", "the claim in full: masked"),
            or_null(number("figure", "its main figure; null = no figure")),
            text("unit", "of the figure"),
            text("method", "how it was reached"),
            text("confidence", "high, medium, low, with the reason"),
            integer("n_support", "records it rests on"),
        ),
    ),
    Table(
        "finding_support",
        "report",
        "A record that a finding rests on.",
        ("finding_id", "record_id", "table_name", "row_id"),
        (
            text("finding_id", "the finding"),
            text("record_id", "the record"),
            text("table_name", "the table by which it came"),
            text("row_id", "key of the row of that table"),
        ),
    ),
)
