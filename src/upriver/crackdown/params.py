"""Parameters of the crackdown stage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CrackdownParams:
    """How far tellings may differ and still tell one happening, and how far apart a ratio's two figures may stand.

    date_slack_days     days by which two tellings of one happening may miss each other
    undated_days        days before its announcement in which an undated happening may lie
    count_share         share by which two figures of one happening may differ, on the same day at the same place
    far_apart           ratio of two figures of one happening from which an alarm is raised
    pair_days           most days between the numerator and the denominator of a ratio
    sum_days            most days between separate happenings that are added and the time an estimate speaks of
    fewest_people       people whom papers must show at a place for a ratio of that place, where nobody was handed over
    early_rank          ranks 1 to this are called early in the ranking by control,
    early_score         where the evidence of organising comes to this at least and nobody presumes a victim
    maybe_from          match_probability from which two people who were neither joined nor told apart may be one
    disruption_steps    steps shown of each scenario
    least_traced        share of the traced money that an account must have received to be of the known network
    listed_from         match_probability from which an entry of a watchlist may be somebody of the known network
    list_days           most days between a list of people and the action that it may be of
    before_days         days before an action whose activity is what is to come back after it
    window_days         days over which activity is counted to tell whether it came back
    back_share          share of the earlier activity from which it is called back
    follow_days         most days after a fall in one place in which a rise in another may follow from it
    draws               networks drawn with hidden ties and nodes, for each interval
    hidden_low          least share of ties and nodes thought to be hidden
    hidden_high         most
    seed                start of the draws
    """

    date_slack_days: int = 3
    undated_days: int = 21
    count_share: float = 0.15
    far_apart: float = 5.0
    pair_days: int = 550
    sum_days: int = 365
    fewest_people: int = 5
    early_rank: int = 10
    early_score: float = 0.2
    maybe_from: float = 0.1
    disruption_steps: int = 20
    least_traced: float = 0.001
    listed_from: float = 0.9
    list_days: int = 3
    before_days: int = 28
    window_days: int = 7
    back_share: float = 0.5
    follow_days: int = 56
    draws: int = 40
    hidden_low: float = 0.1
    hidden_high: float = 0.3
    seed: int = 0
