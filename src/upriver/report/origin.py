"""Where what is exported comes from: so that whoever receives it can say whose it is and which record to ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from upriver.model.ids import file_of, locator_of
from upriver.report.figures import visible
from upriver.report.identity import Readable
from upriver.report.masking import Masks

# Records named at one entity: the rest is counted.
MOST = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """publisher  who hands it on, in words
    at         when the case was last told, UTC in ISO form
    paths      file_id -> path as it may be shown; none where names of files are not for the recipient
    """

    publisher: str
    at: str
    paths: Mapping[str, str] = field(default_factory=dict)

    def place(self, record_id: str) -> str:
        """A record by its id, which holds the first 20 digits of its file's SHA-256; and by file and place."""
        path = self.paths.get(file_of(record_id))
        return f"record {record_id}" + (f" ({path}, {locator_of(record_id)})" if path else "")

    def told(self, records: Iterable[str]) -> list[str]:
        """The records that something rests on, as lines of text."""
        listed = sorted(set(records))
        told = [visible(self.place(record)) for record in listed[:MOST]]
        return told + ([f"and {len(listed) - MOST:,} more records"] if len(listed) > MOST else [])


def paths_of(case: Readable, hidden: Masks) -> dict[str, str]:
    """file_id -> path of each source file, as it may be shown."""
    rows = case.read("source_file", "file_id", "path").to_pylist()
    return {row["file_id"]: visible(hidden.text(row["path"])) for row in rows}
