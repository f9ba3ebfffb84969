"""What a record can tell: each form with its fields, in the order in which `record.fields` holds them.

A reader recognises a table by its columns and hands each row on as one of these forms; columns without a field go
to `record.extra`. Extraction reads fields by form and name, so that one SQL text serves every layout of a bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

# The need for protection as a person's `status` in what is handed from case to case: status of `protected_person` ->
# the words. Whoever screened her there is believed here, upwards alone.
NEEDS = MappingProxyType(
    {"presumed_victim": "presumed victim", "reported_victim": "reported victim", "refer": "refer for interview"}
)
CHILD = "child"
# Fields of figures whose decimals a column may write in two ways.
AMOUNTS = ("amount", "amount_usd", "usd")


@dataclass(frozen=True, slots=True)
class Form:
    """`needed`: fields without which a table is not taken for this form (every name of an inner tuple is a choice)."""

    name: str
    meaning: str
    fields: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]

    def position(self, field: str) -> int:
        """Place of `field` in `record.fields`, counted from 1 as SQL lists are."""
        return self.fields.index(field) + 1


def _form(name: str, meaning: str, fields: str, needed: str) -> Form:
    return Form(name, meaning, tuple(fields.split()), tuple(tuple(choice.split("|")) for choice in needed.split()))


_DECLARED = (
    _form(
        "bank_transfer",
        "a line of a bank statement or ledger that names both accounts",
        "reference source_account source_name target_account target_name occurred_at amount currency amount_usd "
        "purpose channel status",
        "source_account target_account occurred_at amount|amount_usd",
    ),
    _form(
        "token_transfer",
        "a line of a block explorer's export",
        "reference source_account target_account occurred_at amount token amount_usd chain method status",
        "source_account target_account occurred_at amount|amount_usd token",
    ),
    _form(
        "account_list",
        "an account and what is known of its holder",
        "account bank holder_name holder_phone holder_id_no opened_on note",
        "account holder_name|holder_phone|bank",
    ),
    _form(
        "service_list", "an account of a known service: exchange, shop, payroll, desk", "account name kind", "account"
    ),
    _form(
        "source_list",
        "an account from which stolen money starts: all that leaves it is stolen",
        "account name",
        "account",
    ),
    _form(
        "victim_list",
        "an account that is a victim's",
        "account name",
        "account",
    ),
    _form(
        "call",
        "a line of a call-detail record",
        "caller callee started_at seconds device cell kind sim other_device",
        "caller callee started_at",
    ),
    _form(
        "message", "a message of a chat, SMS or mail", "thread sender recipient sent_at text platform", "sender text"
    ),
    _form(
        "chat_member",
        "a member of a chat group and what they may do there",
        "thread member name admin joined_at other_id",
        "thread member",
    ),
    _form(
        "note",
        "a passage of free text: a call note, a statement, an interview",
        "note_id kind about speaker written_at text",
        "text",
    ),
    _form(
        "interview",
        "what a person handed over said, or an interviewer wrote of them",
        "person_id name interviewer interviewed_at text",
        "person_id|name text interviewer|interviewed_at",
    ),
    _form(
        "job_advert",
        "an advertisement of work",
        "advert_id title company place contact posted_at text",
        "title|company text",
    ),
    _form(
        "victim_report",
        "a victim's report, or one payment of it: several rows may share a report_id",
        "report_id name phone email country reported_at kind narrative contact paid_at amount currency source_account "
        "target_account reference holder_of",
        "report_id name|narrative",
    ),
    _form(
        "handover_list",
        "a person on a list of people handed over, released or repatriated",
        "list_id number name other_name birth_date age sex nationality document_no phone site handed_over_on "
        "from_party to_party remarks",
        "name site|handed_over_on|from_party|to_party|list_id",
    ),
    _form(
        "watchlist",
        "a person, company or ship on a list of sanctions or wanted notices, or one name of it; several values are "
        "parted by |. `identifiers` may begin with the property they are: passportNumber: A123",
        "listed_id schema name aliases weak_aliases birth_date birth_places genders country programme listed_on "
        "list_name published_on entry_url positions addresses identifiers phones emails websites wallets remarks",
        "listed_id name aliases|programme",
    ),
    _form(
        "told_entity",
        "an entity as FollowTheMoney writes it; `properties` is a JSON object: its own names of properties, and lists",
        "entity_id schema properties dataset first_seen_at last_seen_at",
        "entity_id schema properties",
    ),
    _form(
        "told_statement",
        "one statement about an entity, as FollowTheMoney's tables of statements hold it",
        "entity_id prop schema value canonical_id prop_type dataset lang original_value external origin first_seen_at "
        "last_seen_at statement_id",
        "entity_id prop schema value dataset",
    ),
    _form(
        "told_observable",
        "an identifier that a threat report or a sharing platform lists, and whose it says it is",
        "kind value owner_id source label first_seen_at last_seen_at note",
        "",
    ),
    _form(
        "company_register",
        "a company and one of its officers or owners",
        "company_no company other_name registered_on country address person person_id position share",
        "company person",
    ),
    _form(
        "family_register",
        "two people and how they are related",
        "person person_id relative relative_id relation",
        "person relative relation",
    ),
    _form(
        "access_list",
        "who holds which key, badge, device or right at a site",
        "site holder holder_id phone item granted_on",
        "holder item",
    ),
    _form(
        "staff_list",
        "who works in which unit under whom, as a found list says",
        "site company name handle phone unit supervisor joined_on",
        "name company|unit supervisor|unit|joined_on",
    ),
    _form(
        "journey",
        "a person on a journey or a stay: a line of a passenger list, a booking, a border log, a hotel's register",
        "name other_name document_no birth_date nationality phone kind service booking hotel room post from_place "
        "to_place at until_at",
        "name|document_no service|booking|hotel|post at|booking|room",
    ),
    _form("rate", "value of an asset in USD on a day", "asset rate_on usd", "asset usd"),
    _form(
        "news",
        "a passage of news or a press release",
        "passage_id url published publisher language first_speaker text",
        "text url|published|publisher",
    ),
    _form(
        "told_event",
        "an event of a passage, as `upriver news`, a person or a model told it; type empty: the passage tells none",
        "passage_id url published publisher language first_speaker type actor from_party to_party count "
        "count_qualifier count_range role role_counts breakdown unit place country date announced cumulative modality "
        "attributed_to names span proposed_by doubts",
        "",
    ),
    _form(
        "claim",
        "one telling of one figure, already put into columns",
        "claim_id type actor from_party to_party count count_low count_high qualifier unit role place country "
        "date_from date_to announced_on cumulative series modality attributed_to happening note source_id",
        "claim_id type count qualifier",
    ),
    _form("claim_part", "a part of a claim", "claim_id dimension label count", "claim_id dimension label count"),
    _form(
        "claim_source",
        "a page that claims cite",
        "source_id publisher url published_on language kind first_speaker",
        "source_id publisher url",
    ),
    _form(
        "site_status",
        "the status of a site as one source tells it",
        "site_id name place country kind status status_date claimed_by note source_id",
        "site_id status",
    ),
    _form(
        "estimate",
        "a denominator: people, compounds, money a year",
        "estimate_id what area country place year value low high qualifier unit by_whom note source_id",
        "estimate_id what value",
    ),
    _form(
        "organisation",
        "an armed group, company, marketplace or laundering network",
        "org_id name kind aliases role area status sanctions note source_id",
        "org_id name",
    ),
    _form("broken", "a row that could not be read: extraction hands it on to rejected_record", "reason raw", ""),
    _form("unknown", "a row of a table whose columns fit no form: kept whole in `extra`", "", ""),
)

FORMS = MappingProxyType({form.name: form for form in _DECLARED})
