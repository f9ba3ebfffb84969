"""Records and statements as they may be shown: fields that tell who a protected person is are hidden by their form.

Masking of known strings cannot find what nobody cleaned: a name in a torn row, a document number in an unknown column.
So these fields are hidden whole, whoever they are about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from upriver.model.forms import FORMS
from upriver.report.masking import Masks, tail

HIDDEN = "[hidden]"
_PERSON = ("name", "other_name", "phone", "email", "document_no", "birth_date", "person_id")
# Forms that tell of protected people -> fields that say who they are.
IDENTITY_FIELDS = {
    "victim_report": (*_PERSON, "source_account", "holder_of"),
    "handover_list": _PERSON,
    "interview": _PERSON,
}
# Forms that tell of anybody: who is named in a field -> what else the row tells of that person. It goes with the name.
_COMPANIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "staff_list": {"name": ("handle", "phone")},
    "access_list": {"holder": ("holder_id", "phone")},
    "account_list": {"holder_name": ("holder_phone", "holder_id_no", "account")},
    "chat_member": {"name": ("member",)},
    "company_register": {"person": ("person_id",)},
    "journey": {
        "name": ("other_name", "document_no", "birth_date", "phone"),
        "other_name": ("name", "document_no", "birth_date", "phone"),
        "document_no": ("name", "other_name", "birth_date", "phone"),
    },
    "family_register": {"person": ("person_id",), "relative": ("relative_id",)},
    "bank_transfer": {"source_name": ("source_account",), "target_name": ("target_account",)},
}
_TELLING = IDENTITY_FIELDS.keys() | _COMPANIONS.keys()
_NONE: frozenset[str] = frozenset()
_ACCOUNT_FIELDS = frozenset({"source_account", "target_account", "account", "holder_of"})
# Rows of forms that nobody understood may hold anything.
_OPAQUE = frozenset({"broken", "unknown"})
HIDDEN_PROPS = frozenset({"birthDate", "idNumber", "passportNumber", "address", "phone", "email"})
NAME_PROPS = frozenset(
    {"name", "alias", "weakAlias", "previousName", "abbreviation", "firstName", "lastName", "middleName", "fatherName"}
)


def fields(record_id: str, form: str, values: Sequence[str | None], extra: str | None, masks: Masks) -> dict[str, str]:
    """Field -> value of a record as it may be shown; columns without a field under their own names."""
    told = zip(field_names(form), told_fields(record_id, form, values, masks), strict=True)
    return {**{name: value for name, value in told if value}, **told_columns(record_id, form, extra, masks)}


def told_fields(record_id: str, form: str, values: Sequence[str | None], masks: Masks) -> list[str]:
    """The form's fields in their order, as they may be shown; "" where nothing is written."""
    names = field_names(form)
    if len(values) != len(names):
        values = [*values, *(None for _ in names)][: len(names)]
    if not masks.hides:
        return [value or "" for value in values]
    if form in _OPAQUE:
        return [HIDDEN if value else "" for value in values]
    about = masks.about.get(record_id, ())
    gone = _hidden_fields(dict(zip(names, values, strict=False)), form, about, masks) if form in _TELLING else _NONE
    if not gone:
        return [masks.text(value, about) if value else "" for value in values]
    return [
        "" if not value else _field(name, value, gone, about, masks) if name in gone else masks.text(value, about)
        for name, value in zip(names, values, strict=True)
    ]


def told_columns(record_id: str, form: str, extra: str | None, masks: Masks) -> dict[str, str]:
    """Columns without a field, as they may be shown."""
    others = _columns(extra)
    if not masks.hides or not others:
        return others
    if form in _OPAQUE or form in IDENTITY_FIELDS:
        return dict.fromkeys(others, HIDDEN)
    about = masks.about.get(record_id, ())
    return {name: masks.text(value, about) for name, value in others.items()}


def _hidden_fields(shown: Mapping[str, str | None], form: str, about: tuple[str, ...], masks: Masks) -> frozenset[str]:
    """Fields that tell who a protected person is: by the form, or because the name beside them is masked."""
    gone = set(IDENTITY_FIELDS.get(form, ()))
    for name, companions in _COMPANIONS.get(form, {}).items():
        value = shown.get(name)
        if value and masks.text(value, about) != value:
            gone |= {*companions}
    return frozenset(gone)


def _field(name: str, value: str, gone: frozenset[str], about: tuple[str, ...], masks: Masks) -> str:
    if name in gone:
        if name in _ACCOUNT_FIELDS:
            known = masks.account(value)
            return known if known != value else f"…{tail(value)}"
        return about[0] if name in {"name", "other_name"} and about else HIDDEN
    return masks.text(value, about)


def _columns(extra: str | None) -> dict[str, str]:
    if not extra:
        return {}
    told = json.loads(extra)
    return {str(name): str(value) for name, value in sorted(told.items()) if value not in (None, "")}


def statement_value(entity_id: str, prop: str, value: str, record_id: str, masks: Masks) -> str:
    """The value of a statement as it may be shown."""
    who = masks.people.get(entity_id)
    if who is not None and prop in NAME_PROPS:
        return who
    if who is not None and prop in HIDDEN_PROPS:
        return HIDDEN
    exact = masks.account(value)
    if exact != value:
        return exact
    return masks.text(value, masks.about.get(record_id, ()) or ((who,) if who else ()))


def cells(record_id: str, form: str, values: Sequence[str | None], row: Sequence[str], masks: Masks) -> list[str]:
    """Cells of the row as it stands in its file, as they may be shown: each as its field is, others by their form."""
    if not masks.hides:
        return list(row)
    about = masks.about.get(record_id, ())
    names = FORMS[form].fields if form in FORMS else ()
    told: dict[str, str] = {}
    hiding = _hidden_fields(dict(zip(names, values, strict=False)), form, about, masks)
    # A value may stand in two fields: the one that hides it is set last, and wins.
    for name, value in sorted(zip(names, values, strict=False), key=lambda pair: pair[0] in hiding):
        if value:
            told[value.strip()] = _field(name, value, hiding, about, masks)
    hide = form in IDENTITY_FIELDS or form in _OPAQUE
    return [
        told[cell.strip()] if cell.strip() in told else HIDDEN if hide and cell.strip() else masks.text(cell, about)
        for cell in row
    ]


def field_names(form: str) -> tuple[str, ...]:
    """Names of a form's fields, in their order."""
    return FORMS[form].fields if form in FORMS else ()


def as_json(values: dict[str, str]) -> str:
    """A JSON object in a fixed order."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
