"""What could not be used is told once, in words that fit: a strange table, or lines beside one that was read."""

from __future__ import annotations

from upriver.case.stage import Stage
from upriver.case.store import Case
from upriver.extract.params import ExtractParams
from upriver.extract.rejects import broken

STAGE = Stage("extract", ("record", "source_file"), ("rejected_record",), lambda desk, _: broken(desk), ExtractParams)


def _record(file: str, row: int, form: str) -> dict[str, object]:
    return {"record_id": f"{file}#row {row}", "file_id": file, "locator": f"row {row}", "form": form, "fields": ["x"]}


def test_lines_above_a_table_that_was_read_are_no_strange_table(any_case: Case) -> None:
    any_case.fill("record", [
        _record("bank", 1, "unknown"), _record("bank", 2, "unknown"), _record("bank", 4, "rate"),
        _record("odd", 2, "unknown"),
    ])  # fmt: skip
    any_case.run(STAGE)
    told = {row["file_id"]: row["reason"] for row in any_case.read("rejected_record").to_pylist()}
    assert told["bank"].startswith("2 lines stand outside the table that was read here")
    assert told["odd"].startswith("the columns of this table fit no known form, so its row was not used")
