"""The case as a STIX 2.1 bundle (OASIS): identities, accounts and contacts, ties, findings as notes; one object a line.

Ids of observables are those of the standard (a UUIDv5 of their content), so that two agencies' same telephone is one
object; all other ids are a UUIDv5 of ours. STIX has no object for telephones, bank accounts and wallets: they are
`user-account`s, whose type says what they are.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stix2 import v21
from stix2.exceptions import STIXError

from upriver.model.ids import content_id
from upriver.report import ftm
from upriver.report.figures import counted, shortened, usd, visible
from upriver.report.identity import ACCOUNT_KINDS, Readable
from upriver.report.labels import Labels
from upriver.report.masking import Masks
from upriver.report.origin import Origin
from upriver.report.why import rows_of

# UUIDv5 of "upriver" in the namespace of names of the DNS that nobody else would take.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "upriver.invalid")
# The four markings that STIX 2.1 itself defines; its "white" is called clear since 2022.
TLP = {"clear": v21.TLP_WHITE, "green": v21.TLP_GREEN, "amber": v21.TLP_AMBER, "red": v21.TLP_RED}
_CLASSES = {
    "Person": "individual", "Company": "organization", "Organization": "organization", "PublicBody": "organization",
    "LegalEntity": "unknown",
}  # fmt: skip
# Our kinds of observables -> account_type, an open vocabulary of STIX.
_ACCOUNTS = {
    "phone": "phone", "whatsapp": "whatsapp", "telegram": "telegram", "wechat": "wechat", "qq": "qq", "line": "line",
    "zalo": "zalo", "handle": "handle", "iban": "iban", "bank_account": "bank-account", "bank_card": "payment-card",
}  # fmt: skip
_MOST_TEXT = 20_000
_MOST_REFERENCES = 10
_MOST_OBJECTS = 200


@dataclass(slots=True)
class Left:
    """What found no place in the bundle, by reason."""

    reasons: dict[str, int] = field(default_factory=dict)

    def note(self, reason: str) -> None:
        """One more that is left out."""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1


def lines(
    case: Readable,
    hidden: Masks,
    origin: Origin,
    tlp: str = "amber",
    only: Collection[str] | None = None,
    left: Left | None = None,
) -> Iterator[str]:
    """A bundle in lines of text, one object a line.

    tlp   clear, green, amber or red
    only  canonical ids and observable_ids that may go, and no findings; all where none are given
    left  counts what was left out
    """
    writer = _Writer(case, hidden, origin, tlp, only, left if left is not None else Left())
    bundle = f"bundle--{_uuid('bundle', origin.publisher, origin.at, tlp)}"
    yield f'{{"type": "bundle", "id": "{bundle}", "objects": [\n'
    first = True
    for made in writer.objects():
        yield ("" if first else ",\n") + made.serialize(ensure_ascii=False)
        first = False
    yield "\n]}\n"


def _uuid(*parts: str) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, "\x1f".join(parts))


class _Writer:
    def __init__(
        self, case: Readable, hidden: Masks, origin: Origin, tlp: str, only: Collection[str] | None, left: Left
    ) -> None:
        self.case, self.hidden, self.origin, self.only, self.left = case, hidden, origin, only, left
        self.marking = TLP[tlp]
        self.at = datetime.fromisoformat(origin.at)
        self.sender = f"identity--{_uuid('sender', origin.publisher)}"
        # Our id of a node -> its id in the bundle, of what was written.
        self.ids: dict[str, str] = {}
        self.values: dict[str, str] = {}

    def objects(self) -> Iterator[Any]:
        """Every object, those first that others point to."""
        yield self.marking
        yield v21.Identity(
            id=self.sender, name=visible(self.origin.publisher), identity_class="organization", created=self.at,
            modified=self.at, object_marking_refs=[self.marking.id],
        )  # fmt: skip
        yield from self._identities()
        yield from self._observables()
        yield from self._holders()
        yield from self._edges()
        if self.only is None:
            yield from self._findings()

    def _made(self, kind: Callable[..., Any], **parts: Any) -> Any | None:
        """An object of a STIX domain or relationship kind; None where the standard refuses it, which is counted."""
        try:
            return kind(
                created=self.at, modified=self.at, created_by_ref=self.sender, object_marking_refs=[self.marking.id],
                **parts,
            )  # fmt: skip
        except (STIXError, ValueError) as error:
            self.left.note(f"{parts['id'].partition('--')[0]} that STIX refuses ({type(error).__name__})")
            return None

    def _may_go(self, node: str) -> bool:
        return self.only is None or node in self.only

    def _references(self, records: Iterable[str]) -> dict[str, Any]:
        listed = sorted(set(records))[:_MOST_REFERENCES]
        if not listed:
            return {}
        told = [
            v21.ExternalReference(
                source_name=visible(self.origin.publisher), external_id=record,
                description=visible(self.origin.place(record)),
            )
            for record in listed
        ]  # fmt: skip
        return {"external_references": told}

    # ---- who ----------------------------------------------------------------------------------------------------

    def _identities(self) -> Iterator[Any]:
        rows = self.case.sql(
            "SELECT e.canonical_id, min(e.schema) AS schema, min(s.record_id) AS first, "
            "count(DISTINCT s.record_id) AS n_records FROM entity e JOIN statement s ON s.entity_id = e.entity_id "
            "GROUP BY e.canonical_id ORDER BY e.canonical_id"
        ).to_pylist()
        rows = [row for row in rows if row["schema"] in _CLASSES and self._may_go(row["canonical_id"])]
        labels = Labels(self.case, self.hidden, (row["canonical_id"] for row in rows))
        ranked = {row["person_id"]: row for row in self.case.read("role").to_pylist()}
        needing = {
            row["person_id"]: row
            for row in self.case.read("protected_person", "person_id", "status", "child").to_pylist()
        }
        words = ftm.needs(self.case)
        for row in rows:
            who = row["canonical_id"]
            told = [f"In {counted(row['n_records'], 'record')} of the case."]
            # Two scales, never one: whoever reads the one has the other beside it.
            need = needing.get(who)
            if need is not None and (need["status"] != "no_information" or need["child"]):
                child = ", a child" if need["child"] else ""
                told.append(f"Need for protection: {need['status'].replace('_', ' ')}{child}.")
            if who in ranked:
                role = ranked[who]
                told.append(
                    f"Evidence of organising: rank {role['rank']} ({role['rank_low']} to {role['rank_high']}), "
                    f"{self.hidden.text(role['reason'], self._about(who))}. Need for protection: "
                    f"{role['protection'].replace('_', ' ')}. A rank is no finding of guilt."
                )
            made = self._made(
                v21.Identity, id=f"identity--{_uuid('entity', who)}", name=visible(labels.label(who, 200)),
                identity_class=_CLASSES[row["schema"]], description=_text(" ".join(told)),
                # The description is for people; by the labels another case's screening knows whom to protect.
                **({"labels": sorted(words[who])} if who in words and row["schema"] == "Person" else {}),
                **self._references([row["first"]]),
            )  # fmt: skip
            if made is not None:
                self.ids[who] = made.id
                yield made

    def _about(self, node: str) -> tuple[str, ...]:
        return (self.hidden.people[node],) if node in self.hidden.people else ()

    # ---- what by ------------------------------------------------------------------------------------------------

    def _observables(self) -> Iterator[Any]:
        rows = self.case.sql(
            "SELECT DISTINCT observable_id, kind, value FROM observable ORDER BY observable_id"
        ).to_pylist()
        known = {row["observable_id"] for row in rows}
        # Accounts that only transfers name.
        for name in ("source_id", "target_id"):
            for node in self.case.sql(f"SELECT DISTINCT {name} AS node FROM edge ORDER BY 1")["node"].to_pylist():
                kind, colon, value = node.partition(":")
                if colon and node not in known and (kind in _ACCOUNTS or kind in ACCOUNT_KINDS):
                    known.add(node)
                    rows.append({"observable_id": node, "kind": kind, "value": value})
        written: set[str] = set()
        for row in sorted(rows, key=lambda row: row["observable_id"]):
            node, kind, value = row["observable_id"], row["kind"], row["value"]
            if not self._may_go(node):
                continue
            if self._is_masked(node, value):
                self.left.note("contacts and accounts of people who are masked")
                continue
            made = self._observable(kind, value)
            if made is None:
                continue
            self.ids[node] = made.id
            self.values.setdefault(value, made.id)
            if made.id not in written:
                written.add(made.id)
                yield made

    def _is_masked(self, node: str, value: str) -> bool:
        hidden = self.hidden
        return hidden.hides and (
            hidden.node(node) is not None or hidden.account(value) != value or hidden.text(value) != value
        )

    def _observable(self, kind: str, value: str) -> Any | None:
        shown, marking = visible(value), [self.marking.id]
        try:
            if kind == "email":
                return v21.EmailAddress(value=shown, object_marking_refs=marking)
            if kind == "url":
                return v21.URL(value=shown, object_marking_refs=marking)
            if kind == "domain":
                return v21.DomainName(value=shown, object_marking_refs=marking)
            if kind == "ip":
                made = v21.IPv6Address if ":" in value else v21.IPv4Address
                return made(value=shown, object_marking_refs=marking)
            if kind in _ACCOUNTS or kind in ACCOUNT_KINDS:
                return v21.UserAccount(
                    user_id=shown, account_type=_ACCOUNTS.get(kind, f"{kind}-wallet"), object_marking_refs=marking
                )
        except (STIXError, ValueError) as error:
            self.left.note(f"{kind} that STIX refuses ({type(error).__name__})")
            return None
        self.left.note(f"{kind}: STIX has no object for it")
        return None

    # ---- ties ---------------------------------------------------------------------------------------------------

    def _holders(self) -> Iterator[Any]:
        for row in self.case.read("identifier", "observable_id", "node_id").to_pylist():
            holder, used = row["node_id"], row["observable_id"]
            if holder in self.ids and used in self.ids and self.ids[holder] != self.ids[used]:
                made = self._made(
                    v21.Relationship, id=f"relationship--{_uuid('uses', holder, used)}", relationship_type="uses",
                    source_ref=self.ids[holder], target_ref=self.ids[used],
                )  # fmt: skip
                if made is not None:
                    yield made

    def _edges(self) -> Iterator[Any]:
        for row in self.case.read("edge").to_pylist():
            ends = [self.ids.get(row[end]) for end in ("source_id", "target_id")]
            if None in ends or ends[0] == ends[1]:
                if self.only is None:
                    self.left.note("ties one end of which is not in the bundle")
                continue
            told = [counted(row["n_records"], "record")]
            if row["amount_usd"] is not None:
                told.append(f"{usd(row['amount_usd'])} carried")
            via = row["via"]
            if via and not (self.hidden.hides and (self.hidden.node(via) or self.hidden.text(via) != via)):
                told.append(f"by {via}")
            if not row["directed"]:
                told.append("in no direction")
            made = self._made(
                v21.Relationship, id=f"relationship--{_uuid('edge', row['edge_id'])}", source_ref=ends[0],
                target_ref=ends[1], relationship_type=row["kind"].replace("_", "-"), description=_text("; ".join(told)),
                **_span(row), **self._references(row["record_ids"]),
            )  # fmt: skip
            if made is not None:
                yield made

    # ---- what is found ------------------------------------------------------------------------------------------

    def _findings(self) -> Iterator[Any]:
        about: dict[str, set[str]] = {}
        records: dict[str, set[str]] = {}
        accounts = {row["transfer_id"]: row for row in self.case.sql(
            "SELECT DISTINCT t.transfer_id, t.source_account, t.target_account FROM transfer t "
            "JOIN finding_support s ON s.row_id = t.transfer_id WHERE s.table_name = 'flow' ORDER BY 1"
        ).to_pylist()}  # fmt: skip
        for row in self.case.read("finding_support").to_pylist():
            finding, key = row["finding_id"], row["row_id"]
            records.setdefault(finding, set()).add(row["record_id"])
            nodes = [key, *key.split(" ")[:1]]
            if key in accounts:
                nodes += [accounts[key]["source_account"], accounts[key]["target_account"]]
            about.setdefault(finding, set()).update(
                found for node in nodes if (found := self.ids.get(node) or self.values.get(node))
            )
        for row in rows_of(self.case, self.hidden):
            finding = row["finding_id"]
            listed = sorted(about.get(finding, ()))[:_MOST_OBJECTS]
            made = self._made(
                v21.Note, id=f"note--{_uuid('finding', finding, content_id(row['title']))}",
                abstract=_text(row["title"]), object_refs=listed or [self.sender],
                content=_text(f"{row['text']} Method: {row['method']}. Confidence: {row['confidence']}."),
                **self._references(records.get(finding, ())),
            )  # fmt: skip
            if made is not None:
                yield made


def _text(text: str) -> str:
    return shortened(visible(" ".join(text.split())), _MOST_TEXT)


def _span(row: Mapping[str, Any]) -> dict[str, datetime]:
    """First and last time of a tie; the standard wants the last to be later."""
    first, last = row["first_at"], row["last_at"]
    told = {} if first is None else {"start_time": first}
    return told if last is None or (first is not None and last <= first) else {**told, "stop_time": last}


def objects(text: str) -> list[dict[str, Any]]:
    """The objects of a bundle that `lines` wrote."""
    found: list[dict[str, Any]] = json.loads(text)["objects"]
    return found
