"""Same evidence, same id: every id is made from content, never from order, clock or chance.

A record's id is its file's id, `#` and its locator, so that it opens without a look-up; all other ids are the first
20 hex digits of sha256 over the parts joined by the unit separator. 80 bits keep a billion rows apart with a chance of
collision under one in a million.
"""

from __future__ import annotations

import hashlib

DIGITS = 20
SEPARATOR = "\x1f"


def content_id(*parts: object) -> str:
    """20 hex digits for `parts`; None and "" are told apart.

    The same text comes from SQL by `content_id_sql`.
    """
    text = SEPARATOR.join("\x1e" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def content_id_sql(*expressions: str) -> str:
    """SQL for `content_id` over text expressions, on every engine."""
    parts = ", ".join(f"coalesce(cast({expression} as text), chr(30))" for expression in expressions)
    return f"substr(sha256(concat_ws(chr(31), {parts})), 1, {DIGITS})"


def phone_sql(column: str) -> str:
    """SQL for an observable_id; a WhatsApp number is the telephone number that it stands for."""
    return f"CASE WHEN {column} LIKE 'whatsapp:%' THEN concat('phone:', substr({column}, 10)) ELSE {column} END"


def record_id(file_id: str, locator: str) -> str:
    """Id of the record at `locator` of a file."""
    return f"{file_id}#{locator}"


def file_of(record: str) -> str:
    """The file_id within a record_id."""
    return record.partition("#")[0]


def locator_of(record: str) -> str:
    """The locator within a record_id."""
    return record.partition("#")[2]


def observable_id(kind: str, value: str) -> str:
    """Id of an identifier: readable, and equal wherever it is seen."""
    return f"{kind}:{value}"
