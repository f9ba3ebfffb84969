"""Records as the evidence stage leaves them, short enough to write down in a test."""

from __future__ import annotations

import json

from upriver.case.stage import Stage
from upriver.case.store import Case
from upriver.extract.params import ExtractParams
from upriver.extract.stage import STAGE
from upriver.model.forms import FORMS
from upriver.model.ids import record_id


def tell(case: Case, *told: tuple[str, str, dict[str, str | None]], **hints: dict[str, object]) -> None:
    """Fill the case with records (file, form, fields by name); `hints` says what is told of a file, with its format."""
    places: dict[str, int] = {}
    records = []
    for file_id, form, fields in told:
        places[file_id] = places.get(file_id, 1) + 1
        locator = f"row {places[file_id]}"
        unknown = fields.keys() - set(FORMS[form].fields)
        assert not unknown, unknown
        records.append(
            {
                "record_id": record_id(file_id, locator), "file_id": file_id, "locator": locator, "form": form,
                "fields": [fields.get(name) for name in FORMS[form].fields],
            }
        )  # fmt: skip
    files = []
    for file_id in sorted({*places, *hints}):
        hint = dict(hints.get(file_id, {}))
        files.append(
            {
                "file_id": file_id, "path": f"{file_id}.csv", "sha256": file_id, "n_bytes": 1,
                "format": hint.pop("format", "csv"), "encoding": "utf-8", "n_records": places.get(file_id, 0),
                "guessed": json.dumps({"told": hint, "guessed": {"time_zone": "UTC"}}),
            }
        )  # fmt: skip
    case.fill("source_file", files)
    case.fill("record", records)


def part_of_stage(run: object) -> Stage:
    """A stage that is one part of extract, with its rights."""
    return Stage("extract", STAGE.reads, STAGE.writes, run, ExtractParams)  # type: ignore[arg-type]
