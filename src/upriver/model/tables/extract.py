"""Tables of what records say: the stage `extract` writes them."""

from __future__ import annotations

from upriver.model.columns import RECORD, Table, at, flag, integer, number, on, or_null, text, texts, usd

EXTRACT: tuple[Table, ...] = (
    Table(
        "statement",
        "extract",
        "One fact about one entity, in the shape of FollowTheMoney.",
        ("statement_id",),
        (
            text("statement_id", "hash of entity_id, prop, value, record_id"),
            text("entity_id", "the entity as this record tells it; never changes for the same evidence"),
            text("schema", "FollowTheMoney schema (model/ontology.py)"),
            text("prop", "property of the schema"),
            text("value", "value as text; an entity_id where the property points to an entity"),
            or_null(text("lang", "ISO 639-3 of the value, where known")),
            RECORD,
        ),
    ),
    Table(
        "observable",
        "extract",
        "An identifier seen in evidence: a phone, wallet, domain, handle, account, device.",
        ("observable_id", "record_id", "start"),
        (
            text("observable_id", "kind:value"),
            text(
                "kind",
                "phone, url, domain, email, iban, bank_card, bank_account, btc, eth, tron, ltc, doge, dash, zec, bch, "
                "xrp, xlm, ton, ada, atom, xmr, dot, sol, wechat, qq, telegram, whatsapp, line, zalo, handle, device, "
                "ip; another chain of a watchlist by its symbol",
            ),
            text("value", "normalised value"),
            text("raw", "as written"),
            or_null(text("entity_id", "the entity that the record says uses it; null for a mere mention in a text")),
            integer("start", "character offset in the text; -1 for a value of a column", "characters"),
            RECORD,
        ),
    ),
    Table(
        "transfer",
        "extract",
        "A movement of value from one account to another, as one record tells it.",
        ("transfer_id",),
        (
            text("transfer_id", "hash of reference, accounts, time, amount, asset, and its number among equals"),
            text("source_account", "account, card or wallet that pays, normalised"),
            text("target_account", "account, card or wallet that is paid"),
            at("occurred_at", "when"),
            number("amount", "amount in the asset's own unit, > 0"),
            text("asset", "USD, THB, CNY, USDT, BTC ..."),
            or_null(usd("amount_usd", "amount at the rate of the day; null where there is no rate")),
            text("rail", "bank, chain, cash, other"),
            or_null(text("reference", "the bank's or chain's own id of the transfer")),
            or_null(text("purpose", "text that the payer wrote")),
            RECORD,
        ),
    ),
    Table(
        "call",
        "extract",
        "A telephone call.",
        ("call_id",),
        (
            text("call_id", "hash of its content"),
            text("caller", "observable_id"),
            text("callee", "observable_id"),
            at("started_at", "when it began"),
            integer("seconds", "how long; 0 = not answered", "s"),
            or_null(text("caller_device", "handset of the caller: 14 digits of an IMEI, else as written")),
            or_null(text("callee_device", "handset of the called party, where a record tells it")),
            or_null(text("caller_sim", "SIM of the caller: IMSI or ICCID")),
            or_null(text("callee_sim", "SIM of the called party")),
            RECORD,
        ),
    ),
    Table(
        "message",
        "extract",
        "A message of a chat, SMS or mail.",
        ("message_id",),
        (
            text("message_id", "hash of its content and place"),
            text("thread", "conversation it belongs to, unique over the folder"),
            text("sender", "observable_id"),
            or_null(text("recipient", "observable_id, where it is to one")),
            or_null(at("sent_at", "when")),
            text("text", "as written"),
            text("platform", "whatsapp, telegram, sms, wechat, mail, other"),
            RECORD,
        ),
    ),
    Table(
        "contact_class",
        "extract",
        "Is this text a scam contact or a lure, of which kind and stage, and which words say so: by the word lists, by "
        "a trained model where case.toml tells one, and by the analyst, whose word goes first.",
        ("record_id",),
        (
            RECORD,
            text("medium", "message, thread, note, advert, report"),
            text("label", "the one that counts: scam, lure, neither, unsure (not enough to say)"),
            or_null(
                text(
                    "kind", "investment, romance, impersonation, loan, task, lottery, parcel, phishing, recovery, other"
                )
            ),
            or_null(text("stage", "first_contact, trust, shown_gains, payment, squeeze")),
            number(
                "score",
                "probability that the text is a scam contact (an advert: a lure), by the machine, whoever labels it; "
                "of the text, not a probability of anybody's guilt",
            ),
            texts("cues", "the words that say so, as written, in order of weight"),
            or_null(text("label_by", "word lists, model, analyst: whose the label is that counts")),
            or_null(
                text("list_label", "label by the word lists; of a thread's message, by what its sender wrote there")
            ),
            or_null(number("list_score", "probability by the word lists alone")),
            or_null(text("model_label", "label by the model, null without one or without words to read")),
            or_null(number("model_score", "probability by the model and the signs together")),
            or_null(text("text_id", "hash of the words: the same where only figures, case and blanks differ")),
        ),
    ),
    Table(
        "event_report",
        "extract",
        "One telling of a crackdown event, estimate or status by one source.",
        ("report_id",),
        (
            text("report_id", "hash of record and span"),
            text(
                "type",
                "arrest, handover, rescue_release, raid, sanction, sentence, wanted_notice, seizure, estimate, death, "
                "repatriation, prosecution, execution, disruption, flight, site_status",
            ),
            or_null(text("actor", "who acts")),
            or_null(text("from_party", "who gives up custody")),
            or_null(text("to_party", "who receives")),
            or_null(number("count", "the figure; null = no figure, which is not zero")),
            or_null(number("count_low", "lower end of a range")),
            or_null(number("count_high", "upper end of a range")),
            text("qualifier", "exact, about, more_than, at_least, up_to, nearly, range, vague"),
            text("unit", "people, compounds, buildings, USD, USD/year ..."),
            text("role", "all, leader, protector, financier, company, worker, fugitive, victim, member"),
            or_null(text("place", "gazetteer names, | between several; or the source's word")),
            or_null(text("country", "ISO 3166-1 alpha-2 of the place of action")),
            or_null(on("from_on", "first day it may have happened")),
            or_null(on("to_on", "last day it may have happened")),
            or_null(on("announced_on", "when it was announced")),
            or_null(flag("cumulative", "true: a running or period total; null: not known")),
            or_null(text("series", "the running total it belongs to, where the evidence says so")),
            text("modality", "actual, planned, attempted"),
            or_null(text("attributed_to", "who says so, the nearest first, | between several")),
            or_null(text("first_speaker", "who said it first: the origin of a re-write")),
            or_null(text("happening", "id of the happening, where the evidence says so")),
            or_null(text("subject", "what is measured: the site of a site_status, the `what` of an estimate")),
            or_null(text("status", "the status told, for a site_status")),
            or_null(text("part_of", "report_id whose figure this one is a part of")),
            or_null(text("part_kind", "dimension of the part: nationality, penalty, batch ...")),
            or_null(text("part_label", "which part")),
            or_null(text("note", "remark of the evidence's compiler")),
            or_null(text("names", "people or groups named in it, | between several")),
            text("span", "the words that carry it; empty for a row of a table, which quotes none"),
            or_null(text("doubts", "what could not be read surely, in plain words; ; between several")),
            or_null(text("language", "ISO 639-1 or BCP 47 of the source")),
            or_null(on("published_on", "when the source was published")),
            text("source", "publisher or page, as the evidence names it"),
            or_null(text("url", "address of the page")),
            RECORD,
        ),
    ),
    Table(
        "rate",
        "extract",
        "USD value of one unit of an asset on a day, as used.",
        ("asset", "rate_on"),
        (
            text("asset", "USD, THB, USDT ..."),
            on("rate_on", "the day"),
            usd("usd", "value of one unit"),
            RECORD,
        ),
    ),
    Table(
        "rejected_record",
        "extract",
        "A record, or a row that never became one, that could not be used, and why.",
        ("rejected_id",),
        (
            text("rejected_id", "hash of place and reason"),
            text("file_id", "the file"),
            text("locator", "its place in the file"),
            text("reason", "why, and what to do"),
            text("raw", "the row as it stands, at most 2,000 characters"),
            RECORD,
        ),
    ),
)
