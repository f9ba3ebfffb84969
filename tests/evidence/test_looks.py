"""What values look like: a reason to think of a field, never a proof."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upriver.evidence import looks
from upriver.model.forms import FORMS


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("GB82 WEST 1234 5698 7654 32", "iban"), ("0x52908400098527886E0F7030069857D2E4169EE7", "wallet"),
        ("4111 1111 1111 1111", "card"), ("a@b.example.com", "email"), ("+66 81 234 5678", "phone"),
        ("31/05/2024 10:00", "moment"), ("2024年5月1日", "moment"), ("10:45", "clock"), ("THB", "currency"),
        ("1.250,00 EUR", "amount"), ("3.5万", "amount"), ("123-4-56789-0", "account"), ("Somchai", "text"),
        ("a" * 64, "hash"), ("TXN-00812", "code"),
    ],
)  # fmt: skip
def test_a_value_is_named_by_its_most_special_kind(value: str, kind: str) -> None:
    found = looks.kinds(value)
    assert next(known for known in looks.words() if known in found) == kind


@pytest.mark.parametrize(("value", "kind"), [
    ("rent", "currency"), ("0812345678", "amount"), ("5.00", "clock"), ("5.00", "moment"), ("1234567", "moment"),
    ("GB82 WEST 1234 5698 7654 33", "iban"),
])  # fmt: skip
def test_what_only_resembles_a_kind_is_not_taken_for_it(value: str, kind: str) -> None:
    assert kind not in looks.kinds(value)


@given(st.text(max_size=60))
def test_any_text_has_only_kinds_that_have_words(value: str) -> None:
    assert looks.kinds(value) <= looks.words().keys()


def test_every_kind_and_field_of_the_list_is_known() -> None:
    fields = {name for form in FORMS.values() for name in form.fields}
    assert all(set(looks.fitting(field)) <= looks.words().keys() for field in fields)
    assert looks.fitting("occurred_at") == ("moment",)
    assert looks.fitting("note") == ()
