"""Every table of a case: its columns, types, units, key and writer, declared once, by the stage that writes it.

`docs/tables.md` is generated from these modules (`upriver tables`). A stage opens only the tables that it
declares; each table has one writer. Times (`_at`) are UTC, dates end in `_on`, money in `_usd`, counts begin with `n_`.
"""

from __future__ import annotations

from types import MappingProxyType

from upriver.model.columns import Table
from upriver.model.tables.crackdown import CRACKDOWN
from upriver.model.tables.evidence import EVIDENCE
from upriver.model.tables.extract import EXTRACT
from upriver.model.tables.link import LINK
from upriver.model.tables.money import MONEY
from upriver.model.tables.report import REPORT
from upriver.model.tables.resolve import RESOLVE
from upriver.model.tables.roles import ROLES
from upriver.model.tables.safeguard import SAFEGUARD

_DECLARED = (*EVIDENCE, *EXTRACT, *RESOLVE, *LINK, *MONEY, *SAFEGUARD, *ROLES, *CRACKDOWN, *REPORT)
TABLES = MappingProxyType({table.name: table for table in _DECLARED})


def table(name: str) -> Table:
    """The declaration of `name`.

    raises  KeyError when no such table is declared
    """
    return TABLES[name]
