"""How likely a contact of some strength of signs is a scam: a curve fitted on texts written for the project."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from upriver.clean.lexicon import load_list
from upriver.extract.contacts import Contact

_BELOW = 0.5  # what is told to be ordinary stands below what cannot be told, of the same strength
_LONGEST = 14.0  # log-odds


@cache
def _curves() -> dict[str, tuple[float, float]]:
    told = load_list("upriver.extract", "contact_odds.toml")
    return {name: (float(told[name]["slope"]), float(told[name]["base"])) for name in ("contacts", "adverts")}


def curve(*, advert: bool) -> tuple[float, float]:
    """Slope and base of the log-odds of a text by the strength of its signs."""
    return _curves()["adverts" if advert else "contacts"]


def probability(strength: float, *, advert: bool) -> float:
    """Probability that a text with signs of this strength is a scam contact (an advert: a lure), by the word lists.

    It rises with strength. One text in ten is taken to be one before anything is read.
    """
    slope, base = curve(advert=advert)
    return float(likely(np.array([slope * strength + base]))[0])


def likely(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities of log-odds, in the same order; no odds are taken for longer than a million to one.

    A curve measured on some thousand texts says nothing of one in a million.
    """
    found: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-_LONGEST * np.tanh(logits / _LONGEST)))
    return found


def weight(contact: Contact) -> float:
    """Strength of signs as it counts: signs that do not make a contact together count for a little less."""
    return contact.strength - _BELOW * (contact.label == "neither")
