"""The picture of a trace: sums that come out even, names that stay text, and a page that works in a browser."""

from __future__ import annotations

import html
import json
import re
import subprocess
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import chromium

from upriver.plain.flowboxes import Boxes, boxes
from upriver.plain.flowpage import page
from upriver.plain.trace import follow
from upriver.plain.traced import Traced, account_rows
from upriver.plain.transfers import Transfers

MINUTE = 60_000_000
Step = tuple[str, str, float]


def traced(steps: list[Step], entries: set[int], backward: bool = False, method: str = "haircut") -> Traced:
    """A trace of payer, payee, amount, one a minute; `entries`: those that are traced in full."""
    names = sorted({name for step in steps for name in step[:2]})
    code = {name: at for at, name in enumerate(names)}
    n = len(steps)
    net = Transfers(
        pa.array([f"t{at}" for at in range(n)]), pa.array(names, type=pa.string()),
        np.array([code[step[0]] for step in steps], dtype=np.int32),
        np.array([code[step[1]] for step in steps], dtype=np.int32),
        np.arange(1, n + 1, dtype=np.int64) * MINUTE, np.array([step[2] for step in steps], dtype=np.float64),
        pa.array([], type=pa.string()), np.full(n, -1, dtype=np.int32),
    )  # fmt: skip
    entry = np.array([at in entries for at in range(n)], dtype=np.bool_)
    return follow(net, entry, {}, method, backward)


def shown(made: Traced) -> str:
    return page(made, account_rows(made, None))


def folded(made: Traced) -> Boxes:
    rows = iter(account_rows(made, None))
    head = [str(name) for name in next(rows)]
    code = {name: at for at, name in enumerate(made.net.accounts.to_pylist())}
    return boxes(made, [{**dict(zip(head, row, strict=True)), "code": code[row[0]]} for row in rows])


def data(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


# A thief T sends 100 to M, which hands 99 on to X; X sends 20 back to M.
CASE: list[Step] = [("T", "M", 100), ("M", "X", 99), ("X", "M", 20)]


def test_boxes_stand_from_the_source_to_the_end_and_bands_are_as_wide_as_the_sums() -> None:
    made = folded(traced([("T", "M", 60), ("T", "M", 40), ("M", "X", 99)], {0, 1}))
    names = traced(CASE, {0}).net.accounts.to_pylist()
    boxed = {names[box.accounts[0]]: box for box in made.boxes}
    assert [boxed[name].column for name in "TMX"] == [0, 1, 2]
    assert [(band.usd, band.n) for band in made.bands] == [(100.0, 2), (99.0, 1)]
    assert (boxed["M"].came, boxed["M"].went, boxed["M"].kept) == (100.0, 99.0, 1.0)
    assert boxed["X"].kind == "end_of_evidence"
    assert list(made.steps) == [0, 1, -1]


NETS = st.lists(
    st.tuples(st.integers(0, 45), st.integers(0, 45), st.integers(1, 1000)).filter(lambda step: step[0] != step[1]),
    min_size=1, max_size=140,
)  # fmt: skip


@given(NETS, st.sets(st.integers(0, 30), min_size=1), st.booleans(), st.sampled_from(["haircut", "lifo", "auto"]))
@settings(max_examples=60, deadline=None)
def test_no_money_is_lost_by_folding(
    net: list[tuple[int, int, int]], entries: set[int], backward: bool, method: str
) -> None:
    entries = {at % len(net) for at in entries}
    made = traced([(f"a{a:02d}", f"a{b:02d}", float(usd)) for a, b, usd in net], entries, backward, method)
    drawn = folded(made)
    entered, presumed = float(made.carried.entered.sum()), float(made.presumed.sum())
    for box in drawn.boxes:
        assert box.came + box.entered + box.presumed == pytest.approx(box.went + box.kept, abs=1e-6)
    assert sum(box.kept for box in drawn.boxes) == pytest.approx(entered + presumed, abs=1e-6)
    moved = sum(band.usd for band in drawn.bands) + sum(box.inside for box in drawn.boxes) + drawn.thin[1]
    assert moved == pytest.approx(float(made.carried.usd.sum()), abs=1e-6)
    inside = [code for box in drawn.boxes for code in box.accounts]
    assert len(inside) == len(set(inside))
    assert max(Counter((box.column, box.named) for box in drawn.boxes).values()) <= 22


def test_many_accounts_are_folded_and_still_found() -> None:
    steps: list[Step] = [("T", f"mule{at:03d}", 10.0 + at) for at in range(200)]
    made = traced(steps, set(range(200)))
    text = shown(made)
    known = {row[0]: row[1] for row in data(text)["known"]}
    assert len(known) == 201
    least = data(text)["boxes"][known["mule000"]]
    assert least["title"] == "180 others: end of evidence"
    assert data(text)["boxes"][known["mule199"]]["title"] == "mule199"
    assert "180 others folded into 1 box with their sums" in text
    assert text.count('class="box') == 22
    # As high as the sums: what is folded, too.
    assert f"{sum(10 + at for at in range(180)):,} USD" in text


def test_names_that_would_break_out_stay_text() -> None:
    evil = ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "a\u202eb\u2028c", "z" * 5000]
    steps: list[Step] = [("T", name, 10.0) for name in evil]
    text = shown(traced(steps, {0, 1, 2, 3}))
    assert "<img" not in text
    assert len(re.findall(r"<script\b", text)) == len(re.findall(r"</script>", text)) == 2
    assert "\u202e" not in text
    assert "a⟨U+202E⟩b" in text
    assert {row[0] for row in data(text)["known"]} >= {evil[0], evil[1]}
    assert len(text) < 100_000


def test_the_page_runs_its_own_script_alone_and_asks_for_nothing() -> None:
    text = shown(traced(CASE, {0}))
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="([^"]*)"', text)[0])
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    assert f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.findall(r'(?:src|href|action)="(?!#|data:)', text)
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_backward_it_says_where_the_money_came_from() -> None:
    text = shown(traced([("T", "M", 100), ("M", "X", 99)], {1}, backward=True))
    assert "<h1>Where the money came from</h1>" in text
    assert "Where the money went" not in text
    assert "1 transfer before" in text
    # Money still runs from left to right, from payer to payee.
    places = {name: float(x) for x, name in re.findall(r'<text class="name halo" x="([\d.]+)"[^>]*>(\w)<', text)}
    assert places["T"] < places["M"] < places["X"]
    assert [band["title"] for band in data(text)["bands"]] == ["M → X", "T → M"]


def test_poison_says_that_its_sums_do_not_add_up() -> None:
    assert "it counts the same money many times" in shown(traced(CASE, {0}, method="poison"))
    assert "it counts the same money many times" not in shown(traced(CASE, {0}))


def test_the_tables_tell_what_the_picture_shows() -> None:
    text = shown(traced(CASE, {0}))
    tables = re.sub(r"<[^>]*>", " ", text[text.index("</svg>") : text.index('<script type="application')])
    words = " ".join(html.unescape(tables).split())
    assert "T M 100 USD 1 1970-01-01 00:01 UTC" in words
    assert "X M 20 USD 1 1970-01-01 00:03 UTC" in words


def test_the_same_trace_gives_the_same_page() -> None:
    assert shown(traced(CASE, {0})) == shown(traced(CASE, {0}))


def test_a_large_trace_with_long_names_stays_small() -> None:
    # Every account is paid by the thief; then they pay one another.
    rng = np.random.default_rng(3)
    names = [f"0x{at:064x}" for at in range(8000)]
    payer, payee = (rng.random((2, 20_000)) ** 2 * len(names)).astype(int)
    steps: list[Step] = [("T", name, 50.0) for name in names]
    steps += [(names[a], names[b], 5.0 + a) for a, b in zip(payer, payee, strict=True) if a != b]
    text = shown(traced(steps, set(range(len(names)))))
    assert len(text.encode()) < 2_000_000
    known, left = data(text)["known"], data(text)["left"]
    assert left > 0
    assert len(known) + left == len(names) + 1


# ---- in a real browser ---------------------------------------------------------------------------------------------

_DRIVER = """
const told = () => document.getElementById("panel").hidden ? "" : document.getElementById("told").textContent;
const view = () => document.getElementById("picture").getAttribute("viewBox").split(" ").map(Number);
const box = (name) => Array.from(document.querySelectorAll(".box")).find((b) => b.textContent.startsWith(name));
const press = (key, on) => on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const out = {};
out.first = view();
document.getElementById("in").click();
out.zoomed = view();
document.getElementById("picture").dispatchEvent(
  new WheelEvent("wheel", { deltaY: 300, bubbles: true, cancelable: true, clientX: 200, clientY: 400 }));
out.wheeled = view();
document.getElementById("fit").click();
out.fitted = view();
box("M").dispatchEvent(new MouseEvent("click", { bubbles: true }));
out.clicked = told();
press("Escape", document.body);
out.released = told();
press("Enter", box("X"));
out.entered = told();
document.querySelector(".band").dispatchEvent(new MouseEvent("click", { bubbles: true }));
out.band = told();
const query = document.getElementById("query");
query.value = "m";
query.dispatchEvent(new Event("input"));
out.found = Array.from(document.querySelectorAll("#found button"), (b) => b.firstChild.textContent);
document.querySelector("#found button").click();
out.went = told();
query.value = "nobody";
query.dispatchEvent(new Event("input"));
out.missed = document.getElementById("found").textContent;
const until = document.getElementById("until");
until.value = "0";
until.dispatchEvent(new Event("input"));
out.until = document.getElementById("when").textContent;
out.later = document.querySelectorAll(".band.later").length;
document.body.dataset.out = JSON.stringify(out);
"""


@pytest.mark.browser
def test_in_a_browser_it_zooms_finds_and_tells(tmp_path: Path) -> None:
    text = shown(traced(CASE, {0}))
    # A second script beside the page's own must be allowed by name, or the browser refuses it.
    allowed = f"sha256-{b64encode(sha256(_DRIVER.encode()).digest()).decode()}"
    text = text.replace("script-src &#39;", f"script-src &#39;{allowed}&#39; &#39;", 1)
    place = tmp_path / "flow.html"
    place.write_text(text.replace("</body>", f"<script>{_DRIVER}</script></body>"), encoding="utf-8")
    ran = subprocess.run(
        [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-sync", "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1200,900", "--dump-dom", place.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert ":CONSOLE" not in ran.stderr
    found = re.search(r'data-out="([^"]*)"', ran.stdout)
    assert found is not None
    out = json.loads(html.unescape(found[1]))
    assert out["zoomed"][2] < out["first"][2] * 0.75
    assert out["wheeled"][2] > out["zoomed"][2] * 1.5
    assert out["fitted"] == out["first"]
    assert "received120 USD" in out["clicked"]
    assert "t0" in out["clicked"]
    assert out["released"] == ""
    assert "kept79 USD" in out["entered"]
    assert "T → M" in out["band"]
    assert out["found"] == ["M"]
    assert out["went"] == out["clicked"]
    assert "No account" in out["missed"]
    assert out["until"] == "1970-01-01 00:01 UTC"
    assert out["later"] == 2
