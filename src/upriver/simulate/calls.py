"""Call records of two telephone companies: switchboards and floors are loud, those who give orders hardly call."""

from __future__ import annotations

from pathlib import Path

from upriver.simulate.dice import Dice, stream
from upriver.simulate.identifiers import Numbers, dialled
from upriver.simulate.people import Person
from upriver.simulate.syndicate import Cast
from upriver.simulate.tables import moment, write_table


def write_calls(folder: Path, seed: int, cast: Cast, numbers: Numbers) -> int:
    """Write both call-detail files; returns the number of calls."""
    rng, dice = stream(seed, "calls"), Dice(seed, "calls")
    count = cast.scale.calls
    phones: list[str] = []
    holders: list[Person | None] = []

    def lines(people: list[Person]) -> list[int]:
        first = len(phones)
        for person in people:
            for phone in person.phones:
                phones.append(phone)
                holders.append(person)
        return list(range(first, len(phones)))

    floor = [person for company in cast.companies for person in (*company.workers, *company.leaders)]
    chiefs = lines([person for person in cast.people if person.leader])
    seats, ordinary = lines(floor), lines([*cast.bystanders, *(victim.person for victim in cast.victims)])
    loud, kin = (
        lines([*cast.hotlines, *(recruiter for company in cast.companies for recruiter in company.recruiters)]),
        lines(
            [
                person
                for person in cast.people
                if person.role in ("kin", "guard", "manager", "supervisor", "vendor", "otc")
            ]
        ),
    )
    first = len(phones)
    for _ in range(min(4_000, count // 8)):
        # Numbers that nobody knows: leads, neighbours, taxis.
        phones.append(numbers.phone(dice.pick(cast.preset.markets).country))
        holders.append(None)
    strangers = list(range(first, len(phones)))
    anyone = ordinary + kin + strangers
    plan = (
        (0.26, seats, strangers + ordinary, 40),
        (0.16, loud, anyone, 60),
        (0.12, anyone, loud, 60),
        (0.26, ordinary, anyone, 120),
        (0.06, kin, anyone, 110),
        (0.08, seats, seats, 45),
        (0.02, chiefs, kin, 70),
        (0.015, kin, chiefs, 70),
        (0.01, chiefs, anyone, 90),
    )
    rows: list[tuple[int, int, int, int]] = []
    for share, callers, callees, median in plan:
        size = int(count * share / 0.985)
        caller = rng.integers(0, len(callers), size).tolist()
        callee = (rng.random(size) ** 1.5 * len(callees)).astype(int).tolist()
        at = (cast.start + rng.random(size) * (cast.end - cast.start)).astype(int).tolist()
        seconds = rng.lognormal(3.9, 1.1, size) * (rng.random(size) > 0.22)
        rows += [
            (when, callers[one], callees[two], int(length * median / 60))
            for when, one, two, length in zip(at, caller, callee, seconds.tolist(), strict=True)
            if callers[one] != callees[two]
        ]
    rows.sort()
    devices = [numbers.code("35999999999999") if holder else "" for holder in holders]
    for _, one, two, _ in rows:
        for line in (one, two):
            holder = holders[line]
            if holder is not None:
                holder.show("phone", phones[line])
    north = [row for row in rows if row[1] % 5 < 3]
    south = [row for row in rows if row[1] % 5 >= 3]
    write_table(
        folder / "cdr_mekongtel.csv",
        ["Calling Number", "Called Number", "Call Start", "Duration (s)", "IMEI", "Cell"],
        (
            [phones[one], phones[two], moment(at, 7), seconds, devices[one], f"520-04-{one * 37 % 4_000:04d}"]
            for at, one, two, seconds in (*north, *north[: max(1, len(north) // 900)])
        ),
        torn="+6681,",
    )
    write_table(
        folder / "cdr_南方通信.csv",
        ["主叫号码", "被叫号码", "通话开始时间", "通话时长(秒)"],
        (
            [dialled(phones[one], dice), dialled(phones[two], dice), moment(at, 8, "%Y/%m/%d %H:%M:%S"), seconds]
            for at, one, two, seconds in south
        ),
        encoding="gb18030",
    )
    return len(rows)
