from __future__ import annotations

from upriver.model.forms import FORMS
from upriver.report.masking import Identity, Masks
from upriver.report.redaction import HIDDEN, cells, fields

MASKS = Masks({"aa": "Person 1"}, [Identity("Person 1", names={"Aung Htet"})], about={"f#row 2": ("Person 1",)})


def _values(form: str, **told: str) -> list[str | None]:
    return [told.get(name) for name in FORMS[form].fields]


def test_a_handover_row_that_nobody_cleaned_shows_no_name() -> None:
    row = _values("handover_list", name="Nobody Knew", document_no="X1", site="Lake House", remarks="met Aung Htet")
    told = fields("f#row 9", "handover_list", row, '{"scar": "left hand"}', MASKS)
    assert told == {
        "name": HIDDEN,
        "document_no": HIDDEN,
        "site": "Lake House",
        "remarks": "met Person 1",
        "scar": HIDDEN,
    }


def test_a_row_about_a_known_person_shows_the_pseudonym() -> None:
    row = _values("handover_list", name="Aung Htet", site="Lake House")
    assert fields("f#row 2", "handover_list", row, None, MASKS) == {"name": "Person 1", "site": "Lake House"}


def test_what_stands_beside_a_masked_name_goes_with_it() -> None:
    row = _values("staff_list", name="Aung Htet", handle="@newhandle", phone="+95 9 000", supervisor="Chen Daguo")
    told = fields("f#row 7", "staff_list", row, None, MASKS)
    assert told == {"name": "Person 1", "handle": HIDDEN, "phone": HIDDEN, "supervisor": "Chen Daguo"}
    trip = _values("journey", name="Aung Htet", document_no="MF1234567", service="PG 703", booking="ABC123")
    shown = fields("f#row 9", "journey", trip, None, MASKS)
    assert (shown["document_no"], shown["service"]) == ("[hidden]", "PG 703")
    free = _values("staff_list", name="Chen Daguo", handle="@boss", phone="+95 9 111")
    assert fields("f#row 8", "staff_list", free, None, MASKS)["handle"] == "@boss"


def test_a_payers_account_goes_with_the_masked_name() -> None:
    row = _values("bank_transfer", source_account="1000200030", source_name="AUNG HTET", target_account="7000000001")
    told = fields("f#row 5", "bank_transfer", row, None, MASKS)
    assert (told["source_account"], told["target_account"]) == ("…0030", "7000000001")


def test_a_row_that_nobody_understood_is_hidden_whole() -> None:
    assert set(fields("f#row 3", "unknown", [], '{"a": "Aung", "b": "2"}', MASKS).values()) == {HIDDEN}
    assert set(fields("f#row 4", "broken", ["torn", "Aung,,"], None, MASKS).values()) == {HIDDEN}


def test_cells_of_the_file_are_hidden_as_their_fields_are() -> None:
    row = _values("handover_list", name="Aung Htet", document_no="X1", site="Lake House")
    shown = cells("f#row 2", "handover_list", row, ["1", "Aung Htet", "X1", " Lake House ", "note on him", ""], MASKS)
    assert shown == [HIDDEN, "Person 1", HIDDEN, "Lake House", HIDDEN, ""]


def test_unmasked_everything_stands() -> None:
    row = _values("handover_list", name="Aung Htet")
    assert fields("f#row 2", "handover_list", row, '{"x": "y"}', Masks.none()) == {"name": "Aung Htet", "x": "y"}
