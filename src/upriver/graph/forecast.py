"""Who stays in a network in its next period, and which ties form there: fitted on the periods before.

A forecast says where a network may hold or grow again. It is evidence on nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upriver.graph.build import Floats, Ints
from upriver.graph.keys import among
from upriver.graph.logistic import Fitted, fit
from upriver.graph.panel import PAIRS, PEOPLE, Panel, pairs, people, untied

# What was believed before any period was seen, in log odds: mean and how sure (standard deviation). Round figures by
# reasons, not fitted; the periods seen move them.
_BELIEF_PEOPLE = {
    "": (-3.0, 2.0),  # a name known from elsewhere, without a tie: few come in within a unit of time
    "gone": (-1.0, 1.0),  # jailed or dead: out, but for a few
    "tied": (6.0, 2.0),  # who is at large and has a tie goes on having one
    "held": (1.0, 1.0),  # some ties outlive an arrest
    "lost": (-1.0, 0.5),  # taken with his contacts, or left without them
    "thin": (-0.5, 0.5),  # held by one tie alone
    "away": (-0.5, 0.5),  # the longer away, the less likely back
    "missed": (-1.0, 1.0),  # who comes and goes
}
_BELIEF_PAIRS = {
    "": (-5.0, 2.0),  # of all pairs, few form a tie in a unit of time
    "gone": (-3.0, 1.0),
    "close": (2.0, 1.0),  # friends of friends (triangles close)
    "shared": (1.0, 1.0),  # all the more where few know those whom both know
    "both": (0.0, 1.0),
    "neither": (0.0, 1.0),
    "before": (1.0, 0.5),  # old ties come back
    "orphaned": (0.5, 0.5),  # the contacts of one who is gone find each other
}
_FEW = 400_000  # pairs that formed no tie and are looked at, over all periods; of more, as many are drawn


@dataclass(frozen=True, slots=True)
class Forecast:
    """For the period after the last one known.

    person, person_low, person_high  one per person: the probability of having a tie, and between what it lies
    low, high, pair  one per pair of `untied`: the probability of forming a tie
    person_facts, pair_facts  what is known of them, as PEOPLE and PAIRS
    of_people, of_pairs  the models
    """

    person: Floats
    person_low: Floats
    person_high: Floats
    person_facts: Floats
    low: Ints
    high: Ints
    pair: Floats
    pair_facts: Floats
    of_people: Fitted
    of_pairs: Fitted


def forecast(known: Panel, ahead: int, seed: int = 0) -> Forecast:
    """Fit on all periods known, and tell the next.

    ahead   time from the last period to the one that is told, > 0, in the units of the periods
    """
    of_people, of_pairs = fitted(known, seed)
    k = len(known.periods) - 1
    facts = people(known, k)
    person, least, most = of_people.within(_rows(facts), _time_of_people(facts, ahead))
    low, high = untied(known, k)
    pair_facts = pairs(known, k, low, high)
    pair = of_pairs.within(_rows(pair_facts), np.full(len(low), np.log(ahead)))[0]
    return Forecast(person, least, most, facts, low, high, pair, pair_facts, of_people, of_pairs)


def fitted(known: Panel, seed: int = 0) -> tuple[Fitted, Fitted]:
    """The two models, from each step of one period to the next; from the beliefs alone where there is no step."""
    rng = np.random.default_rng(seed)
    person = [(np.zeros((0, len(PEOPLE))), np.zeros(0), np.zeros(0), np.zeros(0))]
    pair = [(np.zeros((0, len(PAIRS))), np.zeros(0), np.zeros(0), np.zeros(0))]
    steps = len(known.periods) - 1
    few = _FEW // max(steps, 1)
    for k in range(steps):
        past = known.until(k)
        ahead = int(known.periods[k + 1] - known.periods[k])
        facts = people(past, k)
        who = known.heard_of(k)
        stayed = known.tied(k + 1)[who].astype(np.float64)
        person.append((facts[who], stayed, _time_of_people(facts[who], ahead), np.ones(len(stayed))))
        low, high = untied(past, k)
        formed = among(low.astype(np.int64) * known.n + high, known.keys(k + 1))
        weight = np.ones(len(low))
        quiet = np.flatnonzero(~formed)
        if len(quiet) > few:
            drawn = np.sort(rng.choice(quiet, few, replace=False))
            weight[drawn] = len(quiet) / few
            kept = np.sort(np.concatenate([np.flatnonzero(formed), drawn]))
            low, high, formed, weight = low[kept], high[kept], formed[kept], weight[kept]
        pair.append((pairs(past, k, low, high), formed.astype(np.float64), np.full(len(low), np.log(ahead)), weight))
    return _model(person, PEOPLE, _BELIEF_PEOPLE), _model(pair, PAIRS, _BELIEF_PAIRS)


def _model(
    cases: list[tuple[Floats, Floats, Floats, Floats]], names: tuple[str, ...], belief: dict[str, tuple[float, float]]
) -> Fitted:
    facts, happened, offset, weight = (np.concatenate(column) for column in zip(*cases, strict=True))
    believed = np.array([belief[name] for name in ("", *names)])
    return fit(_rows(facts), happened, offset, weight, believed[:, 0], believed[:, 1])


def _rows(facts: Floats) -> Floats:
    return np.column_stack([np.ones(len(facts)), facts])


def _time_of_people(facts: Floats, ahead: int) -> Floats:
    """In twice the time twice the odds of coming in, and of falling out."""
    tied = facts[:, PEOPLE.index("tied")] + facts[:, PEOPLE.index("held")] > 0
    found: Floats = np.where(tied, -1.0, 1.0) * math.log(ahead)
    return found
