"""The ties of the operation as roles read them: who belongs to it, which identifiers are whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

CONTACT_KINDS = ("phone", "whatsapp", "telegram", "wechat", "line", "qq", "handle", "email")
_ACCOUNT_KINDS = "('bank_account', 'iban', 'bank_card', 'btc', 'eth', 'tron')"
_RELATIONS = ("manages", "holds_key", "administers", "member_of", "works_at", "owns", "directs", "kin")


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation told by a register, list or chat: `via` what it is about."""

    source: str
    target: str
    via: str | None
    n_records: int
    record_ids: tuple[str, ...]


@dataclass(slots=True)
class Operation:
    """Who and what belongs to the operation as far as the evidence says.

    persons     canonical persons of the case; identifiers of nobody are recognised by their kind
    ties        relations by kind
    inside      nodes that work for it, command in it, sent its bait, or stand on lists of its sites
    companies   companies and sites for which people of it work or hold keys, or that hold victims' money
    account_of  account -> canonical holder, where one holds it alone
    identifier_of  contact identifier -> the node it stands for, where that is another
    """

    persons: set[str]
    ties: dict[str, list[Tie]]
    victims: set[str]
    inside: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    account_of: dict[str, str] = field(default_factory=dict)
    identifier_of: dict[str, str] = field(default_factory=dict)

    def is_ranked(self, node: str) -> bool:
        """Whether `node` is a person, or a contact identifier of nobody: accounts, services and companies are not."""
        return node in self.persons or node.partition(":")[0] in CONTACT_KINDS


def rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Rows of `table` as tuples."""
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def operation(desk: Desk) -> Operation:
    """The operation, from ties, traced money, bait and lists."""
    persons = {
        canonical for (canonical,) in rows(desk.sql("SELECT DISTINCT canonical_id FROM entity WHERE schema = 'Person'"))
    }
    kinds = ", ".join(f"'{kind}'" for kind in _RELATIONS)
    ties: dict[str, list[Tie]] = defaultdict(list)
    found = desk.sql(
        f"SELECT kind, source_id, target_id, via, n_records, record_ids FROM edge WHERE kind IN ({kinds})"
        " ORDER BY edge_id"
    )
    for kind, source, target, via, n, records in rows(found):
        ties[kind].append(Tie(source, target, via, n, tuple(records)))
    status = dict(rows(desk.read("protected_person", "person_id", "status")))
    whole = Operation(persons, dict(ties), {person for person, state in status.items() if state == "reported_victim"})
    _owners(desk, whole)
    _inside(desk, whole, {person for person, state in status.items() if state != "reported_victim"})
    return whole


def _owners(desk: Desk, whole: Operation) -> None:
    canonical = dict(rows(desk.sql("SELECT entity_id, canonical_id FROM entity")))
    whole.identifier_of.update(rows(desk.read("identifier", "observable_id", "node_id")))
    whole.account_of.update(rows(desk.sql(
        "SELECT o.value, min(i.node_id) FROM observable o JOIN identifier i ON i.observable_id = o.observable_id"
        f" WHERE o.kind IN {_ACCOUNT_KINDS} GROUP BY o.value HAVING count(DISTINCT i.node_id) = 1 ORDER BY o.value"
    )))  # fmt: skip
    # An account is an entity of its own; its holder is told by the owner's statements.
    for account, owner in rows(desk.sql(
        "SELECT o.value, min(h.value) FROM observable o JOIN statement h ON h.entity_id = o.entity_id"
        f" WHERE h.prop IN ('holder', 'owner') AND o.kind IN {_ACCOUNT_KINDS} GROUP BY o.value"
        " HAVING count(DISTINCT h.value) = 1"
    )):  # fmt: skip
        whole.account_of.setdefault(account, canonical.get(owner, owner))


def _inside(desk: Desk, whole: Operation, present: set[str]) -> None:
    inside = set(present)
    companies: set[str] = set()
    for kind in ("works_at", "holds_key"):
        inside.update(tie.source for tie in whole.ties.get(kind, ()))
        companies.update(tie.target for tie in whole.ties.get(kind, ()))
    for tie in whole.ties.get("manages", ()):
        inside.update((tie.source, tie.target))
    for kind in ("administers", "member_of"):
        inside.update(tie.source for tie in whole.ties.get(kind, ()))
    for account, holder in rows(desk.sql(
        "SELECT account, holder_id FROM traced_account WHERE received_usd > 0 AND n_hops >= 0"
        " AND (stop_reason IS NULL OR stop_reason NOT IN ('service', 'cash_out', 'mixer')) ORDER BY account"
    )):  # fmt: skip
        owner = holder or whole.account_of.get(account)
        if owner is not None:
            (inside if owner in whole.persons else companies).add(owner)
    for (sender,) in rows(desk.sql(
        "SELECT DISTINCT m.sender FROM message m JOIN contact_class c ON c.record_id = m.record_id"
        " WHERE c.label = 'scam'"
    )):  # fmt: skip
        inside.add(whole.identifier_of.get(sender, sender))
    for kind in ("owns", "directs"):
        inside.update(tie.source for tie in whole.ties.get(kind, ()) if tie.target in companies)
    whole.companies = companies
    whole.inside = inside - (whole.victims - _bound(whole))


def _bound(whole: Operation) -> set[str]:
    """People whom a record ties to the operation itself, whatever else they report."""
    kinds = ("manages", "holds_key", "works_at", "owns", "directs")
    return {tie.source for kind in kinds for tie in whole.ties.get(kind, ())}
