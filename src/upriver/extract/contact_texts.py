"""Which records are contacts or adverts, and their texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from upriver.extract.contacts import Turn
from upriver.extract.turns import spoken, unmarked
from upriver.model.forms import FORMS
from upriver.model.ids import content_id

if TYPE_CHECKING:
    import pyarrow as pa

# Beside messages: form, medium, fields that are read together.
FORMS_READ = (
    ("note", "note", ("text",)),
    ("job_advert", "advert", ("title", "text", "place", "contact")),
    ("victim_report", "report", ("narrative",)),
)
ADVERT = "advert"
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")


class Readable(Protocol):
    """What a case and a stage's desk both offer."""

    def sql(self, select: str, **lent: pa.Table) -> pa.Table:
        """One SELECT, fully fetched."""


def text_id(text: str) -> str:
    """Id of the words of a text: the same where only figures, case and blanks differ.

    >>> text_id("Pay 5,000 now") == text_id("pay  900 NOW"), text_id("pay now") == text_id("pay later")
    (True, False)
    """
    return content_id("text", " ".join(_FIGURES.sub("#", text.casefold()).split()))


def fields_sql(form: str, fields: tuple[str, ...]) -> str:
    """Columns f0, f1 ... of `record`: the fields of a form that are read."""
    return ", ".join(f"r.fields[{FORMS[form].position(field)}] AS f{n}" for n, field in enumerate(fields))


def joined(parts: Iterable[str | None]) -> str:
    """The text of fields that are read together, a field a line."""
    return "\n".join(part for part in parts if part)


def turns(medium: str, text: str) -> list[Turn]:
    """What is said in a text of a case, by whom: a note, report or transcript may hold several sides."""
    return [Turn(None, unmarked(text))] if medium in ("message", ADVERT) else spoken(unmarked(text))


def texts_of(source: Readable, records: Iterable[str]) -> dict[str, tuple[str, str]]:
    """record_id -> (medium, text), as written, of those of `records` that are a message, note, advert or report."""
    import pyarrow as pa

    wanted = pa.table({"record_id": pa.array(sorted(set(records)), pa.string())})
    if not wanted.num_rows:
        return {}
    rows = source.sql(
        "SELECT m.record_id, min(m.text) AS text FROM message m JOIN wanted w ON w.record_id = m.record_id "
        "GROUP BY m.record_id ORDER BY m.record_id",
        wanted=wanted,
    ).to_pylist()
    found = {row["record_id"]: ("message", row["text"]) for row in rows}
    for form, medium, fields in FORMS_READ:
        rows = source.sql(
            f"SELECT r.record_id, {fields_sql(form, fields)} FROM record r "
            f"JOIN wanted w ON w.record_id = r.record_id WHERE r.form = '{form}' ORDER BY r.record_id",
            wanted=wanted,
        ).to_pylist()
        for row in rows:
            if text := joined(row[f"f{n}"] for n in range(len(fields))):
                found[row["record_id"]] = medium, text
    return found
