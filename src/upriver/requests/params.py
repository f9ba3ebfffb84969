"""Parameters of the sheets, with the reason of each default."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestParams:
    """What is asked for, and how urgent it is.

    urgent_days   money is urgent that arrived within so many days of the end of the evidence and was not seen to
                  leave. Crews pass money on within hours or days: what came last is what may still lie there, and
                  nobody has looked since the evidence ends
    least_usd     accounts that received less victims' money are left out: hundreds of crumbs on a sheet hide the one
                  account that holds savings. How many were left out, and how much they hold, is told
    fee_usd       an account that passed most on and kept less is asked for records alone: what it kept is a fee or a
                  wage, and mostly spent; a freeze of it costs the bank's goodwill that the others need
    least_score   evidence of organising (role.score) from which a person's numbers are asked about though no victim
                  reports them; below it only what victims report counts
    most_numbers  numbers and names on one sheet, those that most victims report first; what is left out is counted
    most_rows     rows of a table on a page that is printed; the CSV beside it holds all
    most_pairs    payments in and out of a service on a page
    most_transfers  of one account on a page: those that carried most
    """

    urgent_days: int = 14
    least_usd: float = 100.0
    fee_usd: float = 1_000.0
    least_score: float = 0.5
    most_numbers: int = 200
    most_rows: int = 150
    most_pairs: int = 40
    most_transfers: int = 12
