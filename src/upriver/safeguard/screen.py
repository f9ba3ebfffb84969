"""Screening before ranking: what each person's signs amount to, and what an interview must still ask.

Need for protection is a scale of its own: nothing here looks at evidence of organising, and nothing there is set
against this. A low level is not a clearance: the output is a presumption, a referral, or no information.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from upriver.model.forms import CHILD, NEEDS
from upriver.safeguard.ages import Age
from upriver.safeguard.frames import indicators

DIRECTNESS = ("own_words", "reported", "seen", "inferred")
_STRONG, _MEDIUM, _INFERRED = 2.0, 1.0, 0.5
_MAX_RECORDS = 50


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One sign of one person as found: ordered by how direct it is, then by record.

    speaker_kind  person, relative, witness, interviewer, officer, doctor, list, advert or rule
    operational   codes of delphi_2009.toml that the words are nearest to
    """

    rank: int
    record_id: str
    quote: str
    speaker: str
    state: str
    indicator: str
    speaker_kind: str = ""
    operational: tuple[str, ...] = ()

    @property
    def directness(self) -> str:
        return DIRECTNESS[self.rank]


def mark(
    indicator: str, state: str, quote: str, speaker: str, directness: str, record_id: str, speaker_kind: str = "",
    operational: tuple[str, ...] = (),
) -> Mark:  # fmt: skip
    rank = DIRECTNESS.index(directness)
    return Mark(rank, record_id, quote, speaker, state, indicator, speaker_kind, operational)


@dataclass(frozen=True, slots=True)
class Screened:
    """The rows of one person: `state` of each indicator by its name, and the row of `protected_person`."""

    states: dict[str, tuple[str, Mark | None]]
    row: dict[str, object] = field(default_factory=dict)


def screen(
    person: str,
    marks: Sequence[Mark],
    age: Age | None,
    present: Mapping[str, Sequence[str]],
    reported: Sequence[str],
    strong_from: float,
    handed_on: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Screened:
    """Level and status of one person.

    marks        every sign found of the person, those told of others too
    present      forms in whose records the person stands as present at a site, with the records
    reported     records in which the person reports to have been scammed
    strong_from  weight of signs from which the grounds are strong (ADR 0006)
    handed_on    need for protection as another agency's package tells it, with the records: it raises, never lowers
    """
    states = {indicator.name: _state(indicator.name, marks) for indicator in indicators()}
    shown = [(name, found) for name, (state, found) in states.items() if state == "present" and found is not None]
    grounds = _grounds(states, strong_from)
    child = (age is not None and age.child) or CHILD in handed_on
    presumed = NEEDS["presumed_victim"] in handed_on
    # Reasonable grounds are enough to presume: one grave sign, told and not inferred. ILO (2012): one may be enough.
    grave = {indicator.name for indicator in indicators() if indicator.strong}
    if (
        child
        or presumed
        or grounds == "strong"
        or any(name in grave and found.directness != "inferred" for name, found in shown)
    ):
        status = "presumed_victim"
    elif reported or NEEDS["reported_victim"] in handed_on:
        status = "reported_victim"
    elif grounds in ("some", "none") or NEEDS["refer"] in handed_on:
        status = "refer"
    else:
        status = "no_information"
    records = sorted({found.record_id for _, (_, found) in states.items() if found is not None}
                     | {record for listed in (*present.values(), *handed_on.values()) for record in listed}
                     | set(reported)
                     | ({age.record_id} if age is not None and age.child else set()))  # fmt: skip
    row: dict[str, object] = {
        "person_id": person,
        "status": status,
        "grounds": grounds,
        "n_present": len(shown),
        "n_unknown": sum(state == "unknown" for state, _ in states.values()),
        "child": child,
        "reason": _reason(status, shown, age, present, handed_on),
        "open_questions": _questions(states, marks) if present or marks or child else [],
        "record_ids": records[:_MAX_RECORDS],
    }
    return Screened(states, row)


def is_plea(told: Iterable[tuple[float, Mark]], days: float) -> bool:
    """Whether what one person wrote in one conversation tells two different signs of their own within `days`.

    told  day and mark of each sign. One alone is not enough where no list says that the person was at a site: who
          writes much will once say that he cannot leave.
    """
    own = sorted(
        (day, mark.indicator) for day, mark in told if mark.state == "present" and mark.directness == "own_words"
    )
    return any(
        later - day <= days and other != indicator
        for number, (day, indicator) in enumerate(own)
        for later, other in own[number + 1 :]
    )


def _state(name: str, marks: Iterable[Mark]) -> tuple[str, Mark | None]:
    """present before absent: what was once told is not undone by a denial; what nobody told is unknown."""
    for state in ("present", "absent"):
        # Silence, inference, or what somebody did not see is never an absence: only words are.
        found = sorted(
            m
            for m in marks
            if m.indicator == name and m.state == state
            and (state == "present" or m.directness in ("own_words", "reported"))
        )  # fmt: skip
        if found:
            return state, found[0]
    return "unknown", None


def _grounds(states: Mapping[str, tuple[str, Mark | None]], strong_from: float) -> str:
    weight, direct, n_present = 0.0, 0, 0
    for indicator in indicators():
        state, found = states[indicator.name]
        if state != "present" or found is None:
            continue
        n_present += 1
        base = _STRONG if indicator.strong else _MEDIUM
        weight += base * _INFERRED if found.directness == "inferred" else base
        direct += found.directness != "inferred"
    if weight >= strong_from and n_present > 1 and direct:
        return "strong"
    if n_present:
        return "some"
    return "none" if any(state == "absent" for state, _ in states.values()) else "no_information"


def _reason(
    status: str, shown: Sequence[tuple[str, Mark]], age: Age | None, present: Mapping[str, Sequence[str]],
    handed_on: Mapping[str, Sequence[str]],
) -> str:  # fmt: skip
    parts = []
    if handed_on:
        parts.append(f"told by the agency that handed this on: {', '.join(sorted(handed_on))}")
    if age is not None and age.child:
        parts.append(f"{age.why}: a child found at a site is presumed a victim")
    for directness, words in (("own_words", "told by the person"), ("reported", "reported"), ("seen", "seen"),
                              ("inferred", "inferred")):  # fmt: skip
        names = [name.replace("_", " ") for name, found in shown if found.directness == directness]
        if names:
            parts.append(f"{words}: {', '.join(names)}")
    if status == "reported_victim":
        parts.append("reports to have been scammed")
    if not parts and status == "refer":
        parts.append("no sign told so far, which clears nobody")
    if not parts:
        parts.append("nothing said by or of this person yet")
    if "message" in present:
        parts.append("on no list: known by what was written")
    if "handover_list" in present:
        parts.append("stands on a handover list, which proves presence, not role")
    return "; ".join(parts)


def _questions(states: Mapping[str, tuple[str, Mark | None]], marks: Iterable[Mark]) -> list[str]:
    """What is still open: each unknown, each contradiction, each thing told of others."""
    found = list(marks)
    questions = []
    # In the order of an interview: what is easy and open first, what hurts last.
    for indicator in sorted(indicators(), key=lambda indicator: indicator.ask):
        state, _ = states[indicator.name]
        told = {m.state for m in found if m.indicator == indicator.name}
        if {"present", "absent"} <= told:
            questions.append(f"Both affirmed and denied in the evidence: {indicator.question}")
        elif state == "unknown" and "others" in told:
            questions.append(f"Told of others, not yet of the person: {indicator.question}")
        elif state == "unknown":
            questions.append(indicator.question)
        elif state == "absent":
            questions.append(f"Denied so far; ask again when the person is safe: {indicator.question}")
    return questions
