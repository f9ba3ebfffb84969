"""Common contacts of two numbers, and numbers that appear where another fell silent: leads, never identities.

A contact counts the less the more others have it (Adamic & Adar 2003); numbers of very many contacts count nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from upriver.model.columns import MOST_RECORDS

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk
    from upriver.graph.build import Floats
    from upriver.link.calls import CallParams

# Who takes a new number calls those again whom he used to call: a call alone may be to anybody.
_AGAIN = 2

# Numbers and their contacts, of so many calls at least, without hubs at either end; d: in how many lists of contacts a
# contact stands.
_MET = """
WITH both_ways AS (
    SELECT caller AS observable_id, callee AS contact, record_id FROM call
    UNION ALL SELECT callee AS observable_id, caller AS contact, record_id FROM call
), met AS (
    SELECT b.observable_id AS observable_id, b.contact AS contact, min(b.record_id) AS record_id FROM both_ways b
    LEFT JOIN hub h ON h.observable_id = b.observable_id LEFT JOIN hub g ON g.observable_id = b.contact
    WHERE h.observable_id IS NULL AND g.observable_id IS NULL GROUP BY b.observable_id, b.contact
    HAVING count(*) >= {least}
), sized AS (
    SELECT observable_id, contact, record_id, count(*) OVER (PARTITION BY contact) AS d,
           count(*) OVER (PARTITION BY observable_id) AS n FROM met
), rare AS (
    SELECT * FROM sized WHERE d <= {most}
)
"""
# Calls that a contact needs to count, tried in turn, and pairs through contacts that may be looked at: where calls are
# many, those whom a number calls again and again tell more, and are few enough to compare.
_LEAST = (1, 2, 3, 5, 8, 13)
_PAIRS_MOST = 5_000_000
_COMMON = f"""{_MET}
SELECT a.observable_id AS left_id, b.observable_id AS right_id, a.n AS left_n, b.n AS right_n, count(*) AS n_common,
       cast(sum(cast(1 / ln(a.d) AS decimal(38, 9))) AS double) AS weight
FROM rare a JOIN rare b ON a.contact = b.contact AND a.observable_id < b.observable_id
GROUP BY a.observable_id, b.observable_id, a.n, b.n
HAVING count(*) >= 2 {{also}}
ORDER BY left_id, right_id
"""
_SIZE = f"""{_MET}
SELECT d, count(*) AS n, cast(sum(CASE WHEN n >= 2 THEN 1.0 / n ELSE 0 END) AS double) AS n_numbers FROM sized
GROUP BY d ORDER BY d
"""
_THE_CONTACTS = f"""{_MET}
SELECT k.one AS one, k.other AS other, a.contact AS contact, a.record_id AS one_record, b.record_id AS other_record,
       a.d AS d
FROM kept k JOIN rare a ON a.observable_id = k.one
JOIN rare b ON b.observable_id = k.other AND b.contact = a.contact ORDER BY one, other, d, contact
"""
# One that falls silent, another that is first heard of soon after; both with contacts that are not everybody's.
_AFTER = f"""{_MET}, whole AS (
    SELECT s.observable_id AS observable_id, cast(sum(cast(1 / ln(1 + d) AS decimal(38, 9))) AS double) AS weight
    FROM rare s JOIN silent g ON g.observable_id = s.observable_id GROUP BY s.observable_id
)
SELECT a.observable_id AS source_id, b.observable_id AS target_id, a.n AS left_n, b.n AS right_n, count(*) AS n_common,
       cast(sum(cast(1 / ln(1 + a.d) AS decimal(38, 9))) AS double) AS weight, min(w.weight) AS of_weight,
       min(s.told_at) AS last_at, min(p.told_at) AS first_at
FROM silent s JOIN rare a ON a.observable_id = s.observable_id
JOIN rare b ON b.contact = a.contact JOIN fresh p ON p.observable_id = b.observable_id
JOIN whole w ON w.observable_id = a.observable_id
WHERE p.told_at > s.told_at AND p.told_at <= s.told_at + {{days}} * INTERVAL '1 day'
GROUP BY a.observable_id, b.observable_id, a.n, b.n HAVING count(*) >= 2 ORDER BY source_id, target_id
"""
_REACH = """
SELECT observable_id, min(reach_from) AS reach_from, max(reach_to) AS reach_to FROM (
    SELECT s.observable_id AS observable_id, f.reach_from AS reach_from, f.reach_to AS reach_to
    FROM (SELECT DISTINCT caller AS observable_id, substr(record_id, 1, strpos(record_id, '#') - 1) AS file_id FROM call
          UNION SELECT DISTINCT callee AS observable_id, substr(record_id, 1, strpos(record_id, '#') - 1) AS file_id
          FROM call) AS s
    JOIN (SELECT substr(record_id, 1, strpos(record_id, '#') - 1) AS file_id, min(started_at) AS reach_from,
                 max(started_at) AS reach_to FROM call GROUP BY 1) AS f ON f.file_id = s.file_id) AS r
GROUP BY observable_id ORDER BY observable_id
"""


@dataclass(frozen=True, slots=True)
class _Mixing:
    """How contacts are shared in all.

    least    calls that a contact needs to count; most: lists of contacts in which it may stand
    total    numbers with a contact, each contact counted; shared: ordered pairs of numbers with one in common
    n_numbers  with two contacts or more
    """

    least: int
    most: int
    total: int
    shared: int
    n_numbers: int

    def sql(self, select: str, **words: object) -> str:
        """`select` of these contacts."""
        return select.format(least=self.least, most=self.most, **words)

    def expected(self, left: Floats, right: Floats) -> Floats:
        """Common contacts of two numbers of so many contacts, were contacts dealt out at random."""
        mean: Floats = left * right * self.shared / max(1, self.total) ** 2
        return mean


def write_contacts(case: Desk, hub: pa.Table, params: CallParams) -> None:
    """Write common_contact and successor_lead."""
    lent = {"hub": hub}
    mixing = _mixing(case, lent, 1)
    if mixing.shared:
        _write_common(case, mixing, lent, params)
    _write_successors(case, mixing if mixing.least >= _AGAIN else _mixing(case, lent, _AGAIN), lent, params)


def _mixing(case: Desk, lent: dict[str, pa.Table], least: int) -> _Mixing:
    for least in [one for one in _LEAST if one >= least]:
        rows = case.sql(_SIZE.format(least=least, most=0), **lent)
        d, n = (rows[name].to_numpy().astype(np.int64) for name in ("d", "n"))
        if int((n * (d - 1)).sum()) <= 2 * _PAIRS_MOST:
            break
    # A contact of d numbers makes d * (d - 1) ordered pairs, and stands in d rows.
    within = np.cumsum(n * (d - 1)) <= 2 * _PAIRS_MOST
    most = int(d[within].max(initial=1))
    shared = int((n * (d - 1))[within].sum())
    n_numbers = round(float(rows["n_numbers"].to_numpy().sum())) if len(d) else 0
    return _Mixing(least, most, int(n[within].sum()), shared, n_numbers)


def _write_common(case: Desk, mixing: _Mixing, lent: dict[str, pa.Table], params: CallParams) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    names = list(map(str, params.call_numbers))
    told = pa.array(names, pa.string())
    # Two numbers that the analyst names are told with one contact in common.
    listed = ", ".join(f"'{name.replace(chr(39), chr(39) * 2)}'" for name in names)
    also = f"OR (a.observable_id IN ({listed}) AND b.observable_id IN ({listed}))" if listed else ""
    found = case.sql(mixing.sql(_COMMON, also=also), **lent)
    if not found.num_rows:
        return
    chance = _chance(found, mixing, mixing.n_numbers * (mixing.n_numbers - 1) / 2)
    named = pc.and_(pc.is_in(found["left_id"], told), pc.is_in(found["right_id"], told)).to_numpy(zero_copy_only=False)
    found = found.append_column("expected", pa.array(mixing.expected(*_sizes(found))))
    found = found.append_column("by_chance", pa.array(chance))
    order = np.lexsort((-found["weight"].to_numpy(), chance, ~named))
    order = order[(chance <= 1.0)[order] | named[order]][: params.contact_rows]
    rows = found.take(pa.array(order)).to_pylist()
    shared = _contacts(case, lent, [(row["left_id"], row["right_id"]) for row in rows], mixing)
    for row in rows:
        contacts, records = shared[row["left_id"], row["right_id"]]
        row.update(contacts=contacts, record_ids=records, least_calls=mixing.least)
        del row["left_n"], row["right_n"]
    case.write("common_contact", rows)


def _write_successors(case: Desk, mixing: _Mixing, lent: dict[str, pa.Table], params: CallParams) -> None:
    import pyarrow as pa

    silent, fresh = quiet_and_fresh(case, lent["hub"], params)
    ends = {"silent": silent, "fresh": fresh}
    found = case.sql(mixing.sql(_AFTER, days=params.successor_days), **lent, **ends)
    compared = silent.num_rows * fresh.num_rows
    chance = _chance(found, mixing, compared)
    order = np.argsort(chance, kind="stable")
    order = order[chance[order] <= params.successor_chance][: params.contact_rows]
    found = found.append_column("by_chance", pa.array(chance)).take(pa.array(order))
    rows = {(row["source_id"], row["target_id"]): row for row in found.to_pylist()}
    for (source, target), swap in _in_one_handset(case, ends, params).items():
        row = rows.setdefault((source, target), {
            "source_id": source, "target_id": target, "n_common": 0, "weight": 0.0, "of_weight": 0.0, "by_chance": 1.0,
            "last_at": swap["last_at"], "first_at": swap["first_at"], "left_n": 0, "right_n": 0,
        })  # fmt: skip
        row["device"], row["swap_ids"] = swap["subject_id"], swap["record_ids"]
    shared = _contacts(case, lent, [pair for pair, row in rows.items() if row["n_common"]], mixing)
    case.write("successor_lead", [_lead(row, *shared.get(pair, ([], []))) for pair, row in sorted(rows.items())])


def _lead(row: dict[str, Any], contacts: list[str], records: list[str]) -> dict[str, object]:
    parts = []
    if row["n_common"]:
        parts.append(
            f"{row['n_common']} of the {row['left_n']} numbers in contact with the silent one more than once are among "
            f"the {row['right_n']} of the one that appeared; chance would bring {row['by_chance']:.2g} such pairs"
        )
    if row.get("device"):
        parts.append("both were used in one handset, one after the other")
    overlap = row["weight"] / row["of_weight"] if row["of_weight"] else 0.0
    return {
        "source_id": row["source_id"], "target_id": row["target_id"], "silent_at": row["last_at"],
        "appears_at": row["first_at"], "n_common": row["n_common"], "overlap": round(min(1.0, overlap), 6),
        "by_chance": row["by_chance"], "device": (row.get("device") or "").removeprefix("device:") or None,
        "contacts": contacts, "reason": f"{'; '.join(parts)}. A lead, not an identity",
        "record_ids": sorted({*records, *row.get("swap_ids", ())})[:MOST_RECORDS],
    }  # fmt: skip


def quiet_and_fresh(case: Desk, hub: pa.Table, params: CallParams) -> tuple[pa.Table, pa.Table]:
    """Numbers that fell silent, and numbers that appeared, before the records end or after they begin.

    By days: at the share of its days on which a number was used, so many days without it must be unlikely.
    returns  observable_id, told_at (its last call; its first), each
    """
    import pyarrow as pa

    rows = case.sql(
        "SELECT n.observable_id AS observable_id, n.first_at AS first_at, n.last_at AS last_at, n.n_days AS n_days, "
        "r.reach_from AS reach_from, r.reach_to AS reach_to FROM call_number n "
        f"JOIN ({_REACH}) AS r ON r.observable_id = n.observable_id "
        "LEFT JOIN hub h ON h.observable_id = n.observable_id "
        f"WHERE h.observable_id IS NULL AND n.n_out + n.n_in >= {params.silent_calls} ORDER BY n.observable_id",
        hub=hub,
    )
    day = timedelta(days=1) / timedelta(microseconds=1)
    first, last, begin, end = (
        rows[name].cast(pa.int64()).to_numpy() / day for name in ("first_at", "last_at", "reach_from", "reach_to")
    )
    span = np.maximum(1.0, last - first)
    used = np.clip(rows["n_days"].to_numpy() / (span + 1.0), 1e-9, 1.0 - 1e-9)
    after, before = np.log1p(-used) * np.maximum(0.0, end - last), np.log1p(-used) * np.maximum(0.0, first - begin)
    least = np.log(params.silent_odds)
    silent, fresh = rows.filter(pa.array(after <= least)), rows.filter(pa.array(before <= least))
    return (
        pa.table({"observable_id": silent["observable_id"], "told_at": silent["last_at"]}),
        pa.table({"observable_id": fresh["observable_id"], "told_at": fresh["first_at"]}),
    )


def _in_one_handset(case: Desk, ends: dict[str, pa.Table], params: CallParams) -> dict[tuple[str, str], dict[str, Any]]:
    rows = case.sql(
        "SELECT w.subject_id AS subject_id, w.source_id AS source_id, w.target_id AS target_id, s.told_at AS last_at, "
        "p.told_at AS first_at, w.record_ids AS record_ids FROM handset_swap w "
        "JOIN silent s ON s.observable_id = w.source_id JOIN fresh p ON p.observable_id = w.target_id "
        "WHERE w.kind = 'number' AND p.told_at > s.told_at "
        f"AND p.told_at <= s.told_at + {params.successor_days} * INTERVAL '1 day' "
        "ORDER BY w.subject_id, w.source_id, w.target_id",
        **ends,
    ).to_pylist()
    return {(row["source_id"], row["target_id"]): row for row in rows}


def _sizes(found: pa.Table) -> tuple[Floats, Floats]:
    left, right = (found[name].to_numpy().astype(np.float64) for name in ("left_n", "right_n"))
    return left, right


def _chance(found: pa.Table, mixing: _Mixing, compared: float) -> Floats:
    """How many of the pairs compared would share so many contacts by chance (Poisson)."""
    from scipy.special import gammainc

    # P(X >= k) of a Poisson is the lower incomplete gamma of k.
    tail = gammainc(found["n_common"].to_numpy().astype(np.float64), mixing.expected(*_sizes(found)))
    chance: Floats = tail * compared
    return chance


def _contacts(
    case: Desk, lent: dict[str, pa.Table], pairs: list[tuple[str, str]], mixing: _Mixing
) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """The contacts that each pair shares, the rarest first, and a record of each end with each."""
    import pyarrow as pa

    kept = pa.table(
        {name: pa.array([pair[end] for pair in pairs], pa.string()) for end, name in enumerate(("one", "other"))}
    )
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {pair: ([], []) for pair in pairs}
    for row in case.sql(mixing.sql(_THE_CONTACTS), kept=kept, **lent).to_pylist():
        contacts, records = found[row["one"], row["other"]]
        if len(contacts) < MOST_RECORDS:
            contacts.append(row["contact"])
            records += [row["one_record"], row["other_record"]]
    return {pair: (contacts, sorted(set(records))[:MOST_RECORDS]) for pair, (contacts, records) in found.items()}
