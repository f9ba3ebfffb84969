"""When it happened, as pictures: victims' payments above the crackdown's happenings; running totals as told."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, log10, sqrt
from typing import Any

from markupsafe import Markup

from upriver.report.drawing import DEEP, FAINT, GROUPS, INK, PAPER, RUST, SOFT, Drawing, Space, text_width
from upriver.report.figures import between, counted, day, measure, number, shortened, usd
from upriver.report.told import Told

_LEFT, _RIGHT, _WIDTH, _LANE = 168.0, 20.0, 1000.0, 46.0
_BARS = 110.0
_LANES = (
    ("arrest", "arrests and raids", ("arrest", "raid")),
    ("handover", "handovers, repatriation", ("handover", "repatriation")),
    ("release", "releases", ("rescue_release",)),
    ("court", "courts, wanted notices", ("sentence", "prosecution", "execution", "wanted_notice")),
    ("money", "sanctions, seizures", ("sanction", "seizure")),
    ("other", "closures, flight, deaths", ("disruption", "flight", "death")),
)
# The ledger ends the title of what is told as no more than meant or tried so.
_NOT_DONE = ("[planned]", "[attempted]")
_FIRST, _LAST = date(1990, 1, 1), date(2100, 1, 1)
_SERIES_SHOWN = 5
_AGAIN = 60  # days within which an equal figure is the same point told again
_LEGEND = 19.0


def _sound(moment: date | None) -> bool:
    return moment is not None and _FIRST <= moment <= _LAST


class _Axis:
    """Days onto the width of the picture, with months or years marked."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first.replace(day=1)
        self.last = max(last, self.first + timedelta(days=27))
        self._scale = (_WIDTH - _LEFT - _RIGHT) / max(1, (self.last - self.first).days)

    def x(self, moment: date) -> float:
        return _LEFT + (moment - self.first).days * self._scale

    def draw(self, drawing: Drawing, top: float, bottom: float) -> None:
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months / s <= 16), 240)
        at = self.first.year * 12 + self.first.month - 1
        at = ceil(at / step) * step
        while date(at // 12, at % 12 + 1, 1) <= self.last:
            moment = date(at // 12, at % 12 + 1, 1)
            x = self.x(moment)
            drawing.line([(x, top), (x, bottom)], FAINT, 1)
            label = f"{moment:%Y}" if moment.month == 1 or step >= 12 else f"{moment:%b}"
            drawing.text(x + 3, bottom + 13, label, 11, INK if moment.month == 1 else SOFT, bold=moment.month == 1)
            at += step


def _done(row: dict[str, Any]) -> bool:
    """Whether an entry tells of what happened, not of a plan or an attempt."""
    return not row["title"].endswith(_NOT_DONE)


def timeline(facts: Told) -> tuple[Markup, str] | None:
    """Payments and happenings over time, with a caption; None where nothing has a date."""
    told = [row for row in facts.rows("action") if row["kind"] == "happening"]
    done = [row for row in told if _done(row)]
    happenings = [row for row in done if _sound(row["from_on"]) or _sound(row["to_on"])]
    months = [
        row
        for row in facts.many(
            "SELECT year(occurred_at) AS y, month(occurred_at) AS m, count(*) AS n, "
            "sum(cast(amount_usd AS decimal(38, 6))) AS usd FROM flow "
            "WHERE origin IN ('victim_payment', 'stolen', 'ransom') GROUP BY 1, 2 ORDER BY 1, 2"
        )
        if _FIRST.year <= row["y"] < _LAST.year
    ]
    if not happenings and not months:
        return None
    lanes = _in_lanes(happenings)
    days = [_middle(row) for row in happenings] + [date(int(row["y"]), int(row["m"]), 15) for row in months]
    axis = _Axis(min(days), max(days) + timedelta(days=16))
    bars = _BARS if months else 0.0
    height = 18 + bars + (26 if bars and lanes else 0) + _LANE * len(lanes) + 24
    describe = (
        f"{counted(len(happenings), 'happening')} with a date; victims' payments in {counted(len(months), 'month')}."
    )
    drawing = Drawing("time", _WIDTH, height, "Payments and crackdown over time", describe)
    axis.draw(drawing, 12, height - 22)
    if months:
        _payments(drawing, axis, months, 14, bars - 14)
    y = 18 + bars + (26 if bars and lanes else 0)
    for _, label, rows in lanes:
        drawing.text(_LEFT - 12, y + _LANE / 2 + 4, label, 11.5, INK, "end")
        drawing.line([(_LEFT, y + _LANE), (_WIDTH - _RIGHT, y + _LANE)], FAINT, 1)
        _dots(drawing, axis, facts, rows, y + _LANE / 2)
        y += _LANE
    caption = (
        "Dots: happenings, larger where more people are told (never running totals); hollow: no figure of people is "
        "told; a dotted line: the days among which it lies."
    )
    if months:
        caption = (
            f"Bars: what victims paid, by month. {caption}" if happenings else "Bars: what victims paid, by month."
        )
    undated, meant = len(done) - len(happenings), len(told) - len(done)
    left = [f"{counted(undated, 'happening')} without a date"] if undated else []
    left += [counted(meant, "plan or attempt", "plans or attempts")] if meant else []
    return drawing.svg(), caption + (f" Not drawn: {' and '.join(left)}." if left else "")


def _middle(row: dict[str, Any]) -> date:
    first = row["from_on"] if _sound(row["from_on"]) else row["to_on"]
    last = row["to_on"] if _sound(row["to_on"]) else row["from_on"]
    middle: date = first + (last - first) / 2
    return middle


def _in_lanes(happenings: list[dict[str, Any]]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    lane_of = {kind: key for key, _, kinds in _LANES for kind in kinds}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in happenings:
        rows[lane_of.get(row["types"].split("|")[0], "other")].append(row)
    return [(key, label, rows[key]) for key, label, _ in _LANES if rows[key]]


def _payments(drawing: Drawing, axis: _Axis, months: list[dict[str, Any]], top: float, height: float) -> None:
    most = max(row["usd"] for row in months)
    drawing.text(_LEFT - 12, top + height / 2, "victims' payments", 11.5, INK, "end")
    drawing.text(_LEFT - 12, top + height / 2 + 14, "by month", 11, SOFT, "end")
    drawing.text(_LEFT + 4, top + 8, usd(most), 10.5, SOFT, halo=True)
    drawing.line([(_LEFT, top), (_WIDTH - _RIGHT, top)], FAINT, 1, "2 3")
    drawing.line([(_LEFT, top + height), (_WIDTH - _RIGHT, top + height)], "#b6c0c9", 1)
    for row in months:
        year, month = int(row["y"]), int(row["m"])
        x0 = axis.x(date(year, month, 1))
        x1 = axis.x(date(year + month // 12, month % 12 + 1, 1))
        tall = max(1.0, height * row["usd"] / most)
        tip = f"{year}-{month:02d}: {usd(row['usd'])} in {counted(int(row['n']), 'payment')}"
        drawing.rect(x0 + 1, top + height - tall, max(1.5, x1 - x0 - 2), tall, DEEP, tip)


def _dots(drawing: Drawing, axis: _Axis, facts: Told, rows: list[dict[str, Any]], y: float) -> None:
    space = Space()
    sized = sorted(((_radius(row), row) for row in rows), key=lambda item: (-item[0], item[1]["action_id"]))
    for radius, row in sized:
        x = axis.x(_middle(row))
        figure = between(row["count_low"], row["count_high"], row["unit"]) or measure(row["count"], row["unit"])
        first, last = row["from_on"], row["to_on"]
        if _sound(first) and _sound(last) and (last - first).days > 2:
            # Told of a span of days: on which of them, nobody says.
            drawing.line([(axis.x(first), y), (axis.x(last), y)], RUST, 1, "2 2")
        tip = f"{day(_middle(row))}: {facts.text(row['title'])} ({figure})"
        told = row["count"] is not None and row["unit"] == "people"
        drawing.circle(
            x,
            y,
            radius,
            RUST if told else PAPER,
            PAPER if told else RUST,
            0.8 if told else 1.2,
            tip,
            0.55 if told else 1,
        )
    for radius, row in sized[:10]:
        if radius < 8:
            break
        text = number(row["count"])
        width = text_width(text, 10)
        x = axis.x(_middle(row))
        for left in (x - width / 2, x + radius + 2):
            if left + width < _WIDTH and space.take(left - 3, y - 6, width + 6, 12):
                drawing.text(left, y + 3.5, text, 10, INK, halo=True)
                break


def _radius(row: dict[str, Any]) -> float:
    if row["count"] is None or row["unit"] != "people":
        return 3.2
    return min(20.0, 3.2 + sqrt(max(row["count"], 0)) / 6)


def totals(facts: Told) -> tuple[Markup, str] | None:
    """Running totals of people as they were told over time; None where none has two dated figures."""
    lines = _series(facts)
    if not lines:
        return None
    days = [point.day for _, points in lines for point in points]
    axis = _Axis(min(days), max(days) + timedelta(days=20))
    top, bottom = 16.0, 246.0
    height = bottom + 30 + _LEGEND * len(lines)
    low = min(point.value for _, points in lines for point in points)
    high = max(point.value for _, points in lines for point in points)
    floor_, roof = floor(log10(max(low, 1))), ceil(log10(max(high, 10)) + 0.02)
    roof = max(roof, floor_ + 1)

    def y(value: float) -> float:
        return bottom - (log10(max(value, 1)) - floor_) / (roof - floor_) * (bottom - top)

    describe = "; ".join(f"{name}: {number(points[-1].value)} at {day(points[-1].day)}" for name, points in lines)
    drawing = Drawing("totals", _WIDTH, height, "Running totals as told", describe)
    axis.draw(drawing, top, bottom)
    for power in range(floor_, roof + 1):
        drawing.line([(_LEFT, y(10**power)), (_WIDTH - _RIGHT, y(10**power))], FAINT, 1)
        drawing.text(_LEFT - 10, y(10**power) + 4, f"{10**power:,}", 11, SOFT, "end")
    for place, ((name, points), colour) in enumerate(zip(lines, GROUPS, strict=False)):
        steps: list[tuple[float, float]] = []
        for point in points:
            if steps:
                steps.append((axis.x(point.day), steps[-1][1]))
            steps.append((axis.x(point.day), y(point.value)))
        drawing.line(steps, colour, 2)
        for point in points:
            when = f"in {point.day:%B %Y}, without its day" if point.loose else f"at {day(point.day)}"
            fill, edge = (PAPER, colour) if point.loose else (colour, PAPER)
            drawing.circle(
                axis.x(point.day), y(point.value), 3.4, fill, edge, 1, f"{name}: {number(point.value)} {when}"
            )
        base = bottom + 34 + _LEGEND * place
        drawing.line([(_LEFT, base - 4), (_LEFT + 26, base - 4)], colour, 3)
        figure = number(points[-1].value)
        drawing.text(_LEFT + 34, base, name if figure in name else f"{figure}: {name}", 11.5, INK)
    caption = (
        "Steps: each running total of people as its sources told it, on a scale of powers of ten; hollow: told without "
        "its day, drawn where its figure belongs. Within a line the later replaces the earlier; lines overlap in what "
        "they count and must not be added."
    )
    return drawing.svg(), caption


@dataclass(frozen=True, slots=True)
class _Point:
    """A figure of a running total: the day at which it is drawn, and whether only its month or span is told."""

    day: date
    value: float
    loose: bool


def _series(facts: Told) -> list[tuple[str, list[_Point]]]:
    actions = [row for row in facts.rows("action") if row["kind"] == "series" and row["unit"] == "people"]
    reports = {row["report_id"]: row for row in facts.rows("event_report")}
    lines = []
    for action in sorted(actions, key=lambda row: (-(row["count"] or 0), row["action_id"])):
        told: dict[date, Counter[float]] = defaultdict(Counter)
        exact: set[date] = set()
        for report_id in action["report_ids"]:
            report = reports.get(report_id)
            if report is None or report["count"] is None or report["unit"] != action["unit"]:
                continue
            moment = _told_at(report)
            if moment is not None and _sound(moment):
                told[moment][report["count"]] += 1
                if report.get("from_on", report["to_on"]) == report["to_on"]:
                    exact.add(moment)
        # Of several figures for one day the one told most often is drawn; the ledger holds them all.
        figures = {moment: max(told[moment].items(), key=lambda item: (item[1], item[0]))[0] for moment in told}
        points = _in_order(figures, exact)
        if len({point.value for point in points}) >= 2:
            lines.append((shortened(facts.text(action["title"]), 110), points))
    # A line of many tellings says most; the order above decides between equals.
    return sorted(lines, key=lambda line: -len(line[1]))[:_SERIES_SHOWN]


def _told_at(report: dict[str, Any]) -> date | None:
    """The day of a figure, as the ledger takes it: the last day told, but no later than it was told itself."""
    spoken: date | None = report["announced_on"] or report["published_on"]
    last: date | None = report["to_on"]
    return min(last, spoken) if last and spoken else last or spoken


def _in_order(figures: dict[date, float], exact: set[date]) -> list[_Point]:
    """Figures in the ledger's order: in a month that one of them tells without its day, by figure.

    The last day of a month mostly stands for the month. Such a figure is drawn no later than the one that follows it.
    A figure told again within weeks, after a higher one, is a late page and no fall.
    """
    months = {(at.year, at.month) for at in figures if (at + timedelta(days=1)).day == 1}

    def key(at: date) -> tuple[int, int, float, date]:
        return at.year, at.month, figures[at] if (at.year, at.month) in months else 0.0, at

    kept: list[date] = []
    for at in sorted(figures, key=key):
        again = any(figures[other] == figures[at] and abs((at - other).days) <= _AGAIN for other in kept)
        if not (again and figures[at] < max(figures[other] for other in kept)):
            kept.append(at)
    points: list[_Point] = []
    for at in reversed(kept):
        drawn = min(at, points[-1].day) if points else at
        loose = drawn != at or ((at + timedelta(days=1)).day == 1 and at not in exact)
        points.append(_Point(drawn, figures[at], loose))
    return points[::-1]
