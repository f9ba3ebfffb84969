"""Parameters of the extract stage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractParams:
    """Limits outside which a value is taken for a slip and its record refused.

    first_year, last_year  years in which a transfer, call or message may lie
    largest_amount         in the asset's own unit
    contact_score          strength of signs, 0 to 1, from which a text is called a scam contact or a lure
    unsure_score           strength from which it cannot be told
    contacts_sha256        hash of the model of contacts that case.toml tells; empty without one; set by the run itself
    adverts_sha256         the same of the model of adverts
    """

    first_year: int = 1990
    last_year: int = 2100
    largest_amount: float = 1e15
    contact_score: float = 0.5
    unsure_score: float = 0.38
    contacts_sha256: str = ""
    adverts_sha256: str = ""
