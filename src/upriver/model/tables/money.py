"""Tables of where money went: the stage `money` writes them."""

from __future__ import annotations

from upriver.model.columns import (
    MOST_RECORDS,
    RECORD,
    RECORDS,
    Column,
    Table,
    at,
    flag,
    integer,
    number,
    or_null,
    text,
    texts,
    usd,
)

MONEY: tuple[Table, ...] = (
    Table(
        "flow",
        "money",
        "A transfer in USD between two different accounts, as used for tracing.",
        ("transfer_id",),
        (
            text("transfer_id", "transfer"),
            text("source_account", "pays"),
            text("target_account", "is paid"),
            at("occurred_at", "when"),
            usd("amount_usd", "amount, > 0"),
            text(
                "origin",
                "victim_payment: reported by a victim; stolen: leaves an account named as a source; ransom; "
                "inducement: back to a victim who then paid again; return: back to a victim; other",
            ),
            or_null(text("victim_id", "entity_id of the victim whose report names it")),
            RECORD,
        ),
    ),
    Table(
        "trace",
        "money",
        "Victims' money carried by a transfer, by a stated method.",
        ("transfer_id", "method"),
        (
            text("transfer_id", "transfer"),
            text("method", "auto, haircut, fifo, lifo, taint_first"),
            flag("main", "whether sums, stops and pictures rest on this method"),
            usd("traced_usd", "victims' money in it by this method"),
            usd("low_usd", "least over the stated methods: a spread, not a bound"),
            usd("high_usd", "most over the stated methods: a spread, not a bound"),
            usd(
                "presumed_usd", "of traced_usd, what its sender was not seen to have, taken for victims' money; else 0"
            ),
            or_null(
                usd("entered_usd", "of traced_usd, what entered with it: a victim's payment; null where nothing did")
            ),
            integer("n_hops", "fewest transfers from a victim's payment to this one, 0 for the payment itself"),
            or_null(
                number(
                    "leg_confidence",
                    "share of it that stands if each leg it crossed holds at its confidence; 1 where it crossed none",
                )
            ),
        ),
    ),
    Table(
        "leg",
        "money",
        "A traced payment to a swap, bridge or exchange, and the payment out of it that is, or may be, its other side.",
        ("in_transfer_id", "out_transfer_id"),
        (
            text("in_transfer_id", "the payment in"),
            text("out_transfer_id", "the payment out, in another asset or on another chain"),
            text("in_account", "the account of the service that was paid"),
            text("out_account", "the account that paid out, the same or another of its operator"),
            text("in_asset", "asset paid in, with its chain where the address tells it"),
            text("out_asset", "asset paid out"),
            usd("in_usd", "worth of the payment in"),
            usd("out_usd", "worth of the payment out"),
            usd("traced_usd", "victims' money in the payment in, by FIFO"),
            Column("minutes", "float", "between the two", "minutes"),
            number("confidence", "0 to 1: falls with rivals, strangers, the value lost and the delay"),
            integer("n_rivals", "other payments that would fit, for either of the two"),
            text("sign", "decision, transaction, owner, fit: what speaks for it"),
            flag("joined", "whether the trace goes on there; else it is only the best candidate"),
            text("reason", "in words"),
            texts("record_ids", "the records of the two"),
        ),
    ),
    Table(
        "traced_account",
        "money",
        "What an account received of victims' money, and where it stopped.",
        ("account",),
        (
            text("account", "account, card or wallet"),
            or_null(text("holder_id", "canonical_id of its holder, where known; results only, never carries taint")),
            usd("received_usd", "victims' money received, by the main method"),
            usd("kept_usd", "of that, not sent on"),
            usd("low_usd", "least received over the stated methods"),
            usd("high_usd", "most received over the stated methods"),
            integer("n_hops", "fewest transfers from a victim's payment"),
            at("first_at", "first traced arrival"),
            at("last_at", "last traced arrival"),
            or_null(
                text(
                    "stop_reason",
                    "null where sent on: service, cash_out, mixer, parked, unseen_inflow, end_of_evidence, limit",
                )
            ),
            flag("cash_out", "whether this is a point where the money leaves for cash, an exchange or an OTC desk"),
            usd("unseen_inflow_usd", "sent beyond what it was seen to receive; 0 where none"),
            number("service_score", "how much it behaves like a service (fan-in, fan-out, balance), 0 to 1"),
            text("reason", "in words"),
        ),
    ),
    Table(
        "loss",
        "money",
        "What one victim paid and got back.",
        ("victim_id",),
        (
            text("victim_id", "entity_id of the victim, or the account of a named source"),
            usd("reported_usd", "sum of payments the victim reports"),
            usd("found_usd", "of that, found among the transfers"),
            usd("ransom_usd", "of the found money, paid as ransom for a person held"),
            usd("returned_usd", "paid back by accounts that victims paid (inducement or refund)"),
            usd("inducement_usd", "of the returned money, paid back before the victim paid again: to win trust"),
            usd("net_usd", "found less returned"),
            usd("reached_cash_out_usd", "of the found money, share that reached a cash-out point, by haircut"),
            integer("n_payments", "payments reported"),
            or_null(at("first_at", "first payment")),
            or_null(at("last_at", "last payment")),
            RECORDS,
        ),
    ),
    Table(
        "attribution",
        "money",
        "How much of a victim's money an account holds, gave back or let out of sight.",
        ("attribution_id",),
        (
            text("attribution_id", "hash of victim, kind, account and fate"),
            or_null(text("victim_id", "as loss.victim_id; null for `unseen` and `others`, which are nobody's by name")),
            text(
                "kind",
                "loss, ransom, stolen; unseen: presumed from a gap in the record; others: parts too small to tell "
                "apart",
            ),
            text("account", "where it is; of money given back, the account that got it"),
            text("fate", "stands: held there at the end; returned: given back; let_go: left it too small to follow"),
            usd("usd", "of this victim's money, by the main method, shared within an account in proportion"),
            usd("low_usd", "least over the stated methods: a spread, not a bound"),
            usd("high_usd", "most over the stated methods: a spread, not a bound"),
            number("share_of_account", "of all that is followed and has this fate at the account, 0 to 1"),
            or_null(number("share_of_loss", "of all of this kind that this victim's payments brought in, 0 to 1")),
            or_null(text("stop_reason", "as traced_account.stop_reason; null where sent on or given back")),
            integer("n_transfers", "transfers to the account that brought it"),
            texts("transfer_ids", f"those that brought most of it, most first, at most {MOST_RECORDS}"),
            RECORDS,
        ),
    ),
    Table(
        "alert",
        "money",
        "Transfers that look like a laundering pattern.",
        ("alert_id",),
        (
            text("alert_id", "hash of kind and transfers"),
            text(
                "kind",
                "fan_in, fan_out, gather_scatter, cycle, pass_through, structuring, peel_chain, layering, mule_burst, "
                "bipartite, stack",
            ),
            text("account", "the account at its centre"),
            number("severity", "0 to 1"),
            texts("severity_reasons", "what the severity rests on"),
            usd("amount_usd", "money in it"),
            usd("traced_usd", "victims' money in it, by the main method"),
            integer("n_transfers", "transfers in it"),
            at("first_at", "begins"),
            at("last_at", "ends"),
            text("reason", "why it is shown"),
            text("innocent", "an innocent explanation that would fit too"),
            texts("transfer_ids", "its transfers, in time order, at most 50"),
        ),
    ),
    Table(
        "mule",
        "money",
        "Accounts that look like a mule's: a reason to look at the account, never at its holder.",
        ("account",),
        (
            text("account", "account or wallet"),
            number("score", "0 to 1"),
            texts("reasons", "why, the heaviest first"),
            text("innocent", "an innocent explanation that would fit too"),
        ),
    ),
)
