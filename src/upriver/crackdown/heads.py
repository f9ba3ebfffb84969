"""Ratios by role: how many of those who run, pay for or protect the compounds were reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from upriver.crackdown.actions import Action, Point
from upriver.crackdown.measures import VERBS, day_of, figure_of, land, moments, verb, where
from upriver.crackdown.ratios import Figure, Row, loophole, no_figure
from upriver.crackdown.telling import CUSTODY, Telling, plural

_HEADS = ("leader", "financier", "protector")  # whom a crackdown must reach to change anything


def role_shares(actions: Sequence[Action]) -> Iterable[Row]:
    """Heads among all those of the same happening, or of the same running total on the same day."""
    wholes: dict[str, tuple[Action, Action | Point]] = {}
    for action in actions:
        if action.head.role != "all" or action.head.unit != "people" or action.head.modality != "actual":
            continue
        for found in moments(action):
            for telling in found.tellings:
                wholes[telling.report_id] = (action, found)
                if telling.happening:
                    wholes.setdefault(f"happening {telling.happening}", (action, found))
    for action in actions:
        if action.head.role not in _HEADS or action.head.unit != "people":
            continue
        for found in moments(action):
            first = found.tellings[0]
            whole = wholes.get(first.part_of or "") or wholes.get(f"happening {first.happening}")
            if whole is None or whole[1].value is None or found.value is None or whole[1].value < found.value:
                continue
            all_of, done = whole[0], verb(first)
            day = day_of(whole[1])
            role, running = plural(action.head.role), ", running total" if all_of.kind == "series" else ""
            when = f"{'by ' if running else ''}{day}" if day else "no date"
            yield loophole(
                "role_shares",
                "role",
                f"{role} among people {done}: {where(all_of)}, {when}",
                figure_of(found, f"{role} {done}{running}", "people"),
                figure_of(whole[1], f"people {done}{running}", "people"),
                f"whom the speaker counts among the {role} is the speaker's own choice (key players, heads, backers); "
                "the rest are not thereby workers, guilty or victims",
            )


def heads_in_custody(actions: Sequence[Action]) -> Iterable[Row]:
    """Heads named by sanctions or wanted notices, and how many of that role are told as taken, country by country."""
    named: dict[tuple[str, str, str], list[Action]] = defaultdict(list)
    taken: dict[tuple[str, str], list[Action]] = defaultdict(list)
    reached: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        head = action.head
        if head.unit != "people" or head.modality != "actual" or action.value is None or not head.country:
            continue
        if head.role in _HEADS and action.counts and action.types[0] in ("sanction", "wanted_notice"):
            named[head.role, head.country, action.types[0]].append(action)
        elif head.role in _HEADS and action.types[0] in CUSTODY and action.kind in ("happening", "series"):
            taken[head.role, head.country].append(action)
        elif head.role == "all" and action.types[0] in CUSTODY:
            reached[head.country].append(action)
    for (role, country, kind), group in sorted(named.items()):
        below = _sum(group, f"{plural(role)} {VERBS[kind]}, {land(country)}, separate lists added")
        above = _most(taken.get((role, country), []), role, country)
        if (above.value or 0.0) > (below.value or 0.0):
            continue  # more were taken than were listed: such lists are no denominator
        yield loophole("heads_in_custody",
            "role", f"{plural(role)} told as taken, beside {plural(role)} {VERBS[kind]}: {land(country)}",
            above, below,
            "the people above need not be those below; a listed person is not convicted",
            spot=f"{plural(role)} {VERBS[kind]} ({land(country)})",
        )  # fmt: skip
    for role in _HEADS:
        for country in sorted(reached):
            if (role, country) not in taken:
                largest = max(reached[country], key=lambda action: (action.value or 0.0, action.head.report_id))
                yield loophole("heads_untold",
                    "role", f"{plural(role)} among people told as taken: {land(country)}",
                    no_figure(f"{plural(role)} taken, {land(country)}: no figure", "people"),
                    figure_of(largest, f"people {verb(largest.head)}, largest figure told, {where(largest)}", "people"),
                    "no source tells how many; that is no figure, not zero", spot=land(country),
                )  # fmt: skip


def _sum(group: Sequence[Action], what: str) -> Figure:
    return Figure(
        sum(action.value or 0.0 for action in group), sum(action.low or 0.0 for action in group),
        sum(action.high or 0.0 for action in group), what, group[0].head.unit,
        max((action.head.at for action in group if action.head.at), default=None),
        tuple(telling for action in group for telling in action.tellings),
    )  # fmt: skip


def _most(group: Sequence[Action], role: str, country: str) -> Figure:
    """Separate happenings added, or the largest running total where that is more; no figure where nobody tells one."""
    apart = [action for action in group if action.counts]
    totals = [action for action in group if action.kind == "series"]
    what = f"{plural(role)} taken, {land(country)}"
    choices = [figure_of(action, f"{what}, running total", "people") for action in totals]
    if apart:
        choices.append(_sum(apart, f"{what}, separate happenings added"))
    if not choices:
        return no_figure(f"{what}: no figure", "people")
    return max(choices, key=lambda figure: (figure.value or 0.0, figure.what))


def organisations(actions: Sequence[Action]) -> Iterable[Row]:
    """Organisations of each role that carry a sanction, of those listed in the evidence."""
    listed: dict[str, list[Telling]] = defaultdict(list)
    for action in actions:
        if action.kind == "site" and action.head.unit == "organisations":
            listed[action.head.role].append(action.head)
    for role, group in sorted(listed.items()):
        hit = tuple(telling for telling in group if "sanction" in (telling.status or ""))
        n, m = float(len(group)), float(len(hit))
        yield loophole("organisations",
            "role", f"organisations sanctioned, of those listed as {plural(role)}",
            Figure(m, m, m, f"listed as {plural(role)} and told as sanctioned", "organisations", None, hit),
            Figure(n, n, n, f"listed as {plural(role)}", "organisations", None, tuple(group)),
            "the list is of those a source names; a sanction is not a conviction, and none is not innocence",
        )  # fmt: skip
