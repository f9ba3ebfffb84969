"""Who called and who wrote to whom, and when: call records and messages, cleaned inside the engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from upriver.clean.contacts import contact, platform
from upriver.clean.zawgyi import repaired
from upriver.extract.hints import SHEET, Hints
from upriver.extract.moments import moment_sql, others
from upriver.extract.params import ExtractParams
from upriver.extract.rejects import refuse_sql, twice
from upriver.extract.words import words
from upriver.model.forms import FORMS
from upriver.model.ids import content_id_sql, observable_id

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_CLOCK = re.compile(r"(?:(?P<h>\d+):)?(?P<m>\d{1,3}):(?P<s>\d{1,2})\Z")
_UNITS = re.compile(
    r"(?:(?P<h>\d+)\s*(?:h|hours?|小时|时))?\s*(?:(?P<m>\d+)\s*(?:m|mins?|minutes?|分钟?))?\s*"
    r"(?:(?P<s>\d+)\s*(?:s|secs?|seconds?|秒))?\Z",
    re.IGNORECASE,
)
_PLAIN = "^[0-9]{1,7}([.]0+)?$"
_LONGEST = 7 * 86_400  # a call of more than a week is a slip
_ENDS = ("caller_device", "callee_device", "caller_sim", "callee_sim")


def talk(case: Desk, params: ExtractParams) -> None:
    """Write `call` and `message`, and what was refused to `rejected_record`."""
    hints = Hints.of(case)
    calls(case, hints, params)
    messages(case, hints, params)


def calls(case: Desk, hints: Hints, params: ExtractParams) -> None:
    """Write `call`. One told twice with equal ends, time and length is one; a length that is not told counts as 0.

    Of a call that both ends' records tell, the devices of both are kept.
    """
    hint = hints.lent(case, ("call",))
    if not hint.num_rows:
        return
    told = _told("call", ("caller", "callee", "started_at", "seconds", "kind", "device", "sim", "other_device"))
    kinds = _texts(case, f"SELECT kind_raw AS raw FROM ({told}) AS t", "true")
    odd = _texts(case, f"SELECT seconds_raw AS raw FROM ({told}) AS t", f"NOT regexp_matches(raw, '{_PLAIN}')")
    lent = {
        "hint": hint,
        "who": _contacts(case, told, ("caller", "callee"), "cast(NULL AS text)", hint),
        "moment": _moments(case, told, "started_at", hint),
        "span": _table(raw=odd, seconds=[seconds(text) for text in odd], kinds={"seconds": "int64"}),
        "way": _table(raw=[text for text in kinds if terminating(text)]),
    }
    at = moment_sql("t.started_at_raw", "h.offset_s", "m.at")
    other = " OR ".join(f"lower(kind_raw) LIKE '%{word}%'" for word in words("call", "other"))
    length = (
        f"CASE WHEN regexp_matches(t.seconds_raw, '{_PLAIN}') THEN cast(try_cast(t.seconds_raw AS double) AS bigint) "
    )
    read = f"""
      SELECT t.record_id, t.file_id, a.observable_id AS caller, b.observable_id AS callee, {at} AS started_at,
        {length} WHEN t.seconds_raw IS NULL THEN 0 ELSE s.seconds END AS seconds, t.kind_raw,
        {_end("w.raw IS NULL", "device")} AS caller_device, {_end("w.raw IS NOT NULL", "device")} AS callee_device,
        CASE WHEN w.raw IS NULL THEN {_sim("t.sim_raw")} END AS caller_sim,
        CASE WHEN w.raw IS NOT NULL THEN {_sim("t.sim_raw")} END AS callee_sim
      FROM ({told}) AS t LEFT JOIN hint h ON h.file_id = t.file_id AND h.sheet = t.sheet
      LEFT JOIN who a ON a.raw = t.caller_raw AND a.country = h.country AND a.medium = ''
      LEFT JOIN who b ON b.raw = t.callee_raw AND b.country = h.country AND b.medium = ''
      LEFT JOIN moment m ON m.raw = t.started_at_raw AND m.zone = h.zone AND m.date_order = h.date_order
      LEFT JOIN span s ON s.raw = t.seconds_raw LEFT JOIN way w ON w.raw = t.kind_raw"""
    ends = ", ".join(_ENDS)
    judged = f"""
      SELECT record_id, file_id, caller, callee, started_at, seconds, {ends},
        {content_id_sql("caller", "callee", "started_at", "seconds")} AS same,
        CASE WHEN {other} THEN 'it is a text message or data, and no call: its words are not told here'
          WHEN caller IS NULL THEN 'nobody who calls: a number or name is needed'
          WHEN callee IS NULL THEN 'nobody who is called: a number or name is needed'
          WHEN caller = callee THEN 'both ends of the call are the same'
          WHEN started_at IS NULL
            THEN 'the time cannot be read: tell date_order in case.toml, or write it as 2025-01-31 08:05'
          WHEN year(started_at) < {params.first_year} OR year(started_at) > {params.last_year}
            THEN 'the year lies outside {params.first_year} to {params.last_year}: correct it at its source'
          WHEN seconds IS NULL OR seconds > {_LONGEST} THEN 'the length cannot be read: write it in seconds'
        END AS reason FROM ({read}) AS r"""
    lent["again"] = twice(
        case, f"SELECT record_id, file_id, same, false AS counted, reason AS fault FROM ({judged}) AS j", **lent
    )
    case.write_sql(
        "call",
        f"WITH judged AS ({judged}), both_ends AS (SELECT j.same, "
        f"{', '.join(f'min(j.{name}) AS {name}' for name in _ENDS)} "
        "FROM judged j JOIN again d ON d.record_id = j.record_id WHERE d.fault IS NULL GROUP BY j.same) "
        "SELECT j.same AS call_id, j.caller, j.callee, j.started_at, j.seconds, j.record_id, "
        f"{', '.join(f'coalesce(j.{name}, b.{name}) AS {name}' for name in _ENDS)} "
        "FROM judged j LEFT JOIN again d ON d.record_id = j.record_id LEFT JOIN both_ends b ON b.same = j.same "
        "WHERE j.reason IS NULL AND (d.first_record IS NULL OR d.first_record = j.record_id)",
        **lent,
    )
    refused = "SELECT record_id, fault AS reason, cast(NULL AS text) AS slip, first_record FROM again"
    case.write_sql("rejected_record", refuse_sql(_refused(refused)), **lent)


def messages(case: Desk, hints: Hints, params: ExtractParams) -> None:
    """Write `message`.

    A thread keeps the name by which the evidence calls it, so that lists of members meet it; one without a name is that
    of its two ends, else of its file. The same message (thread, sender, time and text) of two exports is one. A message
    whose time cannot be read is kept without it, and the slip is told in `rejected_record`.
    """
    hint = hints.lent(case, ("message",))
    if not hint.num_rows:
        return
    told = _told("message", ("thread", "sender", "recipient", "sent_at", "text", "platform"))
    named = _texts(case, f"SELECT platform_raw AS raw FROM ({told}) AS t", "true")
    # An export of a messenger is of that messenger, whether or not a column says so.
    medium = "CASE WHEN h.format IN ('whatsapp', 'telegram') THEN h.format ELSE t.platform_raw END"
    lent = {
        "hint": hint,
        "who": _contacts(case, told, ("sender", "recipient"), medium, hint),
        "moment": _moments(case, told, "sent_at", hint),
        "medium": _table(
            raw=[*named, "whatsapp", "telegram"], platform=[*map(platform, named), "whatsapp", "telegram"]
        ),
    }
    # Only what bears a sign that Zawgyi shares with no other is looked at.
    signs = " OR ".join(f"raw LIKE '%{sign}%'" for sign in "\u1031\u1039\u103b")
    odd = _texts(case, f"SELECT text_raw AS raw FROM ({told}) AS t", f"({signs})")
    lent["zawgyi"] = _table(raw=odd, text=[repaired(text) for text in odd])
    at = moment_sql("t.sent_at_raw", "h.offset_s", "m.at")
    # An engine's concat may leave nulls out, so an end that is not known is asked for first.
    ends = (
        "CASE WHEN a.observable_id IS NULL OR b.observable_id IS NULL THEN NULL "
        "WHEN a.observable_id < b.observable_id THEN concat(a.observable_id, ' / ', b.observable_id) "
        "ELSE concat(b.observable_id, ' / ', a.observable_id) END"
    )
    read = f"""
      SELECT t.record_id, t.file_id, coalesce(t.thread_raw, {ends}, h.path) AS thread, a.observable_id AS sender,
        b.observable_id AS recipient, {at} AS told_at, t.sent_at_raw, coalesce(z.text, t.text_raw) AS text_raw,
        coalesce(p.platform, 'other') AS platform
      FROM ({told}) AS t LEFT JOIN hint h ON h.file_id = t.file_id AND h.sheet = t.sheet
      LEFT JOIN who a ON a.raw = t.sender_raw AND a.country = h.country AND a.medium = coalesce({medium}, '')
      LEFT JOIN who b ON b.raw = t.recipient_raw AND b.country = h.country AND b.medium = coalesce({medium}, '')
      LEFT JOIN moment m ON m.raw = t.sent_at_raw AND m.zone = h.zone AND m.date_order = h.date_order
      LEFT JOIN zawgyi z ON z.raw = t.text_raw
      LEFT JOIN (SELECT raw, min(platform) AS platform FROM medium GROUP BY raw) AS p ON p.raw = {medium}"""
    in_years = f"year(told_at) BETWEEN {params.first_year} AND {params.last_year}"
    timed = f"""
      SELECT record_id, file_id, thread, sender, recipient, text_raw, platform,
        CASE WHEN {in_years} THEN told_at END AS sent_at,
        CASE WHEN sender IS NULL THEN 'nobody who writes: a number or name is needed'
          WHEN text_raw IS NULL THEN 'the message has no text' END AS reason,
        CASE WHEN sent_at_raw IS NOT NULL AND coalesce({in_years}, false) = false
          THEN 'the time cannot be read, so the message is kept without it: tell date_order in case.toml' END AS slip
      FROM ({read}) AS r"""
    # Without a time two equal greetings are two messages, so their place tells them apart.
    place = "CASE WHEN sent_at IS NULL THEN record_id END"
    judged = (
        "SELECT record_id, file_id, thread, sender, recipient, sent_at, text_raw, platform, reason, slip, "
        f"{content_id_sql('thread', 'sender', 'sent_at', 'text_raw', place)} AS same FROM ({timed}) AS t"
    )
    lent["again"] = twice(
        case, f"SELECT record_id, file_id, same, true AS counted, reason AS fault FROM ({judged}) AS j", **lent
    )
    case.write_sql(
        "message",
        f"SELECT {content_id_sql('j.same', 'coalesce(d.number, 1)')} AS message_id, j.thread, j.sender, j.recipient, "
        f"j.sent_at, j.text_raw AS text, j.platform, j.record_id FROM ({judged}) AS j "
        "LEFT JOIN again d ON d.record_id = j.record_id "
        "WHERE j.reason IS NULL AND (d.first_record IS NULL OR d.first_record = j.record_id)",
        **lent,
    )
    refused = (
        f"SELECT j.record_id, j.reason, j.slip, d.first_record FROM ({judged}) AS j "
        "LEFT JOIN again d ON d.record_id = j.record_id"
    )
    case.write_sql("rejected_record", refuse_sql(_refused(refused)), **lent)


def seconds(text: str) -> int | None:
    """Length of a call in seconds, or None where it cannot be read.

    >>> seconds("00:01:35"), seconds("1m 5s"), seconds("2分钟"), seconds("long")
    (95, 65, 120, None)
    """
    text = text.strip()
    match = _CLOCK.match(text) or _UNITS.match(text)
    if match is None or not any(match.groups()):
        return None
    return 3600 * int(match["h"] or 0) + 60 * int(match["m"] or 0) + int(match["s"] or 0)


def terminating(text: str) -> bool:
    """Whether the kind of a record of calls says that it is of the party called.

    >>> terminating("MTC"), terminating("CALL_IN"), terminating("主叫"), terminating("Outgoing call")
    (True, True, False, False)
    """
    low = text.lower()
    parts = set(re.findall(r"[a-z]+", low))
    return any(word in parts if word.isascii() else word in low for word in words("call", "into"))


def _device(text: str) -> str:
    """SQL for a handset: the 14 digits of an IMEI that name it (the 15th checks them, a 16th tells its software)."""
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    # A spreadsheet writes 3.5E+14 for many handsets, and a switch that knows none writes zeros: those name nobody.
    return (
        f"CASE WHEN regexp_matches(lower({text}), '^[0-9.,]+e[+]?[0-9]+$') OR regexp_matches({text}, '^[0 -]*$') "
        f"THEN NULL WHEN regexp_matches({text}, '^[0-9 /-]+$') AND length({digits}) BETWEEN 14 AND 16 "
        f"THEN substr({digits}, 1, 14) ELSE lower({text}) END"
    )


def _sim(text: str) -> str:
    return (
        f"CASE WHEN regexp_matches(lower({text}), '^[0-9.,]+e[+]?[0-9]+$') OR regexp_matches({text}, '^[0 -]*$') "
        f"THEN NULL ELSE lower({text}) END"
    )


def _end(own: str, name: str) -> str:
    """SQL for the device of the party whom the record is of where `own`, else of the other one."""
    return f"CASE WHEN {own} THEN {_device(f't.{name}_raw')} ELSE {_device(f't.other_{name}_raw')} END"


def _told(form: str, names: Sequence[str]) -> str:
    """SELECT of a form's fields as text, null where empty."""
    place = FORMS[form].position
    listed = ", ".join(f"nullif(trim(fields[{place(name)}]), '') AS {name}_raw" for name in names)
    return f"SELECT record_id, file_id, locator, {SHEET} AS sheet, {listed} FROM record WHERE form = '{form}'"


def _refused(odd: str) -> str:
    """SELECT of what is refused, from a SELECT with columns record_id, reason, first_record, slip."""
    again = "concat('already told by ', j.first_record, ': nothing to do')"
    return (
        "SELECT t.record_id, t.file_id, t.locator, t.fields, "
        f"coalesce(j.reason, CASE WHEN j.first_record <> j.record_id THEN {again} END, j.slip) AS reason "
        f"FROM ({odd}) AS j JOIN record t ON t.record_id = j.record_id "
        "WHERE j.reason IS NOT NULL OR j.first_record <> j.record_id OR j.slip IS NOT NULL"
    )


def _contacts(case: Desk, told: str, names: Sequence[str], medium: str, hint: pa.Table) -> pa.Table:
    """Distinct contacts read once: raw, country, medium, observable_id (null where it names nobody)."""
    union = " UNION ALL ".join(
        f"SELECT t.{name}_raw AS raw, h.country, coalesce({medium}, '') AS medium FROM ({told}) AS t "
        "LEFT JOIN hint h ON h.file_id = t.file_id AND h.sheet = t.sheet"
        for name in names
    )
    rows = case.sql(
        f"SELECT DISTINCT raw, country, medium FROM ({union}) AS u WHERE raw IS NOT NULL ORDER BY raw, country, medium",
        hint=hint,
    )
    columns = {name: rows[name].to_pylist() for name in ("raw", "country", "medium")}
    found = [contact(raw, on, country or None) for raw, country, on in zip(
        columns["raw"], columns["country"], columns["medium"], strict=True)]  # fmt: skip
    return _table(**columns, observable_id=[observable_id(*read) if read else None for read in found])


def _moments(case: Desk, told: str, name: str, hint: pa.Table) -> pa.Table:
    select = (
        f"SELECT t.{name}_raw AS raw, h.zone, h.date_order, h.offset_s FROM ({told}) AS t "
        "JOIN hint h ON h.file_id = t.file_id AND h.sheet = t.sheet"
    )
    return others(case, select, hint=hint)


def _texts(case: Desk, select: str, where: str) -> list[str]:
    found: list[str] = case.sql(
        f"SELECT DISTINCT raw FROM ({select}) AS asked WHERE raw IS NOT NULL AND {where} ORDER BY raw"
    )["raw"].to_pylist()
    return found


def _table(kinds: dict[str, str] | None = None, **columns: list[Any]) -> pa.Table:
    import pyarrow as pa

    kinds = kinds or {}
    return pa.table(
        {name: pa.array(values, pa.type_for_alias(kinds.get(name, "string"))) for name, values in columns.items()}
    )
