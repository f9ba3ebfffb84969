"""The book of sheets of a finished case."""

from __future__ import annotations

from upriver.report.identity import Readable
from upriver.report.masking import Masks
from upriver.requests.money import money_sheets
from upriver.requests.numbers import number_sheets
from upriver.requests.params import RequestParams
from upriver.requests.sheets import Book
from upriver.requests.victims import Victims


def book(case: Readable, guard: Masks, shown: Masks, known: Victims, params: RequestParams) -> Book:
    """All sheets of a case, the most urgent first.

    guard  masks that tell who is protected, whoever is shown
    shown  masks for what is written: `guard` again, or none
    """
    made = money_sheets(case, guard, shown, params)
    sheets, left_out = number_sheets(case, guard, known, params)
    made.sheets = sorted([*made.sheets, *sheets], key=lambda sheet: sheet.order)
    made.left_out += left_out
    return made
