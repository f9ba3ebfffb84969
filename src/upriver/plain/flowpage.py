"""The picture of a trace as one page: opens offline, asks the network for nothing, runs its own script and no other."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from upriver import __version__
from upriver.plain.flowboxes import LAYER, LAYERS, SOURCE, Boxes, boxes
from upriver.plain.flowpicture import picture
from upriver.report.figures import counted, share, usd, visible
from upriver.report.pages import POLICY, environment

if TYPE_CHECKING:
    from upriver.plain.traced import Traced

# Bytes of accounts that the search on the page knows beyond those drawn: a page opens on a phone, too.
_SEARCHED = 500_000
_BANDS_TOLD = 200
# Letters of a name on the picture, and anywhere: a name may be as long as its sender likes.
_LETTERS, _LONGEST = 20, 120
REASONS = {
    "service": "service", "cash_out": "cash-out", "mixer": "mixer", "parked": "parked",
    "end_of_evidence": "end of evidence", "unseen_inflow": "unseen inflow", "limit": "limit",
    "returned": "returned",
}  # fmt: skip
_WORDS = {
    "service": "reached a service: its operator can be asked",
    "cash_out": "reached a cash-out point: its operator can be asked",
    "mixer": "entered a mixer",
    "parked": "lies there and was not sent on",
    "end_of_evidence": "was there when the record ends",
    "unseen_inflow": "stands at accounts that sent more than they were seen to have",
    "limit": "was not followed further: dust, or the limit of steps",
    "returned": "was given back to accounts that it came from",
    "": "stayed at accounts that sent most of it on",
}


def page(made: Traced, account_rows: Iterable[Sequence[object]]) -> str:
    """The page, as HTML.

    account_rows  as in accounts.csv, the header first
    """
    rows = iter(account_rows)
    head = [str(name) for name in next(rows)]
    code = {name: at for at, name in enumerate(made.net.accounts.to_pylist())}
    told: list[dict[str, Any]] = [{**dict(zip(head, row, strict=True)), "code": code[str(row[0])]} for row in rows]
    found = boxes(made, told)
    page = _Page(made, found, {row["code"]: row for row in told})
    script = _asset("flow.js")
    # Only this very script may run: what a file of transfers smuggles into a page stays text.
    policy = POLICY.format(forms="'none'") + f"; script-src 'sha256-{_digest(script)}'"
    return environment("upriver.plain").get_template("flow_page.html").render(
        policy=policy, version=__version__, script=Markup(script), flow_style=Markup(_asset("flow.css")),
        data=Markup(_embedded(page.data(told))), **page.words(),
    )  # fmt: skip


class _Page:
    """What the page says of a trace."""

    def __init__(self, made: Traced, found: Boxes, told: Mapping[int, Mapping[str, Any]]) -> None:
        self._made, self._found, self._told = made, found, told
        self._names = made.net.accounts.to_pylist()

    # ---- words for people -----------------------------------------------------------------------------------------

    def words(self) -> dict[str, Any]:
        made, found = self._made, self._found
        title = "Where the money came from" if made.backward else "Where the money went"
        named = sum(box.named for box in found.boxes)
        folded = [box for box in found.boxes if not box.named]
        heads = self._heads()
        drawn = picture(
            found, heads, self._label, self._tip, made.backward, title,
            f"{made.as_text()}. " + " ".join(f"{row['words']}: {usd(row['usd'])}." for row in self._sums()),
        )  # fmt: skip
        entered, presumed = float(made.carried.entered.sum()), float(made.presumed.sum())
        return {
            "ratio": drawn[1], "title": title, "backward": made.backward, "method": made.method, "svg": drawn[0],
            "entered": entered, "presumed": presumed, "sums": self._sums(), "poison": made.method == "poison",
            "n_accounts": len(self._told), "n_transfers": int((made.carried.usd > 0.0).sum()), "n_named": named,
            "n_folded": sum(len(box.accounts) for box in folded), "n_folds": len(folded),
            "inside": sum(box.inside for box in found.boxes), "thin": found.thin,
            "reasons": [(kind, words) for kind, words in REASONS.items() if any(b.kind == kind for b in found.boxes)],
            "rows": [self._row(at) for at in self._walk() if found.boxes[at].named],
            "bands": [self._band_row(at) for at in range(min(_BANDS_TOLD, len(found.bands)))],
            "n_bands": len(found.bands), "spread": self._span(),
        }  # fmt: skip

    def _heads(self) -> list[str]:
        steps, back = self._found.steps, self._made.backward
        named = {0: "Asked about" if back else "Sources", -1: "Where the trace ends" if back else "Where it stopped"}
        heads = [named.get(step) or f"{counted(step, 'transfer')} {'before' if back else 'away'}" for step in steps]
        if max(steps) == LAYERS:
            heads[steps.index(LAYERS)] = f"{LAYERS} transfers or more"
        return heads

    def _sums(self) -> list[dict[str, Any]]:
        """What stopped for each reason; together with nothing else it is all that entered or was presumed."""
        sums: dict[str, list[float]] = {}
        for row in self._told.values():
            kept, given = float(row["kept_usd"]), float(row["returned_usd"])
            if given > 0.0:
                sums.setdefault("returned", []).append(given)
            if kept > 0.0 or not given:
                sums.setdefault(row["stop_reason"], []).append(kept)
        ordered = [reason for reason in [*REASONS, ""] if reason in sums]
        whole = sum(sum(one) for one in sums.values())
        words = dict(_WORDS)
        if self._made.backward:
            words["unseen_inflow"] = "came from nobody seen, or lay there before"
            words["limit"] = "was not followed further"
            words[""] = "of accounts whose money came mostly from others on the picture"
        return [
            {
                "kind": reason or "stayed", "reason": REASONS.get(reason, ""), "words": words[reason],
                "usd": sum(sorted(sums[reason])), "n": len(sums[reason]),
                "share": share(sum(sums[reason]) / whole) if whole else "",
            }
            for reason in ordered
        ]  # fmt: skip

    def _name(self, at: int) -> str:
        """A box's name in full."""
        box = self._found.boxes[at]
        if box.named:
            return self._account(box.accounts[0])
        kind = {SOURCE: "source", LAYER: "account"}.get(box.kind, "")
        noun = f"other {kind}" if kind else f"other: {REASONS[box.kind]}"
        many = f"other {kind}s" if kind else f"others: {REASONS[box.kind]}"
        return counted(len(box.accounts), noun, many)

    def _account(self, code: int) -> str:
        return _clipped(visible(self._names[code]), _LONGEST)

    def _label(self, at: int) -> tuple[str, str, str]:
        box = self._found.boxes[at]
        reason = REASONS.get(box.kind, "")
        amount = usd(box.value)
        name = self._name(at)
        short = name if not box.named else _clipped(name, _LETTERS)
        second = f"{amount} · {reason}" if reason and box.named else amount
        stayed = (
            f", {usd(box.kept)} {'from nobody seen' if self._made.backward else 'kept'}" if box.kept > 0.005 else ""
        )
        return short, second, f"{name}: {amount}{stayed}{f', {reason}' if reason and box.named else ''}"

    def _tip(self, at: int) -> str:
        band = self._found.bands[at]
        payer, payee = self._ends(at)
        return (
            f"{self._name(payer)} → {self._name(payee)}: {usd(band.usd)}, {counted(band.n, 'transfer')}, "
            f"{_times(band.first, band.last)}"
        )

    def _ends(self, at: int) -> tuple[int, int]:
        band = self._found.bands[at]
        return (band.far, band.near) if self._made.backward else (band.near, band.far)

    def _walk(self) -> list[int]:
        return sorted(range(len(self._found.boxes)), key=lambda at: (self._found.boxes[at].column, at))

    def _span(self) -> tuple[int, int]:
        firsts = [band.first for band in self._found.bands] or [0]
        lasts = [band.last for band in self._found.bands] or [0]
        return min(firsts) // 1_000_000, -(-max(lasts) // 1_000_000)

    def _row(self, at: int) -> dict[str, Any]:
        """A named account as a row of the table."""
        box = self._found.boxes[at]
        row = self._told.get(box.accounts[0], {})
        return {
            "name": self._name(at), "kind": REASONS.get(box.kind, "source" if box.kind == SOURCE else "sent on"),
            "received": box.came, "kept": box.kept, "went": box.went, "hops": row.get("hops", 0),
            "low": float(row.get("low_usd", 0.0)), "high": float(row.get("high_usd", 0.0)),
            "period": _times(box.first, box.last),
        }  # fmt: skip

    def _band_row(self, at: int) -> dict[str, Any]:
        band = self._found.bands[at]
        payer, payee = self._ends(at)
        return {
            "payer": self._name(payer), "payee": self._name(payee), "usd": band.usd, "n": band.n,
            "period": _times(band.first, band.last),
        }  # fmt: skip

    # ---- data for the script --------------------------------------------------------------------------------------

    def data(self, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What the script shows of a box or a band, and where each account is found."""
        found = self._found
        known, left = self._index(told)
        return {
            "boxes": [self._facts(at) for at in range(len(found.boxes))],
            "bands": [self._band_facts(at) for at in range(len(found.bands))],
            "known": known,
            "left": left,
            "reasons": list(REASONS.values()),
        }  # fmt: skip

    def _band_facts(self, at: int) -> dict[str, Any]:
        band = self._found.bands[at]
        payer, payee = self._ends(at)
        heading = _heading("the largest transfers", "the transfers", band.largest, band.n)
        return {
            "title": f"{self._name(payer)} → {self._name(payee)}",
            "facts": [
                ["together", usd(band.usd)],
                ["transfers", f"{band.n:,}"],
                ["when", _times(band.first, band.last)],
            ],
            "lists": [[heading, self._rows(band.largest)]],
        }

    def _facts(self, at: int) -> dict[str, Any]:
        box, back = self._found.boxes[at], self._made.backward
        facts: list[list[str]] = []
        if box.entered > 0.0:
            facts.append(["asked about" if back else "entered here", usd(box.entered)])
        if box.came > 0.0:
            facts.append(["sent, of the money asked about" if back else "received", usd(box.came)])
        row = self._told.get(box.accounts[0]) if box.named else None
        if row is not None:
            facts.append(["over the methods", f"{usd(float(row['low_usd']))} to {usd(float(row['high_usd']))}"])
        if box.presumed > 0.005:
            facts.append(["presumed in a gap of the record", usd(box.presumed)])
        if box.went > 0.0:
            facts.append(["had it from others" if back else "sent on", usd(box.went)])
        if box.came > 0.0 or box.kept > 0.0:
            facts.append(["from nobody seen" if back else "kept", usd(box.kept)])
        if box.inside > 0.0:
            facts.append(["moved between them, not drawn", usd(box.inside)])
        if row is not None:
            facts.append(["transfers from a source", str(row["hops"])])
        if box.last:
            facts.append(["when", _times(box.first, box.last)])
        if row is not None:
            reason = REASONS.get(row["stop_reason"], "")
            facts.append(
                [
                    "why it ends here" if reason else "how it goes on",
                    visible(f"{reason}: {row['reason']}" if reason else row["reason"]),
                ]
            )
        came, went = ("what it sent", "what it had from others") if back else ("what came", "what it sent on")
        lists = [
            [_heading(f"{words}, the largest", words, rows, n), self._rows(rows, box.accounts[0])]
            for words, rows, n in ((came, box.brought, box.n_brought), (went, box.sent_on, box.n_sent_on))
        ]
        folds = []
        if not box.named:
            some = box.accounts[:12]
            folds = [[self._account(code), self._amount(code)] for code in some]
        return {
            "title": self._name(at), "facts": facts, "lists": [one for one in lists if one[1]], "folds": folds,
            "more": len(box.accounts) - len(folds) if folds else 0,
        }  # fmt: skip

    def _amount(self, code: int) -> str:
        row = self._told.get(code)
        return usd(float(row["received_usd"])) if row is not None else ""

    def _rows(self, rows: Sequence[int], of: int = -1) -> list[list[str]]:
        """Transfers as the page lists them: id, payer and payee or whichever is not account `of`, USD, time."""
        made, n = self._made, len(self._made.net.time)
        listed = []
        for i in rows:
            row = n - 1 - i if made.backward else i
            net = made.net
            payer, payee = int(net.source[row]), int(net.target[row])
            ends = f"to {self._account(payee)}" if payer == of else f"from {self._account(payer)}"
            listed.append([
                _clipped(visible(net.ids[row].as_py()), _LONGEST),
                ends if of >= 0 else f"{self._account(payer)} → {self._account(payee)}",
                usd(float(made.carried.usd[i])), _time(int(net.time[row])),
            ])  # fmt: skip
        return listed

    def _index(self, told: Sequence[Mapping[str, Any]]) -> tuple[list[list[Any]], int]:
        """Accounts that the search knows, the largest first: name, box, received, reason; and how many it does not."""
        reasons = list(REASONS)
        size = 0
        known: list[list[Any]] = []
        sources = [
            code for box in self._found.boxes if box.kind == SOURCE for code in box.accounts if code not in self._told
        ]
        for code, row in [*((code, None) for code in sources), *((row["code"], row) for row in told)]:
            reason = reasons.index(row["stop_reason"]) if row is not None and row["stop_reason"] else -1
            amount = usd(float(row["received_usd"])) if row is not None else "a source"
            one = [self._account(code), int(self._found.of_account[code]), amount, reason]
            size += len(json.dumps(one, ensure_ascii=False).encode("utf-8", "replace"))
            if size > _SEARCHED:
                break
            known.append(one)
        return known, len(sources) + len(told) - len(known)


def _heading(some: str, every: str, shown: Sequence[int], n: int) -> str:
    return f"{some} {len(shown)} of {n:,}" if n > len(shown) else every


def _clipped(text: str, length: int) -> str:
    """`text` without its middle where it is too long: the ends of an address tell it apart.

    >>> _clipped("0x0123456789", 8)
    '0x01…789'
    """
    return text if len(text) <= length else f"{text[: length // 2]}…{text[1 - (length + 1) // 2 :]}"


def _time(microseconds: int) -> str:
    return str(np.datetime64(microseconds, "us").astype("datetime64[m]")).replace("T", " ")


def _times(first: int, last: int) -> str:
    """A period in UTC, to the minute.

    >>> _times(0, 60_000_000), _times(0, 0)
    ('1970-01-01 00:00 to 1970-01-01 00:01 UTC', '1970-01-01 00:00 UTC')
    """
    early, late = _time(first), _time(last)
    return f"{early} UTC" if early == late else f"{early} to {late} UTC"


def _embedded(data: Mapping[str, Any]) -> str:
    r"""JSON that cannot end the element it stands in.

    >>> _embedded({"a": "</script>"})
    '{"a":"\\u003c/script>"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _asset(name: str) -> str:
    return resources.files("upriver.plain").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
