"""Rows of evidence, short enough to draw."""

from __future__ import annotations

from datetime import datetime, timedelta

START = datetime(2025, 3, 1)


def statements(*told: str) -> list[dict[str, object]]:
    """`entity Schema prop=value`, one statement each, each on its own record."""
    rows = []
    for number, text in enumerate(told):
        entity, schema, fact = text.split(" ", 2)
        prop, _, value = fact.partition("=")
        rows.append({"statement_id": f"s{number}", "entity_id": entity, "schema": schema, "prop": prop, "value": value,
                     "record_id": f"f#row {number}"})  # fmt: skip
    return rows


def entities(*told: str) -> list[dict[str, object]]:
    """`entity Schema caption`, each its own canonical entity; `entity>canonical` where it belongs to another."""
    rows = []
    for text in told:
        entity, schema, caption = text.split(" ", 2)
        entity, _, canonical = entity.partition(">")
        rows.append({"entity_id": entity, "canonical_id": canonical or entity, "schema": schema, "caption": caption,
                     "n_members": 1})  # fmt: skip
    return rows


def observables(*told: str) -> list[dict[str, object]]:
    """`kind:value owner`, or `kind:value` for a mere mention."""
    rows = []
    for number, text in enumerate(told):
        observable, _, owner = text.partition(" ")
        kind, _, value = observable.partition(":")
        rows.append({"observable_id": observable, "kind": kind, "value": value, "raw": value,
                     "entity_id": owner or None, "start": -1 if owner else 0,
                     "record_id": f"o#row {number}"})  # fmt: skip
    return rows


def calls(*told: str) -> list[dict[str, object]]:
    """`caller>callee`, an hour apart."""
    rows = []
    for number, text in enumerate(told):
        caller, _, callee = text.partition(">")
        rows.append({"call_id": f"c{number}", "caller": caller, "callee": callee,
                     "started_at": START + timedelta(hours=number), "seconds": 60,
                     "record_id": f"c#row {number}"})  # fmt: skip
    return rows


def transfers(*told: str) -> list[dict[str, object]]:
    """`source>target usd`, an hour apart."""
    rows = []
    for number, text in enumerate(told):
        accounts, _, amount = text.partition(" ")
        source, _, target = accounts.partition(">")
        rows.append({"transfer_id": f"t{number}", "source_account": source, "target_account": target,
                     "occurred_at": START + timedelta(hours=number), "amount": float(amount), "asset": "USD",
                     "amount_usd": float(amount), "rail": "bank", "record_id": f"t#row {number}"})  # fmt: skip
    return rows


def messages(*told: tuple[str, str, str | None, str]) -> list[dict[str, object]]:
    """thread, sender, recipient and text, a minute apart."""
    return [
        {"message_id": f"m{number:05}", "thread": thread, "sender": sender, "recipient": recipient,
         "sent_at": START + timedelta(minutes=number), "text": text, "platform": "telegram",
         "record_id": f"m#message {number:05}"}
        for number, (thread, sender, recipient, text) in enumerate(told)
    ]  # fmt: skip


def call_log(*told: str) -> list[dict[str, object]]:
    """`caller>callee 2025-03-01T09:00 [seconds [device]]`, in UTC; each on its own row of one file."""
    rows = []
    for number, text in enumerate(told):
        ends, moment, seconds, device, *_ = [*text.split(" "), "60", ""]
        if len(text.split(" ")) == 3:
            device = ""
        caller, _, callee = ends.partition(">")
        rows.append({"call_id": f"c{number}", "caller": f"phone:{caller}", "callee": f"phone:{callee}",
                     "started_at": datetime.fromisoformat(moment), "seconds": int(seconds),
                     "caller_device": device or None, "record_id": f"cdr#row {number}"})  # fmt: skip
    return rows
