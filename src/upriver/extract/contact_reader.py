"""Reads contacts and adverts, on plain files and in a case alike: by the word lists, and by a model where told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from upriver.clean.grams import plain
from upriver.clean.lexicon import load_list
from upriver.extract.contact_odds import probability, weight
from upriver.extract.contacts import Contact

if TYPE_CHECKING:
    from upriver.extract.contact_model import ContactModel

LISTS, MODEL, ANALYST = "word lists", "model", "analyst"
_FLAGS = ("scam", "lure")
_HALF = 0.5
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text is read as.

    contact      by the word lists, with the signs that say so
    label        the one that counts: scam, lure, neither, unsure
    score        probability that counts
    kind         of scam; None where it is none, or not told
    by           word lists, model
    list_score   probability by the word lists alone
    model_label  scam, lure, neither, unsure by the model; None without one, and where a text has no words
    told         the model's label as it was trained to give it
    text         as the model read it
    value        of the model's first head; 0 without one
    """

    contact: Contact
    label: str
    score: float
    kind: str | None
    by: str
    list_score: float
    model_label: str | None = None
    model_score: float | None = None
    told: str | None = None
    text: str = ""
    value: float = 0.0

    @property
    def speaks(self) -> bool:
        """Whether anything in the text speaks for a scam or a lure."""
        return bool(self.contact.cues) or self.value > 0.0


def readings(
    contacts: Sequence[Contact], texts: Sequence[str], model: ContactModel | None, *, advert: bool
) -> list[Reading]:
    """The reading of each text, in order.

    contacts  by the word lists (`read_turns`)
    texts     all that is said, a turn a line
    model     one trained for the same task
    """
    strengths = np.array([weight(contact) for contact in contacts])
    chances = [round(probability(float(strength), advert=advert), _DIGITS) for strength in strengths]
    alone = [
        Reading(contact, contact.label, chance, contact.kind, LISTS, chance)
        for contact, chance in zip(contacts, chances, strict=True)
    ]
    if model is None or not alone:
        return alone
    cut = [plain(text) for text in texts]
    values = model.values(cut)
    scores = model.probability(values, strengths).round(_DIGITS).tolist()
    positive = dict(zip(model.labels, model.positive, strict=True))
    kinds = load_list("upriver.extract", "contact_labels.toml")["kinds"]
    return [
        _beside(one, text, score, label, value, positive[label], kinds.get(label), advert)
        for one, text, score, label, value in zip(
            alone, cut, scores, model.told(values), values[:, 0].tolist(), strict=True
        )
    ]


def _beside(
    alone: Reading, text: str, score: float, told: str, value: float, positive: bool, kind: str | None, advert: bool
) -> Reading:
    contact = alone.contact
    if not any(char.isalnum() for char in text):
        return Reading(Contact("unsure", 0.0), "unsure", score, None, LISTS, alone.list_score, text=text)
    said = "neither" if not positive else "lure" if advert or told == "lure" else "scam"
    # Its label reads letters alone, its probability the signs of the word lists too. Where these contradict each other
    # the word lists break the tie: a model of another language must not silence them.
    agree = positive == (score >= _HALF)
    label, by = (said, MODEL) if agree else ("unsure", MODEL)
    if not agree and contact.label in _FLAGS:
        label, by = contact.label, LISTS
    if contact.label == "lure" and not advert and told != "lure":
        label, by = "lure", LISTS  # a model of contacts knows scams: that work is offered is told by the lists
    known = (kind or contact.kind) if positive else contact.kind if by == LISTS else None
    return Reading(
        contact, label, score, known if label != "lure" else None, by, alone.list_score, said if agree else "unsure",
        score, told, text, value,
    )  # fmt: skip
