"""Keys are looked through when a stage ends, but for rows whose keys the stage itself has seen to differ."""

from __future__ import annotations

import pytest

from upriver.case.stage import Desk, Stage
from upriver.case.store import Case
from upriver.errors import SchemaError
from upriver.evidence.params import EvidenceParams


def stage(files: list[str], vouched: list[str]) -> Stage:
    def run(desk: Desk, params: EvidenceParams) -> None:
        """Write records."""
        desk.write("record", [
            {"record_id": f"{file}#row 1", "file_id": file, "locator": "row 1", "form": "rate", "fields": []}
            for file in files
        ])  # fmt: skip
        desk.vouch("record", "file_id", vouched)

    return Stage("evidence", (), ("record",), run, EvidenceParams)


def test_two_rows_of_one_key_are_refused_where_nobody_has_looked(case: Case) -> None:
    with pytest.raises(SchemaError, match="more than one row has the key"):
        case.run(stage(["a", "b", "b"], ["a"]))
    case.run(stage(["a", "b"], ["a"]))
    assert case.read("record").num_rows == 2


def test_a_stage_vouches_only_for_what_it_writes(case: Case) -> None:
    def run(desk: Desk, params: EvidenceParams) -> None:
        """Vouch for another's table."""
        desk.vouch("transfer", "record_id", ["a"])

    with pytest.raises(SchemaError, match="writes 'transfer' without declaring it"):
        case.run(Stage("evidence", (), ("record",), run, EvidenceParams))
