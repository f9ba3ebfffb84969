"""Passenger lists, bookings, border logs and hotel registers as statements: who was on one journey or stay with whom.

A journey is an Event that its travellers are linked to; nobody is `involved` in it, which speaks of places where people
are held. It has no location either: to sit in one aircraft is not to stand on one list of one site.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from upriver.clean.accounts import plain

if TYPE_CHECKING:
    from upriver.extract.telling import Telling

MARK = "journey"  # in `keywords` of the Event
# Two that pass one post within this time passed together; each is put into two windows of twice it, half a window
# apart, so that they share one wherever its ends fall.
_TOGETHER = timedelta(minutes=5)
_BEGIN = datetime(2000, 1, 1)


def journey(told: Telling) -> None:
    """State one line: the traveller, and each thing that tells of company (booking, seatless service, room, post)."""
    number = told.get("document_no")
    person = told.entity("Person", number) if number else told.entity("Person", told.record_id)
    told.names(person, "Person", told.get("name") or number, told.get("other_name"))
    told.say(person, "Person", "idNumber", number)
    told.date(person, "Person", "birthDate", told.get("birth_date"))
    told.country(person, "Person", "nationality", told.get("nationality"))
    told.phone(person, "Person", told.get("phone"))
    text = told.get("at")
    at = told.when(text) if text else None
    if text and at is None:
        told.refuse(f"the time cannot be read: {text[:60]}: tell date_order in case.toml, or write it as 2025-01-31")
    for kind, *key in _shared(told, at):
        event = told.entity("Event", kind, *(part.casefold() for part in key))
        told.say(event, "Event", "name", " ".join(key))
        told.say(event, "Event", "keywords", f"{MARK}: {kind}")
        link = told.entity("UnknownLink", person, event)
        told.say(link, "UnknownLink", "subject", person)
        told.say(link, "UnknownLink", "object", event)
        told.say(link, "UnknownLink", "role", "travels")
        told.say(link, "UnknownLink", "startDate", at)
        told.date(link, "UnknownLink", "endDate", told.get("until_at"))


def _shared(told: Telling, at: str | None) -> Iterator[tuple[str, ...]]:
    """Kind and words of each thing that travellers of this line may share with those of others."""
    booking, service, hotel, room, post = (
        plain(told.get(name) or "") for name in ("booking", "service", "hotel", "room", "post")
    )
    day = at[:10] if at else ""
    if booking:
        yield ("booking", "booking", booking)
    if service and day:
        yield ("service", service, plain(told.get("from_place") or ""), day) if told.get("from_place") else (
            "service", service, day)  # fmt: skip
    if hotel and room and day:
        yield ("room", hotel, "room", room, day)
    if hotel and day:
        yield ("hotel", hotel, day)
    if post and at:
        way = plain(told.get("kind") or "")
        for window in _windows(at):
            yield ("post", post, *([way] if way else []), window)


def _windows(at: str) -> tuple[str, ...]:
    """The day, or the windows in which a time falls.

    >>> _windows("2025-01-02"), _windows("2025-01-02T10:07:00")
    (('2025-01-02',), ('2025-01-02 10:00 to 10:10 UTC', '2025-01-02 10:05 to 10:15 UTC'))
    """
    if "T" not in at:
        return (at,)
    moment, width = datetime.fromisoformat(at), 2 * _TOGETHER
    starts = [(moment - _BEGIN - shift) // width * width + shift + _BEGIN for shift in (timedelta(0), _TOGETHER)]
    return tuple(f"{one:%Y-%m-%d %H:%M} to {one + width:%H:%M} UTC" for one in sorted(starts))
