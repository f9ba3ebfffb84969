"""Records of one person brought together, beside Splink with the models of its own documentation, in one run.

    python -m benchmarks.resolve [FOLDER] [--quick]

FOLDER holds NAME.csv, NAME.truth.csv and score.py; by default ../shared/data/er. The truth is read by score.py alone,
in a process of its own, after clusters are written. febrl3 is read without soc_sec_id, which solves it. Time is that of
the processors over reading, training, weighing and clustering, after all packages are loaded.
"""

from __future__ import annotations

import argparse
import logging
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.timing import Took, took
from upriver.plain.records.resolving import THRESHOLD, resolve

SHARED = Path(__file__).parents[2] / "shared" / "data" / "er"
_SCORE = re.compile(r"P (\S+) R (\S+) F1 (\S+) \| clusters found (\d+)")
_HISTORICAL_RULES = (
    ("substr(first_name,1,3)", "substr(surname,1,4)"), ("surname", "date_of_birth"), ("first_name", "date_of_birth"),
    ("postcode", "first_name"), ("postcode", "surname"), ("date_of_birth", "birth_place"),
    ("substr(postcode,1,3)", "date_of_birth"), ("substr(postcode,1,3)", "first_name"),
    ("substr(postcode,1,3)", "surname"),
    ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(date_of_birth,1,4)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Set:
    """A set of records: our options, and the thresholds at which stock Splink is shown."""

    name: str
    unread: tuple[str, ...]
    thresholds: tuple[float, ...]


SETS = (Set("historical_10k", (), (0.8, 0.95, 0.99)), Set("febrl3", ("soc_sec_id",), (0.8, 0.95)))


def ours(source: Path, out: Path, unread: tuple[str, ...], threshold: float = THRESHOLD) -> None:
    """`upriver resolve` as a user runs it."""
    resolve(source, out, lambda _line: None, [f"unread={name}" for name in unread], threshold)


def stock(source: Path, out: Path, historical: bool, threshold: float) -> None:
    """Splink as its documentation models the set: its demonstrations of historical people and of febrl3."""
    from splink import DuckDBAPI, Linker

    with duckdb.connect() as con:
        con.execute("SET threads = 2").fetchall()
        read = f"SELECT *, first_name || ' ' || surname AS both_names FROM read_csv('{source}', all_varchar = true)"
        read = read if historical else f"FROM read_csv('{source}', all_varchar = true)"
        con.execute(f"CREATE TABLE person AS {read}").fetchall()
        linker = Linker(DuckDBAPI(con).register("person"), _model(historical), log_level=logging.ERROR)
        _train(linker, historical)
        pairs = linker.inference.predict(threshold_match_probability=0.01)
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        con.execute(
            f"COPY (SELECT id, cluster_id AS cluster FROM {found.physical_name} ORDER BY id) TO '{out}' (HEADER)"
        ).fetchall()


def _model(historical: bool) -> Any:
    from splink import SettingsCreator, block_on
    from splink import comparison_library as cl

    if historical:
        rules: list[Any] = [block_on(*rule) for rule in _HISTORICAL_RULES]
        comparisons: list[Any] = [
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ]
    else:
        rules = [block_on(name) for name in ("given_name", "surname", "date_of_birth", "postcode")]
        comparisons = [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ]
    return SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="id", comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
    )  # fmt: skip


def _train(linker: Any, historical: bool) -> None:
    from splink import block_on

    training = linker.training
    sure: list[Any]
    if historical:
        sure = [
            block_on("first_name", "surname", "date_of_birth"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode,1,2)"),
            block_on("date_of_birth", "postcode"),
        ]
        rounds = [block_on("first_name", "surname"), block_on("date_of_birth")]
        training.estimate_probability_two_random_records_match(sure, recall=0.6)
        training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    else:
        same = "l.date_of_birth = r.date_of_birth"
        sure = [
            f"l.given_name = r.given_name AND l.surname = r.surname AND {same}",
            f"l.given_name = r.surname AND l.surname = r.given_name AND {same}",
        ]
        rounds = [block_on("date_of_birth"), block_on("postcode")]
        training.estimate_probability_two_random_records_match(sure, recall=0.9)
        training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in rounds:
        training.estimate_parameters_using_expectation_maximisation(rule)


def scored(folder: Path, name: str, clusters: Path) -> tuple[float, float, float, int]:
    """Pairwise precision, recall and F1, and the number of clusters, as the scorer beside the data tells them."""
    told = subprocess.run(
        [sys.executable, str(folder / "score.py"), str(folder / f"{name}.truth.csv"), str(clusters)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = _SCORE.search(told)
    if found is None:
        raise SystemExit(f"{folder / 'score.py'} printed {told!r}")
    return float(found[1]), float(found[2]), float(found[3]), int(found[4])


def shown(folder: Path, one: Set, who: str, threshold: float) -> Took:
    """Cluster one set by one of the two, and print how well and in what time."""
    source = folder / f"{one.name}.csv"
    with tempfile.TemporaryDirectory() as kept:
        out = Path(kept) / "clusters.csv"
        if who == "upriver":
            spent = took(lambda: ours(source, out, one.unread, threshold))
        else:
            spent = took(lambda: stock(source, out, one.name.startswith("historical"), threshold))
        p, r, f, n = scored(folder, one.name, out)
    print(f"  {who:8} {threshold:4}  {p:.4f}  {r:.4f}  {f:.4f}  {n:6,}  {spent.cpu:5.1f}  {spent.wall:5.1f}")
    return spent


def main(arguments: list[str] | None = None) -> int:
    """Print quality and time of both, set by set, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED)
    parser.add_argument("--quick", action="store_true", help="one threshold alone")
    told = parser.parse_args(arguments)
    if not told.folder.is_dir():
        print(f"{told.folder}: no such folder; name one with NAME.csv, NAME.truth.csv and score.py")
        return 0
    import_module("splink.comparison_library")  # the first to import a package would pay for it
    for one in SETS:
        print(f"{one.name}: at threshold, precision, recall, F1, clusters, processor seconds, wall seconds")
        peer = [shown(told.folder, one, "splink", at) for at in (one.thresholds[1:2] if told.quick else one.thresholds)]
        own = [
            shown(told.folder, one, "upriver", at) for at in ((THRESHOLD,) if told.quick else (0.9, THRESHOLD, 0.99))
        ]
        least = (min(spent.cpu for spent in own), min(spent.cpu for spent in peer))
        print(f"  ours takes {least[0] / least[1]:.2f} times the processor time of stock Splink")
    return 0


if __name__ == "__main__":
    sys.exit(main())
