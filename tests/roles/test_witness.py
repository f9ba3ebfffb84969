"""What a witness says of another: who did not work the floor, and who is not meant by it."""

from __future__ import annotations

import pytest

from upriver.case.store import Case
from upriver.roles.evidence import scores, sums_of, values
from upriver.roles.witness import off_floor, told_off_floor

NAMES = {"brother chen", "zin mar htay", "王强"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Brother Chen never worked the phones.", {"brother chen"}),
        ("Zin Mar Htay came on Fridays. She had no quota and only watched.", {"zin mar htay"}),
        ("王强从来不打字，只来收钱。", {"王强"}),
        ("Brother Chen worked the phones with us.", set()),
        ("I never worked the phones; Brother Chen had me in the kitchen.", set()),
        ("Brother Chen was the cook and did not work the floor.", set()),
        ("Brother Chen and Zin Mar Htay fought. He never worked the phones.", set()),
        ("Nobody named here. He did not chat with any customer.", set()),
    ],
)
def test_a_sentence_tells_who_did_not_work_the_floor(text: str, told: set[str]) -> None:
    assert told_off_floor(text, NAMES) == told


def _statement(entity: str, prop: str, value: str) -> dict[str, object]:
    return {"statement_id": f"{entity}{prop}{value}", "entity_id": entity, "schema": "Person", "prop": prop,
            "value": value, "record_id": f"f#{entity}"}  # fmt: skip


def _case(case: Case, *rows: dict[str, object]) -> None:
    case.fill("statement", list(rows))
    case.fill("entity", [
        {"entity_id": one, "canonical_id": one, "schema": "Person", "caption": one, "n_members": 1}
        for one in sorted({str(row["entity_id"]) for row in rows})
    ])  # fmt: skip


def test_only_another_speaks_for_it_and_only_beside_other_marks(any_case: Case) -> None:
    said = "Brother Chen never worked the phones."
    _case(any_case, _statement("chen", "alias", "Brother Chen"), _statement("chen", "notes", said),
          _statement("w1", "notes", said), _statement("w2", "notes", said), _statement("w2", "name", "Zin Mar Htay"),
          _statement("w1", "notes", "Zin Mar Htay never worked the phones."))  # fmt: skip
    items = list(off_floor(any_case, {"chen"}))
    assert [(item.node, item.record_ids) for item in items] == [("chen", ("f#w1",)), ("chen", ("f#w2",))]
    assert list(off_floor(any_case, set())) == []
    (score,) = scores(values(sums_of(items, {"chen": 0})))
    assert 0.0 < score < 0.2


def test_a_name_that_two_bear_is_nobodys(case: Case) -> None:
    _case(case, _statement("chen", "alias", "Brother Chen"), _statement("other", "name", "Brother Chen"),
          _statement("w1", "notes", "Brother Chen never worked the phones."))  # fmt: skip
    assert list(off_floor(case, {"chen", "other"})) == []
