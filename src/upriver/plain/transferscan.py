"""The scan of a file of transfers: SQL in which the engine types what is plainly written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from upriver.evidence.columns import key
from upriver.model.units import DOLLAR_TOKENS
from upriver.plain.opened import Opened

LONGEST_ROW = 2_000_000  # bytes
MOST_USD = 1e15  # an amount beyond this is a broken row, not money
DOLLARS = (*sorted(DOLLAR_TOKENS), "USD", "US DOLLAR", "US DOLLARS", "US$", "$", "")
# What a status says where nothing moved; its other words (pending, completed, success) let a row stand.
_FAILED = "fail|error|revert|reject|cancel|declin|bounce|out_of_energy|失败|失敗|退回|撤销"
_UNSEEN = "[\ufeff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]"


@dataclass(frozen=True, slots=True)
class Scan:
    """What is scanned.

    file    opened, with its columns
    places  field -> where its columns stand; made: field -> SQL over them, where it is put together
    money   the field of the amount, `amount` or `amount_usd`
    zone    of times without one, None for UTC
    """

    file: Opened
    places: dict[str, tuple[int, ...]]
    made: dict[str, str]
    money: str
    zone: str | None

    def text(self, place: Path, packed: bool) -> str:
        """The query over the file as it lies at `place`: a row of the file each, columns as in `Reader._scan`."""
        file = self.file
        declared = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(file.names)))
        delimiter = "\\t" if file.delimiter == "\t" else file.delimiter
        compression = "gzip" if packed else "none"
        scan = (
            f"read_csv({_quoted(str(place))}, columns = {{{declared}}}, delim = '{delimiter}', quote = '\"', "
            f"escape = '\"', header = false, skip = {file.skip}, auto_detect = false, store_rejects = true, "
            f"compression = '{compression}', rejects_limit = 0, max_line_size = {LONGEST_ROW})"
        )
        seen = sorted({place for pair in self.places.values() for place in pair})
        cells = ", ".join(f"coalesce(c{place}, '')" for place in seen)  # a column that is not used is not looked at
        raw = f"concat_ws('{delimiter}', {cells})"
        # In layers, so that what is asked about twice is worked out once.
        whole = ", ".join(f"{_cut(f'c{place}')} AS t{place}" for place in seen)
        texts = ", ".join(f"{self._cell(field)} AS {field}" for field in self._fields())
        accounts = ", ".join(f"{_one_case(side)} AS {side}" for side in ("source_account", "target_account"))
        kept = [field for field in self._fields() if field not in ("occurred_at", "status", self.money)]
        if "transfer_id" in kept:
            kept.append("hash(transfer_id) AS id_hash")
        return (
            f"SELECT {', '.join(kept)}, utc, usd, {self._failed()} AS failed, "
            "CASE WHEN utc IS NULL THEN nullif(trim(occurred_at), '') END AS odd_time, "
            f"CASE WHEN usd IS NULL THEN nullif(trim({self.money}), '') END AS odd_amount, {self._open()} AS open, "
            # Only what may be refused keeps its text.
            f"CASE WHEN utc IS NULL OR usd IS NULL OR NOT usd BETWEEN 1e-300 AND {MOST_USD} "
            f"OR source_account IS NULL OR target_account IS NULL OR source_account = target_account "
            f"OR NOT {self._dollars()} OR {self._failed()} IS NOT NULL THEN {raw} END AS raw "
            f"FROM (SELECT * REPLACE ({accounts}), {_plain_time('occurred_at', 'naive')} AS utc, "
            "CASE WHEN isfinite(number) THEN number END AS usd FROM "
            f"(SELECT *, {self._naive('occurred_at')} AS naive, {plain_number(self.money)} AS number FROM "
            f"(SELECT *, {texts} FROM (SELECT *, {whole} FROM {scan}))))"
        )

    def _fields(self) -> list[str]:
        return [field for field in self.places if field not in ("source_bank", "target_bank")]

    def _open(self) -> str:
        """SQL for an amount of which its own writing does not tell whether it has decimals, 1.234 and 1,234; or, of one
        with commas that tells, a stand-in; null for all others."""
        text = self.money
        short = f"strlen({text}) BETWEEN 5 AND 7 AND NOT starts_with({text}, '0')"
        commas = f"CASE WHEN {short} AND substr({text}, -4, 1) = ',' THEN {text} ELSE '0.5' END"
        return (
            f"CASE WHEN usd IS NULL THEN NULL WHEN contains({text}, ',') THEN {commas} "
            f"WHEN strlen({text}) - strpos({text}, '.') = 3 AND {short} THEN {text} END"
        )

    def _cell(self, field: str) -> str:
        """SQL for the text of a field; an account of the benchmark is BANK:NUMBER."""
        places_ = self.places[field]
        if field in self.made:
            return self.made[field]
        if field in ("occurred_at", self.money) and len(places_) == 1:
            return f"c{places_[0]}"  # what reads it minds no spaces
        text = " || ' ' || ".join(f"t{place}" for place in places_)
        if field in ("source_account", "target_account"):
            bank = self.places.get(field.replace("account", "bank"))
            return f"t{bank[0]} || ':' || nullif({text}, '')" if bank else f"nullif({text}, '')"
        if field.endswith("currency"):
            return f"upper(nullif({text}, ''))"
        return f"nullif({text}, '')"

    def _naive(self, text: str) -> str:
        """SQL for the moment of a text that names no zone but UTC, null for what is plainly no such text."""
        naive = (
            f"CASE WHEN NOT contains({text}, '+') AND {text} NOT LIKE '__________%-%' "
            f"AND NOT contains({text}, '(') THEN try_cast({text} AS TIMESTAMP) END"
        )
        if self.zone not in (None, "UTC"):  # only what names UTC itself is plain
            naive = f"CASE WHEN ends_with({text}, 'Z') THEN {naive} END"
        return naive

    def _failed(self) -> str:
        """SQL for what a payment that did not go through says of itself, null for all others."""
        if "status" not in self.places:
            return "NULL::VARCHAR"
        flag = {"iserror": "1", "txreceiptstatus": "0"}.get(key(self.file.names[self.places["status"][0]]))
        told = (
            f"status = '{flag}'"
            if flag and "status" not in self.made
            else f"regexp_matches(lower(status), '{_FAILED}')"
        )
        return f"CASE WHEN {told} THEN status END"

    def _dollars(self) -> str:
        if "currency" not in self.places:
            return "true"
        return f"coalesce(currency, '') IN ({', '.join(map(_quoted, DOLLARS))})"


def _cut(cell: str) -> str:
    """SQL for a cell without spaces around it and marks that nobody sees; sought only where one may be.

    A mark of byte order amid files put together, or of direction, would make of one account two.
    """
    bare = f"regexp_replace({cell}, '{_UNSEEN}', '', 'g')"
    return (
        f"CASE WHEN length({cell}) <> strlen({cell}) THEN trim({bare}) "
        f"WHEN contains({cell}, ' ') THEN trim({cell}) ELSE {cell} END"
    )


def _one_case(account: str) -> str:
    """SQL for an account: an Ethereum address has no case, and no account a zero byte."""
    account = f"(CASE WHEN contains({account}, chr(0)) THEN replace({account}, chr(0), '') ELSE {account} END)"
    return f"CASE WHEN {account} BETWEEN '0x' AND '0y' THEN lower({account}) ELSE {account} END"


def _plain_time(text: str, naive: str) -> str:
    """SQL for the moment in UTC of an ISO text, read as `naive`, or a count since 1970; null for all others."""
    count = f"CASE WHEN length(trim({text})) IN (10, 13, 16) THEN try_cast({text} AS BIGINT) END"
    since = " ".join(
        f"WHEN {count} BETWEEN {10**9 * scale} AND {4 * 10**9 * scale} THEN make_timestamp({count} * {10**6 // scale})"
        for scale in (1, 10**3, 10**6)
    )
    # Outside of these years a text is no ISO date: a year of another calendar, or the word `epoch`.
    return (
        f"coalesce(CASE WHEN {naive} BETWEEN TIMESTAMP '1971-01-01' AND TIMESTAMP '2100-12-31' THEN {naive} END, "
        f"CASE {since} END)"
    )


def plain_number(text: str) -> str:
    """SQL for the figure of a number as machines write it, also with commas before threes, or an infinite one."""
    grouped = f"regexp_full_match({text}, '[1-9][0-9]{{0,2}}(,[0-9]{{3}})+([.][0-9]+)?')"
    return (
        f"CASE WHEN NOT contains({text}, ',') AND NOT contains({text}, '_') THEN try_cast({text} AS DOUBLE) "
        f"WHEN {grouped} THEN try_cast(replace({text}, ',', '') AS DOUBLE) END"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
