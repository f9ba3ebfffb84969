"""`python examples/picture.py`: takes the pictures of README and docs anew, in Chromium.

README's is the dossier of the public record; that of docs/tracing.md is `flow.html` of what the three victims with the
largest losses paid in the made-up border town.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
# Pictures are 1,600 pixels wide: a page of 1,200 at four pixels for every three, so that their letters stay crisp.
SIZE, FLOW_SIZE, SCALE = (1200, 1104), (1200, 960), 4 / 3
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--hide-scrollbars", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-quic",
)  # fmt: skip


def take(browser: str, page: Path, picture: Path, size: tuple[int, int] = SIZE) -> None:
    """The top of `page` as a PNG; the browser keeps nothing and asks the network for nothing."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, *QUIET, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
             f"--force-device-scale-factor={SCALE:.4f}", f"--screenshot={picture}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def upriver(*words: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "upriver", *map(str, words)], check=True, capture_output=True, cwd=ROOT)


def town(place: Path) -> Path:
    """flow.html of what the three victims with the largest losses paid in the made-up border town, masked."""
    upriver("simulate", place / "town")
    upriver("investigate", place / "town" / "evidence", "--case", place / "town.upriver")
    upriver("export", place / "town.upriver", "--form", "csv", "--to", place / "tables")
    flow = place / "tables" / "flow.csv"
    with flow.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["origin"] == "victim_payment"]
    lost: Counter[str] = Counter()
    for row in rows:
        lost[row["source_account"]] += round(100 * float(row["amount_usd"]))
    most = {account for account, _ in lost.most_common(3)}
    paid = [row["transfer_id"] for row in rows if row["source_account"] in most]
    (place / "paid.csv").write_text("\n".join(["transfer_id", *paid]), encoding="utf-8")
    services = place / "town" / "evidence" / "sites" / "service_list.csv"
    upriver("trace", flow, "--from", place / "paid.csv", "--stop-at", services, "--out", place / "trace")
    return place / "trace" / "flow.html"


def main() -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"no browser found; install one of: {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as place:
        case = Path(place) / "public-record.upriver"
        upriver("investigate", ROOT / "examples" / "public-record", "--case", case)
        IMAGES.mkdir(exist_ok=True)
        take(browser, case / "dossier" / "index.html", IMAGES / "public-record.png")
        take(browser, town(Path(place)), IMAGES / "flow.png", FLOW_SIZE)
    for picture in (IMAGES / "public-record.png", IMAGES / "flow.png"):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
