"""Tables of who may be a victim: the stage `safeguard` writes them."""

from __future__ import annotations

from upriver.model.columns import RECORD, RECORDS, Table, flag, integer, or_null, text, texts

SAFEGUARD: tuple[Table, ...] = (
    Table(
        "trafficking_indicator",
        "safeguard",
        "One sign of forced labour or trafficking for one person.",
        ("person_id", "indicator"),
        (
            text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            text("indicator", "one of the eleven of the ILO (2012)"),
            text("state", "present, absent, unknown; unknown is never counted as absent"),
            or_null(text("quote", "the words")),
            or_null(text("speaker", "who says so")),
            or_null(text("directness", "own_words, reported (somebody says it of the person), seen, inferred")),
            or_null(text("record_id", "the record it rests on; null where unknown")),
        ),
    ),
    Table(
        "trafficking_sign",
        "safeguard",
        "Every sign found of a person who was present: what trafficking_indicator is drawn from.",
        ("person_id", "indicator", "state", "record_id", "quote", "directness", "speaker"),
        (
            text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            text("indicator", "one of the eleven of the ILO (2012)"),
            text("state", "present, absent, others (told of somebody else)"),
            texts("operational", "signs of ILO and EC (2009) that the words are nearest to, as dimension.sign"),
            text("quote", "the words"),
            text("speaker", "who says so, as the record names them"),
            text(
                "speaker_kind",
                "person, relative, witness, interviewer, officer, doctor, list, advert, rule (of a house)",
            ),
            text("directness", "own_words, reported (somebody says it of the person), seen, inferred"),
            RECORD,
        ),
    ),
    Table(
        "protected_person",
        "safeguard",
        "A person to be treated as a victim or presumed victim, or to be interviewed first.",
        ("person_id",),
        (
            text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            text(
                "status",
                "reported_victim (of the scam), presumed_victim (of trafficking), refer (to interview), no_information",
            ),
            text("grounds", "strong, some, none, no_information"),
            integer("n_present", "indicators present"),
            integer("n_unknown", "indicators unknown"),
            flag("child", "found to be under 18: presumed victim"),
            text("reason", "in words"),
            texts("open_questions", "what an interview by trained staff should ask"),
            RECORDS,
        ),
    ),
)
