"""UTC into the local time of whoever is asked, with the offset written; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

# Banks of these countries keep more than one time: their IBANs do not tell which.
_SEVERAL = frozenset({"BR", "RU", "PT", "ES", "US"})


@lru_cache(maxsize=500)
def zone_of_country(country: str) -> str | None:
    """IANA name of the one time zone of a country (ISO 3166-1 alpha-2); None where it has several or is not known.

    >>> zone_of_country("TH"), zone_of_country("ES")
    ('Asia/Bangkok', None)
    """
    import phonenumbers

    if country in _SEVERAL:
        return None
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return None
    return zone_of_phone(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=10_000)
def zone_of_phone(number: str) -> str | None:
    """IANA name of the time zone of a number in E.164; None where its range lies in several that differ."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
    found = [name for name in timezone.time_zones_for_number(parsed) if name != "Etc/Unknown"]
    looks = [datetime(2025, month, 15, tzinfo=UTC) for month in (1, 7)]
    offsets = {tuple(look.astimezone(ZoneInfo(name)).utcoffset() for look in looks) for name in found}
    # Islands that keep the clock of their mainland are named first by the alphabet: the last is the mainland.
    return found[-1] if len(offsets) == 1 else None


def utc(at: datetime | None) -> str:
    """A stored time (UTC without zone) as 2025-06-20 16:05:00; empty where there is none."""
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S")


def local(at: datetime | None, zone: str | None) -> str:
    """A stored time in `zone` with its offset; empty where either is not known.

    >>> local(datetime(2025, 6, 20, 16, 5), "Asia/Bangkok")
    '2025-06-20 23:05:00 +07:00'
    """
    if at is None or zone is None:
        return ""
    there = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return there.isoformat(sep=" ", timespec="seconds")[:19] + " " + there.isoformat()[-6:]
