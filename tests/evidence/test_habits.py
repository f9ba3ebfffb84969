"""The order of day and month is read from all values, and zones are seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from upriver.evidence.habits import Habits, zone_in_name


def seen(*values: str, name: str = "occurred_at") -> Habits:
    habits = Habits()
    cells = pa.array(values, pa.string())
    habits.see(name, cells, np.arange(len(values), dtype=np.int64))
    return habits


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["2024-05-01", "2024/5/1 10:00", "2024年5月1日", "20240501"], "ymd"),
        (["01/05/2024", "31/05/2024"], "dmy"),
        (["01/05/2024", "05/31/2024"], "mdy"),
        (["1.5.24 10:00", "31.5.24 10:00"], "dmy"),
        (["01/05/2024", "02/06/2024"], "dmy"),
        (["2024-05-01", "5/31/2024"], "mdy"),
        (["113/05/01", "113.5.2 10:00"], "ymd"),
        ([], None),
        (["", "soon", "12:30", "9999"], None),
    ],
)
def test_one_value_that_cannot_be_otherwise_decides(values: list[str], order: str | None) -> None:
    assert seen(*[value for value in values if value]).date_order == order


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-01T10:00:00Z",
        "2024-05-01 10:00+07:00",
        "2024-05-01T10:00:00+0700",
        "2024-05-01 10:00 UTC",
        "1714550400",
        "1714550400000",
    ],
)
def test_a_moment_with_its_zone_is_zoned(value: str) -> None:
    assert (seen(value).n_zoned, seen(value).n_local) == (1, 0)


@pytest.mark.parametrize("value", ["2024-05-01 10:00", "2024-05-01", "01/05/2024 10:00:00", "20240501100000", "10:00"])
def test_a_moment_without_zone_is_local(value: str) -> None:
    assert (seen(value).n_zoned, seen(value).n_local) == (0, 1)


def test_a_date_needs_no_zone() -> None:
    assert seen("2024-05-01", name="registered_on").n_local == 0


def test_order_of_rows_and_cut_into_batches_do_not_matter() -> None:
    values = ["01/05/2024", "31/05/2024", "2024-05-01", "x"]
    whole = seen(*values)
    parts = Habits()
    for value in values[::-1]:
        parts.see("occurred_at", pa.array([value]), np.zeros(1, np.int64))
    assert parts == whole


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("DateTime (UTC)", "UTC"),
        ("time (GMT+7)", "Etc/GMT-7"),
        ("Time(UTC -5)", "Etc/GMT+5"),
        ("Time", None),
        ("outcome", None),
    ],
)
def test_zone_in_the_name_of_a_column(name: str, zone: str | None) -> None:
    assert zone_in_name(name) == zone
