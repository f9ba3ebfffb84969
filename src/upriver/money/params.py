"""Parameters of the money stage, with the reason of each default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MoneyParams:
    """Flat, so that case.toml can set each: `[parameters.money] dust_usd = 25.0`.

    When a transfer is taken for a payment that a victim reports:

    match_tolerance  share by which the amount may differ: victims round and leave fees out
    match_hours      between the time told and the transfer: victims err by a day, banks book the next day

    How far victims' money is followed:

    method         that sums, stops and pictures rest on: `auto`, `haircut`, `fifo`, `lifo`, `taint_first`; all but
                   `auto` are always run and stand beside it
    dust_usd       a transfer that carries less is not followed: haircut without a cut-off floods every account
    dust_share     nor one of which less than this share is traced
    max_hops       transfers from a victim's payment
    max_days       after it, and max_hold_days that it lies in one account, before a payment onward; 0: no limit
    unseen         money sent beyond what an account was seen to have: `carry` (where nearly all that came was
                   victims', `auto` takes the gap for theirs too, told apart; to other methods it is clean), `clean` (it
                   came unseen just then, clean), `opening` (it lay there from the start and thins out what came),
                   `unknown` (nothing is followed on)
    service_fan    an account with this many different payers, and as many payees, scores 0.5 as a service
    service_times  or, in a busy case, this many times the median of accounts that both receive and send
    service_least  score from which an account stops the trace as a service
    service_share  but not where this share of what it receives is victims' money: that is a crew's hub. The share
                   grows by as much as the score passes `service_least`
    kept_share     an account that keeps this share of what it received is an end of the trace; less is a fee or a wage
    kept_usd       or this much: what is worth a freeze is no fee, whatever went on
    parked_days    money that lies so long within the evidence counts as parked
    share_least    of what a victim paid: a smaller part of it in an account is told among `others`

    When a payment to a swap, bridge or exchange and a payment out of it are joined (docs/tracing.md):

    leg_minutes    between the two: bridges wait for confirmations, most swaps take minutes
    leg_fee        share of the value that may be lost: fees of 1 to 2 %, and rates are of the day, prices of the minute
    leg_gain       share that may be won, for the same reason
    leg_least      confidence from which they are joined: a wrong pair leads to a stranger, a missing one to the service

    What counts as a pattern:

    most_alerts           of each kind, the strongest that carry victims' money, and as many that carry none: a
                          thousand alerts are none
    least_usd             money in a pattern
    window_days           in which a fan, a ring or a row of amounts must fall
    fan                   different payers or payees
    quick_hours           in which passed-through money leaves; quick_share: the share of it that does
    threshold_usd         reporting threshold that structured amounts stay below, by at most the share `threshold_band`
    n_structured          amounts within the band
    ring, peel            transfers of a cycle at most, of a peel chain at least
    layers, fee           transfers of one sum handed on within `quick_hours` at least; share that each account keeps
                          of it at most
    crowd, closed         payers, and payees that each of them pays, at least; share of their ties among themselves
    burst, mule_days      new accounts around one, and how long each is in use at most
    mule_least            score from which an account is shown as a possible mule's; most_mules: at most so many
    """

    match_tolerance: float = 0.01
    match_hours: float = 48.0

    method: str = "auto"
    dust_usd: float = 10.0
    dust_share: float = 0.05
    max_hops: int = 40
    max_days: float = 0.0
    max_hold_days: float = 0.0
    unseen: str = "carry"
    service_fan: float = 12.0
    service_times: float = 4.0
    service_least: float = 0.5
    service_share: float = 0.5
    kept_share: float = 0.3
    kept_usd: float = 10_000.0
    parked_days: float = 14.0
    share_least: float = 1e-4

    leg_minutes: float = 60.0
    leg_fee: float = 0.05
    leg_gain: float = 0.02
    leg_least: float = 0.6

    most_alerts: int = 25
    least_usd: float = 1_000.0
    window_days: float = 7.0
    fan: int = 8
    quick_hours: float = 24.0
    quick_share: float = 0.9
    threshold_usd: float = 10_000.0
    threshold_band: float = 0.15
    n_structured: int = 4
    ring: int = 6
    peel: int = 4
    layers: int = 4
    fee: float = 0.1
    crowd: int = 3
    closed: float = 0.5
    burst: int = 5
    mule_days: float = 30.0
    mule_least: float = 0.5
    most_mules: int = 500
