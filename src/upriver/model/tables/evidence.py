"""Tables of files and the records read from them: the stage `evidence` writes them."""

from __future__ import annotations

from upriver.model.columns import Table, at, integer, or_null, text, texts

EVIDENCE: tuple[Table, ...] = (
    Table(
        "source_file",
        "evidence",
        "A file of the folder that was read.",
        ("file_id",),
        (
            text("file_id", "first 20 hex digits of sha256"),
            text("path", "path inside the folder, with / between parts"),
            text("sha256", "hash of the file's bytes"),
            integer("n_bytes", "size", "bytes"),
            text(
                "format",
                "csv, xlsx, json, jsonl, text, html, whatsapp, telegram, ofac, ofac_advanced, un_list, eu_list, "
                "uk_list, listed_table, ftm, stix, misp, archive, toml",
            ),
            or_null(text("encoding", "character encoding it was read with")),
            integer("n_records", "records read from it"),
            text(
                "guessed",
                "JSON object: what case.toml told, what a template told (with its name), and what was guessed: "
                "delimiter, form and column of each sheet, columns that nothing takes, time zone, currency, date order",
            ),
        ),
    ),
    Table(
        "record",
        "evidence",
        "One row, cell block, message or passage of a source file, told in the fields of its form.",
        ("record_id",),
        (
            text("record_id", "file_id#locator: opens without a look-up"),
            text("file_id", "the file it stands in"),
            text("locator", "row 12, Sheet1!row 12, message 40, page 3, line 7"),
            text("form", "what the record tells (model/forms.py); `broken` for a row that could not be read"),
            texts("fields", "the values of the form's fields, in the form's order, as written; null where empty"),
            or_null(text("extra", "JSON object of columns that the form has no field for")),
        ),
    ),
    Table(
        "decision",
        "evidence",
        "An analyst's decision from the journal.",
        ("decision_id",),
        (
            text("decision_id", "hash of the line"),
            text(
                "kind",
                "same, different, service, not_service, victim, not_victim, leg, not_leg, note, label, accept, merge, "
                "split, copy",
            ),
            text("subject_id", "entity_id, account, record_id, report_id, action_id or source that is decided on"),
            or_null(text("object_id", "the other one, where the decision is about two")),
            or_null(text("value", "what is decided, where the kind does not say it")),
            text("who", "the analyst"),
            at("decided_at", "when"),
            text("why", "the reason given"),
        ),
    ),
    Table(
        "rejected_file",
        "evidence",
        "A file that was not read, and why.",
        ("path",),
        (
            text("path", "path inside the folder"),
            or_null(text("sha256", "hash of its bytes, where they could be read")),
            integer("n_bytes", "size", "bytes"),
            text("reason", "why it was not read"),
            text("advice", "what to do about it"),
        ),
    ),
)
