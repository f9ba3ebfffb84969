"""What was told and what was guessed of a file, as source_file.guessed shows it: nothing is guessed in silence."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from upriver.case.settings import FileSettings
from upriver.evidence.columns import Layout, country_of, met_currencies, recognise
from upriver.evidence.habits import Habits, zone_in_name
from upriver.evidence.records import Source
from upriver.model.units import asset

_PHONES = ("phone", "holder_phone", "caller", "callee", "contact", "sender", "recipient")


def of_table(layout: Layout, told: FileSettings) -> dict[str, Any]:
    """Form and columns of one table, as far as nobody told them, the columns that nothing takes, and a currency that a
    column's name gives."""
    guessed: dict[str, Any] = {}
    if told.form is None:
        guessed["form"] = layout.form.name
        if layout.form.name == "unknown":
            one_sided = recognise(layout.names, "", dataclasses.replace(told, own_account="?"))
            if one_sided.statement or one_sided.made:
                guessed["advice"] = "a statement of one account or number: name it in case.toml as own_account"
    columns = {field: column for field, column in layout.columns().items() if field not in told.columns}
    if columns:
        guessed["columns"] = columns
    if layout.form.name != "unknown" and layout.unused:
        guessed["columns_not_used"] = list(layout.unused)
    if told.currency is None and "currency" not in layout.columns():
        currency = _currency_in_name(layout.columns())
        if currency:
            guessed["currency"] = currency
    zones = {zone for column in layout.columns().values() if (zone := zone_in_name(column))}
    if told.time_zone is None and len(zones) == 1:
        guessed["time_zone"] = zones.pop()
    if told.country is None and any(field in layout.form.fields for field in _PHONES):
        country = country_of(told.time_zone, told.currency or guessed.get("currency"))
        if country:
            guessed["country"] = country
    return guessed


def of_times(habits: Habits, told: FileSettings) -> dict[str, Any]:
    """Order of day and month with what speaks for it, and UTC where times come without a zone and nobody told one."""
    guessed: dict[str, Any] = {}
    if told.date_order is None and habits.date_order:
        guessed["date_order"] = habits.date_order
    against = {"dmy": habits.n_month_first, "mdy": habits.n_day_first}.get(told.date_order or "", 0)
    if against:
        guessed["date_order_doubt"] = f"{told.date_order} is told; {against:,} dates can only be the other way round"
    elif told.date_order is None and habits.order_seen:
        guessed["date_order_seen"] = habits.order_seen
    if told.time_zone is None and habits.n_local:
        guessed["time_zone"] = "UTC"
    return guessed


def of_amounts(source: Source, sheet: str, told: FileSettings) -> dict[str, Any]:
    """Field -> decimal sign of one sheet, or of a file that has none, as all values of its column tell it: what speaks
    for it where some leave it open, and what is taken for granted where nothing decides."""
    guessed: dict[str, Any] = {}
    for (place, name), marks in sorted(source.marks.items()):
        if place != sheet:
            continue
        if told.decimal is not None:
            against = marks.n_comma if told.decimal == "." else marks.n_point
            if against:
                doubt = f"{told.decimal} is told; {against:,} values can only be written with the other sign"
                guessed.setdefault("decimal_doubt", {})[name] = doubt
            continue
        for part, value in (
            ("decimal", marks.decided if marks.n_open or marks.decided == "," else None),
            ("decimal_seen", marks.seen),
            ("decimal_doubt", marks.doubt),
        ):
            if value:
                guessed.setdefault(part, {})[name] = value
    return guessed


def shown(source: Source) -> str:
    """The JSON object of source_file.guessed."""
    known = source.told
    if "name" in source.template:  # of the whole file: what a sheet's template tells holds for that sheet alone
        order, zone, sign = (source.template.get(name) for name in ("date_order", "time_zone", "decimal"))
        known = known.over(FileSettings(date_order=order, time_zone=zone, decimal=sign))
    guessed = {**of_times(source.habits, known), **of_amounts(source, "", known), **source.guessed}
    for sheet in sorted({sheet for sheet, _ in source.marks if sheet}):
        settled = of_amounts(source, sheet, known.of_sheet(sheet))
        if settled:
            guessed.setdefault("sheets", {}).setdefault(sheet, {}).update(settled)
    told: dict[str, Any] = {"told": source.told.told(), "guessed": guessed}
    if source.template:
        told["template"] = source.template
    if source.package:
        told["package"] = source.package
    if source.archive:
        told["archive"] = source.archive
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _currency_in_name(columns: dict[str, str]) -> str | None:
    """THB of `Amount (THB)`, `金额（元）` or `amount_thb`."""
    amounts = [column for field, column in columns.items() if field.rpartition(".")[2] in _AMOUNTS]
    found = {code for column in amounts for word in _words_in(column) if (code := _known(word))}
    return found.pop() if len(found) == 1 else None


_AMOUNTS = ("amount", "debit", "credit")


def _words_in(column: str) -> list[str]:
    text = column
    for sign in "()（）[]【】_/-:":
        text = text.replace(sign, " ")
    return text.split()


def _known(word: str) -> str | None:
    code = asset(word)
    # A word such as TOTAL has the shape of a code: only currencies that are met in the field count.
    return code if code in met_currencies() else None
