"""What one record tells: entities, statements about them and identifiers that they use, written in batches."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from upriver.clean.accounts import account, plain
from upriver.clean.contacts import contact, domain, email, url
from upriver.clean.dates import day, doubt, moment
from upriver.clean.wallets import CHAINS
from upriver.clean.zawgyi import repaired
from upriver.extract.hints import Hint, Hints
from upriver.extract.rejects import Rejects
from upriver.extract.words import meanings, words
from upriver.model.forms import FORMS
from upriver.model.ids import content_id, observable_id
from upriver.model.ontology import fault

if TYPE_CHECKING:
    from upriver.case.stage import Desk

_BATCH = 100_000
# Kana go first: Japanese is written with Han characters too. Cyrillic and Arabic write many languages and tell none.
_SCRIPTS = tuple(
    (code, re.compile(f"[{ends}]"))
    for code, ends in (
        ("jpn", "\u3040-\u30ff"), ("kor", "\uac00-\ud7a3"), ("zho", "\u3400-\u9fff"), ("tha", "\u0e01-\u0e5b"),
        ("mya", "\u1000-\u109f"), ("khm", "\u1780-\u17ff"), ("lao", "\u0e81-\u0eff"),
    )
)  # fmt: skip
_PARTIAL_DATE = re.compile(r"(?P<year>(?:19|20)\d\d)(?:[-/.年](?P<month>\d{1,2}))?月?年?\Z")
_NAMED_CHAIN = re.compile(r"(?P<symbol>[A-Z0-9]{2,10}):\s*(?P<address>\S+)\Z")
_CHECKED = frozenset({"xbt", "trx"})  # other symbols of chains whose every address has a checksum that is known here
_CLOCK = re.compile(r"\d:\d|\d[时時点點]|T\d\d")


class Book:
    """Statements and observables of the whole stage, written out whenever a batch is full."""

    def __init__(self, case: Desk, hints: Hints, rejects: Rejects) -> None:
        self._case = case
        self.hints = hints
        self.rejects = rejects
        self._statements: dict[str, dict[str, object]] = {}
        self._observables: dict[tuple[str, str], dict[str, object]] = {}
        self._said: set[str] = set()

    def state(self, row: dict[str, object]) -> None:
        """Keep one statement; the same told twice by one record is one."""
        key = str(row["statement_id"])
        self._statements[key] = row

    def observe(self, row: dict[str, object]) -> None:
        """Keep one identifier of a column; an owner goes before none."""
        key = (str(row["observable_id"]), str(row["record_id"]))
        if key not in self._observables or self._observables[key]["entity_id"] is None:
            self._observables[key] = row

    def end_record(self) -> None:
        """Between two records: write when enough has gathered."""
        if len(self._statements) >= _BATCH:
            self.write()

    def write(self) -> None:
        """Write all that was gathered."""
        import pyarrow as pa

        for table, rows in (("statement", self._statements), ("observable", self._observables)):
            if rows:
                self._case.write(table, pa.Table.from_pylist(list(rows.values())))
        self._statements, self._observables = {}, {}


class Telling:
    """One record being read: its fields by name, and ways to state what they say."""

    def __init__(self, book: Book, form: str, record: dict[str, object]) -> None:
        self._book = book
        self.form = form
        self.record = record
        self.record_id = str(record["record_id"])
        self.file_id = str(record["file_id"])
        fields = record["fields"]
        assert isinstance(fields, list)
        self._fields = {
            name: value.strip() if value and value.strip() else None
            for name, value in zip(FORMS[form].fields, fields, strict=False)
        }
        self.hint: Hint = book.hints.at(self.file_id, str(record["locator"]))

    def get(self, name: str) -> str | None:
        """A field as written, without blanks at its ends; None where it is empty."""
        return self._fields.get(name)

    def entity(self, kind: str, *key: str | None) -> str:
        """Id of an entity of this file: `key` is what tells it apart within the file, the record where nothing does."""
        known = key if any(key) else (self.record_id,)
        return content_id(self.form, self.file_id, kind, *known)

    def named(self, name: str | None) -> str:
        """Id of an entity that the file itself calls `name`, the same in every form of the file; else the record's."""
        return content_id("named", self.file_id, name if name else self.record_id)

    def say(self, entity: str, schema: str, prop: str, value: str | None) -> None:
        """State one property; nothing where there is no value, and a refusal where the ontology does not allow it."""
        if value is None or not value.strip():
            return
        value = repaired(value)
        why = fault(schema, prop, value)
        if why is not None:
            self.refuse(f"{why}: this value was left out, the rest of the row was used")
            return
        self._book.state(
            {
                "statement_id": content_id(entity, prop, value, self.record_id), "entity_id": entity, "schema": schema,
                "prop": prop, "value": value, "lang": language(value), "record_id": self.record_id,
            }
        )  # fmt: skip

    def refuse(self, reason: str) -> None:
        """Tell in `rejected_record` what of this record could not be used."""
        self._book.rejects.add(self.record, reason)

    def observe(self, kind: str, value: str, raw: str, owner: str | None) -> None:
        """An identifier that a column holds, and whose it is (None where the record does not say)."""
        self._book.observe(
            {
                "observable_id": observable_id(kind, value), "kind": kind, "value": value, "raw": raw,
                "entity_id": owner, "start": -1, "record_id": self.record_id,
            }
        )  # fmt: skip

    # ---- values in the ontology's shapes ------------------------------------------------------------------------

    def names(self, entity: str, schema: str, name: str | None, *others: str | None) -> None:
        """The name, and each other name parted by | ; or / as an alias."""
        if name:
            self.say(entity, schema, "name", plain(name))
        for text in others:
            for part in re.split(r"\s*[|;；]\s*|\s+/\s+", text or ""):
                if part and plain(part) != plain(name or ""):
                    self.say(entity, schema, "alias", plain(part))

    def phone(self, entity: str, schema: str, text: str | None) -> None:
        """A phone as property and as observable; one that cannot be read in full is an observable of its digits."""
        for part in re.split(r"\s*[;；,，|]\s*|\s+/\s+", text or ""):
            found = contact(part, country=self.hint.country)
            if found is None:
                continue
            kind, value = found
            self.observe(kind, value, part, entity)
            if kind in ("phone", "whatsapp") and value.startswith("+"):
                self.say(entity, schema, "phone", value)

    def email(self, entity: str, schema: str, text: str | None) -> None:
        """A mail address as property and as observable."""
        if not text:
            return
        value = email(text)
        if value is None:
            self.refuse(f"no mail address: {text[:80]}: correct it at its source")
            return
        self.say(entity, schema, "email", value)
        self.observe("email", value, text, entity)

    def website(self, entity: str, schema: str, text: str) -> None:
        """A web address or a bare host as property and as observable."""
        address, host = url(text), domain(text)
        if address is None and host is None:
            self.refuse(f"no web address: {text[:80]}: correct it at its source")
            return
        self.say(entity, schema, "website", address or f"http://{host}")
        kind, value = ("url", address) if address else ("domain", str(host))
        self.observe(kind, value, text, entity)

    def url(self, entity: str, schema: str, prop: str, text: str | None) -> None:
        """A web address as property alone: where something is told, not whose it is."""
        if text:
            self.say(entity, schema, prop, url(text) or text)

    def wallet(self, text: str, owner: str | None) -> str | None:
        """A wallet and whose it is: an address, or `XMR: address` of a chain without a checksum that is known here."""
        named = _NAMED_CHAIN.match(text)
        address = named["address"] if named else text
        found = account(address)
        if found is not None and found[0] in CHAINS:
            return self.account(address, owner)
        if named is None:
            self.refuse(f"no wallet of a known chain: {text[:100]}: its checksum fails, or its chain is not told")
            return None
        kind = named["symbol"].lower()
        if kind in _CHECKED or kind in CHAINS:
            self.refuse(f"no {named['symbol']} address, its checksum fails: {address[:100]}: correct it at its source")
            return None
        entity = self.entity("account", address)
        self.say(entity, "CryptoWallet", "publicKey", address)
        self.say(entity, "CryptoWallet", "currencySymbol", named["symbol"])
        self.say(entity, "CryptoWallet", "holder", owner)
        self.observe(kind, address, text, owner)
        return entity

    def country(self, entity: str, schema: str, prop: str, text: str | None) -> None:
        """A country by its code; a word that names none is kept in `notes`."""
        for part in re.split(r"\s*[|;；,/]\s*", text or ""):
            code = country_code(part) if part else None
            if code:
                self.say(entity, schema, prop, code)
            elif part:
                self.say(entity, schema, "notes", f"{prop}: {part}")

    def date(self, entity: str, schema: str, prop: str, text: str | None) -> None:
        """A day, month or year as far as it is told; a time of day in UTC where one is told."""
        if not text:
            return
        value = self.when(text)
        if value is None:
            why = doubt(text) or "tell date_order in case.toml"
            self.refuse(f"the date cannot be read: {text[:60]}: {why}, or write it as 2025-01-31")
            return
        self.say(entity, schema, prop, value)

    def when(self, text: str) -> str | None:
        """A date in ISO form; with the time in UTC where `text` tells one."""
        part = _PARTIAL_DATE.match(plain(text))
        if part:
            month = part["month"]
            return f"{part['year']}-{int(month):02d}" if month and 1 <= int(month) <= 12 else part["year"]
        if _CLOCK.search(text):
            at = moment(text, self.hint.date_order, self.hint.time_zone)
            return at.isoformat(timespec="seconds") if at else None
        on = day(text, self.hint.date_order)
        return on.isoformat() if on else None

    def gender(self, entity: str, text: str | None) -> None:
        """A person's sex as FollowTheMoney writes it; `other` for any other word."""
        if text:
            self.say(entity, "Person", "gender", meanings("gender").get(plain(text).lower(), "other"))

    def account(self, text: str | None, owner: str | None = None) -> str | None:
        """The account that `text` names as an entity, and whose it is where the record says so; None where none is."""
        found = account(text)
        if found is None or text is None:
            return None
        kind, value = found
        schema = "CryptoWallet" if kind in CHAINS else "BankAccount"
        entity = self.entity("account", value)
        if schema == "CryptoWallet":
            self.say(entity, schema, "publicKey", value)
            self.say(entity, schema, "holder", owner)
        else:
            self.say(entity, schema, "iban" if kind == "iban" else "accountNumber", value)
            if owner:
                link = self.entity("Ownership", owner, value)
                self.say(link, "Ownership", "owner", owner)
                self.say(link, "Ownership", "asset", entity)
        if owner:
            self.observe(kind, value, text, owner)
        return entity


def account_schema(text: str) -> str:
    """Schema of the account that `text` names."""
    found = account(text)
    return "CryptoWallet" if found and found[0] in CHAINS else "BankAccount"


def language(text: str) -> str | None:
    """ISO 639-3 of a text whose script tells it, else None: Latin letters write too many languages.

    >>> language("阿强"), language("Somchai")
    ('zho', None)
    """
    return None if text.isascii() else next((code for code, script in _SCRIPTS if script.search(text)), None)


def is_company(name: str) -> bool:
    """Whether a name is written as only companies write theirs."""
    small = plain(name).lower()
    return any(word in words("name", "company") for word in re.split(r"[\s,()]+", small)) or any(
        word in small for word in words("name", "company_han")
    )


def folded(name: str) -> str:
    """A name for comparing within one folder: case and blanks do not count."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", plain(name)).casefold())


@lru_cache(maxsize=10_000)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 in small letters for a country's code, its name or the word for its people, or None.

    >>> country_code("TH"), country_code("泰国"), country_code("Thai"), country_code("Atlantis")
    ('th', 'th', 'th', None)
    """
    import phonenumbers

    from upriver.clean.places import nations_in

    word = plain(text)
    if word.upper() in phonenumbers.SUPPORTED_REGIONS:
        return word.lower()
    if word.lower() in meanings("country"):
        return meanings("country")[word.lower()]
    found = {nation.country.lower() for nation in nations_in(word)}
    return found.pop() if len(found) == 1 else None
