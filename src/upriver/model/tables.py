"""Every table of a case: its columns, types, units, key and writer, declared once.

`docs/tables.md` is generated from this module (`upriver tables`). A stage opens only the tables that it
declares; each table has one writer. Times (`_at`) are UTC, dates end in `_on`, money in `_usd`, counts begin with `n_`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Type = Literal["text", "text[]", "int", "float", "bool", "time", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `unit` is empty where the type says all; `optional` columns may be null."""

    name: str
    type: Type
    meaning: str
    unit: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: `key` columns are unique together and never null; `writer` is the stage that fills it."""

    name: str
    writer: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        missing = set(self.key) - {column.name for column in self.columns}
        if missing:
            raise ValueError(f"{self.name}: key names no column: {sorted(missing)}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _text(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "text", meaning, unit)


def _texts(name: str, meaning: str) -> Column:
    return Column(name, "text[]", meaning)


def _int(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "int", meaning, unit)


def _float(name: str, meaning: str, unit: str = "") -> Column:
    return Column(name, "float", meaning, unit)


def _usd(name: str, meaning: str) -> Column:
    return Column(name, "float", meaning, "USD")


def _flag(name: str, meaning: str) -> Column:
    return Column(name, "bool", meaning)


def _at(name: str, meaning: str) -> Column:
    return Column(name, "time", meaning, "UTC")


def _on(name: str, meaning: str) -> Column:
    return Column(name, "date", meaning)


def _or_null(column: Column) -> Column:
    return Column(column.name, column.type, column.meaning, column.unit, optional=True)


_RECORD = _text("record_id", "the record this row rests on")
# Records that a row of a table keeps of those it rests on.
MOST_RECORDS = 50
_RECORDS = _texts(
    "record_ids", f"records this row rests on, sorted, at most {MOST_RECORDS}; the count column says how many in all"
)

_DECLARED: tuple[Table, ...] = (
    # ---- evidence -------------------------------------------------------------------------------------------
    Table(
        "source_file",
        "evidence",
        "A file of the folder that was read.",
        ("file_id",),
        (
            _text("file_id", "first 20 hex digits of sha256"),
            _text("path", "path inside the folder, with / between parts"),
            _text("sha256", "hash of the file's bytes"),
            _int("n_bytes", "size", "bytes"),
            _text(
                "format",
                "csv, xlsx, json, jsonl, text, html, whatsapp, telegram, ofac, ofac_advanced, un_list, eu_list, "
                "uk_list, listed_table, ftm, stix, misp, archive, toml",
            ),
            _or_null(_text("encoding", "character encoding it was read with")),
            _int("n_records", "records read from it"),
            _text(
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
            _text("record_id", "file_id#locator: opens without a look-up"),
            _text("file_id", "the file it stands in"),
            _text("locator", "row 12, Sheet1!row 12, message 40, page 3, line 7"),
            _text("form", "what the record tells (model/forms.py); `broken` for a row that could not be read"),
            _texts("fields", "the values of the form's fields, in the form's order, as written; null where empty"),
            _or_null(_text("extra", "JSON object of columns that the form has no field for")),
        ),
    ),
    Table(
        "decision",
        "evidence",
        "An analyst's decision from the journal.",
        ("decision_id",),
        (
            _text("decision_id", "hash of the line"),
            _text(
                "kind",
                "same, different, service, not_service, victim, not_victim, leg, not_leg, note, label, accept, merge, "
                "split, copy",
            ),
            _text("subject_id", "entity_id, account, record_id, report_id, action_id or source that is decided on"),
            _or_null(_text("object_id", "the other one, where the decision is about two")),
            _or_null(_text("value", "what is decided, where the kind does not say it")),
            _text("who", "the analyst"),
            _at("decided_at", "when"),
            _text("why", "the reason given"),
        ),
    ),
    Table(
        "rejected_file",
        "evidence",
        "A file that was not read, and why.",
        ("path",),
        (
            _text("path", "path inside the folder"),
            _or_null(_text("sha256", "hash of its bytes, where they could be read")),
            _int("n_bytes", "size", "bytes"),
            _text("reason", "why it was not read"),
            _text("advice", "what to do about it"),
        ),
    ),
    # ---- extract --------------------------------------------------------------------------------------------
    Table(
        "statement",
        "extract",
        "One fact about one entity, in the shape of FollowTheMoney.",
        ("statement_id",),
        (
            _text("statement_id", "hash of entity_id, prop, value, record_id"),
            _text("entity_id", "the entity as this record tells it; never changes for the same evidence"),
            _text("schema", "FollowTheMoney schema (model/ontology.py)"),
            _text("prop", "property of the schema"),
            _text("value", "value as text; an entity_id where the property points to an entity"),
            _or_null(_text("lang", "ISO 639-3 of the value, where known")),
            _RECORD,
        ),
    ),
    Table(
        "observable",
        "extract",
        "An identifier seen in evidence: a phone, wallet, domain, handle, account, device.",
        ("observable_id", "record_id", "start"),
        (
            _text("observable_id", "kind:value"),
            _text(
                "kind",
                "phone, url, domain, email, iban, bank_card, bank_account, btc, eth, tron, ltc, doge, dash, zec, bch, "
                "xrp, xlm, ton, ada, atom, xmr, dot, sol, wechat, qq, telegram, whatsapp, line, zalo, handle, device, "
                "ip; another chain of a watchlist by its symbol",
            ),
            _text("value", "normalised value"),
            _text("raw", "as written"),
            _or_null(_text("entity_id", "the entity that the record says uses it; null for a mere mention in a text")),
            _int("start", "character offset in the text; -1 for a value of a column", "characters"),
            _RECORD,
        ),
    ),
    Table(
        "transfer",
        "extract",
        "A movement of value from one account to another, as one record tells it.",
        ("transfer_id",),
        (
            _text("transfer_id", "hash of reference, accounts, time, amount, asset, and its number among equals"),
            _text("source_account", "account, card or wallet that pays, normalised"),
            _text("target_account", "account, card or wallet that is paid"),
            _at("occurred_at", "when"),
            _float("amount", "amount in the asset's own unit, > 0"),
            _text("asset", "USD, THB, CNY, USDT, BTC ..."),
            _or_null(_usd("amount_usd", "amount at the rate of the day; null where there is no rate")),
            _text("rail", "bank, chain, cash, other"),
            _or_null(_text("reference", "the bank's or chain's own id of the transfer")),
            _or_null(_text("purpose", "text that the payer wrote")),
            _RECORD,
        ),
    ),
    Table(
        "call",
        "extract",
        "A telephone call.",
        ("call_id",),
        (
            _text("call_id", "hash of its content"),
            _text("caller", "observable_id"),
            _text("callee", "observable_id"),
            _at("started_at", "when it began"),
            _int("seconds", "how long; 0 = not answered", "s"),
            _or_null(_text("caller_device", "handset of the caller: 14 digits of an IMEI, else as written")),
            _or_null(_text("callee_device", "handset of the called party, where a record tells it")),
            _or_null(_text("caller_sim", "SIM of the caller: IMSI or ICCID")),
            _or_null(_text("callee_sim", "SIM of the called party")),
            _RECORD,
        ),
    ),
    Table(
        "message",
        "extract",
        "A message of a chat, SMS or mail.",
        ("message_id",),
        (
            _text("message_id", "hash of its content and place"),
            _text("thread", "conversation it belongs to, unique over the folder"),
            _text("sender", "observable_id"),
            _or_null(_text("recipient", "observable_id, where it is to one")),
            _or_null(_at("sent_at", "when")),
            _text("text", "as written"),
            _text("platform", "whatsapp, telegram, sms, wechat, mail, other"),
            _RECORD,
        ),
    ),
    Table(
        "contact_class",
        "extract",
        "Is this text a scam contact or a lure, of which kind and stage, and which words say so.",
        ("record_id",),
        (
            _RECORD,
            _text("medium", "message, thread, note, advert, report"),
            _text("label", "scam, lure, neither, unsure"),
            _or_null(
                _text(
                    "kind", "investment, romance, impersonation, loan, task, lottery, parcel, phishing, recovery, other"
                )
            ),
            _or_null(_text("stage", "first_contact, trust, shown_gains, payment, squeeze")),
            _float("score", "strength of the signs, 0 to 1; not a probability of guilt"),
            _texts("cues", "the words that say so, as written, in order of weight"),
        ),
    ),
    Table(
        "event_report",
        "extract",
        "One telling of a crackdown event, estimate or status by one source.",
        ("report_id",),
        (
            _text("report_id", "hash of record and span"),
            _text(
                "type",
                "arrest, handover, rescue_release, raid, sanction, sentence, wanted_notice, seizure, estimate, death, "
                "repatriation, prosecution, execution, disruption, flight, site_status",
            ),
            _or_null(_text("actor", "who acts")),
            _or_null(_text("from_party", "who gives up custody")),
            _or_null(_text("to_party", "who receives")),
            _or_null(_float("count", "the figure; null = no figure, which is not zero")),
            _or_null(_float("count_low", "lower end of a range")),
            _or_null(_float("count_high", "upper end of a range")),
            _text("qualifier", "exact, about, more_than, at_least, up_to, nearly, range, vague"),
            _text("unit", "people, compounds, buildings, USD, USD/year ..."),
            _text("role", "all, leader, protector, financier, company, worker, fugitive, victim, member"),
            _or_null(_text("place", "gazetteer names, | between several; or the source's word")),
            _or_null(_text("country", "ISO 3166-1 alpha-2 of the place of action")),
            _or_null(_on("from_on", "first day it may have happened")),
            _or_null(_on("to_on", "last day it may have happened")),
            _or_null(_on("announced_on", "when it was announced")),
            _or_null(_flag("cumulative", "true: a running or period total; null: not known")),
            _or_null(_text("series", "the running total it belongs to, where the evidence says so")),
            _text("modality", "actual, planned, attempted"),
            _or_null(_text("attributed_to", "who says so, the nearest first, | between several")),
            _or_null(_text("first_speaker", "who said it first: the origin of a re-write")),
            _or_null(_text("happening", "id of the happening, where the evidence says so")),
            _or_null(_text("subject", "what is measured: the site of a site_status, the `what` of an estimate")),
            _or_null(_text("status", "the status told, for a site_status")),
            _or_null(_text("part_of", "report_id whose figure this one is a part of")),
            _or_null(_text("part_kind", "dimension of the part: nationality, penalty, batch ...")),
            _or_null(_text("part_label", "which part")),
            _or_null(_text("note", "remark of the evidence's compiler")),
            _or_null(_text("names", "people or groups named in it, | between several")),
            _text("span", "the words that carry it; empty for a row of a table, which quotes none"),
            _or_null(_text("doubts", "what could not be read surely, in plain words; ; between several")),
            _or_null(_text("language", "ISO 639-1 or BCP 47 of the source")),
            _or_null(_on("published_on", "when the source was published")),
            _text("source", "publisher or page, as the evidence names it"),
            _or_null(_text("url", "address of the page")),
            _RECORD,
        ),
    ),
    Table(
        "rate",
        "extract",
        "USD value of one unit of an asset on a day, as used.",
        ("asset", "rate_on"),
        (
            _text("asset", "USD, THB, USDT ..."),
            _on("rate_on", "the day"),
            _usd("usd", "value of one unit"),
            _RECORD,
        ),
    ),
    Table(
        "rejected_record",
        "extract",
        "A record, or a row that never became one, that could not be used, and why.",
        ("rejected_id",),
        (
            _text("rejected_id", "hash of place and reason"),
            _text("file_id", "the file"),
            _text("locator", "its place in the file"),
            _text("reason", "why, and what to do"),
            _text("raw", "the row as it stands, at most 2,000 characters"),
            _RECORD,
        ),
    ),
    # ---- resolve --------------------------------------------------------------------------------------------
    Table(
        "candidate_pair",
        "resolve",
        "Two entities worth comparing.",
        ("left_id", "right_id"),
        (
            _text("left_id", "entity_id, the smaller"),
            _text("right_id", "entity_id, the larger"),
            _text("rule", "what they share: the blocking rule that brought them together"),
        ),
    ),
    Table(
        "judgement",
        "resolve",
        "What was decided on a pair, by the comparison or by an analyst.",
        ("left_id", "right_id"),
        (
            _text("left_id", "entity_id, the smaller"),
            _text("right_id", "entity_id, the larger"),
            _text("judgement", "same, different, unsure"),
            _float("match_probability", "0 to 1"),
            _float("match_weight", "evidence", "log2 odds"),
            _text("reason", "in words"),
            _text("decided_by", "rule, model, or the analyst's name"),
        ),
    ),
    Table(
        "entity",
        "resolve",
        "Which canonical entity each entity belongs to.",
        ("entity_id",),
        (
            _text("entity_id", "the entity as one record tells it"),
            _text("canonical_id", "an entity_id of its cluster: the one that named it before, else the smallest"),
            _text("schema", "FollowTheMoney schema of the canonical entity"),
            _text("caption", "name to show for the canonical entity: unmasked, mask before showing"),
            _int("n_members", "entities in the cluster"),
        ),
    ),
    Table(
        "watchlist_hit",
        "resolve",
        "An entity that may be a listed one, or an account that a list names: a lead for a person to check, never a "
        "label on anybody.",
        ("entity_id", "listed_id"),
        (
            _text("entity_id", "the entity of the evidence; of a listed account its observable_id"),
            _text("listed_id", "the entity of the watchlist"),
            _float("match_probability", "0 to 1"),
            _text("reason", "in words"),
            _or_null(_text("list_name", "the list as it names itself, else its programme")),
            _or_null(_text("entry", "how the list calls the entry")),
            _or_null(_text("listed_on", "when the entry was listed, as the list tells it")),
            _or_null(_text("list_date", "the day of the list itself: the hit is no newer")),
            _RECORDS,
        ),
    ),
    # ---- link -----------------------------------------------------------------------------------------------
    Table(
        "identifier",
        "link",
        "Whose a contact identifier or account is: the one person or company told to use it. A WhatsApp number is a "
        "telephone number: where its owner is not known it stands for the phone.",
        ("observable_id",),
        (
            _text("observable_id", "kind:value, as in observable"),
            _text("node_id", "canonical_id, or the observable_id of the phone behind a WhatsApp number"),
        ),
    ),
    Table(
        "edge",
        "link",
        "A tie of one kind between two nodes, with its records.",
        ("edge_id",),
        (
            _text("edge_id", "hash of kind and ends"),
            _text("source_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            _text("target_id", "as source_id; for an undirected kind the larger of the two"),
            _text(
                "kind",
                "calls, writes_to, pays, shares, script, owns, directs, kin, works_at, manages, holds_key, "
                "administers, member_of, same_site, travels_with",
            ),
            _flag("directed", "whether source and target differ in meaning"),
            _float("weight", "strength: counts damped and divided by how common the shared thing is, > 0"),
            _int("n_records", "records that show it"),
            _or_null(_usd("amount_usd", "money it carried, for pays")),
            _or_null(_at("first_at", "first seen")),
            _or_null(_at("last_at", "last seen")),
            _or_null(_text("via", "what is shared: the observable, script or place")),
            _RECORDS,
        ),
    ),
    Table(
        "community",
        "link",
        "The group a node belongs to.",
        ("node_id",),
        (
            _text("node_id", "as edge.source_id"),
            _text("community_id", "hash of its members"),
            _text("name", "named from its own evidence: the body or script that most of it and few others have"),
            _or_null(_text("named_by", "what the name rests on, in words")),
            _int("n_members", "nodes in it"),
            _float("stability", "share of resampled networks in which it stays with most of its group, 0 to 1"),
            _or_null(_flag("core", "whether it stays in nearly all of them; else it is at the fringe")),
            _or_null(
                _float("cohesion", "of the group: share of its pairs of members that stay together, over resamples")
            ),
        ),
    ),
    Table(
        "script",
        "link",
        "A text that several senders use, but for what they fill in.",
        ("script_id",),
        (
            _text("script_id", "as edge.via of a tie by script"),
            _text("words", "the words that its messages share: names, sums and links masked, … where they differ"),
            _int("n_senders", "nodes that send it"),
            _int("n_recipients", "identifiers, or groups, that got it"),
            _int("n_messages", "messages"),
            _or_null(_at("first_at", "first sent")),
            _or_null(_at("last_at", "last sent")),
            _RECORDS,
        ),
    ),
    Table(
        "common_value",
        "link",
        "What too many have for it to tie anybody: left out of ties and of common contacts, with the reason.",
        ("kind", "node_id"),
        (
            _text("kind", "number, handset, identifier, account, thread, script, list, journey"),
            _text("node_id", "observable_id, canonical_id of an account's holder, thread, script_id, list and site"),
            _int("n", "how many have it: contacts, numbers, owners, payers and payees, writers, senders, people"),
            _int("bound", "of more it ties nobody"),
            _text("reason", "of what they are so many, and what it may be"),
        ),
    ),
    Table(
        "call_pair",
        "link",
        "All calls of one number to another.",
        ("caller", "callee"),
        (
            _text("caller", "observable_id"),
            _text("callee", "observable_id"),
            _int("n_calls", "calls"),
            _int("n_answered", "of them, longer than 0 s"),
            _int("seconds", "all together", "s"),
            _at("first_at", "first contact this way"),
            _at("last_at", "last contact this way"),
            _texts("record_ids", f"the first {MOST_RECORDS} records of it, sorted; n_calls says how many in all"),
        ),
    ),
    Table(
        "call_number",
        "link",
        "A number of the call records: how much, with how many, when in local time.",
        ("observable_id",),
        (
            _text("observable_id", "the number"),
            _or_null(_text("node_id", "whose it is, where one owner is told")),
            _int("n_out", "calls it makes"),
            _int("n_in", "calls it gets"),
            _int("n_answered", "of both, longer than 0 s"),
            _int("seconds", "all together", "s"),
            _int("n_contacts", "numbers it called or was called by"),
            _int("n_called", "numbers it called"),
            _at("first_at", "first call"),
            _at("last_at", "last call"),
            _int("n_days", "local days on which it called or answered"),
            _text("zone", "time zone of hours, weekdays and shift"),
            _texts("hours", "calls made or answered in each local hour, from 00 to 23"),
            _texts("weekdays", "the same for each weekday, from Monday"),
            _or_null(
                _text("shift_from", "regular hours of its calls made begin, local; null: none stand out, or too few")
            ),
            _or_null(_text("shift_to", "regular hours end, local")),
            _or_null(_float("shift_share", "of the calls it makes, in these hours, 0 to 1")),
            _texts("days_off", "weekdays on which it hardly calls"),
        ),
    ),
    Table(
        "first_contact",
        "link",
        "The first twenty contacts of a victim's number, in the order in which each began.",
        ("observable_id", "object_id"),
        (
            _text("observable_id", "number of a reported victim"),
            _text("object_id", "who was in contact with it"),
            _int("place", "1 = the first of all"),
            _text("medium", "call, message"),
            _flag("by_victim", "whether the victim began it"),
            _at("first_at", "when"),
            _int("n_contacts", "calls and messages between the two, in all"),
            _flag("common", "whether it is a number of very many contacts (common_value)"),
            _RECORD,
        ),
    ),
    Table(
        "handset",
        "link",
        "A number used in a handset.",
        ("device", "observable_id"),
        (
            _text("device", "as call.caller_device"),
            _text("observable_id", "the number"),
            _int("n_calls", "calls that tell both"),
            _int("n_sims", "SIMs told"),
            _int("n_numbers", "numbers of this handset"),
            _int("n_devices", "handsets of this number"),
            _at("first_at", "first call"),
            _at("last_at", "last call"),
            _texts("record_ids", f"the first {MOST_RECORDS} records of it, sorted; n_calls says how many in all"),
        ),
    ),
    Table(
        "handset_swap",
        "link",
        "One number after another in a handset, or one handset after another of a number.",
        ("kind", "subject_id", "target_id"),
        (
            _text("kind", "number: the handset gets another number; device: the number moves to another handset"),
            _text("subject_id", "the handset (device:...) or the number"),
            _text("source_id", "the number or handset before"),
            _text("target_id", "the number or handset after"),
            _at("last_at", "last call of the one before"),
            _at("first_at", "first call of the one after"),
            _flag("in_turns", "whether the one before was used again after that: two SIMs, or a lent telephone"),
            _RECORDS,
        ),
    ),
    Table(
        "common_contact",
        "link",
        "Two numbers with contacts in common, more than chance brings.",
        ("left_id", "right_id"),
        (
            _text("left_id", "observable_id, the smaller"),
            _text("right_id", "observable_id, the larger"),
            _int("n_common", "contacts in common; common_value left out"),
            _int(
                "least_calls", "calls with each that a contact needed to count: more than 1 where calls are very many"
            ),
            _float("weight", "their sum, each divided by the log of how many have it"),
            _float("expected", "contacts in common, were contacts dealt out at random"),
            _float("by_chance", "pairs of all that would have so many by chance; small: it says something"),
            _texts("contacts", f"the contacts, the rarest first, at most {MOST_RECORDS}"),
            _RECORDS,
        ),
    ),
    Table(
        "call_burst",
        "link",
        "Calls in a window after an event against the same hours of the days before.",
        ("event_at", "observable_id"),
        (
            _at("event_at", "the event, as told in the parameters"),
            _text("observable_id", "the number; all: every call"),
            _at("from_at", "the window begins"),
            _at("to_at", "the window ends"),
            _or_null(_int("n_after", "calls in it")),
            _or_null(_int("n_before", "calls in the windows before")),
            _int("n_windows", "windows before; 0: nothing can be compared"),
            _or_null(_int("most_before", "most calls in one of them")),
            _or_null(_float("ratio", "of the rates; null: none before")),
            _or_null(_float("ratio_low", "95 % interval, exact")),
            _or_null(_float("ratio_high", "95 % interval, exact; null: no bound")),
            _or_null(_float("p", "two-sided, exact, given the calls of all windows")),
            _or_null(_float("p_adjusted", "the same for all numbers tested together (Holm)")),
            _text("words", "one sentence for people"),
        ),
    ),
    Table(
        "successor_lead",
        "link",
        "A number that appears after another fell silent, with its contacts or its handset: a lead, not an identity.",
        ("source_id", "target_id"),
        (
            _text("source_id", "observable_id of the number that fell silent"),
            _text("target_id", "observable_id of the number that appeared"),
            _at("silent_at", "last call of the one"),
            _at("appears_at", "first call of the other"),
            _int("n_common", "contacts in common; common_value left out"),
            _float("overlap", "of the first one's contacts, weighted by rarity, those that the other has, 0 to 1"),
            _float("by_chance", "pairs of all compared that would have so many by chance"),
            _or_null(_text("device", "handset in which both were used")),
            _texts("contacts", f"the contacts, the rarest first, at most {MOST_RECORDS}"),
            _text("reason", "in words"),
            _RECORDS,
        ),
    ),
    # ---- money ----------------------------------------------------------------------------------------------
    Table(
        "flow",
        "money",
        "A transfer in USD between two different accounts, as used for tracing.",
        ("transfer_id",),
        (
            _text("transfer_id", "transfer"),
            _text("source_account", "pays"),
            _text("target_account", "is paid"),
            _at("occurred_at", "when"),
            _usd("amount_usd", "amount, > 0"),
            _text(
                "origin",
                "victim_payment: reported by a victim; stolen: leaves an account named as a source; ransom; "
                "inducement: back to a victim who then paid again; return: back to a victim; other",
            ),
            _or_null(_text("victim_id", "entity_id of the victim whose report names it")),
            _RECORD,
        ),
    ),
    Table(
        "trace",
        "money",
        "Victims' money carried by a transfer, by a stated method.",
        ("transfer_id", "method"),
        (
            _text("transfer_id", "transfer"),
            _text("method", "auto, haircut, fifo, lifo, taint_first"),
            _flag("main", "whether sums, stops and pictures rest on this method"),
            _usd("traced_usd", "victims' money in it by this method"),
            _usd("low_usd", "least over the stated methods: a spread, not a bound"),
            _usd("high_usd", "most over the stated methods: a spread, not a bound"),
            _usd(
                "presumed_usd", "of traced_usd, what its sender was not seen to have, taken for victims' money; else 0"
            ),
            _or_null(
                _usd("entered_usd", "of traced_usd, what entered with it: a victim's payment; null where nothing did")
            ),
            _int("n_hops", "fewest transfers from a victim's payment to this one, 0 for the payment itself"),
            _or_null(
                _float(
                    "leg_confidence",
                    "share of it that stands if each leg it crossed holds at its confidence; 1 where it crossed none",
                )
            ),
        ),
    ),
    Table(
        "leg",
        "money",
        "A traced payment to a swap, bridge or exchange, and the payment out of it that is, or may be, its other side.",
        ("in_transfer_id", "out_transfer_id"),
        (
            _text("in_transfer_id", "the payment in"),
            _text("out_transfer_id", "the payment out, in another asset or on another chain"),
            _text("in_account", "the account of the service that was paid"),
            _text("out_account", "the account that paid out, the same or another of its operator"),
            _text("in_asset", "asset paid in, with its chain where the address tells it"),
            _text("out_asset", "asset paid out"),
            _usd("in_usd", "worth of the payment in"),
            _usd("out_usd", "worth of the payment out"),
            _usd("traced_usd", "victims' money in the payment in, by FIFO"),
            Column("minutes", "float", "between the two", "minutes"),
            _float("confidence", "0 to 1: falls with rivals, strangers, the value lost and the delay"),
            _int("n_rivals", "other payments that would fit, for either of the two"),
            _text("sign", "decision, transaction, owner, fit: what speaks for it"),
            _flag("joined", "whether the trace goes on there; else it is only the best candidate"),
            _text("reason", "in words"),
            _texts("record_ids", "the records of the two"),
        ),
    ),
    Table(
        "traced_account",
        "money",
        "What an account received of victims' money, and where it stopped.",
        ("account",),
        (
            _text("account", "account, card or wallet"),
            _or_null(_text("holder_id", "canonical_id of its holder, where known; results only, never carries taint")),
            _usd("received_usd", "victims' money received, by the main method"),
            _usd("kept_usd", "of that, not sent on"),
            _usd("low_usd", "least received over the stated methods"),
            _usd("high_usd", "most received over the stated methods"),
            _int("n_hops", "fewest transfers from a victim's payment"),
            _at("first_at", "first traced arrival"),
            _at("last_at", "last traced arrival"),
            _or_null(
                _text(
                    "stop_reason",
                    "null where sent on: service, cash_out, mixer, parked, unseen_inflow, end_of_evidence, limit",
                )
            ),
            _flag("cash_out", "whether this is a point where the money leaves for cash, an exchange or an OTC desk"),
            _usd("unseen_inflow_usd", "sent beyond what it was seen to receive; 0 where none"),
            _float("service_score", "how much it behaves like a service (fan-in, fan-out, balance), 0 to 1"),
            _text("reason", "in words"),
        ),
    ),
    Table(
        "loss",
        "money",
        "What one victim paid and got back.",
        ("victim_id",),
        (
            _text("victim_id", "entity_id of the victim, or the account of a named source"),
            _usd("reported_usd", "sum of payments the victim reports"),
            _usd("found_usd", "of that, found among the transfers"),
            _usd("ransom_usd", "of the found money, paid as ransom for a person held"),
            _usd("returned_usd", "paid back by accounts that victims paid (inducement or refund)"),
            _usd("inducement_usd", "of the returned money, paid back before the victim paid again: to win trust"),
            _usd("net_usd", "found less returned"),
            _usd("reached_cash_out_usd", "of the found money, share that reached a cash-out point, by haircut"),
            _int("n_payments", "payments reported"),
            _or_null(_at("first_at", "first payment")),
            _or_null(_at("last_at", "last payment")),
            _RECORDS,
        ),
    ),
    Table(
        "attribution",
        "money",
        "How much of a victim's money an account holds, gave back or let out of sight.",
        ("attribution_id",),
        (
            _text("attribution_id", "hash of victim, kind, account and fate"),
            _or_null(
                _text("victim_id", "as loss.victim_id; null for `unseen` and `others`, which are nobody's by name")
            ),
            _text(
                "kind",
                "loss, ransom, stolen; unseen: presumed from a gap in the record; others: parts too small to tell "
                "apart",
            ),
            _text("account", "where it is; of money given back, the account that got it"),
            _text("fate", "stands: held there at the end; returned: given back; let_go: left it too small to follow"),
            _usd("usd", "of this victim's money, by the main method, shared within an account in proportion"),
            _usd("low_usd", "least over the stated methods: a spread, not a bound"),
            _usd("high_usd", "most over the stated methods: a spread, not a bound"),
            _float("share_of_account", "of all that is followed and has this fate at the account, 0 to 1"),
            _or_null(_float("share_of_loss", "of all of this kind that this victim's payments brought in, 0 to 1")),
            _or_null(_text("stop_reason", "as traced_account.stop_reason; null where sent on or given back")),
            _int("n_transfers", "transfers to the account that brought it"),
            _texts("transfer_ids", f"those that brought most of it, most first, at most {MOST_RECORDS}"),
            _RECORDS,
        ),
    ),
    Table(
        "alert",
        "money",
        "Transfers that look like a laundering pattern.",
        ("alert_id",),
        (
            _text("alert_id", "hash of kind and transfers"),
            _text(
                "kind",
                "fan_in, fan_out, gather_scatter, cycle, pass_through, structuring, peel_chain, layering, mule_burst, "
                "bipartite, stack",
            ),
            _text("account", "the account at its centre"),
            _float("severity", "0 to 1"),
            _texts("severity_reasons", "what the severity rests on"),
            _usd("amount_usd", "money in it"),
            _usd("traced_usd", "victims' money in it, by the main method"),
            _int("n_transfers", "transfers in it"),
            _at("first_at", "begins"),
            _at("last_at", "ends"),
            _text("reason", "why it is shown"),
            _text("innocent", "an innocent explanation that would fit too"),
            _texts("transfer_ids", "its transfers, in time order, at most 50"),
        ),
    ),
    Table(
        "mule",
        "money",
        "Accounts that look like a mule's: a reason to look at the account, never at its holder.",
        ("account",),
        (
            _text("account", "account or wallet"),
            _float("score", "0 to 1"),
            _texts("reasons", "why, the heaviest first"),
            _text("innocent", "an innocent explanation that would fit too"),
        ),
    ),
    # ---- safeguard ------------------------------------------------------------------------------------------
    Table(
        "trafficking_indicator",
        "safeguard",
        "One sign of forced labour or trafficking for one person.",
        ("person_id", "indicator"),
        (
            _text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            _text("indicator", "one of the eleven of the ILO (2012)"),
            _text("state", "present, absent, unknown; unknown is never counted as absent"),
            _or_null(_text("quote", "the words")),
            _or_null(_text("speaker", "who says so")),
            _or_null(_text("directness", "own_words, reported (somebody says it of the person), seen, inferred")),
            _or_null(_text("record_id", "the record it rests on; null where unknown")),
        ),
    ),
    Table(
        "trafficking_sign",
        "safeguard",
        "Every sign found of a person who was present: what trafficking_indicator is drawn from.",
        ("person_id", "indicator", "state", "record_id", "quote", "directness", "speaker"),
        (
            _text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            _text("indicator", "one of the eleven of the ILO (2012)"),
            _text("state", "present, absent, others (told of somebody else)"),
            _texts("operational", "signs of ILO and EC (2009) that the words are nearest to, as dimension.sign"),
            _text("quote", "the words"),
            _text("speaker", "who says so, as the record names them"),
            _text(
                "speaker_kind",
                "person, relative, witness, interviewer, officer, doctor, list, advert, rule (of a house)",
            ),
            _text("directness", "own_words, reported (somebody says it of the person), seen, inferred"),
            _RECORD,
        ),
    ),
    Table(
        "protected_person",
        "safeguard",
        "A person to be treated as a victim or presumed victim, or to be interviewed first.",
        ("person_id",),
        (
            _text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            _text(
                "status",
                "reported_victim (of the scam), presumed_victim (of trafficking), refer (to interview), no_information",
            ),
            _text("grounds", "strong, some, none, no_information"),
            _int("n_present", "indicators present"),
            _int("n_unknown", "indicators unknown"),
            _flag("child", "found to be under 18: presumed victim"),
            _text("reason", "in words"),
            _texts("open_questions", "what an interview by trained staff should ask"),
            _RECORDS,
        ),
    ),
    # ---- roles ----------------------------------------------------------------------------------------------
    Table(
        "role",
        "roles",
        "Evidence of organising for one person who shows a mark of control, with a rank interval.",
        ("person_id",),
        (
            _text("person_id", "canonical_id, or observable_id of an identifier nobody is known to own"),
            _int("rank", "1 = most evidence of control"),
            _int("rank_low", "best rank over resampled evidence"),
            _int("rank_high", "worst rank over resampled evidence"),
            _float("score", "evidence of organising, 0 to 1; never set against the need for protection"),
            _text("features", "JSON object: each mark of control with its value"),
            _text("reason", "in words, strongest mark first"),
            _text("protection", "status of protected_person, or none: shown beside the rank, never subtracted"),
            _RECORDS,
        ),
    ),
    # ---- crackdown ------------------------------------------------------------------------------------------
    Table(
        "action",
        "crackdown",
        "One happening, or one running total, with the range of what is told of it.",
        ("action_id",),
        (
            _text("action_id", "hash of its tellings"),
            _text("kind", "happening, series, estimate, site"),
            _text("types", "types told, | between them: arrested in one paper, released in another"),
            _or_null(_float("count", "figure of the best placed source; of a series the latest; null = no figure")),
            _or_null(_float("count_low", "least figure told")),
            _or_null(_float("count_high", "most told")),
            _text("unit", "people, compounds, USD ..."),
            _text("role", "all, leader, protector, financier, company, worker, fugitive, victim, member"),
            _or_null(_text("place", "gazetteer name")),
            _or_null(_text("country", "ISO 3166-1 alpha-2")),
            _or_null(
                _float(
                    "lat",
                    "of the place",
                )
            ),
            _or_null(_float("lon", "of the place")),
            _or_null(_float("radius_km", "how far the place reaches: where in it, nobody tells; null for a country")),
            _or_null(_on("from_on", "first day told")),
            _or_null(_on("to_on", "last day told")),
            _or_null(_text("series", "name of the running total")),
            _or_null(_text("subject", "what a series or estimate measures")),
            _flag(
                "counts",
                "whether it may be added to others of its kind: not planned, not a stock, not a running total, no part",
            ),
            _int("n_tellings", "event reports"),
            _int("n_first_speakers", "distinct origins: ten copies are one witness"),
            _text("basis", "what the figure rests on, in words: how many tellings, first speakers and copies"),
            _texts("alarms", "what cannot be true together, in words"),
            _flag("accepted", "an analyst accepted it as it stands (journal)"),
            _text("title", "one line for people"),
            _texts("report_ids", "its tellings, sorted"),
        ),
    ),
    Table(
        "telling",
        "crackdown",
        "How one telling of a happening came from whoever said it first.",
        ("report_id",),
        (
            _text("report_id", "the telling"),
            _text("action_id", "the happening or total it tells of"),
            _text("source", "publisher or page"),
            _text("speaker", "who said it first, as the source spells it"),
            _text("origin", "one key for every spelling of that speaker"),
            _int(
                "n_steps", "hands it went through: 0 the speaker's own page, 1 a page that quotes it, one more for each"
            ),
            _or_null(_text("copy_of", "source whose words it repeats: it is no witness of its own")),
        ),
    ),
    Table(
        "conflict",
        "crackdown",
        "One field on which tellings differ, or one thing that cannot be. Nothing is corrected.",
        ("conflict_id",),
        (
            _text("conflict_id", "hash of action, field and words"),
            _text("action_id", "the happening or total"),
            _text("field", "count, date, place, type, unit, from_party, to_party, breakdown, cumulative"),
            _text("kind", "in few words: rounded, two dates, total falls, zero lost or gained ..."),
            _flag("alarm", "whether an analyst should look at it; false: a difference in wording or rounding"),
            _text("words", "one sentence for people"),
            _texts("report_ids", "tellings that differ, sorted"),
            _texts("values", "what each of them tells, in the order of report_ids"),
        ),
    ),
    Table(
        "relation",
        "crackdown",
        "How happenings and totals stand to each other, and why their figures must not be added.",
        ("relation_id",),
        (
            _text("relation_id", "hash of kind and members"),
            _text("kind", "part_of, sum, related (stages of the same people), contradict"),
            _texts("action_ids", "the whole, or the first stage, then the others"),
            _texts("report_ids", "all their tellings, sorted"),
            _text("words", "one sentence for people"),
        ),
    ),
    Table(
        "coverage",
        "crackdown",
        "What an action, a list or a total reached, set against what there was to reach.",
        ("coverage_id",),
        (
            _text("coverage_id", "hash"),
            _or_null(_text("action_id", "the one action of the ledger; null = several, or lists of the case alone")),
            _text("dimension", "area, role, money, site, network, time"),
            _text("label", "the area, role, kind of money, site or action"),
            _or_null(_float("reached", "reached; null = no figure")),
            _or_null(_float("reached_low", "least told")),
            _or_null(_float("reached_high", "most told, or those who may be among them by name alone")),
            _text("reached_what", "what was counted"),
            _or_null(_float("of", "what there was to reach; null = no figure")),
            _text("of_what", "what that is, and where it comes from; or why there is no figure"),
            _or_null(_float("ratio", "reached / of; null = no figure")),
            _text("unit", "people, compounds, USD, days ..."),
            _texts("node_ids", "nodes of the known network that were reached, the first 50"),
            _texts("report_ids", "event reports it rests on"),
            _RECORDS,
        ),
    ),
    Table(
        "loophole",
        "crackdown",
        "A ratio of what was reached to what there was, with its denominator.",
        ("loophole_id",),
        (
            _text("loophole_id", "hash"),
            _text("rule", "the rule that made it: a name in crackdown/rules.toml"),
            _text("dimension", "area, role, money, time, network"),
            _text("label", "the question in words"),
            _text("sentence", "both sides and their ratio in one sentence"),
            _or_null(_float("numerator", "null = no figure, which is not zero")),
            _or_null(_float("denominator", "null = no figure")),
            _or_null(_float("ratio", "numerator / denominator")),
            _or_null(_float("ratio_low", "least over the figures told")),
            _or_null(_float("ratio_high", "most over the figures told")),
            _text("numerator_what", "what is counted above, with its date"),
            _text("denominator_what", "what is counted below, with its date"),
            _text("unit", "people, compounds, USD ..."),
            _text("caution", "what this ratio does not say"),
            _text("closed_by", "what would close the loophole"),
            _text("changed_by", "what would change the answer"),
            _int("n_sources", "distinct first speakers"),
            _texts("sources", "publishers or files"),
            _texts("report_ids", "event reports, or other rows, it rests on"),
            _RECORDS,
        ),
    ),
    Table(
        "scenario",
        "crackdown",
        "What if these go: the network after each removal of a stated order.",
        ("scenario_id", "step"),
        (
            _text(
                "scenario_id",
                "name of the order: by control, by volume, to break it apart, to stop the money, to leave roles "
                "unstaffed, as the crackdown did",
            ),
            _int("step", "0 = before"),
            _int("n_gone", "nodes removed by then"),
            _or_null(_text("removed_id", "the last node removed at this step")),
            _float("largest_share", "nodes in the largest connected part, of all of the known network"),
            _float("largest_low", "least over hidden ties and nodes"),
            _float("largest_high", "most over hidden ties and nodes"),
            _float("money_share", "traced USD still able to reach a cash-out point, of all"),
            _float("money_low", "least over hidden holders of accounts"),
            _float("money_high", "most over hidden holders of accounts"),
            _float("roles_share", "staffed roles that somebody still fills, of all"),
            _float("roles_low", "least over hidden holders of roles"),
            _float("roles_high", "most over hidden holders of roles"),
            _text("method", "in words"),
        ),
    ),
    # ---- report ---------------------------------------------------------------------------------------------
    Table(
        "finding",
        "report",
        "One claim in words, with its figure, method and confidence.",
        ("finding_id",),
        (
            _text("finding_id", "F001 ...: by section and rank"),
            _text("section", "evidence, money, network, people, protection, crackdown, loophole, open"),
            _int("rank", "order in the summary"),
            _text("title", "the claim in one line: masked"),
            _text("text", "the claim in full: masked"),
            _or_null(_float("figure", "its main figure; null = no figure")),
            _text("unit", "of the figure"),
            _text("method", "how it was reached"),
            _text("confidence", "high, medium, low, with the reason"),
            _int("n_support", "records it rests on"),
        ),
    ),
    Table(
        "finding_support",
        "report",
        "A record that a finding rests on.",
        ("finding_id", "record_id", "table_name", "row_id"),
        (
            _text("finding_id", "the finding"),
            _text("record_id", "the record"),
            _text("table_name", "the table by which it came"),
            _text("row_id", "key of the row of that table"),
        ),
    ),
)

TABLES = MappingProxyType({table.name: table for table in _DECLARED})


def table(name: str) -> Table:
    """The declaration of `name`.

    raises  KeyError when no such table is declared
    """
    return TABLES[name]
