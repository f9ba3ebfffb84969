"""Sheets of telecoms, platforms, mail providers and registrars: what reached the victims, and who may not be exposed.

Not every number of a case is asked about. One stands on a sheet because a victim's report names it, because it sent
what reads as a scam, or because a person with evidence of organising uses it. Numbers of victims, and of people who may
be victims themselves, stand on none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from upriver.model.forms import FORMS
from upriver.report.figures import counted
from upriver.report.identity import Readable, listed
from upriver.report.masking import Masks
from upriver.requests.clocks import zone_of_phone
from upriver.requests.params import RequestParams
from upriver.requests.recipients import Recipient
from upriver.requests.sheets import CallRow, NumberRow, Sheet
from upriver.requests.victims import Victims

_PHONES = ("phone", "whatsapp")
_PLATFORMS = {"whatsapp": "WhatsApp", "telegram": "Telegram", "wechat": "WeChat", "line": "LINE", "qq": "QQ"}
_SITES = ("url", "domain")
_KINDS = (*_PHONES, "telegram", "wechat", "line", "qq", "handle", "email", *_SITES)
_MOST_RECORDS = 50


@dataclass(slots=True)
class _Known:
    """What is known of one identifier, by its records."""

    kind: str
    value: str
    reports: set[tuple[str, str, bool]] = field(default_factory=set)  # record, victim, only mentioned in the text
    scams: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    platforms: set[str] = field(default_factory=set)
    first_at: datetime | None = None
    last_at: datetime | None = None
    n_calls: int = 0
    n_messages: int = 0
    devices: set[str] = field(default_factory=set)

    @property
    def victims(self) -> set[str]:
        return {victim for _, victim, _ in self.reports}

    @property
    def records(self) -> list[str]:
        return sorted({record for record, _, _ in self.reports} | self.scams | self.others)


def number_sheets(case: Readable, guard: Masks, known: Victims, params: RequestParams) -> tuple[list[Sheet], list[str]]:
    """One sheet for each operator (by country code), platform, mail provider, and one for registrars.

    returns  the sheets, and sentences on what was left out
    """
    found = _wanted(case, params)
    hidden = [key for key in found if _is_protected(guard, key)]
    reported = sum(bool(found[key].reports) for key in hidden)
    for key in hidden:
        del found[key]
    told = []
    if hidden:
        told.append(
            f"{counted(len(hidden), 'number or name', 'numbers or names')} ({reported:,} of them named by victims) of "
            "people who may be victims themselves: nothing is asked about them here. Ask those who protect them first"
        )
    _seen(case, found)
    calls = _calls(case, found, known)
    sheets: dict[str, Sheet] = {}
    for key in sorted(found):
        for recipient in _recipients(found[key]):
            sheet = sheets.setdefault(recipient.key, Sheet(recipient))
            sheet.numbers.append(_row(found[key], known, recipient.kind == "telecom"))
            if recipient.kind == "telecom":
                sheet.calls += calls.get(key, [])
    for sheet in sheets.values():
        sheet.numbers.sort(key=lambda row: (-len(row.victims), -row.reported_usd, -row.n_messages, row.value))
        sheet.left_out = max(0, len(sheet.numbers) - params.most_numbers)
        sheet.numbers = sheet.numbers[: params.most_numbers]
        kept = {row.value for row in sheet.numbers}
        sheet.calls = sorted(
            (call for call in sheet.calls if call.value in kept), key=lambda call: (call.value, call.at, call.call_id)
        )
        _set_clock(sheet)
    return sorted(sheets.values(), key=lambda sheet: sheet.order), told


def _is_protected(guard: Masks, key: str) -> bool:
    value = key.partition(":")[2]
    others = (f"{kind}:{value}" for kind in _PHONES) if key.startswith(("phone:", "whatsapp:")) else ()
    return any(guard.node(one) is not None for one in (key, *others))


# ---- what is asked about ----------------------------------------------------------------------------------------


def _wanted(case: Readable, params: RequestParams) -> dict[str, _Known]:
    """Identifiers by observable_id, a WhatsApp number by that of its phone."""
    found: dict[str, _Known] = {}
    for row in case.sql(
        "SELECT DISTINCT o.observable_id, o.kind, o.value, o.record_id, o.start >= 0 AS mentioned, s.entity_id AS who "
        "FROM observable o JOIN record r ON r.record_id = o.record_id JOIN statement s ON s.record_id = o.record_id "
        "AND s.prop = 'status' AND s.value = 'reported victim' WHERE r.form = 'victim_report' "
        f"AND o.entity_id IS NULL AND o.kind IN {listed(_KINDS)} ORDER BY 1, 4, 6"
    ).to_pylist():
        _at(found, row).reports.add((row["record_id"], row["who"], row["mentioned"]))
    for row in case.sql(
        "SELECT DISTINCT m.sender AS observable_id, m.record_id, m.platform FROM contact_class c "
        "JOIN message m ON m.record_id = c.record_id WHERE c.label = 'scam' ORDER BY 1, 2"
    ).to_pylist():
        kind, _, value = row["observable_id"].partition(":")
        if kind in _KINDS:
            _at(found, {**row, "kind": kind, "value": value}).scams.add(row["record_id"])
    for row in case.sql(
        "SELECT DISTINCT o.observable_id, o.kind, o.value, o.record_id FROM observable o "
        "JOIN entity e ON e.entity_id = o.entity_id JOIN role p ON p.person_id = e.canonical_id "
        f"WHERE p.score >= {params.least_score!r} AND p.protection = 'none' AND o.kind IN {listed(_KINDS)} "
        "ORDER BY 1, 4"
    ).to_pylist():
        _at(found, row).others.add(row["record_id"])
    return found


def _at(found: dict[str, _Known], row: dict[str, Any]) -> _Known:
    kind, value = row["kind"], row["value"]
    key = f"phone:{value}" if kind in _PHONES else f"{kind}:{value}"
    if key not in found:
        found[key] = _Known("phone" if kind in _PHONES else kind, value)
    if kind in _PLATFORMS:
        found[key].platforms.add(_PLATFORMS[kind])
    return found[key]


def _names_of(key: str, known: _Known) -> tuple[str, ...]:
    return (key, f"whatsapp:{known.value}") if known.kind == "phone" else (key,)


def _lent(found: dict[str, _Known]) -> pa.Table:
    pairs = sorted((name, key) for key, known in found.items() for name in _names_of(key, known))
    names, keys = zip(*pairs, strict=True) if pairs else ((), ())
    return pa.table({"name": pa.array(names, pa.string()), "key": pa.array(keys, pa.string())})


def _seen(case: Readable, found: dict[str, _Known]) -> None:
    """When and where each was seen: calls, messages, platforms, devices."""
    lent = _lent(found)
    device = FORMS["call"].position("device")
    for row in case.sql(
        "SELECT w.key, 'message' AS what, m.platform, min(m.sent_at) AS first_at, max(m.sent_at) AS last_at, "
        "count(*) AS n FROM message m JOIN wanted w ON w.name = m.sender GROUP BY w.key, m.platform UNION ALL "
        "SELECT w.key, 'call', '', min(c.started_at), max(c.started_at), count(*) FROM call c "
        "JOIN wanted w ON w.name = c.caller OR w.name = c.callee GROUP BY w.key ORDER BY 1, 2, 3",
        wanted=lent,
    ).to_pylist():
        known = found[row["key"]]
        known.first_at = min(filter(None, (known.first_at, row["first_at"])), default=None)
        known.last_at = max(filter(None, (known.last_at, row["last_at"])), default=None)
        if row["what"] == "call":
            known.n_calls += int(row["n"])
        else:
            known.n_messages += int(row["n"])
            if row["platform"] in _PLATFORMS:
                known.platforms.add(_PLATFORMS[row["platform"]])
    for row in case.sql(
        f"SELECT DISTINCT w.key, trim(r.fields[{device}]) AS device FROM call c JOIN wanted w ON w.name = c.caller "
        f"JOIN record r ON r.record_id = c.record_id WHERE r.form = 'call' AND trim(r.fields[{device}]) <> '' "
        "ORDER BY 1, 2",
        wanted=lent,
    ).to_pylist():
        found[row["key"]].devices.add(row["device"])


def _calls(case: Readable, found: dict[str, _Known], known: Victims) -> dict[str, list[CallRow]]:
    """Calls between a number that is asked about and a victim's own telephone, by the number's key."""
    device, cell = (FORMS["call"].position(name) for name in ("device", "cell"))
    rows = case.sql(
        "SELECT DISTINCT w.key, c.caller = w.name AS out, c.call_id, c.record_id, c.started_at, c.seconds, "
        f"r.form, r.fields[{device}] AS device, r.fields[{cell}] AS cell, s.entity_id AS who FROM call c "
        "JOIN wanted w ON w.name = c.caller OR w.name = c.callee JOIN record r ON r.record_id = c.record_id "
        "JOIN observable o ON o.observable_id = CASE WHEN c.caller = w.name THEN c.callee ELSE c.caller END "
        "JOIN statement s ON s.entity_id = o.entity_id AND s.prop = 'status' AND s.value = 'reported victim' "
        "ORDER BY c.started_at, c.call_id, who",
        wanted=_lent(found),
    ).to_pylist()
    made: dict[str, list[CallRow]] = defaultdict(list)
    done: set[tuple[str, str]] = set()
    for row in rows:
        # Two reports of one victim are two references: the call is told once.
        if (row["key"], row["call_id"]) in done:
            continue
        done.add((row["key"], row["call_id"]))
        # A line of call records tells the device and cell of the caller.
        own = row["out"] and row["form"] == "call"
        device_of, cell_of = ((row[name] or "") if own else "" for name in ("device", "cell"))
        value = found[row["key"]].value
        made[row["key"]].append(
            CallRow(
                value, "to the victim" if row["out"] else "from the victim", row["call_id"], row["record_id"],
                row["started_at"], row["seconds"], device_of, cell_of, known.reference(row["who"]),
                zone_of_phone(value),
            )
        )  # fmt: skip
    return made


# ---- whom to ask ------------------------------------------------------------------------------------------------


def _recipients(known: _Known) -> Iterable[Recipient]:
    """Who can tell of an identifier; a number on WhatsApp is asked of its operator and of WhatsApp."""
    for platform in sorted(known.platforms):
        yield Recipient(f"platform:{platform}", "platform", platform, True, "these accounts were seen there")
    if known.kind == "phone":
        yield _operator(known.value)
    elif known.kind == "email":
        host = known.value.rpartition("@")[2]
        yield Recipient(f"mail:{host}", "mail", f"provider of {host}", True, "the addresses tell it")
    elif known.kind in _SITES:
        yield Recipient("domain:", "domain", "registrars and hosts of sites (not told)", False, "none is named")
    elif not known.platforms:
        yield Recipient("unnamed:", "unnamed", "platform not told", False, "no evidence names the platform")


def _operator(value: str) -> Recipient:
    import phonenumbers
    from phonenumbers import geocoder

    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return Recipient(
            "telecom:", "telecom", "operator of numbers without a country code (not told)", False,
            "no evidence tells the country",
        )  # fmt: skip
    code = parsed.country_code or 0
    main = phonenumbers.region_code_for_country_code(code)
    example = phonenumbers.example_number(main)
    country = geocoder.country_name_for_number(example, "en") if example else ""
    more = " and others" if len(phonenumbers.region_codes_for_country_code(code)) > 1 else ""
    place = f" ({country}{more})" if country else ""
    return Recipient(
        f"telecom:+{code:03d}", "telecom", f"operator of +{code} numbers{place}, not told", False,
        "the numbers tell the country; no evidence names the operator",
    )  # fmt: skip


def _row(known: _Known, victims: Victims, telecom: bool) -> NumberRow:
    """A row for a sheet; devices and the range of a number are for its operator alone."""
    references = sorted({victims.reference(who) for who in known.victims})
    reported = {victims.by_id[who].reference: victims.by_id[who] for who in known.victims if who in victims.by_id}
    why = []
    if known.reports:
        said = "mentioned in" if all(mentioned for _, _, mentioned in known.reports) else "named as the contact in"
        why.append(f"{said} the reports of {counted(len(references), 'victim')}")
    if known.scams:
        why.append(f"sent {counted(len(known.scams), 'message')} that read as a scam")
    if known.others:
        why.append("other evidence of the case")
    zone = zone_of_phone(known.value) if known.kind == "phone" else None
    return NumberRow(
        known.value, known.kind, "; ".join(why), tuple(references),
        sum(victim.reported_usd or 0.0 for victim in reported.values()), known.first_at, known.last_at, known.n_calls,
        known.n_messages, _range(known.value) if telecom else "", tuple(sorted(known.devices)) if telecom else (),
        tuple(known.records[:_MOST_RECORDS]), zone,
    )  # fmt: skip


def _range(value: str) -> str:
    """To which operator the range of a number was first given, by the public numbering plan; empty where not known."""
    import phonenumbers
    from phonenumbers import carrier

    try:
        return str(carrier.name_for_number(phonenumbers.parse(value, None), "en"))
    except phonenumbers.NumberParseException:
        return ""


def _set_clock(sheet: Sheet) -> None:
    if sheet.recipient.kind != "telecom":
        sheet.zone_why = "not known of the recipient; beside UTC stands that of a number's country, where it has one"
        return
    zones = {row.zone for row in sheet.numbers}
    if len(zones) == 1 and (zone := next(iter(zones))):
        sheet.zone, sheet.zone_why = zone, "the time zone of the numbers"
    elif zones - {None}:
        sheet.zone_why = "these numbers lie in several time zones: each row has that of its number"
    else:
        sheet.zone_why = "the numbers tell no time zone: UTC alone is told"
