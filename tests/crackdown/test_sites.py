"""Names of a site in two scripts are one site where the evidence ties them, and a question where nothing does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crackdown import small

from upriver.case.store import Case
from upriver.clean.places import fold
from upriver.crackdown.sites import Name, Sites, Tie, by_evidence, joined
from upriver.crackdown.stage import STAGE

HAN = "红门山庄"


def names(*told: Name) -> dict[str, Name]:
    return {fold(one.name): one for one in told}


def one_site(found: Sites) -> str:
    """What ties the only site of two names; empty where there is none."""
    return next((site.why for site in found.by_key.values() if site.others), "")


def sites(*told: Name, **said: dict[str, list[str]]) -> Sites:
    """said: name of a site -> name that records of its people give -> these people."""
    known = names(*told)
    spoken = {
        fold(one): {fold(other): {person: f"r#{person}" for person in people} for other, people in heard.items()}
        for one, heard in said.items()
    }
    return joined(known, by_evidence(known, spoken), {})


def test_a_translation_joins_nothing_and_is_a_question() -> None:
    found = sites(Name("Red Gate Villas", nodes={"n"}, people={"a"}), Name(HAN, people={"b"}))
    assert len(found.by_key) == 2
    assert found.by_key[fold(HAN)].maybe == ("Red Gate Villas",)
    assert found.by_key[fold("Red Gate Villas")].maybe == ()


def test_records_of_two_people_of_the_one_that_name_the_other_and_no_third_join_them() -> None:
    latin, other, han = Name("Red Gate Villas", nodes={"n"}), Name("Blue Dock", nodes={"m"}), Name(HAN, people={"a"})
    found = sites(latin, other, han, **{HAN: {"Red Gate Villas": ["a", "b"]}})
    site = found.by_key[found.key_of[fold(HAN)]]
    assert (site.name, site.others) == ("Red Gate Villas", (HAN,))
    assert site.why == f"records of 2 people whom papers put at {HAN} name Red Gate Villas"
    assert {"r#a", "r#b"} <= set(site.records)
    assert not one_site(sites(latin, other, han, **{HAN: {"Red Gate Villas": ["a"]}}))
    both = {"Red Gate Villas": ["a", "b"], "Blue Dock": ["c"]}
    assert not one_site(sites(latin, other, han, **{HAN: both}))


def test_one_address_joins_and_one_town_does_not() -> None:
    def two(where: str) -> Sites:
        return sites(Name("Red Gate Villas", nodes={"n"}, stands={where}), Name(HAN, nodes={"m"}, stands={where}))

    assert one_site(two("17 River Road, plot 4")) == "both stand at 17 River Road, plot 4"
    assert not one_site(two("Myawaddy"))


def test_most_people_in_common_join_and_a_few_do_not() -> None:
    crowd = {"a", "b", "c", "d"}
    assert one_site(sites(Name("Red Gate Villas", people={*crowd, "e"}), Name(HAN, people=crowd)))
    assert not one_site(sites(Name("Red Gate Villas", people={"a", "b", "x", "y", "z"}), Name(HAN, people=crowd)))


def test_two_names_of_the_gazetteer_are_one_and_two_of_one_script_never() -> None:
    assert "the gazetteer has both" in one_site(sites(Name("Laukkai"), Name("老街")))
    crowd = {"a", "b", "c"}
    assert not one_site(sites(Name("Red Gate", people=crowd), Name("Red Gate Villas", people=crowd)))
    assert not one_site(sites(Name("Red Gate Co", company=True, people=crowd), Name(HAN, people=crowd)))


NAMED = st.dictionaries(
    st.sampled_from(["Alpha Park", "Beta Park", "甲园", "乙园", "သစ်"]),
    st.tuples(st.sets(st.sampled_from("abcdef")), st.booleans(), st.booleans()), min_size=1,
)  # fmt: skip
TIES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=5)


@given(NAMED, TIES)
@settings(max_examples=50, deadline=None)
def test_nobody_is_lost_and_every_name_leads_to_one_site(
    drawn: dict[str, tuple[set[str], bool, bool]], tied: list[tuple[int, int]]
) -> None:
    known = names(*(
        Name(name, company, {f"n {name}"} if papered else set(), people)
        for name, (people, papered, company) in drawn.items()
    ))  # fmt: skip
    keys = sorted(known)
    ties = [Tie(keys[a % len(keys)], keys[b % len(keys)], "told") for a, b in tied]
    places = {person: {key: {"r"} for key in keys if person in known[key].people} for person in "abcdef"}
    found = joined(known, [*ties, *by_evidence(known, {})], places)
    assert set(found.key_of) == set(known)
    assert set(found.key_of.values()) == set(found.by_key)
    for key, one in known.items():
        site = found.by_key[found.key_of[key]]
        assert one.people <= site.people
        assert one.name in (site.name, *site.others)
    for tie in ties:
        assert found.key_of[tie.one] == found.key_of[tie.other]
    for person, there in places.items():
        assert {found.key_of[key] for key in there} == set(found.places.get(person, {}))


def _list_of(case: Case, told: tuple[str, ...] = ()) -> Case:
    """The list of those handed over at the gate gives its name in another script; some tell where they were."""
    small.fill(case)
    rows = [{**row, "value": HAN} if row["prop"] == "location" else row for row in case.read("statement").to_pylist()]
    case.fill("statement", [*rows, *(
        small.told(person, "Person", "notes", "When the van stopped it was Gate Villas.", f"talk#{person}")
        for person in told
    )])  # fmt: skip
    case.fill("entity", [
        {**row, "caption": "Gate Villas" if row["entity_id"] == "gate" else row["caption"]}
        for row in case.read("entity").to_pylist()
    ])  # fmt: skip
    case.run(STAGE)
    return case


def test_a_site_of_two_names_is_one_in_coverage_and_says_why(case: Case) -> None:
    _list_of(case, small.TAKEN)
    (row,) = [row for row in small.every_ratio(case) if HAN in row["label"]]
    assert row["label"] == f"people handed over, of those the evidence shows there: Gate Villas, also {HAN}"
    assert (row["numerator"], row["denominator"]) == (2.0, 5.0)
    assert f"it bears two names: records of 2 people whom papers put at {HAN} name Gate Villas" in row["caution"]
    assert {"talk#w0", "talk#w1"} <= set(row["record_ids"])


def test_a_name_that_nothing_ties_is_asked_about_and_not_told_as_no_figure_alone(case: Case) -> None:
    _list_of(case)
    (row,) = [row for row in case.read("loophole").to_pylist() if row["rule"] == "one_site"]
    assert row["label"] == f"people handed over from {HAN}: is this another name of Gate Villas or pier?"
    assert (row["numerator"], row["denominator"]) == (2.0, None)
    assert "a translation joins nothing here" in row["caution"]
