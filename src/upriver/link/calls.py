"""Call records as analysts read them: who calls whom, since when, at which hours, in which handset.

Numbers stand for themselves here (observable_id), not for whom they are told to be: a handset or a shift is a number's.
SQL for both engines; what is fetched is one row for each number.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from upriver.errors import SettingsError
from upriver.link.shifts import days_off, shifts
from upriver.model.columns import MOST_RECORDS

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_SHORT = r"\Aphone:[0-9]{2,6}\z"  # an operator's, a bank's, an office's
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class CallParams:
    """What call records are read for.

    call_zone        time zone in which hours and weekdays are told; "": that of most call records
    call_events      times around which bursts are looked for, as 2025-02-12T09:00+07:00; without an offset: in the zone
    call_victims     numbers (kind:value) whose first contacts are told, besides those of reported victims
    call_numbers     numbers (kind:value) whose common contacts are told, however likely by chance
    contacts_least, contacts_times  a number with more contacts than both `contacts_least` and `contacts_times` the mean
                     (a hotline, an exchange), or of at most six digits (an operator), is nobody's common contact
    handset_most     numbers in one handset; of more it is a shop's, a gateway's, or no true number of a handset
    shift_calls, shift_days  least calls made, and days with one, for a shift to be looked for
    event_hours      length of the window after an event
    event_days       days before it with which the window is compared
    event_calls      least calls of a number in all windows, for it to be told by itself
    silent_calls     least calls of a number that falls silent, or of one that appears
    silent_odds      chance at which silence, or appearance, is none: it may just not have called
    successor_days   days within which a successor's first call follows the last call of the number before
    successor_chance pairs that would share so many contacts by chance, at most, for a lead without a common handset
    contact_rows     most rows of common contacts and of successors
    """

    call_zone: str = ""
    call_events: tuple[str, ...] = ()
    call_victims: tuple[str, ...] = ()
    call_numbers: tuple[str, ...] = ()
    contacts_least: int = 40
    contacts_times: float = 10.0
    handset_most: int = 6
    shift_calls: int = 20
    shift_days: int = 5
    event_hours: float = 24.0
    event_days: int = 14
    event_calls: int = 5
    silent_calls: int = 8
    silent_odds: float = 0.01
    successor_days: int = 30
    successor_chance: float = 0.01
    contact_rows: int = 2_000


_PAIRS = f"""
WITH told AS (
    SELECT caller, callee, count(*) AS n_calls, sum(CASE WHEN seconds > 0 THEN 1 ELSE 0 END) AS n_answered,
           sum(seconds) AS seconds, min(started_at) AS first_at, max(started_at) AS last_at
    FROM call GROUP BY caller, callee
), listed AS (
    SELECT caller, callee, list_sort(array_agg(record_id)) AS record_ids
    FROM (SELECT caller, callee, record_id,
                 row_number() OVER (PARTITION BY caller, callee ORDER BY started_at, record_id) AS place FROM call) AS p
    WHERE place <= {MOST_RECORDS} GROUP BY caller, callee
)
SELECT t.caller AS caller, t.callee AS callee, t.n_calls AS n_calls, cast(t.n_answered AS bigint) AS n_answered,
       cast(t.seconds AS bigint) AS seconds, t.first_at AS first_at, t.last_at AS last_at, l.record_ids AS record_ids
FROM told t JOIN listed l ON t.caller = l.caller AND t.callee = l.callee
"""

# Both ends of a call that was answered were at their telephones; of another, only the caller was. Whoever is called is
# called at the hours of those who call: a shift is told by calls made alone.
_PRESENT = """
WITH side AS (
    SELECT caller AS observable_id, 1 AS made, started_at FROM call
    UNION ALL SELECT callee AS observable_id, 0 AS made, started_at FROM call WHERE seconds > 0
), here AS (
    SELECT s.observable_id AS observable_id, s.made AS made, s.started_at + c.offset_s * INTERVAL '1 second' AS told_at
    FROM side s JOIN clock c ON s.started_at >= c.from_at AND s.started_at < c.to_at
), present AS (
    SELECT observable_id, made, hour(told_at) AS hour, cast(told_at AS date) AS day FROM here
)
"""
_HOURS = f"""{_PRESENT}
SELECT observable_id, hour, count(*) AS n, cast(sum(made) AS bigint) AS n_made,
       count(DISTINCT CASE WHEN made = 1 THEN day END) AS made_days FROM present
GROUP BY observable_id, hour ORDER BY observable_id, hour
"""
_WEEKDAYS = f"""{_PRESENT}, dated AS (
    SELECT observable_id, made, day, (date_diff('day', cast('1970-01-05' AS date), day) % 7 + 7) % 7 AS weekday
    FROM present
)
SELECT observable_id, weekday, count(*) AS n, count(DISTINCT day) AS n_days,
       count(DISTINCT CASE WHEN made = 1 THEN day END) AS made_days, min(day) AS first_on, max(day) AS last_on
FROM dated GROUP BY observable_id, weekday ORDER BY observable_id, weekday
"""

_NUMBERS = """
WITH side AS (
    SELECT caller AS observable_id, callee AS contact, n_calls AS n_out, 0 AS n_in, n_answered, seconds, first_at,
           last_at FROM call_pair
    UNION ALL
    SELECT callee AS observable_id, caller AS contact, 0 AS n_out, n_calls AS n_in, n_answered, seconds, first_at,
           last_at FROM call_pair
)
SELECT s.observable_id AS observable_id, min(i.node_id) AS node_id, cast(sum(s.n_out) AS bigint) AS n_out,
       cast(sum(s.n_in) AS bigint) AS n_in, cast(sum(s.n_answered) AS bigint) AS n_answered,
       cast(sum(s.seconds) AS bigint) AS seconds, count(DISTINCT s.contact) AS n_contacts,
       count(DISTINCT CASE WHEN s.n_out > 0 THEN s.contact END) AS n_called, min(s.first_at) AS first_at,
       max(s.last_at) AS last_at
FROM side s LEFT JOIN identifier i ON i.observable_id = s.observable_id
GROUP BY s.observable_id ORDER BY s.observable_id
"""

_USED = """
WITH used AS (
    SELECT caller_device AS device, caller AS observable_id, caller_sim AS sim, started_at, record_id FROM call
    WHERE caller_device IS NOT NULL
    UNION ALL
    SELECT callee_device AS device, callee AS observable_id, callee_sim AS sim, started_at, record_id FROM call
    WHERE callee_device IS NOT NULL
)
"""
_HANDSETS = f"""{_USED}, told AS (
    SELECT device, observable_id, count(*) AS n_calls, count(DISTINCT sim) AS n_sims, min(started_at) AS first_at,
           max(started_at) AS last_at FROM used GROUP BY device, observable_id
), listed AS (
    SELECT device, observable_id, list_sort(array_agg(record_id)) AS record_ids
    FROM (SELECT device, observable_id, record_id,
                 row_number() OVER (PARTITION BY device, observable_id ORDER BY started_at, record_id) AS place
          FROM used) AS p
    WHERE place <= {MOST_RECORDS} GROUP BY device, observable_id
)
SELECT t.device AS device, t.observable_id AS observable_id, t.n_calls AS n_calls, t.n_sims AS n_sims,
       count(*) OVER (PARTITION BY t.device) AS n_numbers, count(*) OVER (PARTITION BY t.observable_id) AS n_devices,
       t.first_at AS first_at, t.last_at AS last_at, l.record_ids AS record_ids
FROM told t JOIN listed l ON t.device = l.device AND t.observable_id = l.observable_id
"""

_SWAPS = """
WITH kept AS (
    SELECT device, observable_id, first_at, last_at, record_ids, n_numbers, n_devices FROM handset
    WHERE n_numbers <= {most}
), both_ways AS (
    SELECT 'number' AS kind, concat('device:', device) AS subject_id, observable_id AS thing, first_at, last_at,
           record_ids FROM kept WHERE n_numbers > 1
    UNION ALL
    SELECT 'device' AS kind, observable_id AS subject_id, concat('device:', device) AS thing, first_at, last_at,
           record_ids FROM kept WHERE n_devices > 1
), ordered AS (
    SELECT kind, subject_id, thing, first_at, record_ids,
           lag(thing) OVER (PARTITION BY kind, subject_id ORDER BY first_at, thing) AS earlier,
           lag(last_at) OVER (PARTITION BY kind, subject_id ORDER BY first_at, thing) AS earlier_last_at,
           lag(record_ids) OVER (PARTITION BY kind, subject_id ORDER BY first_at, thing) AS earlier_ids
    FROM both_ways
)
SELECT kind, subject_id, earlier AS source_id, thing AS target_id, earlier_last_at AS last_at, first_at AS first_at,
       earlier_last_at >= first_at AS in_turns, earlier_ids, record_ids
FROM ordered WHERE earlier IS NOT NULL ORDER BY kind, subject_id, first_at, target_id
"""

# The first contacts of a victim: whoever came before the money, by call or message.
_FIRST = """
WITH victim AS (
    SELECT DISTINCT o.observable_id AS observable_id FROM statement s JOIN entity e ON s.entity_id = e.entity_id
    JOIN entity f ON f.canonical_id = e.canonical_id JOIN observable o ON o.entity_id = f.entity_id
    WHERE s.prop = 'status' AND s.value = 'reported victim'
    UNION SELECT observable_id FROM told_victim
), met AS (
    SELECT v.observable_id AS observable_id, c.callee AS object_id, 'call' AS medium, 1 AS by_victim,
           c.started_at AS told_at, c.record_id AS record_id FROM call c JOIN victim v ON c.caller = v.observable_id
    UNION ALL
    SELECT v.observable_id AS observable_id, c.caller AS object_id, 'call' AS medium, 0 AS by_victim,
           c.started_at AS told_at, c.record_id AS record_id FROM call c JOIN victim v ON c.callee = v.observable_id
    UNION ALL
    SELECT v.observable_id AS observable_id, m.recipient AS object_id, 'message' AS medium, 1 AS by_victim,
           m.sent_at AS told_at, m.record_id AS record_id FROM message m JOIN victim v ON m.sender = v.observable_id
    WHERE m.sent_at IS NOT NULL AND m.recipient IS NOT NULL
    UNION ALL
    SELECT v.observable_id AS observable_id, m.sender AS object_id, 'message' AS medium, 0 AS by_victim,
           m.sent_at AS told_at, m.record_id AS record_id FROM message m JOIN victim v ON m.recipient = v.observable_id
    WHERE m.sent_at IS NOT NULL
), opened AS (
    SELECT observable_id, object_id, medium, by_victim, told_at, record_id,
           row_number() OVER (PARTITION BY observable_id, object_id ORDER BY told_at, record_id, medium) AS turn,
           count(*) OVER (PARTITION BY observable_id, object_id) AS n_contacts FROM met
), ranked AS (
    SELECT o.observable_id AS observable_id, o.object_id AS object_id, o.medium AS medium, o.by_victim AS by_victim,
           o.told_at AS told_at, o.record_id AS record_id, o.n_contacts AS n_contacts,
           CASE WHEN h.observable_id IS NULL THEN 0 ELSE 1 END AS common,
           row_number() OVER (PARTITION BY o.observable_id ORDER BY o.told_at, o.record_id, o.object_id) AS place
    FROM opened o LEFT JOIN hub h ON h.observable_id = o.object_id WHERE o.turn = 1
)
SELECT observable_id, object_id, place, medium, by_victim = 1 AS by_victim, told_at AS first_at, n_contacts,
       common = 1 AS common, record_id
FROM ranked WHERE place <= 20
"""


def write_calls(case: Desk, params: CallParams) -> pa.Table:
    """Write call_pair, call_number, handset, handset_swap and first_contact.

    returns  as over_common
    """
    import pyarrow as pa

    hub = pa.table({"observable_id": pa.array([], pa.string())})
    if any_call(case):
        case.write_sql("call_pair", _PAIRS)
        numbers = case.sql(_NUMBERS)
        hub = over_common(numbers, params)
        _write_numbers(case, numbers, zone_of(case, params.call_zone), params)
        case.write_sql("handset", _HANDSETS)
        _write_swaps(case, params)
    victims = pa.table({"observable_id": pa.array(list(map(str, params.call_victims)), pa.string())})
    case.write_sql("first_contact", _FIRST, hub=hub, told_victim=victims)
    return hub


def any_call(case: Desk) -> bool:
    """Whether there is a call at all."""
    return bool(case.sql("SELECT 1 AS one FROM call LIMIT 1").num_rows)


def over_common(numbers: pa.Table, params: CallParams) -> pa.Table:
    """Numbers that are nobody's common contact: observable_id, n_contacts, n_called, bound (contacts beyond it)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    n = numbers["n_contacts"].to_numpy()
    bound = max(params.contacts_least, params.contacts_times * float(n.mean()))
    short = pc.match_substring_regex(numbers["observable_id"], _SHORT).to_numpy(zero_copy_only=False)
    kept = numbers.select(["observable_id", "n_contacts", "n_called"]).filter(pa.array((n > bound) | short))
    return kept.append_column("bound", pa.array([int(bound)] * kept.num_rows, pa.int64()))


def zone_of(case: Desk, told: str) -> str:
    """The zone in which hours are told: `told`, else that of most files of calls.

    raises  SettingsError when there is no such zone
    """
    if told:
        try:
            ZoneInfo(told)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(f"call_zone {told}: no such time zone; write it as Asia/Bangkok") from error
        return told
    rows = case.sql(
        "SELECT f.guessed AS guessed, c.n AS n FROM source_file f JOIN (SELECT substr(record_id, 1, "
        "strpos(record_id, '#') - 1) AS file_id, count(*) AS n FROM call GROUP BY 1) AS c ON c.file_id = f.file_id"
    ).to_pylist()
    zones: Counter[str] = Counter()
    for row in rows:
        zones[_zone(row["guessed"])] += row["n"]
    return min(zones, key=lambda zone: (-zones[zone], zone), default="UTC")


def _zone(guessed: str) -> str:
    layers = json.loads(guessed or "{}")
    parts = [layers.get(name) or {} for name in ("told", "template", "guessed")]
    return next((part["time_zone"] for part in parts if part.get("time_zone")), "UTC")


def clock(zone: str, first: datetime, last: datetime) -> pa.Table:
    """from_at, to_at, offset_s: how far `zone` is ahead of UTC, from `first` to `last` (both UTC, naive)."""
    import pyarrow as pa

    there = ZoneInfo(zone)

    def offset(at: datetime) -> int:
        ahead = at.replace(tzinfo=UTC).astimezone(there).utcoffset()
        return int(ahead.total_seconds()) if ahead else 0

    begin, end, day = first - timedelta(days=1), last + timedelta(days=1), timedelta(days=1)
    rows, since, at = [], begin, begin
    while at < end:
        if offset(at) != offset(at + day):
            low, high = at, at + day
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == offset(at) else (low, middle)
            changed = high.replace(microsecond=0)
            rows.append((since, changed, offset(at)))
            since = changed
        at += day
    rows.append((since, at + day, offset(at)))
    return pa.table(
        {
            "from_at": pa.array([row[0] for row in rows], pa.timestamp("us")),
            "to_at": pa.array([row[1] for row in rows], pa.timestamp("us")),
            "offset_s": pa.array([row[2] for row in rows], pa.int64()),
        }
    )


def _write_numbers(case: Desk, numbers: pa.Table, zone: str, params: CallParams) -> None:
    import pyarrow as pa

    n = numbers.num_rows
    ids = numbers["observable_id"].to_pylist()
    place = {name: at for at, name in enumerate(ids)}
    hands = clock(zone, min(numbers["first_at"].to_pylist()), max(numbers["last_at"].to_pylist()))
    hours, made, made_days = (np.zeros((n, 24), dtype=np.int64) for _ in range(3))
    rows = case.sql(_HOURS, clock=hands)
    at = np.array([place[name] for name in rows["observable_id"].to_pylist()], dtype=np.int64)
    hour = rows["hour"].to_numpy().astype(np.int64)
    for filled, name in ((hours, "n"), (made, "n_made"), (made_days, "made_days")):
        filled[at, hour] = rows[name].to_numpy()
    week, week_days, week_made = (np.zeros((n, 7), dtype=np.int64) for _ in range(3))
    rows = case.sql(_WEEKDAYS, clock=hands)
    at = np.array([place[name] for name in rows["observable_id"].to_pylist()], dtype=np.int64)
    weekday = rows["weekday"].to_numpy().astype(np.int64)
    for filled, name in ((week, "n"), (week_days, "n_days"), (week_made, "made_days")):
        filled[at, weekday] = rows[name].to_numpy()
    first_on, last_on = np.full(n, 1 << 40), np.full(n, -(1 << 40))
    np.minimum.at(first_on, at, rows["first_on"].cast(pa.int32()).to_numpy().astype(np.int64))
    np.maximum.at(last_on, at, rows["last_on"].cast(pa.int32()).to_numpy().astype(np.int64))
    n_days = week_days.sum(axis=1)
    enough = (made.sum(axis=1) >= params.shift_calls) & (week_made.sum(axis=1) >= params.shift_days)
    start, length, share = shifts(made_days, made)
    off = days_off(week_made, first_on, last_on)
    known = enough & (length > 0)
    case.write(
        "call_number",
        numbers.append_column("n_days", pa.array(n_days))
        .append_column("zone", pa.array([zone] * n))
        .append_column("hours", pa.array([[str(value) for value in row] for row in hours.tolist()]))
        .append_column("weekdays", pa.array([[str(value) for value in row] for row in week.tolist()]))
        .append_column(
            "shift_from",
            pa.array([f"{a:02}:00" if k else None for a, k in zip(start, known, strict=True)], pa.string()),
        )
        .append_column(
            "shift_to",
            pa.array(
                [f"{(a + w) % 24:02}:00" if k else None for a, w, k in zip(start, length, known, strict=True)],
                pa.string(),
            ),
        )
        .append_column(
            "shift_share", pa.array([float(s) if k else None for s, k in zip(share, known, strict=True)], pa.float64())
        )
        .append_column(
            "days_off",
            pa.array(
                [[DAYS[d] for d in np.flatnonzero(row)] if k else [] for row, k in zip(off, enough, strict=True)],
                pa.list_(pa.string()),
            ),
        ),
    )


def _write_swaps(case: Desk, params: CallParams) -> None:
    rows = case.sql(_SWAPS.format(most=params.handset_most)).to_pylist()
    for row in rows:
        # Of each side a few: the last of the one before would do, and the first of the one after.
        row["record_ids"] = sorted({*row.pop("earlier_ids"), *row["record_ids"]})[:MOST_RECORDS]
    case.write("handset_swap", rows)
