"""Who paid whom, when, in what: bank lines and token transfers, cleaned inside the engine.

Distinct raw accounts, odd amounts and odd times are read once each in Python and lent back; the rest is SQL, so that it
runs over a million rows here and over billions elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from upriver.clean.accounts import account
from upriver.clean.wallets import CHAINS
from upriver.extract.amounts import amount
from upriver.extract.hints import SHEET, Hints
from upriver.extract.moments import moment_sql, others, unread_sql
from upriver.extract.params import ExtractParams
from upriver.extract.rates import by_day
from upriver.extract.rejects import refuse_sql, twice
from upriver.extract.words import words
from upriver.model.forms import FORMS
from upriver.model.ids import content_id_sql
from upriver.model.units import DOLLAR_TOKENS, asset

if TYPE_CHECKING:
    import pyarrow as pa

    from upriver.case.stage import Desk

_FORMS = ("bank_transfer", "token_transfer")
_QUOTED = 80  # signs of a cell that a reason repeats
_NO_PRICE = "^([$]?[0.,]+|N/A|n/a|-+)$"
_OPEN = "^[1-9][0-9]{0,2}[.][0-9]{3}$"  # thousands, where the column writes decimals with a comma
_PLAIN = "^[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?$"


def transfers(case: Desk, params: ExtractParams) -> None:
    """Write `transfer`, and what was refused to `rejected_record`.

    The same transfer told twice (equal reference, accounts, time, amount and asset) is one: the record with the
    smallest id stands. Rows without a reference that are equal within one file stay apart by their number among equals.
    A transfer whose asset has no rate keeps a null amount_usd.
    """
    lent = _lend(case)
    if lent is None:
        return
    judged = _judged(params)
    lent["again"] = twice(
        case, f"SELECT record_id, file_id, same, reference IS NULL AS counted, fault FROM ({judged}) AS j", **lent
    )
    case.write_sql(
        "transfer",
        f"SELECT {content_id_sql('j.same', 'coalesce(d.number, 1)')} AS transfer_id, j.source_account, "
        "j.target_account, j.occurred_at, j.amount, j.asset, j.amount_usd, j.rail, j.reference, j.purpose, j.record_id "
        f"FROM ({judged}) AS j LEFT JOIN again d ON d.record_id = j.record_id "
        "WHERE d.fault IS NULL AND (d.first_record IS NULL OR d.first_record = j.record_id)",
        **lent,
    )
    case.write_sql("rejected_record", refuse_sql(_refused(params)), **lent)


def _told() -> str:
    """SELECT of both forms in the same columns, all of them text as written."""
    bank, token = (FORMS[name].position for name in _FORMS)
    both = ("reference", "source_account", "target_account", "occurred_at", "amount", "amount_usd", "status")
    columns = {
        "bank_transfer": {name: bank(name) for name in (*both, "currency", "purpose", "channel")},
        "token_transfer": {**{name: token(name) for name in both}, "currency": token("token"), "purpose": 0,
                           "channel": 0},
    }  # fmt: skip
    parts = []
    for form, places in columns.items():
        listed = ", ".join(
            f"nullif(trim(fields[{place}]), '') AS {name}_raw" if place else f"cast(NULL AS text) AS {name}_raw"
            for name, place in places.items()
        )
        if form == "token_transfer":  # explorers write so where they know no price
            usd = f"nullif(trim(fields[{places['amount_usd']}]), '')"
            known = f"CASE WHEN regexp_matches({usd}, '{_NO_PRICE}') THEN NULL ELSE {usd} END AS amount_usd_raw"
            listed = listed.replace(f"{usd} AS amount_usd_raw", known)
        parts.append(
            f"SELECT record_id, file_id, locator, fields, form, {SHEET} AS sheet, {listed} FROM record "
            f"WHERE form = '{form}'"
        )
    return " UNION ALL ".join(parts)


def _lend(case: Desk) -> dict[str, pa.Table] | None:
    """What Python reads once for each distinct text; None where the folder has no transfers."""
    import pyarrow as pa

    hint = Hints.of(case).lent(case, _FORMS)
    if not hint.num_rows:
        return None
    told = _told()
    accounts = _texts(case, told, "source_account_raw", "target_account_raw")
    read = [account(text) for text in accounts]
    commas = "," in {*hint["amount_sign"].to_pylist(), *hint["amount_usd_sign"].to_pylist()}
    where = f"NOT regexp_matches(raw, '{_PLAIN}')" + (f" OR regexp_matches(raw, '{_OPEN}')" if commas else "")
    odd = _texts(case, told, "amount_raw", "amount_usd_raw", where=f"({where})")
    figures = [(amount(text), amount(text, ",")) for text in odd]
    currencies = _texts(case, told, "currency_raw")
    moments = others(
        case,
        f"SELECT t.occurred_at_raw AS raw, h.zone, h.date_order, h.offset_s FROM ({told}) AS t "
        "JOIN hint h ON h.file_id = t.file_id AND h.sheet = t.sheet",
        hint=hint,
    )
    dense, last = by_day(case)
    text = pa.string()
    return {
        "hint": hint,
        "account": _map(accounts, text, account=[r[1] if r else None for r in read],
                        chain=["1" if r and r[0] in CHAINS else "" for r in read]),
        "figure": _map(odd, text, figure=pa.array([f[0] if f else None for f, _ in figures], pa.float64()),
                       comma=pa.array([f[0] if f else None for _, f in figures], pa.float64()),
                       named=[f[1] if f else None for f, _ in figures]),
        "code": _map(currencies, text, code=[asset(c) for c in currencies]),
        "moment": moments, "day_rate": dense, "last_rate": last,
    }  # fmt: skip


def _texts(case: Desk, told: str, *columns: str, where: str = "true") -> list[str]:
    # One reading of the records for all columns.
    each = f"SELECT unnest([{', '.join(columns)}]) AS raw FROM ({told}) AS t"
    found: list[str] = case.sql(
        f"SELECT DISTINCT raw FROM ({each}) AS u WHERE raw IS NOT NULL AND {where} ORDER BY raw"
    )["raw"].to_pylist()
    return found


def _map(raw: list[str], kind: pa.DataType, **columns: Any) -> pa.Table:
    import pyarrow as pa

    made = {name: c if isinstance(c, pa.Array) else pa.array(c, kind) for name, c in columns.items()}
    return pa.table({"raw": pa.array(raw, kind), **made})


def _judged(params: ExtractParams) -> str:
    """SELECT of every told transfer, cleaned, with `same` (equal for equal transfers) and `fault` (null: good).

    Rows are kept narrow on their way through the joins: what a refusal quotes is fetched again by record_id.
    """
    cash = " OR ".join(f"lower(t.channel_raw) LIKE '%{word}%'" for word in words("rail", "cash"))
    chain = " OR ".join(f"lower(t.channel_raw) LIKE '%{word}%'" for word in words("rail", "chain"))
    dollars = ", ".join(f"'{code}'" for code in sorted({"USD", *DOLLAR_TOKENS}))
    at = moment_sql("t.occurred_at_raw", "h.offset_s", "m.at")
    failed = " OR ".join(f"lower(t.status_raw) LIKE '%{word}%'" for word in words("rail", "failed"))
    read = f"""
      SELECT t.record_id, t.file_id, coalesce({failed}, false) AS failed, t.reference_raw AS reference,
        t.purpose_raw AS purpose,
        s.account AS source_account, g.account AS target_account, {at} AS occurred_at,
        t.amount_raw IS NULL AS is_usd, t.amount_usd_raw IS NOT NULL AS has_usd,
        {_figure("amount", "f")} AS told_amount,
        {_figure("amount_usd", "u")} AS told_usd,
        CASE WHEN t.currency_raw IS NOT NULL THEN c.code ELSE coalesce(f.named, h.currency) END AS told_asset,
        CASE WHEN t.form = 'token_transfer' OR (s.chain = '1' AND g.chain = '1') THEN 'chain'
          WHEN {cash} THEN 'cash' WHEN {chain} THEN 'chain' ELSE 'bank' END AS rail
      FROM ({_told()}) AS t
      LEFT JOIN hint h ON h.file_id = t.file_id AND h.sheet = t.sheet
      LEFT JOIN account s ON s.raw = t.source_account_raw
      LEFT JOIN account g ON g.raw = t.target_account_raw
      LEFT JOIN moment m ON m.raw = t.occurred_at_raw AND m.zone = h.zone AND m.date_order = h.date_order
      LEFT JOIN figure f ON f.raw = t.amount_raw
      LEFT JOIN figure u ON u.raw = t.amount_usd_raw
      LEFT JOIN code c ON c.raw = t.currency_raw"""
    valued = f"""
      SELECT record_id, file_id, failed, reference, purpose, source_account, target_account, occurred_at, has_usd,
        told_usd,
        rail, CASE WHEN is_usd THEN told_usd ELSE told_amount END AS amount,
        CASE WHEN is_usd THEN 'USD' ELSE told_asset END AS asset FROM ({read}) AS r"""
    largest = f"cast({params.largest_amount!r} AS double)"
    # Decimals are hashed as two whole numbers: engines print a double in different ways.
    whole, rest = "cast(floor(v.amount) AS bigint)", "cast(floor((v.amount - floor(v.amount)) * 1e9 + 0.5) AS bigint)"
    same = content_id_sql(
        "v.reference", "v.source_account", "v.target_account", "v.occurred_at", whole, rest, "v.asset"
    )
    return f"""
      SELECT v.record_id, v.file_id, v.reference, v.purpose, v.source_account, v.target_account,
        v.occurred_at, v.amount, v.asset, v.rail,
        CASE WHEN v.told_usd IS NOT NULL THEN v.told_usd WHEN v.asset IN ({dollars}) THEN
          v.amount * coalesce(d.usd, l.usd, 1.0) ELSE v.amount * coalesce(d.usd, l.usd) END AS amount_usd,
        CASE WHEN v.amount > 0 AND v.amount <= {largest} THEN {same} ELSE '' END AS same,
        CASE WHEN v.failed THEN 11
          WHEN v.source_account IS NULL THEN 1
          WHEN v.target_account IS NULL THEN 2
          WHEN v.source_account = v.target_account THEN 3
          WHEN v.occurred_at IS NULL THEN 4
          WHEN year(v.occurred_at) < {params.first_year} OR year(v.occurred_at) > {params.last_year} THEN 5
          WHEN v.amount IS NULL THEN 6
          WHEN v.amount <= 0 THEN 7
          WHEN NOT v.amount <= {largest} THEN 8
          WHEN v.asset IS NULL THEN 9
          WHEN v.has_usd AND (v.told_usd IS NULL OR v.told_usd <= 0 OR NOT v.told_usd <= {largest}) THEN 10
        END AS fault
      FROM ({valued}) AS v
      LEFT JOIN day_rate d ON d.asset = v.asset AND d.rate_on = cast(v.occurred_at AS date)
      LEFT JOIN last_rate l ON l.asset = v.asset AND cast(v.occurred_at AS date) >= l.last_on"""


def _figure(name: str, lent: str) -> str:
    """SQL for an amount: read here where it is plain, else as `lent`, with the decimal sign of its column."""
    return (
        f"CASE WHEN h.{name}_sign = ',' AND {lent}.raw IS NOT NULL THEN {lent}.comma "
        f"WHEN regexp_matches(t.{name}_raw, '{_PLAIN}') THEN try_cast(t.{name}_raw AS double) ELSE {lent}.figure END"
    )


def _refused(params: ExtractParams) -> str:
    """SELECT of the refused transfers of `again`, with what is wrong and what to do in words."""

    def quoted(name: str) -> str:
        return f"coalesce(substr(t.{name}_raw, 1, {_QUOTED}), 'empty')"

    own = (
        "': name its column in case.toml, or own_account for a statement of one account; "
        "else ask the bank for the other side'"
    )
    said = {
        1: f"concat('no account that pays: ', {quoted('source_account')}, {own})",
        2: f"concat('no account that is paid: ', {quoted('target_account')}, {own})",
        3: "'both accounts are the same: it moves nothing'",
        4: f"concat('the time cannot be read: ', {quoted('occurred_at')}, ': ', {unread_sql('t.occurred_at_raw')})",
        5: f"'the year lies outside {params.first_year} to {params.last_year}: correct it at its source'",
        6: "concat('the amount cannot be read: ', "
        f"coalesce(substr(coalesce(t.amount_raw, t.amount_usd_raw), 1, {_QUOTED}), 'empty'), "
        "': write it as 1234.50')",
        7: "CASE WHEN regexp_matches(coalesce(t.amount_raw, t.amount_usd_raw), '^[0.,]+$') THEN "
        "'the amount is 0: it moves nothing' ELSE "
        "'the amount is not above 0: a payment back is a transfer the other way round' END",
        8: f"'the amount is beyond {params.largest_amount:.0e}: correct it at its source'",
        9: f"concat('no currency: ', {quoted('currency')}, ': tell currency of this file in case.toml')",
        11: f"concat('it did not go through, and so moved nothing: ', {quoted('status')})",
        10: f"concat('the amount in USD is no figure above 0: ', {quoted('amount_usd')}, ': correct or empty it')",
    }
    cases = " ".join(f"WHEN d.fault = {number} THEN {text}" for number, text in said.items())
    return (
        "SELECT t.record_id, t.file_id, t.locator, t.fields, "
        f"CASE {cases} ELSE concat('already told by ', d.first_record, ': nothing to do') END AS reason "
        f"FROM again d JOIN ({_told()}) AS t ON t.record_id = d.record_id "
        "WHERE d.fault IS NOT NULL OR d.first_record <> d.record_id"
    )
