"""Ratios by area from the case's own papers: people handed over, of those known at its sites, and the sites reached."""

from __future__ import annotations

from collections.abc import Iterable

from upriver.crackdown.known import Known
from upriver.crackdown.measures import either
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.ratios import Figure, Row, counted, loophole, no_figure
from upriver.crackdown.reach import Reached
from upriver.crackdown.sites import Site

LISTS = "a list proves presence, not role, guilt or freedom"
_NOBODY = "people nobody wrote down are in neither figure"
_FOLD = "there"


def presence_ratios(known: Known, found: Reached, params: CrackdownParams) -> list[Row]:
    """Rows of `loophole`: of all sites together, then by area, then by site; names that may be one site; sites."""
    sites = list(_by_site(known, params))
    told = [row for row in sites if row["ratio"] is not None]
    areas = list(_by_area(known, found))
    # Of one site nothing need be told of all together; it stands before its area.
    there = [_at_all_sites(known), *areas, *sites] if len(told) > 1 else [*sites, *areas]
    return [*there, *_sites(known, found)]


def handed(known: Known, people: Iterable[str], what: str) -> Figure:
    """People on lists; no figure where the case holds no list."""
    found = sorted(people)
    if not known.lists:
        return no_figure(f"{what}: no figure", "people")
    records = tuple(sorted({record for person in found for record in known.handed[person]}))
    return counted(float(len(found)), what, "people", found, records)


def crowd(known: Known, people: Iterable[str], what: str) -> Figure:
    """People of the known network, by the records by which they are known."""
    found = sorted(people)
    return counted(float(len(found)), what, "people", found, known.records(found))


def maybe_words(n: int) -> str:
    """What widens a range by people who may be on a list; nothing for none of them."""
    return f"; the upper end counts {n} more who bear a name on a list: a name alone proves nobody" if n else ""


def by_area(known: Known, found: Reached, taken: set[str]) -> Iterable[tuple[str, Figure, Figure, frozenset[str]]]:
    """For each area: those of its sites who were taken, those known there, and who they are."""
    for area in sorted({name for names in found.areas.values() for name in names}):
        people = found.people_of(known, area)
        shown = any(area in found.areas.get(key, ()) for key in known.papered)
        if people:
            yield (
                area,
                handed(known, taken & people, f"on lists of people handed over, known at sites of {area}"),
                crowd(known, people, f"known at sites of {area}, by lists of staff, keys or handover")
                if shown
                else no_figure(f"people known at sites of {area} by papers of the sites: no figure", "people"),
                people,
            )


def _by_area(known: Known, found: Reached) -> Iterable[Row]:
    taken = set(known.handed) & known.people.keys()
    for area, above, below, _ in by_area(known, found, taken):
        yield loophole(
            "area_people", "area", f"people handed over, of the known network at sites of: {area}", above, below,
            f"{LISTS}; only sites that an address, a telling or a list puts in the area", _FOLD, area,
        )  # fmt: skip


def _by_site(known: Known, params: CrackdownParams) -> Iterable[Row]:
    """For each site or company: people handed over, of those that its own papers show there."""
    on_lists = {key for one in known.lists for key in one.sites}
    for key, site in sorted(known.sites.items(), key=lambda item: (item[1].name, item[0])):
        if key not in on_lists and len(site.people) < params.fewest_people:
            continue
        above = handed(known, site.people & known.handed.keys(), f"people on lists of people handed over, {site.name}")
        if site.maybe:
            yield _may_be_one(site, above)
            continue
        below = no_figure(f"people seen at {site.name} in its own papers: no figure", "people")
        if site.nodes:
            what = f"people on lists of staff, keys or handover, {site.name}"
            below = counted(float(len(site.people)), what, "people", (), site.records)
        one = f"; it bears two names: {site.why}" if site.why else ""
        yield loophole(
            "by_place", "area", f"people handed over, of those the evidence shows there: {site.called}", above, below,
            f"{LISTS}; {_NOBODY}{one}", _FOLD, site.called,
        )  # fmt: skip


def _may_be_one(site: Site, above: Figure) -> Row:
    """A name on lists of people handed over alone, which may be that of a known site: a question, nothing is joined."""
    others = either(site.maybe)
    what = f"people seen there in papers of the site, if it is not {others}: no figure"
    return loophole(
        "one_site", "area", f"people handed over from {site.name}: is this another name of {others}?", above,
        no_figure(what, "people"),
        f"only lists of people handed over bear this name, in another script, and nothing ties the two: {site.name} "
        f"may be {others} or a site of its own; a translation joins nothing here",
    )  # fmt: skip


def _at_all_sites(known: Known) -> Row:
    people = {person for site in known.papered.values() for person in site.people}
    records = sorted({record for site in known.papered.values() for record in site.records})
    what = "on lists of people handed over, of those whom papers show at the sites"
    return loophole(
        "by_place", "area", "people handed over, of those the evidence shows at sites and companies",
        handed(known, people & known.handed.keys(), what),
        counted(float(len(people)), "people on lists of staff, keys or handover of the sites", "people", (), records),
        f"{LISTS}; {_NOBODY}; somebody known at two sites counts once", _FOLD, whole=True,
    )  # fmt: skip


def _sites(known: Known, found: Reached) -> Iterable[Row]:
    papered = known.papered
    if not papered or not known.people:
        return
    taken = set(known.handed) & known.people.keys()
    theirs = {key for person in taken for key in known.people[person].places}
    hit = sorted(papered.keys() & ({key for reach in found.each for key in reach.sites} | theirs))
    grounds = tuple(sorted({record for key in hit for record in papered[key].records}))
    above = counted(float(len(hit)), "named by an action, or of people handed over", "sites", (), grounds)
    every = tuple(sorted({record for site in papered.values() for record in site.records}))
    below = counted(float(len(papered)), "sites and companies on lists of staff or keys", "sites", (), every)
    names = [f"{site.called} ({site.why})" for site in papered.values() if site.why]
    one = f"; of two names and one site: {'; '.join(names)}" if names else ""
    yield loophole(
        "known_sites", "area", "sites and companies of the known network that were reached",
        above if found.each else no_figure("sites and companies reached: no figure", "sites"), below,
        f"one person taken counts for the whole site; a site whose two names nothing ties stands here twice{one}",
    )  # fmt: skip
