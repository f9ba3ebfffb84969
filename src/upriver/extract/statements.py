"""Records of lists and reports as FollowTheMoney statements: who is who, and who holds, owns, pays or employs what.

One function for each form. An entity is what one file tells of one thing: a name alone never joins two rows, only a
number, an account or a place in the same list does. Which entities are one is decided in `resolve`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from upriver.clean.accounts import plain
from upriver.clean.contacts import contact
from upriver.extract.amounts import amount
from upriver.extract.hints import Hints, of_form
from upriver.extract.journeys import journey
from upriver.extract.listed import watchlist
from upriver.extract.rejects import Rejects
from upriver.extract.telling import Book, Telling, account_schema, folded, is_company
from upriver.extract.told_entities import told_entities
from upriver.extract.words import words
from upriver.model.forms import FORMS
from upriver.model.ids import content_id_sql, file_of, locator_of
from upriver.model.units import DOLLAR_TOKENS, asset

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_PARTS = "0123456789abcdef"
_LONG = 1_000_000
_BATCH = 50_000
_SPLIT = re.compile(r"\s*[|;；,，]\s*")


def statements(case: Desk) -> None:
    """Write `statement`, and `observable` for identifiers that a record ties to their owner."""
    hints, rejects = Hints.of(case), Rejects()
    book = Book(case, hints, rejects)
    listed = _Listed()
    for form, tell in _TELLERS.items():
        for record in of_form(case, form):
            tell(Telling(book, form, record), listed)
            book.end_record()
    _supervisors(listed)
    told_entities(case, lambda form, record: Telling(book, form, record), book.end_record)
    for record in _holders(case):
        _bank_line(Telling(book, "bank_transfer", record))
        book.end_record()
    book.write()
    rejects.write(case)


class _Listed:
    """People of the folder's lists, by what an interview or a supervisor's column may call them."""

    def __init__(self) -> None:
        self.handed_over: dict[str, set[str]] = defaultdict(set)
        self.staff: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.supervised: list[tuple[Telling, str, str]] = []

    def one(self, *calls: str | None) -> str | None:
        """The person handed over whom the first of `calls` that names anybody names alone."""
        for call in calls:
            found = self.handed_over.get(folded(call), set()) if call else set()
            if found:
                return next(iter(found)) if len(found) == 1 else None
        return None


# ---- people ---------------------------------------------------------------------------------------------------


def _victim_report(told: Telling, listed: _Listed) -> None:
    person = told.entity("Person", told.get("report_id"))
    told.names(person, "Person", told.get("name"))
    told.say(person, "Person", "status", "reported victim")
    told.phone(person, "Person", told.get("phone"))
    told.email(person, "Person", told.get("email"))
    told.country(person, "Person", "country", told.get("country"))
    told.say(person, "Person", "notes", told.get("narrative"))
    for held in _SPLIT.split(told.get("holder_of") or ""):
        told.account(held, person)
    _contacts(told, told.get("contact"))
    if told.get("amount") or told.get("target_account"):
        _payment(told, person)


def _payment(told: Telling, person: str) -> None:
    payment = told.entity("Payment", told.record_id)
    told.say(payment, "Payment", "payer", person)
    told.say(payment, "Payment", "payerAccount", told.account(told.get("source_account"), person))
    target = told.account(told.get("target_account"))
    told.say(payment, "Payment", "beneficiaryAccount", target)
    if told.get("target_account") and target is None:
        told.refuse(f"the account paid cannot be read: {told.get('target_account')}: correct it at its source")
    figure = amount(told.get("amount") or "", told.hint.decimals.get("amount"))
    if figure is not None and figure[0] > 0:
        code = asset(told.get("currency")) or figure[1] or told.hint.currency
        told.say(payment, "Payment", "amount", _decimal(figure[0]))
        told.say(payment, "Payment", "currency", code)
        if code in DOLLAR_TOKENS or code == "USD":
            told.say(payment, "Payment", "amountUsd", _decimal(figure[0]))
    elif told.get("amount"):
        told.refuse(f"the amount is no figure above 0: {told.get('amount')}: the payment was kept without it")
    told.date(payment, "Payment", "date", told.get("paid_at"))
    told.say(payment, "Payment", "transactionNumber", told.get("reference"))
    kind = told.get("kind")
    ransom = kind is not None and any(word in kind.lower() for word in words("purpose", "ransom"))
    told.say(payment, "Payment", "purpose", "ransom" if ransom else kind)


def _handover_list(told: Telling, listed: _Listed) -> None:
    person = told.entity("Person", told.record_id)
    told.names(person, "Person", told.get("name"), told.get("other_name"))
    told.say(person, "Person", "status", "handed over")
    told.date(person, "Person", "birthDate", told.get("birth_date"))
    told.gender(person, told.get("sex"))
    told.country(person, "Person", "nationality", told.get("nationality"))
    told.say(person, "Person", "idNumber", told.get("document_no"))
    told.phone(person, "Person", told.get("phone"))
    told.say(person, "Person", "notes", f"age: {told.get('age')}" if told.get("age") else None)
    told.say(person, "Person", "notes", told.get("remarks"))
    parties = tuple(map(told.get, ("list_id", "site", "handed_over_on", "from_party", "to_party")))
    if any(parties):
        event = told.entity("Event", *(parties if told.get("list_id") else (told.record_id,)))
        told.say(event, "Event", "name", told.get("list_id") or "handover")
        told.say(event, "Event", "location", told.get("site"))
        told.date(event, "Event", "date", told.get("handed_over_on"))
        told.say(event, "Event", "involved", person)
        if told.get("from_party") or told.get("to_party"):
            told.say(
                event, "Event", "summary", f"from {told.get('from_party') or '?'} to {told.get('to_party') or '?'}"
            )
    number, list_id = told.get("number"), told.get("list_id")
    calls = {number, told.get("document_no"), told.get("name"), told.get("other_name")}
    calls |= {f"{list_id}{mark}{number}" for mark in ("-", "/", " ", "#")} if number and list_id else set()
    for call in calls - {None}:
        listed.handed_over[folded(str(call))].add(person)


def _interview(told: Telling, listed: _Listed) -> None:
    person = listed.one(told.get("person_id"), told.get("name"))
    if person is None:
        person = told.entity("Person", told.get("person_id"))
        told.names(person, "Person", told.get("name") or told.get("person_id"))
    told.say(person, "Person", "notes", told.get("text"))


def _note(told: Telling, listed: _Listed) -> None:
    person = listed.one(told.get("about"))
    if person is not None:
        told.say(person, "Person", "notes", told.get("text"))


def _family_register(told: Telling, listed: _Listed) -> None:
    ends = []
    for end in ("person", "relative"):
        number = told.get(f"{end}_id")
        person = told.entity("Person", number) if number else told.entity("Person", told.record_id, end)
        told.names(person, "Person", told.get(end))
        told.say(person, "Person", "idNumber", number)
        ends.append(person)
    link = told.entity("Family", *ends)
    told.say(link, "Family", "person", ends[0])
    told.say(link, "Family", "relative", ends[1])
    told.say(link, "Family", "relationship", told.get("relation"))


# ---- companies, sites, work -----------------------------------------------------------------------------------


def _company_register(told: Telling, listed: _Listed) -> None:
    company = told.entity("Company", told.get("company_no") or told.get("company"))
    told.names(company, "Company", told.get("company"), told.get("other_name"))
    told.say(company, "Company", "registrationNumber", told.get("company_no"))
    told.date(company, "Company", "incorporationDate", told.get("registered_on"))
    told.country(company, "Company", "jurisdiction", told.get("country"))
    told.say(company, "Company", "address", told.get("address"))
    name = told.get("person")
    if not name and not told.get("person_id"):
        return
    schema = "Company" if is_company(name or "") else "Person"
    # Two officers of one name in two companies may be two men; in one company they are one.
    number = told.get("person_id")
    officer = told.entity(schema, number) if number else told.entity(schema, company, folded(name or ""))
    told.names(officer, schema, name or number)
    told.say(officer, schema, "idNumber", told.get("person_id"))
    position, share = told.get("position"), told.get("share")
    owns = any(word in (position or "").lower() for word in words("position", "owner"))
    if share or owns:
        link = told.entity("Ownership", officer, company)
        told.say(link, "Ownership", "owner", officer)
        told.say(link, "Ownership", "asset", company)
        told.say(link, "Ownership", "percentage", share)
        told.say(link, "Ownership", "role", position if owns else None)
    if position and not owns:
        link = told.entity("Directorship", officer, company, folded(position))
        told.say(link, "Directorship", "director", officer)
        told.say(link, "Directorship", "organization", company)
        told.say(link, "Directorship", "role", position)
    if not position and not share:
        link = told.entity("UnknownLink", officer, company)
        told.say(link, "UnknownLink", "subject", officer)
        told.say(link, "UnknownLink", "object", company)


def _access_list(told: Telling, listed: _Listed) -> None:
    number = told.get("holder_id")
    person = told.entity("Person", number) if number else told.entity("Person", told.record_id)
    told.names(person, "Person", told.get("holder") or number)
    told.say(person, "Person", "idNumber", number)
    told.phone(person, "Person", told.get("phone"))
    site = _organization(told, told.get("site"))
    if site and told.get("item"):
        link = told.entity("UnknownLink", person, site, told.get("item"))
        told.say(link, "UnknownLink", "subject", person)
        told.say(link, "UnknownLink", "object", site)
        told.say(link, "UnknownLink", "role", f"holds: {told.get('item')}")
        told.date(link, "UnknownLink", "startDate", told.get("granted_on"))


def _staff_list(told: Telling, listed: _Listed) -> None:
    person = told.entity("Person", told.record_id)
    told.names(person, "Person", told.get("name"))
    told.phone(person, "Person", told.get("phone"))
    _contacts(told, told.get("handle"), person)
    employer = _organization(told, told.get("company") or told.get("site"))
    if employer:
        work = told.entity("Employment", person, employer)
        told.say(work, "Employment", "employee", person)
        told.say(work, "Employment", "employer", employer)
        told.say(work, "Employment", "role", told.get("unit"))
        told.say(work, "Employment", "summary", told.get("site") if told.get("company") else None)
        told.date(work, "Employment", "startDate", told.get("joined_on"))
    for call in {told.get("name"), told.get("handle")} - {None}:
        listed.staff[told.file_id, folded(str(call))].add(person)
    if told.get("supervisor"):
        listed.supervised.append((told, person, str(told.get("supervisor"))))


def _supervisors(listed: _Listed) -> None:
    """After the last row of the staff lists: who supervises whom, by a name or handle that one row alone has."""
    for row, person, call in listed.supervised:
        found = listed.staff.get((row.file_id, folded(call)), set())
        if len(found) == 1:
            supervisor = next(iter(found))
        else:
            supervisor = row.entity("Person", "supervisor", row.get("company") or row.get("site"), folded(call))
            row.names(supervisor, "Person", call)
        if supervisor != person:
            link = row.entity("UnknownLink", supervisor, person)
            row.say(link, "UnknownLink", "subject", supervisor)
            row.say(link, "UnknownLink", "object", person)
            row.say(link, "UnknownLink", "role", "supervises")


def _chat_member(told: Telling, listed: _Listed) -> None:
    found = contact(told.get("member"), country=told.hint.country)
    if found is None:
        told.refuse("the row names no member: a number, handle or name is needed")
        return
    kind, value = found
    person = told.entity("Person", kind, value)
    told.names(person, "Person", told.get("name") or value)
    told.observe(kind, value, told.get("member") or value, person)
    if kind in ("phone", "whatsapp") and value.startswith("+"):
        told.say(person, "Person", "phone", value)
    other = contact(told.get("other_id"), country=told.hint.country)
    if other is not None and other != found:
        # The name that members write and the number that the platform gave are one account.
        told.observe(*other, told.get("other_id") or other[1], person)
    thread = told.get("thread")
    if thread:
        group = told.entity("Organization", "thread", thread)
        told.say(group, "Organization", "name", plain(thread))
        member = told.entity("Membership", person, group)
        admin = plain(told.get("admin") or "").lower() in words("admin", "yes")
        told.say(member, "Membership", "member", person)
        told.say(member, "Membership", "organization", group)
        told.say(member, "Membership", "role", "admin" if admin else "member")
        told.date(member, "Membership", "startDate", told.get("joined_at"))


def _organisation(told: Telling, listed: _Listed) -> None:
    group = told.entity("Organization", told.get("org_id"))
    told.names(group, "Organization", told.get("name"), told.get("aliases"))
    told.say(group, "Organization", "classification", told.get("kind"))
    told.say(group, "Organization", "sector", told.get("role"))
    told.say(group, "Organization", "address", told.get("area"))
    told.say(group, "Organization", "status", told.get("status"))
    told.say(group, "Organization", "notes", told.get("note"))
    if told.get("sanctions"):
        told.say(group, "Organization", "program", told.get("sanctions"))
        told.say(group, "Organization", "topics", "sanction")


# ---- accounts -------------------------------------------------------------------------------------------------


def _account_list(told: Telling, listed: _Listed) -> None:
    account = told.get("account")
    number, name = told.get("holder_id_no"), told.get("holder_name")
    owner = None
    schema = "Company" if is_company(name or "") else "Person"
    if number or name or told.get("holder_phone"):
        owner = told.entity(schema, number) if number else told.entity(schema, "holder of", account)
        told.names(owner, schema, name)
        told.say(owner, schema, "idNumber", number)
        told.phone(owner, schema, told.get("holder_phone"))
    entity = told.account(account, owner)
    if entity is None:
        told.refuse(f"no account: {(account or 'empty')[:80]}: name its column in case.toml")
    elif account_schema(account or "") == "BankAccount":
        told.say(entity, "BankAccount", "bankName", told.get("bank"))
        told.date(entity, "BankAccount", "openingDate", told.get("opened_on"))
        told.say(entity, "BankAccount", "notes", told.get("note"))
    else:
        told.say(entity, "CryptoWallet", "managingExchange", told.get("bank"))
        told.date(entity, "CryptoWallet", "creationDate", told.get("opened_on"))
        told.say(entity, "CryptoWallet", "notes", told.get("note"))


def _marked(status: str) -> Callable[[Telling, _Listed], None]:
    def tell(told: Telling, listed: _Listed) -> None:
        entity = told.account(told.get("account"))
        if entity is None:
            told.refuse(f"no account: {(told.get('account') or 'empty')[:80]}: name its column in case.toml")
            return
        schema = account_schema(told.get("account") or "")
        told.say(entity, schema, "status", status)
        told.say(entity, schema, "name", told.get("name"))
        told.say(entity, schema, "notes", told.get("kind"))

    return tell


def _holders(case: Desk) -> Iterator[dict[str, Any]]:
    """Accounts and the holders' names that bank lines give them: the first line of each file that tells a pair."""
    place = FORMS["bank_transfer"].position
    columns = ("source_account", "source_name", "target_account", "target_name")
    listed = ", ".join(f"trim(fields[{place(name)}]) AS {name}" for name in columns)
    # One reading of the records for both ends.
    both = (
        "SELECT record_id, file_id, "
        "CASE WHEN e.is_source THEN r.source_account ELSE r.target_account END AS account, "
        "CASE WHEN e.is_source THEN r.source_name ELSE r.target_name END AS name "
        f"FROM (SELECT record_id, file_id, {listed} FROM record WHERE form = 'bank_transfer') AS r "
        "CROSS JOIN (SELECT true AS is_source UNION ALL SELECT false AS is_source) AS e "
        "WHERE r.source_name <> '' OR r.target_name <> ''"
    )
    pairs = f"SELECT min(record_id) AS record_id, account, name FROM ({both}) AS u WHERE account <> '' AND name <> ''"
    grouped = "GROUP BY file_id, account, name"
    size = case.sql(f"SELECT count(*) AS n_pairs FROM ({pairs} {grouped}) AS p").to_pylist()
    # Each part reads all bank lines again, so a table is cut only where its pairs would not fit into memory.
    for part in _PARTS if size[0]["n_pairs"] > _LONG else ("",):
        only = f" AND substr({content_id_sql('account')}, 1, 1) = '{part}'" if part else ""
        found = case.sql(f"{pairs}{only} {grouped} ORDER BY account, name, record_id")
        for batch in found.to_batches(max_chunksize=_BATCH):
            for row in batch.to_pylist():
                record = row["record_id"]
                fields = [row["account"], row["name"]]
                yield {**row, "file_id": file_of(record), "locator": locator_of(record), "fields": fields}


def _bank_line(told: Telling) -> None:
    # `fields` holds account and name alone: see _holders.
    account, name = str(told.record["account"]), str(told.record["name"])
    schema = "Company" if is_company(name) else "Person"
    owner = told.entity(schema, "holder of", account, folded(name))
    if told.account(account, owner) is not None:
        told.names(owner, schema, name)


# ---- shared ---------------------------------------------------------------------------------------------------


def _organization(told: Telling, name: str | None) -> str | None:
    if not name:
        return None
    found = told.entity("Organization", folded(name))
    told.say(found, "Organization", "name", plain(name))
    return found


def _contacts(told: Telling, text: str | None, owner: str | None = None) -> None:
    """Identifiers of a column that may hold several; whose they are, where the record says so."""
    for part in _SPLIT.split(text or ""):
        found = contact(part, country=told.hint.country)
        if found is not None:
            told.observe(*found, part, owner)


def _advert(told: Telling, listed: _Listed) -> None:
    _contacts(told, told.get("contact"))


def _decimal(value: float) -> str:
    """A figure without exponent.

    >>> _decimal(1e6), _decimal(0.5)
    ('1000000', '0.5')
    """
    return f"{value:.9f}".rstrip("0").rstrip(".")


# In this order: a list of people handed over is read before those who may speak of them.
_TELLERS: dict[str, Callable[[Telling, _Listed], None]] = {
    "handover_list": _handover_list, "interview": _interview, "note": _note, "victim_report": _victim_report,
    "watchlist": watchlist, "family_register": _family_register, "company_register": _company_register,
    "access_list": _access_list, "staff_list": _staff_list, "chat_member": _chat_member, "organisation": _organisation,
    "account_list": _account_list, "source_list": _marked("stolen from"), "service_list": _marked("service"),
    "job_advert": _advert, "journey": lambda told, _listed: journey(told),
}  # fmt: skip
