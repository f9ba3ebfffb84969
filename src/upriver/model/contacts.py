"""What a contact can be: its label, the kind of a scam, the stage of an approach."""

from __future__ import annotations

LABELS = ("scam", "lure", "neither")  # and unsure, which nobody decides
KINDS = (
    "romance", "investment", "impersonation", "loan", "task", "lottery", "parcel", "phishing", "recovery", "other"
)  # fmt: skip
STAGES = ("first_contact", "trust", "shown_gains", "payment", "squeeze")
