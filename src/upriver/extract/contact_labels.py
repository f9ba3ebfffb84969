"""What analysts say of contacts: decisions `label` of the journal, for a record or for all records of its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from upriver.case.journal import SAME_TEXT
from upriver.extract.contact_texts import Readable, text_id, texts_of


@dataclass(frozen=True, slots=True)
class Label:
    """scam, lure or neither, and the kind of a scam where it was told."""

    label: str
    kind: str | None = None

    @classmethod
    def of(cls, value: str) -> Label:
        """The label of a decision's value.

        >>> Label.of("scam:romance"), Label.of("neither")
        (Label(label='scam', kind='romance'), Label(label='neither', kind=None))
        """
        label, _, kind = value.partition(":")
        return cls(label, kind or None)


@dataclass(frozen=True, slots=True)
class Labels:
    """The last label of each record, and of each text; one for the very record goes first."""

    records: Mapping[str, Label] = field(default_factory=dict)
    texts: Mapping[str, Label] = field(default_factory=dict)

    def of(self, record_id: str, text_id: str) -> Label | None:
        """What an analyst says of a record; None where nothing was said."""
        return self.records.get(record_id) or self.texts.get(text_id)


def labels(source: Readable, decisions: Iterable[Mapping[str, Any]]) -> Labels:
    """The labels that stand.

    decisions  of kind `label`, in the order in which they were made: subject_id, object_id, value
    """
    records: dict[str, Label] = {}
    same: dict[str, Label] = {}
    for one in decisions:
        label = Label.of(str(one["value"]))
        records[str(one["subject_id"])] = label
        if one["object_id"] == SAME_TEXT:
            same.pop(str(one["subject_id"]), None)  # the last counts where two records have one text
            same[str(one["subject_id"])] = label
    told = texts_of(source, same)
    return Labels(records, {text_id(told[record][1]): label for record, label in same.items() if record in told})
