"""The extract stage: records become facts."""

from __future__ import annotations

from upriver.case.stage import Desk, Stage
from upriver.extract.contact_classes import contact_classes
from upriver.extract.events import event_reports
from upriver.extract.observables import observables
from upriver.extract.params import ExtractParams
from upriver.extract.rates import rates
from upriver.extract.rejects import broken
from upriver.extract.statements import statements
from upriver.extract.talk import talk
from upriver.extract.transfers import transfers


def run(case: Desk, params: ExtractParams) -> None:
    """What the records say: facts, identifiers, payments, calls, messages, scam contacts, tellings of the crackdown."""
    case.progress(0.0, "rows that cannot be read")
    broken(case)
    case.progress(0.02, "currency rates")
    rates(case, params)
    case.progress(0.04, "transfers")
    transfers(case, params)
    case.progress(0.4, "calls and messages")
    talk(case, params)
    case.progress(0.5, "people, companies and accounts")
    statements(case)
    case.progress(0.65, "identifiers in texts")
    observables(case)
    case.progress(0.75, "scam contacts and lures")
    contact_classes(case, params)
    case.progress(0.95, "what is told of the crackdown")
    event_reports(case, params)
    case.progress(1.0, "done")


STAGE = Stage(
    "extract",
    reads=("source_file", "record", "decision"),
    writes=(
        "statement", "observable", "transfer", "call", "message", "contact_class", "event_report", "rate",
        "rejected_record",
    ),
    run=run,
    params=ExtractParams,
    heeds=("label",),
)  # fmt: skip
